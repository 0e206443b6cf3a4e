"""Competency questions with their answers; each row leads to the claims behind it."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kg.ask.question import Asked
from kg.ask.sparql import find_computed
from kg.ask.store import Table, Truth
from kg.ask.term import Term, read_term
from kg.graph.story import Story
from kg.model.values import Quantity, group_digits
from kg.page.picture.drawing import LANGUAGES
from kg.page.records import Records, record_claims
from kg.page.text import clean
from kg.page.words import Worded, load_words, show_time
from kg.rdf.iri import local_name
from kg.rdf.namespace import KG
from kg.text.edtf import EdtfError, parse_edtf

MOST_CHOICES = 16
_DATE = re.compile(r"(?=.*[-~/?])[-.~?%/0-9X]{5,40}")  # more than a year alone, which may be any number
_OWN_LITERALS = {"unknown": "unknown", "yes": "yes", "no": "no", "true": "yes", "false": "no"} | {
    word: f"bounds.{word}" for word in ("about", "over", "under")
}
_QUANTITY = re.compile(
    r"(?:(?P<word>about|over|under) )?(?P<low>[0-9.]{1,40})(?:\.\.(?P<high>[0-9.]{1,40}))? (?P<unit>\S+)"
)


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A cell of an answer, or the head of a column: its text in each language.

    *names* is what it names in the page (`e=su7`, `c=eqo.orders`), *lang* the language of a text that does not change.
    """

    text: Worded
    names: str | None = None
    lang: str | None = None


@dataclass(frozen=True, kw_only=True)
class AnswerRow:
    """A row of an answer. It rests on the claims that its cells name: what a query does not give is not guessed."""

    cells: tuple[Cell, ...]

    @property
    def claims(self) -> tuple[str, ...]:
        """The ids of the claims that the cells name, each once."""
        named = (cell.names for cell in self.cells if cell.names and cell.names.startswith("c="))
        return tuple(dict.fromkeys(name[2:] for name in named))


@dataclass(frozen=True, kw_only=True)
class WordedChoice:
    """The answer for another value of a parameter; *address* names it in the page's address."""

    parameter: str
    value: Cell
    rows: tuple[AnswerRow, ...]
    address: str


@dataclass(frozen=True, kw_only=True)
class WordedAnswer:
    """A question in words with its answer, and the values of its parameters by name.

    *choices* are the answers for other values, as many as MOST_CHOICES for each parameter; *more* counts the others.
    """

    name: str
    group: Worded
    question: Worded
    columns: tuple[Cell, ...]
    rows: tuple[AnswerRow, ...]
    parameters: Mapping[str, tuple[Cell, Cell]]
    choices: tuple[WordedChoice, ...]
    more: int


def word_answers(asked: Sequence[Asked], story: Story, records: Records) -> tuple[WordedAnswer, ...]:
    """All questions with their answers, in the order in which they are read."""
    wording = _Wording(story, records)
    return tuple(wording.word(one) for one in sorted(asked, key=lambda one: one.question.sort_key))


def find_claims_behind(asked: Asked, story: Story) -> tuple[str, ...]:
    """The ids of all claims that the rows of an answer name, sorted: what `OfQuestion` draws."""
    wording = _Wording(story, record_claims(story, texts=False))
    return tuple(sorted({id_ for row in wording.word(asked).rows for id_ in row.claims}))


