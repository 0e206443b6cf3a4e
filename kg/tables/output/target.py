"""Where quads go: the main output and logical targets, in any RDF syntax, encoding and compression."""

from __future__ import annotations

import codecs
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import IO, Any

from kg.system.files import is_stream, open_stream
from kg.system.packing import find_packing, open_packed
from kg.system.paths import open_door, resolve_path
from kg.tables.engine.failure import blame_environment
from kg.tables.folders.scratch import make_scratch
from kg.tables.output.rdfxml import UnfitError, recode_xml, refuse_properties
from kg.tables.plan.pattern import QuadPattern, without_graph, without_targets
from kg.tables.plan.value import Text
from kg.tables.rewrite import Query
from kg.tables.rml import LogicalTarget, Root
from kg.tables.run import Run, plan_quads, replace_file, write_lines
from kg.tables.sql import write_sorting, write_union
from kg.tables.sql.terms import write_terms
from kg.text.diagnostic import UsageError

GREAT = 1 << 30  # bytes; the system's cache takes what is less at once
VALUE = 10  # bytes that a value is taken to have, before it is known
UTF_8 = frozenset({"utf-8", "utf8"})


def write_output(run: Run, path: Path, *, syntax: str = "nq", order: str = "any") -> None:
    """The quads without a target into *path*: whole or not at all. *order* `sorted` sorts the lines.

    A name that ends in `.gz` or `.zst` packs them. Raises UsageError where *path* is a source of the mapping.
    """
    if path.resolve() in files_read(run):
        raise UsageError(f"`{path}` is a source of the mapping: name another file")
    kind = find_packing(path)
    made = make_lines(run, syntax=syntax, order=order)
    if kind is not None:
        run.progress.begin("packing")
        packed = run.scratch / "output.packed"
        with (
            blame_environment("the quads could not be packed"),
            made.open("rb") as lines,
            open_packed(packed, kind, threads=run.settings.jobs or 2) as out,
        ):
            shutil.copyfileobj(lines, out, 1 << 20)
        made.unlink()
        made = packed
    replace_or_copy(made, path)


def files_read(run: Run) -> set[Path]:
    """The sources of a run, which nothing may be written over."""
    return {path.resolve() for path in run.shelf.files.values()}


def make_lines(run: Run, *, syntax: str = "nq", order: str = "any") -> Path:
    """The lines of a run as a file in the scratch folder: in a *syntax*, and sorted where *order* is `sorted`."""
    made = run.scratch / "output.nq"
    queries = choose_queries(run, syntax)
    if syntax == "parquet":
        write_parquet(run, queries, made, order=order == "sorted")
        return made
    if is_great(run):
        from kg.tables.output.stream import stream_lines, write_past_cache

        run.progress.writing = made
        stream_lines(run, queries, partial(write_past_cache, path=made))
    else:
        write_lines(run, queries, made)
    if order == "sorted":
        sort_lines(run, made)
    if syntax in {"nq", "nt"}:
        return made
    run.progress.begin(f"converting to {syntax}")
    return convert(made, syntax, run.scratch / f"output.{syntax}")


def write_parquet(run: Run, queries: list[Query], path: Path, *, order: bool = False, size: int | None = None) -> None:
    """All quads of the queries as a file of Parquet, or files of *size* bytes in a folder (`kg.tables.sql.terms`)."""
    run.progress.begin("writing")
    run.progress.writing = path
    with blame_environment("the quads could not be written"):
        run.connection.execute(write_terms(write_union([q.rows for q in queries]), path, order=order, size=size))


def choose_queries(run: Run, syntax: str) -> list[Query]:
    """The queries of the lines without a target; N-Triples (`nt`) is the union of the graphs, each triple once."""
    patterns = [p for query in run.queries for p in query.patterns]
    if syntax != "nt" or all(p.graph is None for p in patterns):
        return run.queries
    return plan_quads(run, [without_graph(p) for p in patterns])


def is_great(run: Run) -> bool:
    """Whether the lines are too many for the system's cache, and can be written past it."""
    return sys.platform == "linux" and guess_size(run) > GREAT


def guess_size(run: Run) -> int:
    """About how many bytes the lines of a run will have, from the rows of its tables and the texts of its patterns."""
    size = 0
    for pattern in (p for query in run.queries for p in query.patterns):
        line = sum(len(p.text) if isinstance(p, Text) else VALUE for p in pattern.parts) + 1
        size += line * run.facts.rows[pattern.table.name]
    return size


def replace_or_copy(made: Path, path: Path) -> None:
    """Put a file into its place in one step, from another file system too; a link stays, and what it leads to goes."""
    with blame_environment(f"cannot write `{path.name}`"):
        if is_stream(path):
            with made.open("rb") as lines, open_stream(path) as out:
                shutil.copyfileobj(lines, out, 1 << 20)
            return
        path = path.resolve()
        if made.stat().st_dev == path.parent.stat().st_dev:
            replace_file(made, path)
            return
        beside = path.with_name(f".{path.name}.part")
        try:
            shutil.copyfile(made, beside)
            replace_file(beside, path)
        finally:
            beside.unlink(missing_ok=True)


