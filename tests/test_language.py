"""Languages: what is a tag, and projects in other languages than English."""

from __future__ import annotations

from pathlib import Path

import networkx
import pytest
import rdflib
from pyoxigraph import RdfFormat, parse
from rdflib.compare import to_isomorphic
from story import ONTOLOGY
from terminal import run_kg

import kg
from kg.build.build import build_project
from kg.build.pipeline import check_project
from kg.check.figures import _has_kilo, _of_text
from kg.cli.live import describe_graph
from kg.editor.card import show_entity_card
from kg.page import render_page
from kg.system.project import Project
from kg.text.language import explain_tag
from kg.text.sentence import digest_sentence

GOOD = "en EN zh-Hant zh-TW zh-cmn-Hans-CN sl-rozaj-biske de-CH-1996 es-419 en-a-bbb-x-a x-ours i-klingon und yue"
BAD = {
    "english": "write `en`", "en_GB": "write `en-GB`", "en-UK": "write `en-GB`", "cn": "write `zh`",
    "zho-TW": "write `zh-TW`", "jp": "write `ja`", "en-": "write `en`",
}  # fmt: skip
NONSENSE = "xx e 1x klingon en--x en-x en-US-12 zh-Hans-QA-abcdefghi de-419-DE 中文 ｅｎ i-foo"


def test_what_is_a_language_tag() -> None:
    assert [tag for tag in GOOD.split() if explain_tag(tag) is not None] == []
    assert {tag: explain_tag(tag) for tag in BAD} == BAD
    assert {explain_tag(tag) for tag in NONSENSE.split()} == {"write `en`, `zh`, `pt-BR` ..."}


HEAD = """@prefix k: <https://zh.example/class/> . @prefix r: <https://zh.example/relation/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix schema: <https://schema.org/> .
@prefix qudt: <http://qudt.org/schema/qudt/> . @prefix unit: <http://qudt.org/vocab/unit/> .
"""
CHINESE = {
    "seeds/dataset.yaml": """kg: dataset/1
title: 河镇大桥
base: https://zh.example/
language: zh
licence: cc:by/4.0/
publisher: {name: 河镇档案馆, url: ex:archive}
prefixes: {cc: "https://creativecommons.org/licenses/", ex: "https://ex.example/"}
""",
    "seeds/sources/bao.yaml": "kg: source/1\ntitle: 大桥通车\nauthor: bianji\npublished: 2026-06-12\n"
    "url: ex:bao\naccept: {no-outline: 采访，没有文本}\n",
    "seeds/entities/all.yaml": """kg: entities/1
entities:
  bianji: {is: Voice, label: 编辑}
  qiao: {is: Bridge, label: 大桥, same: ex:bridge}
  zhen: {is: City, label: {zh-Hans: 河镇}}
""",
    "seeds/claims/bao.yaml": """kg: claims/1
source: bao
claims:
  p1s1:
    said: source
    chang: {s: qiao, p: length, o: 118 m}
    zai: {s: qiao, p: inCity, o: zhen}
    wang: {s: qiao, p: page, o: ex:qiao}
    xiang: {s: qiao, p: described, o: 像彩虹, mode: opinion}
""",
    "ontology/own.ttl": HEAD
    + """schema:Thing a owl:Class ; rdfs:label "事物"@zh .
schema:NewsArticle a owl:Class ; rdfs:label "新闻"@zh .
schema:City a owl:Class ; rdfs:subClassOf schema:Thing ; rdfs:label "城市"@zh .
k:Bridge a owl:Class ; rdfs:subClassOf schema:Thing ; rdfs:label "桥"@zh .
r:length a owl:DatatypeProperty ; rdfs:label "长度"@zh ; rdfs:range xsd:decimal ; qudt:hasUnit unit:M .
r:inCity a owl:ObjectProperty ; rdfs:label "位于"@zh ; rdfs:range schema:City .
r:page a owl:DatatypeProperty ; rdfs:label "网页"@zh ; rdfs:range xsd:anyURI .
r:described a owl:DatatypeProperty ; rdfs:label "描述"@zh ; rdfs:range xsd:string .
""",
}


def lay_out(root: Path, files: dict[str, str]) -> Project:
    for name in ("model.ttl", "units.ttl", "shapes.ttl"):
        files = {f"ontology/{name}": (ONTOLOGY / name).read_text(encoding="utf-8"), **files}
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return Project(root)


def test_a_project_in_chinese_only_builds_without_a_warning(tmp_path: Path) -> None:
    report = build_project(lay_out(tmp_path, CHINESE), strict=True)
    assert [str(d) for d in report.diagnostics if d.severity.word != "note"] == [] and report.files
    text = (tmp_path / "exports/graph.ttl").read_text(encoding="utf-8")
    assert "dcterms:license <https://creativecommons.org/licenses/by/4.0/>" in text
    assert 'r:page "https://ex.example/qiao"^^xsd:anyURI' in text and "schema:url ex:bao" in text
    assert '<html lang="zh"' in (tmp_path / "exports/graph.html").read_text(encoding="utf-8")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rdflib warns of its own ways
