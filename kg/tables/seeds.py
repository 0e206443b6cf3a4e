"""Mappings under `seeds/tables/`: read, run and checked against the project, as `MappedTable`s.

Each mapping has a graph of its own, `{base}table/NAME`. Up to a million quads are a part of the graph; more
of them, or what `seeds/dataset.yaml` names so, go into a file of their own (`kg.tables.tablefile`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from kg.diagnostic import Diagnostic, KgError, Mark, Related, Severity, SourceText, did_you_mean, mark_of_file
from kg.files import hash_file
from kg.model import Materialisation, Seeds
from kg.project import MAPPING_ENDINGS, Project
from kg.tables.engine import Run, Settings, open_run
from kg.tables.names import check_entities, check_schemes, check_terms, find_mentioned, find_minted
from kg.tables.pieces import CompiledTerm
from kg.tables.queries import Planner, without_targets
from kg.tables.reading import read_any_mapping
from kg.tables.rml import FileSource, LogicalSource, LogicalView, MappingDocument
from kg.tables.sources.files import local_path
from kg.tables.sql import QuadPattern
from kg.vocabulary import Vocabulary
from kg.yamldoc import read_text

MOST_IN_GRAPH = 1_000_000  # quads of one mapping; more go into a file of their own
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_NO_DATA = re.compile(r"(?i)(readme|licen[cs]e|notice)(\..*)?")


@dataclass(frozen=True, kw_only=True)
class DataFile:
    """A file that quads were made of: its *name* (path from the project's folder) and SHA-256."""

    name: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class SeedMapping:
    """A mapping of the project. *graph* is the IRI of the graph of its quads."""

    name: str
    graph: str
    path: Path
    source: SourceText = field(repr=False)
    document: MappingDocument = field(repr=False)
    base: str
    root: Path

    @property
    def settings(self) -> Settings:
        """Relative sources start beside the mapping and may not leave the project."""
        folder = self.path.parent.resolve()
        return Settings(
            mapping_folder=folder,
            data_folder=folder,
            allowed=(self.root.resolve(),),
            base=self.document.base or self.base,
        )


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
    """All mappings of a project, what is wrong with them, and the entities that they speak of (keys)."""

    tables: tuple[MappedTable, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    mentioned: frozenset[str] = frozenset()


def map_seeds(project: Project, seeds: Seeds, vocabulary: Vocabulary, *, complete: bool) -> TablesReading:
    """Read, run and check the mappings under `seeds/tables/`; nothing is written.

    Where *complete* is false not all entities could be read, and a name that is not found is no mistake.
    Raises KgError when a file cannot be read, or a database does not answer.
    """
    found: list[Diagnostic] = []
    mappings = list(read_seed_mappings(project, seeds, found))
    found += check_choices(seeds, mappings)
    sound = [m for m in mappings if not _has_error(m.document.diagnostics)]
    for mapping in mappings:
        found += mapping.document.diagnostics
    for mapping in sound:
        found += check_terms(mapping.document, vocabulary, seeds.dataset.base)
        found += check_schemes(mapping.document, seeds.dataset.prefixes)
    found += check_unread(project, mappings)
    tables: list[MappedTable] = []
    mentioned: set[str] = set()
    with ExitStack() as stack:
        opened: list[tuple[SeedMapping, Run]] = []
        minted: set[str] = set()
        for mapping in sound:
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
            if not _has_error(told):
                tables.append(materialise(mapping, run, _choice(seeds, mapping.name)))
    return TablesReading(tables=tuple(tables), diagnostics=tuple(found), mentioned=frozenset(mentioned))


def _has_error(diagnostics: Iterable[Diagnostic]) -> bool:
    return any(d.severity is Severity.ERROR for d in diagnostics)


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


# -- reading ------------------------------------------------------------------------------------


def read_seed_mappings(project: Project, seeds: Seeds, found: list[Diagnostic]) -> Iterator[SeedMapping]:
    """The mappings in the order of their files; what is wrong with files and names goes to *found*."""
    first: dict[str, Mark] = {}
    for path in project.mapping_files:
        source, problems = read_text(path, project.name_of(path))
        found += problems
        name = name_mapping(path, project)
        mark = mark_of_file(source)
        if not _NAME.fullmatch(name):
            message = f"`{name}` cannot name a table"
            hint = "letters, digits, `.`, `_` and `-` name a graph"
            found.append(Diagnostic(code="table-name", mark=mark, message=message, hint=hint))
        elif name in first:
            message = f"a second mapping `{name}`"
            related = (Related(mark=first[name], message="the first"),)
            hint = "rename one of the two"
            found.append(Diagnostic(code="table-name", mark=mark, message=message, hint=hint, related=related))
        elif not problems:
            first[name] = mark
            base = seeds.dataset.base
            yield SeedMapping(
                name=name, graph=f"{base}table/{name}", path=path, source=source,
                document=read_any_mapping(source, base), base=base, root=project.root,
            )  # fmt: skip


def name_mapping(path: Path, project: Project) -> str:
    """`seeds/tables/geo/places.rml.ttl` → `geo.places`."""
    name = path.relative_to(project.root / "seeds" / "tables").as_posix().replace("/", ".")
    for ending in MAPPING_ENDINGS:
        if name.endswith(ending):
            return name.removesuffix(ending)
    return name


def check_choices(seeds: Seeds, mappings: Sequence[SeedMapping]) -> Iterator[Diagnostic]:
    """`tables` of the data set names mappings that exist."""
    names = {m.name for m in mappings}
    for choice in seeds.dataset.tables:
        if choice.name.text not in names:
            hint = did_you_mean(choice.name.text, names)
            message = f"no mapping `{choice.name.text}` under seeds/tables/"
            yield Diagnostic(code="table-choice", mark=choice.name.mark, message=message, hint=hint)


def check_unread(project: Project, mappings: Sequence[SeedMapping]) -> Iterator[Diagnostic]:
    """A file that is neither a mapping nor named by one: most often its ending or a path is wrong."""
    read = {p.resolve() for m in mappings for p in find_data(m)} | {p.resolve() for p in project.mapping_files}
    faulty = any(_has_error(m.document.diagnostics) for m in mappings)
    for path in project.table_files if not faulty else ():
        if path.resolve() not in read and not _NO_DATA.fullmatch(path.name):
            message = f"no mapping reads `{path.name}`"
            hint = "the name of a mapping ends with `.rml.ttl` or `.yarrrml.yaml`"
            mark = mark_of_file(SourceText(project.name_of(path), ""))
            yield Diagnostic(code="table-unread", mark=mark, message=message, hint=hint)


def find_data(mapping: SeedMapping) -> list[Path]:
    """The files that a mapping reads, each once, in the order of the mapping."""
    folder = mapping.settings.mapping_folder
    origins = (source.source for source in list_sources(mapping.document))
    return list(dict.fromkeys(folder / local_path(o) for o in origins if isinstance(o, FileSource)))


def reads_files_only(mapping: SeedMapping) -> bool:
    """Whether the digests of files tell if the mapping's data has changed; those of a database nobody knows."""
    return all(isinstance(source.source, FileSource) for source in list_sources(mapping.document))


def list_sources(document: MappingDocument) -> Iterator[LogicalSource]:
    """The logical sources of a mapping, also those under its views."""
    todo: list[LogicalSource | LogicalView] = [t.source for t in document.triples_maps]
    while todo:
        source = todo.pop(0)
        if isinstance(source, LogicalView):
            todo += [source.view_on, *(join.parent for join in source.joins)]
        else:
            yield source


def hash_inputs(mapping: SeedMapping, project: Project) -> tuple[DataFile, ...]:
    """The mapping and the files that it reads, with the SHA-256 of their bytes."""
    return tuple(
        DataFile(name=project.name_of(path), sha256=hash_file(path)) for path in (mapping.path, *find_data(mapping))
    )


# -- running ------------------------------------------------------------------------------------


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
    import duckdb

    try:
        return run.connection.execute(sql)
    except duckdb.Error as error:
        raise KgError(f"a table could not be mapped: {str(error).strip().split(chr(10))[0]}") from error
