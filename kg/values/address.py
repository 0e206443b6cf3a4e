"""Outside IRIs: a web page, an outside id."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import NamedNode

from kg.diagnostic import Mark
from kg.findings import Findings
from kg.iri import check_iri
from kg.names import Names
from kg.values.value import Label, Term, Value
from kg.vocabulary import Property, Vocabulary
from kg.yamldoc import Scalar


@dataclass(frozen=True, kw_only=True, slots=True)
class Address(Value):
    """An outside IRI, as it was written."""

    iri: str

    def identity(self, prop: Property | None, vocabulary: Vocabulary) -> tuple[object, ...]:
        return ("iri", self.iri)

    def write(self, label: Label) -> str:
        return self.iri

    def word(self, label: Label, vocabulary: Vocabulary, lang: str) -> str:
        return self.iri

    def term(self, names: Names, prop: Property) -> Term:
        return NamedNode(self.iri)

    def direct(self, prop: Property, vocabulary: Vocabulary) -> Iterator[tuple[str, Value]]:
        yield prop.iri, self


def read_iri(scalar: Scalar, findings: Findings) -> Address | None:
    """An absolute IRI; None where it is none, which is told as `bad-iri`."""
    return Address(iri=scalar.text, mark=scalar.mark) if tell_bad_iri(scalar.text, scalar.mark, findings) else None


def tell_bad_iri(text: str, mark: Mark, findings: Findings) -> bool:
    """True when *text* is an absolute IRI; else what is wrong with it is told as `bad-iri`."""
    problem = check_iri(text)
    if problem is None:
        return True
    findings.tell("bad-iri", mark, f"`{text}` is no IRI: {problem.message}", "write it whole: https://...")
    return False
