"""The named questions of a project as forms: their parameters, their answers, and these as files."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pyoxigraph as ox

from kg.ask.sparql import bind_parameters, write_parameters
from kg.ask.term import Term, read_term
from kg.rdf.iri import Prefixes
from kg.server.data import Data
from kg.server.explore.answers import give_file, show_answer
from kg.server.explore.html import Places, find_places, give_page, read_once, show_reason
from kg.server.explore.search import find_things
from kg.server.explore.told import ToldQuestion
from kg.server.explore.words import PARAMETER
from kg.server.http import HttpError, Reply, Request
from kg.text.diagnostic import UsageError
from kg.text.markup import Child, Html, tag

ROOT = "/questions"
_HEADER = re.compile(r"^#' .*\n", re.MULTILINE)


async def give_questions(request: Request, reply: Reply, data: Data) -> None:
    """Answer with the list of questions, or with one of them and its answer. Raises HttpError."""
    name = request.path.removeprefix(ROOT).strip("/")
    if not name:
        await _give_list(request, reply, data)
        return
    found = next((one for one in data.told.questions if one.name == name), None)
    if found is None:
        raise HttpError(404, f"there is nothing at {request.raw_path[:200]}")
    await _give_one(request, reply, data, found)


async def _give_list(request: Request, reply: Reply, data: Data) -> None:
    places = find_places(data, request)
    groups: dict[str, list[Html]] = {}
    for one in data.told.questions:
        link = tag(
            "a",
            places.choose(one.words) or one.name,
            href=places.to(f"{ROOT}/{one.name}"),
            lang=places.find_other(one.words),
        )
        groups.setdefault(places.choose(one.group), []).append(tag("li", link))
    body: list[Child] = [tag("h1", places.tongue.word("questions"))]
    for title, items in groups.items():
        body += [tag("h2", title) if title else None, tag("ul", items)]
    if not groups:
        body.append(tag("p", places.tongue.word("no-questions")))
    await give_page(request, reply, places, places.tongue.word("questions"), *body)


async def _give_one(request: Request, reply: Reply, data: Data, question: ToldQuestion) -> None:
    taken = PARAMETER in question.params
    given = read_once(request, taken=taken)
    places = find_places(data, request, taken=taken)
    form = given.pop("format", "")
    unknown = next((name for name in given if name not in question.params), None)
    if unknown is not None:
        takes = ", ".join(question.params) or "none"
        raise HttpError(400, f"the question has no parameter `{unknown[:40]}`: it takes {takes}")
    values = question.params | {name: value.strip() for name, value in given.items() if value.strip()}
    title = places.choose(question.words) or question.name
    body: list[Child] = [tag("h1", title, lang=places.find_other(question.words)), _show_form(question, values, places)]
    status = 200
    try:
        terms = {name: await _read(request, data, question, name, value) for name, value in values.items()}
        query = bind_parameters(question.query, write_parameters(terms))
        if form:
            await give_file(request, reply, data, query, form)
            return
        answer = await data.begin(query, request.url, language=places.tongue.names)
        addresses = {
            form: places.to(f"{ROOT}/{question.name}", **{**values, "format": form}) for form in ("csv", "json")
        }
        body += show_answer(answer, places, addresses)
    except HttpError as refusal:
        if form:
            raise
        status = refusal.status
        body.append(tag("div", tag("p", show_reason(str(refusal), places)), class_="card wrong", role="alert"))
    source = tag(
        "details",
        tag("summary", places.tongue.word("the-query")),
        tag("pre", _HEADER.sub("", question.query), tabindex="0"),
    )
    await give_page(request, reply, places, title, *body, source, status=status)


def _show_form(question: ToldQuestion, values: Mapping[str, str], places: Places) -> Html | None:
    if not question.params:
        return None
    fields = [
        tag("label", f"{name} ", tag("input", name=name, value=values[name], maxlength=500)) for name in question.params
    ]
    return tag("form", places.keep(), fields, tag("button", places.tongue.word("ask"), type="submit"), class_="fields")


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
