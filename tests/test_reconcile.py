"""The reconciliation service of `kg serve`: names found with typos, by aliases, in other languages; never guessed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pyoxigraph as ox
import pytest
from serving import ROOT, Answer, Served, serve

from kg.server.app import PLACES, find_answer
from kg.server.names.names import MOST_NAMES, StoredName, StoreNames, fold_name
from kg.server.processes.child import Servant

DATA = """@prefix : <http://t.example/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:Person a owl:Class ; rdfs:label "person"@en , "人"@zh ; rdfs:subClassOf :Agent . :Agent rdfs:label "agent" .
:City a owl:Class ; rdfs:label "city" . :Firm a owl:Class ; rdfs:label "firm" ; rdfs:subClassOf :Agent .
:born a owl:DatatypeProperty ; rdfs:label "born" . :livesIn a owl:ObjectProperty ;
  rdfs:label "lives in" ; rdfs:range :City .
:height rdfs:label "height" . :seen rdfs:label "seen" . :works rdfs:label "works" .
:lei a :Person ; skos:prefLabel "Lei Jun"@en , "雷军"@zh ; skos:altLabel "Jun" ; skos:hiddenLabel "Lai Jun" ;
  :born "1969-12-16"^^xsd:date ; :livesIn :beijing ; :height 1.73 ; :works true , 3 ;
  :seen "2024-04-25T10:00:00Z"^^xsd:dateTime .
:jun a :Person ; skos:prefLabel "June Smith" ; skos:altLabel "Jun" ; :livesIn :paris-tx ; :born "1980-01-01"^^xsd:date .
:paris a :City ; skos:prefLabel "Paris" ; :height 35 . :paris-tx a :City ; skos:prefLabel "Paris" ; :height 183 .
:beijing a :City ; skos:prefLabel "Beijing" , "北京"@zh ; skos:altLabel "Peking" .
:xiaomi a :Firm ; skos:prefLabel "Xiaomi"@en , "小米"@zh .
:xiaomi-ev a :Firm ; skos:prefLabel "Xiaomi EV"@en , "小米汽车"@zh .
:zurich a :City ; skos:prefLabel "Zürich" .
:bare skos:prefLabel "Bare <b>&</b> thing" ; skos:altLabel "turned\u202earound" .
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("names")
    store = ox.Store(str(folder / "store"))
    store.load(DATA.encode(), format=ox.RdfFormat.TURTLE)
    store.flush()
    del store
    with serve("--store", str(folder / "store"), "--cors", "http://127.0.0.1:3333", folder=folder) as server:
        yield server


def post(served: Served, name: str, value: object) -> Answer:
    form = urlencode({name: value if isinstance(value, str) else json.dumps(value)})
    return served.ask("POST", "/reconcile", form, content_type="application/x-www-form-urlencoded")


def find(served: Served, query: str, **more: Any) -> list[dict[str, Any]]:
    """The candidates for a name; identifiers without their beginning."""
    answer = post(served, "queries", {"q0": {"query": query, **more}})
    assert answer.status == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    found: list[dict[str, Any]] = json.loads(answer.body)["q0"]["result"]
    return [one | {"id": one["id"].removeprefix("http://t.example/")} for one in found]


def test_the_manifest_says_what_there_is(served: Served) -> None:
    answer = served.ask("GET", "/reconcile", origin="http://127.0.0.1:3333")
    assert answer.headers["access-control-allow-origin"] == "http://127.0.0.1:3333"
    manifest = json.loads(answer.body)
    here = f"http://127.0.0.1:{served.port}"
    assert manifest["versions"] == ["0.2"]
    assert manifest["identifierSpace"] == f"{here}/"
    assert manifest["schemaSpace"] == "http://www.w3.org/2000/01/rdf-schema#Class"
    assert manifest["view"] == {"url": f"{here}/resource?iri={{{{id}}}}"}
    assert manifest["batchSize"] == 50
    assert sorted(manifest["suggest"]) == ["entity", "property", "type"]
    for about in (*manifest["suggest"].values(), manifest["extend"]["propose_properties"]):
        assert about["service_url"] == here
    viewed = served.ask(
        "GET", manifest["view"]["url"].removeprefix(here).replace("{{id}}", quote("http://t.example/lei", safe=""))
    )
    assert (viewed.status, "Lei Jun" in viewed.text) == (200, True)


