"""Tables made of the answers to queries over the project's own graph of claims."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pyoxigraph as ox
import pytest
from endpoint import serve_stores
from terminal import environment, run_kg

from kg.api import KnowledgeGraph, open_project
from kg.ask.store import Table
from kg.build.build import build_project
from kg.starter import init_project
from kg.system.project import Project
from kg.text.diagnostic import Diagnostic, Severity, render_text

BASE = "https://story.example/"
ONTOLOGY = """
schema:Thing a owl:Class ; rdfs:label "thing"@en ; rdfs:comment "Anything."@en .
k:Promise a owl:Class ; rdfs:label "promise"@en ; rdfs:comment "What somebody promises."@en .
r:spokeOf a owl:ObjectProperty ; rdfs:label "spoke of"@en ; rdfs:comment "Made a claim about."@en ;
    rdfs:domain schema:Thing ; rdfs:range schema:Thing .
r:note a owl:DatatypeProperty ; rdfs:label "note"@en ; rdfs:comment "Whatever."@en ;
    rdfs:domain schema:Thing ; rdfs:range xsd:string .
"""
QUESTION = """\
#' question: {en: "Who spoke of what?", zh: "谁说了什么？"}
#' params: {mode: kg:Promise}
SELECT DISTINCT ?who ?what ?claim {
  ?claim prov:wasAttributedTo ?who ; rdf:subject ?what ; kg:mode ?mode .
}
"""
MAPPING = """\
prefixes: {e: "https://story.example/entity/", r: "https://story.example/relation/"}
mappings:
  speech:
    sources: [[speech.rq~sparqltsv]]
    s: $(who)
    po:
      - [r:spokeOf, $(what)~iri]
"""
TERMS = """\
@prefix x: <http://x.example/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
x:a x:value 7 , "seven"@en-GB , "a \\"b\\" \\n" , "2026-06-12"^^xsd:date , true , x:b .
x:c x:value 8 ; x:label "eight"@en .
"""
RML = """\
@prefix rml: <http://w3id.org/rml/> . @prefix formats: <http://www.w3.org/ns/formats/> .
@prefix r: <https://story.example/relation/> .
<#m> rml:logicalSource [ rml:source "terms.rq" ; rml:referenceFormulation formats:SPARQL_Results_TSV ] ;
  rml:subjectMap [ rml:reference "s" ] ;
  rml:predicateObjectMap [ rml:predicate r:note ; rml:objectMap [ rml:reference "value" ] ] .
