"""Which of the forms a file is, by its bytes, and its text."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from kg.evidence.documents.decode import decode
from kg.evidence.documents.docx import read_docx
from kg.evidence.documents.front import propose_from_text
from kg.evidence.documents.html import read_html
from kg.evidence.documents.pdf import read_pdf
from kg.evidence.documents.plain import take_lines
from kg.evidence.documents.taken import DocumentFormat, Taken, refuse
from kg.text.diagnostic import KgError

LARGEST = 200_000_000  # bytes of a file
_OTHERS = (
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "an older Word file, or an encrypted one",
        "save it as DOCX, without a password",
    ),
    (rb"{\rtf", "RTF", "save it as DOCX or as text"),
    (b"\x89PNG", "a picture", "a program that recognises characters (OCR) makes a PDF with text of it"),
    (b"\xff\xd8\xff", "a picture", "a program that recognises characters (OCR) makes a PDF with text of it"),
    (b"\x1f\x8b", "a packed file", "unpack it"),
)
_MARKUP = re.compile(
    rb"\s*+(?:<\?xml[^>]*+\?>\s*+)?(?>(?:<!--(?>(?:(?!-->).)*)-->\s*+)*)<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)


def find_form(raw: bytes, name: str) -> DocumentFormat:
    """What a file is. Raises UnreadableError for what holds no text that could be taken out.

    >>> find_form(b"%PDF-1.7 ...", "a"), find_form(b"<!DOCTYPE html><p>", "a.txt")
    (<DocumentFormat.PDF: 'pdf'>, <DocumentFormat.HTML: 'html'>)
    """
    if b"%PDF-" in raw[:1024]:
        return DocumentFormat.PDF
    if raw.startswith(b"PK\x03\x04"):
        if b"mimetypeapplication/" in raw[:200] or PurePosixPath(name).suffix.lower() in {
            ".odt",
            ".epub",
            ".xlsx",
            ".pptx",
            ".zip",
        }:
            raise refuse(
                name, "document-unreadable", "the file is an archive and no DOCX", "save it as DOCX, PDF, HTML or text"
            )
        return DocumentFormat.DOCX
    for start, what, hint in _OTHERS:
        if raw.startswith(start):
            raise refuse(name, "document-unreadable", f"the file is {what}", hint)
    if _MARKUP.match(raw.removeprefix(b"\xef\xbb\xbf")[:4096]) or PurePosixPath(name).suffix.lower() in {
        ".html",
        ".htm",
        ".xhtml",
    }:
        return DocumentFormat.HTML
    return DocumentFormat.TEXT


def read_document_text(
    raw: bytes, name: str, *, form: DocumentFormat | None = None, encoding: str | None = None
) -> Taken:
    """The text of a file of this *name*, with what it says of itself.

    Raises UnreadableError where no text can be taken out, KgError where a library for it is not installed, UsageError
    for an encoding that there is not.

    >>> read_document_text(b"The bridge\\n\\nIt is long.\\n", "bridge.txt").best("title").text
    'The bridge'
    """
    if not raw.strip():
        raise refuse(name, "document-empty", "the file is empty")
    if len(raw) > LARGEST:
        raise refuse(name, "document-unreadable", f"the file is larger than {LARGEST // 1_000_000} MB")
    form = form or find_form(raw, name)
    try:
        taken = _read(raw, name, form, encoding)
    except ImportError as error:
        raise KgError(
            f"{form.value.upper()} needs the extra `documents`: pip install 'kg-claims[documents]'"
        ) from error
    if not any(char.isalnum() for char in taken.text):
        raise refuse(name, "document-empty", "the file holds no words")
    proposals = (*taken.proposals, *propose_from_text(taken.text))
    return Taken(form=form, text=taken.text, proposals=proposals, told=taken.told)


def _read(raw: bytes, name: str, form: DocumentFormat, encoding: str | None) -> Taken:
    match form:
        case DocumentFormat.PDF:
            return read_pdf(raw, name)
        case DocumentFormat.DOCX:
            return read_docx(raw, name)
        case DocumentFormat.HTML:
            return read_html(raw, name, encoding)
        case DocumentFormat.TEXT:
            text, told = decode(raw, name, given=encoding)
            text, more = take_lines(text)
            return Taken(form=form, text=text, told=(*told, *more))
