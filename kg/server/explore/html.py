"""The frame of the explorer's pages, and how terms stand in them: as links on this server, or as text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote, unquote, urlencode

from kg.rdf.iri import check_iri
from kg.rdf.namespace import RDF, XSD
from kg.server.about import About
from kg.server.data import Data
from kg.server.explore.words import PARAMETER, Tongue, choose_tongue, load_words
from kg.server.http import HttpError, Reply, Request, take_once
from kg.text.diagnostic import cut_text, make_lines_visible
from kg.text.language import choose_language, choose_text
from kg.text.markup import Child, Html, join, name_digest, read_asset, tag

Json = dict[str, Any]
_MOST_TEXT = 2_000  # characters of a value


def read_style() -> str:
    """The style of the explorer's pages."""
    return read_asset("kg.server", "explore.css")


def write_policy(script: str) -> str:
    """What a page may do: its own style, its own script where it has one, forms and requests to this server."""
    allowed = f"; script-src {name_digest(script)}; connect-src 'self'" if script else ""
    return (
        f"default-src 'none'; style-src {name_digest(read_style())}{allowed}; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )


async def give_page(
    request: Request, reply: Reply, places: Places, title: str, *body: Child, script: str = "", status: int = 200,
    headers: Mapping[str, str] | None = None, asked: str = "", about: str = "",
) -> None:  # fmt: skip
    """Answer with a page; *asked* stands in its search field, *script* is the name of an asset.

    Where it is *about* a thing, the link to the page with the picture of all leads to that.
    """
    code = read_asset("kg.server", script) if script else ""
    tongue, word, home = places.tongue, places.tongue.word, places.title
    links = [(places.to("/about"), word("contents")), (places.to("/query"), "SPARQL")]
    if places.told:
        links[1:1] = [(places.to("/questions"), word("questions")), (places.to("/disputes"), word("disputes"))]
        links.insert(0, (places.find_drawn(about), word("picture")))
    search = tag(
        "form",
        places.keep(),
        tag("input", type="search", name="q", value=asked, aria_label=word("search-label"), maxlength=200),
        tag("button", word("search"), type="submit"),
        action="/search",
        role="search",
    )
    turn = tag("a", word("language"), href=_turn(request, tongue.other), lang=tongue.other, hreflang=tongue.other)
    if tongue.fixed:
        turn = Html("")
    head = tag(
        "header",
        tag("a", word("skip"), href="#content", class_="skip"),
        tag("a", home, href=places.to("/about"), class_="home"),
        search,
        tag("nav", [tag("a", words, href=href) for href, words in links], turn, aria_label=word("pages")),
    )
    text = join(
        Html(f'<!doctype html><html lang="{tongue.lang}"><head>'),
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", f"{title} · {home}" if title != home else title),
        Html(f"<style>{read_style()}</style></head><body>"),
        head,
        tag("main", *body, id="content", tabindex="-1"),
        Html(f"<script>{code}</script>" if code else ""),
        Html("</body></html>\n"),
    )
    own = {
        "content-type": "text/html; charset=utf-8", "content-language": tongue.lang,
        "content-security-policy": write_policy(code), "vary": vary_by_language(reply),
    }  # fmt: skip
    await reply.give(status, text.encode("utf-8", "replace"), dict(headers or {}) | own)


def vary_by_language(reply: Reply) -> str:
    """What an answer varies by whose language is that of the reader."""
    return f"{reply.headers['vary']}, Accept-Language"


def _turn(request: Request, lang: str) -> str:
    """The address that was asked for, in another language."""
    pairs = [(name, value) for name, value in _read_parameters(request) if name != PARAMETER]
    return f"{quote(request.raw_path, safe=_IN_PATH)}?{urlencode([*pairs, (PARAMETER, lang)])}"


def _read_parameters(request: Request) -> list[tuple[str, str]]:
    try:
        return request.parameters()
    except HttpError:  # the page says what is wrong with them
        return []


def show_reason(reason: str, places: Places) -> Child:
    """Why something was not done, in the words of who refused it, which are English."""
    if places.tongue.lang == "en":
        return reason
    return [places.tongue.word("told"), tag("span", reason, lang="en")]


async def give_refusal(request: Request, reply: Reply, data: Data, refusal: HttpError) -> None:
    """Answer with the page that says why there is no other, and what was looked for in its search field."""
    try:
        places = find_places(data, request)
    except HttpError:
        places = Places(about=data.about, tongue=Tongue(lang="en", names=data.about.language, chosen=False))
    key = f"wrong-{refusal.status}"
    words = places.tongue.word(key if key in load_words()["en"] else "wrong")
    asked = unquote(request.raw_path.rstrip("/").rpartition("/")[2])[:200] if refusal.status == 404 else ""
    reason = tag("div", tag("p", show_reason(str(refusal), places)), class_="card wrong", role="alert")
    await give_page(
        request,
        reply,
        places,
        words,
        tag("h1", words),
        reason,
        status=refusal.status,
        headers=refusal.headers,
        asked=asked,
    )


@dataclass(frozen=True, kw_only=True)
class Places:
    """Where things are found on this server, how they are written, and in which language the page speaks."""

    about: About
    tongue: Tongue

    @property
    def base(self) -> str | None:
        return self.about.base

    @property
    def prefixes(self) -> Mapping[str, str]:
        return self.about.prefixes

    @property
    def told(self) -> bool:
        return self.about.told

    @property
    def title(self) -> str:
        """The title of the data, in the language of the page where they have one in it."""
        found = choose_language(self.tongue.names, self.about.titles)
        return make_lines_visible(self.about.titles[found] if found is not None else self.about.title)

    def choose(self, texts: Mapping[str, str]) -> str:
        """The text in the language of the page, else another one; empty where there is none."""
        return choose_text(self.tongue.names, texts) or ""

    def find_other(self, texts: Mapping[str, str]) -> str | None:
        """The language of the text that `choose` gives, where it is not that of the page."""
        if not texts or choose_language(self.tongue.lang, texts) is not None:
            return None
        return choose_language(self.tongue.names, texts) or next(iter(texts))

    def to(self, path: str, /, **parameters: str | int) -> str:
        """The address of a page, in the language that the reader has chosen."""
        given = parameters | self.tongue.kept
        return f"{path}?{urlencode(given)}" if given else path

    def keep(self) -> list[Html]:
        """What a form sends to keep the language."""
        return [tag("input", type="hidden", name=name, value=value) for name, value in self.tongue.kept.items()]

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

    def href(self, iri: str, /, **parameters: str | int) -> str:
        """The address of a thing on this server: nothing leads away from it."""
        base = self.base
        parameters |= self.tongue.kept
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
        shown = [f"{kind[0]}={quote(key)}"] if slash and kind in {"entity", "claim"} else []
        shown += [f"{name}={value}" for name, value in self.tongue.kept.items()]
        return f"/#{'&'.join(shown)}" if shown else "/"

    def call(self, term: Json) -> str:
        """The words for a term: a thing's name, else its short IRI; a value's text, harmless to the eye."""
        words = (term.get("name") or self.shorten(term["value"])) if term["type"] == "uri" else str(term["value"])
        return make_lines_visible(words)

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
        text, kind = make_lines_visible(term["value"]), term["datatype"]
        note = term["lang"] or ("" if kind in {"", XSD + "string", RDF + "langString"} else self.shorten(kind))
        return join(
            tag("span", cut_text(text, _MOST_TEXT), lang=term["lang"] or None),
            tag("span", f" {note}", class_="kind") if note else None,
        )


_IN_PATH = "/!$&'()*+,;=:@-._~%"


def find_places(data: Data, request: Request, *, taken: bool = False) -> Places:
    """The places of a server's things for who asks; *taken*: as `choose_tongue` has it. Raises HttpError."""
    return Places(about=data.about, tongue=choose_tongue(request, data.about.language, taken=taken))


def count_words(n: int, places: Places, *, many: bool) -> str:
    """A count as it is told: `1,234`, `more than 10,000`."""
    return places.tongue.word("more-than", n=f"{n:,}") if many else f"{n:,}"


def read_once(request: Request, *, taken: bool = False) -> dict[str, str]:
    """The parameters of a request, each once, without its language unless that is *taken*. Raises HttpError."""
    return take_once((name, value) for name, value in request.parameters() if taken or name != PARAMETER)


def read_page(given: Mapping[str, str], most: int) -> int:
    """The number of a page. Raises HttpError."""
    text = given.get("page", "1")
    if not (text.isascii() and text.isdigit() and len(text) < 7 and 1 <= int(text) <= most):
        raise HttpError(400, f"`page` is a number from 1 to {most:,}")
    return int(text)


def show_pages(page: int, last: int, href: Callable[[int], str], places: Places) -> Html | None:
    """Links to the page before and the next; *href* gives the address of a page. None where there is one page."""
    if last <= 1:
        return None
    word = places.tongue.word
    before = tag("a", word("previous"), href=href(page - 1), rel="prev") if page > 1 else None
    after = tag("a", word("next"), href=href(page + 1), rel="next") if page < last else None
    return tag(
        "nav",
        before,
        tag("span", word("page-of", page=f"{page:,}", last=f"{last:,}")),
        after,
        aria_label=word("list-pages"),
    )


def show_table(heads: list[str], rows: list[list[Json | None]], places: Places, caption: str) -> Html:
    """Rows of terms."""
    head = tag("tr", [tag("th", name, scope="col") for name in heads])
    lines = [tag("tr", [tag("td", "" if term is None else places.show(term)) for term in row]) for row in rows]
    table = tag("table", tag("caption", caption, class_="kind"), tag("thead", head), tag("tbody", lines))
    return tag("div", table, class_="scroll", tabindex="0", role="region", aria_label=caption)
