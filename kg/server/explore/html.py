"""The frame of the explorer's pages, and how terms stand in them: as links on this server, or as text."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import sha256
from importlib.resources import files
from typing import Any
from urllib.parse import quote, unquote, urlencode

from kg.iri import check_iri
from kg.markup import Child, Html, join, tag
from kg.namespace import RDF, XSD
from kg.server.data import Data
from kg.server.http import HttpError, Reply, Request

Json = dict[str, Any]
_MOST_TEXT = 2_000  # characters of a value


@cache
def read_asset(name: str) -> str:
    """A file of `kg/server/assets`."""
    return files("kg.server").joinpath("assets", name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def write_policy(script: str) -> str:
    """What a page may do: its own style, its own script where it has one, forms and requests to this server."""
    allowed = f"; script-src {_digest(script)}; connect-src 'self'" if script else ""
    return (
        f"default-src 'none'; style-src {_digest(read_asset('explore.css'))}{allowed}; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )


async def give_page(
    reply: Reply, data: Data, title: str, *body: Child, script: str = "", status: int = 200,
    headers: Mapping[str, str] | None = None, asked: str = "", about: str = "",
) -> None:  # fmt: skip
    """Answer with a page; *asked* stands in its search field, *script* is the name of an asset.

    Where it is *about* a thing, the link to the page with the picture of all leads to that.
    """
    code = read_asset(script) if script else ""
    links = [("/about", "Contents"), ("/query", "SPARQL")]
    if data.about.told:
        links[1:1] = [("/questions", "Questions"), ("/disputes", "Disputes")]
        links.insert(0, (find_places(data).find_drawn(about), "Picture"))
    search = tag(
        "form",
        tag("input", type="search", name="q", value=asked, aria_label="Search for a name", maxlength=200),
        tag("button", "Search", type="submit"),
        action="/search",
        role="search",
    )
    head = tag(
        "header",
        tag("a", "To the content", href="#content", class_="skip"),
        tag("a", data.about.title, href="/about", class_="home"),
        search,
        tag("nav", [tag("a", words, href=href) for href, words in links], aria_label="Pages"),
    )
    text = join(
        Html('<!doctype html><html lang="en"><head>'),
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", f"{title} · {data.about.title}" if title != data.about.title else title),
        Html(f"<style>{read_asset('explore.css')}</style></head><body>"),
        head,
        tag("main", *body, id="content", tabindex="-1"),
        Html(f"<script>{code}</script>" if code else ""),
        Html("</body></html>\n"),
    )
    own = {"content-type": "text/html; charset=utf-8", "content-security-policy": write_policy(code)}
    await reply.give(status, text.encode("utf-8", "replace"), dict(headers or {}) | own)


async def give_refusal(request: Request, reply: Reply, data: Data, refusal: HttpError) -> None:
    """Answer with the page that says why there is no other, and what was looked for in its search field."""
    words = _TITLES.get(refusal.status, "This cannot be done")
    asked = unquote(request.raw_path.rstrip("/").rpartition("/")[2])[:200] if refusal.status == 404 else ""
    reason = tag("div", tag("p", str(refusal)), class_="card wrong", role="alert")
    await give_page(
        reply, data, words, tag("h1", words), reason, status=refusal.status, headers=refusal.headers, asked=asked
    )


_TITLES = {400: "This address says too little, or too much", 404: "There is no such page", 405: "Pages are only read",
           503: "There is no answer now"}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Places:
    """Where things are found on this server, and how they are written: by the data's base and prefixes."""

    base: str | None
    prefixes: Mapping[str, str]

    @cached_property
    def _longest_first(self) -> list[tuple[str, str]]:
        pairs = ((namespace, prefix) for prefix, namespace in self.prefixes.items())
        return sorted(pairs, key=lambda pair: -len(pair[0]))

    def shorten(self, iri: str) -> str:
        """An IRI by its prefix, where it has one."""
        for namespace, prefix in self._longest_first:
            if iri.startswith(namespace):
                return f"{prefix}:{iri[len(namespace) :]}"
        return iri

    def expand(self, text: str) -> str | None:
        """The IRI that a CURIE or an IRI stands for; None where it is neither."""
        prefix, colon, local = text.partition(":")
        iri = self.prefixes[prefix] + local if colon and prefix in self.prefixes else text
        return iri if check_iri(iri) is None else None

    def href(self, iri: str, **parameters: str | int) -> str:
        """The address of a thing on this server: nothing leads away from it."""
        base = self.base
        own = base is not None and iri.startswith(base) and len(iri) > len(base) and "?" not in iri and "#" not in iri
        if not own:
            return f"/resource?{urlencode({'iri': iri, **parameters})}"
        path = "/" + iri[len(base or "") :]
        if path.startswith("//"):
            return f"/resource?{urlencode({'iri': iri, **parameters})}"
        return f"{quote(path, safe=_IN_PATH)}?{urlencode(parameters)}" if parameters else quote(path, safe=_IN_PATH)

    def find_drawn(self, iri: str) -> str:
        """The address of a thing in the page with the picture of all: that of an entity, a claim or a source."""
        kind, slash, key = iri.removeprefix(self.base or iri).partition("/")
        return f"/#{kind[0]}={quote(key)}" if slash and kind in {"entity", "claim"} else "/"

    def call(self, term: Json) -> str:
        """The words for a term: a thing's name, else its short IRI; a value's text."""
        return (term.get("name") or self.shorten(term["value"])) if term["type"] == "uri" else str(term["value"])

    def link(self, term: Json, **parameters: str | int) -> Html:
        """A link to a thing."""
        words = self.call(term)
        note = tag("span", f" {term['note']}", class_="kind") if term.get("note") else None
        link = tag("a", words, href=self.href(term["value"], **parameters), lang=term.get("lang") or None)
        return join(link, note)

    def show(self, term: Json) -> Html:
        """A term as it stands in a page."""
        if term["type"] == "uri":
            return self.link(term)
        if term["type"] == "bnode":
            inside = [join(self.link(p), " ", self.show(o), "; ") for p, o in term["inside"]]
            return join("[ ", inside or "…", " ]")
        text, kind = term["value"], term["datatype"]
        cut = text if len(text) <= _MOST_TEXT else text[:_MOST_TEXT] + "…"
        note = term["lang"] or ("" if kind in {"", XSD + "string", RDF + "langString"} else self.shorten(kind))
        return join(
            tag("span", cut, lang=term["lang"] or None), tag("span", f" {note}", class_="kind") if note else None
        )


