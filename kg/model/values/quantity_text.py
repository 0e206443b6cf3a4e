"""Read a quantity as curators write it: `about 3.5 million USD`, `215900..299900 CNY`, `1.3万 job`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from kg.model.ontology.ranges import name_datatypes
from kg.model.ontology.vocabulary import Property, Unit, Vocabulary
from kg.model.values.conversion import have_same_dimension, write_decimal
from kg.model.values.quantity import BARE_NUMBER, Quantity
from kg.text.diagnostic import did_you_mean, list_known
from kg.text.findings import Findings
from kg.text.tongues import list_tongues, read_tongue
from kg.text.yamldoc import Scalar

MOST_DIGITS = 200
_QUALIFIERS = ("about", "over", "under", "at least", "at most")
_SYNONYMS = {
    "approximately": "about", "around": "about", "roughly": "about", "circa": "about", "ca": "about", "nearly": "about",
    "almost": "about", "close to": "about", "some": "about",
    "more than": "over", "above": "over", "less than": "under", "fewer than": "under", "below": "under",
    "minimum": "at least", "from": "at least", "maximum": "at most", "up to": "at most",
    **dict.fromkeys(("well over", "just over"), "over"), **dict.fromkeys(("well under", "just under"), "under"),
    **dict.fromkeys(("no more than", "not more than"), "at most"),
    **dict.fromkeys(("no less than", "not less than", "no fewer than", "not fewer than"), "at least"),
}  # fmt: skip
_CHINESE_WORDS = {
    "大约": "about", "约": "about", "将近": "about", "近": "about", "超过": "over", "不到": "under", "不足": "under",
    "至少": "at least", "最少": "at least", "至多": "at most", "最多": "at most",
}  # fmt: skip
_ENGLISH = {"hundred": 10**2, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_CHINESE = {"十": 10, "百": 10**2, "千": 10**3, "万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_LARGE = "万萬亿億"
# Of K, M and B each is another unit somewhere, so they are no multipliers.
_SHORT = {"bn": "billion", "mn": "million", "mln": "million", "bln": "billion", "tn": "trillion", "k": "thousand"}
SIGNS_OF_MONEY = {  # of money, written before the number; `¥` is left out, since it is two currencies
    "US$": "USD", "HK$": "HKD", "NT$": "TWD", "S$": "SGD", "A$": "AUD", "C$": "CAD", "R$": "BRL", "$": "USD",
    "€": "EUR", "£": "GBP", "₩": "KRW", "₹": "INR", "₽": "RUB", "₺": "TRY",
}  # fmt: skip
_BETWEEN = re.compile(r"between\s+([0-9].*?)\s+and\s+([0-9].*)", re.IGNORECASE)
_FROM = re.compile(r"^from\s+(?=[0-9].*\sto\s+[0-9])|^介于|之间$", re.IGNORECASE)
_TO = re.compile(
    rf"(?<=[0-9])\s*(?:-|–|—|\.\.\.|…|~|～)\s*(?=[0-9])|(?<=[0-9十百千{_LARGE}])\s*[至到]\s*(?=[0-9])"
    r"|(?:(?<=[0-9])|(?<=hundred)|(?<=thousand)|(?<=[mbr]illion))\s+to\s+(?=[0-9])"
)
_ALIKE = 0.75  # how like a unit must be to be proposed; 1 is the same
_NUMBER = r"[+-]?[0-9]+(?:\.[0-9]+)?"
_MULTIPLIER = (
    r"(?:\s+(?:hundred(?:\s+(?:thousand|million|billion|trillion))?|thousand|million|billion|trillion)(?=\s|\.\.|$)"
    rf"|\s*[十百千]?[{_LARGE}][亿億]?|\s*[百千])"
)
_COMMA = re.compile(r"(?<![0-9,.])([0-9]+),([0-9]{1,2})(?![0-9,.])")  # of a decimal, as many languages write it
_TOUCHING = re.compile(rf"(?<=[0-9])(?=[^0-9.,\s百千{_LARGE}])")
_UNIT_TWICE = re.compile(r"(.*?[0-9].*?)\s+(\S+)\s*\.\.\s*(.*[0-9].*?)\s+\2")
_MIXED = re.compile(r"(?<![0-9.])([0-9]{1,6}) ([0-9]{1,3})/([0-9]{1,3})(?![0-9])")
_WORDS_AFTER = re.compile(r"(.*[0-9])\s*+([^\s0-9][^0-9]*+)")
_SEPARATOR = re.compile(r"(?<=[0-9])[,_'\u202f\u00a0 ](?=[0-9]{3}(?![0-9]))")
_QUANTITY = re.compile(
    r"(?:(?P<word>about|over|under|at\s+least|at\s+most)\s+)?"
    rf"(?P<low>{_NUMBER})(?P<low_times>{_MULTIPLIER})?"
    rf"(?:\s*\.\.\s*(?P<high>{_NUMBER})(?P<high_times>{_MULTIPLIER})?)?"
    rf"(?:(?:\s+|(?<=[百千{_LARGE}])(?=[^\W\d_a-zA-Z]))(?P<unit>\S.*))?"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Parts:
    """A quantity's text, taken apart: its numbers multiplied out; *start* is where the unit begins in the text."""

    word: str
    low: str
    high: str | None
    unit: str | None
    start: int
    written: tuple[str, str]  # the numbers with their multipliers

    @property
    def backwards(self) -> bool:
        return self.high is not None and Fraction(self.low) > Fraction(self.high)


