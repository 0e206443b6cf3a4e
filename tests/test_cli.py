"""The command line as its users meet it: what is printed where, and the exit code."""

from __future__ import annotations

import json
import os
import re
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
from terminal import PROGRAM, ROOT, Finished, environment, run_kg

import kg
from kg.cli import COMMANDS
from kg.starter import init_project

posix = pytest.mark.skipif(sys.platform == "win32", reason="pipes, signals and permissions of POSIX")


@pytest.fixture
def story(tmp_path: Path) -> Path:
    """A new project as `kg init` makes it: one source, three entities, two claims, one question."""
    init_project(tmp_path / "story", title="A story", base="https://story.example/")
    return tmp_path / "story"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that was built; tests only read it."""
    folder = tmp_path_factory.mktemp("built") / "story"
    init_project(folder, title="A story", base="https://story.example/")
    assert run_kg("build", folder=folder).code == 0
    return folder


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def misspell(story: Path) -> None:
    change(story / "seeds/claims/bridge.yaml", "s: bridge, p: length", "s: brigde, p: length")


MISSPELT = """\
error[unknown-entity]: no entity `brigde`
  --> seeds/claims/bridge.yaml:8:17
   |
 8 |     length: {s: brigde, p: length, o: 120 m}
   |                 ^^^^^^
   = hint: did you mean `bridge`?

