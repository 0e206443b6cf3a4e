"""The page at which one writes a query: what is wrong with it at its place, its answer as a table and as files."""

from __future__ import annotations

import json
import re

from kg.ask.sparql import LONGEST
from kg.server.data import Data
from kg.server.explore.answers import give_file, show_answer
from kg.server.explore.html import Places, find_places, give_page, read_once, show_reason
from kg.server.http import HttpError, Reply, Request
from kg.text.markup import Child, Html, join, tag

ROOT = "/query"
_PLACE = re.compile(r"query:(\d+):(\d+): (.*)", re.DOTALL)
_FIRST = "SELECT ?class (COUNT(?thing) AS ?things) {\n  ?thing a ?class\n}\nGROUP BY ?class\nLIMIT 100"


async def give_query(request: Request, reply: Reply, data: Data) -> None:
    """Answer with the page of a query. Raises HttpError."""
    given = read_once(request)
    places = find_places(data, request)
    query, form = given.get("query", ""), given.get("format", "")
    if form:
        await give_file(request, reply, data, query, form)
        return
    found: list[Child] = []
    status = 200
    if query.strip():
        try:
            answer = await data.begin(query, request.url, language=places.tongue.names)
            addresses = {form: places.to(ROOT, query=query, format=form) for form in ("csv", "json", "ttl")}
            found = show_answer(answer, places, addresses)
        except HttpError as refusal:
            status = refusal.status
            found = [_show_refusal(query, str(refusal), places)]
    title = places.tongue.word("query")
    body = [tag("h1", title), _show_form(query or _FIRST, places), *found, _show_prefixes(places)]
    await give_page(request, reply, places, title, *body, script="query.js", status=status)


def _show_form(query: str, places: Places) -> Html:
    word = places.tongue.word
    lines = min(30, max(8, query.count("\n") + 2))
    area = tag(
        "textarea",
        Html("\n"),  # the first line end of a text area is no part of it
        query,
        id="query",
        name="query",
        rows=lines,
        maxlength=LONGEST,
        spellcheck="false",
        autocapitalize="off",
        autocomplete="off",
        aria_describedby="query-help",
        data_prefixes=json.dumps(sorted(places.prefixes), ensure_ascii=False),
        data_keys=word("query-keys"),
        data_prefix=word("prefix"),
        data_lang=places.tongue.lang,
    )
    return tag(
        "form",
        places.keep(),
        tag("label", "SPARQL", for_="query"),
        area,
        tag("ul", id="offers", class_="offers", role="listbox", aria_label=word("completions"), hidden=""),
        tag("p", word("query-help"), id="query-help", class_="kind"),
        tag("button", word("ask"), type="submit"),
        action=ROOT,
    )


def _show_refusal(query: str, words: str, places: Places) -> Html:
    """Why a query was not answered; where that has a place, its line with the place marked."""
    placed = _PLACE.match(words)
    if placed is None:
        return tag("div", tag("p", show_reason(words, places)), class_="card wrong", role="alert")
    line, column = int(placed[1]), int(placed[2])
    text = (query.split("\n")[line - 1 : line] or [""])[0].rstrip("\r")
    before, here, after = text[: column - 1], text[column - 1 : column] or " ", text[column:]
    quoted = tag("pre", before[-200:], tag("mark", here), after[:200], tabindex="0")
    place = tag(
        "p",
        tag("b", places.tongue.word("place", line=str(line), column=str(column))),
        tag("span", placed[3], lang="en"),
    )
    return tag("div", place, quoted, class_="card wrong", role="alert", id="wrong", data_line=line, data_column=column)


def _show_prefixes(places: Places) -> Html | None:
    if not places.prefixes:
        return None
    rows = [tag("li", tag("code", f"{name}: {iri}")) for name, iri in sorted(places.prefixes.items())]
    return join(tag("h2", places.tongue.word("prefixes")), tag("ul", rows, class_="plain"))
