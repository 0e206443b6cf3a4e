"""JSON and XML files → a table with a column for each reference, in batches through Arrow."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kg.tables.columns import SourceTable, TableColumn
from kg.tables.documents import (
    LINES,
    DocumentError,
    Language,
    NotScalarError,
    NotUtf8Error,
    SeveralValuesError,
    TooGreatError,
    Value,
    Values,
    read_document,
    without_nulls,
)
from kg.tables.documents.jsonpath import NameTwiceError, PathError, TooDeepError, bracket_name
from kg.tables.documents.xpath import begin_at_document
from kg.tables.engine.macros import quote_name
from kg.tables.rml import FileSource, Formulation, LogicalSource, Reference
from kg.tables.sources.absence import look_inside, warn_of_no_record, warn_of_no_value
from kg.tables.sources.files import blame_disk
from kg.tables.sources.jsonstream import Steps, find_stream, stream_json
from kg.tables.sources.shelf import Shelf, SourceRequest
from kg.tables.sources.xmlstream import compile_child, find_tags, stream_records
from kg.tables.wording import say_contents, say_encoding
from kg.text.diagnostic import Mark, Related, SourceText

BATCH = 20_000  # records in one Arrow batch


def open_document(request: SourceRequest, origin: FileSource, path: Path, shelf: Shelf) -> SourceTable | None:
    """The table of a JSON or XML file: a row for each record of the iterator."""
    source, name = request.source, request.name
    language = language_of(source)
    readers = compile_references(language, request.references, shelf)
    if readers is None:
        return None
    iterator, raw = source.iterator or "$", name + "_raw"
    records: Iterable[Any]
    if language.formulation is Formulation.JSON_PATH and (steps := find_stream(iterator)) is not None:
        way, records = "streamed", follow_json(source, path, steps, shelf)
    elif language.formulation is Formulation.XPATH and (
        tags := find_tags(begin_at_document(iterator), list(readers), dict(source.namespaces))
    ):
        way, records = "streamed by lxml", stream_records(path, tags)
        streamed = {text: compile_child(text) for text in readers}
        readers = {
            text: reader if (read := streamed[text]) is None else without_nulls(read, language.nulls)
            for text, reader in readers.items()
        }
    else:
        plain = "names of children" if language.formulation is Formulation.XPATH else "names, indexes and wildcards"
        way = f"read whole by the library (a path is more than {plain})"
        roots = load_roots(origin, path, language.formulation, shelf)
        found = None if roots is None else find_records(source, language, roots, path, shelf)
        if found is None:
            return None
        records = found
    try:
        first = load_rows(records, readers, raw, origin, request.references, shelf)
    except (NotScalarError, NameTwiceError, PathError):
        return None  # reported with its reference
    except (DocumentError, OSError) as error:
        report_document(origin, path, error, shelf)
        return None
    columns, empty = shape_columns(list(readers), name, shelf)
    if not first:
        warn_of_no_record(source, origin, path, shelf)
    else:
        warn_of_no_value(source, request.references, empty, first[0], origin, shelf)
    shelf.notes.append(f"{name}: {origin.path}, records of {iterator}, {way}")
    return SourceTable(name=name, label=origin.path, columns=columns, first_row=1, row_unit="record")


def language_of(source: LogicalSource) -> Language:
    """The language in which a source's references are written."""
    return Language(
        formulation=source.formulation, generation=source.generation, namespaces=source.namespaces,
        nulls=source.source.nulls or (),
    )  # fmt: skip


def load_roots(origin: FileSource, path: Path, formulation: Formulation, shelf: Shelf) -> list[Any] | None:
    """The parsed file, once for all logical sources that read it."""
    key = (path.resolve(), formulation)
    if key not in shelf.documents:
        try:
            shelf.documents[key] = read_document(path, formulation)
        except (DocumentError, OSError) as error:
            report_document(origin, path, error, shelf)
            return None
    return shelf.documents[key]


