"""Several files as one source: the rows of all of them, each of which knows its file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import accumulate

from kg.tables.columns import FileRows, SourceTable, TableColumn
from kg.tables.engine.macros import quote_name, quote_text
from kg.tables.rml import FileSource, Formulation
from kg.tables.sources.files import search_folders
from kg.tables.sources.globs import expand_pattern
from kg.tables.sources.shelf import Shelf, SourceRequest
from kg.text.plural import write_count

FILE = "_file"  # the reference to the name of a row's file


def open_several(
    request: SourceRequest,
    origin: FileSource,
    shelf: Shelf,
    open_one: Callable[[SourceRequest, FileSource, Shelf], SourceTable | None],
) -> SourceTable | None:
    """The table of all files that the pattern of a source names, in the order of their names.

    The reference `_file` is the name of a row's file, as the mapping would name it, unless a table has such a column.
    """
    found = find_several(origin, shelf)
    if not found:
        return None
    tables: list[SourceTable] = []
    if request.source.formulation in {Formulation.JSON_PATH, Formulation.XPATH}:  # where any path is a reference
        request = replace(request, references=tuple(r for r in request.references if r.text != FILE))
    for number, name in enumerate(found):
        part = replace(origin, path=name)
        source = replace(request.source, source=part)
        own = replace(request, source=source, name=f"{request.name}_f{number}")
        table = open_one(own, part, shelf)
        if table is None:
            return None
        tables.append(table)
    return unite(request, tables, found, origin, shelf)


def find_several(origin: FileSource, shelf: Shelf) -> list[str]:
    """The names of the files that a pattern names, in their order; none after a diagnostic."""
    if shelf.remote is not None:
        found = shelf.remote.expand(origin.path)
        if not found:
            shelf.tell("source-not-found", origin.mark, f"`{origin.path}` names no file")
        return found
    named = [(name, path) for folder in search_folders(origin, shelf) for name, path in expand_pattern(folder, origin)]
    found = list(dict.fromkeys(name for name, path in named if shelf.door.has_file(path)))
    if not found:
        if named:
            message = f"`{origin.path}` names files outside the folders that may be read"
            shelf.tell("source-outside", origin.mark, message, shelf.advice.outside.format(what="files"))
        else:
            shelf.tell("source-not-found", origin.mark, f"`{origin.path}` names no file")
    return found


def unite(
    request: SourceRequest, tables: Sequence[SourceTable], names: Sequence[str], origin: FileSource, shelf: Shelf
) -> SourceTable | None:
    """One table of the rows of all; a column that one of the files lacks is a mistake."""
    own = [text for text in request.texts if text != FILE or FILE in tables[0].columns]
    for text in own:
        have = [text in table.columns for table in tables]
        if any(have) and not all(have):
            without, beside = names[have.index(False)], names[have.index(True)]
            message = f"`{without}` has no column `{text}`, and `{beside}` has"
            shelf.tell("source-columns", origin.mark, message, "read the two as sources of their own")
            return None
    own = [text for text in own if text in tables[0].columns]
    columns = {text: unite_column(index, text, [t.columns[text] for t in tables]) for index, text in enumerate(own)}
    columns |= {text: replace(c, name="missing") for text, c in tables[0].columns.items() if text not in columns}
    selects = []
    for table, name in zip(tables, names, strict=True):
        selected = [f"{quote_text(name)} AS {quote_name(FILE)}"]
        for index, text in enumerate(own):
            selected += select_column(index, table.columns[text], columns[text])
        selects.append(f"SELECT {', '.join(selected)} FROM {quote_name(table.name)}")
    shelf.connection.execute(f"CREATE TEMP TABLE {quote_name(request.name)} AS {' UNION ALL '.join(selects)}")
    counts = []
    for table in tables:
        [(count,)] = shelf.connection.execute(f"SELECT count(*) FROM {quote_name(table.name)}").fetchall()
        counts.append(count)
        shelf.connection.execute(f"DROP TABLE {quote_name(table.name)}")
    columns.setdefault(FILE, TableColumn(reference=FILE, name=FILE))
    begins = [0, *accumulate(counts)]
    parts = tuple(
        FileRows(begin=begin, label=table.label, first_row=table.first_row or 1, lines=table.lines)
        for begin, table in zip(begins, tables, strict=False)
    )
    shelf.notes.append(f"{request.name}: {origin.path}, {write_count(len(tables), 'file')}")
    return SourceTable(
        name=request.name, label=origin.path, columns=columns, first_row=1, parts=parts,
        row_unit=tables[0].row_unit,
    )  # fmt: skip


def unite_column(index: int, text: str, columns: Sequence[TableColumn]) -> TableColumn:
    """The column of a reference in the table of all: with what any of the files needs."""
    many = any(c.many for c in columns)
    alike = len({c.datatype for c in columns}) == 1 and not any(c.datatype_name for c in columns)
    return TableColumn(
        reference=text,
        name=f"c{index}",
        many=many,
        typed_items=many and any(c.typed_items or c.datatype or c.datatype_name for c in columns),
        datatype=columns[0].datatype if alike and not many else None,
        datatype_name=None if alike or many else f"d{index}",
        language_name=f"l{index}" if any(c.language_name for c in columns) else None,
        stray=f"w{index}" if any(c.stray for c in columns) else None,
        broken=f"x{index}" if any(c.broken for c in columns) else None,
        blank=f"b{index}" if any(c.blank for c in columns) else None,
    )


def select_column(index: int, column: TableColumn, wanted: TableColumn) -> list[str]:
    """SQL of one file's column in the form of the column of all."""
    datatype = quote_text(column.datatype) if column.datatype else "NULL::VARCHAR"
    if column.datatype_name is not None:
        datatype = quote_name(column.datatype_name)
    own = value = quote_name(column.name)
    if wanted.many and wanted.typed_items and not column.typed_items:
        one = f"{{'v': x, 'd': {datatype}}}"
        value = f"list_transform({value if column.many else f'[{value}]'}, lambda x: {one})"
    elif wanted.many and not column.many:
        value = f"[{value}]"
    if wanted.many and not column.many:
        value = f"CASE WHEN {own} IS NOT NULL THEN {value} ELSE [] END"
    selected = [f"{value} AS c{index}"]
    if wanted.datatype_name is not None:
        selected.append(f"{datatype} AS d{index}")
    if wanted.language_name is not None:
        selected.append(f"{quote_name(column.language_name) if column.language_name else 'NULL'} AS l{index}")
    for label, said in ((wanted.stray, column.stray), (wanted.broken, column.broken), (wanted.blank, column.blank)):
        if label is not None:
            selected.append(f"{quote_name(said) if said else 'false'} AS {label}")
    return selected
