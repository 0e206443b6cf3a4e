"""Rename: another id in every file that names an entity, and not a byte elsewhere."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from terminal import run_kg

from kg.build.pipeline import Checked, check_files, read_project
from kg.change.rekey import write_rewritten
from kg.change.rename import Renaming, plan_rename
from kg.system.project import Project
from kg.text.diagnostic import UsageError

ENTITIES = """\
kg: entities/1   # things
entities:
  # the bridge, first
  bridge:   # an old name
    is: Place
    label: {en: Bridge}
    note: the bridge of bridge
  town-hall: {is: Place, label: The hall}
  town: {is: Place, label: "bridge"}
  mayor:
    # who leads
    is: Person
    label: The mayor
  report: {is: Voice, label: The report}
"""
SOURCE = """\
kg: source/1
title: bridge
lang: en
author: [ report, 'mayor' ]
publisher: report   # bridge
published: 2024-05-06
"""
CLAIMS = """\
kg: claims/1
source: bridge
voices:
  p0s1..p1s9: source
  p2s1: {by: [mayor, "report"], where: bridge, voice: reported}
claims:
  p0s1 00000000:
    bridge: {s: bridge, p: length, o: 118 m, by: mayor, note: "s: bridge"}   # bridge
  p1s1 00000001:
    said: {by: mayor, where: 'bridge'}
    near:
      s: town
      p: near
      o: [bridge, town-hall]
    bridge: {again: bridge, where: "bridge"}
  p2s1 00000002:
    named: {s: "bridge", p: calledSo, o: bridge}
"""
QUESTION = """\
#' question: {en: "How long is e:bridge?"}
#' params: {it: e:bridge}
PREFIX own: <https://rivertown.example/entity/>
# e:bridge
SELECT ?it ?x WHERE { VALUES ?it { e:bridge own:bridge <https://rivertown.example/entity/bridge>
  e:bridge-2 c:bridge.bridge }
  ?it ?x "e:bridge" }
"""
ONTOLOGY = """
r:near a owl:ObjectProperty ; rdfs:label "near"@en ; rdfs:range owl:Thing .
r:calledSo a owl:DatatypeProperty ; rdfs:label "called so"@en ; rdfs:range xsd:string .
"""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new project whose own files are replaced by those above."""
    from kg.starter import init_project

    folder = tmp_path_factory.mktemp("model") / "p"
    init_project(folder, title="The Rivertown bridge", base="https://rivertown.example/")
    for place in ("seeds/entities", "seeds/sources", "seeds/claims", "ontology/questions"):
        for path in (folder / place).iterdir():
            path.unlink()
    write(folder, "seeds/entities/all.yaml", ENTITIES)
    write(folder, "seeds/sources/bridge.yaml", SOURCE)
    write(folder, "seeds/claims/bridge.yaml", CLAIMS)
    write(folder, "ontology/questions/long.rq", QUESTION)
    story = (folder / "ontology/story.ttl").read_text(encoding="utf-8")
    write(folder, "ontology/story.ttl", story.replace("domain k:Bridge", "domain schema:Place") + ONTOLOGY)
    return folder


@pytest.fixture
def folder(model: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(model, tmp_path / "p"))


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).write_bytes(text.encode())


def read(folder: Path) -> dict[str, bytes]:
    files = [p for top in ("seeds", "ontology") for p in (folder / top).rglob("*") if p.is_file()]
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in files}


def check(folder: Path) -> Checked:
    return check_files(read_project(Project(folder)))


def errors(folder: Path) -> list[str]:
    return [f"{d.code} {d.mark}: {d.message}" for d in check(folder).diagnostics if d.severity.name == "ERROR"]


def rename(folder: Path, old: str, new: str) -> Renaming:
    plan = plan_rename(check(folder), old, new)
    assert plan.refused == ()
    write_rewritten(plan.files, Project(folder))
    return plan


