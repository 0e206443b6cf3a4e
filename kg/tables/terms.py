"""Term maps → SQL: the pieces of a term's N-Quads text (`kg.tables.pieces`).

A term is text and holes by turns: `<http://example.org/`, a hole for the encoded column, `>`. The text of a
hole is NULL where its column has no value, and SQL's `||` then makes the whole term, and so its quad, vanish:
exactly what RML asks for (RML-Core §generation).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pyoxigraph as ox

from kg.diagnostic import Diagnostic, did_you_mean, list_known
from kg.tables.columns import Column, Table
from kg.tables.datatypes import ill_typed, ill_typed_as
from kg.tables.macros import (
    NOT_IN_IRI,
    SCHEME,
    encode_label,
    escape_literal,
    is_absolute,
    quote_name,
    quote_text,
)
from kg.tables.pieces import Check, CompiledTerm, Encoding, Hole, Piece, merge_pieces
from kg.tables.rml import (
    Constant,
    Finished,
    FunctionExecution,
    Position,
    QuotedTriple,
    Reference,
    RowIdentity,
    Template,
    TermMap,
    TermType,
)
from kg.tables.vocabulary import XSD, Generation


@dataclass(kw_only=True)
class Scope:
    """Where references are looked up: a table under an alias. Mistakes are collected in *diagnostics*."""

    table: Table
    alias: str
    base: str | None
    diagnostics: list[Diagnostic]
    best_effort: bool = False
    prefix: str = "u"
    unnests: dict[str, tuple[str, str]] = field(default_factory=dict)
    checks: list[Check] = field(default_factory=list)

    def look_up(self, reference: Reference) -> Column | None:
        """The column of a reference; where the table has none, a diagnostic says so."""
        column = self.table.column(reference.text)
        if column is None:
            hint = did_you_mean(reference.text, self.table.columns)
            known = f"its columns are {list_known(self.table.columns)}" if self.table.columns else None
            diagnostic = Diagnostic(
                code="map-reference",
                mark=reference.mark,
                message=f"no column `{reference.text}` in `{self.table.label}`",
                hint=hint or known,
            )
            if diagnostic not in self.diagnostics:
                self.diagnostics.append(diagnostic)
        return column

    def read(self, reference: Reference) -> tuple[str, str | None, Column] | None:
        """SQL of the value, SQL of its datatype (where values differ), and the column."""
        column = self.look_up(reference)
        if column is None:
            return None
        if not column.many:
            datatype = f"{self.alias}.{column.datatype_sql}" if column.datatype_sql else None
            return f"{self.alias}.{column.sql}", datatype, column
        if column.sql not in self.unnests:
            alias = f"{self.prefix}{len(self.unnests)}"
            self.unnests[column.sql] = (alias, f"{self.alias}.{column.sql}")
        alias = self.unnests[column.sql][0]
        if column.typed_items:
            return f"{alias}.x.v", f"{alias}.x.d", column
        return f"{alias}.x", None, column


def compile_value(term_map: TermMap, scope: Scope) -> Hole | None:
    """The plain text of an expression: no term, no encoding (join conditions, fields, function inputs)."""
    expression = term_map.expression
    if isinstance(expression, Constant):
        text = expression.term.value
        return Hole(value=quote_text(text), columns=())
    if isinstance(expression, Reference):
        found = scope.read(expression)
        return None if found is None else Hole(value=found[0], columns=(found[0],))
    if isinstance(expression, Template):
        sql, columns = [], []
        for part in expression.parts:
            if isinstance(part, str):
                sql.append(quote_text(part))
                continue
            found = scope.read(part)
            if found is None:
                return None
            sql.append(found[0])
            columns.append(found[0])
        single = len(columns) == 1
        return Hole(value="(" + " || ".join(sql) + ")", columns=tuple(columns), injective=single)
    if isinstance(expression, FunctionExecution):
        from kg.tables.functions import compile_function

        return compile_function(expression, scope)
    return None


def compile_term(term_map: TermMap, scope: Scope) -> CompiledTerm | None:
    """The N-Quads text of a term map over the rows of *scope*; None after a mistake (collected there)."""
    scope.unnests, scope.checks = {}, []
    expression = term_map.expression
    if isinstance(expression, Constant):
        return CompiledTerm(pieces=(write_constant(expression.term),), form=form_of(term_map.term_type))
    if isinstance(expression, Finished):
        name = f"{scope.alias}.{quote_name(expression.column)}"
        return CompiledTerm(pieces=(Hole(value=name, columns=(name,)),), form=expression.form, inner=expression.inner)
    if isinstance(expression, RowIdentity):
        number = f"{scope.alias}.{scope.table.row}"
        row = Hole(value=number, columns=(number,), encoding=Encoding.NONE)
        rows = scope.table.origin or scope.table.name
        return CompiledTerm(pieces=("_:r" + encode_label(rows.strip('"')) + "x", row), form="bnode")
    if isinstance(expression, QuotedTriple):
        from kg.tables.star import compile_triple

        return compile_triple(expression, scope)
    if term_map.term_type is TermType.LITERAL:
        pieces = literal_pieces(term_map, scope)
    elif term_map.term_type is TermType.BLANK_NODE:
        pieces = label_pieces(term_map, scope)
    else:
        pieces = iri_pieces(term_map, scope)
    if pieces is None:
        return None
    if scope.best_effort and scope.checks:
        bad = " OR ".join(f"coalesce({check.bad}, false)" for check in scope.checks)
        guard = Hole(value=f"CASE WHEN {bad} THEN NULL ELSE '' END", columns=(), injective=True)
        pieces = [guard, *pieces]
    return CompiledTerm(
        pieces=merge_pieces(pieces),
        form=form_of(term_map.term_type),
        unnests=tuple(scope.unnests.values()),
        checks=tuple(scope.checks),
    )


def form_of(term_type: TermType) -> str:
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


def iri_pieces(term_map: TermMap, scope: Scope) -> list[Piece] | None:
    """What an IRI or a blank node's label is made of; None where it cannot be compiled."""
    expression, kind = term_map.expression, term_map.term_type
    if isinstance(expression, Template):
        return template_iri(expression, kind, scope)
    value = compile_value(term_map, scope)
    if value is None:
        return None
    name = expression.text if isinstance(expression, Reference) else "the function"
    raw = value.sql
    hole = Hole(value=absolute_sql(raw, scope.base), columns=value.columns, injective=value.injective)
    if scope.base is None:
        scope.checks.append(
            Check(
                code="map-base",
                bad=f"NOT regexp_matches({raw}, '{SCHEME}')",
                value=raw,
                reference=name,
                message="`{value}` is a relative IRI, and there is no base",
                mark=expression.mark,
                hint="give a base with `--base`, `rml:baseIRI` or `@base`",
            )
        )
    if kind in {TermType.IRI, TermType.URI}:
        scope.checks.append(
            Check(
                code="data-iri",
                bad=f"regexp_matches({raw}, {quote_text(NOT_IN_IRI)})",
                value=raw,
                reference=name,
                message="`{value}` is no IRI",
                mark=expression.mark,
                hint='a template percent-encodes its columns: `rml:template "http://.../{column}"`',
            )
        )
    return ["<", hole, ">"]


