"""The repository's own graph: no warning, all covered, every digest true, every export read back whole."""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

from kg.ask.question import test_question
from kg.ask.store import Store
from kg.build.pipeline import Checked, check_project
from kg.build.publish import publish_graph
from kg.export import FORMATS
from kg.graph.coverage import measure_coverage
from kg.graph.direct import find_direct_triples
from kg.model.nouns import Clarity, Mode
from kg.reading.questions import read_questions
from kg.system.project import Project
from kg.text.diagnostic import Severity

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def checked() -> Checked:
    return check_project(Project(ROOT))


@pytest.fixture(scope="module")
def quads(checked: Checked) -> set[ox.Quad]:
    return {ox.Quad(*a.quad) for a in checked.assertions}


def texts() -> Path:
    folder = os.environ.get("KG_TEXTS")
    if not folder:
        pytest.skip("the source texts are not at hand: set KG_TEXTS to their folder")
    return Path(folder)


def test_nothing_is_wrong_with_it(checked: Checked) -> None:
    assert [d for d in checked.diagnostics if d.severity > Severity.NOTE] == []


def test_every_sentence_and_figure_is_accounted_for(checked: Checked) -> None:
    coverage = measure_coverage(checked.seeds, checked.articles)
    assert coverage.percent == 100
    assert len(coverage.sentences) == 46


def test_every_digest_and_place_agrees_with_the_texts() -> None:
    folder = texts()
    checked = check_project(Project(ROOT), folder)
    assert [d for d in checked.diagnostics if d.severity > Severity.NOTE or d.code == "unverified"] == []
    assert set(checked.articles.by_source) == {s.id for s in checked.seeds.sources}
    assert measure_coverage(checked.seeds, checked.articles).percent == 100


def test_no_sentence_of_the_texts_stands_in_the_project() -> None:
    """Eight words in a row are a match; the titles may be cited."""
    folder = texts()

    def words(text: str) -> list[str]:
        return re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold())

    runs: set[tuple[str, ...]] = set()
    for path in sorted(folder.glob("*.txt")):
        body = words(path.read_text(encoding="utf-8").split("\n", 1)[1])
        runs |= {tuple(body[i : i + 8]) for i in range(len(body) - 7)}
    assert runs
    for part in ("seeds", "ontology", "exports", "tests", "kg"):
        for path in sorted((ROOT / part).rglob("*")):
            # The page may hold the sentences: it is git-ignored, and made for private use with --texts.
            if path.suffix in {".yaml", ".ttl", ".rq", ".csv", ".jsonld", ".nq", ".trig", ".md", ".py", ".json"}:
                found = words(path.read_text(encoding="utf-8"))
                hits = [found[i : i + 8] for i in range(len(found) - 7) if tuple(found[i : i + 8]) in runs]
                assert hits == [], path


def test_every_question_has_the_rows_that_are_expected(checked: Checked, quads: set[ox.Quad]) -> None:
    questions, problems = read_questions(checked.project)
    assert problems == ()
    assert len(questions) >= 16
    store = Store(sorted(quads, key=str), checked.seeds.dataset.prefixes)
    assert [q.name for q in questions if test_question(q, store).outcome != "passed"] == []


def test_no_direct_triple_rests_on_anything_but_clear_facts(checked: Checked) -> None:
    found = list(find_direct_triples(checked.seeds, checked.vocabulary))
    assert found
    for direct in found:
        assert direct.claim.mode is Mode.FACT
        assert direct.claim.clarity is Clarity.CLEAR
        assert not direct.claim.negated


@pytest.mark.parametrize(
    ("name", "form"),
    [("turtle", ox.RdfFormat.TURTLE), ("trig", ox.RdfFormat.TRIG), ("nquads", ox.RdfFormat.N_QUADS),
     ("jsonld", ox.RdfFormat.JSON_LD), ("jsonld-dataset", ox.RdfFormat.JSON_LD)],
)  # fmt: skip
def test_oxigraph_reads_each_export_back(checked: Checked, quads: set[ox.Quad], name: str, form: ox.RdfFormat) -> None:
    text = (ROOT / "exports" / FORMATS[name]).read_text(encoding="utf-8")
    assert canonical(ox.parse(text, format=form)) == canonical(union(quads) if name in {"turtle", "jsonld"} else quads)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rdflib warns of its own ways
@pytest.mark.parametrize(("name", "form"), [("turtle", "turtle"), ("trig", "trig"), ("nquads", "nquads"),
                                            ("jsonld", "json-ld"), ("jsonld-dataset", "json-ld")])  # fmt: skip
def test_rdflib_reads_each_export_back(
    quads: set[ox.Quad], name: str, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    dataset = rdflib.Dataset()
    dataset.parse(data=(ROOT / "exports" / FORMATS[name]).read_text(encoding="utf-8"), format=form)
    read = ox.parse(dataset.serialize(format="nquads"), format=ox.RdfFormat.N_QUADS)
    assert canonical(read) == canonical(union(quads) if name in {"turtle", "jsonld"} else quads)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_reader_of_one_graph_finds_the_claims() -> None:
    graph = rdflib.Graph().parse(ROOT / "exports" / FORMATS["jsonld"], format="json-ld")
    claim = rdflib.URIRef("https://kg.example/ns#Claim")
    assert len(set(graph.subjects(rdflib.RDF.type, claim))) == len(check_project(Project(ROOT)).seeds.claims)


def test_the_exports_are_these_quads(checked: Checked) -> None:
    for file in publish_graph(checked):
        assert (ROOT / "exports" / file.name).read_text(encoding="utf-8") == file.text, file.name


def union(quads: set[ox.Quad]) -> set[ox.Quad]:
    return {ox.Quad(q.subject, q.predicate, q.object) for q in quads}


def canonical(quads: object) -> set[str]:
    dataset = ox.Dataset(quads)  # type: ignore[arg-type]
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad) for quad in dataset}
