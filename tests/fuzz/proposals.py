# ruff: noqa: E501 - words and cases read best in lines that are full
"""Formats of proposals (eleven): any file gives rows, judged or unreadable, each with its reason."""

from __future__ import annotations

import csv
import io
import json
import random
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from story import lay_out

from fuzz.strokes import any_text, damage, encode, to_bytes
from fuzz.target import Chance, Target, expect, look_at, make_choices
from kg.build.pipeline import Checked, check_files
from kg.drafts.proposal.formats import FORMATS, ProposalFile, read_rows
from kg.drafts.proposal.judge import judge_proposals
from kg.drafts.proposal.proposal import Unreadable
from kg.system.project import Drafts, Project
from kg.text.diagnostic import Diagnostic

_TEXT = "The Tern sails to Riga from 2033."
_ROW = {"subject": "Tern", "predicate": "sailsTo", "object": "Riga", "quote": _TEXT, "document": "bulletin", "mode": "plan",
        "when": "2033", "speaker": "source", "subject_type": "ferry", "note": "n", "negated": False}  # fmt: skip
_KG = """Here it is:

```yaml
kg: claims/1
source: bulletin
claims:
  p1s1 5127e60b:
    sails: {s: tern, p: sailsTo, o: riga, mode: plan, when: 2033, by: source}
    crew: {s: heron, p: crew, o: about 12 person, again: x}
```
"""
_NODE = {"id": "Tern", "type": "Ferry", "properties": {"battery": "73.60 kWh"}}
_SOURCE = {"page_content": _TEXT, "type": "Document", "metadata": {"source": "bulletin"}}
_LINK = {
    "source": {"id": "Tern", "type": "Ferry"},
    "target": {"id": "Riga", "type": "City"},
    "type": "SAILS_TO",
    "properties": {"since": "2033"},
}
SEEDS: dict[str, tuple[Any, ...]] = {
    "kg": (_KG,),
    "jsonl": (json.dumps(_ROW) + "\n" + json.dumps({**_ROW, "object": 12, "predicate": "crew"}) + "\n",),
    "csv": ("subject,predicate,object,quote,document,when\nTern,sailsTo,Riga,The Tern sails to Riga from 2033.,bulletin,2033\n",),
    "langextract": ({"document_id": "bulletin", "text": _TEXT, "extractions": [
        {"extraction_class": "relation", "extraction_text": "The Tern sails to Riga", "char_interval": {"start_pos": 0, "end_pos": 22},
         "attributes": {"subject": "Tern", "predicate": "sailsTo", "object": "Riga"}}]},),
    "graphrag": (b"PAR1", [{"id": "r1", "source": "TERN", "target": "RIGA", "description": "The Tern sails to Riga", "text_unit_ids": ["t1"]}]),
    "graphiti": ({"nodes": [{"uuid": "a", "name": "Tern", "labels": ["Ferry"]}, {"uuid": "b", "name": "Riga"}], "edges": [
        {"source_node_uuid": "a", "target_node_uuid": "b", "name": "SAILS_TO", "fact": _TEXT, "valid_at": "2033-01-01T00:00:00Z", "episodes": ["bulletin"]}]},),
    "lightrag": ({"chunks": [{"content": _TEXT, "source_id": "c1", "file_path": "bulletin"}], "entities": [{"entity_name": "Tern", "entity_type": "ferry", "source_id": "c1"}],
                  "relationships": [{"src_id": "Tern", "tgt_id": "Riga", "keywords": "sails to", "weight": 1.0, "source_id": "c1"}]},),
    "kggen": ({"entities": ["Tern", "Riga"], "edges": ["sails to"], "relations": [["Tern", "sails to", "Riga"]]},),
    "langchain": ([{"nodes": [_NODE], "relationships": [_LINK], "source": _SOURCE}],),
    "web-annotation": ({"type": "AnnotationPage", "items": [{"type": "Annotation", "body": {"type": "rdf:Statement", "subject": {"id": "tern"},
        "predicate": {"id": "sailsTo"}, "object": {"@id": "riga"}}, "target": {"source": "bulletin", "selector": {"type": "TextQuoteSelector", "exact": _TEXT}}}]},),
    "claimreview": ([{"@type": "ClaimReview", "claimReviewed": _TEXT, "author": {"name": "Checks"}, "itemReviewed": {"@type": "Claim",
        "author": {"name": "Mira Vogt"}, "appearance": {"url": "bulletin"}}, "reviewRating": {"ratingValue": "2"}}],),
}  # fmt: skip
_ODD = (
    None,
    True,
    0,
    -1.5,
    10**30,
    "",
    [],
    {},
    [[]],
    "x",
    ["Tern"],
    {"id": "Tern"},
    {"@value": "x"},
    "2033",
    "p1s1",
    "\ud800",
)


