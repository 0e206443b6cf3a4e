"""What a term map gathers into a collection or a container (RML-CC §gather map)."""

from __future__ import annotations

from collections.abc import Callable

import pyoxigraph as ox

from kg.rdf.namespace import RDF
from kg.rdf.turtle.document import MarkedTerm
from kg.tables.read.reader import Reader, read_list, show_term, term_text
from kg.tables.rml import Gather, RefObjectMap, Strategy, TermMap
from kg.tables.vocabulary import RML
from kg.text.diagnostic import did_you_mean

GATHERING = ("gatherAs", "strategy", "allowEmptyListAndContainer")
MemberReader = Callable[[Reader, MarkedTerm], TermMap | RefObjectMap | None]


def read_gather(reader: Reader, node: MarkedTerm, read_member: MemberReader) -> Gather | None:
    """What a term map gathers (RML-CC §gather map): the maps of an RDF list; None after a mistake."""
    kind = reader.one(node, "gatherAs")
    found = reader.one(node, "gather")
    strategy = read_strategy(reader, node)
    if found is None or kind is None or term_text(kind.term).removeprefix(RDF) not in {"List", "Bag", "Seq", "Alt"}:
        hint = "gather as rdf:List, rdf:Bag, rdf:Seq or rdf:Alt"
        reader.incomplete((kind or node).mark, "a gather map without a known `rml:gatherAs`", hint)
        return None
    if strategy is None:
        return None
    if not reader.graph.objects(found.term, RDF + "first"):
        message = "`rml:gather` needs a list of one term map at least"
        reader.incomplete(found.mark, message, 'write `rml:gather ( [ rml:reference "..." ] )`')
        return None
    members = [read_member(reader, item) for item in read_list(reader, found)]
    allowed = reader.text(node, "allowEmptyListAndContainer")
    if allowed not in {None, "true", "1", "false", "0"}:
        mark = reader.graph.objects(node.term, "allowEmptyListAndContainer")[0].mark
        reader.incomplete(mark, f"`{allowed}` is neither true nor false", "write true or false")
        return None
    return Gather(
        members=tuple(m for m in members if m is not None),
        kind=term_text(kind.term),
        strategy=strategy,
        allow_empty=allowed in {"true", "1"},
    )


def read_strategy(reader: Reader, node: MarkedTerm) -> Strategy | None:
    """How members are gathered, by default appended; None where the strategy is unknown."""
    before = len(reader.diagnostics)
    found = reader.one(node, "strategy")
    if len(reader.diagnostics) > before:
        return None
    if found is None:
        return Strategy.APPEND
    known = {RML + s.value: s for s in Strategy}
    text = show_term(found)
    if isinstance(found.term, ox.NamedNode) and text in known:
        return known[text]
    hint = did_you_mean(text, known) or "members are gathered by rml:append or rml:cartesianProduct"
    reader.tell("map-strategy", found.mark, f"no strategy `{text}`", hint)
    return None
