"""The graph as a network: its projection, parts, measures and layout."""

from __future__ import annotations

import json
import random
import re
from itertools import combinations, pairwise
from pathlib import Path

import networkx as nx
import pytest
from page_project import own_project
from terminal import run_kg

import kg
from kg.model.values import EntityRef
from kg.rdf.namespace import KG, RDF, SCHEMA
from kg.starter import init_project
from kg.text.diagnostic import UsageError
from kg.view import (
    Around,
    Box,
    FromSource,
    OfQuestion,
    Regions,
    lay_out,
    lay_out_regions,
    project_network,
    rank_entities,
    root_entity,
    select_part,
    write_graphml,
)
from kg.view.census import take_census
from kg.view.communities import find_communities

ROOT = Path(__file__).parents[1]


def test_every_claim_between_entities_is_in_exactly_one_edge() -> None:
    seeds = own_project().seeds
    network = project_network(seeds)
    drawn = sorted(c.id for _, _, data in network.edges(data=True) for c in data["relation"].claims)
    assert drawn == sorted(c.id for c in seeds.claims if isinstance(c.object, EntityRef))
    assert len(drawn) == len(set(drawn)) > 50


def test_parallel_and_opposite_relations_are_kept() -> None:
    network = project_network(own_project().seeds)
    modes = {data["relation"].mode.value for data in network["xiaomi-ev"]["international-market"].values()}
    assert modes == {"plan", "forecast", "promise"}
    assert set(network["lei-jun"]["xiaomi"]) == {"founderOf|fact|", "leads|fact|"}


def test_a_claim_about_a_claim_is_about_its_entity() -> None:
    seeds = own_project().seeds
    about = seeds.claim_by_id["eqo.of-cars"]
    assert about.subject.text == "c:eqo.deliver-100k"
    assert root_entity(about, seeds) == "xiaomi-ev"


def test_the_part_around_an_entity_grows_with_its_depth() -> None:
    seeds = own_project().seeds
    sizes = [len(select_part(seeds, Around(entity="su7", depth=depth)).claims) for depth in (0, 1, 2, 9)]
    assert sizes == sorted(sizes) and len(set(sizes)) == 4
    near = select_part(seeds, Around(entity="su7", depth=1))
    network = project_network(near)
    assert {"su7", "xiaomi-ev", "france"} <= set(network)


def test_the_part_of_a_source_holds_what_it_says_and_nothing_else() -> None:
    seeds = own_project().seeds
    part = select_part(seeds, FromSource(source="eqo"))
    assert {e.source for c in part.claims for e in c.evidence} == {"eqo"}
    assert all(any(e.source == "eqo" for e in c.evidence) for c in part.claims)
    assert "chen-zhiheng" in part.entity_by_key


def test_the_part_of_a_question_brings_the_claims_that_its_claims_speak_of() -> None:
    part = select_part(own_project().seeds, OfQuestion(name="reasons", claims=("eqo.of-cars",)))
    assert [c.id for c in part.claims] == ["eqo.deliver-100k", "eqo.of-cars"]


def test_an_unknown_entity_is_a_wrong_use_with_a_hint() -> None:
    with pytest.raises(UsageError, match=r"^no entity `su77`: did you mean `su7`\?$"):
        select_part(own_project().seeds, Around(entity="su77"))


def test_ranks_cover_all_entities() -> None:
    network = project_network(own_project().seeds)
    ranks = rank_entities(network)
    assert sum(ranks.values()) == pytest.approx(1, abs=1e-6)
    assert sorted(ranks, key=lambda k: -ranks[k])[:3] == ["xiaomi-ev", "xiaomi", "lei-jun"]


@pytest.mark.parametrize("count", [0, 1, 2, 3, 40, 150, 900])
def test_a_layout_fits_its_frame_and_is_the_same_each_time(count: int) -> None:
    box = Box(left=9, right=9, up=9, down=15)
    boxes = {f"n{i}": box for i in range(count)}
    edges = [(f"n{i}", f"n{i * 7 % max(i, 1)}") for i in range(1, count)]
    width = height = max(400, round(60 * count**0.5))
    points = lay_out(boxes, edges, width=width, height=height)
    assert list(points) == list(boxes)
    assert points == lay_out(boxes, edges, width=width, height=height)
    assert all(0 <= p.x <= width and 0 <= p.y <= height for p in points.values())


