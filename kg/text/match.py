"""Names that fit what somebody types or asks for: begun by it, holding it, or near it in spelling."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

MOST_NEAR = 5


def fold_name(text: str) -> str:
    """A name as it is compared: without capitals, with one space for each stretch of spaces and hyphens."""
    return re.sub(r"[\s_-]+", " ", text.casefold()).strip()


_LETTERS = str.maketrans({  # those that Unicode does not part
    "ß": "ss", "æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "đ": "d", "Đ": "d",
    "ð": "d", "Ð": "d", "þ": "th", "Þ": "th", "ı": "i", "'": "", "’": "",
})  # fmt: skip


def make_id(text: str, longest: int = 60) -> str:
    """An id made of a name or a title, its first words; empty where it has no letters that an id may have.

    >>> make_id("Kästner’s Library (2026)"), make_id("Łódź"), make_id("雷军")
    ('kastners-library-2026', 'lodz', '')
    """
    plain = unicodedata.normalize("NFKD", text.translate(_LETTERS)).casefold()
    words = re.findall("[a-z0-9]+", "".join(c for c in plain if not unicodedata.combining(c)))
    made = ""
    for word in words:
        if made and len(made) + 1 + len(word) > longest:
            break
        made = f"{made}-{word}" if made else word[:longest]
    return made


_ARTICLES = {  # by language; `l` is that of l'eau
    "en": "the a an",
    "de": "der die das den dem des ein eine einen einem einer eines",
    "fr": "le la les l un une",
    "es": "el la los las un una unos unas",
    "it": "il lo la i gli le l un uno una",
    "pt": "o a os as um uma",
    "nl": "de het een",
}
_ARTICLE = {lang: re.compile(rf"(?:{'|'.join(words.split())})[ ']+(?=\S)") for lang, words in _ARTICLES.items()}


def leave_out_article(folded: str, lang: str) -> str:
    """A folded name without the article before it, in a language whose articles are known.

    >>> leave_out_article("das feldlazarett", "de-CH"), leave_out_article("das feldlazarett", "en")
    ('feldlazarett', 'das feldlazarett')
    >>> leave_out_article("l'eau", "fr"), leave_out_article("the", "en")
    ('eau', 'the')
    """
    article = _ARTICLE.get(lang.partition("-")[0].lower())
    found = article.match(folded) if article is not None else None
    return folded[found.end() :] if found is not None else folded


def rate_names(wanted: str, names: Iterable[str]) -> int | None:
    """How well names fit a folded text, from 0 (well) to 3; None where they do not.

    The first name begins with it (0), another name does (1), a word of one does (2), or it stands within one (3).

    >>> [rate_names("lei", names) for names in (["lei-jun"], ["x", "Lei Jun"], ["x", "Mr Lei"], ["x", "Olei"], ["x"])]
    [0, 1, 2, 3, None]
    """
    best: int | None = None
    for number, name in enumerate(names):
        folded = fold_name(name)
        if folded.startswith(wanted):
            rate = 0 if number == 0 or not wanted else 1
        elif f" {wanted}" in folded:
            rate = 2
        elif wanted in folded:
            rate = 3
        else:
            continue
        best = rate if best is None else min(best, rate)
    return best


def choose_matches(wanted: str, names: Sequence[Sequence[str]], ranks: Sequence[int]) -> list[int]:
    """The numbers of those things whose *names* fit, the best first, equally good ones by their *ranks*.

    Where none fits, those that are nearest in spelling.
    """
    wanted = fold_name(wanted)
    rated = [(rate, ranks[n], n) for n, own in enumerate(names) if (rate := rate_names(wanted, own)) is not None]
    if rated or len(wanted) < 3:
        return [n for *_, n in sorted(rated)]
    by_name: dict[str, int] = {}
    for n, own in enumerate(names):
        for name in own:
            by_name.setdefault(fold_name(name), n)
    import difflib  # only where nothing fits

    near = difflib.get_close_matches(wanted, by_name, n=MOST_NEAR, cutoff=0.6)
    return list(dict.fromkeys(by_name[name] for name in near))
