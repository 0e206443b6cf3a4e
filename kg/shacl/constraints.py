"""The constraints of SHACL Core: each makes a function that finds the value nodes which break it.

Source: SHACL (W3C Recommendation of 20 July 2017), section 4.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.namespace import SH
from kg.shacl.graph import Nodes
from kg.shacl.shape import Context, Finder, Finding
from kg.turtle.document import Term
from kg.xsd import compare_literals, is_valid

NODE_KINDS = {
    "IRI": (NamedNode,),
    "BlankNode": (BlankNode,),
    "Literal": (Literal,),
    "BlankNodeOrIRI": (BlankNode, NamedNode),
    "BlankNodeOrLiteral": (BlankNode, Literal),
    "IRIOrLiteral": (NamedNode, Literal),
}


def _each(holds: Callable[[Term], bool]) -> Finder:
    """The finder of a constraint that looks at each value node by itself."""

    def find(_context: Context, _focus: Term, values: Nodes) -> Iterator[Finding]:
        return (Finding(value=value) for value in values if not holds(value))

    return find


# ---- types (section 4.1)


def of_class(cls: Term) -> Finder:
    """`sh:class`"""

    def find(context: Context, _focus: Term, values: Nodes) -> Iterator[Finding]:
        return (Finding(value=value) for value in values if not context.graph.is_instance(value, cls))

    return find


def of_datatype(datatype: NamedNode) -> Finder:
    """`sh:datatype`: a literal whose text the datatype admits, too."""
    return _each(
        lambda value: (
            isinstance(value, Literal) and value.datatype == datatype and is_valid(value.value, datatype.value)
        )
    )


def of_node_kind(kind: NamedNode) -> Finder:
    """`sh:nodeKind`"""
    kinds = NODE_KINDS[kind.value.removeprefix(SH)]
    return _each(lambda value: isinstance(value, kinds))


# ---- how many (section 4.2)


def at_least(count: int) -> Finder:
    """`sh:minCount`"""

    def find(_context: Context, _focus: Term, values: Nodes) -> Iterator[Finding]:
        if len(values) < count:
            yield Finding()

    return find


def at_most(count: int) -> Finder:
    """`sh:maxCount`"""

    def find(_context: Context, _focus: Term, values: Nodes) -> Iterator[Finding]:
        if len(values) > count:
            yield Finding()

    return find


# ---- order (section 4.3)


def in_order(bound: Literal, orders: frozenset[int]) -> Finder:
    """`sh:minInclusive` and its like: how the value stands to *bound* is one of *orders* (-1, 0, 1)."""
    return _each(lambda value: isinstance(value, Literal) and compare_literals(value, bound) in orders)


# ---- texts (section 4.4)


def _text(value: Term) -> str | None:
    return None if isinstance(value, BlankNode) or not isinstance(value, NamedNode | Literal) else value.value


def of_length(least: int, most: float) -> Finder:
    """`sh:minLength` and `sh:maxLength`, in code points."""
    return _each(lambda value: (text := _text(value)) is not None and least <= len(text) <= most)


def like(pattern: re.Pattern[str]) -> Finder:
    """`sh:pattern`"""
    return _each(lambda value: (text := _text(value)) is not None and pattern.search(text) is not None)


def in_language(ranges: Sequence[str]) -> Finder:
    """`sh:languageIn`: by the basic filtering of RFC 4647."""
    wanted = [tag.casefold() for tag in ranges]

    def holds(value: Term) -> bool:
        tag = (value.language or "").casefold() if isinstance(value, Literal) else ""
        return any(tag == one or tag.startswith(one + "-") or (one == "*" and tag != "") for one in wanted)

    return _each(holds)


def one_in_each_language() -> Finder:
    """`sh:uniqueLang`"""

    def find(_context: Context, _focus: Term, values: Nodes) -> Iterator[Finding]:
        tags = Counter(v.language.casefold() for v in values if isinstance(v, Literal) and v.language)
        return (Finding() for count in tags.values() if count > 1)

    return find


# ---- two properties (section 4.5)


def equal_to(other: NamedNode) -> Finder:
    """`sh:equals`"""

    def find(context: Context, focus: Term, values: Nodes) -> Iterator[Finding]:
        others = context.graph.objects(focus, other)
        yield from (Finding(value=value) for value in values if value not in others)
        yield from (Finding(value=value) for value in others if value not in values)

    return find


def disjoint_with(other: NamedNode) -> Finder:
    """`sh:disjoint`"""

    def find(context: Context, focus: Term, values: Nodes) -> Iterator[Finding]:
        others = context.graph.objects(focus, other)
        return (Finding(value=value) for value in values if value in others)

    return find


def less_than(other: NamedNode, orders: frozenset[int]) -> Finder:
    """`sh:lessThan` and `sh:lessThanOrEquals`: a result for each pair of values that is in no such order."""

    def holds(value: Term, bound: Term) -> bool:
        return isinstance(value, Literal) and isinstance(bound, Literal) and compare_literals(value, bound) in orders

    def find(context: Context, focus: Term, values: Nodes) -> Iterator[Finding]:
        others = context.graph.objects(focus, other)
        return (Finding(value=value) for value in values for bound in others if not holds(value, bound))

    return find


# ---- shapes (sections 4.6 and 4.7)


def among(shapes: Sequence[Term], counts: Callable[[int], bool]) -> Finder:
    """`sh:not`, `sh:and`, `sh:or`, `sh:xone`, `sh:node`: to how many of *shapes* a value node conforms."""

    def find(context: Context, _focus: Term, values: Nodes) -> Iterator[Finding]:
        for value in values:
            if not counts(sum(context.conforms(value, shape) for shape in shapes)):
                yield Finding(value=value)

    return find


def so_many(shape: Term, siblings: Sequence[Term], counts: Callable[[int], bool]) -> Finder:
    """`sh:qualifiedMinCount` and `sh:qualifiedMaxCount`: how many value nodes conform, and to none of *siblings*."""

    def find(context: Context, _focus: Term, values: Nodes) -> Iterator[Finding]:
        found = sum(
            context.conforms(value, shape) and not any(context.conforms(value, sibling) for sibling in siblings)
            for value in values
        )
        if not counts(found):
            yield Finding()

    return find


# ---- the rest (section 4.8)


def closed_but_for(allowed: frozenset[NamedNode]) -> Finder:
    """`sh:closed`: no properties but these."""

    def find(context: Context, _focus: Term, values: Nodes) -> Iterator[Finding]:
        for value in values:
            for predicate, objects in context.graph.about(value):
                if predicate not in allowed:
                    yield from (Finding(value=node, path=predicate) for node in objects)

    return find


def having(value: Term) -> Finder:
    """`sh:hasValue`"""

    def find(_context: Context, _focus: Term, values: Nodes) -> Iterator[Finding]:
        if value not in values:
            yield Finding()

    return find


def one_of(members: frozenset[Term]) -> Finder:
    """`sh:in`"""
    return _each(lambda value: value in members)