def absolute_sql(raw: str, base: str | None) -> str:
    """A value as an absolute IRI: the base is put before a relative one (R2RML §11.2: by concatenation)."""
    if base is None:
        return raw
    return f"CASE WHEN regexp_matches({raw}, '{SCHEME}') THEN {raw} ELSE {quote_text(base)} || {raw} END"


def template_iri(template: Template, kind: TermType, scope: Scope) -> list[Piece] | None:
    """What the IRI of a template is made of, values percent-encoded; None where a part cannot be compiled."""
    pieces: list[Piece] = []
    broken = False
    for part in template.parts:
        if isinstance(part, str):
            pieces.append(part)
            continue
        found = scope.read(part)
        if found is None:
            broken = True
            continue
        value = found[0]
        if kind is TermType.URI:
            pieces.append(Hole(value=value, columns=(value,), encoding=Encoding.URI))
        elif kind is TermType.IRI:
            pieces.append(Hole(value=value, columns=(value,), encoding=Encoding.IRI))
        else:
            pieces.append(Hole(value=value, columns=(value,)))
    if broken:
        return None
    head = pieces[0] if pieces and isinstance(pieces[0], str) else ""
    if not is_absolute(head):
        if scope.base is None:
            text = "".join(p if isinstance(p, str) else "{" + p.text + "}" for p in template.parts)
            scope.diagnostics.append(
                Diagnostic(
                    code="map-base",
                    mark=template.mark,
                    message=f"the template `{text}` gives relative IRIs, and there is no base",
                    hint="give a base with `--base`, `rml:baseIRI` or `@base`",
                )
            )
            return None
        pieces = [scope.base, *pieces]
    return ["<", *pieces, ">"]


