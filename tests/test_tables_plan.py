"""However a query is planned, it gives the same quads: tables with gaps, repetitions and odd characters, joined."""

from __future__ import annotations

import csv
import io
import pickle
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from hashlib import sha256
from itertools import product
from pathlib import Path
from types import NoneType

import pytest
from encoding import encode_iri_part
from hypothesis import example, given
from hypothesis import strategies as st
from sweep import sweep

from kg.rdf.namespace import XSD
from kg.tables.columns import SourceTable, TableColumn
from kg.tables.engine.connection import Connection
from kg.tables.engine.datatypes import LENIENT, ill_typed, is_finite
from kg.tables.engine.macros import escape_literal
from kg.tables.normal import normalise
from kg.tables.output.target import make_lines
from kg.tables.plan.build import Plan, build_plan
from kg.tables.plan.relation import Distinct, Join, Joining, Make, Named, Project, Relation, Scan
from kg.tables.plan.show import show_relation
from kg.tables.plan.value import Column as Place
from kg.tables.plan.value import Encode, Encoding, Text
from kg.tables.read.mapping import read_any_mapping
from kg.tables.rewrite import KEYED, Query, rewrite_patterns, simplify_plan
from kg.tables.rewrite.facts import ESCAPED, RESERVED, Facts, IsEmpty, IsFull, IsPlain, IsUnique, Question
from kg.tables.run import Settings, open_run
from kg.tables.sources.delimited import find_alphabet
from kg.text.diagnostic import SourceText

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


@sweep(60)
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
            assert run.diagnostics == ()
            lines = make_lines(run).read_text(encoding="utf-8").split("\n")
    assert lines.pop() == ""
    assert sorted(lines) == sorted(quads_of(children, parents))


# -- the plan itself: pure functions, no database ---------------------------------------------------

CHILD = SourceTable(name="c", label="child.csv", columns={n: TableColumn(reference=n, name=n) for n in "kvw"})
PARENT = SourceTable(name="p", label="parent.csv", columns={n: TableColumn(reference=n, name=n) for n in "kv"})


def build(mapping: str = MAPPING, *tables: SourceTable) -> Plan:
    """The plan of a mapping over tables, by the names of its files."""
    document = read_any_mapping(SourceText("m.ttl", mapping), None)
    assert document.diagnostics == ()
    by_file = {table.label: table for table in tables or (CHILD, PARENT)}
    sources = {t.source: by_file[t.source.source.path] for t in document.triples_maps}  # type: ignore[union-attr]
    return build_plan(normalise(document.triples_maps, None), sources, guarded=False, whole_iris=True)


def rewrite(plan: Plan, denied: Callable[[Question], bool], rows: int = 100) -> tuple[list[Make], list[Query]]:
    """The steps of a plan where the answer to all questions is yes, but to those that are *denied*."""
    patterns, facts, makes = simplify_plan(plan).patterns, Facts(), {}
    for _ in range(9):
        found = rewrite_patterns(patterns, facts)
        makes |= {make.name: make for make in found.makes}
        if not found.questions and not found.uncounted:
            return list(makes.values()), list(found.queries)
        answers = {question: not denied(question) for question in found.questions}
        facts = facts.with_answers(dict.fromkeys(found.uncounted, rows), answers)
    raise AssertionError("questions without an end")


def parts_of(noun: object) -> Iterator[object]:
    """A noun, and all that it is made of."""
    yield noun
    if isinstance(noun, tuple | frozenset):
        for each in noun:
            yield from parts_of(each)
    elif is_dataclass(noun):
        for each in fields(noun):
            yield from parts_of(getattr(noun, each.name))


def count(nouns: object, kind: type) -> int:
    return sum(isinstance(part, kind) for part in parts_of(nouns))


def rows_of(queries: list[Query]) -> tuple[Relation, ...]:
    return tuple(query.rows for query in queries)


def test_unique_keys_need_no_distinct() -> None:
    makes, queries = rewrite(build(), lambda q: False)
    assert makes == []
    assert [query.reason for query in queries] == [KEYED]  # one text for each row of the child
    assert count(rows_of(queries), Distinct) == 0
    assert [j.how for j in parts_of(rows_of(queries)) if isinstance(j, Join)] == [Joining.LEFT]


def test_rows_that_repeat_are_made_distinct_once() -> None:
    repeats = {("k",), ("w",)}
    made = "c_" + sha256(b"k\nv\nw").hexdigest()[:8]
    wanted = Distinct(
        rows=Project(
            rows=Scan(table="c", alias="t"),
            columns=tuple(Named(name=n, value=Place(of="t", name=n)) for n in "kvw"),
        )
    )
    makes, queries = rewrite(
        build(), lambda q: isinstance(q, IsUnique) and q.columns in repeats and q.table in {"c", "p"}
    )
    assert makes == [Make(name=made, rows=wanted)]
    scans = [part.table for part in parts_of(rows_of(queries)) if isinstance(part, Scan)]
    assert scans.count(made) == 1  # the rows that differ, all lines of each in one text


