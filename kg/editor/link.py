"""What a place names, where that is declared, where else it is named; and the outline of a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, zip_longest

from kg.build.pipeline import Checked
from kg.editor.card import (
    show_claim_card,
    show_class_card,
    show_code_card,
    show_date_card,
    show_entity_card,
    show_key_card,
    show_property_card,
    show_sentence_card,
    show_source_card,
    show_unit_card,
    show_word_card,
)
from kg.editor.complete import WORD_CLASSES
from kg.editor.role import FileFormat, Role, kind_of, role_of
from kg.editor.scan import Spot, find_spot, scan_text
from kg.model.nouns import Claim, Entity, Source
from kg.model.ontology.vocabulary import OntologyClass, Property, Unit
from kg.reading.sources import ADDRESS
from kg.text.diagnostic import Mark, SourceText, mark_at
from kg.text.edtf import EdtfError, parse_edtf

_CURIE = re.compile(r"(?<![\w:?$/#-])(?:[A-Za-z][\w-]*:[\w%-]+(?:\.[\w%-]+)*|<[^<>\"\s]+>)")
_WORD = re.compile(r"[^\s,\[\]{}]+")


@dataclass(frozen=True, kw_only=True)
class Thing:
    """What a text names: its *role* and its full id (of a claim `eqo.orders`, of a sentence `eqo.p3s1`)."""

    role: Role
    id: str


@dataclass(frozen=True, kw_only=True)
class NamedPlace:
    """A thing and where it is named: line and columns from 0, in code points; *declares*: its id is given there."""

    thing: Thing
    line: int
    column: int
    end: int
    declares: bool = False


def find_named(known: Checked, name: str, text: str, line: int, column: int) -> NamedPlace | None:
    """What a file names at a place."""
    kind = kind_of(name, text)
    if kind is None:
        row = text.split("\n")[line] if line < text.count("\n") + 1 else ""
        return next((n for n in _find_curies(known, row, line) if n.column <= column <= n.end), None)
    spots = scan_text(text)
    spot = find_spot(spots, line, column)
    return name_spot(known, kind, spot, find_source(kind, name, spots), column) if spot is not None else None


def find_source(kind: FileFormat, name: str, spots: list[Spot]) -> str | None:
    """The source that a file speaks of."""
    if kind is FileFormat.SOURCE:
        return name.rpartition("/")[2].rpartition(".")[0]
    return next((spot.text for spot in spots if spot.way == ("source",) and not spot.is_key), None)


def name_spot(
    known: Checked, kind: FileFormat, spot: Spot, source: str | None, column: int | None = None
) -> NamedPlace | None:
    """The thing that a spot names; *column* chooses in a stretch, or a quantity."""
    found = role_of(kind, spot, known.vocabulary)
    if found is None:
        return None
    role, form = found
    start, end = spot.inner
    text = spot.text
    declares = False
    if role is Role.SENTENCE:
        first, dots, last = text.split(" ")[0].partition("..")
        at_last = dots and column is not None and column > start + len(first)
        address = last if at_last else first
        start += len(first) + 2 if at_last else 0
        thing = Thing(role=role, id=f"{source}.{address}") if ADDRESS.fullmatch(address) else None
        return NamedPlace(thing=thing, line=spot.line, column=start, end=start + len(address)) if thing else None
    if role is Role.QUANTITY:
        words = [m for m in _WORD.finditer(text) if m[0] in known.vocabulary.units]
        if not words:
            return None
        unit = words[-1]
        thing = Thing(role=role, id=known.vocabulary.units[unit[0]].iri)
        return NamedPlace(thing=thing, line=spot.line, column=start + unit.start(), end=start + unit.end())
    if role in {Role.SPEAKER, Role.SUBJECT, Role.ENTITY} and text.startswith("c:"):
        role, text, start = Role.CLAIM, text[2:], start + 2
    if role in {Role.SPEAKER, Role.SUBJECT}:
        role = Role.ENTITY
    if role is Role.OWN_ID:
        if kind is FileFormat.CLAIMS and text == "said":
            return NamedPlace(thing=Thing(role=Role.KEY, id="voice/by"), line=spot.line, column=start, end=end)
        declares = kind is FileFormat.ENTITIES or not _repeats(spot)
        role = Role.ENTITY if kind is FileFormat.ENTITIES else Role.CLAIM
    if role is Role.AGAIN:
        role, text = Role.CLAIM, spot.way[2]
    if role is Role.CLAIM:
        text = text.removeprefix("c:")
        own = f"{source}.{text}"
        text = own if declares or find_claim(known, own) or not find_claim(known, text) else text
    if role is Role.PLACE:
        role = Role.SENTENCE
    if role is Role.KEY:
        text = f"{form}/{text}"
    return NamedPlace(thing=Thing(role=role, id=text), line=spot.line, column=start, end=end, declares=declares)


def _repeats(spot: Spot) -> bool:
    """Whether what stands under the id of a claim is further evidence, not the claim."""
    return spot.fields.get(spot.text) == "again"


def _find_curies(known: Checked, row: str, line: int) -> Iterator[NamedPlace]:
    """The things of the project that a line of SPARQL, Turtle or an expected answer names."""
    prefixes, base = known.seeds.dataset.prefixes, known.seeds.dataset.base
    vocabulary = known.vocabulary
    for match in _CURIE.finditer(row):
        iri = match[0][1:-1] if match[0].startswith("<") else prefixes.expand(match[0])
        if iri is None:
            continue
        thing = None
        if iri.startswith(f"{base}entity/"):
            thing = Thing(role=Role.ENTITY, id=iri.removeprefix(f"{base}entity/"))
        elif iri.startswith(f"{base}claim/"):
            thing = Thing(role=Role.CLAIM, id=iri.removeprefix(f"{base}claim/"))
        elif iri.startswith(f"{base}source/"):
            of_source = iri.removeprefix(f"{base}source/")
            thing = Thing(role=Role.SENTENCE if "." in of_source else Role.SOURCE, id=of_source)
        elif iri in vocabulary.property_by_iri:
            thing = Thing(role=Role.PROPERTY, id=vocabulary.property_by_iri[iri].name)
        elif iri in vocabulary.class_by_iri:
            thing = Thing(role=Role.CLASS, id=vocabulary.class_by_iri[iri].name)
        elif iri in vocabulary.unit_by_iri:
            thing = Thing(role=Role.QUANTITY, id=iri)
        if thing is not None:
            yield NamedPlace(thing=thing, line=line, column=match.start(), end=match.end())


LINKED = {Role.ENTITY, Role.SOURCE, Role.PROPERTY, Role.CLASS, Role.QUANTITY, Role.CLAIM, Role.SENTENCE}
"""What is declared at a place, and named at others."""


def list_named(known: Checked, name: str, text: str) -> Iterator[NamedPlace]:
    """All that a file names."""
    kind = kind_of(name, text)
    if kind is None:
        for number, row in enumerate(text.split("\n")):
            yield from _find_curies(known, row, number)
        return
    spots = scan_text(text)
    source = find_source(kind, name, spots)
    for spot in spots:
        named = name_spot(known, kind, spot, source)
        if named is not None:
            yield named


def find_definition(known: Checked, thing: Thing) -> Mark | None:
    """Where a thing is declared; None where nobody declares it.

    An entity, a claim or a source is declared in its file, a term in the ontology, a sentence in its text, or in the
    outline of its source where the text is not at hand.
    """
    if thing.role is Role.SENTENCE:
        return find_sentence(known, thing.id)
    found = find_declared(known, thing)
    return found.mark if found is not None else None


def find_declared(known: Checked, thing: Thing) -> Entity | Source | Claim | Property | OntologyClass | Unit | None:
    """The noun that a thing is; None where nobody declares it, and for what is no noun: a sentence, a word, a date."""
    seeds, vocabulary = known.seeds, known.vocabulary
    match thing.role:
        case Role.ENTITY:
            return seeds.entity_by_key.get(thing.id)
        case Role.SOURCE:
            return seeds.source_by_id.get(thing.id)
        case Role.CLAIM:
            return find_claim(known, thing.id)
        case Role.PROPERTY:
            return vocabulary.properties.get(thing.id)
        case Role.CLASS:
            return vocabulary.classes.get(thing.id)
        case Role.QUANTITY:
            return vocabulary.unit_by_iri.get(thing.id)
        case _:
            return None


def find_claim(known: Checked, id_: str) -> Claim | None:
    """The claim of this id, or the first of a list that is called so."""
    return known.seeds.claim_by_id.get(id_) or known.seeds.claim_by_id.get(f"{id_}.1")


def find_sentence(known: Checked, id_: str) -> Mark | None:
    """Where a sentence (`eqo.p3s1`) stands; the mark of a text has the file's whole path for its name."""
    source, _, address = id_.partition(".")
    article, described = known.articles.by_source.get(source), known.seeds.source_by_id.get(source)
    if described is None:
        return None
    if article is not None and address in article.sentences and described.file is not None and known.articles.folder:
        sentence = article.sentences[address]
        path = (known.articles.folder / described.file.text).absolute().as_posix()
        first = sentence.text.split("\n")[0]
        return mark_at(SourceText(path, article.text), sentence.start, sentence.start + len(first))
    line = described.sentences.get(address)
    return line.mark if line is not None else None


