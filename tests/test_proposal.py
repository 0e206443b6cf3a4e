"""Proposals: quotes are found, names and values read, and each row gets the verdict that a careful reader gives it."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from proposal_texts import lay_out_texts, make_texts
from story import lay_out
from terminal import Finished, cpu_seconds, run_kg
from test_direct import OTHER_WAYS

import kg
from kg.build.pipeline import Checked, check_files, read_project
from kg.drafts.proposal.drafts import Origin, propose
from kg.drafts.proposal.formats import ProposalFile, read_rows, rows_of
from kg.drafts.proposal.formats.rows import OPTIONAL, REQUIRED
from kg.drafts.proposal.judge import judge_proposals
from kg.drafts.proposal.proposal import Judged, Verdict
from kg.drafts.proposal.quotes import QuoteFinder
from kg.drafts.proposal.report import write_row
from kg.drafts.review.digest import digest_proposal
from kg.model.nouns import Mode
from kg.reading.articles import Article
from kg.starter import init_project
from kg.system.project import Drafts, Project
from kg.text.diagnostic import KgError

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
    assert "  p3s1 24b9aceb:\n    said: source\n    battery: {s: tern, p: battery, o: 73.60 kWh}\n" in text
    again = check_files(read_project(Project(project.root), project.root / "texts", Drafts.BUILT_IN))
    assert [d for d in again.diagnostics if d.severity > 0] == []
    assert again.seeds.claim_by_id["post.battery"].state.proposed is not None
    more = run(project, str(rows), "--as", "jsonl", "--format", "json")
    assert [json.loads(line)["verdict"] for line in more.out.splitlines()][:2] == ["same", "same"]
    assert sorted(path.name for path in (project.root / "seeds/drafts").iterdir()) == names


# -- what goes wrong --------------------------------------------------------------------------------


def test_a_full_disk_leaves_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = lay_out(tmp_path / "project", {})
    checked = check_files(read_project(project, project.root / "texts", Drafts.BUILT_IN))
    twice = [BATTERY, {**BATTERY, "predicate": "homePort", "object": "Riga", "document": "bulletin", "mode": "plan",
                       "quote": "The Tern sails to Riga from 2033."}]  # fmt: skip
    written: list[int] = []

    def fail(handle: int) -> None:
        written.append(handle)
        if len(written) == 4:  # the journal, and the first of two files, are down already
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(KgError, match="No space left on device"):
        propose(checked, rows_of(twice), "answers", Origin(by="a test", on="2031-06-01"))
    assert not list((project.root / "seeds").rglob("*answers*"))


def test_a_draft_is_never_written_over(tmp_path: Path) -> None:
    project = lay_out(tmp_path / "project", {"seeds/drafts/answers.yaml": "kg: entities/1\nentities: {}\n"})
    checked = check_files(read_project(project, project.root / "texts", Drafts.BUILT_IN))
    done = propose(checked, rows_of([BATTERY]), "Answers", Origin(by="a test", on="2031-06-01"))
    assert done.files == ("seeds/drafts/answers-2.yaml",)
    assert (project.root / "seeds/drafts/answers.yaml").read_text(encoding="utf-8").startswith("kg: entities/1")


def test_a_million_rows_are_refused_before_the_first_is_judged(project: Project, tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_bytes(b'{"subject":"a"}\n' * 1_000_000)
    begun = cpu_seconds()
    done = run(project, str(rows), "--as", "jsonl")
    assert (done.code, done.out) == (2, "")
    assert "more than 100,000 rows: import them in parts" in done.err
    assert cpu_seconds() - begun < 20


def test_wrong_use_is_told(project: Project, tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_bytes(write_lines([BATTERY]))
    assert run_kg("import", str(rows), "--as", "jsonl", folder=project.root).code == 2
    assert run(project, str(rows), "--as", "jsonl", "--source", "pots").code == 2
    assert run(project, str(rows), "--as", "xml").code == 2
    assert run(project, str(tmp_path / "gone.jsonl"), "--as", "jsonl").code == 3


@pytest.mark.parametrize("name", ["", " ", "a\0b", "\ud800"])
def test_who_proposes_has_a_name(name: str) -> None:
    with pytest.raises(kg.UsageError, match="who proposes is a name"):
        Origin(by=name, on="2031-06-01")


HOSTILE = (
    '"; drop: [x]', "a: b", "- x", "# no comment", "<script>alert(1)</script>", "Te\x1b]0;x\x07rn", "x" * 3000,
    "\u202eevil", "&anchor *alias", "!!python/object", "null", "~", "{a: b}", "%TAG", "`tick`", "'single", "\u2028line",
    "a\nb", "again",
)  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_do_no_harm(tmp_path: Path, name: str) -> None:
    files = {
        "texts/post.txt": f"Title\n{name} holds 73.60 kWh and sails to Riga.\n",
        "seeds/sources/post.yaml": "kg: source/1\nauthor: olle-brandt\npublished: 2031-05-04\nfile: post.txt\n",
    }
    project = lay_out(tmp_path / "project", files)
    checked = check_files(read_project(project, project.root / "texts", Drafts.BUILT_IN))
    quote = f"{name} holds 73.60 kWh".split("\n")[-1].strip()
    row = {**BATTERY, "subject": name, "quote": quote, "note": name}
    done = propose(checked, rows_of([row]), "answers", Origin(by=name, on="2031-06-01", tool=name))
    (judged,) = done.rows
    shown = write_row(judged)
    assert "\n\x1b" not in shown and len(shown) < 4000
    again = check_files(read_project(Project(project.root), project.root / "texts", Drafts.BUILT_IN))
    assert [d for d in again.diagnostics if d.severity > 1] == []
    if done.files:
        (entity,) = (e for e in again.seeds.entities if e.key == judged.entities[0].key)
        assert entity.names[0].text == name.strip()


def test_what_was_rejected_does_not_come_back(tmp_path: Path) -> None:
    project = lay_out(tmp_path / "project", {})
    checked = check_files(read_project(project, project.root / "texts", Drafts.BUILT_IN))
    (judged,) = judge(checked, BATTERY)
    assert judged.stated is not None
    digest = digest_proposal(judged.stated, checked.seeds, checked.vocabulary)
    entry = f"{digest}: {{claim: the Tern, reason: too early, by: Kim, on: 2031-07-01}}"
    (project.root / "seeds/rejected.yaml").write_text(f"kg: rejected/1\nrejected: {{{entry}}}\n", encoding="utf-8")
    again = check_files(read_project(Project(project.root), project.root / "texts", Drafts.BUILT_IN))
    (judged,) = judge(again, {**BATTERY, "object": "73.6", "note": "please"})
    assert (judged.verdict, judged.code) == ("rejected", "rejected-before")
    assert judged.diagnostic is not None and "by Kim: too early" in judged.diagnostic.message


# -- quotes -----------------------------------------------------------------------------------------

QUOTED = (
    "A title\nThe “Tern” — a quiet ship – holds 73.6 kWh. It left Riga at 9 o’clock. It left Oslo at 9 o'clock.\n"
    "The ferry was sold. Nobody said why. The ferry was sold.\n第一句话。他说：“好。”第三句话。\n"
)


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("a quiet ship", [("p1s1", "exact")]),
        ('The "Tern" - a quiet ship - holds', [("p1s1", "normalised")]),
        ("the tern—a quiet ship", [("p1s1", "normalised")]),
        ("It left Riga at 9 o'clock", [("p1s2", "normalised")]),
        ("It left\nRiga", [("p1s2", "normalised")]),
        ("The Tern ... holds 73.6 kWh", [("p1s1", "normalised")]),
        ("holds 73.6 kWh … Nobody", []),
        ("left Riga at 9 o’clock. It left Oslo", [("p1s2", "exact"), ("p1s3", "exact")]),
        ("The ferry was sold.", [("p2s1", "exact"), ("p2s3", "exact")]),
        ("It had left Riga at 9 o'clock", [("p1s2", "near")]),
        ("It left Riga at 10 o'clock", []),
        ("It never left Riga at 9 o'clock", []),
        ("It left Bergen at noon on a Sunday", []),
        ("ip holds", []),
        ("他说:「好。」", [("p3s2", "normalised")]),
        ("", []),
    ],
)
def test_quotes_are_found_and_it_is_told_how(quote: str, found: list[tuple[str, str]]) -> None:
    finder = QuoteFinder(Article(source="a", lang="en", text=QUOTED, sha256=""))
    places = finder.find(quote)
    assert [(address, place.how) for place in places for address in place.addresses] == found


def test_a_quote_over_two_sentences_is_anchored_where_it_is_said(checked: Checked) -> None:
    both = judge_one(checked, quote="The Tern holds 73.60 kWh and costs between 215900 and 299900 euros.\nHladen Yards")
    assert (both.verdict, both.sentences) == ("new", ("p3s1",))
    assert both.cautions[-1] == "the quote goes over p3s1, p4s1; p3s1 says it by itself"


# -- who says it, and when --------------------------------------------------------------------------

VOICES = """\
kg: claims/1
source: post
voices:
  p2s1..p2s2: {by: mira-vogt, where: harbour-fair, voice: reported}
