"""Lines through a pipe: the same lines, past the system's cache or packed, and an end whatever fails."""

from __future__ import annotations

import errno
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.tables.output import target
from kg.tables.output.parts import pack_blocks
from kg.tables.output.stream import BLOCK, can_stream, read_blocks, stream_lines, stream_through, write_past_cache
from kg.tables.output.target import guess_size, write_output
from kg.tables.plan.relation import Scan
from kg.tables.read.mapping import read_any_mapping
from kg.tables.rewrite import Query
from kg.tables.run import Run, Settings, open_run
from kg.text.diagnostic import KgError, SourceText
from kg.text.findings import Findings

pytestmark = pytest.mark.skipif(not can_stream(), reason="pipes are used on Linux only")
MAPPING = """@prefix rml: <http://w3id.org/rml/> . @base <http://example.org/> .
<m> rml:logicalSource [ rml:source "rows.csv"; rml:referenceFormulation rml:CSV ];
  rml:subjectMap [ rml:template "row/{id}" ];
  rml:predicateObjectMap [ rml:predicate <p>; rml:objectMap [ rml:reference "a" ] ] .
"""
ROWS = 120_000


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    rows = "".join(f"{i},value {i * 7919 % ROWS}\n" for i in range(ROWS))
    (tmp_path / "rows.csv").write_text("id,a\n" + rows, encoding="utf-8")
    document = read_any_mapping(SourceText("m.ttl", MAPPING), None)
    with open_run(document, Settings(mapping_folder=tmp_path, data_folder=tmp_path)) as opened:
        assert opened.diagnostics == ()
        yield opened


def test_the_same_lines_past_the_cache(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_output(run, tmp_path / "as-ever.nq")
    monkeypatch.setattr(target, "GREAT", 0)
    write_output(run, tmp_path / "great.nq")
    made = (tmp_path / "great.nq").read_bytes()
    assert len(made) > BLOCK  # more than one block, and a last one that is shorter
    assert sorted(made.split(b"\n")) == sorted((tmp_path / "as-ever.nq").read_bytes().split(b"\n"))
    assert 0.8 < guess_size(run) / len(made) < 1.2
    assert {p.name for p in run.scratch.iterdir()} <= {"lock"}


def test_a_full_disk_is_told_and_ends_the_run(run: Run) -> None:
    with pytest.raises(KgError, match=r"^the quads could not be written: No space left on device$"):
        stream_lines(run, run.queries, partial(write_past_cache, path=Path("/dev/full")))


def test_what_fails_before_the_database_begins_ends_the_run(tmp_path: Path) -> None:
    """It waited for ever for somebody to read."""
    failed = threading.Event()

    def take(blocks: Iterator[memoryview]) -> None:
        failed.set()
        raise OSError(errno.ENOSPC, "No space left on device")

    def write(pipe: Path) -> None:
        failed.wait()
        time.sleep(0.05)  # the reader has gone, if it does not wait
        with pytest.raises(BrokenPipeError), pipe.open("wb", buffering=0) as out:
            for _ in range(1000):
                out.write(bytes(1 << 16))

    with pytest.raises(KgError, match=r"^the quads could not be written: No space left on device$"):
        stream_through(tmp_path / "pipe", write, take)


def test_what_fails_in_the_database_ends_the_reader(run: Run) -> None:
    queries = [Query(rows=Scan(table="told", alias="t"), reason="")]  # there is no such table
    with pytest.raises(Exception, match="told"):
        stream_lines(run, queries, lambda blocks: [bytes(b) for b in blocks])


def test_no_lines(run: Run, tmp_path: Path) -> None:
    stream_lines(run, [], partial(write_past_cache, path=tmp_path / "none.nq"))
    assert (tmp_path / "none.nq").read_bytes() == b""


def test_blocks_by_turns(tmp_path: Path) -> None:
    """A block holds until the next but one is asked for."""
    held = tmp_path / "held"
    held.write_bytes(bytes(range(256)) * (BLOCK // 64))  # four blocks
    with held.open("rb") as stream:
        blocks = read_blocks(stream.fileno())
        before = next(blocks)
        for block in blocks:
            assert bytes(before) == bytes(block) == bytes(range(256)) * (BLOCK // 256)
            before = block


@settings(max_examples=200, deadline=None)
@given(lines=st.lists(st.binary(max_size=9).map(lambda b: b.replace(b"\n", b"")), min_size=1), cut=st.data())
def test_parts_end_with_a_line(
    lines: list[bytes], cut: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = b"".join(line + b"\n" for line in lines)
    step, size = cut.draw(st.integers(1, len(text))), cut.draw(st.integers(1, len(text) + 1))
    blocks = iter([memoryview(text[i : i + step]) for i in range(0, len(text), step)])
    folder = tmp_path_factory.mktemp("parts")
    settings = Settings(mapping_folder=folder, jobs=1)
    run = Run(
        document=None,
        connection=None,
        scratch=folder,
        settings=settings,
        shelf=None,
        resources=None,
        findings=Findings(),
    )  # type: ignore[arg-type]
    parts = pack_blocks(blocks, folder=folder, size=size, suffix="nq.zst", run=run)
    made = [zstandard.ZstdDecompressor().decompressobj().decompress((folder / p.name).read_bytes()) for p in parts]
    assert b"".join(made) == text
    assert [p.triples for p in parts] == [m.count(b"\n") for m in made]
    assert all(m.endswith(b"\n") for m in made)
    # each but the last is as great as wanted, and would be less without its last line
    assert all(len(m) >= size for m in made[:-1])
    assert all(len(m[: m[:-1].rfind(b"\n") + 1]) < size for m in made)