_IN_PATH = "/!$&'()*+,;=:@-._~%"


def find_places(data: Data) -> Places:
    """The places of a server's things."""
    return Places(base=data.about.base, prefixes=data.about.prefixes)


def count_words(n: int, *, many: bool) -> str:
    """A count as it is told.

    >>> count_words(1234, many=False), count_words(10000, many=True)
    ('1,234', 'more than 10,000')
    """
    return f"more than {n:,}" if many else f"{n:,}"


def read_once(request: Request) -> dict[str, str]:
    """The parameters of a request, each once. Raises HttpError."""
    given: dict[str, str] = {}
    for name, value in request.parameters():
        if name in given:
            raise HttpError(400, f"`{name[:40]}` is given twice")
        given[name] = value
    return given


def read_page(given: Mapping[str, str], most: int) -> int:
    """The number of a page. Raises HttpError."""
    text = given.get("page", "1")
    if not (text.isascii() and text.isdigit() and len(text) < 7 and 1 <= int(text) <= most):
        raise HttpError(400, f"`page` is a number from 1 to {most:,}")
    return int(text)


def show_pages(page: int, last: int, href: Any) -> Html | None:
    """Links to the page before and the next; *href* gives the address of a page. None where there is one page."""
    if last <= 1:
        return None
    before = tag("a", "Previous page", href=href(page - 1), rel="prev") if page > 1 else None
    after = tag("a", "Next page", href=href(page + 1), rel="next") if page < last else None
    return tag("nav", before, tag("span", f"Page {page:,} of {last:,}"), after, aria_label="Pages of the list")


def show_table(heads: list[str], rows: list[list[Json | None]], places: Places, caption: str) -> Html:
    """Rows of terms."""
    head = tag("tr", [tag("th", name, scope="col") for name in heads])
    lines = [tag("tr", [tag("td", "" if term is None else places.show(term)) for term in row]) for row in rows]
    table = tag("table", tag("caption", caption, class_="kind"), tag("thead", head), tag("tbody", lines))
    return tag("div", table, class_="scroll", tabindex="0", role="region", aria_label=caption)
