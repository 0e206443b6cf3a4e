"""The door: no mapping, seed or text reads what lies outside of the folders that may be read, whoever opens it."""

from __future__ import annotations

import gzip
import json
import os
import sys
import zipfile
from collections.abc import Mapping
from contextlib import chdir
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlitefile import open_sqlite
from terminal import run_kg

from kg.build.pipeline import check_files, check_project, read_project
from kg.starter import init_project
from kg.system.paths import open_door, resolve_path
from kg.system.project import Project
from kg.tables.command import map_command
from kg.text.diagnostic import Severity, render_text

posix = pytest.mark.skipif(sys.platform == "win32", reason="links of POSIX")

JSON_PATH = 'rml:referenceFormulation rml:JSONPath ; rml:iterator "$[*]"'
READERS = {
    "secret.csv": "rml:referenceFormulation rml:CSV",
    "secret.tsv": "rml:referenceFormulation rml:CSV",
    "secret.csv.gz": "rml:referenceFormulation rml:CSV",
    "secret.csv.zip": "rml:referenceFormulation rml:CSV",
    "secret.json": JSON_PATH,
    "secret.jsonl": 'rml:referenceFormulation rml:JSONPath ; rml:iterator "$"',
    "secret.xml": 'rml:referenceFormulation rml:XPath ; rml:iterator "/r/p"',
    "secret.parquet": "rml:referenceFormulation rml:CSV",
    "secret.feather": "rml:referenceFormulation rml:CSV",
    "secret.db": 'rml:referenceFormulation rml:SQL2008Table ; rml:iterator "p"',
}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of a mapping, which is the working directory; beside it lie files that are nobody's business."""
    folder = stage(tmp_path)
    monkeypatch.chdir(folder)
    return folder


def stage(parent: Path) -> Path:
    """The folder `here`, beside `outside`."""
    outside, folder = parent / "outside", parent / "here"
    outside.mkdir()
    folder.mkdir()
    write_secrets(outside)
    return folder


def write_secrets(folder: Path) -> None:
    import pyarrow as pa
    import pyarrow.feather
    import pyarrow.parquet

    text = "id,name\n1,secret\n"
    (folder / "secret.csv").write_text(text, encoding="utf-8")
    (folder / "secret.tsv").write_text(text.replace(",", "\t"), encoding="utf-8")
    (folder / "secret.csv.gz").write_bytes(gzip.compress(text.encode()))
    with zipfile.ZipFile(folder / "secret.csv.zip", "w") as archive:
        archive.writestr("secret.csv", text)
    (folder / "secret.json").write_text('[{"id": 1, "name": "secret"}]', encoding="utf-8")
    (folder / "secret.jsonl").write_text('{"id": 1, "name": "secret"}\n', encoding="utf-8")
    (folder / "secret.xml").write_text("<r><p><id>1</id><name>secret</name></p></r>", encoding="utf-8")
    table = pa.table({"id": ["1"], "name": ["secret"]})
    pyarrow.parquet.write_table(table, folder / "secret.parquet")
    pyarrow.feather.write_feather(table, folder / "secret.feather")
    with open_sqlite(folder / "secret.db") as database:
        database.execute("CREATE TABLE p (id TEXT, name TEXT)")
        database.execute("INSERT INTO p VALUES ('1', 'secret')")
    database.close()


def run(folder: Path, source: str, *options: str) -> tuple[int, str, str]:
    """Exit code, what is told on stderr, and the output ("" where there is none)."""
    return run_sources(folder, {"p": source}, *options)