@pytest.mark.parametrize(
    ("text", "thing", "score", "match"),
    [
        ("Lei Jun", "lei", 100, True),
        ("  lei   JUN ", "lei", 100, True),
        ("雷军", "lei", 100, True),
        ("Lai Jun", "lei", 97, True),  # a misspelling that a curator knows
        ("Jun Lei", "lei", 95, False),
        ("Lei Jum", "lei", 85.7, False),  # a typo is never taken for certain
        ("Peking", "beijing", 100, True),
        ("Zurich", "zurich", 98, True),
        ("Zürich!", "zurich", 98, True),
        ("Bejing", "beijing", 85.7, False),
        ("Xiaomi", "xiaomi", 100, True),
        ("Xiaomi E.V.", "xiaomi-ev", 95, False),
    ],
)
def test_a_name_is_found_with_an_honest_score(served: Served, text: str, thing: str, score: float, match: bool) -> None:
    first, *others = find(served, text)
    assert (first["id"], first["score"], first["match"]) == (thing, score, match)
    assert not any(other["match"] for other in others)
    assert all(other["score"] < first["score"] for other in others)


def test_a_name_that_two_things_bear_is_no_match(served: Served) -> None:
    found = find(served, "Paris")
    assert [(one["id"], one["score"], one["match"]) for one in found] == [
        ("paris", 100, False),
        ("paris-tx", 100, False),
    ]
    assert [one["id"] for one in find(served, "Jun")[:2]] == ["jun", "lei"]
    assert not any(one["match"] for one in find(served, "Jun"))


@pytest.mark.parametrize("text", ["Shenzhen", "x", "?!", "Nobody Atall"])
def test_a_name_that_nothing_bears_has_no_candidate_that_looks_good(served: Served, text: str) -> None:
    assert all(one["score"] < 70 for one in find(served, text))


def test_a_candidate_says_what_it_is_and_by_which_name(served: Served) -> None:
    (found,) = find(served, "Peking")
    assert found == {
        "id": "beijing", "name": "Beijing", "score": 100, "match": True, "description": "by an alias: Peking",
        "type": [{"id": "http://t.example/City", "name": "city"}],
        "features": [{"id": "name", "value": 100}, {"id": "type", "value": True}],
    }  # fmt: skip
    assert find(served, "雷军")[0]["description"] == "by a name: 雷军 (zh)"


def test_a_type_narrows_what_is_found(served: Served) -> None:
    assert [one["id"] for one in find(served, "Jun", type="http://t.example/Agent")[:2]] == [
        "jun",
        "lei",
    ]  # by a class above
    assert find(served, "Paris", type="http://t.example/Firm") == []
    both = ["http://t.example/Person", "http://t.example/City"]
    assert [one["id"] for one in find(served, "Beijing", type=both)] == ["beijing"]
    assert find(served, "Beijing", type=both, type_strict="all") == []
    (should,) = find(served, "Beijing", type="http://t.example/Person", type_strict="should")
    assert (should["score"], should["match"]) == (90, False)


@pytest.mark.parametrize(
    ("properties", "thing", "score"),
    [
        ([{"pid": "http://t.example/livesIn", "v": {"id": "http://t.example/beijing"}}], "lei", 100),
        ([{"pid": "http://t.example/livesIn", "v": "Peking"}], "lei", 100),
        (
            [{"pid": "http://t.example/livesIn", "v": ["beijing"]}, {"pid": "http://t.example/height", "v": 1.73}],
            "lei",
            100,
        ),
        ([{"pid": "http://t.example/born", "v": "1980-01-01"}], "jun", 100),
        ([{"pid": "http://t.example/works", "v": True}], "lei", 100),
        ([{"pid": "http://t.example/born", "v": "1980-01-01"}, {"pid": "http://t.example/height", "v": 2}],
         "jun", 80),
    ],
)  # fmt: skip
def test_properties_tell_two_of_one_name_apart(
    served: Served, properties: list[dict[str, Any]], thing: str, score: float
) -> None:
    first, second = find(served, "Jun", properties=properties)[:2]
    assert (first["id"], first["score"], first["match"]) == (thing, score, score == 100)
    assert second["score"] == 60
    assert {"id": "properties", "value": 100 if score == 100 else 50} in first["features"]


