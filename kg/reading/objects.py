"""Read the object of a claim as its property's declared range says: entity, quantity, date, text ...

The range drives the reading, so a misspelt unit is an error and never a text.
"""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction

from kg.diagnostic import did_you_mean, list_known
from kg.model import Address, ClaimRef, EntityRef, Object, Quantity, Text, Truth
from kg.namespace import UNIT
from kg.reading.dataset import tell_bad_iri
from kg.reading.fields import Finder
from kg.vocabulary import Property, RangeKind, Unit, Vocabulary
from kg.yamldoc import Mapping, Node, Scalar, describe_node

BARE_NUMBER = UNIT + "NUM"
MOST_DIGITS = 200
_QUALIFIERS = ("about", "over", "under", "at least", "at most")
_SYNONYMS = {
    "approximately": "about", "around": "about", "roughly": "about", "circa": "about", "ca": "about", "nearly": "about",
    "more than": "over", "above": "over", "less than": "under", "fewer than": "under", "below": "under",
    "minimum": "at least", "from": "at least", "maximum": "at most", "up to": "at most",
}  # fmt: skip
_SEPARATOR = re.compile(r"(?<=[0-9])[,_'\u202f\u00a0 ](?=[0-9]{3}(?![0-9]))")
_QUANTITY = re.compile(
    r"(?:(?P<word>about|over|under|at\s+least|at\s+most)\s+)?"
    r"(?P<low>[+-]?[0-9]+(?:\.[0-9]+)?)(?:\s*\.\.\s*(?P<high>[+-]?[0-9]+(?:\.[0-9]+)?))?(?:\s+(?P<unit>\S.*))?"
)


def read_object(node: Node, prop: Property, vocabulary: Vocabulary, language: str, finder: Finder) -> Object | None:
    """The object that *node* writes, or None with the reason told. Claims' ids stay as written."""
    if isinstance(node, Mapping):
        return _read_text_mapping(node, prop, language, finder)
    scalar = finder.scalar(node, "the object")
    if scalar is None:
        return None
    if scalar.text.startswith("c:") and prop.kind is not RangeKind.CLAIM and prop.kind is not RangeKind.TEXT:
        _outside(scalar, prop, "a claim", finder)
        return None
    match prop.kind:
        case RangeKind.ENTITY:
            return EntityRef(key=scalar.text, mark=scalar.mark)
        case RangeKind.CLAIM:
            if scalar.text.startswith("c:"):
                return ClaimRef(id=scalar.text[2:], mark=scalar.mark)
            _outside(scalar, prop, f"`{scalar.text}`", finder)
            return None
        case RangeKind.QUANTITY:
            return read_quantity(scalar, prop, vocabulary, finder)
        case RangeKind.DATE:
            return finder.parse_date(scalar)
        case RangeKind.TEXT:
            return Text(text=scalar.text, lang=language, mark=scalar.mark)
        case RangeKind.TRUTH:
            truth = finder.truth(scalar, "the object")
            return None if truth is None else Truth(value=truth, mark=scalar.mark)
        case RangeKind.ADDRESS:
            good = tell_bad_iri(scalar.text, scalar.mark, finder)
            return Address(iri=scalar.text, mark=scalar.mark) if good else None


def _outside(node: Node, prop: Property, found: str, finder: Finder) -> None:
    finder.tell("outside-range", node.mark, f"the object of `{prop.name}` should be {prop.kind.value}, not {found}")


def _read_text_mapping(node: Mapping, prop: Property, language: str, finder: Finder) -> Text | None:
    if prop.kind is not RangeKind.TEXT:
        _outside(node, prop, describe_node(node), finder)
        return None
    finder.known_keys(node, "a text", ("text", "lang"))
    finder.required(node, "a text", node.mark, "text")
    text = finder.scalar(node.get("text"), "`text`")
    lang = finder.scalar(node.get("lang"), "`lang`")
    if text is None or (lang is not None and not finder.language_tag(lang)):
        return None
    return Text(text=text.text, lang=lang.text if lang else language, mark=text.mark)


def read_quantity(scalar: Scalar, prop: Property, vocabulary: Vocabulary, finder: Finder) -> Quantity | None:
    """`[about|over|under|at least|at most] N[..M] unit`, in the property's unit or one that converts to it."""
    match = _QUANTITY.fullmatch(scalar.text.strip())
    if match is None:
        finder.tell(
            "bad-quantity",
            scalar.mark,
            f"`{scalar.text}` is no quantity",
            _hint_at_quantity(scalar.text, prop),
        )
        return None
    word = re.sub(r"\s+", " ", match["word"] or "")
    low, high = match["low"], match["high"]
    if max(len(low), len(high or "")) > MOST_DIGITS:
        finder.tell("bad-quantity", scalar.mark, f"a number of more than {MOST_DIGITS} digits")
        return None
    if high is not None and (word in {"over", "under", "at least", "at most"} or Fraction(low) > Fraction(high)):
        if word:
            hint = f"write `{word} {low}` or `{low}..{high}`"
            finder.tell("bad-quantity", scalar.mark, f"`{word}` and a range exclude each other", hint)
        else:
            finder.tell("bad-quantity", scalar.mark, "the range runs backwards", f"write `{high}..{low}`")
        return None
    if prop.integer and any("." in n for n in (low, high or "")):
        finder.tell("bad-quantity", scalar.mark, f"`{prop.name}` counts in whole numbers")
        return None
    unit = _read_unit(match["unit"], scalar, prop, vocabulary, finder)
    if unit is None and prop.unit is not None:
        return None
    lowest = low if word in {"", "over", "at least"} or high else None
    highest = (high or low) if word in {"", "under", "at most"} or high else None
    return Quantity(
        text=scalar.text,
        number=low if high is None else None,
        lowest=lowest,
        highest=highest,
        exclusive=word in {"over", "under"},
        approximate=word == "about",
        unit=unit.iri if unit else None,
        mark=scalar.mark,
    )