def test_its_exports_are_read_alike(tmp_path: Path) -> None:
    """By Oxigraph, rdflib and networkx, to the same triples."""
    build_project(lay_out(tmp_path, CHINESE))
    exports = tmp_path / "exports"
    quads = list(parse(path=str(exports / "graph.nq"), format=RdfFormat.N_QUADS))
    expected = to_isomorphic(rdflib.Graph().parse(data="\n".join(f"{q.triple} ." for q in quads), format="nt"))
    for name, syntax in READ_BY_RDFLIB.items():
        union = rdflib.Dataset(default_union=True)
        union.parse(data=(exports / name).read_text(encoding="utf-8"), format=syntax)
        merged = rdflib.Graph()
        merged += ((s, p, o) for s, p, o, _ in union.quads())
        assert to_isomorphic(merged) == expected, name
    network = networkx.node_link_graph(networkx.node_link_data(kg.open_project(tmp_path).to_networkx()))
    drawn = {(network.nodes[u]["iri"], d["property"], network.nodes[v]["iri"]) for u, v, d in network.edges(data=True)}
    entity = "https://zh.example/entity/"
    said = {(q.subject.value, q.predicate.value, q.object.value) for q in quads}
    own = {t for t in said if "/relation/" in t[1] and t[2].startswith(entity)}
    assert drawn == own == {(entity + "qiao", "https://zh.example/relation/inCity", entity + "zhen")}
    networkx.write_graphml(network, tmp_path / "graph.graphml")


READ_BY_RDFLIB = {
    "graph.ttl": "turtle", "graph.jsonld": "json-ld", "graph.trig": "trig", "graph.dataset.jsonld": "json-ld"
}  # fmt: skip


@pytest.mark.parametrize(("language", "warns"), [("zh", False), ("zh-Hans", True), ("en", True), ("fr", True)])
def test_labels_are_asked_for_in_the_language_of_the_data_set(language: str, warns: bool, tmp_path: Path) -> None:
    dataset = CHINESE["seeds/dataset.yaml"].replace("language: zh", f"language: {language}")
    entities = CHINESE["seeds/entities/all.yaml"].replace("label: 大桥", "label: {zh: 大桥}")
    files = CHINESE | {"seeds/dataset.yaml": dataset, "seeds/entities/all.yaml": entities}
    found = [d for d in check_project(lay_out(tmp_path, files)).diagnostics if d.code == "no-label"]
    assert [d.mark.line for d in found] == ([] if not warns else [4, 5] if language in {"en", "fr"} else [])
    if found:
        assert found[0].message == f"`qiao` has no label in `{language}`, the data set's language, only in `zh`"


@pytest.mark.parametrize(
    ("file", "old", "new", "column"),
    [
        ("seeds/dataset.yaml", "language: zh", "language: chinese", 11),
        ("seeds/dataset.yaml", "title: 河镇大桥", "title: {cn: 河镇大桥}", 9),
        ("seeds/entities/all.yaml", "{zh-Hans: 河镇}", "{zh_CN: 河镇}", 28),
        ("seeds/claims/bao.yaml", "{s: qiao, p: inCity, o: zhen}", "{s: qiao, p: said, o: {text: a, lang: xx}}", 48),
        ("ontology/own.ttl", '"桥"@zh', '"桥"@chinese', 66),
        ("ontology/own.ttl", '"桥"@zh', '"桥"@zh-UK', 66),
    ],
)
def test_nonsense_tags_are_told_at_their_place(file: str, old: str, new: str, column: int, tmp_path: Path) -> None:
    more = 'r:said a owl:DatatypeProperty ; rdfs:label "说"@zh ; rdfs:range rdfs:Literal .\n'
    files = CHINESE | {"ontology/own.ttl": CHINESE["ontology/own.ttl"] + more}
    files |= {file: files[file].replace(old, new)}
    errors = [d for d in check_project(lay_out(tmp_path, files)).diagnostics if d.severity.word == "error"]
    assert [(d.code, d.mark.file, d.mark.column) for d in errors] == [("bad-language", file, column)]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("seeds/dataset.yaml", "licence: cc:by", "licence: ccc:by"),
        ("seeds/dataset.yaml", "url: ex:archive", "url: exx:archive"),
        ("seeds/sources/bao.yaml", "url: ex:bao", "url: exx:bao"),
        ("seeds/claims/bao.yaml", "o: ex:qiao", "o: exx:qiao"),
        ("seeds/entities/all.yaml", "same: ex:bridge", "same: exx:bridge"),
    ],
)
def test_an_unknown_prefix_is_told(file: str, old: str, new: str, tmp_path: Path) -> None:
    files = CHINESE | {file: CHINESE[file].replace(old, new)}
    (error,) = (d for d in check_project(lay_out(tmp_path, files)).diagnostics if d.severity.word == "error")
    assert (error.code, error.mark.file) == ("bad-iri", file)
    prefix = "ccc" if "ccc" in new else "exx"
    assert f"`{prefix}` is no known prefix" in error.message and error.hint == f"did you mean `{prefix[:2]}`?"


OUTLINE = "outline:\n  p1s1: 0a1b2c3d 118\n"


