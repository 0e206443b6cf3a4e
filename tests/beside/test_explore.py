"""The explorer of `kg serve`: its pages, what they hold of large stores, and that hostile text stays text."""

from __future__ import annotations

import html
import json
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pyoxigraph as ox
import pytest
from serving import Answer, Served, serve
from test_page_browser import BROWSER, _why_not

from kg.server.explore import look
from kg.server.explore.layout import MOST, WIDTH, draw_graph
from kg.server.explore.look import MOST_COUNTED, MOST_SCANNED, Looker
from kg.server.explore.words import load_words
from kg.server.names.names import MOST_NAMES
from kg.starter import init_project

BIG = "http://big.example/"
LABEL = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
HOSTILE = "</script><img src=x onerror=alert(1)>\"'& <b>"
TAG = re.compile(r"<img|</script><img|<b>(?!Line )")


def ask(served: Served, path: str, **parameters: str | int) -> Answer:
    address = f"{path}?{urlencode(parameters)}" if parameters else path
    return served.ask("GET", address, accept="text/html")


def read(page: Answer) -> str:
    """The text of a page."""
    body = re.sub(r"<(style|script)>.*?</\1>", "", page.text, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def node(name: str) -> ox.NamedNode:
    return ox.NamedNode(BIG + name)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The graph of a new project."""
    folder = tmp_path_factory.mktemp("explored") / "story"
    init_project(folder, title="A story", base="https://story.example/")
    claims = folder / "seeds/claims/bridge.yaml"
    line = "    length: {s: bridge, p: length, o: 120 m}\n"
    text = claims.read_text(encoding="utf-8")
    assert line in text
    claims.write_text(
        text.replace(line, line + line.replace("length:", "longer:").replace("120", "130")), encoding="utf-8"
    )
    question = (
        "#' question: {en: What is its name?}\n#' params: {thing: e:bridge}\nSELECT ?n { ?thing skos:prefLabel ?n }\n"
    )
    odd = (
        "#' question: {en: Which one?}\n#' params: {path: e:bridge, l: \"'zh'\", self: \"'x'\"}\n"
        "ASK { ?path ?p ?o FILTER(STR(?l) != STR(?self)) }\n"
    )
    (folder / "ontology/questions/odd.rq").write_text(odd, encoding="utf-8")
    (folder / "ontology/questions/name-of.rq").write_text(question, encoding="utf-8")
    with serve("--timeout", "5", folder=folder) as served:
        yield served


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of more names than are held in memory, a hub with 12,000 links, and hostile labels."""
    folder = tmp_path_factory.mktemp("big") / "store"
    store = ox.Store(str(folder))
    graph, hub, near = node("graph"), node("hub"), node("near")
    quads = [ox.Quad(node(f"thing/{n}"), LABEL, ox.Literal(f"Thing {n}"), graph) for n in range(MOST_NAMES + 10)]
    quads += [ox.Quad(node(f"thing/{n}"), near, hub, graph) for n in range(12_000)]
    quads += [ox.Quad(hub, node("holds"), ox.Literal(str(n)), graph) for n in range(300)]
    quads += [ox.Quad(hub, TYPE, node("Hub"), graph), ox.Quad(node("rare"), node("after"), hub, graph)]
    quads += [ox.Quad(p, TYPE, ox.NamedNode("http://www.w3.org/2002/07/owl#ObjectProperty"), graph)
              for p in (near, node("after"))]  # fmt: skip
    for name in ("hub", "near", "after", "holds", "Hub", "graph"):
        quads.append(ox.Quad(node(name), LABEL, ox.Literal(f"{name} {HOSTILE}"), graph))
    quads.append(ox.Quad(node("odd"), ox.NamedNode("javascript:alert(1)"), ox.Literal(HOSTILE), graph))
    quads.append(ox.Quad(node("odd"), LABEL, ox.Literal("turned\u202earound שלום!"), graph))
    store.bulk_extend(quads)
    store.flush()
    return folder


@pytest.fixture(scope="module")
def big(folder: Path) -> Iterator[Served]:
    with serve("--store", str(folder), "--timeout", "120") as served:
        yield served


# ---- a project


def test_search_finds_names_typos_and_words_of_the_ontology(story: Served) -> None:
    page = ask(story, "/search", q="Rivertwon")
    assert page.status == 200 and "Rivertown" in read(page)
    first = re.search(r'<ol start="1"><li><a href="([^"]+)"', page.text)
    assert first is not None
    assert ask(story, first[1]).status == 200
    assert "opens" in read(ask(story, "/search", q="opens"))
    assert "Nothing has such a name." in read(ask(story, "/search", q="qqqqqqqqqqqq"))
    assert ask(story, "/search", q="x", page=99).status == 400
    assert ask(story, "/search", q="x" * 201).status == 400
    assert ask(story, "/search?q=a&q=b").status == 400


def test_every_kind_of_thing_has_a_page(story: Served) -> None:
    claim = read(ask(story, "/claim/bridge.opening"))
    assert "Mode: " in claim and "Said by: " in claim and "Source: " in claim and "(paragraph " in claim
    source = read(ask(story, "/source/bridge"))
    assert re.search(r"Coverage Of \d+ sentences \d+ have claims", source)
    entity = ask(story, "/entity/bridge")
    assert "What is said of it" in read(entity) and "<svg" in entity.text
    assert "Statements with it" in read(ask(story, "/resource", iri="skos:prefLabel"))
    assert "Things of this class" in read(ask(story, "/resource", iri="schema:Person"))
    assert "Terms claim" in read(ask(story, "/ns"))
    for page in (entity, ask(story, "/about")):
        assert "default-src 'none'" in page.headers["content-security-policy"] and "<script" not in page.text


def test_a_group_of_statements_has_pages_of_its_own(story: Served) -> None:
    page = read(ask(story, "/entity/mayor", **{"in": "prov:wasAttributedTo", "page": 1}))
    assert "named by" in page and "The whole page" in page
    assert "nothing on this page" in read(ask(story, "/entity/mayor", of="skos:prefLabel", page=9))
    assert ask(story, "/entity/mayor", of="skos:prefLabel", page=0).status == 400
    assert ask(story, "/entity/mayor", of="no iri").status == 400
    assert ask(story, "/entity/mayor?of=rdf:type&in=rdf:type").status == 400


def test_disputes_show_their_claims_side_by_side(story: Served) -> None:
    listed = ask(story, "/disputes")
    keys = re.findall(r'href="(/disputes/[0-9a-f]{10})"', listed.text)
    assert keys
    shown = ask(story, keys[0])
    assert shown.text.count('<article class="card">') == 2
    said = re.search(r'href="(/claim/[^"]+)"', shown.text)
    assert said is not None and "In disputes" in read(ask(story, said[1]))
    assert ask(story, "/disputes/0000000000").status == 404
    assert ask(story, "/disputes", page=2).status == 400


def test_questions_are_forms_with_answers_and_files(story: Served) -> None:
    listed = ask(story, "/questions")
    names = re.findall(r'href="/questions/([a-z0-9-]+)"', listed.text)
    assert names
    for name in names:
        assert "Answer" in read(ask(story, f"/questions/{name}"))
    with_parameter = next(name for name in names if "<input name=" in ask(story, f"/questions/{name}").text)
    page = ask(story, f"/questions/{with_parameter}")
    found = re.search(r'<input name="(\w+)" value="([^"]+)"', page.text)
    assert found is not None
    parameter, value = found[1], html.unescape(found[2])
    iri = story.query(f"SELECT ?n {{ {value} skos:prefLabel ?n }} LIMIT 1", accept="text/csv").text.split("\r\n")[1]
    by_name = ask(story, f"/questions/{with_parameter}", **{parameter: iri})
    assert by_name.status == 200
    assert re.findall(r"\d+ rows?", read(by_name)) == re.findall(r"\d+ rows?", read(page))
    table = ask(story, f"/questions/{with_parameter}", format="csv")
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert table.headers["content-disposition"] == 'attachment; filename="answer.csv"'
    assert json.loads(ask(story, f"/questions/{with_parameter}", format="json").body)["head"]
    wrong = ask(story, f"/questions/{with_parameter}", **{parameter: "zzzzz qqqq"})
    assert wrong.status == 400 and 'role="alert"' in wrong.text
    assert ask(story, f"/questions/{with_parameter}", other="1").status == 400
    assert ask(story, "/questions/none").status == 404


def test_a_query_shows_its_answer_and_its_mistake_at_its_place(story: Served) -> None:
    assert "SPARQL" in read(ask(story, "/query"))
    rows = ask(story, "/query", query="SELECT ?e ?n { ?e skos:prefLabel ?n } ORDER BY ?e")
    assert rows.status == 200 and 'href="/entity/' in rows.text
    assert "Yes" in read(ask(story, "/query", query="ASK { ?s ?p ?o }"))
    graph = ask(story, "/query", query="CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } LIMIT 3")
    assert "3 triples" in read(graph) and "format=ttl" in graph.text
    turtle = ask(story, "/query", query="CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } LIMIT 3", format="ttl")
    assert len(list(ox.parse(turtle.body, format=ox.RdfFormat.TURTLE))) == 3
    picture = re.findall(r'<a href="([^"]+)"><title>', graph.text.partition("<table")[0])
    assert len(picture) == len(set(picture)) >= 2 and all(
        ask(story, html.unescape(path)).status == 200 for path in picture
    )
    assert "<svg" not in rows.text
    many = read(ask(story, "/query", query="SELECT ?a { ?a ?b ?c . ?d ?e ?f } LIMIT 1001"))
    assert "The first 1,000 rows" in many
    wrong = ask(story, "/query", query="SELECT * {\n  ?s skos:prefLabel }\n")
    assert wrong.status == 400
    assert re.search(r"Line 2, column \d+: ", read(wrong)) and "<mark>" in wrong.text
    assert 'data-line="2"' in wrong.text
    unknown = ask(story, "/query", query="SELECT * { ?s skoss:prefLabel ?o }")
    assert "did you mean `skos:`" in read(unknown) or "skos" in read(unknown)
    endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n2 ?o }"
    late = ask(story, "/query", query=endless)
    assert late.status == 503 and "stopped: no whole answer after 5 s" in read(late)
    assert "script-src 'sha256-" in late.headers["content-security-policy"]