def show_card(known: Checked, thing: Thing) -> str | None:
    """What a thing is, in Markdown; None where nothing is known of it."""
    vocabulary = known.vocabulary
    match find_declared(known, thing):
        case Entity() as entity:
            return show_entity_card(known, entity)
        case Claim() as claim:
            return show_claim_card(known, claim)
        case Source() as source:
            return show_source_card(known, source)
        case Property() as prop:
            return show_property_card(vocabulary, prop)
        case OntologyClass() as cls:
            return show_class_card(vocabulary, cls)
        case Unit() as unit:
            return show_unit_card(unit)
    match thing.role:
        case Role.SENTENCE:
            return show_sentence_card(known, *thing.id.split(".")[:2])
        case Role.CODE:
            return show_code_card(thing.id)
        case Role.DATE:
            return _show_date(thing.id)
        case Role.KEY:
            return show_key_card(*thing.id.split("/", 1))
        case Role.MODE | Role.VOICE | Role.CLARITY | Role.DIFFERENCE:
            return show_word_card(vocabulary, WORD_CLASSES[thing.role], thing.id)
        case _:
            return None


def _show_date(text: str) -> str | None:
    try:
        return show_date_card(text, parse_edtf(text))
    except EdtfError:
        return None


# -- the outline of a file ------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Symbol:
    """An entry of a file's outline; lines and columns from 0, *last* is its last line."""

    name: str
    detail: str
    role: Role
    line: int
    column: int
    end: int
    last: int
    inner: tuple[Symbol, ...] = ()


