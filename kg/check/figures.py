"""A claim fits its sentence: its numbers, years, months and days stand there, or it says why not.

Figures are those of the source's outline, so the texts need not be at hand. Where they are, words count too: months by
their names, days as ordinals, `single` for 1, `both` for 2 (`kg.text.tongues`). In languages whose words are not known,
months and numbers up to twelve are not asked for. What is worked out (a year from "in three years") is
`inferred`, with the reason. What an outline cannot tell is not asked of it: months and days without the text, and the
small numbers that have many words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from kg.check.context import RuleContext
from kg.graph.compare import time_of
from kg.graph.coverage import parts_of, plain_number
from kg.model.nouns import Claim, Evidence, Mode
from kg.model.values import Date, Quantity
from kg.text.diagnostic import Diagnostic, Mark, OfferedReason
from kg.text.figure import Figure, find_figures, list_rules
from kg.text.relative import explain_relative, names_part, word_reason
from kg.text.sentence import fold_words
from kg.text.tongues import SignalWords, read_tongue
from kg.text.yamltext import write_scalar

_SCALES = (100, 1000, 10**4, 10**6, 10**8, 10**9, 10**12)
_UNCERTAIN = 12  # a number up to this may stand in words that are not known
_PARTS = re.compile(r"(?P<year>-?\d{4,}|\d{3}X|\d\dXX)(?:-(?P<month>\d\d)(?:-(?P<day>\d\d))?)?")
_NEGATIVE = re.compile(r"△$")  # as Japanese companies write it
_BLACK = re.compile(r"▲$")  # in Japanese the same, elsewhere a rise or the beginning of a line
_UNIT_BEFORE = re.compile(r"\d([\u3400-\u9fff]+)[-−]$")
_UNIT_BEHIND = re.compile(r"[\d.,]+([\u3400-\u9fff]*)")
_GLUED_MINUS = re.compile(r"(?<!\d[\u3400-\u9fff])(?<!\d[\u3400-\u9fff]{2})[\u3400-\u9fff][-−]$")  # not `5亿元-6亿元`
_SEASONS = 21  # months from here on are seasons, quarters and halves of a year


@dataclass(frozen=True, kw_only=True)
class _Sentence:
    """What is known of a sentence: its figures, and its words where the text is at hand."""

    figures: frozenset[str]
    words: str | None
    lang: str

    @property
    def tongue(self) -> SignalWords | None:
        return read_tongue(self.lang)


def check_figures(context: RuleContext) -> Iterator[Diagnostic]:
    """The numbers in object, `when` and `asof` stand in each sentence that says the claim, or are `inferred`."""
    known: dict[str, _Sentence | None] = {}
    for claim in context.seeds.claims:
        for number, evidence in enumerate(claim.evidence):
            if evidence.sentence not in known:
                known[evidence.sentence] = _read_sentence(evidence, context)
            sentence = known[evidence.sentence]
            if sentence is not None:
                yield from _check_claim(claim, evidence, sentence, context, first=number == 0)


def _read_sentence(evidence: Evidence, context: RuleContext) -> _Sentence | None:
    source = context.seeds.source_by_id.get(evidence.source)
    if source is None:
        return None
    if source.id in context.articles.by_source:
        sentence = context.read_sentence(evidence)
        return _of_text(sentence.text, source.lang) if sentence is not None else None
    outline = source.sentences.get(evidence.address)
    if outline is None or not context.is_of(outline.digest, evidence):
        return None
    return _Sentence(figures=frozenset(outline.figures), words=None, lang=source.lang)


def _of_text(text: str, lang: str) -> _Sentence:
    by_rule = [find_figures(text, lang, rule) for rule in list_rules(lang)]
    figures, found = {figure.value for some in by_rule for figure in some}, by_rule[-1]
    signed = {f.value for f in found if _is_signed(text, f, lang)}
    figures -= signed - {f.value for f in found if not _is_signed(text, f, lang)}
    figures |= {f"-{value.lstrip('-')}" for value in signed}
    return _Sentence(figures=frozenset(figures), words=fold_words(text), lang=lang)


def _is_signed(text: str, figure: Figure, lang: str) -> bool:
    """Whether a sign that its rule does not read puts a figure below zero: `净利润-3.34亿元`, `△123億円`.

    >>> from kg.text.figure import NEWEST_RULE
    >>> def find(text, lang="zh"):
    ...     return [f.value for f in find_figures(text, lang, NEWEST_RULE) if _is_signed(text, f, lang)]
    >>> [find(text) for text in ("净利润-3.34亿元", "同比-8%", "损益△123億円")], find("損益▲5億円", "ja")
    ([['334000000'], ['8'], ['12300000000']], ['500000000'])
    >>> [find(text) for text in ("嫦娥-5号", "2024年-25年", "5亿元-6.5亿元", "5万平方米-6.5万平方米", "▲8%")]
    [[], [], [], [], []]
    """
    before, behind = text[: figure.start], text[figure.start :]
    if _NEGATIVE.search(before) or (lang.startswith("ja") and _BLACK.search(before)):
        return True
    unit, own = _UNIT_BEFORE.search(before), _UNIT_BEHIND.match(behind)
    if unit is not None and own is not None and own[1].startswith(unit[1]):
        return False  # a range, both of whose ends have it
    amount = re.search(r"[.亿億万萬]", figure.text) or re.match(r" ?[%％元円]", text[figure.end :])
    return amount is not None and _GLUED_MINUS.search(before) is not None


def _check_claim(
    claim: Claim, evidence: Evidence, sentence: _Sentence, context: RuleContext, *, first: bool
) -> Iterator[Diagnostic]:
    """What *claim* says in figures that *sentence* does not: told at the value, or at further evidence."""
    values = {"o": claim.object, "when": claim.when, "asof": claim.as_of}
    for key, value in values.items():
        if value is None or claim.is_inferred(key):
            continue
        if key == "when" and time_of(claim) is None:
            continue  # it repeats the date that is the object, where that is told
        mark = claim.object_mark if key == "o" else claim.mark_of(key)
        if isinstance(value, Date):
            missing = list(_missing_dates(value.text, sentence))
        else:
            numbers = dict.fromkeys(plain_number(number) for number in value.numbers() if number)
            units = context.vocabulary.unit_by_iri
            kilo = isinstance(value, Quantity) and value.unit in units and units[value.unit].symbol.startswith("k")
            missing = [n for n in numbers if not _has_number(n, sentence) and not _has_scaled(n, numbers, sentence)]
            missing = [n for n in missing if not (kilo and _has_kilo(n, sentence))]
            missing = [] if parts_of(value, sentence.figures) else missing
        if missing:
            yield _tell(claim, key, evidence, missing, mark if first else evidence.mark, context)


def _tell(
    claim: Claim, key: str, evidence: Evidence, missing: list[str], mark: Mark, context: RuleContext
) -> Diagnostic:
    value = {"o": claim.object, "when": claim.when, "asof": claim.as_of}[key]
    before = next((year for year in missing if isinstance(value, Date) and re.fullmatch(r"-[0-9]{4}", year)), None)
    counted = f"`{before}` is {1 - int(before)} BC, since there is a year 0: " if before is not None else ""
    known = _explain_date(value.text, evidence, context) if isinstance(value, Date) and not claim.inferred else None
    written = f"inferred: {{{key}: {'REASON' if known is None else write_scalar(known)}}}"
    hint = f"{counted}correct it, or say how you know it: `{written}`"
    published = context.seeds.source_by_id[evidence.source].published
    day = published.text if published is not None and claim.mode is Mode.FACT else None
    if key == "asof" and isinstance(value, Date) and value.text == day:
        hint, known = "leave it out: without `asof` a fact is counted as of the date of its source", None
    return Diagnostic(
        code="figure-not-in-sentence",
        mark=mark,
        message=f"`{claim.id}` says {', '.join(missing)}, and the sentence `{evidence.sentence}` does not",
        hint=hint,
        offered=OfferedReason(written=written, text=known) if known is not None else None,
    )


def _explain_date(text: str, evidence: Evidence, context: RuleContext) -> str | None:
    """How the sentence gives an EDTF date by the day of its publication, where the text is at hand and it does."""
    source, sentence = context.seeds.source_by_id[evidence.source], context.read_sentence(evidence)
    if sentence is None or source.published is None:
        return None
    words = explain_relative(text, sentence.text, source.lang, source.published.edtf)
    return word_reason(words, source.published.text, context.seeds.dataset.language) if words is not None else None


def _has_number(number: str, sentence: _Sentence) -> bool:
    """Whether a sentence has a number: as a figure, or a small one in its words.

    That it is below zero may be said by a word (a loss of 5); a minus that is written is part of the number.

    >>> [_has_number("0", _of_text(text, "en")) for text in ("Nobody was hurt.", "Many were hurt.")]
    [True, False]
    >>> [_has_number(number, _of_text("It was -12.5 °C.", "en")) for number in ("-12.5", "12.5")]
    [True, False]
    """
    if number in sentence.figures:
        return True
    number = number.lstrip("-")
    if number in sentence.figures:
        return True
    whole = number.isdigit() and len(number) < 3
    if not whole:
        return False
    tongue = sentence.tongue
    if tongue is None:
        return int(number) <= _UNCERTAIN
    if int(number) >= len(tongue.numbers):
        return False
    return sentence.words is None or tongue.numbers[int(number)].stand_in(sentence.words)


def _has_scaled(number: str, numbers: Iterable[str], sentence: _Sentence) -> bool:
    """Whether a range shares the word for its scale: the 2000000 of `2 to 3 million`.

    >>> _has_scaled("3200000000", ("3200000000", "3300000000"), _of_text("It expects EUR 3.2-3.3 billion.", "en"))
    True
    """
    for other in numbers:
        for scale in _SCALES:
            small = Fraction(number) / scale
            if (
                other != number
                and other in sentence.figures
                and (Fraction(other) / scale).denominator < 1000
                and small.denominator < 1000
            ):
                text = str(small.numerator) if small.denominator == 1 else str(float(small))
                if text in sentence.figures:
                    return True
    return False


def _has_kilo(number: str, sentence: _Sentence) -> bool:
    """Whether a Chinese sentence has the number before a unit that begins with 千: the figure of 70千瓦时 is 70000."""
    thousands = Fraction(number) * 1000
    if sentence.lang.partition("-")[0].lower() != "zh" or thousands.denominator != 1:
        return False
    return str(thousands) in sentence.figures and (sentence.words is None or f"{number}千" in sentence.words)


def _missing_dates(text: str, sentence: _Sentence) -> Iterator[str]:
    """The years, months and days of an EDTF *text* that the sentence does not have, as they are written there."""
    told: set[str] = set()
    bare = re.sub(r"[?~%]", "", text.partition("T")[0])
    for part in _PARTS.finditer(bare):
        year, month, day = part["year"], part["month"], part["day"]
        for piece, known in (
            (year, _has_year(year, sentence)),
            (month, month is None or int(month) >= _SEASONS or _has_month(int(month), sentence)),
            (day, day is None or _has_day(int(day), sentence)),
        ):
            if piece is not None and not known and piece not in told:
                told.add(piece)
                yield piece


def _has_year(year: str, sentence: _Sentence) -> bool:
    """Whether a sentence has a year: in full, as a decade, of a business year or a quarter, as the end of a span.

    >>> texts = ("In FY2025 it paid.", "In Q1'25 it paid.", "In 2024-25 it paid.", "In 2024 it paid.", "On 2024-25-1.")
    >>> [_has_year("2025", _of_text(text, "en")) for text in texts]
    [True, True, True, False, False]
    >>> [_has_year(year, _of_text("It is of 44 BC.", "en")) for year in ("-0043", "-0044")]
    [True, False]
    """
    if "X" in year:
        return True  # a decade or a century: its words are no figures
    if year.startswith("-") or year == "0000":  # there is a year 0: -0043 is 44 BC
        return not sentence.figures.isdisjoint({str(int(year.lstrip("-")) + 1), plain_number(year)})
    if (year.lstrip("0") or "0") in sentence.figures:
        return True
    begun = str(int(year) - 1)
    if sentence.words is None:  # `2024-25`, as far as an outline can tell
        return begun in sentence.figures and str(int(year[-2:])) in sentence.figures
    term = r"(?:[fc]y|[hq][1-4])"
    if re.search(rf"\b{term} ?'?-?(?:{year}|{year[-2:]})\b|\b{year}-?{term}\b", sentence.words):
        return True
    if re.search(rf"\b{begun}[-/]{year[-2:]}(?![-/\d])", sentence.words):
        return True
    decade = re.search(rf"\b{year[:-1]}0'?s\b", sentence.words) is not None
    return decade or re.search(rf"'{year[-2:]}\b", sentence.words) is not None


def _has_month(month: int, sentence: _Sentence) -> bool:
    if str(month) in sentence.figures or sentence.words is None:
        return True  # an outline has no names of months
    tongue = sentence.tongue  # of some it is not known what their months are called
    return (
        tongue is None or tongue.months[month - 1].stand_in(sentence.words) or names_part(month, sentence.words, tongue)
    )


def _has_day(day: int, sentence: _Sentence) -> bool:
    if str(day) in sentence.figures or sentence.words is None:
        return True  # an outline has no ordinals
    if re.search(rf"\b0?{day} ?(?:st|nd|rd|th|er|[ºª°.])(?!\w)", sentence.words):
        return True
    tongue = sentence.tongue
    return tongue is not None and bool(tongue.days) and tongue.days[day - 1].stand_in(sentence.words)
