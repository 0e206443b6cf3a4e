"""What a proposal must meet beyond the rules of `kg check`: what a curator is trusted with, a machine is not.

Each rule looks at one claim in one sentence, whose text is at hand, and yields what does not fit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field

from kg.check.naming import read_words, stem_word
from kg.check.wording import DENIALS, HEDGES, find_figure, find_object, find_word, has_unit, strike_names
from kg.coverage import plain_number
from kg.diagnostic import Diagnostic, Mark
from kg.figure import NEWEST_RULE, Figure, find_figures
from kg.model import Claim, Entity, Mode
from kg.ontology.vocabulary import Unit, Vocabulary
from kg.proposal.naming import NamedIn
from kg.sentence import Sentence, normalise
from kg.values import ClaimRef, Date, EntityRef, Quantity, Text

_MORE_HEDGES = {
    "en": (
        "expected to", "expected", "likely", "unlikely", "rumour", "rumours", "rumor", "rumors", "appears to",
        "appear to",
        "seems", "seem", "seemed", "proposed", "proposal", "in talks", "should", "set to", "due to", "scheduled to",
        "potentially", "maybe", "presumably", "supposedly", "purportedly", "unconfirmed", "ought to", "planned",
        "targets",
        "target of", "forecast", "forecasts", "predicted", "estimated", "believed", "thought to", "intended",
    ),
    "zh": ("期望", "期待", "预测", "估计", "认为", "相信", "或将", "承诺", "目标", "想要", "应该", "考虑", "传言"),
}  # fmt: skip
# What somebody hopes, plans or believes stands behind these words; what stands before them they leave as it is.
_GOVERNING = (
    "expect", "expects", "expecting", "hope", "hopes", "hoped", "hoping", "aim", "aims", "aimed", "aiming", "intend",
    "intends",
    "plan to", "planning", "plans", "predict", "predicts", "estimate", "estimates", "believe", "believes", "think",
    "thinks",
    "thought", "suggests", "suggested", "proposes", "considers", "considering", "considered", "talks about", "promise",
    "promises", "promised", "pledged", "pledges", "vowed", "vows", "wants", "wanted to", "wish", "wishes", "dreams of",
)  # fmt: skip
# Where a clause ends that governs no other: behind `that`, `by`, `to` the same is still expected.
_MAIN = re.compile(
    r"[;:()\[\]—–，；：。]|,\s|\s-\s|\b(?:and|but|while|whereas|although|though|because|since|after|before)\b"
)
_BOUNDS = {  # the words before a figure, by what they say of it
    "over": ("more than", "over", "above", "in excess of", "exceeding", "upwards of", "超过", "逾", "多于"),
    "under": ("less than", "fewer than", "under", "below", "不到", "不足", "少于"),
    "at least": ("at least", "no fewer than", "no less than", "not less than", "a minimum of", "至少"),
    "at most": ("at most", "up to", "as many as", "as much as", "no more than", "not more than", "a maximum of", "最多",
                "至多"),
    "about": (
        "about", "around", "approximately", "roughly", "nearly", "almost", "some", "an estimated", "close to",
        "circa", "约",
        "大约", "大概", "将近", "接近", "近",
    ),
}  # fmt: skip
_MOST_OF = 0.6  # the share of a text's telling words that stand in the sentence
_LITTLE = frozenset({"the", "a", "an", "of", "to", "in", "on", "at", "for", "by", "with", "from", "and", "or", "is",
                     "are",
                     "was", "were", "be", "it", "its", "as", "that", "this", "their", "his", "her"})  # fmt: skip
_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_HAN = re.compile(r"[\u3400-\u9fff]")


FITTING = frozenset({
    "bound-not-in-sentence", "denial-not-in-sentence", "object-not-in-sentence", "speaker-not-in-sentence",
})  # fmt: skip
"""The codes of errors that say that a claim does not fit its sentence, and is one all the same."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A claim in the sentence that it rests on, with what is about it."""

    claim: Claim
    sentence: Sentence
    lang: str
    entities: dict[str, Entity] = field(repr=False)
    named: NamedIn = field(repr=False)
    vocabulary: Vocabulary = field(repr=False)
    mark: Mark = field(repr=False)

    @property
    def where(self) -> str:
        """The sentence's id."""
        return f"{self.claim.source}.{self.sentence.address}"

    @property
    def words(self) -> str:
        """The sentence as it is digested."""
        return normalise(self.sentence.text)

    @property
    def place(self) -> int | None:
        """Where the object stands in the words: of a date, its year or its day."""
        value = self.claim.object
        if isinstance(value, Date):
            wanted = {plain_number(number) for number in value.numbers()}
            return next((f.start for f in find_figures(self.words, self.lang, NEWEST_RULE) if f.value in wanted), None)
        return find_object(self.claim, self.words, self.lang, self.entities)

    def tell(self, code: str, message: str, hint: str | None = None) -> Diagnostic:
        """A diagnostic of the row."""
        return Diagnostic(code=code, mark=self.mark, message=message, hint=hint)


