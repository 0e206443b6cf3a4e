"""Logical targets: names that promise something else than is written, and all of them written or none."""

from __future__ import annotations

from pathlib import Path

import pytest
from terminal import run_kg

MAPPING = """@prefix rml: <http://w3id.org/rml/> . @prefix formats: <http://www.w3.org/ns/formats/> .
@base <http://e.org/> .
<m> rml:logicalSource [ rml:source "p.csv"; rml:referenceFormulation rml:CSV ];
  rml:subjectMap [ rml:template "{{id}}"; rml:logicalTarget {} ];
  rml:predicateObjectMap [ rml:predicate <p>; rml:objectMap [ rml:reference "name" ] ] .
"""
LINE = '<http://e.org/1> <http://e.org/p> "a" .\n'


def map_targets(folder: Path, *targets: str) -> tuple[int, list[str]]:
    """The exit code, and the first line of each mistake."""
    (folder / "p.csv").write_text("id,name\n1,a\n", encoding="utf-8")
    (folder / "m.ttl").write_text(MAPPING.format(", ".join(f"[ {each} ]" for each in targets)), encoding="utf-8")
    done = run_kg("map", "m.ttl", "-o", "out.nq", folder=folder)
    return done.code, [line for line in done.err.split("\n") if line.startswith(("error", "warning"))]


@pytest.mark.parametrize(
    ("path", "more", "said"),
    [
        ("d.ttl", "", "written as N-Quads, and its name says `.ttl`"),
        ("d.rdf", "", "written as N-Quads, and its name says `.rdf`"),
        ("d.JSONLD", "", "written as N-Quads, and its name says `.jsonld`"),
        ("d.nt", "", "written as N-Quads, and its name says `.nt`"),
        ("d.trig", "", "written as N-Quads, and its name says `.trig`"),
        ("d.ttl.gz", "; rml:compression rml:gzip", "written as N-Quads, and its name says `.ttl`"),
        ("d.nq", "; rml:serialization formats:Turtle", "written as Turtle, and its name says `.nq`"),
        ("d.ttl", "; rml:serialization formats:RDF_XML", "written as RDF_XML, and its name says `.ttl`"),
        ("d.ttl", "; rml:serialization formats:Turtle", None),
        ("d.ttl", "; rml:serialization formats:N-Triples", None),
        ("d.nq", "; rml:serialization formats:N-Triples", None),
        ("d.trig", "; rml:serialization formats:Turtle", None),
        ("d.nq", "", None),
        ("dump", "", None),
    ],
)
def test_names_that_promise_another_syntax(tmp_path: Path, path: str, more: str, said: str | None) -> None:
    code, told = map_targets(tmp_path, f'rml:target [ rml:path "{path}" ] {more}')
    assert (code, told) == (0, [f"warning[target-name]: the target `{path}` is {said}"] if said else [])
    if not more:  # RML-IO: N-Quads is what is not said
        assert (tmp_path / path).read_text(encoding="utf-8") == LINE


