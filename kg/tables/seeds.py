"""Mappings under `seeds/tables/`: run, and what they give checked against the project, as `MappedTable`s.

Each mapping has a graph of its own, `{base}table/NAME`. Up to a million quads are a part of the graph; more
of them, or what `seeds/dataset.yaml` names so, go into a file of their own (`kg.tables.tablefile`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import field, replace
from pathlib import Path
from typing import Any

from kg.diagnostic import Diagnostic, KgError, Mark, SourceText
from kg.model import Materialisation, Seeds
from kg.noun import dataclass
from kg.project import Project
from kg.tables.duck import load_duckdb
from kg.tables.engine import Run, open_run
from kg.tables.failure import give_reason
from kg.tables.mappings import DataFile, SeedMapping, has_error, hash_inputs
from kg.tables.names import check_entities, find_mentioned, find_minted
from kg.tables.pieces import CompiledTerm
from kg.tables.queries import Planner, without_targets
from kg.tables.sql import QuadPattern

MOST_IN_GRAPH = 1_000_000  # quads of one mapping; more go into a file of their own


@dataclass(frozen=True, kw_only=True)
class MappedLines:
    """N-Quads lines, sorted, and the place in the mapping that they come of."""

    mark: Mark = field(repr=False)
    lines: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class MappedTable:
    """A mapping that was run: how many quads it gives, of which files, and what becomes of them.

    *lines* are there where they are a part of the graph; each quad stands in them once.
    """

    mapping: SeedMapping
    inputs: tuple[DataFile, ...]  # the mapping itself first
    materialisation: Materialisation
    count: int
    lines: tuple[MappedLines, ...] = field(repr=False)

    @property
    def name(self) -> str:
        return self.mapping.name


@dataclass(frozen=True, kw_only=True)
class TablesReading:
    """The tables of a project, what is wrong with their data, and the entities that they speak of (keys)."""

    tables: tuple[MappedTable, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    mentioned: frozenset[str] = frozenset()


def run_mappings(mappings: Sequence[SeedMapping], seeds: Seeds, *, complete: bool) -> TablesReading:
    """Run the mappings, which hold no mistake of their own, and check what they give; nothing is written.

    Where *complete* is false not all entities could be read, and a name that is not found is no mistake.
    Raises KgError when a file cannot be read, or a database does not answer.
    """
    found: list[Diagnostic] = []
    tables: list[MappedTable] = []
    mentioned: set[str] = set()
    with ExitStack() as stack:
        opened: list[tuple[SeedMapping, Run]] = []
        minted: set[str] = set()
        for mapping in mappings:
            run = stack.enter_context(open_run(mapping.document, mapping.settings))
            found += _name_data(run.diagnostics, mapping)
            if not run.failed:
                opened.append((mapping, run))
                minted |= find_minted(run, seeds.dataset.base)
        for mapping, run in opened:
            told = list(check_targets(run))
            if complete:
                told += check_entities(run, mapping.document, seeds, minted)
            found += _name_data(told, mapping)
            mentioned |= find_mentioned(run, seeds)
            if not has_error(told):
                tables.append(materialise(mapping, run, _choice(seeds, mapping.name)))
    return TablesReading(tables=tuple(tables), diagnostics=tuple(found), mentioned=frozenset(mentioned))


def _choice(seeds: Seeds, name: str) -> Materialisation | None:
    return next((c.materialisation for c in seeds.dataset.tables if c.name.text == name), None)


def _name_data(diagnostics: Iterable[Diagnostic], mapping: SeedMapping) -> Iterator[Diagnostic]:
    """What was found wrong with the data, its files named from the project's folder; the rest was told before."""
    told = set(mapping.document.diagnostics)
    folder = Path(mapping.source.name).parent
    for diagnostic in diagnostics:
        if diagnostic in told:
            continue
        related = tuple(
            replace(r, mark=replace(r.mark, source=SourceText((folder / r.mark.file).as_posix(), "")))
            for r in diagnostic.related
        )
        yield replace(diagnostic, related=related)


def check_targets(run: Run) -> Iterator[Diagnostic]:
    """A project has its own outputs: a logical target is not written, and its quads stand with the others."""
    for target in dict.fromkeys(t for pattern in run.patterns for t in pattern.targets):
        message = f"the target `{target.path}` is not written: in a project all quads go to the table's graph"
        hint = "take the target out, or run the mapping with `kg map`"
        yield Diagnostic(code="table-target", mark=target.mark, message=message, hint=hint)


def place_patterns(mapping: SeedMapping, run: Run) -> list[QuadPattern]:
    """The patterns of a run; quads that name no graph of their own go to the mapping's."""
    graph = CompiledTerm(pieces=(f"<{mapping.graph}>",), form="iri")
    return [
        replace(pattern, graph=graph) if pattern.graph is None else pattern
        for pattern in map(without_targets, run.patterns)
    ]


def materialise(mapping: SeedMapping, run: Run, chosen: Materialisation | None) -> MappedTable:
    """The quads as lines where they belong into the graph, else their number only."""
    patterns = place_patterns(mapping, run)
    count = count_quads(run, patterns)
    kind = chosen or (Materialisation.GRAPH if count <= MOST_IN_GRAPH else Materialisation.FILE)
    return MappedTable(
        mapping=mapping,
        inputs=hash_inputs(mapping, Project(mapping.root)),
        materialisation=kind,
        count=count,
        lines=tuple(fetch_lines(run, patterns)) if kind is Materialisation.GRAPH else (),
    )


def count_quads(run: Run, patterns: Sequence[QuadPattern]) -> int:
    """How many quads the patterns give; a row of a query may hold several lines."""
    queries = Planner(facts=run.facts).plan(patterns)
    if not queries:
        return 0
    lines = " UNION ALL ".join(q.sql for q in queries)
    ends = "strlen(l) - strlen(replace(l, chr(10), '')) + 1"
    found = execute(run, f"SELECT coalesce(sum({ends}), 0)::BIGINT FROM ({lines})").fetchone()
    return int(found[0])


def fetch_lines(run: Run, patterns: Sequence[QuadPattern]) -> Iterator[MappedLines]:
    """The lines of each pattern by itself, so that each quad is known by its place; a quad comes once."""
    planner = Planner(facts=run.facts)
    planner.gather(patterns)
    seen: set[str] = set()
    for pattern in dict.fromkeys(patterns):
        lines = {row[0] for row in execute(run, planner.single(pattern).sql).fetchall()} - seen
        seen |= lines
        if lines:
            yield MappedLines(mark=pattern.mark, lines=tuple(sorted(lines)))


def execute(run: Run, sql: str) -> Any:
    """The result of a query; what fails in it is a failure of the environment (memory, disk)."""
    duckdb = load_duckdb()

    try:
        return run.connection.execute(sql)
    except duckdb.Error as error:
        raise KgError(f"a table could not be mapped: {give_reason(error)}") from error
