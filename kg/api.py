"""The Python interface: a project opened as a graph that can be asked, shown and exported.

import kg

graph = kg.open_project("path/to/project")
graph.query("SELECT ?s { ?s a schema:Person }").rows
graph.checked.tables                            # the mapped tables of the project, with their files and digests

Without a project, tables in memory (pandas, polars, Arrow) are mapped by name, to Arrow or to a store:

lines = kg.map_frames(Path("people.rml.ttl"), {"people": frame})    # `rml:source "{people}"`
store = kg.map_to_store(Path("people.rml.ttl"), {"people": frame})

A graph on a server is asked in the same way:

graph = kg.connect("http://127.0.0.1:8484/sparql")
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.ask.parameter import check_names, check_parameters
from kg.ask.question import ask_question, find_question
from kg.ask.sparql import find_mistake, find_unbound
from kg.ask.store import Answer, Store, limit_time
from kg.ask.term import Term
from kg.ask.unmatched import explain_nothing
from kg.build.build import BuildReport, build_project
from kg.build.pipeline import Checked, check_files, check_project, find_unknown_terms, read_project
from kg.build.publish import publish_graph
from kg.build.store import open_store
from kg.drafts.prompt.frame import FORMS
from kg.drafts.prompt.prompt import write_prompt
from kg.drafts.proposal.drafts import Origin, Proposed, propose
from kg.drafts.proposal.formats import FORMATS, ProposalFile, read_rows, rows_of
from kg.drafts.proposal.judge import judge_proposals
from kg.drafts.proposal.proposal import Judged, Row
from kg.drafts.review.act import accept_draft, read_with_drafts, reject_draft
from kg.drafts.review.draft import Draft, list_drafts
from kg.drafts.review.plan import ReviewPlan, name_reviewer, today
from kg.evidence.outline import find_source
from kg.graph.coverage import Coverage
from kg.graph.dispute import Comparison, OpenQuestion
from kg.graph.quads import Assertion
from kg.graph.standpoint import read_standpoint
from kg.graph.stated import Contradiction
from kg.rdf.iri import Prefixes, check_iri
from kg.rdf.namespace import WELL_KNOWN
from kg.reading.questions import Question
from kg.reading.schema import write_schemas
from kg.remote.endpoint import Endpoint, check_url, read_credentials
from kg.remote.graph import RemoteGraph
from kg.remote.http import Bounds
from kg.remote.protocol import open_server
from kg.show import show_entity, show_why
from kg.system.files import hold_curated, settle_curated
from kg.system.project import Drafts, Project, find_project
from kg.text.diagnostic import Diagnostic, SourceText, UsageError
from kg.text.language import explain_tag
from kg.view import describe_network

if TYPE_CHECKING:
    import networkx
    import rdflib


@dataclass(frozen=True)
class KnowledgeGraph:
    """A project that was read and checked; *checked* holds its nouns (`kg.model.nouns`), typed.

    What asks for the graph raises ValueError while the project has errors: look at `diagnostics` first.
    """

    checked: Checked
    texts: Path | None = None

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """All that `kg check` found, in the order of places."""
        return self.checked.diagnostics

    @property
    def _sound(self) -> Checked:
        """What was checked, for what needs the graph. Raises ValueError while the project has errors."""
        if self.checked.has_errors:
            raise ValueError("the project has errors: see `diagnostics`")
        return self.checked

    @property
    def assertions(self) -> tuple[Assertion, ...]:
        """Every quad with the place in the YAML that caused it."""
        return self._sound.assertions

    @cached_property
    def quads(self) -> tuple[ox.Quad, ...]:
        """The graph as pyoxigraph's quads, literals as they were written."""
        return tuple(ox.Quad(*a.quad) for a in self.assertions)

    @cached_property
    def store(self) -> Store:
        """The embedded SPARQL store."""
        return open_store(self._sound)

    @property
    def questions(self) -> tuple[Question, ...]:
        """The project's competency questions."""
        return self.checked.questions

    def query(self, text: str, parameters: Mapping[str, Term] | None = None, *, timeout: float | None = None) -> Answer:
        """The answer to a SPARQL 1.1 query: a Table, a Truth or Triples.

        Raises `kg.QueryError` where it cannot be run, `kg.UsageError` for a parameter that is no variable of it.
        With a *timeout*, in seconds, it is asked in a process of its own, which is ended when the time is over, and by
        Ctrl-C; without, in this process, which is quicker (by half a millisecond) and cannot be stopped.
        """
        check_parameters(_want_text(text, "a query"), parameters or ())
        return self.store.ask(text, parameters=parameters, limits=limit_time(timeout))

    def check_query(self, text: str, parameters: Collection[str] = ()) -> tuple[Diagnostic, ...]:
        """What is wrong with a SPARQL query before it is asked: its syntax, variables without a value, unknown terms.

        *parameters* are the names, without `?`, of the variables that are given a value.
        """
        check_names(parameters)
        source = SourceText("query", _want_text(text, "a query"))
        mistake = find_mistake(source, self.checked.seeds.dataset.prefixes.namespaces)
        if mistake is not None:
            return (mistake,)
        return (*find_unbound(source, parameters), *find_unknown_terms(self._sound, source))

    def explain_nothing(
        self, text: str, answer: Answer, parameters: Mapping[str, Term] | None = None
    ) -> tuple[Diagnostic, ...]:
        """Why the *answer* to a query that is right, or a column of it, holds nothing, as `kg query` tells it.

        For each pattern the graph is asked again, which takes ten seconds at most.
        """
        check_parameters(_want_text(text, "a query"), parameters or ())
        given = {name: str(term) for name, term in (parameters or {}).items()}
        return tuple(explain_nothing(SourceText("query", text), answer, self.store, given))

    def ask(self, name: str, **parameters: str) -> Answer:
        """The answer to a named question; parameters are terms as text (`e:su7`, `2024-04-28`).

        Raises `kg.UsageError` where there is no such question or parameter.
        """
        for value in (name, *parameters.values()):
            _want_text(value, "the name or a parameter of a question")
        return ask_question(find_question(self.questions, name), self.store, parameters)

    def show(self, entity: str, lang: str | None = None) -> str:
        """A person's view of an entity, as text. Raises `kg.UsageError` for what is not there, and for no language."""
        return show_entity(self._sound, _want_text(entity, "an entity"), self._read_language(lang))

    def why(self, *terms: str, lang: str | None = None) -> str:
        """The claims, sentences and YAML lines behind an entity, a claim or a triple, as text.

        Raises `kg.UsageError` for two terms, or more than three, and for what is not there.
        """
        for term in terms:
            _want_text(term, "a term")
        return show_why(self._sound, terms, self._read_language(lang))

    def _read_language(self, lang: str | None) -> str:
        if lang is None:
            return self.checked.seeds.dataset.language
        hint = explain_tag(_want_text(lang, "a language"))
        if hint is not None:
            raise UsageError(f"`{lang}` is no language tag: {hint}")
        return lang

    @property
    def comparisons(self) -> tuple[Comparison, ...]:
        """Conflicts, developments, differences of kind and of measure, and what is declared compatible."""
        return self._sound.story.comparisons

    @property
    def open_questions(self) -> tuple[OpenQuestion, ...]:
        """The questions that speakers answer differently."""
        return self._sound.story.open_questions

    @property
    def contradictions(self) -> tuple[Contradiction, ...]:
        """Where files of RDF contradict facts, or each other, and where rows of tables contradict facts."""
        return self._sound.contradictions

    @property
    def coverage(self) -> Coverage:
        """Which sentences and figures are claimed, set aside or to do."""
        return self._sound.story.coverage

    def schemas(self) -> dict[str, str]:
        """JSON Schemas of the curated files, with the project's words, by their names (`claims`, `source` ...)."""
        return write_schemas(self.checked.seeds, self.checked.vocabulary)

    def export(self, form: str) -> str:
        """The text of one export: `turtle`, `trig`, `nquads`, `jsonld`, `jsonld-dataset`, `context` or `csv`.

        `kg export` writes pages, pictures and GraphML too. Raises `kg.UsageError` for another format.
        """
        (file,) = publish_graph(self._sound, _want_text(form, "a format"))
        return file.text

    def prompt(self, source: str, *, budget: int | None = None, form: str = "kg") -> str:
        """What a model needs to propose the claims of a source that are still to do, within *budget* tokens.

        *form* is that of the answer, as `judge` takes it: `kg` or `jsonl`. Raises `kg.UsageError` for another, where
        there is no such source, its text is not at hand, or nothing is to do.
        """
        if form not in FORMS:
            raise UsageError(f"no form `{form}`: {' or '.join(FORMS)}")
        found = find_source(self._sound.seeds, _want_text(source, "a source"))
        return write_prompt(self._sound, found, form=form, budget=budget).text

    def judge(
        self, proposals: Iterable[Mapping[str, object]] | bytes | str, form: str = "jsonl", *, source: str | None = None
    ) -> tuple[Judged, ...]:
        """What `kg import --dry-run` says of proposals.

        They are objects with the keys of `jsonl`, or the text of a file in *form*.

        The project must have been opened with its texts. *source* is the source of rows that name no document. Raises
        `kg.UsageError` for another format, or more than 100,000 rows, ValueError while the project has errors.
        """
        checked = self._sound
        rows = _read_proposals(self, proposals, form, source)
        return tuple(judge_proposals(checked, rows, source=source))

    def propose(
        self, proposals: Iterable[Mapping[str, object]] | bytes | str, form: str = "jsonl", *, by: str,
        tool: str | None = None, name: str = "proposals", source: str | None = None,
    ) -> Proposed:  # fmt: skip
        """What `kg import` does: judge proposals, and write what is accepted to `seeds/drafts/NAME.yaml`.

        *by* is who proposes, *tool* with what it was made. The project is read anew, with its drafts. Raises what
        `judge` raises, and `kg.KgError` where the files cannot be written; then none is.
        """
        _want_texts(by=by, tool=tool, name=name)
        rows = _read_proposals(self, proposals, form, source)
        project = Project(self.checked.project.root)
        with hold_curated(project.root, project.work, "import"):
            checked = check_files(read_project(project, self.texts, Drafts.BUILT_IN))
            if checked.has_errors:
                raise ValueError("the project, or a draft of it, has errors: see `kg check --drafts`")
            return propose(checked, rows, name, Origin(by=by, on=today(), tool=tool), source=source)

    def build(self, *, strict: bool = False, network: Collection[str] = ()) -> BuildReport:
        """Run `kg build`: write all exports, or none; *network* is `--allow-network`. Raises `kg.KgError`."""
        return build_project(self.checked.project, texts=self.texts, strict=strict, network=network,
                             drafts=self.checked.read.drafts)  # fmt: skip

    def list_drafts(self) -> tuple[Draft, ...]:
        """The proposals of the project as its files are now, whether or not the graph holds them."""
        return list_drafts(read_with_drafts(self.checked.project, self.texts))

    def accept(self, draft: str, *, by: str, on: str | None = None) -> tuple[str, ...]:
        """Accept the draft of this id, reviewed *by* somebody on a day (default: today); says what moved where.

        The files change; open the project anew for its graph. Raises UsageError where it is refused, or is none.
        """
        _want_texts(by=by, on=on)
        found = _want_text(draft, "a draft")
        return _settle(accept_draft(self.checked.project, found, name_reviewer(by or "", on), self.texts))

    def reject(self, draft: str, reason: str, *, by: str, on: str | None = None) -> tuple[str, ...]:
        """Reject the draft of this id for a *reason*, which is remembered. For all else see `accept`."""
        _want_texts(reason=reason, by=by, on=on)
        found = _want_text(draft, "a draft")
        return _settle(reject_draft(self.checked.project, found, name_reviewer(by or "", on), reason or "", self.texts))

    def to_rdflib(self) -> rdflib.Dataset:
        """The graph as an rdflib Dataset: one named graph per source, the rest in the default graph.

        rdflib rewrites literals (`73.60` → `73.6`) unless `rdflib.NORMALIZE_LITERALS` is False.
        """
        import rdflib

        dataset = rdflib.Dataset()
        for prefix, namespace in self.checked.seeds.dataset.prefixes.namespaces.items():
            dataset.bind(prefix, namespace)
        dataset.parse(data=self.export("nquads"), format="nquads")
        return dataset

    def to_networkx(self) -> networkx.MultiDiGraph[str]:
        """Entities as nodes, each relation between two as an edge of its own.

        All attributes are texts, numbers and truths, so that every format of networkx takes them (GraphML, GEXF,
        Cytoscape, node-link JSON); `kg.view.values.describe_network` lists them.
        """
        return describe_network(self._sound.seeds, self._sound.vocabulary)


