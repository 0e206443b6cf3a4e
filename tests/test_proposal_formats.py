"""The formats of proposals: small samples of our own, each in the shape that its program writes."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from story import lay_out

from kg.build.pipeline import Checked, check_files, read_project
from kg.drafts.proposal.formats import FORMATS, ProposalFile, read_rows
from kg.drafts.proposal.judge import judge_proposals
from kg.drafts.proposal.proposal import Judged, Proposal, Row, Unreadable
from kg.system.project import Drafts

POST = (
    "Halden Yards Hands Over 12 Ferries\nHalden Yards has handed over 12 ferries since 2029, and 30 are ordered.\n"
    'At the harbour fair Mira Vogt promised 40 ferries for 2032. "We will build them here," she said.\n'
)


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Checked:
    project = lay_out(tmp_path_factory.mktemp("formats") / "project", {})
    return check_files(read_project(project, project.root / "texts", Drafts.BUILT_IN))


def read(form: str, *contents: Any, documented: bool = False) -> list[Row]:
    raw = [
        c if isinstance(c, bytes) else c.encode() if isinstance(c, str) else json.dumps(c).encode() for c in contents
    ]
    files = [ProposalFile(name=f"f{number}", raw=each) for number, each in enumerate(raw)]
    return list(read_rows(form, files, documented=documented))


def judge(checked: Checked, form: str, *contents: Any, source: str | None = None) -> list[Judged]:
    rows = read(form, *contents, documented=source is not None)
    return list(judge_proposals(checked, rows, source=source))


def tell(judged: list[Judged]) -> list[tuple[str, str | None, str | None, str | None]]:
    return [(j.verdict.value, j.code, j.sentences[0] if j.sentences else None, j.how) for j in judged]


# -- our own ----------------------------------------------------------------------------------------

CHAT = """\
Here is what I found in the bulletin. Note that `sailsTo` fits best:

```yaml
kg: claims/1
source: bulletin
claims:
  p1s1 5127e60b:
    sails: {s: tern, p: sailsTo, o: riga, mode: plan, when: 2033, by: source, accept: {x: y}}
    broken: {s: tern, p: sailsTo
  p0s1:
    again-and-again: {s: harbour-master, p: speaksOf, o: [tern, heron], mode: opinion, by: source}
```

