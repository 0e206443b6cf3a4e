"""All doors of a graph say the same, and no more than its source: small random projects of every kind of claim.

`python tests/test_doors.py 5000` tries more of them by hand, and tells each that disagrees.
"""

from __future__ import annotations

import base64
import csv
import gzip
import io
import json
import random
import re
import sys
import tempfile
import traceback
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import pyoxigraph as ox
import pytest
import rdflib
from doors import BASE, DAYS, KG, KINDS, RDF, SKOS, Day, Said, Stated, Term
from doors_conflicts import find_conflicts, find_contradictions, sides_of
from doors_direct import find_direct, find_known
from doors_draw import THEMES, draw_claims, draw_statements
from doors_expected import SHORT, Triple, evidence_of, state_claim, tell_claims
from doors_told import (
    find_counts,
    is_dated,
    list_evidence,
    list_states,
    status_of,
    word_evidence,
    word_status,
)
from doors_write import write_project, write_rdf, write_table

import kg
from kg.drafts.proposal.known import KnownClaims
from kg.graph.dispute import Outcome
from kg.page import render_page
from kg.show import show_disputes

FORMS = {
    "turtle": ox.RdfFormat.TURTLE, "trig": ox.RdfFormat.TRIG, "nquads": ox.RdfFormat.N_QUADS,
    "jsonld": ox.RdfFormat.JSON_LD, "jsonld-dataset": ox.RdfFormat.JSON_LD,
}  # fmt: skip
UNIONS = {"turtle", "jsonld"}
COLUMNS = {  # of the table, and what they hold
    "min": "min", "max": "max", "not_before": "notBefore", "not_after": "notAfter", "as_of": "asOf",
    "approximate": "approximate", "exclusive": "exclusive",
}  # fmt: skip


KNOWN_BY: dict[str, Day] = {"2028": (2028, 12, 31), "2029-12-31": (2029, 12, 31), "2031-05": (2031, 5, 31)}