def report_document(origin: FileSource, path: Path, error: Exception, shelf: Shelf) -> None:
    """A document that breaks off or is refused: the file, the line, the parser's words."""
    blame_disk(error, origin.path)
    related: tuple[Related, ...] = ()
    where = ""
    if isinstance(error, DocumentError) and error.line:
        line, column = error.line, max(1, error.column or 1)
        where = f" (line {line}, column {column})"
        data = SourceText(origin.path, "")
        mark = Mark(source=data, line=line, column=column, end_line=line, end_column=column)
        related = (Related(mark=mark, message="here"),)
    fault = "has too much for the parser of XML" if isinstance(error, TooGreatError) else "is not well-formed"
    message = f"`{origin.path}` {fault}{where}: {str(error).strip().rstrip('.')}"
    with path.open("rb") as stream:
        hint = say_contents(origin, stream.read(8))
    if hint is None and isinstance(error, NotUtf8Error):
        hint = say_encoding(origin.mark)
    if isinstance(error, SeveralValuesError):
        hint = "is each line a record of its own (JSON Lines)? let the name end in `.jsonl`"
    if isinstance(error, TooGreatError):
        hint = "hostile files are so: no more is read; JSON and Parquet may have longer texts"
    shelf.tell("source-unreadable", origin.mark, message, hint, *related)


def compile_references(language: Language, references: Iterable[Reference], shelf: Shelf) -> dict[str, Values] | None:
    """A reader for each reference; a reference that is no path is reported at its mark."""
    readers: dict[str, Values] = {}
    good = True
    for reference in references:
        try:
            readers.setdefault(reference.text, language.refer(reference.text))
        except PathError as error:
            hint = None
            if language.formulation is Formulation.JSON_PATH and not reference.text.startswith(("$", "@", "[", ".")):
                hint = f"the name of a member that is no word stands in brackets: `{bracket_name(reference.text)}`"
            shelf.tell("map-path", reference.mark, word_path(reference.text, language.formulation, error), hint)
            good = False
    return readers if good else None


def word_path(text: str, formulation: Formulation, error: PathError) -> str:
    """The message of a path that cannot be read, or that the data do not let be followed."""
    return (
        f"`{text}` {'cannot be followed' if isinstance(error, TooDeepError) else f'is no {formulation.value}'}: {error}"
    )


def find_records(
    source: LogicalSource, language: Language, roots: list[Any], path: Path, shelf: Shelf
) -> Iterable[Any] | None:
    """The records that the iterator selects; over JSON Lines, `$[*]` means the lines."""
    iterator = source.iterator or "$"
    if path.suffix.lower() in LINES and iterator.startswith("$[*]"):
        iterator = "$" + iterator.removeprefix("$[*]")
    try:
        select = language.begin(iterator)
        return [record for root in roots for record in select(root)]
    except PathError as error:
        shelf.tell("map-path", source.mark, word_path(iterator, source.formulation, error))
    except NameTwiceError as error:
        report_twice(source, iterator, error, path, shelf)
    return None


def follow_json(source: LogicalSource, path: Path, steps: Steps, shelf: Shelf) -> Iterator[Any]:
    """The records of a JSON file one by one; a name that the iterator cannot follow is reported."""
    try:
        yield from stream_json(path, steps)
    except NameTwiceError as error:
        report_twice(source, source.iterator or "$", error, path, shelf)
        raise


def report_twice(source: LogicalSource, iterator: str, error: NameTwiceError, path: Path, shelf: Shelf) -> None:
    """An iterator that leads by a name that stands twice in one object."""
    message = f"`{iterator}` is {error} in `{path.name}`"
    shelf.tell("data-ambiguous", source.mark, message, "leave one of the two members out")


@dataclass(kw_only=True)
class ListColumn:
    """Lists of values as Arrow has them: all values in a row, and where each list ends."""

    ends: list[int] = field(default_factory=lambda: [0])
    texts: list[str] = field(default_factory=list)
    datatypes: list[str | None] = field(default_factory=list)

    def append(self, values: Iterable[Value]) -> None:
        for text, datatype in values:
            self.texts.append(text)
            self.datatypes.append(datatype)
        self.ends.append(len(self.texts))

    def to_arrow(self) -> Any:
        """Raises UnicodeEncodeError for half of a surrogate pair, which JSON can write and no text can hold."""
        import pyarrow as pa

        texts, datatypes = pa.array(self.texts, type=pa.string()), pa.array(self.datatypes, type=pa.string())
        items = pa.StructArray.from_arrays([texts, datatypes], names=["v", "d"])
        return pa.ListArray.from_arrays(pa.array(self.ends, type=pa.int32()), items)

    def find_torn(self) -> int:
        """The first list with half of a surrogate pair."""
        place = next(i for i, text in enumerate(self.texts) if any("\ud800" <= c <= "\udfff" for c in text))
        return bisect_right(self.ends, place) - 1