def test_names_in_yarrrml(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("id,name\n1,a\n", encoding="utf-8")
    targets = "[[d.ttl~void], [d.nq.gz~void, nquads], [e.ttl~void, turtle], [f.nt.gz~void, ntriples, gzip]]"
    subject = f"{{value: 'http://e.org/$(id)', targets: {targets}}}"
    text = f"mappings: {{m: {{sources: [[p.csv~csv]], s: {subject}, po: [[http://e.org/p, $(name)]]}}}}"
    (tmp_path / "m.yml").write_text(text, encoding="utf-8")
    done = run_kg("map", "m.yml", "-o", "out.nq", folder=tmp_path)
    told = [line for line in done.err.split("\n") if line.startswith(("error", "warning", "   = hint"))]
    assert (done.code, told) == (
        0,
        [
            "warning[target-name]: the target `d.ttl` is written as N-Quads, and its name says `.ttl`",
            "   = hint: say `serialization: turtle`, or name the file otherwise",
            "warning[target-name]: the target `d.nq.gz` is not packed, and its name says `.gz`",
            "   = hint: say `compression: gzip`, or name the file otherwise",
        ],
    )


def test_all_targets_or_none(tmp_path: Path) -> None:
    """A place that cannot be written is known before anything is put into its place, and leaves no folder."""
    (tmp_path / "one.nq").write_text("old\n", encoding="utf-8")
    (tmp_path / "out.nq").write_text("old\n", encoding="utf-8")
    for place in ("new/" + "x" * 300 + "/two.nq", "new/" + "x" * 300 + ".nq"):
        code, told = map_targets(tmp_path, *(f'rml:target [ rml:path "{path}" ]' for path in ("one.nq", place)))
        assert (code, told) == (3, [f"error: cannot write `{place.rsplit('/', 1)[1]}`: File name too long"])
        assert {each.name for each in tmp_path.iterdir()} == {"one.nq", "out.nq", "p.csv", "m.ttl"}
        assert (tmp_path / "one.nq").read_text(encoding="utf-8") == "old\n"
        assert (tmp_path / "out.nq").read_text(encoding="utf-8") == "old\n"
    code, told = map_targets(tmp_path, *(f'rml:target [ rml:path "{path}" ]' for path in ("one.nq", "new/two.nq")))
    assert (code, told) == (0, [])
    for path in ("one.nq", "new/two.nq"):
        assert (tmp_path / path).read_text(encoding="utf-8") == LINE
    assert {each.name for each in (tmp_path / "new").iterdir()} == {"two.nq"}


GRAPH = "; rml:graph <g>"


@pytest.mark.parametrize("place", ["subject", "statement", "default", "elsewhere"])
def test_graphs_that_a_syntax_does_not_have_are_told(tmp_path: Path, place: str) -> None:
    """The triples of all graphs are written together, as in N-Triples and Turtle nothing else can be."""
    (tmp_path / "p.csv").write_text("id,name\n1,a\n", encoding="utf-8")
    text = MAPPING.format('[ rml:target [ rml:path "t.%s" ]; rml:serialization formats:%s ]')
    if place == "statement":
        text = text.replace("rml:predicate <p>", f"rml:predicate <p> {GRAPH}")
    elif place != "elsewhere":
        text = text.replace('"{id}"', f'"{{id}}" {GRAPH if place == "subject" else "; rml:graph rml:defaultGraph"}')
    else:
        text += (
            '<n> rml:logicalSource [ rml:source "p.csv"; rml:referenceFormulation rml:CSV ];'
            f' rml:subjectMap [ rml:template "{{id}}"; rml:class <C> {GRAPH} ] .'
        )
    with_graphs, is_main = place in {"subject", "statement"}, place == "elsewhere"
    for ending, name in (("nt", "N-Triples"), ("ttl", "Turtle"), ("nq", "N-Quads"), ("trig", "TriG")):
        (tmp_path / "m.ttl").write_text(text % (ending, name), encoding="utf-8")
        done = run_kg("map", "m.ttl", "-o", f"out.{ending}", folder=tmp_path)
        told = [line for line in done.err.split("\n") if line.startswith(("error", "warning"))]
        target = f"warning[graph-lost]: {name} has no graphs: those of the quads in `t.{ending}` are left out"
        main = f"warning[graph-lost]: {name} has no graphs: that of this map is left out"
        expected = [target] if with_graphs else [main] if is_main else []
        assert (done.code, told) == (0, expected if ending in {"nt", "ttl"} else []), ending


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("rml:object 1; rml:objectMap [ rml:constant 2 TARGET ]; rml:graph <g>", ["main", "t.nt"]),
        ("rml:objectMap [ rml:constant 2 TARGET ]; rml:graph <g>", ["t.nt"]),
        ("rml:object 1; rml:graph <g>; rml:graphMap [ rml:constant rml:defaultGraph TARGET ]", ["main"]),
        ("rml:object 1; rml:graph <g>; rml:graphMap [ rml:constant <h> TARGET ]", ["main", "t.nt"]),
        ("rml:objectMap [ rml:constant 'a'; rml:languageMap [ rml:constant 'en' TARGET ] ]; rml:graph <g>", ["t.nt"]),
    ],
)
def test_graphs_are_told_of_where_the_quads_go(tmp_path: Path, statement: str, told: list[str]) -> None:
    """A target takes the quads of its own term; what has none is in the main output."""
    target = "; rml:logicalTarget [ rml:target [ rml:path 't.nt' ]; rml:serialization formats:N-Triples ]"
    (tmp_path / "p.csv").write_text("id,name\n1,a\n", encoding="utf-8")
    text = MAPPING.format("").replace("; rml:logicalTarget  ", " ")
    text += (
        "<n> rml:logicalSource [ rml:source 'p.csv'; rml:referenceFormulation rml:CSV ]; rml:subjectMap [ rml:template"
        f" '{{id}}' ]; rml:predicateObjectMap [ rml:predicate <q>; {statement.replace('TARGET', target)} ] ."
    )
    (tmp_path / "m.ttl").write_text(text, encoding="utf-8")
    done = run_kg("map", "m.ttl", "-o", "o.nt", folder=tmp_path)
    lost = [line.split(": ", 1)[1] for line in done.err.split("\n") if line.startswith("warning[graph-lost]")]
    words = {
        "t.nt": "N-Triples has no graphs: those of the quads in `t.nt` are left out",
        "main": "N-Triples has no graphs: that of this map is left out",
    }
    assert (done.code, sorted(lost)) == (0, [words[each] for each in told])