def _settle(plan: ReviewPlan) -> tuple[str, ...]:
    """The lines that a review tells when it is done. Raises UsageError where it was refused."""
    if plan.refused:
        raise UsageError(f"`{plan.id}` stays: {'; '.join(plan.refused)}")
    return plan.told


def _read_proposals(
    graph: KnowledgeGraph, proposals: Iterable[Mapping[str, object]] | bytes | str, form: str, source: str | None
) -> Iterator[Row]:
    """The rows of proposals; raises UsageError for a format, a source or texts that are not there."""
    _want_texts(form=form, source=source)
    if graph.texts is None:
        raise UsageError("open the project with its texts: proposals are judged against them")
    if source is not None:
        find_source(graph.checked.seeds, source)
    if form not in FORMATS:
        raise UsageError(f"no format `{form}`: known are {', '.join(FORMATS)}")
    if not isinstance(proposals, bytes | str):
        if not isinstance(proposals, Iterable):
            raise UsageError(f"proposals are a list or a text, not {type(proposals).__name__}")
        return rows_of(proposals, documented=source is not None)
    raw = proposals if isinstance(proposals, bytes) else proposals.encode("utf-8", "surrogatepass")
    return read_rows(form, [ProposalFile(name="proposals", raw=raw)], documented=source is not None)


