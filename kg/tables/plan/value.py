"""Values of a row: columns, texts, and what is made of them; and the conditions that a row may fulfil.

A value is a text, or is missing (SQL's NULL), as those of RML are. All nouns hold plain values only: a plan can be
written down and run elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, TypeVar


class Encoding(Enum):
    """How a value is written into a term."""

    IRI = "iri"  # percent-encoded but for RFC 3987's iunreserved
    URI = "uri"  # percent-encoded but for ASCII's unreserved
    LABEL = "label"  # a part of a blank node's label, without loss
    ESCAPE = "escape"  # the text of a literal in N-Quads
    DOUBLE = "double"  # the canonical form of an xsd:double
    NUMBER = "number"  # the shortest text of a number: equal numbers of different types have the same
    UNPADDED = "unpadded"  # without the blanks at its end
    MOMENT = "moment"  # a time without zeros that say nothing, with `+00:00` for `Z`
    FORM = "form"  # the plain form of what looks like a number, a truth or a moment
    LOWERED = "lowered"  # in small letters
    UNACCENTED = "unaccented"  # without accents
    COMPOSED = "composed"  # each accented letter as one character, where there is one
    BLANK = "blank"  # as it is, but for blanks, which N-Quads writes as `\u0020` in an IRI


LOSSY = frozenset(Encoding) - {
    Encoding.IRI,
    Encoding.URI,
    Encoding.LABEL,
    Encoding.ESCAPE,
    Encoding.BLANK,
}  # different texts may become one


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of the rows that go by the name *of* in their relation."""

    of: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Member:
    """A member of a column that holds structures: an item of a list with its value `v` and its datatype `d`."""

    column: Column
    name: str


@dataclass(frozen=True, kw_only=True)
class Text:
    """A text that every row has alike."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Number:
    """A whole number that every row has alike."""

    number: int


@dataclass(frozen=True, kw_only=True)
class Missing:
    """No value, in any row."""


@dataclass(frozen=True, kw_only=True)
class Encode:
    """A value, encoded. Where *codes* are given, it holds no other bytes that an encoding would change."""

    encoding: Encoding
    value: Value
    codes: frozenset[int] | None = None


@dataclass(frozen=True, kw_only=True)
class Concat:
    """The text of several parts, missing where one is missing. *whole*: no part ever is, or one counts as empty."""

    parts: tuple[Value, ...]
    whole: bool = False


@dataclass(frozen=True, kw_only=True)
class Lines:
    """The texts that are there, one a line."""

    texts: tuple[Value, ...]


@dataclass(frozen=True, kw_only=True)
class FirstOf:
    """The first of several values that is there."""

    values: tuple[Value, ...]


@dataclass(frozen=True, kw_only=True)
class When:
    """A value where a condition holds, and another one elsewhere."""

    condition: Condition
    then: Value
    otherwise: Value = Missing()


@dataclass(frozen=True, kw_only=True)
class Call:
    """An *output* (its place) of a function (`kg.tables.plan.functions`) of some values."""

    function: str
    output: int
    arguments: tuple[Value, ...]


# not a function of a mapping: the datatype that a value has by its form, missing where it is a plain text
TYPE_OF = "urn:kg:type-of"
# nor these: the value where it is a truth, or a whole number
TRUTH_OF, INTEGER_OF = "urn:kg:truth-of", "urn:kg:integer-of"


@dataclass(frozen=True, kw_only=True)
class Items:
    """A list: of each of some values itself, or (if it is in *lists*) of its items; missing where there is none."""

    values: tuple[Value, ...]
    lists: frozenset[int] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Members:
    """The values `v` of a column that holds a list of structures."""

    column: Column


@dataclass(frozen=True, kw_only=True)
class Index:
    """The place of a row, from 0, among those that have the same values of *within*, in the *order* of others.

    *shared*: rows that are alike in it have one place.
    """

    within: tuple[Value, ...] = ()
    order: tuple[Value, ...]
    shared: bool = False


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """A list of numbers, by which rows are ordered."""

    numbers: tuple[Value, ...]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """The beginning of a value, as a message shows it."""

    value: Value


Value = (
    Column
    | Member
    | Text
    | Number
    | Missing
    | Encode
    | Concat
    | Lines
    | FirstOf
    | When
    | Call
    | Items
    | Members
    | Index
    | Numbers
    | Shown
)


@dataclass(frozen=True, kw_only=True)
class Present:
    """All these values are there."""

    values: tuple[Value, ...]


@dataclass(frozen=True, kw_only=True)
class Absent:
    """The value is missing."""

    value: Value


@dataclass(frozen=True, kw_only=True)
class Holds:
    """The column, which is one of truths, is true."""

    column: Column


@dataclass(frozen=True, kw_only=True)
class Equal:
    """Two values are there and equal."""

    one: Value
    other: Value


@dataclass(frozen=True, kw_only=True)
class Differ:
    """Two values are there and differ."""

    one: Value
    other: Value


@dataclass(frozen=True, kw_only=True)
class StartsWith:
    """The value begins with a text."""

    value: Value
    text: str


@dataclass(frozen=True, kw_only=True)
class NearNumber:
    """The value is the N-Quads of a literal of a number, and this one or as near as 64 bits can tell.

    *literal* is a pattern of such literals, whose first group is the number.
    """

    value: Value
    literal: str
    number: Decimal


@dataclass(frozen=True, kw_only=True)
class IllTyped:
    """The value is not in the lexical space of a datatype of XSD: of an IRI, or of the one that a value names.

    *plain*: it holds none of the bytes that let the database read as a number what is none of XSD.
    """

    value: Value
    datatype: str | Value
    plain: bool = False


@dataclass(frozen=True, kw_only=True)
class NoIri:
    """The value is no absolute IRI (RFC 3987), nor would it be one without its *blanks*, where these are let pass.

    With *is_uri* it must be a URI (RFC 3986), which ASCII alone can write.
    """

    value: Value
    blanks: bool = False
    is_uri: bool = False


@dataclass(frozen=True, kw_only=True)
class Relative:
    """The value has no scheme, so that it is no absolute IRI."""

    value: Value


@dataclass(frozen=True, kw_only=True)
class NoLanguage:
    """The value is no language tag (BCP 47)."""

    value: Value


@dataclass(frozen=True, kw_only=True)
class NoPort:
    """The value cannot stand as the port of an IRI."""

    value: Value


@dataclass(frozen=True, kw_only=True)
class AllOf:
    """All these conditions hold."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, kw_only=True)
