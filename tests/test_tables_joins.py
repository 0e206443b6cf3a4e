"""Joins: which values are one, and what is told of those that another rule would take for one."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest
from terminal import run_kg

HEAD = """@prefix rml: <http://w3id.org/rml/> . @base <http://e.org/> .
"""
CSV = 'rml:source "{0}"; rml:referenceFormulation rml:CSV'
TABLE = 'rml:source "{0}"; rml:iterator "{1}"; rml:referenceFormulation rml:SQL2008Table'


def write_mapping(folder: Path, child: str, parent: str, sides: str, own: str = "c", other: str = "p") -> None:
    """A join of two sources, by `CHILD=PARENT` conditions."""
    pairs = [side.split("=") for side in sides.split()]
    conditions = ", ".join(f'[ rml:child "{a}"; rml:parent "{b}" ]' for a, b in pairs)
    (folder / "map.ttl").write_text(
        f"""{HEAD}<c> rml:logicalSource [ {child} ]; rml:subjectMap [ rml:template "c{{{own}}}" ];
  rml:predicateObjectMap [ rml:predicate <j>; rml:objectMap [ rml:parentTriplesMap <p>;
    rml:joinCondition {conditions} ] ] .
<p> rml:logicalSource [ {parent} ]; rml:subjectMap [ rml:template "p{{{other}}}" ] .
""",
        encoding="utf-8",
    )


def join(folder: Path, *options: str) -> tuple[list[str], list[str]]:
    """The pairs of a join, and the warnings."""
    done = run_kg("map", "map.ttl", "-o", "out.nq", *options, folder=folder)
    assert done.code == 0, done.err
    lines = (folder / "out.nq").read_text(encoding="utf-8").replace("http://e.org/", "").splitlines()
    pairs = [re.sub(r"<(.*)> <j> <(.*)> \.", r"\1 \2", line) for line in lines]
    return sorted(pairs), re.findall(r"warning\[data-unjoined\]: (.*)", done.err)


def fill_table(folder: Path, columns: str, *rows: tuple[object, ...]) -> None:
    with sqlite3.connect(folder / "t.db") as connection:
        connection.execute(f"CREATE TABLE t (c INTEGER, {columns})")
        connection.executemany(f"INSERT INTO t VALUES ({', '.join('?' * (len(rows[0])))})", rows)
    connection.close()


FORMS = [
    ("k INTEGER", 1, "1", "01", "a number"),
    ("k INTEGER", 1, "1", "1.0", "a number"),
    ("k DECIMAL(5,2)", 1.5, "1.5", "1.50", "a number"),
    ("k DECIMAL(5,2)", 0.5, "0.5", ".5", "a number"),
    ("k BOOLEAN", 1, "true", "1", "an xsd:boolean"),
    ("k DATE", "2024-01-02", "2024-01-02", "2024-01-02T00:00:00", "an xsd:date"),
    ("k DATETIME", "2024-01-02 03:04:05", "2024-01-02T03:04:05", "2024-01-02 03:04:05", "an xsd:dateTime"),
    ("k DATETIME", "2024-01-02 03:04:00", "2024-01-02T03:04:00", "2024-01-02 03:04", "an xsd:dateTime"),
    ("k TIME", "03:04:00", "03:04:00", "03:04", "an xsd:time"),
    ("k TIME", "03:04:05", "03:04:05", "03:04:05.00", "an xsd:time"),
]  # fmt: skip


@pytest.fixture(scope="module", params=[False, True], ids=["a column joins a text", "a text joins a column"])
def turned(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture(scope="module")
def joined(tmp_path_factory: pytest.TempPathFactory, turned: bool) -> tuple[list[str], list[str], list[str], list[str]]:
    """All forms in two runs, each in a column of its own (k0, k1 ...), a map for each: pairs and warnings.

    Of values in the same form first, then of those in another.
    """
    pytest.importorskip("adbc_driver_sqlite")
    folder = tmp_path_factory.mktemp("forms")
    columns = [column.replace("k", f"k{n}", 1) for n, (column, *_) in enumerate(FORMS)]
    fill_table(folder, ", ".join(columns), (7, *(value for _, value, *_ in FORMS)))
    sides = [(TABLE.format("t.db", "t"), "c"), (CSV.format("p.csv"), "p")]
    (child, own), (parent, other) = sides[::-1] if turned else sides
    statements = [
        f"""rml:predicateObjectMap [ rml:predicate <j>; rml:objectMap [ rml:parentTriplesMap <p{n}>;
    rml:joinCondition [ rml:child "k{n}"; rml:parent "k{n}" ] ] ]"""
        for n in range(len(FORMS))
    ]
    parents = [
        f'<p{n}> rml:logicalSource [ {parent} ]; rml:subjectMap [ rml:template "p{n}.{{{other}}}" ] .'
        for n in range(len(FORMS))
    ]
    subject = f'<c> rml:logicalSource [ {child} ]; rml:subjectMap [ rml:template "c{{{own}}}" ]'
    mapping = ";\n  ".join([subject, *statements])
    (folder / "map.ttl").write_text("\n".join([f"{HEAD}{mapping} .", *parents]), encoding="utf-8")
    header = ",".join(["p", *(f"k{n}" for n in range(len(FORMS)))])
    nothing = ",".join("x" * len(FORMS))
    same, others = (",".join(form[place] for form in FORMS) for place in (2, 3))
    (folder / "p.csv").write_text(f"{header}\n1,{same}\n2,{nothing}\n", encoding="utf-8")
    first = join(folder)
    (folder / "p.csv").write_text(f"{header}\n1,{nothing}\n2,{others}\n", encoding="utf-8")
    return *first, *join(folder)


@pytest.mark.parametrize(("column", "value", "same", "other", "kind"), FORMS)
def test_a_value_in_another_form_is_told(
    column: str, value: object, same: str, other: str, kind: str, turned: bool, joined: tuple[list[str], ...]
) -> None:
    """A column of a type joins texts by the text that it has in RDF; another form of the value is told, once."""
    place = FORMS.index((column, value, same, other, kind))
    pairs, warnings, no_pairs, told = joined
    assert [pair for pair in pairs if f" p{place}." in pair] == [f"c1 p{place}.7" if turned else f"c7 p{place}.1"]
    assert (warnings, no_pairs) == ([], [])
    one, two = ("a text", kind) if turned else (kind, "a text")
    kinds = f"the child `k{place}` is {one}, the parent `k{place}` {two}"
    [line] = [each for each in told if f"`k{place}`" in each]
    assert f"finds no partner, but one that is written in another form: {kinds}, and they are compared as" in line
    assert line.endswith(f"(row 3 of `p.csv`, `k{place}`)" if turned else f"(row 1 of `t`, `k{place}`)")


def test_a_parent_in_another_form_beside_one_in_the_same(tmp_path: Path) -> None:
    """The child has a partner, and would have a second one: that is told at the parent's row."""
    pytest.importorskip("adbc_driver_sqlite")
    fill_table(tmp_path, "k INTEGER", (7, 1))
    write_mapping(tmp_path, TABLE.format("t.db", "t"), CSV.format("p.csv"), "k=k")
    (tmp_path / "p.csv").write_text("p,k\n1,1\n2,01\n3,001\n4,x\n", encoding="utf-8")
    pairs, [told] = join(tmp_path)
    assert pairs == ["c7 p1"]
    assert told.startswith("`01` finds no partner")
    assert told.endswith("(row 3 of `p.csv`, `k`, and 1 more)")


