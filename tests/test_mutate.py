"""`kg test --mutate`: which slips in claims no rule and no question would notice."""

from __future__ import annotations

from pathlib import Path

import pytest
from story import check_story, claims_file, prefixes_of
from terminal import Finished, run_kg

from kg.ask.store import Store, Table
from kg.build.mutate import Mutant, Notice, find_mutants, find_passing, try_mutants
from kg.build.pipeline import Checked
from kg.starter import init_project

STARTER = """\
seeds/claims/bridge.yaml:8:5: bridge.length: not: nothing → not

kind     changes  check  note  question  nothing  noticed
number         1      1     0         0        0  100.0 %
date           2      2     0         0        0  100.0 %
mode           2      1     1         0        0  100.0 %
subject        2      2     0         0        0  100.0 %
speaker        2      0     1         1        0  100.0 %
not            2      0     0         1        1   50.0 %
10 of 11 changes noticed: 90.9 %
"""
ALL = """\
#' question: {en: "What is said?"}
SELECT ?claim ?who ?mode ?denied ?subject ?property ?object ?when {
  ?claim prov:wasAttributedTo ?who ; kg:mode ?mode ;
    rdf:subject ?subject ; rdf:predicate ?property ; rdf:object ?object .
  OPTIONAL { ?claim kg:negated ?denied }
  OPTIONAL { ?claim kg:when ?when }
}
"""


@pytest.fixture
def story(tmp_path: Path) -> Path:
    init_project(tmp_path / "story", title="A story", base="https://story.example/")
    return tmp_path / "story"


def test_the_unnoticed_are_listed_and_counted_by_kind(story: Path) -> None:
    before = {path: path.read_bytes() for path in sorted(story.rglob("*")) if path.is_file()}
    done = run_kg("test", "--mutate", folder=story)
    assert done == Finished(code=0, out=STARTER, err="")
    assert {path: path.read_bytes() for path in before} == before  # nothing is written


def test_a_bound_and_a_question_that_holds_more(story: Path) -> None:
    assert run_kg("test", "--mutate", "--fail-under", "91", folder=story).code == 4
    assert run_kg("test", "--mutate", "--fail-under", "90.9", folder=story).code == 0
    (story / "ontology/questions/all.rq").write_text(ALL, encoding="utf-8")
    untested = run_kg("test", "--mutate", "--fail-under", "91", folder=story)
    assert untested.code == 4
    assert untested.err == "kg: 1 question that fails or has no expected rows can notice nothing\n"
    assert untested.out == STARTER
    assert run_kg("test", "--update", folder=story).code == 0
    done = run_kg("test", "--mutate", "--fail-under", "100", folder=story)
    assert (done.code, done.out.splitlines()[-1]) == (0, "11 of 11 changes noticed: 100.0 %")
    alone = run_kg("test", "promises", "--mutate", folder=story)
    assert alone.out == STARTER


def test_a_part_of_the_changes(story: Path) -> None:
    done = run_kg("test", "--mutate", "--most", "3", folder=story)
    assert done.code == 0
    assert done.out.splitlines()[-1] == "3 of 3 changes (of 11) noticed: 100.0 %"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["--mutate", "--update"], "Error: give one of: --mutate, --update"),
        (["--most", "3"], "Error: --most and --fail-under go with --mutate"),
        (["--fail-under", "3"], "Error: --most and --fail-under go with --mutate"),
        (["--mutate", "nosuch"], "kg: no question `nosuch`: the questions are promises"),
    ],
)
def test_wrong_use(arguments: list[str], error: str, story: Path) -> None:
    done = run_kg("test", *arguments, folder=story)
    assert (done.code, done.out, done.err.splitlines()[-1]) == (2, "", error)


def mutants_of(tmp_path: Path, *lines: str) -> tuple[Checked, list[Mutant]]:
    checked = check_story(tmp_path, claims_file(*lines))
    return checked, list(find_mutants(checked.seeds))


def test_every_kind_is_changed_once_at_a_time(tmp_path: Path) -> None:
    checked, mutants = mutants_of(
        tmp_path,
        "a: {s: tern, p: sailsTo, o: [riga, oslo], when: ../2024-02-29}",
        "b: {s: heron, p: crew, o: 5..9, not: true, where: harbour-fair}",
        "c: {s: c:b, p: because, o: c:a.1}",
    )
    changes = [(m.claim.id.partition(".")[2], str(m.kind), m.before, m.after) for m in mutants]
    assert [change for change in changes if change[0] in {"a.1", "b", "c"}] == [
        ("a.1", "object", "riga", "oslo"),
        ("a.1", "date", "../2024-02-29", "../2028-02-29"),
        ("a.1", "mode", "fact", "plan"),
        ("a.1", "subject", "tern", "heron"),
        ("a.1", "speaker", "olle-brandt", "mira-vogt"),
        ("a.1", "not", "", "not"),
        ("b", "number", "5", "6"),
        ("b", "number", "9", "8"),
        ("b", "mode", "fact", "plan"),
        ("b", "subject", "heron", "tern"),
        ("b", "speaker", "olle-brandt", "mira-vogt"),
        ("b", "not", "not", ""),
        ("b", "venue", "harbour-fair", "harbour-master"),  # the only event: the next entity of any kind
        ("c", "object", "c:post.a.1", "c:post.a.2"),
        ("c", "mode", "fact", "plan"),
        ("c", "subject", "c:post.b", "c:post.a.2"),
        ("c", "speaker", "olle-brandt", "mira-vogt"),
        ("c", "not", "", "not"),
    ]
    originals = checked.seeds.claim_by_id
    for mutant in mutants:
        assert mutant.claim != originals[mutant.claim.id]
    assert mutants == list(find_mutants(checked.seeds))  # no randomness


def test_the_store_is_as_it_was(tmp_path: Path) -> None:
    checked, mutants = mutants_of(tmp_path, "a: {s: tern, p: sailsTo, o: [riga, oslo]}", "b: {s: heron, p: crew, o: 7}")
    store = Store((a.quad for a in checked.assertions), prefixes_of(checked))
    everything = "SELECT ?s ?p ?o ?g { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"

    def rows() -> list[str]:
        answer = store.ask(everything)
        assert isinstance(answer, Table)
        return sorted(map(str, answer.rows))

    before = rows()
    trials = list(try_mutants(checked, mutants, find_passing(checked.questions, store), store))
    assert [trial.mutant for trial in trials] == mutants
    assert Notice.NOTHING in {trial.notice for trial in trials}
    assert rows() == before
