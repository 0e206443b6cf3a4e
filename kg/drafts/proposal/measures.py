"""What a claim measures fits its sentence: the figure is that of the measure, bound and unit are the sentence's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from kg.check.naming import WORD, stem_word
from kg.check.wording import find_figure, has_unit
from kg.drafts.proposal.setting import Setting, list_figures
from kg.drafts.proposal.terms import fold_camel
from kg.graph.coverage import plain_number
from kg.model.ontology.vocabulary import Property, Unit, Vocabulary
from kg.model.values import Date, Quantity
from kg.text.diagnostic import Diagnostic
from kg.text.figure import Figure
from kg.text.sentence import fold_words
from kg.text.tongues import read_tongue

_TO = frozenset({"to", "-", "–", "—", "~", "～", "至"})  # between the ends of a range
_LITTLE = frozenset({"is", "are", "was", "the", "a", "an", "of", "to", "in", "on", "at", "for", "by", "per", "and"})


def list_alike(setting: Setting) -> list[str]:
    """The figures that the unit of the claim's object follows."""
    assert isinstance(setting.claim.object, Quantity)
    unit = setting.vocabulary.unit_by_iri.get(setting.claim.object.unit or "")
    if unit is None or unit.iri.endswith("/NUM"):
        return []
    figures = list_figures(setting.words, setting.lang)
    return list(dict.fromkeys(f.value for f in figures if _has_unit_after(setting.words, f, unit)))


# -- which figure ---------------------------------------------------------------------------------

_SAYS = {  # what an adjective measures
    "long": "length", "wide": "width", "broad": "width", "high": "height", "tall": "height", "deep": "depth",
    "old": "age",
    "heavy": "weight", "thick": "thickness", "fast": "speed", "strong": "strength", "costs": "cost", "cost": "cost",
    "weighs": "weight", "aged": "age", "worth": "value", "priced": "price",
}  # fmt: skip
_OF_TIME = re.compile(r"\b(?:in|since|until|till|during|by|from|before|after|year|of) $")
_APART = re.compile(r"[,;:()]|\b(?:and|but|while)\b")
_ELSEWHERE = re.compile(r"[0-9，。；：、（]")  # words behind are of something else: Chinese has no spaces between them
_NEARBY = 4  # words after a figure, and before it, that say what it measures


def check_figure(setting: Setting) -> Iterator[Diagnostic]:
    """The figure is no year, and none of another measure: of two figures in one unit that which the property names."""
    value, words = setting.claim.object, setting.words
    if not isinstance(value, Quantity) or value.unit is None or setting.claim.is_inferred("o"):
        return
    wanted = {plain_number(number) for number in value.numbers() if number}
    figures = list_figures(words, setting.lang)
    own = [figure for figure in figures if figure.value in wanted]
    unit = setting.vocabulary.unit_by_iri.get(value.unit)
    if not own or unit is None:
        return
    if all(_is_year(words, figure, unit) for figure in own):
        message = f"{own[0].text} is a year in `{setting.where}`, and no number of `{unit.symbol}`"
        yield setting.tell("figure-not-in-sentence", message, "write the number that the sentence gives")
        return
    prop = setting.vocabulary.properties.get(setting.claim.predicate.text)
    if prop is None or unit.iri.endswith("/NUM"):
        return
    stems = {stem_word(w) for text in (prop.name, *prop.labels.values()) for w in WORD.findall(fold_camel(text))}
    others = _list_measures(prop, setting.vocabulary) - stems
    about = {figure: _find_words(words, figure, figures) for figure in figures}
    if any(about[figure] & stems or not about[figure] & others for figure in own):
        return
    for other in figures:
        if about[other] & stems and other.value not in wanted and _has_unit_after(words, other, unit):
            message = f"in `{setting.where}` the `{prop.name}` is {other.text}, and {own[0].text} is another figure"
            yield setting.tell("figure-not-in-sentence", message, "write the figure of what is claimed")
            return


