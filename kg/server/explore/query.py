"""The page at which one writes a query: what is wrong with it at its place, its answer as a table and as files."""

from __future__ import annotations

import json
import re
from urllib.parse import urlencode

from kg.markup import Child, Html, join, tag
from kg.server.data import Data
from kg.server.explore.answers import give_file, show_answer
from kg.server.explore.html import give_page, read_once
from kg.server.http import HttpError, Reply, Request
from kg.sparql import LONGEST

ROOT = "/query"
_MOST_ROWS = 1_000
_PLACE = re.compile(r"query:(\d+):(\d+): (.*)", re.DOTALL)
_FIRST = "SELECT ?class (COUNT(?thing) AS ?things) {\n  ?thing a ?class\n}\nGROUP BY ?class\nLIMIT 100"


async def give_query(request: Request, reply: Reply, data: Data) -> None:
    """Answer with the page of a query. Raises HttpError."""
    given = read_once(request)
    query, form = given.get("query", ""), given.get("format", "")
    if form:
        await give_file(request, reply, data, query, form)
        return
    found: list[Child] = []
    status = 200
    if query.strip():
        try:
            answer = await data.begin(query, request.url, _MOST_ROWS)
            addresses = {
                form: f"{ROOT}?{urlencode({'query': query, 'format': form})}" for form in ("csv", "json", "ttl")
            }
            found = show_answer(answer, data, addresses, most=_MOST_ROWS)
        except HttpError as refusal:
            status = refusal.status
            found = [_show_refusal(query, str(refusal))]
    body = [tag("h1", "Query"), _show_form(query or _FIRST, data), *found, _show_prefixes(data)]
    await give_page(reply, data, "Query", *body, script="query.js", status=status)


def _show_form(query: str, data: Data) -> Html:
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
        data_prefixes=json.dumps(sorted(data.about.prefixes), ensure_ascii=False),
    )
    return tag(
        "form",
        tag("label", "SPARQL", for_="query"),
        area,
        tag("ul", id="offers", class_="offers", role="listbox", aria_label="Completions", hidden=""),
        tag("p", "The prefixes below are known and need not be declared.", id="query-help", class_="kind"),
        tag("button", "Ask", type="submit"),
        action=ROOT,
    )


def _show_refusal(query: str, words: str) -> Html:
    """Why a query was not answered; where that has a place, its line with the place marked."""
    placed = _PLACE.match(words)
    if placed is None:
        return tag("div", tag("p", words), class_="card wrong", role="alert")
    line, column = int(placed[1]), int(placed[2])
    text = (query.split("\n")[line - 1 : line] or [""])[0].rstrip("\r")
    before, here, after = text[: column - 1], text[column - 1 : column] or " ", text[column:]
    quoted = tag("pre", before[-200:], tag("mark", here), after[:200], tabindex="0")
    place = tag("p", tag("b", f"Line {line}, column {column}: "), placed[3])
    return tag("div", place, quoted, class_="card wrong", role="alert", id="wrong", data_line=line, data_column=column)


def _show_prefixes(data: Data) -> Html | None:
    if not data.about.prefixes:
        return None
    rows = [tag("li", tag("code", f"{name}: {iri}")) for name, iri in sorted(data.about.prefixes.items())]
    return join(tag("h2", "Prefixes"), tag("ul", rows, class_="plain"))
