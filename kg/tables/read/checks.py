"""What is wrong with the triples maps of a mapping taken together, in whatever language it is written.

Parents are there and have the rows; star maps (RML-star, http://w3id.org/rml/star/spec) quote what is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import pyoxigraph as ox

from kg.model.ontology.closed import NAMES, TERMS, find_namespace
from kg.tables.read.graphless import check_target_graphs
from kg.tables.rml import (
    Constant,
    LogicalTarget,
    MappingDocument,
    QuotedTriplesMap,
    RefObjectMap,
    TermMap,
    TriplesMap,
    find_nouns,
    makes_quoted,
)
from kg.tables.wording import choose_words, show_node
from kg.text.diagnostic import Diagnostic, Mark, did_you_mean
from kg.text.findings import Findings

MOST_NESTED = 64  # quoted triples in quoted triples


def check_triples_maps(
    findings: Findings, triples_maps: Sequence[TriplesMap], *, known: set[str], quoted: set[str]
) -> None:
    """Tell what is wrong between triples maps.

    *known* are the names of all of them, those that could not be read too; *quoted* the names that star maps quote.
    """
    by_name = {t.name: t for t in triples_maps}
    for triples_map in triples_maps:
        for each in with_members(triples_map.resource_maps):
            if isinstance(each, RefObjectMap):
                check_parent(findings, each, triples_map, by_name, known)
            elif each.is_star:
                check_quoted(findings, each, triples_map, by_name, known)
    for triples_map in triples_maps if quoted <= known else ():  # a name that is misspelt may mean any of them
        if not triples_map.asserted and triples_map.name not in quoted:
            name = show_node(triples_map.name, triples_map.mark)
            findings.tell(
                "map-unasserted",
                triples_map.mark,
                f"the triples map `{name}` is not asserted, and nothing quotes it",
                "quote it by an `rml:quotedTriplesMap`, or make it an `rml:AssertedTriplesMap`",
            )
    check_circles(findings, triples_maps, by_name)
    check_targets(findings, triples_maps, by_name)
    findings.add(check_target_graphs(triples_maps))
    check_terms(findings, triples_maps)


def check_terms(findings: Findings, triples_maps: Sequence[TriplesMap]) -> None:
    """A warning for each constant that is no term of the complete vocabulary in whose namespace it lies.

    That of a class stands at the subject that has it.
    """
    named = [(each.mark, each.term) for each in find_nouns(tuple(triples_maps), Constant)]
    named += [(each.subject.mark, term) for each in triples_maps for term in each.classes]
    for mark, term in dict.fromkeys(named):
        space = find_namespace(term.value) if isinstance(term, ox.NamedNode) else None
        if space is not None:
            hint = did_you_mean(term.value.removeprefix(space), TERMS[space].split())
            findings.tell("map-vocabulary", mark, f"<{term.value}> is no term of {NAMES[space]}", hint)


def with_members(maps: Iterable[TermMap | RefObjectMap]) -> Iterator[TermMap | RefObjectMap]:
    """The maps, and the members of those that gather."""
    for each in maps:
        yield each
        if isinstance(each, TermMap) and each.gather is not None:
            yield from with_members(each.gather.members)


def check_parent(
    findings: Findings, ref: RefObjectMap, triples_map: TriplesMap, by_name: dict[str, TriplesMap], known: set[str]
) -> None:
    """A parent triples map is there; without a condition it has the child's rows."""
    parent = by_name.get(ref.parent)
    if parent is not None:
        if not ref.conditions:
            check_same_rows(findings, ref.mark, triples_map, parent)
    elif ref.parent not in known:
        hint = did_you_mean(ref.parent, known)
        findings.tell("map-parent", ref.mark, f"no triples map `{show_node(ref.parent, ref.mark)}`", hint)


def check_same_rows(findings: Findings, mark: Mark, triples_map: TriplesMap, other: TriplesMap) -> None:
    """A triples map that is referred to without a condition reads the same rows."""
    if triples_map.source == other.source:
        return
    name = show_node(other.name, mark)
    rml = f"`{name}` has another logical source, and no join condition"
    yarrrml = f"`{name}` has another source, and the reference to it no condition"
    hint = "add an `rml:joinCondition`, or use the same logical source"
    hint = choose_words(mark, hint, "add a `condition`, or take the same source")
    findings.tell("map-join", mark, choose_words(mark, rml, yarrrml), hint)