def check_fit(setting: Setting) -> Iterator[Diagnostic]:
    """What of a claim does not fit its sentence."""
    for rule in RULES:
        yield from rule(setting)


def find_cautions(setting: Setting) -> Iterator[str]:
    """What a reviewer should look at, where nothing is wrong for certain."""
    for what, term in _terms(setting):
        entity = setting.entities.get(term.key)
        if entity is not None and not setting.named.names(entity, setting.sentence):
            yield f"the {what} `{entity.key}` is not named in the sentence: a word such as `it` must stand for it"
    if isinstance(setting.claim.object, Quantity) and setting.claim.object.unit is not None:
        figures = _figures_of_unit(setting)
        if len(figures) > 1:
            yield f"the sentence has further figures in this unit: {', '.join(figures)}"


def _figures_of_unit(setting: Setting) -> list[str]:
    """The figures that the unit of the claim's object follows."""
    assert isinstance(setting.claim.object, Quantity)
    unit = setting.vocabulary.unit_by_iri.get(setting.claim.object.unit or "")
    if unit is None or unit.iri.endswith("/NUM"):
        return []
    found = []
    for figure in find_figures(setting.words, setting.lang, NEWEST_RULE):
        after = " ".join(setting.words[figure.end :].split()[:2])
        before = setting.words[max(0, figure.start - 4) : figure.start]
        if has_unit(unit, after) or has_unit(unit, before):
            found.append(figure.value)
    return list(dict.fromkeys(found))


# -- who and what ---------------------------------------------------------------------------------


def _terms(setting: Setting) -> Iterator[tuple[str, EntityRef]]:
    claim = setting.claim
    for what, key, term in (("subject", "s", claim.subject), ("object", "o", claim.object)):
        if isinstance(term, EntityRef) and not claim.is_inferred(key):
            yield what, term


def _check_names(setting: Setting) -> Iterator[Diagnostic]:
    """Subject and object are named in the sentence; one of them may be meant by a pronoun, or by `the company`."""
    missing = []
    for what, term in _terms(setting):
        entity = setting.entities.get(term.key)
        if entity is not None and not setting.named.names(entity, setting.sentence):
            missing.append((what, entity))
    for number, (what, entity) in enumerate(missing):
        meant = setting.named.means(entity, setting.sentence) or _is_speaker(entity, setting)
        if number or not meant:
            yield setting.tell(
                "name-not-in-sentence",
                f"no name of the {what} `{entity.key}` stands in the sentence `{setting.where}`",
                "quote the sentence that names it, or name another entity",
            )
            return


def _is_speaker(entity: Entity, setting: Setting) -> bool:
    """Whether `I`, `we` of the sentence are the entity, or what it speaks for."""
    first = re.search(r"\b(?:i|we|my|our|us|me)\b|我|本人", setting.words) is not None
    return first and any(ref.text == entity.key for ref in setting.claim.speakers)


def _check_text(setting: Setting) -> Iterator[Diagnostic]:
    """An object in words has most of them from the sentence."""
    value = setting.claim.object
    if not isinstance(value, Text) or setting.claim.is_inferred("o") or normalise(value.text) in setting.words:
        return
    said = normalise(value.text)
    if _HAN.search(said):
        pairs = [said[i : i + 2] for i in range(len(said) - 1) if _HAN.match(said[i])]
        share = sum(pair in setting.words for pair in pairs) / len(pairs) if pairs else 0
    else:
        telling = {stem_word(w) for w in _WORD.findall(said) if w not in _LITTLE}
        stems = read_words(setting.sentence.paragraph, setting.sentence.text).stems
        share = len(telling & stems) / len(telling) if telling else 0
    if share < _MOST_OF:
        message = f"most words of `{value.text[:80]}` do not stand in `{setting.where}`"
        yield setting.tell("object-not-in-sentence", message, "write the words of the sentence")