def _list_measures(prop: Property, vocabulary: Vocabulary) -> set[str]:
    """The stems of words for other measures: adjectives (`wide`), and what other properties in its unit are called."""
    alike = (p for p in vocabulary.properties.values() if p.unit == prop.unit and p.name != prop.name)
    words = [word for p in alike for text in (p.name, *p.labels.values()) for word in WORD.findall(fold_camel(text))]
    return {stem_word(word) for word in (*words, *_SAYS.values()) if word not in _LITTLE}


def _is_year(words: str, figure: Figure, unit: Unit) -> bool:
    """Whether a number of four digits stands as a year, with no name of the unit behind it."""
    if not re.fullmatch(r"1[5-9]\d\d|20\d\d", figure.text):
        return False
    after = words[figure.end :].lstrip()
    if after.startswith("年"):
        return unit.symbol != "year"
    if _has_unit_after(words, figure, unit):
        return False
    before = words[max(0, figure.start - 8) : figure.start]
    return _OF_TIME.search(before) is not None and not (before.endswith("of ") and after[:1].isalpha())


def _has_unit_after(words: str, figure: Figure, unit: Unit) -> bool:
    """Whether the words behind a figure name the unit, as far as they speak of it, or a sign before it does."""
    after = _ELSEWHERE.split(" ".join(words[figure.end :].split()[:2]))[0]
    return has_unit(unit, after) or has_unit(unit, words[max(0, figure.start - 4) : figure.start])


def _find_words(words: str, figure: Figure, figures: Iterable[Figure]) -> set[str]:
    """The stems of the words about a figure, up to the next figure or the end of the clause; `wide` is `width`."""
    end = min((f.start for f in figures if f.start > figure.start), default=len(words))
    start = max((f.end for f in figures if f.end <= figure.start), default=0)
    after = _APART.split(words[figure.end : end])[0].split()[: _NEARBY + 1]
    before = _APART.split(words[start : figure.start])[-1].split()[-_NEARBY:]
    return {stem_word(_SAYS.get(word, word)) for word in WORD.findall(" ".join([*before, "·", *after]))}


# -- bounds -------------------------------------------------------------------------------------


def check_bound(setting: Setting) -> Iterator[Diagnostic]:
    """`over`, `under`, `about` before the figure are those of the sentence."""
    value = setting.claim.object
    if not isinstance(value, Quantity) or (
        value.number is None and value.lowest is not None and value.highest is not None
    ):
        return  # a range has its own words
    tongue = read_tongue(setting.lang)
    if setting.claim.is_inferred("o") or tongue is None or (strict := tongue.proposals) is None:
        return
    place = find_figure(value, setting.words, setting.lang)
    if place is None:
        return
    said = _read_bound(value)
    if not said and (ends := _find_range(setting, place)) is not None:
        message = f"an exact figure, where `{setting.where}` has {ends[0]} to {ends[1]}"
        yield setting.tell("bound-not-in-sentence", message, f"write `{ends[0]}..{ends[1]}`")
        return
    before = re.sub(r"(?:[a-z]{0,3}[$€£¥]|\ba|\bthe)? ?$", "", setting.words[:place]).rstrip()
    there = {kind for kind, words in strict.bounds.items() for word in words if _ends_with(before, word)}
    after = setting.words[place : place + 40]
    there |= (
        {"over"} if re.search(r"^\S+ (?:or more|and more|plus)\b|^\S*\+|^\d[\d,.]*多|^\S+[余以]上?", after) else set()
    )
    if ("at least" in there and "under" in there) or ("at most" in there and "over" in there):
        there -= {"over", "under"}  # `no fewer than`
    if not _fits_bound(said, there) and not (said == "under" and _is_almost(before)):
        written = f"`{said}`" if said else "an exact figure"
        told = " or ".join(f"`{kind}`" for kind in sorted(there)) or "none of such words"
        message = f"{written}, where `{setting.where}` has {told} before it"
        code = "hedged-fact" if not said else "bound-not-in-sentence"
        yield setting.tell(
            code, message, "write `about`, `over`, `under`, `at least` or `at most` as the sentence does"
        )


