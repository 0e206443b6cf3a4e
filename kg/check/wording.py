"""A claim fits its sentence, where the text is at hand: units, and words that a fact does not bear.

What stands in a sentence is looked up by the words of its language (`kg.text.tongues`). Where none are known, none of
it is looked for but units, which is told. Hedges, words of the future and denials count only in the clause that holds
the claim's object: a sentence often promises one thing and states another.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property, lru_cache
from itertools import pairwise
from pathlib import Path

from kg.check.context import RuleContext
from kg.graph.coverage import parts_of, plain_number
from kg.model.nouns import Claim, Clarity, Entity, Evidence, Mode
from kg.model.ontology.vocabulary import Unit
from kg.model.values import Date, EntityRef, Quantity, Text
from kg.model.values.quantity_text import SIGNS_OF_MONEY
from kg.reading.articles import Article
from kg.text.diagnostic import Diagnostic
from kg.text.edtf import Edtf
from kg.text.figure import NEWEST_RULE, Figure, find_figures
from kg.text.figure.digits import CASELESS
from kg.text.plural import write_plural
from kg.text.sentence import Sentence, fold_words
from kg.text.tongues import SignalWords, WordList, read_tongue, write_word

_AGE = re.compile(r", \d{1,3}(?=[,;]|[.!?]?$)|\b(?:age|aged|turns?|turned|turning) \d{1,3}\b")  # `Ada Brook, 45, said`
_SHARE = re.compile(
    r"\b(?:half|third|thirds|quarter|quarters|fifth|fifths|per cent|percent)\b|%|百分之|分之|一半|过半|成"
)
_DATES = frozenset({"year", "month", "day", "interval"})
_PLUS_MINUS = re.compile(r"^ ?(?:[^\W\d]{1,3} )?(±|\+/-)")  # `877.8 ± 0.3 s`
_JOINED = re.compile(r"[^\W\d_]{0,3} ?[-~〜至到] ?")  # what stands between the ends of a range
_SPOKEN = re.compile(r" [^\W\d_]{1,3} ")  # and where a word stands before: `between 5 and 7`, `от 5 до 7`
_LEAST_REACH = 10  # the high end of a range with a hyphen: below it are results of games
_UNITS = Path(__file__).with_name("units.toml")


@dataclass(frozen=True, kw_only=True)
class _SentenceWords:
    """A sentence and what is about it, as the rules ask for them."""

    article: Article
    sentence: Sentence

    @cached_property
    def words(self) -> str:
        return fold_words(self.sentence.text)

    @property
    def lang(self) -> str:
        return self.article.lang.partition("-")[0].lower()

    @cached_property
    def tongue(self) -> SignalWords | None:
        return read_tongue(self.article.lang)

    @cached_property
    def hedging(self) -> str:
        """The words, those that are names in this sentence struck out: `in May`, `Will Smith`."""
        return self.words if self.tongue is None else self.tongue.strike_names(self.sentence.text)


def check_wording(context: RuleContext) -> Iterator[Diagnostic]:
    """The unit of a claim stands in its sentence; hedges, denials and questions are marked as such."""
    yield from _tell_unknown(context)
    readers: dict[str, _SentenceWords | None] = {}
    for claim in context.seeds.claims:
        for evidence in claim.evidence[:1]:  # further evidence says the same in its own words
            if evidence.sentence not in readers:
                article = context.articles.by_source.get(evidence.source)
                sentence = context.read_sentence(evidence)
                readers[evidence.sentence] = (
                    _SentenceWords(article=article, sentence=sentence) if article and sentence else None
                )
            reader = readers[evidence.sentence]
            if reader is None:
                continue
            yield from _check_unit(claim, evidence, reader, context)
            yield from _check_mode(claim, evidence, reader, context)


def _tell_unknown(context: RuleContext) -> Iterator[Diagnostic]:
    """Notes on sources with claims whose text is at hand, and in whose language nothing is looked for."""
    for source in context.seeds.sources:
        article = context.articles.by_source.get(source.id)
        if article is None or source.id not in context.seeds.claims_by_source:
            continue
        if read_tongue(article.lang) is None:
            message = (
                f"words that deny, hedge or foresee are not known in `{article.lang}`, the language of `{source.id}`"
            )
            hint = "whether a fact is hedged, or denied, in its sentence is for you to see"
            yield Diagnostic(code="words-unknown", mark=source.mark, message=message, hint=hint)


# -- units ----------------------------------------------------------------------------------------


def _check_unit(claim: Claim, evidence: Evidence, reader: _SentenceWords, context: RuleContext) -> Iterator[Diagnostic]:
    if not isinstance(claim.object, Quantity) or claim.object.unit is None or claim.is_inferred("o"):
        return
    unit = context.vocabulary.unit_by_iri.get(claim.object.unit)
    if unit is None or unit.iri.endswith("/NUM") or has_unit(unit, reader.words):
        return
    if parts_of(claim.object, [f.value for f in _read_figures(reader.words, reader.lang)]):
        return  # `2:14:38`
    if _is_counted(unit):  # what is counted has many names: only that of another unit tells
        other = _find_counted(claim.object, reader, context)
        if other is None:
            return
        what = f"counts in `{unit.symbol}`, where the sentence `{evidence.sentence}` has `{other.symbol}`"
    else:
        what = f"measures in `{unit.symbol}`, which the sentence `{evidence.sentence}` does not say"
    yield Diagnostic(
        code="unit-not-in-sentence",
        mark=claim.object_mark,
        message=f"`{claim.id}` {what}",
        hint="is it another unit? further spellings of a unit are `skos:altLabel` in the ontology",
    )


def _is_counted(unit: Unit) -> bool:
    return any(kind.endswith(("Count", "Position", "Dimensionless")) for kind in unit.kinds) and unit.symbol != "%"


def _find_counted(quantity: Quantity, reader: _SentenceWords, context: RuleContext) -> Unit | None:
    """Another counting unit whose name follows the figure at once."""
    place = find_figure(quantity, reader.words, reader.lang)
    if place is None:
        return None
    after = " ".join(reader.words[place:].split()[1:3])
    units = sorted({u.iri: u for u in context.vocabulary.units.values()}.items())
    return next((u for _, u in units if _is_counted(u) and u.iri != quantity.unit and has_unit(u, after)), None)


def has_unit(unit: Unit, text: str) -> bool:
    """Whether a text names a unit; of years it may be an age: `Ada Brook, 45, said`.

    >>> from kg.text.diagnostic import Mark, SourceText
    >>> mark = Mark(source=SourceText("units.ttl", ""), line=1, column=1, end_line=1, end_column=1)
    >>> year = Unit(iri="y", symbol="year", words=("year",), kinds=(), multiplier=None, labels={}, mark=mark)
    >>> [has_unit(year, text) for text in ("ada brook, 45, said", "she is 45 years old", "in 45, 46 and 47 places")]
    [True, True, False]
    >>> dollar = Unit(iri="d", symbol="USD", words=("USD",), kinds=(), multiplier=None, labels={}, mark=mark)
    >>> [has_unit(dollar, text) for text in ("$5 million", "us$5 million", "c$5 million", "5 millones de dólares")]
    [True, True, False, True]
    """
    if (unit.symbol == "%" and _SHARE.search(text)) or (unit.symbol == "year" and _AGE.search(text)):
        return True
    plain, pattern = _read_spellings((*unit.words, *unit.labels.values()), unit.words)
    return any(word in text for word in plain) or (pattern is not None and pattern.search(text) is not None)


@lru_cache(maxsize=4096)  # each unit is looked for in every sentence
def _read_spellings(names: tuple[str, ...], codes: tuple[str, ...]) -> tuple[tuple[str, ...], re.Pattern[str] | None]:
    """How a unit is spelt: what stands anywhere, and a pattern of what stands as a word of its own."""
    spellings = {fold_words(name) for name in names}
    spellings |= {fold_words(word) for code in codes for word in _read_foreign().get(code, ())}
    spellings |= {fold_words(sign) for sign, code in SIGNS_OF_MONEY.items() if code in codes}
    words = sorted(word for word in spellings if word[:1].isascii() and word[:1].isalpha())
    forms = [f"{re.escape(word)}(?:e?s)?|{re.escape(write_plural(word))}" for word in words]
    parts = [rf"(?<![^\W\d_{CASELESS}])(?:{form})(?![^\W\d_{CASELESS}])" for form in forms]  # 长274m的桥
    parts += [r"(?<![a-z])\$"] if "$" in spellings else []  # letters before it name the country
    plain = sorted(spellings - set(words) - {"$"})
    return tuple(plain), re.compile("|".join(parts)) if parts else None


@cache
def _read_foreign() -> Mapping[str, list[str]]:
    """What texts of all languages write for a unit, by its symbol."""
    return tomllib.loads(_UNITS.read_text(encoding="utf-8"))


# -- modes ----------------------------------------------------------------------------------------


def _check_mode(claim: Claim, evidence: Evidence, reader: _SentenceWords, context: RuleContext) -> Iterator[Diagnostic]:
    if claim.mode is not Mode.QUESTION and _is_asked(claim, reader, context):
        yield _note("asked-not-stated", claim, f"the sentence `{evidence.sentence}` asks it", "is its mode `question`?")
    tongue = reader.tongue
    if tongue is None:
        return
    clause = _find_clause(claim, reader, tongue, context)
    if clause is None:
        return
    if claim.mode is Mode.FACT:
        hedge = tongue.hedges.find(clause) if evidence.clarity is Clarity.CLEAR else None
        bound = _find_bound(claim, reader, tongue) if hedge is None else None
        if bound is not None:
            has, hint = bound
            message = f"the fact `{claim.id}` is exact, and `{evidence.sentence}` has {has}"
            yield _note("hedged-fact", claim, message, hint)
        if hedge is not None:
            message = f"the fact `{claim.id}` stands with `{hedge}` in `{evidence.sentence}`"
            hint = "is it a forecast, a plan or an opinion? Of what is said without proof write `sure: vague`"
            yield _note("hedged-fact", claim, message, hint)
    if not claim.negated and not isinstance(claim.object, Text):
        denial = tongue.denials.find(clause)
        if denial is not None:
            message = f"`{claim.id}` stands with `{denial}` in `{evidence.sentence}`, and has no `not`"
            yield _note(
                "denied-in-sentence", claim, message, "write `not: true` where the sentence says that it is not so"
            )


def _note(code: str, claim: Claim, message: str, hint: str) -> Diagnostic:
    mark = claim.mark_of("mode") if "mode" in claim.marks else claim.mark
    return Diagnostic(code=code, mark=mark, message=message, hint=hint)


def _find_clause(claim: Claim, reader: _SentenceWords, tongue: SignalWords, context: RuleContext) -> str | None:
    """The clause in which the claim's object stands, without names and words that hedge nothing; None without one."""
    text = reader.words
    place = find_object(claim, text, reader.lang, context.seeds.entity_by_key)
    if place is None:
        return None
    start, end = find_clause(text, place, tongue.clause)
    clause = tongue.despite.strike(reader.hedging[start:end])
    prop = context.vocabulary.properties.get(claim.predicate.text)
    called = _read_called(tuple(prop.labels.values()), reader.lang) if prop is not None else None
    return called.strike(clause) if called is not None else clause