def test_properties_alone_find_things(served: Served) -> None:
    wanted = [{"pid": "http://t.example/height", "v": "183"}]
    answer = post(served, "queries", {"q0": {"properties": wanted}})
    (found,) = json.loads(answer.body)["q0"]["result"]
    assert (found["id"], found["score"], found["match"]) == ("http://t.example/paris-tx", 100, True)


def test_a_query_without_a_letter_finds_nothing_and_stops_no_other(served: Served) -> None:
    batch = {"blank": {"query": " "}, "empty": {"query": ""}, "b": {"query": "Peking"}}
    found = json.loads(post(served, "queries", batch).body)
    assert (found["blank"], found["empty"], len(found["b"]["result"])) == ({"result": []}, {"result": []}, 1)


def test_a_batch_is_answered_by_get_and_post(served: Served) -> None:
    batch = {"a": {"query": "Lei Jun", "limit": 1}, "b": {"query": "Peking"}}
    by_get = served.ask("GET", "/reconcile?" + urlencode({"queries": json.dumps(batch)}))
    assert by_get.body == post(served, "queries", batch).body
    assert sorted(json.loads(by_get.body)) == ["a", "b"]


@pytest.mark.parametrize(
    ("name", "value", "status", "words"),
    [
        ("queries", "{", 400, "`queries` is no JSON\n"),
        ("queries", "[" * 100_000, 400, "`queries` is no JSON\n"),
        ("queries", "[]", 400, "`queries` is no JSON object\n"),
        ("queries", {"q0": "Lei Jun"}, 400, "the query `q0`: it is no object\n"),
        ("queries", {"q0": {}}, 400, "the query `q0`: it has neither `query` nor `properties`\n"),
        ("queries", {"q0": {"query": "a", "limit": 0}}, 400, "the query `q0`: `limit` is a number greater than 0\n"),
        ("queries", {"q0": {"query": 3}}, 400, "the query `q0`: `query` is a text of at most 1,000 characters\n"),
        ("queries", {"q0": {"query": "a", "type_strict": "x"}}, 400,
         "the query `q0`: `type_strict` is one of any, all, should\n"),
        ("queries", {"q0": {"query": "a", "properties": [{"pid": 1, "v": 1}]}}, 400,
         "the query `q0`: a `pid` is a text\n"),
        ("queries", {f"q{n}": {"query": "a"} for n in range(51)}, 413, "a batch holds at most 50 queries\n"),
        ("extend", {"ids": "x"}, 400, "`ids` is a list of identifiers\n"),
        ("extend", {"ids": [], "properties": [{}]}, 400, "`properties` is a list of objects with `id`\n"),
        ("callback", "f", 400, "JSONP is not offered: ask with CORS (--cors ORIGIN)\n"),
        ("other", "x", 400, "neither queries nor extend in the body\n"),
    ],
)  # fmt: skip
def test_a_wrong_request_is_told_in_a_line(served: Served, name: str, value: object, status: int, words: str) -> None:
    answer = post(served, name, value)
    assert (answer.status, answer.text) == (status, words)


def test_strange_texts_do_no_harm(served: Served) -> None:
    for text in ("\ud800", "\x00", "a" * 1000, "雷" * 500, "\u202e", "<script>", "' OR 1=1", "?s ?p ?o }"):
        assert post(served, "queries", json.dumps({"q0": {"query": text, "type": text, "properties": [
            {"pid": text, "v": [text, {"id": text}, 1e308]}]}})).status == 200  # fmt: skip
    extended = post(served, "extend", json.dumps({"ids": ["\ud800", "a b"], "properties": [{"id": "> <"}]}))
    assert (extended.status, json.loads(extended.body)["rows"]["a b"]) == (200, {"> <": []})


