"""The way back, where the text is at hand: quotation marks, units, names, and words that a fact does not bear.

What stands in a sentence is looked up by lists of words, which are here. They are of English and Chinese; in other
languages only quotation marks and names are looked at. Hedges, words of the future and denials count only in the clause
that holds the claim's object: a sentence often promises one thing and states another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from kg.articles import Article
from kg.check.context import RuleContext
from kg.coverage import plain_number
from kg.diagnostic import Diagnostic
from kg.figure import NEWEST_RULE, find_figures
from kg.model import Claim, Entity, Evidence, Mode, Voice
from kg.sentence import Sentence, normalise
from kg.values import EntityRef, Quantity, Text
from kg.vocabulary import Unit

# What says that a thing may be so, is expected, or is still to come. `will` and `would` are left out after a noun that
# is no verb; so are words that only sometimes hedge (`should`, `could`, `about`, `likely` before a noun).
HEDGES = {
    "en": (
        "may", "might", "could", "perhaps", "possibly", "probably", "reportedly", "allegedly", "apparently", "rumoured",
        "rumored", "is expected to", "are expected to", "is likely to", "are likely to", "is set to", "are set to",
        "is said to", "are said to", "is believed to", "will", "would", "shall", "plans to", "plan to", "planned to",
        "hopes to", "hope to", "aims to", "aim to", "intends to", "intend to", "promised to", "promises to", "seeks to",
        "going to", "unless", "if",
    ),
    "zh": (
        "可能", "也许", "或许", "大概", "据说", "据称", "据报道", "传闻", "预计", "有望", "将会", "将于", "即将",
        "计划", "打算", "希望", "拟", "力争", "争取", "如果", "若",
    ),
}  # fmt: skip
# What says that it is not so. `not only`, `not just` and the like say more, not less.
DENIALS = {
    "en": (
        "not", "n't", "never", "no longer", "none of", "neither", "nor", "without", "denied", "denies", "deny",
        "failed to", "refused to", "cannot",
    ),
    "zh": ("没有", "并非", "并未", "从未", "尚未", "未能", "不是", "不会", "不能", "不再", "否认", "拒绝", "未"),
}  # fmt: skip
_NO_DENIAL = re.compile(
    r"\bnot (?:only|just|merely|simply|to mention|least)\b|\bnot? (?:fewer|less|more) than\b|\bno (?:doubt|matter)\b"
    r"|不仅|不但|不只|不断|不少|不久|不过|不同|未来|未免|无论|不管"
)
_CLAUSE = re.compile(
    r"[,;:()\[\]—–]|\s-\s|[，；：、（）。]"
    r"|\b(?:and|but|while|whereas|although|though|because|since|which|who|that|when|as|through|by|with|after|before)\b"
)
_PRONOUNS = re.compile(
    r"\b(?:he|him|his|she|her|hers|it|its|they|them|their|theirs|we|us|our|ours|i|me|my|mine|you|your|this|these|those|"
    r"himself|herself|itself|themselves|who|whose|which)\b|他|她|它|我|你|您|这|该|其|此|本"
)
# What a text says for what it named before: `the company`, `公司`.
_AGAIN_NAMED = re.compile(
    r"\bthe (?:\w+ )?(?:company|firm|group|maker|carmaker|bank|city|town|country|government|ministry|agency|club|team|"
    r"school|university|museum|hospital|party|union|brand|product|project|plan|scheme|deal|law|building|house|bridge|road|line|"
    r"dam|car|model|vehicle|ship|plane|picture|painting|book|film|work|event|meeting|conference|show|man|woman|author|"
    r"founder|director|president|minister|mayor)\b"
    r"|公司|集团|企业|银行|机构|政府|部门|学校|大学|医院|项目|计划|产品|车型|线路|大桥|会议|活动|作者|创始人|负责人|市长"
)
_QUOTES = {"“": "”", "„": "“", "«": "»", "「": "」", "『": "』", "‹": "›", "〝": "〞"}
_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
_CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_LITTLE = {
    "the", "of", "a", "an", "and", "in", "at", "on", "to", "for", "by", "with", "from", "its", "his", "her",
    "their", "new", "company", "group", "that", "this", "who", "which", "all",
}  # fmt: skip
_SHARE = re.compile(
    r"\b(?:half|third|thirds|quarter|quarters|fifth|fifths|per cent|percent)\b|%|百分之|分之|一半|过半|成"
)
_SPELT = {  # what texts write for units beside what the ontology declares
    "USD": ("$", "dollar", "美元"), "EUR": ("€", "euro", "欧元"), "CNY": ("¥", "yuan", "rmb", "元", "人民币"),
    "GBP": ("£", "pound", "英镑"), "JPY": ("¥", "yen", "日元"), "HKD": ("hk$", "港元"), "KRW": ("won", "韩元"),
    "km/h": ("时速", "kilometres an hour", "kilometers an hour", "kmh"),
    "kWh": ("kilowatt-hour", "kilowatt hour", "千瓦时"),
    "m": ("米",), "km": ("公里", "千米"), "t": ("吨",), "kg": ("公斤", "千克"), "year": ("年",), "day": ("天", "日"),
    "month": ("月",), "week": ("周", "星期"), "h": ("小时",), "min": ("分钟",),
}  # fmt: skip


def check_quotes(context: RuleContext) -> Iterator[Diagnostic]:
    """What is said to be quoted stands in quotation marks, in part at least."""
    spans: dict[str, list[tuple[int, int]]] = {}
    told: set[tuple[str, str]] = set()
    for claim in context.seeds.claims:
        for evidence in claim.evidence:
            article = context.articles.by_source.get(evidence.source)
            sentence = article.sentences.get(evidence.address) if article else None
            if article is None or sentence is None or evidence.voice is not Voice.QUOTE:
                continue
            if evidence.source not in spans:
                spans[evidence.source] = list(find_quotations(article.text))
            if not _is_quoted(sentence, spans[evidence.source]) and (claim.id, evidence.sentence) not in told:
                told.add((claim.id, evidence.sentence))
                yield Diagnostic(
                    code="quote-without-marks",
                    mark=evidence.mark,
                    message=f"`{claim.id}` is said to be quoted, and no quotation marks enclose `{evidence.sentence}`",
                    hint="write `voice: reported`, or `voice: source` for the author's own words",
                )


def _is_quoted(sentence: Sentence, spans: list[tuple[int, int]]) -> bool:
    return any(start < sentence.end and sentence.start < end for start, end in spans)


def find_quotations(text: str) -> Iterator[tuple[int, int]]:
    """From where to where quotation marks enclose *text*, the marks left out.

    A quotation may hold several sentences. Where nothing closes it, it ends with its paragraph.

    >>> [("a “b. c” d"[a:b]) for a, b in find_quotations("a “b. c” d")]
    ['b. c']
    """
    for line in re.finditer(r"[^\r\n]+", text):
        closing, start = "", 0
        for place in range(line.start(), line.end()):
            char = text[place]
            if closing:
                if char == closing and not (closing in "’'" and _within_word(text, place)):
                    yield start, place
                    closing = ""
            elif char in _QUOTES or (char in "\"‘'" and not _within_word(text, place)):
                opens = char != "'" or (place == line.start() or not text[place - 1].isalnum())
                if opens:
                    closing, start = _QUOTES.get(char) or {"‘": "’"}.get(char, char), place + 1
        if closing and closing not in "'":
            yield start, line.end()


def _within_word(text: str, place: int) -> bool:
    """Whether a mark is an apostrophe: letters stand on both its sides."""
    return 0 < place < len(text) - 1 and text[place - 1].isalnum() and text[place + 1].isalnum()


@dataclass(frozen=True, kw_only=True)
class _Reader:
    """A sentence and what is about it, as the rules ask for them."""

    article: Article
    sentence: Sentence

    @cached_property
    def words(self) -> str:
        return normalise(self.sentence.text)

    @cached_property
    def paragraph(self) -> str:
        """The paragraph that the sentence stands in: what it names last it may have called otherwise first."""
        return normalise(" ".join(s.text for s in self.article.paragraphs.get(self.sentence.paragraph, ())))

    @property
    def lang(self) -> str:
        return self.article.lang.partition("-")[0]


def check_wording(context: RuleContext) -> Iterator[Diagnostic]:
    """Units and names of a claim stand in its sentence; hedges, denials and questions are marked as such."""
    readers: dict[str, _Reader | None] = {}
    for claim in context.seeds.claims:
        for evidence in claim.evidence[:1]:  # further evidence says the same in its own words
            if evidence.sentence not in readers:
                article = context.articles.by_source.get(evidence.source)
                sentence = article.sentences.get(evidence.address) if article else None
                readers[evidence.sentence] = (
                    _Reader(article=article, sentence=sentence) if article and sentence else None
                )
            reader = readers[evidence.sentence]
            if reader is None:
                continue
            yield from _check_unit(claim, evidence, reader, context)
            yield from _check_names(claim, evidence, reader, context)
            yield from _check_mode(claim, evidence, reader, context)


# -- units ----------------------------------------------------------------------------------------


def _check_unit(claim: Claim, evidence: Evidence, reader: _Reader, context: RuleContext) -> Iterator[Diagnostic]:
    if not isinstance(claim.object, Quantity) or claim.object.unit is None or claim.is_inferred("o"):
        return
    unit = context.vocabulary.unit_by_iri.get(claim.object.unit)
    if unit is None or unit.iri.endswith("/NUM") or _has_unit(unit, reader.words):
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
    return unit.kind is not None and unit.kind.endswith(("Count", "Position", "Dimensionless")) and unit.symbol != "%"


def _find_counted(quantity: Quantity, reader: _Reader, context: RuleContext) -> Unit | None:
    """Another counting unit whose name follows the figure at once."""
    place = _find_figure(quantity, reader.words, reader.lang)
    if place is None:
        return None
    after = " ".join(reader.words[place:].split()[1:3])
    units = sorted({u.iri: u for u in context.vocabulary.units.values()}.items())
    return next((u for _, u in units if _is_counted(u) and u.iri != quantity.unit and _has_unit(u, after)), None)


def _has_unit(unit: Unit, text: str) -> bool:
    spellings = {normalise(word) for word in (*unit.words, *unit.labels.values())}
    spellings |= {word for code, words in _SPELT.items() if code in unit.words for word in words}
    if unit.symbol == "%" and _SHARE.search(text):
        return True
    return any(_has_spelling(word, text) for word in spellings)


def _has_spelling(word: str, text: str) -> bool:
    if not word[:1].isalpha() or _CJK.search(word):
        return word in text
    plural = rf"{re.escape(word[:-1])}ies" if word.endswith("y") else rf"{re.escape(word)}(?:e?s)?"
    return re.search(rf"(?<![^\W\d_])(?:{re.escape(word)}|{plural})(?![^\W\d_])", text) is not None


# -- names ----------------------------------------------------------------------------------------


def _check_names(claim: Claim, evidence: Evidence, reader: _Reader, context: RuleContext) -> Iterator[Diagnostic]:
    terms = {"s": (claim.subject, claim.subject.mark, "subject"), "o": (claim.object, claim.object_mark, "object")}
    for key, (term, mark, what) in terms.items():
        entity = context.seeds.entity_by_key.get(term.key) if isinstance(term, EntityRef) else None
        if entity is None or claim.is_inferred(key) or _is_named(entity, reader):
            continue
        yield Diagnostic(
            code="name-not-in-sentence",
            mark=mark,
            message=f"no name of the {what} `{entity.key}` stands in the paragraph of `{evidence.sentence}`",
            hint=f"is it another entity? or say how you know it: `inferred: {{{key}: REASON}}`",
        )


def _is_named(entity: Entity, reader: _Reader) -> bool:
    """Whether a name, or a telling word of one, stands in the paragraph.

    Else a pronoun, or a noun such as `the company`, may stand for what was named anywhere before.
    """
    names = [normalise(name.text) for name in entity.names]
    if any(_has_name(name, reader.paragraph) for name in names):
        return True
    if _PRONOUNS.search(reader.words) is None and _AGAIN_NAMED.search(reader.words) is None:
        return False
    earlier = normalise(reader.article.text[: reader.sentence.start])
    return any(_has_name(name, earlier) for name in names)


def _has_name(name: str, text: str) -> bool:
    if not text:
        return False
    if _CJK.search(name):
        return name in text or any(
            name[i : i + 2] in text for i in range(len(name) - 1) if _CJK.search(name[i : i + 2])
        )
    if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text):
        return True
    words = [word for word in _WORD.findall(name) if word not in _LITTLE and not word.isdigit()]
    stems = {_stem(word) for word in _WORD.findall(text)}
    return any(_stem(word) in stems for word in words if len(word) > 2)


def _stem(word: str) -> str:
    """A word without its commonest English endings, so that `visit` and `visited` are alike."""
    word = re.sub(r"'s?$", "", word)
    short = re.sub(r"(?:ations?|ions?|ean|ian|ese|an|ingly|ings?|edly|ed|ers?|ies|es|s|y|e)$", "", word)
    return short if len(short) > 2 else word


# -- modes ----------------------------------------------------------------------------------------


def _check_mode(claim: Claim, evidence: Evidence, reader: _Reader, context: RuleContext) -> Iterator[Diagnostic]:
    if claim.mode is not Mode.QUESTION and _is_asked(claim, reader, context):
        yield _note("asked-not-stated", claim, f"the sentence `{evidence.sentence}` asks it", "is its mode `question`?")
    clause = _find_clause(claim, reader, context)
    if clause is None or reader.lang not in HEDGES:
        return
    if claim.mode is Mode.FACT:
        hedge = _find_word(HEDGES[reader.lang], clause)
        if hedge is not None:
            message = f"the fact `{claim.id}` stands with `{hedge}` in `{evidence.sentence}`"
            yield _note("hedged-fact", claim, message, "is it a forecast, a plan or an opinion?")
    if not claim.negated and not isinstance(claim.object, Text):
        denial = _find_word(DENIALS[reader.lang], _NO_DENIAL.sub(" ", clause))
        if denial is not None:
            message = f"`{claim.id}` stands with `{denial}` in `{evidence.sentence}`, and has no `not`"
            yield _note(
                "denied-in-sentence", claim, message, "write `not: true` where the sentence says that it is not so"
            )


def _note(code: str, claim: Claim, message: str, hint: str) -> Diagnostic:
    mark = claim.mark_of("mode") if "mode" in claim.marks else claim.mark
    return Diagnostic(code=code, mark=mark, message=message, hint=hint)


def _find_word(words: tuple[str, ...], clause: str) -> str | None:
    for word in words:
        pattern = re.escape(word) if not word.isascii() else rf"(?<!\w){re.escape(word)}(?!\w)"
        if word == "n't":
            pattern = r"n't(?!\w)"
        if re.search(pattern, clause):
            return word
    return None


def _find_clause(claim: Claim, reader: _Reader, context: RuleContext) -> str | None:
    """The clause in which the claim's object stands; None where it cannot be found."""
    text = reader.words
    place = _find_object(claim, text, reader, context)
    if place is None:
        return None
    cuts = [0, *(m.start() for m in _CLAUSE.finditer(text)), len(text)]
    start = max(cut for cut in cuts if cut <= place)
    end = min((cut for cut in cuts if cut > place), default=len(text))
    return text[start:end]


