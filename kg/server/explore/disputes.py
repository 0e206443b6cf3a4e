"""The disputes of a project: all of them by what they are, and each with its claims side by side."""

from __future__ import annotations

from kg.server.data import Data
from kg.server.explore.html import Places, find_places, give_page, read_once, read_page, show_pages
from kg.server.explore.thing import show_claim
from kg.server.explore.told import ToldDispute
from kg.server.http import HttpError, Reply, Request
from kg.text.markup import Child, Html, tag

ROOT = "/disputes"
_PAGE = 50
_MOST_SIDES = 60  # claims of a page


async def give_disputes(request: Request, reply: Reply, data: Data) -> None:
    """Answer with the list of disputes, or with one of them. Raises HttpError."""
    key = request.path.removeprefix(ROOT).strip("/")
    if not key:
        await _give_list(request, reply, data)
        return
    found = next((one for one in data.told.disputes if one.key == key), None)
    if found is None:
        raise HttpError(404, f"there is nothing at {request.raw_path[:200]}")
    places = find_places(data, request)
    word = places.tongue.word
    claims = await data.look("claims", found.claims[:_MOST_SIDES], language=places.tongue.names)
    how, n = word("declared" if found.declared else "computed"), f"{len(found.claims):,}"
    matter, reason = places.choose(found.matter), places.choose(found.reason)
    body: list[Child] = [
        tag("h1", matter),
        tag("p", reason, lang=places.find_other(found.reason)) if reason else None,
        tag("p", word("dispute-claims", relation=word(f"relations.{found.relation}"), how=how, n=n), class_="kind"),
        tag("div", [show_claim(claim, places) for claim in claims], class_="sides"),
    ]
    if len(found.claims) > _MOST_SIDES:
        body.append(tag("p", word("first-claims", n=str(_MOST_SIDES))))
    await give_page(request, reply, places, matter, *body)


def _show_reason(one: ToldDispute, places: Places) -> Html | None:
    reason = places.choose(one.reason)
    words = places.tongue.word("dispute-reason", reason=reason)
    return tag("span", words, lang=places.find_other(one.reason)) if reason else None


async def _give_list(request: Request, reply: Reply, data: Data) -> None:
    given = read_once(request)
    places = find_places(data, request)
    word = places.tongue.word
    all_of_them = data.told.disputes
    wanted = given.get("relation", "")
    chosen = [one for one in all_of_them if not wanted or one.relation == wanted]
    last = max(1, -(-len(chosen) // _PAGE))
    page = read_page(given, last)
    counts: dict[str, int] = {}
    for one in all_of_them:
        counts[one.relation] = counts.get(one.relation, 0) + 1
    links = [
        tag(
            "li",
            tag("a", word(f"relations.{name}"), href=places.to(ROOT, relation=name)),
            word("count-beside", n=f"{n:,}"),
        )
        for name, n in counts.items()
    ]
    items = [
        tag(
            "li",
            tag("a", places.choose(one.matter), href=places.to(f"{ROOT}/{one.key}")),
            _show_reason(one, places),
            tag(
                "span",
                word("dispute-line", relation=word(f"relations.{one.relation}"), n=f"{len(one.claims):,}"),
                class_="kind",
            ),
        )
        for one in chosen[(page - 1) * _PAGE : page * _PAGE]
    ]
    body: list[Child] = [tag("h1", word("disputes"))]
    body.append(tag("ul", links) if links else tag("p", word("no-disputes")))
    if items:
        body += [
            tag("h2", word(f"relations.{wanted}") if wanted else word("all")),
            tag("ol", items, start=(page - 1) * _PAGE + 1),
        ]
    kept = {"relation": wanted} if wanted else {}
    body.append(show_pages(page, last, lambda at: places.to(ROOT, **kept, page=at), places))
    await give_page(request, reply, places, word("disputes"), *body)
