"""Search over all names of the store, and completions for those who write a query."""

from __future__ import annotations

import json
from typing import Any

from kg.rdf.iri import Prefixes, check_iri
from kg.server.data import Data, UnreadError
from kg.server.explore.html import find_places, give_page, read_once, read_page, show_pages
from kg.server.explore.look import MOST_SCANNED
from kg.server.explore.thing import show_line
from kg.server.explore.words import choose_tongue
from kg.server.http import HttpError, Reply, Request
from kg.server.reconcile import name_space
from kg.text.markup import Child, tag

_MOST, _PAGE = 200, 20
_MOST_OFFERED = 12
_LONGEST = 200  # characters of what is looked for
KINDS = ("entity", "type", "property")


async def give_search(request: Request, reply: Reply, data: Data) -> None:
    """Answer with the things that a text may mean. Raises HttpError."""
    given = read_once(request)
    text = given.get("q", "").strip()
    page = read_page(given, _MOST // _PAGE)
    if len(text) > _LONGEST:
        raise HttpError(400, f"`q` has at most {_LONGEST} characters")
    places = find_places(data, request)
    word = places.tongue.word
    title = word("search-for", text=text) if text else word("search")
    body: list[Child] = [tag("h1", title)]
    if text:
        found = await find_things(request, data, text)
        lines = await data.look(
            "tell_lines", found["iris"][(page - 1) * _PAGE : page * _PAGE], language=places.tongue.names
        )
        n = len(found["iris"])
        words = places.tongue.count("found", n) if n < _MOST else word("found-nearest", n=f"{n:,}")
        body.append(tag("p", words if n else word("found-none"), role="status"))
        if found["unread"]:
            body.append(tag("p", word("unread", reason=found["unread"], n=f"{MOST_SCANNED:,}")))
        elif found["partly"]:
            body.append(tag("p", word("bounded")))
        if lines:
            body.append(tag("ol", [tag("li", show_line(one, places)) for one in lines], start=(page - 1) * _PAGE + 1))
        body.append(show_pages(page, -(-n // _PAGE), lambda at: places.to("/search", q=text, page=at), places))
    else:
        body.append(tag("p", word("search-hint")))
    await give_page(request, reply, places, title, *body, asked=text)


async def find_things(request: Request, data: Data, text: str) -> Any:
    """The IRIs of what a text may mean, the nearest first; *partly*: not all names were looked at. Raises HttpError.

    Where these are not read, *unread* says why, and what is found all the same.
    """
    try:
        return await data.match("search", name_space(request, data), text, _MOST) | {"unread": None}
    except UnreadError as error:
        words = str(error)
        return await data.look("search", text, _MOST) | {"unread": words[:1].upper() + words[1:]}


def _expand(term: str, prefixes: Prefixes) -> str:
    """The IRI of a term of a query, `<IRI>` or `PREFIX:NAME`; an empty text for what is none."""
    iri = term.strip("<>") if term.startswith("<") else prefixes.expand(term) or ""
    return iri if check_iri(iri) is None else ""


async def give_completions(request: Request, reply: Reply, data: Data) -> None:
    """Answer with what may stand in a query: things, classes (`type`) or properties. Raises HttpError."""
    given = read_once(request)
    kind, text = given.get("kind", "entity"), given.get("q", "")
    if kind not in KINDS:
        raise HttpError(400, f"`kind` is one of {', '.join(KINDS)}")
    if len(text) > _LONGEST:
        raise HttpError(400, f"`q` has at most {_LONGEST} characters")
    prefixes = Prefixes(namespaces=data.about.prefixes)
    subject, of_class, prop = (_expand(given.get(name, ""), prefixes) for name in ("subject", "class", "property"))
    names = choose_tongue(request, data.about.language).names
    iris: list[str] = []
    if subject or of_class or prop:  # what stands there in the graph comes first
        iris = await data.look("complete", kind, text, subject, of_class, prop, _MOST_OFFERED)
    if kind != "entity":
        iris += await data.look("suggest", kind, text, _MOST_OFFERED) if text or not iris else []
    elif text.strip():
        iris += (await find_things(request, data, text))["iris"]
    iris = list(dict.fromkeys(iris))
    offers = [
        {"text": prefixes.compress(one["thing"]["value"]) or f"<{one['thing']['value']}>",
         "name": one["thing"]["name"], "iri": one["thing"]["value"]}
        for one in await data.look("tell_lines", iris[:_MOST_OFFERED], language=names)
    ]  # fmt: skip
    raw = json.dumps({"offers": offers}, ensure_ascii=False).encode("utf-8", "replace")
    await reply.give(200, raw + b"\n", {"content-type": "application/json", "cache-control": "no-cache"})
