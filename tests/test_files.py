"""Outputs: what `-o` names is written whole; links stay, streams are written into, and no input is lost."""

from __future__ import annotations

import gzip
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pyoxigraph as ox
import pytest
import zstandard
from terminal import PROGRAM, Finished, environment, run_kg

from kg.starter import init_project
from kg.system.files import check_output, find_descriptor, is_stream, sweep, write_output, write_text
from kg.text.diagnostic import KgError, UsageError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links, pipes and descriptors of POSIX")

YARRRML = "mappings:\n  m:\n    sources: [[a.json~jsonpath, '$[*]']]\n    s: http://e.org/$(id)\n    po: [[a, http://e.org/T]]\n"


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A project, and beside it a mapping with its data."""
    init_project(tmp_path / "story", title="A story", base="https://story.example/")
    (tmp_path / "m.yarrrml").write_text(YARRRML, encoding="utf-8")
    (tmp_path / "a.json").write_text('[{"id": 1}]', encoding="utf-8")
    return tmp_path


COMMANDS = {
    "yarrrml": (["yarrrml", "m.yarrrml"], b"rml"),
    "export": (["-C", "story", "export", "turtle"], b"@prefix"),
    "map": (["map", "m.yarrrml", "-q"], b"<http://e.org/1>"),
}
every_command = pytest.mark.parametrize("command", COMMANDS)


def run(here: Path, command: str, output: str) -> Finished:
    return run_kg(*COMMANDS[command][0], "-o", output, folder=here)


@every_command
def test_a_link_stays_and_what_it_leads_to_is_replaced(here: Path, command: str) -> None:
    (here / "kept").mkdir()
    (here / "kept/out").write_text("old", encoding="utf-8")
    (here / "link").symlink_to("kept/out")
    (here / "new").symlink_to("kept/new")
    for name in ("link", "new"):
        assert run(here, command, name).code == 0
        assert (here / name).is_symlink()
    assert COMMANDS[command][1] in (here / "kept/out").read_bytes()
    assert (here / "kept/new").read_bytes() == (here / "kept/out").read_bytes()
    assert sorted(p.name for p in (here / "kept").iterdir()) == ["new", "out"]


@every_command
def test_a_pipe_is_written_into(here: Path, command: str) -> None:
    os.mkfifo(here / "pipe")
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append((here / "pipe").read_bytes()))
    reader.start()
    assert run(here, command, "pipe").code == 0
    reader.join()
    assert COMMANDS[command][1] in read[0]
    assert stat.S_ISFIFO((here / "pipe").stat().st_mode)


@every_command
def test_a_descriptor_is_written_into_where_it_stands(here: Path, command: str) -> None:
    """`-o /dev/stdout >> log` adds to the log; the link stands for `/dev/stdout`, which no test should risk."""
    (here / "stdout").symlink_to("/proc/self/fd/1")
    log = here / "log"
    log.write_text("kept\n", encoding="utf-8")
    inode = log.stat().st_ino
    with log.open("ab") as out:
        words = [*PROGRAM, *COMMANDS[command][0], "-o", "stdout"]
        subprocess.run(words, cwd=here, env=environment(), stdout=out, check=True)
    assert log.read_bytes().startswith(b"kept\n")
    assert COMMANDS[command][1] in log.read_bytes()
    assert log.stat().st_ino == inode
    assert (here / "stdout").readlink() == Path("/proc/self/fd/1")


@every_command
def test_a_device_is_not_replaced(here: Path, command: str) -> None:
    try:
        os.mknod(here / "null", stat.S_IFCHR | 0o666, os.makedev(1, 3))
        (here / "null").write_bytes(b"")
    except OSError:
        pytest.skip("no device can be made here")
    assert run(here, command, "null") == Finished(code=0, out="", err="")
    assert stat.S_ISCHR((here / "null").stat().st_mode)


@every_command
def test_a_dash_is_standard_output(here: Path, command: str) -> None:
    words = [*PROGRAM, *COMMANDS[command][0], "-o"]
    done = subprocess.run([*words, "-"], cwd=here, env=environment(), capture_output=True, check=True)
    assert COMMANDS[command][1] in done.stdout
    assert not (here / "-").exists()
    assert run(here, command, "./-").code == 0
    assert (here / "-").read_bytes() == done.stdout


@every_command
def test_a_name_says_that_an_output_is_packed(here: Path, command: str) -> None:
    for name in ("plain", "out.gz", "out.zst"):
        assert run(here, command, name) == Finished(code=0, out="", err="")
    plain, packed = (here / "plain").read_bytes(), (here / "out.gz").read_bytes()
    assert gzip.decompress(packed) == plain
    assert packed[3:8] == bytes(5)  # RFC 1952: no name, no clock
    with zstandard.open(here / "out.zst") as unpacked:
        assert unpacked.read() == plain
    run(here, command, "again.gz")
    assert (here / "again.gz").read_bytes() == packed


@every_command
@pytest.mark.parametrize("name", ["out.bz2", "out.xz", "out.ZIP", "out.tar.gz"])
def test_a_name_that_promises_another_packing_is_refused(here: Path, command: str, name: str) -> None:
    done = run(here, command, name)
    ending = {"out.ZIP": ".zip", "out.tar.gz": ".tar"}.get(name, name[3:])
    told = f"`{name}` would be no `{ending}`: outputs are packed as `.gz` or `.zst`, by their names\n"
    assert (done.code, done.out, done.err.partition(": ")[2]) == (2, "", told)
    assert not (here / name).exists()


def test_the_name_of_mapped_quads_says_their_syntax(here: Path) -> None:
    graph = "mappings:\n  m:\n    graphs: http://e.org/g"
    (here / "m.yarrrml").write_text(YARRRML.replace("mappings:\n  m:", graph), encoding="utf-8")
    formats = {
        "nq": ox.RdfFormat.N_QUADS,
        "trig": ox.RdfFormat.TRIG,
        "nt": ox.RdfFormat.N_TRIPLES,
        "ttl": ox.RdfFormat.TURTLE,
    }
    triple = (ox.NamedNode("http://e.org/1"), ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"))
    for name, form in formats.items():
        graph_name = ox.NamedNode("http://e.org/g") if name in {"nq", "trig"} else ox.DefaultGraph()
        for packed in ("", ".gz"):
            assert run(here, "map", f"out.{name}{packed}").code == 0
            raw = (here / f"out.{name}{packed}").read_bytes()
            quads = list(ox.parse(gzip.decompress(raw) if packed else raw, format=form))
            assert quads == [ox.Quad(*triple, ox.NamedNode("http://e.org/T"), graph_name)]
    assert run_kg("map", "m.yarrrml", "-q", "-o", "named.ttl", "--format", "nq", folder=here).code == 0
    assert (here / "named.ttl").read_bytes() == (here / "out.nq").read_bytes()
    for name, ending in (("out.jsonld", ".jsonld"), ("out.rdf.gz", ".rdf")):
        done = run(here, "map", name)
        told = f"Error: `{name}` would be no `{ending}`: say what to write by `--format`"
        assert (done.code, done.err.splitlines()[-1]) == (2, told)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--partition-size", "1MB"), "`-o -` takes no parts: name a folder for them"),
        (("--workers", "1"), "`-o -` takes no parts: name a folder for them"),
        (("--explain",), "`--explain` shows the plan on standard output: let `-o` name a file"),
    ],
)
def test_what_standard_output_does_not_take(here: Path, options: tuple[str, ...], told: str) -> None:
    done = run_kg("map", "m.yarrrml", "-o", "-", *options, folder=here)
    assert (done.code, done.out, done.err.splitlines()[-1]) == (2, "", f"Error: {told}")


def test_a_dash_is_standard_input(here: Path) -> None:
    """`kg yarrrml - | kg map - -o -`: a mapping from hand to hand."""
    text = (here / "m.yarrrml").read_bytes()
    rml = run_kg("yarrrml", "-", folder=here, stdin=text).out.encode()
    words = [*PROGRAM, "map", "-", "-q", "-o", "-"]
    done = subprocess.run(words, cwd=here, env=environment(), input=rml, capture_output=True, check=True)
    assert done.stdout == b"<http://e.org/1> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://e.org/T> .\n"
    refused = run_kg("map", "-", "-o", "parts", "--partition-size", "1MB", folder=here, stdin=rml)
    told = "Error: the manifest names the mapping by its digest: `-` has none, name a file"
    assert (refused.code, refused.err.splitlines()[-1]) == (2, told)


def test_schemas_are_files(here: Path) -> None:
    done = run_kg("-C", "story", "schema", "-o", "-", folder=here)
    assert (done.code, done.err.splitlines()[-1]) == (
        2,
        "Error: `-o` names a folder: `kg schema claims` prints one schema",
    )


@every_command
def test_a_folder_is_no_file(here: Path, command: str) -> None:
    (here / "folder").mkdir()
    hint = {"map": ", or give a `--partition-size`"}.get(command, "")
    for name in (".", "folder"):
        done = run(here, command, name)
        assert done.code == 2
        assert done.err.partition(": ")[2] == f"`{name}` is a folder: name a file in it{hint}\n"
    assert list((here / "folder").iterdir()) == []


@pytest.mark.parametrize("way", ["itself", "link", "hard link"])
def test_no_output_is_written_over_an_input(here: Path, way: str) -> None:
    inputs = {"yarrrml": here / "m.yarrrml", "export": here / "story/seeds/claims/bridge.yaml"}
    for command, path in inputs.items():
        before = path.read_bytes()
        name = {"itself": os.path.relpath(path, here), "link": "link", "hard link": "hard"}[way]
        for made in ("link", "hard"):
            (here / made).unlink(missing_ok=True)
        (here / "link").symlink_to(path)
        (here / "hard").hardlink_to(path)
        done = run(here, command, name)
        assert (done.code, done.err.partition(": ")[2]) == (2, f"`{name}` is read: name another file\n")
        assert path.read_bytes() == before


@pytest.mark.parametrize("command", ["yarrrml", "export"])  # `kg map` makes the folder
def test_a_folder_that_is_not_there_is_told(here: Path, command: str) -> None:
    done = run(here, command, "nowhere/out")
    assert (done.code, "out" in done.err, len(done.err.splitlines())) == (3, True, 1)


def test_what_a_killed_run_left_is_removed_by_the_next(tmp_path: Path) -> None:
    left = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True, check=True
    )
    gone = int(left.stdout)
    for name in (f".a*b.{gone}.new", f".a*b.{os.getppid()}.new", f".axb.{gone}.new", ".a*b.x.new"):
        (tmp_path / name).write_text("half", encoding="utf-8")
    write_text(tmp_path / "a*b", "whole")
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(
        ["a*b", f".a*b.{os.getppid()}.new", f".axb.{gone}.new", ".a*b.x.new"]
    )
    sweep(tmp_path / "nothing")


def test_descriptors_and_streams_are_known(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("/dev/fd/2")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert find_descriptor(tmp_path / "a") == 2
    assert find_descriptor(Path("/dev/stdout")) == 1
    assert [is_stream(tmp_path / n) for n in ("a", "loop", "file", "none")] == [True, False, False, False]


def test_a_link_that_leads_round_is_told(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(KgError, match=r"^cannot write loop: "):
        write_output(tmp_path / "loop", b"x")


def test_outputs_are_looked_at_before_anything_is_read(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("", encoding="utf-8")
    check_output(tmp_path / "b", [tmp_path / "a", tmp_path / "nowhere"])
    with pytest.raises(UsageError, match=r"is read: name another file$"):
        check_output(tmp_path / "a", [tmp_path / "a"])


# -- kg init


@pytest.mark.parametrize("folder", ["/", "/etc", "/usr", "/dev/x", "/proc/self/x", "~", "/tmp/../"])
def test_the_systems_folders_are_no_place_for_a_project(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("kg.starter.write_exports", lambda *_: pytest.fail("it would have written"))
    monkeypatch.setattr("kg.starter.hold_lock", lambda *_: pytest.fail("it would have written"))
    place = Path(folder).expanduser()
    with pytest.raises(UsageError) as caught:
        init_project(place, title="A", base="https://a.example/")
    assert str(caught.value) == f"{place} is no place for a project: name a folder of its own"


def test_a_folder_with_other_files_is_no_place_for_a_project(tmp_path: Path) -> None:
    (tmp_path / "town").mkdir()
    (tmp_path / "town/thesis.docx").write_text("", encoding="utf-8")
    done = run_kg("init", "town", folder=tmp_path)
    assert done == Finished(code=2, out="", err="kg: town is not empty: name a new folder\n")
    assert [p.name for p in (tmp_path / "town").iterdir()] == ["thesis.docx"]
    (tmp_path / "link").symlink_to("town")
    assert run_kg("init", "link", folder=tmp_path).err == "kg: link is not empty: name a new folder\n"


def test_what_belongs_to_version_control_may_be_there(tmp_path: Path) -> None:
    (tmp_path / "town/.git").mkdir(parents=True)
    for name in ("README", "LICENSE.md", ".gitattributes"):
        (tmp_path / "town" / name).write_text("mine", encoding="utf-8")
    assert run_kg("init", "town", folder=tmp_path).code == 0
    assert (tmp_path / "town/LICENSE.md").read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / "town/.kg").exists()
