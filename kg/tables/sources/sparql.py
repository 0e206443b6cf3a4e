"""Solutions of a SELECT → a table: of an endpoint, of a file of RDF, and of a query over the project's own graph."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.ask.results import find_partial, write_bindings
from kg.ask.store import QueryError, Store, Table
from kg.rdf.file import find_relative, parse_by_library
from kg.rdf.iri import Prefixes, check_iri, split_address
from kg.rdf.namespace import RDF, XSD
from kg.tables.columns import SourceTable, TableColumn
from kg.tables.documents.jsonpath import complete_reference, split_steps
from kg.tables.engine.macros import quote_name
from kg.tables.engine.nulls import compile_nulls
from kg.tables.rml import FileSource, Formulation, LogicalSource, SparqlSource
from kg.tables.sources.files import fill_variables
from kg.tables.sources.kinds import RDF_FILES, without_packing
from kg.tables.sources.shelf import Shelf, SourceRequest
from kg.tables.wording import choose_words
from kg.text.diagnostic import list_known
from kg.text.plural import write_count

TIMEOUT = 60  # seconds
MOST_BYTES = 1 << 30
REDIRECTS = frozenset({301, 302, 303, 307, 308})
DIRECTED = "with a base direction, which RDF 1.1 does not have"
KINDS = frozenset({"uri", "literal", "typed-literal", "bnode"})
MEMBERS = ("value", "type", "datatype", "xml:lang")  # of a binding: SPARQL 1.1 Query Results JSON Format, 3.2.2

Binding = dict[str, str]
_HALF = re.compile("[\ud800-\udfff]")  # of a character beyond the first 65,536, which JSON writes in two
_LANGUAGE = re.compile("[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")


def open_endpoint(request: SourceRequest, origin: SparqlSource, shelf: Shelf) -> SourceTable | None:
    """The solutions that an endpoint gives."""
    source = request.source
    answer = ask(origin, source.iterator or "", source, shelf)
    if answer is None:
        return None
    variables, rows = answer
    if len(set(variables)) != len(variables):
        shelf.tell("source-columns", source.mark, "the query gives a variable twice", "rename one of the two")
        return None
    shelf.notes.append(
        f"{request.name}: {write_count(len(rows), 'solution')} of a query, by the endpoint {origin.endpoint}"
    )
    return store_solutions(request, variables, rows, "the query", shelf)


def open_answer(request: SourceRequest, origin: FileSource, shelf: Shelf) -> SourceTable | None:
    """The solutions of a query over the project's graph, which was asked before."""
    answer = shelf.answers.get(origin.path)
    if answer is None:
        shelf.tell(
            "map-source",
            origin.mark,
            f"the query `{origin.path}` asks the graph of a project, and here is none",
            "lay the mapping under seeds/tables/ of a project, where `kg build` runs it",
        )
        return None
    shelf.notes.append(
        f"{request.name}: {write_count(len(answer.rows), 'solution')} of {origin.path}, by the graph of the project"
    )
    return store_solutions(request, list(answer.variables), write_bindings(answer), origin.path, shelf)


def open_rdf_file(request: SourceRequest, origin: FileSource, path: Path, shelf: Shelf) -> SourceTable | None:
    """The solutions of the iterator's query over a file of RDF; its named graphs are part of the default graph too."""
    form = ox.RdfFormat.from_extension(Path(without_packing(path.name)).suffix.lstrip("."))
    if form is None:
        message = f"`{origin.path}` is no file of RDF, which a query could be asked of"
        hint = f"the endings of RDF are {', '.join(f'`{ending}`' for ending in RDF_FILES)}"
        shelf.tell("map-source", origin.mark, message, hint)
        return None
    source = request.source
    try:
        store = Store(read_graph(path, form), Prefixes(namespaces={}))
        answer = store.ask(source.iterator or "")
    except (SyntaxError, ValueError, OSError) as error:
        shelf.tell("source-unreadable", origin.mark, f"`{origin.path}` is no RDF: {error}")
        return None
    except QueryError as error:
        shelf.tell("source-unreadable", source.mark, f"the query cannot be asked: {error}", error.diagnostic.hint)
        return None
    if not isinstance(answer, Table):
        shelf.tell("source-unreadable", source.mark, "the query is no SELECT, which gives rows", "write a SELECT")
        return None
    for number, row in enumerate(answer.rows, 1):
        if any(isinstance(term, ox.Triple) for term in row):
            message = f"the query gives a quoted triple, which no cell can hold (solution {number})"
            shelf.tell("source-unreadable", source.mark, message, "ask for its parts: `SUBJECT`, `PREDICATE`, `OBJECT`")
            return None
        if any(isinstance(term, ox.Literal) and term.direction for term in row):
            shelf.tell("source-unreadable", source.mark, f"the query gives a literal {DIRECTED} (solution {number})")
            return None
    shelf.notes.append(f"{request.name}: {write_count(len(answer.rows), 'solution')} of a query, by {origin.path}")
    bindings = write_bindings(answer)
    return store_solutions(request, list(answer.variables), bindings, origin.path, shelf, within=origin.path)


