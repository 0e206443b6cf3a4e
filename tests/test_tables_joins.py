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
JSON = 'rml:source "{0}"; rml:iterator "$[*]"; rml:referenceFormulation rml:JSONPath'
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
    ("k DATE", "2024-01-02", "2024-01-02", "2024-1-2", "an xsd:date"),
    ("k DATE", "2024-10-02", "2024-10-02", "2024/10/2", "an xsd:date"),
    ("k DATE", "2024-01-12", "2024-01-12", "2024.1.12", "an xsd:date"),
    ("k DATE", "2024-01-02", "2024-01-02", "20240102", "an xsd:date"),
    ("k DATETIME", "2024-01-02 03:04:05", "2024-01-02T03:04:05", "2024-1-2 3:04:05", "an xsd:dateTime"),
    ("k TIME", "03:04:05", "03:04:05", "3:04:05", "an xsd:time"),
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


@pytest.mark.parametrize("written", ["02.01.2024", "01/02/2024", "2 January 2024", "24-01-02", "2024-01", "2024-002"])
def test_a_text_whose_day_nobody_knows_is_no_form_of_a_date(tmp_path: Path, written: str) -> None:
    """Which number is the day, a setting of the database says, and RML has none: the text is none that we read."""
    pytest.importorskip("adbc_driver_sqlite")
    fill_table(tmp_path, "k DATE", (7, "2024-01-02"), (8, "2024-02-01"))
    write_mapping(tmp_path, TABLE.format("t.db", "t"), CSV.format("p.csv"), "k=k")
    (tmp_path / "p.csv").write_text(f"p,k\n1,{written}\n", encoding="utf-8")
    assert join(tmp_path) == ([], [])


def test_a_number_that_is_a_date_in_digits_is_told(tmp_path: Path) -> None:
    pytest.importorskip("adbc_driver_sqlite")
    fill_table(tmp_path, "k DATE", (7, "2024-01-02"), (8, "2024-12-31"))
    with sqlite3.connect(tmp_path / "t.db") as connection:
        connection.execute("CREATE TABLE u (p INTEGER, k INTEGER)")
        connection.execute("INSERT INTO u VALUES (1, 20240102), (2, 20241301)")
    connection.close()
    write_mapping(tmp_path, TABLE.format("t.db", "t"), TABLE.format("t.db", "u"), "k=k")
    pairs, [told] = join(tmp_path)
    assert pairs == []
    assert told.startswith("`2024-01-02` finds no partner, but one that is written in another form")
    assert told.endswith("(row 1 of `t`, `k`)")


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


def test_the_end_of_a_day_is_a_time_and_not_its_beginning(tmp_path: Path) -> None:
    """XML Schema 1.1 (part 2, section 3.3.8) has `24:00:00`, and nothing after it; SQL keeps it from `00:00:00`."""
    pytest.importorskip("adbc_driver_sqlite")
    fill_table(tmp_path, "k TIME", (1, "24:00:00"), (2, "00:00:00"), (3, "24:00:00.0"))
    write_mapping(tmp_path, TABLE.format("t.db", "t"), TABLE.format("t.db", "t"), "k=k", other="c")
    text = (tmp_path / "map.ttl").read_text(encoding="utf-8")
    value = 'rml:predicateObjectMap [ rml:predicate <k>; rml:objectMap [ rml:reference "k" ] ]'
    (tmp_path / "map.ttl").write_text(f"{text.rstrip().removesuffix('.')}; {value} .", encoding="utf-8")
    lines, told = join(tmp_path)
    assert told == []
    assert [line for line in lines if "<k>" not in line] == ["c1 p1", "c1 p3", "c2 p2", "c3 p1", "c3 p3"]
    written = ("24:00:00", "00:00:00", "24:00:00.0")
    time = '<p{}> <k> "{}"^^<http://www.w3.org/2001/XMLSchema#time> .'
    assert [line for line in lines if "<k>" in line] == [time.format(n, v) for n, v in enumerate(written, 1)]
    with sqlite3.connect(tmp_path / "t.db") as connection:
        connection.execute("INSERT INTO t VALUES (4, '24:00:01')")
    connection.close()
    done = run_kg("map", "map.ttl", "-o", "out.nq", folder=tmp_path)
    assert "error[data-datatype]: `24:00:01` is no xsd:time, which the type of its column promises" in done.err


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


