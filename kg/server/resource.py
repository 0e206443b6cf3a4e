"""Things by their addresses: an entity, claim, source or term of the ontology as HTML, Turtle, JSON-LD and so on.

A thing whose IRI begins with the data set's base is found at the same path here; any thing at `/resource?iri=IRI`,
and the terms of a vocabulary whose IRI ends with `#` at the vocabulary's path.
"""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from kg.server.condition import is_known, wants_absence
from kg.server.data import Data
from kg.server.explore.html import count_words, find_places, give_page, vary_by_language, write_policy
from kg.server.explore.thing import give_thing
from kg.server.explore.words import PARAMETER, choose_tongue
from kg.server.http import HttpError, Reply, Request
from kg.server.media import GRAPHS, accepts_gzip, choose_media, label_media
from kg.text.markup import Child, tag

HTML = "text/html"
_OFFERED = {media: form for media, form in GRAPHS.items() if media != "text/plain"} | {HTML: "html"}
_MOST_CLASSES = 60
_FOR_PEOPLE = frozenset({"/search", "/query", "/questions", "/disputes"})


def wants_page(request: Request) -> bool:
    """Whether a request would rather have HTML than plain text, as browsers do."""
    return choose_media(request.header("accept"), {"text/plain": "", HTML: ""}) == HTML


async def give_home(request: Request, reply: Reply, data: Data) -> None:
    """Answer with what there is here, as HTML or as text."""
    places = find_places(data, request)
    word = places.tongue.word
    paths = ["/search", "/query", *(["/questions", "/disputes"] if data.about.told else []), "/sparql", "/gsp",
             "/.well-known/void", "/reconcile", "/openapi.json"]  # fmt: skip
    links = [(path, word(f"way-{path.rpartition('/')[2].partition('.')[0]}")) for path in paths]
    if wants_page(request):
        kinds = [
            tag("li", places.link(one["thing"]),
                tag("span", f" {count_words(one['n'], places, many=one['many'])}", class_="kind"))
            for one in await data.look_once("list_classes", _MOST_CLASSES, language=places.tongue.names)
        ]  # fmt: skip
        body: list[Child] = [tag("h1", places.title)]
        if kinds:
            body += [tag("h2", word("classes")), tag("ul", kinds, class_="columns")]
        people, programs = (
            [one for one in links if one[0] in _FOR_PEOPLE],
            [o for o in links if o[0] not in _FOR_PEOPLE],
        )
        for title, group in ((word("for-people"), people), (word("for-programs"), programs)):
            items = [
                tag("li", tag("a", tag("code", path), href=places.to(path) if group is people else path), f" {words}")
                for path, words in group
            ]
            body += [tag("h2", title), tag("ul", items)]
        await give_page(request, reply, places, places.title, *body)
        return
    lines = [places.title, *(f"{request.base}{path}  {words}" for path, words in links)]
    await reply.give(200, ("\n".join(lines) + "\n").encode(), {"content-type": "text/plain; charset=utf-8"})


async def give_resource(request: Request, reply: Reply, data: Data) -> None:
    """Answer with what the data say of a thing. Raises HttpError."""
    iri, namespace = await _find_thing(request, data)
    media = choose_media(request.header("accept"), _OFFERED)
    if media is None:
        raise HttpError(406, f"it is given as {', '.join(_OFFERED)}")
    tongue = choose_tongue(request, data.about.language)
    spoken = tongue if media == HTML else None
    mark = data.tag("thing", iri, namespace, media, spoken, request.query_string)
    headers = {"etag": mark, "cache-control": "no-cache", "link": f'<{quote(iri, safe=_IN_IRI)}>; rel="canonical"'}
    if media == HTML:
        # who has the page already takes these for its own
        headers |= {"vary": vary_by_language(reply), "content-security-policy": write_policy("")}
    if is_known(request, mark) or wants_absence(request):
        await reply.give(304, b"", headers)
    elif media == HTML:
        given = {name: value for name, value in request.parameters() if name not in {"iri", PARAMETER}}
        await give_thing(request, reply, data, iri, namespace, given, headers)
    else:
        query = f"DESCRIBE <{iri}>"
        if namespace:
            terms = await _list_terms(data, namespace)
            query = "DESCRIBE " + " ".join(f"<{one}>" for one in [iri, *terms])
        told = data.write_query(query, graph=_OFFERED[media])
        told["gzip"] = accepts_gzip(request.header("accept-encoding"))
        await data.answer(request, reply, b"Q", told, {True: label_media(media)}, headers)


_IN_IRI = ":/?#[]@!$&'()*+,;=%-._~"


async def _find_thing(request: Request, data: Data) -> tuple[str, str]:
    """The IRI that a request is for, and the namespace of its terms where it is a vocabulary. Raises HttpError."""
    about = data.about
    if request.path == "/resource":
        given = [value for name, value in request.parameters() if name == "iri"]
        if len(given) != 1 or not given[0]:
            raise HttpError(400, "which thing? say ?iri=IRI, once")
        prefix, _, local = given[0].partition(":")
        candidates = [(given[0], "")]
        if prefix in about.prefixes:
            candidates.append((about.prefixes[prefix] + local, ""))
        if about.base is not None:
            candidates.append((about.base + given[0], ""))  # as the reconciliation service calls it
    else:
        candidates = [(about.base + request.raw_path[1:], "")] if about.base is not None else []
        for namespace in about.prefixes.values():
            if namespace.endswith("#") and urlsplit(namespace).path == request.path:
                candidates.append((namespace[:-1], namespace))
    number: int = await data.look("find", [iri for iri, _ in candidates])
    if number >= 0:
        return candidates[number]
    if request.path == "/resource":
        raise HttpError(404, f"there is nothing of the IRI `{given[0][:200]}`")
    raise HttpError(404, f"there is nothing at {request.raw_path[:200]}")


async def _list_terms(data: Data, namespace: str) -> list[str]:
    chosen = f'FILTER(isIRI(?s) && STRSTARTS(STR(?s), "{namespace}"))'
    rows = await data.collect(f"SELECT DISTINCT ?s {{ ?s ?p ?o {chosen} }} ORDER BY ?s LIMIT 1000")
    return [row["s"]["value"] for row in rows]
