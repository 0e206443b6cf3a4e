"""The page of a thing: an entity, claim, source, property, class or whatever else the store speaks of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from kg.markup import Child, Html, join, tag
from kg.namespace import RDF
from kg.server.data import Data
from kg.server.explore.html import Json, Places, count_words, find_places, give_page, read_page, show_pages, show_table
from kg.server.explore.look import MOST_COUNTED, PAGE
from kg.server.explore.picture import draw_neighbours
from kg.server.http import HttpError, Reply

_MOST_PAGES = MOST_COUNTED // PAGE
_SIDES = ("of", "in", "uses")


async def give_thing(
    reply: Reply, data: Data, iri: str, namespace: str, given: Mapping[str, str], headers: Mapping[str, str]
) -> None:
    """Answer with the page of a thing, or of a part of it that the parameters name. Raises HttpError."""
    places = find_places(data)
    side, prop = _read_part(given, places)
    page = read_page(given, _MOST_PAGES)
    told: Json = await data.look("look_at", iri, side, prop, page)
    title = places.call(told["thing"])
    head: list[Child] = [tag("h1", title, lang=told["thing"]["lang"] or None)]
    if told["kinds"]:
        head.append(tag("p", join(*(places.link(kind) for kind in told["kinds"]), between=", "), class_="kind"))
    head.append(tag("p", tag("code", iri), class_="iri"))
    if side in {"of", "in"}:
        body = _show_part(told, side, places)
    elif side == "uses":
        body = [_show_uses(told, places, whole=True)]
    else:
        body = await _show_whole(told, data, places, namespace)
    if side:
        body.append(tag("p", tag("a", "The whole page", href=places.href(iri))))
    await give_page(reply, data, title, *head, *body, headers=headers, about=iri)


def _read_part(given: Mapping[str, str], places: Places) -> tuple[str, str]:
    sides = [side for side in _SIDES if side in given]
    if len(sides) > 1:
        raise HttpError(400, f"give one of: {', '.join(_SIDES)}")
    if not sides:
        return "", ""
    if sides[0] == "uses":
        return "uses", ""
    prop = places.expand(given[sides[0]])
    if prop is None:
        raise HttpError(400, f"`{sides[0]}` takes a property, by its IRI or CURIE")
    return sides[0], prop


async def _show_whole(told: Json, data: Data, places: Places, namespace: str) -> list[Child]:
    iri = told["thing"]["value"]
    body: list[Child] = []
    if told["line"]:
        body.append(tag("p", told["line"]["value"], lang=told["line"]["lang"] or None))
    if told["claim"]:
        body.append(show_claim(told["claim"], places))
    coverage = data.told.coverage.get(iri)
    if coverage is not None:
        whole = coverage.claimed + coverage.skipped + coverage.todo
        words = (
            f"Of {whole:,} sentences {coverage.claimed:,} have claims, {coverage.skipped:,} are set aside and "
            f"{coverage.todo:,} are to do; of {coverage.figures:,} figures {coverage.figures_done:,} are accounted for."
        )
        body += [tag("h2", "Coverage"), tag("p", words)]
    disputed = [one for one in data.told.disputes if iri in one.claims]
    if disputed:
        items = [tag("li", tag("a", one.matter, href=f"/disputes/{one.key}"), f" ({one.relation})") for one in disputed]
        body += [tag("h2", "In disputes"), tag("ul", items)]
    if namespace:
        terms = (await data.look("list_terms", namespace))["terms"]
        body += [tag("h2", "Terms"), tag("ul", [tag("li", show_line(one, places)) for one in terms])]
    if told["uses"]:
        body.append(_show_uses(told, places, whole=False))
    instances = [group for group in told["in"] if group["property"]["value"] == RDF + "type"]
    links = [group for group in told["in"] if group not in instances]
    if not (instances or told["claim"] or told["uses"]):
        body.append(draw_neighbours(told, places))
    body += _show_groups("Things of this class", instances, iri, "in", places)
    body += _show_groups("What is said of it", told["of"], iri, "of", places, told)
    body += _show_groups("What names it", links, iri, "in", places, told)
    return body


def _show_groups(
    title: str, groups: list[Json], iri: str, side: str, places: Places, told: Json | None = None
) -> list[Child]:
    """Statements by property: the first of each, how many there are, and where all are."""
    if not groups:
        return []
    rows = []
    for group in groups:
        prop = group["property"]
        count = count_words(group["n"], many=group["many"])
        values: list[Child] = [tag("li", places.show(value)) for value in group["values"]]
        if group["n"] > len(group["values"]):
            href = places.href(iri, **{side: places.shorten(prop["value"])})
            values.append(tag("li", tag("a", f"all {count}" if not group["many"] else count, href=href)))
        head = tag("dt", places.link(prop), tag("span", f" {count}", class_="kind"))
        rows.append(tag("div", head, tag("dd", tag("ul", values, class_="plain"))))
    out: list[Child] = [tag("h2", title), tag("dl", rows, class_="groups")]
    if told is not None and told[f"{side}_crowded"]:
        words = "properties that are neither declared nor frequent may be missing"
        out.append(tag("p", f"There are more than {MOST_COUNTED:,} in all: {words}."))
    if told is not None and told[f"{side}_left"]:
        out.append(tag("p", f"{told[f'{side}_left']:,} more properties are not shown; SPARQL gives them."))
    return out


def _show_part(told: Json, side: str, places: Places) -> list[Child]:
    """One page of the values of a property, or of the links by it."""
    group, iri = told["group"], told["thing"]["value"]
    prop = group["property"]
    words = count_words(group["n"], many=group["many"])
    title = [places.link(prop), f" — {words}"] if side == "of" else ["named by ", places.link(prop), f" — {words}"]
    items = [tag("li", places.show(value)) for value in group["values"]]
    body: list[Child] = [tag("h2", title)]
    first = (group["page"] - 1) * group["size"] + 1
    body.append(tag("ol", items, start=first) if items else tag("p", "There is nothing on this page."))
    last = -(-group["n"] // group["size"])
    body.append(
        show_pages(
            group["page"], last, lambda page: places.href(iri, **{side: places.shorten(prop["value"]), "page": page})
        )
    )
    if group["many"]:
        pattern = f"<{iri}> <{prop['value']}> ?x" if side == "of" else f"?x <{prop['value']}> <{iri}>"
        body.append(_show_rest(f"SELECT ?x {{ {pattern} }} OFFSET {MOST_COUNTED} LIMIT 100"))
    return body


def _show_rest(query: str) -> Html:
    href = f"/query?{urlencode({'query': query})}"
    return tag("p", f"The pages hold the first {MOST_COUNTED:,}; ", tag("a", "SPARQL gives the others", href=href), ".")


def _show_uses(told: Json, places: Places, *, whole: bool) -> Html:
    """Statements whose property the thing is."""
    uses, iri = told["uses"], told["thing"]["value"]
    if not uses:
        return tag("p", "No statement has it as its property.")
    words = count_words(uses["n"], many=uses["many"])
    out: list[Child] = [tag("h2", f"Statements with it — {words}")]
    out.append(show_table(["subject", "value"], uses["rows"], places, "Statements with this property"))
    if whole:
        last = -(-uses["n"] // uses["size"])
        out.append(show_pages(uses["page"], last, lambda page: places.href(iri, uses="", page=page)))
        if uses["many"]:
            out.append(_show_rest(f"SELECT ?s ?o {{ ?s <{iri}> ?o }} OFFSET {MOST_COUNTED} LIMIT 100"))
    elif uses["n"] > len(uses["rows"]):
        out.append(tag("p", tag("a", f"All {words}" if not uses["many"] else words, href=places.href(iri, uses=""))))
    return join(out)


def show_claim(claim: Json, places: Places) -> Html:
    """A claim in words, with who says it, in which mode, in which source and sentence."""

    def links(terms: list[Json]) -> Html:
        return join(*(places.show(term) for term in terms), between=", ")

    denied = any(term["value"] == "true" for term in claim["negated"])
    words: list[Child] = [
        links(claim["subject"]) or "?", " ", tag("b", "not ") if denied else None, links(claim["predicate"]), " ",
        links(claim["object"]) or "?", [" ", links(claim["unit"])] if claim["unit"] else None,
    ]  # fmt: skip
    lines: list[Child] = [tag("p", words, class_="says")]
    for label, key in (("Mode", "mode"), ("Said by", "speakers"), ("When", "when"), ("Source", "sources")):
        if claim[key]:
            lines.append(tag("p", f"{label}: ", links(claim[key])))
    lines += [
        tag(
            "p",
            "Sentence: ",
            join(*(_show_place(at, places) for at in one["at"]), between=", "),
            [[", ", links(one[key])] for key in ("voice", "saidAt", "clarity") if one[key]],
        )
        for one in claim["evidence"]
    ]
    lines.append(tag("p", tag("a", places.shorten(claim["thing"]["value"]), href=places.href(claim["thing"]["value"]))))
    return tag("article", lines, class_="card")


def _show_place(at: Json, places: Places) -> Html:
    link = places.link(at["thing"])
    if not at["sentence"]:
        return link
    return join(link, f" (paragraph {at['paragraph']}, sentence {at['sentence']})")


def show_line(one: Any, places: Places) -> Html:
    """A thing with its kinds and its line."""
    kinds = ", ".join(places.call(kind) for kind in one["kinds"])
    line = one["line"]
    return join(
        places.link(one["thing"]),
        tag("span", f" {kinds}", class_="kind") if kinds else None,
        tag("br") if line else None,
        tag("span", line["value"][:300], lang=line["lang"] or None) if line else None,
    )
