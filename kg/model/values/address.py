"""Outside IRIs: a web page, an outside id."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from kg.model.names import Names
from kg.model.ontology.vocabulary import Property, Vocabulary
from kg.model.values.value import Label, Term, Value
from kg.rdf.iri import IriProblem, UnknownPrefix, expand_iri
from kg.rdf.namespace import XSD
from kg.text.diagnostic import Mark, did_you_mean
from kg.text.findings import Findings
from kg.text.yamldoc import Scalar


@dataclass(frozen=True, kw_only=True, slots=True)
class Address(Value):
    """An outside IRI: itself, or its text where the range of the property asks for that (`xsd:anyURI`)."""

    iri: str

    def identity(self, prop: Property | None, vocabulary: Vocabulary) -> tuple[object, ...]:
        return ("iri", self.iri)

    def write(self, label: Label) -> str:
        return self.iri

    def word(self, label: Label, vocabulary: Vocabulary, lang: str) -> str:
        return self.iri

    def term(self, names: Names, prop: Property) -> Term:
        if XSD + "anyURI" in prop.datatypes:
            return Literal(self.iri, datatype=NamedNode(XSD + "anyURI"))
        return NamedNode(self.iri)

    def direct(self, prop: Property, vocabulary: Vocabulary) -> Iterator[tuple[str, Value]]:
        yield prop.iri, self


def read_iri(scalar: Scalar, findings: Findings, namespaces: Mapping[str, str] | None = None) -> Address | None:
    """An absolute IRI, or a CURIE by *namespaces*; None where it is neither, which is told as `bad-iri`."""
    iri = tell_bad_iri(scalar.text, scalar.mark, findings, namespaces)
    return None if iri is None else Address(iri=iri, mark=scalar.mark)


def tell_bad_iri(text: str, mark: Mark, findings: Findings, namespaces: Mapping[str, str] | None) -> str | None:
    """The absolute IRI that *text* writes, or a CURIE stands for; None, with what is wrong told as `bad-iri`."""
    iri = expand_iri(text, namespaces)
    if isinstance(iri, str):
        return iri
    findings.tell("bad-iri", mark, f"`{text}` is no IRI: {iri.message}", hint_at_iri(text, iri, namespaces))
    return None


def hint_at_iri(text: str, problem: IriProblem, namespaces: Mapping[str, str] | None) -> str:
    """A hint at what may have been meant by a *text* that is no IRI and no CURIE."""
    if re.fullmatch(r"[QP][1-9][0-9]*", text):
        return f"write `wd:{text}`"
    if re.fullmatch(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(/\S*)?", text):
        return f"write `https://{text}`"
    if not isinstance(problem, UnknownPrefix):
        return "write it whole: https://..."
    near = did_you_mean(text[: problem.end], namespaces or ())
    return near or "declare it under `prefixes` in seeds/dataset.yaml, or write the IRI whole: https://..."