def check_quoted(
    findings: Findings, star: TermMap, triples_map: TriplesMap, by_name: dict[str, TriplesMap], known: set[str]
) -> None:
    """What a star map quotes is there, makes triples, and has the rows."""
    expression = star.expression
    assert isinstance(expression, QuotedTriplesMap)
    quoted = by_name.get(expression.name)
    if quoted is None:
        if expression.name not in known:
            hint = did_you_mean(expression.name, known)
            findings.tell("map-quoted", star.mark, f"no triples map `{show_node(expression.name, star.mark)}`", hint)
    elif not quoted.predicate_objects and not quoted.classes:
        hint = choose_words(star.mark, "add an `rml:predicateObjectMap` to it", "add `predicateobjects` to it")
        what = choose_words(star.mark, "the triples map", "the mapping")
        message = f"{what} `{show_node(quoted.name, star.mark)}` makes no triples to quote"
        findings.tell("map-quoted", star.mark, message, hint)
    elif not expression.conditions:
        check_same_rows(findings, star.mark, triples_map, quoted)


def check_circles(findings: Findings, triples_maps: Sequence[TriplesMap], by_name: dict[str, TriplesMap]) -> None:
    """No triples map quotes its own triples, by whatever way; and quoting does not go too deep."""
    for triples_map in triples_maps:
        for name, mark in needed_maps(triples_map, by_name):
            way = find_way(name, triples_map.name, by_name)
            if len(way) > MOST_NESTED:
                message = f"quoted triples in quoted triples, more than {MOST_NESTED} deep"
                findings.tell("map-quoted", mark, message, "quote less deep")
                return
            if way and triples_map.name == next(known for known in by_name if known in way):  # told once of a circle
                circle = " → ".join(f"`{each}`" for each in (triples_map.name, *way))
                what = choose_words(mark, "a triples map", "a mapping")
                findings.tell("map-quoted", mark, f"{what} that quotes itself: {circle}", "break the circle")


def find_way(start: str, end: str, by_name: dict[str, TriplesMap]) -> list[str]:
    """The names on a way from one triples map to another, each needed by the one before; or none."""
    ways, seen = [[start]], {start}
    while ways:
        way = ways.pop(0)
        if way[-1] == end or len(way) > MOST_NESTED:
            return way
        for name, _ in needed_maps(by_name[way[-1]], by_name) if way[-1] in by_name else ():
            if name not in seen:
                seen.add(name)
                ways.append([*way, name])
    return []


def needed_maps(triples_map: TriplesMap, by_name: dict[str, TriplesMap]) -> Iterator[tuple[str, Mark]]:
    """The triples maps whose triples a triples map quotes, by itself or in the subjects that it refers to."""
    for each in with_members(triples_map.resource_maps):
        term_map: TermMap | None = each if isinstance(each, TermMap) else None
        if isinstance(each, RefObjectMap):
            term_map = by_name[each.parent].subject if each.parent in by_name else None
        if term_map is not None and isinstance(term_map.expression, QuotedTriplesMap):
            yield term_map.expression.name, each.mark


def check_targets(findings: Findings, triples_maps: Sequence[TriplesMap], by_name: dict[str, TriplesMap]) -> None:
    """A logical target of quoted triples is in N-Quads or N-Triples; only these can hold them."""
    for triples_map in triples_maps:
        for target in find_targets(triples_map, by_name):
            if target.serialization not in {"nq", "nt"}:
                findings.tell(
                    "quoted-output",
                    target.mark,
                    f"the target `{target.path}` cannot hold quoted triples",
                    "use formats:N-Quads or formats:N-Triples, which are written in the syntax of RDF-star",
                )


def find_targets(triples_map: TriplesMap, by_name: dict[str, TriplesMap]) -> Iterator[LogicalTarget]:
    """The targets that quoted triples of a triples map go to."""
    if not triples_map.asserted:
        return
    subject = triples_map.subject
    every = makes_quoted(subject, by_name)
    for pom in triples_map.predicate_objects:
        stars = [o for o in pom.objects if every or makes_quoted(o, by_name)]
        if stars:
            maps = (subject, *triples_map.graphs, *pom.predicates, *pom.graphs, *stars)
            yield from (target for each in maps for target in each.targets)
    if every and triples_map.classes:
        yield from (target for each in (subject, *triples_map.graphs) for target in each.targets)


def refuse_quoted(document: MappingDocument, place: str, hint: str) -> list[Diagnostic]:
    """The mistake of a mapping with quoted triples whose output, named by *place*, cannot hold them; or nothing.

    RDF 1.2 has triple terms in the place of the object only, and its reifiers (`rdf:reifies`) say something else
    than the quoted triples of RDF-star; so nothing is converted.
    """
    by_name = {t.name: t for t in document.triples_maps}
    for triples_map in document.triples_maps:
        for each in triples_map.resource_maps if triples_map.asserted else ():
            if makes_quoted(each, by_name):
                message = f"{place} cannot hold the quoted triples of this map"
                return [Diagnostic(code="quoted-output", mark=find_mark(each), message=message, hint=hint)]
    return []


def find_mark(term_map: TermMap | RefObjectMap) -> Mark:
    """The mark of the star map that a map is, or holds."""
    for each in with_members([term_map]):
        if isinstance(each, TermMap) and each.is_star:
            return each.mark
    return term_map.mark