class Doors:
    """A graph, and what it should say: claims, and statements of RDF files and tables."""

    def __init__(
        self, graph: kg.KnowledgeGraph, claims: list[Said], today: Day | None, stated: list[Stated], rows: list[Stated]
    ) -> None:
        self.graph, self.claims, self.today, self.stated, self.rows = graph, claims, today, stated, rows
        self.by_id = {claim.id: claim for claim in claims}
        self.is_whole = graph.checked.story.seeds.dataset.known_by is None  # what is wrong is told of all that is there
        errors = [str(d) for d in self.graph.diagnostics if d.severity.word == "error"]
        assert not errors, errors
        self.quads = set(self.graph.quads)

    def compare_all(self, *, with_rdflib: bool = False) -> None:
        """Compare every door with what was meant, and with the others."""
        self.compare_exports(with_rdflib=with_rdflib)
        self.compare_claims()
        self.compare_direct()
        self.compare_statements()
        self.compare_disputes()
        self.compare_import()
        self.compare_table()
        self.compare_page()

    def compare_core(self) -> None:
        """Compare what is said and what holds; the doors are those of any graph."""
        self.compare_claims()
        self.compare_direct()
        self.compare_statements()
        self.compare_disputes()

    # -- the exports hold the same quads

    def compare_exports(self, *, with_rdflib: bool) -> None:
        for form, syntax in FORMS.items():
            text = self.graph.export(form)
            wanted = canonical(ox.Quad(*q.triple) if form in UNIONS else q for q in self.quads)
            assert canonical(ox.parse(text, format=syntax)) == wanted, form
            if with_rdflib:
                assert canonical(read_by_rdflib(text, form)) == wanted, f"rdflib: {form}"

    # -- each claim says what its author meant

    def compare_claims(self) -> None:
        wanted = set(tell_claims(self.claims))
        own = {f"{BASE}claim/{claim.id}" for claim in self.claims} | {
            evidence_of(c, s) for c in self.claims for s in c.sayings if evidence_of(c, s).count(".") > 2
        }
        found = {triple_of(q) for q in self.quads if q.subject.value in own}
        found = {t for t in found if t[1] != KG + "ownInterest"}
        assert found == wanted, tell_difference(found, wanted)

    # -- what the graph says itself

    def compare_direct(self) -> None:
        of_relations = {q for q in self.quads if q.predicate.value.startswith(f"{BASE}relation/")}
        relations = {q for q in of_relations if isinstance(q.graph_name, ox.DefaultGraph)}
        found = {number_apart(triple_of(q)) for q in relations}
        by_claim = find_direct(self.claims, self.today)
        wanted = set().union(*by_claim.values()) if by_claim else set()
        assert found == wanted, tell_difference(found, wanted)
        marked = set()
        for claim in self.claims:
            told = self.graph.why(f"c:{claim.id}")
            self.compare_told(claim, told)
            is_direct = "  direct     yes" in told
            if is_direct:
                marked.add(claim.id)
                assert by_claim.get(claim.id), f"{claim.id} is direct"
            elif by_claim.get(claim.id):
                assert "says the same, and the graph says it once" in told, told
        for quad in relations:
            assert self.graph.query(f"ASK {{ {quad.subject} {quad.predicate} {quad.object} }}").value
            value = quad.object.value
            told = self.graph.why(quad.subject.value, quad.predicate.value, value)
            ids = re.findall(r"^(\S+\.c[\d.]+)   ", told, re.MULTILINE)
            assert marked.intersection(ids), f"nobody says {quad}: {told}"
        for key in {claim.subject for claim in self.claims if not claim.subject.startswith("c:")}:
            shown = self.graph.show(key)
            about = {
                c.id for c in self.claims if c.subject == key or (c.kind in ("thing", "resource") and c.value == key)
            }
            shown = re.split("\n(?:Said by|From )", shown)[0]
            assert shown.count("\n  • ") == len(about & marked), shown
            lines = Counter(line for line in shown.split("\n") if line.startswith("      ") and " — " in line)
            wanted_lines = list_evidence(self.by_id[id_] for id_ in about)
            assert lines == wanted_lines, (lines - wanted_lines, wanted_lines - lines)

    def compare_told(self, claim: Said, told: str) -> None:
        """Who said it where, who has looked at it, and as of when it was counted."""
        head = told.partition("\n  said by ")[0].rpartition("   (")[2]
        assert [head.count(word) for word in ("unreviewed", "draft", "as of ")] == [
            word_status(claim.state).count("unreviewed"), claim.state.draft, is_dated(claim)
        ], told  # fmt: skip
        for saying in claim.sayings:
            assert f"\n  evidence   {word_evidence(saying)}   (" in told, (saying, told)
        states = re.findall(r"^ +(?:proposed|reviewed)   .*", told, re.MULTILINE)
        assert states == list_states(claim), (states, told)

    # -- what is stated without anybody who says so

    def compare_statements(self) -> None:
        """Statements stand in graphs of their own, each door has them, and what they contradict is told."""
        relations = {q for q in self.quads if q.predicate.value.startswith(f"{BASE}relation/")}
        own = {q for q in relations if not isinstance(q.graph_name, ox.DefaultGraph)}
        for name, statements in (("rdf/elsewhere", self.stated), ("table/rows", self.rows)):
            told = {triple_of(q) for q in own if q.graph_name == ox.NamedNode(BASE + name)}
            wanted = {state_claim(one) for one in statements}
            assert told == wanted, tell_difference(told, wanted)
        assert {str(q.graph_name.value) for q in own} <= {f"{BASE}rdf/elsewhere", f"{BASE}table/rows"}
        for one in self.stated:
            subject, predicate, (value, datatype, _) = state_claim(one)
            line = f"seeds/rdf/elsewhere.ttl:{one.place}"
            assert f"{line})" in self.graph.show(one.subject)
            assert not datatype or one.kind == "code" or line in self.graph.why(subject, predicate, value), one
        with_claims, with_each_other = find_contradictions(self.stated, self.claims, self.today)
        found: set[tuple[str, str]] = set()
        together: set[tuple[str, str]] = set()
        for one in self.graph.checked.story.contradictions:
            first, *others = (f"line {s.mark.line}" for s in one.statements)
            found |= {(first, claim.id) for claim in one.claims}
            together |= {(min(first, other), max(first, other)) for other in others}
        assert found == with_claims, (found - with_claims, with_claims - found)
        assert together <= with_each_other, together - with_each_other
        wanted = {line for pair in with_each_other for line in pair}
        assert {line for pair in together for line in pair} == wanted, (together, with_each_other)
        if self.is_whole:
            warned = [d for d in self.graph.diagnostics if d.code == "rdf-conflict"]
            assert len(warned) == len(found) + len(together), warned

    # -- what disagrees

    def compare_disputes(self) -> None:
        pairs = find_conflicts(self.claims)
        comparisons = self.graph.comparisons
        groups = [{claim.id for claim in c.claims} for c in comparisons]
        declared = self.find_declared()
        for pair in pairs:
            if not pair & declared:
                assert any(pair <= group for group in groups), f"{set(pair)} is no conflict: {groups}"
        of_values = [
            c for c in comparisons if c.relation is Outcome.CONFLICT and c.difference == "value" and not c.declared
        ]
        for comparison in of_values:
            ids = {claim.id for claim in comparison.claims}
            for id_ in ids - declared:
                assert any(id_ in pair and pair <= ids for pair in pairs), f"{id_} clashes with none of {ids}"
        told = [d for d in self.graph.diagnostics if d.code == "undeclared-conflict"]
        undeclared = sum(c.relation is Outcome.CONFLICT and not c.declared for c in comparisons)
        assert len(told) == undeclared or not self.is_whole
        developments = [{c.id for c in one.claims} for one in comparisons if one.relation is Outcome.DEVELOPMENT]
        counts = find_counts(self.claims)
        for one, other, differ in counts:
            assert not differ or any({one, other} <= ids for ids in developments), (one, other, developments)
        assert set().union(*developments) <= {id_ for pair in counts for id_ in pair[:2]}, (developments, counts)
        text = show_disputes(self.graph.checked, "en")
        listed = text.partition("Conflicts (")[2]
        for comparison in comparisons:
            if comparison.relation is Outcome.CONFLICT:
                assert all(f"\n    {claim.id}   " in listed for claim in comparison.claims), text

    def find_declared(self) -> set[str]:
        """The claims on matters where curators declare something: that holds of all who give these answers."""
        touched = {(c.subject, c.prop) for c in self.claims if c.fits or c.unlike}
        return {c.id for c in self.claims if any((side.subject, side.prop) in touched for side in sides_of(c))}

    def compare_import(self) -> None:
        """A claim that is proposed last is told to contradict where it would be a conflict of the graph."""
        checked, declared = self.graph.checked, self.find_declared()
        for claim in (c for c in checked.seeds.claims if c.id not in declared):
            others = tuple(other for other in checked.seeds.claims if other is not claim)
            seeds = replace(checked.seeds, claims=others)
            known = KnownClaims(SimpleNamespace(seeds=seeds, vocabulary=checked.vocabulary))  # type: ignore[arg-type]
            told = set(known.find_conflicts(claim))
            found = [one for one in self.graph.comparisons if one.relation is Outcome.CONFLICT and claim in one.claims]
            wanted = {c.id for one in found for c in one.claims}
            assert told <= wanted and bool(told) == bool(wanted), (claim.id, told, wanted)

    # -- the table

    def compare_table(self) -> None:
        rows = list(csv.DictReader(io.StringIO(self.graph.export("csv"), newline="")))
        assert sorted(row["claim"] for row in rows) == sorted(f"c:{claim.id}" for claim in self.claims)
        triples = defaultdict(set)
        for subject, predicate, term in tell_claims(self.claims):
            triples[subject, predicate].add(term[0])
        for row in rows:
            claim = self.by_id[row["claim"][2:]]
            it = f"{BASE}claim/{claim.id}"
            (thing,) = triples[it, RDF + "object"]
            assert (unquote if row["datatype"] else expand)(row["object"]) == thing, row
            assert row["mode"] == f"kg:{claim.mode.capitalize()}"
            assert (row["negated"] == "true") == claim.denied
            assert row["when"] == (claim.when or "")
            for column, name in COLUMNS.items():
                assert {unquote(row[column])} - {""} == triples[it, KG + name], (column, row)
            assert set(row["speaker"].split()) == {f"e:{by}" for by in claim.sayings[0].by}
            state = claim.state
            assert row.get("status", "") == (status_of(state) or ""), row
            assert row.get("proposed_by", "") == ("A Person | Tool 1" if state.proposed else ""), row
            assert row.get("reviewed_on", "") == ("2031-05-02" if state.reviewed else ""), row
            notes = triples[it, SKOS + "editorialNote"]
            assert {unquote(row["note"])} - {""} == notes, row
            self.compare_evidence(claim, row)

    def compare_evidence(self, claim: Said, row: dict[str, str]) -> None:
        """The columns of the evidence run in step."""
        count = len({evidence_of(claim, saying) for saying in claim.sayings})
        said = {"evidence": [f"s:{s.source}.{s.address}" for s in claim.sayings]}
        said["places"] = [f"e:{s.where}" if s.where else "." for s in claim.sayings]
        said["via"] = ["|".join(f"e:{v}" for v in sorted(s.via)) or "." for s in claim.sayings]
        said["voices"] = ["." if s.voice == "source" else f"kg:{s.voice.capitalize()}" for s in claim.sayings]
        said["clarities"] = ["." if s.sure == "clear" else f"kg:{s.sure.capitalize()}" for s in claim.sayings]
        said["said_on"] = [s.on or "." for s in claim.sayings]
        said["evidence_statuses"] = [status_of(s.state) or "." for s in claim.sayings]
        cells = {name: row.get(name, "").split() for name in said}
        cells = {name: own or ["."] * count for name, own in cells.items()}
        assert sorted(zip(*cells.values(), strict=True)) == sorted(zip(*said.values(), strict=True)), row

    # -- the page

    def compare_page(self) -> None:
        data = read_page(render_page(self.graph.checked.story))
        told = {one["id"]: one for one in data["claims"]}
        assert told.keys() == self.by_id.keys()
        in_conflict = {claim.id for c in self.graph.comparisons if c.relation is Outcome.CONFLICT for claim in c.claims}
        for id_, claim in self.by_id.items():
            one = told[id_]
            assert one["mode"] == claim.mode and one.get("denied", False) == claim.denied, one
            assert one["speakers"] == list(claim.sayings[0].by)
            assert one.get("unknownTime", False) == (claim.when == "unknown")
            assert ("time" in one) == (claim.when not in (None, "unknown")), one
            assert one.get("conflict", False) == (id_ in in_conflict), one
            if claim.kind == "thing":
                assert (one["subject"], one["object"]) == (claim.subject, claim.value)
            evidence = [
                (e["source"], e["address"], e.get("venue") or "", e.get("voice", "source"), e.get("clarity", "clear"),
                 tuple(e.get("via", ())), e.get("state", {}).get("status"))
                for e in one["evidence"]
            ]  # fmt: skip
            wanted = [
                (s.source, s.address, s.where or "", s.voice, s.sure, s.via, status_of(s.state)) for s in claim.sayings
            ]
            assert sorted(evidence, key=str) == sorted(wanted, key=str)
            assert one.get("state", {}).get("status") == status_of(claim.state), one
            assert ("asOf" in one) == is_dated(claim), one
            assert not one.get("superseded") or (claim.prop, claim.mode) == ("staff", "fact"), one


