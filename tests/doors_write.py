"""The files of a small project: its claims in any of the ways in which YAML may write them, files of RDF, tables."""

from __future__ import annotations

import csv
import io
import json
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from doors import AGENTS, BASE, EVENTS, SOURCES, THINGS, TTL, Number, Said, Saying, State, Stated
from doors_expected import Triple, state_claim

ONTOLOGY = Path(__file__).parent.parent / "ontology"


@cache
def _model() -> dict[str, str]:
    return {f"ontology/{n}": (ONTOLOGY / n).read_text(encoding="utf-8") for n in ("model.ttl", "units.ttl")}


def write_project(claims: list[Said], as_of: str | None, chance: random.Random) -> dict[str, str]:
    """The files of a project that says these claims, by their paths."""
    names = {key: f"the {key}" for key in [*THINGS, *AGENTS, *EVENTS, "wire", "radio"]}
    lines = [f"  {key}: {{is: Thing, label: {name}}}" for key, name in names.items()]
    files = {
        **_model(), "ontology/doors.ttl": TTL,
        "seeds/entities/all.yaml": "\n".join(["kg: entities/1", "entities:", *lines, ""]),
        "seeds/dataset.yaml": f"kg: dataset/1\ntitle: Doors\nbase: {BASE}\n" + (f"asof: {as_of}\n" if as_of else ""),
    }  # fmt: skip
    for source, day in SOURCES.items():
        published = f"published: {day}\n" if day else ""
        files[f"seeds/sources/{source}.yaml"] = f"kg: source/1\ntitle: {source}\nauthor: press\n{published}"
        for folder, is_draft in (("claims", False), ("drafts", True)):
            blocks = _list_blocks(claims, source, chance, drafts=is_draft)
            if blocks:
                body = [line for address, own in blocks.items() for line in [f"  {address}:", "    said: source", *own]]
                end = chance.choice(("\n", "\n", "\r\n"))
                text = end.join(["kg: claims/1", f"source: {source}", "claims:", *body, ""])
                files[f"seeds/{folder}/{source}.yaml"] = text
    return files


def _list_blocks(claims: Iterable[Said], source: str, chance: random.Random, *, drafts: bool) -> dict[str, list[str]]:
    """The lines of what a source says, drafts or others, by the address of the sentence."""
    blocks: dict[str, list[str]] = defaultdict(list)
    for claim in claims:
        if claim.lists and not claim.id.endswith(".1"):
            continue
        for number, saying in enumerate(claim.sayings):
            if saying.source == source and (claim.state if number == 0 else saying.state).draft == drafts:
                fields = _fields(claim, saying, chance) if number == 0 else _again(claim, saying)
                key = claim.key.partition(".")[2] if number == 0 else f"again-{claim.key.replace('.', '-')}"
                blocks[saying.address] += _write_fields(key, fields, chance)
    return blocks


def _fields(claim: Said, saying: Saying, chance: random.Random) -> dict[str, object]:
    subjects, values = [claim.subject], [_value(claim, claim.value)]
    if claim.lists:
        subjects, values = list(claim.lists.subjects), [_value(claim, value) for value in claim.lists.values]
    fields: dict[str, object] = {
        "s": subjects[0] if len(subjects) == 1 and (len(values) == 1 or chance.random() < 0.7) else subjects,
        "p": claim.prop,
        "o": values[0] if len(values) == 1 and (len(subjects) == 1 or chance.random() < 0.7) else values,
        **_voice(saying),
    }
    fields |= {"mode": claim.mode} if claim.mode != "fact" else {}
    fields |= {"not": "true"} if claim.denied else {}
    fields |= {key: v for key, v in (("when", claim.when), ("asof", claim.as_of), ("note", claim.note)) if v}
    fields |= {"inferred": dict(claim.inferred)} if claim.inferred else {}
    fields |= {"unlike": dict(claim.unlike)} if claim.unlike else {}
    fields |= {"compatible": list(claim.fits)} if claim.fits else {}
    if claim.decided:
        fields["decided"] = {"for": list(claim.decided[0]), "because": claim.decided[1]}
    return fields | _state(claim.state)


def _value(claim: Said, value: object) -> object:
    if isinstance(value, Number):
        return value.text
    if claim.kind == "words":
        text, lang = value  # type: ignore[misc]
        return text if lang == "en" else {"text": text, "lang": lang}
    return value