def label_pieces(term_map: TermMap, scope: Scope) -> list[Piece] | None:
    """A blank node's label: the value, encoded without loss, so that equal values give equal nodes."""
    expression = term_map.expression
    if isinstance(expression, Template):
        pieces: list[Piece] = ["_:b"]
        for part in expression.parts:
            if isinstance(part, str):
                pieces.append(encode_label(part))
            elif (found := scope.read(part)) is not None:
                pieces.append(Hole(value=found[0], columns=(found[0],), encoding=Encoding.LABEL))
            else:
                return None
        return pieces
    value = compile_value(term_map, scope)
    if value is None:
        return None
    return [
        "_:b",
        Hole(value=value.sql, columns=value.columns, encoding=Encoding.LABEL, injective=value.injective),
    ]


def literal_pieces(term_map: TermMap, scope: Scope) -> list[Piece] | None:
    """What a literal is made of, with its suffix; None where it cannot be compiled."""
    expression = term_map.expression
    natural: str | None = None
    nature: list[Piece] = []
    if isinstance(expression, Template):
        pieces: list[Piece] = []
        for part in expression.parts:
            if isinstance(part, str):
                pieces.append(escape_literal(part))
            elif (found := scope.read(part)) is not None:
                pieces.append(Hole(value=found[0], columns=(found[0],), encoding=Encoding.ESCAPE))
            else:
                return None
        raw = " || ".join(quote_text(p) if isinstance(p, str) else p.columns[0] for p in pieces) or "''"
    elif isinstance(expression, Reference):
        read = scope.read(expression)
        if read is None:
            return None
        raw, natural_sql, column = read
        natural = column.datatype
        nature = natural_suffix(column, scope.alias, natural_sql)
        plain = term_map.datatype is not None or term_map.language is not None
        if column.stray is not None and natural is not None and not plain:
            scope.checks.append(check_stray(column, natural, raw, expression, scope))
        if natural_sql is not None and declares(term_map, "double", "float"):
            # a number of JSON, not a text: as a double it is written as doubles are (RML-IO, RMLTTC0002q)
            text = f"CASE WHEN {natural_sql} = '{XSD}integer' THEN kg_double({raw}) ELSE kg_escape({raw}) END"
            pieces = [Hole(value=text, columns=(raw, natural_sql), injective=False)]
        elif natural_sql is None or plain:
            pieces = [Hole(value=raw, columns=(raw,), encoding=Encoding.ESCAPE)]
        else:  # JSON: the natural form of a double is its canonical one; other values need no change
            double = quote_text(XSD + "double")
            text = f"CASE WHEN {natural_sql} = {double} THEN kg_double({raw}) ELSE kg_escape({raw}) END"
            pieces = [Hole(value=text, columns=(raw,), injective=False)]
    else:
        value = compile_value(term_map, scope)
        if value is None:
            return None
        raw = value.sql
        pieces = [Hole(value=raw, columns=value.columns, encoding=Encoding.ESCAPE, injective=value.injective)]
    suffix = literal_suffix(term_map, scope, raw, natural, nature)
    return None if suffix is None else ['"', *pieces, '"', *suffix]


def check_stray(column: Column, natural: str, raw: str, reference: Reference, scope: Scope) -> Check:
    """A check that a value is of its column's type: with another's datatype it would be a wrong literal."""
    return Check(
        code="data-datatype",
        bad=f"{scope.alias}.{quote_name(column.stray or '')}",
        value=raw,
        reference=reference.text,
        message=f"`{{value}}` is no xsd:{natural.removeprefix(XSD)}, which the type of its column promises",
        mark=reference.mark,
        hint="correct the value, or declare a datatype that it has, such as xsd:string",
    )


def declares(term_map: TermMap, *names: str) -> bool:
    """True where the declared datatype is one of these of XSD."""
    datatype = term_map.datatype
    return datatype is not None and datatype.expression in [
        Constant(term=ox.NamedNode(XSD + n), mark=datatype.mark) for n in names
    ]


