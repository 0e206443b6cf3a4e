"""What a page needs to know of a store, looked up within bounds: names, statements by property, links, claims.

It runs in a process of the server that can be ended (`kg.server.processes.child`). No look-up reads more of the store
than its bounds say, so that a thing with a million links is answered as quickly as one with ten.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from typing import Any

import pyoxigraph as ox

from kg.rdf.namespace import DCTERMS, KG, OA, OWL, PROV, QUDT, RDF, RDFS, SCHEMA, SH, SKOS, SKOSXL
from kg.server.names.names import MOST_NAMES, PREFERRED, fold_name
from kg.text.diagnostic import cut_text
from kg.text.language import choose_language

MOST_COUNTED = 10_000  # statements of a property, or links by it
MOST_GROUPS = 100  # properties of a page
FEW, PAGE = 8, 50  # values of a property that are shown at first, and on a page of its own
MOST_SCANNED = 50_000  # names
_MOST_SORTED = 500
_MOST_KEPT = 20_000  # names
_SAMPLE = 8_000  # statements among which the words of a store are looked for
_MOST_WORDS = 1_000
_MOST_LABELS = 60
_MOST_THINGS = 1_000  # of a class that are counted
_MOST_LIKE = 200  # things of a class, and statements of each, that tell which properties they have
_UNFIT = 9
_COMMON = (RDF, RDFS, OWL, SKOSXL, SH)
_MOST_INSIDE = 8  # statements about a blank node
_DESCRIBING = (DCTERMS + "description", RDFS + "comment", SKOS + "definition", SCHEMA + "description")
_ALIASES = (SKOS + "altLabel", SCHEMA + "alternateName", SKOS + "hiddenLabel")
_PROPERTY_KINDS = tuple(
    ox.NamedNode(iri) for iri in (OWL + "ObjectProperty", OWL + "DatatypeProperty", RDF + "Property")
)
_CLASS_KINDS = (ox.NamedNode(OWL + "Class"), ox.NamedNode(RDFS + "Class"))

Json = dict[str, Any]
Triple = tuple[Any, ox.NamedNode, Any]


class Looker:
    """Looks things up in a store for people who read *language*.

    Where *union*, the default graph holds all that any graph holds; else all graphs are looked at.
    """

    def __init__(self, store: ox.Store, language: str, *, union: bool) -> None:
        self._store, self._language, self._union = store, language, union
        self._named: dict[str, tuple[str, str]] = {}

    # ---- what is in the store

    def _match(self, subject: Any, predicate: ox.NamedNode | None, value: Any) -> Iterator[Triple]:
        last = None
        for quad in self._store.quads_for_pattern(
            subject, predicate, value, ox.DefaultGraph() if self._union else None
        ):
            triple = (quad.subject, quad.predicate, quad.object)
            if triple != last:  # the same of several graphs stand together
                yield triple
            last = triple

    def _values(self, node: Any, iri: str, most: int = _MOST_LABELS) -> list[Any]:
        return [o for _, _, o in islice(self._match(node, ox.NamedNode(iri), None), most)]

    @property
    def _one_each(self) -> str:
        """What begins a query for things each once: where several graphs hold a triple, it comes for each of them."""
        return "SELECT" if self._union else "SELECT DISTINCT"

    def _select(self, query: str, start: int, size: int) -> list[Any]:
        """So many rows of a query from *start* on; the store skips those before, which is quick."""
        bounded = f"{query} OFFSET {start} LIMIT {size}"
        rows: Any = self._store.query(bounded, use_default_graph_as_union=not self._union)
        return list(rows)

    def _tally(self, inner: str) -> int:
        """How many rows a bounded query for `?x` has; they are counted without being read."""
        return int(self._select(f"SELECT (COUNT(?x) AS ?n) {{ {{ {inner} }} }}", 0, 1)[0][0].value)

    def _count(self, pattern: str) -> dict[str, int]:
        """How many statements of a pattern there are by `?p`; of all together at most one more than is counted."""
        inner = f"SELECT {'' if self._union else 'DISTINCT '}?p ?x {{ {pattern} }} LIMIT {MOST_COUNTED + 1}"
        query = f"SELECT ?p (COUNT(?x) AS ?n) {{ {{ {inner} }} }} GROUP BY ?p"
        rows: Any = self._store.query(query, use_default_graph_as_union=not self._union)
        return {row["p"].value: int(row["n"].value) for row in rows if row["p"] is not None}

    @cached_property
    def words(self) -> Sequence[Sequence[str]]:
        """Properties and classes, which may be told: by `find_words`, which is asked once of a store."""
        return self.find_words()

    def find_words(self) -> list[list[str]]:
        """Properties and classes: those that are declared, and those of the first statements of the store."""
        words = []
        for kinds, pattern in ((_PROPERTY_KINDS, "?s ?x ?o"), (_CLASS_KINDS, f"?s {_TYPE} ?x")):
            declared = (s for kind in kinds for s, _, _ in islice(self._match(None, _TYPE, kind), _MOST_WORDS))
            found = {s.value for s in declared if isinstance(s, ox.NamedNode)}
            inner = f"SELECT ?x {{ {pattern} }} LIMIT {_SAMPLE}"
            rows = self._select(f"SELECT DISTINCT ?x {{ {{ {inner} }} FILTER(isIRI(?x)) }}", 0, _MOST_WORDS)
            words.append(sorted(found.union(row[0].value for row in rows)))
        return words

    @cached_property
    def _things(self) -> dict[str, int]:
        """How many things the classes have, counted so far."""
        return {
            iri: self._tally(f"{self._one_each} ?x {{ ?x {_TYPE} {ox.NamedNode(iri)} }} LIMIT {_MOST_THINGS + 1}")
            for iri in self.words[1]
        }

    # ---- names

    def name(self, node: Any) -> tuple[str, str]:
        """What a thing is called, and in which language; a claim by what it says; empty where it has no name."""
        if not isinstance(node, ox.NamedNode):
            return "", ""
        if len(self._named) > _MOST_KEPT:
            self._named.clear()
        if node.value not in self._named:
            self._named[node.value] = self._find_text(node, PREFERRED) or self._say_claim(node) or ("", "")
        return self._named[node.value]

    def _find_text(self, node: Any, predicates: Iterable[str]) -> tuple[str, str] | None:
        for predicate in predicates:
            texts: dict[str, str] = {}
            for term in self._values(node, predicate):
                if isinstance(term, ox.Literal) and term.value.strip():
                    texts.setdefault(term.language or "", term.value)
            if texts:
                chosen = choose_language(self._language, sorted(texts))
                key = chosen if chosen is not None else min(texts)
                return texts[key], key
        return None

    def _say_claim(self, node: ox.NamedNode) -> tuple[str, str] | None:
        parts = [self._values(node, RDF + part, 1) for part in ("subject", "predicate", "object")]
        if not parts[0] or not parts[1]:
            return None
        self._named[node.value] = ("", "")  # a claim about itself has no end
        words = [self._word(values[0]) if values else "?" for values in parts]
        if any(isinstance(v, ox.Literal) and v.value == "true" for v in self._values(node, KG + "negated", 1)):
            words[1] = f"并非 {words[1]}" if self._language == "zh" else f"not {words[1]}"
        return " · ".join(words), ""

    def _word(self, node: Any) -> str:
        if isinstance(node, ox.Literal):
            return cut_text(node.value, 120)
        return self.name(node)[0] or (_end(node.value) if isinstance(node, ox.NamedNode) else "[…]")

    def term(self, node: Any, depth: int = 0) -> Json:
        """A term as the pages read it: its kind and value, with a thing's name, and what a blank node holds."""
        if isinstance(node, ox.NamedNode):
            text, language = self.name(node)
            term: Json = {"type": "uri", "value": node.value, "name": text, "lang": language}
            if " · " in text and (modes := self._values(node, KG + "mode", 1)):
                term["note"] = self._word(modes[0])
            return term
        if isinstance(node, ox.Literal):
            return {
                "type": "literal", "value": node.value, "lang": node.language or "", "datatype": node.datatype.value,
            }  # fmt: skip
        if isinstance(node, ox.Triple):
            return {"type": "literal", "value": str(node), "lang": "", "datatype": ""}
        inside = []
        if depth < 2:
            for _, p, o in islice(self._match(node, None, None), _MOST_INSIDE):
                inside.append([self.term(p), self.term(o, depth + 1)])
        return {"type": "bnode", "value": node.value, "inside": inside}

    # ---- acts

    def find(self, iris: list[str]) -> int:
        """Which of some IRIs is the first that a statement names; -1 where none is."""
        for number, iri in enumerate(iris):
            node = _make_node(iri)
            if node is not None and any(
                next(self._match(*pattern), None) is not None
                for pattern in ((node, None, None), (None, None, node), (None, node, None))
            ):
                return number
        return -1

    def look_at(self, iri: str, side: str, prop: str, page: int) -> Json:
        """What there is to know of a thing.

        With a *side* it is one page of the values of a property (`of`), of the links by it (`in`), or of all
        statements that use the thing as their property (`uses`).
        """
        node = ox.NamedNode(iri)
        told: Json = {"thing": self.term(node), "line": self.describe(node)}
        told["kinds"] = [self.term(kind) for kind in self._values(node, RDF + "type", 20) if kind != node]
        told["claim"] = self.claim(iri) if self._values(node, RDF + "predicate", 1) else None
        if side in {"of", "in"}:
            incoming = side == "in"
            told["group"] = self._show(node, prop, self._count_one(node, prop, incoming), incoming, page, PAGE)
            return told
        told["uses"] = self._find_uses(node, page if side == "uses" else 1, PAGE if side == "uses" else FEW)
        if side == "uses":
            return told
        for key, incoming in (("of", False), ("in", True)):
            counts, crowded = self._group(node, incoming=incoming)
            shown = sorted(counts.items(), key=lambda one: (_rank(one[0]), one[0]))[:MOST_GROUPS]
            told[key] = [self._show(node, p, n, incoming, 1, FEW) for p, n in shown]
            told[f"{key}_crowded"] = crowded
            told[f"{key}_left"] = len(counts) - len(shown)
        return told

    def _group(self, node: ox.NamedNode, *, incoming: bool) -> tuple[dict[str, int], bool]:
        """How many statements about a thing, or links to it, there are by property.

        Where there are too many to count, each property that the store is known to have is counted by itself (True).
        """
        counts = self._count(f"?x ?p {node}" if incoming else f"{node} ?p ?x")
        if sum(counts.values()) <= MOST_COUNTED:
            return counts, False
        found = {}
        for iri in sorted(set(counts).union(self.words[0])):
            n = self._count_one(node, iri, incoming)
            if n:
                found[iri] = n
        return found, True

    def _count_one(self, node: ox.NamedNode, iri: str, incoming: bool) -> int:
        prop = ox.NamedNode(iri)
        values = f"VALUES ?p {{ {prop} }}"
        pattern = f"?x {prop} {node}" if incoming else f"{node} {prop} ?x"
        return self._count(f"{pattern} {values}").get(iri, 0)

    def _show(self, node: ox.NamedNode, iri: str, n: int, incoming: bool, page: int, size: int) -> Json:
        prop = ox.NamedNode(iri)
        start = (page - 1) * size
        if n <= _MOST_SORTED:
            found = self._match(None, prop, node) if incoming else self._match(node, prop, None)
            others = sorted((triple[0] if incoming else triple[2] for triple in found), key=_sort_key)
            others = others[start : start + size]
        else:
            pattern = f"?x {prop} {node}" if incoming else f"{node} {prop} ?x"
            others = [row[0] for row in self._select(f"{self._one_each} ?x {{ {pattern} }}", start, size)]
        values = [self.term(other) for other in others]
        return {
            "property": self.term(prop), "n": min(n, MOST_COUNTED), "many": n > MOST_COUNTED, "values": values,
            "page": page, "size": size,
        }  # fmt: skip

    def _find_uses(self, node: ox.NamedNode, page: int, size: int) -> Json | None:
        """A page of the statements whose property a thing is; None where it is none."""
        if next(self._match(None, node, None), None) is None:
            return None
        pairs = f"{self._one_each} ?x ?y {{ ?x {node} ?y }}"
        n = self._tally(f"{pairs} LIMIT {MOST_COUNTED + 1}")
        found = self._select(pairs, (page - 1) * size, size)
        return {
            "n": min(n, MOST_COUNTED), "many": n > MOST_COUNTED, "page": page, "size": size,
            "rows": [[self.term(s), self.term(o)] for s, o in found],
        }  # fmt: skip

    def describe(self, node: Any) -> Json | None:
        """The line that describes a thing; None where there is none."""
        found = self._find_text(node, _DESCRIBING)
        return {"type": "literal", "value": found[0], "lang": found[1], "datatype": ""} if found else None

    def claim(self, iri: str) -> Json:
        """A claim: what it says, who says it, in which mode, and where."""
        node = ox.NamedNode(iri)
        get = self._values
        told: Json = {"thing": self.term(node)}
        for key, predicate in _CLAIM.items():
            told[key] = [self.term(value) for value in get(node, predicate, 20)]
        told["evidence"] = []
        for evidence in get(node, PROV + "wasDerivedFrom", 20):
            places = get(evidence, KG + "at", 5) or [evidence]
            told["evidence"].append(
                {
                    "thing": self.term(evidence),
                    "at": [self._place(place) for place in places],
                    **{
                        key: [self.term(v) for v in get(evidence, KG + key, 5)]
                        for key in ("voice", "saidAt", "clarity")
                    },
                }
            )
        return told

    def _place(self, node: Any) -> Json:
        numbers = [next((v.value for v in self._values(node, KG + part, 1)), "") for part in ("paragraph", "sentence")]
        return {"thing": self.term(node), "paragraph": numbers[0], "sentence": numbers[1],
                "source": [self.term(v) for v in self._values(node, OA + "hasSource", 3)]}  # fmt: skip

    def claims(self, iris: list[str]) -> list[Json]:
        """Several claims."""
        return [self.claim(iri) for iri in iris]

    def list_terms(self, namespace: str) -> list[Json]:
        """The terms of a vocabulary, with their lines; of large stores those that are declared or common."""
        return self.tell_lines(sorted({iri for group in self.words for iri in group if iri.startswith(namespace)}))

    def tell_lines(self, iris: list[str]) -> list[Json]:
        """Things with their names, kinds and lines."""
        return [self._line(iri) for iri in iris]

    def _line(self, iri: str) -> Json:
        node = ox.NamedNode(iri)
        kinds = [self.term(kind) for kind in self._values(node, RDF + "type", 3)]
        return {"thing": self.term(node), "kinds": kinds, "line": self.describe(node)}

    def has_many_names(self) -> bool:
        """Whether there are more names than are held in memory; they are counted without being read."""
        left = MOST_NAMES
        for predicate in (*PREFERRED, *_ALIASES):
            left -= self._tally(f"{self._one_each} ?x ?y {{ ?x <{predicate}> ?y }} LIMIT {left + 1}")
            if left < 0:
                return True
        return False

    def search(self, text: str, most: int) -> Json:
        """The things whose name is a text, and of those among the first names of the store that hold it.

        For stores with more names than are held in memory. *partly* tells that not all names were looked at.
        """
        fold = fold_name(text)
        found: dict[str, tuple[int, int]] = {}
        for literal in self._spell(text):
            for predicate in (*PREFERRED, *_ALIASES):
                for s, _, _ in islice(self._match(None, ox.NamedNode(predicate), literal), most):
                    if isinstance(s, ox.NamedNode):
                        found.setdefault(s.value, (0, 0))
        scanned = 0
        for predicate in (*PREFERRED, *_ALIASES):
            for s, _, o in self._match(None, ox.NamedNode(predicate), None):
                scanned += 1
                if scanned > MOST_SCANNED:
                    break
                if isinstance(o, ox.Literal) and isinstance(s, ox.NamedNode) and fold in (name := fold_name(o.value)):
                    rank = 0 if name == fold else 1 if name.startswith(fold) else 2 if f" {fold}" in name else 3
                    found[s.value] = min(found.get(s.value, (9, 0)), (rank, len(name)))
        listed = sorted(found, key=lambda iri: (found[iri], iri))[:most]
        return {"iris": listed, "partly": scanned > MOST_SCANNED}

    def _spell(self, text: str) -> Iterator[ox.Literal]:
        """A text as a name may be written: in any language of the store, with small or capital letters."""
        tags = {
            o.language
            for predicate in PREFERRED[:3]
            for _, _, o in islice(self._match(None, ox.NamedNode(predicate), None), 2_000)
            if isinstance(o, ox.Literal) and o.language
        }
        for form in dict.fromkeys([text, text.lower(), text.capitalize(), text.title(), text.upper()]):
            yield ox.Literal(form)
            for tag in sorted(tags)[:30]:
                yield ox.Literal(form, language=tag)

    def list_classes(self, most: int) -> list[Json]:
        """Classes, those that have a name and the most things first; things are counted so far."""
        ranked = [
            (iri.startswith(_COMMON), not self.name(ox.NamedNode(iri))[0], -n, iri) for iri, n in self._things.items()
        ]
        return [
            {"thing": self.term(ox.NamedNode(iri)), "n": min(-less, _MOST_THINGS), "many": -less > _MOST_THINGS}
            for _, _, less, iri in sorted(ranked)[:most]
            if less
        ]

    def complete(self, kind: str, text: str, subject: str, of_class: str, prop: str, most: int) -> list[str]:
        """What fits at a place of a query, the most frequent first; nothing where the place says too little.

        Properties that the *subject* has, or things of its class; things that are values of a property. Only so many
        statements are looked at.
        """
        counts: dict[str, int] = {}
        if kind == "property":
            things: Iterable[Any] = [ox.NamedNode(subject)] if subject else []
            if of_class and not subject:
                things = (s for s, _, _ in islice(self._match(None, _TYPE, ox.NamedNode(of_class)), _MOST_LIKE))
            for thing in things:
                for _, p, _ in islice(self._match(thing, None, None), _MOST_LIKE):
                    counts[p.value] = counts.get(p.value, 0) + 1
        elif prop:
            for _, _, o in islice(self._match(None, ox.NamedNode(prop), None), _SAMPLE):
                if isinstance(o, ox.NamedNode):
                    counts[o.value] = counts.get(o.value, 0) + 1
        ranked = [(self._fit(iri, text), -n, iri) for iri, n in counts.items()]
        return [iri for rank, _, iri in sorted(ranked) if rank < _UNFIT][:most]

    def _fit(self, iri: str, text: str) -> int:
        fold = fold_name(text)
        names = [fold_name(word) for word in (self.name(ox.NamedNode(iri))[0], _end(iri))]
        return min((0 if name.startswith(fold) else 1 for name in names if fold in name), default=_UNFIT)

    def suggest(self, kind: str, text: str, most: int) -> list[str]:
        """Properties or classes (`type`) whose names or ends begin as given, or hold it."""
        ranked = [(self._fit(iri, text), iri) for iri in self.words[0 if kind == "property" else 1]]
        return [iri for rank, iri in sorted(ranked) if rank < _UNFIT][:most]


_TYPE = ox.NamedNode(RDF + "type")
_CLAIM = {
    "subject": RDF + "subject", "predicate": RDF + "predicate", "object": RDF + "object", "mode": KG + "mode",
    "negated": KG + "negated", "unit": QUDT + "hasUnit", "when": KG + "when", "speakers": PROV + "wasAttributedTo",
    "sources": DCTERMS + "source",
}  # fmt: skip
_FIRST = (*PREFERRED, RDF + "type", *_DESCRIBING, *_ALIASES)


def _sort_key(term: Any) -> tuple[bool, str]:
    return not isinstance(term, ox.NamedNode), str(term)


def _rank(iri: str) -> int:
    """Names and kinds first."""
    return _FIRST.index(iri) if iri in _FIRST else len(_FIRST)


def _make_node(iri: str) -> ox.NamedNode | None:
    try:
        return ox.NamedNode(iri)
    except ValueError:
        return None


def _end(iri: str) -> str:
    return iri.rstrip("/#").rpartition("#" if "#" in iri else "/")[2] or iri
