"""Statements of files of RDF in words, each with its file and line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pyoxigraph import DefaultGraph

from kg.ask.term import show_term
from kg.build.pipeline import Checked
from kg.graph.describe import ClaimWords
from kg.graph.stated import Contradiction, FileStatement, word_statement
from kg.rdf.file import word_place
from kg.rdf.turtle.document import MarkedTerm
from kg.show.wanted import want_resource, want_triple


def show_stated(checked: Checked, subject: str, predicate: str, value: str) -> Iterator[str]:
    """One text for each statement that fits; terms are keys, CURIEs, IRIs, values, and `_` for any."""
    if not checked.story.rdf:
        return
    wanted = want_triple(subject, predicate, value, checked)
    for quad in checked.story.stated_quads:
        terms = (quad.subject, quad.predicate, quad.object)
        if all(want.fits(str(term.term)) for want, term in zip(wanted, terms, strict=True)):
            words = " ".join(_word(term, checked) for term in terms)
            yield f"{words}   (RDF file)\n  stated in  {word_place(quad.object.mark)}\n"


def list_stated(checked: Checked, thing: str) -> list[str]:
    """A line for each statement that has a *thing* (a key, a CURIE, an IRI) as its subject or object."""
    wanted = want_resource(thing, checked, "entity/")
    lines = []
    for quad in checked.story.stated_quads:
        predicate, place = _word(quad.predicate, checked), word_place(quad.object.mark)
        if wanted.fits(str(quad.subject.term)):
            lines.append(f"  • {predicate} {_word(quad.object, checked)}   ({place})")
        elif wanted.fits(str(quad.object.term)):
            lines.append(f"  • {_word(quad.subject, checked)} {predicate}   ({place})")
    return lines


def write_contradictions(checked: Checked, found: Sequence[Contradiction], lang: str) -> list[str]:
    """Where files of RDF contradict facts, or each other, and where rows of tables do, each under a heading."""
    out = []
    for heading, of_tables in (("RDF files", False), ("tables", True)):
        some = [one for one in found if (one.statements[0].table is not None) is of_tables]
        lines = [line for one in some for line in write_contradiction(one, checked, lang)]
        out += ["", f"Contradicted by {heading} ({len(some)})", *lines] if some else []
    return out


def write_contradiction(found: Contradiction, checked: Checked, lang: str) -> Iterator[str]:
    """A contradiction in words: what is stated and what is claimed on one subject and property, a line each."""
    words = checked.story.words(lang)
    yield f"  {words.entity(found.subject)} · {found.prop.label(lang)}"
    for statement in found.statements:
        quad = statement.quad
        terms = (quad.object,) if _is_of_matter(statement, found) else (quad.subject, quad.predicate, quad.object)
        said = " ".join(_word(term, checked) for term in terms)
        yield f"    {place_of(statement)}   {said}"
    for claim in found.claims:
        qualifiers = words.qualifiers(claim)
        told = f"   ({qualifiers})" if qualifiers else ""
        yield f"    {claim.id}   {words.statement(claim)}{told} — {words.speakers(claim)}"


def list_stated_against(found: Contradiction, words: ClaimWords) -> list[str]:
    """What files and tables state against claims, or each other, each with its place."""
    return [
        f"{place_of(one)}: {word_statement(one, words, whole=not _is_of_matter(one, found))}"
        for one in found.statements
    ]


def _is_of_matter(statement: FileStatement, found: Contradiction) -> bool:
    """Whether a statement is of the subject and property of a contradiction; else its whole triple has to be told."""
    return (statement.subject, statement.prop.name) == (found.subject, found.prop.name)


def place_of(statement: FileStatement) -> str:
    """Where a statement stands: a file with its line, or a table."""
    return f"table {statement.table}" if statement.table is not None else word_place(statement.mark)


def _word(term: MarkedTerm, checked: Checked) -> str:
    assert not isinstance(term.term, DefaultGraph)
    return show_term(term.term, checked.seeds.dataset.prefixes)