COLLATIONS = {
    ("sqlite", ""): {},
    ("sqlite", "COLLATE BINARY"): {},
    ("sqlite", "COLLATE NOCASE"): {"capitals": ["`Ab`"]},
    ("sqlite", "COLLATE RTRIM"): {"blanks at the end": ["`b`"]},
    ("duckdb", ""): {},
    ("duckdb", "COLLATE C"): {},
    ("duckdb", "COLLATE NOCASE"): {"capitals": ["`Ab`"]},
    ("duckdb", "COLLATE NOACCENT"): {"accents or how accents are encoded": ["`é`"]},
    ("duckdb", "COLLATE NOCASE.NOACCENT"): {"capitals, accents or how accents are encoded": ["`Ab`", "`É`"]},
}
READ = {  # what is read of a table, and by which words
    "{0}": "SQL2008Table",
    "w{0}": "SQL2008Table",  # a view on it
    "SELECT * FROM (SELECT * FROM {0}) AS q": "SQL2008Query",
    "SELECT max(id) AS id, k FROM w{0} GROUP BY k": "SQL2008Query",
}


@pytest.mark.parametrize("read", READ)
@pytest.mark.parametrize(("kind", "collation"), COLLATIONS)
def test_a_collation_that_would_join_more_is_told(tmp_path: Path, kind: str, collation: str, read: str) -> None:
    """Texts are compared as they are written; a view and a query keep the collation of the column that they read."""
    own, other = ("Ab", "x", "b", "é"), ("AB", "x", "b ", "e")
    script = []
    for table, texts in (("t", own), ("u", other)):
        rows = ", ".join(f"({place}, '{text}')" for place, text in enumerate(texts))
        script.append(f"CREATE TABLE {table} (id INTEGER, k VARCHAR {collation}); INSERT INTO {table} VALUES {rows};")
        script.append(f"CREATE VIEW w{table} AS SELECT * FROM {table};")
    if kind == "sqlite":
        pytest.importorskip("adbc_driver_sqlite")
        with sqlite3.connect(tmp_path / "t.db") as connection:
            connection.executescript("".join(script))
        connection.close()
    else:
        with pytest.importorskip("duckdb").connect(tmp_path / "t.duckdb") as connection:
            connection.execute("".join(script))
    file = "t.db" if kind == "sqlite" else "t.duckdb"
    source = 'rml:source "{0}"; rml:iterator "{1}"; rml:referenceFormulation rml:{2}'
    sides = [source.format(file, read.format(table), READ[read]) for table in "tu"]
    write_mapping(tmp_path, *sides, "k=k", "id", "id")
    pairs, told = join(tmp_path)
    assert pairs == ["c1 p1"]
    words = {each.split("differs in ")[1].split(":")[0]: each.split(" finds")[0] for each in told}
    assert words == {differences: first for differences, [first, *_] in COLLATIONS[kind, collation].items()}