def load_rows(
    records: Iterable[Any],
    readers: dict[str, Values],
    name: str,
    origin: FileSource,
    references: Iterable[Reference],
    shelf: Shelf,
) -> list[Any]:
    """Fill the table *name* with lists of `{v, d}`, one list for each reference, batch by batch.

    Returns the first record, or what is kept of it; an empty list where there is none.
    """
    first: list[Any] = []
    marks = {r.text: r.mark for r in references}
    labels = [f"c{i}" for i in range(max(1, len(readers)))]
    declared = ", ".join(f"{label} STRUCT(v VARCHAR, d VARCHAR)[]" for label in labels)
    shelf.connection.execute(f"CREATE TEMP TABLE {quote_name(name)} ({declared})")
    columns = [ListColumn() for _ in labels]
    number = 0
    for record in records:  # read at once: of a stream, the next record takes the place of this one
        for (text, reader), column in zip(readers.items(), columns, strict=False):
            try:
                column.append(reader(record))
            except (NotScalarError, NameTwiceError) as error:
                code = "data-ambiguous" if isinstance(error, NameTwiceError) else "data-not-scalar"
                report_value(code, text, marks[text], str(error), number + 1, origin, shelf)
                raise
            except PathError as error:  # what depends on the document, such as a prefix within a condition
                shelf.tell("map-path", marks[text], word_path(text, Formulation.XPATH, error))
                raise
        if not readers:
            columns[0].append([])
        if not first:
            first.append(look_inside(record))
        number += 1
        if number % BATCH == 0:
            insert_batch(columns, number - BATCH, name, list(readers), marks, origin, shelf)
            columns = [ListColumn() for _ in labels]
    insert_batch(columns, number - number % BATCH, name, list(readers), marks, origin, shelf)
    return first


def insert_batch(
    columns: Sequence[ListColumn],
    start: int,
    name: str,
    texts: Sequence[str],
    marks: dict[str, Mark],
    origin: FileSource,
    shelf: Shelf,
) -> None:
    """A batch of records into the table; *start* records were before it."""
    import pyarrow as pa

    arrays = []
    for index, column in enumerate(columns):
        try:
            arrays.append(column.to_arrow())
        except UnicodeEncodeError:
            text, record = texts[index], start + column.find_torn() + 1
            report_value("data-not-scalar", text, marks[text], "half a character", record, origin, shelf)
            raise NotScalarError("half a character") from None
    batch = pa.record_batch(arrays, names=[f"c{i}" for i in range(len(arrays))])
    shelf.connection.register("incoming", batch)
    shelf.connection.execute(f"INSERT INTO {quote_name(name)} SELECT * FROM incoming")
    shelf.connection.unregister("incoming")


def report_value(code: str, text: str, mark: Mark, what: str, record: int, origin: FileSource, shelf: Shelf) -> None:
    """A value that is no text: which reference, which record."""
    hints = {"an array": f"select its items: `{text}[*]`", "an object": "select one of its members",
             "half a character": "write the whole character"}  # fmt: skip
    message = f"`{text}` is {what} in record {record} of `{origin.path}`"
    shelf.tell(code, mark, message, hints.get(what, "leave one of the two members out"))


def shape_columns(references: Sequence[str], name: str, shelf: Shelf) -> tuple[dict[str, TableColumn], frozenset[str]]:
    """The columns of the table *name*, made of `NAME_raw`, and the references that have no value in any row.

    Lists of one value at most become plain columns, which need no unnesting.
    """
    raw = quote_name(name + "_raw")
    asked = [
        f"max(len(c{i})), bool_or(len(list_filter(c{i}, lambda x: x.d IS NOT NULL)) > 0)"
        for i in range(len(references))
    ]
    [answers] = shelf.connection.execute(f"SELECT {', '.join(asked) or 0} FROM {raw}").fetchall()
    selected, columns = [], {}
    for i, text in enumerate(references):
        longest, typed = answers[2 * i] or 0, bool(answers[2 * i + 1])
        many = longest > 1
        if many:
            selected.append(f"c{i}" if typed else f"list_transform(c{i}, lambda x: x.v) AS c{i}")
        else:
            selected.append(f"c{i}[1].v AS c{i}" + (f", c{i}[1].d AS d{i}" if typed else ""))
        columns[text] = TableColumn(
            reference=text,
            name=f"c{i}",
            many=many,
            typed_items=many and typed,
            datatype_name=f"d{i}" if typed and not many else None,
        )
    shelf.connection.execute(
        f"CREATE TEMP TABLE {quote_name(name)} AS SELECT {', '.join(selected) or 'NULL AS none'} FROM {raw}"
    )
    shelf.connection.execute(f"DROP TABLE {raw}")
    return columns, frozenset(text for i, text in enumerate(references) if not answers[2 * i])
