"""PDF: the lines of its pages joined into paragraphs, and what its information dictionary says.

A PDF knows signs and their places, and no paragraph: where one ends is read from indents, gaps, short lines and sizes.
Source: ISO 32000-2, section 14.3.3 (document information).
"""

from __future__ import annotations

import json
import re
import statistics
import subprocess
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from kg.evidence.documents.dates import read_day
from kg.evidence.documents.taken import (
    DocumentFormat,
    Paragraph,
    ParagraphMaker,
    Suggestion,
    Taken,
    clean_line,
    has_text,
    refuse,
    write_paragraphs,
)
from kg.system.interpreter import call_in_python
from kg.system.memory import NO_THREAD, find_bound, says_lack, tell_lack
from kg.system.packages import need_package
from kg.text.diagnostic import KgError
from kg.text.language import explain_tag
from kg.text.plural import write_count

SECONDS = 180  # that a PDF may take
_AROUND = 40  # lines before and behind one that tell of its column
_ENDS = tuple('.?!:;"”’)»。？！؟۔।॥։።။។…；：」』）')
_BULLET = re.compile(r"[•◦▪‣●○■□–*·-]\s|\(?[0-9]{1,3}[.)]\s|\(?[a-z][.)]\s")
_NUMBER = re.compile(
    r"\W{0,3}(?:page|seite|p\.|第)?\s?([0-9]{1,4})(?:\s?(?:of|/|von|页|頁)\s?[0-9]{0,4})?\W{0,3}", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True)
class PageLine:
    """A line of a page: its words, where it begins and ends, its baseline from below, the height of its signs."""

    text: str
    left: float
    right: float
    base: float
    height: float


def read_pdf(raw: bytes, name: str) -> Taken:
    """The text of a PDF. Raises UnreadableError where it is encrypted, broken or scanned, or its fonts tell nothing."""
    answer = _ask_child(raw, name)
    pages = [
        [PageLine(text=t, left=a, right=b, base=y, height=h) for t, a, b, y, h in page] for page in answer["pages"]
    ]
    signs = sum(len("".join(line.text.split())) for page in pages for line in page)
    if not signs:
        count = write_count(len(pages), "page")
        raise refuse(name, "document-empty", f"the PDF has no text: {count} of pictures",
                     "it was scanned: a program that reads pictures (OCR) makes a PDF with text of it")  # fmt: skip
    strange = answer["unknown"] + sum(_count_strange(line.text) for page in pages for line in page)
    if strange * 50 > signs:
        message = f"the PDF's fonts do not tell which characters they show: {strange} of {signs} have no meaning"
        raise refuse(
            name, "document-unreadable", message, "let a program that recognises characters (OCR) read its pages"
        )
    pages, told = _drop_heads(pages)
    if strange:
        told.append(f"{strange} of {signs} characters have no certain meaning: look for them in the text")
    if answer["failed"]:
        told.append(f"{answer['failed']} pages cannot be read")
    empty = [number for number, page in enumerate(pages, 1) if not page]
    if empty and len(pages) > 1:
        numbers = ", ".join(map(str, empty[:12])) + (" ..." if len(empty) > 12 else "")
        told.append(f"{len(empty)} of {len(pages)} pages have no text: {numbers}")
    paragraphs = join_lines(pages)
    if not has_text(paragraphs):
        raise refuse(
            name, "document-empty", "the PDF has no words", "was it scanned? A program for OCR makes text of it"
        )
    return Taken(
        form=DocumentFormat.PDF, text=write_paragraphs(paragraphs), told=tuple(told),
        proposals=tuple(_propose(answer["info"], answer["lang"])),
    )  # fmt: skip