def list_symbols(known: Checked, name: str, text: str) -> list[Symbol]:
    """The sentences of a claims file with their claims, entities with their labels; else the keys of the file."""
    kind = kind_of(name, text)
    if kind is None:
        return []
    spots = [spot for spot in scan_text(text) if spot.is_key]
    source = find_source(kind, name, scan_text(text))
    last = text.count("\n")
    top = {FileFormat.CLAIMS: ("claims",), FileFormat.ENTITIES: ("entities",)}.get(kind)
    depth = 1 if top is None else 2
    chosen = [spot for spot in spots if len(spot.way) == depth and (top is None or spot.way[:1] == top)]
    found = []
    for spot, following in zip_longest(chosen, chosen[1:]):
        end = following.line - 1 if following else last
        named = name_spot(known, kind, spot, source)
        role = named.thing.role if named else Role.KEY
        inner = [
            s for s in spots if s.way[:-1] == spot.way and spot.line <= s.line <= end and kind is FileFormat.CLAIMS
        ]
        found.append(
            _symbol(known, spot, role, max(end, spot.line), source, _list_claims(known, inner, end, source))
        )  # fmt: skip
    return found


def _list_claims(known: Checked, spots: list[Spot], last: int, source: str | None) -> tuple[Symbol, ...]:
    ends = [max(s.line, following.line - 1) for s, following in pairwise(spots)] + [last]
    return tuple(_symbol(known, s, Role.CLAIM, end, source, ()) for s, end in zip(spots, ends, strict=False))


def _symbol(
    known: Checked, spot: Spot, role: Role, last: int, source: str | None, inner: tuple[Symbol, ...]
) -> Symbol:  # fmt: skip
    lang = known.seeds.dataset.language
    detail = ""
    if role is Role.CLAIM:
        claim = find_claim(known, f"{source}.{spot.text}")
        detail = known.story.words(lang).statement(claim) if claim else ""
    elif role is Role.ENTITY and spot.text in known.seeds.entity_by_key:
        detail = known.seeds.entity_by_key[spot.text].label(lang)
    return Symbol(name=spot.text or "?", detail=detail, role=role, line=spot.line, column=spot.column, end=spot.end,
                  last=last, inner=inner)  # fmt: skip
