r"""JSON files read by DuckDB: iterators and references of names, indexes and wildcards (RFC 9535).

DuckDB's reader is ten times as fast as the library, but writes numbers anew (`1.50` → `1.5`). A record with such
a number is read from a copy in which each number is a text: one regular expression takes every string and every
number, and begins the one with `"n` and the other with a line end, in quotes, which is JSON still.
Whatever DuckDB refuses, or may have let pass (`NaN`, a comma too many, a name twice in one object), is read again by
the library, whose word counts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count, product
from pathlib import Path
from typing import Any

from kg.tables.documents import LINES, Language
from kg.tables.duck import load_duckdb
from kg.tables.jsonpath import Step, complete_reference, parse_json, refuse_constant, split_steps
from kg.tables.macros import quote_name, quote_text
from kg.tables.sources.shelf import Shelf
from kg.tables.vocabulary import XSD, Generation

Steps = tuple[Step, ...]
MOST_BEHIND = 1 << 16  # characters behind an array that is cut out of an object
MOST_WILDCARDS = 2  # in one path: each is written in two ways, for items and for members

_KEPT = r"""regexp_replace(j, '(")((?:[^"\\]|\\.)*)"|(-?[0-9][0-9.eE+-]*)', '"\\\1n\2\3"', 'g')"""
_UNMARKED = (
    r"""CASE WHEN starts_with(x, '"\"n') THEN '"' || substr(x, 5)"""
    r""" WHEN starts_with(x, '"\n') THEN substr(x, 4, length(x) - 4) ELSE x END"""
)
# a name stands once only, and in no other spelling: then what it names is the value that was selected
_UNSURE = r"""(contains(j, '\u') OR contains(substr(j, instr(j, {0}) + 1), {0}))"""
_REWRITTEN = "regexp_matches(x, '^-?[0-9]+[.eE]') OR (x = '0' AND contains(j, '-0'))"
# what DuckDB takes and RFC 8259 does not; it may well stand inside of a string, so this is a suspicion only
_DOUBT = r"regexp_matches(j, ',\s*[}\]]|(?:^|[\[:,])\s*[-+]?(?:[nN][aA]|[iI][nN])')"
_TEXT = (
    """CASE WHEN x[1] <> '"' THEN nullif(x, 'null')"""
    r""" WHEN contains(x, '\') THEN json_extract_string(x, '$') ELSE substr(x, 2, length(x) - 2) END"""
)
_DATATYPE = (
    f"""CASE WHEN x[1] IN ('"', 'n') THEN NULL WHEN x[1] IN ('t', 'f') THEN '{XSD}boolean'"""
    f" WHEN regexp_matches(x, '[.eE]') THEN '{XSD}double' ELSE '{XSD}integer' END"
)
_COMPOUND = "x[1] IN ('[', '{')"


@dataclass(frozen=True, kw_only=True)
class RecordsFile:
    """A file of records in one of DuckDB's formats, and the steps that lead on into each record."""

    path: Path
    format: str
    steps: Steps


def scan_json(path: Path, iterator: str, paths: Sequence[str], language: Language, name: str, shelf: Shelf) -> str:
    """The table *name*, read by DuckDB; an empty text, or the reason why there is none and the library must read.

    Column `c{i}` belongs to the i-th path: a text with its datatype in `d{i}`, or, where the path has a wildcard,
    a list of `{v, d}`.
    """
    duckdb = load_duckdb()

    steps, references = split_steps(complete_reference(iterator, lenient="no")), [language.find_steps(p) for p in paths]
    known = [r for r in references if r is not None]
    if steps is None or len(known) < len(references) or not all(map(is_plain, (steps, *known))):
        return "a path is more than names, indexes and wildcards"
    file = find_records(path, steps, shelf.scratch / f"{name}.json")
    if file is None:
        return "the iterator does not run over an array"
    table = quote_name(name)
    # read first, then looked into: an array is read by one thread, a table by all
    read = f"read_json_objects({quote_text(str(file.path))}, format='{file.format}')"
    try:
        shelf.connection.execute(f"CREATE OR REPLACE TEMP TABLE documents AS SELECT json::VARCHAR AS j FROM {read}")
        query = select_values(file.steps, known, typed=language.generation is Generation.RML)
        shelf.connection.execute(f"CREATE TEMP TABLE {table} AS {query}")
    except duckdb.Error:
        return "DuckDB refuses the file"
    finally:
        shelf.connection.execute("DROP TABLE IF EXISTS documents")
        if file.path != path:
            file.path.unlink()
    doubt = shelf.connection.execute(f"SELECT bool_or(doubt) FROM {table}").fetchone()[0]
    if doubt:
        shelf.connection.execute(f"DROP TABLE {table}")
        return "a value is no scalar, a name stands twice, or a record is perhaps no JSON"
    return ""