@lru_cache(maxsize=1 << 10)
def _read_called(labels: tuple[str, ...], lang: str) -> WordList:
    """What a property is called, and words of it that hedge or deny: who was `acquitted in` 1930 was acquitted.

    >>> _read_called(("acquitted on",), "en").words
    ('acquitted on', 'acquitted')
    """
    tongue, folded = read_tongue(lang), tuple(map(fold_words, labels))
    words = (*tongue.hedges.words, *tongue.denials.words) if tongue is not None else ()
    return WordList((*folded, *(word for word in words if any(re.search(write_word(word), label) for label in folded))))


def find_clause(text: str, place: int, beginning: re.Pattern[str]) -> tuple[int, int]:
    """Where the clause begins and ends that a place of a sentence lies in; *beginning* is what a clause begins with."""
    cuts = [0, *(m.start() for m in beginning.finditer(text) if not _is_within_figure(text, m.start())), len(text)]
    start = max(cut for cut in cuts if cut <= place)
    return start, min((cut for cut in cuts if cut > place), default=len(text))


def find_object(claim: Claim, text: str, lang: str, entities: Mapping[str, Entity]) -> int | None:
    """Where the object of a claim stands in the words of a sentence: its figure, a name of it, or its words."""
    match claim.object:
        case Quantity() as quantity:
            return find_figure(quantity, text, lang)
        case EntityRef(key=key):
            entity = entities.get(key)
            places = [text.find(fold_words(name.text)) for name in entity.names] if entity else []
            return min((place for place in places if place >= 0), default=None)
        case Text(text=words):
            place = text.find(fold_words(words))
            return place if place >= 0 else None
        case Date(edtf=edtf):
            return _find_year(edtf, text, lang)
        case _:
            return None


