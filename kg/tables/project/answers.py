"""Queries over the project's own graph whose answers are tables: read, checked against the mapping, and asked.

They see what was curated (ontology, entities, claims, direct triples, RDF under `seeds/rdf/`) and no table, so that
no table can rest on itself. What can be known without asking is told by `kg check`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.ask.question import ask_question
from kg.ask.results import serialize_answer
from kg.ask.sparql import FORMS, find_iris, scan_query
from kg.ask.store import QueryError, Row, Store, Table
from kg.rdf.iri import Prefixes
from kg.rdf.quad import Quad
from kg.reading.questions import Question, read_query
from kg.system.paths import open_door
from kg.system.project import Project
from kg.tables.references import references_by_source, references_of
from kg.tables.rml import (
    ExpressionField,
    FileSource,
    LogicalSource,
    LogicalView,
    MappingDocument,
    Position,
    Reference,
    TermMap,
    TermType,
)
from kg.tables.sources.sparql import MEMBERS, split_reference
from kg.text.diagnostic import Diagnostic, Mark, UsageError, did_you_mean, list_known, mark_at
from kg.text.findings import Findings

if TYPE_CHECKING:
    from kg.tables.project.mappings import SeedMapping

# functions that answer otherwise each time; the same input gives the same graph
_FICKLE = frozenset({"RAND", "NOW", "UUID", "STRUUID", "BNODE"})


@dataclass(frozen=True, kw_only=True)
class GraphQuery:
    """A SELECT over the graph, by its path as the mapping *written* it; the *answer* is there once it was asked."""

    written: str
    path: Path
    question: Question
    variables: tuple[str, ...]
    answer: Table | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """The file's path from the project's folder."""
        return self.question.query.name

    @property
    def digest(self) -> str:
        """The SHA-256 of the answer: what a table is made of besides its files."""
        return sha256(serialize_answer(self.answer, "tsv").encode()).hexdigest() if self.answer else ""

    def find_solution(self, number: int) -> Row:
        """The terms of a solution, counted from 1."""
        assert self.answer is not None
        return self.answer.rows[number - 1]


def find_query(written: str, folder: Path, project: Project) -> Path:
    """The file of a query: beside the mapping, else the competency question of that name."""
    beside = folder / written
    question = project.root / "ontology" / "questions" / written
    door = open_door([project.root])
    return question if not door.has_file(beside) and door.has_file(question) else beside


def query_sources(document: MappingDocument) -> Iterator[tuple[FileSource, list[Reference]]]:
    """The sources of a mapping that are queries, each with what is referred to in it."""
    todo = list(references_by_source(document.triples_maps, {t.name: t for t in document.triples_maps}).items())
    while todo:
        source, references = todo.pop(0)
        if isinstance(source, LogicalView):
            fields = [r for f in source.fields if isinstance(f, ExpressionField) for r in references_of(f.value)]
            todo += [(source.view_on, fields), *((join.parent, []) for join in source.joins)]
        elif isinstance(source.source, FileSource) and source.source.is_query:
            yield source.source, references


# ---- without asking


@dataclass(kw_only=True)
class QueryReader(Findings):
    """Reads the queries of a project's mappings, each file once."""

    project: Project
    questions: Mapping[str, Question]  # by the name of the file; one that is not there has a mistake of its own
    store: Store  # an empty one, which knows the prefixes
    tables: frozenset[str]  # the IRIs of their graphs
    known: dict[str, tuple[Question, tuple[str, ...]] | None] = field(default_factory=dict)

    def read_mapping(self, mapping: SeedMapping) -> SeedMapping | None:
        """The mapping with its queries; None where one of them has a mistake."""
        folder = mapping.path.parent.resolve()
        found: dict[str, GraphQuery] = {}
        sound = True
        for origin, references in query_sources(mapping.document):
            path = find_query(origin.local_path, folder, self.project)
            read = self.read(path, origin)
            if read is None:
                sound = False
                continue
            query = GraphQuery(written=origin.path, path=path, question=read[0], variables=read[1])
            found[query.written] = query
            wrong = dict.fromkeys(check_references(query, references))
            self.add(wrong)
            sound = sound and not wrong
        return replace(mapping, queries=tuple(found.values())) if sound else None

    def read(self, path: Path, origin: FileSource) -> tuple[Question, tuple[str, ...]] | None:
        """The query of a file and its variables; None after a mistake."""
        door = open_door([self.project.root])
        if not door.admits(path):
            message = f"`{origin.path}` lies outside the folders that may be read"
            self.tell("source-outside", origin.mark, message, "move the file into the project")
            return None
        if not door.has_file(path):
            siblings = [p.name for p in (*self.project.table_files, *self.project.question_files) if p.suffix == ".rq"]
            hint = did_you_mean(origin.path, siblings) or "a query lies beside the mapping, or is a question by name"
            self.tell("source-not-found", origin.mark, f"no file `{origin.path}`", hint)
            return None
        name = self.project.name_of(path)
        if name not in self.known:
            self.known[name] = self.read_new(path, name)
        return self.known[name]

    def read_new(self, path: Path, name: str) -> tuple[Question, tuple[str, ...]] | None:
        question = self.questions.get(name)
        if question is None and name.startswith("ontology/questions/"):
            return None  # its header has a mistake, which was told
        if question is None:
            question, problems = read_query(path, name)
            self.add(problems)
            if question is None:
                return None
        try:
            answer = ask_question(question, self.store)
        except QueryError as error:
            self.add([error.diagnostic])
            return None
        except UsageError as error:  # a parameter's default that is no term
            self.tell("table-query", question.mark, str(error), "correct it in the header")
            return None
        form = mark_word(question, FORMS) or question.mark
        if not isinstance(answer, Table):
            message = "a table is made of the rows of a SELECT, and this query has none"
            self.tell("table-query", form, message, "write a SELECT")
        elif (mark := mark_word(question, _FICKLE)) is not None:
            message = "its value changes from run to run, and the same input must give the same graph"
            self.tell("table-query", mark, message, "write the value into the query")
        elif (table := self.find_table(question)) is not None:
            message = f"`{table}` is a table, and the query of a table sees only what was curated"
            self.tell("table-query", form, message, "let the mapping itself read the data")
        else:
            return question, answer.variables
        return None

    def find_table(self, question: Question) -> str | None:
        """The table whose graph a query names, if it names one: while tables are made, none can be asked."""
        prefixes = self.store.prefixes
        given = {prefixes.expand(value) or value.strip("<>") for value in question.params.values()}
        named = self.tables & (find_iris(question.query.text, prefixes.namespaces) | given)
        return prefixes.compress(min(named)) if named else None