def _hint_at_quantity(text: str, prop: Property) -> str:
    joined = _SEPARATOR.sub("", text)
    if joined != text:
        return f"write the number without separators: `{joined}`"
    if text[:1] in "<>≤≥~≈":
        words = {">": "over", "<": "under", "≥": "at least", "≤": "at most", "~": "about", "≈": "about"}
        return f"write `{words[text[0]]} {text[1:].strip()}`"
    if re.fullmatch(r"[+-]?[0-9.]+[eE][+-]?[0-9].*", text):
        return "write the number out, without an exponent"
    for synonym, word in _SYNONYMS.items():
        if text.casefold().startswith((f"{synonym} ", f"{synonym}. ")):
            return f"write `{word} {text[len(synonym) :].lstrip('. ')}`"
    apart = re.sub(r"(?<=[0-9])\s*(?:-|–|—|\.\.\.|…)\s*(?=[0-9])", "..", text)
    apart = re.sub(r"(?<=[0-9])(?=[^\W\d_]|%)", " ", apart)
    if apart != text and _QUANTITY.fullmatch(apart):
        return f"write `{apart}`"
    plain = unicodedata.normalize("NFKC", text)
    if plain != text and _QUANTITY.fullmatch(plain):
        return f"write `{plain}`"
    near = did_you_mean(text.split()[0] if text.split() else "", _QUALIFIERS)
    if near:
        return near
    return f"`{prop.name}` takes `[about|over|under|at least|at most] N[..M] unit`"


def _read_unit(word: str | None, scalar: Scalar, prop: Property, vocabulary: Vocabulary, finder: Finder) -> Unit | None:
    wanted = vocabulary.unit_by_iri.get(prop.unit) if prop.unit else None
    if word is None:
        if wanted is None or wanted.iri == BARE_NUMBER:
            return wanted
        hint = f"write `{scalar.text} {wanted.symbol}`"
        finder.tell("missing-unit", scalar.mark, f"`{scalar.text}` has no unit", hint)
        return None
    start = scalar.text.rindex(word)
    mark = scalar.part(start, start + len(word))
    unit = vocabulary.units.get(word)
    if unit is None:
        known = {w for u in vocabulary.units.values() if wanted is None or u.kind == wanted.kind for w in u.words}
        near = did_you_mean(word, known) or did_you_mean(word, vocabulary.units)
        measured = f"`{prop.name}` is measured in `{wanted.symbol}`" if wanted else None
        if vocabulary.complete:
            finder.tell("unknown-unit", mark, f"no unit `{word}`", near or measured)
        return None
    if wanted is None:
        finder.tell("unit-mismatch", mark, f"`{prop.name}` takes a bare number, not `{word}`")
        return None
    if unit.iri != wanted.iri and not _same_dimension(unit, wanted):
        others = {u.symbol for u in vocabulary.units.values() if _same_dimension(u, wanted)} | {wanted.symbol}
        convert = f"units that convert: {list_known(others)}" if len(others) > 1 else None
        finder.tell("unit-mismatch", mark, f"`{prop.name}` is measured in `{wanted.symbol}`, not `{word}`", convert)
        return None
    match = _QUANTITY.fullmatch(scalar.text.strip())
    numbers = [n for n in (match["low"], match["high"]) if n] if match else []
    converted = [convert_number(n, unit, wanted) for n in numbers]
    if any(n is None or (prop.integer and "." in n) for n in converted):
        whole = "whole" if prop.integer else "exact"
        message = f"`{scalar.text}` has no {whole} value in `{wanted.symbol}`"
        finder.tell("inexact-conversion", scalar.mark, message, f"write it in `{wanted.symbol}`")
        return None
    return unit


def _same_dimension(a: Unit, b: Unit) -> bool:
    return a.kind is not None and a.kind == b.kind and a.multiplier is not None and b.multiplier is not None


def convert_number(number: str, unit: Unit, wanted: Unit) -> str | None:
    """*number* of *unit* in the *wanted* unit, exactly; None where it is no finite decimal.

    In the same unit the text stays as it was written (`73.60`).
    """
    if unit.iri == wanted.iri:
        return number
    if unit.multiplier is None or wanted.multiplier is None:
        return None
    return _decimal_text(Fraction(number) * unit.multiplier / wanted.multiplier)


def _decimal_text(value: Fraction) -> str | None:
    """The finite decimal text of *value*, or None.

    >>> _decimal_text(Fraction(1, 8)), _decimal_text(Fraction(-7)), _decimal_text(Fraction(1, 3))
    ('0.125', '-7', None)
    """
    places, rest = 0, value.denominator
    for prime in (2, 5):
        count = 0
        while rest % prime == 0:
            rest //= prime
            count += 1
        places = max(places, count)
    if rest != 1:
        return None
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    whole, fraction = (digits[:-places], digits[-places:].rstrip("0")) if places else (digits, "")
    return ("-" if value < 0 else "") + whole + (f".{fraction}" if fraction else "")