def _find_year(edtf: Edtf, text: str, lang: str) -> int | None:
    """Where the year of a date stands in the words of a sentence; of one before Christ as people count it."""
    if edtf.first is None or edtf.last is None or (edtf.precision != "interval" and edtf.first[0] != edtf.last[0]):
        return None
    year = edtf.first[0]
    wanted = str(year if year > 0 else 1 - year)
    return next((figure.start for figure in _read_figures(text, lang) if figure.value == wanted), None)


@lru_cache(maxsize=64)
def _read_figures(words: str, lang: str) -> tuple[Figure, ...]:
    """The figures in the words of a sentence, kept for the next claim on it."""
    return find_figures(words, lang, NEWEST_RULE)


def find_figure(quantity: Quantity, text: str, lang: str) -> int | None:
    """Where a figure of *quantity* stands in the words of a sentence; None where none does.

    What is below zero may be said by a word (a loss of 5).
    """
    wanted = {plain_number(number) for number in quantity.numbers() if number}
    wanted |= {number.lstrip("-") for number in wanted}
    return next((figure.start for figure in _read_figures(text, lang) if figure.value in wanted), None)


def _is_within_figure(text: str, place: int) -> bool:
    """Whether a sign stands between two digits, as the comma of `75,600` and of `2,4` does."""
    return 0 < place < len(text) - 1 and text[place - 1].isdigit() and text[place + 1].isdigit()