def _ask_child(raw: bytes, name: str) -> dict[str, Any]:
    need_package("a PDF", "pypdfium2", "documents")
    command = call_in_python("kg.evidence.documents.pdfchild.main")
    try:
        done = subprocess.run(command, input=raw, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise refuse(
            name, "document-unreadable", f"the PDF was not read in {SECONDS} seconds", "is it harmful?"
        ) from error
    except OSError as error:
        raise KgError(f"cannot start a process for the PDF: {error.strerror or error}") from error
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        words = done.stderr.decode("utf-8", "replace").strip()
        if (bound := find_bound()) is not None and (done.returncode == NO_THREAD or says_lack(words)):
            raise KgError(tell_lack(bound)) from None  # it was not the PDF that wanted too much
        how = f"signal {-done.returncode}" if done.returncode < 0 else f"exit code {done.returncode}"
        last = words.rpartition("\n")[2][:200]
        message = f"the PDF is broken or harmful: its reader ended ({how}{f', {last}' if last else ''})"
        raise refuse(name, "document-unreadable", message) from None
    match answer.get("error"):
        case "encrypted":
            raise refuse(name, "document-unreadable", "the PDF is encrypted", "save it without a password")
        case "long":
            raise refuse(name, "document-unreadable", f"the PDF's text is too long: {answer['words']}")
        case "broken":
            raise refuse(name, "document-unreadable", "the PDF is broken: it cannot be opened", "is it whole?")
    return answer


def _count_strange(text: str) -> int:
    """Signs that stand for none: private ones, and those that nothing could be read for."""
    return sum(char == "\ufffd" or "\ue000" <= char <= "\uf8ff" or (char < " " and not char.isspace()) for char in text)


# -- heads and feet -----------------------------------------------------------------------------------


def _drop_heads(pages: Sequence[Sequence[PageLine]]) -> tuple[list[list[PageLine]], list[str]]:
    """The pages without what stands on top or at the foot of most: the page's number, and lines that come back.

    Lines that differ in the page's number alone come back too; other numbers make other lines, which stay.
    """
    edges = [_find_edges(page) for page in pages]
    numbers = [(n - at, id(line)) for at, page in enumerate(edges, 1) for line in page if (n := _page_number(line))]
    shifts = Counter(shift for shift, _ in numbers).most_common(1)
    shift = (
        shifts[0][0] if shifts and shifts[0][1] * 2 > len(pages) and (shifts[0][1] > 1 or shifts[0][0] == 0) else None
    )
    gone = {line for each, line in numbers if each == shift}
    told = [f"the page's number is left out on {len(gone)} pages"] if gone else []
    keys = [{id(line): _fold(line, {at, at + (shift or 0)}) for line in page} for at, page in enumerate(edges, 1)]
    counts = Counter(key for page in keys for key in set(page.values()) if re.search(r"[^\W\d_]", key))
    often = {key for key, count in counts.items() if count > 1 and count * 2 > len(pages)}
    gone |= {line for page in keys for line, key in page.items() if key in often}
    told += [f"`{key}` is left out on {counts[key]} pages" for key in sorted(often)]
    return [[line for line in page if id(line) not in gone] for page in pages], told


def _find_edges(page: Sequence[PageLine]) -> list[PageLine]:
    """The two lines on top and the two at the foot."""
    ordered = sorted(page, key=lambda line: -line.base)
    return ordered if len(ordered) < 4 else [*ordered[:2], *ordered[-2:]]


def _page_number(line: PageLine) -> int | None:
    found = _NUMBER.fullmatch(line.text.strip())
    return int(found[1]) if found is not None else None


def _fold(line: PageLine, numbers: Container[int]) -> str:
    """The words of a line, with `#` for the first number among *numbers*."""
    text = clean_line(line.text)
    found = next((m for m in re.finditer(r"[0-9]{1,6}", text) if int(m[0]) in numbers), None)
    return text if found is None else f"{text[: found.start()]}#{text[found.end() :]}"


# -- paragraphs ---------------------------------------------------------------------------------------


def join_lines(pages: Sequence[Sequence[PageLine]]) -> list[Paragraph]:
    """The lines of all pages as paragraphs; one may run over the end of a page.

    >>> long = PageLine(text="One line", left=70, right=500, base=700, height=12)
    >>> short = PageLine(text="goes on.", left=70, right=120, base=686, height=12)
    >>> [p.text for p in join_lines([[long, short]])]
    ['One line goes on.']
    """
    words = Counter(
        word
        for page in pages
        for line in page
        for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", line.text.casefold())
    )
    builder = ParagraphMaker()
    before: tuple[PageLine, _Column] | None = None
    for number, page in enumerate(pages):
        if number:
            builder.turn()
        for at, line in enumerate(page):
            text = clean_line(line.text.rstrip("\u00ad"))
            column = _find_column(line, page[max(0, at - _AROUND) : at + _AROUND])
            if before is not None and _ends_paragraph(*before, line, column, turned=line is page[0]):
                builder.end()
            if before is not None and builder.open and before[0].text.rstrip().endswith(("\u00ad", "-", "\u2010")):
                _join_word(builder, text, words)
            else:
                builder.add(text)
            before = (line, column)
    builder.end()
    return builder.paragraphs


@dataclass(frozen=True, kw_only=True)
class _Column:
    """Where the lines around one begin and end, and how far apart they stand."""

    left: float
    right: float
    step: float


def _find_column(line: PageLine, page: Sequence[PageLine]) -> _Column:
    same = [
        o
        for o in page
        if o.left < line.right and line.left < o.right and abs(o.height - line.height) < 0.12 * line.height
    ]
    lefts = Counter(round(other.left) for other in same)
    most = max(lefts.values())
    left = min(value for value, count in lefts.items() if count == most)
    right = sorted(other.right for other in same)[int(len(same) * 0.9) if len(same) > 1 else 0]
    bases = sorted({round(other.base, 1) for other in same}, reverse=True)
    steps = [a - b for a, b in pairwise(bases) if a - b > 0.5 * line.height]
    near = [step for step in steps if step < 1.8 * line.height]
    return _Column(left=left, right=right, step=statistics.median_low(near) if near else 1.2 * line.height)


def _ends_paragraph(before: PageLine, above: _Column, line: PageLine, column: _Column, *, turned: bool) -> bool:
    """Whether a paragraph ends between two lines that follow each other, *turned* on two pages."""
    if abs(before.height - line.height) > 0.12 * max(before.height, line.height):
        return True
    text = before.text.rstrip()
    is_short = before.right < above.right - 0.12 * (above.right - above.left)
    if _BULLET.match(line.text.lstrip()):
        return True
    gap = before.base - line.base
    if turned or gap < -0.5 * line.height:  # on the next page, or in the next column
        return not line.text.lstrip()[:1].islower() and (is_short or text.endswith(_ENDS))
    if gap <= 0.5 * line.height:  # the same line, told in two parts
        return False
    if gap > 1.35 * min(column.step, above.step):
        return True
    indent = 0.8 * line.height
    if line.left > column.left + indent and before.left <= above.left + indent:
        return True
    return is_short and text.endswith(_ENDS)


def _join_word(builder: ParagraphMaker, text: str, words: Mapping[str, int]) -> None:
    """Join a word that was cut at the end of a line: the hyphen stays where the document writes the word with it."""
    first = re.match(r"[^\W\d_]+", text)
    last = re.search(r"([^\W\d_]+)[-\u2010]?$", builder.open)
    is_cut = first is not None and last is not None and first[0][0].islower()
    if is_cut and first is not None and last is not None:
        whole, parted = f"{last[1]}{first[0]}".casefold(), f"{last[1]}-{first[0]}".casefold()
        is_cut = words[parted] <= words[whole]
    builder.drop_hyphen(text if is_cut else f"-{text}")


# -- what the file says -------------------------------------------------------------------------------


def _propose(info: Mapping[str, str], lang: str) -> Iterator[Suggestion]:
    title, author = clean_line(info.get("Title") or ""), clean_line(info.get("Author") or "")
    if title:
        yield Suggestion(key="title", text=title, origin="`Title` of the PDF")
    if author:
        yield Suggestion(key="author", text=author, origin="`Author` of the PDF")
    made = re.match(r"(?:D:)?([0-9]{4})([0-9]{2})([0-9]{2})", info.get("CreationDate") or "")
    day = read_day("-".join(made.groups())) if made is not None else None
    if day is not None:
        yield Suggestion(key="made", text=day.text, origin="`CreationDate` of the PDF")
    lang = lang.strip()
    if lang and explain_tag(lang) is None:
        yield Suggestion(key="lang", text=lang, origin="`Lang` of the PDF")