@pytest.mark.parametrize(
    ("unique", "reason"), [(True, KEYED), (False, "DISTINCT on the lines: rows may give the same quad")]
)
def test_a_join_with_unique_keys_needs_no_distinct(unique: bool, reason: str) -> None:
    _, queries = rewrite(build(), lambda q: isinstance(q, IsUnique) and q.table == "p" and not unique)
    (found,) = [query for query in queries if any(p.parent is not None for p in query.patterns)]
    assert found.reason == reason


def test_a_join_that_needs_no_column_of_the_parent_multiplies_no_row() -> None:
    there = next(p for p in simplify_plan(build()).patterns if p.predicate.constant == f"<{EX}there>")
    assert there.parent is not None
    assert there.parent.exists
    assert there.object.columns == (Place(of="t", name="w"),)
    _, queries = rewrite(build(), lambda q: isinstance(q, IsEmpty))
    assert count(rows_of(queries), Distinct) == 1  # the parent's keys, each once
    _, queries = rewrite(build(), lambda q: False)  # the parent is always there
    assert not any(
        isinstance(part, Scan) and part.table == "p" and part.alias == "p" for part in parts_of(rows_of(queries))
    )


NULL_KEY = (
    HEAD
    + """
ex:child rml:logicalSource [ rml:source "child.csv"; rml:referenceFormulation ql:CSV ];
  rr:subjectMap [ rr:template "http://example.org/c/{k}" ];
  rr:predicateObjectMap [ rr:predicate ex:p; rr:objectMap [ rr:parentTriplesMap ex:one;
    rr:joinCondition [ rr:child "w"; rr:parent "k" ] ] ] .
ex:one rml:logicalSource [ rml:source "parent.csv"; rml:referenceFormulation ql:CSV ];
  rr:subjectMap [ rr:constant ex:one ] .
"""
)


def test_a_row_without_a_key_has_no_partner(tmp_path: Path) -> None:
    write_table(tmp_path / "child.csv", [("1", None, "a"), ("2", None, None)])
    write_table(tmp_path / "parent.csv", [("a", None, None)])
    document = read_any_mapping(SourceText("m.ttl", NULL_KEY), None)
    with open_run(document, Settings(mapping_folder=tmp_path, data_folder=tmp_path)) as run:
        assert make_lines(run).read_text(encoding="utf-8") == f"<{EX}c/1> <{EX}p> <{EX}one> .\n"


@pytest.mark.parametrize(
    ("held", "wanted"),
    [(b"a", []), (b'a"', [frozenset(b'"')]), (b"a\n", [frozenset(b"\n")]), (b"\x01", [None]), (None, [None])],
)
def test_what_a_file_does_not_hold_is_not_escaped(held: bytes | None, wanted: list[object]) -> None:
    child = replace(CHILD, alphabet=None if held is None else frozenset(held))
    _, queries = rewrite(build(MAPPING, child, PARENT), lambda q: isinstance(q, IsPlain))
    escapes = [part for part in parts_of(rows_of(queries)) if isinstance(part, Encode)]
    assert list(dict.fromkeys(e.codes for e in escapes if e.encoding is Encoding.ESCAPE)) == wanted


def test_many_lines_of_a_row_are_cut() -> None:
    maps = "".join(
        f'ex:m{n} rml:logicalSource [ rml:source "child.csv"; rml:referenceFormulation ql:CSV ];'
        f' rr:subjectMap [ rr:template "http://example.org/{n}/{{k}}" ];'
        + "".join(
            f' rr:predicateObjectMap [ rr:predicate ex:p{p}; rr:objectMap [ rml:reference "v" ] ];' for p in range(20)
        )
        + " .\n"
        for n in range(30)
    )
    _, queries = rewrite(build(HEAD + maps), lambda q: False)
    lengths = [sum(len(p.text) for p in parts_of(query.rows) if isinstance(p, Text)) for query in queries]
    assert sum(len(query.patterns) for query in queries) == 600
    assert max(lengths) < 5000  # characters of a row: rows are computed by thousands


def test_a_plan_holds_plain_values_and_can_be_sent() -> None:
    makes, queries = rewrite(build(), lambda q: isinstance(q, IsUnique))
    plain = (str, int, NoneType, tuple, frozenset, Enum)
    for part in parts_of((tuple(makes), rows_of(queries))):
        assert isinstance(part, plain) or is_dataclass(part), part
    assert pickle.loads(pickle.dumps((makes, rows_of(queries)))) == (makes, rows_of(queries))


