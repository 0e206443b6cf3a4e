"""The explorer's own words by language, and in which language a request wants its pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kg.server.http import Request
from kg.server.media import read_weights
from kg.text.language import choose_language
from kg.text.pagewords import fill_in, read_words

LANGUAGES = ("en", "zh")
PARAMETER = "l"
"""The parameter of an address by which a reader chooses the language, as on the page that `kg build` writes."""


def load_words() -> Mapping[str, Mapping[str, str]]:
    """The explorer's words by language and key."""
    return read_words("kg.server.explore")


@dataclass(frozen=True, kw_only=True)
class Tongue:
    """The language of a page: *chosen* by the reader in the address, or by what the browser prefers.

    *names* is the language of the things' names. Where it is *fixed*, the address cannot say another.
    """

    lang: str
    names: str
    chosen: bool
    fixed: bool = False

    def word(self, key: str, **names: str) -> str:
        """One of the explorer's words, its places filled in."""
        return fill_in(load_words()[self.lang][key], **names)

    def count(self, key: str, n: int) -> str:
        """`1 row`, `12 rows`: the text `KEY-1` for one, `KEY-n` for others."""
        return self.word(f"{key}-1" if n == 1 else f"{key}-n", n=f"{n:,}")

    @property
    def other(self) -> str:
        """The language that the reader may turn to."""
        return next(lang for lang in LANGUAGES if lang != self.lang)

    @property
    def kept(self) -> dict[str, str]:
        """The parameters that keep the language from page to page."""
        return {PARAMETER: self.lang} if self.chosen else {}


def choose_tongue(request: Request, language: str, *, taken: bool = False) -> Tongue:
    """The language of the page that a request is for, where the data are in *language*.

    *taken*: the parameter of the address means something else here.

    Source: RFC 9110, section 12.5.4.
    """
    known = LANGUAGES
    given = [] if taken else [value for name, value in request.parameters() if name == PARAMETER]
    if given and given[0] in known:
        return Tongue(lang=given[0], names=_choose_names(given[0], language), chosen=True)
    liked = sorted(read_weights(request.header("accept-language")), key=lambda pair: -pair[1])
    for tag, weight in liked:
        found = choose_language(tag, known) if weight > 0 else None
        if found is not None:
            return Tongue(lang=found, names=_choose_names(found, language), chosen=False, fixed=taken)
    lang = choose_language(language, known) or known[0]
    return Tongue(lang=lang, names=language, chosen=False, fixed=taken)


def _choose_names(lang: str, language: str) -> str:
    """The language of names: that of the page, unless the data speak another, of which the page has no words."""
    return lang if choose_language(language, LANGUAGES) is not None or lang != "en" else language