def _take_apart(text: str) -> _Parts | None:
    """The parts of a quantity's *text*; None where it has not the form of one."""
    match = _QUANTITY.fullmatch(text)
    if match is None:
        return None
    high, low_times, high_times = match["high"], match["low_times"], match["high_times"]
    if max(len(match["low"]), len(high or "")) > MOST_DIGITS:
        low = match["low"]  # told by who asked; nothing is worked out
    else:
        low = _multiply(match["low"], low_times or high_times)  # the 1 of `1..2 million` is a million
        high = None if high is None else _multiply(high, high_times)
    return _Parts(
        word=re.sub(r"\s+", " ", match["word"] or ""),
        low=low,
        high=high,
        unit=match["unit"],
        start=match.start("unit"),
        written=(match["low"] + (low_times or ""), (match["high"] or "") + (high_times or "")),
    )


def _multiply(number: str, times: str | None) -> str:
    """*number* times what the word says; as it was written where there is no word.

    >>> _multiply("1.3", "万"), _multiply("2.50", " million"), _multiply("73.60", None)
    ('13000', '2500000', '73.60')
    """
    if times is None:
        return number
    factor = 1
    for word in times.split() if times.isascii() else times.strip():
        factor *= _ENGLISH.get(word) or _CHINESE[word]
    return write_decimal(Fraction(number) * factor) or number


def read_quantity(scalar: Scalar, prop: Property, vocabulary: Vocabulary, findings: Findings) -> Quantity | None:
    """`[about|over|under|at least|at most] N[..M] unit`, in the property's unit or one that converts to it.

    A number may have a multiplier (`3.5 million`, `1.3万`); that of a range's end counts for its beginning too, where
    that has none. None, with the reason told, where it is no quantity.
    """
    lead = len(scalar.text) - len(scalar.text.lstrip())
    parts = _take_apart(scalar.text.strip())
    if parts is None:
        hint = _hint_at_quantity(scalar.text, prop, vocabulary)
        findings.tell("bad-quantity", scalar.mark, f"`{scalar.text}` is no quantity", hint)
        return None
    word, low, high = parts.word, parts.low, parts.high
    if max(len(low), len(high or "")) > MOST_DIGITS:
        findings.tell("bad-quantity", scalar.mark, f"a number of more than {MOST_DIGITS} digits")
        return None
    if high is not None and word in {"over", "under", "at least", "at most"}:
        hint = f"write `{word} {parts.written[0]}` or `{parts.written[0]}..{parts.written[1]}`"
        findings.tell("bad-quantity", scalar.mark, f"`{word}` and a range exclude each other", hint)
        return None
    if parts.backwards:
        plain = low == parts.written[0]
        hint = f"write `{high}..{low}`" if plain else "a multiplier at the end of a range counts for its beginning too"
        findings.tell("bad-quantity", scalar.mark, "the range runs backwards", hint)
        return None
    if prop.integer and any("." in n for n in (low, high or "")):
        findings.tell("bad-quantity", scalar.mark, f"`{prop.name}` counts in whole numbers")
        return None
    unit = _read_unit(parts, lead, scalar, prop, vocabulary, findings)
    if unit is None and (prop.unit is not None or prop.by_unit):
        return None
    lowest = low if word in {"", "over", "at least"} or high else None
    highest = (high or low) if word in {"", "under", "at most"} or high else None
    quantity = Quantity(
        text=scalar.text,
        number=low if high is None else None,
        lowest=lowest,
        highest=highest,
        exclusive=word in {"over", "under"},
        approximate=word == "about",
        unit=unit.iri if unit else None,
        mark=scalar.mark,
    )
    outside = quantity.outside(prop, vocabulary)
    if outside is None:
        return quantity
    message = f"the object of `{prop.name}` should be of {name_datatypes(prop.datatypes)}, and `{outside}` is not"
    findings.tell("outside-range", scalar.mark, message, "is the number right? else widen the range in ontology/")
    return None


