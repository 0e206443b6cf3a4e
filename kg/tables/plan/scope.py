"""Expressions of term maps → values of the rows that they are read from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from kg.diagnostic import Diagnostic, Mark, did_you_mean, list_known
from kg.tables.columns import Column as TableColumn
from kg.tables.columns import Table
from kg.tables.plan.functions import BY_IRI, Function, local_name
from kg.tables.plan.pattern import Check, Term, Unfolded
from kg.tables.plan.value import (
    Call,
    Column,
    Condition,
    Member,
    Text,
    Value,
    columns_of,
    join_parts,
    rename_rows,
)
from kg.tables.rml import Constant, FunctionExecution, Reference, Template, TermMap


@dataclass(frozen=True, kw_only=True)
class Read:
    """What a reference gives in a row: a value, its datatype and its language (where rows differ in them)."""

    value: Value
    column: TableColumn
    datatype: Value | None = None
    language: Value | None = None


@dataclass(kw_only=True)
class Scope:
    """Where references are looked up: a table whose rows go by *alias*. What is found wrong goes to *diagnostics*.

    *guarded*: values that make no valid RDF make no term, in a best effort. *whole_iris*: an `rml:UnsafeIRI` is an IRI
    as well, without blanks. *checked* is the table on which checks
    are done: the one that *table* was made of. *finished* are terms that were made before, by their column.
    """

    table: Table
    alias: str
    base: str | None
    diagnostics: list[Diagnostic]
    guarded: bool = False
    whole_iris: bool = True
    prefix: str = "u"
    checked: Table | None = None
    finished: Mapping[str, Term] = field(default_factory=dict)
    unfolded: dict[str, Unfolded] = field(default_factory=dict)
    checks: list[Check] = field(default_factory=list)

    def complain(self, code: str, mark: Mark, message: str, hint: str | None = None) -> None:
        """Report a mistake, once."""
        diagnostic = Diagnostic(code=code, mark=mark, message=message, hint=hint)
        if diagnostic not in self.diagnostics:
            self.diagnostics.append(diagnostic)

    def check(
        self, code: str, bad: Condition, value: Value, source: TermMap | Reference, message: str, mark: Mark, hint: str
    ) -> None:
        """Note what must hold for no row, over the table's own rows, with the lists that it needs."""
        expression = source.expression if isinstance(source, TermMap) else source
        needed = {column.of for column in columns_of(bad, value)}
        names = {self.alias: "t"}
        unfolded = tuple(
            replace(u, listed=rename_rows(u.listed, names)) for u in self.unfolded.values() if u.alias in needed
        )
        self.checks.append(
            Check(
                table=self.checked or self.table, code=code, bad=rename_rows(bad, names),
                value=rename_rows(value, names), message=message, mark=mark, hint=hint, unfolded=unfolded,
                reference=expression.text if isinstance(expression, Reference) else WORDS.get(code, "the function"),
            )
        )  # fmt: skip

    def look_up(self, reference: Reference) -> TableColumn | None:
        """The column of a reference; where the table has none, a diagnostic says so."""
        column = self.table.column(reference.text)
        if column is None:
            hint = did_you_mean(reference.text, self.table.columns)
            known = f"its columns are {list_known(self.table.columns)}" if self.table.columns else None
            message = f"no column `{reference.text}` in `{self.table.label}`"
            self.complain("map-reference", reference.mark, message, hint or known)
        return column

    def read(self, reference: Reference) -> Read | None:
        """What a reference gives; None after a mistake."""
        column = self.look_up(reference)
        if column is None:
            return None
        if not column.many:
            return Read(
                value=self.column(column.name), column=column,
                datatype=self.column(column.datatype_name) if column.datatype_name else None,
                language=self.column(column.language_name) if column.language_name else None,
            )  # fmt: skip
        if column.name not in self.unfolded:
            alias = f"{self.prefix}{len(self.unfolded)}"
            self.unfolded[column.name] = Unfolded(alias=alias, listed=self.column(column.name))
        item = Column(of=self.unfolded[column.name].alias, name="x")
        if column.typed_items:
            value, datatype = Member(column=item, name="v"), Member(column=item, name="d")
            return Read(value=value, datatype=datatype, column=column)
        return Read(value=item, column=column)

    def column(self, name: str) -> Column:
        """A column of the table's rows."""
        return Column(of=self.alias, name=name)


WORDS = {"data-datatype": "the value", "data-language": "the language"}  # what is no reference, in a message


def read_value(term_map: TermMap, scope: Scope) -> Value | None:
    """The plain text of an expression: no term, no encoding (join conditions, fields, function inputs)."""
    expression = term_map.expression
    if isinstance(expression, Constant):
        return Text(text=expression.term.value)
    if isinstance(expression, Reference):
        found = scope.read(expression)
        return None if found is None else found.value
    if isinstance(expression, Template):
        parts: list[Value] = []
        for part in expression.parts:
            if isinstance(part, str):
                parts.append(Text(text=part))
            elif (read := scope.read(part)) is not None:
                parts.append(read.value)
            else:
                return None
        return join_parts(parts)
    return read_call(expression, scope) if isinstance(expression, FunctionExecution) else None


def read_call(execution: FunctionExecution, scope: Scope) -> Call | None:
    """The call of a function; an unknown function, parameter or output is a diagnostic."""
    function = BY_IRI.get(execution.function)
    if function is None:
        known = {local_name(iri): iri for iri in BY_IRI}
        near = did_you_mean(local_name(execution.function), known) or f"known are {list_known(known)}"
        scope.complain("map-function", execution.mark, f"no function `{execution.function}`", near)
        return None
    given: dict[int, Value] = {}
    for argument in execution.arguments:
        name = local_name(argument.parameter)
        index = next((i for i, p in enumerate(function.parameters) if name in p.names), None)
        if index is None:
            hint = did_you_mean(name, [n for p in function.parameters for n in p.names])
            message = f"`{function.name}` has no parameter `{name}`"
            scope.complain("map-function-parameter", argument.mark, message, hint)
            return None
        value = read_value(argument.value, scope)
        if value is None:
            return None
        given[index] = value
    for index, parameter in enumerate(function.parameters):
        default = given.get(index, parameter.default)
        if default is None:
            message = f"`{function.name}` needs the parameter `{parameter.names[0]}`"
            scope.complain("map-incomplete", execution.mark, message, "add an `rml:input`")
            return None
        given[index] = default
    output = choose_output(function, execution, scope)
    if output is None:
        return None
    arguments = tuple(given[i] for i in range(len(function.parameters)))
    return Call(function=function.iri, output=output, arguments=arguments)


def choose_output(function: Function, execution: FunctionExecution, scope: Scope) -> int | None:
    """The place of the output that is asked for; without a name it is the first."""
    if execution.returned is None:
        return 0
    name = local_name(execution.returned)
    for place, names in enumerate(function.outputs):
        if name in names:
            return place
    known = [n for names in function.outputs for n in names]
    message = f"`{function.name}` returns no `{name}`"
    scope.complain("map-function-output", execution.mark, message, did_you_mean(name, known) or list_known(known))
    return None
