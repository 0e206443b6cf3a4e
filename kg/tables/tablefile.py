"""A table that is no part of the graph: its quads in a compressed file of their own, sorted."""

from __future__ import annotations

import gzip
import shutil
from dataclasses import replace
from hashlib import file_digest
from pathlib import Path

from kg.diagnostic import KgError
from kg.files import MadeFile, hash_file
from kg.noun import dataclass
from kg.tables.engine import open_run, write_lines
from kg.tables.queries import Planner
from kg.tables.seeds import MappedTable, place_patterns
from kg.tables.target import sort_lines

LEVEL = 6  # of gzip: N-Quads shrink to a fortieth


@dataclass(frozen=True, kw_only=True)
class TableFile:
    """A table as a file to put into `exports/`; *quads_sha256* is that of the sorted N-Quads inside."""

    name: str
    file: MadeFile
    quads_sha256: str


def make_table_file(table: MappedTable, work: Path) -> TableFile:
    """`tables/NAME.nq.gz`, made in the folder *work*. Raises KgError when the disk is full or data has changed."""
    mapping = table.mapping
    with open_run(mapping.document, replace(mapping.settings, scratch_parent=work)) as run:
        if run.failed:
            raise KgError(f"{mapping.source.name}: its data changed during the build")
        lines = work / f"{table.name}.nq"
        write_lines(run, Planner(facts=run.facts).plan(place_patterns(mapping, run)), lines)
        sort_lines(run, lines)
    packed = work / f"{table.name}.nq.gz"
    try:
        with lines.open("rb") as stream, packed.open("wb") as out:
            # neither a name nor a time in the header: the same quads give the same bytes
            with gzip.GzipFile(filename="", mode="wb", fileobj=out, compresslevel=LEVEL, mtime=0) as pack:
                shutil.copyfileobj(stream, pack, 1 << 20)
            stream.seek(0)
            digest = file_digest(stream, "sha256").hexdigest()
        lines.unlink()
    except OSError as error:
        raise KgError(f"cannot write tables/{packed.name}: {error.strerror or error}") from error
    file = MadeFile(name=f"tables/{packed.name}", path=packed, sha256=hash_file(packed))
    return TableFile(name=table.name, file=file, quads_sha256=digest)
