"""`kg yarrrml IN -o OUT`: YARRRML → RML as Turtle."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path

import click
from pyoxigraph import NamedNode

from kg.diagnostic import Diagnostic, KgError, Severity, count_severities, render_text, summarise_counts
from kg.tables.yarrrml import External, YarrrmlDocument
from kg.tables.yarrrml_quads import (
    CSVW,
    D2RQ,
    EXTENSIONS,
    FNML,
    FNO,
    FOAF,
    FORMATS,
    OLD_QL,
    OLD_RML,
    OLD_TARGET,
    RDF,
    RDFS,
    RML,
    RR,
    VOID,
    MarkedQuad,
    Vocabulary,
)
from kg.tables.yarrrml_read import read_yarrrml
from kg.tables.yarrrml_rml import Translation, translate_to_rml
from kg.yamldoc import read_text

# Less than Turtle allows (section 6.5, PN_LOCAL); all else is written as a whole IRI.
_LOCAL_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")

_PREFIXES = {
    "rdf": RDF,
    "rdfs": RDFS,
    "rr": RR,
    "ql": OLD_QL,
    "rmlt": OLD_TARGET,
    "rmle": EXTENSIONS,
    "fnml": FNML,
    "fno": FNO,
    "d2rq": D2RQ,
    "csvw": CSVW,
    "void": VOID,
    "foaf": FOAF,
    "formats": FORMATS,
}


def write_rml_turtle(document: YarrrmlDocument, translation: Translation) -> str:
    """The RML as Turtle: each subject with all it has, the prefixes of the document and those of RML.

    >>> from kg.diagnostic import SourceText
    >>> document = read_yarrrml(SourceText("m.yml", "mappings: {p: {sources: [[a.csv~csv]]}}"))
    >>> text = write_rml_turtle(document, translate_to_rml(document, metadata=False))
    >>> print(text.partition("\\n\\n")[2].partition("\\n\\n")[0])
    :source_000 a rml:LogicalSource ;
        rml:source "a.csv" ;
        rml:referenceFormulation ql:CSV .
    """
    rml = RML if translation.vocabulary is Vocabulary.RML else OLD_RML
    known = {**{p.name: p.iri for p in document.prefixes}, **_PREFIXES, "rml": rml, "": document.base}
    subjects: dict[str, list[MarkedQuad]] = {}
    for quad in translation.quads:
        subjects.setdefault(str(quad.subject.term), []).append(quad)
    blocks = [_write_subject(quads, known) for quads in subjects.values()]
    used = [p for p in sorted(known) if any(f"{p}:" in block for block in blocks)]
    prologue = "".join(f"@prefix {p}: <{known[p]}> .\n" for p in used)
    return prologue + "".join(f"\n{block}\n" for block in blocks)


def _write_subject(quads: list[MarkedQuad], known: dict[str, str]) -> str:
    predicates: dict[str, list[str]] = {}
    for quad in quads:
        predicate = _write_term(quad.predicate.term, known)
        objects = predicates.setdefault("a" if predicate == "rdf:type" else predicate, [])
        written = _write_term(quad.object.term, known)
        if written not in objects:
            objects.append(written)
    lines = " ;\n    ".join(f"{p} {', '.join(objects)}" for p, objects in predicates.items())
    return f"{_write_term(quads[0].subject.term, known)} {lines} ."


def _write_term(term: object, known: dict[str, str]) -> str:
    if isinstance(term, NamedNode):
        for prefix, iri in known.items():
            if iri and term.value.startswith(iri) and _LOCAL_NAME.fullmatch(term.value, len(iri)):
                return f"{prefix}:{term.value[len(iri) :]}"
    return str(term)


def _print_diagnostics(diagnostics: Iterable[Diagnostic]) -> bool:
    """Show them; true where one of them is an error."""
    shown = [d for d in diagnostics if d.severity is not Severity.NOTE]
    for diagnostic in shown:
        click.echo(render_text(diagnostic) + "\n", err=True)
    if shown:
        click.echo(summarise_counts(count_severities(shown)), err=True)
    return any(d.severity is Severity.ERROR for d in shown)


@click.command("yarrrml")
@click.argument("file", metavar="IN", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    metavar="OUT",
    type=click.Path(path_type=Path),
    help="Turtle file; else standard output.",
)
@click.option(
    "-f",
    "--vocabulary",
    "--format",
    type=click.Choice(["auto", *(v.value for v in Vocabulary)], case_sensitive=False),
    default="auto",
    show_default=True,
    help="legacy: R2RML with the older RML, as YARRRML Parser writes; rml: today's RML; r2rml: databases. "
    "auto: r2rml where all sources are tables or queries without `access`; otherwise legacy.",
)
@click.option(
    "-e", "--external", metavar="NAME=VALUE", multiple=True, help="Value of the external reference $(_NAME)."
)
@click.option(
    "--metadata/--no-metadata", default=True, help="Describe the rules: their authors and triples maps."
)
@click.option("--strict", is_flag=True, help="Warnings count as errors (exit code 4).")
def yarrrml_command(
    file: Path, output: Path | None, vocabulary: str, external: tuple[str, ...], metadata: bool, strict: bool
) -> None:
    """Translate a YARRRML mapping to RML."""
    externals = []
    for pair in external:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise click.BadParameter(f"`{pair}` is not NAME=VALUE", param_hint="--external")
        externals.append(External(name=name, value=value))
    source, problems = read_text(file, file.as_posix())
    if _print_diagnostics(problems):
        raise SystemExit(1)
    document = read_yarrrml(source, externals=externals)
    chosen = None if vocabulary == "auto" else Vocabulary(vocabulary)
    if document.has_errors:
        _print_diagnostics(document.diagnostics)
        raise SystemExit(1)
    translation = translate_to_rml(document, vocabulary=chosen, metadata=metadata)
    diagnostics = document.diagnostics + translation.diagnostics
    if _print_diagnostics(diagnostics):
        raise SystemExit(1)
    if strict and any(d.severity is Severity.WARNING for d in diagnostics):
        raise SystemExit(4)
    text = write_rml_turtle(document, translation)
    if output is None:
        click.echo(text, nl=False)
        return
    partial = output.with_name(output.name + ".partial")
    try:
        partial.write_text(text, encoding="utf-8", newline="\n")
        partial.replace(output)
    except OSError as error:
        raise KgError(f"cannot write {output.as_posix()}: {error.strerror or error}") from error


if __name__ == "__main__":
    try:
        yarrrml_command(prog_name="kg yarrrml")
    except KgError as failure:
        click.echo(f"error: {failure}", err=True)
        sys.exit(3)