def _want_text(value: object, what: str) -> str:
    if not isinstance(value, str):
        raise UsageError(f"{what} is a text, not {type(value).__name__}")
    return value


def _want_texts(**values: object) -> None:
    """Raises UsageError for the first value that is neither a text nor None."""
    for name, value in values.items():
        if value is not None and not isinstance(value, str):
            raise UsageError(f"`{name}` is a text, not {type(value).__name__}")


def connect(
    url: str, *, gsp: str | None = None, graphs: Sequence[str] = (), prefixes: Mapping[str, str] | None = None,
    timeout: float = 60.0,
) -> RemoteGraph:  # fmt: skip
    """The graph that a SPARQL server has at *url*, the address of its queries; nothing is asked yet.

    *gsp* is the address of its graph store, where it has one: whole graphs are read there. With *graphs* their union is
    what is asked. *prefixes* are known in queries, beside the well-known ones and those that the server knows. Each
    call has *timeout* seconds.
    Credentials are those of the environment (KG_ENDPOINT_USER and KG_ENDPOINT_PASSWORD, or KG_ENDPOINT_TOKEN).
    Raises `kg.UsageError` for what is no address.
    """
    limit_time(timeout)  # raises what is wrong with it
    if not isinstance(graphs, Iterable) or not (prefixes is None or isinstance(prefixes, Mapping)):
        raise UsageError("graphs are a list of IRIs, prefixes namespaces by name")
    try:
        known = Prefixes(namespaces={**WELL_KNOWN, **(prefixes or {})})
    except ValueError as error:
        raise UsageError(str(error)) from None
    credentials = read_credentials(os.environ)
    where = None if gsp is None else check_url(gsp, "a graph store")
    server = open_server(Endpoint(query=check_url(url), gsp=where, credentials=credentials), Bounds(seconds=timeout))
    chosen = (graphs,) if isinstance(graphs, str) else tuple(graphs)
    wrong = next((iri for iri in chosen if not isinstance(iri, str) or check_iri(iri) is not None), None)
    if wrong is not None:
        raise UsageError(f"a graph is named by its IRI, and `{wrong}` is none")
    own = {name for name in dir(KnowledgeGraph) if not name.startswith("_")} | {f.name for f in fields(KnowledgeGraph)}
    return RemoteGraph(server, known, chosen, frozenset(own) - set(dir(RemoteGraph)))


