"""The process that opens one PDF: it writes the lines of each page as JSON, and ends. It reaches no network.

PDFium is a library of C++, and whoever made the file may have meant it harm: so it runs here, bounded in memory, with
no socket, and whoever started it ends it after a while.
"""

from __future__ import annotations

import ctypes
import json
import sys
from collections.abc import Iterator
from typing import Any

from kg.evidence.documents.taken import lower_digits, raise_digits
from kg.system.memory import limit_memory
from kg.system.worker.seal import refuse_sockets

_MEMORY = 3_000_000_000  # bytes of address space; Python and PDFium take about a tenth before they begin
_MOST = 30_000_000  # characters of all pages
_SMALL, _SHIFTED = 0.9, 0.06  # of the height of the sign before: how small and how far off the line a mark is
_CUT = 2  # the sign for a hyphen at the end of a line
_PASSWORD, _SECURITY = 4, 5  # FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY


def main() -> None:
    """Read a PDF from standard input, and write `{"pages": ..., "info": ...}` or `{"error": ...}`."""
    raw = sys.stdin.buffer.read()
    refuse_sockets()
    limit_memory(_MEMORY)
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(raw)
    except pypdfium2.PdfiumError as error:
        code = getattr(error, "err_code", None)
        _answer({"error": "encrypted" if code in {_PASSWORD, _SECURITY} else "broken", "words": str(error)})
        return
    pages: list[list[Any]] = []
    unknown = size = failed = 0
    for index in range(len(document)):
        try:
            lines, lost = _read_page(document, index)
        except pypdfium2.PdfiumError:
            lines, lost, failed = [], 0, failed + 1
        unknown += lost
        size += sum(len(line[0]) for line in lines)
        if size > _MOST:
            _answer({"error": "long", "words": f"over {_MOST} characters"})
            return
        pages.append(lines)
    info = {key: document.get_metadata_value(key) for key in ("Title", "Author", "CreationDate")}
    _answer({"pages": pages, "info": info, "lang": _read_language(document), "unknown": unknown, "failed": failed})


def _answer(answer: dict[str, object]) -> None:
    sys.stdout.buffer.write(json.dumps(answer).encode("ascii"))


def _read_language(document: Any) -> str:
    import pypdfium2.raw as pdfium

    if not hasattr(pdfium, "FPDFCatalog_GetLanguage"):  # an older PDFium
        return ""
    length = pdfium.FPDFCatalog_GetLanguage(document, None, 0)
    if not 2 < length < 200:
        return ""
    buffer = ctypes.create_string_buffer(length)
    pdfium.FPDFCatalog_GetLanguage(document, ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR)), length)
    return buffer.raw[: length - 2].decode("utf-16-le", "replace")


def _read_page(document: Any, index: int) -> tuple[list[Any], int]:
    """The lines of a page, each `[words, left, right, baseline, height]` in points; how many signs mean nothing."""
    import pypdfium2.raw as pdfium

    page = document[index]
    text = page.get_textpage()
    box, x, y = pdfium.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    lines: list[Any] = []
    unknown = 0
    for start, signs in _find_lines(text):
        solid = [n for n, sign in enumerate(signs) if not sign.isspace()]
        if not solid:
            continue
        words = "".join(_mark_shifted(text, start, signs))
        unknown += sum(pdfium.FPDFText_HasUnicodeMapError(text, start + n) == 1 for n in solid)
        pdfium.FPDFText_GetCharOrigin(text, start + solid[0], x, y)
        pdfium.FPDFText_GetLooseCharBox(text, start + solid[0], box)
        left, height = box.left, abs(box.top - box.bottom)
        pdfium.FPDFText_GetLooseCharBox(text, start + solid[-1], box)
        lines.append([words, round(left, 2), round(box.right, 2), round(y.value, 2), round(height, 2)])
    text.close()
    page.close()
    return lines, unknown


def _mark_shifted(text: Any, start: int, signs: list[str]) -> list[str]:
    """The signs of a line; small digits above it or below it as signs that are: `5,000` with a footnote is no 50001."""
    import pypdfium2.raw as pdfium

    box, x, y = pdfium.FS_RECTF(), ctypes.c_double(), ctypes.c_double()

    def measure(number: int) -> tuple[float, float]:
        pdfium.FPDFText_GetCharOrigin(text, start + number, x, y)
        pdfium.FPDFText_GetLooseCharBox(text, start + number, box)
        return y.value, abs(box.top - box.bottom)

    marked, stands = list(signs), -1  # the last letter or digit that stands on the line, within this word
    for number, sign in enumerate(signs):
        if sign.isspace():
            stands = -1  # a small digit that begins a word is part of no number
        elif stands >= 0 and "0" <= sign <= "9":
            (base, height), (own, size) = measure(stands), measure(number)
            if size < _SMALL * height and abs(own - base) > _SHIFTED * height:
                marked[number] = raise_digits(sign) if own > base else lower_digits(sign)
            else:
                stands = number
        elif sign.isalnum():
            stands = number
    return marked


def _find_lines(text: Any) -> Iterator[tuple[int, list[str]]]:
    """The signs of each line, with the number of its first one. Signs beyond U+FFFF come as two.

    Where a word is cut at the end of a line, PDFium gives one sign of its own for the hyphen and the line's end.
    """
    import pypdfium2.raw as pdfium

    signs: list[str] = []
    start = 0
    for number in range(text.count_chars()):
        code = pdfium.FPDFText_GetUnicode(text, number)
        if code in {10, 13, _CUT}:
            yield start, [*signs, "\u00ad"] if code == _CUT else signs
            signs, start = [], number + 1
        else:
            signs.append(chr(code) if 0 < code < 0x110000 else "\ufffd")
    yield start, signs


if __name__ == "__main__":
    main()
