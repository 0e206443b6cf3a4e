"""Star maps of an RML graph (RML-star): read, and what is wrong with them told at their marks.

Source: http://w3id.org/rml/star/spec; the older RML had the same words from 2022 on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyoxigraph as ox

from kg.diagnostic import Diagnostic, Mark, did_you_mean
from kg.tables.reading import (
    Reader,
    check_same_rows,
    find_triples_maps,
    node_name,
    read_join_condition,
    with_members,
)
from kg.tables.rml import (
    LogicalTarget,
    MappingDocument,
    Position,
    QuotedTriplesMap,
    RefObjectMap,
    TermMap,
    TermType,
    TriplesMap,
    makes_quoted,
)
from kg.tables.termmaps import EXPRESSIONS, read_targets
from kg.tables.vocabulary import RML, Generation
from kg.turtle.document import MarkedTerm

MOST_NESTED = 64  # quoted triples in quoted triples
TAGS = ("termType", "datatype", "datatypeMap", "language", "languageMap")  # what a quoted triple has none of
# what a node is that has one of these properties, or is their object: no term map
_NO_TERM_MAPS = {
    "predicateObjectMap": "triples map",
    "logicalSource": "triples map",
    "subjectMap": "triples map",
    "predicate": "predicate-object map",
    "predicateMap": "predicate-object map",
    "object": "predicate-object map",
    "objectMap": "predicate-object map",
}


def read_star_map(reader: Reader, node: MarkedTerm, position: Position) -> TermMap | None:
    """The star map at *node*, or None where it has a mistake (which is reported)."""
    (written, *_) = reader.graph.statements(node.term, "quotedTriplesMap")
    mark = written.written.mark
    found = reader.one(node, "quotedTriplesMap")
    clash = next((n for n in (*EXPRESSIONS, "parentTriplesMap", "gather") if reader.graph.objects(node.term, n)), None)
    tag = next((n for n in TAGS if reader.graph.objects(node.term, n)), None)
    if found is None:
        return None
    if written.generation is Generation.R2RML:
        reader.report("map-star", mark, "R2RML has no quoted triples", f"`quotedTriplesMap` stands in <{RML}>")
        return None
    if clash is not None:
        message = f"a term map with both `rml:quotedTriplesMap` and `rml:{clash}`"
        reader.report("map-repeated", mark, message, "keep one of the two")
        return None
    if position not in {Position.SUBJECT, Position.OBJECT}:
        message = f"a quoted triple cannot be a {position.value}"
        reader.report("map-star", mark, message, "quote triples in a subject map or in an object map")
        return None
    if tag is not None:
        wrong = reader.graph.statements(node.term, tag)[0].written.mark
        reader.report("map-star", wrong, f"a quoted triple has no `rml:{tag}`", "remove it")
        return None
    if not isinstance(found.term, ox.NamedNode | ox.BlankNode):
        reader.report("map-term", found.mark, f"the triples map {found.term} is not an IRI")
        return None
    conditions = [read_join_condition(reader, each) for each in reader.graph.objects(node.term, "joinCondition")]
    if any(c is None for c in conditions):
        return None
    return TermMap(
        position=position,
        expression=QuotedTriplesMap(
            name=node_name(found.term), conditions=tuple(c for c in conditions if c is not None), mark=found.mark
        ),
        term_type=TermType.QUOTED_TRIPLE,
        targets=read_targets(reader, node),
        generation=reader.generation(node),
        mark=found.mark,
    )


def check_star(reader: Reader, triples_maps: Sequence[TriplesMap]) -> None:
    """Star maps stand where they may and quote what is there; what is not asserted is quoted."""
    check_places(reader)
    by_name = {t.name: t for t in triples_maps}
    known = {node_name(n.term) for n in find_triples_maps(reader)}
    for triples_map in triples_maps:
        for star in find_star_maps(triples_map):
            check_quoted(reader, star, triples_map, by_name, known)
    quoted = {
        node_name(s.object.term)
        for statements in reader.graph.by_subject.values()
        for s in statements
        if s.predicate == RML + "quotedTriplesMap"
    }
    for triples_map in triples_maps if quoted <= known else ():  # a name that is misspelt may mean any of them
        if not triples_map.asserted and triples_map.name not in quoted:
            reader.report(
                "map-unasserted",
                triples_map.mark,
                f"the triples map `{triples_map.name}` is not asserted, and nothing quotes it",
                "quote it by an `rml:quotedTriplesMap`, or make it an `rml:AssertedTriplesMap`",
            )
    check_circles(reader, triples_maps, by_name)
    check_targets(reader, triples_maps, by_name)


def check_places(reader: Reader) -> None:
    """`rml:quotedTriplesMap` belongs to a term map, not to a triples map or a predicate-object map."""
    for node in reader.graph.subjects_with("quotedTriplesMap"):
        about = {s.predicate.removeprefix(RML) for s in reader.graph.about(node.term)}
        what = next((kind for name, kind in _NO_TERM_MAPS.items() if name in about), None)
        if what is not None:
            mark = reader.graph.statements(node.term, "quotedTriplesMap")[0].written.mark
            message = f"a {what} with `rml:quotedTriplesMap`"
            reader.report("map-star", mark, message, "quote triples in a subject map or in an object map")


def find_star_maps(triples_map: TriplesMap) -> Iterator[TermMap]:
    """The star maps of a triples map, those among gathered members too."""
    for each in with_members(triples_map.resource_maps):
        if isinstance(each, TermMap) and each.is_star:
            yield each


def check_quoted(
    reader: Reader, star: TermMap, triples_map: TriplesMap, by_name: dict[str, TriplesMap], known: set[str]
) -> None:
    """What a star map quotes is there, makes triples, and has the rows."""
    expression = star.expression
    assert isinstance(expression, QuotedTriplesMap)
    quoted = by_name.get(expression.name)
    if quoted is None:
        if expression.name not in known:
            hint = did_you_mean(expression.name, known)
            reader.report("map-quoted", star.mark, f"no triples map `{expression.name}`", hint)
    elif not quoted.predicate_objects and not quoted.classes:
        hint = "add an `rml:predicateObjectMap` to it"
        reader.report("map-quoted", star.mark, f"the triples map `{quoted.name}` makes no triples to quote", hint)
    elif not expression.conditions:
        check_same_rows(reader, star.mark, triples_map, quoted)


def check_circles(reader: Reader, triples_maps: Sequence[TriplesMap], by_name: dict[str, TriplesMap]) -> None:
    """No triples map quotes its own triples, by whatever way; and quoting does not go too deep."""
    for triples_map in triples_maps:
        for name, mark in needed_maps(triples_map, by_name):
            way = find_way(name, triples_map.name, by_name)
            if len(way) > MOST_NESTED:
                message = f"quoted triples in quoted triples, more than {MOST_NESTED} deep"
                reader.report("map-quoted", mark, message, "quote less deep")
                return
            if way and triples_map.name == next(known for known in by_name if known in way):  # told once of a circle
                circle = " → ".join(f"`{each}`" for each in (triples_map.name, *way))
                reader.report("map-quoted", mark, f"a triples map that quotes itself: {circle}", "break the circle")


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


def check_targets(reader: Reader, triples_maps: Sequence[TriplesMap], by_name: dict[str, TriplesMap]) -> None:
    """A logical target of quoted triples is in N-Quads or N-Triples; only these can hold them."""
    for triples_map in triples_maps:
        for target in find_targets(triples_map, by_name):
            if target.serialization not in {"nq", "nt"}:
                reader.report(
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
                return [Diagnostic(code="quoted-output", mark=find_mark(each, by_name), message=message, hint=hint)]
    return []


def find_mark(term_map: TermMap | RefObjectMap, by_name: dict[str, TriplesMap]) -> Mark:
    """The mark of the star map that a map is, or holds."""
    for each in with_members([term_map]):
        if isinstance(each, TermMap) and each.is_star:
            return each.mark
    return term_map.mark