"""


# -- help -------------------------------------------------------------------------------------------


def test_help_loads_no_library_but_click() -> None:
    code = "import sys; from kg.cli import kg\nprint(kg.main(['--help'], standalone_mode=False), *sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, check=True)
    exit_code, *modules = done.stdout.decode("utf-8").splitlines()[-1].split()
    assert exit_code == "0"
    packages = {module.partition(".")[0] for module in modules}
    heavy = {"yaml", "pyoxigraph", "rdflib", "networkx", "numpy", "pyvis", "pyshacl", "jinja2", "duckdb", "IPython"}
    assert "click" in packages
    assert heavy & packages == set()
    assert {module for module in modules if module.startswith("kg.")} == {
        "kg.cli",
        "kg.cli.memory",
        "kg.system",
        "kg.text",
        "kg.text.codes",
        "kg.text.diagnostic",
        "kg.system.memory",
        "kg.system.options",
        "kg.text.secret",
    }


def test_help_lists_every_command_with_its_line(tmp_path: Path) -> None:
    done = run_kg("--help", folder=tmp_path, COLUMNS="120")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("Usage: kg [OPTIONS] COMMAND [ARGS]...\n")
    for name, (_, line) in COMMANDS.items():
        assert f"  {name:<8}  {line}\n" in done.out


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_tells_its_use(name: str, tmp_path: Path) -> None:
    done = run_kg(name, "--help", folder=tmp_path)
    assert done.code == 0
    assert done.out.startswith(f"Usage: kg {name} ")
    assert done.err == ""


def test_version(tmp_path: Path) -> None:
    done = run_kg("--version", folder=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("kg, version ")


# -- wrong use ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        [], ["nosuch"], ["--nosuch"], ["check", "--nosuch"], ["check", "--format", "xml"], ["check", "surplus"],
        ["why"], ["coverage", "--fail-under", "101"], ["evidence"], ["evidence", "outline"], ["export"],
        ["export", "rdf"], ["init"],
    ],
)  # fmt: skip
def test_what_the_command_line_does_not_know_leaves_with_2(arguments: list[str], tmp_path: Path) -> None:
    done = run_kg(*arguments, folder=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("Usage: kg ")
    if arguments in ([], ["evidence"]):  # these show their help
        assert "\n\nCommands:\n  " in done.err.replace("\r", "")
    else:
        assert "Error: " in done.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["query"], "Error: give one of: NAME, --file F, -e TEXT, --list"),
        (["query", "promises", "-e", "ASK {}"], "Error: give one of: NAME, --file F, -e TEXT, --list"),
        (["query", "promise"], "kg: no question `promise`: did you mean `promises`?"),
        (["query", "SELECT * { ?s ?p ?o }"],
         "Error: a question of the project is given by its name, a query with -e, a file with --file"),
        (["query", "promises", "-p", "x"], "Error: `x` is no parameter: write -p name=value"),
        (["query", "promises", "-p", "x=1"], "kg: the question `promises` has no parameter `x`: it takes none"),
        (["query", "-e", "ASK {}", "-p", "x=<a b>"], "kg: `<a b>` is no IRI: an IRI cannot hold a space"),
        (["query", "-e", "ASK {}", "--format", "ttl"],
         "kg: SELECT and ASK give rows: ask for table, csv, tsv, json or xml, not ttl"),
        (["query", "-e", "DESCRIBE e:bridge", "--format", "csv"],
         "kg: CONSTRUCT and DESCRIBE give triples: ask for ttl or nt, not csv"),
        (["test", "nosuch"], "kg: no question `nosuch`: the questions are promises"),
        (["show", "brigde"], "kg: no entity `brigde`: did you mean `bridge`?"),
        (["show", "zzz"], "kg: no entity `zzz`: `kg show` lists all entities"),
        (["check", "-C", "."], "Error: No such option '-C'. It stands before the command: kg -C DIR check"),
        (["evidence", "add", "--project=x", "y"],
         "Error: No such option '--project'. It stands before the command: kg --project DIR evidence add"),
        (["show", "c:bridge.length"], "kg: no entity `c:bridge.length`: it is a claim: `kg why bridge.length`"),
        (["show", "r:opens"], "kg: no entity `r:opens`: it is a property: `kg why _ opens _`"),
        (["show", "Bridge"], "kg: no entity `Bridge`: it is a class: `kg show` lists its entities"),
        (["why", "bridge.p1s1"],
         "kg: no entity and no claim `bridge.p1s1`: it is a sentence: `kg show bridge` has what it says"),
        (["why", "bridge", "length"], "Error: give an entity, a claim, or the three terms of a triple"),
        (["query", "-e", "SELECT ?x {}", "-p", "x=2031-13-45"], "kg: the parameter `x`: `2031-13-45` is no xsd:date"),
        (["why", "bridge.lenght"], "kg: no entity and no claim `bridge.lenght`: did you mean `bridge.length`?"),
        (["why", "bridge", "length", "99"],
         "kg: no claim says `bridge length 99`: `kg show bridge` shows what is said of it"),
        (["why", "bridge", "lenght", "_"],
         "kg: no claim says `bridge lenght _`: no property `lenght`: did you mean `length`?"),
        (["why", "brigde", "length", "_"], "kg: no claim says `brigde length _`: did you mean `bridge`?"),
        (["coverage", "brigde"], "kg: no source `brigde`: did you mean `bridge`?"),
        (["evidence", "verify"], "kg: give the folder of the texts with `--texts DIR`"),
        (["evidence", "outline", "bridge"], "kg: give the folder of the texts with `--texts DIR`"),
        (["evidence", "skeleton", "zzz", "--texts", "texts"], "kg: no source `zzz`: the sources are bridge"),
        (["evidence", "rebase", "bridge", "--texts", "seeds"], "kg: bridge.txt is not in the folder of texts"),
        (["query", "--list", "--format", "csv"],
         "Error: --list stands alone: all other options are for a query"),
        (["query", "-e", "ASK {}", "--most-bytes", "3"], "Error: --graph and --most-bytes go with --endpoint"),
        (["export", "csv", "--as-of", "2020"],
         "Error: --as-of chooses what the graph itself states: csv holds the claims of all times"),
        (["serve", "--memory", "--texts", "texts"],
         "Error: --texts is for the graph of a project, not of --memory or --store"),
        (["serve", "--allow", "sparql"], "kg: `sparql` is no address of a server: http:// or https://, with a host"),
        (["serve", "--allow-host", "kg.example:80"],
         "kg: --allow-host: `kg.example:80` is no name of a host: without http:// and port, such as `graph.example`"),
        (["serve", "--cors", "https://Page.example:443/"],
         "kg: --cors: `https://Page.example:443/` is no origin, as browsers send it: did you mean `https://page.example`?"),
        (["serve", "--cors", "page.example"],
         "kg: --cors: `page.example` is no origin, as browsers send it: such as `https://page.example`, or `*`"),
        (["export", "turtle", "--around", "bridge"],
         "Error: --around, --source and --question choose a part of html or svg, not of turtle"),
        (["export", "svg", "--around", "bridge", "--source", "bridge"],
         "Error: give one of --around, --source, --question"),
        (["export", "svg", "--around", "brigde"], "kg: no entity `brigde`: did you mean `bridge`?"),
        (["export", "svg", "--source", "zzz"], "kg: no source `zzz`: the sources are bridge"),
        (["export", "svg", "--depth", "2"], "Error: --depth goes with --around"),
        (["export", "html", "--lang", "zh"], "Error: --lang is for svg: html holds all languages"),
        (["export", "svg", "--depth", "x"], "Error: Invalid value for '--depth': 'x' is not a valid whole number."),
        (["query", "-e", "ASK {}", "--timeout", "x"],
         "Error: Invalid value for '--timeout': 'x' is not a valid number."),
        (["chek"], "Error: No such command 'chek': did you mean `check`?"),
        (["export", "svg", "--question", "promise"], "kg: no question `promise`: did you mean `promises`?"),
        (["explain", "unknown-entty"], "kg: no code `unknown-entty`: did you mean `unknown-entity`?"),
        (["explain", "zzz"], "kg: no code `zzz`: `kg explain` lists all codes"),
    ],
)  # fmt: skip
def test_what_the_project_does_not_know_leaves_with_2(arguments: list[str], message: str, built: Path) -> None:
    done = run_kg(*arguments, folder=built)
    assert (done.code, done.out) == (2, "")
    assert done.err.splitlines()[-1] == message


# -- the environment fails ------------------------------------------------------------------------------


def test_outside_of_a_project_nothing_is_checked(tmp_path: Path) -> None:
    done = run_kg("check", folder=tmp_path)
    assert (done.code, done.out) == (3, "")
    assert done.err == "kg: no project here: no folder above holds seeds/dataset.yaml (`kg init` makes one)\n"


def test_the_project_is_found_from_inside_and_from_outside(built: Path) -> None:
    inside = run_kg("check", folder=built / "seeds/claims")
    outside = run_kg("--project", "story", "check", folder=built.parent)
    short = run_kg("-C", "story/ontology", "check", folder=built.parent)
    assert inside == outside == short == Finished(code=0, out="", err="kg: 0 errors, 0 warnings, 1 note\n")


def test_a_folder_that_is_not_there(built: Path) -> None:
    assert run_kg("-C", "nosuch", "check", folder=built) == Finished(code=3, out="", err="kg: no folder nosuch\n")
    texts = run_kg("check", "--texts", "nosuch", folder=built)
    assert texts == Finished(code=3, out="", err="kg: no folder of texts nosuch\n")
    (built / "half/seeds").mkdir(parents=True, exist_ok=True)
    (built / "half/seeds/dataset.yaml").write_text("kg: dataset/1\n", encoding="utf-8")
    half = run_kg("check", folder=built / "half")
    assert half == Finished(code=3, out="", err="kg: the project lacks the folder ontology/\n")


def test_files_that_cannot_be_read_or_written(built: Path) -> None:
    done = run_kg("query", "--file", "nosuch.rq", folder=built)
    assert done == Finished(code=3, out="", err="kg: cannot read nosuch.rq: No such file or directory\n")
    (built / "latin.rq").write_bytes(b"ASK { ?s ?p 'caf\xe9' }")
    done = run_kg("query", "--file", "latin.rq", folder=built)
    assert done == Finished(code=3, out="", err="kg: latin.rq is not UTF-8 (byte 16)\n")
    done = run_kg("export", "csv", "-o", "nosuch/claims.csv", folder=built)
    assert done == Finished(code=3, out="", err="kg: cannot write nosuch/claims.csv: no folder nosuch\n")


@posix
def test_exports_that_cannot_be_written_are_left_as_they_were(story: Path) -> None:
    (story / "exports").write_text("in the way", encoding="utf-8")
    done = run_kg("build", folder=story)
    assert done.code == 3
    assert done.err.splitlines()[-1].startswith("kg: cannot write exports/: ")
    assert (story / "exports").read_text(encoding="utf-8") == "in the way"


@posix
def test_two_builds_at_once(story: Path) -> None:
    import fcntl

    (story / ".kg").mkdir()
    with (story / ".kg/lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = run_kg("build", folder=story)
    assert done == Finished(code=3, out="", err="kg: another build of this project is running: wait until it is done\n")
    assert not (story / "exports").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_full_disk_gives_one_line(built: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([*PROGRAM, "show"], cwd=built, env=environment(), stdout=full, stderr=subprocess.PIPE,
                              check=False)  # fmt: skip
    assert (done.returncode, done.stderr) == (3, b"kg: No space left on device\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("bound", ["unlimited", "4000000"])
@pytest.mark.parametrize(
    ("words", "to", "code"),
    [
        ("check", "&-", 0), ("nonsense", "&-", 2), ("check -C nowhere", "&-", 2),
        ("check", "/dev/full", 3), ("nonsense", "/dev/full", 2), ("-C nowhere check", "/dev/full", 3),
    ],
)  # fmt: skip
def test_the_exit_code_is_the_same_where_nothing_can_be_told(
    built: Path, bound: str, words: str, to: str, code: int
) -> None:
    """Standard error is closed, or its disk is full. A check that cannot tell what it found has failed (3)."""
    script = f'ulimit -v {bound}; exec "$@" {words} 2>{to}'
    done = subprocess.run(["sh", "-c", script, "sh", *PROGRAM], cwd=built, env=environment(), capture_output=True,
                          check=False)  # fmt: skip
    assert (done.returncode, done.stdout) == (code, b"")


# -- check ------------------------------------------------------------------------------------------------


def test_check_shows_a_mistake_at_its_place(story: Path) -> None:
    misspell(story)
    done = run_kg("check", folder=story)
    assert done == Finished(code=1, out="", err=MISSPELT + "kg: 1 error, 0 warnings, 1 note in 1 file\n")


def test_check_as_json(story: Path) -> None:
    misspell(story)
    done = run_kg("check", "--format", "json", folder=story)
    assert (done.code, done.err) == (1, "kg: 1 error, 0 warnings, 1 note in 1 file\n")
    assert json.loads(done.out) == [
        {
            "code": "unknown-entity", "severity": "error", "file": "seeds/claims/bridge.yaml", "line": 8, "column": 17,
            "endLine": 8, "endColumn": 23, "message": "no entity `brigde`", "hint": "did you mean `bridge`?",
            "accepted": None, "related": [],
        }
    ]  # fmt: skip


def test_check_as_github_annotations(story: Path) -> None:
    misspell(story)
    done = run_kg("check", "--format", "github", folder=story)
    assert done.code == 1
    assert done.out == (
        "::error file=seeds/claims/bridge.yaml,line=8,col=17,endColumn=23,title=unknown-entity"
        "::no entity `brigde`%0Ahint: did you mean `bridge`?\n"
    )


def test_check_shows_notes_when_asked(built: Path) -> None:
    done = run_kg("check", "-v", folder=built)
    assert done.code == 0
    assert (
        done.err
        == """\
note[unverified]: the evidence from `bridge` is unverified: no folder of texts was given
  --> seeds/sources/bridge.yaml:1:1
   |
 1 | kg: source/1
   | ^^
   = hint: give the folder of the texts with `--texts`

