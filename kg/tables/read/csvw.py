"""The CSVW description of a table in a mapping: dialect, missing values, names of columns.

Source: https://www.w3.org/TR/tabular-metadata/#dialect-descriptions.
"""

from __future__ import annotations

import pyoxigraph as ox

from kg.rdf.turtle.document import MarkedTerm
from kg.tables.read.reader import Reader, read_list, term_text
from kg.tables.rml import Dialect, FileSource, Source
from kg.tables.vocabulary import CSVW
from kg.text.diagnostic import Mark, did_you_mean
from kg.text.findings import Findings

TRUTHS = {"true": True, "1": True, "false": False, "0": False}
TRIMS = ("true", "false", "start", "end")
# what a dialect may say; all rows end with LF, CR or both
WORDS = (
    "commentPrefix", "delimiter", "doubleQuote", "encoding", "header", "headerRowCount", "lineTerminators",
    "quoteChar", "skipBlankRows", "skipColumns", "skipInitialSpace", "skipRows", "trim",
)  # fmt: skip


def read_character(text: str) -> str | None:
    """The character that a delimiter or a quote is, `\\t` among them; None for what is more than one or ends a line.

    >>> [read_character(text) for text in (";", "\\\\t", "||", "\\n", "")]
    [';', '\\t', None, None, None]
    """
    text = text.replace("\\t", "\t")
    return text if len(text) == 1 and text not in {"\n", "\r"} else None


def check_delimiter(findings: Findings, dialect: Dialect, mark: Mark) -> None:
    """A mistake where the delimiter of a dialect is its quote too."""
    if dialect.delimiter == dialect.quote:
        message = f"`{dialect.delimiter}` is the delimiter and the quote around values"
        findings.tell("map-dialect", mark, message, "let one of them be another character")


class DialectReader:
    """The options of one dialect; a value that an option cannot have is reported at its place."""

    def __init__(self, reader: Reader, node: MarkedTerm) -> None:
        self.reader, self.node = reader, node

    def find(self, name: str) -> tuple[str, Mark] | None:
        found = self.reader.one(self.node, CSVW + name)
        if found is None:
            return None
        text = self.reader.check_text(found, CSVW + name)
        return None if isinstance(found.term, ox.BlankNode) else (text, found.mark)

    def refuse(self, name: str, value: str, mark: Mark, wanted: str) -> None:
        self.reader.tell("map-dialect", mark, f"`{value}` is no `csvw:{name}`", f"write {wanted}")

    def flag(self, name: str, *, default: bool) -> bool:
        found = self.find(name)
        if found is None:
            return default
        if found[0] not in TRUTHS:
            self.refuse(name, *found, "true or false")
        return TRUTHS.get(found[0], default)

    def number(self, name: str) -> int | None:
        found = self.find(name)
        if found is None:
            return None
        if not (found[0].isascii() and found[0].isdigit()):
            self.refuse(name, *found, "a number of rows")
            return None
        return int(found[0])

    def character(self, name: str, default: str) -> str:
        """One character; an empty text stands for none."""
        found = self.find(name)
        if found is None:
            return default
        if not found[0] and name != "delimiter":
            return ""
        if (text := read_character(found[0])) is None:
            self.refuse(name, *found, "one character")
            return default
        return text

    def trim(self) -> str:
        """Which white space is taken off; `skipInitialSpace` means that before a value."""
        found = self.find("trim")
        if found is None:
            return "start" if self.flag("skipInitialSpace", default=False) else "false"
        if found[0] not in TRIMS:
            self.refuse("trim", *found, "true, false, start or end")
            return "false"
        return found[0]

    def refuse_unknown(self) -> None:
        """A misspelt option, or one that would do nothing."""
        for statement in self.reader.graph.about(self.node.term):
            word = statement.predicate.removeprefix(CSVW)
            if word != statement.predicate and word not in WORDS:
                hint = did_you_mean(word, WORDS) or f"a dialect has {', '.join(WORDS)}"
                message = f"a CSVW dialect has no property `{word}`"
                self.reader.tell("map-property", statement.written.mark, message, hint)
        for each in self.reader.graph.objects(self.node.term, CSVW + "lineTerminators"):
            text = term_text(each.term).replace("\\r", "\r").replace("\\n", "\n")
            if isinstance(each.term, ox.Literal) and text not in {"\r\n", "\n", "\r"}:
                message = f"`csvw:lineTerminators` with `{term_text(each.term)}` is not supported"
                self.reader.tell("map-unsupported", each.mark, message, "rows end with LF, CR or both")
        if (found := self.find("skipColumns")) and found[0] != "0":
            self.reader.tell("map-unsupported", found[1], "`csvw:skipColumns` is not supported", "remove it")