@pytest.mark.parametrize(
    ("kind", "prefix", "found"),
    [
        ("entity", "xia", ["xiaomi", "xiaomi-ev"]),
        ("entity", "ju", ["jun", "lei"]),
        ("entity", "雷", ["lei"]),
        ("type", "per", ["Person"]),
        ("type", "人", ["Person"]),
        ("property", "liv", ["livesIn"]),
        ("property", "in", ["livesIn"]),
    ],
)
def test_what_is_begun_is_suggested(served: Served, kind: str, prefix: str, found: list[str]) -> None:
    answer = served.ask("GET", f"/reconcile/suggest/{kind}?" + urlencode({"prefix": prefix}))
    result = json.loads(answer.body)["result"]
    names = [one["id"].removeprefix("http://t.example/") for one in result]
    assert names[: len(found)] == found
    if kind == "entity":
        assert all(one["notable"][0]["name"] for one in result)
    skipped = served.ask("GET", f"/reconcile/suggest/{kind}?" + urlencode({"prefix": prefix, "cursor": 1}))
    assert json.loads(skipped.body)["result"] == result[1:]


def test_a_thing_is_previewed_as_text_in_frames_of_welcome_pages_alone(served: Served) -> None:
    preview = served.ask("GET", "/reconcile/preview?id=" + quote("http://t.example/bare", safe=""))
    assert preview.status == 200
    assert "<h1>Bare &lt;b&gt;&amp;&lt;/b&gt; thing</h1>" in preview.text and "<p>turned�around</p>" in preview.text
    assert preview.headers["content-security-policy"].endswith("frame-ancestors http://127.0.0.1:3333")
    flyout = json.loads(served.ask("GET", "/reconcile/flyout/entity?id=http://t.example/lei").body)
    assert (flyout["id"], "<p>雷军, Jun</p>" in flyout["html"]) == ("http://t.example/lei", True)
    assert served.ask("GET", "/reconcile/preview?id=none").status == 404
    assert served.ask("GET", "/reconcile/elsewhere").status == 404
    assert served.ask("PUT", "/reconcile", "x").status == 405


def test_values_of_properties_are_given_by_their_types(served: Served) -> None:
    wanted = [{"id": f"http://t.example/{name}"} for name in ("livesIn", "height", "born", "seen", "works")]
    wish = {"ids": ["http://t.example/lei", "http://t.example/none"], "properties": wanted}
    answer = json.loads(post(served, "extend", wish).body)
    assert answer["meta"][0] == {
        "id": "http://t.example/livesIn", "name": "lives in", "type": {"id": "http://t.example/City", "name": "city"},
    }  # fmt: skip
    row = {key.rpartition("/")[2]: value for key, value in answer["rows"]["http://t.example/lei"].items()}
    assert row == {
        "livesIn": [{"id": "http://t.example/beijing", "name": "Beijing"}], "height": [{"float": 1.73}],
        "born": [{"date": "1969-12-16T00:00:00"}], "seen": [{"date": "2024-04-25T10:00:00Z"}],
        "works": [{"int": 3}, {"str": "true"}],
    }  # fmt: skip
    assert set(map(str, answer["rows"]["http://t.example/none"].values())) == {"[]"}
    proposed = served.ask("GET", "/reconcile/properties?limit=2&type=" + quote("http://t.example/Person"))
    assert [one["name"] for one in json.loads(proposed.body)["properties"]] == ["born", "lives in"]


def test_things_are_called_as_who_asks_calls_the_server() -> None:
    servant = Servant.__new__(Servant)
    servant.store, servant.prefixes, servant._matcher, servant._files = ox.Store(), {}, None, None
    servant.store.load(DATA.encode(), format=ox.RdfFormat.TURTLE)

    def find(space: str) -> str:
        asked = {"act": "match", "with": [{"q": {"query": "Lei Jun"}}], "space": space, "language": "en", "files": None}
        found: str = servant.match(asked)["answer"]["q"]["result"][0]["id"]
        return found

    assert find("http://t.example/") == "lei"
    assert find("http://other.example/") == "http://t.example/lei"  # a proxy's name, then another
    assert find("http://t.example/") == "lei"


