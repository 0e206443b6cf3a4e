"""Drafts: outside the graph unless asked for, their mistakes told apart, their digests those of what they say."""

from __future__ import annotations

import csv
import json
import time
from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, parse
from story import check_story, lay_out
from terminal import run_kg

from kg.build.pipeline import check_files, read_project
from kg.build.waiting import count_state
from kg.drafts.review.digest import digest_proposal, find_rejection
from kg.drafts.review.plan import name_reviewer, today
from kg.system.project import Drafts

CURATED = """\
kg: claims/1
source: post
voices:
  p1s1..p4s1: source
claims:
  p3s1 24b9aceb:
    battery: {s: tern, p: battery, o: 73.60 kWh}
"""
DRAFT = """\
kg: claims/1
source: post
proposed: {by: Extractor, on: 2031-06-01}
claims:
  p1s1 dd56dbe3:
    port: {s: puffin, p: homePort, o: riga, mode: plan}
  p4s1 c2b1b89e:
    battery: again
"""
THINGS = """\
kg: entities/1
entities:
  puffin: {is: Ferry, label: Puffin}
"""
FILES = {
    "seeds/claims/post.yaml": CURATED,
    "seeds/drafts/post.yaml": DRAFT,
    "seeds/drafts/things.yaml": THINGS,
}


def test_the_graph_is_without_drafts_unless_they_are_asked_for(tmp_path: Path) -> None:
    project = lay_out(tmp_path, FILES)
    without = check_files(read_project(project))
    assert not without.has_errors
    assert "post.port" not in without.seeds.claim_by_id
    assert "puffin" not in without.seeds.entity_by_key
    assert len(without.seeds.claim_by_id["post.battery"].evidence) == 1
    asked = check_files(read_project(project, drafts=Drafts.BUILT_IN))
    assert not asked.has_errors
    port = asked.seeds.claim_by_id["post.port"]
    assert port.state.is_draft and port.state.is_unreviewed
    assert [ref.text for ref in port.speakers] == ["olle-brandt"]  # by the voices of the curator's file
    first, second = asked.seeds.claim_by_id["post.battery"].evidence
    assert not first.state.is_draft and second.state.is_draft
    assert str(count_state(asked)) == str(count_state(without)) == "2 drafts to review, 0 unreviewed in the seeds"


def test_no_curated_claim_can_name_a_draft(tmp_path: Path) -> None:
    more = CURATED + "    why: {s: c:battery, p: because, o: c:port, mode: opinion}\n"
    checked = check_story(tmp_path, {**FILES, "seeds/claims/post.yaml": more})
    assert [d.code for d in checked.diagnostics if d.severity.word == "error"] == ["unknown-claim"]


def test_check_tells_mistakes_of_drafts_apart(tmp_path: Path) -> None:
    wrong = DRAFT.replace("puffin", "pufin") + "    battery-2: {s: tern, p: battery, o: 80 kWh, mode: plan}\n"
    lay_out(tmp_path, {**FILES, "seeds/drafts/post.yaml": wrong})
    done = run_kg("check", folder=tmp_path)
    assert done.code == 0
    assert "seeds/drafts/post.yaml:6:15" in done.err and "did you mean `puffin`?" in done.err
    assert "kg: 3 drafts to review, 0 unreviewed in the seeds; in drafts 1 error" in done.err
    assert run_kg("check", "--drafts", folder=tmp_path).code == 1
    told = json.loads(run_kg("check", "--format", "json", folder=tmp_path).out)
    assert "seeds/drafts/post.yaml" in json.dumps(told)
    assert run_kg("show", "tern", folder=tmp_path).code == 0
    shown = run_kg("show", "tern", "--drafts", folder=tmp_path)
    assert shown.code == 1 and "pufin" in shown.err


def test_a_draft_that_says_that_it_was_reviewed_is_a_draft(tmp_path: Path) -> None:
    reviewed = DRAFT.replace("claims:\n", "reviewed: {by: olle-brandt, on: 2031-06-02}\nclaims:\n")
    project = lay_out(tmp_path, {**FILES, "seeds/drafts/post.yaml": reviewed})
    checked = check_files(read_project(project, drafts=Drafts.BUILT_IN))
    assert "reviewed-draft" in [d.code for d in checked.diagnostics if d.severity.word == "warning"]
    assert checked.seeds.claim_by_id["post.port"].state.is_unreviewed


# -- digests ------------------------------------------------------------------------------------------

