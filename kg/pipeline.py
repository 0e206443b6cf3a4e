"""The first stages in order: read the ontology, read the seeds, check them, assert them.

`check_project` is all of `kg check`; `kg build` goes on from its result.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pyoxigraph import RdfFormat, parse

from kg.articles import Articles, read_articles
from kg.beside import beside
from kg.check import check_seeds
from kg.check.acceptance import accept_warnings
from kg.diagnostic import (
    Diagnostic,
    KgError,
    Severity,
    SourceText,
    count_severities,
    did_you_mean,
    mark_of_file,
    sort_diagnostics,
)
from kg.model import Materialisation, Seeds
from kg.project import DATASET_FILE, FOLDERS, Project
from kg.reading.questions import Question, read_questions
from kg.reading.seeds import SeedsReading, read_seeds
from kg.turtle.document import MarkedQuad, RdfDocument, read_turtle
from kg.vocabulary import Vocabulary, read_vocabulary
from kg.yamldoc import read_text

if TYPE_CHECKING:
    from pyoxigraph import Quad

    from kg.quads import Assertion
    from kg.store import Store
    from kg.tables.seeds import MappedTable, TablesReading

_FORMATS: dict[str, Literal["turtle", "trig", "ntriples", "nquads"]] = {
    ".ttl": "turtle",
    ".trig": "trig",
    ".nt": "ntriples",
    ".nq": "nquads",
}
# what may be a part of Turtle that RDF 1.2 adds: Oxigraph takes it, `kg` does not
_RDF_1_2 = re.compile(r"<<|\{\||~|--(?:ltr|rtl)|(?i:\bversion\b)")


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A project that was read and checked. *diagnostics* are all that was found, in the order of places."""

    project: Project
    vocabulary: Vocabulary
    shapes: tuple[SourceText, ...]
    questions: tuple[Question, ...]
    seeds: Seeds
    rdf: tuple[tuple[str, tuple[MarkedQuad, ...]], ...]
    articles: Articles
    diagnostics: tuple[Diagnostic, ...]
    tables: tuple[MappedTable, ...] = ()

    @property
    def counts(self) -> Mapping[Severity, int]:
        return count_severities(self.diagnostics)

    @property
    def has_errors(self) -> bool:
        return any(d.severity is Severity.ERROR for d in self.diagnostics)


def read_rdf(path: Path, project: Project, base: str | None = None) -> RdfDocument:
    """A file of RDF with the marks of its terms; the format follows from the file's ending."""
    source, problems = read_text(path, project.name_of(path))
    if problems:
        return RdfDocument(source=source, quads=(), prefixes={}, base=base, diagnostics=problems)
    return read_turtle(source, base=base, format=_FORMATS[path.suffix])


def read_shapes(path: Path, project: Project) -> tuple[SourceText, tuple[Diagnostic, ...]]:
    """A file of shapes, which are read when a graph is validated, and what is wrong in its writing.

    No mark in it is asked for before, so Oxigraph's parser, which keeps none, goes first: ten times as fast.
    """
    source, problems = read_text(path, project.name_of(path))
    if not problems:
        try:
            plain = not _RDF_1_2.search(source.text)
            deque(parse(source.text, format=RdfFormat.TURTLE), maxlen=0)
        except (SyntaxError, ValueError):
            plain = False
        if not plain:
            problems = read_turtle(source).diagnostics
    return source, tuple(problems)


def check_project(
    project: Project,
    texts: Path | None = None,
    *,
    rows: bool = True,
    queries: bool = True,
    work: Path | None = None,
    meanwhile: Callable[[], None] | None = None,
) -> Checked:
    """Read and check all of a project but SHACL; *texts* is the folder of the source texts, if at hand.

    Where *rows* is false the mappings of tables are read, but not run; where *queries* is false, a question that cannot
    be asked is left to the one who asks it. With the folder *work* the files are made there of tables that are no part
    of the graph, unless there are errors. *meanwhile* is called while mappings run, where that can be on another
    processor. Raises KgError when a file or folder cannot be read.
    """
    for folder in ("ontology", "seeds"):
        if not (project.root / folder).is_dir():
            raise KgError(f"the project lacks the folder {folder}/")
    for name in ("ontology", "seeds", DATASET_FILE):
        if not project.door.admits(project.root / name):
            raise KgError(f"{name} is a link that leads out of the project: put what it leads to in its place")
    shape_files = [path for path in project.ontology_files if path.name.startswith("shapes")]
    vocabulary = read_vocabulary(read_rdf(p, project) for p in project.ontology_files if p not in shape_files)
    reading = read_seeds(project, vocabulary)
    rdf_documents = [(path.stem, read_rdf(path, project)) for path in project.rdf_files]
    rdf = tuple((name, document.quads) for name, document in rdf_documents)
    articles = read_articles(texts, reading.seeds.sources, project.door)
    found = [*vocabulary.diagnostics, *reading.diagnostics, *articles.diagnostics]
    shapes = []
    for path in shape_files:
        text, problems = read_shapes(path, project)
        shapes.append(text)
        found += problems
    for _, document in rdf_documents:
        found += document.diagnostics
    questions, problems = read_questions(project)
    found += problems
    found += find_unread(project)
    found += find_strays(project)
    if queries:
        found += check_questions(questions, reading, complete=not (project.table_files or project.rdf_files))
    found += check_seeds(reading, vocabulary, articles)
    tables: tuple[MappedTable, ...] = ()
    pending: tuple[str, ...] = ("shape-warning",)
    if project.table_files or reading.seeds.dataset.tables:
        from kg.tables.mappings import read_mappings

        mappings, problems = read_mappings(project, reading.seeds, vocabulary, questions)
        found += problems
        sound = not any(d.severity is Severity.ERROR for d in found)
        runnable = [m for m in mappings if rows and (sound or not m.queries)]  # mistakes cannot be asked
        if rows:

            def run() -> TablesReading:
                from kg.tables.seeds import run_mappings  # loads DuckDB: only where there are tables

                def ask_graph() -> Store:
                    return open_curated(reading.seeds, vocabulary, rdf)

                making = work if sound else None
                return run_mappings(runnable, reading.seeds, ask_graph, making, complete=reading.entities_complete)

            with beside(run) if meanwhile else nullcontext(run) as result:
                if meanwhile:
                    meanwhile()
                mapped = result()
            tables = mapped.tables
            spoken = {reading.seeds.entity_by_key[key].mark for key in mapped.mentioned}
            found = [d for d in found if not (d.code == "unused-entity" and d.mark in spoken)] + [*mapped.diagnostics]
        if len(runnable) < len(mappings):
            found = [d for d in found if d.code != "unused-entity"]  # a row may speak of it
            pending = (*pending, "unused-entity")
    found = accept_warnings(sort_diagnostics(found), reading.seeds, pending=pending)
    return Checked(
        project=project,
        vocabulary=vocabulary,
        shapes=tuple(shapes),
        questions=questions,
        seeds=reading.seeds,
        rdf=rdf,
        articles=articles,
        diagnostics=tuple(sort_diagnostics(found)),
        tables=tables,
    )


