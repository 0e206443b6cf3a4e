"""Mappings under `seeds/tables/`: run, and what they give checked against the project, as `MappedTable`s.

Each mapping has a graph of its own, `{base}table/NAME`. Up to a million quads are a part of the graph; more
of them, or what `seeds/dataset.yaml` names so, go into a file of their own (`kg.tables.project.tablefile`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

from kg.model.nouns import Materialisation, Seeds
from kg.system.project import Project
from kg.tables.engine.failure import give_reason
from kg.tables.plan.pattern import QuadPattern, Term, without_targets
from kg.tables.plan.value import Text
from kg.tables.project.known import KnownTables, recall_tables, remember_tables
from kg.tables.project.mappings import DataFile, SeedMapping, hash_inputs, name_data
from kg.tables.project.names import check_entities, find_mentioned, find_minted
from kg.tables.rml import MappingDocument
from kg.tables.run import Run, Settings, learn_facts, open_run, plan_alone, plan_quads, write_lines
from kg.tables.sources.network import Network
from kg.tables.sql import write_line_count, write_query
from kg.text.diagnostic import Diagnostic, KgError, Mark, SourceText, has_errors
from kg.text.findings import Findings

if TYPE_CHECKING:
    from pathlib import Path

    from kg.rdf.quad import Quad
    from kg.tables.project.tablefile import TableFile

MOST_IN_GRAPH = 1_000_000  # quads of one mapping; more go into a file of their own


@dataclass(frozen=True, kw_only=True)
class MappedLines:
    """N-Quads lines, sorted, and the place in the mapping that they come of."""

    mark: Mark = field(repr=False)
    lines: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class MappedTable:
    """A mapping that was run: how many quads it gives, of which files, and what becomes of them.

    *lines* are there where they are a part of the graph; each quad stands in them once. *file* is there in a build
    where they are none.
    """

    mapping: SeedMapping
    inputs: tuple[DataFile, ...]  # the mapping itself first
    materialisation: Materialisation
    count: int
    lines: tuple[MappedLines, ...] = field(default=(), repr=False)
    file: TableFile | None = None
    mentioned: frozenset[str] = field(default=frozenset(), repr=False)  # keys of entities

    @property
    def name(self) -> str:
        return self.mapping.name


class Hands(Protocol):
    """Who runs the mappings of a project: this process, or workers."""

    def open(self, document: MappingDocument, settings: Settings) -> Run:
        """A mapping with its sources opened, its data checked and its quads planned. The caller closes it."""

    def count(self, run: Run, patterns: Sequence[QuadPattern]) -> int:
        """How many quads the patterns of an opened mapping give."""

    def write(self, run: Run, patterns: Sequence[QuadPattern], lines: Path) -> None:
        """The quads of patterns as the lines of a file, in no order."""


class OwnHands:
    """This process runs the mappings."""

    def open(self, document: MappingDocument, settings: Settings) -> Run:
        return open_run(document, settings)

    def count(self, run: Run, patterns: Sequence[QuadPattern]) -> int:
        """A row of a query may hold several lines."""
        queries = plan_quads(run, patterns)
        [(count,)] = execute(run, write_line_count([query.rows for query in queries])).fetchall()
        return int(count)

    def write(self, run: Run, patterns: Sequence[QuadPattern], lines: Path) -> None:
        write_lines(run, plan_quads(run, patterns), lines)


Hire = Callable[["Path"], AbstractContextManager[Hands]]  # hands for a while, which have a folder of their own


@dataclass(frozen=True, kw_only=True)
class TablesReading:
    """The tables of a project, what is wrong with their data, and the entities that they speak of (keys)."""

    tables: tuple[MappedTable, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    mentioned: frozenset[str] = frozenset()


def run_mappings(
    mappings: Sequence[SeedMapping],
    seeds: Seeds,
    read_graph: Callable[[], Iterable[Quad]],
    work: Path | None,
    *,
    network: Collection[str],
    hire: Hire | None,
    complete: bool,
) -> TablesReading:
    """Run the mappings, which hold no mistake of their own, and check what they give.

    In the folder *work* the files are made of tables that are no part of the graph; without it nothing is written.
    Of endpoints and servers of databases only those are asked that *network* names.
    *hire* gives those who run the mappings for a build, such as workers.
    *read_graph* gives the quads of the graph without tables, for mappings that read the answers to queries.
    Where *complete* is false not all entities could be read, and a name that is not found is no mistake.
    Raises KgError when a file cannot be read, or a database does not answer.
    """
    findings = Findings()
    if any(mapping.queries for mapping in mappings):
        from kg.tables.project.answers import ask_queries

        mappings, found = ask_queries(mappings, read_graph, seeds.dataset.prefixes)
        findings.add(found)
        if findings.has_errors:
            return TablesReading(diagnostics=findings.diagnostics)
    known = recall_tables(mappings, seeds) if work is None else None
    tables: dict[str, MappedTable] = {}
    mentioned: set[str] = set()
    with ExitStack() as stack:
        hands: Hands = OwnHands()
        if hire is not None and work is not None and mappings:
            hands = stack.enter_context(hire(work))
        opened: list[tuple[SeedMapping, Run]] = []
        for mapping in mappings:
            if known is not None and (count := known.counts.get(mapping.name)) is not None:
                tables[mapping.name] = MappedTable(
                    mapping=mapping,
                    inputs=known.inputs[mapping.name],
                    materialisation=Materialisation.FILE,
                    count=count,
                )
                continue
            settings = replace(mapping.settings, scratch_parent=work, network=Network(names=tuple(network)))
            run = stack.enter_context(hands.open(mapping.document, settings))
            findings.add(_place_data(run.diagnostics, mapping))
            if not run.failed:
                opened.append((mapping, run))
        asks = complete and known is None  # what is known had no mistake
        minted = {name for _, run in opened for name in find_minted(run, seeds.dataset.base)} if asks else set()
        for mapping, run in opened:
            told = list(check_targets(run))
            if asks:
                told += check_entities(run, mapping.document, seeds, minted)
            findings.add(_place_data(told, mapping))
            own = frozenset(find_mentioned(run, seeds))
            mentioned |= own
            if not has_errors(told):
                made = materialise(mapping, run, _choice(seeds, mapping.name), work, hands)
                tables[mapping.name] = replace(made, mentioned=own)
    mentioned |= known.mentioned if known else set()
    in_order = tuple(tables[mapping.name] for mapping in mappings if mapping.name in tables)
    if (
        work is not None
        and asks
        and not findings.found
        and any(t.materialisation is Materialisation.FILE for t in in_order)
    ):
        counts = {t.name: t.count for t in in_order if t.materialisation is Materialisation.FILE}
        inputs = {t.name: t.inputs for t in in_order}
        remember_tables(mappings, seeds, KnownTables(counts=counts, inputs=inputs, mentioned=frozenset(mentioned)))
    return TablesReading(tables=in_order, diagnostics=findings.diagnostics, mentioned=frozenset(mentioned))


def _choice(seeds: Seeds, name: str) -> Materialisation | None:
    return next((c.materialisation for c in seeds.dataset.tables if c.name.text == name), None)


def _place_data(diagnostics: Iterable[Diagnostic], mapping: SeedMapping) -> Iterator[Diagnostic]:
    """What was found wrong with the data, its files named from the project's folder; the rest was told before."""
    told = set(mapping.document.diagnostics)
    for diagnostic in diagnostics:
        if diagnostic in told:
            continue
        related = tuple(
            replace(r, mark=replace(r.mark, source=SourceText(name_data(mapping, r.mark.file), "")))
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
    graph = Term(parts=(Text(text=f"<{mapping.graph}>"),), kind="iri")
    return [
        replace(pattern, graph=graph) if pattern.graph is None else pattern
        for pattern in map(without_targets, run.patterns)
    ]


def materialise(
    mapping: SeedMapping, run: Run, chosen: Materialisation | None, work: Path | None, hands: Hands
) -> MappedTable:
    """The quads as lines where they belong into the graph, else as a file in *work*, or their number only."""
    patterns = place_patterns(mapping, run)
    inputs = hash_inputs(mapping, Project(mapping.root))
    if chosen is Materialisation.GRAPH or (chosen is None and fits_graph(run, patterns, hands)):
        lines = tuple(fetch_lines(run, patterns))
        count = sum(len(mapped.lines) for mapped in lines)
        return MappedTable(
            mapping=mapping, inputs=inputs, materialisation=Materialisation.GRAPH, count=count, lines=lines
        )
    file = None
    if work is not None:
        from kg.tables.project.tablefile import make_table_file

        file = make_table_file(mapping.name, run, lambda lines: hands.write(run, patterns, lines), work)
    count = file.count if file else hands.count(run, patterns)
    return MappedTable(mapping=mapping, inputs=inputs, materialisation=Materialisation.FILE, count=count, file=file)


def fits_graph(run: Run, patterns: Sequence[QuadPattern], hands: Hands) -> bool:
    """Whether the quads are so few; they are counted only where the number of rows does not tell."""
    if all(pattern.per_row for pattern in patterns):
        learn_facts(run, patterns)
        if sum(run.facts.rows[pattern.table.name] for pattern in patterns) <= MOST_IN_GRAPH:
            return True
    return hands.count(run, patterns) <= MOST_IN_GRAPH


def fetch_lines(run: Run, patterns: Sequence[QuadPattern]) -> Iterator[MappedLines]:
    """The lines of each pattern by itself, so that each quad is known by its place; a quad comes once."""
    learn_facts(run, patterns)
    seen: set[str] = set()
    for pattern in dict.fromkeys(patterns):
        lines = {row[0] for row in execute(run, write_query(plan_alone(run, pattern).rows)).fetchall()} - seen
        seen |= lines
        if lines:
            yield MappedLines(mark=pattern.mark, lines=tuple(sorted(lines)))


def execute(run: Run, sql: str) -> Any:
    """The result of a query; what fails in it is a failure of the environment (memory, disk)."""
    import duckdb

    try:
        return run.connection.execute(sql)
    except duckdb.Error as error:
        raise KgError(f"a table could not be mapped: {give_reason(error)}") from error