def test_completions_know_things_classes_and_properties(story: Served) -> None:
    def offers(**parameters: str) -> list[str]:
        return [one["text"] for one in json.loads(ask(story, "/complete", **parameters).body)["offers"]]

    assert "e:mayor" in offers(kind="entity", q="mayor")
    assert "schema:Person" in offers(kind="type", q="per")
    assert "r:opens" in offers(kind="property", q="open")
    assert offers(kind="entity", q="") == []
    asked = {"e:bridge": "subject", "schema:Person": "class", "kg:Claim": "class"}
    had = {term: set(offers(kind="property", q="", **{key: term})) for term, key in asked.items()}
    assert had["e:bridge"] == {"rdf:type", "skos:prefLabel"} and had["e:bridge"] <= had["schema:Person"]
    assert "kg:mode" in had["kg:Claim"] and "kg:mode" not in had["schema:Person"]
    assert offers(kind="property", q="open", **{"class": "schema:Person"}) == offers(kind="property", q="open")
    assert set(offers(kind="entity", q="", property="prov:wasAttributedTo")) == {"e:mayor", "e:reporter"}
    assert offers(kind="property", q="open", subject="no:thing") == offers(kind="property", q="open")
    assert ask(story, "/complete", kind="other").status == 400


def test_the_pages_and_the_page_of_all_lead_to_each_other(story: Served) -> None:
    listed = ask(story, "/about")
    assert "person 1" in read(listed).lower()
    assert 'href="/#e=mayor">Picture' in ask(story, "/entity/mayor").text
    assert 'href="/#c=bridge.opening">Picture' in ask(story, "/claim/bridge.opening").text
    assert 'href="/">Picture' in ask(story, "/source/bridge").text


