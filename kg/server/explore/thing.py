"""The page of a thing: an entity, claim, source, property, class or whatever else the store speaks of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from kg.rdf.namespace import RDF
from kg.server.data import Data
from kg.server.explore.html import Json, Places, count_words, find_places, give_page, read_page, show_pages, show_table
from kg.server.explore.look import MOST_COUNTED, PAGE
from kg.server.explore.picture import draw_neighbours
from kg.server.http import HttpError, Reply, Request
from kg.text.markup import Child, Html, join, tag

_MOST_PAGES = MOST_COUNTED // PAGE
_SIDES = ("of", "in", "uses")


async def give_thing(
    request: Request, reply: Reply, data: Data, iri: str, namespace: str, given: Mapping[str, str],
    headers: Mapping[str, str],
) -> None:  # fmt: skip
    """Answer with the page of a thing, or of a part of it that the parameters name. Raises HttpError."""
    places = find_places(data, request)
    word = places.tongue.word
    side, prop = _read_part(given, places)
    page = read_page(given, _MOST_PAGES)
    told: Json = await data.look("look_at", iri, side, prop, page, language=places.tongue.names)
    title = places.call(told["thing"])
    head: list[Child] = [tag("h1", title, lang=told["thing"]["lang"] or None)]
    if told["kinds"]:
        head.append(
            tag("p", join(*(places.link(kind) for kind in told["kinds"]), between=word("comma")), class_="kind")
        )
    head.append(tag("p", tag("code", iri), class_="iri"))
    if side in {"of", "in"}:
        body = _show_part(told, side, places)
    elif side == "uses":
        body = [_show_uses(told, places, whole=True)]
    else:
        body = await _show_whole(told, data, places, namespace)
    if side:
        body.append(tag("p", tag("a", word("whole-page"), href=places.href(iri))))
    await give_page(request, reply, places, title, *head, *body, headers=headers, about=iri)


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
    iri, word = told["thing"]["value"], places.tongue.word
    body: list[Child] = []
    if told["line"]:
        body.append(tag("p", told["line"]["value"], lang=told["line"]["lang"] or None))
    if told["claim"]:
        body.append(show_claim(told["claim"], places))
    coverage = data.told.coverage.get(iri)
    if coverage is not None:
        whole = coverage.claimed + coverage.skipped + coverage.todo
        words = word(
            "coverage", whole=f"{whole:,}", claimed=f"{coverage.claimed:,}", skipped=f"{coverage.skipped:,}",
            todo=f"{coverage.todo:,}", figures=f"{coverage.figures:,}", done=f"{coverage.figures_done:,}",
        )  # fmt: skip
        body += [tag("h2", word("coverage-head")), tag("p", words)]
    disputed = [one for one in data.told.disputes if iri in one.claims]
    if disputed:
        items = [
            tag("li", tag("a", places.choose(one.matter), href=places.to(f"/disputes/{one.key}")),
                word("dispute-short", relation=word(f"relations.{one.relation}")))
            for one in disputed
        ]  # fmt: skip
        body += [tag("h2", word("in-disputes")), tag("ul", items)]
    if namespace:
        terms = await data.look("list_terms", namespace, language=places.tongue.names)
        body += [tag("h2", word("terms")), tag("ul", [tag("li", show_line(one, places)) for one in terms])]
    if told["uses"]:
        body.append(_show_uses(told, places, whole=False))
    instances = [group for group in told["in"] if group["property"]["value"] == RDF + "type"]
    links = [group for group in told["in"] if group not in instances]
    if not (instances or told["claim"] or told["uses"]):
        body.append(draw_neighbours(told, places))
    body += _show_groups(word("instances"), instances, iri, "in", places)
    body += _show_groups(word("said-of"), told["of"], iri, "of", places, told)
    body += _show_groups(word("names-it"), links, iri, "in", places, told)
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
        count = count_words(group["n"], places, many=group["many"])
        values: list[Child] = [tag("li", places.show(value)) for value in group["values"]]
        if group["n"] > len(group["values"]):
            href = places.href(iri, **{side: places.shorten(prop["value"])})
            values.append(
                tag("li", tag("a", places.tongue.word("all-of", n=count) if not group["many"] else count, href=href))
            )
        head = tag("dt", places.link(prop), tag("span", f" {count}", class_="kind"))
        rows.append(tag("div", head, tag("dd", tag("ul", values, class_="plain"))))
    out: list[Child] = [tag("h2", title), tag("dl", rows, class_="groups")]
    if told is not None and told[f"{side}_crowded"]:
        out.append(tag("p", places.tongue.word("crowded", n=f"{MOST_COUNTED:,}")))
    if told is not None and told[f"{side}_left"]:
        out.append(tag("p", places.tongue.word("left", n=f"{told[f'{side}_left']:,}")))
    return out


def _show_part(told: Json, side: str, places: Places) -> list[Child]:
    """One page of the values of a property, or of the links by it."""
    group, iri = told["group"], told["thing"]["value"]
    prop = group["property"]
    words = count_words(group["n"], places, many=group["many"])
    title = (
        [places.link(prop), f" — {words}"]
        if side == "of"
        else [places.tongue.word("named-by"), places.link(prop), f" — {words}"]
    )
    items = [tag("li", places.show(value)) for value in group["values"]]
    body: list[Child] = [tag("h2", title)]
    first = (group["page"] - 1) * group["size"] + 1
    body.append(tag("ol", items, start=first) if items else tag("p", places.tongue.word("empty-page")))
    last, short = -(-group["n"] // group["size"]), places.shorten(prop["value"])
    body.append(
        show_pages(
            group["page"],
            last,
            lambda page: places.href(iri, **cast(dict[str, str | int], {side: short, "page": page})),
            places,
        )
    )
    if group["many"]:
        pattern = f"<{iri}> <{prop['value']}> ?x" if side == "of" else f"?x <{prop['value']}> <{iri}>"
        body.append(_show_rest(f"SELECT ?x {{ {pattern} }} OFFSET {MOST_COUNTED} LIMIT 100", places))
    return body


def _show_rest(query: str, places: Places) -> Html:
    word = places.tongue.word
    link = tag("a", word("sparql-rest"), href=places.to("/query", query=query))
    return tag("p", word("pages-hold", n=f"{MOST_COUNTED:,}"), link, word("stop"))


def _show_uses(told: Json, places: Places, *, whole: bool) -> Html:
    """Statements whose property the thing is."""
    uses, iri, word = told["uses"], told["thing"]["value"], places.tongue.word
    if not uses:
        return tag("p", word("no-use"))
    words = count_words(uses["n"], places, many=uses["many"])
    out: list[Child] = [tag("h2", word("uses", n=words))]
    out.append(show_table([word("subject"), word("value")], uses["rows"], places, word("uses-caption")))
    if whole:
        last = -(-uses["n"] // uses["size"])
        out.append(show_pages(uses["page"], last, lambda page: places.href(iri, uses="", page=page), places))
        if uses["many"]:
            out.append(_show_rest(f"SELECT ?s ?o {{ ?s <{iri}> ?o }} OFFSET {MOST_COUNTED} LIMIT 100", places))
    elif uses["n"] > len(uses["rows"]):
        out.append(
            tag("p", tag("a", word("all-uses", n=words) if not uses["many"] else words, href=places.href(iri, uses="")))
        )
    return join(out)


def show_claim(claim: Json, places: Places) -> Html:
    """A claim in words, with who says it, in which mode, in which source and sentence."""

    word, comma = places.tongue.word, places.tongue.word("comma")

    def links(terms: list[Json]) -> Html:
        return join(*(places.show(term) for term in terms), between=comma)

    denied = any(term["value"] == "true" for term in claim["negated"])
    words: list[Child] = [
        links(claim["subject"]) or "?", " ", tag("b", word("not")) if denied else None, links(claim["predicate"]), " ",
        links(claim["object"]) or "?", [" ", links(claim["unit"])] if claim["unit"] else None,
    ]  # fmt: skip
    lines: list[Child] = [tag("p", words, class_="says")]
    told = (key for key in ("mode", "speakers", "when", "sources") if claim[key])
    lines += [tag("p", word(key), word("colon"), links(claim[key])) for key in told]
    lines += [
        tag(
            "p",
            word("sentence"),
            word("colon"),
            join(*(_show_place(at, places) for at in one["at"]), between=comma),
            [[comma, links(one[key])] for key in ("voice", "saidAt", "clarity") if one[key]],
        )
        for one in claim["evidence"]
    ]
    lines.append(tag("p", tag("a", places.shorten(claim["thing"]["value"]), href=places.href(claim["thing"]["value"]))))
    return tag("article", lines, class_="card")


def _show_place(at: Json, places: Places) -> Html:
    link = places.link(at["thing"])
    if not at["sentence"]:
        return link
    return join(link, places.tongue.word("sentence-at", paragraph=str(at["paragraph"]), sentence=str(at["sentence"])))


def show_line(one: Any, places: Places) -> Html:
    """A thing with its kinds and its line."""
    kinds = places.tongue.word("comma").join(places.call(kind) for kind in one["kinds"])
    line = one["line"]
    return join(
        places.link(one["thing"]),
        tag("span", f" {kinds}", class_="kind") if kinds else None,
        tag("br") if line else None,
        tag("span", line["value"][:300], lang=line["lang"] or None) if line else None,
    )
