"""The language that a mapping is written in, so that what is said of it speaks that language."""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection

from kg.tables.rml import FileSource
from kg.text.diagnostic import Mark

NO_VALUE = 'null: ""'
YARRRML_ENDINGS = (".yml", ".yaml", ".yarrrml")
# what a file may begin with, the kind that begins so, and the ending of its name
SIGNS = (
    (b"\x1f\x8b", "gzip", ".gz"),
    (b"PK\x03\x04", "a workbook or a zip archive", ".xlsx, .ods, .zip"),
    (b"\xd0\xcf\x11\xe0", "a workbook of old Excel", ".xls"),
    (b"\x28\xb5\x2f\xfd", "zstd", ".zst"),
    (b"BZh", "bzip2", ".bz2"),
    (b"\xfd7zXZ", "xz", ".xz"),
    (b"PAR1", "Parquet", ".parquet"),
    (b"ARROW1", "Arrow", ".arrow"),
)
UNPACKED = {"gzip": "gzip -dc", "zstd": "zstd -dc", "bzip2": "bzip2 -dc", "xz": "xz -dc"}  # by commands of the shell


def is_yarrrml(name: str) -> bool:
    """Whether a mapping of that file name is YARRRML; any other is RML in Turtle.

    >>> is_yarrrml("people.yarrrml.yaml"), is_yarrrml("people.rml.ttl")
    (True, False)
    """
    return name.lower().endswith(YARRRML_ENDINGS)


def show_node(name: str, mark: Mark) -> str:
    """A node of a mapping as it is written at its *mark*: the label of a blank node, its *name*, is the reader's own.

    >>> from kg.text.diagnostic import SourceText, mark_of_file
    >>> show_node("_:b7", mark_of_file(SourceText("m.ttl", "[ a <x> ] .")))
    '[ ... ]'
    """
    if not name.startswith("_:"):
        return name
    written = mark.source.text.split("\n")[mark.line - 1][mark.column - 1 :]
    label = re.match(r"_:[^\s;,.)\]]+", written)
    return label[0] if label else "( ... )" if written.startswith("(") else "[ ... ]"


def choose_words(mark: Mark, rml: str, yarrrml: str) -> str:
    """The words for whoever wrote the mapping in which *mark* lies.

    >>> from kg.text.diagnostic import SourceText, mark_of_file
    >>> choose_words(mark_of_file(SourceText("m.yml", "")), "add `rml:source`", "add `sources`")
    'add `sources`'
    """
    return yarrrml if is_yarrrml(mark.source.name) else rml


def write_source(key: str, kind: str = "csv") -> str:
    """A source of YARRRML with a further key, as it can be written: one that is a list has no place for keys.

    >>> write_source('null: ""')
    '`null: ""` of the source, as in `{access: FILE, referenceFormulation: csv, null: ""}`'
    """
    return f"`{key}` of the source, as in `{{access: FILE, referenceFormulation: {kind}, {key}}}`"


def say_encoding(mark: Mark, likely: str = "windows-1252") -> str:
    """How the mapping in which *mark* lies names the encoding of a source, such as a *likely* one."""
    named = f"name its encoding: {write_source(f'encoding: {likely}', '...')}"
    return choose_words(mark, "name its encoding with `rml:encoding`", named)


def find_kind(head: bytes) -> tuple[str, str] | None:
    """The kind of a file by its first bytes, and the endings of names that go with it; None for what may be a text."""
    return next(((what, ending) for signs, what, ending in SIGNS if head.startswith(signs)), None)


def say_contents(origin: FileSource, head: bytes) -> str | None:
    """What to do with a file that is no text in UTF-8, where its first bytes (*head*) tell what it is.

    >>> from kg.text.diagnostic import SourceText, mark_of_file
    >>> file, stream = (FileSource(path=path, mark=mark_of_file(SourceText("m.yml", ""))) for path in ("a.csv", "-"))
    >>> say_contents(file, b"PAR1....")
    'it begins as Parquet does: let its name end so (`.parquet`)'
    >>> say_contents(stream, b"BZh91AY")
    'it begins as bzip2 does: unpack it on its way (`bzip2 -dc`)'
    """
    if found := find_kind(head):
        what, ending = found
        if not origin.is_standard_input:
            return f"it begins as {what} does: let its name end so (`{ending}`)"
        if what in UNPACKED:
            return f"it begins as {what} does: unpack it on its way (`{UNPACKED[what]}`)"
        return f"it begins as {what} does: put it into a file whose name ends so (`{ending}`)"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in head[:2]:
        return f"it looks like UTF-16: {say_encoding(origin.mark, 'utf-16')}"
    return None


def say_delimiter(mark: Mark, reference: str, columns: Collection[str]) -> str | None:
    """A hint where the only column of a table holds a *reference* among others, parted by another delimiter.

    >>> from kg.text.diagnostic import SourceText, mark_of_file
    >>> say_delimiter(mark_of_file(SourceText("m.yml", "")), "name", ["id;name"])  # doctest: +ELLIPSIS
    'is `;` the delimiter? say `delimiter: ";"` of the source, as in `{access: FILE, ...
    """
    for sign, written in ((";", ";"), ("\t", "\\t"), ("|", "|"), (",", ",")):
        if len(columns) == 1 and any(reference in column.split(sign) for column in columns):
            rml, yarrrml = f'`csvw:delimiter "{written}"` in its dialect', write_source(f'delimiter: "{written}"')
            said = choose_words(mark, rml, yarrrml)
            return f"is `{written}` the delimiter? say {said}"
    return None


def say_base(mark: Mark) -> str:
    """How the mapping in which *mark* lies gets a base."""
    rml = "give a base with `--base`, `rml:baseIRI` or `@base`"
    return choose_words(mark, rml, "write whole IRIs, with a prefix perhaps: `ex:$(id)`; or give a base with `--base`")


def say_empty(mark: Mark) -> str:
    """How the mapping in which *mark* lies says that an empty cell is no value."""
    key = choose_words(mark, 'say `rml:null ""` of the source', f"say {write_source(NO_VALUE)}")
    return f"an empty cell is a value, the empty text: {key}"
