"""The logical targets of an RML graph: files that take the quads of the term maps that name them (RML-IO §targets)."""

from __future__ import annotations

from urllib.parse import unquote

import pyoxigraph as ox

from kg.rdf.namespace import DCAT, VOID
from kg.rdf.turtle.document import MarkedTerm
from kg.tables.read.reader import Reader, show_term, term_text
from kg.tables.read.targetnames import find_misnamed
from kg.tables.rml import LogicalTarget, Root
from kg.tables.sources.kinds import normal_encoding
from kg.tables.vocabulary import RML, translate_iri
from kg.text.diagnostic import did_you_mean, list_known

ROOTS = {RML + "MappingDirectory": Root.MAPPING, RML + "CurrentWorkingDirectory": Root.WORKING}
COMPRESSIONS = ("none", "gzip", "zip", "targz", "tarxz", "zstd")
SERIALIZATIONS = {
    "N-Quads": "nq", "N-Triples": "nt", "Turtle": "ttl", "TriG": "trig", "N3": "n3",
    "JSON-LD": "jsonld", "RDF_XML": "rdfxml",
}  # fmt: skip


def read_targets(reader: Reader, node: MarkedTerm) -> tuple[LogicalTarget, ...]:
    """The logical targets of a term map."""
    targets = [read_logical_target(reader, found) for found in reader.graph.objects(node.term, "logicalTarget")]
    return tuple(t for t in targets if t is not None)


def read_logical_target(reader: Reader, node: MarkedTerm) -> LogicalTarget | None:
    """One logical target; None, with the reason reported, where it is no file or is not whole."""
    found = reader.one(node, "target")
    if found is None:
        reader.incomplete(node.mark, "a logical target without `rml:target`", "name the file")
        return None
    path = read_target_path(reader, found)
    if path is None:
        message = "a target of a kind that this engine does not write"
        reader.tell("map-source", found.mark, message, "targets are files with an `rml:path`")
        return None
    root = read_root(reader, found)
    if root is None:
        return None
    serialization = reader.one(node, "serialization")
    name = show_term(serialization).rsplit("/", 1)[-1] if serialization is not None else "N-Quads"
    if name not in SERIALIZATIONS:
        mark = serialization.mark if serialization is not None else node.mark
        hint = did_you_mean(name, SERIALIZATIONS) or f"known are {list_known(SERIALIZATIONS)}"
        reader.tell("map-serialization", mark, f"no serialisation `{name}`", hint)
        return None
    encoding = read_encoding(reader, node) or "utf-8"
    if normal_encoding(encoding) is None:
        said = reader.one(node, "encoding") or node
        reader.tell("source-encoding", said.mark, f"no encoding `{encoding}`", "use UTF-8 or UTF-16")
        return None
    compression = read_compression(reader, node)
    compression = None if compression == "none" else compression  # an ending of its name packs no target
    target = LogicalTarget(
        path=path,
        root=root,
        serialization=SERIALIZATIONS[name],
        encoding=encoding,
        compression=compression,
        mark=node.mark,
    )
    reader.add(find_misnamed(target, found.mark))
    return target


def read_target_path(reader: Reader, target: MarkedTerm) -> str | None:
    """The path of a target: a text, an `rml:path`, or the `file:` IRI of a data dump in the older RML."""
    if isinstance(target.term, ox.Literal):
        return target.term.value
    if (path := reader.text(target, "path")) is not None:
        return path
    dump = reader.text(target, VOID + "dataDump") or reader.text(target, DCAT + "dataDump")
    return unquote(dump.removeprefix("file://")) if dump is not None and dump.startswith("file://") else None


def read_root(reader: Reader, target: MarkedTerm) -> Root | None:
    """Where the path of a target starts; None, with the reason reported, where that is no folder it may start in."""
    found = reader.one(target, "root")
    if found is None:
        return Root.WORKING
    root = ROOTS.get(term_text(found.term))
    if root is None:
        known = list_known(iri.removeprefix(RML) for iri in ROOTS)
        reader.tell("map-source", found.mark, "a target in a root of another kind", f"known are {known} of RML")
    return root


def read_encoding(reader: Reader, node: MarkedTerm) -> str | None:
    """The encoding that a source or a target declares, `rml:UTF-8` → `utf-8`; None where it declares none."""
    found = reader.one(node, "encoding")
    return None if found is None else term_text(found.term).removeprefix(RML).lower()


def read_compression(reader: Reader, node: MarkedTerm) -> str | None:
    """The compression that a source or a target declares, `none` among them; None where nothing known is declared."""
    found = reader.one(node, "compression")
    if found is None:
        return None
    name = translate_iri(show_term(found)).removeprefix(RML)
    if name not in COMPRESSIONS:
        hint = did_you_mean(name, COMPRESSIONS)
        reader.tell("source-compression", found.mark, f"no compression `{name}`", hint)
        return None
    return name
