"""Terms of statements → `Term`s: text and holes by turns, as N-Quads writes them.

The IRI of a template is `<http://example.org/`, a hole for the encoded column, `>`. What the data may make of it is
known here: every line parses back to the terms that were meant, or a check names the value that would break it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pyoxigraph as ox

from kg.rdf.namespace import XSD
from kg.tables.engine.datatypes import LENIENT, is_checked
from kg.tables.engine.macros import encode_label, escape_literal
from kg.tables.normal.statement import Finished, Maker, Quoted
from kg.tables.plan.expressions import read_condition, read_value, result_datatype
from kg.tables.plan.iris import iri_parts
from kg.tables.plan.pattern import Check, Term, Unfolded
from kg.tables.plan.scope import Read, Scope
from kg.tables.plan.value import (
    Column,
    Concat,
    Condition,
    Encode,
    Encoding,
    Equal,
    FirstOf,
    Holds,
    IllTyped,
    NoLanguage,
    NoneOf,
    Present,
    Text,
    Value,
    When,
    join_parts,
    merge_texts,
    rename_rows,
)
from kg.tables.rml import Constant, FunctionExecution, Reference, RowIdentity, Template, TermMap, TermType


def make_term(maker: Maker, scope: Scope) -> Term | None:
    """The text of a term over the rows of *scope*; None after a mistake, which is reported there."""
    scope.unfolded = {}
    if isinstance(maker, Finished):
        made = scope.finished.get(maker.column)
        return Term(parts=(scope.column(maker.column),), kind="any" if made is None else made.kind)
    if isinstance(maker, Quoted):
        return quote_triple(maker, scope)
    return place_term(maker.term_map, replace(scope, base=maker.base))


def quote_triple(triple: Quoted, scope: Scope) -> Term | None:
    """The text of a quoted triple, `<< s p o >>`; its values are checked where they belong, in its own triples map.

    Source: RDF-star and SPARQL-star (RDF-DEV community group, 2021-12-17), section 3.4 (N-Triples-star).
    """
    parts: list[Value] = [Text(text="<< ")]
    unfolded: list[Unfolded] = []
    guards: list[Condition] = []
    for letter, maker in zip("abc", (triple.subject, triple.predicate, triple.object), strict=True):
        term = make_term(maker, replace(scope, prefix=scope.prefix + letter, checks=[]))
        if term is None:
            return None
        parts += [*term.parts, Text(text=" ")]
        unfolded += term.unfolded
        guards += term.guards
    parts = list(merge_texts([*parts, Text(text=">>")]))
    return Term(parts=tuple(parts), kind="triple", unfolded=tuple(unfolded), guards=tuple(guards))


def place_term(term_map: TermMap, scope: Scope) -> Term | None:
    """The text of the term that a term map makes, where its condition holds."""
    if term_map.condition is None:
        return place_whole(term_map, scope)
    before = len(scope.checks)
    wanted = read_condition(term_map.condition, scope)
    after = len(scope.checks)
    term = place_whole(replace(term_map, condition=None), scope)
    if wanted is None or term is None:
        return None
    scope.restrict_checks(after, wanted)
    # a condition that cannot be told is not known to hold, whatever a function around it makes of a missing value
    unknown = guard_checks(scope.checks[before:after], scope)
    guards = (NoneOf(conditions=(wanted,)), *unknown, *term.guards)
    return replace(term, guards=guards, unfolded=tuple(scope.unfolded.values()))


def place_whole(term_map: TermMap, scope: Scope) -> Term | None:
    """The text of the term, whatever its condition."""
    expression = term_map.expression
    if isinstance(expression, Constant):
        return Term(parts=(Text(text=write_constant(expression.term)),), kind=kind_of(term_map.term_type))
    if isinstance(expression, RowIdentity):
        rows = encode_label(scope.table.origin or scope.table.name)
        row = scope.column(scope.table.row)
        return Term(parts=(Text(text=f"_:r{rows}x"), row), kind="bnode")
    before = len(scope.checks)
    if term_map.term_type is TermType.LITERAL:
        parts = literal_parts(term_map, scope)
    elif term_map.term_type is TermType.BLANK_NODE:
        parts = label_parts(term_map, scope)
    else:
        parts = iri_parts(term_map, scope)
    if parts is None:
        return None
    return Term(
        parts=merge_texts(parts),
        kind=kind_of(term_map.term_type),
        unfolded=tuple(scope.unfolded.values()),
        guards=guard_checks(scope.checks[before:], scope),
    )


def guard_checks(checks: Sequence[Check], scope: Scope) -> tuple[Condition, ...]:
    """What makes no term of a row, in a best effort: that one of the checks finds something there."""
    strict = [check for check in checks if check.is_strict] if scope.guarded else []
    return tuple(rename_rows(check.bad, {"t": scope.alias}) for check in strict)


def kind_of(term_type: TermType) -> str:
    """`iri`, `bnode` or `literal`."""
    if term_type is TermType.LITERAL:
        return "literal"
    return "bnode" if term_type is TermType.BLANK_NODE else "iri"


def write_constant(term: ox.NamedNode | ox.BlankNode | ox.Literal) -> str:
    """A term of the mapping in N-Quads; its blank nodes get labels that no row's blank node has.

    >>> write_constant(ox.Literal("a", language="en"))
    '"a"@en'
    """
    if isinstance(term, ox.NamedNode):
        return f"<{term.value}>"
    if isinstance(term, ox.BlankNode):
        return "_:c" + encode_label(term.value)
    text = f'"{escape_literal(term.value)}"'
    if term.language:
        return f"{text}@{term.language}"
    return text if term.datatype.value == XSD + "string" else f"{text}^^<{term.datatype.value}>"


# -- blank nodes ------------------------------------------------------------------------------------


def label_parts(term_map: TermMap, scope: Scope) -> list[Value] | None:
    """A blank node's label: the value, encoded without loss, so that equal values give equal nodes."""
    expression, scope = term_map.expression, replace(scope, labels=True)
    parts: list[Value] = [Text(text="_:b")]
    if isinstance(expression, Template):
        for part in expression.parts:
            if isinstance(part, str):
                parts.append(Text(text=encode_label(part)))
            elif (found := scope.read(part)) is not None:
                parts.append(Encode(encoding=Encoding.LABEL, value=found.value))
            else:
                return None
        return parts
    value = read_value(term_map, scope)
    return None if value is None else [*parts, Encode(encoding=Encoding.LABEL, value=value)]


