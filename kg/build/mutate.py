"""Claims changed one at a time, each as a slip of the hand would: which changes no rule and no question notices.

A mutant is one claim with one thing in it changed: a number, a date, the mode, the subject, the object, a speaker,
`not` or a venue. What takes its place is the next of its kind in the order of keys, so that it is plausible and the
same each time. The rules of `kg check` are asked first, the competency questions only where no rule has noticed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from kg.ask.question import ask_question, test_question, write_expectation
from kg.ask.store import Store
from kg.build.pipeline import Checked
from kg.check import (
    AFTERTHOUGHTS,
    COMPARISONS,
    RULES,
    Rule,
    doubles,
    figures,
    inferences,
    naming,
    quotes,
    sentences,
    wording,
)
from kg.check.context import RuleContext
from kg.graph.story import Story
from kg.model.nouns import Claim, Evidence, Mode, Ref, Seeds
from kg.model.values import Address, ClaimRef, Date, EntityRef, Object, Quantity, Text, Truth
from kg.rdf.quad import Quad
from kg.reading.questions import Question
from kg.text.diagnostic import Diagnostic, Mark, Severity
from kg.text.edtf import EdtfError, parse_edtf

Place = tuple[str, str, tuple[object, ...]]

_BLIND: frozenset[Rule] = frozenset({
    sentences.check_texts, sentences.check_addresses, sentences.check_set_aside, sentences.check_places_of_names,
    doubles.check_shared_ids, doubles.check_labels, inferences.check_inferences,
})  # fmt: skip
"""Rules that look at nothing that a mutant changes, or do not say that something is wrong."""
_ALONE: frozenset[Rule] = frozenset(
    {figures.check_figures, quotes.check_quotes, naming.check_named, wording.check_wording}
)
"""Rules that hold each claim against its own sentences, and so need no other claim."""


class MutationKind(StrEnum):
    """The part of a claim that is changed."""

    NUMBER = "number"
    DATE = "date"
    MODE = "mode"
    SUBJECT = "subject"
    OBJECT = "object"
    SPEAKER = "speaker"
    NOT = "not"
    VENUE = "venue"


class Notice(StrEnum):
    """What noticed a mutant: a warning or an error of a rule, a note of one, a question's answer, or nothing."""

    CHECK = "check"
    NOTE = "note"
    QUESTION = "question"
    NOTHING = "nothing"


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """A claim with one thing changed: of which *kind*, what was written, and what stands there now."""

    kind: MutationKind
    before: str
    after: str
    claim: Claim
    mark: Mark


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A mutant, what noticed it, and the code of the rule or the name of the question that did."""

    mutant: Mutant
    notice: Notice
    by: str = ""


# -- make mutants ---------------------------------------------------------------------------------


def find_mutants(seeds: Seeds) -> Iterator[Mutant]:
    """All mutants of all claims, in the order of the claims."""
    neighbours = _Neighbours(seeds)
    for claim in seeds.claims:
        if claim.object is not None:
            yield from _mutate_object(claim, neighbours)
            yield from _mutate_dates(claim)
            yield from _mutate_rest(claim, neighbours)


def choose_mutants(mutants: Sequence[Mutant], most: int) -> list[Mutant]:
    """At most *most* of the mutants, spread evenly over all of them.

    >>> choose_mutants("abcdefghij", 3)
    ['a', 'd', 'g']
    """
    if len(mutants) <= most:
        return list(mutants)
    return [mutants[number * len(mutants) // most] for number in range(most)]


class _Neighbours:
    """The thing that a slip would take for each thing."""

    def __init__(self, seeds: Seeds) -> None:
        self.seeds = seeds
        self.alike: dict[str, list[str]] = {}
        for entity in seeds.entities:
            for ref in entity.classes[:1]:
                self.alike.setdefault(ref.text, []).append(entity.key)

    def entity(self, key: str, taken: Iterable[str]) -> str | None:
        """The next entity of the first class of the one called *key*, else of any; none of those *taken*."""
        entity = self.seeds.entity_by_key.get(key)
        alike = self.alike.get(entity.classes[0].text, []) if entity and entity.classes else []
        return _next(alike, key, taken) or _next(list(self.seeds.entity_by_key), key, taken)

    def claim(self, id: str, taken: Iterable[str]) -> str | None:
        """The next claim of the same source, else of any; none of those *taken*."""
        known = self.seeds.claim_by_id.get(id)
        near = [c.id for c in self.seeds.claims_by_source.get(known.source, ())] if known else []
        return _next(near, id, taken) or _next(list(self.seeds.claim_by_id), id, taken)

    def text(self, claim: Claim, words: str) -> str:
        """The words of the next claim with the same property, else a denial of its own."""
        of_property = [
            c.object.text
            for c in self.seeds.claims
            if c.predicate.text == claim.predicate.text and isinstance(c.object, Text)
        ]
        return _next(of_property, words, ()) or f"not {words}"


def _next(known: Sequence[str], one: str, taken: Iterable[str]) -> str | None:
    """The one after *one*, and after the last the first."""
    start = known.index(one) + 1 if one in known else 0
    left_out = {one, *taken}
    return next((other for other in (*known[start:], *known[:start]) if other not in left_out), None)


def _mutate_object(claim: Claim, neighbours: _Neighbours) -> Iterator[Mutant]:
    for kind, before, after, value in _change_object(claim, neighbours):
        changed = replace(claim, object=value)
        yield Mutant(kind=kind, before=before, after=after, claim=changed, mark=claim.object_mark)


def _change_object(claim: Claim, neighbours: _Neighbours) -> Iterator[tuple[MutationKind, str, str, Object]]:
    match claim.object:
        case Quantity() as quantity:
            for before, after, changed in _change_numbers(quantity):
                yield MutationKind.NUMBER, before, after, changed
        case Date() as date:
            moved = _move_year(date)
            if moved is not None:
                yield MutationKind.DATE, date.text, moved.text, moved
        case EntityRef(key=key) as entity:
            other = neighbours.entity(key, [claim.subject.text])
            if other is not None:
                yield MutationKind.OBJECT, key, other, replace(entity, key=other)
        case ClaimRef(id=id) as ref:
            other = neighbours.claim(id, [claim.id, claim.subject.text.removeprefix("c:")])
            if other is not None:
                yield MutationKind.OBJECT, ref.text, f"c:{other}", replace(ref, id=other)
        case Text(text=words) as text:
            other = neighbours.text(claim, words)
            yield MutationKind.OBJECT, words, other, replace(text, text=other)
        case Truth(value=value) as truth:
            yield MutationKind.OBJECT, str(value).lower(), str(not value).lower(), replace(truth, value=not value)
        case Address(iri=iri) as address:
            yield MutationKind.OBJECT, iri, f"{iri}x", replace(address, iri=f"{iri}x")


def _change_numbers(quantity: Quantity) -> Iterator[tuple[str, str, Quantity]]:
    """One number more in its last place: of a range either end."""
    number, lowest, highest = quantity.number, quantity.lowest, quantity.highest
    if number is not None:
        after = _count_on(number)
        changed = replace(
            quantity,
            text=quantity.text.replace(number, after),
            number=after,
            lowest=after if lowest == number else lowest,
            highest=after if highest == number else highest,
        )
        yield number, after, changed
        return
    if lowest is not None:
        after = _count_on(lowest)
        yield lowest, after, replace(quantity, text=quantity.text.replace(lowest, after, 1), lowest=after)
    if highest is not None:
        after = _count_on(highest)
        yield highest, after, replace(quantity, text=quantity.text.replace(highest, after), highest=after)


def _count_on(number: str) -> str:
    """Another number with as many digits: its last one is one more, of a 9 one less.

    >>> _count_on("75600"), _count_on("73.60"), _count_on("9")
    ('75601', '73.61', '8')
    """
    return number[:-1] + ("8" if number[-1] == "9" else str(int(number[-1]) + 1))


def _move_year(date: Date) -> Date | None:
    """The date with its last year one later; four later where that day is no day of the next."""
    years = list(re.finditer(r"(?<!\d)\d{4}(?!\d)", date.text))
    if not years:
        return None
    last = years[-1]
    for by in (1, 4):
        year = f"{int(last[0]) + by:04}"
        text = date.text[: last.start()] + year + date.text[last.end() :]
        try:
            return replace(date, edtf=parse_edtf(text))
        except EdtfError:
            continue
    return None


def _mutate_dates(claim: Claim) -> Iterator[Mutant]:
    for key, date in (("when", claim.when), ("as_of", claim.as_of)):
        moved = _move_year(date) if date is not None else None
        if date is not None and moved is not None:
            changed = replace(claim, when=moved) if key == "when" else replace(claim, as_of=moved)
            yield Mutant(kind=MutationKind.DATE, before=date.text, after=moved.text, claim=changed, mark=date.mark)
    for number, evidence in enumerate(claim.evidence):
        date = evidence.said_on
        moved = _move_year(date) if date is not None else None
        if date is not None and moved is not None:
            changed = _exchange_evidence(claim, number, replace(evidence, said_on=moved))
            yield Mutant(kind=MutationKind.DATE, before=date.text, after=moved.text, claim=changed, mark=date.mark)


def _mutate_rest(claim: Claim, neighbours: _Neighbours) -> Iterator[Mutant]:
    mode = Mode.PLAN if claim.mode is Mode.FACT else Mode.FACT
    yield Mutant(
        kind=MutationKind.MODE,
        before=claim.mode,
        after=mode,
        claim=replace(claim, mode=mode),
        mark=claim.mark_of("mode"),
    )
    subject = claim.subject
    taken = [claim.object.key] if isinstance(claim.object, EntityRef) else []
    other: str | None
    if isinstance(subject, ClaimRef):
        of_object = [claim.object.id] if isinstance(claim.object, ClaimRef) else []
        other = neighbours.claim(subject.id, [claim.id, *of_object])
        changed = replace(claim, subject=replace(subject, id=other)) if other else None
        after = f"c:{other}"
    else:
        other = neighbours.entity(subject.key, taken)
        changed = replace(claim, subject=replace(subject, key=other)) if other else None
        after = f"{other}"
    if changed is not None:
        yield Mutant(kind=MutationKind.SUBJECT, before=subject.text, after=after, claim=changed, mark=subject.mark)
    for number, speaker in enumerate(claim.speakers):
        key = neighbours.entity(speaker.text, [s.text for s in claim.speakers])
        if key is not None:
            speakers = (*claim.speakers[:number], replace(speaker, text=key), *claim.speakers[number + 1 :])
            changed = replace(claim, speakers=speakers)
            yield Mutant(
                kind=MutationKind.SPEAKER, before=speaker.text, after=key, claim=changed, mark=claim.mark_of("by")
            )
    before, after = ("not", "") if claim.negated else ("", "not")
    denied = replace(claim, negated=not claim.negated)
    yield Mutant(kind=MutationKind.NOT, before=before, after=after, claim=denied, mark=claim.mark_of("not"))
    for number, evidence in enumerate(claim.evidence):
        venue = evidence.venue
        key = neighbours.entity(venue.text, ()) if venue is not None else None
        if venue is not None and key is not None:
            moved = _exchange_evidence(claim, number, replace(evidence, venue=Ref(text=key, mark=venue.mark)))
            yield Mutant(kind=MutationKind.VENUE, before=venue.text, after=key, claim=moved, mark=evidence.mark)


def _exchange_evidence(claim: Claim, number: int, evidence: Evidence) -> Claim:
    return replace(claim, evidence=(*claim.evidence[:number], evidence, *claim.evidence[number + 1 :]))


# -- try them -------------------------------------------------------------------------------------


def try_mutants(
    checked: Checked,
    mutants: Sequence[Mutant],
    questions: Sequence[Question],
    store: Store,
    progress: Callable[[int], None] = lambda done: None,
) -> Iterator[Trial]:
    """What notices each of the *mutants*: rules first, then those of the *questions* that pass.

    The *store* holds the project's quads, and holds them again in the end. *progress* is told how many were tried.
    """
    watch = _Rules(checked)
    asked = _Questions(checked, questions, store)
    for number, mutant in enumerate(mutants):
        progress(number)
        story = replace(checked.story, seeds=_exchange_claim(checked.seeds, mutant.claim))
        severity, code = watch.notice(mutant, story)
        if severity is not None:
            notice = Notice.NOTE if severity is Severity.NOTE else Notice.CHECK
            yield Trial(mutant=mutant, notice=notice, by=code)
            continue
        name = asked.notice(story)
        yield Trial(mutant=mutant, notice=Notice.QUESTION if name else Notice.NOTHING, by=name or "")
    progress(len(mutants))


def find_passing(questions: Iterable[Question], store: Store) -> list[Question]:
    """The questions whose answer is the expected one: only they can notice anything."""
    return [question for question in questions if test_question(question, store).outcome == "passed"]


def _exchange_claim(seeds: Seeds, claim: Claim) -> Seeds:
    return replace(seeds, claims=tuple(claim if c.id == claim.id else c for c in seeds.claims))


def _place(diagnostic: Diagnostic) -> Place:
    return diagnostic.code, diagnostic.message, diagnostic.mark.sort_key


class _Rules:
    """What the rules find without a mutant, so that what is new with it is seen."""

    def __init__(self, checked: Checked) -> None:
        self.checked = checked
        every = (*RULES, *COMPARISONS, *AFTERTHOUGHTS)
        self.whole = [rule for rule in every if rule not in _BLIND | _ALONE]
        self.alone = [rule for rule in every if rule in _ALONE]
        self.found = Counter(_place(d) for d in self._run(self.whole, checked.story))
        self.found_alone: dict[str, Counter[Place]] = {}

    def _run(self, rules: Iterable[Rule], story: Story) -> Iterator[Diagnostic]:
        reading = self.checked.read.reading
        context = RuleContext(
            story=story,
            entities_complete=reading.entities_complete,
            sources_complete=reading.sources_complete,
            claims_complete=reading.claims_complete,
        )
        for rule in rules:
            yield from rule(context)

    def notice(self, mutant: Mutant, story: Story) -> tuple[Severity | None, str]:
        """The worst that is new with the mutant, with its code; None where nothing is."""
        claim = mutant.claim
        if claim.id not in self.found_alone:
            original = self.checked.seeds.claim_by_id[claim.id]
            before = self._run(self.alone, _keep_claim(self.checked.story, original))
            self.found_alone[claim.id] = Counter(_place(d) for d in before)
        accepted = {acceptance.code for acceptance in claim.accept}
        worst: tuple[Severity | None, str] = (None, "")
        for rules, seen, known in (
            (self.whole, story, self.found),
            (self.alone, _keep_claim(story, claim), self.found_alone[claim.id]),
        ):
            found = list(self._run(rules, seen))
            places = Counter(map(_place, found))
            new = places - known
            for diagnostic in found:
                is_new = new[_place(diagnostic)] and diagnostic.code not in accepted
                if is_new and (worst[0] is None or diagnostic.severity > worst[0]):
                    worst = diagnostic.severity, diagnostic.code
            gone = {code for code, _, where in known - places if code in accepted and self._is_of(claim, where)}
            if gone and worst[0] in (None, Severity.NOTE):
                worst = Severity.WARNING, "needless-accept"
            if worst[0] is not None and worst[0] > Severity.NOTE:
                break
        return worst

    def _is_of(self, claim: Claim, where: tuple[object, ...]) -> bool:
        return where in {m.sort_key for m in (claim.mark, *claim.marks.values(), *(e.mark for e in claim.evidence))}


def _keep_claim(story: Story, claim: Claim) -> Story:
    return replace(story, seeds=replace(story.seeds, claims=(claim,)))


class _Questions:
    """The answers without a mutant, and a store in which only the quads are exchanged that differ."""

    def __init__(self, checked: Checked, questions: Sequence[Question], store: Store) -> None:
        self.store = store
        own = {assertion.quad for assertion in checked.story.assertions}
        self.tables = [a.quad for a in checked.assertions if a.quad not in own]
        self.quads = self._quads_of(checked.story)
        self.questions = list(questions)
        self.answers = {question.name: self._ask(question) for question in questions}

    def _quads_of(self, story: Story) -> frozenset[Quad]:
        return frozenset((*(assertion.quad for assertion in story.assertions), *self.tables))

    def _ask(self, question: Question) -> str:
        return write_expectation(ask_question(question, self.store), self.store.prefixes)

    def notice(self, story: Story) -> str | None:
        """The name of a question that answers otherwise; those that noticed most lately are asked first."""
        quads = self._quads_of(story)
        self.store.exchange(self.quads, quads)
        try:
            for place, question in enumerate(self.questions):
                if self._ask(question) != self.answers[question.name]:
                    self.questions.insert(0, self.questions.pop(place))
                    return question.name
            return None
        finally:
            self.store.exchange(quads, self.quads)
