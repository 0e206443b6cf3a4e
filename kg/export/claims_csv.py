"""The claims as one table, for those who read in a spreadsheet: a row for each claim, sorted.

The form is that of RFC 4180 in UTF-8 without a byte-order mark, but lines end in LF, so that version control
leaves the bytes alone. Fields are quoted where they hold a comma, a semicolon, a quote or a line end.

IRIs are CURIEs, or `<...>` where no prefix fits. Several values of a cell are joined: IRIs by a space, texts
by ` | `. The columns of the evidence run in step: the second place belongs to the second address, and `.`
stands for none (no place, the source's own voice, a clear text); `|` stands between several of one evidence (two who
passed it on).

Formulas: a spreadsheet runs a cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return. Such a
cell gets a leading apostrophe, and so does one that begins with an apostrophe; to have the exact text back,
take one leading apostrophe off. Nothing is lost, then, and numbers, which are no formulas, stay numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache, cached_property, lru_cache
from itertools import chain
from typing import Final

from pyoxigraph import Literal, NamedNode

from kg.export.canonical import PredicateObjects, Properties, canonicalize_quads
from kg.export.memo import Memo
from kg.export.order import Node, Term, term_key
from kg.rdf.iri import MODEL_PREFIXES, Prefixes
from kg.rdf.namespace import WELL_KNOWN
from kg.rdf.quad import Quad

_RISKY: Final = re.compile(r"['=+\-@\t\r]")
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_QUOTED: Final = re.compile(r'[",;\r\n]|\A\s|\s\Z')
_NONE: Final = "."

_CLAIM: Final = NamedNode(WELL_KNOWN["kg"] + "Claim")

# Columns that hold the values of one property of the claim, and where they stand among the others.
_BEFORE_OBJECT: Final = {
    "source": "dcterms:source",
    "mode": "kg:mode",
    "speaker": "prov:wasAttributedTo",
    "subject": "rdf:subject",
    "predicate": "rdf:predicate",
}
_AFTER_OBJECT: Final = {
    "unit": "qudt:hasUnit",
    "min": "kg:min",
    "max": "kg:max",
    "exclusive": "kg:exclusive",
    "approximate": "kg:approximate",
    "when": "kg:when",
    "not_before": "kg:notBefore",
    "not_after": "kg:notAfter",
    "when_approximate": "kg:whenApproximate",
    "when_uncertain": "kg:whenUncertain",
    "as_of": "kg:asOf",
    "as_of_not_before": "kg:asOfNotBefore",
    "as_of_not_after": "kg:asOfNotAfter",
    "negated": "kg:negated",
    "own_interest": "kg:ownInterest",
}
_OF_EVIDENCE: Final = {
    "places": "kg:saidAt",
    "via": "kg:via",
    "voices": "kg:voice",
    "clarities": "kg:clarity",
    "said_on": "kg:saidOn",
}
_AFTER_EVIDENCE: Final = {
    "note": "skos:editorialNote",
    "differs_in_subject": "kg:differsInSubject",
    "differs_in_value": "kg:differsInValue",
    "differs_in_time": "kg:differsInTime",
    "differs_in_measure": "kg:differsInMeasure",
    "differs_in_mode": "kg:differsInMode",
    "differs_in_speaker": "kg:differsInSpeaker",
    "unlike": "kg:unlike",
    "compatible_with": "kg:compatibleWith",
    "decided_for": "kg:decidedFor",
    "decided_because": "kg:decidedBecause",
    "inferred_because": "kg:inferredBecause",
}

_STATE: Final = ("status", "proposed_by", "proposed_on", "reviewed_by", "reviewed_on", "evidence_statuses")
"""Columns that stand there where some claim was proposed or reviewed."""
_STATUS: Final = "schema:creativeWorkStatus"

_COLUMNS: Final = (
    *("claim", *_BEFORE_OBJECT),
    *("object", "datatype", "language"),
    *_AFTER_OBJECT,
    *("evidence", *_OF_EVIDENCE, "evidence_notes"),
    *_AFTER_EVIDENCE,
)

Write = Callable[[Term], str]


def write_claims_csv(quads: Iterable[Quad], prefixes: Prefixes) -> str:
    """The table of all claims (see above for its form); only its header where there are none.

    >>> write_claims_csv([], Prefixes(namespaces={})).split(",")[:9]
    ['claim', 'source', 'mode', 'speaker', 'subject', 'predicate', 'object', 'datatype', 'language']
    """
    return "".join(stream_claims_csv(quads, prefixes))


def stream_claims_csv(quads: Iterable[Quad], prefixes: Prefixes) -> Iterator[str]:
    """The rows of `write_claims_csv`, each with its line end."""
    quads = canonicalize_quads(quads)
    described = _Descriptions(quads.described)
    claims = quads.instances.get(_CLAIM, ())
    has_state = _expand(_STATUS) in quads.predicates

    def write_term(term: Term) -> str:
        if isinstance(term, NamedNode):
            return prefixes.compress(term.value) or f"<{term.value}>"
        return term.value if isinstance(term, Literal) else str(term)

    # Most of what is said of a claim is said of many: modes, speakers, properties, sources.
    write = Memo(write_term).__getitem__
    write_field = Memo(_write_field).__getitem__
    cells: Memo[PredicateObjects, Mapping[str, str]] = Memo(lambda prop: _write_cells(prop, described, write))
    empty = dict.fromkeys(_COLUMNS, "")

    def write_row(claim: Node) -> str:
        row = {**empty, "claim": write(claim)}
        for prop in described.about(claim):
            row.update(cells[prop])
        fields = [*row.values(), *(_write_state(claim, described, write) if has_state else ())]
        return ",".join(map(write_field, fields)) + "\n"

    header = (*_COLUMNS, *(_STATE if has_state else ()))
    return chain((",".join(header) + "\n",), map(write_row, claims))


class _Descriptions:
    """What all graphs say of each subject."""

    def __init__(self, described: Mapping[Node, Properties]) -> None:
        self._described = described

    def about(self, subject: Node) -> Properties:
        """The predicates of *subject*, each with its objects."""
        return self._described.get(subject, [])

    def objects(self, subject: Node, curie: str) -> Collection[Term]:
        """The objects of one predicate of *subject*."""
        return next((prop.terms for prop in self.about(subject) if prop.predicate == _expand(curie)), ())

    def users(self, node: Term) -> Collection[Node]:
        """The activities that used *node*."""
        return self._users.get(node, ())

    @cached_property
    def _users(self) -> dict[Term, list[Node]]:
        found: dict[Term, list[Node]] = {}
        for subject in self._described:
            for term in self.objects(subject, "prov:used"):
                found.setdefault(term, []).append(subject)
        return found


def _write_cells(prop: PredicateObjects, described: _Descriptions, write: Write) -> dict[str, str]:
    """The cells that a property of a claim fills, by their columns."""
    column, objects = _column_of(prop.predicate), prop.terms
    if column is None:
        return {}
    if column == "evidence":
        return _write_evidence(objects, described, write)
    if column != "object":
        return {column: _join(objects, write)}
    literals = [term for term in objects if isinstance(term, Literal)]
    return {
        column: _join(objects, write),
        "datatype": " ".join(write(literal.datatype) for literal in literals),
        "language": " ".join(literal.language for literal in literals if literal.language),
    }


def _write_evidence(nodes: Iterable[Term], described: _Descriptions, write: Write) -> dict[str, str]:
    """The addresses of the sentences, then what each evidence says of its sentence."""
    found = [node for node in nodes if isinstance(node, NamedNode)]
    about = [{prop.predicate: prop.terms for prop in described.about(node)} for node in found]
    at = _expand("kg:at")
    row = {"evidence": " ".join(_join(said.get(at, [node]), write) for node, said in zip(found, about, strict=True))}
    for column, curie in _OF_EVIDENCE.items():
        cells = ["|".join(map(write, sorted(said.get(_expand(curie), ()), key=term_key))) for said in about]
        row[column] = " ".join(cell or _NONE for cell in cells) if any(cells) else ""
    # Where the claim rests on the sentence itself, a note there is not the claim's.
    notes = [note for said in about if at in said for note in said.get(_expand("skos:editorialNote"), ())]
    return {**row, "evidence_notes": _join(notes, write)}


def _write_state(claim: Node, described: _Descriptions, write: Write) -> list[str]:
    """Whether it was reviewed, by whom it was proposed and reviewed and when, and whether its evidence was reviewed."""

    def write_who(activities: Iterable[Term]) -> list[str]:
        done = [node for node in activities if isinstance(node, NamedNode)]
        agents = [agent for node in done for agent in described.objects(node, "prov:wasAssociatedWith")]
        names = [
            _join(described.objects(a, "rdfs:label") if isinstance(a, NamedNode) else (), write) or write(a)
            for a in sorted(agents, key=term_key)
        ]
        days = [day for node in done for day in described.objects(node, "dcterms:date")]
        return [" | ".join(names), _join(days, write)]

    evidence = described.objects(claim, "prov:wasDerivedFrom")
    statuses = [_join(described.objects(node, _STATUS), write) for node in evidence if isinstance(node, NamedNode)]
    return [
        _join(described.objects(claim, _STATUS), write),
        *write_who(described.objects(claim, "prov:wasGeneratedBy")),
        *write_who(described.users(claim)),
        " ".join(status or _NONE for status in statuses) if any(statuses) else "",
    ]


def _join(terms: Collection[Term], write: Write) -> str:
    ordered = sorted(terms, key=term_key) if len(terms) > 1 else terms
    texts = any(isinstance(term, Literal) for term in ordered)
    return (" | " if texts else " ").join(map(write, ordered))


@cache
def _expand(curie: str) -> NamedNode:
    return NamedNode(MODEL_PREFIXES.expand(curie) or curie)


@lru_cache(maxsize=1 << 10)
def _column_of(predicate: NamedNode) -> str | None:
    """The column that holds the values of a property of the claim."""
    columns = {**_BEFORE_OBJECT, "object": "rdf:object", **_AFTER_OBJECT, "evidence": "prov:wasDerivedFrom",
               **_AFTER_EVIDENCE}  # fmt: skip
    return next((column for column, curie in columns.items() if _expand(curie) == predicate), None)


def _write_field(text: str) -> str:
    if not text:
        return text
    if _RISKY.match(text) and not _NUMBER.fullmatch(text):
        text = f"'{text}"
    if _QUOTED.search(text):
        return '"' + text.replace('"', '""') + '"'
    return text