PLAIN = "port: {s: tern, p: homePort, o: riga, mode: plan, when: 2033}"
SAME = [
    "other: {s: tern, p: homePort, o: riga, mode: plan, when: 2033}",
    "port: {when: 2033, mode: plan, o: riga, p: homePort, s: tern, note: by ship, sure: vague}   # so",
    "port:\n      s: 'tern'\n      p: homePort\n      o: \"riga\"\n      mode: plan\n      when: 2033",
    "port: {s: tern, p: homePort, o: riga, mode: plan, when: 2033, proposed: {by: Kim, on: 2031}}",
    "port: {s: tern, p: homePort, o: riga, mode: plan, when: 2033, by: olle-brandt}",
]
OTHER = [
    "port: {s: heron, p: homePort, o: riga, mode: plan, when: 2033}",
    "port: {s: tern, p: sailsTo, o: riga, mode: plan, when: 2033}",
    "port: {s: tern, p: homePort, o: oslo, mode: plan, when: 2033}",
    "port: {s: tern, p: homePort, o: riga, mode: promise, when: 2033}",
    "port: {s: tern, p: homePort, o: riga, mode: plan, when: 2034}",
    "port: {s: tern, p: homePort, o: riga, mode: plan}",
    "port: {s: tern, p: homePort, o: riga, mode: plan, when: unknown}",
    "port: {s: tern, p: homePort, o: riga, mode: plan, when: 2033, not: true}",
    "port: {s: tern, p: homePort, o: riga, mode: plan, when: 2033, by: mira-vogt}",
    "port: {s: tern, p: homePort, o: riga, mode: plan, when: 2033, on: 2031-05-01}",
]


def read_digest(folder: Path, line: str, key: str = "p1s1 dd56dbe3", name: str = "seeds/drafts/a.yaml") -> str:
    text = f"kg: claims/1\nsource: post\nclaims:\n  {key}:\n    said: source\n    {line}\n"
    project = lay_out(folder, {name: text})
    checked = check_files(read_project(project, drafts=Drafts.BUILT_IN))
    claim = next(c for c in checked.seeds.claims if c.source == "post")
    return digest_proposal(claim, checked.seeds, checked.vocabulary)


def test_a_digest_is_that_of_what_is_said(tmp_path: Path) -> None:
    digest = read_digest(tmp_path, PLAIN)
    assert digest == "1d458f431005a936"  # stays: curators' files hold it
    assert [read_digest(tmp_path, line) for line in SAME] == [digest] * len(SAME)
    assert read_digest(tmp_path, PLAIN, name="seeds/claims/post.yaml") == digest
    others = [read_digest(tmp_path, line) for line in OTHER]
    others.append(read_digest(tmp_path, PLAIN, key="p4s1 c2b1b89e"))
    assert len({digest, *others}) == 1 + len(others)


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ("{s: tern, p: battery, o: 73.60 kWh}", "{s: tern, p: battery, o: 73.6 kWh}", True),
        ("{s: tern, p: battery, o: 73.6 kWh}", "{s: tern, p: battery, o: 0.0736 MWh}", True),
        ("{s: tern, p: battery, o: 73.6 kWh}", "{s: tern, p: battery, o: about 73.6 kWh}", False),
        ("{s: tern, p: battery, o: over 73.6 kWh}", "{s: tern, p: battery, o: at least 73.6 kWh}", False),
    ],
)
def test_a_value_counts_and_not_how_it_is_written(tmp_path: Path, one: str, two: str, *, same: bool) -> None:
    assert (read_digest(tmp_path, f"a: {one}") == read_digest(tmp_path, f"a: {two}")) is same


def test_what_is_said_of_a_claim_counts_by_what_that_says(tmp_path: Path) -> None:
    def digest(first: str, second: str, value: str = "quiet ship") -> str:
        lines = f"""{first}: {{s: tern, p: describedAs, o: {value}, mode: opinion}}
    {second}: {{s: c:{first}, p: because, o: c:{first}, mode: opinion}}"""
        text = f"kg: claims/1\nsource: post\nclaims:\n  p4s1 c2b1b89e:\n    said: source\n    {lines}\n"
        checked = check_files(read_project(lay_out(tmp_path, {"seeds/claims/post.yaml": text})))
        claim = checked.seeds.claim_by_id[f"post.{second}"]
        return digest_proposal(claim, checked.seeds, checked.vocabulary)

    assert digest("calm", "why") == digest("quiet", "because-of-it") != digest("calm", "why", "loud ship")