def test_boxes_of_a_layout_do_not_lie_on_each_other() -> None:
    box = Box(left=40, right=40, up=10, down=24)
    edges = [("n0", f"n{i}") for i in range(1, 30)]
    points = lay_out({f"n{i}": box for i in range(30)}, edges, width=1040, height=620)
    places = list(points.values())
    for i, a in enumerate(places):
        for b in places[i + 1 :]:
            assert abs(a.x - b.x) >= 80 or abs(a.y - b.y) >= 34


def test_parts_without_lines_between_them_have_fields_of_their_own() -> None:
    """They stood in rows, where lines went through the marks of others, and a row could end within a part."""
    sizes = {"a": 12, "b": 7, "c": 4, "d": 3, "e": 2, "f": 2, "g": 1, "h": 1, "i": 1}
    box = Box(left=60, right=60, up=10, down=24)
    boxes = {f"{part}{i}": box for part, size in sizes.items() for i in range(size)}
    edges = [(f"{part}0", f"{part}{i}") for part, size in sizes.items() for i in range(1, size)]
    points = lay_out(boxes, edges, width=1040, height=620)
    fields = {}
    for part in "abcd":
        own = [point for name, point in points.items() if name[0] == part]
        xs, ys = [p.x for p in own], [p.y for p in own]
        fields[part] = (min(xs), max(xs), min(ys), max(ys))
        assert fields[part][1] - fields[part][0] > 40 and fields[part][3] - fields[part][2] > 40  # no row
    for one, other in combinations(fields.values(), 2):
        assert one[1] < other[0] or other[1] < one[0] or one[3] < other[2] or other[3] < one[2]
    lowest = max(last for *_, last in fields.values())
    assert all(point.y > lowest for name, point in points.items() if name[0] in "efghi")
    for pair in "ef":
        assert points[f"{pair}0"].y == points[f"{pair}1"].y
        assert points[f"{pair}1"].x - points[f"{pair}0"].x == 138


@pytest.mark.parametrize(
    ("sizes", "half", "picture", "apart"),
    [((3,) * 40, 60, (1200, 800), True), ((3,) * 40, 140, (2200, 1600), True), ((20, 10, 5, 3), 140, (1200, 800), True),
     ((100, 3), 60, (1200, 800), False), ((3,) * 40, 140, (1200, 800), False)],
)  # fmt: skip
def test_small_parts_have_room_for_their_labels(
    sizes: tuple[int, ...], half: int, picture: tuple[int, int], apart: bool
) -> None:
    """Three things beside many had a field narrower than a label: it left the picture, and labels lay on each other."""
    box = Box(left=half, right=half, up=10, down=22)
    boxes = {f"{part}.{i}": box for part, size in enumerate(sizes) for i in range(size)}
    edges = [(f"{part}.{i // 2}", f"{part}.{i}") for part, size in enumerate(sizes) for i in range(1, size)]
    points = list(lay_out(boxes, edges, width=picture[0], height=picture[1]).values())
    assert all(half <= p.x <= picture[0] - half and 10 <= p.y <= picture[1] - 22 for p in points)
    over = [1 for a, b in combinations(points, 2) if abs(a.x - b.x) < 2 * half and abs(a.y - b.y) < 31]  # 1: rounded
    assert not apart or not over


def test_where_pairs_are_all_that_hangs_together_each_has_a_field() -> None:
    box = Box(left=60, right=60, up=10, down=24)
    boxes = dict.fromkeys(("a0", "a1", "b0", "b1", "lone"), box)
    points = lay_out(boxes, [("a0", "a1"), ("b0", "b1")], width=1040, height=620)
    assert max(points["a0"].x, points["a1"].x) + 120 < min(points["b0"].x, points["b1"].x)
    assert points["lone"].y > max(point.y for name, point in points.items() if name != "lone") + 30


