"""CSV and TSV → a table, read by DuckDB's own parallel reader."""

from __future__ import annotations

import csv
import io
import mmap
import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import IO, Any

from kg.tables.columns import SourceTable, TableColumn
from kg.tables.engine.failure import give_reason
from kg.tables.engine.macros import quote_name, quote_text
from kg.tables.rml import Dialect, FileSource
from kg.tables.sources.blanks import refuse_blank
from kg.tables.sources.csvfaults import LONGEST_ROW, ReadFile, explain_csv_error
from kg.tables.sources.quoting import ends_quoted
from kg.tables.sources.shelf import Shelf, SourceRequest
from kg.tables.vocabulary import Generation
from kg.tables.wording import say_contents, say_encoding
from kg.text.diagnostic import KgError

NEVER = "\x01\x02never"  # a text that no file holds: DuckDB then keeps empty values as empty texts
USUAL_ROW = 1 << 22  # bytes; the reader cuts a file for its threads only where rows are no longer
TRIMS = {"true": "trim", "start": "ltrim", "end": "rtrim"}
BLANKS = " \t\r\n"  # white space of XML, which a dialect may trim
BLANKS_SQL = "' ' || chr(9) || chr(10) || chr(13)"
BLOCK = 1 << 18  # bytes
LINE_END = re.compile(r"\r\n|\r|\n")
MOST_HEADER = 1 << 20  # bytes read to find the names of the columns


def open_delimited(request: SourceRequest, origin: FileSource, path: Path, shelf: Shelf) -> SourceTable | None:
    """The table of a delimited file, with the referenced columns only.

    Without `rml:null`, an empty value is an empty text in today's RML (RML-IO §null) and no value in the
    older generation, as its engines have it.
    """
    import duckdb

    dialect = origin.dialect
    if path.suffix.lower() in {".tsv", ".tab"} and dialect == Dialect(columns=dialect.columns):
        dialect = Dialect(delimiter="\t", columns=dialect.columns)
    head = read_head(path, dialect, origin, shelf)
    if head is None:
        return None
    is_line = head.plain and dialect.header and head.first_row == 2 and head.row_end.endswith("\n")
    alphabet, height = find_alphabet(path, header=1 if is_line else 0)
    if 0 in alphabet and refuse_nul(path, origin, shelf):
        return None
    names, written = head.names, path
    if not head.plain:
        path = blank_out(path, dialect, head, shelf)
    if ord(" ") in alphabet and refuse_blank(path, dialect, int(head.begins_blank), origin, shelf):
        return None
    nulls = origin.nulls or (("",) if request.source.generation is not Generation.RML else ())
    # what is trimmed is compared when it is, and a row of texts that mean no value is not blank
    is_later = dialect.trim in TRIMS or dialect.skip_blank
    at_once = () if is_later else tuple(n for n in nulls if not holds_signs(n, dialect))
    later = tuple(n for n in nulls if n not in at_once)
    wanted = request.texts
    if refuse_twice(wanted, head.titles, origin, shelf):
        return None
    places = {title: i for row in head.titles for i, title in reversed(list(enumerate(row)))}
    columns = {title: TableColumn(reference=title, name=f"c{i}") for title, i in places.items()}
    chosen = [(i, n) for i, n in enumerate(names) if any(places.get(w) == i for w in wanted)] or [(0, names[0])]
    selected = ", ".join(f"{without(trimmed(f'c{i}', dialect), later)} AS c{i}" for i, _ in chosen)
    blank = " AND ".join(f"coalesce({trimmed(f'c{i}', dialect)}, '') = ''" for i in range(len(names)))
    wanted_rows = f" WHERE NOT ({blank})" if dialect.skip_blank else ""
    table = SourceTable(
        name=request.name,
        label=origin.path,
        columns=columns,
        first_row=head.first_row,
        alphabet=within_values(alphabet, dialect),
    )
    header = "first line" if head.plain and dialect.header else "none"
    for longest in (USUAL_ROW, LONGEST_ROW):
        call = reader_call(path, dialect, len(names), at_once or (NEVER,), header, longest, head.line_end)
        try:
            [(rows,)] = shelf.connection.execute(
                f"CREATE TEMP TABLE {quote_name(table.name)} AS SELECT {selected} FROM {call}{wanted_rows}"
            ).fetchall()
            break
        except (duckdb.OutOfMemoryException, duckdb.IOException) as error:
            raise KgError(f"`{origin.path}` could not be read: {give_reason(error)}") from error
        except duckdb.Error as error:
            if longest == LONGEST_ROW or "Maximum line size" not in str(error):
                read = ReadFile(path=path, dialect=dialect, before=int(head.begins_blank))
                shelf.add([explain_csv_error(error, origin, read)])
                return None
    shelf.notes.append(f"{request.name}: {origin.path}, read by DuckDB, columns {', '.join(n for _, n in chosen)}")
    if height == rows + head.first_row - 1:
        return table
    return replace(table, lines=RowLines(path=written, dialect=dialect, rows=rows))