def run_sources(folder: Path, sources: Mapping[str, str], *options: str) -> tuple[int, str, str]:
    """The same of several sources, each with a predicate."""
    mapping = (
        "@prefix rml: <http://w3id.org/rml/> . @prefix csvw: <http://www.w3.org/ns/csvw#> .\n@base <http://e.org/> .\n"
    )
    for predicate, source in sources.items():
        mapping += f"""<#{predicate}> rml:logicalSource [ {source} ] ; rml:subjectMap [ rml:template "{{id}}" ] ;
  rml:predicateObjectMap [ rml:predicate <{predicate}> ; rml:objectMap [ rml:reference "name" ] ] .
"""
    (folder / "map.ttl").write_text(mapping, encoding="utf-8")
    out = folder / "out.nq"
    command = [str(folder / "map.ttl"), "-o", str(out), *options]
    result = CliRunner().invoke(map_command, command, catch_exceptions=False)
    return result.exit_code, result.stderr, out.read_text(encoding="utf-8") if out.exists() else ""


def relative(root: str, path: str) -> str:
    return f'rml:source [ a rml:RelativePathSource ; rml:root "{root}" ; rml:path "{path}" ]'


def tell_ways(folder: Path, file: str) -> dict[str, tuple[str, str]]:
    """The ways out to a file beside a folder: how it is named where it is told, and its source."""
    outside = folder.parent / "outside"
    return {
        "root": (f"{outside}/{file}"[1:], relative("/", f"{outside}/{file}"[1:])),
        "roots up": (f"outside/{file}", relative("..", f"outside/{file}")),
        "absolute root": (file, relative(str(outside), file)),
        "up": (f"../outside/{file}", f'rml:source "../outside/{file}"'),
        "absolute": (f"{outside}/{file}", f'rml:source "{outside}/{file}"'),
        "file": (f"file://{outside}/{file}", f'rml:source "file://{outside}/{file}"'),
        "link": (f"link-{file}", f'rml:source "link-{file}"'),
        "linked folder": (f"folder/{file}", f'rml:source "folder/{file}"'),
    }