def test_a_plan_in_words() -> None:
    _, queries = rewrite(build(NULL_KEY), lambda q: isinstance(q, IsEmpty | IsFull))
    (query,) = queries
    assert "\n".join(show_relation(query.rows)) == SHOWN


SHOWN = """\
Filter condition=differ(t.l, "")
  Project columns=[l = when(present([j0.k0, t.s0_]), t.s0_ + " <http://example.org/p> <http://example.org/one> .", -)]
    Join left t.w = j0.k0
      Extend columns=[s0_ = when(present([t.k]), "<http://example.org/c/" + t.k + ">", -)]
        Scan c as t
      Distinct
        Project columns=[k0 = p.k]
          Filter condition=present([p.k])
            Scan p as p"""


# -- what the bytes of a file tell ----------------------------------------------------------------


def test_the_alphabet_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    big = b"a" * 600_000 + b"b" * 600_000 + b"\0"
    cases = ((b"", 0), (b"\xef\xbb\xbfid\n1\n", 2), (b"id\n\n1", 3), (bytes(range(256)) * 9, 10), (big, 1))
    for content, lines in cases:
        path.write_bytes(content)
        assert find_alphabet(path) == (frozenset(content.removeprefix(b"\xef\xbb\xbf")), lines)
    path.write_bytes(b"\xef\xbb\xbfa_b,c\n1,2\n")
    assert find_alphabet(path, header=1) == (frozenset(b"1,2\n"), 2)
    path.write_bytes(b"a\0")
    assert find_alphabet(path, header=1) == (frozenset(b"\0"), 1)


def test_bytes_that_need_an_encoding() -> None:
    codes = range(0x80)
    assert {c for c in codes if encode_iri_part(chr(c)) != chr(c)} == RESERVED.intersection(codes)
    assert {c for c in codes if escape_literal(chr(c)) != chr(c)} == ESCAPED
    assert RESERVED.issuperset(range(0x80, 0x100))


def test_a_finite_number_without_lenient_bytes_is_a_double() -> None:
    signs = [chr(code) for code in range(1, 0x80) if code not in LENIENT] + [
        "\x85",
        "\xa0",
        "\u0663",
        "\uff0c",
        "\u2212",
    ]
    texts = {"".join(each) for size in range(6) for each in product("01.-eE", repeat=size)}
    numbers = ("1", "-1", ".5", "5.", "1.5e3", "1e-5", "INF", "NaN", "1e999", "9" * 400)
    texts |= {*numbers} | {
        text[:at] + sign + text[at:] for text in numbers for sign in signs for at in range(len(text) + 1)
    }
    with Connection() as connection:
        connection.execute("CREATE TEMP TABLE given AS SELECT unnest(?::VARCHAR[]) AS v", [sorted(texts)])
        finite = connection.execute(f"SELECT v FROM given WHERE {is_finite('v')}").fetchall()
        wrong = connection.execute(f"SELECT v FROM given WHERE {ill_typed('v', XSD + 'double')}").fetchall()
    assert {("1",), ("-1",), (".5",), ("5.",), ("1.5e3",)} <= set(finite)
    assert set(finite) & set(wrong) == set()


@pytest.mark.parametrize("other", ["1.5", "-1", "an_other +1"])
def test_what_the_database_alone_takes_for_a_number_is_told(tmp_path: Path, other: str) -> None:
    good = ("INF", "-INF", "NaN", "-0.5E7", "5.", ".5", "1e999", "007")
    bad = ("Infinity", "inf", "nan", "1e", "1,5", "0x1", "+-1", "1_0", " 1", "1 ", "-", ".")
    values = (*good, *bad)  # each in a file of its own: what the bytes of a file prove holds for all of its columns
    maps = [
        f'ex:m{n} rml:logicalSource [ rml:source "t{n}.csv"; rml:referenceFormulation ql:CSV ];\n'
        '  rr:subjectMap [ rr:template "http://example.org/{id_}" ];\n'
        '  rr:predicateObjectMap [ rr:predicate ex:v; rr:objectMap [ rml:reference "v";\n'
        "    rr:datatype <http://www.w3.org/2001/XMLSchema#double> ] ] .\n"
        for n in range(len(values))
    ]
    document = read_any_mapping(SourceText("m.ttl", HEAD + "".join(maps)))
    for n, value in enumerate(values):
        (tmp_path / f"t{n}.csv").write_text(f'id_,v,other\n1,"{value}",{other}\n', encoding="utf-8")
    with open_run(document, Settings(mapping_folder=tmp_path, data_folder=tmp_path)) as run:
        told = {d.message for d in run.diagnostics if d.code == "data-datatype"}
    wanted = {
        f"`{value}` is no xsd:double (row 2 of `t{n}.csv`, `v`)" for n, value in enumerate(values) if value in bad
    }
    assert told == wanted