class AnyOf:
    """One of these conditions holds at least."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, kw_only=True)
class NoneOf:
    """None of these conditions holds."""

    conditions: tuple[Condition, ...]


Condition = (
    Present
    | Absent
    | Holds
    | Equal
    | Differ
    | StartsWith
    | NearNumber
    | IllTyped
    | NoIri
    | Relative
    | NoLanguage
    | NoPort
    | AllOf
    | AnyOf
    | NoneOf
)

Noun = TypeVar("Noun")


@cache
def name_parts(kind: type) -> tuple[str, ...]:
    """The fields of a value or a condition, by its class; of anything else none.

    >>> name_parts(Column), name_parts(str)
    (('of', 'name'), ())
    """
    return tuple(each.name for each in fields(kind)) if is_dataclass(kind) and kind.__module__ == __name__ else ()


def add_columns(noun: Any, found: dict[Column, None]) -> None:
    """Note every column in a value, a condition, or a tuple of them, in order."""
    if isinstance(noun, Column):
        found[noun] = None
    elif isinstance(noun, tuple):
        for each in noun:
            add_columns(each, found)
    else:
        kind: type = type(noun)
        for name in name_parts(kind):
            add_columns(getattr(noun, name), found)


def columns_of(*nouns: Any) -> tuple[Column, ...]:
    """The columns in values or conditions, each once.

    >>> columns_of(Concat(parts=(Text(text="a"), Column(of="t", name="x"))))
    (Column(of='t', name='x'),)
    """
    found: dict[Column, None] = {}
    add_columns(nouns, found)
    return tuple(found)


def change_columns(noun: Noun, change: Callable[[Column], Value]) -> Noun:
    """A value or condition (or a tuple of them) with each column replaced by what *change* gives for it.

    >>> change_columns((Column(of="t", name="x"),), lambda column: Text(text=column.name))
    (Text(text='x'),)
    """
    made: Any = noun
    kind: type = type(noun)
    if isinstance(noun, Column):
        made = change(noun)
    elif isinstance(noun, tuple):
        made = tuple(change_columns(each, change) for each in noun)
    elif names := name_parts(kind):
        parts = {name: change_columns(getattr(noun, name), change) for name in names}
        made = replace(noun, **parts)  # type: ignore[type-var]
    return made  # type: ignore[no-any-return]


def rename_rows(noun: Noun, names: dict[str, str]) -> Noun:
    """A value over rows that go by other names."""
    return change_columns(noun, lambda column: replace(column, of=names.get(column.of, column.of)))


def base_column(value: Value) -> Column | None:
    """The column of a value that is a column, encoded or not: it is missing exactly where the column is."""
    if isinstance(value, Encode) and value.encoding not in LOSSY:
        value = value.value
    return value if isinstance(value, Column) else None


def is_injective(value: Value) -> bool:
    """Whether different columns give different values.

    >>> is_injective(Encode(encoding=Encoding.IRI, value=Column(of="t", name="x")))
    True
    """
    if isinstance(value, Encode):
        return value.encoding not in LOSSY and is_injective(value.value)
    if isinstance(value, Concat):
        changing = [part for part in value.parts if not isinstance(part, Text)]
        return len(changing) == 1 and is_injective(changing[0])
    return isinstance(value, Column | Member)


def is_safe(value: Value) -> bool:
    """Whether a value holds only what percent-encoding leaves, so that a reserved character such as `/` ends it."""
    return isinstance(value, Encode) and value.encoding in {Encoding.IRI, Encoding.URI, Encoding.LABEL}


def merge_texts(parts: Iterable[Value]) -> tuple[Value, ...]:
    """The parts of a text, neighbouring constants joined and empty ones left out.

    >>> merge_texts([Text(text="a"), Text(text="b"), Text(text="")])
    (Text(text='ab'),)
    """
    merged: list[Value] = []
    for part in parts:
        last = merged[-1] if merged else None
        if isinstance(part, Text) and isinstance(last, Text):
            merged[-1] = Text(text=last.text + part.text)
        elif not isinstance(part, Text) or part.text:
            merged.append(part)
    return tuple(merged)


def join_parts(parts: Sequence[Value]) -> Value:
    """The text of some parts, missing where one of them is."""
    merged = merge_texts(parts)
    if not merged:
        return Text(text="")
    return merged[0] if len(merged) == 1 else Concat(parts=merged)