def natural_suffix(column: Column, alias: str, datatype: str | None) -> list[Piece]:
    """Language or datatype of the values of a column, where they differ from row to row."""
    language = f"{alias}.{column.language_sql}" if column.language_sql else None
    choices = [f"'@' || {language}"] if language else []
    choices += [f"'^^<' || {datatype} || '>'"] if datatype else []
    if not choices:
        return []
    columns = tuple(c for c in (language, datatype) if c)
    return [Hole(value=f"coalesce({', '.join(choices)}, '')", columns=columns)]


def literal_suffix(
    term_map: TermMap, scope: Scope, raw: str, natural: str | None, nature: list[Piece]
) -> list[Piece] | None:
    """Language, declared datatype, or natural datatype or language of a literal (RML-Core §natural mapping)."""
    if term_map.language is not None:
        return language_suffix(term_map.language, scope)
    if term_map.datatype is not None:
        return datatype_suffix(term_map, term_map.datatype, scope, raw)
    if natural is not None and natural != XSD + "string":
        return [f"^^<{natural}>"]
    return nature if term_map.generation is Generation.RML else []


def language_suffix(language: TermMap, scope: Scope) -> list[Piece] | None:
    """`@` and the language tag, checked row by row where it comes from the data."""
    if isinstance(language.expression, Constant):
        return ["@" + language.expression.term.value]
    value = compile_value(language, scope)
    if value is None:
        return None
    scope.checks.append(
        Check(
            code="data-language",
            bad=f"NOT regexp_full_match({value.sql}, '([A-Za-z]{{2,3}}|[xX])(-[A-Za-z0-9]{{1,8}})*')",
            value=value.sql,
            reference=language.expression.text if isinstance(language.expression, Reference) else "the language",
            message="`{value}` is no language tag",
            mark=language.mark,
            hint="use tags of BCP 47, such as `en` or `zh-Hans`",
        )
    )
    return ["@", Hole(value=value.sql, columns=value.columns, injective=value.injective)]


def datatype_suffix(term_map: TermMap, datatype: TermMap, scope: Scope, raw: str) -> list[Piece] | None:
    """`^^` and the datatype, with a check that the value's form is one of it."""
    name = term_map.expression.text if isinstance(term_map.expression, Reference) else "the value"
    if isinstance(datatype.expression, Constant):
        iri = datatype.expression.term.value
        bad = ill_typed(raw, iri)
        if bad is not None:
            scope.checks.append(
                Check(
                    code="data-datatype",
                    bad=bad,
                    value=raw,
                    reference=name,
                    message=f"`{{value}}` is no xsd:{iri.removeprefix(XSD)}",
                    mark=term_map.mark,
                    hint="correct the value, or declare another datatype",
                )
            )
        return [] if iri == XSD + "string" else [f"^^<{iri}>"]
    pieces = iri_pieces(datatype, scope)
    if pieces is None:
        return None
    text = " || ".join(quote_text(p) if isinstance(p, str) else p.sql for p in pieces)
    columns = tuple(c for p in pieces if isinstance(p, Hole) for c in p.columns)
    scope.checks.append(
        Check(
            code="data-datatype",
            bad=ill_typed_as(raw, text),
            value=raw,
            reference=name,
            message="`{value}` is not of the datatype that the data give it",
            mark=term_map.mark,
            hint="correct the value or its datatype",
        )
    )
    string = quote_text(f"<{XSD}string>")
    return [Hole(value=f"CASE WHEN {text} = {string} THEN '' ELSE '^^' || {text} END", columns=columns)]


def references_of(term_map: TermMap) -> list[Reference]:
    """All references inside a term map, its datatype, language and function inputs."""
    expression = term_map.expression
    found: list[Reference] = []
    if isinstance(expression, Reference):
        found.append(expression)
    elif isinstance(expression, Template):
        found += expression.references
    elif isinstance(expression, FunctionExecution):
        for argument in expression.arguments:
            found += references_of(argument.value)
    for inner in (term_map.datatype, term_map.language):
        if inner is not None:
            found += references_of(inner)
    return found


__all__ = ["Check", "CompiledTerm", "Hole", "Piece", "Position", "Scope", "compile_term", "compile_value"]
