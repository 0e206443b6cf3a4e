"""The overview of a graph too large to be drawn: what it counts, finds and lists."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import random
import re
from collections import Counter, defaultdict
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from browser.synthetic import write_project
from hostile import hostile_strings
from page_project import ROOT, hostile_project, large_story, own_project
from pyoxigraph import NamedNode, Quad

from kg.build.pipeline import Checked, check_project
from kg.graph.dispute import Outcome
from kg.model.nouns import Seeds
from kg.model.values import EntityRef
from kg.page import render_overview, render_page
from kg.page.central import MOST_CENTRAL
from kg.page.document import MOST_ENTITIES
from kg.page.text import clean
from kg.rdf.namespace import RDF
from kg.system.project import Project
from kg.view import root_entity
from kg.view.census import take_census


def read_index(page: str) -> dict[str, Any]:
    """What the script of an overview is given."""
    found = re.search(r'<script type="text/plain" id="things">([A-Za-z0-9+/=]+)</script>', page)
    assert found is not None
    index: dict[str, Any] = json.loads(gzip.decompress(base64.b64decode(found[1])))
    return index


class Attributes(HTMLParser):
    """The names of all attributes of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names |= {name for name, _ in attrs}


def claims_of(seeds: Seeds) -> dict[str, set[str]]:
    """The claims that each thing takes part in, as what they are about, say, who says it, or where."""
    found: dict[str, set[str]] = defaultdict(set)
    for claim in seeds.claims:
        keys = {root_entity(claim, seeds), *(s.text for s in claim.speakers)}
        keys |= {claim.object.key} if isinstance(claim.object, EntityRef) else set()
        keys |= {e.venue.text for e in claim.evidence if e.venue}
        for key in keys - {None}:
            found[str(key)].add(claim.id)
    return found


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Checked:
    """A made-up project just too large to be drawn."""
    folder = tmp_path_factory.mktemp("large")
    return check_project(Project(write_project(folder / "made-up", ROOT / "ontology", MOST_ENTITIES + 1)))


@pytest.fixture(scope="module")
def large(checked: Checked) -> str:
    return render_page(checked.story)


def test_a_large_graph_gives_an_overview() -> None:
    checked, large = own_project(), large_story()
    page = render_page(large, (a.quad for a in checked.assertions))
    assert "too large to be drawn whole" in page
    counted = [c.relation for c in checked.story.comparisons]
    lead = re.search(r'<p id="lead">(.*?)</p>', page)
    assert lead is not None and len(counted) > 3
    words = (f"{counted.count(Outcome.CONFLICT)} contradictions", f"{counted.count(Outcome.DEVELOPMENT)} later count")
    assert all(word in lead[1] for word in words)
    assert f", {len(checked.story.open_questions)} questions answered differently, " in lead[1]
    card = re.search(r'<article id="f=xiaomi-ev.enters.international-market".*?</article>', page, re.DOTALL)
    assert card is not None
    rows = [re.sub("<[^>]+>", "", row) for row in re.findall(r'<li class="answer.*?</li>', card[0], re.DOTALL)]
    assert [row.split(" ", 3)[:2] for row in rows] == [["about", "2027"], ["by", "2030"], ["no", "time"]]
    links = [f"#community-{n + 1}" for n in range(page.count('<article id="community-'))]
    hrefs = re.findall(r'<a [^>]*?href="([^"]*)"', page)
    about = ["https://xiaomi.kg.example/publisher", "https://creativecommons.org/licenses/by/4.0/"]
    assert [href for href in hrefs if not href.startswith("#e=")] == links + about
    # Things of lanes, disputes, classes and communities are links, and what they name is in the index.
    assert '<a href="#e=lei-jun">Lei Jun</a>' in card[0]
    part = r'<(section|article|details) (?:id="central"|id="disputes"|id="community-).*?</\1>'
    parts = [found[0] for found in re.finditer(part, page, re.DOTALL)]
    assert len(parts) == 2 + len(links) and all('<a href="#e=' in part for part in parts)
    keys = {thing["key"] for thing in read_index(page)["things"]}
    assert {href.removeprefix("#e=") for href in hrefs if href.startswith("#e=")} <= keys


