"""Judged rows → files of `seeds/drafts/`, in the style of curated ones: what was accepted, and nothing else."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kg.build.pipeline import Checked
from kg.drafts.proposal.judge import judge_proposals
from kg.drafts.proposal.lines import make_fields, write_comments, write_line, write_node
from kg.drafts.proposal.proposal import Judged, ProposedEntity, Row, Verdict
from kg.model.nouns import Claim, Evidence, Voice
from kg.reading.sources import address_key
from kg.system.files import CURATED, ExportFile, encode_file, write_exports
from kg.system.project import Project
from kg.text.diagnostic import KgError, UsageError, make_visible
from kg.text.match import make_id
from kg.text.yamldoc import MappingNode
from kg.text.yamltext import write_scalar

FOLDER = "seeds/drafts"


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Who proposes: `proposed: {by: NAME, on: DATE, with: TOOL}`. Raises UsageError for what is no name."""

    by: str
    on: str
    tool: str | None = None

    def __post_init__(self) -> None:
        for what, name in (("who proposes", self.by), ("the tool", self.tool)):
            if name is not None and (not name.strip() or re.search("[\0\ud800-\udfff]", name)):
                raise UsageError(f"{what} is a name, and `{make_visible(name)}` is none")

    @property
    def line(self) -> str:
        """The line of a claims file's head."""
        parts = [f"by: {write_scalar(self.by)}", f"on: {self.on}"]
        parts += [f"with: {write_scalar(self.tool)}"] if self.tool is not None else []
        return f"proposed: {{{', '.join(parts)}}}"


def write_drafts(judged: Iterable[Judged], checked: Checked, name: str, origin: Origin) -> tuple[ExportFile, ...]:
    """The files that hold what of *judged* was accepted: claims by source, and new entities.

    Call it under the project's lock: *name* gets a number where a file of it is there. Names of files are paths from
    the project's folder. Nothing is written (`save_drafts` does).
    """
    rows = [row for row in judged if row.stated is not None and not row.repeats]
    by_source: dict[str, list[Judged]] = defaultdict(list)
    for row in rows:
        assert row.source is not None
        by_source[row.source].append(row)
    entities = {entity.key: entity for row in rows for entity in row.entities}
    files: dict[str, str] = {}
    for source in sorted(by_source):
        ending = "" if len(by_source) == 1 else f".{source}"
        files[ending] = "".join(_write_claims(by_source[source], checked, source, origin))
    if entities:
        files[".entities"] = "".join(_write_entities(entities, origin))
    free = _find_free(checked.project, make_id(Path(name).name) or "proposals", files)
    return tuple(encode_file(f"{FOLDER}/{free}{ending}.yaml", text) for ending, text in files.items())


@dataclass(frozen=True, kw_only=True)
class Proposed:
    """What became of rows that were proposed, and the names of the files in which the accepted ones stand now."""

    rows: tuple[Judged, ...]
    files: tuple[str, ...]


def propose(checked: Checked, rows: Iterable[Row], name: str, origin: Origin, *, source: str | None = None) -> Proposed:
    """Judge *rows* and write what is accepted as drafts called *name*: what an agent may do, and all that it may.

    Call it under the project's lock, with a project that was read with its drafts and has no errors. *source* is the id
    of the source of rows that name no document. Raises KgError where the files cannot be written; then none is.
    """
    judged = tuple(judge_proposals(checked, rows, source=source))
    files = write_drafts(judged, checked, name, origin)
    if files:
        save_drafts(files, checked.project)
    return Proposed(rows=judged, files=tuple(file.name for file in files))


def save_drafts(files: Sequence[ExportFile], project: Project) -> None:
    """Write the files of drafts, all or none. Call it under the project's lock. Raises KgError where that fails."""
    there = [file.name for file in files if (project.root / file.name).exists()]
    if there:
        raise KgError(f"{there[0]} is there already: nothing is written")
    write_exports(files, project.root, project.work, CURATED)


def _find_free(project: Project, name: str, endings: Iterable[str]) -> str:
    folder = project.root / FOLDER
    free, number = name, 2
    while any((folder / f"{free}{ending}.yaml").exists() for ending in ("", *endings)):
        free, number = f"{name}-{number}", number + 1
    return free