def test_things_of_a_project_are_called_by_what_follows_its_base() -> None:
    with serve(folder=ROOT) as graph:
        manifest = json.loads(graph.ask("GET", "/reconcile").body)
        assert manifest["identifierSpace"] == "https://xiaomi.kg.example/"
        (found, *_) = json.loads(post(graph, "queries", {"q": {"query": "雷军", "type": "schema:Person"}}).body)["q"][
            "result"
        ]
        assert (found["id"], found["name"], found["match"]) == ("entity/lei-jun", "Lei Jun", True)
        assert graph.ask("GET", "/resource?iri=" + quote(found["id"], safe=""), accept="text/turtle").status == 200


def test_the_description_is_openapi_and_says_what_is_answered(served: Served) -> None:
    jsonschema = pytest.importorskip("jsonschema")  # it comes with the other
    description = json.loads(served.ask("GET", "/openapi.json").body)
    pytest.importorskip("openapi_spec_validator").validate(description)
    assert description["servers"] == [{"url": f"http://127.0.0.1:{served.port}"}]
    given = {
        "iri": "http://t.example/lei",
        "id": "http://t.example/lei",
        "prefix": "a",
        "type": "http://t.example/City",
    }
    asked = 0
    for path, methods in description["paths"].items():
        get = methods["get"]
        needed = [one["name"] for one in get.get("parameters", ()) if one.get("required") and one["in"] == "query"]
        if "{" in path or path == "/live":
            continue  # a store has no base, and no files that are watched
        answer = served.ask("GET", f"{path}?" + urlencode({name: given[name] for name in needed}))
        assert answer.status == 200, (path, answer.text)
        content = get["responses"]["200"]["content"]
        media = answer.headers["content-type"].partition(";")[0]
        assert media in content
        if media == "application/json":
            schema = content[media]["schema"] | {"components": description["components"]}
            jsonschema.validate(json.loads(answer.body), schema)
        if needed:
            assert served.ask("GET", path).status == 400
        asked += 1
    assert asked == 19
    own = {path for path in description["paths"] if not path.startswith("/reconcile")}
    assert own == {*PLACES, "/live", "/{path}", "/questions/{name}", "/disputes/{key}"}
    assert all(find_answer(path)[1] is answer for path, answer in PLACES.items())
    manifest = json.loads(served.ask("GET", "/reconcile").body)
    promised = {root for one in manifest["suggest"].values()
                for root in (one["service_path"], one["flyout_service_path"].partition("?")[0])}  # fmt: skip
    promised |= {manifest["extend"]["propose_properties"]["service_path"], "/reconcile", "/reconcile/preview"}
    assert promised == {path for path in description["paths"] if path.startswith("/reconcile")}
    batch = {"q0": {"query": "Paris", "type": "http://t.example/City", "properties": [{"pid": "height", "v": 35}]}}
    components = {"components": description["components"]}
    jsonschema.validate(batch, {"$ref": "#/components/schemas/QueryBatch"} | components)
    found = json.loads(post(served, "queries", batch).body)
    jsonschema.validate(found, {"$ref": "#/components/schemas/ResultBatch"} | components)


def test_names_that_are_changed_are_found() -> None:
    with serve("--memory", "--write", "--no-token") as store:
        assert find(store, "Lei Jun") == []
        store.update('INSERT DATA { <http://t.example/lei> <http://www.w3.org/2000/01/rdf-schema#label> "Lei Jun" }')
        assert [one["id"] for one in find(store, "Lei Jun")] == ["lei"]
        store.update("DELETE WHERE { ?s ?p ?o }")
        assert find(store, "Lei Jun") == []


def test_names_without_number_are_matched_in_bounded_time() -> None:
    """A hundred thousand names, one misspelt: about a tenth of a second on the machine that this was written on."""
    index = StoreNames(language="en")
    for number in range(20_000):
        index.add(
            StoredName(
                thing=f"http://t.example/{number}", text=f"thing {number:05} of many", language="en", kind="name"
            )
        )
    found = index.find("thnig 01234 of many", 3)
    assert (found[0].name.thing, found[0].is_exact) == ("http://t.example/1234", False)
    assert MOST_NAMES == 200_000
    assert fold_name("\x00\u202e") == ""