def read_graph(file: Path, form: ox.RdfFormat) -> Iterator[ox.Quad]:
    """The quads of a file of RDF. Raises SyntaxError, ValueError and OSError; a relative IRI without a base is one."""
    for quad in parse_by_library(file.read_bytes(), form):
        for iri in find_relative(quad):
            raise ValueError(f"`{iri}` is no whole IRI, and the file names no base")
        yield quad


def store_solutions(
    request: SourceRequest,
    variables: list[str],
    rows: list[dict[str, Binding]],
    label: str,
    shelf: Shelf,
    within: str | None = None,
) -> SourceTable | None:
    """A column for each reference; an unbound variable is no value. Literals keep datatype and language.

    Labels of blank nodes hold *within* a file, else in one answer: those of another name other nodes.
    """
    scope = within or request.name
    columns = {v: TableColumn(reference=v, name="missing") for v in variables}  # known names, for hints
    lists: dict[str, list[str | None]] = {"none": [None] * len(rows)}
    truths: dict[str, list[bool]] = {}

    def add(label: str, values: list[str | None]) -> str:
        lists[label] = values
        return label

    source, means_none = request.source, compile_nulls(request.nulls)
    for index, text in enumerate(request.texts):
        variable, member = split_reference(text)
        if variable not in variables:
            continue
        found = [row.get(variable, {}) for row in rows]
        natural = [read_datatype(binding) if member == "value" else None for binding in found]
        values = [
            None if means_none(value := binding.get(member), datatype) else value
            for binding, datatype in zip(found, natural, strict=True)
        ]
        blanks = [member == "value" and binding.get("type") == "bnode" for binding in found]
        values = [f"{scope} {v}" if v and is_blank else v for v, is_blank in zip(values, blanks, strict=True)]
        datatypes: list[str | None] = []
        languages: list[str | None] = []
        if source.formulation is Formulation.SPARQL and member == "value":
            datatypes = natural
            languages = [binding.get("xml:lang") or None for binding in found]
            if (wrong := find_wrong(datatypes, languages)) is not None:
                shelf.tell("source-unreadable", source.mark, f"an answer with {wrong}")
                return None
        columns[text] = TableColumn(
            reference=text,
            name=add(f"c{index}", values),
            datatype_name=add(f"d{index}", datatypes) if any(datatypes) else None,
            language_name=add(f"l{index}", languages) if any(languages) else None,
            blank=f"b{index}" if any(blanks) else None,
        )
        if any(blanks):
            truths[f"b{index}"] = blanks
    unfolded = [f"unnest(?::VARCHAR[]) AS {label}" for label in lists]  # side by side, without Arrow
    unfolded += [f"unnest(?::BOOLEAN[]) AS {label}" for label in truths]
    shelf.connection.execute(
        f"CREATE TEMP TABLE {quote_name(request.name)} AS SELECT {', '.join(unfolded)}",
        [*lists.values(), *truths.values()],
    )
    return SourceTable(name=request.name, label=label, columns=columns, first_row=1, row_unit="solution")


def read_datatype(binding: Binding) -> str | None:
    """The datatype of a literal; None for those that are not written."""
    datatype = binding.get("datatype")
    return None if datatype in {None, XSD + "string", RDF + "langString"} else datatype


def find_wrong(datatypes: list[str | None], languages: list[str | None]) -> str | None:
    """What no literal can have: it would end the literal within a line of N-Quads, and begin something else."""
    for datatype in {*datatypes} - {None}:
        if check_iri(datatype or "") is not None:
            return f"the datatype `{datatype}`, which is no IRI"
    for language in {*languages} - {None}:
        if _LANGUAGE.fullmatch(language or "") is None:
            return f"the language `{language}`, which is no language tag"
    return None


def split_reference(text: str) -> tuple[str, str]:
    """The variable and the member of its binding that a reference means, be it a variable or a path into the JSON.

    >>> [split_reference(r) for r in ("name", "?name", "name.value", "$.name['xml:lang']")]
    [('name', 'value'), ('name', 'value'), ('name', 'value'), ('name', 'xml:lang')]
    """
    bare = text if text.startswith("$.") else text.lstrip("?$")
    steps = split_steps(complete_reference(bare, lenient="no")) or (bare,)
    return str(steps[0]), str(steps[1]) if len(steps) > 1 else "value"