claims:
  p4s1 c2b1b89e:
    said: {by: halden}
    quiet: {s: tern, p: describedAs, o: a quiet ship, mode: opinion}
"""
PROMISE = {
    "subject": "Mira Vogt", "predicate": "attended", "object": "harbour fair", "document": "post",
    "quote": "At the harbour fair Mira Vogt promised",
}  # fmt: skip


def test_a_row_without_a_speaker_has_the_voice_that_curators_gave(tmp_path: Path) -> None:
    project = lay_out(tmp_path / "project", {"seeds/claims/post.yaml": VOICES})
    checked = check_files(read_project(project, project.root / "texts", Drafts.BUILT_IN))
    curated, other = judge(checked, PROMISE, {**PROMISE, "speaker": "the harbour master"})
    assert curated.stated is not None and curated.fields is not None
    assert [ref.text for ref in curated.stated.speakers] == ["mira-vogt"]
    assert "by" not in curated.fields.nodes
    assert (other.verdict, other.code) == ("rejected", "speaker-not-in-sentence")
    (named,) = judge(checked, {**PROMISE, "speaker": "Mira Vogt"})
    assert named.verdict == "new"
    done = propose(checked, rows_of([PROMISE]), "answers", Origin(by="a test", on="2031-06-01"))
    text = (project.root / done.files[0]).read_text(encoding="utf-8")
    assert "    attended: {s: mira-vogt, p: attended, o: harbour-fair}\n" in text and "said" not in text
    again = check_files(read_project(Project(project.root), project.root / "texts", Drafts.BUILT_IN))
    (evidence,) = again.seeds.claim_by_id["post.attended"].evidence
    assert evidence.venue is not None and evidence.venue.text == "harbour-fair"


def test_a_row_without_a_speaker_is_said_by_whom_its_sentence_names_and_it_is_told(checked: Checked) -> None:
    row = {**BATTERY, "predicate": "describedAs", "object": "a quiet ship", "quote": "calls the Tern a quiet ship"}
    (judged,) = judge(checked, {**row, "mode": "opinion"})
    assert judged.stated is not None
    assert [ref.text for ref in judged.stated.speakers] == ["halden"]
    assert judged.cautions == ("`halden` is taken for the speaker, whom the row does not name",)


def test_surnames_and_what_is_counted_are_read_and_it_is_told(checked: Checked) -> None:
    (judged,) = judge(checked, {**PROMISE, "subject": "Vogt"})
    assert [mapped.text for mapped in judged.mapped] == ["subject: Vogt → mira-vogt (part)"]
    row = {
        **BATTERY,
        "subject": "halden",
        "predicate": "delivered",
        "object": "12 ferries",
        "quote": "handed over 12 ferries",
    }
    (judged,) = judge(checked, row)
    assert [mapped.text for mapped in judged.mapped] == ["object: 12 ferries → 12 vehicle (unit)"]
    assert judge_one(checked, object="12 whales").code == "unknown-unit"


RELATIVE = {
    "texts/post.txt": "Title\nHalden Yards delivered 12 ferries last year. The Heron was launched in March.\n",
    "seeds/sources/post.yaml": "kg: source/1\nauthor: olle-brandt\npublished: 2031-05-04\nfile: post.txt\n",
}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"when": "2030"}, "when: “last year”, of the date of the source, 2031-05-04"),
        ({"when": "2029"}, None),
        (
            {
                "subject": "Heron",
                "predicate": "launched",
                "object": "2031-03",
                "quote": "The Heron was launched in March.",
            },
            "o: “March”, of the date of the source, 2031-05-04",
        ),
    ],
)
def test_dates_that_a_text_gives_by_its_own_day_are_worked_out(
    tmp_path: Path, changes: dict[str, object], reason: str | None
) -> None:
    project = lay_out(tmp_path / "project", RELATIVE)
    checked = check_files(read_project(project, project.root / "texts", Drafts.BUILT_IN))
    row = {
        **BATTERY,
        "subject": "halden",
        "predicate": "delivered",
        "object": "12",
        "quote": "delivered 12 ferries last year",
    }
    (judged,) = judge(checked, {**row, **changes})
    found = judged.stated.inferred[0].text if judged.stated is not None and judged.stated.inferred else None
    assert (found, judged.code) == (reason, None if reason else "figure-not-in-sentence")
    if judged.verdict == "new":
        propose(checked, rows_of([{**row, **changes}]), "answers", Origin(by="a test", on="2031-06-01"))
        again = check_files(read_project(Project(project.root), project.root / "texts", Drafts.BUILT_IN))
        assert [d.code for d in again.diagnostics if d.code == "needless-inferred"] == []


TWICE = {
    "texts/post.txt": "Title\nMira Vogt said that the Tern is a quiet ship.\nAgain Mira Vogt called it a quiet ship.\n",
    "texts/bulletin.txt": "News\nThe Tern is a quiet ship, Mira Vogt told the Bulletin. The Tern is a quiet ship.\n",
    "seeds/sources/post.yaml": "kg: source/1\nauthor: olle-brandt\npublished: 2031-05-04\nfile: post.txt\n",
    "seeds/sources/bulletin.yaml": "kg: source/1\nauthor: harbour-master\npublished: 2031-05-05\nfile: bulletin.txt\n",
    "seeds/claims/base.yaml": "kg: claims/1\nsource: bulletin\nclaims: {}\n",
}  # fmt: skip


def test_what_is_said_again_is_written_as_further_evidence(tmp_path: Path) -> None:
    project = lay_out(tmp_path / "project", TWICE)
    checked = check_files(read_project(project, project.root / "texts", Drafts.BUILT_IN))
    row = {**BATTERY, "predicate": "describedAs", "object": "a quiet ship", "mode": "opinion", "speaker": "Mira Vogt"}
    rows = [
        {**row, "quote": "Mira Vogt said that the Tern is a quiet ship."},
        {**row, "quote": "Again Mira Vogt called it a quiet ship."},
        {**row, "document": "bulletin", "quote": "The Tern is a quiet ship, Mira Vogt told the Bulletin."},
        {**row, "document": "bulletin", "quote": "The Tern is a quiet ship.", "speaker": "source", "sentence": "p1s2"},
    ]
    done = propose(checked, rows_of(rows), "answers", Origin(by="a test", on="2031-06-01"))
    assert [(j.verdict.value, j.claim) for j in done.rows] == [
        ("new", "post.described-as"),
        ("same", "post.described-as"),
        ("same", "post.described-as"),
        ("new", "bulletin.described-as"),
    ]
    assert done.rows[3].cautions == ("others say the same: `post.described-as`",)
    again = check_files(read_project(Project(project.root), project.root / "texts", Drafts.BUILT_IN))
    assert [d for d in again.diagnostics if d.severity > 0 and d.code not in {"no-outline", "unused-entity"}] == []
    sentences = [evidence.sentence for evidence in again.seeds.claim_by_id["post.described-as"].evidence]
    assert sorted(sentences) == ["bulletin.p1s1", "post.p1s1", "post.p2s1"]


def test_a_row_that_contradicts_a_claim_is_a_conflict_and_is_kept(tmp_path: Path) -> None:
    text = {"texts/post.txt": "Title\nThe Tern holds 70 kWh.\nThe Tern holds 80 kWh.\n"}
    project = lay_out(tmp_path / "project", TWICE | text)
    checked = check_files(read_project(project, project.root / "texts", Drafts.BUILT_IN))
    rows = [{**BATTERY, "object": f"{n} kWh", "quote": f"The Tern holds {n} kWh."} for n in (70, 80)]
    done = propose(checked, rows_of(rows), "answers", Origin(by="a test", on="2031-06-01"))
    assert [(j.verdict.value, j.claim, j.against) for j in done.rows] == [
        ("new", "post.battery", ()),
        ("conflict", "post.battery", ("post.battery",)),
    ]
    written = (project.root / done.files[0]).read_text(encoding="utf-8")
    assert "    # row 2: contradicts `post.battery`\n    tern-battery: {s: tern, p: battery, o: 80 kWh}\n" in written


@pytest.mark.parametrize(
    ("stated", "row", "contradicted"),
    [
        ("s: riga, p: near, o: oslo, not: true", ("Oslo", "near", "Riga"), True),
        ("s: riga, p: leads, o: oslo, not: true", ("Oslo", "ledBy", "Riga"), True),
        ("s: tern, p: fareFrom, o: 6 EUR", ("Tern", "fare", "5..7 EUR"), True),
        ("s: tern, p: fareTo, o: 7 EUR", ("Tern", "fare", "5..7 EUR"), False),
        ("s: riga, p: near, o: oslo, not: true, mode: opinion", ("Oslo", "near", "Riga"), False),
    ],
)
def test_a_row_that_contradicts_a_claim_on_another_matter(
    tmp_path: Path, stated: str, row: tuple[str, str, str], contradicted: bool
) -> None:
    """As `kg check` has it: the other way round, by an inverse, at an end of a range."""
    text = {"texts/post.txt": "Title\nOslo is near Riga.\nOslo is led by Riga.\nThe Tern costs 5 to 7 EUR.\n"}
    said = f"kg: claims/1\nsource: bulletin\nclaims:\n  p1s1:\n    said: source\n    a: {{{stated}}}\n"
    files = {"ontology/ways.ttl": OTHER_WAYS, "seeds/claims/bulletin.yaml": said}
    project = lay_out(tmp_path / "project", TWICE | text | files)
    checked = check_files(read_project(project, project.root / "texts", Drafts.BUILT_IN))
    quotes = {"near": "Oslo is near Riga.", "ledBy": "Oslo is led by Riga.", "fare": "The Tern costs 5 to 7 EUR."}
    subject, predicate, thing = row
    judged = judge_one(checked, subject=subject, predicate=predicate, object=thing, quote=quotes[predicate])
    wanted = ("conflict", ("bulletin.a",)) if contradicted else ("new", ())
    assert (judged.verdict.value, judged.against) == wanted, judged


def test_the_same_figure_of_a_part_and_its_whole_is_a_conflict_for_a_row(tmp_path: Path) -> None:
    part = 'r:partOf a owl:ObjectProperty , kg:PartOf ; rdfs:label "part of"@en ; rdfs:range owl:Thing .\n'
    said = "kg: claims/1\nsource: post\nclaims:\n  p1s1:\n    said: source\n"
    lines = [
        "a: {s: tern, p: battery, o: 70 kWh}",
        "b: {s: heron, p: partOf, o: riga}",
        "c: {s: riga, p: partOf, o: tern}",
    ]
    files = {
        "texts/post.txt": "Title\nThe Tern holds 70 kWh.\nThe Heron holds 70 kWh.\n",
        "ontology/ways.ttl": OTHER_WAYS + part,
        "seeds/claims/post.yaml": said + "".join(f"    {line}\n" for line in lines),
    }
    project = lay_out(tmp_path / "project", TWICE | files)
    checked = check_files(read_project(project, project.root / "texts", Drafts.BUILT_IN))
    judged = judge_one(checked, subject="Heron", object="70 kWh", quote="The Heron holds 70 kWh.")
    assert (judged.verdict.value, judged.against) == ("conflict", ("post.a",)), judged


@pytest.mark.parametrize(
    ("lang", "names", "entities"),
    [
        ("de", ("das Feldlazarett", "Feldlazarett", "Das Feldlazarett", "dem Feldlazarett"), 1),
        ("fr", ("l'hôpital", "hôpital", "L’hôpital"), 1),
        ("en", ("the field hospital", "field hospital"), 1),
        ("en", ("das Feldlazarett", "Feldlazarett"), 2),
    ],
)
def test_a_name_is_the_same_with_the_article_of_its_language(
    tmp_path: Path, lang: str, names: tuple[str, ...], entities: int
) -> None:
    lines = [f"{word}, {name} : 70 kWh." for word, name in zip(("So", "Da", "Nu", "Na"), names, strict=False)]
    source = f"kg: source/1\nauthor: olle-brandt\npublished: 2031-05-04\nlang: {lang}\nfile: post.txt\n"
    files = {"texts/post.txt": "\n".join(["Titel", *lines, ""]), "seeds/sources/post.yaml": source}
    project = lay_out(tmp_path / "project", TWICE | files)
    checked = check_files(read_project(project, project.root / "texts", Drafts.BUILT_IN))
    rows = [
        {**BATTERY, "subject": name, "object": "70 kWh", "quote": line} for name, line in zip(names, lines, strict=True)
    ]
    judged = judge(checked, *rows)
    assert len({one.key for each in judged for one in each.entities}) == entities, judged


# -- the interface ----------------------------------------------------------------------------------


def test_the_schema_describes_the_keys_that_are_read() -> None:
    path = Path(kg.__file__).parent / "drafts/proposal/proposal.schema.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    assert list(schema["properties"]) == [*REQUIRED, *OPTIONAL]
    assert schema["properties"]["mode"]["enum"] == [mode.value for mode in Mode]


def test_python_judges_what_is_in_memory(project: Project) -> None:
    graph = kg.open_project(project.root, project.root / "texts")
    assert [judged.verdict for judged in graph.judge([{**BATTERY, "object": 73.6}])] == ["new"]
    (judged,) = graph.judge("subject;predicate;object;quote\nTern;battery;73.60 kWh;Tern holds", "csv", source="post")
    assert judged.verdict == "new"
    done = graph.propose(
        [{**BATTERY, "predicate": "quiet", "object": True, "quote": "a quiet ship"}], by="a test", name="quiet"
    )
    assert (done.rows[0].verdict, done.files) == ("new", ("seeds/drafts/quiet.yaml",))
    (project.root / done.files[0]).unlink()
    with pytest.raises(kg.UsageError, match="no format"):
        graph.judge([], "xml")
    with pytest.raises(kg.UsageError, match="with its texts"):
        kg.open_project(project.root).judge([])


def test_planted_mistakes_are_found_and_what_is_right_is_not(tmp_path: Path) -> None:
    texts = make_texts()
    folder = lay_out_texts(tmp_path / "works", texts)
    checked = check_files(read_project(Project(tmp_path / "works"), folder, Drafts.BUILT_IN))
    planted = [each for text in texts for each in text.rows]
    right = [each.row for each in planted if each.fault is None][:200]
    wrong = [each.row for each in planted if each.fault is not None]
    wrong = wrong[:: len(wrong) // 200][:200]
    found = Counter(judged.verdict for judged in judge(checked, *right))
    assert sum(found.values()) == 200 and found[Verdict.NEW] >= 190
    found = Counter(judged.verdict for judged in judge(checked, *wrong))
    assert sum(found.values()) == 200 and found[Verdict.NEW] <= 10
    done = propose(checked, rows_of([*right, *wrong]), "works", Origin(by="a test", on="2026-06-01"))
    assert done.files[-1] == "seeds/drafts/works.entities.yaml"
    again = check_files(read_project(Project(tmp_path / "works"), folder, Drafts.BUILT_IN))
    assert {d.code for d in again.diagnostics if d.severity > 0} <= {"no-outline", "unused-entity"}
    assert {judged.verdict for judged in judge(again, *right)} == {Verdict.SAME}


def test_a_new_thing_gets_the_class_that_all_its_rows_want(tmp_path: Path) -> None:
    init_project(tmp_path / "story", title="A story", base="https://story.example/")
    project = Project(tmp_path / "story")
    text = "A pier at Norport\n\nThe Norport pier creates 1,200 jobs. The Norport pier costs 450 million euros.\n"
    (tmp_path / "pier.txt").write_text(text, encoding="utf-8")
    assert run_kg("evidence", "add", "../pier.txt", folder=project.root).code == 0
    checked = check_files(read_project(project, project.root / "texts", Drafts.BUILT_IN))
    row = {"subject": "Norport pier", "document": "pier"}
    jobs = row | {"predicate": "creates jobs", "object": "1,200", "quote": "The Norport pier creates 1,200 jobs."}
    cost = row | {"predicate": "price", "object": "450 million euros", "quote": "costs 450 million euros."}
    for rows in ([jobs, cost], [cost, jobs]):
        judged = judge(checked, *rows)
        assert [(one.verdict, one.code) for one in judged] == [("new", None), ("new", None)]
        assert {one.key: one.kind for each in judged for one in each.entities} == {"norport-pier": "Product"}


def test_words_of_a_source_in_another_language_say_which(tmp_path: Path) -> None:
    """They became words in the language of the data set when the draft was read."""
    folder = tmp_path / "p"
    init_project(folder, title="The bridge", base="https://rivertown.example/")
    (folder / "texts/yard.txt").write_text("Werft\nDie neue Brücke ist eine offene Brücke.\n", encoding="utf-8")
    assert run_kg("evidence", "add", "texts/yard.txt", "--lang", "de", folder=folder).code == 0
    row = {"subject": "bridge", "predicate": "describedAs", "object": "eine offene Brücke", "mode": "opinion"}
    row |= {"document": "yard", "quote": "ist eine offene Brücke"}
    entities = folder / "seeds/entities/rivertown.yaml"
    text = entities.read_text(encoding="utf-8")
    entities.write_text(text.replace("the new bridge", "Brücke"), encoding="utf-8")
    (folder / "row.jsonl").write_text(json.dumps(row), encoding="utf-8")
    run_kg("import", "row.jsonl", "--as", "jsonl", "--texts", "texts", folder=folder)
    drafts = "".join(path.read_text(encoding="utf-8") for path in (folder / "seeds").glob("drafts/row*.yaml"))
    assert "o: {text: eine offene Brücke, lang: de}," in drafts
