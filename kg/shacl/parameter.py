"""The parameters of SHACL Core: what stands behind `sh:minCount` and its like becomes a constraint, or is a mistake.

Source: SHACL, section 4 and appendix A (the syntax rules).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from pyoxigraph import Literal, NamedNode

from kg.rdf.namespace import SH, XSD
from kg.rdf.turtle.document import MarkedTerm, Term
from kg.rdf.xsd import compare_literals
from kg.shacl import constraints
from kg.shacl.pattern import FLAGS, compile_pattern
from kg.shacl.shape import BreachFinder, Constraint
from kg.shacl.shapesgraph import DescribedNode, ShapeMistakeError, ShapesGraph

_PATH = NamedNode(SH + "path")
_ORDERS = {
    "minExclusive": {1}, "minInclusive": {0, 1}, "maxExclusive": {-1}, "maxInclusive": {-1, 0},
    "lessThan": {-1}, "lessThanOrEquals": {-1, 0},
}  # fmt: skip
_LANGUAGE_RANGE = re.compile(r"\*|[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")  # a basic one (RFC 4647, section 2.1)


# ---- values of parameters; all raise ShapeMistakeError where another value stands


def read_number(name: str, marked: MarkedTerm) -> int:
    """A whole number, 0 or more."""
    term = marked.term
    if isinstance(term, Literal) and term.datatype.value == XSD + "integer" and re.fullmatch("[0-9]{1,18}", term.value):
        return int(term.value)
    raise ShapeMistakeError(marked.mark, f"`sh:{name}` takes a whole number, not `{marked.mark.excerpt}`")


def read_iri(name: str, marked: MarkedTerm) -> NamedNode:
    """An IRI."""
    if isinstance(marked.term, NamedNode):
        return marked.term
    raise ShapeMistakeError(marked.mark, f"`sh:{name}` takes an IRI")


def read_text(name: str, marked: MarkedTerm) -> str:
    """A text without a language."""
    if isinstance(marked.term, Literal) and marked.term.datatype.value == XSD + "string":
        return marked.term.value
    raise ShapeMistakeError(marked.mark, f"`sh:{name}` takes a text without a language")


def read_truth(name: str, marked: MarkedTerm | None) -> bool:
    """`true` or `false`, which is also what it is where nothing stands."""
    if marked is None:
        return False
    term = marked.term
    if isinstance(term, Literal) and term.datatype.value == XSD + "boolean" and term.value in {"true", "false"}:
        return term.value == "true"
    raise ShapeMistakeError(marked.mark, f"`sh:{name}` takes `true` or `false`")


def read_list(graph: ShapesGraph, name: str, marked: MarkedTerm) -> list[MarkedTerm]:
    """The items of a list."""
    items = graph.walk_list(marked.term)
    if items is None:
        raise ShapeMistakeError(marked.mark, f"`sh:{name}` takes a list: `( ... )`")
    return items


def read_shape_name(graph: ShapesGraph, marked: MarkedTerm) -> Term:
    """The name of a shape that another speaks of."""
    if marked.term not in graph:
        raise ShapeMistakeError(
            marked.mark, f"no shape `{marked.mark.excerpt}`", "nothing is said of it in ontology/shapes*.ttl"
        )
    return marked.term


# ---- constraints


class _Parameter:
    """A parameter as it stands in a shape: its name, its value, the shape and the graph around it."""

    def __init__(self, graph: ShapesGraph, it: DescribedNode, name: str, value: MarkedTerm) -> None:
        self.graph, self.it, self.name, self.value = graph, it, name, value

    def make(
        self,
        find: BreachFinder,
        *,
        name: str | None = None,
        predicates: frozenset[NamedNode] | None = frozenset(),
        shapes: tuple[Term, ...] = (),
    ) -> Constraint:
        name = name or self.name
        value = self.it.one(name) if name != self.name else self.value
        shown = f" {value.mark.excerpt}" if value is not None and isinstance(value.term, NamedNode | Literal) else ""
        component = f"{name[0].upper()}{name[1:]}ConstraintComponent"
        words = f"`sh:{name}{shown}` is not met"
        return Constraint(component=component, words=words, find=find, predicates=predicates, shapes=shapes)

    def alone(self) -> _Parameter:
        self.it.one(self.name)
        return self


def read_constraints(graph: ShapesGraph, it: DescribedNode, name: str, value: MarkedTerm) -> list[Constraint]:
    """The constraints that a parameter of a shape makes: mostly one. Raises ShapeMistakeError."""
    return [*CONSTRAINTS[name](_Parameter(graph, it, name, value))]


def _class(p: _Parameter) -> Iterator[Constraint]:
    yield p.make(constraints.of_class(read_iri(p.name, p.value)))


def _datatype(p: _Parameter) -> Iterator[Constraint]:
    yield p.alone().make(constraints.of_datatype(read_iri(p.name, p.value)))


def _node_kind(p: _Parameter) -> Iterator[Constraint]:
    kind = read_iri(p.name, p.alone().value)
    if kind.value.removeprefix(SH) not in constraints.NODE_KINDS:
        kinds = ", ".join(f"sh:{name}" for name in constraints.NODE_KINDS)
        raise ShapeMistakeError(p.value.mark, f"no kind of node `{p.value.mark.excerpt}`", f"it is one of {kinds}")
    yield p.make(constraints.of_node_kind(kind))


def _count(p: _Parameter) -> Iterator[Constraint]:
    count = read_number(p.name, p.alone().value)
    yield p.make(constraints.at_least(count) if p.name == "minCount" else constraints.at_most(count))


def _order(p: _Parameter) -> Iterator[Constraint]:
    bound = p.alone().value.term
    if not isinstance(bound, Literal) or compare_literals(bound, bound) is None:
        raise ShapeMistakeError(p.value.mark, f"`sh:{p.name}` takes a number, a date, a time or a text")
    yield p.make(constraints.in_order(bound, frozenset(_ORDERS[p.name])))


def _length(p: _Parameter) -> Iterator[Constraint]:
    length = read_number(p.name, p.alone().value)
    bounds = (length, float("inf")) if p.name == "minLength" else (0, length)
    yield p.make(constraints.of_length(*bounds))


def _pattern(p: _Parameter) -> Iterator[Constraint]:
    text, marked = read_text(p.name, p.value), p.it.one("flags")
    flags = read_text("flags", marked) if marked is not None else ""
    if marked is not None and not set(flags) <= set(FLAGS):
        raise ShapeMistakeError(marked.mark, f"no flags of a pattern: `{flags}`", f"known are {', '.join(FLAGS)}")
    try:
        yield p.make(constraints.like(compile_pattern(text, flags)))
    except (re.error, OverflowError, RecursionError) as error:
        raise ShapeMistakeError(p.value.mark, f"the pattern cannot be read: {error}") from error


def _language_in(p: _Parameter) -> Iterator[Constraint]:
    tags: list[str] = []
    for item in read_list(p.graph, p.name, p.alone().value):
        tags.append(read_text(p.name, item))
        if not _LANGUAGE_RANGE.fullmatch(tags[-1]):
            hint = "it is a tag such as `de` or `zh-Hans`, or `*` for all; a text without a language has none"
            raise ShapeMistakeError(item.mark, f"no range of languages: `{tags[-1]}`", hint)
    yield p.make(constraints.in_language(tags))


def _unique_lang(p: _Parameter) -> Iterator[Constraint]:
    if read_truth(p.name, p.alone().value):
        yield p.make(constraints.one_in_each_language())


def _pair(p: _Parameter) -> Iterator[Constraint]:
    other = read_iri(p.name, p.value)
    if p.name in _ORDERS:
        find = constraints.less_than(other, frozenset(_ORDERS[p.name]))
    else:
        find = constraints.equal_to(other) if p.name == "equals" else constraints.disjoint_with(other)
    yield p.make(find, predicates=frozenset([other]))


def _one_shape(p: _Parameter) -> Iterator[Constraint]:
    shape = read_shape_name(p.graph, p.value)
    if p.name == "node" and p.graph.objects(shape, _PATH):  # section 4.7.1: well-formed node shapes alone
        message = "`sh:node` takes a node shape, and this one has a `sh:path`"
        raise ShapeMistakeError(p.value.mark, message, "write `sh:property`")
    wanted = 0 if p.name == "not" else 1
    yield p.make(constraints.among([shape], lambda count: count == wanted), shapes=(shape,))


def _some_shapes(p: _Parameter) -> Iterator[Constraint]:
    shapes = tuple(read_shape_name(p.graph, item) for item in read_list(p.graph, p.name, p.value))
    enough: dict[str, Callable[[int], bool]] = {
        "and": lambda count: count == len(shapes),
        "or": lambda count: count >= 1,
        "xone": lambda count: count == 1,
    }
    yield p.make(constraints.among(shapes, enough[p.name]), shapes=shapes)


def _qualified(p: _Parameter) -> Iterator[Constraint]:
    shape = read_shape_name(p.graph, p.alone().value)
    least, most = p.it.one("qualifiedMinCount"), p.it.one("qualifiedMaxCount")
    if least is None and most is None:
        message = "`sh:qualifiedValueShape` counts nothing without `sh:qualifiedMinCount` or `sh:qualifiedMaxCount`"
        raise ShapeMistakeError(p.value.mark, message)
    others: tuple[Term, ...] = ()
    if read_truth("qualifiedValueShapesDisjoint", p.it.one("qualifiedValueShapesDisjoint")):
        others = tuple(other for other in _siblings(p.graph, p.it.node) if other != shape)
    if least is not None:
        low = read_number("qualifiedMinCount", least)
        find = constraints.so_many(shape, others, lambda count: count >= low)
        yield p.make(find, name="qualifiedMinCount", shapes=(shape,))
    if most is not None:
        high = read_number("qualifiedMaxCount", most)
        find = constraints.so_many(shape, others, lambda count: count <= high)
        yield p.make(find, name="qualifiedMaxCount", shapes=(shape,))


def _siblings(graph: ShapesGraph, node: Term) -> Iterator[Term]:
    """The qualified value shapes of all property shapes that stand beside *node* (section 4.7.3)."""
    for parent in {q.subject.term for q in graph.with_term("property") if q.object.term == node}:
        for beside in graph.objects(parent, NamedNode(SH + "property")):
            yield from (q.term for q in graph.objects(beside.term, NamedNode(SH + "qualifiedValueShape")))


def _closed(p: _Parameter) -> Iterator[Constraint]:
    if not read_truth(p.name, p.alone().value):
        return
    ignored = p.it.one("ignoredProperties")
    allowed = (
        {read_iri("ignoredProperties", i) for i in read_list(p.graph, "ignoredProperties", ignored)}
        if ignored
        else set()
    )
    for shape in p.it.all("property"):
        allowed |= {m.term for m in p.graph.objects(shape.term, _PATH) if isinstance(m.term, NamedNode)}
    yield p.make(constraints.closed_but_for(frozenset(allowed)), predicates=None)


def _has_value(p: _Parameter) -> Iterator[Constraint]:
    yield p.make(constraints.having(p.value.term))


def _in(p: _Parameter) -> Iterator[Constraint]:
    yield p.make(constraints.one_of(frozenset(i.term for i in read_list(p.graph, p.name, p.alone().value))))


CONSTRAINTS: dict[str, Callable[[_Parameter], Iterator[Constraint]]] = {
    "class": _class, "datatype": _datatype, "nodeKind": _node_kind,
    "minCount": _count, "maxCount": _count,
    "minExclusive": _order, "minInclusive": _order, "maxExclusive": _order, "maxInclusive": _order,
    "minLength": _length, "maxLength": _length, "pattern": _pattern,
    "languageIn": _language_in, "uniqueLang": _unique_lang,
    "equals": _pair, "disjoint": _pair, "lessThan": _pair, "lessThanOrEquals": _pair,
    "not": _one_shape, "and": _some_shapes, "or": _some_shapes, "xone": _some_shapes,
    "node": _one_shape, "qualifiedValueShape": _qualified,
    "closed": _closed, "hasValue": _has_value, "in": _in,
}  # fmt: skip
