"""The verdicts: each row becomes a claim of the model in the sentence of its quote, and goes through the rules.

A row is resolved (`kg.proposal.resolve`), read by the reader of curated claims, looked at by the rules of `kg.check` that
look at one claim, then by those of `kg.proposal.fit`, and compared with what the project claims already.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from kg.check import check_claims
from kg.check.context import RuleContext
from kg.compare import object_key
from kg.diagnostic import Diagnostic, Mark, Severity, SourceText, mark_of_file
from kg.dispute import Outcome, find_comparisons
from kg.model import Claim, ClaimedSentence, Entity, Seeds
from kg.pipeline import Checked
from kg.proposal.fit import Setting, check_fit, find_cautions
from kg.proposal.lines import make_fields
from kg.proposal.proposal import MOST_QUOTED, Judged, Proposal, Row, Unreadable, Verdict
from kg.proposal.resolve import RejectedError, Resolved, Resolver, SourceOfQuotes, make_entity, reject
from kg.reading.claims import ClaimsReader
from kg.reading.claimsfile import ClaimIds, ClaimsFile, SentenceBlock, open_claims
from kg.reading.fields import Finder
from kg.reading.sources import address_key
from kg.sentence import Sentence
from kg.values import EntityRef
from kg.yamldoc import Mapping as MappingNode
from kg.yamldoc import Node, Scalar, read_document

CHUNK = 500  # rows that are judged together
_TOLERATED = frozenset({"interested-party", "unverified", "no-outline", "text-changed", "outline-stale", "no-deadline"})
_SURROGATE = re.compile("[\0\ud800-\udfff]")
Decided = Callable[[Judged], Diagnostic | None]
"""Whether a curator has decided against a row before: the diagnostic that says so."""


def judge_proposals(
    checked: Checked, rows: Iterable[Row], *, source: str | None = None, decided: Decided | None = None
) -> Iterator[Judged]:
    """What becomes of each of *rows*, in their order, in the light of a project that has no errors.

    *source* is the id of the source of rows that name no document. Rows are taken and judged in chunks, so that a
    million of them need no more memory than those that are accepted. Nothing is written.
    """
    yield from Judge(checked, source=source, decided=decided).judge(rows)


@dataclass(frozen=True, kw_only=True)
class _Candidate:
    """A row as a claim in one of the sentences of its quote."""

    resolved: Resolved
    sentence: Sentence
    fields: MappingNode
    claim: Claim
    found: tuple[Diagnostic, ...]
    cautions: tuple[str, ...]

    @property
    def problem(self) -> Diagnostic | None:
        """What rejects it: an error before a warning, a warning before a note; the first of those."""
        return max(self.found, key=lambda d: d.severity, default=None)


@dataclass(frozen=True, kw_only=True)
class _Line:
    """A line that is to be read: a row in one sentence, with its fields and its place among the lines."""

    number: int
    key: str
    resolved: Resolved
    sentence: Sentence
    fields: MappingNode
    cautions: tuple[str, ...]


class Judge:
    """Judges rows one chunk after the other; what was accepted counts for the rows behind."""

    def __init__(self, checked: Checked, *, source: str | None = None, decided: Decided | None = None) -> None:
        self.checked, self.decided = checked, decided
        self.resolver = Resolver(checked, source)
        self.taken = set(checked.seeds.claim_by_id)
        self.matters: dict[tuple[str, str], list[Claim]] = defaultdict(list)
        self.alike: dict[tuple[str, str, object], list[Claim]] = defaultdict(list)
        for claim in checked.seeds.claims:
            self._remember(claim)
        groups: dict[str, tuple[str, ...]] = {claim.id: (claim.id,) for claim in checked.seeds.claims}
        for claim in checked.seeds.claims:
            base = re.sub(r"\.\d+$", "", claim.id)
            if base != claim.id and base not in checked.seeds.claim_by_id:
                groups[base] = (*groups.get(base, ()), claim.id)
        self.ids = ClaimIds(groups)
        self.voices: dict[str, _Voices] = {}

    def judge(self, rows: Iterable[Row]) -> Iterator[Judged]:
        """What becomes of each row, in their order."""
        waiting = iter(rows)
        while chunk := list(islice(waiting, CHUNK)):
            yield from self._judge_chunk(chunk)

    # -- a chunk ----------------------------------------------------------------------------------

    def _judge_chunk(self, rows: Sequence[Row]) -> Iterator[Judged]:
        resolved: dict[int, Resolved] = {}
        failed: dict[int, Judged] = {}
        for number, row in enumerate(rows):
            try:
                if isinstance(row, Unreadable):
                    raise RejectedError(row.diagnostic)
                _refuse_unfit(row)
                resolved[number] = self.resolver.resolve(row)
            except RejectedError as error:
                failed[number] = _fail(row, error)
        candidates = self._read(resolved)
        for number, row in enumerate(rows):
            if number in failed:
                yield failed[number]
            else:
                assert isinstance(row, Proposal)
                yield self._choose(row, resolved[number], candidates.get(number, []))

    def _read(self, resolved: Mapping[int, Resolved]) -> dict[int, list[_Candidate]]:
        """Each row as a claim in each of its sentences, with what the rules find wrong in it."""
        lines = list(self._write_lines(resolved))
        source = SourceText("proposals", "")
        by_text: dict[str, list[_Line]] = defaultdict(list)
        for line in lines:
            by_text[line.resolved.text.source.id].append(line)
        finder = Finder(language=self.checked.seeds.dataset.language)
        finder.namespaces = self.checked.seeds.dataset.prefixes.namespaces
        claims: list[Claim] = []
        for id_, mine in by_text.items():
            text = self.resolver.texts[id_]
            finder.language = text.source.lang
            reader = ClaimsReader(
                self._make_file(text, mine, source), text.source, self.ids, self.checked.vocabulary, finder
            )
            claims += reader.read()[0]
        wrong: dict[int, list[Diagnostic]] = defaultdict(list)
        for diagnostic in finder.diagnostics:
            wrong[diagnostic.mark.line].append(diagnostic)
        sound = [claim for claim in claims if claim.mark.line not in wrong]
        context = self._make_context(sound, lines)
        for diagnostic in check_claims(context):
            if diagnostic.mark.file == source.name and diagnostic.code not in _TOLERATED:
                wrong[diagnostic.mark.line].append(diagnostic)
        by_line: dict[int, list[Claim]] = defaultdict(list)
        for claim in claims:
            by_line[claim.mark.line].append(claim)
        numbers = {id(each): number for number, each in resolved.items()}
        found: dict[int, list[_Candidate]] = defaultdict(list)
        for line in lines:
            made = by_line.get(line.number, [])
            if not made:
                continue
            candidate = self._fit(line, made[0], wrong.get(line.number, []), context.seeds.entity_by_key)
            found[numbers[id(line.resolved)]].append(candidate)
        return found

    def _write_lines(self, resolved: Mapping[int, Resolved]) -> Iterator[_Line]:
        number = 0
        for row in resolved.values():
            for sentence in row.place.sentences:
                number += 1
                fields, cautions = self._add_speaker(row, sentence)
                mark = _mark(number)
                yield _Line(
                    number=number, key=f"row-{number}", resolved=row, sentence=sentence,
                    fields=make_fields(fields, mark), cautions=cautions,
                )  # fmt: skip

    def _make_file(self, text: SourceOfQuotes, lines: Sequence[_Line], source: SourceText) -> ClaimsFile:
        """The lines as a claims file of their own, with the voices that curators gave to its sentences."""
        voices = self._voices_of(text)
        blocks: dict[str, list[tuple[Scalar, Node]]] = defaultdict(list)
        for line in lines:
            blocks[line.sentence.address].append((Scalar(text=line.key, mark=_mark(line.number)), line.fields))
        start = mark_of_file(source)
        return ClaimsFile(
            source=text.source.id,
            source_mark=start,
            voices=voices.stretches,
            blocks=tuple(
                SentenceBlock(
                    address=address,
                    digest=None,
                    spoilt=False,
                    fields=MappingNode(entries=(*voices.said.get(address, ()), *entries), mark=start),
                    mark=start,
                )
                for address, entries in blocks.items()
            ),
            complete=True,
        )

    def _make_context(self, claims: Sequence[Claim], lines: Sequence[_Line]) -> RuleContext:
        seeds = self.checked.seeds
        proposed = {one.key: one for line in lines for one in line.resolved.entities}
        own = tuple(
            ClaimedSentence(
                source=line.resolved.text.source.id, address=line.sentence.address, digest=None, mark=_mark(0)
            )
            for line in lines
        )
        changed = replace(
            seeds,
            claims=tuple(claims),
            entities=(*seeds.entities, *map(make_entity, proposed.values())),
            sentences=own,  # without digests: a text that has changed is told where it is checked
        )
        return RuleContext(story=replace(self.checked.story, seeds=changed))

    def _fit(
        self, line: _Line, claim: Claim, wrong: Sequence[Diagnostic], entities: Mapping[str, Entity]
    ) -> _Candidate:
        row = line.resolved
        found = list(wrong)
        cautions: tuple[str, ...] = line.cautions
        if not any(d.severity is Severity.ERROR for d in found):
            setting = Setting(
                claim=claim, sentence=line.sentence, lang=row.text.source.lang.partition("-")[0], entities=dict(entities),
                named=row.text.named, vocabulary=self.checked.vocabulary, mark=_mark(line.number),
            )  # fmt: skip
            if not found:
                found += islice(check_fit(setting), 1)
                found += self._check_speaker(line, claim, entities)
            cautions = (*cautions, *find_cautions(setting))
        return _Candidate(
            resolved=row, sentence=line.sentence, fields=line.fields, claim=claim, found=tuple(found), cautions=cautions
        )  # fmt: skip

    # -- who says it ------------------------------------------------------------------------------

    def _voices_of(self, text: SourceOfQuotes) -> _Voices:
        if not self.voices:
            self.voices = _read_voices(self.checked)
        return self.voices.get(text.source.id, _NO_VOICES)

    def _add_speaker(self, row: Resolved, sentence: Sentence) -> tuple[dict[str, str | Node], tuple[str, ...]]:
        """The fields of a line with its speaker: the row's, else the curated voice, else whom the sentence names."""
        fields = dict(row.fields)
        if "by" in row.proposal.more:
            fields["by"] = row.proposal.more["by"]
            return fields, ()
        speaker = row.speaker
        cautions: tuple[str, ...] = ()
        curated = self._voices_of(row.text).covers(sentence.address)
        if speaker is None and not curated:
            speech = row.text.speech.read(sentence)
            keys = speech.speakers or (row.text.speech.find_before(sentence) if speech.pronoun else frozenset())
            if len(keys) == 1:
                (speaker,) = keys
                cautions = (f"`{speaker}` is taken for the speaker, whom the row does not name",)
            elif keys:
                cautions = (f"several speak in the sentence ({', '.join(sorted(keys))}), and the row names none",)
            authors = {ref.text for ref in row.text.source.authors}
            speaker = "source" if speaker is None or {speaker} == authors else speaker
        if speaker is not None:
            fields["by"] = speaker
            quoted = row.text.speech.is_quoted(sentence)
            if speaker != "source" and not curated and "voice" not in fields and quoted:
                fields["voice"] = "quote"
        return fields, cautions

    def _check_speaker(self, line: _Line, claim: Claim, entities: Mapping[str, Entity]) -> Iterator[Diagnostic]:
        """Who says a claim is somebody whom its sentence lets speak."""
        text, sentence = line.resolved.text, line.sentence
        keys = {ref.text for ref in claim.speakers}
        own = {ref.text for ref in text.source.authors}
        if text.source.publisher is not None:
            own |= {text.source.publisher.text}
        speakers = [entities[key] for key in sorted(keys) if key in entities]
        proposed = [make_entity(one) for one in line.resolved.entities if one.key in keys]
        speech = text.speech.read(sentence, proposed)
        curated = self._voices_of(text).covers(sentence.address)
        inherited = curated and line.resolved.speaker is None
        if inherited or not keys:
            return
        place = f"{text.source.id}.{sentence.address}"
        if speech.speakers:
            if not keys <= speech.speakers and not self._reports_itself(keys, own, speech.speakers, claim):
                others = ", ".join(f"`{key}`" for key in sorted(speech.speakers))
                yield _tell_speaker(line, keys, f"and in `{place}` {others} speaks")
            return
        if keys <= own:
            if speech.pronoun:
                yield _tell_speaker(line, keys, f"and in `{place}` somebody else speaks")
            return
        quoted = text.speech.is_quoted(sentence)
        if speech.pronoun or quoted:
            near = text.speech.find_before(sentence)
            if near and not keys & near and not any(text.named.names(e, sentence) for e in speakers):
                named = ", ".join(f"`{key}`" for key in sorted(near))
                yield _tell_speaker(line, keys, f"and nearest before `{place}` is named {named}")
                return
        named_here = all(self._is_near(entity, sentence, text) for entity in speakers)
        if not named_here:
            yield _tell_speaker(line, keys, f"whom neither `{place}` nor its paragraph names before")

    def _reports_itself(self, keys: set[str], own: set[str], speakers: frozenset[str], claim: Claim) -> bool:
        """Whether the text in its own voice says that somebody spoke: the subject of the claim is the speaker."""
        return keys <= own and isinstance(claim.subject, EntityRef) and claim.subject.key in speakers

    def _is_near(self, entity: Entity, sentence: Sentence, text: SourceOfQuotes) -> bool:
        here = text.named.place[sentence.address]
        return any(
            text.named.names(entity, other)
            for number, other in enumerate(text.named.sentences[: here + 1])
            if other.paragraph == sentence.paragraph or here - number <= 2
        )

    # -- the verdict ------------------------------------------------------------------------------

    def _choose(self, row: Proposal, resolved: Resolved, candidates: Sequence[_Candidate]) -> Judged:
        """The verdict of a row: of its sentences that which says it, those that say it as well are further ones."""
        good = [candidate for candidate in candidates if candidate.problem is None]
        place, source = resolved.place, resolved.text.source.id
        judged = Judged(
            row=row.row, file=row.file, line=row.mark.line, verdict=Verdict.REJECTED, source=source, how=place.how,
            sentences=place.addresses[:1], says=_word(resolved), mapped=resolved.mapped, entities=resolved.entities,
            cautions=row.remarks,
        )  # fmt: skip
        if not good:
            first = candidates[0] if candidates else None
            problem = first.problem if first is not None else None
            if problem is None:
                problem = Diagnostic(code="bad-proposal", mark=row.mark, message="the row makes no claim")
            id_ = self._name(resolved)
            message = re.sub(r"(?<=`)[^`\s]*\.row-\d+(?=`)", id_, problem.message)
            moved = replace(problem, mark=row.mark, message=re.sub(r"`row-\d+`", f"`{id_}`", message), related=())
            told = (*judged.cautions, *(first.cautions if first is not None else ()))
            if place.how == "names":
                moved = replace(moved, hint=f"{moved.hint or 'quote the sentence'}; the row has no quote")
            return replace(judged, diagnostic=moved, id=id_, claim=id_, cautions=told)
        if place.how == "names" and len(good) > 1:
            places = ", ".join(f"`{candidate.sentence.address}`" for candidate in good)
            message = f"the row has no quote, and {places} of `{source}` would do"
            diagnostic = Diagnostic(code="ambiguous-quote", mark=row.mark, message=message, hint="quote the sentence")
            return replace(judged, diagnostic=diagnostic)
        cautions = [*judged.cautions, *good[0].cautions]
        if len(place.sentences) > 1 and place.how != "names":
            through = f"the quote goes over {', '.join(place.addresses)}"
            where = ", ".join(candidate.sentence.address for candidate in good)
            cautions.append(f"{through}; {where} {'says' if len(good) == 1 else 'say'} it by itself")
        if place.how in {"near", "names"}:
            how = "is nearly in" if place.how == "near" else "is none; the names stand in"
            cautions.append(f"the quote {how} `{good[0].sentence.address}`")
        judged = replace(
            judged, sentences=tuple(c.sentence.address for c in good), cautions=tuple(dict.fromkeys(cautions))
        )  # fmt: skip
        return self._compare(row, resolved, good, judged)

    def _compare(self, row: Proposal, resolved: Resolved, good: Sequence[_Candidate], judged: Judged) -> Judged:
        """`same`, `conflict` or `new`, by what is claimed already and by the rows before."""
        claim = good[0].claim
        claim = replace(claim, evidence=tuple(e for candidate in good for e in candidate.claim.evidence))
        others = self.matters[claim.subject.text, claim.predicate.text]
        same = next((other for other in others if self._is_same(claim, other)), None)
        if same is not None:
            there = {evidence.sentence for evidence in same.evidence}
            missing = tuple(e for e in claim.evidence if e.sentence not in there)
            cautions = judged.cautions
            if not missing:
                cautions = (*cautions, "its sentence is evidence for the claim already")
            else:
                self._replace(same, replace(same, evidence=(*same.evidence, *missing)))
            stated = replace(claim, id=same.id, evidence=missing or claim.evidence)
            return replace(
                judged, verdict=Verdict.SAME, id=same.id, claim=same.id, cautions=cautions, stated=stated,
                fields=good[0].fields,
                repeats=not missing,
            )  # fmt: skip
        id_ = self._name(resolved)
        claim = replace(claim, id=id_)
        judged = replace(judged, verdict=Verdict.NEW, id=id_, claim=id_, stated=claim, fields=good[0].fields)
        told = self.decided(judged) if self.decided is not None else None
        if told is not None:
            return replace(judged, verdict=Verdict.REJECTED, diagnostic=replace(told, mark=row.mark), stated=None)
        self.taken.add(id_)
        against = self._find_conflict(claim, others)
        if not against:
            said = [o.id for o in others if self._says(claim, o)]
            if said:
                told_by = f"others say the same: {', '.join(f'`{id_}`' for id_ in said[:3])}"
                judged = replace(judged, cautions=(*judged.cautions, told_by))
        else:
            cautions = (*judged.cautions, *(f"contradicts `{other}`" for other in against))
            judged = replace(
                judged, verdict=Verdict.CONFLICT, claim=against[0], against=tuple(against), cautions=cautions
            )  # fmt: skip
        self._remember(claim)
        return judged

    def _says(self, claim: Claim, other: Claim) -> bool:
        vocabulary = self.checked.vocabulary
        alike = object_key(claim, vocabulary) == object_key(other, vocabulary)
        return alike and claim.mode is other.mode and claim.negated == other.negated

    def _is_same(self, claim: Claim, other: Claim) -> bool:
        """Whether *other* says what *claim* says, by the same mouth; a time that a row leaves out is the other's."""
        if not self._says(claim, other) or {r.text for r in claim.speakers} != {r.text for r in other.speakers}:
            return False
        times = ((claim.when, other.when), (claim.as_of, other.as_of))
        return all(mine is None or (theirs is not None and mine.text == theirs.text) for mine, theirs in times)

    def _find_conflict(self, claim: Claim, others: Sequence[Claim]) -> list[str]:
        """The ids of the claims that *claim* contradicts, as the rules of disputes have it."""
        key = (claim.source, claim.predicate.text, object_key(claim, self.checked.vocabulary))
        around = {other.id: other for other in (*others, *self.alike[key])}
        if not around:
            return []
        alone: Seeds = replace(self.checked.seeds, claims=(*around.values(), claim))
        found = [
            comparison
            for comparison in find_comparisons(alone, self.checked.vocabulary)
            if comparison.relation is Outcome.CONFLICT and any(c.id == claim.id for c in comparison.claims)
        ]
        return sorted({c.id for comparison in found for c in comparison.claims if c.id != claim.id})

    # -- what is known ----------------------------------------------------------------------------

    def _remember(self, claim: Claim) -> None:
        self.matters[claim.subject.text, claim.predicate.text].append(claim)
        self.alike[claim.source, claim.predicate.text, object_key(claim, self.checked.vocabulary)].append(claim)

    def _replace(self, old: Claim, new: Claim) -> None:
        self.matters[old.subject.text, old.predicate.text].remove(old)
        self.alike[old.source, old.predicate.text, object_key(old, self.checked.vocabulary)].remove(old)
        self._remember(new)

    def _name(self, resolved: Resolved) -> str:
        """A free id for a claim: its property, with its subject where that is taken, with a number where both are."""
        source = resolved.text.source.id
        verb = _slug(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", resolved.prop.name))
        names = [verb, f"{_slug(resolved.subject)}-{verb}"]
        names = [f"claim-{n}" if n == "said" else n for n in names]
        free = next((n for n in names if f"{source}.{n}" not in self.taken), None)
        number = 2
        while free is None:
            free = f"{names[1]}-{number}" if f"{source}.{names[1]}-{number}" not in self.taken else None
            number += 1
        return f"{source}.{free}"


@dataclass(frozen=True, kw_only=True)
class _Voices:
    """Who speaks where in a source, as its claims files have it."""

    stretches: MappingNode | None
    said: Mapping[str, tuple[tuple[Scalar, Node], ...]]

    def covers(self, address: str) -> bool:
        """Whether a curator has said who speaks in a sentence."""
        if address in self.said:
            return True
        place = address_key(address)
        for key, _ in self.stretches.entries if self.stretches is not None else ():
            first, _, last = key.text.partition("..")
            if address_key(first) <= place <= address_key(last or first):
                return True
        return False


_NO_VOICES = _Voices(stretches=None, said={})


def _read_voices(checked: Checked) -> dict[str, _Voices]:
    """The voices of all sources that have claims files."""
    found: dict[str, _Voices] = {}
    for path in checked.project.claim_files:
        file = open_claims(read_document(path, checked.project.name_of(path)), Finder())
        if file is None:
            continue
        said = {
            block.address: tuple((k, node) for k, node in block.fields.entries if k.text == "said")
            for block in file.blocks
            if block.fields.get("said") is not None
        }
        before = found.get(file.source, _NO_VOICES)
        entries = (
            *(before.stretches.entries if before.stretches else ()),
            *(file.voices.entries if file.voices else ()),
        )
        stretches = MappingNode(entries=entries, mark=file.source_mark) if entries else None
        found[file.source] = _Voices(stretches=stretches, said={**before.said, **said})
    return found


def _mark(number: int) -> Mark:
    """The place of a line among those that are judged together."""
    return Mark(source=_LINES, line=number, column=1, end_line=number, end_column=2)


_LINES = SourceText("proposals", "")


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")[:60].strip("-") or "claim"


def _word(resolved: Resolved) -> str:
    """A row in words: `bridge · length · 120 m`."""
    value = resolved.fields["o"]
    shown = value if isinstance(value, str) else resolved.proposal.object
    said = "not " if "not" in resolved.fields else ""
    return f"{resolved.subject} · {said}{resolved.prop.name} · {shown[:200]}"


def _refuse_unfit(row: Proposal) -> None:
    """Raises RejectedError for fields that are empty, too long, or hold what no file can."""
    fields = {
        "subject": row.subject, "predicate": row.predicate, "object": row.object, "quote": row.quote,
        "document": row.document, "sentence": row.sentence, "speaker": row.speaker, "mode": row.mode, "when": row.when,
        "asof": row.asof, "note": row.note,
    }  # fmt: skip
    for key, value in fields.items():
        if value is None:
            continue
        if not value.strip():
            raise reject("bad-proposal", row.mark, f"`{key}` is empty", "write a value, or leave the key out")
        if len(value) > MOST_QUOTED:
            message = f"`{key}` has {len(value):,} characters, more than {MOST_QUOTED:,}"
            raise reject("bad-proposal", row.mark, message, "a statement is short")
        bad = _SURROGATE.search(value)
        if bad is not None:
            raise reject("bad-proposal", row.mark, f"`{key}` has the character U+{ord(bad[0]):04X}, which no text has")


def _fail(row: Row, error: RejectedError) -> Judged:
    if isinstance(row, Unreadable):
        line = row.diagnostic.mark.line
        return Judged(row=row.row, file=row.file, line=line, verdict=Verdict.REJECTED, diagnostic=error.diagnostic)
    words = " · ".join(" ".join(part.split())[:80] for part in (row.subject, row.predicate, row.object))
    place = error.place
    return Judged(
        row=row.row, file=row.file, line=row.mark.line, verdict=Verdict.REJECTED, diagnostic=error.diagnostic,
        source=error.source, sentences=place.addresses[:1] if place else (), how=place.how if place else None, says=words,
        cautions=row.remarks,
    )  # fmt: skip


def _tell_speaker(line: _Line, keys: Iterable[str], why: str) -> Diagnostic:
    said = ", ".join(f"`{key}`" for key in sorted(keys))
    return Diagnostic(
        code="speaker-not-in-sentence", mark=_mark(line.number), message=f"{said} is said to say it, {why}",
        hint="name who says it, or leave the speaker out where the text says it itself",
    )  # fmt: skip
