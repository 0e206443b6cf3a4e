"""The page's own words by language, and how values and times are worded."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from kg.edtf import Edtf
from kg.model import Address, Claim, ClaimRef, Date, EntityRef, Quantity, Seeds, Text, Truth
from kg.page.text import clean
from kg.vocabulary import Unit, Vocabulary

Worded = Mapping[str, str]
"""A text in each of the page's languages."""

_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip
_CALENDAR = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?([?~%]?)")


@dataclass(frozen=True, kw_only=True)
class Words:
    """The page's words: *own* by language and key (`search`, `modes.fact`)."""

    own: Mapping[str, Mapping[str, str]]

    def get(self, key: str, lang: str) -> str:
        return self.own[lang][key]

    def both(self, key: str) -> Worded:
        return {lang: words[key] for lang, words in self.own.items()}


@cache
def load_words() -> Words:
    """The words of `kg/page/words.toml`, tables flattened: `modes.fact`."""
    tables = tomllib.loads(files("kg.page").joinpath("words.toml").read_text(encoding="utf-8"))
    own: dict[str, dict[str, str]] = {}
    for lang, table in tables.items():
        own[lang] = {}
        for key, value in table.items():
            if isinstance(value, str):
                own[lang][key] = value
            else:
                own[lang] |= {f"{key}.{k}": v for k, v in value.items()}
    return Words(own=own)


def word_date(text: str, lang: str) -> str:
    """One date of EDTF in words; what is not a plain year, month or day stays as it is written.

    >>> word_date("2024-04-28", "en"), word_date("2027~", "en"), word_date("2024-03?", "zh")
    ('28 April 2024', 'about 2027', '2024年3月（不确定）')
    """
    found = _CALENDAR.fullmatch(text)
    if found is None or (found[2] and not 1 <= int(found[2]) <= 12):
        return text
    year, month, day, doubt = found.groups()
    if lang == "zh":
        plain = f"{int(year)}年" + (f"{int(month)}月" if month else "") + (f"{int(day)}日" if day else "")
        plain = f"约{plain}" if doubt in ("~", "%") and doubt else plain
        return f"{plain}（不确定）" if doubt in ("?", "%") and doubt else plain
    plain = " ".join(p for p in (str(int(day)) if day else "", _MONTHS[int(month) - 1] if month else "", year) if p)
    plain = f"about {plain}" if doubt in ("~", "%") and doubt else plain
    return f"{plain} (uncertain)" if doubt in ("?", "%") and doubt else plain


def word_time(edtf: Edtf, lang: str) -> str:
    """A date, an interval or a deadline in words.

    >>> from kg.edtf import parse_edtf
    >>> [word_time(parse_edtf(t), "en") for t in ("../2030", "2039/2044", "2024-07-26/2024-08-11", "2024/..")]
    ['by 2030', '2039 to 2044', '26 July 2024 to 11 August 2024', 'from 2024']
    """
    start, slash, end = clean(edtf.text).partition("/")
    if not slash:
        return word_date(start, lang)
    first, last = word_date(start, lang), word_date(end, lang)
    if start in ("", ".."):
        return f"{last}或之前" if lang == "zh" else f"by {last}"
    if end.startswith(f"{start}-"):  # the bounds of a day of which little more than the year is known
        return f"{first}，不晚于{last}" if lang == "zh" else f"{first}, by {last}"
    if end in ("", ".."):
        return f"{first}起" if lang == "zh" else f"from {first}"
    return f"{first}至{last}" if lang == "zh" else f"{first} to {last}"


def word_as_of(edtf: Edtf, lang: str) -> str:
    """The date of a count, to be read after "as of".

    >>> from kg.edtf import parse_edtf
    >>> [word_as_of(parse_edtf(t), "en") for t in ("../2024-04-28", "2024-04")]
    ['28 April 2024 at the latest', 'April 2024']
    """
    start, slash, end = clean(edtf.text).partition("/")
    if slash and start in ("", "..") and lang != "zh":
        return f"{word_date(end, lang)} at the latest"
    return word_time(edtf, lang)


def group_digits(number: str) -> str:
    """A decimal number with its digits in groups of three.

    >>> group_digits("75600"), group_digits("73.60"), group_digits("-5700.25")
    ('75,600', '73.60', '-5,700.25')
    """
    sign = number[:1] if number[:1] in "+-" else ""
    whole, dot, part = number.removeprefix(sign).partition(".")
    if len(whole) > 3 and whole.isascii() and whole.isdigit() and whole[0] != "0" and len(whole) < 4000:
        whole = f"{int(whole):,}"
    return f"{sign}{whole}{dot}{part}"


def word_quantity(quantity: Quantity, vocabulary: Vocabulary, lang: str) -> str:
    """A quantity in words: `about 75,600 orders`, `215,900–299,900 yuan`, `more than 30,000 vehicles`."""
    name = _name_unit(vocabulary.unit_by_iri.get(quantity.unit or ""), lang, one=quantity.number in ("1", "1.0"))
    low, high = quantity.lowest, quantity.highest
    if quantity.number is None:
        figure = f"{group_digits(low or '…')}–{group_digits(high or '…')}"
    else:
        figure = group_digits(quantity.number)
        zh = lang == "zh"
        if quantity.approximate:
            figure = f"约 {figure}" if zh else f"about {figure}"
        elif low is not None and high is None:
            less = (
                ("超过 " if quantity.exclusive else "至少 ")
                if zh
                else ("more than " if quantity.exclusive else "at least ")
            )
            figure = less + figure
        elif high is not None and low is None:
            more = (
                ("不到 " if quantity.exclusive else "至多 ")
                if zh
                else ("less than " if quantity.exclusive else "at most ")
            )
            figure = more + figure
    return f"{figure} {name}".strip()


def _name_unit(unit: Unit | None, lang: str, *, one: bool) -> str:
    """The name of a unit after a figure: its label where that is a plain word, else its symbol."""
    if unit is None:
        return ""
    label = unit.labels.get(lang)
    sign = not any(map(str.isalpha, unit.symbol))  # `%` in any language
    if label is None or sign or (lang == "en" and not re.fullmatch("[a-z]{3,}", unit.symbol)):
        return unit.symbol
    if lang != "en" or one or label.endswith("s"):
        return label
    return f"{label[:-1]}ies" if re.search("[^aeiou]y$", label) else f"{label}s"


def word_value(claim: Claim, seeds: Seeds, vocabulary: Vocabulary, lang: str) -> str:
    """The object of a claim in words."""
    match claim.object:
        case EntityRef(key=key):
            entity = seeds.entity_by_key.get(key)
            return clean(entity.label(lang)) if entity else key
        case ClaimRef(id=id_):
            return id_
        case Quantity() as quantity:
            return clean(word_quantity(quantity, vocabulary, lang))
        case Date(edtf=edtf):
            return word_time(edtf, lang)
        case Text(text=text):
            return clean(text)
        case Truth(value=value):
            return {"en": ("no", "yes"), "zh": ("否", "是")}[lang][value]
        case Address(iri=iri):
            return clean(iri)
        case _:
            return "…"
