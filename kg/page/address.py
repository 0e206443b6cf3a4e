"""Where a sentence stands, in words: `paragraph 6, sentence 1` instead of `p6s1`."""

from __future__ import annotations

import re

from kg.page.words import load_words

_ADDRESS = re.compile(r"p([0-9]+)s([0-9]+)")
_WITHIN = re.compile(r"(?<![\w.-])p[0-9]+s[0-9]+(?![\w-])")


def split_address(address: str) -> tuple[int, int] | None:
    """The numbers of the paragraph and the sentence; None for what is no address.

    >>> split_address("p6s1")
    (6, 1)
    """
    found = _ADDRESS.fullmatch(address)
    return (int(found[1]), int(found[2])) if found else None


def word_address(address: str, lang: str, page: int | None = None) -> str:
    """An address in words; paragraph 0 is the headline. The *page* goes along where there is one.

    >>> word_address("p6s1", "en"), word_address("p0s1", "en"), word_address("p3s2", "zh")
    ('paragraph 6, sentence 1', 'headline', '第 3 段第 2 句')
    >>> word_address("p6s1", "en", 3)
    'paragraph 6, sentence 1, page 3'
    """
    place = split_address(address)
    if place is None:
        return address
    paragraph, sentence = place
    words = load_words()
    if page is not None:
        return words.join_parts([word_address(address, lang), words.fill("page-n", lang, n=str(page))], lang)
    if paragraph == 0:
        return words.get("headline", lang) if sentence == 1 else words.fill("headline-of", lang, n=str(sentence))
    return words.fill("address", lang, p=str(paragraph), s=str(sentence))


def word_addresses(text: str, lang: str) -> str:
    """A curator's remark with the addresses in it put into words, where the page speaks its language.

    >>> word_addresses("p6s2 gives the same share, eqo.p6s2 does not", "en")
    'paragraph 6, sentence 2 gives the same share, eqo.p6s2 does not'
    """
    if lang not in load_words().own:
        return text
    return _WITHIN.sub(lambda found: word_address(found[0], lang), text)
