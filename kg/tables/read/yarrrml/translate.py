"""A YARRRML document → RML in Turtle, with who wrote it."""

from __future__ import annotations

from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from kg.rdf.namespace import DCTERMS, RDFS, VOID
from kg.tables.read.rml_text import FOAF, RmlText
from kg.tables.read.write import write_rml
from kg.tables.read.yarrrml.document import YarrrmlDocument
from kg.tables.read.yarrrml.sources import Author
from kg.tables.rml import DatabaseSource, LogicalView
from kg.tables.vocabulary import RDF_TYPE, Generation
from kg.text.diagnostic import Diagnostic, sort_diagnostics
from kg.text.findings import Findings


@dataclass(frozen=True, kw_only=True)
class Translation:
    """The RML of a document as Turtle, and what its vocabulary has no words for."""

    turtle: str
    diagnostics: tuple[Diagnostic, ...]


def choose_generation(document: YarrrmlDocument) -> Generation:
    """R2RML where every source is a table or a query without an `access`, which RML has no words for.

    >>> from kg.text.diagnostic import SourceText
    >>> from kg.tables.read.yarrrml.document import read_yarrrml
    >>> choose_generation(read_yarrrml(SourceText("m", "mappings: {p: {sources: [{table: t}]}}")))
    <Generation.R2RML: 'r2rml'>
    """
    sources = [t.source for t in document.document.triples_maps]
    origins = [s.source for s in sources if not isinstance(s, LogicalView)]
    nameless = [isinstance(o, DatabaseSource) and o.dsn is None for o in origins]
    return Generation.R2RML if nameless and all(nameless) else Generation.LEGACY


def translate_to_rml(
    document: YarrrmlDocument, *, generation: Generation | None = None, metadata: bool = True
) -> Translation:
    """The RML of a document that was read without errors.

    Its diagnostics are what the vocabulary has no words for; those of the reading stay with *document*.

    Without a *generation* it is the one that YARRRML Parser writes (`choose_generation`). *metadata*
    describes the rules themselves: their authors and triples maps.

    >>> from kg.text.diagnostic import SourceText
    >>> from kg.tables.read.yarrrml.document import read_yarrrml
    >>> document = read_yarrrml(SourceText("m.yml", "mappings: {p: {sources: [[a.csv~csv]]}}"))
    >>> translation = translate_to_rml(document, generation=Generation.RML, metadata=False)
    >>> print(translation.turtle.split("\\n\\n")[2])
    :source_000 a rml:LogicalSource ;
        rml:source :file_000 ;
        rml:referenceFormulation rml:CSV .
    """
    findings = Findings()
    text = write_rml(
        document.document,
        generation or choose_generation(document),
        base=document.base,
        prefixes=document.prefixes,
        findings=findings,
    )
    if metadata:
        write_metadata(text, document.authors)
    return Translation(turtle=text.write(), diagnostics=tuple(sort_diagnostics(findings.diagnostics)))


def write_metadata(text: RmlText, authors: tuple[Author, ...]) -> None:
    """The rules as a data set: who wrote them, and their triples maps."""
    maps = [node for node, said in text.about.items() if text.generation.iri("subjectMap") in said]
    if not maps and not authors:
        return
    rules = text.name_node("rules")
    text.say(rules, RDF_TYPE, NamedNode(VOID + "Dataset"))
    for author in authors:
        if author.web_id is not None:
            text.say(rules, DCTERMS + "contributor", make_term(author.web_id))
            continue
        person = text.name_node("person")
        text.say(rules, DCTERMS + "contributor", person)
        text.say(person, RDF_TYPE, NamedNode(FOAF + "Person"))
        text.say_text(person, RDFS + "label", author.name)
        if author.email is not None:
            text.say(person, FOAF + "mbox", make_term(f"mailto:{author.email}"))
        if author.website is not None:
            text.say(person, FOAF + "homepage", make_term(author.website))
    for node in maps:
        text.say(rules, VOID + "exampleResource", node)


def make_term(text: str) -> NamedNode | Literal:
    """The IRI, where the text is one."""
    try:
        return NamedNode(text)
    except ValueError:
        return Literal(text)
