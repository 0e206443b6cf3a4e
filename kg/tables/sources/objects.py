"""Columns of pandas that DuckDB does not read as they are: those of types that it does not know, and of objects.

In a column that holds objects of Python each value has the type of its own.
DuckDB would look at some of the values, and make those of another type fit: 2.5 an integer, 1.25 the decimal 1.2, a
moment a day.
"""

from __future__ import annotations

import datetime as dt
import sys
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kg.rdf.namespace import XSD
from kg.tables.engine.connection import Connection
from kg.tables.sources.sheets.spreadsheet import clock_text, duration_text

Written = tuple[str, str | None]  # a text and its datatype
LISTS = (list, tuple, set, frozenset)


class NoValueError(ValueError):
    """An object that is no RDF term: what it is."""


@dataclass(frozen=True, kw_only=True)
class ObjectFault:
    """An object that is none: the place of its column and of its row, from 0, and *what* it is."""

    column: int
    row: int
    what: str


def fit_columns(frame: Any, places: Collection[int], connection: Connection) -> tuple[Any, int | None]:
    """A frame of columns `c0`, `c1` ... that DuckDB reads, and the place of a column for which that cannot be.

    Columns that are stored sparsely become dense ones. One of another type that DuckDB does not know (periods,
    intervals) hinders nobody who does not read it: it is left empty. *places* are those that are read.
    """
    pandas: Any = sys.modules["pandas"]
    sparse = [f"c{i}" for i in places if isinstance(frame.dtypes.iloc[i], pandas.SparseDtype)]
    if sparse:
        frame = frame.assign(**{label: frame[label].sparse.to_dense() for label in sparse})
    if is_known(frame, connection):
        return frame, None
    unknown = [i for i in range(len(frame.columns)) if not is_known(frame[[f"c{i}"]], connection)]
    return frame.assign(**{f"c{i}": None for i in unknown}), next((i for i in unknown if i in places), None)


def is_known(frame: Any, connection: Connection) -> bool:
    """Whether DuckDB knows the types of all columns."""
    import duckdb

    try:
        connection.register("kg_types", frame.iloc[:0])
    except duckdb.NotImplementedException:
        return False
    connection.unregister("kg_types")
    return True


def name_type(dtype: Any) -> str:
    """The name of a type of pandas, of categories with that of their values."""
    categories = getattr(dtype, "categories", None)
    return str(dtype) if categories is None else f"{dtype} of {categories.dtype}"


def write_objects(frame: Any, places: Iterable[int]) -> tuple[Any, frozenset[int], ObjectFault | None]:
    """A frame of columns `c0`, `c1` ... with the objects of some as texts, and their datatypes in `d0`, `d1` ...

    Returns too which columns these are, and the first object that is no value. Columns of texts alone stay as they are.
    """
    pandas: Any = sys.modules["pandas"]
    made: dict[str, list[str | None]] = {}
    changed = set()
    for place in places:
        column = frame[f"c{place}"]
        if not holds_objects(column, pandas):
            continue
        texts: list[str | None] = []
        datatypes: list[str | None] = []
        for row, value in enumerate(column.astype(object)):
            try:
                text, datatype = (None, None) if is_missing(value, pandas) else write_object(value, pandas)
            except NoValueError as error:
                return frame, frozenset(), ObjectFault(column=place, row=row, what=str(error))
            texts.append(text)
            datatypes.append(datatype)
        made[f"c{place}"], made[f"d{place}"] = texts, datatypes
        changed.add(place)
    if not made:
        return frame, frozenset(), None
    # In one go: pandas warns of a frame to which a hundred columns are added one by one.
    kept, written = frame.drop(columns=made, errors="ignore"), pandas.DataFrame(made, dtype=object, index=frame.index)
    order = [*frame.columns, *(f"d{place}" for place in sorted(changed))]
    return pandas.concat([kept, written], axis=1)[order], frozenset(changed), None


def holds_objects(column: Any, pandas: Any) -> bool:
    """Whether a column of pandas, or its categories, are objects that are not all texts."""
    categories = getattr(column.dtype, "categories", None)
    values = column if categories is None else categories
    return values.dtype == object and pandas.api.types.infer_dtype(values, skipna=True) not in {"string", "empty"}


def is_missing(value: Any, pandas: Any) -> bool:
    """Whether pandas takes an object for a missing value."""
    if value is None or value is pandas.NA or value is pandas.NaT:
        return True
    if isinstance(value, Decimal):
        return value.is_nan()
    name = type(value).__name__
    return bool(isinstance(value, float) or name.startswith(("float", "datetime64", "timedelta64"))) and value != value


def write_object(value: Any, pandas: Any) -> Written:
    """Text and datatype of an object. Raises NoValueError."""
    if type(value).__module__ == "numpy" and hasattr(value, "item"):
        value = read_numpy(value, pandas)
    if isinstance(value, str):
        return str.__str__(value), None
    if isinstance(value, bool):
        return ("true" if value else "false"), XSD + "boolean"
    if isinstance(value, int):
        return int.__repr__(value), XSD + "integer"
    if isinstance(value, float):
        return float.__repr__(value), XSD + "double"
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise NoValueError(f"`{value}`, which is no xsd:decimal")
        return f"{value:f}", XSD + "decimal"
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex().upper(), XSD + "hexBinary"
    if isinstance(value, uuid.UUID):
        return str(value), None
    return write_moment(value)


def write_moment(value: Any) -> Written:
    """Text and datatype of a date, a time or a duration; a moment with a zone is told in UTC. Raises NoValueError."""
    if isinstance(value, dt.datetime):
        moment = value if value.utcoffset() is None else value.astimezone(dt.UTC)
        text = moment.isoformat()
        return (strip_fraction(text[:-6]) + text[-6:] if moment.tzinfo else strip_fraction(text)), XSD + "dateTime"
    if isinstance(value, dt.date):
        return value.isoformat(), XSD + "date"
    if isinstance(value, dt.time) and value.utcoffset() is None:
        return clock_text(value), XSD + "time"
    if isinstance(value, dt.timedelta):
        if getattr(value, "nanoseconds", 0):
            raise NoValueError(f"the duration `{value}`, of which durations are read to microseconds")
        return duration_text(value), XSD + "dayTimeDuration"
    if isinstance(value, LISTS) or hasattr(value, "__array__"):
        raise NoValueError("a list")
    if isinstance(value, dict):
        raise NoValueError("a structure")
    raise NoValueError(f"an object of the class `{type(value).__name__}`")


def read_numpy(value: Any, pandas: Any) -> Any:
    """A value of numpy as Python or pandas has it; a number of few digits is the shortest that says it."""
    name = type(value).__name__
    if name == "datetime64":
        return pandas.Timestamp(value)
    if name == "timedelta64":
        return pandas.Timedelta(value)
    if name.startswith("float"):
        return float(str(value))
    return value.item() if getattr(value, "ndim", 0) == 0 else value


def strip_fraction(text: str) -> str:
    """A moment without zeros at the end of its fraction of a second.

    >>> strip_fraction("2024-01-02T03:04:05.120000"), strip_fraction("2024-01-02T03:04:00")
    ('2024-01-02T03:04:05.12', '2024-01-02T03:04:00')
    """
    return text.rstrip("0") if "." in text else text