kg: 0 errors, 0 warnings, 1 note
"""
    )
    assert run_kg("check", "--verbose", "--texts", "texts", folder=built).err == "kg: 0 errors, 0 warnings, 0 notes\n"
    assert run_kg("check", folder=built, KG_TEXTS="texts").err == "kg: 0 errors, 0 warnings, 0 notes\n"


def test_strict_takes_warnings_for_errors(story: Path) -> None:
    change(story / "seeds/entities/rivertown.yaml", "  mayor:", "  idle: {is: Person, label: nobody}\n  mayor:")
    assert run_kg("check", folder=story).code == 0
    strict = run_kg("check", "--strict", folder=story)
    assert strict.code == 4
    assert strict.err.endswith("kg: 0 errors, 1 warning, 1 note in 1 file\n")
    build = run_kg("build", "--strict", folder=story)
    assert build.code == 4
    assert "written     nothing: the exports are as they were\n" in build.out
    assert not (story / "exports").exists()


# -- build and export -----------------------------------------------------------------------------------


def test_build_says_what_it_did(built: Path) -> None:
    done = run_kg("build", "--texts", "texts", folder=built)
    assert done.code == 0
    facts = dict(line.split(maxsplit=1) for line in done.out.splitlines())
    assert facts["entities"] == "3"
    assert facts["claims"] == "2: 1 fact, 1 promise"
    assert facts["sources"] == "1, all verified"
    assert facts["coverage"] == "100 % of 3 sentences; 2 of 2 figures"
    assert facts["graph"] == "sha256 " + json.loads((built / "exports/manifest.json").read_text())["graph"]["sha256"]
    written = facts["written"].removeprefix("exports/: ").split(", ")
    assert sorted(written) == sorted(path.name for path in (built / "exports").iterdir())
    assert done.err.splitlines()[-1] == "kg: 0 errors, 0 warnings, 0 notes"


def test_a_build_with_errors_writes_nothing(story: Path) -> None:
    misspell(story)
    done = run_kg("build", folder=story)
    assert done.code == 1
    assert MISSPELT in done.err
    assert "written     nothing: the exports are as they were\n" in done.out
    assert not (story / "exports").exists()


@pytest.mark.parametrize(
    ("form", "file"),
    [("turtle", "graph.ttl"), ("trig", "graph.trig"), ("nquads", "graph.nq"), ("jsonld", "graph.jsonld"),
     ("jsonld-dataset", "graph.dataset.jsonld"), ("context", "context.jsonld"), ("csv", "claims.csv")],
)  # fmt: skip
def test_export_writes_what_build_writes(form: str, file: str, built: Path, tmp_path: Path) -> None:
    expected = (built / "exports" / file).read_text(encoding="utf-8")
    assert run_kg("export", form, folder=built) == Finished(code=0, out=expected, err="")
    target = tmp_path / "out"
    assert run_kg("export", form, "-o", str(target), folder=built) == Finished(code=0, out="", err="")
    assert target.read_bytes() == (built / "exports" / file).read_bytes()


def test_export_draws_a_part(built: Path) -> None:
    whole = run_kg("export", "svg", folder=ROOT).out
    part = run_kg("export", "svg", "--around", "su7", "--depth", "1", folder=ROOT).out
    for drawn in (whole, part):
        assert ElementTree.fromstring(drawn).tag == "{http://www.w3.org/2000/svg}svg"
        assert "Xiaomi SU7" in drawn
    assert ">Mi Fans<" in whole
    assert ">Mi Fans<" not in part
    page = run_kg("export", "html", folder=built).out
    assert page.casefold().startswith("<!doctype html>")
    sentence = (built / "texts/bridge.txt").read_text(encoding="utf-8").splitlines()[-1].partition(". ")[0]
    assert sentence not in page
    assert sentence not in run_kg("export", "html", folder=built, KG_TEXTS="texts").out


@pytest.mark.parametrize(
    "arguments",
    [["export", "csv"], ["query", "promises"], ["test"], ["show"], ["why", "mayor"], ["disputes"], ["coverage"]],
)
def test_what_asks_the_graph_wants_it_without_errors(arguments: list[str], story: Path) -> None:
    misspell(story)
    done = run_kg(*arguments, folder=story)
    expected = MISSPELT + "kg: 1 error, 0 warnings, 1 note in 1 file: mend the errors first\n"
    assert done == Finished(code=1, out="", err=expected)


# -- query and test ---------------------------------------------------------------------------------------

SELECT = "SELECT ?who ?when { ?c kg:mode kg:Promise ; prov:wasAttributedTo ?who ; kg:when ?when }"


@pytest.mark.parametrize(
    ("arguments", "out"),
    [
        (["-e", SELECT], "who      when\n───────  ────\ne:mayor  2030\n(1 row)\n"),
        (["-e", SELECT, "--format", "csv"], "who,when\r\nhttps://story.example/entity/mayor,2030\r\n"),
        (["-e", SELECT, "--format", "tsv"], '?who\t?when\n<https://story.example/entity/mayor>\t"2030"\n'),
        (["-e", "ASK { e:bridge r:length ?x }"], "yes\n"),
        (["--expression", "ASK { e:bridge r:length 7 }", "--format", "table"], "no\n"),
        (["-e", "SELECT ?o { ?s r:length ?o }", "-p", "s=e:bridge"], "o\n───\n120\n(1 row)\n"),
        (["-e", "SELECT ?o { ?s ?p ?o FILTER(?o > 120) }", "--param", "s=e:bridge"], "o\n─\n(0 rows)\n"),
        (["-e", "CONSTRUCT { ?s r:length ?o } { ?s r:length ?o }", "--format", "nt"],
         "<https://story.example/entity/bridge> <https://story.example/relation/length> "
         '"120"^^<http://www.w3.org/2001/XMLSchema#decimal> .\n'),
        (["--list"], "promises  Who promised what, and by when?\n"),
        (["promises", "--format", "csv"],
         "who,what,property,value,when\r\nhttps://story.example/entity/mayor,https://story.example/entity/bridge,"
         "https://story.example/relation/opens,2030,2030\r\n"),
    ],
)  # fmt: skip
def test_query(arguments: list[str], out: str, built: Path) -> None:
    assert run_kg("query", *arguments, folder=built) == Finished(code=0, out=out, err="")


def test_query_in_the_formats_of_machines(built: Path) -> None:
    answer = json.loads(run_kg("query", "-e", SELECT, "--format", "json", folder=built).out)
    assert answer["results"]["bindings"] == [
        {
            "who": {"type": "uri", "value": "https://story.example/entity/mayor"},
            "when": {"type": "literal", "value": "2030"},
        }
    ]
    assert "<literal>2030</literal>" in run_kg("query", "-e", SELECT, "--format", "xml", folder=built).out
    described = run_kg("query", "-e", "DESCRIBE e:mayor", folder=built).out
    assert described.endswith('\ne:mayor a schema:Person ; skos:prefLabel "the mayor of Rivertown"@en .\n')
    (built / "who.rq").write_text(SELECT, encoding="utf-8")
    assert run_kg("query", "--file", "who.rq", folder=built).out.endswith("(1 row)\n")


def test_things_are_named_by_their_iris_too(built: Path) -> None:
    """As the answers of `kg query` name them."""
    base = "https://story.example/"
    for command, short, kind in (
        ("show", "bridge", "entity"), ("show", "s:bridge", "source"), ("why", "mayor", "entity"),
        ("why", "bridge.length", "claim"),
    ):  # fmt: skip
        wanted = run_kg(command, short, folder=built)
        iri = f"{base}{kind}/{short.removeprefix('s:')}"
        assert wanted.code == 0
        assert run_kg(command, iri, folder=built) == run_kg(command, f"<{iri}>", folder=built) == wanted


def test_a_variable_without_a_value_is_told_beside_the_answer(built: Path) -> None:
    query = "SELECT ?s { ?s a schema:Person FILTER(?n = ?x) }"
    done = run_kg("query", "-e", query, "-p", "x=1", folder=built)
    assert (done.code, done.out) == (0, "s\n─\n(0 rows)\n")
    assert done.err.startswith("warning[unbound-variable]: `?n` has no value: nothing binds it\n  --> -e:1:39\n")
    graph = kg.open_project(built)
    assert [d.mark.excerpt for d in graph.check_query(query, ["x"])] == ["?n"]
    assert [d.mark.excerpt for d in graph.check_query(query)] == ["?n", "?x"]


def test_python_tells_why_an_answer_holds_nothing(built: Path) -> None:
    graph, query = kg.open_project(built), "SELECT ?x { ?s r:length ?x ; rdfs:label ?name }"
    name = {"name": ox.Literal('a "b"', language="en")}
    [told] = graph.explain_nothing(query, graph.query(query, name), name)
    assert (told.code, told.mark.column) == ("unmatched-pattern", query.index("rdfs:label") + 1)
    assert told.hint == "`'a \"b\"'@en` is the object of no triple"
    assert graph.explain_nothing("ASK { ?s ?p ?o }", graph.query("ASK { ?s ?p ?o }")) == ()


@pytest.mark.parametrize(
    ("computed", "hint"),
    [
        ("GROUP_CONCAT(?s; separator=' ')", "GROUP_CONCAT takes texts: `GROUP_CONCAT(STR(...))` for IRIs and numbers"),
        ("SUM(?name)", "SUM takes numbers, and one other value makes no sum"),
        ("1 / 0", None),
        ("COUNT(?s)", ""),
        ("GROUP_CONCAT(STR(?s))", ""),
    ],
)
def test_what_is_computed_and_has_no_value_is_told(computed: str, hint: str | None, built: Path) -> None:
    query = f"SELECT ({computed} AS ?x) {{ ?s skos:prefLabel ?name }}"
    done = run_kg("query", "-e", query, folder=built)
    at = query.index("?x") + 1
    told = (
        "warning[unbound-variable]: `?x` has no value in any row: what it computes is an error, or there is nothing\n"
    )
    assert done.code == 0 and done.err.startswith(f"{told}  --> -e:1:{at}\n" if hint != "" else "")
    assert (f"hint: {hint}\n" in done.err) if hint else ("hint" not in done.err)


@pytest.mark.parametrize(
    ("pattern", "literal", "hint"),
    [
        ("?s r:length '120'", "'120'", "there is `'120'^^xsd:decimal`"),
        ("?s r:length 120", "120", "there is `'120'^^xsd:decimal`"),
        ("?s skos:prefLabel 'the mayor of Rivertown'", "'the mayor of Rivertown'",
         "there is `'the mayor of Rivertown'@en`"),
        ("?s skos:prefLabel 'the mayor of Rivertown'@de ; ?p ?o", "'the mayor of Rivertown'@de",
         "there is `'the mayor of Rivertown'@en`"),
        ("?c kg:notBefore '2030-01-01'^^xsd:string", "'2030-01-01'^^xsd:string", "there is `'2030-01-01'^^xsd:date`"),
        ("?c kg:notBefore ?d FILTER(?d >= '2020-01-01')", "'2020-01-01'", "write `'2020-01-01'^^xsd:date`"),
        ("?s r:length 119 OPTIONAL { ?s ?p 'x' }", "", ""),
        ("?s r:length -120", "", ""),
        ("?s r:length 120.0 ; r:opens ?o", "", ""),
        ("?c kg:notBefore ?d FILTER(STR(?d) >= '2050-01-01' || ?d > '2050-01-01'^^xsd:date)", "", ""),
        ("?s r:length 120.0 FILTER(STR(?s) = 'Rivertown')", "", ""),
        ("{ SELECT ?s { ?s r:length 7 } LIMIT 120 }", "", ""),
    ],
)  # fmt: skip
def test_literals_that_the_graph_has_otherwise_are_told(pattern: str, literal: str, hint: str, built: Path) -> None:
    query = f"ASK {{ {pattern} }}"
    done = run_kg("query", "-e", query, folder=built)
    assert (done.code, done.out) == (0, "no\n")
    if not literal:
        assert done.err == ""
        return
    assert done.err.startswith(f"warning[unknown-term]: `{literal}` ") and done.err.count("warning") == 1
    assert f" --> -e:1:{query.index(literal) + 1}\n" in done.err and f"hint: {hint}\n" in done.err


def test_a_parameter_that_the_graph_has_otherwise_is_told(built: Path) -> None:
    for value, hint in (("120", "there is `'120'^^xsd:decimal`"), ("'120'^^xsd:decimal", None), ("121", None)):
        done = run_kg("query", "-e", "ASK { ?s r:length ?x ; r:nothing ?y }", "-p", f"x={value}", folder=built)
        assert done.err.startswith("warning[unknown-term]: `r:nothing` ")  # one mistake is told once
        done = run_kg("query", "-e", "SELECT ?s { ?s r:length ?x ; r:opens ?y }", "-p", f"x={value}", folder=built)
        told = f"warning[unknown-term]: `{value}` stands nowhere in the graph\n  --> -p:1:1\n"
        if hint:
            assert done.err.startswith(told) and f"hint: {hint}\n" in done.err
        else:
            assert done.err.startswith("warning[unmatched-pattern]: ")  # `tests/test_unmatched.py`


def test_a_parameter_that_the_query_does_not_have_is_wrong_use(built: Path) -> None:
    done = run_kg("query", "-e", "ASK { ?ship ?p ?o }", "-p", "shop=e:bridge", folder=built)
    words = "the query has no variable `?shop`: did you mean `ship`?"
    assert (done.code, done.out, done.err) == (2, "", f"kg: {words}\n")
    with pytest.raises(kg.UsageError, match=f"^{re.escape(words)}$"):
        kg.open_project(built).query("ASK { ?ship ?p ?o }", {"shop": ox.Literal("x")})


def test_a_query_that_is_not_well_formed(built: Path) -> None:
    done = run_kg("query", "-e", "SELECT ?s { ?s a scheme:Person }", folder=built)
    assert (done.code, done.out) == (2, "")
    assert (
        done.err
        == """\