def read_dialect(reader: Reader, node: MarkedTerm) -> tuple[Dialect, str | None]:
    """The CSVW dialect of a table, and its encoding."""
    columns = column_names(reader, node)
    found = reader.one(node, CSVW + "dialect")
    if found is None:
        return Dialect(columns=columns), None
    said = DialectReader(reader, found)
    said.refuse_unknown()
    header, rows = said.flag("header", default=True), said.number("headerRowCount")
    prefix, encoding = said.find("commentPrefix"), said.find("encoding")
    dialect = Dialect(
        delimiter=said.character("delimiter", ","),
        quote=said.character("quoteChar", '"') or None,
        doubled_quote=said.flag("doubleQuote", default=True),
        header=header and rows != 0,
        header_rows=rows if rows is not None else 1,
        skip_rows=said.number("skipRows") or 0,
        trim=said.trim(),
        skip_blank=said.flag("skipBlankRows", default=False),
        comment=(prefix[0] or None) if prefix else None,
        columns=columns,
    )
    check_delimiter(reader, dialect, (said.find("delimiter") or said.find("quoteChar") or ("", found.mark))[1])
    return dialect, encoding[0].lower() if encoding and encoding[0] else None


def tell_unread_dialect(reader: Reader, node: MarkedTerm, source: Source, used: tuple[str, ...] | None) -> None:
    """Warnings for what a CSVW table says and its *source* is not read by; *used* of a dialect (None: all)."""
    if used is None or not isinstance(source, FileSource):
        return
    for inner in reader.graph.objects(node.term, "path"):
        if reader.is_described(inner.term) and inner.term != node.term:
            tell_unread_dialect(reader, inner, source, used)
            return
    said = [s for d in reader.graph.objects(node.term, CSVW + "dialect") for s in reader.graph.about(d.term)]
    if "header" not in used:  # the schema names the columns of files without a header
        said += [s for s in reader.graph.about(node.term) if s.predicate == CSVW + "tableSchema"]
    for statement in said:
        word = statement.predicate.removeprefix(CSVW)
        if word in {*WORDS, "tableSchema"} and word not in used:
            message = f"`csvw:{word}` has no use: `{source.path}` is not read as delimited text"
            reader.tell("map-unread", statement.written.mark, message, "remove it")


def column_names(reader: Reader, node: MarkedTerm) -> tuple[str, ...]:
    """The names that a table's schema gives its columns: `csvw:tableSchema [ csvw:column ( ... ) ]`."""
    schema = reader.one(node, CSVW + "tableSchema")
    if schema is None or (first := reader.one(schema, CSVW + "column")) is None:
        return ()
    names: list[str] = []
    for item in read_list(reader, first):
        words = [reader.text(item, CSVW + word) for word in ("name", "title")]
        names.append(next((w for w in words if w), f"_col.{len(names) + 1}"))
    return tuple(names)


def read_nulls(reader: Reader, node: MarkedTerm) -> tuple[str, ...]:
    """The texts that a CSVW table takes for missing values."""
    return tuple(reader.check_text(n, CSVW + "null") for n in reader.graph.objects(node.term, CSVW + "null"))