def test_a_collation_of_another_program_may_take_anything_for_one(tmp_path: Path) -> None:
    """SQLite keeps the names of collations that a program brings, and cannot compare by them without it."""
    pytest.importorskip("adbc_driver_sqlite")
    with sqlite3.connect(tmp_path / "t.db") as connection:
        connection.create_collation("german", lambda a, b: (a > b) - (a < b))
        connection.executescript(
            "CREATE TABLE t (c INTEGER, k TEXT COLLATE german, n TEXT); INSERT INTO t VALUES (1, 'É', 'É');"
            "CREATE TABLE u (p INTEGER, k TEXT COLLATE german, n TEXT); INSERT INTO u VALUES (1, 'e ', 'e');"
        )
    connection.close()
    for name, wanted in (("k", ["capitals, accents, how accents are encoded or blanks at the end"]), ("n", [])):
        write_mapping(tmp_path, TABLE.format("t.db", "t"), TABLE.format("t.db", "u"), f"{name}={name} c=p")
        pairs, told = join(tmp_path)
        assert pairs == []
        assert [each.split("differs in ")[1].split(":")[0] for each in told] == wanted
    # a query compares by it, which nobody can here, but where it says how
    sides = TABLE.replace("SQL2008Table", "SQL2008Query")
    write_mapping(
        tmp_path, sides.format("t.db", "SELECT c, k FROM t"), sides.format("t.db", "SELECT p, k FROM u"), "k=k"
    )
    done = run_kg("map", "map.ttl", "-o", "out.nq", folder=tmp_path)
    assert (done.code, done.err.count("error[source-unreadable]: SQLite says: no such collation sequence: german")) == (
        1,
        2,
    )
    assert "hint: it is another program's: in a query, write `COLLATE BINARY` behind the column that has it" in done.err
    query = "SELECT c, k COLLATE BINARY AS k FROM t"
    write_mapping(tmp_path, sides.format("t.db", query), TABLE.format("t.db", "t"), "k=k", "c", "c")
    pairs, told = join(tmp_path)
    assert (pairs, told) == (["c1 p1"], [])


def test_a_text_of_json_beside_a_column_with_a_collation(tmp_path: Path) -> None:
    """Such a column has two other rules: by forms for the values that have a type, and by its collation for texts."""
    pytest.importorskip("adbc_driver_sqlite")
    fill_table(tmp_path, "k TEXT COLLATE NOCASE", (1, "ab"), (2, "07"), (3, "x"), (4, "1e1"))
    (tmp_path / "p.json").write_text(
        '[{"p": 1, "k": "AB"}, {"p": 2, "k": 7}, {"p": 3, "k": "x"}, {"p": 4, "k": "1E1"}]', encoding="utf-8"
    )
    write_mapping(tmp_path, TABLE.format("t.db", "t"), JSON.format("p.json"), "k=k")
    pairs, told = join(tmp_path)
    assert pairs == ["c3 p3"]
    assert [
        re.sub(" finds no partner, but one that (is written|differs) in ([a-z ]*).* \\(", r" \2 (", each)
        for each in told
    ] == [
        "`07` another form (row 2 of `t`, `k`)",
        "`ab` capitals (row 1 of `t`, `k`, and 1 more)",
    ]


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


@pytest.mark.parametrize("turned", [False, True])
def test_an_item_of_a_list_in_another_form_is_told(tmp_path: Path, turned: bool) -> None:
    """Each item of a list has a type of its own: 8.0 is a number, and `09` a text, which nobody takes for 9."""
    (tmp_path / "c.json").write_text(
        '[{"c": 1, "k": ["7", 8.0]}, {"c": 2, "k": []}, {"c": 3, "k": [9, "x", "09", "6.0"]}]', encoding="utf-8"
    )
    (tmp_path / "p.csv").write_text("p,k\n1,7\n2,8\n3,09\n4,9\n5,x\n6,8.00\n7,6\n8,9.0\n", encoding="utf-8")
    sides, names, references = [JSON.format("c.json"), CSV.format("p.csv")], ["c", "p"], ["k[*]", "k"]
    if turned:
        sides, names, references = sides[::-1], names[::-1], references[::-1]
    write_mapping(tmp_path, *sides, "=".join(references), *names)
    pairs, told = join(tmp_path)
    joined = ["1 1", "3 3", "3 4", "3 5"]
    assert pairs == sorted("c{} p{}".format(*(pair.split()[::-1] if turned else pair.split())) for pair in joined)
    # 8.0 has no partner at all, 9 has one, and another in a form of its own
    told_as = ["`8` (row 3 of `p.csv`, `k`, and 2 more)"]
    if not turned:
        told_as = ["`8.0` (record 1 of `c.json`, `k[*]`)", "`9.0` (row 9 of `p.csv`, `k`)"]
    assert [re.sub(" finds no.* texts", "", each) for each in told] == told_as