error[query-syntax]: no prefix `scheme:`
  --> -e:1:18
   |
 1 | SELECT ?s { ?s a scheme:Person }
   |                  ^^^^^^
   = hint: did you mean `schema`?

"""
    )
    deep = run_kg("query", "-e", "SELECT * " + "{" * 5000 + "}" * 5000, folder=built)
    assert deep.code == 2
    assert deep.err.startswith("error[query-limit]: the query nests deeper than 100 levels\n")


def test_a_named_question_that_is_not_well_formed_is_the_projects_mistake(story: Path) -> None:
    change(story / "ontology/questions/promises.rq", "kg:mode kg:Promise", "kgg:mode kg:Promise")
    assert run_kg("query", "promises", folder=story).code == 1
    done = run_kg("test", folder=story)
    assert done.code == 4
    assert done.out.startswith("✗ promises (0 rows)")


def test_test_compares_updates_and_passes(story: Path) -> None:
    passed = "✓ promises (1 row)  Who promised what, and by when?\n1 passed, 0 failed\n"
    assert run_kg("test", folder=story) == Finished(code=0, out=passed, err="")
    assert run_kg("test", "promises", folder=story) == Finished(code=0, out=passed, err="")
    change(
        story / "seeds/claims/bridge.yaml", "o: 2030, mode: promise, when: 2030", "o: 2031, mode: promise, when: 2031"
    )
    failed = run_kg("test", folder=story)
    assert failed.code == 4
    assert (
        failed.out
        == """\
✗ promises (1 row)  Who promised what, and by when?
    - e:mayor | e:bridge | r:opens | '2030'^^xsd:gYear | '2030'
    + e:mayor | e:bridge | r:opens | '2031'^^xsd:gYear | '2031'
0 passed, 1 failed
"""
    )
    updated = run_kg("test", "--update", folder=story)
    assert (updated.code, updated.out.splitlines()[-1]) == (0, "0 passed, 0 failed, 1 updated")
    assert run_kg("test", folder=story) == Finished(code=0, out=passed, err="")


def test_a_question_without_expected_rows_does_not_pass(story: Path) -> None:
    (story / "ontology/questions/promises.csv").unlink()
    done = run_kg("test", folder=story)
    assert (done.code, done.out.splitlines()[-1]) == (4, "0 passed, 0 failed, 1 untested")
    assert done.err.startswith("warning[no-expectation]: the question `promises` has no expected rows\n")


# -- show, why, disputes, coverage, explain --------------------------------------------------------------


def test_show(built: Path) -> None:
    listed = run_kg("show", folder=built)
    assert (
        listed.out
        == """\
Bridge
  bridge  the new bridge  2 claims
Person
  mayor  the mayor of Rivertown  says 1
Voice
  reporter  the author of the report  says 1
"""
    )
    by_key, by_name = run_kg("show", "bridge", folder=built), run_kg("show", "The New Bridge", folder=built)
    assert by_key == by_name
    assert (
        by_key.out
        == """\
the new bridge   (Bridge, bridge)