def _read_unit(
    parts: _Parts, lead: int, scalar: Scalar, prop: Property, vocabulary: Vocabulary, findings: Findings
) -> Unit | None:
    wanted = vocabulary.unit_by_iri.get(prop.unit) if prop.unit else None
    word = parts.unit
    if word is None:
        if prop.by_unit:
            few = [vocabulary.unit_by_iri[iri].symbol for iri in prop.by_unit][:3]
            hint = f"write the unit after it: {', '.join(f'`{scalar.text} {symbol}`' for symbol in few)} ..."
            findings.tell("missing-unit", scalar.mark, f"`{scalar.text}` has no unit", hint)
            return None
        if wanted is None or wanted.iri == BARE_NUMBER:
            return wanted
        hint = f"write `{scalar.text} {wanted.symbol}`"
        findings.tell("missing-unit", scalar.mark, f"`{scalar.text}` has no unit", hint)
        return None
    mark = scalar.part(lead + parts.start, lead + parts.start + len(word))
    unit = vocabulary.units.get(word)
    if unit is None:
        measured = f"`{prop.name}` is measured in `{wanted.symbol}`" if wanted else None
        if prop.by_unit:
            known = list_known(vocabulary.unit_by_iri[iri].symbol for iri in prop.by_unit)
            measured = f"units that fit: {known}; a further one is declared in the ontology"
        if vocabulary.complete:
            near = _mend_unit(scalar.text, prop, vocabulary) or _find_near_unit(word, prop, vocabulary)
            findings.tell("unknown-unit", mark, f"no unit `{word}`", near or measured)
        return None
    if prop.by_unit:
        if unit.iri in prop.by_unit:
            return unit
        known = list_known(vocabulary.unit_by_iri[iri].symbol for iri in prop.by_unit)
        findings.tell("unit-mismatch", mark, f"`{prop.name}` is not measured in `{word}`", f"units that fit: {known}")
        return None
    if wanted is None:
        findings.tell("unit-mismatch", mark, f"`{prop.name}` takes a bare number, not `{word}`")
        return None
    if unit.iri != wanted.iri and not have_same_dimension(unit, wanted):
        others = {u.symbol for u in vocabulary.units.values() if have_same_dimension(u, wanted)} | {wanted.symbol}
        convert = f"units that convert: {list_known(others)}" if len(others) > 1 else None
        findings.tell("unit-mismatch", mark, f"`{prop.name}` is measured in `{wanted.symbol}`, not `{word}`", convert)
        return None
    return unit


# -- hints: what is suggested can be written -----------------------------------------------------


def _fits(text: str, prop: Property, vocabulary: Vocabulary) -> bool:
    """Whether *text* would be read without a complaint."""
    found = Findings()
    plain = Scalar(text=text, mark=prop.mark)
    parts = _take_apart(text.strip())
    return parts is not None and read_quantity(plain, prop, vocabulary, found) is not None