# ---- terms


def triple_of(quad: ox.Quad) -> Triple:
    return quad.subject.value, quad.predicate.value, term_of(quad.object)


def term_of(term: object) -> Term:
    if isinstance(term, ox.Literal):
        return (term.value, term.datatype.value, (term.language or "").lower())
    assert isinstance(term, ox.NamedNode)
    return (term.value, "", "")


def number_apart(triple: Triple) -> Triple:
    """A triple whose number, of any datatype of numbers, is its value."""
    subject, predicate, (value, datatype, lang) = triple
    if KINDS.get(predicate.rpartition("/")[2].removesuffix("EUR").removesuffix("USD")) in NUMERIC and datatype:
        return subject, predicate, (str(Fraction(value)), "number", "")
    return subject, predicate, (value, datatype, lang)


NUMERIC = {"m", "°C", "person", "", "EUR", "money"}


def canonical(quads: object) -> set[ox.Quad]:
    """Quads whose blank nodes have canonical names."""
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return {ox.Quad(q.subject, q.predicate, lower(q.object), q.graph_name) for q in dataset}


def lower(term: object) -> object:
    """A language tag is the same in any case (RDF 1.2 Concepts, 3.3)."""
    if isinstance(term, ox.Literal) and term.language:
        return ox.Literal(term.value, language=term.language.lower())
    return term


