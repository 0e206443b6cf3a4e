"""What the algorithms of JSON-LD leave out of a document without a word. Source: JSON-LD 1.1, API, section 8.1."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from kg.rdf.quad import is_node_iri
from kg.rdf.turtle.token import is_absolute
from kg.text.diagnostic import Diagnostic, SourceText, did_you_mean, mark_of_file

_KEYWORDS = frozenset(
    f"@{name}"
    for name in (
        "base", "container", "context", "direction", "graph", "id", "import", "included", "index", "json", "language",
        "list", "nest", "none", "prefix", "propagate", "protected", "reverse", "set", "type", "value", "version",
        "vocab",
    )
)  # fmt: skip
_HOLDERS = ("@graph", "@list", "@set", "@value")


class LeftOut:
    """What a document of JSON-LD writes and no statement can hold, told each once.

    The library is asked to look at no terms, so that it leaves nothing out: `keeps` does. *base* is the one that
    relative IRIs get.
    """

    def __init__(self, base: str) -> None:
        self._base = base
        self._terms: dict[str, dict[str, bool]] = {kind: {} for kind in ("property", "iri", "node", "tag")}

    def keeps(self, quad: ox.Quad) -> bool:
        """Whether JSON-LD keeps all terms of a statement; those that it leaves out are told later."""
        object_ = quad.object
        fits = self._fits("property", quad.predicate.value)
        for term in (quad.subject, object_, quad.graph_name):
            if isinstance(term, ox.NamedNode):
                fits &= self._fits("iri", term.value)
            elif isinstance(term, ox.BlankNode):
                fits &= self._fits("node", term.value)
        if isinstance(object_, ox.Literal):
            tag = object_.language
            fits &= self._fits("iri", object_.datatype.value) if tag is None else self._fits("tag", tag)
        return fits

    def _fits(self, kind: str, text: str) -> bool:
        known = self._terms[kind]
        if text not in known:
            known[text] = _CHECKS[kind](text)
        return known[text]

    def tell(self, source: SourceText) -> Iterator[Diagnostic]:
        """The keys, IRIs, languages and loose values of the document that no statement holds."""
        mark = mark_of_file(source)
        gathered = _gather(source.text)
        for key in gathered.keys:
            if key == "@direction":
                message, hint = "`@direction` is not kept: statements have no direction of text", "leave it out"
                yield Diagnostic(code="rdf-file", mark=mark, message=message, hint=hint)
            elif key[1:].isascii() and key[1:].isalpha() and key not in _KEYWORDS:
                message = f"`{key}` is no keyword of JSON-LD, and what stands under it is left out"
                yield Diagnostic(code="rdf-unmapped", mark=mark, message=message, hint=did_you_mean(key, _KEYWORDS))
        for value in gathered.loose:
            message = f"`{value}` stands by itself, as nobody's value, and is left out"
            hint = "write it under a property of the thing that has it"
            yield Diagnostic(code="rdf-unmapped", mark=mark, message=message, hint=hint)
        properties, iris, nodes, tags = (
            sorted(text for text, fits in known.items() if not fits) for known in self._terms.values()
        )
        for key in properties:
            if is_absolute(key):
                iris.append(key)
                continue
            blank = key.startswith("_:")
            message = f"`{key}` {'is no property' if blank else 'has no IRI'}, and what stands under it is left out"
            hint = "a property is an IRI" if blank else did_you_mean(key, gathered.terms) or "name it in the `@context`"
            yield Diagnostic(code="rdf-unmapped", mark=mark, message=message, hint=hint)
        for iri in sorted(set(iris)):
            message = f"`{iri.removeprefix(self._base)}` is no IRI, and what is said with it is left out"
            hint = "percent-encode what an IRI cannot hold: a space is `%20`"
            yield Diagnostic(code="rdf-file", mark=mark, message=message, hint=hint)
        for label in nodes:
            message = f"`_:{label}` names no node, and what is said with it is left out"
            hint = "the name of a blank node is of letters, digits, `_`, `-` and `.`"
            yield Diagnostic(code="rdf-file", mark=mark, message=message, hint=hint)
        for tag in tags:
            message = f"`{tag}` is no language tag, and the text is left out"
            yield Diagnostic(code="rdf-file", mark=mark, message=message, hint="it is such as `de` or `zh-Hans`")


def _is_tag(text: str) -> bool:
    try:
        ox.Literal("", language=text)
    except ValueError:
        return False
    return True


def _is_label(text: str) -> bool:
    try:
        ox.BlankNode(text)
    except ValueError:
        return False
    return True


_CHECKS: dict[str, Callable[[str], bool]] = {
    "property": is_node_iri, "iri": is_node_iri, "node": _is_label, "tag": _is_tag,
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class _Gathered:
    """Keys that begin with `@`, but for those of contexts and of kept JSON; terms of contexts; values without a key."""

    keys: dict[str, None]
    terms: set[str]
    loose: dict[str, None]


def _gather(text: str) -> _Gathered:
    """What is seen of a document's JSON; nothing where it is nested too deep for Python, or not quite JSON to it."""
    found = _Gathered(keys={}, terms=set(), loose={})
    try:
        document = json.loads(text)
    except (RecursionError, ValueError):
        return found
    as_json = '"@json"' in text
    aliases: dict[str, str] = {}  # the words that stand for keywords
    todo: list[tuple[Any, bool, bool]] = [(document, False, True)]  # in a context; among the things of a graph
    while todo:
        here, in_context, among_things = todo.pop()
        if isinstance(here, list):
            todo += [(item, in_context, among_things) for item in reversed(here)]
        elif isinstance(here, dict):
            if in_context:
                found.terms.update(here.keys())
                if here.get("@direction") is not None:
                    found.keys["@direction"] = None
            elif not as_json:
                found.keys.update(dict.fromkeys(key for key in here if key.startswith("@")))
            context = here.get("@context")
            for terms in context if isinstance(context, list) else [context]:
                if isinstance(terms, dict):
                    aliases |= {term: meant for term, meant in terms.items() if meant in _HOLDERS}
            words = {aliases.get(key, key): key for key in here}
            if among_things and ("@value" in words or "@list" in words):
                found.loose[_shorten(here)] = None
            for word, key in reversed(words.items()):
                inner = word == "@graph" or (among_things and word == "@set")
                todo.append((here[key], in_context or key == "@context", inner and not in_context))
        elif among_things and here is not None:
            found.loose[_shorten(here)] = None
    return found


def _shorten(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:60]} ..."