def is_plain(steps: Steps) -> bool:
    """True where DuckDB's own paths can say the same."""
    names = [s for s in steps if isinstance(s, str)]
    return steps.count(None) <= MOST_WILDCARDS and all(n and not {'"', "\\"} & set(n) for n in names)


def find_records(path: Path, steps: Steps, scratch: Path) -> RecordsFile | None:
    """Where the records of an iterator stand; an array within an object is cut out into the file *scratch*."""
    if path.suffix.lower() in LINES:
        return RecordsFile(path=path, format="newline_delimited", steps=steps[steps[:1] == (None,) :])
    if None not in steps:
        return None
    first = steps.index(None)
    with path.open("rb") as stream:
        head = stream.read(1 << 12).removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if head == b"[" and first == 0:
        return RecordsFile(path=path, format="array", steps=steps[1:])
    names = [s for s in steps[:first] if isinstance(s, str)]
    if head != b"{" or len(names) < first:
        return None
    try:
        array = cut_array(path.read_text(encoding="utf-8-sig"), names)
    except ValueError:  # broken JSON: the library tells where
        return None
    if array is None:
        return None
    scratch.write_text(array, encoding="utf-8")
    return RecordsFile(path=scratch, format="array", steps=steps[first + 1 :])


def cut_array(text: str, names: Sequence[str]) -> str | None:
    """The text of the array that is a member of a member ... of an object; None where it is not easily found.

    What stands before it is read; its end is the first `]` near the file's end behind which only members and closing
    braces follow, so that the array itself is read by DuckDB alone. Raises ValueError where the text is no JSON.

    >>> cut_array('{"a": {"x": 1, "b": [1, [2]], "y": [3]}}', ["a", "b"])
    '[1, [2]]'
    """
    decoder, start = json.JSONDecoder(parse_constant=refuse_constant), 0
    for name in names:
        found = find_member(text, start, name, decoder)
        if found is None:
            return None
        start = found
    if text[start : start + 1] != "[":
        return None
    found, end = None, len(text)
    while (end := text.rfind("]", start, end)) >= 0 and len(text) - end < MOST_BEHIND:
        try:
            rest = parse_json('{"":' * (len(names) - 1) + "{" + text[end + 1 :].lstrip().removeprefix(","))
        except ValueError:
            continue
        if stands_behind(names, rest):
            return None
        found = end + 1
    return text[start:found] if found else None


def stands_behind(names: Sequence[str], rest: Any) -> bool:
    """Whether one of the names stands once more, in what follows the array in each of the objects around it."""
    for name in names:
        if not isinstance(rest, dict) or name in rest:
            return True
        rest = dict.get(rest, "")
    return False


def find_member(text: str, start: int, name: str, decoder: json.JSONDecoder) -> int | None:
    """The offset of the value of a member of the object that begins at *start*."""
    place = skip_blanks(text, start)
    if text[place : place + 1] != "{":
        return None
    place = skip_blanks(text, place + 1)
    while text[place : place + 1] == '"':
        key, place = decoder.raw_decode(text, place)
        place = skip_blanks(text, place)
        if text[place : place + 1] != ":":
            return None
        place = skip_blanks(text, place + 1)
        if key == name:
            return place
        _, place = decoder.raw_decode(text, place)
        place = skip_blanks(text, place)
        if text[place : place + 1] != ",":
            return None
        place = skip_blanks(text, place + 1)
    return None


def skip_blanks(text: str, place: int) -> int:
    """The offset of the next character that is no white space of JSON."""
    while text[place : place + 1] in {" ", "\t", "\n", "\r"}:
        place += 1
    return place


