"""The terminal: whatever is not ours is made visible, in every command for people; data stays as it is."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from terminal import Finished, run_kg

from kg.starter import init_project
from kg.text.diagnostic import make_lines_visible, make_visible

EVIL = "\x1b[2J\u202egone\u2066\x9b1m\x07\U000e0041"  # clears, turns around, rings
YAML = '"{} \\e[2J\\u202egone\\u2066\\x9b1m\\a\\U000e0041"'
SHOWN = "␛[2J�gone��1m␇�"
HARMFUL = ("\x1b", "\x9b", "\x07", "\u202e", "\u2066", "\U000e0041", "\r")


@pytest.fixture(scope="module")
def evil(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose labels, values, notes, questions and file names would move the cursor."""
    folder = tmp_path_factory.mktemp("evil") / "story"
    init_project(folder, title="A story", base="https://story.example/")
    entities = folder / "seeds/entities/rivertown.yaml"
    text = entities.read_text(encoding="utf-8")
    for label in ("the new bridge", "the mayor of Rivertown"):
        text = text.replace(label, YAML.format(label))
    entities.write_text(text, encoding="utf-8")
    ontology = folder / "ontology/story.ttl"
    with ontology.open("a", encoding="utf-8") as file:
        file.write(
            'r:says a owl:DatatypeProperty ; rdfs:label "says\\u001B[2J"@en ; rdfs:comment "A word."@en ; '
            "rdfs:domain k:Bridge ; rdfs:range xsd:string .\n"
        )
    claims = folder / "seeds/claims/bridge.yaml"
    text = claims.read_text(encoding="utf-8")
    line = next(line for line in text.split("\n") if "p: length" in line)
    more = f"    motto: {{s: bridge, p: says, o: {YAML.format('well')}, note: {YAML.format('note')}}}"
    claims.write_text(text.replace(line, f"{line}\n{more}"), encoding="utf-8")
    question = folder / "ontology/questions/motto.rq"
    words = YAML.format("What").replace("\\", "\\\\").replace("\\\\", "\\")
    question.write_text(f"#' question: {{en: {words}}}\nSELECT ?o {{ e:bridge skos:prefLabel ?o }}\n", encoding="utf-8")
    (folder / "ontology/questions/motto.csv").write_text(f"o\n\"'other {EVIL}'\"\n", encoding="utf-8", newline="")
    return folder


@pytest.mark.parametrize(
    "command",
    [
        "show", "show bridge", "show mayor", "why bridge", "why bridge.motto", "disputes",
        "coverage", "coverage bridge", "query motto", "query --list", "test", "test motto", "check -v",
    ],
)  # fmt: skip
def test_no_command_for_people_moves_the_cursor(evil: Path, command: str) -> None:
    done = run_kg(*command.split(), folder=evil)
    text = done.out + done.err
    assert done.code in {0, 4}, text
    assert [c for c in HARMFUL if c in text] == []


@pytest.mark.parametrize("command", ["show bridge", "why bridge.motto", "query motto", "test motto", "query --list"])
def test_what_would_do_harm_is_shown(evil: Path, command: str) -> None:
    assert SHOWN in run_kg(*command.split(), folder=evil).out


@pytest.mark.parametrize("form", ["csv", "tsv", "json"])
def test_data_stays_as_it_is(evil: Path, form: str) -> None:
    out = run_kg("query", "motto", "--format", form, folder=evil).out
    assert "\u202egone\u2066" in out
    assert "␛" not in out


def test_columns_of_a_table_stay_aligned(evil: Path) -> None:
    done = run_kg("query", "-e", "SELECT ?o ?s { ?s skos:prefLabel ?o FILTER(?s = e:bridge) }", folder=evil)
    label = f"the new bridge {SHOWN}"
    lines = ["o" + " " * (len(label) - 1) + "  s", "─" * len(label) + "  " + "─" * 8, f"{label}  e:bridge"]
    assert done.out.split("\n")[:3] == lines


@pytest.mark.skipif(sys.platform == "win32", reason="names of files of POSIX")
def test_names_of_files_and_words_of_messages(tmp_path: Path) -> None:
    folder = tmp_path / "story"
    init_project(folder, title="A story", base="https://story.example/")
    claims = folder / "seeds/claims/a\x1b[2J\u202e.yaml"
    claims.write_text('kg: claims/1\nsource: "b\\e[2Jx"\nclaims: {}\n', encoding="utf-8")
    for form in ("text", "github"):
        done = run_kg("check", "--format", form, folder=folder)
        assert done.code == 1
        assert [c for c in HARMFUL if c in done.out + done.err] == []
        assert "a␛[2J�.yaml" in done.out + done.err
        assert "b␛[2Jx" in done.out + done.err
    assert run_kg("show", "x\x1b[2Jy", folder=tmp_path) == Finished(
        code=3, out="", err="kg: no project here: no folder above holds seeds/dataset.yaml (`kg init` makes one)\n"
    )
    claims.unlink()
    for words in (("show", "x\x1b[2Jy"), ("query", "x\x1b[2Jy"), ("map", "x\x1b[2Jy", "-o", "z")):
        done = run_kg(*words, folder=folder)
        assert (done.code in {2, 3}, "\x1b" in done.err, "x␛[2Jy" in done.err) == (True, False, True), words


def test_lines_keep_their_ends() -> None:
    assert make_lines_visible("a\x1b\nb\r\n") == "a␛\nb␍\n"
    assert make_visible("a\nb\u2028c") == "a␊b�c"
    assert make_visible("雷军 é \u200d") == "雷军 é \u200d"