def test_all_conditions_count_for_what_is_told(tmp_path: Path) -> None:
    pytest.importorskip("adbc_driver_sqlite")
    fill_table(tmp_path, "k INTEGER, l TEXT", (7, 1, "a"), (8, 2, "b"))
    write_mapping(tmp_path, TABLE.format("t.db", "t"), CSV.format("p.csv"), "k=k l=l")
    (tmp_path / "p.csv").write_text("p,k,l\n1,01,b\n2,02,B\n3,2,b\n", encoding="utf-8")
    assert join(tmp_path) == (["c8 p3"], [])
    (tmp_path / "p.csv").write_text("p,k,l\n1,01,a\n", encoding="utf-8")
    assert [told.split(" finds")[0] for told in join(tmp_path)[1]] == ["`1`"]


def test_a_row_is_told_at_the_condition_that_keeps_its_partner_away(tmp_path: Path) -> None:
    """`1` beside `01`, and not the year, which is the same; where both differ, once, at the last one."""
    pytest.importorskip("adbc_driver_sqlite")
    fill_table(tmp_path, "k INTEGER, l INTEGER", (7, 2020, 1), (8, 2021, 2), (9, 2022, 3))
    write_mapping(tmp_path, TABLE.format("t.db", "t"), CSV.format("p.csv"), "k=k l=l")
    for rows, wanted in (
        ("1,2020,01", "`1` finds no partner (row 1 of `t`, `l`)"),
        ("1,2021.0,2", "`2021` finds no partner (row 2 of `t`, `k`)"),
        ("1,2022.0,03", "`3` finds no partner (row 3 of `t`, `l`)"),
        ("1,2022,3\n2,2022,03", "`03` finds no partner (row 3 of `p.csv`, `l`)"),
        ("1,2022,3\n2,2022.0,3", "`2022.0` finds no partner (row 3 of `p.csv`, `k`)"),
    ):
        (tmp_path / "p.csv").write_text(f"p,k,l\n{rows}\n", encoding="utf-8")
        pairs, [told] = join(tmp_path)
        assert pairs == (["c9 p1"] if "\n" in rows else [])
        assert re.sub(", but .* texts", "", told) == wanted


