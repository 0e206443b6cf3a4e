"""Mappings under `seeds/tables/`, read and checked against the project as far as that goes without their data.

This is what `kg check` does of tables: no row is read, and no database is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from os.path import normpath
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.model.nouns import Seeds
from kg.model.ontology.vocabulary import Vocabulary
from kg.system.files import hash_file
from kg.system.paths import open_door
from kg.system.project import MAPPING_ENDINGS, Project, is_about
from kg.tables.read.checks import refuse_quoted
from kg.tables.read.mapping import read_any_mapping
from kg.tables.references import list_sources
from kg.tables.rml import Constant, FileSource, MappingDocument, TermMap
from kg.tables.sources.globs import expand_pattern, is_pattern
from kg.tables.sources.network import NOTHING
from kg.text.diagnostic import Diagnostic, Mark, Related, SourceText, did_you_mean, has_errors, mark_of_file
from kg.text.findings import Findings
from kg.text.yamldoc import read_text

if TYPE_CHECKING:
    from kg.reading.questions import Question
    from kg.tables.project.answers import GraphQuery
    from kg.tables.run import Settings

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, kw_only=True)
class DataFile:
    """A file that quads were made of: its *name* (path from the project's folder) and SHA-256."""

    name: str
    sha256: str

    @property
    def is_plan(self) -> bool:
        """Whether the file says what to do, as mappings and queries do, and holds no data."""
        return self.name.endswith((*MAPPING_ENDINGS, ".rq"))


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
    queries: tuple[GraphQuery, ...] = field(default=(), repr=False)  # whose answers it reads

    @property
    def settings(self) -> Settings:
        """Relative sources start beside the mapping and may not leave the project; nothing is asked beyond files."""
        from kg.tables.run import Settings
        from kg.tables.sources.shelf import Advice

        folder = self.path.parent.resolve()
        return Settings(
            mapping_folder=folder,
            data_folder=folder,
            allowed=(self.root.resolve(),),
            network=NOTHING,
            advice=Advice(
                outside="move the {what} into the project",
                variable="write what it stands for: variables are for `kg map`",
            ),
            base=self.document.base or self.base,
            whole_iris=True,
            answers={query.written: query.answer for query in self.queries if query.answer is not None},
        )


def read_mappings(
    project: Project, seeds: Seeds, vocabulary: Vocabulary, questions: Iterable[Question] = ()
) -> tuple[tuple[SeedMapping, ...], tuple[Diagnostic, ...]]:
    """The mappings without errors, and all that is wrong with the mappings and the files beside them."""
    findings = Findings()
    mappings = list(read_seed_mappings(project, seeds, findings))
    findings.add(check_choices(seeds, mappings))
    sound = [m for m in mappings if not has_errors(m.document.diagnostics)]
    for mapping in mappings:
        findings.add(mapping.document.diagnostics)
        if mapping in sound and mapping.document.quotes:
            hint = "map it with `kg map`, or say it with claims, which name who says what"
            findings.add(refuse_quoted(mapping.document, "a project's graph", hint))
            sound.remove(mapping)
    for mapping in sound:
        findings.add(check_terms(mapping.document, vocabulary, seeds.dataset.base))
        findings.add(check_schemes(mapping.document, seeds.dataset.prefixes.namespaces))
    if any(origin.is_query for mapping in sound for origin in list_files(mapping.document)):
        sound, problems = read_queries(project, seeds, sound, questions)
        findings.add(problems)
    findings.add(check_unread(project, mappings))
    return tuple(sound), findings.diagnostics


def read_queries(
    project: Project, seeds: Seeds, mappings: Sequence[SeedMapping], questions: Iterable[Question]
) -> tuple[list[SeedMapping], tuple[Diagnostic, ...]]:
    """The mappings with the queries that they read, and what is wrong with these; wrong ones are left out."""
    from kg.ask.store import Store
    from kg.tables.project.answers import QueryReader

    reader = QueryReader(
        project=project,
        questions={question.query.name: question for question in questions},
        store=Store((), seeds.dataset.prefixes),
        tables=frozenset(mapping.graph for mapping in mappings),
    )
    read = [reader.read_mapping(mapping) for mapping in mappings]
    return [mapping for mapping in read if mapping is not None], reader.diagnostics


def read_seed_mappings(project: Project, seeds: Seeds, findings: Findings) -> Iterator[SeedMapping]:
    """The mappings in the order of their files; *findings* are told what is wrong with files and names."""
    first: dict[str, Mark] = {}
    for path in project.mapping_files:
        source, problems = read_text(path, project.name_of(path))
        findings.add(problems)
        name = name_mapping(path, project)
        mark = mark_of_file(source)
        if not _NAME.fullmatch(name):
            message = f"`{name}` cannot name a table"
            hint = "letters, digits, `.`, `_` and `-` name a graph"
            findings.tell("table-name", mark, message, hint)
        elif name in first:
            message = f"a second mapping `{name}`"
            related = Related(mark=first[name], message="the first")
            findings.tell("table-name", mark, message, "rename one of the two", related)
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
    read = {p.resolve() for m in mappings for p in find_named(m)} | {p.resolve() for p in project.mapping_files}
    faulty = any(has_errors(m.document.diagnostics) for m in mappings)
    for path in project.table_files if not faulty else ():
        if path.resolve() not in read and not is_about(path):
            message = f"no mapping reads `{path.name}`"
            hint = "the name of a mapping ends with `.rml.ttl` or `.yarrrml.yaml`"
            if not project.door.admits(path):
                hint = "it is a link that leads out of the project, which no mapping may read: put the file itself here"
            mark = mark_of_file(SourceText(project.name_of(path), ""))
            yield Diagnostic(code="table-unread", mark=mark, message=message, hint=hint)


def find_data(mapping: SeedMapping) -> list[Path]:
    """The files that a mapping reads, each once, in the order of the mapping; what it may not read is left out."""
    door = open_door([mapping.root])
    return [path for path in find_named(mapping) if door.admits(path)]


def find_named(mapping: SeedMapping) -> list[Path]:
    """The files that a mapping names, be it that it may read them or not, each once, in the order of the mapping."""
    folder = mapping.path.parent.resolve()
    questions = {query.written: query.path for query in mapping.queries}  # a question may lie elsewhere
    paths: list[Path] = []
    for origin in list_files(mapping.document):
        if is_pattern(origin):
            paths += [path for _, path in expand_pattern(folder, origin)]
        else:
            paths.append(questions.get(origin.path, folder / origin.local_path))
    return list(dict.fromkeys(paths))


def list_files(document: MappingDocument) -> Iterator[FileSource]:
    """The sources of a mapping that are files."""
    for source in list_sources(document):
        if isinstance(source.source, FileSource):
            yield source.source


def name_data(mapping: SeedMapping, label: str) -> str:
    """The path, from the project's folder, of what the mapping calls *label*."""
    question = next((query.name for query in mapping.queries if query.written == label), None)
    return question or Path(normpath(Path(mapping.source.name).parent / label)).as_posix()


def reads_files_only(mapping: SeedMapping) -> bool:
    """Whether the digests of files tell if the mapping's data has changed; those of a database nobody knows."""
    return all(isinstance(source.source, FileSource) for source in list_sources(mapping.document))


def hash_inputs(mapping: SeedMapping, project: Project) -> tuple[DataFile, ...]:
    """The mapping and the files that it reads, with the SHA-256 of their bytes."""
    return tuple(
        DataFile(name=project.name_of(path), sha256=hash_file(path)) for path in (mapping.path, *find_data(mapping))
    )


def list_parts(mapping: SeedMapping, inputs: Iterable[DataFile]) -> Iterator[str]:
    """What decides about the quads of a mapping: its graph, its files, the answers that it reads."""
    yield mapping.graph
    yield from (f"{data.name} {data.sha256}" for data in inputs)
    yield from (f"{query.name} {query.digest}" for query in mapping.queries)


def check_terms(document: MappingDocument, vocabulary: Vocabulary, base: str) -> Iterator[Diagnostic]:
    """The project's own properties (`r:`) and classes (`k:`) that a mapping names are declared in the ontology."""
    if not vocabulary.complete:
        return
    declared = {q.subject.term.value for q in vocabulary.quads if isinstance(q.subject.term, ox.NamedNode)}
    for term, mark in find_constants(document):
        for path, word in (("relation/", "property"), ("class/", "class")):
            if term.startswith(base + path) and term not in declared:
                known = {iri.removeprefix(base + path) for iri in declared if iri.startswith(base + path)}
                name = term.removeprefix(base + path)
                hint = did_you_mean(name, known) or f"declare the {word} in `ontology/`"
                message = f"the ontology has no {word} `{name}`"
                yield Diagnostic(code="table-term", mark=mark, message=message, hint=hint)


def check_schemes(document: MappingDocument, prefixes: Mapping[str, str]) -> Iterator[Diagnostic]:
    """No term differs from one of the data set's by `http` for `https` alone: YARRRML's own `schema:` does."""
    for term, mark in find_constants(document):
        scheme, _, rest = term.partition("://")
        other = {"http": "https", "https": "http"}.get(scheme)
        for prefix, namespace in prefixes.items():
            if other is not None and f"{other}://{rest}".startswith(namespace):
                message = (
                    f"`{term}` is not `{prefix}:{rest.removeprefix(namespace.partition('://')[2])}` of this data set"
                )
                hint = f"declare the prefix in the mapping: `{prefix}: {namespace}`"
                yield Diagnostic(code="table-scheme", mark=mark, message=message, hint=hint)


def find_constants(document: MappingDocument) -> Iterator[tuple[str, Mark]]:
    """Constant predicates, objects and classes."""
    for triples_map in document.triples_maps:
        for iri in triples_map.classes:
            yield iri.value, triples_map.subject.mark
        for pom in triples_map.predicate_objects:
            for term_map in (*pom.predicates, *pom.objects):
                if isinstance(term_map, TermMap) and isinstance(term_map.expression, Constant):
                    yield term_map.expression.term.value, term_map.mark
