"""The functions that a mapping calls, made known to the database where SQL does not have them."""

from __future__ import annotations

import csv
import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from kg.tables.engine.connection import Connection
from kg.tables.functions import COMPUTED
from kg.tables.functions.numbers import read_integer
from kg.tables.plan.functions import Function, find_function, short_name
from kg.tables.rml import Constant, FileSource, FunctionExecution, MappingDocument, Root, find_nouns
from kg.tables.sources.files import find_file
from kg.tables.sources.shelf import Shelf
from kg.tables.sql.functions import calls_needed
from kg.tables.vocabulary import IDLAB
from kg.tables.wording import choose_words
from kg.text.plural import write_count

Found = Mapping[str, str]
LOOKUPS = (IDLAB + "lookup", IDLAB + "lookupWithDelimiter")


def register_functions(document: MappingDocument, shelf: Shelf) -> None:
    """Make known what the functions of a mapping compute; mistakes in tables to look in are noted on the shelf."""
    known: set[str] = set()
    tables: dict[tuple[str, str, str, str], Found] = {}
    for execution in find_nouns(document.triples_maps, FunctionExecution):
        function = find_function(execution.function)
        if function is None:
            continue
        if function.iri in LOOKUPS:
            add_lookup(execution, tables, shelf)
        for name in calls_needed(function):
            if name not in known:
                known.add(name)
                compute = look_up(tables) if function.iri in LOOKUPS else COMPUTED[name]
                register(shelf.connection, name, compute, function)


def register(connection: Connection, name: str, compute: Callable[..., Any], function: Function) -> None:
    """Make one known. It gives nothing where a needed argument is missing, or where there is no result."""
    from duckdb.func import SPECIAL

    parameters = function.parameters
    needed = [place for place, parameter in enumerate(parameters) if not parameter.optional]

    def call(*given: Any) -> Any:
        if any(given[place] is None for place in needed):
            return None
        try:
            return compute(*given)
        except (ValueError, ArithmeticError):
            return None

    # the database asks for the number of arguments
    named = [inspect.Parameter(f"p{place}", inspect.Parameter.POSITIONAL_ONLY) for place in range(len(parameters))]
    call.__signature__ = inspect.Signature(named)  # type: ignore[attr-defined]
    connection.create_function(
        f"kg_f_{name}",
        call,
        ["VARCHAR[]" if parameter.kind.is_list else "VARCHAR" for parameter in parameters],
        "VARCHAR[]" if function.outputs[0].many else "VARCHAR",
        null_handling=SPECIAL,
    )


# -- tables to look in --------------------------------------------------------------------------------


def look_up(tables: dict[tuple[str, str, str, str], Found]) -> Callable[..., str | None]:
    """The function that looks a text up in the tables that were read."""

    def find(text: str, path: str, key: str, value: str, delimiter: str = ",") -> str | None:
        return tables[path, key, value, delimiter].get(text)

    return find


def add_lookup(execution: FunctionExecution, tables: dict[tuple[str, str, str, str], Found], shelf: Shelf) -> None:
    """Read the table that a call looks in; it stands in the mapping, as its columns do."""
    given = {short_name(a.parameter).removeprefix("_"): a for a in execution.arguments}
    texts: list[str] = []
    for name, default in (("inputFile", None), ("fromColumn", None), ("toColumn", None), ("delimiter", ",")):
        argument = given.get(name)
        if argument is None and default is None:
            return  # told when the call is read
        if argument is not None and not isinstance(argument.value.expression, Constant):
            message, hint = f"`{name}` of a lookup changes from row to row", "write it into the mapping"
            shelf.tell("map-function-parameter", argument.mark, message, hint)
            return
        expression = None if argument is None else argument.value.expression
        texts.append(expression.term.value if isinstance(expression, Constant) else default or "")
    path, key, value, delimiter = texts
    if (path, key, value, delimiter) in tables:
        return
    mark = given["inputFile"].mark
    source = FileSource(path=path, mark=mark, root=Root.MAPPING)
    file = find_file(source, shelf)
    if file is None:
        return
    try:
        tables[path, key, value, delimiter] = read_lookup(file, read_integer(key), read_integer(value), delimiter)
    except (ValueError, TypeError, csv.Error, OSError) as error:
        hint = choose_words(mark, "check `idlab-fn:_fromColumn`, `_toColumn` and `_delimiter`", "check its parameters")
        shelf.tell("map-function-parameter", mark, f"nothing can be looked up in `{path}`: {error}", hint)


def read_lookup(path: Path, key: int, value: int, delimiter: str) -> Found:
    """The cell in the column *value* of the first row that has each text in the column *key*.

    The file is UTF-8; columns count from 0, the first line is one as all others. Raises ValueError where a column is
    negative or a line is shorter, csv.Error where the file is no CSV, TypeError where the delimiter is no character.
    """
    if min(key, value) < 0:
        raise ValueError(f"columns count from 0, and none is {min(key, value)}")
    found: dict[str, str] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = csv.reader(file, delimiter=delimiter, strict=True)
        for cells in lines:
            if not cells:
                continue
            if max(key, value) >= len(cells):
                raise ValueError(
                    f"it has {write_count(len(cells), 'column')} in line {lines.line_num}, which count from 0"
                )
            found.setdefault(cells[key], cells[value])
    return found