def _find_bound(claim: Claim, reader: _SentenceWords, tongue: SignalWords) -> tuple[str, str] | None:
    """What makes the figure or a date of a claim inexact that is exact, and what to write; None where nothing does."""
    for value in (claim.object, claim.when):
        match value:
            case Quantity() as quantity if not quantity.approximate and quantity.lowest == quantity.highest:
                place = find_figure(quantity, reader.words, reader.lang)
                found = _find_beside(place, "figure", reader, tongue.find_bound, tongue)
                hint = "write `about`, `over`, `under`, `at least` or `at most` before it, or a range (`LOW..HIGH`)"
            case Date(edtf=edtf) if edtf.precision in _DATES and not (edtf.approximate or edtf.uncertain):
                place = _find_year(edtf, reader.words, reader.lang)
                what = "dates" if edtf.precision == "interval" else "date"
                found = _find_beside(place, what, reader, tongue.find_near, tongue)
                hint = f"write `{_write_near(value.text)}`, a range (`FIRST/LAST`) or one of two (`[ONE,OTHER]`)"
            case _:
                continue
        if found is not None:
            return found, hint
    return None


def _find_beside(
    place: int | None, what: str, reader: _SentenceWords, find: Callable[[str], str | None], tongue: SignalWords
) -> str | None:
    """The word beside the figure at *place* that makes it inexact, in words; *find* finds one in the text before."""
    words = reader.words
    before = find(words[:place]) if place is not None else None
    if before is not None:
        return f"`{before}` before its {what}"
    if place is None or what == "dates":  # a range has words of its own between its ends
        return None
    figures = _read_figures(words, reader.lang)
    number = next(number for number, figure in enumerate(figures) if figure.start == place)
    after = words[figures[number].end :]
    behind = tongue.find_behind(after) or next(iter(_PLUS_MINUS.findall(after)), None)
    if behind is not None:
        return f"`{behind}` behind its {what}"
    for low, high in pairwise(figures[max(0, number - 1) : number + 2]):
        between = words[low.end : high.start]
        joined = _JOINED.fullmatch(between) and ("-" not in between or Fraction(high.value) >= _LEAST_REACH)
        joined = joined and what != "date"  # `1887-1965` are two days of a life, each exact
        spoken = _SPOKEN.fullmatch(between) and tongue.begins_range(words[: low.start])
        if Fraction(low.value) < Fraction(high.value) and (joined or spoken or between.strip(" 年년") in tongue.either):
            return f"`{words[low.start : high.end]}` for its {what}"
    return None


def _write_near(text: str) -> str:
    """A date as an approximate one, of an interval both its ends.

    >>> _write_near("1480"), _write_near("1635/1640")
    ('1480~', '1635~/1640~')
    """
    return "/".join(f"{part}~" if part[-1:].isdigit() else part for part in text.split("/"))


def _is_asked(claim: Claim, reader: _SentenceWords, context: RuleContext) -> bool:
    """Whether the object stands in a question: behind the last colon of a sentence that ends with a question mark."""
    text = reader.words.rstrip("\"')]” ")
    if not text.endswith(("?", "？")):
        return False
    place = find_object(claim, reader.words, reader.lang, context.seeds.entity_by_key)
    return place is not None and place > max(text.rfind(":"), text.rfind("："))