def read_by_rdflib(text: str, form: str) -> set[ox.Quad]:
    rdflib.NORMALIZE_LITERALS = False
    dataset = rdflib.Dataset()
    names = {"turtle": "turtle", "trig": "trig", "nquads": "nquads"}
    dataset.parse(data=text, format=names.get(form, "json-ld"))
    return set(ox.parse(dataset.serialize(format="nquads"), format=ox.RdfFormat.N_QUADS))


def expand(cell: str) -> str:
    """A cell of the table as the text of its term."""
    for prefix, space in (("e:", "entity/"), ("c:", "claim/")):
        if cell.startswith(prefix):
            return f"{BASE}{space}{cell[2:]}"
    return SHORT.get(cell, cell.strip("<>"))


def unquote(cell: str) -> str:
    return cell[1:] if cell.startswith("'") else cell


def tell_difference(found: set[Triple], wanted: set[Triple]) -> str:
    return f"\nmore: {sorted(found - wanted)}\nless: {sorted(wanted - found)}"


def read_page(page: str) -> dict[str, object]:
    (packed,) = re.findall(r'<script type="text/plain" id="data">(.*?)</script>', page, re.DOTALL)
    return json.loads(gzip.decompress(base64.b64decode(packed)))


def open_doors(seed: int, folder: Path) -> Iterator[Doors]:
    """The graph of a project that is drawn from a seed, then the other views of it: drafts, and what was known."""
    chance = random.Random(seed)
    theme = THEMES[seed % len(THEMES)]
    claims = draw_claims(chance, theme)
    stated = draw_statements(chance, claims) if chance.random() < theme.stated else []
    rows = draw_statements(chance, claims) if chance.random() < 0.15 else []
    as_of = chance.choice((None, "2035-06") if theme.timed > 0.5 else (None, None, *DAYS))
    as_of = "2035-06" if theme.looked_back and theme.timed else as_of
    for name, text in {**write_project(claims, as_of, chance), **write_rdf(stated), **write_table(rows)}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    curated = leave_out_drafts(claims)
    views = [(curated, False), (claims, True)] if curated != claims else [(curated, chance.random() < 0.5)]
    chance.shuffle(views)
    for own, with_drafts in views:
        yield Doors(kg.open_project(folder, drafts=with_drafts), own, DAYS[as_of], stated, rows)
    by, day = chance.choice(list(KNOWN_BY.items())), chance.choice((None, None, "2024-02-29", "2035-06"))
    seen_from = [(by, day)] if theme.families or chance.random() < 0.5 else []
    if theme.looked_back:
        seen_from = [(known, None) for known in KNOWN_BY.items()] + [(by, "2035-06")]
    for by, day in seen_from:
        graph = kg.open_project(folder, known_by=by[0], as_of=day)
        yield Doors(graph, find_known(curated, by[1]), find_day(as_of, day, by[1]), stated, rows)