def refuse_twice(wanted: Iterable[str], titles: Sequence[Sequence[str]], origin: FileSource, shelf: Shelf) -> bool:
    """True, with a diagnostic, for a reference that is a title of two columns, perhaps in two rows of the header."""
    for each in wanted:
        if len({place for row in titles for place, title in enumerate(row) if title == each}) > 1:
            message = f"`{origin.path}` has two columns `{each}`"
            shelf.tell("source-columns", origin.mark, message, "rename one of the two")
            return True
    return False


def trimmed(column: str, dialect: Dialect) -> str:
    """SQL for a column without the white space that its dialect trims."""
    call = TRIMS.get(dialect.trim)
    return f"{call}({column}, {BLANKS_SQL})" if call else column


def holds_signs(text: str, dialect: Dialect) -> bool:
    """Whether a text holds what a row is written with: the reader then knows it only as a value."""
    signs = {dialect.delimiter, dialect.quote or "", "\n", "\r", "" if dialect.doubled_quote else "\\"} - {""}
    return any(sign in text for sign in signs)


def without(value: str, nulls: tuple[str, ...]) -> str:
    """SQL for a value that is none where it is one of *nulls*."""
    for null in nulls:
        value = f"nullif({value}, {quote_text(null)})"
    return value


@dataclass(frozen=True, kw_only=True)
class RowLines:
    """Where the *rows* of a file stand, of which some go over several lines, or have others between them."""

    path: Path
    dialect: Dialect
    rows: int

    def line_of(self, row: int) -> int | None:
        return self.begins[row] if self.are_known else None

    @property
    def are_known(self) -> bool:
        """Whether as many rows are found as there are."""
        return len(self.begins) == self.rows

    @property
    def begins(self) -> array[int]:
        """The line in which each row of values begins."""
        return self.found[0]

    @property
    def height(self) -> int:
        """How many lines the file has."""
        return self.found[1]

    @cached_property
    def found(self) -> tuple[array[int], int]:
        """The line in which each row of values begins, and the number of lines."""
        found, line, dialect = array("L"), 1, self.dialect
        with self.path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as stream:
            for kind, row in find_rows(stream, dialect):
                if kind == "values" and not (dialect.skip_blank and is_blank(row, dialect)):
                    found.append(line)
                line += max(1, len(LINE_END.findall(row)))
        return found, line - 1


def is_blank(row: str, dialect: Dialect) -> bool:
    """Whether all cells of a row are empty texts."""
    cells = csv.reader(io.StringIO(row, newline=""), **csv_options(dialect))
    return not any(trim_text(cell, dialect) for row in cells for cell in row)


def find_alphabet(path: Path, header: int = 0) -> tuple[frozenset[int], int]:
    """Every byte that a file holds, but for its byte-order mark; and the number of its lines.

    What a file does not hold needs no escape: a tenth of the CPU (1.18 s, not 1.30, for a feed of 300,000 rows).
    Its first line, where it is a *header* (1, else 0), does not count, but for a NUL.
    """
    found, ends, last = b"", 0, b"\n"
    with path.open("rb") as stream:
        titles = stream.readline() if header else b""
        ends, last = titles.count(b"\n"), titles[-1:] or last
        found = b"\0" if b"\0" in titles else b""
        block = stream.read(BLOCK)
        block = block if titles else block.removeprefix(b"\xef\xbb\xbf")
        while block:
            ends, last = ends + block.count(b"\n"), block[-1:]
            while block := block.translate(None, found):
                found += bytes(set(block[:4096]))
            block = stream.read(BLOCK)
    return frozenset(found), ends + (last != b"\n")


