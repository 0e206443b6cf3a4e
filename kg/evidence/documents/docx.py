"""DOCX: the paragraphs of a Word document, as they read with all changes accepted, and its core properties.

Sources: ECMA-376, part 1, sections 17 (WordprocessingML) and 15.2.12.1 (core properties).
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import Any

from kg.evidence.documents.dates import read_day
from kg.evidence.documents.taken import (
    DocumentFormat,
    ParagraphMaker,
    Suggestion,
    Taken,
    clean_line,
    raise_digits,
    refuse,
    write_paragraphs,
)
from kg.text.language import explain_tag

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_RELATION = re.compile(r"/officeDocument$")
_LARGEST = 40_000_000  # bytes of one part, unpacked
_DELETED = {
    "del",
    "moveFrom",
    "rPrChange",
    "pPrChange",
    "sectPrChange",
    "tblPrChange",
    "Fallback",
    "instrText",
    "delText",
}


def read_docx(raw: bytes, name: str) -> Taken:
    """The text of a document. Raises UnreadableError where it is broken, encrypted or packed beyond all measure."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(raw))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise refuse(name, "document-unreadable", f"the file is no whole DOCX: {str(error).lower()}") from error
    place = _find_main(archive, name)
    root = _parse(archive, place, name)
    if root is None:
        raise refuse(name, "document-unreadable", f"the archive is no DOCX: it holds no {place}")
    reader = _DocxReader(rendered=any(_local(element) == "lastRenderedPageBreak" for element in root.iter()))
    body = next((child for child in root if _local(child) == "body"), root)
    reader.read_blocks(body)
    reader.builder.end()
    told = list(reader.tell())
    folder = place.rpartition("/")[0]
    for part, what in (("footnotes", "footnote"), ("endnotes", "endnote")):
        notes = _parse(archive, f"{folder}/{part}.xml" if folder else f"{part}.xml", name)
        count = len(reader.builder.paragraphs)
        for note in notes if notes is not None else ():
            if _attribute(note, "type") in {None, "normal"}:
                reader.read_blocks(note)
                reader.builder.end()
        if len(reader.builder.paragraphs) > count:
            told.append(f"the {what}s stand behind the text")
    paragraphs = reader.builder.paragraphs
    pages = reader.builder.page
    stated = _count_pages(_parse(archive, "docProps/app.xml", name))
    if pages > 1 and stated is not None and stated != pages:
        told.append(f"no pages: {pages} are marked in the document, and its properties say {stated}")
        pages = 1
    if pages == 1:
        paragraphs = [type(p)(text=p.text) for p in paragraphs]
    return Taken(
        form=DocumentFormat.DOCX,
        text=write_paragraphs(paragraphs),
        proposals=tuple(
            _propose(_parse(archive, "docProps/core.xml", name), _parse(archive, f"{folder}/styles.xml", name))
        ),
        told=tuple(told),
    )


def _find_main(archive: zipfile.ZipFile, name: str) -> str:
    relations = _parse(archive, "_rels/.rels", name)
    for relation in relations if relations is not None else ():
        if _RELATION.search(relation.get("Type") or ""):
            return (relation.get("Target") or "").removeprefix("/")
    return "word/document.xml"


def _parse(archive: zipfile.ZipFile, place: str, name: str) -> Any:
    """The root of a part; None where there is no such part. What it unpacks to is measured, not believed."""
    from lxml import etree

    try:
        with archive.open(place) as part:
            raw = part.read(_LARGEST + 1)
    except KeyError:
        return None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        if "password" in str(error) or "encrypted" in str(error):
            raise refuse(name, "document-unreadable", "the file is encrypted", "save it without a password") from error
        raise refuse(name, "document-unreadable", f"the part {place} cannot be unpacked: {error}") from error
    if len(raw) > _LARGEST:
        message = f"the part {place} unpacks to more than {_LARGEST // 1_000_000} MB: no text is that long"
        raise refuse(name, "document-unreadable", message)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        root = etree.fromstring(raw, parser)
    except etree.XMLSyntaxError as error:
        raise refuse(name, "document-unreadable", f"the part {place} is no XML: {error.msg}") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise refuse(name, "document-unreadable", f"the part {place} has a DOCTYPE, which no DOCX has")
    return root


def _local(element: Any) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _attribute(element: Any, name: str) -> str | None:
    value: str | None = element.get(_W + name)
    other: str | None = element.get(_STRICT + name)
    return other if value is None else value