def test_texts_of_files_are_what_they_are(tmp_path: Path) -> None:
    """Nobody takes `01` for `1` in a CSV file, nor in a text of JSON."""
    (tmp_path / "p.csv").write_text("p,k\n1,01\n2,true\n3,A\n", encoding="utf-8")
    (tmp_path / "c.csv").write_text("c,k\n1,1\n2,1\n3,a\n", encoding="utf-8")
    write_mapping(tmp_path, CSV.format("c.csv"), CSV.format("p.csv"), "k=k")
    assert join(tmp_path) == ([], [])
    json = 'rml:source "c.json"; rml:iterator "$[*]"; rml:referenceFormulation rml:JSONPath'
    (tmp_path / "c.json").write_text('[{"c": 1, "k": "1"}, {"c": 2, "k": 1.0}]', encoding="utf-8")
    write_mapping(tmp_path, json, CSV.format("p.csv"), "k=k")
    pairs, [told] = join(tmp_path)
    assert pairs == []
    assert "the child `k` is a value with a type of its own, the parent `k` a text" in told
    assert told.endswith("(record 2 of `c.json`, `k`)")


def test_moments_join_by_what_they_say(tmp_path: Path) -> None:
    """Zeros at the end of a second say nothing, and `Z` is `+00:00`, whichever source writes them so."""
    pytest.importorskip("adbc_driver_sqlite")
    written = ["2024-01-02 03:04:05", "2024-01-02 03:04:05.500", "2024-01-02 03:04:05.000Z", "2024-01-02 03:04:10"]
    fill_table(tmp_path, "k TIMESTAMP", *enumerate(written))
    with sqlite3.connect(tmp_path / "t.db") as connection:
        connection.execute("CREATE TABLE u (p INTEGER, k TIMESTAMP)")
        other = [
            "2024-01-02T03:04:05.000000",
            "2024-01-02 03:04:05.5",
            "2024-01-02 03:04:05+00:00",
            "2024-01-02 03:04:1",
        ]
        connection.executemany("INSERT INTO u VALUES (?, ?)", enumerate(other))
    connection.close()
    write_mapping(tmp_path, TABLE.format("t.db", "t"), TABLE.format("t.db", "u"), "k=k")
    assert join(tmp_path) == (["c0 p0", "c1 p1", "c2 p2"], [])