def sort_lines(run: Run, path: Path) -> None:
    """The lines of a file in the order of their bytes; the database sorts, on disk where memory ends."""
    import duckdb

    run.progress.begin("sorting")
    made = path.with_suffix(".sorted")
    with blame_environment("the quads could not be sorted"):
        try:
            run.connection.execute(write_sorting(path, made))
        except duckdb.InvalidInputException as error:
            if "Maximum line size" not in str(error):
                raise
            with path.open("rb") as lines:  # only now: nearly no line is that long
                longest = max(map(len, lines))
            run.connection.execute(write_sorting(path, made, longest + 1))
    made.replace(path)


def convert(lines: Path, syntax: str, made: Path) -> Path:
    """N-Quads → another syntax; those without graphs hold the union of the graphs."""
    import pyoxigraph as ox

    formats: dict[str, Any] = {
        "ttl": ox.RdfFormat.TURTLE, "trig": ox.RdfFormat.TRIG, "n3": ox.RdfFormat.N3,
        "jsonld": ox.RdfFormat.JSON_LD, "rdfxml": ox.RdfFormat.RDF_XML,
    }  # fmt: skip
    chosen = formats[syntax]
    quads = ox.parse(path=str(lines), format=ox.RdfFormat.N_QUADS, lenient=True)
    if syntax in {"ttl", "n3", "rdfxml"}:
        triples = dict.fromkeys(ox.Triple(q.subject, q.predicate, q.object) for q in quads)
        if syntax == "rdfxml":
            refuse_properties({t.predicate.value for t in triples})
        ox.serialize(triples, output=str(made), format=chosen)
    else:
        ox.serialize(quads, output=str(made), format=chosen)
    return made


def make_targets(run: Run) -> list[tuple[Path, Path]]:
    """The quads of each logical target as a file in the scratch folder, with its place. Paths outside are refused."""
    finished = []
    for number, (target, path) in enumerate(place_targets(run)):
        made = run.scratch / f"target{number}.nq"
        write_lines(run, plan_quads(run, patterns_of(run, target)), made)
        if (done := finish_target(run, target, made, path)) is not None:
            finished.append((done, path))
    return finished


@contextmanager
def stage_targets(finished: Iterable[tuple[Path, Path]]) -> Iterator[list[tuple[Path, Path]]]:
    """Finished files in a folder beside their places: nothing is left to be done but to rename them. Raises KgError.

    Where the block fails, they are gone again, with the folders that were made for them.
    """
    with ExitStack() as held:
        beside: dict[Path, Path] = {}
        staged = []
        for number, (made, path) in enumerate(finished):
            with blame_environment(f"cannot write `{path.name}`"):
                if not is_stream(path):
                    path = path.resolve()
                    if path.parent not in beside:
                        for each in [folder for folder in path.parents if not folder.exists()]:
                            held.callback(remove_empty, each)
                        path.parent.mkdir(parents=True, exist_ok=True)
                        beside[path.parent] = held.enter_context(make_scratch(path.parent))
                    with suppress(FileNotFoundError):
                        path.lstat()  # a name that no file can have is told now
                    made = Path(shutil.move(made, beside[path.parent] / f"target{number}"))
            staged.append((made, path))
        yield staged


def remove_empty(folder: Path) -> None:
    """Remove a folder, unless something lies in it."""
    with suppress(OSError):
        folder.rmdir()


def put_targets(staged: Iterable[tuple[Path, Path]]) -> None:
    """Staged files into their places, one after another: each is whole. Raises KgError."""
    for made, path in staged:
        replace_or_copy(made, path)


def place_targets(run: Run) -> list[tuple[LogicalTarget, Path]]:
    """The files of the logical targets; none after a mistake, which is reported."""
    wanted: dict[LogicalTarget, None] = {t: None for p in run.patterns for t in p.targets}
    placed: list[tuple[LogicalTarget, Path]] = []
    for target in wanted:
        path = place_target(run, target)
        if path is None:
            continue
        if path in files_read(run) or path == Path(target.mark.source.name).resolve():
            report_target(run, target, "source-outside", f"the target `{target.path}` is read by the mapping")
        elif path.is_dir():
            report_target(run, target, "map-source", f"the target `{target.path}` is a folder")
        elif any(each.exists() and not each.is_dir() for each in path.parents):  # told before anything is put
            report_target(run, target, "map-source", f"the target `{target.path}` lies under a file")
        elif run.settings.output is not None and run.settings.output.resolve() in path.parents:
            message = f"the target `{target.path}` lies in the output of all other quads"
            report_target(run, target, "map-repeated", message)
        elif run.settings.output is not None and path == run.settings.output.resolve():
            message = f"the target `{target.path}` is the output of all other quads"
            report_target(run, target, "map-repeated", message)
        elif path in {other for _, other in placed}:
            report_target(run, target, "map-repeated", f"a second target with the file `{target.path}`")
        placed.append((target, path))
    return [] if run.failed else placed


