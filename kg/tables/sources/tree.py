"""JSON and XML files → a table with a column for each reference, in batches through Arrow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from kg.diagnostic import Mark, Related, SourceText
from kg.tables.columns import Column, Table
from kg.tables.documents import LINES, DocumentError, Language, NotScalarError, Value, Values, read_document
from kg.tables.jsonpath import PathError
from kg.tables.macros import quote_name
from kg.tables.rml import FileSource, Formulation, LogicalSource, Reference
from kg.tables.sources.jsonscan import scan_json
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
    readers = compile_references(language, references, opening)
    if readers is None:
        return None
    raw = name + "_raw"
    way, lists = "read by DuckDB", frozenset(range(len(readers)))
    reason = "XML"
    if language.formulation is Formulation.JSON_PATH:
        reason = scan_json(path, source.iterator or "$", list(readers), language, raw, opening)
        lists = frozenset(i for i, text in enumerate(readers) if None in (language.find_steps(text) or ()))
    if reason:
        way, lists = f"read by the library in batches ({reason})", frozenset(range(len(readers)))
        roots = load_roots(origin, path, language.formulation, opening)
        records = find_records(source, language, roots, path, opening) if roots is not None else None
        if records is None:
            return None
        try:
            load_rows(records, readers, raw, origin, references, opening)
        except NotScalarError:
            return None  # reported with its reference
    columns = shape_columns(list(readers), lists, name, opening)
    opening.notes.append(f"{name}: {origin.path}, records of {source.iterator}, {way}")
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
    if path.suffix.lower() in LINES and iterator.startswith("$[*]"):
        iterator = "$" + iterator.removeprefix("$[*]")
    try:
        select = language.iterate(iterator)
        return [record for root in roots for record in select(root)]
    except PathError as error:
        opening.report("map-path", source.mark, f"`{iterator}` is no {source.formulation.value}: {error}")
        return None


def load_rows(
    records: Iterable[Any],
    readers: dict[str, Values],
    name: str,
    origin: FileSource,
    references: list[Reference],
    opening: Opening,
) -> None:
    """The table *name* of lists of `{v, d}`, one list for each reference, filled batch by batch."""
    import pyarrow as pa

    marks = {r.text: r.mark for r in references}
    labels = [f"c{i}" for i in range(len(readers))] or ["c0"]
    declared = ", ".join(f"{label} STRUCT(v VARCHAR, d VARCHAR)[]" for label in labels)
    opening.connection.execute(f"CREATE TEMP TABLE {quote_name(name)} ({declared})")
    kind = pa.list_(pa.struct([("v", pa.string()), ("d", pa.string())]))
    found, start = iter(records), 0
    while part := list(islice(found, BATCH)):
        arrays = []
        for text, reader in readers.items():
            lists: list[list[dict[str, str | None]]] = []
            for record in part:
                try:
                    lists.append([{"v": v, "d": d} for v, d in reader(record)])
                except NotScalarError as error:
                    report_value(text, marks[text], str(error), start + len(lists) + 1, origin, opening)
                    raise
            try:
                arrays.append(pa.array(lists, type=kind))
            except UnicodeEncodeError:  # half of a surrogate pair, which JSON can write and no text can hold
                where = next(i for i, values in enumerate(lists) if any(is_torn(v["v"]) for v in values))
                report_value(text, marks[text], "half a character", start + where + 1, origin, opening)
                raise NotScalarError("half a character") from None
        arrays = arrays or [pa.array([[] for _ in part], type=kind)]
        opening.connection.register("incoming", pa.record_batch(arrays, names=labels))
        opening.connection.execute(f"INSERT INTO {quote_name(name)} SELECT * FROM incoming")
        opening.connection.unregister("incoming")
        start += len(part)


def is_torn(text: str | None) -> bool:
    """True for a text with a lone surrogate."""
    return any("\ud800" <= char <= "\udfff" for char in text or "")


def report_value(text: str, mark: Mark, what: str, record: int, origin: FileSource, opening: Opening) -> None:
    """A value that is no text: which reference, which record."""
    hints = {"an array": f"select its items: `{text}[*]`", "an object": "select one of its members"}
    message = f"`{text}` is {what} in record {record} of `{origin.path}`"
    opening.report("data-not-scalar", mark, message, hints.get(what, "write the whole character"))


def shape_columns(references: Sequence[str], lists: frozenset[int], name: str, opening: Opening) -> dict[str, Column]:
    """The table *name* of `NAME_raw`: lists of one value at most become plain columns, which need no unnesting."""
    raw = quote_name(name + "_raw")
    asked = [
        f"max(len(c{i})), bool_or(len(list_filter(c{i}, lambda x: x.d IS NOT NULL)) > 0)"
        if i in lists
        else f"1, count(d{i}) > 0"
        for i in range(len(references))
    ]
    answers = opening.connection.execute(f"SELECT {', '.join(asked)} FROM {raw}").fetchone() if asked else ()
    selected, columns = [], {}
    for i, text in enumerate(references):
        longest, typed = answers[2 * i] or 0, bool(answers[2 * i + 1])
        many = longest > 1
        if many:
            selected.append(f"c{i}" if typed else f"list_transform(c{i}, lambda x: x.v) AS c{i}")
        elif i in lists:
            selected.append(f"c{i}[1].v AS c{i}" + (f", c{i}[1].d AS d{i}" if typed else ""))
        else:
            selected.append(f"c{i}" + (f", d{i}" if typed else ""))
        columns[text] = Column(
            reference=text,
            sql=quote_name(f"c{i}"),
            many=many,
            typed_items=many and typed,
            datatype_sql=quote_name(f"d{i}") if typed and not many else None,
        )
    opening.connection.execute(
        f"CREATE TEMP TABLE {quote_name(name)} AS SELECT {', '.join(selected) or 'NULL AS none'} FROM {raw}"
    )
    opening.connection.execute(f"DROP TABLE {raw}")
    return columns


__all__ = ["Value", "open_document"]