@pytest.fixture(
    scope="module", params=["root", "roots up", "absolute root", "up", "absolute", "file", "link", "linked folder"]
)
def refused(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What is told of each file by its name, all of which a run reads by one way out."""
    folder = stage(tmp_path_factory.mktemp("ways"))
    (folder / "folder").symlink_to(folder.parent / "outside", target_is_directory=True)
    for file in READERS:
        (folder / f"link-{file}").symlink_to(folder.parent / "outside" / file)
    ways = {file: tell_ways(folder, file)[request.param] for file in READERS}
    with chdir(folder):
        code, told, lines = run_sources(
            folder, {file: f"{source} ; {READERS[file]}" for file, (_, source) in ways.items()}
        )
    assert (code, lines) == (1, "")
    *blocks, count = told.split("\n\n")
    assert count == f"{len(READERS)} errors, 0 warnings, 0 notes\n"
    return {file: f"{ways[file][0]}\n{told}" for file, told in zip(READERS, blocks, strict=True)}


@pytest.mark.parametrize("file", READERS)
@posix
def test_a_file_outside_is_refused_whoever_reads_it(file: str, refused: dict[str, str]) -> None:
    written, _, told = refused[file].partition("\n")
    assert told.startswith(f"error[source-outside]: `{written}` lies outside the folders that may be read\n")
    assert told.endswith("\n   = hint: move the file, or allow the folder with `--allow-path`")


@pytest.fixture(scope="module", params=["root", "data", "linked data", "way", "absolute"])
def allowed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[int, str, set[str]]:
    """Exit code, what is told, and the lines of all files beside a folder that an option allows."""
    folder = stage(tmp_path_factory.mktemp("allowed"))
    outside = folder.parent / "outside"
    (folder / "way").symlink_to(outside, target_is_directory=True)

    def source_of(file: str) -> str:
        return {
            "root": relative("..", f"outside/{file}"),
            "data": f'rml:source "{file}"',
            "linked data": f'rml:source "{file}"',
            "way": f'rml:source "way/{file}"',
            "absolute": f'rml:source "{outside}/{file}"',
        }[request.param]

    options = {
        "root": ("--allow-path", str(outside)),
        "data": ("--data", str(outside)),
        "linked data": ("--data", "way"),
        "way": ("--allow-path", "way"),
        "absolute": ("--allow-path", "/"),
    }[request.param]
    with chdir(folder):
        code, told, lines = run_sources(
            folder, {file: f"{source_of(file)} ; {READERS[file]}" for file in READERS}, *options
        )
    return code, told, set(lines.split("\n")[:-1])


@pytest.mark.parametrize("file", READERS)
@posix
def test_a_folder_that_is_allowed_is_read(file: str, allowed: tuple[int, str, set[str]]) -> None:
    code, told, lines = allowed
    assert (code, told, len(lines)) == (0, "", len(READERS))
    assert f'<http://e.org/1> <http://e.org/{file}> "secret" .' in lines


@posix
def test_links_within_the_folders_are_followed(here: Path) -> None:
    (here / "data").mkdir()
    (here / "data" / "a.json").write_text('[{"id": 1, "name": "open"}]', encoding="utf-8")
    (here / "b.json").symlink_to("data/a.json")
    (here / "more").symlink_to("data", target_is_directory=True)
    for path in ("b.json", "more/a.json", "more/../b.json"):
        assert run(here, f'rml:source "{path}" ; {JSON_PATH}')[2] == '<http://e.org/1> <http://e.org/p> "open" .\n'


def test_the_working_directory_and_the_mappings_folder_are_read(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "a.json").write_text('[{"id": 1, "name": "open"}]', encoding="utf-8")
    monkeypatch.chdir(here.parent / "outside")
    assert run(here, f'rml:source "a.json" ; {JSON_PATH}')[0] == 0
    assert run(here, f'rml:source "secret.json" ; {JSON_PATH}')[0] == 0
    assert run(here, f'rml:source "{here}/a.json" ; {JSON_PATH}')[0] == 0


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("a\\u0000.json", "no file `a␀.json`"),
        ("a" * 300 + ".json", f"no file `{'a' * 300}.json`"),
        ("loop.json", "no file `loop.json`"),
        ("folder", "no file `folder`"),
        ("pipe.json", "no file `pipe.json`"),
    ],
)
@posix
def test_what_is_no_file_is_told(here: Path, name: str, told: str) -> None:
    (here / "loop.json").symlink_to("loop.json")
    (here / "folder").mkdir()
    os.mkfifo(here / "pipe.json")
    code, shown, lines = run(here, f'rml:source "{name}" ; {JSON_PATH}')
    assert (code, lines, shown.partition("\n")[0]) == (1, "", f"error[source-not-found]: {told}")


@posix
def test_a_target_outside_is_refused(here: Path) -> None:
    (here / "a.json").write_text('[{"id": 1, "name": "open"}]', encoding="utf-8")
    (here / "out").symlink_to(here.parent / "outside", target_is_directory=True)
    mapping = f"""@prefix rml: <http://w3id.org/rml/> . @prefix formats: <http://www.w3.org/ns/formats/> .
@base <http://e.org/> .
<m> rml:logicalSource [ rml:source "a.json" ; {JSON_PATH} ] ;
  rml:subjectMap [ rml:template "{{id}}" ; rml:logicalTarget [ a rml:LogicalTarget ;
    rml:target [ a rml:FilePath ; rml:path "out/x.nq" ] ; rml:serialization formats:N-Quads ] ] ;
  rml:predicateObjectMap [ rml:predicate <p> ; rml:objectMap [ rml:reference "name" ] ] .
"""
    (here / "map.ttl").write_text(mapping, encoding="utf-8")
    result = CliRunner().invoke(map_command, ["map.ttl", "-o", "out.nq"], catch_exceptions=False)
    assert result.exit_code == 1
    assert result.stderr.startswith(
        "error[source-outside]: the target `out/x.nq` lies outside the folders that may be written\n"
    )
    assert not (here.parent / "outside" / "x.nq").exists()


# -- a project


@pytest.fixture
def story(tmp_path: Path) -> Path:
    init_project(tmp_path / "story", title="A story", base="https://story.example/")
    (tmp_path / "passwd").write_text("root:x:0:0\n", encoding="utf-8")
    return tmp_path / "story"


def find_errors(story: Path, texts: Path | None = None) -> list[str]:
    return [render_text(d) for d in check_project(Project(story), texts).diagnostics if d.severity is Severity.ERROR]


@posix
def test_a_link_to_data_outside_is_told_once_and_by_its_own_name(story: Path) -> None:
    """It was told as unread too, by a path of the machine, where a mapping names it."""
    tables = story / "seeds/tables"
    tables.mkdir(parents=True)
    (tables / "x.csv").symlink_to(story.parent / "passwd")
    unread = [d for d in check_files(read_project(Project(story))).diagnostics if d.code == "table-unread"]
    assert [(d.mark.file, d.message) for d in unread] == [("seeds/tables/x.csv", "no mapping reads `x.csv`")]
    assert unread[0].hint is not None and unread[0].hint.startswith("it is a link that leads out of the project")
    (tables / "m.yarrrml.yaml").write_text(
        "prefixes: {ex: https://ex.example/}\nmappings: {thing: {sources: [[x.csv~csv]], s: ex:$(id),"
        " po: [[a, ex:Thing]]}}\n",
        encoding="utf-8",
    )
    checked = check_project(Project(story))
    assert [d.code for d in checked.diagnostics if d.severity > Severity.NOTE] == ["source-outside"]


@pytest.mark.parametrize(
    "name",
    [
        "ontology/l.ttl", "ontology/shapes-l.ttl", "ontology/questions/l.rq", "ontology/questions/l.csv",
        "ontology/README", "seeds/sources/l.yaml", "seeds/entities/l.yaml", "seeds/entities/more/l.yaml",
        "seeds/claims/l.yml", "seeds/rdf/l.nq", "seeds/tables/l.rml.ttl", "seeds/tables/l.yarrrml.yaml", "seeds/l.txt",
    ],
)  # fmt: skip
@posix
def test_a_link_out_of_the_project_is_refused_and_not_read(story: Path, name: str) -> None:
    link = story / name
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(story.parent / "passwd")
    assert find_errors(story) == [
        f"error[link-outside]: {name} is a link that leads out of the project\n"
        f"  --> {name}:1:1\n"
        "   = hint: put the file itself here"
    ]


@pytest.mark.parametrize("folder", ["seeds/claims", "seeds/rdf", "seeds/tables", "ontology/questions"])
@posix
def test_a_folder_that_is_a_link_out_of_the_project_is_refused(story: Path, folder: str) -> None:
    outside = story.parent / "outside"
    outside.mkdir()
    (outside / "x.yaml").write_text("root:x:0:0\n", encoding="utf-8")
    place = story / folder
    if place.exists():
        place.rename(story.parent / "away")
    place.symlink_to(outside, target_is_directory=True)
    told = [t for t in find_errors(story) if "root:x" in t or "link-outside" in t]
    assert told == [
        f"error[link-outside]: {folder} is a link that leads out of the project\n"
        f"  --> {folder}:1:1\n"
        "   = hint: put the file itself here"
    ]


@pytest.mark.parametrize("name", ["seeds", "ontology", "seeds/dataset.yaml"])
@posix
def test_what_every_project_has_must_lie_in_it(story: Path, name: str) -> None:
    (story / name).rename(story.parent / "away")
    (story / name).symlink_to(story.parent / "away")
    done = run_kg("check", folder=story)
    assert (done.code, done.err) == (
        3, f"kg: {name} is a link that leads out of the project: put what it leads to in its place\n",
    )  # fmt: skip


@posix
def test_links_within_the_project_are_followed(story: Path) -> None:
    before = check_project(Project(story)).seeds
    (story / "shared").mkdir()
    (story / "ontology" / "story.ttl").rename(story / "shared" / "story.ttl")
    (story / "ontology" / "story.ttl").symlink_to("../shared/story.ttl")
    (story / "seeds" / "claims").rename(story / "shared" / "claims")
    (story / "seeds" / "claims").symlink_to("../shared/claims", target_is_directory=True)
    assert find_errors(story) == []
    assert len(check_project(Project(story)).seeds.claims) == len(before.claims) > 0


@posix
def test_links_that_lead_to_no_file_are_told(story: Path) -> None:
    (story / "seeds" / "claims" / "gone.yaml").symlink_to("nowhere.yaml")
    (story / "seeds" / "claims" / "loop").symlink_to("..", target_is_directory=True)
    found = check_project(Project(story)).diagnostics
    assert [(d.code, d.message, d.hint) for d in found if d.severity > Severity.NOTE] == [
        ("unread-file", "seeds/claims/gone.yaml is a link to nothing", "link files of the project, each by itself"),
        ("unread-file", "seeds/claims/loop is a link to a folder", "link files of the project, each by itself"),
    ]


@posix
def test_pipes_are_told_and_never_waited_for(story: Path) -> None:
    places = ("seeds/claims/pipe.yaml", "seeds/tables/pipe.csv", "ontology/pipe.ttl", "seeds/rdf/pipe.nq")
    for place in places:
        (story / place).parent.mkdir(exist_ok=True)
        os.mkfifo(story / place)
    (story / "seeds" / "entities" / "link.yaml").symlink_to("../claims/pipe.yaml")
    found = check_project(Project(story)).diagnostics
    told = "is no file but a pipe, a socket or a device"
    assert {(d.code, d.message, d.hint) for d in found if d.severity > Severity.NOTE} == {
        ("unread-file", f"{name} {told}", "put the file itself here") for name in (*places, "seeds/entities/link.yaml")
    }


@posix
def test_a_text_that_is_a_link_out_of_its_folder_is_refused(story: Path) -> None:
    texts = story / "texts"
    (texts / "bridge.txt").rename(story.parent / "bridge.txt")
    (texts / "bridge.txt").symlink_to(story.parent / "bridge.txt")
    (told,) = find_errors(story, texts)
    assert told.split("\n")[0] == (
        "error[link-outside]: the text `bridge.txt` is a link that leads out of the folder of texts"
    )
    assert told.split("\n")[1].startswith("  --> seeds/sources/bridge.yaml:")
    (texts / "bridge.txt").unlink()
    (story.parent / "bridge.txt").rename(story / "bridge.txt")
    (texts / "bridge.txt").symlink_to("../bridge.txt")
    assert find_errors(story, texts) == []
    assert "bridge" in check_project(Project(story), texts).articles.by_source


@posix
def test_data_that_a_mapping_may_not_read_is_not_even_hashed(story: Path) -> None:
    """A pipe outside would make whoever reads it wait for ever."""
    from kg.tables.project.mappings import find_data, read_mappings

    os.mkfifo(story.parent / "pipe.csv")
    (story / "seeds" / "tables").mkdir()
    mapping = {"mappings": {"m": {"sources": [["../../../pipe.csv~csv"]], "s": "http://e.org/$(id)", "po": []}}}
    (story / "seeds/tables/m.yarrrml.yaml").write_text(json.dumps(mapping), encoding="utf-8")
    checked = check_files(read_project(Project(story)))
    mappings, _ = read_mappings(Project(story), checked.seeds, checked.vocabulary)
    assert [find_data(mapping) for mapping in mappings] == [[]]


def test_the_door_knows_where_paths_lead(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "f").write_text("", encoding="utf-8")
    door = open_door([tmp_path / "a", tmp_path / "a", Path("x\0y")])
    assert door.folders == (resolve_path(tmp_path / "a"),)
    assert door.has_file(tmp_path / "a" / "f")
    assert not door.has_file(tmp_path / "a")
    assert not door.has_file(tmp_path / "a" / ("n" * 300))
    assert not door.admits(tmp_path / "ab")
    assert not door.admits(tmp_path / "a" / "x\0y")