# -- literals -------------------------------------------------------------------------------------


def literal_parts(term_map: TermMap, scope: Scope) -> list[Value] | None:
    """What a literal is made of, with its suffix; None where it cannot be made."""
    expression = term_map.expression
    natural: Read | None = None
    parts: list[Value] = []
    if isinstance(expression, Template):
        texts: list[Value] = []
        for part in expression.parts:
            if isinstance(part, str):
                texts.append(Text(text=part))
                parts.append(Text(text=escape_literal(part)))
            elif (found := scope.read(part)) is not None:
                texts.append(found.value)
                parts.append(escape(found.value))
            else:
                return None
        raw = join_parts(texts)
    elif isinstance(expression, Reference):
        natural = scope.read(expression)
        if natural is None:
            return None
        raw = natural.value
        parts = [write_natural(term_map, natural)]
        if term_map.datatype is None and term_map.language is None:
            check_stray(natural, expression, scope)
    else:
        value = read_value(term_map, scope)
        if value is None:
            return None
        raw = value
        parts = [escape(value)]
        if isinstance(expression, FunctionExecution) and term_map.datatype is None and term_map.language is None:
            return [Text(text='"'), *parts, Text(text='"'), *computed_suffix(expression, value)]
    begin = len(scope.checks)
    suffix = literal_suffix(term_map, scope, raw, natural)
    kind = term_map.language or term_map.datatype
    if kind is not None and not isinstance(kind.expression, Constant):
        scope.restrict_checks(begin, Present(values=(raw,)))
    return None if suffix is None else [Text(text='"'), *parts, Text(text='"'), *suffix]


def computed_suffix(execution: FunctionExecution, value: Value) -> list[Value]:
    """The datatype that the description of a function gives its output."""
    datatype = result_datatype(execution, value)
    if datatype is None:
        return []
    suffix = join_parts((Text(text="^^<"), datatype, Text(text=">")))
    return [suffix if isinstance(suffix, Text) else FirstOf(values=(suffix, Text(text="")))]