def _find_range(setting: Setting, place: int) -> tuple[str, str] | None:
    """The ends of the range of which the figure at a place is one: of `120–150`, of `between 1 and 2`, not `from`."""
    words = setting.words
    for low, high in pairwise(list_figures(words, setting.lang)):
        if place not in (low.start, high.start) or float(low.value) >= float(high.value):
            continue
        between = words[low.end : high.start].strip()
        before = words[max(0, low.start - 9) : low.start].rstrip(" $€£¥")
        ranged = before.endswith("between") if between == "and" else between in _TO
        if ranged and not before.endswith(("from", "从", "由")):
            return low.text, high.text
    return None


def _fits_bound(said: str, there: set[str]) -> bool:
    """Whether the word before a claim's figure is one of those before the sentence's, or both have none."""
    if not said or not there:
        return not said and not there
    return any(said in pair and there & pair for pair in ({said}, {"over", "at least"}, {"under", "at most"}))


def _is_almost(before: str) -> bool:
    """`Nearly 300` is less than 300."""
    return any(_ends_with(before, word) for word in ("nearly", "almost", "将近", "接近"))


def _ends_with(text: str, word: str) -> bool:
    if not word.isascii():
        return text.endswith(word)
    return re.search(rf"(?<!\w)(?<!handed )(?<!took )(?<!taken ){re.escape(word)}$", text) is not None


def _read_bound(value: Quantity) -> str:
    if value.approximate:
        return "about"
    if value.highest is None:
        return "over" if value.exclusive else "at least"
    if value.lowest is None:
        return "under" if value.exclusive else "at most"
    return ""


def check_quoted(setting: Setting) -> Iterator[Diagnostic]:
    """The figure of the claim is in the quote, where that has any: the rest of the sentence may say another thing."""
    value, quote = setting.claim.object, setting.quote
    if not isinstance(value, Quantity | Date) or quote is None or setting.claim.is_inferred("o"):
        return
    there = {figure.value for figure in list_figures(fold_words(quote), setting.lang)}
    wanted = {plain_number(number) for number in value.numbers() if number}
    around = {figure.value for figure in list_figures(setting.words, setting.lang)}
    if there and wanted & around and not wanted & there:
        said = ", ".join(sorted(there))
        message = f"the quote has {said}, and what is claimed stands elsewhere in `{setting.where}`"
        yield setting.tell("figure-not-in-sentence", message, "quote the words that say it")


# -- units ----------------------------------------------------------------------------------------


def check_unit(setting: Setting) -> Iterator[Diagnostic]:
    """What is counted is followed by no name of another unit, and by no sign of per cent."""
    value = setting.claim.object
    if not isinstance(value, Quantity) or value.unit is None or setting.claim.is_inferred("o"):
        return
    unit = setting.vocabulary.unit_by_iri.get(value.unit)
    place = find_figure(value, setting.words, setting.lang)
    if unit is None or place is None:
        return
    rest = re.sub(r"^[\d.,]+(?: (?:hundred|thousand|million|billion|trillion|万|亿))*", "", setting.words[place:])
    after = " ".join(rest.split()[:2])
    other = _find_other(unit, after, setting)
    if other is not None and not has_unit(unit, after):
        message = f"counts in `{unit.symbol}`, where `{setting.where}` has `{other.symbol}`"
        yield setting.tell("unit-not-in-sentence", message, "is it another unit?")


def _find_other(unit: Unit, after: str, setting: Setting) -> Unit | None:
    """Another unit whose name begins the words after a figure."""
    first = re.match(r"(?:%|per ?cent|percent)|[^\W\d_]+", after)
    if first is None:
        return None
    word = first[0]
    if word in _NO_UNITS:
        return None
    if word not in setting.named_units:
        units = sorted(setting.vocabulary.unit_by_iri.values(), key=lambda u: u.iri)
        setting.named_units[word] = [u for u in units if not u.iri.endswith("/NUM") and has_unit(u, word)]
    other = next((u for u in setting.named_units[word] if u.iri != unit.iri), None)
    return other if other is not None and not _is_short(word) else None


_NO_UNITS = frozenset(
    {"in", "has", "ha", "as", "at", "am", "are", "is", "us", "to", "was", "bar", "mins", "me", "he", "its"}
)
"""Words that are symbols of units, or plurals of them, and mostly something else."""


def _is_short(word: str) -> bool:
    """Whether a word is a symbol of one letter, which may be an abbreviation of anything."""
    return len(word) == 1 and word != "%"