def test_what_was_turned_down_is_known_again(tmp_path: Path) -> None:
    digest = read_digest(tmp_path, PLAIN)
    rejected = f"""kg: rejected/1
rejected:
  {digest}: {{claim: the Tern, reason: not said, by: olle-brandt, on: 2031-06-03}}
"""
    checked = check_story(tmp_path, {"seeds/rejected.yaml": rejected})
    found = find_rejection(digest, checked.seeds)
    assert found is not None
    assert (found.reason, found.by.text, found.on.text) == ("not said", "olle-brandt", "2031-06-03")
    assert find_rejection("0" * 16, checked.seeds) is None


# -- what is exported ---------------------------------------------------------------------------------


def test_drafts_are_exported_as_unreviewed_where_they_are_asked_for(tmp_path: Path) -> None:
    reviewed = CURATED.replace("kWh}", "kWh, reviewed: {by: Kim Berg, on: 2031-06-02}}")
    lay_out(tmp_path, {**FILES, "seeds/claims/post.yaml": reviewed})
    done = run_kg("build", "--drafts", folder=tmp_path)
    assert done.code == 0, done.err
    assert "proposals   2 drafts to review, 0 unreviewed in the seeds" in done.out
    manifest = json.loads((tmp_path / "exports/manifest.json").read_text(encoding="utf-8"))
    assert "seeds/drafts/post.yaml" in manifest["inputs"]
    exports = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "exports").iterdir()}

    def read(name: str, form: RdfFormat) -> set[Quad]:
        return {quad for quad in parse(exports[name], format=form) if quad.graph_name != DefaultGraph()}

    quads = read("graph.nq", RdfFormat.N_QUADS)
    assert read("graph.trig", RdfFormat.TRIG) == read("graph.dataset.jsonld", RdfFormat.JSON_LD) == quads
    assert "# ---- Proposals and reviews of post" in exports["graph.ttl"]
    status = NamedNode("https://schema.org/creativeWorkStatus")
    found = {
        (str(quad.subject).rpartition("/")[2].rstrip(">"), quad.object.value)
        for quad in quads
        if quad.predicate == status and isinstance(quad.object, Literal)
    }
    assert found == {("post.battery", "reviewed"), ("post.port", "unreviewed"), ("post.p4s1.battery", "unreviewed")}
    rows = {row["claim"]: row for row in csv.DictReader(exports["claims.csv"].splitlines())}
    port, battery = rows["c:post.port"], rows["c:post.battery"]
    assert (port["status"], port["proposed_by"], port["proposed_on"]) == ("unreviewed", "Extractor", "2031-06-01")
    assert (battery["status"], battery["reviewed_by"], battery["reviewed_on"]) == ("reviewed", "Kim Berg", "2031-06-02")
    assert (battery["evidence_statuses"], port["evidence_statuses"]) == (". unreviewed", "")
    assert 'class="unreviewed"' in exports["graph.html"]
    graphml = run_kg("export", "graphml", "--drafts", folder=tmp_path).out
    assert (
        graphml.count('attr.name="unreviewed"') == 1
        and "unreviewed" not in run_kg("export", "graphml", folder=tmp_path).out
    )
    assert (
        "Puffin · home port · Riga   (plan, unreviewed draft)"
        in run_kg("show", "puffin", "--drafts", folder=tmp_path).out
    )
    why = run_kg("why", "c:post.port", "--drafts", folder=tmp_path).out
    assert "  proposed   by Extractor on 2031-06-01\n  reviewed   no: it is a draft\n" in why
    assert "\n2 drafts to review, 0 unreviewed in the seeds\n" in run_kg("show", folder=tmp_path).out


def test_a_graph_without_proposals_holds_no_word_of_them(tmp_path: Path) -> None:
    lay_out(tmp_path, FILES)
    assert run_kg("build", folder=tmp_path).code == 0
    exports = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "exports").iterdir()}
    assert [name for name, text in exports.items() if "unreviewed" in text or "creativeWorkStatus" in text] == []
    assert not exports["claims.csv"].partition("\n")[0].endswith("evidence_statuses")


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the system keeps its zone")
def test_who_proposes_and_who_reviews_has_one_day(monkeypatch: pytest.MonkeyPatch) -> None:
    days = []
    for zone in ("Etc/GMT+12", "Etc/GMT-14"):  # 26 hours apart: never of one day
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        days.append(today())
        assert name_reviewer("Kim Berg").on == today()
    monkeypatch.undo()
    time.tzset()
    assert days[0] < days[1]
