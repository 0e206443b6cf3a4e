"""Files of a project that nothing reads, shapes that nothing is validated against, and links that are not followed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import NamedNode

from kg.model.nouns import Seeds
from kg.model.ontology.vocabulary import Vocabulary
from kg.rdf.namespace import RDF, SH
from kg.reading.seeds import SeedsReading
from kg.system.project import FOLDERS, ODD, RDF_ENDINGS, Project, is_about
from kg.text.diagnostic import Diagnostic, SourceText, did_you_mean, mark_of_file

_SHAPES = frozenset(NamedNode(f"{SH}{name}Shape") for name in ("Node", "Property"))


def find_unread(project: Project, reading: SeedsReading) -> Iterator[Diagnostic]:
    """Files under `ontology/`, `seeds/` and `texts/` that nothing reads."""
    for path in project.unread_files:
        name = project.name_of(path)
        yield _unread(name, f"nothing reads {name}", _hint_at_unread(name))
    if reading.sources_complete:
        yield from _find_unread_texts(project, reading.seeds)


def _find_unread_texts(project: Project, seeds: Seeds) -> Iterator[Diagnostic]:
    """Files under `texts/` that no source names; a text without a source and a source without its text are one slip."""
    named = {source.file.text for source in seeds.sources if source.file is not None}
    texts = {project.name_of(path).removeprefix("texts/"): path for path in project.files("texts")}
    unread = [name for name, path in texts.items() if name not in named and not is_about(path)]
    waiting = [
        source
        for source in seeds.sources
        if (source.file is None or source.file.text not in texts)
        and not any(acceptance.code == "no-outline" for acceptance in source.accept)
    ]
    for name in unread if len(unread) > len(waiting) else ():
        near = did_you_mean(name, named) or "a source names its text: `file: ...`"
        yield _unread(f"texts/{name}", f"no source names texts/{name}", near)


def _unread(name: str, message: str, hint: str) -> Diagnostic:
    return Diagnostic(code="unread-file", mark=mark_of_file(SourceText(name, "")), message=message, hint=hint)


def _hint_at_unread(name: str) -> str:
    """What may be wrong with the name of a file that nothing reads."""
    top, folder, *rest = name.split("/")
    near = did_you_mean(folder, FOLDERS) if top == "seeds" and rest and folder not in FOLDERS else None
    ending = Path(name).suffix
    others = {".n3": "N3 is not read: write it as Turtle (`.ttl`)", ".json": "JSON-LD ends with `.jsonld`"}
    if near is None and name.startswith("seeds/rdf/"):
        near = others.get(ending, f"read are {', '.join(f'`{e}`' for e in RDF_ENDINGS)}, and these with `.gz`")
    if near is None and top == "ontology" and folder != "questions" and ending not in {".rq", ".csv"}:
        near = "an ontology is written in Turtle (`.ttl`)"
    return near or "is its folder or its ending wrong?"


def find_unread_shapes(vocabulary: Vocabulary) -> Iterator[Diagnostic]:
    """Shapes in files of the ontology that are not read as shapes, the first of each file."""
    told: set[str] = set()
    kind = NamedNode(RDF + "type")
    for quad in vocabulary.quads:
        of_shape = quad.predicate.term == kind and quad.object.term in _SHAPES
        if of_shape and quad.object.mark.file not in told:
            told.add(quad.object.mark.file)
            message = "a shape stands here, and nothing is validated against it"
            hint = "shapes are read from `ontology/shapes*.ttl`: move it, or rename the file"
            yield Diagnostic(code="unread-shape", mark=quad.object.mark, message=message, hint=hint)


def find_strays(project: Project) -> Iterator[Diagnostic]:
    """Links and pipes under `ontology/` and `seeds/` that are not read: out of the project an error, else a warning."""
    for name, what in project.strays():
        outside = what.endswith("out of the project")
        hint = "put the file itself here" if outside or what == ODD else "link files of the project, each by itself"
        code = "link-outside" if outside else "unread-file"
        yield Diagnostic(code=code, mark=mark_of_file(SourceText(name, "")), message=f"{name} is {what}", hint=hint)
