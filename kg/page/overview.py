"""The overview of a graph too large for one page: counts, communities, differences, the most central things.

It is HTML and SVG; a script, where there is a story, searches the names of all things and lists the claims of one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kg.graph.dispute import Outcome
from kg.graph.stated import Contradiction
from kg.graph.story import Story
from kg.model.nouns import Claim, Dataset, Mode
from kg.page.asset import join_scripts, join_styles, pack, write_document
from kg.page.central import MOST_CENTRAL, Central, build_index, keep_worded, rank_members, show_central
from kg.page.findings import MOST_SIDES, find_contrasts, find_findings, source_names
from kg.page.lanes import build_lanes
from kg.page.payload import write_json
from kg.page.picture.drawing import HEIGHT, LANGUAGES, WIDTH, Area
from kg.page.picture.svg import DrawnDisc, draw_discs
from kg.page.records import record_claims
from kg.page.style import AREA_COLOURS, FAMILIES
from kg.page.text import clean
from kg.page.views.about import show_about
from kg.page.views.disputes import show_disputes
from kg.page.views.lanes import draw_definitions, show_lanes
from kg.page.views.say import Say
from kg.page.words import load_words
from kg.rdf.iri import local_name
from kg.rdf.namespace import KG
from kg.rdf.quad import Quad
from kg.text.language import choose_text
from kg.text.markup import Child, Html, join, tag
from kg.view import OfQuestion, RegionLink, place_discs, select_part
from kg.view.census import Census, ClaimDifference, take_census

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
SCRIPTS = ("dom.js", "figures.js", "match.js", "searchbox.js", "overview.js")
MOST_LISTED = 1000  # classes and properties that are listed; beyond, their number is said


def render_overview(
    quads: Iterable[Quad],
    *,
    title: str,
    lang: str = "en",
    story: Story | None = None,
    table_conflicts: Sequence[Contradiction] = (),
) -> str:
    """An overview of the graph of *quads* as one HTML text, the same for the same quads; one pass over them.

    Every class and property is counted as the graph has it, every difference is counted; what is left out is
    said in words. A graph of a million claims gives less than 2 MB. With the *story* of the graph, what disagrees is
    what a build counts, *table_conflicts* (where rows of tables contradict facts) among it, the questions that most
    sources answer differently have their lanes, the names of all things can be searched, every claim of the
    MOST_CENTRAL most central things is in the file, and a script turns to the other language; *lang* is that of the
    page as it opens.
    """
    census = take_census(quads)
    members = rank_members(story, census.ranking) if story is not None else ()
    namers = {tongue: _make_namer(census, members, story, tongue) for tongue in (LANGUAGES if story else (lang,))}
    titles = {tongue: title_of(story.seeds.dataset, tongue) if story else title for tongue in namers}
    titles[lang] = title
    bodies = {
        tongue: _show_body(
            census,
            find_disputes(story, tongue, len(table_conflicts)) if story else None,
            members,
            namer,
            titles[tongue],
            about=show_about(story.seeds.dataset, tongue) if story else None,
        )
        for tongue, namer in namers.items()
    }
    held: dict[str, str] = {}
    if story is not None:
        for tongue in namers:
            index = build_index(members, story, tongue) | {"title": titles[tongue]}
            if tongue != lang:
                index = keep_worded(index)
            held["things" if tongue == lang else f"things-{tongue}"] = pack(write_json(index))
            if tongue != lang:
                held[f"page-{tongue}"] = pack(bodies[tongue])
    script = join_scripts(SCRIPTS) if held else ""
    return write_document(
        bodies[lang],
        title=clean(title),
        lang=lang,
        style=join_styles(STYLES),
        held=held,
        scripts=[script] if script else [],
        start=script,
    )


def title_of(dataset: Dataset, lang: str) -> str:
    """The title of a data set in this language, else in the first that there is."""
    titles = {t.lang: clean(t.text) for t in dataset.title}
    return choose_text(lang, titles) or dataset.base


def _show_body(
    census: Census,
    disputes: Disputes | None,
    members: Sequence[Central],
    namer: Namer,
    title: str,
    *,
    about: Html | None,
) -> Html:
    """Header and main part in one language."""
    titles = tag("div", tag("h1", clean(title)), _count(census, disputes, namer.lang), class_="titles")
    return join(
        tag("header", titles, _show_search(namer.lang) if members else None),
        tag("main", *_show_census(census, disputes, members, namer), about, class_="sheets"),
    )


def _say(key: str, lang: str, **names: str) -> str:
    """A text of the overview."""
    return load_words().fill(f"overview.{key}", lang, **names)


def _show_search(lang: str) -> Html:
    """The box to search in, which is there where the script runs, and the way to the other language."""
    hint = _say("search-hint", lang)
    box = tag("input", id="search", type="search", autocomplete="off", spellcheck="false", role="combobox",
              aria_expanded="false", aria_controls="hits", aria_autocomplete="list", aria_label=hint,
              placeholder=_say("search", lang))  # fmt: skip
    hits = tag("ul", id="hits", role="listbox", aria_label=hint, hidden="")
    nothing = tag("p", id="nothing", role="status", class_="unseen")
    turn = tag("button", load_words().get("language", lang), id="language", type="button",
               lang="en" if lang == "zh" else "zh")  # fmt: skip
    return tag("div", tag("div", box, hits, nothing, class_="search"), turn, class_="tools scripted", role="search")


@dataclass(frozen=True, kw_only=True)
class Namer:
    """Names what a census counts in the words of *lang*: a thing that has a key in *keys* (by IRI) as a link to it.

    *labels* are those of things, classes and properties that the story knows; of others the census has them.
    """

    lang: str
    census: Census
    keys: Mapping[str, str]
    labels: Mapping[str, str]

    def word(self, iri: str) -> str:
        return clean(self.labels.get(iri) or self.census.labels.get(iri) or local_name(iri) or iri)

    def name(self, iri: str) -> Html:
        key = self.keys.get(iri)
        return tag("a", self.word(iri), href=f"#e={key}") if key else join(self.word(iri))

    def names(self, iris: Iterable[str]) -> Html:
        return tag("p", join(*map(self.name, iris), between=" · "))


def _make_namer(census: Census, members: Sequence[Central], story: Story | None, lang: str) -> Namer:
    if story is None:
        return Namer(lang=lang, census=census, keys={}, labels={})
    vocabulary = story.vocabulary
    labels = {cls.iri: cls.labels[lang] for cls in vocabulary.classes.values() if lang in cls.labels}
    labels |= {one.iri: one.labels[lang] for one in vocabulary.properties.values() if lang in one.labels}
    modes = {f"{KG}{mode.value.capitalize()}": load_words().get(f"modes.{mode}", lang) for mode in Mode}
    things = {story.names.entity(m.entity.key).value: m.entity for m in members}
    return Namer(
        lang=lang,
        census=census,
        keys={iri: entity.key for iri, entity in things.items()},
        labels=labels | modes | {iri: entity.label(lang) for iri, entity in things.items()},
    )


@dataclass(frozen=True, kw_only=True)
class Disputes:
    """What disagrees in a large graph: the *counts* of a build in words, the *cards* of what most sources speak of."""

    counts: str
    cards: Html


def find_disputes(story: Story, lang: str, by_tables: int) -> Disputes:
    """All disputes of a story, counted, with those *by_tables*; the lanes and cards of those with most sources."""
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
    left = sum(max(0, len(claims) - MOST_SIDES) for claims in chosen)
    cards = [
        tag("p", _count_word("sides-left", left, lang), class_="lead") if left else None,
        show_lanes(build_lanes(findings, records, part), say),
        show_disputes(find_contrasts(records), say),
    ]
    counted = Counter(c.relation for c in story.comparisons)
    told = {
        "contradictions": len(conflicts),
        "contradicted": len(story.contradictions) + by_tables,
        "open": len(story.open_questions),
        "later": counted[Outcome.DEVELOPMENT],
        "kinds": counted[Outcome.KIND],
        "measures": counted[Outcome.MEASURE],
    }
    parts = [_count_word(key, n, lang) for key, n in told.items() if n] or [_say("agreed", lang)]
    counts = load_words().join_list(parts, lang)
    return Disputes(counts=counts, cards=tag("div", draw_definitions(), *cards, class_="disputes"))


def _count_word(key: str, n: int, lang: str) -> str:
    return load_words().count(f"overview.{key}", lang, n)


def _count(census: Census, disputes: Disputes | None, lang: str) -> Html:
    words = load_words()
    counts = {"things": census.things, "claims": census.claims, "sources": census.sources,
              "relations": census.relations}  # fmt: skip
    told = [words.count(key, lang, n) for key, n in counts.items()]
    told.append(_count_word("statements", census.quads, lang))
    differing = disputes.counts if disputes else _count_word("differences", census.difference_count, lang)
    return tag("p", _say("lead", lang, counts=words.join_list(told, lang), differing=differing), id="lead")


def _show_census(census: Census, disputes: Disputes | None, members: Sequence[Central], namer: Namer) -> Iterator[Html]:
    """The parts of the overview, one after the other; what is long stands behind a line that opens."""
    lang = namer.lang
    if members:
        yield tag("article", id="found", tabindex=-1, hidden="", aria_label=_say("found", lang))
    shown = min(len(members), MOST_CENTRAL)
    what = {
        "n": f"{len(census.communities):,}",
        "m": f"{census.community_count:,}",
        "shown": str(shown),
        "others": f"{len(members) - shown:,}",
    }
    kind = "left-out" if not members else "left-out-central" if shown < len(members) else "left-out-none"
    first, query, export, last = _say(kind, lang, **what).split("|")
    yield tag("p", first, tag("code", query), export, tag("code", "kg export html --around ENTITY"), last,
              class_="left-out")  # fmt: skip
    if disputes:
        yield disputes.cards
    regions = draw_regions(census, namer)
    if regions:
        yield _section("regions", _say("communities", lang), Html(regions), lead=_say("communities-lead", lang))
    if disputes is None:
        yield _show_differences(census, namer)
    if members:
        count = tag("span", _say("of", lang, n=str(shown), m=f"{len(members):,}"), class_="count")
        unscripted = tag(
            "noscript", tag("p", _say("unscripted", lang), " ", tag("code", "kg show NAME"), class_="lead")
        )
        title = join(_say("central", lang), " ", count)
        lead = _say("central-lead", lang)
        yield _section("things", title, unscripted, show_central(members, lang), lead=lead)
    articles = [
        tag("article", _heading(namer.word(tally.iri), tally.count), namer.names(members))
        for tally, members in census.central
    ]
    yield _fold("central", _say("by-class", lang), tag("div", articles, class_="groups"),
                lead=_say("by-class-lead", lang))  # fmt: skip
    yield _fold("counts", _say("counts", lang), tag("div", _show_tallies(census, namer), class_="columns"))
    articles = [
        tag(
            "article",
            _heading(namer.name(c.members[0]), c.size),
            namer.names(c.members[1:]),
            tag("p", load_words().join_list((f"{namer.word(t.iri)} {t.count:,}" for t in c.classes), lang)),
            id=f"community-{number}",
        )
        for number, c in enumerate(census.communities, 1)
    ]
    yield _fold("groups", _say("one-by-one", lang), tag("div", articles, class_="groups"))


def _fold(name: str, title: str, *children: Child, lead: str | None = None) -> Html:
    """A section behind a line that opens: an address within it opens it as well."""
    heading = tag("summary", tag("h2", title, id=f"{name}-name"))
    return tag("details", heading, tag("p", lead, class_="lead") if lead else None, *children, id=name)


def _section(name: str, title: Child, *children: Child, lead: str | None = None) -> Html:
    heading = tag("h2", title, id=f"{name}-name")
    told = tag("p", lead, class_="lead") if lead else None
    return tag("section", heading, told, *children, aria_labelledby=f"{name}-name")


def _heading(name: Child, count: int) -> Html:
    return tag("h3", name, " ", tag("span", f"{count:,}", class_="count"))


def _table(heads: Sequence[str], rows: Iterable[Child], **attributes: str) -> Html:
    head = tag("thead", tag("tr", [tag("th", text, scope="col") for text in heads]))
    return tag("div", tag("table", head, tag("tbody", rows)), class_="scroll", tabindex=0, role="group", **attributes)


def _show_differences(census: Census, namer: Namer) -> Html:
    lang = namer.lang
    title = join(_say("differing", lang), " ", tag("span", f"{census.difference_count:,}", class_="count"))
    if not census.differences:
        return _section("differences", title, lead=_say("no-differences", lang))

    def value(difference: ClaimDifference, number: int) -> Html:
        said = namer.word(difference.objects[number])
        denied = tag("em", load_words().get("line-denied", lang), class_="denied")
        return join(tag("s", said), " ", denied) if difference.denied[number] else join(said)

    rows = [
        tag(
            "tr",
            tag("th", namer.word(d.subject), scope="row"),
            tag("td", namer.word(d.predicate)),
            tag("td", join(*(value(d, n) for n in range(len(d.objects))), between=" ≠ ")),
            tag("td", load_words().get(f"differences.{d.kind}", lang)),
            tag("td", str(d.sources), class_="number"),
            tag("td", [join(tag("code", c.rpartition("/")[2]), " ") for c in d.claims]),
        )
        for d in census.differences
    ]
    heads = _say("difference-heads", lang).split("|")
    return _section("differences", title, _table(heads, rows, aria_labelledby="differences-name"))


def _show_tallies(census: Census, namer: Namer) -> Iterator[Html]:
    lang = namer.lang
    for key, tallies in (("classes", census.classes), ("properties", census.properties), ("modes", census.modes)):
        caption, unit = _say(f"{key}-heads", lang).split("|")
        rows = [
            tag(
                "tr",
                tag("th", tag("span", namer.word(t.iri), title=t.iri), scope="row"),
                tag("td", f"{t.count:,}", class_="number", data_iri=t.iri, data_count=t.count),
            )
            for t in tallies[:MOST_LISTED]
        ]
        left = len(tallies) - MOST_LISTED
        told = tag("p", _say("more-tallies", lang, n=f"{left:,}"), class_="lead") if left > 0 else None
        if tallies:
            yield tag("div", _table((f"{caption} ({len(tallies):,})", unit), rows, aria_label=caption), told)


def draw_regions(census: Census, namer: Namer) -> str:
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
        names = {member: namer.word(member) for member in community.members}
        discs.append(
            DrawnDisc(name=f"disc-{number}", x=place.x, y=place.y, radius=place.radius, count=community.size,
                 family=family, address=f"community-{number}", words={"wide": area.word(names, 14)})
        )  # fmt: skip
    strong = sorted(links, key=lambda pair: (-links[pair], pair))[: 3 * len(discs)]
    drawn = draw_discs(
        discs,
        [RegionLink(first=i, second=j, count=links[i, j]) for i, j in strong],
        {"wide": 14},
        lang=namer.lang,
        grow=1.2,
    )
    return f'<svg id="regions" viewBox="0 0 {width} {height}" role="group" aria-labelledby="regions-name">{drawn}</svg>'
