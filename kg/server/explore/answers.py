"""Answers as tables of links, and as files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kg.server.data import Data
from kg.server.explore.begun import MOST_ROWS
from kg.server.explore.html import Places, show_table
from kg.server.explore.picture import draw_answer
from kg.server.http import HttpError, Reply, Request
from kg.text.markup import Child, join, tag

_FILES = {
    "csv": ("text/csv; charset=utf-8", "csv"),
    "json": ("application/sparql-results+json", "json"),
    "ttl": ("text/turtle; charset=utf-8", "ttl"),
}
_OF_ROWS, _OF_GRAPHS = ("csv", "json"), ("ttl",)


def show_answer(answer: Any, places: Places, addresses: Mapping[str, str]) -> list[Child]:
    """An answer as `kg.server.explore.begun` tells it; *addresses* are where it is as a file, by format."""
    word = places.tongue.word
    if answer["kind"] == "truth":
        return [
            tag("h2", word("answer")), tag("p", word("yes" if answer["value"] else "no"), class_="says", role="status")
        ]  # fmt: skip
    n = len(answer["rows"])
    unit = "triples" if answer["kind"] == "triples" else "rows"
    words = word(f"{unit}-first", n=f"{MOST_ROWS:,}") if answer["more"] else places.tongue.count(unit, n)
    offered = _OF_GRAPHS if answer["kind"] == "triples" else _OF_ROWS
    links = [tag("a", form.upper() if form != "ttl" else "Turtle", href=addresses[form], download="")
             for form in offered if form in addresses]  # fmt: skip
    out: list[Child] = [tag("h2", word("answer")), tag("p", words, role="status")]
    if links:
        out.append(tag("p", word("all-of-it"), join(*links, between=word("comma"))))
    if answer["kind"] == "triples":
        out.append(draw_answer(answer["picture"], places))
    if n:
        heads = [word(head) for head in answer["heads"]] if unit == "triples" else answer["heads"]
        out.append(show_table(heads, answer["rows"], places, word("answer")))
    return out


async def give_file(request: Request, reply: Reply, data: Data, query: str, form: str) -> None:
    """Answer with all of an answer, as a file. Raises HttpError."""
    if form not in _FILES:
        raise HttpError(400, f"`format` is one of {', '.join(_FILES)}")
    media, name = _FILES[form]
    is_graph = form in _OF_GRAPHS
    payload = data.write_query(query, **{"graph" if is_graph else "rows": name}) | {"base": request.url}
    headers = {"content-disposition": f'attachment; filename="answer.{name}"', "cache-control": "no-cache"}
    await data.answer(request, reply, b"Q", payload, {is_graph: media}, headers)