def _state(state: State) -> dict[str, object]:
    proposed = {"proposed": {"by": "A Person", "on": "2031-05-01", "with": "Tool 1"}} if state.proposed else {}
    return {**proposed, **({"reviewed": {"by": "ann", "on": "2031-05-02"}} if state.reviewed else {})}


def _again(claim: Said, saying: Saying) -> dict[str, object]:
    voice = {key: value for key, value in _voice(saying).items() if key != "by"}
    return {"again": claim.key, **voice, **({"note": saying.note} if saying.note else {}), **_state(saying.state)}


def _voice(saying: Saying) -> dict[str, object]:
    return {
        "by": saying.by[0] if len(saying.by) == 1 else list(saying.by), "voice": saying.voice,
        **({"where": saying.where} if saying.where else {}), **({"via": list(saying.via)} if saying.via else {}),
        **({"on": saying.on} if saying.on else {}), **({"sure": saying.sure} if saying.sure != "clear" else {}),
    }  # fmt: skip


def _write_fields(key: str, fields: dict[str, object], chance: random.Random) -> Iterator[str]:
    order = list(fields.items())
    if chance.random() < 0.3:
        chance.shuffle(order)
    if chance.random() < 0.3:
        yield f"    {key}:"
        for name, value in order:
            if isinstance(value, list) and name in ("s", "o") and chance.random() < 0.5:
                yield from (f"      {name}:", *(f"        - {_flow(item, chance)}" for item in value))
            else:
                yield f"      {name}: {_flow(value, chance)}"
    else:
        yield f"    {key}: {{{', '.join(f'{name}: {_flow(value, chance)}' for name, value in order)}}}"


def _flow(value: object, chance: random.Random) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {_flow(v, chance)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(v, chance) for v in value) + "]"
    text = str(value)
    plain = text.replace(" ", "").replace("-", "").replace(".", "").isalnum() and text == text.strip()
    if plain and text.isascii() and text[0] != "-" and chance.random() < 0.7:
        return text
    if chance.random() < 0.3 and not any(c in text for c in "\n\t\r"):
        return "'" + text.replace("'", "''") + "'"
    return json.dumps(text, ensure_ascii=max(text, default="") < "\U00010000" and chance.random() < 0.3)


def write_rdf(statements: Iterable[Stated]) -> dict[str, str]:
    """A file of RDF that makes the statements, each in the line of its place."""
    lines: dict[int, str] = {one.place: _write_triple(state_claim(one)) for one in statements}
    last = max(lines, default=0)
    return {"seeds/rdf/elsewhere.ttl": "\n".join(lines.get(n, "#") for n in range(1, last + 1)) + "\n"} if lines else {}


def _write_triple(triple: Triple) -> str:
    subject, predicate, (value, datatype, lang) = triple
    if not datatype:
        return f"<{subject}> <{predicate}> <{value}> ."
    kind = f"@{lang}" if lang else f"^^<{datatype}>"
    return f"<{subject}> <{predicate}> {json.dumps(value, ensure_ascii=False)}{kind} ."


def write_table(statements: Iterable[Stated]) -> dict[str, str]:
    """A table of the statements and the mapping that makes them, a file of rows for each property."""
    files: dict[str, str] = {}
    mapping = [f'prefixes: {{e: "{BASE}entity/"}}', "mappings:"]
    rows: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for one in statements:
        subject, predicate, (value, datatype, _) = state_claim(one)
        rows[predicate, datatype].append((subject.rpartition("/")[2], value.removeprefix(f"{BASE}entity/")))
    for number, ((predicate, datatype), own) in enumerate(rows.items()):
        out = io.StringIO()
        csv.writer(out).writerows([("thing", "value"), *own])
        files[f"seeds/tables/rows{number}.csv"] = out.getvalue()
        value = f'"$(value)", "{datatype}"' if datatype else f'"{BASE}entity/$(value)~iri"'
        mapping += [f"  m{number}:", f"    sources: [[rows{number}.csv~csv]]", "    s: e:$(thing)"]
        mapping.append(f'    po: [["{predicate}", {value}]]')
    return files | ({"seeds/tables/rows.yarrrml.yaml": "\n".join([*mapping, ""])} if files else {})