@cache
def _checked() -> Checked:
    folder = tempfile.TemporaryDirectory(prefix="kg-fuzz-")
    _HELD.append(folder)
    project: Project = lay_out(Path(folder.name) / "project", {})
    from kg.build.pipeline import read_project

    return check_files(read_project(project, project.root / "texts", Drafts.BUILT_IN))


_HELD: list[tempfile.TemporaryDirectory[str]] = []


def _change(value: Any, chance: random.Random) -> Any:
    """A value of JSON with one part of it changed, left out, doubled or nested."""
    if isinstance(value, dict) and value and chance.randrange(5):
        key = chance.choice(sorted(value))
        kind = chance.randrange(8)
        rest = {k: v for k, v in value.items() if k != key}
        if kind == 0:
            return rest
        if kind == 1:
            return rest | {any_text(chance): value[key]}
        return value | {key: _change(value[key], chance)}
    if isinstance(value, list) and value and chance.randrange(5):
        at = chance.randrange(len(value))
        kind = chance.randrange(8)
        if kind == 0:
            return value[:at] + value[at + 1 :]
        if kind == 1:
            return [*value, value[at]]
        return [*value[:at], _change(value[at], chance), *value[at + 1 :]]
    return any_text(chance) if isinstance(value, str) and chance.randrange(2) else chance.choice(_ODD)


def make_file(form: str, chance: random.Random) -> bytes:
    """A file of a format, damaged by its parts or by its signs."""
    seed = chance.choice(SEEDS[form])
    if isinstance(seed, bytes):
        return seed + chance.randbytes(20)
    if not isinstance(seed, str):
        for _ in range(chance.randint(0, 3)):
            seed = _change(seed, chance)
        seed = json.dumps(seed, ensure_ascii=chance.randrange(2) == 0)
    elif form == "jsonl" and chance.randrange(2):
        seed = "".join(json.dumps(_change(_ROW, chance)) + "\n" for _ in range(chance.randint(1, 2)))
    elif form == "csv" and chance.randrange(2):
        out = io.StringIO()
        names = chance.sample(sorted(_ROW), chance.randint(1, len(_ROW)))
        csv.writer(out).writerows(
            [names, [_ROW[n] if chance.randrange(2) else any_text(chance).replace("\0", "") for n in names]]
        )
        seed = out.getvalue()
    if chance.randrange(3) == 0:
        return to_bytes(damage(seed, chance, (seed, _KG)), chance)
    return encode(seed)


def try_rows(data: bytes) -> None:
    """A file of any format gives rows, or says what cannot be read."""
    chance = Chance(data)
    form = chance.choice(sorted(FORMATS))
    files = [ProposalFile(name=f"f{n}", raw=make_file(form, chance)) for n in range(chance.randint(1, 2))]
    numbers = []
    for row in read_rows(form, files, documented=chance.randrange(2) == 0):
        numbers.append(row.row)
        if isinstance(row, Unreadable):
            _look(row.diagnostic)
    expect(numbers == list(range(1, len(numbers) + 1)), f"rows out of order: {numbers}")


def _look(diagnostic: Diagnostic) -> None:
    look_at([diagnostic])
    expect(diagnostic.message, "a reason without words")


def try_proposals(data: bytes) -> None:
    """Each row is judged: new, the same, a conflict, or rejected with the reason."""
    chance = Chance(data)
    form = chance.choice(sorted(FORMATS))
    files = [ProposalFile(name="f", raw=make_file(form, chance))]
    source = chance.choice((None, "bulletin"))
    rows = list(read_rows(form, files, documented=source is not None))
    judged = list(judge_proposals(_checked(), rows, source=source))
    expect(len(judged) == len(rows), f"{len(rows)} rows, {len(judged)} verdicts")
    for one in judged:
        if one.verdict.value == "rejected":
            expect(one.code, "rejected without a reason")


TARGETS = (
    Target(name="rows", run=try_rows, make=make_choices, share=15, sample=80),
    Target(name="proposals", run=try_proposals, make=make_choices, share=5, sample=12),
)