@pytest.mark.parametrize("tag", ["languageMap [ rml:constant 'en' TARGET ]", "datatypeMap [ rml:constant <d> TARGET ]"])
@pytest.mark.parametrize("value", ["rml:constant 'a'", "rml:reference 'name'"])
def test_what_tags_a_literal_has_targets(tmp_path: Path, value: str, tag: str) -> None:
    """Those of a constant literal went into the main output."""
    (tmp_path / "p.csv").write_text("id,name\n1,a\n", encoding="utf-8")
    written = tag.replace("TARGET", "; rml:logicalTarget [ rml:target [ rml:path 't.nq' ] ]")
    text = MAPPING.format("").replace("; rml:logicalTarget  ", " ")
    text = text.replace('rml:reference "name"', f"{value}; rml:{written}")
    (tmp_path / "m.ttl").write_text(text, encoding="utf-8")
    done = run_kg("map", "m.ttl", "-o", "o.nq", folder=tmp_path)
    assert (done.code, done.err, (tmp_path / "o.nq").read_text(encoding="utf-8")) == (0, "", "")
    tagged = '"a"@en' if "language" in tag else '"a"^^<http://e.org/d>'
    assert (tmp_path / "t.nq").read_text(encoding="utf-8") == LINE.replace('"a"', tagged)


