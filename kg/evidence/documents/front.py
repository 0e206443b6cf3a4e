"""What a text says of itself in front: its title, who wrote it, on which day; and which language its writing shows."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from kg.evidence.documents.dates import read_day
from kg.evidence.documents.taken import Suggestion
from kg.text.sentence import split_sentences
from kg.text.tongues import list_tongues, read_tongue

BY_WORDS = "the words of the text"
"""Where a language comes from that `find_language_by_words` proposes."""
_LINES = 12  # that are looked at
_BEGINNING = 100_000  # characters in which they stand
_LONGEST_TITLE = 200
_BYLINE = re.compile(
    r"(?:(?P<loose>by|written by|author|authors|von|par|por)(?::\s*|\s+)"
    r"|(?:di|door|przez)(?::\s*|\s+)"
    r"|(?:autore?s?|autora|auteure?s?|autorin|texto|texte?|testo|tekst|автор|текст):\s*)"
    r"(?P<name>[^\W\d_](?:[\w .’'-]|,(?= (?:and )?[A-Z])){2,60})", re.IGNORECASE,
)  # fmt: skip
_BYLINE_ZH = re.compile(
    r"(?:作者|撰文|文|记者|記者)\s*[:：/／・＝=]?\s*(?P<name>[\u3041-\u30ff\u4e00-\u9fff·]{2,8}|[A-Z][\w .-]{2,40})"
    r"(?:\s+[\u4e00-\u9fff]{2,6}(?:报道|報導|報道|电|電))?\s*$"
)
# what has a small letter in a name or between two
_WITHIN_NAMES = frozenset({
    "af", "al", "and", "av", "bin", "da", "das", "de", "del", "della", "den", "der", "di", "do", "dos", "du", "e", "el",
    "en", "et", "i", "ibn", "la", "le", "of", "ten", "ter", "und", "van", "vom", "von", "y", "zu", "и",
})  # fmt: skip

# Of short texts in nine languages 24 to 47 % of the words are such, and at most 26 % in the next language.
_PLAIN_SHARE, _PLAINLY_MORE, _FEWEST_WORDS = 0.22, 1.7, 20
_LETTERS = re.compile(r"[^\W\d_]+(?!['’\w])")  # without what lost its vowel (`l'`)
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
            if name and name.casefold() != "the" and _may_be_names(name, line, found):
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
    elif (lang := find_language_by_words(text)) is not None:
        yield Suggestion(key="lang", text=lang, origin=BY_WORDS)


def _may_be_names(name: str, line: str, byline: re.Match[str]) -> bool:
    """Whether what follows `by` is names, and no sentence goes on: `By Ada Lund`, not `By Monday the bridge was open.`.

    Where the line is no sentence, some words are loose enough for what is no name: `By our staff`.
    """
    words = name.replace(",", " ").split()
    if all(word[0].isupper() or word.casefold() in _WITHIN_NAMES for word in words):
        return True
    if "\u4e00" <= name[0] <= "\u9fff":
        return True
    return (
        byline.groupdict().get("loose") is not None
        and len(words) <= 5
        and not line.endswith((".", "!", "?", "…", ".”", '."'))
    )


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


def find_language_by_words(text: str) -> str | None:
    """The language whose commonest words a text has, of those that are known; None where that is not plain.

    >>> find_language_by_words(
    ...     "El puente no está listo. La alcaldesa dijo que se abre el viernes, pero nadie lo cree, y en la plaza "
    ...     "todos los vecinos hablan de su precio."
    ... )
    'es'
    """
    shares = sorted(((share, lang) for lang, share in measure_languages(text).items()), reverse=True)
    if len(shares) < 2 or shares[0][0] < _PLAIN_SHARE or shares[0][0] < _PLAINLY_MORE * shares[1][0]:
        return None
    return shares[0][1]


def measure_languages(text: str) -> dict[str, float]:
    """Which share of a text's words are among the commonest of each language that is known; none of a short text."""
    words = [found[0].casefold() for found in _LETTERS.finditer(text[:20_000])]
    tongues = {lang: read_tongue(lang) for lang in sorted(list_tongues())}
    return {
        lang: sum(word in tongue.cuts.starters for word in words) / len(words)
        for lang, tongue in tongues.items()
        if len(words) >= _FEWEST_WORDS and tongue is not None and tongue.cuts is not None
    }