def _find_object(claim: Claim, text: str, reader: _Reader, context: RuleContext) -> int | None:
    """Where the object stands in a sentence: its figure, a name of it, or its words."""
    match claim.object:
        case Quantity() as quantity:
            return _find_figure(quantity, text, reader.lang)
        case EntityRef(key=key):
            entity = context.seeds.entity_by_key.get(key)
            places = [text.find(normalise(name.text)) for name in entity.names] if entity else []
            return min((place for place in places if place >= 0), default=None)
        case Text(text=words):
            place = text.find(normalise(words))
            return place if place >= 0 else None
        case _:
            return None


def _find_figure(quantity: Quantity, text: str, lang: str) -> int | None:
    wanted = {plain_number(number) for number in quantity.numbers() if number}
    return next((figure.start for figure in find_figures(text, lang, NEWEST_RULE) if figure.value in wanted), None)


def _is_asked(claim: Claim, reader: _Reader, context: RuleContext) -> bool:
    """Whether the object stands in a question: behind the last colon of a sentence that ends with a question mark."""
    text = reader.words.rstrip("\"')]” ")
    if not text.endswith(("?", "？")):
        return False
    place = _find_object(claim, reader.words, reader, context)
    return place is not None and place > max(text.rfind(":"), text.rfind("："))