def test_a_database_that_the_mapping_does_not_read(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("id,name\n1,a\n", encoding="utf-8")
    (tmp_path / "m.ttl").write_text(MAPPING.format("").replace("; rml:logicalTarget  ", " "), encoding="utf-8")
    assert run_kg("map", "m.ttl", "-o", "o.nq", folder=tmp_path).code == 0
    done = run_kg("map", "m.ttl", "-o", "o.nq", "--db", "sqlite:///x.db", folder=tmp_path)
    assert (done.code, done.err) == (2, "error: the mapping reads no database: `--db` has no use\n")


UNSAFE = """@prefix rml: <http://w3id.org/rml/> . @base <http://e.org/> .
<#m> rml:logicalSource [ rml:source "u.csv"; rml:referenceFormulation rml:CSV ];
  rml:subjectMap [ rml:template "s{id}" ];
  rml:predicateObjectMap [ rml:predicate <p>; rml:objectMap [ rml:reference "name"; rml:termType rml:UnsafeIRI TARGET ]
  ] .
"""
OWN = """; rml:logicalTarget [ rml:target [ a rml:FilePath; rml:path "own.ttl" ];
    rml:serialization <http://www.w3.org/ns/formats/Turtle> ]"""


def test_a_blank_in_an_unsafe_iri_is_told(tmp_path: Path) -> None:
    """It is written as an escape in lines, with a warning, and no other syntax has it."""
    (tmp_path / "u.csv").write_text("id,name\n1,x\n2,Juan Daniel\n3,a  b\n", encoding="utf-8")
    (tmp_path / "m.ttl").write_text(UNSAFE.replace("TARGET", ""), encoding="utf-8")
    for name in ("out.nq", "out.nt"):
        done = run_kg("map", "m.ttl", "-o", name, "--sort", folder=tmp_path)
        told = "`http://e.org/Juan Daniel` has a blank, which is written as `\\u0020`: no IRI has one, and some readers"
        assert done.err.startswith(f"warning[data-unsafe]: {told} refuse it (row 3 of `u.csv`, `name`, and 1 more)\n")
        assert (done.code, done.err.count("[data-")) == (0, 1)
        assert (tmp_path / name).read_text(encoding="utf-8").splitlines()[1].split()[
            2
        ] == "<http://e.org/Juan\\u0020Daniel>"
    refused = (
        "error[data-iri]: `http://e.org/Juan Daniel` has a blank: no IRI has one, and only N-Quads and N-Triples are"
        " written with its escape, which {} is not (row 3 of `u.csv`, `name`, and 1 more)\n"
    )
    for option in (["-o", "out.ttl"], ["-o", "out.trig"], ["--store", "store"]):
        done = run_kg("map", "m.ttl", *option, folder=tmp_path)
        assert (done.code, done.err.split("  -->")[0]) == (1, refused.format("the output"))
    (tmp_path / "m.ttl").write_text(UNSAFE.replace("TARGET", OWN), encoding="utf-8")
    done = run_kg("map", "m.ttl", "-o", "main.nq", folder=tmp_path)
    assert (done.code, done.err.split("  -->")[0]) == (1, refused.format("the target `own.ttl`"))
    assert sorted(each.name for each in tmp_path.iterdir()) == ["m.ttl", "out.nq", "out.nt", "u.csv"]


TWO = """@prefix rml: <http://w3id.org/rml/> . @base <http://e.org/> .
<#m> rml:logicalSource [ rml:source "u.csv"; rml:referenceFormulation rml:CSV ];
  rml:subjectMap [ rml:template "s{id}" ];
  rml:predicateObjectMap [ rml:predicate <p>;
    rml:objectMap [ rml:reference "name"; rml:termType rml:UnsafeIRI LINES ] ];
  rml:predicateObjectMap [ rml:predicate <q>; rml:objectMap [ rml:reference "id" TURTLE ] ] .
"""


def test_a_target_in_turtle_says_nothing_of_the_quads_of_others(tmp_path: Path) -> None:
    """Each statement is held to what the files that it goes to can write."""
    (tmp_path / "u.csv").write_text("id,name\n1,x\n2,Juan Daniel\n", encoding="utf-8")
    lines = OWN.replace("own.ttl", "own.nq").replace("Turtle", "N-Quads")
    for own in ("", lines):
        text = TWO.replace("LINES", own).replace("TURTLE", OWN)
        (tmp_path / "m.ttl").write_text(text, encoding="utf-8")
        done = run_kg("map", "m.ttl", "-o", "main.nq", folder=tmp_path)
        assert (done.code, done.err.count("warning[data-unsafe]"), done.err.count("error")) == (0, 1, 1), done.err
        written = (tmp_path / ("own.nq" if own else "main.nq")).read_text(encoding="utf-8")
        assert "<http://e.org/s2> <http://e.org/p> <http://e.org/Juan\\u0020Daniel> .\n" in written
        assert (tmp_path / "own.ttl").read_text(encoding="utf-8").count('"') == 4
    # where the main output is Turtle, what goes to a target alone may have its blanks
    done = run_kg("map", "m.ttl", "-o", "main.ttl", folder=tmp_path)
    assert (done.code, done.err.count("warning[data-unsafe]")) == (0, 1)
    # a subject is in the quads of both
    text = TWO.replace('rml:template "s{id}"', 'rml:template "{name}"; rml:termType rml:UnsafeIRI')
    (tmp_path / "m.ttl").write_text(text.replace("LINES", "").replace("TURTLE", OWN), encoding="utf-8")
    done = run_kg("map", "m.ttl", "-o", "main.nq", folder=tmp_path)
    assert done.code == 1
    assert "error[data-iri]: `http://e.org/Juan Daniel` has a blank" in done.err
    assert "which the target `own.ttl` is not (row 3 of `u.csv`, `name`)" in done.err
