"""Truth values, as YAML 1.2 writes them: `true` and `false`, never `yes` and `no`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from kg.model.names import Names
from kg.model.ontology.vocabulary import Property, Vocabulary
from kg.model.values.value import Label, Term, Value
from kg.rdf.namespace import XSD
from kg.text.findings import Findings
from kg.text.yamldoc import Scalar

TRUE = Literal("true", datatype=NamedNode(XSD + "boolean"))
FALSE = Literal("false", datatype=NamedNode(XSD + "boolean"))
_WORDS = {"en": ("no", "yes"), "zh": ("否", "是")}


@dataclass(frozen=True, kw_only=True, slots=True)
class Truth(Value):
    """Whether something is so."""

    value: bool

    def identity(self, prop: Property | None, vocabulary: Vocabulary) -> tuple[object, ...]:
        return ("truth", self.value)

    def write(self, label: Label) -> str:
        return "true" if self.value else "false"

    def word(self, label: Label, vocabulary: Vocabulary, lang: str) -> str:
        return _WORDS[lang][self.value]

    def term(self, names: Names, prop: Property) -> Term:
        return TRUE if self.value else FALSE

    def direct(self, prop: Property, vocabulary: Vocabulary) -> Iterator[tuple[str, Value]]:
        yield prop.iri, self


_MEANT = {"true": {"true", "yes", "y", "on", "1", "是"}, "false": {"false", "no", "n", "off", "0", "否"}}


def read_truth(scalar: Scalar, findings: Findings) -> Truth | None:
    """`true` or `false`; None where another word stands there, which is told as `bad-truth`."""
    if scalar.text in {"true", "false"}:
        return Truth(value=scalar.text == "true", mark=scalar.mark)
    meant = next((right for right, words in _MEANT.items() if scalar.text.casefold() in words), None)
    hint = f"write `{meant}`" if meant else None
    findings.tell("bad-truth", scalar.mark, f"`{scalar.text}` is neither `true` nor `false`", hint)
    return None