def test_a_join_of_a_view_tells_as_well(tmp_path: Path) -> None:
    pytest.importorskip("adbc_driver_sqlite")
    fill_table(tmp_path, "k INTEGER", (7, 1))
    (tmp_path / "p.csv").write_text("p,k\n1,x\n2,01\n", encoding="utf-8")
    (tmp_path / "map.ttl").write_text(
        f"""{HEAD}<m> rml:logicalSource <v>; rml:subjectMap [ rml:template "c{{c}}" ];
  rml:predicateObjectMap [ rml:predicate <j>; rml:objectMap [ rml:template "p{{p}}"; rml:termType rml:IRI ] ] .
<v> a rml:LogicalView; rml:viewOn [ {TABLE.format("t.db", "t")} ];
  rml:field [ rml:fieldName "c"; rml:reference "c" ], [ rml:fieldName "k"; rml:reference "k" ];
  rml:leftJoin [ rml:parentLogicalView <w>; rml:joinCondition [ rml:child "k"; rml:parent "k" ];
    rml:field [ rml:fieldName "p"; rml:reference "p" ] ] .
<w> a rml:LogicalView; rml:viewOn [ {CSV.format("p.csv")} ];
  rml:field [ rml:fieldName "p"; rml:reference "p" ], [ rml:fieldName "k"; rml:reference "k" ] .
""",
        encoding="utf-8",
    )
    pairs, [told] = join(tmp_path)
    assert pairs == []
    assert told.startswith("`1` finds no partner, but one that is written in another form")


def test_a_best_effort_leaves_nothing_out_for_it(tmp_path: Path) -> None:
    pytest.importorskip("adbc_driver_sqlite")
    fill_table(tmp_path, "k INTEGER", (7, 1), (8, 2))
    (tmp_path / "p.csv").write_text("p,k\n1,01\n2,2\n", encoding="utf-8")
    write_mapping(tmp_path, TABLE.format("t.db", "t"), CSV.format("p.csv"), "k=k")
    pairs, [told] = join(tmp_path, "--best-effort")
    assert pairs == ["c8 p2"]
    assert told.startswith("`1` finds no partner")


@pytest.mark.parametrize(
    ("column", "value", "other"),
    [
        ("REAL", "v1.0", "v1"),
        ("DECIMAL(5,2)", "v1.50", "v1.5"),
        ("TIMESTAMP", "Q.0", "Q"),
        ("TIMESTAMP", "xZ", "x+00:00"),
    ],
)
def test_what_is_none_of_its_type_joins_by_its_text(tmp_path: Path, column: str, value: str, other: str) -> None:
    pytest.importorskip("adbc_driver_sqlite")
    fill_table(tmp_path, f"k {column}", (7, value))
    with sqlite3.connect(tmp_path / "t.db") as connection:
        connection.execute(f"CREATE TABLE u (p INTEGER, k {column})")
        connection.executemany("INSERT INTO u VALUES (?, ?)", [(1, value), (2, other)])
    connection.close()
    write_mapping(tmp_path, TABLE.format("t.db", "t"), TABLE.format("t.db", "u"), "k=k")
    assert join(tmp_path) == (["c7 p1"], [])