def _mend_unit(text: str, prop: Property, vocabulary: Vocabulary) -> str | None:
    """What was taken for a unit: digits (`13 000 person`), a range (`1 to 2 km`), its unit twice (`1 m..2 m`)."""
    joined = _SEPARATOR.sub("", text)
    if joined != text and _fits(joined, prop, vocabulary):
        return f"write the number without separators: `{joined}`"
    ranged = _write_range(text)
    if ranged != text and _fits(ranged, prop, vocabulary):
        return f"write `{ranged}`"
    mixed = _write_mixed(text)
    if mixed != text and _fits(mixed, prop, vocabulary):
        return f"write `{mixed}`"
    english = _write_multiplier(text)
    if english != text and _fits(english, prop, vocabulary):
        return f"multipliers are English, or Chinese signs: `{english}`"
    twice = _UNIT_TWICE.fullmatch(text.strip())
    once = f"{twice[1]}..{twice[3]} {twice[2]}" if twice else text
    return f"write the unit once: `{once}`" if twice and _fits(once, prop, vocabulary) else None


def _find_near_unit(word: str, prop: Property, vocabulary: Vocabulary) -> str | None:
    """A unit that the property takes and that *word* may be a slip of; short symbols are like each other by chance."""
    known = {w for u in vocabulary.units.values() if _serves(u, prop, vocabulary) for w in u.words}
    alike = sorted(w for w in known if w.casefold() == word.casefold())
    if alike:
        return f"did you mean `{alike[0]}`?"
    from difflib import SequenceMatcher  # only where there is a mistake

    # `things` are no `options`: of many short words some are always a little alike
    like = {w for w in known if min(len(w), len(word)) > 3 and SequenceMatcher(None, word, w).ratio() >= _ALIKE}
    return did_you_mean(word, like)


def _serves(unit: Unit, prop: Property, vocabulary: Vocabulary) -> bool:
    wanted = vocabulary.unit_by_iri.get(prop.unit) if prop.unit else None
    if wanted is None:
        return unit.iri in prop.by_unit
    return unit.iri == wanted.iri or have_same_dimension(unit, wanted)


def _hint_at_quantity(text: str, prop: Property, vocabulary: Vocabulary) -> str:
    for reason, written in _suggest(text):
        if _fits(written, prop, vocabulary):
            return f"{reason}`{written}`"
    first = next(iter(text.split()), "")
    near = did_you_mean(first, _QUALIFIERS) if first.isalpha() and first not in _QUALIFIERS else None
    if near:
        return near
    if re.fullmatch(r"[+-]?[0-9.]+[eE][+-]?[0-9].*", text):
        return "write the number out, without an exponent"
    return f"`{prop.name}` takes `[about|over|under|at least|at most] N[..M] unit`"


def _write_range(text: str) -> str:
    """A range in words or with a dash as it is written here.

    >>> [_write_range(text) for text in ("120–150 m", "between 120 and 150", "1 million to 2 million", "12万至15万元")]
    ['120..150 m', '120..150', '1 million..2 million', '12万..15万元']
    """
    found = _BETWEEN.fullmatch(text)
    return f"{found[1]}..{found[2]}" if found is not None else _TO.sub("..", _FROM.sub("", text))


def _write_mixed(text: str) -> str:
    """A number with a fraction as a decimal, where it is a finite one.

    >>> [_write_mixed(text) for text in ("24 5/8 in", "about 3 1/2 m", "1 1/3 m")]
    ['24.625 in', 'about 3.5 m', '1 1/3 m']
    """
    found = _MIXED.search(text)
    if found is None or not int(found[3]):
        return text
    number = write_decimal(int(found[1]) + Fraction(int(found[2]), int(found[3])))
    return text if number is None else f"{text[: found.start()]}{number}{text[found.end() :]}"


