"""The disputes of a project: all of them by what they are, and each with its claims side by side."""

from __future__ import annotations

from urllib.parse import urlencode

from kg.markup import Child, tag
from kg.server.data import Data
from kg.server.explore.html import find_places, give_page, read_once, read_page, show_pages
from kg.server.explore.thing import show_claim
from kg.server.http import HttpError, Reply, Request

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
    places = find_places(data)
    claims = await data.look("claims", found.claims[:_MOST_SIDES])
    declared = "declared by the curator" if found.declared else "computed"
    body: list[Child] = [
        tag("h1", found.matter),
        tag("p", found.reason) if found.reason else None,
        tag("p", f"{found.relation} ({declared}), {len(found.claims):,} claims", class_="kind"),
        tag("div", [show_claim(claim, places) for claim in claims], class_="sides"),
    ]
    if len(found.claims) > _MOST_SIDES:
        body.append(tag("p", f"The first {_MOST_SIDES} claims."))
    await give_page(reply, data, found.matter, *body)


async def _give_list(request: Request, reply: Reply, data: Data) -> None:
    given = read_once(request)
    all_of_them = data.told.disputes
    wanted = given.get("relation", "")
    chosen = [one for one in all_of_them if not wanted or one.relation == wanted]
    last = max(1, -(-len(chosen) // _PAGE))
    page = read_page(given, last)
    counts: dict[str, int] = {}
    for one in all_of_them:
        counts[one.relation] = counts.get(one.relation, 0) + 1
    links = [
        tag("li", tag("a", name, href=f"{ROOT}?{urlencode({'relation': name})}"), f" ({n:,})")
        for name, n in counts.items()
    ]
    items = [
        tag(
            "li",
            tag("a", one.matter, href=f"{ROOT}/{one.key}"),
            f" — {one.reason}" if one.reason else None,
            tag("span", f" {one.relation}, {len(one.claims):,} claims", class_="kind"),
        )
        for one in chosen[(page - 1) * _PAGE : page * _PAGE]
    ]
    body: list[Child] = [tag("h1", "Disputes")]
    body.append(tag("ul", links) if links else tag("p", "Nothing is disputed."))
    if items:
        body += [tag("h2", wanted or "All"), tag("ol", items, start=(page - 1) * _PAGE + 1)]
    kept = {"relation": wanted} if wanted else {}
    body.append(show_pages(page, last, lambda at: f"{ROOT}?{urlencode({**kept, 'page': at})}"))
    await give_page(reply, data, "Disputes", *body)