"""
ALL_TERMS = "SELECT * { ?s <http://x.example/value> ?value FILTER isLiteral(?value) }"


@pytest.fixture
def story(tmp_path: Path) -> Path:
    """The project of `kg init` with a question, and a table of its answer."""
    folder = tmp_path / "story"
    init_project(folder, title="A story", base=BASE)
    with (folder / "ontology" / "story.ttl").open("a", encoding="utf-8") as file:
        file.write(ONTOLOGY)
    write(folder, "ontology/questions/speech.rq", QUESTION)
    write(folder, "seeds/tables/speech.yarrrml.yaml", MAPPING)
    return folder


@pytest.fixture
def terms(story: Path) -> Path:
    """A project with literals of many kinds in an RDF file, and a table of them."""
    write(story, "seeds/rdf/terms.ttl", TERMS)
    write(story, "seeds/tables/terms.rq", ALL_TERMS)
    write(story, "seeds/tables/terms.rml.ttl", RML)
    return story


def write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def edit(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    write(folder, name, text.replace(old, new))


def find(folder: Path) -> list[Diagnostic]:
    return [d for d in open_project(folder).diagnostics if d.severity > Severity.NOTE]


def rows(graph: KnowledgeGraph, query: str) -> list[list[str]]:
    answer = graph.query(query)
    assert isinstance(answer, Table)
    return [[str(term) for term in row] for row in answer.rows]


def notes(folder: Path) -> list[str]:
    return sorted(o for (o,) in rows(open_project(folder), "SELECT ?o { GRAPH t:terms { ?s r:note ?o } }"))


# -- what is made -------------------------------------------------------------------------------


def test_a_question_by_its_name_gives_a_table_in_every_export(story: Path) -> None:
    report = build_project(Project(story))
    assert [d for d in report.diagnostics if d.severity > Severity.NOTE] == []
    found = rows(open_project(story), "SELECT * { GRAPH t:speech { ?s r:spokeOf ?o } }")
    assert sorted(found[0]) == [f"<{BASE}entity/bridge>", f"<{BASE}entity/mayor>"]
    assert len(found) == 1  # of the promise alone: that is the default of the question's parameter
    quads = (story / "exports" / "graph.nq").read_text(encoding="utf-8")
    line = f"<{BASE}entity/mayor> <{BASE}relation/spokeOf> <{BASE}entity/bridge> <{BASE}table/speech> .\n"
    assert line in quads
    assert "r:spokeOf e:bridge" in (story / "exports" / "graph.ttl").read_text(encoding="utf-8")


def test_its_provenance_is_the_mapping_the_question_and_what_was_curated(story: Path) -> None:
    query = """SELECT ?used ?kind ?title ?sha WHERE { GRAPH t:speech {
        t:speech prov:wasDerivedFrom ?used ; prov:wasGeneratedBy ?run . ?run prov:used ?used .
        OPTIONAL { ?used a ?kind ; dcterms:title ?title ; kg:sha256 ?sha } } } ORDER BY ?used"""
    plan = "<http://www.w3.org/ns/prov#Plan>"
    names = ["ontology/questions/speech.rq", "seeds/tables/speech.yarrrml.yaml"]
    digests = {n: sha256((story / n).read_bytes()).hexdigest() for n in names}
    files = [[f"<{BASE}file/{n}>", plan, f'"{n}"', f'"{digests[n]}"'] for n in names]
    assert rows(open_project(story), query) == [[f"<{BASE}>", "None", "None", "None"], *files]
    build_project(Project(story))
    manifest = json.loads((story / "exports" / "manifest.json").read_text(encoding="utf-8"))
    assert {n: manifest["inputs"][n] for n in names} == digests
    assert manifest["tables"] == {"speech": {"as": "graph", "quads": 1}}


def test_literals_keep_datatype_and_language(terms: Path) -> None:
    assert find(terms) == []
    xsd = "http://www.w3.org/2001/XMLSchema#"
    assert notes(terms) == sorted(
        [
            f'"7"^^<{xsd}integer>', f'"8"^^<{xsd}integer>', f'"true"^^<{xsd}boolean>', '"a \\"b\\" \\n"',
            '"seven"@en-gb', f'"2026-06-12"^^<{xsd}date>',
        ]
    )  # fmt: skip


def test_the_results_as_csv_are_texts_alone(terms: Path) -> None:
    edit(terms, "seeds/tables/terms.rml.ttl", "Results_TSV", "Results_CSV")
    assert notes(terms) == sorted(['"7"', '"8"', '"true"', '"a \\"b\\" \\n"', '"seven"', '"2026-06-12"'])


def test_an_unbound_variable_gives_no_triple(terms: Path) -> None:
    write(
        terms, "seeds/tables/terms.rq", "SELECT ?s ?value { ?s ?p 7 OPTIONAL { ?s <http://x.example/label> ?value } }"
    )
    assert notes(terms) == []
    write(
        terms, "seeds/tables/terms.rq", "SELECT ?s ?value { ?s ?p 8 OPTIONAL { ?s <http://x.example/label> ?value } }"
    )
    assert notes(terms) == ['"eight"@en']


def test_a_reference_can_be_a_member_of_the_binding(terms: Path) -> None:
    edit(terms, "seeds/tables/terms.rml.ttl", '"value"', "\"value['xml:lang']\"")
    assert notes(terms) == ['"en-gb"']


def test_a_null_of_the_source_is_no_value(terms: Path) -> None:
    edit(terms, "seeds/tables/terms.rml.ttl", '"terms.rq"', '[ rml:path "terms.rq" ; rml:null "7" , "true" ]')
    assert len(notes(terms)) == 4


def test_a_view_joins_an_answer_with_a_file(terms: Path) -> None:
    write(terms, "seeds/tables/names.csv", "iri,name\nhttp://x.example/a,first\nhttp://x.example/c,third\n")
    write(
        terms,
        "seeds/tables/terms.rml.ttl",
        """@prefix rml: <http://w3id.org/rml/> . @prefix r: <https://story.example/relation/> .