def find_unread(project: Project) -> Iterator[Diagnostic]:
    """Files under `ontology/` and `seeds/` that look curated and that nothing reads."""
    for path in project.unread_files:
        name = project.name_of(path)
        mark = mark_of_file(SourceText(name, ""))
        top, folder, *rest = name.split("/")
        hint = did_you_mean(folder, FOLDERS) if top == "seeds" and rest and folder not in FOLDERS else None
        message = f"nothing reads {name}"
        yield Diagnostic(
            code="unread-file", mark=mark, message=message, hint=hint or "is its folder or its ending wrong?"
        )


def find_strays(project: Project) -> Iterator[Diagnostic]:
    """Links under `ontology/` and `seeds/` that are not followed: out of the project an error, else a warning."""
    for name, what in project.strays():
        outside = what.endswith("out of the project")
        hint = "put the file itself here" if outside else "link files of the project, each by itself"
        code = "link-outside" if outside else "unread-file"
        yield Diagnostic(code=code, mark=mark_of_file(SourceText(name, "")), message=f"{name} is {what}", hint=hint)


def check_questions(questions: Iterable[Question], reading: SeedsReading, *, complete: bool) -> Iterator[Diagnostic]:
    """Questions that cannot be asked, and parameters that lead nowhere.

    Where *complete* is true, the seeds declare all entities: no table and no RDF does.
    """
    from kg.sparql import find_mistake  # where there are no questions it is not needed

    prefixes = reading.seeds.dataset.prefixes
    if not prefixes:
        return  # the data set could not be read, and its prefixes are not known
    for question in questions:
        mistake = find_mistake(question.query, prefixes)
        if mistake is not None:
            yield mistake
        for name, value in question.params.items():
            mark = question.marks[name]
            if not re.search(rf"^[^#].*[?$]{re.escape(name)}\b", question.query.text, re.MULTILINE):
                message, hint = f"the query has no variable `?{name}`", "a parameter stands for a variable of the query"
                yield Diagnostic(code="question-header", mark=mark, message=message, hint=hint)
                continue
            prefix, _, key = value.partition(":")
            entities = reading.seeds.entity_by_key
            if prefix == "e" and key not in entities and complete and reading.entities_complete:
                near = did_you_mean(key, entities)
                yield Diagnostic(code="unknown-entity", mark=mark, message=f"no entity `{key}`", hint=near)


def assert_project(checked: Checked) -> tuple[Assertion, ...]:
    """All quads of a project that has no errors, each with the mark of its cause."""
    from kg.quads import assert_all  # `kg check` asserts nothing

    assertions = tuple(assert_all(checked.seeds, checked.vocabulary, checked.rdf))
    if not checked.tables:
        return assertions
    from kg.tables.assertions import assert_tables

    known = {a.quad for a in assertions}
    return (*assertions, *(a for a in assert_tables(checked.tables) if a.quad not in known))


def open_curated(seeds: Seeds, vocabulary: Vocabulary, rdf: tuple[tuple[str, tuple[MarkedQuad, ...]], ...]) -> Store:
    """A store of what was curated, without tables: what the queries of tables ask."""
    from kg.quads import assert_all
    from kg.store import Store

    return Store((a.quad for a in assert_all(seeds, vocabulary, rdf)), seeds.dataset.prefixes)


def open_store(checked: Checked, quads: Iterable[Quad]) -> Store:
    """A store of the project's *quads*; tables that have files of their own are loaded when a query names them."""
    from kg.store import Store

    big = tuple(t for t in checked.tables if t.materialisation is Materialisation.FILE)
    shelf = None
    if big:
        from kg.tables.loading import Shelf

        shelf = Shelf(tables=big, work=checked.project.work / "store")
    return Store(quads, checked.seeds.dataset.prefixes, shelf)
