"""The examples of `tests/spec/*.md`: what they expect is found, at its place, and nothing besides."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, NamedNode
from story import (
    BASE,
    OF_THE_SENTENCE,
    SPECS,
    Example,
    check_story,
    expectations,
    find_all,
    read_examples,
    read_quads,
    serious,
)

import kg.text.codes
from kg.build.pipeline import Checked
from kg.graph.dispute import find_comparisons, find_open_questions
from kg.rdf.quad import Quad
from kg.text.codes import load_codes
from kg.text.diagnostic import Diagnostic, render_text

EXAMPLES = [e for path in sorted(SPECS.glob("*.md")) if path.name != "base.md" for e in read_examples(path)]

ELSEWHERE = {"empty-project", "query-refused", "link-outside", "replaced-entity"}
# in test_check.py, test_store.py, test_paths.py and test_rename.py
ELSEWHERE |= {"reviewed-draft"}  # in test_review.py
ELSEWHERE |= {"words-unknown"}  # in test_tongues.py
ELSEWHERE |= {"unmatched-pattern"}  # in test_unmatched.py
ELSEWHERE |= {"query-timeout", "query-size", "query-memory", "query-crash"}  # in test_worker.py
OUR_CODES = ("yaml.toml", "claims.toml", "fit.toml", "ontology.toml")  # the other rooms plant theirs in their own tests


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e.spec.removesuffix('.md')}: {e.title}")
def test_example(example: Example, tmp_path: Path) -> None:
    checked = check_story(tmp_path, example.files, example.removed)
    found = find_all(checked, tmp_path)
    if "text diagnostics" in example.outcomes:
        assert "\n\n".join(map(render_text, serious(found))) + "\n" == example.outcomes["text diagnostics"]
    else:
        compare_diagnostics(example, found)
    for outcome in example.outcomes:
        check_outcome(outcome, example.outcomes[outcome], checked)


def compare_diagnostics(example: Example, found: list[Diagnostic]) -> None:
    expected = expectations(example)
    asked = {e.code for e in expected if e.severity == "note" or e.code in OF_THE_SENTENCE}
    left = [d for d in found if d in serious(found) or d.code in asked]
    missing = []
    for one in expected:
        match = next((d for d in left if one.meets(d)), None)
        if match is None:
            missing.append(one)
        else:
            left.remove(match)
    shown = "\n".join(map(render_text, left))
    assert not missing and not left, f"not found: {missing}\nfound besides:\n{shown}"


def check_outcome(outcome: str, text: str, checked: Checked) -> None:
    if outcome == "text diagnostics":
        return
    if outcome == "text comparisons":
        lines = [
            f"{' '.join(c.id for c in p.claims)}: {'declared ' if p.declared else ''}{p.relation}"
            + (f" ({p.difference})" if p.difference else "")
            for p in find_comparisons(checked.seeds, checked.vocabulary)
        ]
        assert lines == text.splitlines()
        return
    if outcome == "text answers":
        lines = [
            f"{q.subject} {q.prop.name}{' ' + q.object if q.object else ''}: {', '.join(c.id for c in q.claims)}"
            for q in find_open_questions(checked.seeds, checked.vocabulary)
        ]
        assert lines == text.splitlines()
        return
    assert not checked.has_errors
    quads = {a.quad for a in checked.assertions}
    wanted = read_quads(text)
    if outcome == "turtle direct":
        own = (BASE + "relation/", BASE + "entity/")
        direct = {
            q for q in quads
            if q.graph_name == DefaultGraph() and q.predicate.value.startswith(own[0])
            and isinstance(q.subject, NamedNode) and q.subject.value.startswith(own[1])
        }  # fmt: skip
        assert direct == wanted
    elif outcome == "trig includes":
        assert wanted <= quads
    else:
        union = {Quad(q.subject, q.predicate, q.object, DefaultGraph()) for q in quads}
        if outcome == "turtle includes":
            assert wanted <= union
        else:
            assert outcome == "turtle excludes" and not wanted & union


def test_base_is_clean(tmp_path: Path) -> None:
    assert [render_text(d) for d in serious(check_story(tmp_path, {}).diagnostics)] == []


def test_every_code_is_planted() -> None:
    planted = {e.code for example in EXAMPLES for e in expectations(example)}
    shown = "".join(e.outcomes.get("text diagnostics", "") for e in EXAMPLES)
    planted |= {code for code in load_codes() if f"[{code}]:" in shown}
    folder = Path(str(kg.text.codes.__file__)).parent
    described = {name for file in OUR_CODES for name in tomllib.loads((folder / file).read_text(encoding="utf-8"))}
    assert described - planted == ELSEWHERE