<#answer> a rml:LogicalView ; rml:viewOn [ rml:source "terms.rq" ] ;
  rml:field [ rml:fieldName "s" ; rml:reference "s" ] , [ rml:fieldName "v" ; rml:reference "value" ] ;
  rml:leftJoin [ rml:parentLogicalView <#names> ; rml:joinCondition [ rml:child "s" ; rml:parent "iri" ] ;
    rml:field [ rml:fieldName "name" ; rml:reference "name" ] ] .
<#names> a rml:LogicalView ; rml:viewOn [ rml:source "names.csv" ; rml:referenceFormulation rml:CSV ] ;
  rml:field [ rml:fieldName "iri" ; rml:reference "iri" ] , [ rml:fieldName "name" ; rml:reference "name" ] .
<#m> rml:logicalSource <#answer> ; rml:subjectMap [ rml:template "http://x.example/{name}" ] ;
  rml:predicateObjectMap [ rml:predicate r:note ; rml:objectMap [ rml:reference "v" ] ] .
""",
    )
    assert find(terms) == []
    found = rows(open_project(terms), "SELECT ?o { <http://x.example/first> r:note ?o FILTER(lang(?o) != '') }")
    assert found == [['"seven"@en-gb']]  # languages pass through views


def test_what_a_table_says_is_not_seen_by_another(story: Path) -> None:
    """So no table can rest on itself, and the order of the mappings changes nothing."""
    write(story, "seeds/tables/a.rq", "SELECT ?who { ?who r:spokeOf ?what }")
    write(
        story,
        "seeds/tables/a.yarrrml.yaml",
        MAPPING.replace("speech.rq", "a.rq").replace("- [r:spokeOf, $(what)~iri]", "- [r:note, heard]"),
    )
    graph = open_project(story)
    assert graph.diagnostics == tuple(d for d in graph.diagnostics if d.severity is Severity.NOTE)
    assert {t.name: t.count for t in graph.checked.tables} == {"a": 0, "speech": 1}


@pytest.mark.thorough
def test_two_builds_give_the_same_bytes(terms: Path) -> None:
    found = []
    for seed, zone in (("1", "UTC"), ("77", "Asia/Shanghai")):
        assert run_kg("build", folder=terms, PYTHONHASHSEED=seed, TZ=zone).code == 0
        files = sorted(p for p in (terms / "exports").iterdir() if p.suffix != ".html")
        found.append({p.name: p.read_bytes() for p in files})
    assert found[0] == found[1]


def test_the_answer_uses_an_entity_and_is_checked_for_entities(story: Path) -> None:
    edit(story, "seeds/tables/speech.yarrrml.yaml", "s: $(who)", "s: e:x$(what)")
    (found,) = find(story)
    assert found.code == "table-entity"
    assert found.message.endswith("(solution 1 of `speech.rq`)")
    assert str(found.related[0].mark) == "ontology/questions/speech.rq:1:1"


def test_a_project_without_queries_asks_nothing(story: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (story / "seeds" / "tables" / "speech.yarrrml.yaml").unlink()
    write(story, "seeds/tables/a.csv", "key\nbridge\n")
    write(story, "seeds/tables/a.yarrrml.yaml", MAPPING.replace("speech.rq~sparqltsv", "a.csv~csv").replace(
        "s: $(who)", "s: e:$(key)").replace("- [r:spokeOf, $(what)~iri]", "- [r:note, heard]"))  # fmt: skip
    monkeypatch.setattr("kg.tables.project.mappings.read_queries", None)  # who calls it fails
    assert len(open_project(story).checked.tables) == 1


def test_an_answer_needs_no_library_beyond_those_of_every_project(story: Path) -> None:
    code = """if True:
        import sys
        sys.modules['pyarrow'] = None
        from kg.api import open_project
        print([t.count for t in open_project('.').checked.tables])
    """
    done = subprocess.run([sys.executable, "-c", code], cwd=story, env=environment(), capture_output=True, check=True)
    assert done.stdout.decode().strip() == "[1]"


def test_an_endpoint_gives_the_same_terms(tmp_path: Path) -> None:
    store = ox.Store()
    store.load(TERMS.encode(), format=ox.RdfFormat.TURTLE)
    with serve_stores({"terms": store}) as port:
        service = f'[ sd:endpoint <http://127.0.0.1:{port}/terms/> ] ; rml:iterator "{ALL_TERMS}"'
        mapping = "@prefix sd: <http://www.w3.org/ns/sparql-service-description#> .\n"
        mapping += "@base <http://x.example/> .\n" + RML.replace('"terms.rq"', service)
        write(tmp_path, "m.ttl", mapping)
        done = run_kg("map", "m.ttl", "-o", "out.nq", folder=tmp_path)
    assert (done.code, done.err) == (0, "")
    found = {str(q.object) for q in ox.parse((tmp_path / "out.nq").read_bytes(), format=ox.RdfFormat.N_QUADS)}
    assert len(found) == 6
    assert {'"seven"@en-gb', '"7"^^<http://www.w3.org/2001/XMLSchema#integer>'} < found


def test_an_endpoint_cannot_end_a_literal_with_a_datatype() -> None:
    """What it sends goes into lines of N-Quads: a datatype that is no IRI could begin another quad there."""
    from kg.tables.sources.sparql import find_wrong

    assert find_wrong(["http://x.example/t", None], ["en", "zh-Hans", None]) is None
    assert find_wrong(["http://x/> .\n<http://y/"], []) == "the datatype `http://x/> .\n<http://y/`, which is no IRI"
    assert find_wrong([], ["en . <http://y/>"]) == "the language `en . <http://y/>`, which is no language tag"


# -- why ----------------------------------------------------------------------------------------


def test_why_leads_to_the_question_and_the_solution(story: Path) -> None:
    graph = open_project(story)
    assert graph.why("mayor", "spokeOf", "bridge") == (
        "e:mayor r:spokeOf e:bridge   (table speech)\n"
        "  mapped by  seeds/tables/speech.yarrrml.yaml:7:21\n"
        "  data       ontology/questions/speech.rq, solution 1\n"
        "  question   Who spoke of what?\n"
        "         1   who = e:mayor, what = e:bridge, claim = c:bridge.opening\n"
    )
    assert "  question   谁说了什么？\n" in graph.why("mayor", "spokeOf", "_", lang="zh")


# -- as a file ----------------------------------------------------------------------------------


def test_a_table_as_a_file_follows_the_claims(story: Path) -> None:
    with (story / "seeds" / "dataset.yaml").open("a", encoding="utf-8") as file:
        file.write("tables: {speech: file}\n")
    build_project(Project(story))
    packed = gzip.decompress((story / "exports" / "tables" / "speech.nq.gz").read_bytes()).decode()
    assert packed == f"<{BASE}entity/mayor> <{BASE}relation/spokeOf> <{BASE}entity/bridge> <{BASE}table/speech> .\n"
    asked = "SELECT ?s { GRAPH t:speech { ?s r:spokeOf ?o } }"
    assert rows(open_project(story), asked) == [[f"<{BASE}entity/mayor>"]]
    edit(story, "seeds/claims/bridge.yaml", "by: mayor", "by: reporter")
    assert rows(open_project(story), asked) == [[f"<{BASE}entity/reporter>"]]  # what was kept is loaded anew


# -- mistakes -----------------------------------------------------------------------------------


def test_a_query_that_is_no_sparql_is_told_at_its_place(story: Path) -> None:
    edit(
        story,
        "ontology/questions/speech.rq",
        "?claim prov:wasAttributedTo ?who ;",
        "?claim prov:wasAttributedTo ?who ,",
    )
    (found,) = find(story)
    assert (found.code, found.message) == ("query-syntax", "`?what` cannot stand here")
    assert str(found.mark) == "ontology/questions/speech.rq:4:50"
    done = run_kg("check", folder=story)
    assert (done.code, "kg: 1 error," in done.err) == (1, True)  # without `--rows`


def test_a_variable_that_the_query_does_not_give(story: Path) -> None:
    edit(story, "seeds/tables/speech.yarrrml.yaml", "$(what)", "$(whta)")
    done = run_kg("check", folder=story)
    assert done.code == 1
    assert done.err.startswith(
        "error[map-reference]: the query `speech.rq` gives no `?whta`\n"
        "  --> seeds/tables/speech.yarrrml.yaml:7:21\n"
        "   |\n"
        " 7 |       - [r:spokeOf, $(whta)~iri]\n"
        "   |                     ^^^^^^^^^^^\n"
        "   = hint: did you mean `what`?\n"
    )
    assert [d.code for d in find(story)] == ["map-reference"]


def test_a_member_that_no_binding_has(terms: Path) -> None:
    edit(terms, "seeds/tables/terms.rml.ttl", '"value"', '"value.lang"')
    (found,) = find(terms)
    assert (found.code, found.message) == ("map-reference", "the term of `?value` has no `lang`")


@pytest.mark.parametrize(
    ("query", "place", "message"),
    [
        ("ASK { ?s ?p ?o }", "1:1", "a table is made of the rows of a SELECT, and this query has none"),
        (
            "SELECT ?s (STR(NOW()) AS ?value) { ?s ?p 7 }",
            "1:16",
            "its value changes from run to run, and the same input must give the same graph",
        ),
        (
            "SELECT ?s ?value { GRAPH t:speech { ?s ?p ?value } }",
            "1:1",
            "`t:speech` is a table, and the query of a table sees only what was curated",
        ),
    ],
)
def test_a_query_that_no_table_can_be_made_of(terms: Path, query: str, place: str, message: str) -> None:
    write(terms, "seeds/tables/terms.rq", query)
    (found,) = find(terms)
    assert (found.code, found.message) == ("table-query", message)
    assert str(found.mark) == f"seeds/tables/terms.rq:{place}"


def test_a_parameter_that_is_no_term(story: Path) -> None:
    edit(story, "ontology/questions/speech.rq", "kg:Promise", '"<http://x y>"')
    (found,) = find(story)
    assert (found.code, found.mark.file) == ("table-query", "ontology/questions/speech.rq")
    assert found.message.startswith("`<http://x y>` is no IRI")


def test_a_question_with_a_broken_header_is_told_once(story: Path) -> None:
    edit(story, "ontology/questions/speech.rq", "#' question", "#' qestion")
    assert [d.code for d in find(story)] == ["unknown-key"]


def test_a_blank_node_has_no_name_outside_of_the_graph(terms: Path) -> None:
    write(terms, "seeds/rdf/more.ttl", "<http://x.example/c> <http://x.example/value> [] .\n")
    write(terms, "seeds/tables/terms.rq", ALL_TERMS.replace("isLiteral(?value)", "(!isIRI(?value))"))
    (found,) = find(terms)
    assert (found.code, str(found.mark)) == ("table-query", "seeds/tables/terms.rml.ttl:5:81")
    assert found.message.startswith("`?value` is a blank node, which has no name outside of the graph (solution ")
    assert found.hint == "leave such solutions out: `FILTER(!isBlank(?value))`"


def test_an_iri_that_becomes_a_text(story: Path) -> None:
    edit(story, "seeds/tables/speech.yarrrml.yaml", "$(what)~iri", "$(what)")
    (found,) = find(story)
    assert render_text(found) == (
        "warning[table-iri-text]: the IRIs of `?what` become texts\n"
        "  --> seeds/tables/speech.yarrrml.yaml:7:21\n"
        "   |\n"
        " 7 |       - [r:spokeOf, $(what)]\n"
        "   |                     ^^^^^^^\n"
        "   = hint: write `rml:termType rml:IRI`, in YARRRML `~iri`; if texts are meant, `STR()` in the query"
    )


@pytest.mark.parametrize(
    ("source", "code", "message"),
    [
        ("[sepech.rq~sparqltsv]", "source-not-found", "no file `sepech.rq`"),
        ("[../../../x.rq~sparqltsv]", "source-outside", "`../../../x.rq` lies outside the folders that may be read"),
        ("[speech.rq~csv]", "map-formulation", "`speech.rq` is a query, and its rows are SPARQL results"),
        ("[speech.rq]", "yarrrml-formulation", "`speech.rq` does not say how its rows are referred to"),
        (
            "[speech.rq~sparqltsv, '$.*']",
            "map-repeated",
            "an iterator beside the query `speech.rq`, whose solutions are the rows",
        ),
    ],
)  # fmt: skip
def test_a_source_that_is_wrong(story: Path, source: str, code: str, message: str) -> None:
    write(story.parent, "x.rq", QUESTION)
    edit(story, "seeds/tables/speech.yarrrml.yaml", "[speech.rq~sparqltsv]", source)
    found = run_kg("check", "--format", "json", folder=story)
    (told,) = [d for d in json.loads(found.out) if d["severity"] != "note"]
    assert (told["code"], told["message"]) == (code, message)
    assert told["file"] == "seeds/tables/speech.yarrrml.yaml"


def test_a_graph_with_mistakes_is_not_asked(story: Path) -> None:
    """The one mistake is told, and nothing that would follow of it."""
    edit(story, "seeds/claims/bridge.yaml", "s: bridge, p: opens", "s: brigde, p: opens")
    write(story, "seeds/entities/more.yaml", "kg: entities/1\nentities:\n  mill: {is: Bridge, label: the mill}\n")
    assert [d.code for d in find(story)] == ["unknown-entity"]


def test_alone_a_mapping_has_no_graph_to_ask(story: Path) -> None:
    done = run_kg("map", "seeds/tables/speech.yarrrml.yaml", "-o", "out.nq", folder=story)
    assert done.code == 1
    assert done.err.startswith(
        "error[map-source]: the query `speech.rq` asks the graph of a project, and here is none\n"
        "  --> seeds/tables/speech.yarrrml.yaml:4:16\n"
    )
    assert "   = hint: lay the mapping under seeds/tables/ of a project, where `kg build` runs it\n" in done.err
    assert not (story / "out.nq").exists()


def test_yarrrml_is_translated_to_the_words_of_rml(story: Path) -> None:
    done = run_kg("yarrrml", "seeds/tables/speech.yarrrml.yaml", "-f", "rml", folder=story)
    assert done.code == 0
    quads = list(ox.parse(done.out.encode(), format=ox.RdfFormat.TURTLE))
    found = {str(q.object) for q in quads if q.predicate.value == "http://w3id.org/rml/referenceFormulation"}
    assert found == {"<http://www.w3.org/ns/formats/SPARQL_Results_TSV>"}