class _Wording:
    """Words the terms of answers as things of the page."""

    def __init__(self, story: Story, records: Records) -> None:
        self.seeds = story.seeds
        self.vocabulary = story.vocabulary
        self.claims = records.by_id
        self.prefixes = story.seeds.dataset.prefixes
        self.cells: dict[Term | None, Cell] = {}  # a term that stands in many rows is worded once
        self.nodes: dict[BlankNode, int] = {}  # those of one answer, by the order in which they stand there

    def word(self, asked: Asked) -> WordedAnswer:
        question, answer = asked.question, asked.answer
        self.nodes = {}
        words = {lang: clean(question.text(lang)) for lang in LANGUAGES}
        computed = find_computed(question.query.text)
        columns: tuple[str, ...]
        rows: list[tuple[Term | None, ...]]
        if isinstance(answer, Truth):
            yes = Literal("yes" if answer.value else "no")
            columns, rows = ("answer",), [(yes,)]
        elif isinstance(answer, Table):
            columns, rows = answer.variables, list(answer.rows)
        else:
            columns = ("subject", "predicate", "object")
            rows = [(t.subject, t.predicate, t.object) for t in answer.triples]
        chosen, more = self._choose(asked)
        return WordedAnswer(
            name=clean(question.name),
            group={lang: clean(question.group.get(lang, "")) for lang in LANGUAGES},
            question=words,
            columns=tuple(self._head(clean(c), computed=c in computed) for c in columns),
            rows=tuple(map(self._row, rows)),
            parameters={
                name: (self._head(clean(name), computed=False), self._cell(read_term(value, self.prefixes)))
                for name, value in question.params.items()
            },
            choices=tuple(chosen),
            more=more,
        )

    def _choose(self, asked: Asked) -> tuple[list[WordedChoice], int]:
        """The choices that name things of the page, those with the most rows first; and how many more there are."""
        found: list[WordedChoice] = []
        more = 0
        for parameter in asked.question.params:
            named = [(c, cell) for c in asked.choices if c.parameter == parameter
                     for cell in [self._cell(c.value)] if cell.names]  # fmt: skip
            named.sort(key=lambda one: (-len(one[0].rows), one[1].names or ""))
            more += max(0, len(named) - MOST_CHOICES)
            found += [
                WordedChoice(parameter=parameter, value=cell, rows=tuple(map(self._row, choice.rows)),
                             address=f"{asked.question.name}~{parameter}~{(cell.names or '')[2:]}")
                for choice, cell in named[:MOST_CHOICES]
            ]  # fmt: skip
        return found, more

    def _head(self, variable: str, *, computed: bool) -> Cell:
        """A variable as the head of a column, in words where the page has a word for it: `whoA` is `who A`.

        A value that the query computes says so: nobody has said it.
        """
        words = load_words()
        mark = words.both("computed") if computed else dict.fromkeys(LANGUAGES, "")
        stem, letter = (variable[:-1], variable[-1]) if variable[-1:] in ("A", "B") else (variable, "")
        if f"columns.{stem}" in words.own[LANGUAGES[0]]:
            heads = {lang: f"{words.get(f'columns.{stem}', lang)} {letter}".strip() for lang in LANGUAGES}
            return Cell(text={lang: f"{heads[lang]}{mark[lang]}" for lang in LANGUAGES})
        plain = re.sub("(?<=[a-z])[A-Z]", lambda found: f" {found[0].lower()}", variable)
        return Cell(text=dict.fromkeys(LANGUAGES, plain + mark["en"]), lang="en")  # queries are written in English

    def _row(self, row: tuple[Term | None, ...]) -> AnswerRow:
        return AnswerRow(cells=tuple(self._cell(term) for term in row))

    def _cell(self, term: Term | None) -> Cell:
        if isinstance(term, BlankNode | Triple):
            return self._word_nameless(term)
        cell = self.cells.get(term)
        if cell is None:
            cell = self.cells[term] = self._word_term(term)
        return cell

    def _word_nameless(self, term: BlankNode | Triple) -> Cell:
        """A blank node by its number in the answer, since a query may make it with another name each time; a triple."""
        if isinstance(term, BlankNode):
            number = self.nodes.setdefault(term, len(self.nodes) + 1)
            return Cell(text=dict.fromkeys(LANGUAGES, f"_:{number}"), lang="zxx")
        parts = [self._cell(part) for part in (term.subject, term.predicate, term.object)]
        return Cell(text={lang: f"<<( {' '.join(part.text[lang] for part in parts)} )>>" for lang in LANGUAGES})

    def _word_term(self, term: Term | None) -> Cell:
        if isinstance(term, NamedNode):
            return self._name(term)
        if not isinstance(term, Literal):
            return Cell(text=dict.fromkeys(LANGUAGES, ""))
        kind = term.datatype.value.rpartition("#")[2]
        if kind in ("integer", "decimal"):
            return Cell(text=dict.fromkeys(LANGUAGES, group_digits(term.value)))
        words = load_words()
        if term.value in _OWN_LITERALS and term.language is None:
            return Cell(text=words.both(_OWN_LITERALS[term.value]))
        if _DATE.fullmatch(term.value) and term.language is None:
            with contextlib.suppress(EdtfError):
                date = parse_edtf(term.value)
                return Cell(text={lang: show_time(date, lang) for lang in LANGUAGES})
        quantity = self._read_quantity(term)
        if quantity is not None:
            return Cell(text={lang: clean(quantity.word(str, self.vocabulary, lang)) for lang in LANGUAGES})
        plain = term.value in self.vocabulary.units or not any(map(str.isalpha, term.value))
        lang = term.language or (None if plain else self.seeds.dataset.language)  # it lost its own in the query
        return Cell(text=dict.fromkeys(LANGUAGES, clean(term.value)), lang=lang)

    def _read_quantity(self, term: Literal) -> Quantity | None:
        """A quantity that a query has put together as curators write it: `over 30000 vehicle`."""
        found = _QUANTITY.fullmatch(term.value) if term.language is None else None
        unit = self.vocabulary.units.get(found["unit"]) if found else None
        if found is None or unit is None:
            return None
        word, low, high = found["word"], found["low"], found["high"]
        return Quantity(
            text=term.value,
            number=None if high else low,
            lowest=low if high or word not in ("under", "about") else None,
            highest=(high or low) if high or word not in ("over", "about") else None,
            exclusive=word in ("over", "under"),
            approximate=word == "about",
            unit=unit.iri,
            mark=unit.mark,
        )

    def _name(self, term: NamedNode) -> Cell:
        base = self.seeds.dataset.base
        for kind, prefix in (("e", "entity/"), ("c", "claim/")):
            key = term.value.removeprefix(base + prefix)
            if key == term.value:
                continue
            if kind == "e" and key in self.seeds.entity_by_key:
                entity = self.seeds.entity_by_key[key]
                return Cell(text={lang: clean(entity.label(lang)) for lang in LANGUAGES}, names=f"e={key}")
            if kind == "c" and key in self.claims:
                return Cell(text=dict.fromkeys(LANGUAGES, key), names=f"c={key}")
        known = self.vocabulary.property_by_iri.get(term.value)
        if known is not None:
            return Cell(text={lang: clean(known.label(lang)) for lang in LANGUAGES})
        local = local_name(term.value) or term.value
        if term.value.startswith(KG):
            own = load_words().own[LANGUAGES[0]]
            name = local.removeprefix("differsIn").lower()
            for key in (f"modes.{name}", f"clarities.{name}", f"voices.{name}", f"differences.{name}", name):
                if key in own:
                    return Cell(text=load_words().both(key))
        return Cell(text=dict.fromkeys(LANGUAGES, clean(local)), lang="zxx")  # a name of no language
