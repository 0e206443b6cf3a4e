"""What the last build got of tables whose data lies in the network: commands that only ask answer from it.

A record lies in `.kg/asked/NAME.json.gz`. It holds for the same mapping and data files, and beside the exports of the
build that made it; where it does not hold, that is told, and nothing is asked.
"""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from kg.model.nouns import Materialisation, Seeds
from kg.system.files import write_bytes
from kg.system.project import Project
from kg.tables.project.mappings import SeedMapping, hash_inputs, list_parts
from kg.tables.project.seeds import MappedLines, MappedTable
from kg.tables.sources.network import asks_network, find_asked
from kg.text.diagnostic import Diagnostic, Mark

_FOLDER = "asked"
_CODE = "table-unasked"


@dataclass(frozen=True, kw_only=True)
class BuildRecord:
    """What is kept of one table: of which build (the SHA-256 of its *graph*) and of which inputs (*digest*)."""

    graph: str
    digest: str
    materialisation: Materialisation
    count: int
    mentioned: frozenset[str]
    lines: tuple[tuple[tuple[int, int, int, int], tuple[str, ...]], ...]


def remember_asked(project: Project, tables: Sequence[MappedTable], graph: str) -> None:
    """Keep what a build, which made the graph with this SHA-256, got of the network. Raises KgError."""
    folder = project.work / _FOLDER
    asked = [table for table in tables if asks_network(table.mapping.document)]
    if not asked:
        shutil.rmtree(folder, ignore_errors=True)
        return
    folder.mkdir(parents=True, exist_ok=True)
    for table in asked:
        record = {
            "graph": graph,
            "digest": _digest(table.mapping),
            "materialisation": table.materialisation,
            "count": table.count,
            "mentioned": sorted(table.mentioned),
            "lines": [[_place(mapped.mark), mapped.lines] for mapped in table.lines],
        }
        write_bytes(folder / f"{table.name}.json.gz", gzip.compress(json.dumps(record).encode(), 6, mtime=0))
    names = {f"{table.name}.json.gz" for table in asked}
    for path in folder.glob("*.json.gz"):
        if path.name not in names:
            path.unlink(missing_ok=True)


@dataclass(frozen=True, kw_only=True)
class RecalledTables:
    """Tables as the last build got them, the *names* of all that ask the network, and why some are not known."""

    tables: tuple[MappedTable, ...]
    names: frozenset[str]
    diagnostics: tuple[Diagnostic, ...]


def recall_asked(mappings: Iterable[SeedMapping], seeds: Seeds) -> RecalledTables:
    """The tables whose data lies in the network, as the last build got them."""
    asking = [mapping for mapping in mappings if asks_network(mapping.document)]
    found = [recall_table(mapping, seeds) for mapping in asking]
    return RecalledTables(
        tables=tuple(each for each in found if isinstance(each, MappedTable)),
        names=frozenset(mapping.name for mapping in asking),
        diagnostics=tuple(each for each in found if isinstance(each, Diagnostic)),
    )


def recall_table(mapping: SeedMapping, seeds: Seeds) -> MappedTable | Diagnostic:
    """The table as the last build got it, or why it is not known."""
    project = Project(mapping.root)
    address = next(find_asked(mapping.document))
    message = f"the rows of `{mapping.name}` are not known: `kg build` alone asks `{address.address}`"
    try:
        record = _read(project.work / _FOLDER / f"{mapping.name}.json.gz")
        manifest = json.loads((project.exports / "manifest.json").read_text(encoding="utf-8"))
        built = manifest["graph"]["sha256"]
    except (OSError, EOFError, ValueError, TypeError, KeyError):
        return Diagnostic(code=_CODE, mark=address.mark, message=message, hint="run `kg build`")
    if record.graph != built or record.digest != _digest(mapping):
        message = f"the rows of `{mapping.name}` are of an earlier mapping or build"
        return Diagnostic(code=_CODE, mark=address.mark, message=message, hint="run `kg build`, which asks anew")
    lines = tuple(
        MappedLines(mark=Mark(source=mapping.source, line=line, column=column, end_line=end, end_column=behind),
                    lines=texts)
        for (line, column, end, behind), texts in record.lines
    )  # fmt: skip
    return MappedTable(
        mapping=mapping,
        inputs=hash_inputs(mapping, project),
        materialisation=record.materialisation,
        count=record.count,
        lines=lines,
        mentioned=frozenset(key for key in record.mentioned if key in seeds.entity_by_key),
    )


def find_packed(table: MappedTable) -> Path:
    """The file of a table that is no part of the graph: that of this build, else the last one's."""
    if table.file is not None:
        return table.file.file.path
    return Project(table.mapping.root).exports / "tables" / f"{table.name}.nq.gz"


def read_lines(table: MappedTable) -> Iterator[tuple[Mark | None, str]]:
    """The lines of a table that the last build got, each with its place in the mapping where that is known.

    Raises OSError where the file of the table is not there, or is broken.
    """
    for mapped in table.lines:
        yield from ((mapped.mark, line) for line in mapped.lines)
    if table.materialisation is Materialisation.FILE:
        with gzip.open(find_packed(table), "rt", encoding="utf-8", newline="\n") as lines:
            yield from ((None, line.rstrip("\n")) for line in lines)


def _read(path: Path) -> BuildRecord:
    raw = json.loads(gzip.decompress(path.read_bytes()))
    return BuildRecord(
        graph=str(raw["graph"]),
        digest=str(raw["digest"]),
        materialisation=Materialisation(raw["materialisation"]),
        count=int(raw["count"]),
        mentioned=frozenset(map(str, raw["mentioned"])),
        lines=tuple((tuple(map(int, place)), tuple(map(str, texts))) for place, texts in raw["lines"]),  # type: ignore[misc]
    )


def _digest(mapping: SeedMapping) -> str:
    """A digest of what decides which quads come of the answers."""
    parts = [version("kg-claims"), *list_parts(mapping, hash_inputs(mapping, Project(mapping.root)))]
    return sha256("\n".join(parts).encode()).hexdigest()


def _place(mark: Mark) -> tuple[int, int, int, int]:
    return mark.line, mark.column, mark.end_line, mark.end_column