def _write_multiplier(text: str) -> str:
    """A multiplier of another language in English.

    What English has no word for is written out.

    >>> [_write_multiplier(text) for text in ("22 millones USD", "3 mil millones de EUR", "75억 KRW", "7.5억 KRW")]
    ['22 million USD', '3 billion EUR', '7500000000 KRW', '750000000 KRW']
    """
    found = _WORDS_AFTER.fullmatch(text.strip())
    words, factor = found[2].split() if found is not None else [], 1
    while words and (power := _read_powers().get(words[0].casefold())) is not None:
        factor, words = factor * power, words[1:]
    if found is None or factor == 1:
        return text
    rest = re.sub(r"^(?:de |di |d['’])", "", " ".join(words))
    name = next((name for name, value in _ENGLISH.items() if value == factor), None)
    if name is not None:
        return f"{found[1]} {name} {rest}"
    *before, number = found[1].split(" ")
    if not re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", number):
        return text
    return " ".join((*before, write_decimal(Fraction(number) * factor) or number, rest))


@cache
def _read_powers() -> dict[str, int]:
    """What multiplies in all languages of which words are known; not what means another number in another one."""
    found: dict[str, int] = {}
    twice: set[str] = set()
    for lang in sorted(list_tongues()):
        figures = getattr(read_tongue(lang), "figures", None)
        for word, value in figures.powers.items() if figures is not None else ():
            if found.setdefault(word, value) != value:
                twice.add(word)
    return {word: value for word, value in found.items() if word not in twice}


def _write_short(sign: re.Match[str]) -> str:
    """` billion` for `bn`; of an amount of money `m` and `b` are millions and billions, too."""
    return f" {({**_SHORT, 'm': 'million', 'b': 'billion'})[sign[1]]}"


def suggest_quantities(text: str) -> Iterator[str]:
    """How else a text may be written, so that it can be read as a quantity: the likeliest first, none of them tried.

    >>> [written for written in suggest_quantities("1,300") if written != "1,300"][0]
    '1300'
    """
    return (written for _, written in _suggest(text))


def _suggest(text: str) -> Iterator[tuple[str, str]]:
    """What may have been meant, each with the words before it."""
    yield "write the number without separators: ", _SEPARATOR.sub("", text)
    yield "write ", _COMMA.sub(r"\1.\2", text)
    yield "write ", _write_multiplier(_COMMA.sub(r"\1.\2", text))
    if text[:1] in "<>≤≥~≈" and text:
        words = {">": "over", "<": "under", "≥": "at least", "≤": "at most", "~": "about", "≈": "about"}
        yield "write ", f"{words[text[0]]} {_SEPARATOR.sub('', text[1:].strip())}"
    for sign, code in SIGNS_OF_MONEY.items():
        if text.startswith(sign):
            amount = re.sub(
                rf"(?<=[0-9])\s*({'|'.join([*_SHORT, 'm', 'b'])})$", _write_short, text[len(sign) :].strip()
            )
            yield "write ", f"{_SEPARATOR.sub('', amount)} {code}"
    for synonym, word in _SYNONYMS.items():
        if text.casefold().startswith((f"{synonym} ", f"{synonym}. ")):
            yield "write ", f"{word} {_SEPARATOR.sub('', text[len(synonym) :].lstrip('. '))}"
    for synonym, word in _CHINESE_WORDS.items():
        if text.startswith(synonym):
            amount = _SEPARATOR.sub("", text.removeprefix(synonym).strip())
            yield "write ", f"{word} {_TOUCHING.sub(' ', amount)}"
    plain = unicodedata.normalize("NFKC", text.strip("“”„«»「」‘’\"'")).replace("−", "-")
    plain = re.sub(r"^[–—](?=[0-9])", "-", re.sub(r"(?<![0-9.])\.(?=[0-9])", "0.", plain))  # –5, .5
    for start in dict.fromkeys((text, plain, _SEPARATOR.sub("", plain))):
        ranged = _write_range(start)
        long = re.sub(
            rf"(?<=[0-9])\s*({'|'.join(_SHORT)})(?=\s|$)", lambda m: f" {_SHORT[m[1].casefold()]}", ranged,
            flags=re.IGNORECASE,
        )  # fmt: skip
        for apart in (start, ranged, long):
            yield "write ", apart
            yield "write ", re.sub(r"(?<=[0-9])(?=[^\W\d_]|%|°)", " ", apart)
