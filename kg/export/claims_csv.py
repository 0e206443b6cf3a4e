"""The claims as one table, for those who read in a spreadsheet: a row for each claim, sorted.

The form is that of RFC 4180 in UTF-8 without a byte-order mark, but lines end in LF, so that version control
leaves the bytes alone. Fields are quoted where they hold a comma, a semicolon, a quote or a line end.

IRIs are CURIEs, or `<...>` where no prefix fits. Several values of a cell are joined: IRIs by a space, texts
by ` | `. The columns of the evidence run in step: the second place belongs to the second address, and `.`
stands for none (no place, the source's own voice, a clear text).

Formulas: a spreadsheet runs a cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return. Such a
cell gets a leading apostrophe, and so does one that begins with an apostrophe; to have the exact text back,
take one leading apostrophe off. Nothing is lost, then, and numbers, which are no formulas, stay numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache, lru_cache
from itertools import chain
from typing import Final

from pyoxigraph import Literal, NamedNode

from kg.export.nesting import TYPE
from kg.export.order import Node, Term, term_key
from kg.export.outline import canonicalize_quads
from kg.iri import WELL_KNOWN, Prefixes
from kg.quad import Quad, TripleIndex

_RISKY: Final = re.compile(r"['=+\-@\t\r]")
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_QUOTED: Final = re.compile(r'[",;\r\n]|\A\s|\s\Z')
_NONE: Final = "."

_MODEL: Final = Prefixes(namespaces=WELL_KNOWN)
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

_ALL: Final = {**_BEFORE_OBJECT, **_AFTER_OBJECT, **_OF_EVIDENCE, **_AFTER_EVIDENCE}

Write = Callable[[Term], str]


def write_claims_csv(quads: Iterable[Quad], prefixes: Prefixes) -> str:
    """The table of all claims (see above for its form); only its header where there are none.

    >>> write_claims_csv([], Prefixes(namespaces={})).split(",")[:9]
    ['claim', 'source', 'mode', 'speaker', 'subject', 'predicate', 'object', 'datatype', 'language']
    """
    return "".join(stream_claims_csv(quads, prefixes))


def stream_claims_csv(quads: Iterable[Quad], prefixes: Prefixes) -> Iterator[str]:
    """The rows of `write_claims_csv`, each with its line end."""
    further = ("rdf:type", "rdf:object", "prov:wasDerivedFrom", "kg:at", _STATUS, "prov:wasGeneratedBy", "prov:used",
               "prov:wasAssociatedWith", "dcterms:date", "rdfs:label")  # fmt: skip
    used = {_expand(curie) for curie in (*_ALL.values(), *further)}
    index = TripleIndex(canonicalize_quads(quads), used)
    has_state = bool(index.all_subjects(_expand(_STATUS)))

    @lru_cache(maxsize=1 << 16)  # speakers, properties and sources stand in many rows
    def write(term: Term) -> str:
        if isinstance(term, NamedNode):
            return prefixes.compress(term.value) or f"<{term.value}>"
        return term.value if isinstance(term, Literal) else str(term)

    def write_state(claim: Node) -> list[str]:
        return _write_state(claim, index, write) if has_state else []

    rows = ([*_write_row(claim, index, write), *write_state(claim)] for claim in index.subjects(TYPE, _CLAIM))
    header = [
        "claim",
        *_BEFORE_OBJECT,
        *("object", "datatype", "language"),
        *_AFTER_OBJECT,
        *("evidence", *_OF_EVIDENCE, "evidence_notes"),
        *_AFTER_EVIDENCE,
        *(_STATE if has_state else ()),
    ]
    return (",".join(map(_write_field, row)) + "\n" for row in chain((header,), rows))


def _write_row(claim: Node, index: TripleIndex, write: Write) -> list[str]:
    def write_columns(columns: Mapping[str, str]) -> list[str]:
        return [_join(index.objects(claim, _expand(curie)), write) for curie in columns.values()]

    objects = sorted(index.objects(claim, _expand("rdf:object")), key=term_key)
    literals = [term for term in objects if isinstance(term, Literal)]
    return [
        write(claim),
        *write_columns(_BEFORE_OBJECT),
        _join(objects, write),
        " ".join(write(literal.datatype) for literal in literals),
        " ".join(literal.language for literal in literals if literal.language),
        *write_columns(_AFTER_OBJECT),
        *_write_evidence(claim, index, write),
        *write_columns(_AFTER_EVIDENCE),
    ]


def _write_evidence(claim: Node, index: TripleIndex, write: Write) -> list[str]:
    """The addresses of the sentences, then what each evidence says of its sentence."""
    nodes = index.objects(claim, _expand("prov:wasDerivedFrom"))
    found = sorted((node for node in nodes if isinstance(node, NamedNode)), key=term_key)
    columns = [" ".join(_join(index.objects(node, _expand("kg:at")) or [node], write) for node in found)]
    for curie in _OF_EVIDENCE.values():
        cells = [_join(index.objects(node, _expand(curie)), write) for node in found]
        columns.append(" ".join(cell or _NONE for cell in cells) if any(cells) else "")
    # Where the claim rests on the sentence itself, a note there is not the claim's.
    own = (node for node in found if index.objects(node, _expand("kg:at")))
    notes = [note for node in own for note in index.objects(node, _expand("skos:editorialNote"))]
    return [*columns, _join(notes, write)]


def _write_state(claim: Node, index: TripleIndex, write: Write) -> list[str]:
    """Whether it was reviewed, by whom it was proposed and reviewed and when, and whether its evidence was reviewed."""

    def write_who(activities: Iterable[Term]) -> list[str]:
        done = [node for node in activities if isinstance(node, NamedNode)]
        agents = [agent for node in done for agent in index.objects(node, _expand("prov:wasAssociatedWith"))]
        names = [
            _join(index.objects(a, _expand("rdfs:label")) if isinstance(a, NamedNode) else (), write) or write(a)
            for a in sorted(agents, key=term_key)
        ]
        days = [day for node in done for day in index.objects(node, _expand("dcterms:date"))]
        return [" | ".join(names), _join(days, write)]

    evidence = sorted(index.objects(claim, _expand("prov:wasDerivedFrom")), key=term_key)
    statuses = [_join(index.objects(node, _expand(_STATUS)), write) for node in evidence if isinstance(node, NamedNode)]
    return [
        _join(index.objects(claim, _expand(_STATUS)), write),
        *write_who(index.objects(claim, _expand("prov:wasGeneratedBy"))),
        *write_who(index.subjects(_expand("prov:used"), claim)),
        " ".join(status or _NONE for status in statuses) if any(statuses) else "",
    ]


def _join(terms: Collection[Term], write: Write) -> str:
    ordered = sorted(terms, key=term_key) if len(terms) > 1 else terms
    texts = any(isinstance(term, Literal) for term in ordered)
    return (" | " if texts else " ").join(map(write, ordered))


@cache
def _expand(curie: str) -> NamedNode:
    return NamedNode(_MODEL.expand(curie) or curie)


def _write_field(text: str) -> str:
    if _RISKY.match(text) and not _NUMBER.fullmatch(text):
        text = f"'{text}"
    if _QUOTED.search(text):
        return '"' + text.replace('"', '""') + '"'
    return text