def test_an_overview_of_few_things_says_that_it_has_every_claim_of_each() -> None:
    checked = own_project()
    page = render_overview((a.quad for a in checked.assertions), title="All", story=checked.story)
    assert "and every claim of each thing. Ask for more with" in page
    assert "the other 0 things" not in page


def test_an_overview_shows_the_counts_of_the_graph() -> None:
    quads = [a.quad for a in own_project().assertions]
    page = render_overview(quads, title="<b>All</b>")
    assert "&lt;b&gt;All&lt;/b&gt;" in page and "<b>All" not in page
    counts: dict[str, int] = {}
    for quad in quads:
        counts[quad.predicate.value] = counts.get(quad.predicate.value, 0) + 1
    shown = dict(re.findall(r'data-iri="([^"]+)" data-count="(\d+)"', page))
    assert {iri: int(shown[iri]) for iri in counts} == counts
    assert page == render_overview(reversed(list(reversed(quads))), title="<b>All</b>")


def test_the_counts_of_an_overview_are_those_of_the_build(checked: Checked, large: str) -> None:
    seeds = checked.seeds
    assert (
        f'<p id="lead">{len(seeds.entities):,} things, {len(seeds.claims):,} claims, {len(seeds.sources)} sources, '
        in large
    )
    index, known = read_index(large), claims_of(seeds)
    counted = {thing["key"]: thing["count"] for thing in index["things"]}
    assert counted == {e.key: len(known[e.key]) for e in seeds.entities}
    shown = re.findall(r'<details id="e=([^"]+)" name="central"><summary>.*? <span class="count">([\d,]+)<', large)
    assert len(shown) == MOST_CENTRAL
    assert [(key, int(n.replace(",", ""))) for key, n in shown] == list(counted.items())[:MOST_CENTRAL]


def test_every_claim_of_the_most_central_things_is_in_the_file(checked: Checked, large: str) -> None:
    index, known = read_index(large), claims_of(checked.seeds)
    claims = {claim.id: claim for claim in checked.seeds.claims}
    assert len(index["lists"]) == MOST_CENTRAL
    for thing, parts in zip(index["things"], index["lists"], strict=False):
        numbers = [number for members in parts.values() for number in members]
        ids = [index["claims"][number]["id"] for number in numbers]
        assert len(ids) == len(set(ids)) and set(ids) == known[thing["key"]]
        for number in parts["says"]:
            assert thing["key"] in {s.text for s in claims[index["claims"][number]["id"]].speakers}


def test_the_names_of_all_things_are_in_the_index_of_the_overview(checked: Checked, large: str) -> None:
    named = {thing["key"]: set(thing["names"]) for thing in read_index(large)["things"]}
    assert named == {e.key: {clean(n.text) for n in e.names} for e in checked.seeds.entities}


def test_an_overview_is_in_the_language_of_its_graph_and_turns_to_the_other(checked: Checked, large: str) -> None:
    story = checked.story
    seeds = replace(story.seeds, dataset=replace(story.seeds.dataset, language="zh"))
    page = render_page(replace(story, seeds=seeds))
    assert '<html lang="zh">' in page and "<title>虚构的图</title>" in page
    body = page.split('<div id="page">')[1].split("<script")[0]
    texts = re.sub("<code>.*?</code>|<title>.*?</title>|<[^>]+>", " ", body)
    # Vocabulary that is not this project's own has no Chinese name; all else is in Chinese, as in the packed body.
    for english in ("thing", "claim", "Communit", "central", "Search", "members", "contradiction", "fact", "promise"):
        assert english not in texts, english
    for chinese in ("2,001 个事物", "群落", "最核心的事物", "此图太大", "没有陈述有分歧"):
        assert chinese in texts, chinese
    names = {e.key: e.label("zh") for e in seeds.entities}
    assert [(thing["key"], thing["names"][0]) for thing in read_index(page)["things"]] == [
        (thing["key"], names[thing["key"]]) for thing in read_index(large)["things"]
    ]
    other = re.search(r'id="page-zh">([A-Za-z0-9+/=]+)<', large)
    assert other is not None and gzip.decompress(base64.b64decode(other[1])).decode() == body.removesuffix("</div>")