def test_boxes_of_any_size_stand_apart_and_what_is_unrelated_at_the_foot() -> None:
    """The largest part is neither the first of the things nor all of them."""
    boxes = {"lone": Box(left=20, right=20, up=8, down=8), "pair": Box(left=60, right=60, up=8, down=20)}
    boxes |= {f"n{i}": Box(left=10 + 6 * i, right=14 + 6 * i, up=10, down=12 + i) for i in range(12)}
    boxes["twin"] = Box(left=30, right=90, up=8, down=8)
    edges = [("twin", "pair"), *((f"n{i}", f"n{i // 2}") for i in range(1, 12))]
    points = lay_out(boxes, edges, width=620, height=380)
    sides = {
        name: (p.x - boxes[name].left, p.x + boxes[name].right, p.y - boxes[name].up, p.y + boxes[name].down)
        for name, p in points.items()
    }
    for (_, one), (_, other) in combinations(sides.items(), 2):
        assert one[0] >= other[1] or other[0] >= one[1] or one[2] >= other[3] or other[2] >= one[3]
    assert min(points[name].y for name in ("lone", "pair", "twin")) > max(points[f"n{i}"].y for i in range(12))
    assert all(left >= 0 and right <= 620 and top >= 0 and foot <= 380 for left, right, top, foot in sides.values())


def test_where_nothing_hangs_together_all_stands_in_the_middle() -> None:
    """The first of them stood in the middle alone, and the others at the foot."""
    box = Box(left=60, right=60, up=10, down=24)
    points = lay_out(dict.fromkeys("abc", box), [], width=1040, height=620)
    assert {point.y for point in points.values()} == {points["a"].y} and 270 < points["a"].y < 350
    assert (points["b"].x - points["a"].x, points["c"].x - points["b"].x) == (138, 138)


def test_a_census_counts_what_the_quads_hold() -> None:
    checked = own_project()
    quads = [a.quad for a in checked.assertions]
    census = take_census(quads)
    assert census.quads == len(quads)
    assert census.claims == len(checked.seeds.claims)
    assert census.things == len(checked.seeds.entities)
    wanted: dict[str, int] = {}
    classes: dict[str, set[str]] = {}
    for quad in quads:
        wanted[quad.predicate.value] = wanted.get(quad.predicate.value, 0) + 1
        if quad.predicate.value == RDF + "type":
            classes.setdefault(quad.object.value, set()).add(str(quad.subject))
    assert {t.iri: t.count for t in census.properties} == wanted
    counted = {t.iri: t.count for t in census.classes}
    assert counted[SCHEMA + "Person"] == len(classes[SCHEMA + "Person"]) == 2
    assert counted[KG + "Claim"] == len(checked.seeds.claims)
    declared = {frozenset((c.id, u.claim)) for c in checked.seeds.claims for u in c.unlike}
    assert census.difference_count >= len(declared) > 3
    assert sum(c.size for c in census.communities) <= census.things


def test_the_network_of_plain_values_is_taken_by_every_writer(tmp_path: Path) -> None:
    network = kg.open_project(ROOT).to_networkx()
    assert network.nodes["lei-jun"] == {
        "label": "Lei Jun", "iri": "https://xiaomi.kg.example/entity/lei-jun", "class": "Person",
    }  # fmt: skip
    edges = network.get_edge_data("lei-jun", "xiaomi")
    assert edges["leads|fact|"]["label"] == "leads"
    assert edges["leads|fact|"]["claims"] == "paris.leads"
    nx.write_graphml(network, tmp_path / "a.graphml")
    nx.write_gexf(network, tmp_path / "a.gexf")
    json.dumps(nx.cytoscape_data(network))
    read = nx.node_link_graph(json.loads(json.dumps(nx.node_link_data(network, edges="edges"))), edges="edges")
    assert dict(read.nodes(data=True)) == dict(network.nodes(data=True))
    assert nx.read_graphml(tmp_path / "a.graphml", force_multigraph=True).number_of_edges() == network.number_of_edges()


def test_graphml_keeps_carriage_returns(tmp_path: Path) -> None:
    """A reader of XML makes a line feed of one that is written as it is."""
    init_project(tmp_path / "story", title="A story", base="https://story.example/")
    entities = tmp_path / "story/seeds/entities/rivertown.yaml"
    text = entities.read_text(encoding="utf-8")
    entities.write_text(text.replace("the mayor of Rivertown", '"the\\rmayor\\r\\nof"'), encoding="utf-8")
    checked = kg.open_project(tmp_path / "story").checked
    read = nx.parse_graphml(write_graphml(checked.seeds, checked.vocabulary))
    assert read.nodes["mayor"]["label"] == "the\rmayor\r\nof"


