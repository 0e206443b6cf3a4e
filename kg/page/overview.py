"""The overview of a graph too large for one page: counts, communities, differences, the most central things.

It is HTML and SVG; a script, where there is a story, searches the names of all things and lists the claims of one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kg.dispute import Outcome
from kg.model import Claim
from kg.ontology.vocabulary import local_name
from kg.page.asset import join_scripts, join_styles, pack, write_policy
from kg.page.central import MOST_CENTRAL, Member, build_index, rank_members, show_central
from kg.page.drawing import HEIGHT, WIDTH, Area
from kg.page.findings import MOST_SIDES, find_contrasts, find_findings, source_names
from kg.page.html import Child, Html, join, tag
from kg.page.lanes import build_lanes
from kg.page.payload import write_json
from kg.page.records import record_claims
from kg.page.style import AREA_COLOURS, FAMILIES
from kg.page.svg import Disc, draw_discs
from kg.page.text import clean
from kg.page.views.disputes import show_disputes
from kg.page.views.lanes import draw_definitions, show_lanes
from kg.page.views.say import Say
from kg.quad import Quad
from kg.story import Story
from kg.view import Link, OfQuestion, place_discs, select_part
from kg.view.census import Census, Difference, take_census

MOST_DISPUTES = 24  # of contradictions, and of questions, that have a card
STYLES = (
    "base.css",
    "lead.css",
    "network.css",
    "lanes.css",
    "things.css",
    "questions.css",
    "overview.css",
    "narrow.css",
)
SCRIPTS = ("dom.js", "match.js", "searchbox.js", "overview.js")
MOST_LISTED = 1000  # classes and properties that are listed; beyond, their number is said


def render_overview(quads: Iterable[Quad], *, title: str, lang: str = "en", story: Story | None = None) -> str:
    """An overview of the graph of *quads* as one HTML text, the same for the same quads; one pass over them.

    Every class and property is counted as the graph has it, every difference is counted; what is left out is
    said in words. A graph of a million claims gives less than 2 MB. With the *story* of the graph, what disagrees is
    what a build counts, the questions that most sources answer differently have their lanes, the names of all things
    can be searched, and every claim of the MOST_CENTRAL most central things is in the file.
    """
    census = take_census(quads)
    disputes = find_disputes(story, lang) if story is not None else None
    members = rank_members(story, census.ranking) if story is not None else ()
    keys = {story.names.entity(m.entity.key).value: m.entity.key for m in members} if story is not None else {}
    index = pack(write_json(build_index(members, story, lang))) if story is not None else None
    script = join_scripts(SCRIPTS) if index else None
    style = join_styles(STYLES)
    head = tag(
        "head",
        tag("meta", http_equiv="Content-Security-Policy", content=write_policy([script] if script else [], style)),
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", clean(title)),
        tag("style", Html(style)),
    )
    titles = tag("div", tag("h1", clean(title)), _count(census, disputes), class_="titles")
    body = tag(
        "body",
        tag("header", titles, _show_search() if script else None),
        tag("main", *_show_census(census, disputes, members, Namer(census=census, keys=keys)), class_="sheets"),
        tag("script", index, type="text/plain", id="things") if index else None,
        tag("script", Html(script)) if script else None,
    )
    return f"<!DOCTYPE html>\n{tag('html', head, body, lang=lang)}\n"


def _show_search() -> Html:
    """The box to search in, which is there where the script runs."""
    hint = "Search the names of all things"
    box = tag("input", id="search", type="search", autocomplete="off", spellcheck="false", role="combobox",
              aria_expanded="false", aria_controls="hits", aria_autocomplete="list", aria_label=hint,
              placeholder="Search all names …")  # fmt: skip
    hits = tag("ul", id="hits", role="listbox", aria_label=hint, hidden="")
    nothing = tag("p", id="nothing", role="status", class_="unseen")
    return tag("div", tag("div", box, hits, nothing, class_="search"), class_="tools scripted", role="search")


def _name(iri: str, census: Census) -> str:
    return clean(census.labels.get(iri) or local_name(iri) or iri)


@dataclass(frozen=True, kw_only=True)
class Namer:
    """Names the things of a *census*: those that have a key in *keys* (by IRI) as a link that opens them."""

    census: Census
    keys: Mapping[str, str]

    def name(self, iri: str) -> Html:
        name, key = _name(iri, self.census), self.keys.get(iri)
        return tag("a", name, href=f"#e={key}") if key else join(name)

    def names(self, iris: Iterable[str]) -> Html:
        return tag("p", join(*map(self.name, iris), between=" · "))


@dataclass(frozen=True, kw_only=True)
class Disputes:
    """What disagrees in a large graph: the *counts* of a build in words, the *cards* of what most sources speak of."""

    counts: str
    cards: Html


def find_disputes(story: Story, lang: str) -> Disputes:
    """All disputes of a story, counted; of them the lanes and cards of those with most sources."""
    conflicts = [c for c in story.comparisons if c.relation is Outcome.CONFLICT]

    def weight(claims: Sequence[Claim]) -> tuple[int, int, str]:
        return (-len({claim.source for claim in claims}), -len(claims), claims[0].id)

    chosen = [c.claims for c in sorted(conflicts, key=lambda c: weight(c.claims))[:MOST_DISPUTES]]
    chosen += [q.claims for q in sorted(story.open_questions, key=lambda q: weight(q.claims))[:MOST_DISPUTES]]
    ids = tuple(sorted({claim.id for claims in chosen for claim in claims[:MOST_SIDES]}))
    part = replace(story, seeds=select_part(story.seeds, OfQuestion(name="disputes", claims=ids)))
    records = record_claims(part, texts=False)
    findings = find_findings(records, part)
    say = Say(lang=lang, story=part, records=records, sources=source_names(part.seeds), places="e")
    cards = [show_lanes(build_lanes(findings, records, part), say), show_disputes(find_contrasts(records), say)]
    counted = Counter(c.relation for c in story.comparisons)
    counts = ", ".join(
        (
            _say_count(len(conflicts), "contradiction"),
            f"{_say_count(len(story.open_questions), 'question')} answered differently",
            _say_count(counted[Outcome.DEVELOPMENT], "later count"),
            f"{_say_count(counted[Outcome.KIND], 'matter')} said in different ways",
            f"{counted[Outcome.MEASURE]:,} counted differently",
        )
    )
    return Disputes(counts=counts, cards=tag("div", draw_definitions(), *cards, class_="disputes"))


def _say_count(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def _count(census: Census, disputes: Disputes | None) -> Html:
    differing = disputes.counts if disputes else _say_count(census.difference_count, "difference")
    return tag(
        "p",
        f"{_say_count(census.things, 'thing')}, {_say_count(census.claims, 'claim')} from "
        f"{_say_count(census.sources, 'source')}, {_say_count(census.relations, 'relation')}, "
        f"{_say_count(census.quads, 'statement')}; {differing}.",
        id="lead",
    )


def _show_census(census: Census, disputes: Disputes | None, members: Sequence[Member], namer: Namer) -> Iterator[Html]:
    """The parts of the overview, one after the other."""
    if members:
        yield tag("article", id="found", tabindex=-1, hidden="", aria_label="The thing that was found")
    shown = min(len(members), MOST_CENTRAL)
    left = f"the claims of the other {len(members) - shown:,} things" if members else "the single claims"
    yield tag(
        "p",
        "This graph is too large to be drawn whole. Counted here is all of it; shown are "
        f"{len(census.communities)} of {census.community_count:,} communities, the disputes that most sources speak "
        f"of, {f'every claim of the {shown} most central things, ' if members else ''}and the most central things of "
        f"each class. Left out are {left}: ask for them with ",
        tag("code", "kg query"),
        ", or draw a part with ",
        tag("code", "kg export html --around ENTITY"),
        ".",
        class_="left-out",
    )
    if disputes:
        yield disputes.cards
    regions = draw_regions(census)
    if regions:
        lead = "A circle's area is the number of things in it; its name is that of its most central ones. "
        yield _section("regions", "Communities", Html(regions), lead=f"{lead}Lines are relations between communities.")
    if disputes is None:
        yield _show_differences(census)
    if members:
        title = join("The most central things ", tag("span", f"{shown} of {len(members):,}", class_="count"))
        told = "By PageRank over relations in either direction. Each opens to every claim about it, "
        unscripted = tag("noscript", tag("p", "The claims open where scripts run; ", tag("code", "kg show NAME"),
                                         " lists them too.", class_="lead"))  # fmt: skip
        yield _section(
            "things",
            title,
            unscripted,
            show_central(members, "en"),
            lead=f"{told}what it says of others, and what was said there.",
        )
    articles = [
        tag("article", _heading(_name(tally.iri, census), tally.count), namer.names(members))
        for tally, members in census.central
    ]
    yield _section("central", "The most central things of each class", tag("div", articles, class_="groups"),
                   lead="By PageRank over relations in either direction.")  # fmt: skip
    yield _section("counts", "Classes and properties", tag("div", _show_tallies(census), class_="columns"))
    articles = [
        tag(
            "article",
            _heading(namer.name(c.members[0]), c.size),
            namer.names(c.members[1:]),
            tag("p", ", ".join(f"{_name(t.iri, census)} {t.count:,}" for t in c.classes)),
            id=f"community-{number}",
        )
        for number, c in enumerate(census.communities, 1)
    ]
    yield _section("groups", "Communities, one by one", tag("div", articles, class_="groups"))


def _section(name: str, title: Child, *children: Child, lead: str | None = None) -> Html:
    heading = tag("h2", title, id=f"{name}-name")
    told = tag("p", lead, class_="lead") if lead else None
    return tag("section", heading, told, *children, aria_labelledby=f"{name}-name")


def _heading(name: Child, count: int) -> Html:
    return tag("h3", name, " ", tag("span", f"{count:,}", class_="count"))


def _table(heads: Sequence[str], rows: Iterable[Child], **attributes: str) -> Html:
    head = tag("thead", tag("tr", [tag("th", text, scope="col") for text in heads]))
    return tag("div", tag("table", head, tag("tbody", rows)), class_="scroll", tabindex=0, role="group", **attributes)


def _show_differences(census: Census) -> Html:
    title = join("Differences ", tag("span", f"{census.difference_count:,}", class_="count"))
    if not census.differences:
        return _section(
            "differences", title, lead="No differences are declared, and no functional property has two values."
        )

    def value(difference: Difference, number: int) -> Html:
        said = _name(difference.objects[number], census)
        return (
            join(tag("s", said), " ", tag("em", "denied", class_="denied")) if difference.denied[number] else join(said)
        )

    rows = [
        tag(
            "tr",
            tag("th", _name(d.subject, census), scope="row"),
            tag("td", _name(d.predicate, census)),
            tag("td", join(*(value(d, n) for n in range(len(d.objects))), between=" ≠ ")),
            tag("td", d.kind),
            tag("td", str(d.sources), class_="number"),
            tag("td", [join(tag("code", c.rpartition("/")[2]), " ") for c in d.claims]),
        )
        for d in census.differences
    ]
    heads = ("Subject", "Property", "Values", "They differ in", "Sources", "Claims")
    return _section("differences", title, _table(heads, rows, aria_labelledby="differences-name"))


def _show_tallies(census: Census) -> Iterator[Html]:
    for caption, tallies, unit in (
        ("Classes", census.classes, "members"),
        ("Properties", census.properties, "statements"),
        ("Modes", census.modes, "claims"),
    ):
        rows = [
            tag(
                "tr",
                tag("th", tag("span", _name(t.iri, census), title=t.iri), scope="row"),
                tag("td", f"{t.count:,}", class_="number", data_iri=t.iri, data_count=t.count),
            )
            for t in tallies[:MOST_LISTED]
        ]
        more = f"and {len(tallies) - MOST_LISTED:,} more with fewer" if len(tallies) > MOST_LISTED else None
        told = tag("p", more, class_="lead") if more else None
        if tallies:
            yield tag("div", _table((f"{caption} ({len(tallies):,})", unit), rows, aria_label=caption), told)


def draw_regions(census: Census) -> str:
    """The communities as circles whose area is their size, named by their most central things."""
    if not census.communities:
        return ""
    width, height = round(WIDTH * 1.35), round(HEIGHT * 1.5)
    sizes = [community.size for community in census.communities]
    links = {(i, j): n for i, j, n in census.links}
    places = place_discs(sizes, links, width=width, height=height, least=32)
    discs = []
    for number, (community, place) in enumerate(zip(census.communities, places, strict=True), 1):
        family = FAMILIES[(number - 1) % AREA_COLOURS]
        area = Area(key="", x=place.x, y=place.y, radius=place.radius, members=community.members, family=family)
        names = {member: _name(member, census) for member in community.members}
        discs.append(
            Disc(name=f"disc-{number}", x=place.x, y=place.y, radius=place.radius, count=community.size, family=family,
                 address=f"community-{number}", words={"wide": area.word(names, 14)})
        )  # fmt: skip
    strong = sorted(links, key=lambda pair: (-links[pair], pair))[: 3 * len(discs)]
    drawn = draw_discs(
        discs, [Link(first=i, second=j, count=links[i, j]) for i, j in strong], {"wide": 14}, lang="en", grow=1.2
    )
    return f'<svg id="regions" viewBox="0 0 {width} {height}" role="group" aria-labelledby="regions-name">{drawn}</svg>'