def mark_word(question: Question, words: Set[str]) -> Mark | None:
    """The first of these words in the text of a query."""
    for token in scan_query(question.query.text):
        if token.kind == "word" and token.text.upper() in words:
            return mark_at(question.query, token.start, token.start + len(token.text))
    return None


def check_references(query: GraphQuery, references: Iterable[Reference]) -> Iterator[Diagnostic]:
    """Every reference is a variable of the query, or a member of its binding."""
    for reference in references:
        variable, member = split_reference(reference.text)
        if variable not in query.variables:
            known = f"its variables are {list_known([f'?{v}' for v in query.variables])}" if query.variables else None
            hint = did_you_mean(variable, query.variables) or known
            message = f"the query `{query.written}` gives no `?{variable}`"
            yield Diagnostic(code="map-reference", mark=reference.mark, message=message, hint=hint)
        elif member not in MEMBERS:
            hint = did_you_mean(member, MEMBERS) or f"known are {', '.join(MEMBERS)}"
            message = f"the term of `?{variable}` has no `{member}`"
            yield Diagnostic(code="map-reference", mark=reference.mark, message=message, hint=hint)


# ---- asked


def ask_queries(
    mappings: Iterable[SeedMapping], read_graph: Callable[[], Iterable[Quad]], prefixes: Prefixes
) -> tuple[list[SeedMapping], list[Diagnostic]]:
    """The mappings with the answers of a graph to their queries, and what no table can be made of.

    Solutions are in the order of their terms, unless the question is `ordered`: so they have the same numbers always.
    """
    asked: list[SeedMapping] = []
    answers: dict[str, Table] = {}
    with Store(read_graph, prefixes) as store:
        for mapping in mappings:
            for query in mapping.queries:
                if query.name not in answers:
                    answer = ask_question(query.question, store, limits=query.question.limits)
                    assert isinstance(answer, Table)
                    answers[query.name] = answer
            queries = tuple(replace(query, answer=answers[query.name]) for query in mapping.queries)
            asked.append(replace(mapping, queries=queries))
    return asked, [told for mapping in asked for told in check_answers(mapping)]


def check_answers(mapping: SeedMapping) -> Iterator[Diagnostic]:
    """Blank nodes have no name that holds outside of the graph; IRIs that become texts were not meant to."""
    queries = {query.written: query for query in mapping.queries}
    for origin, references in query_sources(mapping.document):
        query = queries[origin.path]
        for reference in references:
            variable, member = split_reference(reference.text)
            column = query.variables.index(variable)
            assert query.answer is not None
            for number, row in enumerate(query.answer.rows, 1):
                term = row[column]
                if member == "value" and term is not None and not isinstance(term, ox.NamedNode | ox.Literal):
                    message = f"`?{variable}` is a blank node, which has no name outside of the graph"
                    yield Diagnostic(
                        code="table-query",
                        mark=reference.mark,
                        message=f"{message} (solution {number} of `{query.written}`)",
                        hint=f"leave such solutions out: `FILTER(!isBlank(?{variable}))`",
                    )
                    break
    yield from check_texts(mapping.document, queries)


def check_texts(document: MappingDocument, queries: Mapping[str, GraphQuery]) -> Iterator[Diagnostic]:
    """RML makes a literal of a reference, unless it is told to make an IRI."""
    for triples_map in document.triples_maps:
        source = triples_map.source
        if not isinstance(source, LogicalSource) or not isinstance(source.source, FileSource):
            continue
        query = queries.get(source.source.path)
        for term_map in (o for pom in triples_map.predicate_objects for o in pom.objects):
            if query is None or query.answer is None or not is_plain_text(term_map):
                continue
            assert isinstance(term_map, TermMap) and isinstance(term_map.expression, Reference)
            variable, member = split_reference(term_map.expression.text)
            column = query.variables.index(variable)
            if member == "value" and any(isinstance(row[column], ox.NamedNode) for row in query.answer.rows):
                yield Diagnostic(
                    code="table-iri-text",
                    mark=term_map.mark,
                    message=f"the IRIs of `?{variable}` become texts",
                    hint="write `rml:termType rml:IRI`, in YARRRML `~iri`; if texts are meant, `STR()` in the query",
                )


def is_plain_text(term_map: object) -> bool:
    """Whether a term map is a reference of which a literal is made."""
    return (
        isinstance(term_map, TermMap)
        and term_map.position is Position.OBJECT
        and term_map.term_type is TermType.LITERAL
        and isinstance(term_map.expression, Reference)
    )