def test_every_name_of_the_entity_is_rewritten_and_nothing_else(folder: Path) -> None:
    assert errors(folder) == []
    rename(folder, "bridge", "old-bridge")
    after = read(folder)
    assert after["seeds/entities/all.yaml"].decode() == ENTITIES.replace(
        "  bridge:   # an old name\n    is", "  old-bridge:   # an old name\n    replaces: [bridge]\n    is"
    )
    claims = CLAIMS.replace("where: bridge,", "where: old-bridge,").replace("{s: bridge,", "{s: old-bridge,")
    claims = claims.replace("where: 'bridge'", "where: 'old-bridge'").replace("o: [bridge,", "o: [old-bridge,")
    claims = claims.replace('where: "bridge"', 'where: "old-bridge"').replace('s: "bridge"', 's: "old-bridge"')
    assert after["seeds/claims/bridge.yaml"].decode() == claims
    assert after["seeds/sources/bridge.yaml"].decode() == SOURCE
    question = QUESTION.replace("e:bridge?", "e:old-bridge?").replace("it: e:bridge", "it: e:old-bridge")
    question = question.replace("# e:bridge", "# e:old-bridge").replace("own:bridge", "own:old-bridge")
    question = question.replace("{ e:bridge ", "{ e:old-bridge ").replace("entity/bridge>", "entity/old-bridge>")
    assert after["ontology/questions/long.rq"].decode() == question
    assert errors(folder) == []


def test_authors_and_publishers_are_rewritten(folder: Path) -> None:
    rename(folder, "report", "paper")
    text = read(folder)["seeds/sources/bridge.yaml"].decode()
    assert text == SOURCE.replace("[ report,", "[ paper,").replace("publisher: report", "publisher: paper")
    assert "  paper: {replaces: [report], is: Voice," in read(folder)["seeds/entities/all.yaml"].decode()


def test_the_old_iri_leads_to_the_new_one(folder: Path) -> None:
    rename(folder, "town", "rivertown")
    quads = {str(a.quad) for a in check(folder).story.assertions if "eplace" in a.quad.predicate.value}
    assert len(quads) == 2
    assert any("entity/town" in q and "isReplacedBy" in q and "entity/rivertown" in q for q in quads)


NAMES = st.sampled_from(["a", "b-1", "2", "bridge-of-old", "no"])


@given(
    names=st.lists(NAMES, min_size=1, max_size=2, unique=True),
    entity=st.sampled_from(["bridge", "town", "mayor", "report"]),
    crlf=st.booleans(),
    flow=st.booleans(),
)
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_there_and_back_gives_the_same_bytes(
    model: Path, tmp_path: Path, names: list[str], entity: str, crlf: bool, flow: bool
) -> None:
    folder = tmp_path / "case"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(model, folder)
    change: Callable[[str], str] = (lambda text: text.replace("\n", "\r\n")) if crlf else (lambda text: text)
    for name, text in (("seeds/entities/all.yaml", ENTITIES), ("seeds/claims/bridge.yaml", CLAIMS)):
        text = (
            text.replace("    is: Person\n", "    replaces:\n    -  first   \n    - second\n    is: Person\n")
            if not flow
            else text
        )
        write(folder, name, change(text))
    states = [read(folder)]
    chain = [entity, *names]
    for old, new in zip(chain, names, strict=False):
        rename(folder, old, new)
        assert errors(folder) == []
        states.append(read(folder))
    for new, old in zip(reversed(chain), list(reversed(chain))[1:], strict=False):
        assert states.pop() == read(folder)
        rename(folder, new, old)
    assert states == [read(folder)]