Facts
  • the new bridge · length · 120 m
      the author of the report — bridge.p1s1

Planned, targeted, promised, hoped for, forecast
  ◦ the new bridge · opens · 2030   (promise, 2030)
      the mayor of Rivertown — bridge.p1s2, reported
"""
    )


def test_why(built: Path) -> None:
    claim = run_kg("why", "opening", "--texts", "texts", folder=built)
    assert (
        claim.out
        == """\
bridge.opening   the new bridge · opens · 2030   (promise, 2030)
  said by    the mayor of Rivertown
  stated in  seeds/claims/bridge.yaml:10:5
  direct     no, only as a claim: its mode is promise, not fact
  evidence   bridge.p1s2, reported   (seeds/claims/bridge.yaml:10:5)
             A bridge for Rivertown, publisher unknown, 2026-05-01
             “The mayor promises to open it in 2030.”
"""
    )
    triple = run_kg("why", "e:bridge", "r:length", "120", folder=built)
    assert triple.out == run_kg("why", "_", "length", "_", folder=built).out
    iris = [f"https://story.example/{path}" for path in ("entity/bridge", "relation/length")]
    assert triple.out == run_kg("why", f"<{iris[0]}>", iris[1], "120", folder=built).out
    for other in (
        ["https://elsewhere.example/bridge", "_", "_"], ["s:bridge", "_", "_"], ["wd:bridge", "length", "_"],
        ["bridge", "schema:length", "_"], ["_", "_", "https://elsewhere.example/120"],
    ):  # fmt: skip
        nothing = run_kg("why", *other, folder=built)
        assert (nothing.code, nothing.out) == (2, "") and "no claim says" in nothing.err
    assert "  direct     yes: the graph says so itself\n" in triple.out
    assert run_kg("why", "bridge", folder=built).out.startswith(
        "the new bridge is declared in seeds/entities/rivertown.yaml:3:3\n"
    )


def test_why_of_a_quoted_text_goes_by_its_language() -> None:
    """The tag was not looked at: `'research'@de` found the English one."""
    found = run_kg("why", "_", "purpose", "'research'", folder=ROOT)
    assert found.out.startswith("paris.tour-why   Lei Jun's European tour 2024 · purpose · “research”\n")
    for written in ("'research'@en", "'research'@EN", "research"):
        assert run_kg("why", "_", "purpose", written, folder=ROOT).out == found.out
    other = run_kg("why", "_", "purpose", "'research'@de", folder=ROOT)
    assert (other.code, other.out) == (2, "") and "its text is there in `en`, and not in `de`" in other.err
    plain = run_kg("why", "_", "purpose", "'research'^^xsd:string", folder=ROOT)
    assert (plain.code, plain.out) == (2, "")
    unknown = run_kg("why", "_", "purpose", "'5'^^foo:bar", folder=ROOT)
    assert unknown.code == 2 and "no prefix is declared for the datatype `foo:bar`" in unknown.err


def test_labels_in_another_language() -> None:
    assert run_kg("show", "lei-jun", "--lang", "zh", folder=ROOT).out.startswith("Lei Jun  雷军   (Person, lei-jun)\n")
    assert "小米" in run_kg("disputes", "--lang", "zh", folder=ROOT).out
    disputes = run_kg("disputes", folder=ROOT).out
    assert "小米" not in disputes
    counted = (
        "    eqo.delivered-apr   Xiaomi SU7 · delivered · 5700 vehicle   (as of 2024-04-28 at the latest)"
        " — Chen Zhiheng\n"
    )
    assert (
        f"  delivered as of 2024-04-28 at the latest, then as of 2024-07-26 to 2024-08-11   (computed)\n{counted}"
        in disputes
    )
    assert "  declared to differ in measure\n    eqo.deliver-100k" in disputes


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("lei-jun", "the parameter `who` takes an IRI, not a text: write `-p who=e:lei-jun`"),
        ("Lei", "the parameter `who` takes an IRI, not a text: such as `e:lei-jun`"),
        ("e:lei-jum", "no entity `lei-jum`: did you mean `lei-jun`?"),
    ],
)
def test_a_parameter_that_leads_nowhere_is_no_empty_answer(value: str, message: str) -> None:
    done = run_kg("query", "said-by", "-p", f"who={value}", folder=ROOT)
    assert done == Finished(code=2, out="", err=f"kg: {message}\n")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("March", "the parameter `from` takes a date, not a text: such as `2026-01-01`"),
        ("e:bridge", "the parameter `from` takes a date, not an IRI: such as `2026-01-01`"),
        ("2030", "the parameter `from` takes a date, not a number: such as `2026-01-01`"),
        ("2026-02-30", "the parameter `from`: `2026-02-30` is no xsd:date"),
        ("'2026'^^xsd:gYeer", "the parameter `from`: `2026` is no xsd:gYeer"),
        ("'2026'^^year", "`year` is no datatype: such as `xsd:gYear`"),
    ],
)
def test_a_parameter_of_another_kind_is_no_empty_answer(value: str, message: str, story: Path) -> None:
    (story / "ontology/questions/since.rq").write_text(
        "#' question: {en: 'What was said since?'}\n#' params: {from: 2026-01-01}\n"
        "SELECT ?source { ?source dcterms:issued ?day FILTER(?day >= ?from) }\n",
        encoding="utf-8",
    )
    assert run_kg("query", "since", "-p", "from='2026-05-01'^^xsd:date", folder=story).out.endswith("\n(1 row)\n")
    done = run_kg("query", "since", "-p", f"from={value}", folder=story)
    assert done == Finished(code=2, out="", err=f"kg: {message}\n")


def test_disputes_where_there_are_none(built: Path) -> None:
    assert run_kg("disputes", folder=built) == Finished(code=0, out="Nothing is disputed.\n", err="")


def test_coverage(story: Path) -> None:
    done = run_kg("coverage", "--fail-under", "100", folder=story)
    summary = "bridge: 3 sentences, 2 claimed, 1 set aside, 0 to do; 2 of 2 figures accounted for\n  p0 ░  p1 ██\n"
    assert done == Finished(code=0, out=summary + "coverage: 100 %\n", err="")
    change(story / "seeds/claims/bridge.yaml", "when: 2030", "when: 2031")
    change(story / "seeds/claims/bridge.yaml", "o: 2030", "o: 2031")
    done = run_kg("coverage", "bridge", "--fail-under", "99.5", folder=story)
    assert (done.code, done.err) == (4, "kg: coverage of 50.0 % is under 99.5 %\n")
    assert (
        done.out
        == """\
bridge: 3 sentences, 2 claimed, 1 set aside, 0 to do; 1 of 2 figures accounted for
  p0 ░  p1 █▓
  p0s1  skipped                       the title says nothing that the text does not say
  p1s1  claimed                       length
  p1s2  claimed  figures to do: 2030  opening
coverage: 50 %
"""
    )


def test_explain(tmp_path: Path) -> None:
    done = run_kg("explain", "stray-comma", folder=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert (
        done.out
        == """\
stray-comma (error)

A key without a value inside `{...}`: a comma in a plain value splits it in two, silently.

Remedy: Write numbers without thousands separators, and put a text that holds a comma into quotes.

Wrong:
    orders: {s: su7, p: lockedOrders, o: 75,600 order}

Right:
    orders: {s: su7, p: lockedOrders, o: 75600 order}