def patterns_of(run: Run, target: LogicalTarget) -> list[QuadPattern]:
    """The quads that go to a logical target."""
    patterns = [without_targets(p) for p in run.patterns if target in p.targets]
    return [without_graph(p) for p in patterns] if target.serialization == "nt" else patterns


def finish_target(run: Run, target: LogicalTarget, made: Path, path: Path) -> Path | None:
    """The lines of a logical target, whose place is *path*, in its syntax, encoding and compression.

    None, with the reason reported, where these cannot hold them.
    """
    try:
        if target.serialization not in {"nq", "nt"}:
            made = convert(made, target.serialization, made.with_suffix(f".{target.serialization}"))
        return pack(made, target, path, made.with_suffix(".packed"))
    except UnfitError as error:
        hint = "write Turtle or N-Quads" if target.encoding.lower() in UTF_8 else "write Turtle or N-Quads, or UTF-8"
        run.findings.tell(
            "target-unfit", target.mark, f"the target `{target.path}` cannot hold the quads: {error}", hint
        )
        return None


def report_target(run: Run, target: LogicalTarget, code: str, message: str) -> None:
    """A target that would be written over something else."""
    run.findings.tell(code, target.mark, message, "name another file")


def place_target(run: Run, target: LogicalTarget) -> Path | None:
    """The file of a logical target; None, with the reason reported, where it lies outside what is allowed."""
    folder = run.settings.mapping_folder if target.root is Root.MAPPING else Path.cwd()
    door = open_door([folder, *run.settings.allowed])
    path = resolve_path(folder / target.path)
    if path is None or not door.admits(path):
        message = f"the target `{target.path}` lies outside the folders that may be written"
        run.findings.tell("source-outside", target.mark, message, run.settings.advice.outside.format(what="target"))
        return None
    return path


def pack(made: Path, target: LogicalTarget, path: Path, packed: Path) -> Path:
    """Encoding and compression of a target."""
    encoding, recoded = target.encoding.lower(), packed.with_suffix(".recoded")
    if target.serialization == "rdfxml":
        recode_xml(made, encoding, recoded)
        made = recoded
    elif encoding not in UTF_8:
        codecs.register_error("kg-escape", partial(escape_character, syntax=target.serialization))
        with (
            made.open(encoding="utf-8", newline="") as source,
            recoded.open("w", encoding=encoding, errors="kg-escape", newline="") as out,
        ):
            shutil.copyfileobj(source, out)
        made = recoded
    kind = target.compression
    if kind is None:
        return made
    inner = path.name
    for ending in (".tar.gz", ".tar.xz", ".gz", ".zip", ".zst"):
        inner = inner.removesuffix(ending)
    if kind == "zip":
        import zipfile

        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            entry = zipfile.ZipInfo(inner)  # of 1980: no clock in the output
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            with made.open("rb") as source, archive.open(entry, "w") as out:
                shutil.copyfileobj(source, out)
    elif kind in {"targz", "tarxz"}:
        import tarfile

        with open_tar(packed, kind) as tar:
            info = tarfile.TarInfo(inner)
            info.size = made.stat().st_size
            with made.open("rb") as stream:
                tar.addfile(info, stream)
    else:
        with made.open("rb") as source, compressed(packed, kind) as out:
            shutil.copyfileobj(source, out)
    return packed


def escape_character(error: UnicodeError, syntax: str) -> tuple[str, int]:
    """Characters that an encoding does not have, as a syntax escapes them."""
    assert isinstance(error, UnicodeEncodeError)
    text = error.object[error.start : error.end]
    if syntax == "jsonld":  # whose escapes have four digits
        units = text.encode("utf-16-be").hex().upper()
        escaped = "".join(f"\\u{units[i : i + 4]}" for i in range(0, len(units), 4))
    else:
        escaped = "".join(f"\\u{ord(c):04X}" if ord(c) < 0x10000 else f"\\U{ord(c):08X}" for c in text)
    return escaped, error.end


def open_tar(path: Path, kind: str) -> Any:
    """A tar archive to write into, compressed as *kind* says, without a clock in it."""
    import gzip
    import tarfile

    if kind == "targz":
        return tarfile.open(fileobj=gzip.GzipFile(path, "wb", mtime=0), mode="w")
    return tarfile.open(path, "w:xz")


def compressed(path: Path, kind: str, threads: int = 0) -> AbstractContextManager[IO[bytes]]:
    """A file to write into, compressed as *kind* says; zstd by as many *threads* beside this one."""
    if kind == "xz":
        import lzma

        return lzma.open(path, "wb")
    return open_packed(path, kind, threads)
