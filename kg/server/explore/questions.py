"""The named questions of a project as forms: their parameters, their answers, and these as files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlencode

import pyoxigraph as ox

from kg.diagnostic import UsageError
from kg.iri import Prefixes
from kg.language import choose_text
from kg.markup import Child, Html, tag
from kg.question import read_term
from kg.server.data import Data
from kg.server.explore.answers import give_file, show_answer
from kg.server.explore.html import give_page, read_once
from kg.server.explore.search import find_things
from kg.server.explore.told import ToldQuestion
from kg.server.http import HttpError, Reply, Request
from kg.sparql import bind_parameters
from kg.store import Term

ROOT = "/questions"
_MOST_ROWS = 1_000
_HEADER = re.compile(r"^#' .*\n", re.MULTILINE)


async def give_questions(request: Request, reply: Reply, data: Data) -> None:
    """Answer with the list of questions, or with one of them and its answer. Raises HttpError."""
    name = request.path.removeprefix(ROOT).strip("/")
    if not name:
        await _give_list(reply, data)
        return
    found = next((one for one in data.told.questions if one.name == name), None)
    if found is None:
        raise HttpError(404, f"there is nothing at {request.raw_path[:200]}")
    await _give_one(request, reply, data, found)


async def _give_list(reply: Reply, data: Data) -> None:
    language = data.about.language
    groups: dict[str, list[Html]] = {}
    for one in data.told.questions:
        link = tag("a", choose_text(language, one.words) or one.name, href=f"{ROOT}/{one.name}")
        groups.setdefault(choose_text(language, one.group) or "", []).append(tag("li", link))
    body: list[Child] = [tag("h1", "Questions")]
    for title, items in groups.items():
        body += [tag("h2", title) if title else None, tag("ul", items)]
    if not groups:
        body.append(tag("p", "No question is named here; SPARQL asks any."))
    await give_page(reply, data, "Questions", *body)


async def _give_one(request: Request, reply: Reply, data: Data, question: ToldQuestion) -> None:
    given = read_once(request)
    form = given.pop("format", "")
    unknown = next((name for name in given if name not in question.params), None)
    if unknown is not None:
        takes = ", ".join(question.params) or "none"
        raise HttpError(400, f"the question has no parameter `{unknown[:40]}`: it takes {takes}")
    values = question.params | {name: value.strip() for name, value in given.items() if value.strip()}
    title = choose_text(data.about.language, question.words) or question.name
    body: list[Child] = [tag("h1", title), _show_form(question, values)]
    status = 200
    try:
        terms = {name: await _read(request, data, question, name, value) for name, value in values.items()}
        query = bind_parameters(question.query, {name: str(term) for name, term in terms.items()})
        if form:
            await give_file(request, reply, data, query, form)
            return
        answer = await data.begin(query, request.url, _MOST_ROWS)
        addresses = {
            form: f"{ROOT}/{question.name}?{urlencode({**values, 'format': form})}" for form in ("csv", "json")
        }
        body += show_answer(answer, data, addresses, most=_MOST_ROWS)
    except HttpError as refusal:
        if form:
            raise
        status = refusal.status
        body.append(tag("div", tag("p", str(refusal)), class_="card wrong", role="alert"))
    source = tag("details", tag("summary", "The query"), tag("pre", _HEADER.sub("", question.query), tabindex="0"))
    await give_page(reply, data, title, *body, source, status=status)


def _show_form(question: ToldQuestion, values: Mapping[str, str]) -> Html | None:
    if not question.params:
        return None
    fields = [
        tag("label", f"{name} ", tag("input", name=name, value=values[name], maxlength=500)) for name in question.params
    ]
    return tag("form", fields, tag("button", "Ask", type="submit"), class_="fields")


async def _read(request: Request, data: Data, question: ToldQuestion, name: str, value: str) -> Term:
    """The term that a parameter is given: where it stands for a thing, a name of one will do. Raises HttpError."""
    prefixes = Prefixes(namespaces=data.about.prefixes)
    try:
        term = read_term(value, prefixes)
        if isinstance(term, ox.NamedNode) or not isinstance(read_term(question.params[name], prefixes), ox.NamedNode):
            return term
    except UsageError as error:
        raise HttpError(400, f"`{name}`: {error}") from None
    found = await find_things(request, data, value)
    if found["iris"] and (len(found["iris"]) == 1 or found.get("by", [""])[0].casefold() == value.casefold()):
        return ox.NamedNode(found["iris"][0])
    near = ", ".join(prefixes.compress(iri) or f"<{iri}>" for iri in found["iris"][:5])
    raise HttpError(
        400,
        f"`{name}` stands for a thing, and `{value[:100]}` is no name of one"
        + (f": did you mean {near}?" if near else ""),
    )