def test_a_picture_is_the_same_each_time_and_its_names_stand_apart() -> None:
    def term(name: str) -> dict[str, str]:
        return {"type": "uri", "value": f"http://a.example/{name}", "name": name, "lang": ""}

    rows = [[term(f"thing {n}"), term("p"), term(f"thing {n * n % 23}")] for n in range(40)]
    rows.append([term("thing 1"), term("p"), {"type": "literal", "value": "x", "lang": "", "datatype": ""}])
    drawn = draw_graph(rows)
    assert drawn == draw_graph(rows)
    places = [(one["x"], one["y"]) for one in drawn["things"]]
    assert (len(places), drawn["left"]) == (MOST, 41 - MOST)
    assert all(0 <= x <= WIDTH and 0 <= y <= drawn["height"] for x, y in places)
    touching = [
        (a, b)
        for number, a in enumerate(places)
        for b in places[:number]
        if abs(a[0] - b[0]) < 55 and abs(a[1] - b[1]) < 25
    ]
    assert len(touching) <= 2
    assert draw_graph([])["things"] == []


# ---- a large store


def test_no_act_reads_more_of_a_store_than_its_bounds(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looker = Looker(ox.Store.read_only(str(folder)), "en", union=False)
    read_quads = 0
    match = Looker._match

    def count(self: Looker, *pattern: Any) -> Iterator[Any]:
        nonlocal read_quads
        for triple in match(self, *pattern):
            read_quads += 1
            yield triple

    monkeypatch.setattr(Looker, "_match", count)
    hub = looker.look_at(f"{BIG}hub", "", "", 1)
    groups = {group["property"]["value"]: group for group in hub["in"]}
    assert hub["in_crowded"]
    assert (groups[f"{BIG}near"]["n"], groups[f"{BIG}near"]["many"]) == (MOST_COUNTED, True)
    assert (groups[f"{BIG}after"]["n"], groups[f"{BIG}after"]["many"]) == (1, False)
    assert [group["n"] for group in hub["of"] if group["property"]["value"] == f"{BIG}holds"] == [300]
    assert read_quads < 2 * look._SAMPLE
    read_quads = 0
    last = looker.look_at(f"{BIG}hub", "in", f"{BIG}near", MOST_COUNTED // look.PAGE)
    assert len(last["group"]["values"]) == look.PAGE
    assert read_quads < MOST_COUNTED + 50 * look.PAGE
    read_quads = 0
    uses = looker.look_at(LABEL.value, "", "", 1)["uses"]
    assert (uses["n"], uses["many"], len(uses["rows"])) == (MOST_COUNTED, True, look.FEW)
    assert read_quads < 1_000
    read_quads = 0
    found = looker.search("thing 200009", 20)
    assert found["iris"][0] == f"{BIG}thing/200009" and found["partly"]
    assert read_quads < 1.1 * MOST_SCANNED + 10_000


def test_what_several_graphs_hold_is_counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    store = ox.Store()
    for graph in ("one", "two", "three"):
        store.add(ox.Quad(node("thing"), TYPE, node("Kind"), node(graph)))
        store.add(ox.Quad(node("thing"), LABEL, ox.Literal("A thing"), node(graph)))
    looker = Looker(store, "en", union=False)
    assert [(one["thing"]["value"], one["n"]) for one in looker.list_classes(5)] == [(f"{BIG}Kind", 1)]
    uses = looker.look_at(LABEL.value, "uses", "", 1)["uses"]
    assert (uses["n"], len(uses["rows"])) == (1, 1)
    monkeypatch.setattr(look, "MOST_NAMES", 1)
    assert not looker.has_many_names()
    store.add(ox.Quad(node("thing"), LABEL, ox.Literal("Another name"), node("one")))
    assert looker.has_many_names()


def test_pages_of_a_large_store_say_what_they_leave_out(big: Served) -> None:
    hub = ask(big, "/resource", iri=f"{BIG}hub")
    assert "more than 10,000" in read(hub) and hub.text.count("<li") < 500
    part = ask(big, "/resource", iri=f"{BIG}hub", **{"in": f"{BIG}near", "page": 200})
    assert part.text.count("<li") == 50 and "Page 200 of 200" in read(part)
    assert "SPARQL gives the others" in read(part)
    assert ask(big, "/resource", iri=f"{BIG}hub", **{"in": f"{BIG}near", "page": 201}).status == 400
    held = [ask(big, "/resource", iri=f"{BIG}hub", of=f"{BIG}holds", page=page) for page in (1, 6)]
    assert [page.text.count("<li") for page in held] == [50, 50]


@pytest.mark.thorough
def test_misspelt_names_of_a_large_store_are_found(big: Served) -> None:
    end = time.monotonic() + 120
    while "still being read" in (page := ask(big, "/search", q="Thnig 200009")).text and time.monotonic() < end:
        assert "more than 200,000 names" in read(page)
        time.sleep(0.2)
    first = re.search(r'<ol start="1"><li><a href="([^"]+)"', page.text)
    assert first is not None and "200009" in first[1]
    assert "not all of them were looked at" in read(ask(big, "/search", q="hi"))
    told = json.loads(ask(big, "/reconcile", queries='{"q": {"query": "Thnig 200009"}}').body)
    assert told["q"]["result"][0]["name"] == "Thing 200009"
    offers = json.loads(ask(big, "/complete", kind="entity", q="thing 77").body)["offers"]
    assert offers[0] == {"text": f"<{BIG}thing/77>", "name": "Thing 77", "iri": f"{BIG}thing/77"}


def test_hostile_labels_stay_text_on_every_page(big: Served) -> None:
    pages = [ask(big, "/about"), ask(big, "/search", q=HOSTILE), ask(big, "/search", q="hub"), ask(big, "/questions")]
    pages += [ask(big, "/resource", iri=BIG + name) for name in ("hub", "near", "Hub", "odd", "after", "rare")]
    pages.append(ask(big, "/resource", iri=f"{BIG}hub", **{"in": f"{BIG}near"}))
    pages.append(ask(big, "/resource", iri=f"{BIG}near", uses=""))
    pages.append(
        ask(big, "/query", query=f"SELECT ?a ?o {{ ?a <{LABEL.value}> ?o FILTER(CONTAINS(?o, 'hub')) }} LIMIT 5")
    )
    pages.append(ask(big, "/query", query=f"SELECT {HOSTILE}"))
    for page in pages:
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert TAG.search(page.text) is None and "\u202e" not in page.text
        assert "javascript:" not in "".join(re.findall(r'href="[^"]*"', page.text.replace("javascript%3A", "")))
        assert page.text.count("<script>") == page.text.count("</script>") <= 1
    assert HOSTILE in html.unescape(pages[4].text)
    assert "<h1>turned�around שלום!</h1>" in pages[7].text


_LATIN = re.compile(r"[A-Za-z]{2,}")
_NAMES = {"SPARQL", "CSV", "JSON", "Turtle", "Quads", "VoID", "OpenRefine", "OpenAPI", "Ctrl"}
_UNSAID = re.compile(
    r'<(style|script|title|code|pre|textarea)\b.*?</\1>|<(\w+)[^>]* lang="en"[^>]*>.*?</\2>', re.DOTALL
)


def _find_english(page: str, said: list[str]) -> Iterator[str]:
    """The texts and labels of a Chinese page that are neither Chinese, nor values of the store, names or code."""
    shown = _UNSAID.sub(" ", page)
    texts = re.findall(r'(?:aria-label|title|alt|placeholder)="([^"]*)"', shown) + re.split("<[^>]+>", shown)
    for text in texts:
        for part in re.split(r" · |[：、]|: |; ", html.unescape(text).strip()):
            known = re.fullmatch(r"\w+:\S*|[a-z]\w*", part) or any(one.startswith(part.rstrip("…")) for one in said)
            if not known and not _NAMES.issuperset(_LATIN.findall(part)):
                yield part


def test_the_pages_are_chinese_for_who_reads_chinese(story: Served) -> None:
    rows = story.query(
        "SELECT DISTINCT ?o { ?s ?p ?o FILTER(isLiteral(?o)) }", accept="application/sparql-results+json"
    )
    said = [row["o"]["value"] for row in json.loads(rows.body)["results"]["bindings"]]
    dispute = re.search(r"/disputes/[0-9a-f]{10}", ask(story, "/disputes").text)
    assert dispute is not None
    paths = ["/about", "/search", "/search?q=bridge", "/search?q=qqqq", "/questions", "/questions/name-of", "/disputes",
             "/disputes?relation=conflict", dispute[0], "/entity/bridge", "/claim/bridge.opening", "/source/bridge",
             "/relation/opens", "/relation/opens?uses=", f"/resource?iri={quote('schema:Person')}", "/query",
             f"/query?query={quote('DESCRIBE e:bridge')}", f"/query?query={quote('SELECT * { ?s ?p ?o } LIMIT 3')}",
             f"/query?query={quote('ASK { }')}", f"/query?query={quote('SELECT * {')}", "/none", "/search?page=0",
             "/entity/bridge?of=rdf:type", "/questions/name-of?thing=nobody"]  # fmt: skip
    own = {key: text for key, text in load_words()["zh"].items() if key != "language"}
    assert own.keys() == load_words()["en"].keys() - {"language"}
    for path in paths:
        page = story.ask("GET", path, accept="text/html", accept_language="fr;q=0.9, zh-CN;q=0.8, en;q=0.2")
        assert '<html lang="zh">' in page.text and page.headers["content-language"] == "zh"
        assert page.headers["vary"].endswith("Accept-Language")
        assert (path, list(_find_english(page.text, said))) == (path, [])
        chosen = ask(story, path + ("&" if "?" in path else "?") + "l=zh")
        links = re.findall(r'href="(/[^"]*)"', chosen.text)
        assert [link for link in links if "l=zh" not in link and "l=en" not in link
                and link.partition("?")[0] not in PLACES_OF_PROGRAMS] == []  # fmt: skip
        assert chosen.text.count("<form") == chosen.text.count('<input type="hidden" name="l" value="zh">')
        back = re.search(r'<a [^>]*href="([^"]*)"[^>]*>English</a>', chosen.text)
        assert back is not None and '<html lang="en">' in ask(story, html.unescape(back[1])).text


def test_parameters_may_have_any_name(story: Served) -> None:
    page = ask(story, "/questions/odd?l=%27en%27&path=e:mayor")
    assert page.status == 200 and '<html lang="en">' in page.text and "Yes" in read(page)
    assert "?l=" not in page.text.partition("<header")[2].partition("<main")[0]  # it is none of the page's language
    chinese = story.ask("GET", "/questions/odd?l=%27en%27", accept="text/html", accept_language="zh")
    assert '<html lang="zh">' in chinese.text


PLACES_OF_PROGRAMS = {"/sparql", "/gsp", "/.well-known/void", "/reconcile", "/openapi.json"}


def test_the_language_is_the_one_that_is_liked_best(story: Served) -> None:
    for header, lang in {"": "en", "zh": "zh", "en, zh;q=0.9": "en", "zh;q=0, en;q=0.1": "en", "zh-Hant-TW": "zh",
                         "*": "en", "de": "en", ";;,q=": "en", "ZH-cn;q=0.5,fr": "zh"}.items():  # fmt: skip
        page = story.ask("GET", "/entity/bridge", accept="text/html", accept_language=header)
        assert (header, re.findall('<html lang="(.*?)">', page.text)) == (header, [lang])
        again = story.ask(
            "GET", "/entity/bridge", accept="text/html", accept_language=header, if_none_match=page.headers["etag"]
        )
        assert again.status == 304
        for name in ("vary", "content-security-policy"):  # the browser takes them for those of the page
            assert again.headers[name] == page.headers[name]
        other = "en" if lang == "zh" else "zh"
        changed = story.ask(
            "GET", "/entity/bridge", accept="text/html", accept_language=other, if_none_match=page.headers["etag"]
        )
        assert changed.status == 200
    assert '<html lang="en">' in ask(story, "/about?l=fr").text
    assert ask(story, "/about?l=zh&l=en").status == 200 == ask(story, "/search?q=bridge&l=zh&l=en").status


# ---- a browser


@pytest.mark.parametrize(
    "every", [False, pytest.param(True, marks=pytest.mark.thorough)], ids=["some pages", "every page"]
)
def test_the_pages_in_a_browser(story: Served, every: bool) -> None:
    reason = _why_not()
    if reason is not None:
        pytest.skip(reason)
    dispute = re.search(r"/disputes/[0-9a-f]{10}", ask(story, "/disputes").text)
    question = re.search(r"/questions/[a-z0-9-]+", ask(story, "/questions").text)
    assert dispute is not None and question is not None
    graph = "/query?query=" + quote("DESCRIBE e:bridge")
    chinese = [f"{path}?l=zh" for path in ("/about", "/entity/bridge", "/claim/bridge.opening", dispute[0], "/none")]
    paths = [*chinese, "/about", graph, "/search?q=river",
             "/entity/mayor", "/claim/bridge.opening", "/source/bridge", "/relation/opens",
             f"/resource?iri={quote('schema:Person')}", "/disputes", dispute[0], "/questions", question[0],
             f"/query?query={quote('SELECT * { ?s ?p }')}"]  # fmt: skip
    if not every:
        paths = ["/about?l=zh", "/entity/mayor", "/disputes", paths[-1]]
    origin = f"http://127.0.0.1:{story.port}"
    run = subprocess.run(
        ["node", str(BROWSER / "explore.mjs"), origin, *paths], capture_output=True, text=True, timeout=300, check=False
    )
    assert run.returncode == 0, run.stderr
    seen = json.loads(run.stdout)
    assert seen["problems"] == []
    assert seen["axe"] == []
    assert seen["wide"] == []
    assert all(url.startswith(origin) for url in seen["asked"])
    assert re.search("[A-Z][a-z]{4}|[a-z]{5}", seen["help"]) is None and "Ctrl+空格键补全" in seen["help"]
    assert seen["caret"] == "}"
    assert seen["offered"] is True
    assert seen["written"].endswith("e:mayor")
    assert seen["answer"] == "Answer"
    assert seen["focus"] == "BUTTON"
    narrowed = {name: set(offers) for name, offers in seen["narrowed"].items()}
    assert "skos:prefLabel" in narrowed["of a class"] and "dcterms:title" not in narrowed["of a class"]
    assert "skos:prefLabel" in narrowed["of a thing"] and "dcterms:title" not in narrowed["of a thing"]
    assert "e:mayor" in narrowed["of a property"] and "e:bridge" not in narrowed["of a property"]
