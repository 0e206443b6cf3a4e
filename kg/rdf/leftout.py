"""What the algorithms of JSON-LD leave out of a document without a word. Source: JSON-LD 1.1, API, section 8.1."""

from __future__ import annotations

import json
from collections.abc import Iterator
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


def find_left_out(source: SourceText, base: str) -> Iterator[Diagnostic]:
    """The keys, IRIs and languages of a document of JSON-LD that no statement holds, each once.

    The library tells statements that it leaves out where it is asked not to look at their terms. *base* is the one
    that relative IRIs get.
    """
    mark = mark_of_file(source)
    keys, contexts = _gather(source.text)
    for key in keys:
        if key == "@direction":
            message, hint = "`@direction` is not kept: statements have no direction of text", "leave it out"
            yield Diagnostic(code="rdf-file", mark=mark, message=message, hint=hint)
        elif key[1:].isascii() and key[1:].isalpha() and key not in _KEYWORDS:
            message = f"`{key}` is no keyword of JSON-LD, and what stands under it is left out"
            yield Diagnostic(code="rdf-unmapped", mark=mark, message=message, hint=did_you_mean(key, _KEYWORDS))
    properties: set[str] = set()
    terms: set[object] = set()
    for quad in ox.parse(source.text.encode(), format=ox.RdfFormat.JSON_LD, base_iri=base, lenient=True):
        properties.add(quad.predicate.value)
        terms |= {quad.subject, quad.object, quad.graph_name}
    iris = properties | {term.value for term in terms if isinstance(term, ox.NamedNode)}
    for key in sorted(key for key in properties if not is_absolute(key)):
        blank = key.startswith("_:")
        message = f"`{key}` {'is no property' if blank else 'has no IRI'}, and what stands under it is left out"
        hint = "a property is an IRI" if blank else did_you_mean(key, contexts) or "name it in the `@context`"
        yield Diagnostic(code="rdf-unmapped", mark=mark, message=message, hint=hint)
    for iri in sorted(iri for iri in iris if is_absolute(iri) and not is_node_iri(iri)):
        message = f"`{iri.removeprefix(base)}` is no IRI, and what is said with it is left out"
        hint = "percent-encode what an IRI cannot hold: a space is `%20`"
        yield Diagnostic(code="rdf-file", mark=mark, message=message, hint=hint)
    tags = {term.language for term in terms if isinstance(term, ox.Literal) and term.language is not None}
    for tag in sorted(tag for tag in tags if not _is_tag(tag)):
        message = f"`{tag}` is no language tag, and the text is left out"
        yield Diagnostic(code="rdf-file", mark=mark, message=message, hint="it is such as `de` or `zh-Hans`")


def _is_tag(text: str) -> bool:
    try:
        ox.Literal("", language=text)
    except ValueError:
        return False
    return True


def _gather(text: str) -> tuple[dict[str, None], set[str]]:
    """The keys that begin with `@`, but for those of contexts and of kept JSON, and the terms of all contexts.

    None where the text is nested too deep for Python, or not quite JSON to it.
    """
    keys: dict[str, None] = {}
    terms: set[str] = set()
    try:
        todo: list[tuple[Any, bool]] = [(json.loads(text), False)]
    except (RecursionError, ValueError):
        return keys, terms
    as_json = '"@json"' in text
    while todo:
        here, in_context = todo.pop()
        if isinstance(here, list):
            todo += [(item, in_context) for item in here]
        elif isinstance(here, dict):
            if in_context:
                terms |= here.keys()
                if here.get("@direction") is not None:
                    keys["@direction"] = None
            elif not as_json:
                keys |= dict.fromkeys(key for key in here if key.startswith("@"))
            todo += [(value, in_context or key == "@context") for key, value in here.items()]
    return keys, terms
