"""The verdicts: each row becomes a claim of the model in the sentence of its quote, and goes through the rules.

A row is resolved (`kg.drafts.proposal.resolve`), read by the reader of curated claims, looked at by the rules of
`kg.check` that look at one claim, then by those of `kg.drafts.proposal.fit`, and compared with what the project claims
already.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from kg.build.pipeline import Checked
from kg.check import check_claims
from kg.check.context import RuleContext
from kg.drafts.proposal.fit import FITTING, check_fit, find_cautions
from kg.drafts.proposal.known import KnownClaims, group_ids
from kg.drafts.proposal.lines import make_fields
from kg.drafts.proposal.locate import RejectedError, SourceOfQuotes, reject
from kg.drafts.proposal.proposal import MOST_QUOTED, Judged, Proposal, Row, Unreadable, Verdict
from kg.drafts.proposal.resolve import ResolvedRow, Resolver, make_entity
from kg.drafts.proposal.setting import Setting
from kg.drafts.proposal.speakers import SpeakerRules
from kg.model.nouns import Claim, ClaimedSentence, Entity
from kg.model.ontology.vocabulary import RangeKind, Unit
from kg.model.state import CURATED
from kg.reading.claims import ClaimsReader
from kg.reading.claimsfile import ClaimIds, ClaimsFile, SentenceBlock
from kg.reading.fields import Finder
from kg.text.diagnostic import Diagnostic, Mark, Severity, SourceText, has_errors, mark_of_file
from kg.text.figure import NEWEST_RULE, find_figures
from kg.text.relative import explain_relative, word_reason
from kg.text.sentence import Sentence
from kg.text.yamldoc import NO_TEXT, MappingNode, Node, Scalar

CHUNK = 500  # rows that are judged together
_TOLERATED = frozenset({
    "interested-party", "unverified", "no-outline", "text-changed", "outline-stale", "no-deadline",
    "no-period",
    "name-not-in-sentence",  # `kg.drafts.proposal.fit` looks at names more closely
})  # fmt: skip


def judge_proposals(checked: Checked, rows: Iterable[Row], *, source: str | None = None) -> Iterator[Judged]:
    """What becomes of each of *rows*, in their order, in the light of a project that has no errors.

    *source* is the id of the source of rows that name no document. Rows are taken and judged in chunks, so that a
    million of them need no more memory than those that are accepted. Nothing is written.
    """
    yield from Judge(checked, source=source).judge(rows)


@dataclass(frozen=True, kw_only=True)
class _Candidate:
    """A row as a claim in one of the sentences of its quote."""

    resolved: ResolvedRow
    sentence: Sentence
    fields: MappingNode
    claim: Claim
    found: tuple[Diagnostic, ...]
    cautions: tuple[str, ...]

    @property
    def has_errors(self) -> bool:
        """Whether it is no claim at all."""
        return any(d.severity is Severity.ERROR for d in self.found if d.code not in FITTING)

    @property
    def problem(self) -> Diagnostic | None:
        """What rejects it: an error before a warning, a warning before a note; the first of those."""
        return max(self.found, key=lambda d: d.severity, default=None)


@dataclass(frozen=True, kw_only=True)
class _Line:
    """A line that is to be read: a row in one sentence, with its fields and its place among the lines."""

    number: int
    key: str
    resolved: ResolvedRow
    sentence: Sentence
    fields: MappingNode
    cautions: tuple[str, ...]


class Judge:
    """Judges rows one chunk after the other; what was accepted counts for the rows behind."""

    def __init__(self, checked: Checked, *, source: str | None = None) -> None:
        self.checked = checked
        self.resolver = Resolver(checked, source)
        self.known = KnownClaims(checked)
        self.named_units: dict[str, list[Unit]] = {}
        self.speakers = SpeakerRules(checked)
        self.ids = ClaimIds(group_ids(checked.seeds))

    def judge(self, rows: Iterable[Row]) -> Iterator[Judged]:
        """What becomes of each row, in their order."""
        waiting = iter(rows)
        while chunk := list(islice(waiting, CHUNK)):
            yield from self._judge_chunk(chunk)

    # -- a chunk ----------------------------------------------------------------------------------

    def _judge_chunk(self, rows: Sequence[Row]) -> Iterator[Judged]:
        resolved: dict[int, ResolvedRow] = {}
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

    def _read(self, resolved: Mapping[int, ResolvedRow]) -> dict[int, list[_Candidate]]:
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
            text = self.resolver.locator.texts[id_]
            finder.language = text.source.lang
            reader = ClaimsReader(
                self._make_file(text, mine, source), text.source, self.ids, self.checked.vocabulary, finder
            )
            claims += reader.read()[0]
        wrong: dict[int, list[Diagnostic]] = defaultdict(list)
        for diagnostic in finder.diagnostics:
            wrong[diagnostic.mark.line].append(diagnostic)
        sound = [claim for claim in claims if claim.mark.line not in wrong]
        proposed = tuple(map(make_entity, {one.key: one for line in lines for one in line.resolved.entities}.values()))
        context = self._make_context(sound, lines, proposed)
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
            candidate = self._fit(line, made[0], wrong.get(line.number, []), context.seeds.entity_by_key, proposed)
            found[numbers[id(line.resolved)]].append(candidate)
        return found

    def _write_lines(self, resolved: Mapping[int, ResolvedRow]) -> Iterator[_Line]:
        number, lang = 0, self.checked.seeds.dataset.language
        for row in resolved.values():
            for sentence in row.place.sentences:
                number += 1
                fields, cautions = self.speakers.add_speaker(row, sentence)
                cautions = (*cautions, *_add_inference(fields, row, sentence, number, lang))
                mark = _mark(number)
                yield _Line(
                    number=number, key=f"row-{number}", resolved=row, sentence=sentence,
                    fields=make_fields(fields, mark), cautions=cautions,
                )  # fmt: skip

    def _make_file(self, text: SourceOfQuotes, lines: Sequence[_Line], source: SourceText) -> ClaimsFile:
        """The lines as a claims file of their own, with the voices that curators gave to its sentences."""
        voices = self.speakers.voices_of(text.source.id)
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
            state=CURATED,
        )

    def _make_context(self, claims: Sequence[Claim], lines: Sequence[_Line], proposed: Sequence[Entity]) -> RuleContext:
        seeds = self.checked.seeds
        own = tuple(
            ClaimedSentence(
                source=line.resolved.text.source.id, address=line.sentence.address, digest=None, mark=_mark(0)
            )
            for line in lines
        )
        changed = replace(
            seeds,
            claims=tuple(claims),
            entities=(*seeds.entities, *proposed),
            sentences=own,  # without digests: a text that has changed is told where it is checked
        )
        return RuleContext(story=replace(self.checked.story, seeds=changed))

    def _fit(
        self,
        line: _Line,
        claim: Claim,
        wrong: Sequence[Diagnostic],
        entities: Mapping[str, Entity],
        proposed: Sequence[Entity],
    ) -> _Candidate:
        row = line.resolved
        found = list(wrong)
        cautions: tuple[str, ...] = line.cautions
        if not has_errors(found):
            setting = Setting(
                claim=claim, sentence=line.sentence, lang=row.text.source.lang.partition("-")[0].lower(),
                entities=dict(entities),
                named=row.text.named, vocabulary=self.checked.vocabulary, mark=_mark(line.number),
                named_units=self.named_units,
                quoted=row.place.sentences if row.place.how != "names" else (),
                quote=row.proposal.quote if row.place.how in {"exact", "normalised"} else None,
            )  # fmt: skip
            if not found:
                found += islice(check_fit(setting), 1)
                found += self.speakers.check(row, line.sentence, claim, entities, proposed, _mark(line.number))
            cautions = (*cautions, *find_cautions(setting))
        return _Candidate(
            resolved=row, sentence=line.sentence, fields=line.fields, claim=claim, found=tuple(found), cautions=cautions
        )  # fmt: skip

    # -- the verdict ------------------------------------------------------------------------------

    def _choose(self, row: Proposal, resolved: ResolvedRow, candidates: Sequence[_Candidate]) -> Judged:
        """The verdict of a row: of its sentences that which says it, those that say it as well are further ones."""
        good = [candidate for candidate in candidates if candidate.problem is None]
        place, source = resolved.place, resolved.text.source.id
        judged = Judged(
            row=row.row, file=row.file, line=row.mark.line, verdict=Verdict.REJECTED, source=source, how=place.how,
            sentences=place.addresses[:1], says=_word(resolved), mapped=resolved.mapped, entities=resolved.entities,
            cautions=row.remarks,
        )  # fmt: skip
        stated = [c for c in candidates if not c.has_errors and self.known.find_stated(c.claim) is not None]
        if not good and stated and place.how != "names":
            good = stated[:1]  # a curator has stated just that, and has looked at it
        if not good:
            first = candidates[0] if candidates else None
            problem = first.problem if first is not None else None
            if problem is None:
                problem = Diagnostic(code="bad-proposal", mark=row.mark, message="the row makes no claim")
            id_ = self.known.name(resolved)
            message = re.sub(r"(?<=`)[^`\s]*\.row-\d+(?=`)", id_, problem.message)
            moved = replace(problem, mark=row.mark, message=re.sub(r"`row-\d+`", f"`{id_}`", message), related=())
            if place.how == "names":
                moved = replace(moved, hint=f"{moved.hint or 'quote the sentence'}; the row has no quote")
            return replace(judged, diagnostic=moved, id=id_, claim=id_)
        if place.how == "names" and len(good) > 1:
            places = ", ".join(f"`{candidate.sentence.address}`" for candidate in good)
            message = f"the row has no quote, and {places} of `{source}` would do"
            diagnostic = Diagnostic(code="ambiguous-quote", mark=row.mark, message=message, hint="quote the sentence")
            return replace(judged, diagnostic=diagnostic)
        good = [candidate for candidate in good if _list_speakers(candidate) == _list_speakers(good[0])]
        cautions = [*judged.cautions, *good[0].cautions]
        if "inferred" in row.more:
            cautions += [
                f"a reason stands in place of the sentence: {reason.text}" for reason in good[0].claim.inferred
            ]
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

    def _compare(self, row: Proposal, resolved: ResolvedRow, good: Sequence[_Candidate], judged: Judged) -> Judged:
        """`same`, `conflict` or `new`, by what is claimed already and by the rows before."""
        claim = good[0].claim
        claim = replace(claim, evidence=tuple(e for candidate in good for e in candidate.claim.evidence))
        same = self.known.find_same(claim)
        if same is not None:
            there = {evidence.sentence for evidence in same.evidence}
            missing = tuple(e for e in claim.evidence if e.sentence not in there)
            cautions = judged.cautions
            if not missing:
                cautions = (*cautions, "its sentence is evidence for the claim already")
            else:
                self.known.add_evidence(same, missing)
            stated = replace(claim, id=same.id, source=same.source, evidence=missing or claim.evidence)
            return replace(
                judged, verdict=Verdict.SAME, id=same.id, claim=same.id, cautions=cautions, stated=stated,
                fields=good[0].fields,
                repeats=not missing,
            )  # fmt: skip
        id_ = self.known.name(resolved)
        claim = replace(claim, id=id_)
        judged = replace(judged, verdict=Verdict.NEW, id=id_, claim=id_, stated=claim, fields=good[0].fields)
        told = self.known.find_rejection(claim, good[0].sentence, row.mark)
        if told is not None:
            return replace(judged, verdict=Verdict.REJECTED, diagnostic=told, stated=None, fields=None)
        against = self.known.find_conflicts(claim)
        if not against:
            said = self.known.find_others(claim)
            if said:
                told_by = f"others say the same: {', '.join(f'`{id_}`' for id_ in said[:3])}"
                judged = replace(judged, cautions=(*judged.cautions, told_by))
        else:
            cautions = (*judged.cautions, *(f"contradicts `{other}`" for other in against))
            judged = replace(
                judged, verdict=Verdict.CONFLICT, claim=against[0], against=tuple(against), cautions=cautions
            )  # fmt: skip
        self.known.add(claim)
        return judged


def _list_speakers(candidate: _Candidate) -> set[str]:
    """The ids of those who say it: what another says in the next sentence of a quote is no evidence for their words."""
    return {ref.text for ref in candidate.claim.speakers}


def _add_inference(
    fields: dict[str, str | Node], row: ResolvedRow, sentence: Sentence, number: int, lang: str
) -> Iterator[str]:
    """The reason, in *lang*, for a date that words like `last year` give by the day of publication."""
    wanted = {key: fields.get(key) for key in ("when", "asof")}
    if row.prop.kind is RangeKind.DATE:
        wanted["o"] = fields["o"]
    if "inferred" in fields or not any(isinstance(value, str) for value in wanted.values()):
        return
    source = row.text.source
    if source.published is None:
        return
    figures = {f.value for f in find_figures(sentence.text, source.lang, NEWEST_RULE)}
    reasons: dict[str, str | Node] = {}
    for key, value in wanted.items():
        if not isinstance(value, str) or figures.intersection(re.findall(r"\d{4}", value)):
            continue
        words = explain_relative(value, sentence.text, source.lang, source.published.edtf)
        if words is not None:
            reason = word_reason(words, source.published.text, lang)
            reasons[key] = reason
            yield f"`{key}` is worked out: {reason}"
    if reasons:
        fields["inferred"] = make_fields(reasons, _mark(number))


def _mark(number: int) -> Mark:
    """The place of a line among those that are judged together."""
    return Mark(source=_LINES, line=number, column=1, end_line=number, end_column=2)


_LINES = SourceText("proposals", "")


def _word(resolved: ResolvedRow) -> str:
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
        bad = NO_TEXT.search(value)
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
        source=error.source, sentences=place.addresses[:1] if place else (),
        how=place.how if place else None, says=words,
        cautions=row.remarks,
    )  # fmt: skip
