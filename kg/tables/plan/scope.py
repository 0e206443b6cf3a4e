"""Where references are looked up: the rows of a table, what is found in them, and what is wrong there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from kg.tables.columns import SourceTable, TableColumn
from kg.tables.plan.functions import short_name
from kg.tables.plan.pattern import Check, Term, Unfolded
from kg.tables.plan.value import (
    AllOf,
    Column,
    Condition,
    Holds,
    Member,
    NoneOf,
    Value,
    When,
    columns_of,
    rename_rows,
)
from kg.tables.rml import Expression, FunctionExecution, Reference, TermMap
from kg.tables.wording import say_delimiter
from kg.text.diagnostic import Mark, did_you_mean, list_known
from kg.text.findings import Findings

OUTPUT = "the output"


@dataclass(frozen=True, kw_only=True)
class Read:
    """What a reference gives in a row: a value, its datatype and its language (where rows differ in them)."""

    value: Value
    column: TableColumn
    datatype: Value | None = None
    language: Value | None = None


@dataclass(kw_only=True)
class Scope:
    """Where references are looked up: a table whose rows go by *alias*. What is found wrong is told to *findings*.

    *guarded*: values that make no valid RDF make no term, in a best effort. *whole_for*: what asks that an
    `rml:UnsafeIRI` be an IRI as well, without blanks, in words (None: nothing does). *labels*: a blank node is made, so
    that the label of one may be read. *checked* is the table on which checks are done: the one that *table* was made
    of. *finished* are terms that were made before, by their column.
    """

    table: SourceTable
    alias: str
    base: str | None
    findings: Findings
    guarded: bool = False
    whole_for: str | None = OUTPUT
    labels: bool = False
    prefix: str = "u"
    checked: SourceTable | None = None
    finished: Mapping[str, Term] = field(default_factory=dict)
    unfolded: dict[str | Value, Unfolded] = field(default_factory=dict)
    checks: list[Check] = field(default_factory=list)

    def check(
        self, code: str, bad: Condition, value: Value, source: TermMap | Reference | str, message: str, mark: Mark,
        hint: str,
    ) -> None:  # fmt: skip
        """Note what must hold for no row, over the table's own rows, with the lists that it needs.

        *source* is what is named as the place of the value: a reference, the column of a row, or a word.
        """
        names = {self.alias: "t"}
        unfolded = self.checked_lists(bad, value)
        self.checks.append(
            Check(
                table=self.checked or self.table, code=code, bad=rename_rows(bad, names),
                value=rename_rows(value, names), message=message, mark=mark, hint=hint, unfolded=unfolded,
                reference=name_place(source.expression if isinstance(source, TermMap) else source, code),
            )
        )  # fmt: skip

    def restrict_checks(self, begin: int, wanted: Condition) -> None:
        """Let the checks from the place *begin* on hold only where a condition does: what is not made is not wrong."""
        here = rename_rows(wanted, {self.alias: "t"})
        for place, check in enumerate(self.checks[begin:], begin):
            unfolded = tuple({u.alias: u for u in (*check.unfolded, *self.checked_lists(wanted))}.values())
            self.checks[place] = replace(check, bad=AllOf(conditions=(here, check.bad)), unfolded=unfolded)

    def checked_lists(self, *nouns: Value | Condition) -> tuple[Unfolded, ...]:
        """The lists that a check needs, over the table's own rows."""
        names = {self.alias: "t"}
        return tuple(replace(u, listed=rename_rows(u.listed, names), of="t") for u in self.lists_needed(*nouns))

    def lists_needed(self, *nouns: Value | Condition) -> list[Unfolded]:
        """The lists whose items values or conditions are made of, and those that these lists are made of."""
        needed = {column.of for column in columns_of(*nouns)}
        found: list[Unfolded] = []
        for each in reversed(self.unfolded.values()):  # a list is made of those before it
            if each.alias in needed:
                needed |= {column.of for column in columns_of(each.listed)}
                found.insert(0, each)
        return found

    def unfold(self, key: str | Value, listed: Value) -> Column:
        """An item of a list, each in a row of its own."""
        if key not in self.unfolded:
            alias = f"{self.prefix}{len(self.unfolded)}"
            self.unfolded[key] = Unfolded(alias=alias, listed=listed, of=self.alias)
        return Column(of=self.unfolded[key].alias, name="x")

    def keep_rows(self, value: Value) -> None:
        """Let rows without an item stay in the lists that a value is made of: it counts that there is none."""
        kept = {each.alias for each in self.lists_needed(value)}
        for key, each in self.unfolded.items():
            if each.alias in kept:
                self.unfolded[key] = replace(each, kept=True)

    def look_up(self, reference: Reference) -> TableColumn | None:
        """The column of a reference; where the table has none, a diagnostic says so."""
        column = self.table.column(reference.text)
        if column is None:
            delimiter = say_delimiter(reference.mark, reference.text, self.table.columns)
            hint = delimiter or did_you_mean(reference.text, self.table.columns)
            known = f"its columns are {list_known(self.table.columns)}" if self.table.columns else None
            message = f"no column `{reference.text}` in `{self.table.label}`"
            self.findings.tell("map-reference", reference.mark, message, hint or known)
        return column

    def read(self, reference: Reference) -> Read | None:
        """What a reference gives; None after a mistake."""
        column = self.look_up(reference)
        if column is None:
            return None
        if column.broken is not None:
            bad = Holds(column=self.column(column.broken))
            self.check("data-cell", bad, self.column(column.name), reference, BROKEN, reference.mark, CELL)
        blank = None if self.labels else column.blank
        if blank is not None:
            bad = Holds(column=self.column(blank))
            hint = f"leave them out of the answer: `FILTER(!isBlank(?{reference.text.lstrip('?$')}))`"
            self.check("data-blank", bad, self.column(column.name), reference, BLANK, reference.mark, hint)
        if not column.many:
            value: Value = self.column(column.name)
            for wrong in (column.broken, blank):
                if wrong is not None:
                    value = When(condition=NoneOf(conditions=(Holds(column=self.column(wrong)),)), then=value)
            return Read(
                value=value, column=column,
                datatype=self.column(column.datatype_name) if column.datatype_name else None,
                language=self.column(column.language_name) if column.language_name else None,
            )  # fmt: skip
        item = self.unfold(column.name, self.column(column.name))
        if column.typed_items:
            value, datatype = Member(column=item, name="v"), Member(column=item, name="d")
            return Read(value=value, datatype=datatype, column=column)
        return Read(value=item, column=column)

    def column(self, name: str) -> Column:
        """A column of the table's rows."""
        return Column(of=self.alias, name=name)


BROKEN = (
    "`{value}` stands in a cell that has no value: an error, a formula that was not computed, or nothing of its type"
)
BLANK = "a blank node has no name outside of the answer, and only a blank node can be made of it"
CELL = "correct the cell and let a spreadsheet program compute and save it, or name what means no value: `rml:null`"
WORDS = {"data-datatype": "the value", "data-language": "the language"}  # what is no reference, in a message


def name_place(source: Expression | str, code: str) -> str:
    """The name of where a value was found, as a message with that *code* has it behind the row."""
    if isinstance(source, Reference):
        return source.text
    if isinstance(source, FunctionExecution) and code == "data-function":
        return short_name(source.function)
    return source if isinstance(source, str) else WORDS.get(code, "the function")
