"""A claim fits its sentence, where the text is at hand: units, and words that a fact does not bear.

What stands in a sentence is looked up by the words of its language (`kg.text.tongues`). Where none are known, none of
it is looked for but units, which is told. Hedges, words of the future and denials count only in the clause that holds
the claim's object: a sentence often promises one thing and states another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from kg.check.context import RuleContext
from kg.graph.coverage import plain_number
from kg.model.nouns import Claim, Entity, Evidence, Mode
from kg.model.ontology.vocabulary import Unit
from kg.model.values import Date, EntityRef, Quantity, Text
from kg.model.values.quantity_text import SIGNS_OF_MONEY
from kg.reading.articles import Article
from kg.text.diagnostic import Diagnostic
from kg.text.edtf import Edtf
from kg.text.figure import NEWEST_RULE, find_figures
from kg.text.figure.digits import CASELESS
from kg.text.plural import write_plural
from kg.text.sentence import Sentence, fold_words
from kg.text.tongues import SignalWords, read_tongue

_AGE = re.compile(r", \d{1,3}(?=[,;]|[.!?]?$)|\b(?:age|aged|turns?|turned|turning) \d{1,3}\b")  # `Ada Brook, 45, said`
_SHARE = re.compile(
    r"\b(?:half|third|thirds|quarter|quarters|fifth|fifths|per cent|percent)\b|%|百分之|分之|一半|过半|成"
)
_SPELT = {  # what texts write for units beside what the ontology declares; no word that is an English one as well
    "USD": ("$", "dollar", "美元", "美金", "dólar", "dollari", "dollaro", "dolar", "dolary", "dolarów", "доллар",
        "ドル", "달러"), "EUR": ("€", "euro", "欧元", "歐元", "евро", "ユーロ", "유로"),
    "CNY": ("¥", "yuan", "rmb", "元", "人民币", "人民幣", "юан", "위안"),
    "GBP": ("£", "pound", "英镑", "英鎊", "libra", "livre sterling", "livres sterling", "sterlina", "sterline",
        "pfund", "funt", "фунт", "ポンド", "파운드"), "JPY": ("¥", "yen", "日元", "日圓", "円", "иен", "엔"),
    "HKD": ("港元",), "KRW": ("won", "韩元", "韓元", "ウォン", "원"),
    "INR": ("rs", "rupee", "rupia", "roupie", "рупи"), "BRL": ("reais", "reales"), "RUB": ("руб",),
    "PLN": ("zł", "złoty", "złote", "złotych"), "NOK": ("kroner", "krone"), "DKK": ("kroner", "krone"),
    "SEK": ("kronor", "krona"), "CHF": ("franc", "franken", "franco", "franchi"), "AUD": ("dollar",),
    "CAD": ("dollar",), "km/h": ("时速", "kilometres an hour", "kilometers an hour", "kmh", "時速"),
    "kWh": ("kilowatt-hour", "kilowatt hour", "千瓦时", "千瓦時"),
    "cm": ("センチ", "centímetro", "centimètre", "centimetri", "centimetro", "zentimeter", "см"),
    "m": ("米", "メートル", "mètre", "metri", "metrów", "метр", "미터", "metros"),
    "km": ("公里", "千米", "キロ", "kilómetro", "quilómetro", "quilômetro", "kilomètre", "chilometri", "chilometro",
        "километр", "км", "킬로미터"),
    "t": ("吨", "噸", "トン", "tonelada", "tonnellata", "tonnellate", "tonn", "тонн", "톤"),
    "kg": ("公斤", "千克", "キロ", "kilo", "quilo", "chilo", "кг", "килограмм", "킬로그램"),
    "year": ("年", "歳", "歲", "año", "ano", "année", "anno", "anni", "jahr", "jahre", "jahren", "jaar", "rok",
        "lata", "год", "лет", "년", "살"),
    "day": ("天", "日", "día", "dia", "jour", "giorno", "giorni", "tage", "tagen", "dag", "dagen", "dzień", "dni",
        "день", "дня", "дней", "일"),
    "month": ("月", "mes", "mês", "mois", "mese", "mesi", "monat", "monate", "monaten", "maand", "miesiąc", "месяц",
        "개월"),
    "week": ("周", "星期", "週", "semana", "semaine", "settimana", "settimane", "woche", "wochen", "weken", "tydzień",
        "tygodni", "недел", "주"),
    "h": ("小时", "小時", "時間", "hora", "heure", "stunde", "stunden", "uur", "godzin", "час", "시간"),
    "min": ("分钟", "分鐘", "分", "minuto", "minuti", "minuten", "minuut", "minut", "минут", "분"),
}  # fmt: skip


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
    >>> [has_unit(dollar, text) for text in ("$5 million", "us$5 million", "c$5 million")]
    [True, True, False]
    """
    if (unit.symbol == "%" and _SHARE.search(text)) or (unit.symbol == "year" and _AGE.search(text)):
        return True
    plain, pattern = _read_spellings((*unit.words, *unit.labels.values()), unit.words)
    return any(word in text for word in plain) or (pattern is not None and pattern.search(text) is not None)