def open_project(
    folder: str | Path = ".",
    texts: str | Path | None = None,
    *,
    as_of: str | None = None,
    known_by: str | None = None,
    drafts: bool = False,
) -> KnowledgeGraph:
    """The project that *folder* lies in, read and checked; *texts* is the folder of the source texts.

    With *drafts* the proposals under `seeds/drafts/` are in it, as unreviewed.

    The graph is that of the day *as_of* (default: the data set's own), by the sources published by *known_by* (default:
    all of them); both are dates as text (`2024-04-28`).
    Raises `kg.KgError` where there is no project, or a file cannot be read, and `kg.UsageError` where a date is none.
    """
    for path in (folder, *(() if texts is None else (texts,))):
        if not isinstance(path, str | Path):
            raise UsageError(f"a folder is a path, not {type(path).__name__}")
    _want_texts(as_of=as_of, known_by=known_by)
    texts = Path(texts) if texts is not None else None
    standpoint = read_standpoint(as_of, known_by)
    project = find_project(Path(folder))
    settle_curated(project.root, project.work)  # what a command that was killed left half-written
    built_in = Drafts.BUILT_IN if drafts else Drafts.LEFT_OUT
    return KnowledgeGraph(check_project(project, texts, standpoint=standpoint, drafts=built_in), texts)