"""
    )


# -- evidence ------------------------------------------------------------------------------------------------


def test_evidence_verify(story: Path) -> None:
    done = run_kg("evidence", "verify", "--texts", "texts", folder=story)
    assert done == Finished(code=0, out="bridge: 3 sentences, 2 claimed sentences compared\n", err="")
    change(story / "texts/bridge.txt", "120 metres", "121 metres")
    changed = run_kg("evidence", "verify", "--texts", "texts", folder=story)
    assert changed.code == 1
    assert "error[text-changed]: the text of `bridge` is not the one that was curated\n" in changed.err
    assert "error[digest-mismatch]: `12dca05b` is not the digest of `bridge.p1s1`\n" in changed.err


def test_evidence_that_cannot_be_verified_is_not_called_verified(story: Path) -> None:
    done = run_kg("evidence", "verify", "--texts", "seeds", folder=story)
    assert (done.code, done.out) == (4, "bridge: unverified, the text is not at hand\n")


def test_evidence_outline_is_written_once(story: Path) -> None:
    file = story / "seeds/sources/bridge.yaml"
    before = file.read_text(encoding="utf-8")
    file.write_text(before.partition("sha256:")[0], encoding="utf-8")
    warned = run_kg("check", "--texts", "texts", folder=story)
    assert warned.err.startswith("warning[no-outline]: the source `bridge` has no outline\n")
    for _ in range(2):
        done = run_kg("evidence", "outline", "bridge", "--texts", "texts", folder=story)
        assert done == Finished(code=0, out="written: seeds/sources/bridge.yaml\n", err="")
        assert file.read_text(encoding="utf-8") == before


def test_evidence_skeleton(story: Path) -> None:
    nothing = run_kg("evidence", "skeleton", "bridge", "--texts", "texts", folder=story)
    assert nothing == Finished(code=0, out="", err="kg: no sentence of bridge is to do\n")
    file = story / "seeds/claims/bridge.yaml"
    kept, _, dropped = file.read_text(encoding="utf-8").partition("  p1s2 13cb64c6:\n")
    file.write_text(kept, encoding="utf-8")
    part = run_kg("evidence", "skeleton", "bridge", "--texts", "texts", folder=story)
    assert (part.code, part.out) == (0, "  p1s2 13cb64c6: {}   # figures: 2030\n")
    file.unlink()
    assert dropped
    whole = run_kg("evidence", "skeleton", "bridge", "--texts", "texts", folder=story)
    assert (
        whole.out
        == """\
kg: claims/1
source: bridge
voices:
  p0s1..p1s2: source
claims:
  p1s1 12dca05b: {}   # figures: 120
  p1s2 13cb64c6: {}   # figures: 2030
"""
    )
    shown = on_terminal("evidence", "skeleton", "bridge", "--texts", "texts", "--with-text", folder=story)
    assert "  # The new bridge is 120 metres long.\n  p1s1 12dca05b: {}   # figures: 120\n" in shown
    no_file = run_kg("evidence", "skeleton", "bridge", "--texts", "texts", "--with-text", folder=story)
    assert no_file == Finished(
        code=2,
        out="",
        err="kg: `--with-text` shows sentences on a terminal only: they belong to others, and into no file\n",
    )
    file.write_text(whole.out, encoding="utf-8")
    assert run_kg("check", "--texts", "texts", folder=story).code == 0


def on_terminal(*arguments: str, folder: Path) -> str:
    """What `kg` shows where its stdout is a terminal."""
    import pty

    ours, theirs = pty.openpty()
    done = subprocess.Popen([*PROGRAM, *arguments], cwd=folder, env=environment(), stdout=theirs)
    os.close(theirs)
    out = b""
    try:
        while piece := os.read(ours, 4096):
            out += piece
    except OSError:  # the terminal is closed
        pass
    os.close(ours)
    assert done.wait(60) == 0
    return out.decode("utf-8").replace("\r\n", "\n")


def test_a_source_is_shown_with_its_claims_by_sentence(story: Path) -> None:
    about = """\
A bridge for Rivertown   (source, bridge)
  publisher  unknown
  author     the author of the report
  published  2026-05-01
  language   en
  text       at hand

bridge: 3 sentences, 2 claimed, 1 set aside, 0 to do; 2 of 2 figures accounted for
  p0 ░  p1 ██
coverage: 100 %

p0s1   skipped: the title says nothing that the text does not say
  “A bridge for Rivertown”

p1s1
  “The new bridge is 120 metres long.”
  • bridge.length   the new bridge · length · 120 m
      the author of the report — bridge.p1s1

p1s2
  “The mayor promises to open it in 2030.”
  ◦ bridge.opening   the new bridge · opens · 2030   (promise, 2030)
      the mayor of Rivertown — bridge.p1s2, reported
"""
    assert run_kg("show", "s:bridge", "--texts", "texts", folder=story) == Finished(code=0, out=about, err="")
    without = "".join(f"{line}\n" for line in about.splitlines() if "“" not in line).replace("at hand", "not at hand")
    assert run_kg("show", "s:bridge", folder=story) == Finished(code=0, out=without, err="")
    assert run_kg("show", "bridge", folder=story).out.startswith("the new bridge   (Bridge, bridge)\n")


def test_a_digest_that_is_not_the_sentences_shows_the_sentence(story: Path) -> None:
    file = story / "seeds/claims/bridge.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("12dca05b", "00000000"), encoding="utf-8")
    hint = "read it again, then mend the key"
    shown = f"{hint}; the text has there: “The new bridge is 120 metres long.”\n"
    assert shown in run_kg("check", "--texts", "texts", folder=story).err
    assert shown in run_kg("evidence", "verify", "--texts", "texts", folder=story).err
    assert "metres" not in run_kg("check", "--texts", "texts", "--format", "json", folder=story).out
    assert "metres" not in run_kg("check", folder=story).err


def test_coverage_shows_the_sentences_that_are_at_hand(story: Path) -> None:
    there = run_kg("coverage", "bridge", "--texts", "texts", folder=story).out
    assert "  p1s1  claimed    length\n      “The new bridge is 120 metres long.”\n" in there
    assert "“" not in run_kg("coverage", "bridge", folder=story).out


def test_evidence_rebase_moves_what_moved(story: Path) -> None:
    text = story / "texts/bridge.txt"
    text.write_text(text.read_text(encoding="utf-8").replace("The new", "It is news.\n\nThe new"), encoding="utf-8")
    claims = story / "seeds/claims/bridge.yaml"
    head, _, _ = claims.read_text(encoding="utf-8").partition("voices:")
    tail = claims.read_text(encoding="utf-8").partition("claims:\n")[2]
    claims.write_text(f"{head}voices:\n  p1s1..p1s2: {{by: [reporter, mayor]}}\nclaims:\n{tail}", encoding="utf-8")
    before = claims.read_text(encoding="utf-8")
    moved = "bridge.p1s1 is now p2s1\nbridge.p1s2 is now p2s2\n"
    planned = run_kg("evidence", "rebase", "bridge", "--texts", "texts", "--dry-run", folder=story)
    assert planned == Finished(code=0, out=moved, err="")
    assert (story / "seeds/claims/bridge.yaml").read_text(encoding="utf-8") == before
    done = run_kg("evidence", "rebase", "bridge", "--texts", "texts", folder=story)
    assert done.out == (
        moved + "rewritten: seeds/claims/bridge.yaml\nrewritten: seeds/sources/bridge.yaml\n"
        "next: kg evidence outline bridge --texts texts\n"
    )
    expected = before.replace("p1s1", "p2s1").replace("p1s2", "p2s2")
    assert "  p2s1..p2s2: {by:" in expected  # both ends of a stretch move
    assert (story / "seeds/claims/bridge.yaml").read_text(encoding="utf-8") == expected
    assert run_kg("evidence", "outline", "bridge", "--texts", "texts", folder=story).code == 0
    assert run_kg("check", "--texts", "texts", folder=story).err == "kg: 0 errors, 0 warnings, 0 notes\n"
    again = run_kg("evidence", "rebase", "bridge", "--texts", "texts", folder=story)
    assert again.out == "every sentence of bridge is where it was\n"


# -- the terminal -------------------------------------------------------------------------------------------


@posix
def test_a_reader_that_goes_away_is_no_error() -> None:
    for command in ("export nquads", "query -e 'SELECT * { ?s ?p ?o }'", "explain"):
        program = " ".join(f"'{word}'" for word in PROGRAM)
        line = f"{{ {program} {command}; echo $? >&3; }} 3>&2 2>&1 | head -n 1 > /dev/null"
        done = subprocess.run(
            ["sh", "-c", line], cwd=ROOT, env=environment(), capture_output=True, text=True, check=False
        )
        assert done.stderr == "0\n"


@pytest.mark.parametrize(
    "error",
    ["RuntimeError('Error calling __set_name__') from KeyboardInterrupt()", "RuntimeError('Query interrupted')"],
)
def test_interrupted_in_other_words(tmp_path: Path, error: str) -> None:
    """Python 3.11 has them for a class that is being made, where much of the start goes; DuckDB for a query."""
    code = f"""if True:
        import kg.cli
        def fail(**options):
            raise {error}
        kg.cli.kg.main = fail
        kg.cli.main()
    """
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment(), capture_output=True, check=False
    )
    assert (done.returncode, done.stderr.decode()) == (130, "kg: interrupted\n")


@posix
def test_interrupted_by_the_user(built: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    running = subprocess.Popen([*PROGRAM, "query", "--file", str(pipe)], cwd=built, env=environment(),
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # fmt: skip
    with pipe.open("w"):  # opens when `kg` opens it
        wait_for_sleep(running)  # for the text
        running.send_signal(signal.SIGINT)
        # Had it not yet begun to wait, it would see the signal once the text has ended.
    out, err = running.communicate(timeout=60)
    assert (running.returncode, out) == (130, "")
    assert err.strip() == "kg: interrupted"


LOCALES: list[dict[str, str]] = [
    {"PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"},
    {"PYTHONUTF8": "0", "PYTHONIOENCODING": "latin-1"},
    {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"},
]


@pytest.fixture(scope="module")
def bilingual(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose bridge has a Chinese name too; tests only read it."""
    folder = tmp_path_factory.mktemp("bilingual") / "story"
    init_project(folder, title="A story", base="https://story.example/")
    name_in_chinese(folder)
    return folder


