"""The parts of a workbook: of which format a file is, and which part holds which sheet.

What the ending of its name says does not count: the reader of workbooks does not go by it where it is in capitals.
Names of parts are found in whatever case, as that reader finds them.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import IO, Any

from kg.tables.sources.files import open_zip

_DOCUMENT = "/relationships/officeDocument"  # how the type of the main part ends, be it strict or transitional


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


def list_sheets(archive: zipfile.ZipFile, kind: Format) -> dict[str, str]:
    """The part that holds each sheet of Excel, by the sheet's name; sheets without a part are left out."""
    parts = list_parts(archive)
    folder = find_folder(archive, parts) if kind is Format.EXCEL else "xl/"
    book = parts.get(f"{folder}workbook.{'xml' if kind is Format.EXCEL else 'bin'}".lower())
    if book is None:
        return {}
    relations = parts.get(f"{folder}_rels/{book.replace(chr(92), '/').rsplit('/', 1)[-1]}.rels".lower())
    targets = {} if relations is None else {e["Id"]: e["Target"] for e in read_relations(archive, relations)}
    pairs = name_sheets(archive, book) if kind is Format.EXCEL else name_binary_sheets(archive.read(book))
    sheets: dict[str, str] = {}
    for name, relation in pairs:
        target = targets.get(relation, "")
        place = target.lstrip("/") if target.startswith("/") else folder + target
        part = parts.get(place.lower())
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


def read_relations(archive: zipfile.ZipFile, part: str) -> list[dict[str, str]]:
    """The relations that a part lists, each with all of `Id`, `Type` and `Target`."""
    from lxml import etree

    with blame_xml(part):
        found = etree.fromstring(archive.read(part)).iter("{*}Relationship")
        return [{key: each.get(key, "") for key in ("Id", "Type", "Target")} for each in found]


def name_sheets(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[str, str]]:
    """The name of each sheet that a workbook has, and the relation of its part."""
    from lxml import etree

    with blame_xml(part):
        for each in etree.fromstring(archive.read(part)).iter("{*}sheet"):
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
