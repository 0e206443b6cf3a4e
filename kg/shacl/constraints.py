"""The constraints of SHACL Core: each makes a function that finds the value nodes which break it.

Source: SHACL (W3C Recommendation of 20 July 2017), section 4.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.rdf.namespace import SH
from kg.rdf.turtle.document import Term
from kg.rdf.xsd import compare_literals, is_valid
from kg.shacl.graph import Nodes
from kg.shacl.shape import Breach, BreachFinder, Surroundings

NODE_KINDS = {
    "IRI": (NamedNode,),
    "BlankNode": (BlankNode,),
    "Literal": (Literal,),
    "BlankNodeOrIRI": (BlankNode, NamedNode),
    "BlankNodeOrLiteral": (BlankNode, Literal),
    "IRIOrLiteral": (NamedNode, Literal),
}


def _each(holds: Callable[[Term], bool]) -> BreachFinder:
    """The finder of a constraint that looks at each value node by itself.

    What it found of a value is kept: most values of a graph are those of many nodes.
    """
    held = lru_cache(maxsize=1 << 12)(holds)

    def find(_context: Surroundings, _focus: Term, values: Nodes) -> list[Breach]:
        return [Breach(value=value) for value in values if not held(value)]

    return find


# ---- types (section 4.1)


def of_class(cls: Term) -> BreachFinder:
    """`sh:class`"""

    def find(context: Surroundings, _focus: Term, values: Nodes) -> Iterator[Breach]:
        return (Breach(value=value) for value in values if not context.graph.is_instance(value, cls))

    return find


def of_datatype(datatype: NamedNode) -> BreachFinder:
    """`sh:datatype`: a literal whose text the datatype admits, too."""
    return _each(
        lambda value: (
            isinstance(value, Literal) and value.datatype == datatype and is_valid(value.value, datatype.value)
        )
    )


def of_node_kind(kind: NamedNode) -> BreachFinder:
    """`sh:nodeKind`"""
    kinds = NODE_KINDS[kind.value.removeprefix(SH)]
    return _each(lambda value: isinstance(value, kinds))


# ---- how many (section 4.2)


def at_least(count: int) -> BreachFinder:
    """`sh:minCount`"""

    def find(_context: Surroundings, _focus: Term, values: Nodes) -> Iterator[Breach]:
        if len(values) < count:
            yield Breach()

    return find


def at_most(count: int) -> BreachFinder:
    """`sh:maxCount`"""

    def find(_context: Surroundings, _focus: Term, values: Nodes) -> Iterator[Breach]:
        if len(values) > count:
            yield Breach()

    return find


# ---- order (section 4.3)


def in_order(bound: Literal, orders: frozenset[int]) -> BreachFinder:
    """`sh:minInclusive` and its like: how the value stands to *bound* is one of *orders* (-1, 0, 1)."""
    return _each(lambda value: isinstance(value, Literal) and compare_literals(value, bound) in orders)


# ---- texts (section 4.4)


def _text(value: Term) -> str | None:
    return None if isinstance(value, BlankNode) or not isinstance(value, NamedNode | Literal) else value.value


def of_length(least: int, most: float) -> BreachFinder:
    """`sh:minLength` and `sh:maxLength`, in code points."""
    return _each(lambda value: (text := _text(value)) is not None and least <= len(text) <= most)


def like(pattern: re.Pattern[str]) -> BreachFinder:
    """`sh:pattern`"""
    return _each(lambda value: (text := _text(value)) is not None and pattern.search(text) is not None)


def in_language(ranges: Sequence[str]) -> BreachFinder:
    """`sh:languageIn`: by the basic filtering of RFC 4647."""
    wanted = [tag.casefold() for tag in ranges]

    def holds(value: Term) -> bool:
        tag = (value.language or "").casefold() if isinstance(value, Literal) else ""
        return any(tag == one or tag.startswith(one + "-") or (one == "*" and tag != "") for one in wanted)

    return _each(holds)


def one_in_each_language() -> BreachFinder:
    """`sh:uniqueLang`"""

    def find(_context: Surroundings, _focus: Term, values: Nodes) -> Iterator[Breach]:
        tags = Counter(v.language.casefold() for v in values if isinstance(v, Literal) and v.language)
        return (Breach() for count in tags.values() if count > 1)

    return find


# ---- two properties (section 4.5)


def equal_to(other: NamedNode) -> BreachFinder:
    """`sh:equals`"""

    def find(context: Surroundings, focus: Term, values: Nodes) -> Iterator[Breach]:
        others = context.graph.objects(focus, other)
        yield from (Breach(value=value) for value in values if value not in others)
        yield from (Breach(value=value) for value in others if value not in values)

    return find


def disjoint_with(other: NamedNode) -> BreachFinder:
    """`sh:disjoint`"""

    def find(context: Surroundings, focus: Term, values: Nodes) -> Iterator[Breach]:
        others = context.graph.objects(focus, other)
        return (Breach(value=value) for value in values if value in others)

    return find


def less_than(other: NamedNode, orders: frozenset[int]) -> BreachFinder:
    """`sh:lessThan` and `sh:lessThanOrEquals`: a result for each pair of values that is not in that order."""

    def holds(value: Term, bound: Term) -> bool:
        return isinstance(value, Literal) and isinstance(bound, Literal) and compare_literals(value, bound) in orders

    def find(context: Surroundings, focus: Term, values: Nodes) -> Iterator[Breach]:
        others = context.graph.objects(focus, other)
        return (Breach(value=value) for value in values for bound in others if not holds(value, bound))

    return find


# ---- shapes (sections 4.6 and 4.7)


def among(shapes: Sequence[Term], counts: Callable[[int], bool]) -> BreachFinder:
    """`sh:not`, `sh:and`, `sh:or`, `sh:xone`, `sh:node`: to how many of *shapes* a value node conforms."""

    def find(context: Surroundings, _focus: Term, values: Nodes) -> Iterator[Breach]:
        for value in values:
            if not counts(sum(context.conforms(value, shape) for shape in shapes)):
                yield Breach(value=value)

    return find


def so_many(shape: Term, siblings: Sequence[Term], counts: Callable[[int], bool]) -> BreachFinder:
    """`sh:qualifiedMinCount` and `sh:qualifiedMaxCount`: how many value nodes conform, and to none of *siblings*."""

    def find(context: Surroundings, _focus: Term, values: Nodes) -> Iterator[Breach]:
        found = sum(
            context.conforms(value, shape) and not any(context.conforms(value, sibling) for sibling in siblings)
            for value in values
        )
        if not counts(found):
            yield Breach()

    return find


# ---- the rest (section 4.8)


def closed_but_for(allowed: frozenset[NamedNode]) -> BreachFinder:
    """`sh:closed`: no properties but these."""

    def find(context: Surroundings, _focus: Term, values: Nodes) -> Iterator[Breach]:
        for value in values:
            for predicate, objects in context.graph.about(value):
                if predicate not in allowed:
                    yield from (Breach(value=node, path=predicate) for node in objects)

    return find


def having(value: Term) -> BreachFinder:
    """`sh:hasValue`"""

    def find(_context: Surroundings, _focus: Term, values: Nodes) -> Iterator[Breach]:
        if value not in values:
            yield Breach()

    return find


def one_of(members: frozenset[Term]) -> BreachFinder:
    """`sh:in`"""
    return _each(lambda value: value in members)