def test_an_overview_is_small_and_its_policy_knows_its_script(large: str) -> None:
    assert len(large.encode()) < 400_000  # in two languages
    assert large.count("<") - large.count("</") < 20_000
    scripts = re.findall(r"<script>(.*?)</script>", large, re.DOTALL)
    assert len(scripts) == 1
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'; " in unescape(large)
    bare = render_overview((), title="T")
    assert "<script" not in bare and "script-src 'none'" in unescape(bare)


def test_hostile_names_in_an_overview_stay_text() -> None:
    story = hostile_project()
    page = render_overview((a.quad for a in own_project().assertions), title=hostile_strings()[1], story=story)
    assert page.count("<script") == 4 and "<img" not in page and "\u202e" not in page
    attributes = Attributes(page).names
    assert "href" in attributes and not [name for name in attributes if name.startswith("on") or name == "style"]
    told = read_index(page)
    assert {clean(n.text) for e in story.seeds.entities for n in e.names} == {
        name for thing in told["things"] for name in thing["names"]
    }
    assert "\u202e" not in json.dumps(told, ensure_ascii=False)


def test_a_denial_is_told_in_the_claims_of_a_central_thing(tmp_path: Path) -> None:
    project = write_project(tmp_path / "made-up", ROOT / "ontology", 10)
    file = next((project / "seeds" / "claims").glob("src0.yaml"))
    file.write_text(file.read_text(encoding="utf-8").replace(", mode: ", ", not: true, mode: ", 1), encoding="utf-8")
    checked = check_project(Project(project))
    (denied,) = (claim.id for claim in checked.seeds.claims if claim.negated)
    page = render_overview((a.quad for a in checked.assertions), title="T", story=checked.story)
    assert [claim["id"] for claim in read_index(page)["claims"] if claim.get("denied")] == [denied]


def test_communities_of_the_census_are_the_groups_of_the_graph() -> None:
    """Forty groups of fifty, joined by a few relations, are found: none is torn, and few are taken for one."""
    draw = random.Random(1)
    relation, kind = NamedNode("https://x.example/p"), NamedNode("https://x.example/Thing")
    node = [NamedNode(f"https://x.example/group{i // 50}-{i}") for i in range(2000)]
    quads = [Quad(n, NamedNode(RDF + "type"), kind) for n in node]
    quads += [Quad(node[i], relation, node[i // 50 * 50 + draw.randrange(50)]) for i in range(2000) for _ in range(3)]
    quads += [Quad(node[draw.randrange(2000)], relation, node[draw.randrange(2000)]) for _ in range(600)]
    census = take_census(quads)
    assert census.community_count >= 35
    assert sum(community.size for community in census.communities) == census.things == 2000
    for community in census.communities:
        whole = round(community.size / 50)  # groups that are taken for one
        assert 1 <= whole <= 2 and abs(community.size - 50 * whole) <= 5
        # A thing with more relations by chance than within its group may stand in another.
        groups = Counter(member.split("/")[-1].split("-")[0] for member in community.members)
        assert sum(n for _, n in groups.most_common(whole)) >= 11
    assert census == take_census(quads)
    assert take_census(()).communities == ()


def test_what_was_said_at_an_event_is_listed_with_who_said_it() -> None:
    story = large_story()
    index = read_index(render_page(story))
    places = {thing["key"]: place for place, thing in enumerate(index["things"])}
    seeds = story.seeds
    for key in ("fan-meeting-paris-2024", "lei-jun", "su7", "paris"):
        lists = index["lists"][places[key]]
        told = {part: {index["claims"][n]["id"] for n in numbers} for part, numbers in lists.items()}
        about = {c.id for c in seeds.claims if root_entity(c, seeds) == key}
        about |= {c.id for c in seeds.claims if isinstance(c.object, EntityRef) and c.object.key == key}
        says = {c.id for c in seeds.claims if key in {s.text for s in c.speakers}}
        there = {c.id for c in seeds.claims if any(e.venue and e.venue.text == key for e in c.evidence)}
        assert told == {"about": about, "says": says - about, "there": there - says - about}, key
    meeting = index["lists"][places["fan-meeting-paris-2024"]]["there"]
    assert len(meeting) > 2 and "Lei Jun" in {index["claims"][n]["who"] for n in meeting}
