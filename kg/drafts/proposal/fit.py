"""What a proposal must meet beyond the rules of `kg check`: what a curator is trusted with, a machine is not.

Each rule looks at one claim in one sentence, whose text is at hand, and yields what does not fit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from kg.check.naming import WORD, read_words, stem_word
from kg.check.wording import find_clause
from kg.drafts.proposal.measures import check_bound, check_figure, check_quoted, check_unit, list_alike
from kg.drafts.proposal.setting import Setting
from kg.model.nouns import Entity, Mode
from kg.model.values import ClaimRef, EntityRef, Quantity, Text
from kg.text.diagnostic import Diagnostic
from kg.text.sentence import fold_words
from kg.text.tongues import SignalWords, StrictWords, read_tongue

_MOST_OF = 0.6  # the share of a text's telling words that stand in the sentence
_LITTLE = frozenset({"the", "a", "an", "of", "to", "in", "on", "at", "for", "by", "with", "from", "and", "or", "is",
                     "are",
                     "was", "were", "be", "it", "its", "as", "that", "this", "their", "his", "her"})  # fmt: skip
_HAN = re.compile(r"[\u3400-\u9fff]")


FITTING = frozenset({
    "bound-not-in-sentence", "denial-not-in-sentence", "object-not-in-sentence", "speaker-not-in-sentence",
})  # fmt: skip
"""The codes of errors that say that a claim does not fit its sentence, and is one all the same."""


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
        figures = list_alike(setting)
        if len(figures) > 1:
            yield f"the sentence has further figures in this unit: {', '.join(figures)}"
    tongue = read_tongue(setting.lang)
    if tongue is None:
        yield f"words that deny, hedge or foresee are not known in `{setting.lang}`: look whether the sentence has some"
    elif tongue.proposals is None:
        yield from _find_common(setting, tongue)


def _find_common(setting: Setting, tongue: SignalWords) -> Iterator[str]:
    """Words that deny or hedge where the commonest alone are known: too few to reject by."""
    words = tongue.despite.strike(setting.words)
    denial, hedge = tongue.denials.find(words), tongue.hedges.find(words)
    if denial is not None and not setting.claim.negated:
        yield f"the sentence has `{denial}`, and the claim is not negated: look whether it denies this"
    if denial is None and setting.claim.negated:
        yield "the claim is negated, and no word is known in the sentence that denies: look whether one does"
    if hedge is not None and setting.claim.mode is Mode.FACT:
        yield f"a fact, where the sentence has `{hedge}`: look whether it is a forecast, a plan or an opinion"


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
        if entity is not None and not any(setting.named.names(entity, s) for s in (setting.sentence, *setting.quoted)):
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
    if not isinstance(value, Text) or setting.claim.is_inferred("o") or fold_words(value.text) in setting.words:
        return
    said = fold_words(value.text)
    if _HAN.search(said):
        pairs = [said[i : i + 2] for i in range(len(said) - 1) if _HAN.match(said[i])]
        share = sum(pair in setting.words for pair in pairs) / len(pairs) if pairs else 0
    else:
        telling = {stem_word(w) for w in WORD.findall(said) if w not in _LITTLE}
        stems = read_words(setting.sentence.paragraph, setting.sentence.text).stems
        share = len(telling & stems) / len(telling) if telling else 0
    if share < _MOST_OF:
        message = f"most words of `{value.text[:80]}` do not stand in `{setting.where}`"
        yield setting.tell("object-not-in-sentence", message, "write the words of the sentence")


# -- how it is meant ------------------------------------------------------------------------------


def _find_clause(setting: Setting, strict: StrictWords, text: str) -> tuple[str, int]:
    """The part of a sentence's words that holds the object with what governs it, and where the object stands in it.

    All of the sentence, and its end, where the object cannot be found.
    """
    place = setting.place
    if place is None:
        return text, len(text)
    start, end = find_clause(text, place, strict.clause)
    return text[start:end], place - start


def _check_hedge(setting: Setting) -> Iterator[Diagnostic]:
    """A fact stands under no word of hedging, of hope or of the future."""
    tongue = read_tongue(setting.lang)
    if tongue is None or (strict := tongue.proposals) is None:
        return
    if setting.claim.mode is not Mode.FACT or isinstance(setting.claim.object, ClaimRef):
        return
    clause, place = _find_clause(setting, strict, tongue.strike_names(setting.sentence.text))
    governing = clause[:place]
    if isinstance(setting.claim.object, Text):
        clause = clause.replace(fold_words(setting.claim.object.text), " ")
    hedge = strict.hedges.find(clause) or strict.governing.find(governing)
    if hedge is not None:
        message = f"a fact, where `{setting.where}` has `{hedge}`"
        yield setting.tell("hedged-fact", message, "is it a forecast, a plan, a promise or an opinion?")


def _check_denial(setting: Setting) -> Iterator[Diagnostic]:
    """A claim denies where its sentence does, and only there."""
    tongue = read_tongue(setting.lang)
    if tongue is None or (strict := tongue.proposals) is None or isinstance(setting.claim.object, ClaimRef):
        return
    words = setting.words
    if setting.claim.negated:
        if strict.denials.find(words) is None:
            message = f"negated, and `{setting.where}` denies nothing"
            yield setting.tell("denial-not-in-sentence", message, "leave the negation out")
        return
    value = setting.claim.object
    clause, _ = _find_clause(setting, strict, words)
    if isinstance(value, Text):
        clause = clause.replace(fold_words(value.text), " ")
        if tongue.denials.find(fold_words(value.text)) is not None:
            return
    denial = tongue.denials.find(tongue.despite.strike(clause))
    if denial is not None and not (isinstance(value, Quantity) and value.lowest == "0"):
        message = f"`{setting.where}` has `{denial}`, and the claim is not negated"
        yield setting.tell(
            "denied-in-sentence", message, "say `negated: true` where the sentence says that it is not so"
        )


RULES: tuple[Callable[[Setting], Iterator[Diagnostic]], ...] = (
    _check_names,
    _check_text,
    _check_denial,
    _check_hedge,
    check_figure,
    check_quoted,
    check_bound,
    check_unit,
)
"""The rules; the first that finds something is told."""