NO_ID = "cannot be the id of an entity: write lower-case letters, digits and hyphens"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("brige", "x", "no entity `brige`: did you mean `bridge`?"),
        ("bridge", "town", "there is an entity `town` already: give another id; if the two are one, `kg merge town "
         "bridge` takes them together"),
        ("bridge", "Old Bridge", f"`Old Bridge` {NO_ID}, such as `old-bridge`"),
        ("bridge", "Neue Brücke", f"`Neue Brücke` {NO_ID}, such as `neue-brucke`"),
        ("bridge", "", f"`` {NO_ID}"),
        ("bridge", "bridge", "`bridge` is called so already"),
        ("bridge", "source", "`source` cannot be the id of an entity: `by: source` means the author of the source"),
    ],
)  # fmt: skip
def test_what_cannot_be_renamed(folder: Path, old: str, new: str, message: str) -> None:
    before = read(folder)
    with pytest.raises(UsageError) as error:
        plan_rename(check(folder), old, new)
    assert str(error.value) == message
    assert read(folder) == before


def test_an_id_of_before_is_told_its_new_one(folder: Path) -> None:
    rename(folder, "town", "rivertown")
    with pytest.raises(UsageError, match="no entity `town`: it is `rivertown` now"):
        plan_rename(check(folder), "town", "x")
    with pytest.raises(UsageError, match="`town` was the id of `rivertown`: give another"):
        plan_rename(check(folder), "bridge", "town")
    write(folder, "seeds/claims/bridge.yaml", CLAIMS)
    hints = [(d.code, d.hint) for d in check(folder).diagnostics if d.severity.name == "ERROR"]
    assert hints == [("unknown-entity", "it is `rivertown` now")]


def test_an_alias_that_also_says_something_else_is_refused(folder: Path) -> None:
    write(
        folder,
        "seeds/claims/bridge.yaml",
        CLAIMS.replace('{s: "bridge", p: calledSo, o: bridge}', "{s: &b bridge, p: calledSo, o: *b}"),
    )
    plan = plan_rename(check(folder), "bridge", "x")
    assert plan.files == ()
    assert plan.refused == (
        "seeds/claims/bridge.yaml names `bridge` in a way that cannot be rewritten (an alias, `*name`, an escape): "
        "write it out first",
    )


def test_a_comment_beside_what_goes_is_kept(folder: Path) -> None:
    rename(folder, "bridge", "x")
    text = read(folder)["seeds/entities/all.yaml"].decode().replace("[bridge]", "[bridge]   # until May")
    write(folder, "seeds/entities/all.yaml", text)
    assert plan_rename(check(folder), "x", "bridge").refused == (
        "`replaces` of `x` (seeds/entities/all.yaml:5:5) stands beside a comment: take the id out of it by hand",
    )


def test_two_entities_of_one_id_before(folder: Path) -> None:
    text = ENTITIES.replace("town: {", "town: {replaces: [mayor, gone], ").replace(
        "report: {", "report: {replaces: [gone], "
    )
    write(folder, "seeds/entities/all.yaml", text)
    found = [(d.code, d.message) for d in check(folder).diagnostics if d.severity.name == "ERROR"]
    assert found == [
        ("replaced-entity", "`mayor`, which `town` replaces, is an entity itself"),
        ("replaced-entity", "`gone` is replaced twice, by `report` and by `town`"),
    ]


def test_the_command_shows_the_plan_and_writes_all_or_nothing(folder: Path) -> None:
    before = read(folder)
    plan = run_kg("rename", "bridge", "x", "--dry-run", folder=folder)
    assert (plan.code, plan.err, read(folder)) == (0, "", before)
    assert plan.out == (
        "bridge is now x\nchanges: seeds/claims/bridge.yaml\nchanges: seeds/entities/all.yaml\n"
        "changes: ontology/questions/long.rq\n"
        "look at: ontology/questions/long.rq:6 and 1 more has `bridge` and stays as it is: does it mean this entity?\n"
    )
    done = run_kg("rename", "bridge", "x", folder=folder)
    assert (done.code, done.err) == (0, "")
    assert done.out == plan.out + "next: kg test, then kg build\n"
    assert read(folder) != before
    again = run_kg("rename", "bridge", "y", folder=folder)
    assert (again.code, again.out, again.err) == (2, "", "kg: no entity `bridge`: it is `x` now\n")