@pytest.mark.parametrize("kind", ["sqlite", "duckdb"])
def test_a_collation_that_would_join_more_is_told(tmp_path: Path, kind: str) -> None:
    """Texts are compared as they are written, and `COLLATE NOCASE` would take others for one."""
    tables = ("CREATE TABLE {} ({} INTEGER, k {})", "INSERT INTO {} VALUES (1, 'Ab'), (2, 'x')")
    for collation in ("", " COLLATE BINARY" if kind == "sqlite" else " COLLATE C", " COLLATE NOCASE"):
        (tmp_path / "t.db").unlink(missing_ok=True)
        statements = [each.format(n, i, "VARCHAR" + collation) for n, i in (("t", "c"), ("u", "p")) for each in tables]
        statements.append("UPDATE u SET k = 'AB' WHERE p = 1")
        if kind == "sqlite":
            pytest.importorskip("adbc_driver_sqlite")
            with sqlite3.connect(tmp_path / "t.db") as connection:
                connection.executescript(";".join(statements))
            connection.close()
        else:
            duckdb = pytest.importorskip("duckdb")
            with duckdb.connect(tmp_path / "t.duckdb") as connection:
                connection.execute("DROP TABLE IF EXISTS t; DROP TABLE IF EXISTS u;" + ";".join(statements))
        file = "t.db" if kind == "sqlite" else "t.duckdb"
        write_mapping(tmp_path, TABLE.format(file, "t"), TABLE.format(file, "u"), "k=k")
        pairs, told = join(tmp_path)
        assert pairs == ["c2 p2"]
        assert [each.split(" finds")[0] for each in told] == (["`Ab`"] if "NOCASE" in collation else [])


def test_a_collation_is_that_of_its_column(tmp_path: Path) -> None:
    """Beside it another compares texts as they are written, and nobody expects more of it."""
    pytest.importorskip("adbc_driver_sqlite")
    fill_table(tmp_path, "n TEXT DEFAULT 'a, b' COLLATE NOCASE, k TEXT", (1, "Ab", "Ab"), (2, "x", "x"))
    with sqlite3.connect(tmp_path / "t.db") as connection:
        connection.execute("CREATE TABLE u (p INTEGER, n TEXT, k TEXT CHECK (k IN ('AB', 'x')))")
        connection.executemany("INSERT INTO u VALUES (?, ?, ?)", [(1, "AB", "AB"), (2, "x", "x")])
    connection.close()
    for name, wanted in (("n", ["`Ab`"]), ("k", [])):
        write_mapping(tmp_path, TABLE.format("t.db", "t"), TABLE.format("t.db", "u"), f"{name}={name}")
        pairs, told = join(tmp_path)
        assert pairs == ["c2 p2"]
        assert [each.split(" finds")[0] for each in told] == wanted


def test_texts_of_columns_with_a_collation_stay_different(tmp_path: Path) -> None:
    """DuckDB's `COLLATE NOCASE` does not reach the triples: no text is dropped, and collations do not meet."""
    duckdb = pytest.importorskip("duckdb")
    with duckdb.connect(tmp_path / "t.duckdb") as connection:
        connection.execute(
            "CREATE TABLE t (c INTEGER, k VARCHAR COLLATE NOCASE, l VARCHAR COLLATE NOACCENT);"
            "INSERT INTO t VALUES (1, 'Ab', 'é'), (1, 'AB', 'e'), (1, 'ab', 'é')"
        )
    for iterator, formulation in (("t", "SQL2008Table"), ("SELECT * FROM t", "SQL2008Query")):
        (tmp_path / "map.ttl").write_text(
            f"""{HEAD}<c> rml:logicalSource [ rml:source "t.duckdb"; rml:iterator "{iterator}";
    rml:referenceFormulation rml:{formulation} ];
  rml:subjectMap [ rml:template "{{c}}" ]; rml:predicateObjectMap [ rml:predicate <p>;
    rml:objectMap [ rml:reference "k" ], [ rml:reference "l" ], [ rml:template "{{k}}{{l}}" ] ] .
""",
            encoding="utf-8",
        )
        done = run_kg("map", "map.ttl", "-o", "out.nq", folder=tmp_path)
        assert (done.code, done.err) == (0, "")
        lines = (tmp_path / "out.nq").read_text(encoding="utf-8").splitlines()
        objects = [line.split(" ")[2].replace("http://e.org/", "") for line in lines]
        assert sorted(objects) == sorted(['"Ab"', '"AB"', '"ab"', '"é"', '"e"', "<Abé>", "<ABe>", "<abé>"])