@pytest.mark.parametrize(
    ("source", "key", "codes"),
    [
        ("", "p1s1", ["no-outline"]),  # an interview
        ("", "p1s1 0a1b2c3d", ["no-outline"]),
        ("file: bao.txt\n", "p1s1 0a1b2c3d", ["no-outline"]),
        ("file: bao.txt\n", "p1s1", ["no-outline", "missing-digest"]),
        (f"file: bao.txt\n{OUTLINE}", "p1s1", ["missing-digest"]),
        (OUTLINE, "p1s1 0a1b2c3d", []),
    ],
)
def test_a_source_without_an_outline_builds_with_its_warning(
    source: str, key: str, codes: list[str], tmp_path: Path
) -> None:
    files = dict(CHINESE)
    files["seeds/sources/bao.yaml"] = files["seeds/sources/bao.yaml"].partition("accept")[0] + source
    files["seeds/claims/bao.yaml"] = files["seeds/claims/bao.yaml"].replace("p1s1:", f"{key}:")
    report = build_project(lay_out(tmp_path, files))
    assert sorted(d.code for d in report.diagnostics if d.severity.word != "note") == sorted(codes)
    assert bool(report.files) == ("missing-digest" not in codes)
    if report.files:
        written = 'kg:digest "0a1b2c3d"' in (tmp_path / "exports/graph.ttl").read_text(encoding="utf-8")
        assert written == ("0a1b2c3d" in key)


@pytest.mark.parametrize("tag", ["zh-hant", "zh-TW", "EN", "fr"])
def test_any_tag_chooses_some_label(tag: str, tmp_path: Path) -> None:
    lay_out(tmp_path, CHINESE)
    done = run_kg("show", "qiao", "--lang", tag, folder=tmp_path)
    assert done.code == 0 and done.out.startswith("大桥   (Bridge, qiao)")


def test_titles_and_descriptions_answer_a_language_as_labels_do(tmp_path: Path) -> None:
    """One in `ZH-Hans` was none to a page or a server in `zh`: the first that there is stood there, or none."""
    dataset = CHINESE["seeds/dataset.yaml"].replace(
        "title: 河镇大桥", "title: {en: The bridge, ZH-Hans: 河镇大桥}\ndescription: {en: A bridge, ZH-Hans: 一座桥}"
    )
    entities = CHINESE["seeds/entities/all.yaml"].replace(
        "label: 大桥,", "label: 大桥, description: {en: It is long, ZH-Hans: 很长},"
    )
    lay_out(tmp_path, {**CHINESE, "seeds/dataset.yaml": dataset, "seeds/entities/all.yaml": entities})
    checked = check_project(Project(tmp_path))
    assert not checked.has_errors and describe_graph(checked).title == "河镇大桥"
    page = render_page(checked.story)
    assert "<title>河镇大桥</title>" in page and 'content="一座桥"' in page
    told = run_kg("show", "qiao", "--lang", "zh", folder=tmp_path).out
    assert "  很长\n" in told and "It is long" not in told
    assert "很长" in show_entity_card(checked, checked.seeds.entity_by_key["qiao"])


INVISIBLE = {
    "a soft hyphen": "\u00ad",
    "a mark of direction": "\u200f",
    "a joiner": "\u2060",
    "a sign of Unicode": "\u034f",
}


@pytest.mark.parametrize("sign", INVISIBLE.values(), ids=list(INVISIBLE))
def test_words_are_found_through_signs_that_nobody_sees(tmp_path: Path, sign: str) -> None:
    """PDF and HTML have soft hyphens within words: `me-tres` was no unit, and `bri-dge` no name."""
    run_kg("init", ".", "--title", "A story", "--base", "https://story.example/", folder=tmp_path)
    sentence = f"The new bri{sign}dge is 120 me{sign}tres long."
    text = (tmp_path / "texts/bridge.txt").read_text(encoding="utf-8")
    assert "The new bridge is 120 metres long." in text
    text = text.replace("The new bridge is 120 metres long.", sentence)
    (tmp_path / "texts/bridge.txt").write_text(text, encoding="utf-8")
    claims = tmp_path / "seeds/claims/bridge.yaml"
    written = claims.read_text(encoding="utf-8").replace("12dca05b", digest_sentence(sentence))
    claims.write_text(written, encoding="utf-8")
    assert run_kg("evidence", "outline", "bridge", "--texts", "texts", folder=tmp_path).code == 0
    told = run_kg("check", "-v", "--texts", "texts", folder=tmp_path)
    assert (told.code, told.err) == (0, "kg: 0 errors, 0 warnings, 0 notes\n")
    assert digest_sentence(sentence) != "12dca05b"  # digests are what they were


@pytest.mark.parametrize("lang", ["zh", "ZH", "zh-Hans", "Zh-hans"])
def test_the_case_of_a_sources_language_says_nothing(lang: str) -> None:
    """Of a source in `ZH` the kilo of its units (千瓦时) was not known."""
    assert _has_kilo("70", _of_text("容量是70千瓦时。", lang)) and not _has_kilo(
        "7", _of_text("容量是70千瓦时。", lang)
    )