def within_values(alphabet: frozenset[int], dialect: Dialect) -> frozenset[int]:
    """The bytes of a file that its values may hold: where nothing is quoted, they hold no delimiter and no line end.

    >>> sorted(bytes([c]) for c in within_values(frozenset(b"ab,\\n"), Dialect()))
    [b'a', b'b']
    """
    quoting = f"{dialect.quote or ''}{'' if dialect.doubled_quote else chr(92)}".encode()
    if alphabet.intersection(quoting) or len(dialect.delimiter.encode()) != 1:
        return alphabet
    return alphabet - {*b"\n", *dialect.delimiter.encode()}


def reader_call(
    path: Path, dialect: Dialect, width: int, nulls: tuple[str, ...], header: str, longest: int, line_end: str | None
) -> str:
    """`read_csv(...)` with everything said and nothing guessed: what is guessed may be guessed wrong.

    The *line end* is said where the first row holds others in its values, of which the reader would take the first.
    """
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(width))
    quote = dialect.quote or ""
    escape = quote if dialect.doubled_quote else "\\"
    options = [
        quote_text(str(path)),
        "auto_detect=false",
        "compression='none'",  # else DuckDB takes it from the ending: whatever was packed lies unpacked
        f"columns={{{columns}}}",
        f"header={str(header == 'first line').lower()}",
        f"delim={quote_text(dialect.delimiter)}",
        f"quote={quote_text(quote)}",
        f"escape={quote_text(escape if quote else '')}",
        f"nullstr=[{', '.join(quote_text(n) for n in nulls)}]",
        "strict_mode=true",
        f"max_line_size={longest}",
        *([f"new_line={quote_text(repr(line_end)[1:-1])}"] if line_end else []),
    ]
    return f"read_csv({', '.join(options)})"


@dataclass(frozen=True, kw_only=True)
class Head:
    """What a file begins with: the *names* of its columns and the line of its *first row* of values.

    *plain*: nothing but a header line, or nothing at all, stands before the values or between them, and the reader
    knows how its rows end. *titles* are the cells of each row of the header, of which the last has the names: all of
    them name their columns (CSVW, headerRowCount). *row_end* is how its rows end, the first of which may be *mixed*:
    hold other line ends in its values.
    """

    names: list[str]
    titles: list[list[str]]
    row_end: str
    mixed: bool
    first_row: int
    plain: bool

    @property
    def line_end(self) -> str | None:
        """What has to be said to the reader, which takes the first line end that it sees; CR LF it takes for none."""
        return self.row_end if self.mixed and self.row_end != "\r\n" else None

    @property
    def begins_blank(self) -> bool:
        """Whether a blank line has to show the reader how rows end, before the first one shows something else."""
        return self.mixed and self.row_end == "\r\n" and self.first_row == 1


def read_head(path: Path, dialect: Dialect, origin: FileSource, shelf: Shelf) -> Head | None:
    """The names of the columns: from the header, the schema, or `_col.1`, `_col.2` ... (CSVW §annotating tables)."""
    try:
        with path.open("rb") as stream:
            head = stream.read(MOST_HEADER)
    except OSError as error:
        raise KgError(f"`{origin.path}` could not be read: {error.strerror}") from error
    try:
        text = head.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 4 or len(head) < MOST_HEADER:
            shelf.tell(
                "source-encoding",
                origin.mark,
                f"`{origin.path}` is not UTF-8 (byte {error.start + 1})",
                say_contents(origin, head) or say_encoding(origin.mark),
            )
            return None
        text = head[: error.start].decode("utf-8-sig")
    if not text.strip():
        shelf.tell(
            "source-empty",
            origin.mark,
            f"`{origin.path}` is empty",
            "a CSV file begins with the names of its columns",
        )
        return None
    line, headers, values = 1, [""], ""
    kinds: list[str] = []
    for kind, row in find_rows(io.StringIO(text, newline=""), dialect):
        if kind == "values":
            values = row
            break
        if kind == "header":
            headers.append(row)
        kinds.append(kind)
        line += max(1, len(LINE_END.findall(row)))
    try:
        rows = headers[1:] or headers if dialect.header else [values]
        cells = [next(csv.reader(io.StringIO(row, newline=""), **csv_options(dialect))) for row in rows]
    except (csv.Error, StopIteration) as error:
        reason = f": {error}" if str(error) else ""
        shelf.tell("source-unreadable", origin.mark, f"`{origin.path}` has no header{reason}")
        return None
    is_alone = not dialect.comment and kinds == (["header"] if dialect.header else [])
    if dialect.header:
        titles = [[trim_text(n, dialect) for n in row] for row in cells]
    else:
        titles = [name_columns(len(cells[0]), dialect)]
    ends = LINE_END.findall(headers[1] if is_alone and dialect.header else values or headers[-1]) or ["\n"]
    is_mixed = len(set(ends)) > 1
    is_plain = is_alone and not (is_mixed and ends[-1] == "\r\n")
    return Head(names=titles[-1], titles=titles, row_end=ends[-1], mixed=is_mixed, first_row=line, plain=is_plain)