def find_malformed(answer: Any) -> str | None:
    """What is wrong with an answer that is no table of terms (SPARQL 1.1 Query Results JSON Format, 3.1 and 3.2).

    >>> find_malformed({"head": {}, "boolean": True})
    'it is yes or no: write a SELECT, which gives rows'
    >>> find_malformed({"head": {"vars": ["a"]}, "results": {"bindings": [{"a": {"type": "literal"}}]}})
    '`?a` has no text (solution 1)'
    """
    if not isinstance(answer, dict):
        return "it is no object of JSON"
    if "boolean" in answer:
        return "it is yes or no: write a SELECT, which gives rows"
    head, results = answer.get("head"), answer.get("results")
    variables = head.get("vars") if isinstance(head, dict) else None
    rows = results.get("bindings") if isinstance(results, dict) else None
    if not isinstance(variables, list) or not all(isinstance(each, str) for each in variables):
        return "it has no list of variables (`head`, `vars`)"
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return "it has no list of solutions (`results`, `bindings`)"
    for number, row in enumerate(rows, 1):
        for variable, binding in row.items():
            if (wrong := find_untold(binding)) is not None:
                return f"`?{variable}` {wrong} (solution {number})"
    return None


def find_untold(binding: Any) -> str | None:
    """What keeps a binding from being an IRI, a literal or a blank node."""
    if not isinstance(binding, dict):
        return "is no term"
    if binding.get("type") == "triple":
        return "is a quoted triple, which no cell can hold"
    if not isinstance(binding.get("value"), str):
        return "has no text"
    if binding.get("type") not in KINDS:
        return f"is of no kind that is known, {list_known(sorted(KINDS))}"
    if "its:dir" in binding:
        return f"is a literal {DIRECTED}"
    if not all(isinstance(each, str) for each in binding.values()):
        return "has a member that is no text"
    if any(not each.isascii() and _HALF.search(each) for each in binding.values()):
        return "holds half a character (a lone surrogate)"
    return None


def ask(
    origin: SparqlSource, query: str, source: LogicalSource, shelf: Shelf
) -> tuple[list[str], list[dict[str, Binding]]] | None:
    """The variables and solutions that the endpoint gives; what it refuses or gives in part is a diagnostic."""
    import urllib.error
    import urllib.parse
    import urllib.request

    endpoint = fill_variables(origin.endpoint, origin.mark, shelf)
    if endpoint is None:
        return None
    if not endpoint.startswith(("http://", "https://")):
        rml = "`rml:source`, with the query as `rml:iterator`"
        words = choose_words(origin.mark, rml, "`access`, with the query as `iterator`")
        hint = f"a file of RDF is no endpoint: name it as {words}"
        shelf.tell("map-source", origin.mark, f"`{origin.endpoint}` is no web address", hint)
        return None
    if not split_address(endpoint).scheme:
        shelf.tell("map-source", origin.mark, f"`{origin.endpoint}` is no web address", "close the bracket of its host")
        return None
    if not shelf.may_ask(endpoint, origin.mark):
        return None
    request = urllib.request.Request(
        endpoint,
        data=urllib.parse.urlencode({"query": query}).encode(),
        headers={
            "Accept": "application/sparql-results+json",
            "Content-Type": "application/x-www-form-urlencoded",
        },
    )
    try:
        with open_unredirected(request) as response:
            part = find_partial(response.status, response.headers)
            wrong = f"the endpoint {part}" if part else None
            answer: Any = None if wrong else json.loads(response.read(MOST_BYTES))
        if wrong is None and (malformed := find_malformed(answer)) is not None:
            wrong = f"the answer of the endpoint cannot be read: {malformed}"
        if wrong is None:
            return answer["head"]["vars"], answer["results"]["bindings"]
        shelf.tell("source-unreadable", source.mark, wrong)
    except urllib.error.HTTPError as error:
        if error.code in REDIRECTS:
            message = f"the endpoint sends on to `{error.headers.get('Location')}`, which is not followed"
            shelf.tell("source-unreadable", origin.mark, message, "name that address")
            return None
        words = error.read(500).decode("utf-8", "replace").strip().split("\n")[0]
        shelf.tell("source-unreadable", source.mark, f"the endpoint refuses the query: {words or error.reason}")
    except (urllib.error.URLError, OSError, ValueError) as error:
        shelf.tell("source-unreadable", origin.mark, f"the endpoint `{origin.endpoint}` does not answer: {error}")
    return None


def open_unredirected(request: Any) -> Any:
    """The response to a request of urllib; what sends on to another address is an error, so that only this is asked."""
    import urllib.request

    class NoRedirects(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: object) -> None:
            """No request follows."""

    return urllib.request.build_opener(NoRedirects).open(request, timeout=TIMEOUT)