def test_graphml_tells_what_xml_cannot_hold(tmp_path: Path) -> None:
    init_project(tmp_path / "story", title="A story", base="https://story.example/")
    story = tmp_path / "story"
    entities, model = story / "seeds/entities/rivertown.yaml", story / "ontology/story.ttl"
    text = entities.read_text(encoding="utf-8")
    entities.write_text(text.replace("the mayor of Rivertown", '"the\\x07mayor\\x07\\uFFFE"'), encoding="utf-8")
    claims = story / "seeds/claims/bridge.yaml"
    text = claims.read_text(encoding="utf-8")
    claims.write_text(
        text.replace("    length: {", "    built: {s: mayor, p: built, o: bridge}\n    length: {"), encoding="utf-8"
    )
    with model.open("a", encoding="utf-8") as out:
        out.write('\nr:built a owl:ObjectProperty ; rdfs:label "bu\\u0001ilt"@en ; rdfs:range k:Bridge .\n')
    done = run_kg("export", "graphml", folder=story)
    read = nx.parse_graphml(done.out.partition("?>\n")[2])
    assert read.nodes["mayor"]["label"] == "the\ufffdmayor\ufffd\ufffd"
    assert [data["label"] for *_, data in read.edges(data=True)] == ["bu\ufffdilt"]
    assert re.findall(r"^warning.*\n.*", done.err, re.MULTILINE) == [
        "warning[sign-lost]: GraphML cannot hold U+0007, U+FFFE, written as U+FFFD\n"
        "  --> seeds/entities/rivertown.yaml:4:30",
        "warning[sign-lost]: GraphML cannot hold U+0001, written as U+FFFD\n  --> ontology/story.ttl:23:1",
    ]


def test_graphml_holds_what_the_network_holds() -> None:
    graph = kg.open_project(ROOT)
    text = write_graphml(graph.checked.seeds, graph.checked.vocabulary)
    assert text == write_graphml(graph.checked.seeds, graph.checked.vocabulary)
    read = nx.parse_graphml(text.partition("?>\n")[2], force_multigraph=True)
    assert dict(read.nodes(data=True)) == dict(graph.to_networkx().nodes(data=True))
    assert sorted(d["claims"] for *_, d in read.edges(data=True)) == sorted(
        d["claims"] for *_, d in graph.to_networkx().edges(data=True)
    )


@pytest.mark.parametrize(
    ("form", "words"),
    [("ttl", "no format `ttl`: did you mean `turtle`?"), ("nq", "no format `nq`: did you mean `nquads`?"),
     ("svg", "no format `svg`: the picture is written by `kg export svg`"),
     ("graphml", "no format `graphml`: `kg export graphml` writes it; in Python `to_networkx` gives the network"),
     ("turtel", "no format `turtel`: did you mean `turtle`?"),
     ("parquet", "no format `parquet`: the formats are turtle, trig, nquads, jsonld, jsonld-dataset, context, csv")],
)  # fmt: skip
def test_a_format_that_there_is_not_is_told(form: str, words: str) -> None:
    with pytest.raises(UsageError, match=f"^{re.escape(words)}$"):
        kg.open_project(ROOT).export(form)


def count_crossings(places: dict[str, tuple[int, int]], edges: list[tuple[str, str]]) -> int:
    """How many pairs of straight lines cross; lines that share an end do not."""

    def side(a: tuple[int, int], b: tuple[int, int], c: tuple[int, int]) -> int:
        turn = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
        return (turn > 0) - (turn < 0)

    found = 0
    for (a, b), (c, d) in combinations(edges, 2):
        if {a, b} & {c, d}:
            continue
        p, q, r, s = places[a], places[b], places[c], places[d]
        found += side(p, q, r) * side(p, q, s) < 0 and side(r, s, p) * side(r, s, q) < 0
    return found


@pytest.mark.parametrize(("count", "members", "more", "most"), [(200, 20, 0, 300), (315, 23, 30, 450)])
def test_communities_are_drawn_apart(count: int, members: int, more: int, most: int) -> None:
    """Groups of *count* things, with *more* relations between any two, stand apart, and at most *most* lines cross."""
    draw = random.Random(count)
    groups = [list(range(count))[start : start + members] for start in range(0, count, members)]
    inside = [(group[i], group[draw.randrange(i)]) for group in groups for i in range(1, len(group))]
    inside += [tuple(draw.sample(group, 2)) for group in groups for _ in range(8)]  # type: ignore[misc]
    between = [(groups[i][0], draw.choice(groups[draw.randrange(i)])) for i in range(1, len(groups))]
    between += [tuple(draw.sample(range(count), 2)) for _ in range(more)]  # type: ignore[misc]
    edges = [(f"n{a}", f"n{b}") for a, b in inside + between]
    box = Box(left=9, right=9, up=9, down=9)
    points = lay_out({f"n{i}": box for i in range(count)}, edges, width=1800, height=900)
    places = {name: (p.x, p.y) for name, p in points.items()}

    def spread(members: list[int]) -> float:
        at = [places[f"n{i}"] for i in members]
        x, y = (sum(axis) / len(at) for axis in zip(*at, strict=True))
        return sum(((px - x) ** 2 + (py - y) ** 2) ** 0.5 for px, py in at) / len(at)

    whole = spread(list(range(count)))
    assert sum(spread(group) for group in groups) / len(groups) < whole / 2.5
    assert count_crossings(places, edges) <= most


