"""Quads as Parquet: a column for each thing that is known of a term, and back without a loss."""

from __future__ import annotations

import random
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from kg.rdf.namespace import RDF, XSD
from kg.tables.cluster.load import unpack_parquet
from kg.tables.command import map_command
from kg.tables.engine.connection import Connection
from kg.tables.engine.macros import escape_literal
from kg.tables.sql.terms import write_terms

MAPPING = """@prefix rml: <http://w3id.org/rml/> . @base <http://example.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<m> rml:logicalSource [ rml:source "t.csv"; rml:referenceFormulation rml:CSV ];
  rml:subjectMap [ rml:template "row/{id}"; rml:graphMap [ rml:template "graph/{id}" ] ];
  rml:predicateObjectMap [ rml:predicate <n>; rml:objectMap [ rml:reference "id"; rml:datatype xsd:integer ] ];
  rml:predicateObjectMap [ rml:predicate <t>; rml:objectMap [ rml:reference "text"; rml:language "en-GB" ] ];
  rml:predicateObjectMap [ rml:predicate <b>; rml:objectMap [ rml:template "b{id}"; rml:termType rml:BlankNode ] ].
"""


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "m.ttl").write_text(MAPPING, encoding="utf-8")
    rows = ['1,"a ""quoted"" text"', '2,"two\nlines"', "3,\\n is no line end", "4,Zoë 中"]
    (tmp_path / "t.csv").write_text("id,text\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return tmp_path


def run(folder: Path, out: str, *options: str) -> Path:
    found = CliRunner().invoke(map_command, [
        str(folder / "m.ttl"), "--data", str(folder), "-o", str(folder / out), "--jobs", "1", *options,
    ])  # fmt: skip
    assert found.exit_code == 0, found.output
    return folder / out


def test_a_file_of_parquet(here: Path) -> None:
    made = run(here, "out.parquet", "--format", "parquet", "--sort")
    rows = pq.read_table(made).to_pylist()
    assert len(rows) == 12
    row = {"subject": "http://example.org/row/3", "graph": "http://example.org/graph/3"}
    assert [r for r in rows if r["subject"] == row["subject"]] == [
        row | {"predicate": "http://example.org/b", "object": "_:bb3", "object_kind": "blank",
               "object_datatype": None, "object_language": None},
        row | {"predicate": "http://example.org/n", "object": "3", "object_kind": "literal",
               "object_datatype": XSD + "integer", "object_language": None},
        row | {"predicate": "http://example.org/t", "object": "\\n is no line end", "object_kind": "literal",
               "object_datatype": RDF + "langString", "object_language": "en-GB"},
    ]  # fmt: skip
    assert run(here, "again.parquet", "--format", "parquet", "--sort").read_bytes() == made.read_bytes()


def test_parts_of_parquet(here: Path) -> None:
    import json

    lines = run(here, "out.nq").read_bytes().splitlines(keepends=True)
    folder = run(here, "parts", "--format", "parquet", "--partition-size", "1MB")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert [p["name"] for p in manifest["parts"]] == ["part-00000.parquet"] and manifest["format"] == "parquet"
    assert manifest["triples"] == len(lines) == 12
    unpack_parquet(folder / "part-00000.parquet", here / "back.nq")
    assert set((here / "back.nq").read_bytes().splitlines(keepends=True)) == set(lines)
    assert sorted(p.name for p in folder.iterdir()) == ["_SUCCESS", "manifest.json", "part-00000.parquet"]


def test_nothing_gives_no_part(here: Path) -> None:
    (here / "t.csv").write_text("id,text\n", encoding="utf-8")
    folder = run(here, "parts", "--format", "parquet", "--partition-size", "1MB")
    assert sorted(p.name for p in folder.iterdir()) == ["_SUCCESS", "manifest.json"]


def test_every_text_comes_back(tmp_path: Path) -> None:
    chance = random.Random(7)
    alphabet = [chr(code) for code in (*range(0x80), 0xE9, 0x4E2D, 0x1F600, 0x85, 0x2028)] + list('\\\\\\""nrtuU0')
    texts = ["", *alphabet, *("".join(chance.choices(alphabet, k=chance.randrange(9))) for _ in range(2000))]
    lines = [f'_:s{n} <http://e.org/p> "{escape_literal(t)}"@en _:g .' for n, t in enumerate(texts)]
    with Connection() as connection:
        connection.execute("CREATE TEMP TABLE given AS SELECT unnest(?::VARCHAR[]) AS l", [lines])
        connection.execute(write_terms("SELECT l FROM given", tmp_path / "x.parquet"))
    assert pq.read_table(tmp_path / "x.parquet").column("object").to_pylist() == texts
    unpack_parquet(tmp_path / "x.parquet", tmp_path / "x.nq")
    assert (tmp_path / "x.nq").read_bytes().decode().split("\n")[:-1] == lines
    assert len(list(ox.parse((tmp_path / "x.nq").read_bytes(), format=ox.RdfFormat.N_QUADS))) == len(texts)


def test_what_is_no_quad_ends_it(tmp_path: Path) -> None:
    with Connection() as connection, pytest.raises(duckdb.Error, match=r"a line is no quad: <a:a> "):
        connection.execute(write_terms("SELECT '<a:a> <a:b> \"c\"^^ .' AS l", tmp_path / "x.parquet"))


def test_an_iri_that_would_be_escaped_is_refused(here: Path) -> None:
    """Lines write a blank of an `rml:UnsafeIRI` as an escape, which would stand in a value as it is."""
    unsafe = '[ rml:template "http://e.org/{text}"; rml:termType rml:UnsafeIRI ]'
    mapping = MAPPING.replace('[ rml:template "b{id}"; rml:termType rml:BlankNode ]', unsafe)
    (here / "m.ttl").write_text(mapping, encoding="utf-8")
    (here / "t.csv").write_text("id,text\n1,a b\n", encoding="utf-8")
    command = [str(here / "m.ttl"), "--data", str(here), "-o"]
    assert CliRunner().invoke(map_command, [*command, str(here / "out.nq")]).exit_code == 0
    assert "<http://e.org/a\\u0020b>" in (here / "out.nq").read_text(encoding="utf-8")
    found = CliRunner().invoke(map_command, [*command, str(here / "out.parquet"), "--format", "parquet"])
    assert (found.exit_code, (here / "out.parquet").exists()) == (1, False)
    assert found.stderr.startswith("error[data-iri]: `http://e.org/a b` has a blank: no IRI has one")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--sort", "--partition-size", "1MB"], "`--sort` is for lines: parts of Parquet are packed, and in no order"),
        (["--compress", "gz", "--partition-size", "1MB"], "`--compress` is for lines"),
        (["--compress", "zst", "--workers", "2"], "`--compress` is for lines: parts of Parquet are packed"),
    ],
)
def test_wrong_use(here: Path, options: list[str], told: str) -> None:
    found = CliRunner().invoke(
        map_command, [str(here / "m.ttl"), "-o", str(here / "out"), "--format", "parquet", *options]
    )
    assert (found.exit_code, told in found.output) == (2, True)
