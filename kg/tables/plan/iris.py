"""The IRIs of terms: by concatenation or by a template, whose values are percent-encoded, and what would be none."""

from __future__ import annotations

from collections.abc import Sequence

import pyoxigraph as ox

from kg.tables.engine.macros import is_absolute
from kg.tables.plan.expressions import ENCODED, read_value
from kg.tables.plan.scope import Scope
from kg.tables.plan.value import (
    AllOf,
    AnyOf,
    Condition,
    Encode,
    Encoding,
    Equal,
    NoIri,
    NoneOf,
    NoPort,
    Relative,
    Text,
    Value,
    When,
    join_parts,
    merge_texts,
)
from kg.tables.rml import Position, Reference, Template, TermMap, TermType
from kg.tables.vocabulary import DEFAULT_GRAPHS
from kg.tables.wording import choose_words, say_base
from kg.text.diagnostic import Mark

ENCODE = 'a template percent-encodes its columns: `rml:template "http://.../{column}"`'
ENCODE_YARRRML = "a template percent-encodes its columns: `http://.../$(column)~iri`"
UNSAFE = frozenset({TermType.UNSAFE_IRI, TermType.UNSAFE_URI})


def iri_parts(term_map: TermMap, scope: Scope) -> list[Value] | None:
    """What an IRI is made of; None where it cannot be made."""
    expression = term_map.expression
    if isinstance(expression, Template):
        return template_parts(term_map, expression, scope)
    raw = read_value(term_map, scope)
    if raw is None:
        return None
    blanks = term_map.term_type in UNSAFE
    is_uri = term_map.term_type is TermType.URI
    value: Value
    if scope.base is None:
        relative, value = Relative(value=raw), raw
        scope.check(
            "map-base", relative, raw, term_map, "`{value}` is a relative IRI, and there is no base",
            expression.mark, say_base(expression.mark),
        )  # fmt: skip
        bad: Condition = AllOf(
            conditions=(NoneOf(conditions=(relative,)), NoIri(value=raw, blanks=blanks, is_uri=is_uri))
        )
    else:  # R2RML §11.2: by concatenation
        value = When(condition=Relative(value=raw), then=join_parts((Text(text=scope.base), raw)), otherwise=raw)
        bad = NoIri(value=value, blanks=blanks, is_uri=is_uri)
    if term_map.position is Position.GRAPH:
        named = tuple(Equal(one=raw, other=Text(text=iri)) for iri in sorted(DEFAULT_GRAPHS))
        message = "`{value}` stands for the default graph, which only a constant does here"
        hint = "write a map with that constant beside it, each with its condition"
        scope.check("data-iri", AnyOf(conditions=named), raw, term_map, message, expression.mark, hint)
    hint = choose_words(expression.mark, ENCODE, ENCODE_YARRRML)
    message = f"`{{value}}` is no {'URI' if is_uri else 'IRI'}"
    scope.check("data-iri", bad, raw, term_map, message, expression.mark, hint)
    if blanks:
        begin = len(scope.checks)
        tell_blanks(value, term_map, expression.mark, scope)
        if scope.base is None:  # a relative one is told as that
            scope.restrict_checks(begin, NoneOf(conditions=(relative,)))
    escaped = blanks and scope.whole_for is None
    return [Text(text="<"), Encode(encoding=Encoding.BLANK, value=value) if escaped else value, Text(text=">")]