def select_values(inner: Steps, references: Sequence[Steps], *, typed: bool) -> str:
    """The SELECT of the columns `c{i}`, `d{i}` and `doubt` over the table `documents`.

    *inner* leads from a document to its records. Without *typed*, values have no datatypes.
    """
    single = [r for r in references if None not in r]
    many = [r for r in references if None in r]
    query = f"SELECT j, {_DOUBT} AS doubt FROM documents"
    query = doubt_names(query, [inner] if inner else references, "j", kept=False)
    if inner:  # records within records: DuckDB writes them anew, so their numbers are made texts before
        records = select_list(inner, "k", kept=True)
        query = f"SELECT unnest({records}) AS k, doubt FROM (SELECT {_KEPT} AS k, doubt FROM ({query}))"
        query = doubt_names(query, references, "k", kept=True)
        columns = [f"{sql} AS {label}" for label, sql in extract(single, many, "k", kept=True)]
    else:
        plain = list(extract(single, many, "j", kept=False))
        query = f"SELECT j, doubt, {', '.join(f'{sql} AS {label}' for label, sql in plain)} FROM ({query})"
        query = f"SELECT *, CASE WHEN {' OR '.join(need_copy(single, many))} THEN {_KEPT} END AS k FROM ({query})"
        columns = []
        for label, sql in extract(single, many, "k", kept=True):
            exact = f"[{', '.join(map(exact_value, single, count(1)))}]" if label == "v" else label
            columns.append(f"CASE WHEN k IS NULL THEN {exact} ELSE {sql} END AS {label}")
    query = f"SELECT {', '.join(['doubt', *columns])} FROM ({query})"
    return select_columns(query, references, single, many, typed=typed)


def doubt_names(query: str, paths: Sequence[Steps], document: str, *, kept: bool) -> str:
    """The query with a doubt where an object has a name twice by which a path goes (RFC 8259 §4: unpredictable)."""
    asked: dict[Steps, dict[Step, None]] = {}
    for steps in paths:
        for place, step in enumerate(steps):
            if not isinstance(step, int):
                asked.setdefault(steps[:place], {})[step] = None
    # one parse tells the names of all objects that stand in one place
    single = [parent for parent in asked if None not in parent]
    listed = ", ".join(quote_text(write_path(parent, kept=kept)) for parent in single)
    columns = [f"json_keys({document}, [{listed}])"] if single else []
    conditions = [stands_twice(asked[parent], f"n0[{place}]", kept=kept) for place, parent in enumerate(single, 1)]
    for parent in asked:
        for way in product(*(("[*]", ".*") if step is None else ("",) for step in parent)) if None in parent else ():
            twice = stands_twice(asked[parent], "x", kept=kept)
            conditions.append(f"list_bool_or(list_transform(n{len(columns)}, lambda x: {twice}))")
            columns.append(f"json_keys({document}, {quote_text(write_path(parent, way, kept=kept))})")
    if not columns:
        return query
    keys = ", ".join(f"{column} AS n{number}" for number, column in enumerate(columns))
    return f"SELECT {document}, doubt OR {any_of(conditions)} AS doubt FROM (SELECT *, {keys} FROM ({query}))"


def any_of(conditions: Sequence[str]) -> str:
    """SQL that holds where one of the conditions does; what is unknown does not."""
    return f"({' OR '.join(f'coalesce({c}, false)' for c in conditions) or 'false'})"


def stands_twice(steps: Iterable[Step], names: str, *, kept: bool) -> str:
    """SQL that holds where the first and the last of a name are two in a list; for a wildcard, of any name."""
    conditions = []
    for step in steps:
        if step is None:
            conditions.append(f"CASE WHEN len({names}) > 1 THEN list_unique({names}) < len({names}) END")
        else:
            name = quote_text(f"{chr(34) + 'n' if kept else ''}{step}")
            first, last = f"list_position({names}, {name})", f"list_position(list_reverse({names}), {name})"
            conditions.append(f"nullif({first}, 0) + {last} <> len({names}) + 1")
    return any_of(conditions)