def _write_entities(entities: Mapping[str, ProposedEntity], origin: Origin) -> Iterator[str]:
    yield "kg: entities/1\n"
    yield f"# {origin.line}\n"
    yield "entities:\n"
    for key in sorted(entities):
        entity = entities[key]
        label = f"{{{write_scalar(entity.lang)}: {write_scalar(entity.label)}}}"
        yield f"  {key}: {{is: {write_scalar(entity.kind)}, label: {label}}}\n"


def _write_claims(rows: Sequence[Judged], checked: Checked, source: str, origin: Origin) -> Iterator[str]:
    yield f"kg: claims/1\nsource: {source}\n{origin.line}\n\nclaims:\n"
    blocks: dict[str, _Block] = defaultdict(_Block.empty)
    for row in rows:
        assert row.stated is not None and row.fields is not None
        first, *further = row.stated.evidence
        if row.verdict is Verdict.SAME:
            further = [first, *further]
        else:
            blocks[first.address].claims.append((_short(row.stated), row.fields, _comments(row)))
        for evidence in further:
            blocks[evidence.address].agains.append((row, evidence))
    article = checked.articles.by_source[source]
    for number, address in enumerate(sorted(blocks, key=address_key)):
        yield "\n" if number else ""
        yield f"  {address} {article.sentences[address].digest}:\n"
        yield from (f"{line}\n" for line in blocks[address].write(source))


def _short(claim: Claim) -> str:
    return claim.id.partition(".")[2]


def _comments(row: Judged) -> list[str]:
    """What a reviewer should know of a row, as comments above its line."""
    told = [f"{mapped.key} was written `{mapped.written}`" for mapped in row.mapped]
    return [f"row {row.row}: {'; '.join([*told, *row.cautions])}"] if told or row.cautions else []


@dataclass(frozen=True, kw_only=True)
class _Block:
    """What stands under one sentence: claims with their fields and comments, and repetitions of claims."""

    claims: list[tuple[str, MappingNode, list[str]]]
    agains: list[tuple[Judged, Evidence]]

    @staticmethod
    def empty() -> _Block:
        return _Block(claims=[], agains=[])

    def write(self, source: str) -> Iterator[str]:
        """The lines of the block: who speaks, where all claims share that, then the claims, then what is repeated."""
        voices = [_word_voice(fields, None) for _, fields, _ in self.claims]
        voices += [_word_voice(row.fields, evidence) for row, evidence in self.agains if row.fields is not None]
        said = max(dict.fromkeys(v for v in voices if v is not None), key=voices.count, default=None)
        if None in voices and said is not None and not self.agains:
            said = None  # some inherit the voice that curators gave to the sentence
        if said is not None:
            yield f"    said: {said}"
        for key, fields, comments in self.claims:
            yield write_line(key, _without_voice(fields) if _word_voice(fields, None) == said else fields, comments)
        for row, evidence in self.agains:
            assert row.stated is not None and row.fields is not None
            short, comments = _short(row.stated), _comments(row)
            voice = _word_voice(row.fields, evidence)
            if voice is not None and voice != said:  # a sentence has one voice for what is repeated: it is stated anew
                yield write_line(f"{short}-again", row.fields, comments)
            elif row.stated.source == source:
                yield "\n".join([*write_comments(comments), f"    {short}: again"])
            else:
                key = re.sub(r"[^a-z0-9]+", "-", row.stated.id)
                yield write_line(key, make_fields({"again": row.stated.id}, row.fields.mark), comments)


def _word_voice(fields: MappingNode | None, evidence: Evidence | None) -> str | None:
    """`said` for a claim or a repetition: None where the curated voice of the sentence is meant."""
    by = fields.get("by") if fields is not None else None
    if fields is None or by is None:
        return None
    if write_node(by) == "source":
        return "source"
    voice = fields.get("voice")
    if evidence is not None and evidence.voice is Voice.QUOTE:
        return f"{{by: {write_node(by)}, voice: quote}}"
    return f"{{by: {write_node(by)}, voice: {write_node(voice)}}}" if voice is not None else f"{{by: {write_node(by)}}}"


def _without_voice(fields: MappingNode) -> MappingNode:
    return replace(fields, entries=tuple((k, node) for k, node in fields.entries if k.text not in {"by", "voice"}))
