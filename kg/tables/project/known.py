"""What the last build learned of tables that are files, so that a command that asks the graph need not open them.

It lies in `.kg/tables.json` and holds for the same mappings, data, answers, entities and version of `kg`: nothing else
decides how many quads a table has, and whether its names are entities.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version

from kg.model.nouns import Seeds
from kg.system.files import write_text
from kg.system.project import Project
from kg.tables.project.mappings import DataFile, SeedMapping, hash_inputs, list_parts, reads_files_only
from kg.text.diagnostic import KgError

_FILE = "tables.json"


@dataclass(frozen=True, kw_only=True)
class KnownTables:
    """The number of quads of each table that is a file, by its name; what it is made of; the entities of all tables."""

    counts: Mapping[str, int]
    inputs: Mapping[str, tuple[DataFile, ...]]
    mentioned: frozenset[str]


def recall_tables(mappings: Sequence[SeedMapping], seeds: Seeds) -> KnownTables | None:
    """What is known of these tables; None where nothing is, or anything has changed."""
    if not mappings:
        return None
    try:
        record = json.loads((Project(mappings[0].root).work / _FILE).read_text(encoding="utf-8"))
        inputs = {mapping.name: hash_inputs(mapping, Project(mapping.root)) for mapping in mappings}
        if record["digest"] != digest_tables(mappings, inputs, seeds):
            return None
        counts = {str(name): int(count) for name, count in record["counts"].items()}
        mentioned = frozenset(key for key in record["mentioned"] if key in seeds.entity_by_key)
    except (OSError, KgError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return KnownTables(counts=counts, inputs=inputs, mentioned=mentioned)


def remember_tables(mappings: Sequence[SeedMapping], seeds: Seeds, known: KnownTables) -> None:
    """Keep for the next commands what was learned of tables without a mistake; where it cannot be kept, it is not."""
    if all(map(reads_files_only, mappings)):
        record = {
            "digest": digest_tables(mappings, known.inputs, seeds),
            "counts": known.counts,
            "mentioned": sorted(known.mentioned),
        }
        with suppress(KgError):
            write_text(Project(mappings[0].root).work / _FILE, json.dumps(record, indent=1) + "\n")


def digest_tables(mappings: Sequence[SeedMapping], inputs: Mapping[str, tuple[DataFile, ...]], seeds: Seeds) -> str:
    """A digest of all that decides what the tables hold: of `kg`, DuckDB, mappings, inputs, entities and choices."""
    parts = [version("kg-claims"), version("duckdb"), *sorted(seeds.entity_by_key)]
    parts += [f"{choice.name.text} {choice.materialisation}" for choice in seeds.dataset.tables]
    for mapping in mappings:
        parts += list_parts(mapping, inputs[mapping.name])
    return sha256("\n".join(parts).encode()).hexdigest()