def select_columns(
    query: str, references: Sequence[Steps], single: Sequence[Steps], many: Sequence[Steps], *, typed: bool
) -> str:
    """The JSON texts of a query as values and datatypes; an array or an object is a doubt."""
    columns: list[str] = []
    compound = ["doubt"]
    datatype = _DATATYPE if typed else "NULL::VARCHAR"
    for index, reference in enumerate(references):
        if None in reference:
            label = f"w{many.index(reference)}"
            listed = f"list_filter({label}, lambda x: x <> 'null')"
            columns.append(f"list_transform({listed}, lambda x: {{'v': {_TEXT}, 'd': {datatype}}}) AS c{index}")
            compound.append(f"len(list_filter({label}, lambda x: {_COMPOUND})) > 0")
        else:
            x = f"v[{single.index(reference) + 1}]"
            columns.append(f"{of(_TEXT, x)} AS c{index}, {of(datatype, x)} AS d{index}")
            compound.append(f"coalesce({of(_COMPOUND, x)}, false)")
    columns.append(" OR ".join(compound) + " AS doubt")
    return f"SELECT {', '.join(columns)} FROM ({query})"


def need_copy(single: Sequence[Steps], many: Sequence[Steps]) -> list[str]:
    """Conditions under which a number was written anew, and is not found in the record by its name."""
    conditions = []
    for place, steps in enumerate(single, 1):
        name = searchable(steps)
        lost = "" if name is None else f" AND {_UNSURE.format(quote_text(name))}"
        conditions.append(f"(({of(_REWRITTEN, f'v[{place}]')}){lost})")
    return conditions + [f"len(list_filter(w{i}, lambda x: {_REWRITTEN})) > 0" for i in range(len(many))]


def exact_value(steps: Steps, place: int) -> str:
    """The JSON text of one value, a number as it was written."""
    name = searchable(steps)
    if name is None:
        return f"v[{place}]"
    written = quote_text(rf"{name}\s*:\s*(-?[0-9][0-9.eE+-]*)")
    return f"CASE WHEN {of(_REWRITTEN, f'v[{place}]')} THEN regexp_extract(j, {written}, 1) ELSE v[{place}] END"


def searchable(steps: Steps) -> str | None:
    """The last name of a path in its quotes, where it can be looked for in the text of a record."""
    last = steps[-1] if steps else None
    return f'"{last}"' if isinstance(last, str) and re.fullmatch(r"\w+", last) else None


def of(sql: str, x: str) -> str:
    """An expression over `x` as one over another value."""
    return re.sub(r"\bx\b", x, sql)


def extract(single: Sequence[Steps], many: Sequence[Steps], document: str, *, kept: bool) -> Iterator[tuple[str, str]]:
    """Label and SQL of the values of all paths, as JSON texts; those of one value stand in one list (one parse)."""
    if single:
        paths = ", ".join(quote_text(write_path(steps, kept=kept)) for steps in single)
        yield "v", undone(f"json_extract({document}, [{paths}])::VARCHAR[]", kept=kept)
    for index, steps in enumerate(many):
        yield f"w{index}", undone(select_list(steps, document, kept=kept), kept=kept)


def undone(values: str, *, kept: bool) -> str:
    """The values without the marks of `_KEPT`."""
    return f"list_transform({values}, lambda x: {_UNMARKED})" if kept else values


def select_list(steps: Steps, document: str, *, kept: bool) -> str:
    """SQL of the list of all values that a path selects, as JSON texts."""
    if None not in steps:
        found = f"json_extract({document}, {quote_text(write_path(steps, kept=kept))})::VARCHAR"
        return f"list_filter([{found}], lambda x: x IS NOT NULL)"
    ways = product(*(("[*]", ".*") if step is None else ("",) for step in steps))
    lists = [f"json_extract({document}, {quote_text(write_path(steps, way, kept=kept))})::VARCHAR[]" for way in ways]
    return lists[0] if len(lists) == 1 else f"list_concat({', '.join(lists)})"


def write_path(steps: Steps, way: Sequence[str] = (), *, kept: bool) -> str:
    """A path as DuckDB writes it; *way* says how each wildcard is written.

    >>> write_path(("a b", 0), kept=False)
    '$."a b"[0]'
    """
    text = "$"
    for index, step in enumerate(steps):
        if step is None:
            text += way[index]
        else:
            text += f"[{step}]" if isinstance(step, int) else f'."{chr(92) + chr(34) + "n" if kept else ""}{step}"'
    return text