def name_columns(width: int, dialect: Dialect) -> list[str]:
    """The names of columns in a file without a header: those that the schema gives."""
    return [*dialect.columns, *(f"_col.{i}" for i in range(len(dialect.columns) + 1, width + 1))][:width]


def csv_options(dialect: Dialect) -> dict[str, Any]:
    """The dialect as options of the standard library's reader."""
    if not dialect.quote:
        return {"delimiter": dialect.delimiter, "quoting": csv.QUOTE_NONE}
    escape = None if dialect.doubled_quote else "\\"
    return {
        "delimiter": dialect.delimiter,
        "quotechar": dialect.quote,
        "doublequote": dialect.doubled_quote,
        "escapechar": escape,
        "skipinitialspace": dialect.trim in {"true", "start"},
    }


def trim_text(text: str, dialect: Dialect) -> str:
    """A name without the white space that its dialect trims."""
    calls = {"true": str.strip, "start": str.lstrip, "end": str.rstrip}
    return calls[dialect.trim](text, BLANKS) if dialect.trim in calls else text


def find_rows(stream: IO[str], dialect: Dialect) -> Iterator[tuple[str, str]]:
    """Every row as it is written, with its line end, and what it is: skipped, comment, blank, header or values.

    The first rows are skipped as lines: what stands there need not be CSV.
    """
    skip, headers = dialect.skip_rows, (dialect.header_rows if dialect.header else 0)
    for line in stream:
        row = line
        if skip:
            skip -= 1
            yield "skipped", row
        elif not row.strip("\r\n"):
            yield "blank", row
        elif dialect.comment and row.startswith(dialect.comment):
            yield "comment", row
        else:
            lines = [row]
            within = ends_quoted(row, dialect, inside=False)
            while within and (more := stream.readline()):
                lines.append(more)
                within = ends_quoted(more, dialect, inside=True)
            row = "".join(lines)
            yield ("header" if headers else "values"), row
            headers = max(0, headers - 1)


def blank_out(path: Path, dialect: Dialect, head: Head, shelf: Shelf) -> Path:
    """A copy with blank lines in the place of all that is no row of values: DuckDB passes over them.

    (Its own `skip`, `comment` and `header`, used together, lose rows, and it takes a comment within a row for one.)
    """
    copy = shelf.name_file(path.name)
    with (
        path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as stream,
        copy.open("w", encoding="utf-8", errors="surrogateescape", newline="") as out,
    ):
        out.write(head.row_end if head.begins_blank else "")
        for kind, row in find_rows(stream, dialect):
            out.write(row if kind == "values" else head.row_end * len(LINE_END.findall(row)))
    return copy


def refuse_nul(path: Path, origin: FileSource, shelf: Shelf) -> bool:
    """True, with a diagnostic, where the file holds a NUL: it is no text, or was cut off by a crash."""
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        found = data.find(b"\0")
        if found < 0:
            return False
        line = data[:found].count(b"\n") + 1
        head = data[:8]
    shelf.tell(
        "source-unreadable",
        origin.mark,
        f"`{origin.path}` holds a NUL in line {line}",
        say_contents(origin, head) or "is it a text file, and whole?",
    )
    return True