@lru_cache(maxsize=4096)  # each unit is looked for in every sentence
def _read_spellings(names: tuple[str, ...], codes: tuple[str, ...]) -> tuple[tuple[str, ...], re.Pattern[str] | None]:
    """How a unit is spelt: what stands anywhere, and a pattern of what stands as a word of its own."""
    spellings = {fold_words(name) for name in names}
    spellings |= {word for code, words in _SPELT.items() if code in codes for word in words}
    spellings |= {fold_words(sign) for sign, code in SIGNS_OF_MONEY.items() if code in codes}
    words = sorted(word for word in spellings if word[:1].isascii() and word[:1].isalpha())
    forms = [f"{re.escape(word)}(?:e?s)?|{re.escape(write_plural(word))}" for word in words]
    parts = [rf"(?<![^\W\d_{CASELESS}])(?:{form})(?![^\W\d_{CASELESS}])" for form in forms]  # 长274m的桥
    parts += [r"(?<![a-z])\$"] if "$" in spellings else []  # letters before it name the country
    plain = sorted(spellings - set(words) - {"$"})
    return tuple(plain), re.compile("|".join(parts)) if parts else None


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
        hedge = tongue.hedges.find(clause)
        bound = _find_bound(claim, reader, tongue) if hedge is None else None
        if bound is not None:
            message = f"the fact `{claim.id}` is exact, and `{evidence.sentence}` has {bound}"
            words = "write `about`, `over`, `under`, `at least` or `at most` before it"
            hint = f"write `{claim.object.text}~`" if isinstance(claim.object, Date) else words
            yield _note("hedged-fact", claim, message, hint)
        if hedge is not None:
            message = f"the fact `{claim.id}` stands with `{hedge}` in `{evidence.sentence}`"
            yield _note("hedged-fact", claim, message, "is it a forecast, a plan or an opinion?")
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
    return tongue.despite.strike(reader.hedging[start:end])


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
    if edtf.first is None or edtf.last is None or edtf.first[0] != edtf.last[0]:
        return None
    year = edtf.first[0]
    wanted = str(year if year > 0 else 1 - year)
    return next((figure.start for figure in find_figures(text, lang, NEWEST_RULE) if figure.value == wanted), None)


def find_figure(quantity: Quantity, text: str, lang: str) -> int | None:
    """Where a figure of *quantity* stands in the words of a sentence; None where none does."""
    wanted = {plain_number(number) for number in quantity.numbers() if number}
    return next((figure.start for figure in find_figures(text, lang, NEWEST_RULE) if figure.value in wanted), None)


def _is_within_figure(text: str, place: int) -> bool:
    """Whether a sign stands between two digits, as the comma of `75,600` and of `2,4` does."""
    return 0 < place < len(text) - 1 and text[place - 1].isdigit() and text[place + 1].isdigit()


def _find_bound(claim: Claim, reader: _SentenceWords, tongue: SignalWords) -> str | None:
    """The word beside the figure or date that makes it inexact, with its place, where that of the claim is exact."""
    words = reader.words
    match claim.object:
        case Quantity() as quantity if not quantity.approximate and quantity.lowest == quantity.highest:
            place, what = find_figure(quantity, words, reader.lang), "figure"
            before = tongue.find_bound(words[:place]) if place is not None else None
        case Date(edtf=edtf) if edtf.precision in {"year", "month", "day"} and not (edtf.approximate or edtf.uncertain):
            place, what = _find_year(edtf, words, reader.lang), "date"
            before = tongue.find_near(words[:place]) if place is not None else None
        case _:
            return None
    if place is None:
        return None
    if before is not None:
        return f"`{before}` before its {what}"
    figure = next(figure for figure in find_figures(words, reader.lang, NEWEST_RULE) if figure.start == place)
    behind = tongue.find_behind(words[figure.end :])
    return f"`{behind}` behind its {what}" if behind is not None else None


def _is_asked(claim: Claim, reader: _SentenceWords, context: RuleContext) -> bool:
    """Whether the object stands in a question: behind the last colon of a sentence that ends with a question mark."""
    text = reader.words.rstrip("\"')]” ")
    if not text.endswith(("?", "？")):
        return False
    place = find_object(claim, reader.words, reader.lang, context.seeds.entity_by_key)
    return place is not None and place > max(text.rfind(":"), text.rfind("："))