def leave_out_drafts(claims: list[Said]) -> list[Said]:
    """What is said outside of drafts; a draft may be further evidence for a claim that is none."""
    return [
        replace(claim, sayings=tuple(s for s in claim.sayings if not s.state.draft))
        for claim in claims
        if not claim.state.draft
    ]


def find_day(as_of: str | None, asked: str | None, limit: Day) -> Day | None:
    """The day of a graph that was known by a day: as it is asked, else the data set's, else the latest publication."""
    if asked is not None:
        return DAYS[asked]
    if as_of is not None:
        return min(DAYS[as_of], limit)
    return max((day for day in (DAYS["2029"], DAYS[None]) if day <= limit), default=None)


@pytest.mark.parametrize("seed", [*range(4), *(pytest.param(n, marks=pytest.mark.thorough) for n in range(4, 36))])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rdflib warns of its own ways
def test_all_doors_say_the_same(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    compare_project(seed, tmp_path, with_rdflib=seed < 4)


def compare_project(seed: int, folder: Path, *, with_rdflib: bool) -> None:
    doors, *others = open_doors(seed, folder)
    doors.compare_all(with_rdflib=with_rdflib)
    for other in others:
        other.compare_core()


def try_seeds(first: int, count: int) -> None:
    for seed in range(first, first + count):
        with tempfile.TemporaryDirectory() as folder:
            try:
                compare_project(seed, Path(folder), with_rdflib=seed % 50 == 0)
            except (AssertionError, ValueError) as error:
                at = [f for f in traceback.extract_tb(error.__traceback__) if "/tests/" in f.filename][-1]
                print(f"seed {seed}, line {at.lineno}: {at.line}\n  {str(error)[:1500]}", flush=True)


if __name__ == "__main__":
    try_seeds(int(sys.argv[2]) if len(sys.argv) > 2 else 0, int(sys.argv[1]))