def check_stray(read: Read, reference: Reference, scope: Scope) -> None:
    """A check that a value is of its column's type: with another's datatype it would be a wrong literal."""
    column = read.column
    if column.stray is None:
        return
    promised = "text" if column.datatype is None else f"xsd:{column.datatype.removeprefix(XSD)}"
    message = f"`{{value}}` is no {promised}, which the type of its column promises"
    hint = "correct the value, or declare a datatype that it has, such as xsd:string"
    bad = Holds(column=scope.column(column.stray))
    scope.check("data-datatype", bad, read.value, reference, message, reference.mark, hint)


def escape(value: Value) -> Value:
    """A value as the text of a literal."""
    return Encode(encoding=Encoding.ESCAPE, value=value)


def write_natural(term_map: TermMap, read: Read) -> Value:
    """The text of a value in the form of its own type, where rows differ in types.

    A number of JSON is no text: declared as a double it is written as doubles are (RML-IO, RMLTTC0002q), and one whose
    natural datatype is xsd:double in the canonical form; other values need no change.
    """
    if read.datatype is None:
        return escape(read.value)
    datatype = term_map.datatype.expression if term_map.datatype is not None else None
    declared = datatype.term.value if isinstance(datatype, Constant) else None
    if declared in {XSD + "double", XSD + "float"}:
        changed = XSD + "integer"
    elif term_map.datatype is None and term_map.language is None:
        changed = XSD + "double"
    else:
        return escape(read.value)
    return When(
        condition=Equal(one=read.datatype, other=Text(text=changed)),
        then=Encode(encoding=Encoding.DOUBLE, value=read.value),
        otherwise=escape(read.value),
    )


def literal_suffix(term_map: TermMap, scope: Scope, raw: Value, natural: Read | None) -> list[Value] | None:
    """Language, declared datatype, or natural datatype or language of a literal (RML-Core §natural mapping)."""
    if term_map.language is not None:
        return language_suffix(term_map.language, scope)
    if term_map.datatype is not None:
        return datatype_suffix(term_map, term_map.datatype, scope, raw)
    if natural is None:
        return []
    if natural.column.datatype is not None and natural.column.datatype != XSD + "string":
        return [Text(text=f"^^<{natural.column.datatype}>")]
    choices: list[Value] = []
    if natural.language is not None:
        choices.append(Concat(parts=(Text(text="@"), natural.language)))
    if natural.datatype is not None:
        choices.append(Concat(parts=(Text(text="^^<"), natural.datatype, Text(text=">"))))
    if not choices:
        return []
    return [FirstOf(values=(*choices, Text(text="")))]


def language_suffix(language: TermMap, scope: Scope) -> list[Value] | None:
    """`@` and the language tag, checked row by row where it comes from the data."""
    if isinstance(language.expression, Constant):
        return [Text(text="@" + language.expression.term.value)]
    value = read_value(language, scope)
    if value is None:
        return None
    hint = "use tags of BCP 47, such as `en` or `zh-Hans`"
    bad = NoLanguage(value=value)
    scope.check("data-language", bad, value, language, "`{value}` is no language tag", language.mark, hint)
    return [Text(text="@"), value]


def datatype_suffix(term_map: TermMap, datatype: TermMap, scope: Scope, raw: Value) -> list[Value] | None:
    """`^^` and the datatype, with a check that the value is in its lexical space."""
    hint = "correct the value, or declare another datatype"
    if isinstance(datatype.expression, Constant):
        iri = datatype.expression.term.value
        message = f"`{{value}}` is no xsd:{iri.removeprefix(XSD)}"
        if is_checked(iri):
            is_own = isinstance(raw, Column) and raw.of == scope.alias
            alphabet = scope.table.alphabet if is_own else None
            bad = IllTyped(value=raw, datatype=iri, plain=alphabet is not None and not alphabet & LENIENT)
            scope.check("data-datatype", bad, raw, term_map, message, term_map.mark, hint)
        return [] if iri == XSD + "string" else [Text(text=f"^^<{iri}>")]
    parts = iri_parts(datatype, scope)
    if parts is None:
        return None
    name = join_parts(parts)
    message = "`{value}` is not of the datatype that the data give it"
    hint = "correct the value or its datatype"
    scope.check("data-datatype", IllTyped(value=raw, datatype=name), raw, term_map, message, term_map.mark, hint)
    plain = Equal(one=name, other=Text(text=f"<{XSD}string>"))
    return [When(condition=plain, then=Text(text=""), otherwise=join_parts((Text(text="^^"), name)))]
