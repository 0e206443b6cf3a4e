"""However a query is planned, it gives the same quads: tables with gaps, repetitions and odd characters, joined."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kg.diagnostic import SourceText
from kg.tables.command import map_command
from kg.tables.macros import encode_iri_part, escape_literal
from kg.tables.reading import read_any_mapping
from kg.tables.rewrite.facts import ESCAPED, RESERVED
from kg.tables.run import Settings, open_run
from kg.tables.sources.delimited import find_alphabet
from kg.tables.target import make_lines

EX = "http://example.org/"
HEAD = """@prefix rr: <http://www.w3.org/ns/r2rml#> . @prefix rml: <http://semweb.mmlab.be/ns/rml#> .
@prefix ql: <http://semweb.mmlab.be/ns/ql#> . @prefix ex: <http://example.org/> .
"""
MAPPING = (
    HEAD
    + """
ex:child rml:logicalSource [ rml:source "child.csv"; rml:referenceFormulation ql:CSV ];
  rr:subjectMap [ rr:template "http://example.org/c/{k}"; rr:class ex:Child ];
  rr:predicateObjectMap [ rr:predicate ex:v; rr:objectMap [ rml:reference "v" ] ];
  rr:predicateObjectMap [ rr:predicate ex:w; rr:objectMap [ rr:template "http://example.org/w/{w}-{k}" ] ];
  rr:predicateObjectMap [ rr:predicate ex:both; rr:objectMap [ rr:template "{v} and {w}"; rr:termType rr:Literal ] ];
  rr:predicateObjectMap [ rr:predicate ex:to; rr:objectMap [ rr:parentTriplesMap ex:parent;
    rr:joinCondition [ rr:child "w"; rr:parent "k" ] ] ];
  rr:predicateObjectMap [ rr:predicate ex:there; rr:objectMap [ rr:parentTriplesMap ex:key;
    rr:joinCondition [ rr:child "w"; rr:parent "k" ] ] ] .
ex:parent rml:logicalSource [ rml:source "parent.csv"; rml:referenceFormulation ql:CSV ];
  rr:subjectMap [ rr:template "http://example.org/p/{k}/{v}" ] .
ex:key rml:logicalSource [ rml:source "parent.csv"; rml:referenceFormulation ql:CSV ];
  rr:subjectMap [ rr:template "http://example.org/k/{k}" ] .
"""
)
Row = tuple[str | None, str | None, str | None]
cells = st.one_of(
    st.none(), st.sampled_from(["1", "2", "3", "a b", 'q"q', "\\", "x\ny", "é", "-", "\x01", "a/b", "雷 军"])
)
rows = st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=8)


def quads_of(children: list[Row], parents: list[Row]) -> set[str]:
    """What the mapping says, row by row, in plain Python."""
    made: set[str] = set()

    def iri(template: str, *values: str | None) -> str | None:
        if None in values:
            return None
        return f"<{EX}{template.format(*(encode_iri_part(v or '') for v in values))}>"

    def say(subject: str | None, predicate: str, thing: str | None) -> None:
        if subject is not None and thing is not None:
            made.add(f"{subject} {predicate} {thing} .")

    for k, v, w in children:
        subject = iri("c/{}", k)
        say(subject, "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>", f"<{EX}Child>")
        say(subject, f"<{EX}v>", None if v is None else f'"{escape_literal(v)}"')
        say(subject, f"<{EX}w>", iri("w/{}-{}", w, k))
        both = None if v is None or w is None else f'"{escape_literal(v)} and {escape_literal(w)}"'
        say(subject, f"<{EX}both>", both)
        for parent_k, parent_v, _ in parents:
            if w is not None and w == parent_k:
                say(subject, f"<{EX}to>", iri("p/{}/{}", parent_k, parent_v))
                say(subject, f"<{EX}there>", iri("k/{}", parent_k))
    return made


def write_table(path: Path, table: list[Row]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("k", "v", "w"))
    writer.writerows([["" if cell is None else cell for cell in row] for row in table])
    path.write_text(text.getvalue(), encoding="utf-8", newline="")


UNIQUE: list[Row] = [("1", "x", "1"), ("2", None, "2"), ("3", "z", None), ("4", 'q"', "9")]


@settings(max_examples=150, deadline=None)
@given(children=rows, parents=rows)
@example(children=UNIQUE, parents=UNIQUE)  # a join that finds one row at most
@example(children=UNIQUE * 2, parents=UNIQUE * 2)
@example(children=[("1", "a", "b")] * 50 + [("2", "a", None)] * 50, parents=[("b", "x", None)] * 9)
@example(children=[("1", None, None), ("2", None, "b"), ("3", "v", None)], parents=[("b", None, None)])
def test_every_plan_gives_the_same_quads(children: list[Row], parents: list[Row]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_table(folder / "child.csv", children)
        write_table(folder / "parent.csv", parents)
        document = read_any_mapping(SourceText("m.ttl", MAPPING), None)
        with open_run(document, Settings(mapping_folder=folder, data_folder=folder, scratch_parent=folder)) as run:
            assert run.diagnostics == []
            lines = make_lines(run).read_text(encoding="utf-8").split("\n")
    assert lines.pop() == ""
    assert sorted(lines) == sorted(quads_of(children, parents))


def explain(folder: Path, child: str, parent: str = "k,v,w\nz,z,z\n") -> str:
    (folder / "child.csv").write_text(child, encoding="utf-8")
    (folder / "parent.csv").write_text(parent, encoding="utf-8")
    (folder / "m.ttl").write_text(MAPPING, encoding="utf-8")
    options = [str(folder / "m.ttl"), "-o", str(folder / "out.nq"), "--data", str(folder), "--explain"]
    return CliRunner().invoke(map_command, options).stdout


def test_one_distinct_for_all_maps_of_rows_that_repeat(tmp_path: Path) -> None:
    shown = explain(tmp_path, "k,v,w\n" + "1,a,b\n2,c,d\n" * 50)
    assert shown.count('FROM "s0_0" t') == 1  # the rows that differ, all lines of each in one text
    assert "SELECT DISTINCT t." not in shown


def test_a_join_with_unique_keys_needs_no_distinct(tmp_path: Path) -> None:
    keys = "k,v,w\n1,a,2\n2,b,1\n3,c,7\n"
    assert "DISTINCT l" not in explain(tmp_path, keys, keys)
    assert "DISTINCT l" in explain(tmp_path, keys, keys + "2,d,1\n")


@pytest.mark.parametrize(
    ("value", "function"), [("a", ""), ('"a ""b"""', "replace("), ('"a\n"', "replace("), ("\x01", "kg_escape(")]
)
def test_what_a_file_does_not_hold_is_not_escaped(tmp_path: Path, value: str, function: str) -> None:
    shown = explain(tmp_path, f"k,v,w\n1,{value},2\n2,b,3\n")
    assert [f for f in ("replace(", "kg_escape(") if f in shown] == ([function] if function else [])


def test_the_alphabet_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    for content in (b"", b"\xef\xbb\xbfid\n1\n", bytes(range(256)) * 9, b"a" * 600_000 + b"b" * 600_000 + b"\0"):
        path.write_bytes(content)
        assert find_alphabet(path) == frozenset(content.removeprefix(b"\xef\xbb\xbf"))


def test_bytes_that_need_an_encoding() -> None:
    codes = range(0x80)
    assert {c for c in codes if encode_iri_part(chr(c)) != chr(c)} == RESERVED.intersection(codes)
    assert {c for c in codes if escape_literal(chr(c)) != chr(c)} == ESCAPED
    assert RESERVED.issuperset(range(0x80, 0x100))
