"""Names of logical targets that promise another syntax or another compression than the mapping says."""

from __future__ import annotations

from collections.abc import Iterator

from kg.tables.rml import LogicalTarget
from kg.tables.wording import choose_words
from kg.text.diagnostic import Diagnostic, Mark

# the longer ones first; None: a compression that RML-IO does not have
ENDINGS = {
    ".tar.gz": "targz", ".tgz": "targz", ".tar.xz": "tarxz", ".txz": "tarxz", ".gz": "gzip", ".zip": "zip",
    ".zst": "zstd", ".bz2": None, ".xz": None, ".7z": None,
}  # fmt: skip
# what a name promises, and which syntaxes keep that: N-Triples is Turtle, and Turtle is TriG and N3
PROMISED = {
    ".nt": ("nt",), ".nq": ("nq", "nt"), ".ttl": ("ttl", "nt"), ".trig": ("trig", "ttl", "nt"),
    ".n3": ("n3", "ttl", "nt"), ".rdf": ("rdfxml",), ".owl": ("rdfxml",), ".xml": ("rdfxml",),
    ".jsonld": ("jsonld",), ".json": ("jsonld",),
}  # fmt: skip
NAMES = {  # of a syntax: in formats:, and in YARRRML
    "nq": ("N-Quads", "nquads"), "nt": ("N-Triples", "ntriples"), "ttl": ("Turtle", "turtle"),
    "trig": ("TriG", "trig"), "n3": ("N3", "n3"), "jsonld": ("JSON-LD", "jsonld"), "rdfxml": ("RDF_XML", "rdfxml"),
}  # fmt: skip


def find_misnamed(target: LogicalTarget, mark: Mark) -> Iterator[Diagnostic]:
    """What the name of a target promises and is not written; what the mapping says counts (N-Quads where it is silent).

    RML-IO and YARRRML both have N-Quads for a target without a serialisation, so that its name decides nothing.
    """
    name = target.path.lower()
    ending = next((each for each in ENDINGS if name.endswith(each)), None)
    if ending is not None and (ENDINGS[ending] is None or ENDINGS[ending] != target.compression):
        kind = ENDINGS[ending]
        said = f"packed as {target.compression}" if target.compression else "not packed"
        word = choose_words(mark, f"`rml:compression rml:{kind}`", f"`compression: {kind}`")
        yield tell(target, mark, said, ending, word if kind else None)
    name = name.removesuffix(ending or "")
    promise = next((each for each in PROMISED if name.endswith(each)), None)
    if promise is not None and target.serialization not in PROMISED[promise]:
        formats, word = NAMES[PROMISED[promise][0]]
        word = choose_words(mark, f"`rml:serialization formats:{formats}`", f"`serialization: {word}`")
        yield tell(target, mark, f"written as {NAMES[target.serialization][0]}", promise, word)


def tell(target: LogicalTarget, mark: Mark, said: str, ending: str, word: str | None) -> Diagnostic:
    """The warning: what is *said* of the target, its ending, and the word of a mapping that keeps the promise."""
    return Diagnostic(
        code="target-name",
        mark=mark,
        message=f"the target `{target.path}` is {said}, and its name says `{ending}`",
        hint=f"say {word}, or name the file otherwise" if word else "name the file otherwise",
    )
