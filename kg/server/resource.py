"""Things by their addresses: an entity, claim, source or term of the ontology as HTML, Turtle, JSON-LD and so on.

A thing whose IRI begins with the data set's base is found at the same path here; any thing at `/resource?iri=IRI`,
and the terms of a vocabulary whose IRI ends with `#` at the vocabulary's path.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html import escape
from urllib.parse import quote, urlsplit

import pyoxigraph as ox

from kg.language import choose_language
from kg.namespace import RDFS, SKOS
from kg.server.data import Data
from kg.server.http import HttpError, Reply, Request
from kg.server.media import GRAPHS, accepts_gzip, choose_media, label_media
from kg.server.protocol import is_known

HTML = "text/html"
_OFFERED = {media: form for media, form in GRAPHS.items() if media != "text/plain"} | {HTML: "html"}
_MOST = 200  # of what names a thing
_MOST_SAID = 1_000  # statements, once for each label
_STYLE = """body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#1a1a1a;
background:#fff}h1{font-size:1.5rem;margin:0}table{border-collapse:collapse;width:100%}th,td{text-align:left;
vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid #ddd;overflow-wrap:anywhere}th{width:30%;font-weight:600}
a{color:#0b57d0}code{font-size:.9em}.kind{color:#5a5a5a;font-size:.85em}"""
_STYLE_HASH = b64encode(sha256(_STYLE.encode()).digest()).decode()
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)

Row = dict[str, dict[str, str]]


def wants_page(request: Request) -> bool:
    """Whether a request would rather have HTML than plain text, as browsers do."""
    return choose_media(request.header("accept"), {"text/plain": "", HTML: ""}) == HTML


async def give_home(request: Request, reply: Reply, data: Data) -> None:
    """Answer with what there is here, as HTML or as text."""
    about = data.about
    links = [("/sparql", "SPARQL endpoint"), ("/gsp", "graph store, and all graphs as N-Quads"),
             ("/.well-known/void", "what the data are (VoID)"), ("/reconcile", "reconciliation service (OpenRefine)"),
             ("/openapi.json", "what there is beside SPARQL (OpenAPI)")]  # fmt: skip
    if wants_page(request):
        items = "".join(f'<li><a href="{path}"><code>{path}</code></a> {escape(words)}</li>' for path, words in links)
        await _give_page(reply, about.title, f"<h1>{escape(about.title)}</h1><ul>{items}</ul>", about.language)
        return
    lines = [about.title, *(f"{request.base}{path}  {words}" for path, words in links)]
    await reply.give(200, ("\n".join(lines) + "\n").encode(), {"content-type": "text/plain; charset=utf-8"})


async def give_resource(request: Request, reply: Reply, data: Data) -> None:
    """Answer with what the data say of a thing. Raises HttpError."""
    iri, namespace = await _find_thing(request, data)
    media = choose_media(request.header("accept"), _OFFERED)
    if media is None:
        raise HttpError(406, f"it is given as {', '.join(_OFFERED)}")
    tag = data.tag("thing", iri, namespace, media)
    headers = {"etag": tag, "cache-control": "no-cache", "link": f'<{quote(iri, safe=_IN_IRI)}>; rel="canonical"'}
    if is_known(request, tag):
        await reply.give(304, b"", headers)
    elif media == HTML:
        await _give_html(reply, data, iri, namespace, headers)
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
        if len(given) != 1:
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
    for iri, namespace in candidates:
        if _is_iri(iri) and await data.collect(f"ASK {{ {{ <{iri}> ?p ?o }} UNION {{ ?s ?q <{iri}> }} }}"):
            return iri, namespace
    raise HttpError(404, f"there is nothing at {request.raw_path[:200]}")


def _is_iri(text: str) -> bool:
    try:
        ox.NamedNode(text)
    except ValueError:
        return False
    return True


async def _list_terms(data: Data, namespace: str) -> list[str]:
    chosen = f'FILTER(isIRI(?s) && STRSTARTS(STR(?s), "{namespace}"))'
    rows = await data.collect(f"SELECT DISTINCT ?s {{ ?s ?p ?o {chosen} }} ORDER BY ?s LIMIT 1000")
    return [row["s"]["value"] for row in rows]


