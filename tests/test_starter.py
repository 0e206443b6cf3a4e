"""`kg init`: a new project that checks, builds and tests, and nothing of the user's overwritten."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from terminal import ROOT, Finished, run_kg

from kg.diagnostic import KgError, Severity, UsageError
from kg.pipeline import assert_project, check_project
from kg.project import Project, find_project
from kg.question import test_question
from kg.reading.questions import read_questions
from kg.starter import SHARED, init_project
from kg.store import Store

BASE = "https://town.example/"
FILES = [
    ".gitignore",
    "ontology/model.ttl",
    "ontology/questions/promises.csv",
    "ontology/questions/promises.rq",
    "ontology/shapes.ttl",
    "ontology/story.ttl",
    "ontology/units.ttl",
    "seeds/claims/bridge.yaml",
    "seeds/dataset.yaml",
    "seeds/entities/rivertown.yaml",
    "seeds/sources/bridge.yaml",
    "texts/bridge.txt",
]


def files_of(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_the_command_makes_a_project_that_checks_builds_and_tests(tmp_path: Path) -> None:
    made = run_kg("init", "town", "--title", "A town", "--base", BASE, folder=tmp_path)
    written = "".join(f"written: {name}\n" for name in FILES)
    assert made == Finished(code=0, out=f"{written}next: cd town && kg build\n", err="")
    town = tmp_path / "town"
    assert files_of(town) == FILES
    assert run_kg("check", "--texts", "texts", "--strict", folder=town).err == "kg: 0 errors, 0 warnings, 0 notes\n"
    assert run_kg("evidence", "verify", "--texts", "texts", folder=town).code == 0
    assert run_kg("coverage", "--fail-under", "100", folder=town).code == 0
    built = run_kg("build", "--strict", folder=town)
    assert (built.code, built.err.splitlines()[-1]) == (0, "kg: 0 errors, 0 warnings, 1 note")
    assert run_kg("test", folder=town).code == 0
    assert f"@prefix e: <{BASE}entity/> ." in (town / "exports/graph.ttl").read_text(encoding="utf-8")


def test_what_it_makes_is_the_same_every_time(tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert init_project(tmp_path / name, title="A town", base=BASE) == FILES
    for name in FILES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_the_model_units_and_shapes_are_those_of_the_repository(tmp_path: Path) -> None:
    init_project(tmp_path / "town", title="A town", base=BASE)
    packed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    included = packed["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert included == {f"ontology/{name}": f"kg/starter/{name}" for name in SHARED}
    for name in SHARED:
        assert (tmp_path / "town/ontology" / name).read_bytes() == (ROOT / "ontology" / name).read_bytes()


def test_no_placeholder_is_left(tmp_path: Path) -> None:
    for name in init_project(tmp_path / "town", title="A town", base=BASE):
        if name.removeprefix("ontology/") not in SHARED:
            text = (tmp_path / "town" / name).read_text(encoding="utf-8")
            assert re.findall(r"@\w+@", text) == [], name


@pytest.mark.parametrize(
    "title",
    [
        'He said "no", it\'s: # all {of} [it] \\ back',
        "雷军与小米",
        "@BASE@ and @p1s1@",
        "- a list?",
        "yes",
        "12: 30",
        "no\u00a0break",
    ],
)
def test_a_title_stays_as_it_was_given(title: str, tmp_path: Path) -> None:
    init_project(tmp_path / "town", title=title, base=BASE)
    checked = check_project(Project(tmp_path / "town"), tmp_path / "town/texts")
    assert checked.diagnostics == ()
    assert [text.text for text in checked.seeds.dataset.title] == [title]


@pytest.mark.parametrize("title", ["", "  ", "two\nlines", "a bell \u0007", "half a pair \udcff"])
def test_a_title_that_is_no_line_of_text_is_refused(title: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"^the title should be one line of text$"):
        init_project(tmp_path / "town", title=title, base=BASE)
    assert not (tmp_path / "town").exists()


@pytest.mark.parametrize(
    ("base", "reason"),
    [
        ("foo", "an IRI begins with a scheme such as `https:`"),
        ("https://town.example", "it does not end with `/`"),
        ("https://town.example/a b/", "an IRI cannot hold a space"),
        ("https://town.example/<x>/", "an IRI cannot hold `<`"),
    ],
)
def test_a_base_that_is_none_is_refused(base: str, reason: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        init_project(tmp_path / "town", title="A town", base=base)
    assert str(caught.value) == f"`{base}` cannot be a base: {reason}"
    done = run_kg("init", "town", "--base", base, folder=tmp_path)
    assert done == Finished(code=2, out="", err=f"kg: `{base}` cannot be a base: {reason}\n")
    assert not (tmp_path / "town").exists()


@pytest.mark.parametrize("base", ["https://town.example/a/b/", "http://town.example:8080/", "https://小米.example/"])
def test_every_base_builds_a_graph_of_its_own(base: str, tmp_path: Path) -> None:
    init_project(tmp_path / "town", title="A town", base=base)
    checked = check_project(find_project(tmp_path / "town/seeds"))
    assert {d.severity for d in checked.diagnostics} == {Severity.NOTE}
    quads = [assertion.quad for assertion in assert_project(checked)]
    assert any(str(quad.subject) == f"<{base}claim/bridge.opening>" for quad in quads)
    questions, problems = read_questions(checked.project)
    assert problems == ()
    store = Store(quads, checked.seeds.dataset.prefixes)
    assert [test_question(question, store).outcome for question in questions] == ["passed"]


def test_a_project_is_not_overwritten(tmp_path: Path) -> None:
    town = tmp_path / "town"
    init_project(town, title="A town", base=BASE)
    (town / "seeds/claims/bridge.yaml").write_text("mine", encoding="utf-8")
    before = {name: (town / name).read_bytes() for name in files_of(town)}
    done = run_kg("init", "town", folder=tmp_path)
    assert done == Finished(code=2, out="", err="kg: town holds a project already\n")
    assert {name: (town / name).read_bytes() for name in files_of(town)} == before


def test_files_that_were_there_stay(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("mine\n", encoding="utf-8")
    (tmp_path / "README.md").write_text("mine\n", encoding="utf-8")
    written = init_project(tmp_path, title="A town", base=BASE)
    assert written == [name for name in FILES if name != ".gitignore"]
    assert (tmp_path / ".gitignore").read_text(encoding="utf-8") == "mine\n"
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == "mine\n"


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(KgError, match=r"^cannot write "):
        init_project(tmp_path / "file/town", title="A town", base=BASE)
    done = run_kg("init", "file", folder=tmp_path)
    assert (done.code, done.out) == (2, "")


def test_a_folder_with_a_space_can_be_pasted(tmp_path: Path) -> None:
    done = run_kg("init", "my town", folder=tmp_path)
    assert done.out.splitlines()[-1] == "next: cd 'my town' && kg build"
