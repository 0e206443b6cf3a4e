"""Columns with types → a table of texts in the natural forms of the types, with what is not of its type marked.

The type of a column promises a datatype (R2RML §10.2). A value that it does not have stays the text that it is, and a
column of truths beside it says so: whoever would write it with the datatype reports it instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from kg.rdf.namespace import XSD
from kg.tables.columns import SourceTable, TableColumn
from kg.tables.engine.datatypes import ill_typed
from kg.tables.engine.macros import quote_name, quote_text
from kg.tables.engine.nulls import null_condition
from kg.tables.sources.dialects import DescribedTable
from kg.tables.sources.shelf import Shelf, SourceRequest

# kind of type → natural datatype and the text of it, over the text that the database gives
NATURAL: dict[str, tuple[str | None, str]] = {
    "text": (None, "{0}"),
    "integer": (XSD + "integer", "{0}"),
    "decimal": (XSD + "decimal", "{0}"),
    "double": (XSD + "double", "kg_double({0})"),
    "boolean": (XSD + "boolean", "CASE lower({0}) WHEN 't' THEN 'true' WHEN 'f' THEN 'false'"
                " WHEN '1' THEN 'true' WHEN '0' THEN 'false' ELSE lower({0}) END"),
    "date": (XSD + "date", "{0}"),
    "single": (XSD + "double", "kg_double(({0})::DOUBLE::FLOAT::VARCHAR)"),
    "time": (XSD + "time", "regexp_replace({0}, '([+-][0-9][0-9])$', '\\1:00')"),
    "dateTime": (XSD + "dateTime", "regexp_replace(replace({0}, ' ', 'T'), '([+-][0-9][0-9])$', '\\1:00')"),
    "binary": (XSD + "hexBinary", "upper({0})"),
    "duration": (XSD + "dayTimeDuration", "{0}"),
}  # fmt: skip

# kinds whose values may lie outside the datatype: infinity, NaN, years before Christ, 0000-00-00, 7 for a truth, months
LOOSE = frozenset({"decimal", "boolean", "date", "time", "dateTime", "duration"})
# SQLite writes a double with 17 digits where fewer say the same, and keeps decimals as doubles: 1.0e+20
_SHORTEST = "coalesce(try_cast({0} AS DOUBLE)::VARCHAR, {0})"
OWN = frozenset({"dynamic", "typed"})  # kinds of columns whose values have datatypes of their own
LOOSE_FORMS = {
    "double": f"kg_double({_SHORTEST})",
    "decimal": f"CASE WHEN regexp_matches({{0}}, '[.eE]') THEN kg_decimal({_SHORTEST}) ELSE {{0}} END",
}
# SQLite's columns take any value, whatever their type; the form of a double would make a number of each
_DOUBLE = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)(e[+-]?[0-9]+)?|[+-]?inf(inity)?|[+-]?nan"


class Raw(Enum):
    """What the texts of columns lie in before they have their natural forms: rows of their own, or those of others."""

    TABLE = "TABLE"
    VIEW = "VIEW"


@dataclass(frozen=True, kw_only=True)
class Shaped:
    """A column on its way: SQL of its natural *value*, and of whether that is *wrong* (None: it cannot be)."""

    value: str
    wrong: str | None


def shape_table(
    request: SourceRequest, described: DescribedTable, chosen: dict[str, int], label: str, shelf: Shelf, kept: Raw
) -> SourceTable:
    """The table of a request, made of `NAME_raw`, which holds the text `c{i}` of each chosen column and is used up.

    *chosen* is the place of the column that each reference means.
    """
    raw = request.name + "_raw"
    wanted = list(dict.fromkeys(chosen.values()))
    described_raw = shelf.connection.execute(f"DESCRIBE {quote_name(raw)}").fetchall()
    typed = {row[0] for row in described_raw}  # the columns `t{i}` among them
    shaped = {
        i: shape_column(i, described, request.nulls, with_bytes=f"t{i}" in typed)
        for i in wanted
        if described.columns[i].kind not in OWN
    }
    stray = find_stray({i: s.wrong for i, s in shaped.items() if s.wrong is not None}, raw, shelf)
    selected = []
    for index in wanted:
        if index not in shaped:
            shape = shape_typed if described.columns[index].kind == "typed" else shape_dynamic
            selected += shape(index, request.nulls)
            continue
        column = shaped[index]
        if index in stray:
            selected.append(f"CASE WHEN {column.wrong} THEN c{index} ELSE {column.value} END AS c{index}")
            selected.append(f"coalesce({column.wrong}, false) AS w{index}")
        else:
            selected.append(f"{column.value} AS c{index}")
    if wanted and kept is Raw.TABLE and selected == [f"c{index} AS c{index}" for index in wanted]:
        # texts are natural as they are
        shelf.connection.execute(f"ALTER TABLE {quote_name(raw)} RENAME TO {quote_name(request.name)}")
    else:
        shelf.connection.execute(
            f"CREATE TEMP TABLE {quote_name(request.name)} AS SELECT {', '.join(selected) or 'NULL AS none'}"
            f" FROM {quote_name(raw)}"
        )
        shelf.connection.execute(f"DROP {kept.value} {quote_name(raw)}")
    columns: dict[str, TableColumn] = {}
    for reference, index in chosen.items():
        dynamic = index not in shaped
        columns[reference] = TableColumn(
            reference=reference,
            name=f"c{index}",
            datatype=None if dynamic else NATURAL[described.columns[index].kind][0],
            datatype_name=f"d{index}" if dynamic else None,
            stray=f"w{index}" if index in stray else None,
            padded=described.columns[index].padded,
            foldings=described.columns[index].foldings,
        )
    for each in described.columns:  # known names, for hints
        columns.setdefault(each.name, TableColumn(reference=each.name, name="missing"))
    return SourceTable(name=request.name, label=label, columns=columns, first_row=1)


def shape_column(index: int, described: DescribedTable, nulls: tuple[str, ...], *, with_bytes: bool) -> Shaped:
    """The natural form of a column whose type holds for all of its values; in SQLite texts may lie *with bytes*."""
    kind = described.columns[index].kind
    datatype, form = NATURAL[kind]
    if described.loose:
        form = LOOSE_FORMS.get(kind, form)
    value = form.format(f"c{index}")
    wrong = None
    if kind in LOOSE or (described.loose and kind == "integer"):
        wrong = ill_typed(value, datatype or "")
    elif described.loose and kind == "binary":
        wrong = f"t{index} NOT IN ('blob', 'null')"
    elif kind == "text" and with_bytes:
        wrong = f"t{index} = 'blob'"
    elif described.loose and kind == "double":
        wrong = f"NOT regexp_full_match(lower(c{index}), '{_DOUBLE}')"
    if nulls:
        listed = ", ".join(quote_text(n) for n in nulls)
        is_number = str(kind in {"integer", "decimal", "double", "single"})
        meant = f"c{index} IN ({listed}) OR {null_condition(value, nulls, is_number)}"
        value = f"CASE WHEN {meant} THEN NULL ELSE {value} END"
        wrong = f"({wrong}) AND c{index} NOT IN ({listed})" if wrong else None
    return Shaped(value=value, wrong=f"({wrong})" if wrong else None)


def shape_dynamic(index: int, nulls: tuple[str, ...]) -> list[str]:
    """SQLite's columns without a type: each value has one of its own, which stands in `t{i}`."""
    integer, double, binary = (f"'{XSD}{n}'" for n in ("integer", "double", "hexBinary"))
    number = LOOSE_FORMS["double"].format(f"c{index}")
    value = f"CASE t{index} WHEN 'real' THEN {number} WHEN 'blob' THEN upper(c{index}) ELSE c{index} END"
    if nulls:
        meant = null_condition(value, nulls, f"t{index} IN ('integer', 'real')")
        value = f"CASE WHEN {meant} THEN NULL ELSE {value} END"
    datatype = f"CASE t{index} WHEN 'integer' THEN {integer} WHEN 'real' THEN {double} WHEN 'blob' THEN {binary} END"
    return [f"{value} AS c{index}", f"{datatype} AS d{index}"]


def shape_typed(index: int, nulls: tuple[str, ...]) -> list[str]:
    """A column in which each value has a datatype of its own, which stands in `d{i}`."""
    value = f"CASE d{index} WHEN '{XSD}double' THEN kg_double(c{index}) ELSE c{index} END"
    if nulls:
        numbers = ", ".join(f"'{XSD}{n}'" for n in ("integer", "decimal", "double"))
        value = f"CASE WHEN {null_condition(value, nulls, f'd{index} IN ({numbers})')} THEN NULL ELSE {value} END"
    return [f"{value} AS c{index}", f"d{index}"]


def find_stray(wrong: dict[int, str], raw: str, shelf: Shelf) -> frozenset[int]:
    """The columns that hold a value which is none of their type, found in one scan."""
    if not wrong:
        return frozenset()
    asked = ", ".join(f"bool_or({each})" for each in wrong.values())
    [found] = shelf.connection.execute(f"SELECT {asked} FROM {quote_name(raw)}").fetchall()
    return frozenset(index for index, is_stray in zip(wrong, found, strict=True) if is_stray)
