"""RML as Turtle that a person can read: each node with all that is said of it, in order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode

from kg.rdf.namespace import DCAT, DCTERMS, FORMATS, RDF, RDFS, SD, VOID, XSD
from kg.tables.vocabulary import (
    CSVW,
    D2RQ,
    FNO,
    OLD_COMPRESSION,
    OLD_FNML,
    OLD_QL,
    OLD_RML,
    OLD_TARGET,
    RML,
    RR,
    Generation,
)

FOAF = "http://xmlns.com/foaf/0.1/"
PREFIXES = {
    "rdf": RDF, "rdfs": RDFS, "xsd": XSD, "rr": RR, "ql": OLD_QL, "rmlt": OLD_TARGET, "comp": OLD_COMPRESSION,
    "fnml": OLD_FNML, "fno": FNO, "d2rq": D2RQ, "csvw": CSVW, "void": VOID, "dcterms": DCTERMS, "dcat": DCAT,
    "sd": SD, "foaf": FOAF, "formats": FORMATS,
}  # fmt: skip
# Less than Turtle allows (section 6.5, PN_PREFIX and PN_LOCAL); all else is written as a whole IRI.
_PREFIX_NAME = re.compile(r"([A-Za-z][A-Za-z0-9_-]*)?")
_LOCAL_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")
# RFC 3987, section 2.2: what may stand in a path, and the signs that part it.
_KEPT_IN_IRI = "-._~!$&'()*+,;=:@/?#%"

Term = NamedNode | Literal


class RmlText:
    """Statements about nodes that are named under a base IRI (`source_000`, `source_001`), and their Turtle."""

    def __init__(self, generation: Generation, base: str, prefixes: Mapping[str, str]) -> None:
        self.generation, self.base = generation, base
        own = {name: iri for name, iri in prefixes.items() if _PREFIX_NAME.fullmatch(name)}
        rml = RML if generation is Generation.RML else OLD_RML
        self.prefixes = {**own, **PREFIXES, "rml": rml, "": base}
        self.about: dict[NamedNode, dict[NamedNode, dict[Term, None]]] = {}
        self._counts: Counter[str] = Counter()

    def name_node(self, kind: str) -> NamedNode:
        """A new node of that kind."""
        number = self._counts[kind]
        self._counts[kind] += 1
        return make_node(self.base, f"{kind}_{number:03d}")

    def say(self, node: NamedNode, predicate: str, value: Term) -> None:
        """A statement whose predicate is a word of RML or an IRI."""
        iri = NamedNode(predicate) if ":" in predicate else self.generation.iri(predicate)
        self.about.setdefault(node, {}).setdefault(iri, {})[value] = None

    def say_type(self, node: NamedNode, name: str) -> None:
        """The class of a node: a word of RML or an IRI."""
        iri = NamedNode(name) if ":" in name else self.generation.iri(name)
        self.say(node, RDF + "type", iri)

    def say_text(self, node: NamedNode, predicate: str, text: str | None) -> None:
        """A literal, where there is one."""
        if text is not None:
            self.say(node, predicate, Literal(text))

    def write(self) -> str:
        """All statements as Turtle, with those of the prefixes that are used."""
        used: set[str] = set()
        blocks = []
        for node, predicates in self.about.items():
            lines = []
            for predicate, objects in predicates.items():
                word = "a" if predicate.value == RDF + "type" else self._write_term(predicate, used)
                lines.append(f"{word} {', '.join(self._write_term(o, used) for o in objects)}")
            blocks.append(f"\n{self._write_term(node, used)} " + " ;\n    ".join(lines) + " .\n")
        return "".join(f"@prefix {p}: <{self.prefixes[p]}> .\n" for p in sorted(used)) + "".join(blocks)

    def _write_term(self, term: Term, used: set[str]) -> str:
        if isinstance(term, NamedNode):
            for prefix, iri in self.prefixes.items():
                if iri and term.value.startswith(iri) and _LOCAL_NAME.fullmatch(term.value, len(iri)):
                    used.add(prefix)
                    return f"{prefix}:{term.value[len(iri) :]}"
        return str(term)


def make_node(start: str, text: str) -> NamedNode:
    """The IRI that begins with *start*, a valid one, the rest percent-encoded where it must be.

    >>> make_node("file://", "my file.csv").value, make_node("http://example.com/", "雷军").value
    ('file://my%20file.csv', 'http://example.com/雷军')
    """
    try:
        return NamedNode(start + quote(text, safe=_KEPT_IN_IRI) if text.isascii() else start + text)
    except ValueError:
        return NamedNode(start + quote(text, safe="/"))