class _DocxReader:
    """Reads blocks: paragraphs, tables, and the text boxes within them, which follow the paragraph that holds them.

    *rendered*: the document says where its pages ended when it was last shown; else they end where its author
    ended them.
    """

    def __init__(self, *, rendered: bool) -> None:
        self._break = "lastRenderedPageBreak" if rendered else "br"
        self.builder = ParagraphMaker()
        self.deleted = self.hidden = self.struck = self.symbols = 0
        self._boxes: list[Any] = []

    def tell(self) -> Iterator[str]:
        """What of the document is not in its text."""
        if self.deleted:
            yield f"{self.deleted} deleted passages are left out: all changes count as accepted"
        if self.hidden:
            yield f"{self.hidden} hidden passages are left out"
        if self.struck:
            yield f"{self.struck} passages that are struck out are left out"
        if self.symbols:
            yield f"{self.symbols} symbols of fonts are left out: nobody can tell what they show"

    def read_blocks(self, parent: Any) -> None:
        """All paragraphs of an element, in their order."""

        def read(child: Any) -> bool:
            kind = _local(child)
            if kind == "p":
                self._read_paragraph(child)
            elif kind == "tr":
                self._read_row(child)
            elif kind in _DELETED:
                self.deleted += kind == "del"
            else:
                return True
            return False

        _walk(parent, read)

    def _read_paragraph(self, paragraph: Any) -> None:
        self._add_words(paragraph)
        self.builder.end()
        boxes, self._boxes = self._boxes, []
        for box in boxes:
            self.read_blocks(box)

    def _read_row(self, row: Any) -> None:
        """A row of a table is one paragraph, its cells in their order."""
        for cell in row:
            for paragraph in cell.iter(f"{_W}p", f"{_STRICT}p"):
                self._add_words(paragraph)
        self.builder.end()
        self._boxes = []

    def _add_words(self, paragraph: Any) -> None:
        words: list[str] = []

        def flush() -> None:
            self.builder.add(clean_line("".join(words)))
            words.clear()

        def read(child: Any) -> bool:
            kind = _local(child)
            if kind == "t":
                words.append(child.text or "")
            elif kind == self._break and (kind != "br" or _attribute(child, "type") == "page"):
                flush()
                self.builder.turn()
            elif kind in {"tab", "cr", "ptab", "br"}:
                words.append(" " if _local(child.getparent()) == "r" else "")  # a tab stop of a style is none
            elif kind == "noBreakHyphen":
                words.append("\u2011")
            elif kind == "sym":
                self.symbols += 1
            elif kind == "txbxContent":
                self._boxes.append(child)
            elif kind in _DELETED:
                self.deleted += kind == "del"
            elif kind == "r" and _has(child, "vanish"):
                self.hidden += 1
            elif kind == "r" and _has(child, "strike", "dstrike"):
                self.struck += 1
            elif kind == "r" and _is_raised(child):
                words.append(raise_digits("".join(each.text or "" for each in child if _local(each) == "t")))
            else:
                return True
            return False

        _walk(paragraph, read)
        flush()


def _walk(parent: Any, visit: Callable[[Any], bool]) -> None:
    """Visit what lies below an element, in its order, and go inside where *visit* says so: files nest deep."""
    stack = [iter(parent)]
    while stack:
        child = next(stack[-1], None)
        if child is None:
            stack.pop()
        elif visit(child):
            stack.append(iter(child))


def _has(run: Any, *names: str) -> bool:
    """Whether one of these properties of a run is on."""
    return any(_local(p) in names and _attribute(p, "val") not in {"0", "false"} for p in _properties(run))


def _is_raised(run: Any) -> bool:
    return any(_local(p) == "vertAlign" and _attribute(p, "val") == "superscript" for p in _properties(run))


def _properties(run: Any) -> Iterator[Any]:
    return (each for child in run if _local(child) == "rPr" for each in child)


def _count_pages(properties: Any) -> int | None:
    for element in properties if properties is not None else ():
        if _local(element) == "Pages" and re.fullmatch(r"[1-9][0-9]{0,5}", (element.text or "").strip()):
            return int(element.text)
    return None


def _propose(core: Any, styles: Any) -> Iterator[Suggestion]:
    keys = {"title": "title", "creator": "author", "language": "lang"}
    made = None
    for element in core if core is not None else ():
        kind, text = _local(element), clean_line(element.text or "")
        if kind in keys and text and (kind != "language" or explain_tag(text) is None):
            yield Suggestion(key=keys[kind], text=text, origin=f"`{kind}` of its properties")
        elif kind == "created" and text:
            made = read_day(text)
    if made is not None:
        yield Suggestion(key="made", text=made.text, origin="`created` of its properties")
    for lang in styles.iter(f"{_W}lang", f"{_STRICT}lang") if styles is not None else ():
        for key in ("val", "eastAsia"):
            tag = _attribute(lang, key)
            if tag and explain_tag(tag) is None and key == "val":
                yield Suggestion(key="lang", text=tag, origin="the language of its styles")
        return
