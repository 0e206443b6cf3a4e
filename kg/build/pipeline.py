"""The first stages in order; each is called by name by the commands that need it.

| stage | what comes of it |
|---|---|
| `read_project` | the files, read: a `Story`, shapes, questions |
| `check_files` | the rules, and the mappings of tables, read |
| `check_questions` | whether the competency questions can be asked |
| `run_tables` | the rows of tables, mapped |
| `kg.build.validate.validate_graph` | SHACL |

A stage takes what the one before gives and adds its diagnostics. `check_project` is all of them but the last.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from kg.ask.known import find_known, find_unknown_of_query
from kg.ask.parameter import explain_parameter
from kg.ask.sparql import find_mistake, find_unbound
from kg.build.snapshot import read_at_rest
from kg.build.unread import find_strays, find_unread, find_unread_shapes
from kg.check import check_story, check_unused
from kg.check.acceptance import accept_warnings
from kg.graph.quads import Assertion
from kg.graph.standpoint import DATA_SETS_OWN, Standpoint, take_standpoint
from kg.graph.stated import Contradiction
from kg.graph.story import Story
from kg.model.nouns import Materialisation, Seeds
from kg.model.ontology.terms import check_prefixes
from kg.model.ontology.vocabulary import Vocabulary, read_vocabulary
from kg.rdf.file import name_rdf, read_rdf
from kg.rdf.literal import check_literals
from kg.rdf.quad import Quad
from kg.rdf.turtle.document import RdfDocument
from kg.reading.articles import Articles, read_articles
from kg.reading.questions import Question, read_questions
from kg.reading.seeds import SeedsReading, read_seeds
from kg.system.project import DATASET_FILE, Drafts, Project
from kg.text.diagnostic import (
    Diagnostic,
    KgError,
    Severity,
    SourceText,
    count_severities,
    did_you_mean,
    has_errors,
    sort_diagnostics,
)
from kg.text.findings import Findings
from kg.text.yamldoc import Document, make_document, read_raw

if TYPE_CHECKING:
    from kg.tables.project.mappings import SeedMapping
    from kg.tables.project.seeds import Hire, MappedTable


@dataclass(frozen=True, kw_only=True)
class ReadProject:
    """A project whose files were read, and in *diagnostics* what is wrong with their writing.

    *draft_texts* are those of the drafts, also where they are left out.
    """

    project: Project
    story: Story
    reading: SeedsReading
    shapes: tuple[RdfDocument, ...]
    questions: tuple[Question, ...]
    diagnostics: tuple[Diagnostic, ...]
    drafts: Drafts = Drafts.LEFT_OUT
    draft_texts: tuple[tuple[Path, bytes], ...] = ()

    @cached_property
    def draft_documents(self) -> tuple[tuple[Path, Document], ...]:
        """The files of drafts, as they were when all others were read."""
        return tuple((path, make_document(raw, self.project.name_of(path))) for path, raw in self.draft_texts)


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A project that was read and checked. *found* is all that the stages so far found.

    *mappings* are those of its tables that hold no mistake, *tables* those that were run, *table_conflicts* where their
    rows say otherwise than facts. *pending* are the codes of warnings that no stage looked for yet.
    """

    read: ReadProject
    found: tuple[Diagnostic, ...]
    mappings: tuple[SeedMapping, ...] = ()
    tables: tuple[MappedTable, ...] = ()
    table_conflicts: tuple[Contradiction, ...] = ()
    pending: frozenset[str] = frozenset({"shape-warning"})

    @cached_property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What was found, in the order of places; accepted warnings are notes, needless acceptances warnings."""
        texts = self.read.story.articles.by_source
        found = sort_diagnostics(self.found)
        settled = accept_warnings(found, self.read.reading.seeds, pending=self.pending, texts=texts)
        return tuple(sort_diagnostics(settled))

    @property
    def contradictions(self) -> tuple[Contradiction, ...]:
        """Where files of RDF contradict facts, or each other, and where rows of the tables that were run do."""
        return (*self.story.contradictions, *self.table_conflicts)

    @property
    def project(self) -> Project:
        return self.read.project

    @property
    def story(self) -> Story:
        return self.read.story

    @property
    def seeds(self) -> Seeds:
        return self.story.seeds

    @property
    def vocabulary(self) -> Vocabulary:
        return self.story.vocabulary

    @property
    def articles(self) -> Articles:
        return self.story.articles

    @property
    def shapes(self) -> tuple[RdfDocument, ...]:
        return self.read.shapes

    @property
    def questions(self) -> tuple[Question, ...]:
        return self.read.questions

    @property
    def counts(self) -> Mapping[Severity, int]:
        return count_severities(self.diagnostics)

    @property
    def has_errors(self) -> bool:
        return has_errors(self.diagnostics)

    @cached_property
    def assertions(self) -> tuple[Assertion, ...]:
        """All quads of a project that has no errors, those of its tables too, each with the mark of its cause."""
        if not self.tables:
            return self.story.assertions
        from kg.tables.project.assertions import assert_tables

        known = {a.quad for a in self.story.assertions}
        return (*self.story.assertions, *(a for a in assert_tables(self.tables) if a.quad not in known))

    def add(self, found: Iterable[Diagnostic], *, looked_for: Collection[str] = ()) -> Checked:
        """The project with what a further stage *found*; the stage *looked_for* these of the *pending* codes."""
        return replace(self, found=(*self.found, *found), pending=self.pending - set(looked_for))


def read_project(project: Project, texts: Path | None = None, drafts: Drafts = Drafts.LEFT_OUT) -> ReadProject:
    """The files of a project, read; *texts* is the folder of the source texts, if at hand, *drafts* are read if asked.

    All are as they were at one moment (`read_at_rest`). Raises KgError when a file or folder cannot be read, or they
    never come to rest.
    """
    return read_at_rest(project, lambda now: _read_files(now, texts, drafts))


def _read_files(project: Project, texts: Path | None, drafts: Drafts) -> ReadProject:
    for folder in ("ontology", "seeds"):
        if not (project.root / folder).is_dir():
            raise KgError(f"the project lacks the folder {folder}/")
    for name in ("ontology", "seeds", DATASET_FILE):
        if not project.door.admits(project.root / name):
            raise KgError(f"{name} is a link that leads out of the project: put what it leads to in its place")
    shape_files = [path for path in project.ontology_files if path.name.startswith("shapes")]
    ontology = [read_rdf(p, project.name_of(p)) for p in project.ontology_files if p not in shape_files]
    vocabulary = read_vocabulary(ontology)
    reading = read_seeds(project, vocabulary, drafts)
    documents = [(name_rdf(path.name), read_rdf(path, project.name_of(path))) for path in project.rdf_files]
    shapes = tuple(read_rdf(path, project.name_of(path)) for path in shape_files)
    questions, problems = read_questions(project)
    articles = read_articles(texts, reading.seeds.sources, project.door)
    story = Story(
        seeds=reading.seeds,
        vocabulary=vocabulary,
        articles=articles,
        rdf=tuple((name, document.quads) for name, document in documents),
    )
    findings = Findings()
    for found in (vocabulary.diagnostics, reading.diagnostics, articles.diagnostics, problems):
        findings.add(found)
    tagged = (q for document in shapes for q in document.quads if getattr(q.object.term, "language", None))
    findings.add(check_literals((*vocabulary.quads, *tagged)))  # what else is wrong in shapes is told with them
    for document in (*shapes, *(document for _, document in documents)):
        findings.add(document.diagnostics)
    findings.add(check_literals(quad for _, document in documents for quad in document.quads))
    findings.add(check_prefixes((*ontology, *shapes)))
    return ReadProject(
        project=project,
        story=story,
        reading=reading,
        shapes=shapes,
        questions=questions,
        diagnostics=tuple(findings),
        drafts=drafts,
        draft_texts=tuple((path, read_raw(path, project.name_of(path))) for path in project.draft_files),
    )


def check_files(read: ReadProject) -> Checked:
    """What the rules find in seeds, ontology and texts, what nothing reads, and the mappings of tables, read."""
    findings = Findings()
    findings.add(read.diagnostics)
    findings.add(find_unread(read.project, read.reading))
    findings.add(find_strays(read.project))
    findings.add(find_unread_shapes(read.story.vocabulary))
    findings.add(check_story(read.reading, read.story, minting=bool(read.project.mapping_files)))
    checked = Checked(read=read, found=())
    if read.project.table_files or read.story.seeds.dataset.tables:
        from kg.tables.project.mappings import read_mappings

        mappings, problems = read_mappings(read.project, read.story.seeds, read.story.vocabulary, read.questions)
        findings.add(problems)
        checked = replace(checked, mappings=mappings)
    if checked.mappings:
        checked = replace(
            checked, pending=checked.pending | {"unused-entity", "table-conflict"}
        )  # a row may speak of it
    elif not findings.has_errors:
        findings.add(check_unused(read.story.seeds, read.story.stated_entities))
    return checked.add(findings)


def see_from(checked: Checked, standpoint: Standpoint) -> Checked:
    """The project, all of it checked, as it is seen from *standpoint*: what comes of it is of that day."""
    if standpoint == DATA_SETS_OWN:
        return checked  # with all that its story has computed
    story = replace(checked.story, seeds=take_standpoint(checked.seeds, standpoint))
    return replace(checked, read=replace(checked.read, story=story))


def run_tables(
    checked: Checked,
    work: Path | None = None,
    allowed: Collection[str] | None = None,
    hire: Hire | None = None,
) -> Checked:
    """The rows of tables, mapped, and what is wrong in them.

    Of endpoints and servers of databases those are asked that the data set names, and those *allowed* besides; with
    None nothing is asked, and such tables are as the last build got them.
    With the folder *work* the files are made there of tables that are no part of the graph, unless there are errors;
    *hire* gives those who run them, where it is not this process.
    Mappings that ask the graph are left out while it has errors. Raises KgError when a file cannot be read.
    """
    sound = not checked.has_errors
    runnable = [mapping for mapping in checked.mappings if sound or not mapping.queries]
    if not runnable:
        return checked
    from kg.tables.project.conflicts import find_conflicts, tell_conflicts
    from kg.tables.project.lastbuild import recall_asked
    from kg.tables.project.seeds import run_mappings  # loads DuckDB: only where there are tables

    named = tuple(ref.text for ref in checked.seeds.dataset.network)
    recalled = recall_asked(runnable if allowed is None else (), checked.seeds)
    mapped = run_mappings(
        [mapping for mapping in runnable if mapping.name not in recalled.names],
        checked.seeds,
        lambda: (assertion.quad for assertion in checked.story.assertions),
        work if sound else None,
        network=(*named, *(allowed or ())),
        hire=hire,
        complete=checked.read.reading.entities_complete and not recalled.names,  # the names of those are not at hand
    )
    findings = Findings()
    findings.add((*recalled.diagnostics, *mapped.diagnostics))
    order = [mapping.name for mapping in runnable]
    tables = sorted((*recalled.tables, *mapped.tables), key=lambda table: order.index(table.name))
    checked = replace(checked, tables=tuple(tables))
    if not sound:
        return checked.add(findings)
    mentioned = mapped.mentioned.union(*(table.mentioned for table in recalled.tables))
    findings.add(check_unused(checked.read.reading.seeds, mentioned | checked.story.stated_entities))
    checked = replace(checked, table_conflicts=tuple(find_conflicts(checked.tables, checked.story)))
    findings.add(tell_conflicts(checked.table_conflicts, checked.story))
    return checked.add(findings, looked_for={"unused-entity", "table-conflict"})


def check_drafts(checked: Checked) -> tuple[Diagnostic, ...]:
    """What is wrong with the drafts that *checked* was read without: in their files, or elsewhere because of them.

    Raises KgError when a file cannot be read.
    """
    project = checked.project
    if not project.draft_files or checked.read.drafts is Drafts.BUILT_IN:
        return ()
    after = check_questions(check_files(read_project(project, checked.articles.folder, Drafts.BUILT_IN)))
    known = {_tell_apart(d) for d in checked.diagnostics}
    return tuple(d for d in after.diagnostics if _tell_apart(d) not in known)


def _tell_apart(diagnostic: Diagnostic) -> tuple[object, ...]:
    return diagnostic.code, diagnostic.mark.sort_key, diagnostic.message, diagnostic.severity


def check_project(
    project: Project,
    texts: Path | None = None,
    standpoint: Standpoint = DATA_SETS_OWN,
    drafts: Drafts = Drafts.LEFT_OUT,
) -> Checked:
    """A project read and checked, all but SHACL; its tables are run (`run_tables` says how).

    All of it is checked; what comes of it is seen from *standpoint*. Raises KgError when a file cannot be read.
    """
    return run_tables(see_from(check_questions(check_files(read_project(project, texts, drafts))), standpoint))


def check_questions(checked: Checked) -> Checked:
    """Questions that cannot be asked, and parameters that lead nowhere.

    Whether an entity is there is known where the seeds declare all of them: no table and no RDF does.
    """
    read = checked.read
    prefixes = checked.seeds.dataset.prefixes
    if not prefixes.namespaces:
        return checked  # the data set could not be read, and its prefixes are not known
    complete = read.reading.entities_complete and not (read.project.table_files or read.project.rdf_files)
    checked = checked.add(d for question in read.questions for d in _check_question(question, checked.seeds, complete))
    if checked.has_errors:
        return checked
    known = find_known(checked.story, entities_too=complete)
    quads = partial(read_quads, checked)
    return checked.add(d for q in read.questions for d in find_unknown_of_query(q.query, known, quads))


def read_quads(checked: Checked) -> Iterator[Quad]:
    """The quads of a project without errors."""
    return (assertion.quad for assertion in checked.assertions)


def _check_question(question: Question, seeds: Seeds, complete: bool) -> Iterator[Diagnostic]:
    mistake = find_mistake(question.query, seeds.dataset.prefixes.namespaces)
    if mistake is not None:
        yield mistake
    else:
        yield from find_unbound(question.query, question.params)
    for name, value in question.params.items():
        mark = question.marks[name]
        problem = explain_parameter(question.query.text, name)
        if problem is not None:
            yield Diagnostic(code="question-header", mark=mark, message=problem[0], hint=problem[1])
            continue
        prefix, _, key = value.partition(":")
        if prefix == "e" and key not in seeds.entity_by_key and complete:
            near = did_you_mean(key, seeds.entity_by_key)
            yield Diagnostic(code="unknown-entity", mark=mark, message=f"no entity `{key}`", hint=near)


def find_unknown_terms(checked: Checked, query: SourceText) -> list[Diagnostic]:
    """The terms of a query that stand neither in the ontology nor in the graph, whose tables were run."""
    whole = all(table.materialisation is Materialisation.GRAPH for table in checked.tables)
    known = find_known(checked.story, entities_too=whole)
    return find_unknown_of_query(query, known, partial(read_quads, checked))
