"""JSON and XML files → a table with a column for each reference, in batches through Arrow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kg.diagnostic import Mark, Related, SourceText
from kg.tables.columns import Column, Table
from kg.tables.documents import DocumentError, Language, NotScalarError, Value, Values, read_document
from kg.tables.jsonpath import PathError
from kg.tables.macros import quote_name
from kg.tables.rml import FileSource, Formulation, LogicalSource, Reference
from kg.tables.sources.opening import Opening

BATCH = 20_000  # records in one Arrow batch


def open_document(
    source: LogicalSource,
    origin: FileSource,
    path: Path,
    references: list[Reference],
    name: str,
    opening: Opening,
) -> Table | None:
    """The table of a JSON or XML file: a row for each record of the iterator."""
    language = language_of(source)
    roots = load_roots(origin, path, language.formulation, opening)
    readers = compile_references(language, references, opening)
    records = find_records(source, language, roots, path, opening) if roots is not None else None
    if records is None or readers is None:
        return None
    try:
        load_rows(records, readers, name, origin, references, opening)
    except NotScalarError:
        return None  # reported with its reference
    columns = shape_columns(language, readers, name, opening)
    opening.notes.append(
        f"{name}: {origin.path}, {len(records)} records of {source.iterator}, read by the library in batches"
    )
    return Table(name=quote_name(name), label=origin.path, columns=columns, first_row=1, row_unit="record")


def language_of(source: LogicalSource) -> Language:
    """The language in which a source's references are written."""
    return Language(formulation=source.formulation, generation=source.generation, namespaces=source.namespaces)


def load_roots(origin: FileSource, path: Path, formulation: Formulation, opening: Opening) -> list[Any] | None:
    """The parsed file, once for all logical sources that read it."""
    key = f"document:{path.resolve()}:{formulation.value}"
    if key not in opening.memory:
        try:
            opening.memory[key] = read_document(path, formulation)
        except (DocumentError, OSError) as error:
            report_document(origin, error, opening)
            return None
    return opening.memory[key]  # type: ignore[no-any-return]


def report_document(origin: FileSource, error: Exception, opening: Opening) -> None:
    """A document that breaks off or is refused: the file, the line, the parser's words."""
    from kg.diagnostic import Diagnostic

    related: tuple[Related, ...] = ()
    where = ""
    if isinstance(error, DocumentError) and error.line:
        line, column = error.line, max(1, error.column or 1)
        where = f" (line {line}, column {column})"
        data = SourceText(origin.path, "")
        mark = Mark(source=data, line=line, column=column, end_line=line, end_column=column)
        related = (Related(mark=mark, message="here"),)
    opening.diagnostics.append(
        Diagnostic(
            code="source-unreadable",
            mark=origin.mark,
            message=f"`{origin.path}` is not well-formed{where}: {str(error).strip().rstrip('.')}",
            related=related,
        )
    )


def compile_references(language: Language, references: list[Reference], opening: Opening) -> dict[str, Values] | None:
    """A reader for each reference; a reference that is no path is reported at its mark."""
    readers: dict[str, Values] = {}
    good = True
    for reference in references:
        try:
            readers.setdefault(reference.text, language.refer(reference.text))
        except PathError as error:
            kind = language.formulation.value
            opening.report("map-path", reference.mark, f"`{reference.text}` is no {kind}: {error}")
            good = False
    return readers if good else None


def find_records(
    source: LogicalSource, language: Language, roots: list[Any], path: Path, opening: Opening
) -> list[Any] | None:
    """The records that the iterator selects; over JSON Lines, `$[*]` means the lines."""
    iterator = source.iterator or "$"
    if path.suffix.lower() in {".jsonl", ".ndjson", ".jsonlines"} and iterator.startswith("$[*]"):
        iterator = "$" + iterator.removeprefix("$[*]")
    try:
        select = language.iterate(iterator)
        return [record for root in roots for record in select(root)]
    except PathError as error:
        opening.report("map-path", source.mark, f"`{iterator}` is no {source.formulation.value}: {error}")
        return None


def load_rows(
    records: list[Any],
    readers: dict[str, Values],
    name: str,
    origin: FileSource,
    references: list[Reference],
    opening: Opening,
) -> None:
    """A table of lists of `{v, d}`, one list for each reference."""
    import pyarrow as pa

    marks = {r.text: r.mark for r in references}
    item = pa.struct([("v", pa.string()), ("d", pa.string())])
    schema = pa.schema([(f"c{i}", pa.list_(item)) for i in range(len(readers))] or [("c0", pa.list_(item))])

    def batches() -> Iterator[Any]:
        for start in range(0, max(1, len(records)), BATCH):
            part = records[start : start + BATCH]
            arrays = []
            for text, reader in readers.items():
                lists: list[list[dict[str, str | None]]] = []
                for offset, record in enumerate(part):
                    try:
                        lists.append([{"v": v, "d": d} for v, d in reader(record)])
                    except NotScalarError as error:
                        opening.report(
                            "data-not-scalar",
                            marks[text],
                            f"`{text}` is {error} in record {start + offset + 1} of `{origin.path}`",
                            f"select its items: `{text}[*]`"
                            if str(error) == "an array"
                            else "select one of its members",
                        )
                        raise
                arrays.append(pa.array(lists, type=pa.list_(item)))
            if not arrays:
                arrays = [pa.array([[] for _ in part], type=pa.list_(item))]
            yield pa.record_batch(arrays, schema=schema)

    table = pa.Table.from_batches(list(batches()), schema=schema)
    opening.connection.register("incoming", table)
    opening.connection.execute(f"CREATE TEMP TABLE {quote_name(name + '_raw')} AS SELECT * FROM incoming")
    opening.connection.unregister("incoming")


def shape_columns(language: Language, readers: dict[str, Values], name: str, opening: Opening) -> dict[str, Column]:
    """Lists of one value at most become plain columns, which need no unnesting."""
    raw = quote_name(name + "_raw")
    counts = ", ".join(
        f"max(len(c{i})), bool_or(len(list_filter(c{i}, lambda x: x.d IS NOT NULL)) > 0)" for i in range(len(readers))
    )
    longest = opening.connection.execute(f"SELECT {counts} FROM {raw}").fetchone() if readers else ()
    selected, columns = [], {}
    for i, text in enumerate(readers):
        typed = bool(longest[2 * i + 1])
        if (longest[2 * i] or 0) > 1:
            selected.append(f"c{i}" if typed else f"list_transform(c{i}, lambda x: x.v) AS c{i}")
            columns[text] = Column(reference=text, sql=quote_name(f"c{i}"), many=True, typed_items=typed)
        else:
            selected.append(f"c{i}[1].v AS c{i}" + (f", c{i}[1].d AS d{i}" if typed else ""))
            columns[text] = Column(
                reference=text, sql=quote_name(f"c{i}"), datatype_sql=quote_name(f"d{i}") if typed else None
            )
    opening.connection.execute(
        f"CREATE TEMP TABLE {quote_name(name)} AS SELECT {', '.join(selected) or 'c0'} FROM {raw}"
    )
    opening.connection.execute(f"DROP TABLE {raw}")
    return columns


__all__ = ["Value", "open_document"]