def template_parts(term_map: TermMap, template: Template, scope: Scope) -> list[Value] | None:
    """What the IRI of a template is made of, its values percent-encoded, but in unsafe ones."""
    escaped = scope.whole_for is None and term_map.term_type in UNSAFE
    encoding = Encoding.BLANK if escaped else ENCODED.get(term_map.term_type)
    values: list[Value] = []
    broken = False
    for part in template.parts:
        found = Text(text=part) if isinstance(part, str) else scope.read(part)
        if found is None:
            broken = True
        elif isinstance(found, Text):
            values.append(found)
        else:
            values.append(found.value if encoding is None else Encode(encoding=encoding, value=found.value))
    if broken:
        return None
    head = values[0].text if values and isinstance(values[0], Text) else ""
    if not is_absolute(head):
        if scope.base is None:
            message = f"the template `{show_template(template)}` gives relative IRIs, and there is no base"
            scope.findings.tell("map-base", template.mark, message, say_base(template.mark))
            return None
        values = [Text(text=scope.base), *values]
    if not check_template(template, merge_texts(values), scope):
        return None
    if term_map.term_type is TermType.URI and not all(v.text.isascii() for v in values if isinstance(v, Text)):
        message = f"the template `{show_template(template)}` gives no URIs, which ASCII alone can write"
        hint = "percent-encode what it writes itself, or make IRIs: `rml:termType rml:IRI`"
        scope.findings.tell("map-iri", template.mark, message, hint)
        return None
    if term_map.term_type in UNSAFE:
        iri = join_parts([v.value if isinstance(v, Encode) else v for v in values])
        source = template.references[0] if len(template.references) == 1 else term_map
        hint = "`rml:termType rml:IRI` percent-encodes the columns of a template"
        scope.check("data-iri", NoIri(value=iri, blanks=True), iri, source, "`{value}` is no IRI", template.mark, hint)
        tell_blanks(iri, source, template.mark, scope)
    return [Text(text="<"), *values, Text(text=">")]


def tell_blanks(iri: Value, source: TermMap | Reference, mark: Mark, scope: Scope) -> None:
    """Let blanks of an unsafe IRI be told: lines have them as escapes, and no other syntax has any."""
    bad = AllOf(conditions=(NoIri(value=iri), NoneOf(conditions=(NoIri(value=iri, blanks=True),))))
    hint = "`rml:termType rml:IRI` percent-encodes it in a template"
    if scope.whole_for is None:
        message = "`{value}` has a blank, which is written as `\\u0020`: no IRI has one, and some readers refuse it"
        scope.check("data-unsafe", bad, iri, source, message, mark, hint)
    else:
        message = "`{value}` has a blank: no IRI has one, and only N-Quads and N-Triples are written with its escape"
        where = f", which {scope.whole_for.replace('{', '{{').replace('}', '}}')} is not"
        scope.check("data-iri", bad, iri, source, message + where, mark, hint)


def check_template(template: Template, values: Sequence[Value], scope: Scope) -> bool:
    """Whether IRIs come of what a template writes itself; a hole in the place of a port gets a check."""
    problem = find_problem(values)
    if problem is not None:
        message = f"the template `{show_template(template)}` gives no IRIs: {problem}"
        literal = choose_words(template.mark, "`rml:termType rml:Literal`", "`type: literal`, or no `~iri`")
        hint = f"percent-encode what no IRI may hold (a blank is `%20`), or make literals: {literal}"
        scope.findings.tell("map-iri", template.mark, message, hint)
        return False
    references = iter(template.references)
    for place, value in enumerate(values):
        if isinstance(value, Text):
            continue
        reference = next(references)
        if find_problem([*values[:place], Text(text="a"), *values[place + 1 :]]) is not None:
            raw = value.value if isinstance(value, Encode) else value
            hint = "a port is made of digits"
            scope.check("data-iri", NoPort(value=raw), raw, reference, "`{value}` is no port", reference.mark, hint)
    return True


def find_problem(values: Sequence[Value]) -> str | None:
    """What is wrong with an IRI whose holes are filled by a digit."""
    try:
        ox.NamedNode("".join(v.text if isinstance(v, Text) else "1" for v in values))
    except ValueError as error:
        text = str(error)
        return text[:1].lower() + text[1:]
    return None


def show_template(template: Template) -> str:
    """A template as it was written, but for its escapes."""
    return "".join(p if isinstance(p, str) else "{" + p.text + "}" for p in template.parts)
