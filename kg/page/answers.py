"""Competency questions with their answers; each row leads to the claims behind it."""

from __future__ import annotations

from collections.abc import Sequence

from pyoxigraph import Literal, NamedNode

from kg.model import Seeds
from kg.noun import dataclass
from kg.page.records import Records, record_claims
from kg.page.text import clean
from kg.page.words import Worded, group_digits
from kg.pipeline import Checked
from kg.quads import Names
from kg.reading.questions import Question
from kg.store import Answer, Table, Term, Truth
from kg.vocabulary import Vocabulary, local_name

MOST_ROWS = 200


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question and its answer."""

    question: Question
    answer: Answer


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A cell of an answer: its text, and what it names (`e=su7`, `c=eqo.orders`), if anything in the page."""

    text: str
    names: str | None = None


@dataclass(frozen=True, kw_only=True)
class AnswerRow:
    """A row of an answer, and the ids of the claims behind it."""

    cells: tuple[Cell, ...]
    claims: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class WordedAnswer:
    """A question in words with its answer. *left_out* counts the rows that are not shown."""

    name: str
    question: Worded
    columns: tuple[str, ...]
    rows: tuple[AnswerRow, ...]
    left_out: int


def word_answers(
    asked: Sequence[Asked], seeds: Seeds, vocabulary: Vocabulary, records: Records
) -> tuple[WordedAnswer, ...]:
    """All questions with their answers, in the order given."""
    reader = _Reader(seeds, vocabulary, records)
    return tuple(reader.word(one) for one in asked)


def find_claims_behind(asked: Asked, checked: Checked) -> tuple[str, ...]:
    """The ids of all claims that the rows of an answer rest on, sorted: what `OfQuestion` draws."""
    records = record_claims(checked.seeds, checked.vocabulary, None)
    reader = _Reader(checked.seeds, checked.vocabulary, records)
    return tuple(sorted({id_ for row in reader.word(asked).rows for id_ in row.claims}))


class _Reader:
    """Reads terms of answers as things of the page."""

    def __init__(self, seeds: Seeds, vocabulary: Vocabulary, records: Records) -> None:
        self.seeds = seeds
        self.vocabulary = vocabulary
        self.names = Names(base=seeds.dataset.base)
        self.claims = records.by_id
        self.mentions = {r.claim.id: self._mentions(r.claim.id) for r in records.claims}

    def _mentions(self, id_: str) -> frozenset[str]:
        """The IRIs and literals that a claim is made of, as texts."""
        record = self.claims[id_]
        claim = record.claim
        said = {claim.subject.text, record.object_entity or "", claim.predicate.text, claim.mode.value}
        said |= {s.text for s in claim.speakers}
        said |= {e.venue for e in record.evidence if e.venue} | {e.source for e in record.evidence}
        said |= {f"{e.source}.{e.address}" for e in record.evidence}
        said |= {record.value["en"]}
        quantity = claim.object
        for field in ("number", "lowest", "highest", "text"):
            value = getattr(quantity, field, None)
            if isinstance(value, str):
                said.add(value)
        if claim.when is not None:
            said.add(claim.when.text)
        return frozenset(t for t in said if t)

    def word(self, asked: Asked) -> WordedAnswer:
        question, answer = asked.question, asked.answer
        words = {lang: clean(question.text(lang)) for lang in ("en", "zh")}
        columns: tuple[str, ...]
        rows: list[tuple[Term | None, ...]]
        if isinstance(answer, Truth):
            yes = Literal("yes" if answer.value else "no")
            columns, rows = ("answer",), [(yes,)]
        elif isinstance(answer, Table):
            columns, rows = answer.variables, list(answer.rows)
        else:
            columns = ("subject", "predicate", "object")
            rows = [(t.subject, t.predicate, t.object) for t in answer.triples]  # type: ignore[misc]
        return WordedAnswer(
            name=question.name,
            question=words,
            columns=tuple(clean(c) for c in columns),
            rows=tuple(self._row(row) for row in rows[:MOST_ROWS]),
            left_out=max(0, len(rows) - MOST_ROWS),
        )

    def _row(self, row: tuple[Term | None, ...]) -> AnswerRow:
        cells = tuple(self._cell(term) for term in row)
        named = tuple(dict.fromkeys(c.names[2:] for c in cells if c.names and c.names.startswith("c=")))
        return AnswerRow(cells=cells, claims=named or self._behind(row))

    def _cell(self, term: Term | None) -> Cell:
        if term is None:
            return Cell(text="")
        if isinstance(term, NamedNode):
            base = self.seeds.dataset.base
            for kind, prefix in (("e", "entity/"), ("c", "claim/")):
                key = term.value.removeprefix(base + prefix)
                if key != term.value and key in (self.seeds.entity_by_key if kind == "e" else self.claims):
                    text = clean(self.seeds.entity_by_key[key].label("en")) if kind == "e" else key
                    return Cell(text=text, names=f"{kind}={key}")
            known = self.vocabulary.property_by_iri.get(term.value)
            if known is not None:
                return Cell(text=clean(known.label("en")))
            return Cell(text=clean(local_name(term.value) or term.value))
        if isinstance(term, Literal):
            number = term.datatype.value.rpartition("#")[2] in ("integer", "decimal")
            return Cell(text=group_digits(term.value) if number and len(term.value) > 4 else clean(term.value))
        return Cell(text="")

    def _behind(self, row: tuple[Term | None, ...]) -> tuple[str, ...]:
        """Where a row names no claim: the claims that have most of its terms, at least two of them."""
        wanted = set()
        for term in row:
            if isinstance(term, NamedNode):
                local = term.value.rpartition("/")[2].rpartition("#")[2]
                wanted |= {local, local.lower()}
            elif isinstance(term, Literal):
                wanted.add(term.value)
        best, found = (2 if len(row) > 1 else 1), []
        for id_, mentions in self.mentions.items():
            shared = len(mentions & wanted)
            if shared > best:
                best, found = shared, [id_]
            elif shared == best:
                found.append(id_)
        return tuple(found[:12])
