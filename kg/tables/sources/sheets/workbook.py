"""The parts of a workbook: of which format a file is, and which part holds which sheet.

What the ending of its name says does not count: the reader of workbooks does not go by it where it is in capitals.
Names of parts are found in whatever case, as that reader finds them.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import IO, Any

from kg.tables.sources.files import open_zip

_DOCUMENT = "/relationships/officeDocument"  # how the type of the main part ends, be it strict or transitional

ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}  # fmt: skip
UNKNOWN = "#ERROR!"


class BrokenWorkbookError(ValueError):
    """A workbook whose parts are not what the format demands."""


class Format(Enum):
    """The format of a workbook's file."""

    EXCEL = "xlsx"
    BINARY = "xlsb"
    OPENDOCUMENT = "ods"
    OLD = "xls"  # before 2007: no archive


def find_format(path: Path) -> Format:
    """The format of a workbook. Raises BadZipFile for an archive that is none."""
    if not zipfile.is_zipfile(path):
        return Format.OLD
    with open_zip(path) as archive:
        names = list_parts(archive)
    if "content.xml" in names:
        return Format.OPENDOCUMENT
    if any(name.rsplit("/", 1)[-1] == "workbook.xml" for name in names):
        return Format.EXCEL
    return Format.BINARY if any(name.endswith(".bin") for name in names) else Format.EXCEL


def list_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """The names of an archive's files by their names in small letters."""
    return {name.replace("\\", "/").lower(): name for name in archive.namelist()}


@dataclass(frozen=True, kw_only=True, slots=True)
class Book:
    """The main part of a workbook of Excel: its name, its folder, what it refers to, and all parts by their names."""

    kind: Format
    part: str
    folder: str
    relations: list[dict[str, str]]
    parts: dict[str, str]

    def find_target(self, relation: dict[str, str]) -> str | None:
        """The part that a relation leads to."""
        target = relation["Target"]
        return self.parts.get((target.lstrip("/") if target.startswith("/") else self.folder + target).lower())

    def find_related(self, kind: str) -> str | None:
        """The first part that a relation leads to whose type ends in *kind*."""
        return next((self.find_target(each) for each in self.relations if each["Type"].endswith(kind)), None)


def find_book(archive: zipfile.ZipFile, kind: Format) -> Book | None:
    """The main part of a workbook of Excel."""
    parts = list_parts(archive)
    folder = find_folder(archive, parts) if kind is Format.EXCEL else "xl/"
    part = parts.get(f"{folder}workbook.{'xml' if kind is Format.EXCEL else 'bin'}".lower())
    if part is None:
        return None
    relations = parts.get(f"{folder}_rels/{part.replace(chr(92), '/').rsplit('/', 1)[-1]}.rels".lower())
    found = [] if relations is None else read_relations(archive, relations)
    return Book(kind=kind, part=part, folder=folder, relations=found, parts=parts)


def list_sheets(archive: zipfile.ZipFile, kind: Format) -> dict[str, str]:
    """The part that holds each sheet of Excel, by the sheet's name; sheets without a part are left out."""
    book = find_book(archive, kind)
    if book is None:
        return {}
    relations = {each["Id"]: each for each in book.relations}
    is_xml = kind is Format.EXCEL
    sheets: dict[str, str] = {}
    for name, relation in name_sheets(archive, book.part) if is_xml else name_binary_sheets(archive.read(book.part)):
        part = book.find_target(relations[relation]) if relation in relations else None
        if part is not None:
            sheets.setdefault(name, part)
    return sheets


def find_folder(archive: zipfile.ZipFile, parts: dict[str, str]) -> str:
    """The folder of the main part, which is `xl/` nearly always."""
    folder = "xl/"
    if "_rels/.rels" in parts:
        for each in read_relations(archive, parts["_rels/.rels"]):
            if each["Type"].endswith(_DOCUMENT):
                folder = each["Target"][: each["Target"].rfind("/") + 1].removeprefix("/")
    return folder


def read_xml(archive: zipfile.ZipFile, part: str) -> Any:
    """The root element of a part. Raises BrokenWorkbookError."""
    from lxml import etree

    with blame_xml(part):
        return etree.fromstring(archive.read(part))


def read_relations(archive: zipfile.ZipFile, part: str) -> list[dict[str, str]]:
    """The relations that a part lists, each with all of `Id`, `Type` and `Target`."""
    found = read_xml(archive, part).iter("{*}Relationship")
    return [{key: each.get(key, "") for key in ("Id", "Type", "Target")} for each in found]


def name_sheets(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[str, str]]:
    """The name of each sheet that a workbook has, and the relation of its part."""
    for each in read_xml(archive, part).iter("{*}sheet"):
        relation = next((v for k, v in each.attrib.items() if str(k).rpartition("}")[2] == "id"), "")
        yield each.get("name", ""), str(relation)


BUNDLE = 156  # a sheet in a binary workbook (MS-XLSB, 2.4.304): its state and number, then two texts


def name_binary_sheets(book: bytes) -> Iterator[tuple[str, str]]:
    """The sheets of a binary workbook (.xlsb): the name of each, and the relation that leads to its part."""
    import io

    for kind, body in read_records(io.BytesIO(book)):
        if kind == BUNDLE:
            relation, rest = read_wide(body, 8)
            name, _ = read_wide(body, rest)
            yield name, relation


def read_wide(body: bytes, place: int) -> tuple[str, int]:
    """A text of a binary record, and where it ends; a missing one has the greatest of lengths (MS-XLSB, 2.5.169)."""
    length = int.from_bytes(body[place : place + 4], "little")
    end = place + 4 + (0 if length == 0xFFFFFFFF else 2 * length)
    return body[place + 4 : end].decode("utf-16-le", "replace"), end


def read_records(stream: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """The records of a binary part: a number and a body (MS-XLSB, 2.1.4)."""
    import io

    buffered = io.BufferedReader(stream, 1 << 20)  # type: ignore[type-var]
    while (kind := read_number(buffered, 2)) is not None and (size := read_number(buffered, 4)) is not None:
        yield kind, buffered.read(size)


def read_number(stream: IO[bytes] | Any, most: int) -> int | None:
    """A number of seven bits a byte, the lowest first, of *most* bytes; None at the end."""
    number = 0
    for place in range(most):
        byte = stream.read(1)
        if not byte:
            return None
        number |= (byte[0] & 0x7F) << (7 * place)
        if byte[0] < 0x80:
            break
    return number


def iterate_xml(stream: IO[bytes], part: str, tags: Iterable[str]) -> Iterator[tuple[str, Any]]:
    """The elements with some *tags* in a part of any size, where they begin (`start`) and where they `end`."""
    from lxml import etree

    with blame_xml(part):
        yield from etree.iterparse(
            stream, events=("start", "end"), tag=tuple(tags), resolve_entities=False, huge_tree=True
        )


@contextmanager
def blame_xml(part: str) -> Iterator[None]:
    """XML that is not well-formed is a mistake of the workbook. Raises BrokenWorkbookError."""
    from lxml import etree

    try:
        yield
    except etree.XMLSyntaxError as error:
        text = str(error).split("\n")[0].rpartition(" (<string>")[0] or str(error)
        raise BrokenWorkbookError(f"`{part}` is not well-formed: {text}") from error
