"""Figures in languages that write a comma where English has a point: `2,4` and `1.310`, and their words for millions.

Sources: Unicode CLDR 46, `numbers/symbols` (decimal and group by language and country); the International System of
Units, 9th edition, section 5.4.4 (groups of three digits with a thin space between them).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from kg.text.figure.digits import Numeral, find_digits

COMMA_LANGUAGES = frozenset(
    ("af", "be", "bg", "bs", "ca", "cs", "da", "de", "el", "es", "et", "eu", "fi", "fr", "gl", "hr", "hu", "id", "is",
     "it", "lt", "lv", "nb", "nl", "nn", "no", "pl", "pt", "ro", "ru", "sk", "sl", "sr", "sv", "tr", "uk", "vi")
)  # fmt: skip
# Where a language of these is written as English is: German and Italian Switzerland, and Spanish from Mexico to Panama.
_POINT_REGIONS = {
    "de": {"ch", "li"}, "it": {"ch"},
    "es": {"mx", "us", "pr", "gt", "hn", "ni", "sv", "pa", "do", "pe", "cu"},
}  # fmt: skip

_NUMBER = re.compile(  # thousands in groups, with decimals or without; or decimals alone
    r"(?<![0-9.,])(?:[1-9][0-9]{0,2}(?:\.[0-9]{3})+(?:,[0-9]+)?|[0-9]+,[0-9]+"
    r"|(?<![0-9][ \u00a0\u202f])[1-9][0-9]{0,2}(?:[ \u00a0\u202f\u2009][0-9]{3})+(?:,[0-9]+)?)(?![.,]?[0-9])"
)
_LOOSE = re.compile(  # no group of thousands: Swiss papers have a comma before decimals, too
    r"(?<![0-9.,])[0-9]+,(?:[0-9]{1,2}|[0-9]{4,})(?![.,]?[0-9])"
)
_SWAPPED = str.maketrans({".": ",", ",": ".", " ": "\u202f"})  # characters for characters: places stay

_THOUSAND, _MILLION, _BILLION, _TRILLION = 10**3, 10**6, 10**9, 10**12
# Patterns of words behind digits. A milliard is 10⁹ and a billion 10¹², but in Brazil and Turkey.
_WORDS: Mapping[str, tuple[tuple[str, int], ...]] = {
    "cs": ((r"tisíce?|tis\.", _THOUSAND), (r"milion(?:y|ů)?|mil\.", _MILLION), (r"miliard[ay]?|mld\.", _BILLION)),
    "da": ((r"tusinde?", _THOUSAND), (r"million(?:er)?|mio\.", _MILLION), (r"milliard(?:er)?|mia\.|mia", _BILLION)),
    "de": ((r"tausend|Tsd\.", _THOUSAND), (r"Million(?:en)?|Mio\.?", _MILLION), (r"Milliarden?|Mrd\.?", _BILLION),
           (r"Billion(?:en)?|Bio\.", _TRILLION)),
    "es": ((r"mil millones", _BILLION), (r"mil", _THOUSAND), (r"millón|millones", _MILLION),
           (r"billón|billones", _TRILLION)),
    "fi": ((r"tuhat(?:ta)?", _THOUSAND), (r"miljoonaa?|milj\.", _MILLION), (r"miljardia?|mrd\.?", _BILLION)),
    "fr": ((r"mille", _THOUSAND), (r"millions?", _MILLION), (r"milliards?", _BILLION), (r"billions?", _TRILLION)),
    "it": ((r"mila", _THOUSAND), (r"milion[ei]|mln", _MILLION), (r"miliard[oi]|mld", _BILLION)),
    "nb": ((r"tusen", _THOUSAND), (r"million(?:er)?|mill\.", _MILLION), (r"milliard(?:er)?|mrd\.?", _BILLION)),
    "nl": ((r"duizend", _THOUSAND), (r"miljoen|mln\.?", _MILLION), (r"miljard|mld\.?", _BILLION),
           (r"biljoen", _TRILLION)),
    "pl": ((r"tysi(?:ąc|ące|ęcy)|tys\.", _THOUSAND), (r"milion(?:y|ów)?|mln", _MILLION),
           (r"miliard(?:y|ów)?|mld", _BILLION)),
    "pt": ((r"mil milhões", _BILLION), (r"mil", _THOUSAND), (r"milhão|milhões", _MILLION),
           (r"bilhão|bilhões", _BILLION), (r"bilião|biliões", _TRILLION)),
    "ru": ((r"тысяч[аи]?|тыс\.?", _THOUSAND), (r"миллион(?:а|ов)?|млн", _MILLION),
           (r"миллиард(?:а|ов)?|млрд", _BILLION), (r"триллион(?:а|ов)?|трлн", _TRILLION)),
    "sv": ((r"tusen", _THOUSAND), (r"miljon(?:er)?|mn", _MILLION), (r"miljard(?:er)?|md", _BILLION)),
    "tr": ((r"bin", _THOUSAND), (r"milyon", _MILLION), (r"milyar", _BILLION), (r"trilyon", _TRILLION)),
}  # fmt: skip
_SAME_WORDS = {"nn": "nb", "no": "nb"}


def writes_commas(lang: str) -> bool:
    """Whether texts in *lang* (a BCP 47 tag) have a comma before the decimals, whatever number of digits these are.

    >>> writes_commas("de-AT"), writes_commas("de-CH"), writes_commas("en")
    (True, False, False)
    """
    language, *rest = lang.lower().split("-")
    return language in COMMA_LANGUAGES and not _POINT_REGIONS.get(language, set()) & set(rest)


def find_by_language(text: str, rule: int, lang: str) -> Iterator[Numeral]:
    """The figures of a *text* in a language of `COMMA_LANGUAGES`, by a *rule* from the fourth on.

    >>> [n.value for n in find_by_language("1.310 von 2,4 Millionen, am 28.04.2024, 3.5 und 142 000", 4, "de")]
    ['1310', '2400000', '28', '4', '2024', '3.5', '142000']
    """
    language = lang.lower().split("-")[0]
    words = _WORDS.get(_SAME_WORDS.get(language, language), ())
    glued = re.compile(rf"(?<=[0-9])(?:{'|'.join(pattern for pattern, _ in words) or '(?!)'})(?!\w)", re.IGNORECASE)
    plain = glued.sub(lambda m: " " * len(m[0]), text)
    plain = (_NUMBER if writes_commas(lang) else _LOOSE).sub(lambda m: m[0].translate(_SWAPPED), plain)
    for found in find_digits(plain, rule):
        yield _multiply(found, text, words)


def _multiply(found: Numeral, text: str, words: tuple[tuple[str, int], ...]) -> Numeral:
    for pattern, factor in words:
        word = re.compile(rf"[ \u00a0\u202f]?(?:{pattern})(?!\w)", re.IGNORECASE).match(text, found.end)
        if word is not None:
            return replace(found, number=found.number * factor, end=word.end())
    return found
