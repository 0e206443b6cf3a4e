"""What the Reconciliation Service API asks of a store: candidates for names, suggestions, values of properties.

Source: Reconciliation Service API 0.2 (Entity Reconciliation Community Group, 10 April 2023).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.rdf.namespace import RDF, RDFS, XSD
from kg.server.names.file import NameFile
from kg.server.names.many import ManyNames
from kg.server.names.names import Candidate, StoreNames, fold_name, read_names, read_words

_NAME_PART = 0.6  # of a score, where properties are given too
_MOST_CANDIDATES = 100
_BEGUN, _HELD = 80.0, 65.0  # of a name one of whose words begins as given, or that holds it
_SHARE = 14.0  # more, for how much of the name that is
_STRICT = ("any", "all", "should")
_WHOLE = frozenset(
    {XSD + name for name in ("integer", "int", "long", "short", "nonNegativeInteger", "positiveInteger")}
)
_FRACTION = frozenset({XSD + "decimal", XSD + "double", XSD + "float"})
_TIME = re.compile(r"(-?\d{4,}-\d\d-\d\d)(T\d\d:\d\d:\d\d(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)?")

Json = dict[str, Any]


class WishError(ValueError):
    """A request that is not as the API has it: why, in words."""


@dataclass(frozen=True, kw_only=True)
class Identifiers:
    """How things are called in the API: what follows the identifier space, or the whole IRI of what is not in it."""

    space: str
    prefixes: Mapping[str, str]

    def write(self, iri: str) -> str:
        """The identifier of an IRI."""
        rest = iri[len(self.space) :]
        return rest if self.space and iri.startswith(self.space) and rest and ":" not in rest else iri

    def read(self, text: str) -> str:
        """The IRI of an identifier, of an IRI, or of a CURIE.

        >>> ids = Identifiers(space="http://a.example/", prefixes={"e": "http://a.example/entity/"})
        >>> ids.read("entity/su7"), ids.read("e:su7"), ids.write("http://a.example/entity/su7")
        ('http://a.example/entity/su7', 'http://a.example/entity/su7', 'entity/su7')
        """
        prefix, colon, local = text.partition(":")
        if colon:
            return self.prefixes[prefix] + local if prefix in self.prefixes and not local.startswith("//") else text
        return self.space + text


class Matcher:
    """Answers for one store; its names are read when they are first needed. *ids* is set before each question."""

    ids: Identifiers

    def __init__(self, store: ox.Store, language: str, files: Path | None = None) -> None:
        self._store, self._language, self._files = store, language, files

    @cached_property
    def _names(self) -> StoreNames | ManyNames:
        if self._files is None:
            return read_names(self._store, self._language)
        return ManyNames(store=self._store, language=self._language, file=NameFile(self._files))

    @cached_property
    def _classes(self) -> StoreNames:
        used = self._names.list_classes()
        above = {upper for kind in used for upper in self._names.above.get(kind, ())}
        return read_words(self._store, self._language, used | above)

    @cached_property
    def _properties(self) -> StoreNames:
        if isinstance(self._names, ManyNames):
            return read_words(self._store, self._language, self._names.properties)
        found = self._ask("SELECT DISTINCT ?p { ?s ?p ?o }")
        return read_words(self._store, self._language, (row[0].value for row in found))

    def _ask(self, query: str) -> list[Any]:
        found = self._store.query(query, use_default_graph_as_union=True)
        assert isinstance(found, ox.QuerySolutions)
        return list(found)

    # ---- candidates

    def match(self, batch: Json) -> Json:
        """The candidates for each query of a batch. Raises WishError."""
        return {key: self._match_and_tell(key, query) for key, query in batch.items()}

    def _match_and_tell(self, key: str, query: Any) -> Json:
        answer: Json = {"result": self._match_one(key, query)}
        if self._names.take_bounded():
            answer["partly"] = True  # not of the API: some names of very many were not looked at
        return answer

    def _match_one(self, key: str, query: Any) -> list[Json]:
        text, kinds, strict, limit, wanted = self._read_query(key, query)
        if text:
            near = self._names.find(text)
        else:
            near = [Candidate(name=names[0], score=0.0) for names in self._find_by_properties(wanted)]
        candidates = []
        for one in near:
            thing = one.name.thing
            fits = [self._names.is_a(thing, kind) for kind in kinds]
            typed = all(fits) if strict == "all" else not fits or any(fits)
            if not typed and strict != "should":
                continue
            values = [self._fit(thing, prop, value) for prop, value in wanted]
            score = one.score if typed else one.score * 0.9
            if values:
                share = sum(values) / len(values)
                score = (_NAME_PART * score if text else 0) + (1 - _NAME_PART if text else 1) * 100 * share
            is_sure = (one.is_exact or not text) and typed and all(fit == 1 for fit in values)
            candidates.append((score, is_sure, one, typed, values))
        candidates.sort(key=lambda found: (-found[0], found[2].name.thing))
        rivals = sum(1 for _, is_sure, *_ in candidates if is_sure)
        return [
            self._write_candidate(one, score, typed, values, bool(text), match=is_sure and rivals == 1)
            for score, is_sure, one, typed, values in candidates[:limit]
            if score > 0
        ]

    def _read_query(self, key: str, query: Any) -> tuple[str, list[str], str, int, list[tuple[str, Any]]]:
        def wrong(what: str) -> WishError:
            return WishError(f"the query `{key[:40]}`: {what}")

        if not isinstance(query, dict):
            raise wrong("it is no object")
        text, kinds = query.get("query", ""), query.get("type") or []
        strict, limit, properties = (
            query.get("type_strict", "any"),
            query.get("limit", 10),
            query.get("properties") or [],
        )
        kinds = [kinds] if isinstance(kinds, str) else kinds
        if not isinstance(text, str) or len(text) > 1_000:
            raise wrong("`query` is a text of at most 1,000 characters")
        if not isinstance(kinds, list) or not all(isinstance(kind, str) for kind in kinds):
            raise wrong("`type` is a type or a list of them")
        if strict not in _STRICT:
            raise wrong(f"`type_strict` is one of {', '.join(_STRICT)}")
        if isinstance(limit, bool) or not isinstance(limit, int | float) or not limit > 0:
            raise wrong("`limit` is a number greater than 0")
        if not isinstance(properties, list) or not all(
            isinstance(p, dict) and {"pid", "v"} <= set(p) for p in properties
        ):
            raise wrong("`properties` is a list of objects with `pid` and `v`")
        if not all(isinstance(p["pid"], str) for p in properties):
            raise wrong("a `pid` is a text")
        if not properties and "query" not in query:
            raise wrong("it has neither `query` nor `properties`")
        values = [
            (self.ids.read(p["pid"]), value)
            for p in properties
            for value in (p["v"] if isinstance(p["v"], list) else [p["v"]])
        ]
        kinds = [self.ids.read(kind) for kind in kinds]
        return text.strip(), kinds, strict, int(min(limit, _MOST_CANDIDATES)) or 1, values

    def _write_candidate(
        self, one: Candidate, score: float, typed: bool, values: list[float], has_text: bool, *, match: bool
    ) -> Json:
        thing, name = one.name.thing, one.name
        called = self._names.call(thing)
        features: list[Json] = [{"id": "name", "value": round(one.score, 1)}] if has_text else []
        features.append({"id": "type", "value": typed})
        if values:
            features.append({"id": "properties", "value": round(100 * sum(values) / len(values), 1)})
        written: Json = {
            "id": self.ids.write(thing), "name": called, "score": round(score, 1), "match": match,
            "type": [self._write_class(kind) for kind in self._names.types_of(thing)], "features": features,
        }  # fmt: skip
        if has_text and name.text != called:
            words = {"name": "a name", "alias": "an alias", "typo": "a known misspelling"}[name.kind]
            written["description"] = f"by {words}: {name.text}" + (f" ({name.language})" if name.language else "")
        return written

    def _write_class(self, iri: str) -> Json:
        return {"id": self.ids.write(iri), "name": self._classes.call(iri)}

    def _find_by_properties(self, wanted: list[tuple[str, Any]]) -> Iterable[list[Any]]:
        """The names of the things that have one of the values."""
        found: dict[str, None] = {}
        for prop, value in wanted:
            for subject, _, term, _ in self._match_pattern(None, prop):
                if isinstance(subject, ox.NamedNode) and self._is_value(term, value) == 1:
                    found[subject.value] = None
        return [names for names in map(self._names.names_of, found) if names]

    def _match_pattern(self, subject: str | None, prop: str) -> Iterable[Any]:
        try:
            node = ox.NamedNode(subject) if subject is not None else None
            return self._store.quads_for_pattern(node, ox.NamedNode(prop), None, None)
        except ValueError:
            return ()

    def _fit(self, thing: str, prop: str, value: Any) -> float:
        """How well a thing has a value of a property, from 0 to 1."""
        return max((self._is_value(term, value) for _, _, term, _ in self._match_pattern(thing, prop)), default=0.0)

    def _is_value(self, term: Any, value: Any) -> float:
        if isinstance(value, dict):
            return float(isinstance(term, ox.NamedNode) and term.value == self.ids.read(str(value.get("id", ""))))
        if isinstance(value, bool):
            return float(isinstance(term, ox.Literal) and term.value in ({"true", "1"} if value else {"false", "0"}))
        if isinstance(term, ox.NamedNode):
            text = str(value)
            names = (fold_name(name.text) for name in self._names.names_of(term.value))
            return float(term.value == self.ids.read(text) or fold_name(text) in names)
        if not isinstance(term, ox.Literal):
            return 0.0
        if fold_name(term.value) == fold_name(str(value)) and term.value.strip("+-") == term.value:
            return 1.0
        try:
            return float(float(term.value) == float(value))
        except (TypeError, ValueError, OverflowError):
            return 0.0

    # ---- suggestions

    def suggest(self, kind: str, prefix: str, cursor: int, most: int) -> Json:
        """Things (`entity`), classes (`type`) or properties (`property`) whose names begin as given."""
        indices = {"entity": self._names, "type": self._classes, "property": self._properties}
        index: StoreNames | ManyNames = indices[kind]
        found = index.suggest(prefix)[cursor : cursor + most]
        result = []
        for iri in found:
            one: Json = {"id": self.ids.write(iri), "name": index.call(iri)}
            if kind == "entity":
                one["notable"] = [self._write_class(each) for each in self._names.types_of(iri)]
            one["description"] = iri
            result.append(one)
        return {"result": result} | ({"partly": True} if index.take_bounded() else {})

    def search(self, text: str, most: int) -> Json:
        """The IRIs of things, classes and properties that a text may mean, the nearest first; by which name each."""
        ranked: dict[str, tuple[float, str]] = {}
        indices: tuple[StoreNames | ManyNames, ...] = (self._names, self._classes, self._properties)
        fold = fold_name(text)
        for index in indices:
            for near in [*index.find(text), *index.find_part(text)]:
                ranked[near.name.thing] = max(ranked.get(near.name.thing, (0.0, "")), (near.score, near.name.text))
            for name, known in index.find_holding(text):
                begun = known.startswith(fold) or f" {fold}" in known
                score = (_BEGUN if begun else _HELD) + _SHARE * len(fold) / len(known)
                ranked[name.thing] = max(ranked.get(name.thing, (0.0, "")), (score, name.text))
        listed = sorted(ranked, key=lambda iri: (-ranked[iri][0], iri))[:most]
        return {"iris": listed, "by": [ranked[iri][1] for iri in listed], "partly": self._names.take_bounded()}

    def describe(self, text: str) -> Json | None:
        """What is shown of a thing, a class or a property: its IRI, name, other names and types; None: it is none."""
        iri = self.ids.read(text)
        indices: tuple[StoreNames | ManyNames, ...] = (self._names, self._classes, self._properties)
        for index in indices:
            if names := index.names_of(iri):
                others = dict.fromkeys(name.text for name in names if name.kind != "typo")
                called = index.call(iri)
                kinds = [self._classes.call(kind) for kind in self._names.types_of(iri)]
                return {"iri": iri, "name": called, "others": [o for o in others if o != called][:20], "types": kinds}
        return None

    # ---- data extension

    def propose(self, kind: str, most: int) -> Json:
        """The properties that things of a class have, the most frequent first."""
        try:
            node = ox.NamedNode(self.ids.read(kind))
        except ValueError:
            raise WishError(f"`{kind[:100]}` is no type") from None
        pattern = f"?s a {node} ; ?p ?o FILTER(?p != <{RDF}type>)"
        rows = self._ask(f"SELECT ?p (COUNT(DISTINCT ?s) AS ?n) {{ {pattern} }} GROUP BY ?p")
        ranked = sorted(((-int(row[1].value), row[0].value) for row in rows), key=lambda pair: pair)[:most]
        found = [{"id": self.ids.write(iri), "name": self._properties.call(iri)} for _, iri in ranked]
        return {"type": kind, "properties": found}

    def extend(self, wish: Any) -> Json:
        """The values of properties of things. Raises WishError."""
        ids, properties = (wish.get("ids"), wish.get("properties")) if isinstance(wish, dict) else (None, None)
        if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
            raise WishError("`ids` is a list of identifiers")
        if not isinstance(properties, list) or not all(
            isinstance(p, dict) and isinstance(p.get("id"), str) for p in properties
        ):
            raise WishError("`properties` is a list of objects with `id`")
        meta = []
        for prop in properties:
            iri = self.ids.read(prop["id"])
            about: Json = {"id": prop["id"], "name": self._properties.call(iri)}
            ranges = [o.value for _, _, o, _ in self._match_pattern(iri, _RANGE) if isinstance(o, ox.NamedNode)]
            if len(ranges) == 1 and ranges[0] in self._classes.by_thing:
                about["type"] = self._write_class(ranges[0])
            meta.append(about)
        rows = {one: {p["id"]: self._read_values(one, p["id"]) for p in properties} for one in ids}
        return {"meta": meta, "rows": rows}

    def _read_values(self, thing: str, prop: str) -> list[Json]:
        found = self._match_pattern(self.ids.read(thing), self.ids.read(prop))
        terms = {str(quad.object): quad.object for quad in found}
        return [self._write_value(terms[key]) for key in sorted(terms)]

    def _write_value(self, term: Any) -> Json:
        if isinstance(term, ox.NamedNode):
            return {"id": self.ids.write(term.value), "name": self._names.call(term.value)}
        if not isinstance(term, ox.Literal):
            return {"str": str(term)}
        kind, text = term.datatype.value, term.value
        try:
            if kind in _WHOLE:
                return {"int": int(text)}
            if kind in _FRACTION and float(text) - float(text) == 0:
                return {"float": float(text)}
        except ValueError:
            return {"str": text}
        if kind in {XSD + "date", XSD + "dateTime"} and (found := _TIME.fullmatch(text)):
            day, time, zone = found.groups("")
            return {"date": f"{day}{time or 'T00:00:00'}{zone}"}
        return {"str": text}


_RANGE = RDFS + "range"
