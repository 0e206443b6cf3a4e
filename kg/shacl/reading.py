"""Shapes files → shapes, with every mistake at its line. Source: SHACL, section 2 and appendix A (the syntax rules).

A term of SHACL that is not known, or stands where it means nothing, is a mistake: it would check nothing, and nobody
would know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from pyoxigraph import Literal, NamedNode

from kg.rdf.namespace import OWL, RDF, RDFS, SH, XSD
from kg.rdf.turtle.document import MarkedTerm, RdfDocument, Term
from kg.shacl.graph import SUBCLASS_OF
from kg.shacl.parameter import CONSTRAINTS, read_constraints, read_list, read_shape_name, read_truth
from kg.shacl.path import Path, Step
from kg.shacl.queries import check_queries
from kg.shacl.shape import Constraint, Shape, Shapes, Target, TargetKind
from kg.shacl.shapesgraph import FIRST, NIL, TYPE, DescribedNode, ShapeMistakeError, ShapesGraph, term_of
from kg.text.diagnostic import Diagnostic, Mark, did_you_mean
from kg.text.findings import Findings

_CLASSES = {NamedNode(RDFS + "Class"), NamedNode(OWL + "Class")}
_TARGETS = {kind.value: kind for kind in TargetKind}
_STEPS = {
    "inversePath": Step.INVERSE, "zeroOrMorePath": Step.ZERO_OR_MORE,
    "oneOrMorePath": Step.ONE_OR_MORE, "zeroOrOnePath": Step.ZERO_OR_ONE,
}  # fmt: skip
_OF_PATHS = (*_STEPS, "alternativePath")
_SEVERITIES = ("Violation", "Warning", "Info")
_ONLY_WITH_PATH = ("minCount", "maxCount", "uniqueLang", "lessThan", "lessThanOrEquals", "qualifiedValueShape")
_COMPANIONS = {  # terms that say more of another, without which they say nothing
    "flags": "pattern", "ignoredProperties": "closed", "qualifiedMinCount": "qualifiedValueShape",
    "qualifiedMaxCount": "qualifiedValueShape", "qualifiedValueShapesDisjoint": "qualifiedValueShape",
}  # fmt: skip
_SPARQL = (
    "sparql", "select", "ask", "prefixes", "declare", "prefix", "namespace", "parameter", "optional", "labelTemplate",
    "validator", "nodeValidator", "propertyValidator",
)  # fmt: skip
_TERMS = (
    *CONSTRAINTS, *_COMPANIONS, *_TARGETS, *_STEPS, *_SPARQL, "alternativePath", "path", "property",
    "message", "severity", "deactivated", "name", "description", "order", "group", "defaultValue",
)  # fmt: skip
_TYPES = (
    "NodeShape", "PropertyShape", "PropertyGroup", "SPARQLConstraint", "ConstraintComponent", "Parameter",
    "SPARQLAskValidator", "SPARQLSelectValidator", "PrefixDeclaration",
)  # fmt: skip

_T = TypeVar("_T")


def read_shapes(documents: Iterable[RdfDocument]) -> Shapes:
    """The shapes of some documents, taken as one graph, and the mistakes in them.

    Where a document could not be read whole, no mistakes are told: what is missing may stand in the rest.
    """
    documents = tuple(documents)
    graph = ShapesGraph(documents)
    reader = ShapeReader(graph=graph)
    by_node = {node: reader.read_shape(node) for node in find_shapes(graph)}
    for found in (check_terms(graph), check_queries(graph), check_circles(by_node)):
        reader.add(found)
    whole = not any(document.diagnostics for document in documents)
    return Shapes(
        by_node=by_node,
        needs_sparql=bool(graph.with_term("sparql", "parameter")),
        sources=tuple(document.source for document in documents),
        quads=tuple(graph.quads),
        diagnostics=reader.diagnostics if whole else (),
    )


def find_shapes(graph: ShapesGraph) -> list[Term]:
    """The nodes that are shapes: they have a type, a target or a parameter, or another shape speaks of them."""
    found = [quad.subject.term for quad in graph.with_term(*CONSTRAINTS, *_TARGETS, "path", "property")]
    found += [q.subject.term for q in graph.quads
              if q.predicate.term == TYPE and term_of(q.object.term) in {"NodeShape", "PropertyShape"}]  # fmt: skip
    found += [quad.object.term for quad in graph.with_term("node", "not", "qualifiedValueShape", "property")]
    for quad in graph.with_term("and", "or", "xone"):
        found += [item.term for item in graph.walk_list(quad.object.term) or ()]
    return [node for node in dict.fromkeys(found) if node in graph]


def check_terms(graph: ShapesGraph) -> Iterator[Diagnostic]:
    """The terms of SHACL that say nothing to a validator: misspelt ones, and those of extensions."""
    for quad in graph.quads:
        yield from _check_term(quad.predicate, _TERMS, "term")
        if quad.predicate.term == TYPE:
            yield from _check_term(quad.object, _TYPES, "class")


def _check_term(marked: MarkedTerm, known: Sequence[str], kind: str) -> Iterator[Diagnostic]:
    name = term_of(marked.term)
    if name is not None and name not in known:
        message = f"`{marked.mark.excerpt}` is no {kind} of SHACL Core or SHACL-SPARQL"
        yield _mistake(marked.mark, message, did_you_mean(f"sh:{name}", [f"sh:{k}" for k in known]))


def check_circles(shapes: Mapping[Term, Shape]) -> Iterator[Diagnostic]:
    """Shapes that lead back to themselves: what they ask is not defined (section 3.4.3)."""
    done: set[Term] = set()
    way: list[Term] = []

    def visit(node: Term) -> Iterator[Diagnostic]:
        way.append(node)
        for other in dict.fromkeys(shapes[node].asked):
            if other in way:
                yield _mistake(shapes[other].mark, "a shape that leads back to itself")
            elif other not in done:
                yield from visit(other)
        done.add(way.pop())

    for node in shapes:
        if node not in done:
            yield from visit(node)


@dataclass(kw_only=True)
class ShapeReader(Findings):
    """Reads shapes one by one; what cannot be used is told and left out."""

    graph: ShapesGraph

    def attempt(self, read: Callable[[], _T], otherwise: _T) -> _T:
        try:
            return read()
        except ShapeMistakeError as error:
            self.add([error.diagnostic])
            return otherwise

    def read_shape(self, node: Term) -> Shape:
        it = self.graph.describe(node)
        for name, other in _COMPANIONS.items():
            if name in it.terms and other not in it.terms:
                mark = it.terms[name][0].predicate.mark
                self.add([_mistake(mark, f"`sh:{name}` says nothing without `sh:{other}`")])
        return Shape(
            node=node,
            path=self.attempt(lambda: self.read_path_of(it), None),
            targets=tuple(self.read_targets(it)),
            constraints=tuple(self.read_all_constraints(it)),
            properties=tuple(self.read_properties(it)),
            message=choose_message(self.read_messages(it)),
            severity=self.attempt(lambda: read_severity(it), "Violation"),
            deactivated=self.attempt(lambda: read_truth("deactivated", it.one("deactivated")), False),
            mark=it.mark,
        )

    def read_all_constraints(self, it: DescribedNode) -> Iterator[Constraint]:
        for name in CONSTRAINTS:
            for quad in it.terms.get(name, ()):
                if name in _ONLY_WITH_PATH and "path" not in it.terms:
                    message, hint = f"`sh:{name}` stands in a node shape", "it looks at the values of a `sh:path`"
                    self.add([_mistake(quad.predicate.mark, message, hint)])
                else:
                    nothing: list[Constraint] = []
                    yield from self.attempt(partial(read_constraints, self.graph, it, name, quad.object), nothing)

    def read_properties(self, it: DescribedNode) -> Iterator[Term]:
        for marked in it.all("property"):
            if marked.term not in self.graph:
                self.attempt(partial(read_shape_name, self.graph, marked), None)
            elif self.graph.objects(marked.term, NamedNode(SH + "path")):
                yield marked.term
            elif not self.is_property_shape(marked.term):  # else it is told of itself
                self.add([_mistake(marked.mark, "a property shape without `sh:path`")])

    def is_property_shape(self, node: Term) -> bool:
        return NamedNode(SH + "PropertyShape") in {marked.term for marked in self.graph.objects(node, TYPE)}

    def read_messages(self, it: DescribedNode) -> Iterator[Literal]:
        """The messages of a shape: texts, one in each language (section 2.1.5)."""
        told: set[str | None] = set()
        for marked in it.all("message"):
            text = marked.term
            if not isinstance(text, Literal) or text.datatype.value not in {XSD + "string", RDF + "langString"}:
                self.add([_mistake(marked.mark, f"`sh:message` takes a text, not `{marked.mark.excerpt}`")])
            elif text.language in told:
                where = f" in `{text.language}`" if text.language else ""
                self.add([_mistake(marked.mark, f"a shape has one `sh:message`{where}, and this is the second")])
            else:
                told.add(text.language)
                yield text

    # ---- targets

    def read_targets(self, it: DescribedNode) -> Iterator[Target]:
        for name, kind in _TARGETS.items():
            for marked in it.all(name):
                if isinstance(marked.term, NamedNode) or (isinstance(marked.term, Literal) and kind is TargetKind.NODE):
                    yield Target(kind=kind, term=marked.term)
                else:
                    what = "an IRI or a literal" if kind is TargetKind.NODE else "an IRI"
                    self.add([_mistake(marked.mark, f"`sh:{name}` takes {what}")])
        if isinstance(it.node, NamedNode) and any(self.is_class(m.term) for m in self.graph.objects(it.node, TYPE)):
            yield Target(kind=TargetKind.CLASS, term=it.node)

    def is_class(self, cls: Term) -> bool:
        """Whether what has this type is a class and so its own target (section 2.1.3.3).

        The classes of OWL are classes of RDFS, also where no triple says so.
        """
        above: dict[Term, None] = {cls: None}
        waiting = [cls]
        while waiting:
            new = [m.term for m in self.graph.objects(waiting.pop(), SUBCLASS_OF) if m.term not in above]
            above |= dict.fromkeys(new)
            waiting += new
        return not _CLASSES.isdisjoint(above)

    # ---- paths

    def read_path_of(self, it: DescribedNode) -> Path | None:
        marked = it.one("path")
        if marked is not None:
            return self.read_path(marked, 0)
        if self.is_property_shape(it.node):
            raise ShapeMistakeError(it.mark, "a property shape without `sh:path`")
        return None

    def read_path(self, marked: MarkedTerm, depth: int) -> Path:
        """A property path (section 2.3.1)."""
        if isinstance(marked.term, NamedNode) and marked.term != NIL:
            return Path(step=Step.PREDICATE, predicate=marked.term)
        about = self.graph.about(marked.term)
        terms = {term_of(quad.predicate.term): quad.object for quad in about}
        steps = [quad for quad in about if quad.predicate.term == FIRST or term_of(quad.predicate.term) in _OF_PATHS]
        for other in steps[1:]:
            if (other.predicate.term, other.object.term) != (steps[0].predicate.term, steps[0].object.term):
                message, hint = "a node of a path is one step, and this is the second", "steps are a list: `( ... )`"
                raise ShapeMistakeError(other.predicate.mark, message, hint)
        if depth < 50:  # a path may hold itself
            if any(quad.predicate.term == FIRST for quad in about):
                return self.read_parts(Step.SEQUENCE, marked, depth)
            if "alternativePath" in terms:
                return self.read_parts(Step.ALTERNATIVE, terms["alternativePath"], depth)
            for name in _STEPS.keys() & terms.keys():
                return Path(step=_STEPS[name], parts=(self.read_path(terms[name], depth + 1),))
        hint = "a path is a property, a list of paths, or such as `[ sh:inversePath dcterms:source ]`"
        raise ShapeMistakeError(marked.mark, "no property path", hint)

    def read_parts(self, step: Step, marked: MarkedTerm, depth: int) -> Path:
        items = read_list(self.graph, "path" if step is Step.SEQUENCE else "alternativePath", marked)
        if len(items) < 2:
            raise ShapeMistakeError(marked.mark, "a path of steps or of choices has two of them at least")
        return Path(step=step, parts=tuple(self.read_path(item, depth + 1) for item in items))


def read_severity(it: DescribedNode) -> str:
    """The severity of a shape's results: a local name of SHACL's three, or another IRI. Raises ShapeMistakeError."""
    marked = it.one("severity")
    if marked is None:
        return "Violation"
    name = term_of(marked.term)
    if not isinstance(marked.term, NamedNode) or (name is not None and name not in _SEVERITIES):
        raise ShapeMistakeError(
            marked.mark, f"no severity `{marked.mark.excerpt}`", "it is sh:Violation, sh:Warning or sh:Info"
        )
    return name or marked.term.value


def choose_message(texts: Iterable[Literal]) -> str | None:
    """The message without a language, else the English one, else the first by its language."""
    ordered = sorted(texts, key=lambda text: (bool(text.language), text.language != "en", text.language or ""))
    return ordered[0].value if ordered else None


def _mistake(mark: Mark, message: str, hint: str | None = None) -> Diagnostic:
    return ShapeMistakeError(mark, message, hint).diagnostic