def test_lists_on_both_sides_are_told_by_item_and_record(tmp_path: Path) -> None:
    """Two lists of one name lie beside each other, in one condition of two."""
    (tmp_path / "c.json").write_text('[{"c": 1, "l": "a", "k": [1e3, 2]}, {"c": 2, "l": "b", "k": [5]}]', "utf-8")
    (tmp_path / "p.json").write_text('[{"p": 1, "l": "a", "k": [2, "1000.0"]}, {"p": 2, "l": "B", "k": [5]}]', "utf-8")
    write_mapping(tmp_path, JSON.format("c.json"), JSON.format("p.json"), "k[*]=k[*] l=l")
    pairs, [told] = join(tmp_path)
    assert pairs == ["c1 p1"]
    assert told.startswith("`1000` finds no partner")
    assert told.endswith("(record 1 of `c.json`, `k[*]`)")


def test_views_over_what_has_a_collation_or_lists_tell_as_well(tmp_path: Path) -> None:
    """A field has the nature of the column that it reads: its collation, and the types of its items."""
    pytest.importorskip("adbc_driver_sqlite")
    fill_table(tmp_path, "k TEXT COLLATE NOCASE", (1, "ab"), (2, "x"))
    (tmp_path / "p.json").write_text('[{"p": 1, "l": ["AB", "x"], "m": [1, 2]}]', encoding="utf-8")
    (tmp_path / "n.csv").write_text("c,k\n1,01\n2,2\n", encoding="utf-8")
    query = TABLE.replace("Table", "Query").format("t.db", "SELECT * FROM t")
    view = "<{}> a rml:LogicalView; rml:viewOn [ {} ]; rml:field {} .\n"
    plain = '[ rml:fieldName "c"; rml:reference "c" ], [ rml:fieldName "k"; rml:reference "k" ]'
    lists = '[ rml:fieldName "p"; rml:reference "p" ], [ rml:fieldName "{0}"; rml:reference "{0}[*]" ]'
    views = view.format("v", query, plain) + view.format("n", CSV.format("n.csv"), plain)
    views += "".join(view.format(name, JSON.format("p.json"), lists.format(name)) for name in "lm")
    for child, name, joined, wanted in (
        ("v", "l", ["c2 p1"], "`ab` finds no partner, but one that differs in capitals"),
        ("n", "m", ["c2 p1"], "`01` finds no partner, but one that is written in another form"),
    ):
        write_mapping(tmp_path, "", "", f"k={name}")
        text = (tmp_path / "map.ttl").read_text(encoding="utf-8").replace("[  ]", f"<{child}>", 1)
        (tmp_path / "map.ttl").write_text(text.replace("[  ]", f"<{name}>") + views, encoding="utf-8")
        pairs, [told] = join(tmp_path)
        assert pairs == joined
        assert told.startswith(wanted)


def test_rows_that_gather_tell_as_well(tmp_path: Path) -> None:
    """Their table is made of the source's, which is there when data are checked."""
    pytest.importorskip("adbc_driver_sqlite")
    fill_table(tmp_path, "k INTEGER", (7, 1), (8, 2))
    (tmp_path / "p.csv").write_text("p,k\n1,01\n2,2\n", encoding="utf-8")
    write_mapping(tmp_path, TABLE.format("t.db", "t"), CSV.format("p.csv"), "k=k")
    head = """rml:template "c{c}"; rml:gather ( [ rml:reference "k" ] );
      rml:gatherAs <http://www.w3.org/1999/02/22-rdf-syntax-ns#Bag>"""
    text = (tmp_path / "map.ttl").read_text(encoding="utf-8").replace('rml:template "c{c}"', head)
    (tmp_path / "map.ttl").write_text(text, encoding="utf-8")
    pairs, told = join(tmp_path)
    assert "c8 p2" in pairs
    assert [each.split(" finds")[0] for each in told] == ["`1`"]