Let me know!
"""


def test_kg_reads_the_answer_of_a_chat_and_one_slip_costs_one_sentence(checked: Checked) -> None:
    rows = read("kg", CHAT)
    assert [type(row).__name__ for row in rows] == ["Unreadable", "Proposal", "Proposal"]
    assert isinstance(rows[0], Unreadable) and rows[0].diagnostic.mark.line in {7, 8, 9}
    good = CHAT.replace("    broken: {s: tern, p: sailsTo\n", "")
    first, *others = judge(checked, "kg", good)
    assert (first.verdict, first.sentences, first.how) == ("new", ("p1s1",), "address")
    assert first.cautions == ("`accept` is not read: only a curator accepts a warning",)
    assert tell(others) == [("same", None, "p0s1", "address"), ("same", None, "p0s1", "address")]


def test_kg_tells_a_digest_that_is_another_sentence_s(checked: Checked) -> None:
    (judged,) = judge(
        checked, "kg", CHAT.replace("5127e60b", "00000000").replace("    broken: {s: tern, p: sailsTo\n", "")
    )[:1]
    assert judged.code == "digest-mismatch"


def test_kg_keeps_a_reason_and_tells_it(checked: Checked) -> None:
    line = "{s: tern, p: sailsTo, o: oslo, mode: plan, when: 2033, by: source, inferred: {o: the timetable says so}}"
    (judged,) = judge(checked, "kg", f"source: bulletin\nclaims:\n  p1s1:\n    sails: {line}\n")
    assert judged.cautions == ("a reason stands in place of the sentence: o: the timetable says so",)
    plain = line.replace(", inferred: {o: the timetable says so}", "")
    (judged,) = judge(checked, "kg", f"source: bulletin\nclaims:\n  p1s1:\n    sails: {plain}\n")
    assert judged.code == "name-not-in-sentence"


def test_kg_says_that_it_found_nothing() -> None:
    (row,) = read("kg", "I am sorry, I cannot help with that.")
    assert isinstance(row, Unreadable) and row.diagnostic.message == "no claims are here"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "the line is no JSON: expecting property name enclosed in double quotes (line 1, column 2)"),
        ("[1]", "a row should be an object, not a list"),
        ('{"subject": "a"}', "the row lacks `predicate` and `object` and `quote` and `document`"),
        ('{"a": 1, "a": 2}', "the line is no JSON: the key `a` stands twice"),
        ('{"a": NaN}', "the line is no JSON: `NaN` is no number of JSON"),
        ("[" * 100_000, "the line is no JSON: nested deeper than 100 levels"),
        ("[" * 101 + "]" * 101, "the line is no JSON: nested deeper than 100 levels"),
        ("[" * 100 + "]" * 100, "a row should be an object, not a list"),
        (
            '{"subject": 1, "predicate": "p", "object": "o", "quote": "q", "document": "d"}',
            "`subject` should be a text, not a number",
        ),
        (
            '{"subject": "s", "predicate": "p", "object": ["o"], "quote": "q", "document": "d"}',
            "`object` should be a text, a number or a truth, not a list",
        ),
        (
            '{"subject": "s", "predicate": "p", "object": "o", "quote": "q", "document": "d", "negated": "yes"}',
            "`negated` should be true or false, not `yes`",
        ),
        (b"\xff\xfe{\x00}\x00", "the file is UTF-16, not UTF-8"),
        (b'{"subject": "\xe9"}', "byte 0xE9 is not UTF-8"),
    ],
)
def test_jsonl_rejects_one_row_and_reads_the_others(line: str | bytes, message: str) -> None:
    good = '{"subject": "s", "predicate": "p", "object": 7.50, "quote": "q", "document": "d", "score": 1}\n'
    raw = line if isinstance(line, bytes) else line.encode()
    first, second = read("jsonl", raw + b"\n" + good.encode())
    assert isinstance(first, Unreadable) and first.diagnostic.message == message
    assert isinstance(second, Proposal) and (second.row, second.object) == (2, "7.50")
    assert second.remarks == ("the key `score` is not read",)


def test_csv_reads_columns_in_any_order(checked: Checked) -> None:
    text = (
        'document,subject,predicate,object,quote,negated\r\npost,Tern,battery,73.60 kWh,"The Tern holds 73.60 kWh",\r\n'
    )
    assert tell(judge(checked, "csv", text)) == [("new", None, "p3s1", "exact")]
    (row,) = read("csv", "subject;object\na;b\n")
    assert isinstance(row, Unreadable) and "no column `predicate`" in row.diagnostic.message
    (row,) = read("csv", "a;b\n1;2\n")
    assert isinstance(row, Unreadable) and row.diagnostic.message == (
        "the table has no column `subject`, `predicate`, `object`, `quote` and `document`"
    )
    first, second = read("csv", text + 'post,"Tern\n')
    assert isinstance(first, Proposal) and isinstance(second, Unreadable)
    third, fourth = read("csv", text.replace("The Tern", "The\nTern") + ",,,,,\npost,Tern,,12,q,\n")
    assert isinstance(third, Proposal) and third.mark.line == 2
    assert isinstance(fourth, Unreadable) and fourth.diagnostic.mark.line == 5


ROW = {"subject": "Tern", "predicate": "battery", "object": "73.60 kWh"}
QUOTED = {**ROW, "quote": "The Tern holds 73.60 kWh", "document": "post"}
ENDS = {"source_node_uuid": "a", "target_node_uuid": "b", "name": "SAILS_TO", "fact": "the Tern sails to Riga"}
NODES = [{"uuid": "a", "name": "Tern"}, {"uuid": "b", "name": "Riga"}]
LIGHT = {"src_id": "Tern", "tgt_id": "Riga", "keywords": "sails to"}
CHAIN = {"source": {"id": "Tern"}, "target": {"id": "Riga"}, "type": "SAILS_TO"}


def extract(attributes: object) -> object:
    return {"text": "", "extractions": [{"extraction_class": "x", "extraction_text": "Tern", "attributes": attributes}]}


def annotate_with(body: object) -> object:
    return {"type": "Annotation", "body": body, "target": {"source": "post", "selector": {"exact": "Tern"}}}


@pytest.mark.parametrize("turn", [{"negated": "yes"}, {"negated": 1}, {"not": True}, {"is_negated": "true"},
                                  {"polarity": "negative"}, {"Negation": "x"}, {"modality": "promise"}])  # fmt: skip
@pytest.mark.parametrize(
    ("form", "make"),
    [
        ("jsonl", lambda turn: {**QUOTED, **turn}),
        ("langextract", lambda turn: extract({**ROW, **turn})),
        ("web-annotation", lambda turn: annotate_with({**ROW, **turn})),
        ("graphiti", lambda turn: {"nodes": NODES, "edges": [{**ENDS, **turn}]}),
        ("graphiti", lambda turn: {"nodes": NODES, "edges": [{**ENDS, "attributes": turn}]}),
        ("lightrag", lambda turn: {"relationships": [{**LIGHT, **turn}]}),
        ("langchain", lambda turn: {"nodes": [], "relationships": [{**CHAIN, "properties": turn}]}),
    ],
)
def test_what_turns_a_row_is_read_or_the_row_is_refused(form: str, make: Any, turn: dict[str, Any]) -> None:
    (plain,) = read(form, make({}))
    assert isinstance(plain, Proposal) and not plain.negated
    (row,) = read(form, make(turn))
    assert isinstance(row, Unreadable)
    assert re.search("true or false, not|may deny what|may say that the row is no fact", row.diagnostic.message)


def test_what_turns_nothing_is_told_alone() -> None:
    rows = read("jsonl", {**QUOTED, "not": False}, {**QUOTED, "polarity": "positive"})
    assert [getattr(row, "remarks", None) for row in rows] == [
        ("the key `not` is not read: did you mean `note`?",), ("the key `polarity` is not read",)
    ]  # fmt: skip
    rows = read("jsonl", *({**QUOTED, "negated": word} for word in (True, "TRUE", "")))
    assert [getattr(row, "negated", None) for row in rows] == [True, True, False]


def test_what_holds_of_an_extraction_holds_of_each_of_its_attributes() -> None:
    first, second = read("langextract", extract({"length": "120 m", "mode": "plan", "opens": "2030", "negated": True}))
    assert isinstance(first, Proposal) and isinstance(second, Proposal)
    assert [(row.predicate, row.object, row.mode, row.negated) for row in (first, second)] == [
        ("length", "120 m", "plan", True), ("opens", "2030", "plan", True),
    ]  # fmt: skip
    (row,) = read("langextract", extract({"length": "120 m", "negation": "yes"}))
    assert isinstance(row, Unreadable)


@pytest.mark.parametrize("turn", ["not: yes", "not: True", "not: [true]", "not:", "negated: true", "denied: x"])
def test_kg_refuses_a_denial_that_it_cannot_read(turn: str) -> None:
    lines = ["kg: claims/1", "source: post", "claims:", "  p1s1:", "    a:", "      s: tern", "      p: battery"]
    (row,) = read("kg", "\n".join([*lines, "      o: x", f"      {turn}", ""]))
    assert isinstance(row, Unreadable) and re.search("true or false|may deny", row.diagnostic.message)
    assert "not: true" in str(row.diagnostic.hint)


# -- other programs ---------------------------------------------------------------------------------


def test_langextract_places_an_extraction_by_its_interval(checked: Checked) -> None:
    start = POST.index("Mira Vogt")
    document = {
        "document_id": "doc_1f3a", "text": POST,
        "extractions": [
            {"extraction_class": "relation", "extraction_text": "Halden Yards has handed over 12 ferries",
             "char_interval": {"start_pos": POST.index("Halden Yards has"), "end_pos": POST.index(" since")},
             "alignment_status": "match_exact", "extraction_index": 1, "group_index": 0, "description": None,
             "attributes": {"subject": "Halden Yards", "predicate": "delivered", "object": "12 vehicle"}},
            {"extraction_class": "person", "extraction_text": "Mira Vogt", "alignment_status": "match_exact",
             "char_interval": {"start_pos": start, "end_pos": start + 9}, "attributes": {"attended": "harbour fair"}},
            {"extraction_class": "person", "extraction_text": "Mira Vogt", "attributes": {}},
        ],
    }  # fmt: skip
    found = judge(checked, "langextract", document)
    assert tell(found[:2]) == [("new", None, "p1s1", "exact"), ("new", None, "p2s1", "exact")]
    assert found[2].code == "bad-proposal"


def test_graphrag_reads_its_tables(checked: Checked) -> None:
    pa = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")

    def write(records: list[dict[str, object]]) -> bytes:
        out = io.BytesIO()
        parquet.write_table(pa.Table.from_pylist(records), out)
        return out.getvalue()

    entities = write([{"id": "e1", "human_readable_id": 0, "title": "TERN", "type": "SHIP", "description": "a ferry"}])
    units = write([{"id": "t1", "text": "The Tern sails to Riga from 2033.", "n_tokens": 9, "document_ids": ["d1"]}])
    documents = write([{"id": "d1", "title": "bulletin.txt", "text": "News of the Yard"}])
    related = write([
        {"id": "r1", "human_readable_id": 0, "source": "TERN", "target": "RIGA", "weight": 8.0, "combined_degree": 2,
         "description": "The Tern sails to Riga", "text_unit_ids": ["t1"], "mood": "calm"},
        {"id": "r2", "human_readable_id": 1, "source": "TERN", "target": "OSLO", "weight": 8.0, "combined_degree": 2,
         "description": "The Tern sails to Oslo", "text_unit_ids": ["t1"], "mood": "calm"},
    ])  # fmt: skip
    covariates = write([
        {"id": "c1", "covariate_type": "claim", "type": "described as", "subject_id": "TERN", "object_id": "NONE",
         "description": "a quiet ship", "status": "TRUE", "start_date": "NONE", "end_date": "NONE",
         "source_text": "Hladen Yards calls the Tern a quiet ship.", "text_unit_id": "t9"},
    ])  # fmt: skip
    found = judge(checked, "graphrag", entities, related, covariates, units, documents)
    assert tell(found[:2]) == [("new", None, "p1s1", "names"), ("rejected", "quote-not-in-text", None, None)]
    assert "the key `mood` is not read" in found[0].cautions
    assert [m.text for m in found[0].mapped if m.key == "predicate"] == [
        "predicate: The Tern sails to Riga → sailsTo (words)"
    ]
    assert tell(found[2:]) == [("new", None, "p4s1", "exact")]
    (wrong,) = read("graphrag", b"PAR1 but no more")
    assert isinstance(wrong, Unreadable) and wrong.diagnostic.message.startswith("the file is no Parquet")


def test_graphiti_joins_edges_with_their_nodes(checked: Checked) -> None:
    nodes = [
        {"uuid": "a", "name": "Tern", "labels": ["Entity", "Ferry"], "summary": "", "group_id": "g"},
        {"uuid": "b", "name": "Riga", "labels": ["Entity"], "summary": "", "group_id": "g"},
    ]
    edge = {
        "uuid": "e", "group_id": "g", "source_node_uuid": "a", "target_node_uuid": "b", "name": "SAILS_TO",
        "fact": "The Tern sails to Riga.", "episodes": ["x"], "created_at": "2031-06-01T00:00:00Z", "valid_at": None,
    }  # fmt: skip
    both = judge(
        checked, "graphiti", {"nodes": nodes, "edges": [edge, {**edge, "target_node_uuid": "z"}]}, source="bulletin"
    )
    assert tell(both) == [("new", None, "p1s1", "names"), ("rejected", "bad-proposal", None, None)]
    apart = judge(checked, "graphiti", [edge], "\n".join(map(json.dumps, nodes)), source="bulletin")
    assert tell(apart) == [("new", None, "p1s1", "names")]


def test_lightrag_and_kggen_find_their_sentence_by_its_names(checked: Checked) -> None:
    light = {
        "chunks": [{"content": "The Tern sails to Riga from 2033.", "source_id": "c1", "file_path": "bulletin.txt"}],
        "entities": [{"entity_name": "Tern", "entity_type": "ferry", "description": "", "source_id": "c1"}],
        "relationships": [
            {"src_id": "Tern", "tgt_id": "Riga", "description": "A line.", "keywords": "sails to", "weight": 1.0,
             "source_id": "c1"},
            {"src_id": "Tern", "tgt_id": "Riga", "source_id": "c1"},
        ],
    }  # fmt: skip
    assert tell(judge(checked, "lightrag", light)) == [
        ("new", None, "p1s1", "names"),
        ("rejected", "bad-proposal", None, None),
    ]
    graph = {"entities": ["Tern", "Riga"], "edges": ["sails to"], "relations": [["Tern", "sails to", "Riga"], ["Tern"]]}
    assert tell(judge(checked, "kggen", graph, source="bulletin")) == [
        ("new", None, "p1s1", "names"),
        ("rejected", "bad-proposal", None, None),
    ]
    (wrong,) = read("kggen", {"relation": []})
    assert isinstance(wrong, Unreadable)


def test_langchain_reads_graph_documents_and_what_its_serialiser_makes_of_them(checked: Checked) -> None:
    node = {"id": "Tern", "type": "Ferry", "properties": {"battery": "73.60 kWh"}}
    relationship = {
        "source": {"id": "Tern", "type": "Ferry"}, "target": {"id": "Riga", "type": "City"}, "type": "SAILS_TO",
        "properties": {"since": "2033"},
    }  # fmt: skip
    source = {
        "page_content": "The Tern sails to Riga from 2033.",
        "metadata": {"source": "bulletin"},
        "type": "Document",
    }
    document = {"nodes": [], "relationships": [relationship], "source": source}
    (judged,) = judge(checked, "langchain", [document])
    assert (judged.verdict, judged.cautions[0]) == ("new", "the key `properties.since` is not read")
    wrapped = {"lc": 1, "type": "constructor", "id": ["langchain", "GraphDocument"], "kwargs": document}
    assert tell(judge(checked, "langchain", wrapped)) == [("new", None, "p1s1", "names")]
    told = judge(checked, "langchain", {"nodes": [node], "relationships": []}, source="post")
    assert tell(told) == [("new", None, "p3s1", "names")]


@pytest.mark.parametrize("document", ["nodes", {"node": []}, {"nodes": 5, "relationships": []}, {"nodes": {}}])
def test_what_is_no_graph_document_is_told(document: object, checked: Checked) -> None:
    (judged,) = judge(checked, "langchain", [document])
    assert judged.diagnostic is not None
    assert (judged.diagnostic.code, judged.diagnostic.message) == (
        "bad-proposal",
        "a graph document has `nodes` and `relationships`",
    )


def test_web_annotations_are_statements_about_a_quote(checked: Checked) -> None:
    def annotate(body: object, **selector: str) -> dict[str, object]:
        return {
            "@context": "http://www.w3.org/ns/anno.jsonld", "type": "Annotation", "body": body,
            "target": {"source": "post.txt", "selector": {"type": "TextQuoteSelector", **selector}},
        }  # fmt: skip

    statement = {
        "type": "rdf:Statement",
        "subject": "Tern",
        "predicate": {"id": "battery"},
        "object": {"@value": "73.60 kWh"},
    }
    page = {"type": "AnnotationPage", "items": [
        annotate(statement, exact="Tern", prefix="The ", suffix=" holds 73.60"),
        annotate(statement, exact="Tern"),
        annotate({"type": "TextualBody", "value": "I like this"}, exact="Tern"),
    ]}  # fmt: skip
    assert tell(judge(checked, "web-annotation", page)) == [
        ("new", None, "p3s1", "exact"),
        ("rejected", "ambiguous-quote", None, None),
        ("rejected", "bad-proposal", None, None),
    ]


def test_a_review_of_a_claim_says_who_claimed_it(tmp_path: Path) -> None:
    claimed = 'r:claimed a owl:DatatypeProperty ; rdfs:label "claimed"@en ; rdfs:range rdf:langString .\n'
    prefixes = "@prefix r: <https://halden.example/relation/> .\n@prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
    prefixes += "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n"
    prefixes += "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
    project = lay_out(tmp_path / "project", {"ontology/more.ttl": prefixes + claimed})
    checked = check_files(read_project(project, project.root / "texts", Drafts.BUILT_IN))
    review = {
        "@context": "https://schema.org", "@type": "ClaimReview", "url": "https://checks.example/1",
        "claimReviewed": "We will build them here", "author": {"@type": "Organization", "name": "Checks"},
        "itemReviewed": {"@type": "Claim", "author": {"name": "Mira Vogt"}, "appearance": {"url": "post.txt"}},
        "reviewRating": {"@type": "Rating", "alternateName": "Unproven", "ratingValue": "2"},
    }  # fmt: skip
    (judged, wrong) = judge(checked, "claimreview", [review, {"@type": "Article"}])
    assert (judged.verdict, judged.says) == ("new", "mira-vogt · claimed · We will build them here")
    assert judged.stated is not None and judged.stated.note is not None
    assert judged.stated.note.text == "rated “Unproven” by Checks"
    assert wrong.code == "bad-proposal"


@pytest.mark.parametrize("form", sorted(FORMATS))
@pytest.mark.parametrize(
    "raw",
    [
        b"", b"\x00\x01", b"\xff\xfe\x00", b"{}", b"[]", b"null", b'"x"', b"[1, [2]]", b"[" * 50_000,
        b"[" * 700 + b"]" * 700,  # within what Python's parser takes, and beyond what a reader that calls itself does
    ],
)  # fmt: skip
def test_no_format_breaks_on_what_it_is_not(form: str, raw: bytes) -> None:
    for row in read(form, raw):
        assert isinstance(row, Unreadable)


def test_words_of_a_language_that_is_not_known_are_left_to_the_reviewer(tmp_path: Path) -> None:
    text = "Tal\n\nTern laddar inte 70 kWh.\n"
    source = "kg: source/1\ntitle: Tal\nauthor: mira-vogt\npublished: 2033-01-01\nlang: sv\nfile: sv.txt\n"
    project = lay_out(tmp_path, {"texts/sv.txt": text, "seeds/sources/sv.yaml": source})
    read_story = check_files(read_project(project, project.root / "texts", Drafts.BUILT_IN))
    row = {"subject": "Tern", "predicate": "battery", "object": "70 kWh", "quote": "70 kWh", "document": "sv"}
    (judged,) = judge(read_story, "jsonl", row)
    assert judged.verdict == "new"
    assert judged.cautions[-1].startswith("words that deny, hedge or foresee are not known in `sv`")


def test_a_denial_in_german_is_none_of_a_fact(tmp_path: Path) -> None:
    text = "Zahlen\n\nDie Tern kostet nicht 75.600 kWh.\n"
    source = "kg: source/1\ntitle: Zahlen\nauthor: mira-vogt\npublished: 2033-01-01\nlang: de\nfile: de.txt\n"
    project = lay_out(tmp_path, {"texts/de.txt": text, "seeds/sources/de.yaml": source})
    read_story = check_files(read_project(project, project.root / "texts", Drafts.BUILT_IN))
    row = {"subject": "Tern", "predicate": "battery", "object": "75600 kWh", "quote": "75.600 kWh", "document": "de"}
    (judged,) = judge(read_story, "jsonl", row)
    assert (judged.verdict, judged.code) == ("rejected", "denied-in-sentence")
    (denied,) = judge(read_story, "jsonl", {**row, "negated": True})
    assert denied.verdict == "new" and not [one for one in denied.cautions if "deny" in one or "denies" in one]
    (wrong,) = judge(read_story, "jsonl", {**row, "object": "75.600 kWh"})
    assert (wrong.verdict, wrong.code) == ("rejected", "figure-not-in-sentence")