@pytest.mark.parametrize("variables", LOCALES)
def test_a_terminal_that_cannot_show_everything(variables: dict[str, str], bilingual: Path) -> None:
    done = run_kg("show", "bridge", folder=bilingual, **variables)
    assert done.code == 0
    assert "新大桥" in done.out or "\\u65b0\\u5927\\u6865" in done.out


@pytest.mark.parametrize(
    "arguments",
    [["export", "turtle"], ["query", "-e", "SELECT ?n { e:bridge skos:prefLabel ?n }", "--format", "json"]],
)
def test_data_is_utf8_whatever_the_locale(arguments: list[str], bilingual: Path) -> None:
    plain = run_kg(*arguments, folder=bilingual)
    assert "新大桥" in plain.out
    for variables in LOCALES:
        assert run_kg(*arguments, folder=bilingual, **variables) == plain


@posix
def test_a_read_only_project_can_be_checked(story: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    story.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        assert run_kg("check", folder=story).code == 0
        done = run_kg("build", folder=story)
        assert done == Finished(code=3, out="", err="kg: cannot write .kg/: Permission denied\n")
    finally:
        story.chmod(stat.S_IRWXU)


def name_in_chinese(story: Path) -> None:
    change(story / "seeds/entities/rivertown.yaml", "label: the new bridge", "label: {en: the new bridge, zh: 新大桥}")


@pytest.mark.parametrize("tag", ["zh", "zh-Hant", "zh-TW", "ZH", "zh-hant-x-a"])
def test_languages_are_looked_up(tag: str, story: Path) -> None:
    name_in_chinese(story)
    done = run_kg("show", "bridge", "--lang", tag, folder=story)
    assert (done.code, done.err) == (0, "")
    assert "大桥" in done.out.splitlines()[0]


@pytest.mark.parametrize("tag", ["en", "EN", "en-GB", "fr"])
def test_a_language_that_is_not_there_gives_the_first_label(tag: str, story: Path) -> None:
    name_in_chinese(story)
    assert run_kg("show", "bridge", "--lang", tag, folder=story) == run_kg("show", "bridge", folder=story)


@pytest.mark.parametrize("tag", ["", "e", "1x", "en_US", "en--x", "zh Hant", "cn", "jp", "en-UK", "xx"])
def test_what_is_no_language_tag_is_told(tag: str, story: Path) -> None:
    done = run_kg("show", "bridge", "--lang", tag, folder=story)
    error = f"Error: Invalid value for '--lang': `{tag}` is no language tag: write `"
    assert (done.code, done.out) == (2, "") and done.err.splitlines()[-1].startswith(error)
    with pytest.raises(kg.UsageError, match="is no language tag: write `"):
        kg.open_project(story).show("bridge", lang=tag)


@pytest.mark.parametrize(
    "call",
    [lambda g: g.show(5), lambda g: g.why(None), lambda g: g.query(None), lambda g: g.check_query(b"ASK {}"),
     lambda g: g.explain_nothing(5, None),
     lambda g: g.export(None), lambda g: g.ask(5), lambda g: g.ask("promises", who=5), lambda g: g.show("bridge", 5),
     lambda g: kg.open_project(5), lambda g: kg.open_project(".", texts=5), lambda g: kg.open_project(None),
     lambda g: kg.open_project(".", as_of=2024), lambda g: kg.open_project(".", known_by=5),
     lambda g: g.judge([], 5), lambda g: g.judge([], source=5), lambda g: g.propose([], by=5),
     lambda g: g.accept(None, by="x"), lambda g: g.accept("x", by=5), lambda g: g.accept("x", by="x", on=5),
     lambda g: g.reject(5, "no", by="x"), lambda g: g.reject("x", 5, by="x")],
)  # fmt: skip
def test_what_is_no_text_is_wrong_use(call: Callable[[Any], object], story: Path) -> None:
    with pytest.raises(kg.UsageError, match=r" is a (text|path), not (int|bytes|NoneType)"):
        call(kg.open_project(story))


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda g: g.judge(None), "proposals are a list or a text, not NoneType"),
        (lambda g: g.query("ASK {}", 5), "parameters are given by their names, not as int"),
        (lambda g: g.check_query("ASK {}", "s"), "parameters are given by their names, not as str"),
        (lambda g: kg.connect("http://127.0.0.1/").query("ASK {}", 5), "parameters are given by their names, not as"),
        (lambda g: kg.connect("http://127.0.0.1/", graphs=None), "graphs are a list of IRIs, prefixes namespaces"),
        (lambda g: kg.connect("http://127.0.0.1/", prefixes=5), "graphs are a list of IRIs, prefixes namespaces"),
        (lambda g: kg.map_frames(None, {}), "a mapping is a Path or the text of one"),
        (lambda g: kg.map_to_store("", 5), "a mapping is a Path or the text of one"),
    ],
)
def test_what_is_no_list_is_wrong_use(call: Callable[[Any], object], says: str, story: Path) -> None:
    with pytest.raises(kg.UsageError, match=says):
        call(kg.open_project(story, story / "texts"))


@pytest.mark.parametrize(
    ("triple", "found"),
    [
        (["bridge", "length", "120"], "bridge.length"),  # as the graph says it
        (["e:bridge", "r:length", '"120"^^xsd:decimal'], "bridge.length"),
        (["bridge", "length", "0.120"], "bridge.length"),  # as it was said
        (["the new bridge", "length", "120.0"], "bridge.length"),
        (["bridge", "lowestFare", "2"], "bridge.fare"),
        (["bridge", "highestFare", "_"], "bridge.fare"),
        (["bridge", "fare", "2..3 EUR"], "bridge.fare"),
        (["_", "_", "3"], "bridge.fare"),
    ],
)
def test_every_direct_triple_leads_to_its_claim(triple: list[str], found: str, story: Path) -> None:
    claims = story / "seeds/claims/bridge.yaml"
    change(claims, "o: 120 m}", "o: 0.12 km}\n    fare: {s: bridge, p: fare, o: 2..3 EUR, inferred: told elsewhere}")
    ontology = story / "ontology/story.ttl"
    fares = "".join(
        f'r:{name} a owl:DatatypeProperty ; rdfs:label "{name}"@en ; rdfs:range xsd:decimal ; qudt:hasUnit unit:CCY_EUR'
        f"{more} .\n"
        for name, more in (("fare", " ; kg:lowest r:lowestFare ; kg:highest r:highestFare"), ("lowestFare", ""),
                           ("highestFare", ""))
    )  # fmt: skip
    ontology.write_text(ontology.read_text(encoding="utf-8") + fares, encoding="utf-8")
    done = run_kg("why", *triple, folder=story)
    assert (done.code, [line.split()[0] for line in done.out.splitlines() if line[:1] != " " and line]) == (0, [found])
    assert "yes: the graph says so itself" in done.out