# -- how it is meant ------------------------------------------------------------------------------


def _find_clause(setting: Setting, text: str) -> tuple[str, int]:
    """The part of a sentence's words that holds the object with what governs it, and where the object stands in it.

    All of the sentence, and its end, where the object cannot be found.
    """
    place = setting.place
    if place is None:
        return text, len(text)
    cuts = [0, *(m.start() for m in _MAIN.finditer(text) if not _within_figure(text, m.start())), len(text)]
    start = max(cut for cut in cuts if cut <= place)
    end = min((cut for cut in cuts if cut > place), default=len(text))
    return text[start:end], place - start


def _within_figure(text: str, place: int) -> bool:
    return 0 < place < len(text) - 1 and text[place - 1].isdigit() and text[place + 1].isdigit()


def _check_hedge(setting: Setting) -> Iterator[Diagnostic]:
    """A fact stands under no word of hedging, of hope or of the future."""
    lang = setting.lang
    if setting.claim.mode is not Mode.FACT or lang not in HEDGES or isinstance(setting.claim.object, ClaimRef):
        return
    clause, place = _find_clause(setting, strike_names(setting.sentence.text))
    governing = clause[:place]
    if isinstance(setting.claim.object, Text):
        clause = clause.replace(normalise(setting.claim.object.text), " ")
    hedge = find_word((*HEDGES[lang], *_MORE_HEDGES[lang]), clause)
    if hedge is None and lang == "en":
        hedge = find_word(_GOVERNING, governing)
    if hedge is not None:
        message = f"a fact, where `{setting.where}` has `{hedge}`"
        yield setting.tell("hedged-fact", message, "is it a forecast, a plan, a promise or an opinion?")


def _check_denial(setting: Setting) -> Iterator[Diagnostic]:
    """A claim denies where its sentence does, and only there."""
    lang = setting.lang
    if lang not in DENIALS or isinstance(setting.claim.object, ClaimRef):
        return
    words = setting.words
    if setting.claim.negated:
        if find_word((*DENIALS[lang], *_LESS[lang]), words) is None:
            message = f"negated, and `{setting.where}` denies nothing"
            yield setting.tell("denial-not-in-sentence", message, "leave the negation out")
        return
    value = setting.claim.object
    clause, _ = _find_clause(setting, words)
    if isinstance(value, Text):
        clause = clause.replace(normalise(value.text), " ")
        if find_word(DENIALS[lang], normalise(value.text)) is not None:
            return
    denial = find_word(DENIALS[lang], _NO_DENIAL.sub(" ", clause))
    if denial is not None and not (isinstance(value, Quantity) and value.lowest == "0"):
        message = f"`{setting.where}` has `{denial}`, and the claim is not negated"
        yield setting.tell(
            "denied-in-sentence", message, "say `negated: true` where the sentence says that it is not so"
        )


_LESS = {
    "en": ("no", "none", "nobody", "nothing", "unable", "rejected", "rejects", "rules out", "ruled out", "lacks",
           "lack",
           "stopped", "refuses", "fails to", "not"),
    "zh": ("无", "不", "没", "非", "拒"),
}  # fmt: skip
_NO_DENIAL = re.compile(
    r"\bnot (?:only|just|merely|simply|to mention|least)\b|\b(?:no|not) (?:fewer|less|more) than\b|\bno (?:doubt"
    r"|matter)\b"
    r"|不仅|不但|不只|不断|不少|不久|不过|不同|未来|未免|无论|不管|不足|不到"
)


def _check_bound(setting: Setting) -> Iterator[Diagnostic]:
    """`over`, `under`, `about` before the figure are those of the sentence."""
    value = setting.claim.object
    if not isinstance(value, Quantity) or (
        value.number is None and value.lowest is not None and value.highest is not None
    ):
        return  # a range has its own words
    if setting.claim.is_inferred("o") or setting.lang not in HEDGES:
        return
    place = find_figure(value, setting.words, setting.lang)
    if place is None:
        return
    said = _read_bound(value)
    before = re.sub(r"(?:[a-z]{0,3}[$€£¥]|\ba|\bthe)? ?$", "", setting.words[:place]).rstrip()
    there = {kind for kind, words in _BOUNDS.items() for word in words if _ends_with(before, word)}
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


# -- which figure ---------------------------------------------------------------------------------