async def _give_html(reply: Reply, data: Data, iri: str, namespace: str, headers: dict[str, str]) -> None:
    label = f"<{RDFS}label>|<{SKOS}prefLabel>"
    said = await data.collect(
        f"SELECT ?p ?o ?pl ?ol {{ <{iri}> ?p ?o OPTIONAL {{ ?p {label} ?pl }} OPTIONAL {{ ?o {label} ?ol }} }}"
        f" ORDER BY ?p ?o LIMIT {_MOST_SAID + 1}",
        _MOST_SAID + 1,
    )
    named = await data.collect(
        f"SELECT DISTINCT ?s ?p {{ ?s ?p <{iri}> FILTER(isIRI(?s)) }} ORDER BY ?p ?s LIMIT {_MOST + 1}"
    )
    language = data.about.language
    title = _choose([row["o"] for row in said if row["p"]["value"] in {RDFS + "label", SKOS + "prefLabel"}], language)
    parts = [f"<h1>{escape(title or _shorten(iri, data))}</h1><p><code>{escape(iri)}</code></p>"]
    parts.append(_write_table(said[:_MOST_SAID], data))
    if len(said) > _MOST_SAID:
        parts.append("<p>There is more: Turtle and the other formats give all of it.</p>")
    if namespace:
        items = "".join(f"<li>{_link(term, data)}</li>" for term in await _list_terms(data, namespace))
        parts.append(f"<h2>Terms</h2><ul>{items}</ul>")
    if named:
        rows = "".join(
            f"<tr><td>{_link(row['s']['value'], data)}</td><td>{_link(row['p']['value'], data)}</td></tr>"
            for row in named[:_MOST]
        )
        more = f"<p>The first {_MOST}.</p>" if len(named) > _MOST else ""
        parts.append(f"<h2>What names it</h2>{more}<table>{rows}</table>")
    await _give_page(reply, title or iri, "".join(parts), language, headers)


def _write_table(said: list[Row], data: Data) -> str:
    """The statements about a thing: a property and its values in each row, each value once."""
    labels: dict[str, list[dict[str, str]]] = {}
    values: dict[str, dict[str, dict[str, str]]] = {}
    for row in said:
        verb = row["p"]["value"]
        values.setdefault(verb, {})[repr(sorted(row["o"].items()))] = row["o"]
        for key, name in (("p", "pl"), ("o", "ol")):
            if name in row and row[key]["type"] == "uri":
                labels.setdefault(row[key]["value"], []).append(row[name])
    language = data.about.language
    lines = []
    for verb, objects in values.items():
        shown = "<br>".join(_show(term, labels, data) for term in objects.values())
        lines.append(f"<tr><th>{_link(verb, data, _choose(labels.get(verb, []), language))}</th><td>{shown}</td></tr>")
    return f"<table>{''.join(lines)}</table>"


def _show(term: dict[str, str], labels: dict[str, list[dict[str, str]]], data: Data) -> str:
    value = term["value"] if isinstance(term["value"], str) else "« »"
    if term["type"] == "uri":
        return _link(value, data, _choose(labels.get(value, []), data.about.language))
    kind = term.get("xml:lang") or (_shorten(term["datatype"], data) if "datatype" in term else "")
    language = f' lang="{escape(term["xml:lang"])}"' if "xml:lang" in term else ""
    return f"<span{language}>{escape(value)}</span>" + (f' <span class="kind">{escape(kind)}</span>' if kind else "")


def _choose(labels: list[dict[str, str]], language: str) -> str:
    """Of several labels the one in a language; else the first."""
    by_language = {label.get("xml:lang", ""): label["value"] for label in reversed(labels)}
    chosen = choose_language(language, list(by_language))
    return by_language[chosen] if chosen is not None else (labels[0]["value"] if labels else "")


def _shorten(iri: str, data: Data) -> str:
    fitting = [(namespace, prefix) for prefix, namespace in data.about.prefixes.items() if iri.startswith(namespace)]
    if not fitting:
        return iri
    namespace, prefix = max(fitting, key=lambda pair: len(pair[0]))
    return f"{prefix}:{iri[len(namespace) :]}"


def _link(iri: str, data: Data, label: str = "") -> str:
    """A link to a thing on this server: nothing leads away from it."""
    base = data.about.base
    own = base is not None and iri.startswith(base) and len(iri) > len(base) and "?" not in iri and "#" not in iri
    path = "/" + iri[len(base or "") :] if own else f"/resource?iri={quote(iri, safe='')}"
    return f'<a href="{escape(path)}">{escape(label or _shorten(iri, data))}</a>'


async def _give_page(reply: Reply, title: str, body: str, language: str, headers: dict[str, str] | None = None) -> None:
    text = (
        f'<!doctype html><html lang="{escape(language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><main>{body}</main></body></html>\n"
    )
    about = {"content-type": "text/html; charset=utf-8", "content-security-policy": _POLICY}
    await reply.give(200, text.encode("utf-8", "replace"), (headers or {}) | about)