def test_the_end_of_what_held_is_no_deadline(story: Path) -> None:
    change(story / "seeds/claims/bridge.yaml", "o: 120 m}", "o: 120 m, when: ../2009, inferred: told elsewhere}")
    change(story / "seeds/claims/bridge.yaml", "when: 2030}", "when: ../2030}")
    shown = kg.open_project(story).show("bridge")
    assert "the new bridge · length · 120 m   (until 2009)" in shown
    assert "the new bridge · opens · 2030   (promise, by 2030)" in shown
    page = run_kg("export", "html", folder=story).out
    assert "until 2009" in page and "by 2030" in page and "by 2009" not in page


@pytest.mark.parametrize(
    "call",
    [lambda g: g.query("ASK {}"), lambda g: g.ask("promises"), lambda g: g.store, lambda g: g.quads,
     lambda g: g.show("bridge"), lambda g: g.why("bridge"), lambda g: g.export("turtle"), lambda g: g.comparisons,
     lambda g: g.open_questions, lambda g: g.coverage, lambda g: g.to_rdflib(), lambda g: g.to_networkx(),
     lambda g: g.prompt("bridge"), lambda g: g.check_query("ASK {}")],
)  # fmt: skip
def test_a_graph_with_errors_answers_nothing_in_python(call: Callable[[Any], object], story: Path) -> None:
    change(story / "seeds/claims/bridge.yaml", "s: bridge, p: length", "s: mayor, p: length")
    graph = kg.open_project(story)
    assert graph.checked.has_errors and "outside-domain" in [d.code for d in graph.diagnostics]
    with pytest.raises(ValueError, match=r"^the project has errors: see `diagnostics`$"):
        call(graph)


ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


def wait_for_sleep(process: subprocess.Popen[str]) -> None:
    """Wait until a process waits for something itself, where the system says so."""
    state = Path(f"/proc/{process.pid}/stat")
    while state.exists() and process.poll() is None and state.read_text().rpartition(")")[2].split()[0] != "S":
        time.sleep(0.02)


def wait_for_child(process: subprocess.Popen[str]) -> None:
    """Wait until a process has started another, which for `kg query` answers the query."""
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    while listed.exists() and process.poll() is None and not listed.read_text(encoding="ascii"):
        time.sleep(0.02)
    time.sleep(0.5 if listed.exists() else 3)  # to be asked, or to begin, where nobody lists its children


@posix
def test_ctrl_c_ends_a_running_query(built: Path) -> None:
    running = subprocess.Popen([*PROGRAM, "query", "-e", ENDLESS], cwd=built, env=environment(),
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # fmt: skip
    wait_for_child(running)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert (running.returncode, out, err.strip()) == (130, "", "kg: interrupted")


def test_a_query_has_a_timeout(built: Path) -> None:
    done = run_kg("query", "-e", ENDLESS, "--timeout", "0.2", folder=built)
    assert done.code == 4
    assert done.err.startswith("error[query-timeout]: no whole answer after 0.2 s\n  --> -e:1:1\n")
    assert run_kg("query", "-e", "ASK {}", "--timeout", "60", folder=built).out == "yes\n"
    for wrong in ("0", "-1", "nan", "inf", "x"):
        assert run_kg("query", "-e", "ASK {}", "--timeout", wrong, folder=built).code == 2, wrong


def test_a_question_without_an_end_fails_its_test_and_the_build(story: Path) -> None:
    question = story / "ontology" / "questions" / "endless.rq"
    question.write_text(f"#' question: {{en: How many?}}\n#' timeout: 1\n{ENDLESS}\n", encoding="utf-8")
    tested = run_kg("test", "endless", folder=story)
    assert (tested.code, tested.out.split("\n")[0]) == (4, "✗ endless (0 rows)  How many?")
    told = "error[query-timeout]: no whole answer after 1 s\n  --> ontology/questions/endless.rq:1:1\n"
    assert told in tested.err
    built = run_kg("build", folder=story)
    assert built.code == 1
    assert told in built.err
    assert not (story / "exports").exists() or not list((story / "exports").iterdir())
    assert run_kg("query", "endless", "--timeout", "0.1", folder=story).code == 4
    question.write_text("#' question: {en: How many?}\n#' timeout: soon\nASK {}\n", encoding="utf-8")
    assert "`timeout` is a whole number of seconds" in run_kg("check", folder=story).err


@pytest.mark.parametrize("arguments", [("-C", "a" * 5000, "check"), ("check", "--texts", "a" * 5000)])
def test_a_name_that_is_too_long_is_told(built: Path, arguments: tuple[str, ...]) -> None:
    done = run_kg(*arguments, folder=built)
    assert done.code == 3
    assert done.err.startswith("kg: ") and done.err.count("\n") == 1
    assert done.err.startswith("kg: cannot read aaa") and done.err.endswith(": File name too long\n")


@pytest.mark.skipif(sys.platform != "linux", reason="`ulimit -v` binds there")
@pytest.mark.parametrize("megabytes", [70, 120])
def test_little_memory_is_told_in_a_line(built: Path, megabytes: int) -> None:
    words = ["sh", "-c", f'ulimit -v {megabytes << 10}; exec "$@"', "sh", *PROGRAM, "build"]
    done = subprocess.run(words, cwd=built, env=environment(), capture_output=True, text=True, check=False)
    told = [line for line in done.stderr.splitlines() if not line.startswith(" ")]
    assert (done.returncode, told) == (3, [f"kg: out of memory: `ulimit -v` allows {megabytes} MB"])


@pytest.mark.skipif(sys.platform != "linux", reason="`ulimit -v` binds there")
@pytest.mark.parametrize(
    ("end", "code", "told"),
    [
        ("os._exit(127)", 3, "kg: out of memory: `ulimit -v` allows 1,024 MB\n"),
        ("os.abort()", 3, "kg: out of memory: `ulimit -v` allows 1,024 MB\n"),
        ("os.write(2, b'memory allocation of 7 bytes failed\\nstack backtrace:\\n'), os.abort()", 3,
         "kg: out of memory: `ulimit -v` allows 1,024 MB\n"),
        ("os.write(2, b'OpenBLAS error: Memory allocation still failed after 10 retries, giving up.\\n'), os._exit(1)",
         3, "kg: out of memory: `ulimit -v` allows 1,024 MB\n"),
        ("os.write(2, b'x.cpp:7: y is not z\\n'), os.abort()", 3, "x.cpp:7: y is not z\n"
         "kg: ended by SIGABRT: a fault of the program, or out of memory: `ulimit -v` allows 1,024 MB\n"),
        ("signal.raise_signal(11)", 3,
         "kg: ended by SIGSEGV: a fault of the program, or out of memory: `ulimit -v` allows 1,024 MB\n"),
        ("os.write(2, b'no thread\\n'), fail(KgError('`a.csv` could not be read: out of memory'))", 3,
         "kg: `a.csv` could not be read: out of memory\n"),
        ("os.write(2, b'no thread\\n'), fail(MemoryError())", 3,
         "kg: out of memory: `ulimit -v` allows 1,024 MB\n"),
        ("os.write(2, b'it is old\\n'), fail(KgError('no file'))", 3, "kg: no file\nit is old\n"),
        ("os.write(2, b'it is old\\n'), print('done', file=sys.stderr)", 0, "done\nit is old\n"),
        ("release_stderr(), os.write(2, b'at once\\n'), os.abort()", 3,
         "at once\nkg: out of memory: `ulimit -v` allows 1,024 MB\n"),
        ("os._exit(4)", 4, ""), ("signal.raise_signal(15)", -15, ""), ("signal.raise_signal(9)", -9, ""),
    ],
)  # fmt: skip
def test_who_is_left_tells_of_a_copy_that_was_aborted(end: str, code: int, told: str) -> None:
    """Libraries end the process where they lack memory, with words of their own; other words and ends are passed on."""
    script = f"""
import os, resource, signal, sys
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
import kg.cli
from kg.cli.memory import release_stderr
from kg.text.diagnostic import KgError
def fail(error): raise error
def run(**_): {end}
kg.cli.kg.main = run
kg.cli.main()
"""
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment(), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (code, "", told)