_SAYS = {  # what an adjective measures
    "long": "length", "wide": "width", "broad": "width", "high": "height", "tall": "height", "deep": "depth",
    "old": "age",
    "heavy": "weight", "thick": "thickness", "fast": "speed", "strong": "strength", "costs": "cost", "cost": "cost",
    "weighs": "weight", "aged": "age", "worth": "value", "priced": "price",
}  # fmt: skip
_OF_TIME = re.compile(r"\b(?:in|since|until|till|during|by|from|before|after|year|of) $")
_NEARBY = 4  # words after a figure, and before it, that say what it measures


def _check_figure(setting: Setting) -> Iterator[Diagnostic]:
    """The figure is no year, and none of another measure: of two figures in one unit that which the property names."""
    value, words = setting.claim.object, setting.words
    if not isinstance(value, Quantity) or value.unit is None or setting.claim.is_inferred("o"):
        return
    wanted = {plain_number(number) for number in value.numbers() if number}
    figures = find_figures(words, setting.lang, NEWEST_RULE)
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
    stems = {
        stem_word(w)
        for text in (prop.name, *prop.labels.values())
        for w in _WORD.findall(normalise(_CAMEL.sub(" ", text)))
    }
    about = {figure: _count_words(words, figure, figures, stems) for figure in figures}
    if not any(about[figure] for figure in own):
        for other in figures:
            if about[other] and other.value not in wanted and _has_unit_after(words, other, unit):
                message = f"in `{setting.where}` the `{prop.name}` is {other.text}, and {own[0].text} is another figure"
                yield setting.tell("figure-not-in-sentence", message, "write the figure of what is claimed")
                return


def _is_year(words: str, figure: Figure, unit: Unit) -> bool:
    """Whether a number of four digits stands as a year, with no name of the unit behind it."""
    if not re.fullmatch(r"1[5-9]\d\d|20\d\d", figure.text) or _has_unit_after(words, figure, unit):
        return False
    before = words[max(0, figure.start - 8) : figure.start]
    after = words[figure.end :].lstrip()
    return _OF_TIME.search(before) is not None and not (before.endswith("of ") and after[:1].isalpha())


def _has_unit_after(words: str, figure: Figure, unit: Unit) -> bool:
    return has_unit(unit, " ".join(words[figure.end :].split()[:2])) or has_unit(
        unit, words[figure.start - 3 : figure.start]
    )


def _count_words(words: str, figure: Figure, figures: Iterable[Figure], stems: Collection[str]) -> int:
    """How many words of a property's names stand about a figure, up to the next figure or the end of the clause."""
    end = min((f.start for f in figures if f.start > figure.start), default=len(words))
    start = max((f.end for f in figures if f.end <= figure.start), default=0)
    after = re.split(r"[,;:()]|\b(?:and|but|while)\b", words[figure.end : end])[0].split()[: _NEARBY + 1]
    before = re.split(r"[,;:()]|\b(?:and|but|while)\b", words[start : figure.start])[-1].split()[-_NEARBY:]
    told = [_SAYS.get(word, word) for word in _WORD.findall(" ".join([*before, "·", *after]))]
    return sum(stem_word(word) in stems for word in told)


# -- units ----------------------------------------------------------------------------------------


def _check_unit(setting: Setting) -> Iterator[Diagnostic]:
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
    other = _find_other(unit, after, setting.vocabulary)
    if other is not None and not has_unit(unit, after):
        message = f"counts in `{unit.symbol}`, where `{setting.where}` has `{other.symbol}`"
        yield setting.tell("unit-not-in-sentence", message, "is it another unit?")


def _find_other(unit: Unit, after: str, vocabulary: Vocabulary) -> Unit | None:
    """Another unit whose name begins the words after a figure."""
    first = re.match(r"(?:%|per ?cent|percent)|[^\W\d_]+", after)
    if first is None:
        return None
    for other in sorted(vocabulary.unit_by_iri.values(), key=lambda u: u.iri):
        if other.iri != unit.iri and not other.iri.endswith("/NUM") and has_unit(other, first[0]):
            return other if not _is_short(other, first[0]) else None
    return None


def _is_short(unit: Unit, word: str) -> bool:
    """Whether a word is a symbol of one letter, which may be an abbreviation of anything."""
    return len(word) == 1 and word != "%"


RULES: tuple[Callable[[Setting], Iterator[Diagnostic]], ...] = (
    _check_names,
    _check_text,
    _check_denial,
    _check_hedge,
    _check_figure,
    _check_bound,
    _check_unit,
)
"""The rules; the first that finds something is told."""
