"""Proposals: quotes are found, names and values read, and each row gets the verdict that a careful reader gives it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pytest
from story import lay_out
from terminal import Finished, run_kg

from kg.pipeline import Checked, check_files, read_project
from kg.project import Drafts, Project
from kg.proposal.formats import ProposalFile, read_rows
from kg.proposal.judge import judge_proposals
from kg.proposal.proposal import Judged, Verdict

BATTERY = {
    "subject": "Tern", "predicate": "battery", "object": "73.60 kWh", "quote": "The Tern holds 73.60 kWh",
    "document": "post",
}  # fmt: skip


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return lay_out(tmp_path_factory.mktemp("ferries") / "project", {})


@pytest.fixture(scope="module")
def checked(project: Project) -> Checked:
    return check_files(read_project(project, project.root / "texts", Drafts.BUILT_IN))


def write_lines(rows: Iterable[object]) -> bytes:
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows).encode()


def judge(checked: Checked, *rows: dict[str, object]) -> list[Judged]:
    file = ProposalFile(name="rows.jsonl", raw=write_lines(rows))
    return list(judge_proposals(checked, read_rows("jsonl", [file])))


def judge_one(checked: Checked, **changes: object) -> Judged:
    (judged,) = judge(checked, {**BATTERY, **changes})
    return judged


def run(project: Project, *arguments: str) -> Finished:
    return run_kg("import", *arguments, "--texts", "texts", folder=project.root)


def test_a_claim_that_stands_in_its_sentence_is_new(checked: Checked) -> None:
    judged = judge_one(checked)
    assert (judged.verdict, judged.claim, judged.sentences, judged.how) == ("new", "post.battery", ("p3s1",), "exact")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"object": "74 kWh"}, "figure-not-in-sentence"),
        ({"object": "73.60 MWh"}, "unit-not-in-sentence"),
        ({"object": "over 73.60 kWh"}, "bound-not-in-sentence"),
        ({"negated": True}, "denial-not-in-sentence"),
        ({"predicate": "colour"}, "unknown-property"),
        ({"predicate": "builtBy", "object": "riga"}, "outside-range"),
        ({"predicate": "homePort", "object": "Oslo"}, "name-not-in-sentence"),
        ({"predicate": "homePort", "object": "Atlantis"}, "name-not-in-sentence"),
        ({"subject": "Heron"}, "name-not-in-sentence"),
        ({"predicate": "describedAs", "object": "a triumph of engineering"}, "object-not-in-sentence"),
        ({"speaker": "Mira Vogt"}, "speaker-not-in-sentence"),
        ({"quote": "The Tern holds 99 kWh"}, "quote-not-in-text"),
        ({"quote": "Tern"}, "ambiguous-quote"),
        ({"document": "pots"}, "unknown-source"),
        ({"when": "2040"}, "fact-after-source"),
        ({"subject": "c:nothing", "predicate": "because", "object": "c:all"}, "unknown-claim"),
        ({"quote": "The Tern holds 73.60 kWh", "sentence": "p4s1"}, "quote-not-in-text"),
        ({"subject": " "}, "bad-proposal"),
        ({"note": "x" * 5000}, "bad-proposal"),
        ({"subject": "Te\x1b[2Jrn", "predicate": "quiet", "object": "true"}, "bad-proposal"),
    ],
)
def test_what_does_not_fit_its_sentence_is_rejected(checked: Checked, changes: dict[str, object], code: str) -> None:
    judged = judge_one(checked, **changes)
    assert (judged.verdict, judged.code) == (Verdict.REJECTED, code)


def test_names_and_values_are_mapped_and_it_is_told(checked: Checked) -> None:
    judged = judge_one(checked, subject="the tern", object="73.6", quote="“the tern holds 73.60 kWh")
    assert (judged.verdict, judged.how) == ("new", "normalised")
    told = [mapped.text for mapped in judged.mapped]
    assert told == ["subject: the tern → tern (name)", "object: 73.6 → 73.6 kWh (unit)"]


def test_rows_are_compared_with_each_other_and_with_claims(checked: Checked) -> None:
    other = {**BATTERY, "predicate": "price", "object": "215900 EUR", "quote": "costs between 215900 and 299900 euros"}
    found = judge(checked, BATTERY, BATTERY, other, {**other, "object": "299900 EUR"})
    assert [(j.verdict.value, j.claim) for j in found[:2]] == [("new", "post.battery"), ("same", "post.battery")]
    assert found[1].repeats


def test_a_file_of_drafts_is_written_and_is_sound(tmp_path: Path) -> None:
    project = lay_out(tmp_path / "project", {})
    new = {**BATTERY, "subject": "Tern", "predicate": "sailsTo", "object": "Riga", "document": "bulletin.txt",
           "mode": "plan", "when": "2033", "quote": "The Tern sails to Riga from 2033."}  # fmt: skip
    rows = tmp_path / "Some Answers.jsonl"
    rows.write_bytes(write_lines([BATTERY, new, {**BATTERY, "object": "1 kWh"}]) + b"{broken\n")
    dry = run(project, str(rows), "--as", "jsonl", "--dry-run")
    assert (dry.code, dry.err) == (1, "kg: 2 new, 0 same, 0 conflict, 2 rejected of 4 rows\n")
    assert not (project.root / "seeds/drafts").exists()
    done = run(project, str(rows), "--as", "jsonl", "--format", "json", "--by", "A machine")
    verdicts = [json.loads(line) for line in done.out.splitlines()]
    assert [(v["row"], v["verdict"], v["code"], v["sentence"]) for v in verdicts] == [
        (1, "new", None, "p3s1"),
        (2, "new", None, "p1s1"),
        (3, "rejected", "figure-not-in-sentence", "p3s1"),
        (4, "rejected", "bad-proposal", None),
    ]
    names = sorted(path.name for path in (project.root / "seeds/drafts").iterdir())
    assert names == ["some-answers.bulletin.yaml", "some-answers.post.yaml"]
    text = (project.root / "seeds/drafts/some-answers.post.yaml").read_text(encoding="utf-8")
    assert "proposed: {by: A machine, on: " in text
    assert "  p3s1 24b9aceb:\n    battery: {s: tern, p: battery, o: 73.60 kWh, by: source}\n" in text
    again = check_files(read_project(Project(project.root), project.root / "texts", Drafts.BUILT_IN))
    assert [d for d in again.diagnostics if d.severity > 0] == []
    assert again.seeds.claim_by_id["post.battery"].state.proposed is not None
    more = run(project, str(rows), "--as", "jsonl", "--format", "json")
    assert [json.loads(line)["verdict"] for line in more.out.splitlines()][:2] == ["same", "same"]
    assert sorted(path.name for path in (project.root / "seeds/drafts").iterdir()) == names
