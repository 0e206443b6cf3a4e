"""What a text says of itself in front: its title, who wrote it, on which day; and which language its writing shows."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from kg.evidence.documents.dates import read_day
from kg.evidence.documents.taken import Suggestion
from kg.text.sentence import split_sentences

_LINES = 12  # that are looked at
_BEGINNING = 100_000  # characters in which they stand
_LONGEST_TITLE = 200
_BYLINE = re.compile(
    r"(?:by|written by|author|authors|von|par|por)(?::\s*|\s+)"
    r"(?P<name>[^\W\d_](?:[\w .’'-]|,(?= (?:and )?[A-Z])){2,60})", re.IGNORECASE,
)  # fmt: skip
_BYLINE_ZH = re.compile(
    r"(?:作者|撰文|文|记者|記者)\s*[:：/／]?\s*(?P<name>[\u4e00-\u9fff·]{2,8}|[A-Z][\w .-]{2,40})\s*$"
)

_PROSE = re.compile(
    r"^(?=.*[.!?。！？][\"'”’」』)]*$)(?:(?:\S+\s+){8}|.*[\u4e00-\u9fff]{12})"
)  # a date in it is of what is told


def propose_from_text(text: str) -> Iterator[Suggestion]:
    """What the first lines of a text propose; the title is its first line, or the first sentence of a long one."""
    lines = [line.strip() for line in re.split(r"[\r\n\f]+", text[:_BEGINNING]) if line.strip()][:_LINES]
    if not lines:
        return
    title, origin = lines[0], "the first line"
    if len(title) > _LONGEST_TITLE:
        title, origin = split_sentences(title)[0].text, "the first sentence, since the first line is long"
    yield Suggestion(key="title", text=" ".join(title.split()), origin=origin)
    for number, line in enumerate(lines[1:], 2):
        found = _BYLINE.match(line) if len(line) <= 100 else None
        found = found or (_BYLINE_ZH.search(line) if len(line) <= 60 else None)
        if found is not None:
            name = re.split(r"\s*(?:[|•–—]|,\s*(?=\w+ \d)|\s{2,})", found["name"])[0].strip(" .,-")
            if name and name.casefold() != "the":
                yield Suggestion(key="author", text=name, origin=f"line {number} of the text")
                break
    for number, line in enumerate(lines[1:], 2):
        day = read_day(line) if len(line) <= 120 and not _PROSE.search(line) else None
        if day is not None:
            yield Suggestion(key="published", text=day.text, origin=f"line {number} of the text")
            break
    lang = find_language(text)
    if lang is not None:
        yield Suggestion(key="lang", text=lang, origin="the writing of the text")


def find_language(text: str) -> str | None:
    """The language of a text whose writing is of one language alone; None for Latin, Cyrillic and others.

    >>> find_language("雷军发布了小米汽车。"), find_language("これは本です。"), find_language("Lei Jun spoke.")
    ('zh', 'ja', None)
    """
    counts = {"han": 0, "kana": 0, "hangul": 0, "other": 0}
    for char in text[:20_000]:
        if "\u4e00" <= char <= "\u9fff":
            counts["han"] += 1
        elif "\u3041" <= char <= "\u30ff":
            counts["kana"] += 1
        elif "\uac00" <= char <= "\ud7a3":
            counts["hangul"] += 1
        elif unicodedata.category(char).startswith("L"):
            counts["other"] += 1
    east = counts["han"] + counts["kana"] + counts["hangul"]
    if east * 2 < counts["other"] or not east:
        return None
    if counts["hangul"] * 2 > east:
        return "ko"
    return "ja" if counts["kana"] * 10 > east else "zh"