def test_communities_are_as_good_as_those_of_networkx() -> None:
    ours = theirs = 0.0
    for seed in range(8):
        graph = nx.gaussian_random_partition_graph(300, 25, 10, 0.2, 0.01, seed=seed)
        found = find_communities([set(graph[node]) for node in range(300)], range(300))
        assert sorted(node for group in found for node in group) == list(range(300))
        ours += nx.community.modularity(graph, found, resolution=0.8)
        others = nx.community.louvain_communities(graph, resolution=0.8, seed=1)
        theirs += nx.community.modularity(graph, others, resolution=0.8)
    assert ours >= theirs


def test_nodes_without_links_are_communities_by_themselves() -> None:
    assert find_communities([set(), {2}, {1}, set()], [3, 1, 2, 0]) == [[1, 2], [0], [3]]


def check_regions(names: list[str], edges: list[tuple[str, str]], *, width: int, height: int) -> Regions:
    """The regions of a network: each node in its disc, the disc in the frame, and none on another."""
    found = lay_out_regions(dict.fromkeys(names, 6.0), edges, width=width, height=height)
    assert sorted(name for region in found.regions for name in region.members) == sorted(names)
    for region in found.regions:
        assert region.members == tuple(sorted(region.members, key=names.index))  # the most central first
        for name in region.members:
            at = found.points[name]
            assert (at.x - region.x) ** 2 + (at.y - region.y) ** 2 < region.radius**2
        assert region.radius <= region.x <= width - region.radius
        assert region.radius <= region.y <= height - region.radius
        for other in found.regions:
            apart = (region.x - other.x) ** 2 + (region.y - other.y) ** 2
            assert region is other or apart > (region.radius + other.radius) ** 2
    return found


def test_a_large_network_is_laid_out_in_regions() -> None:
    draw = random.Random(5)
    groups = [[f"n{i}" for i in range(start, start + size)] for start, size in ((0, 90), (90, 60), (150, 40), (190, 3))]
    names = [name for group in groups for name in group]
    edges = [(group[i], group[draw.randrange(i)]) for group in groups for i in range(1, len(group))]
    edges += [tuple(draw.sample(group, 2)) for group in groups[:3] for _ in range(120)]  # type: ignore[misc]
    edges += [("n0", "n90"), ("n1", "n91"), ("n2", "n150")]
    found = check_regions(names, edges, width=2000, height=1000)
    assert [len(region.members) for region in found.regions] == [90, 60, 40, 3]
    assert {(link.first, link.second): link.count for link in found.links} == {(0, 1): 2, (0, 2): 1}
    areas = [region.radius**2 for region in found.regions]
    assert areas[0] / areas[1] == pytest.approx(1.5, rel=0.05)
    assert lay_out_regions(dict.fromkeys(names, 6.0), edges, width=2000, height=1000) == found


@pytest.mark.parametrize(
    ("alone", "sizes", "width", "height"),
    [
        (3, (), 2000, 1000), (900, (), 900, 1800), (40, (2,) * 60, 2000, 1000), (3, (3, 2, 2), 2000, 1000),
        (900, (6,) * 30, 2000, 1000), (3, (750, 4), 900, 1800),
    ],
)  # fmt: skip
def test_what_is_related_to_nothing_has_a_region_too(
    alone: int, sizes: tuple[int, ...], width: int, height: int
) -> None:
    """What no path joins had no distance, and no place: a build with 400 things, three of them alone, broke off."""
    names: list[str] = [f"a{i}" for i in range(alone)]
    edges: list[tuple[str, str]] = []
    for number, size in enumerate(sizes):
        names += (chain := [f"g{number}.{i}" for i in range(size)])
        edges += pairwise(chain)
    check_regions(names, edges, width=width, height=height)
