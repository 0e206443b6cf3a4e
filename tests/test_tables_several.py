# ruff: noqa: E501 - whole messages stand on one line
"""Several files as one source, standard input, and variables of the environment in the names of sources."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlitefile import open_sqlite
from test_tables_sources import HEAD, run

from kg.tables.command import map_command

CSV = 'rml:source "d/*.csv"; rml:referenceFormulation rml:CSV'


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        (folder / name).write_text(text, encoding="utf-8")


def test_files_of_a_pattern_are_one_source(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"d/b.csv": "name,id\nb,2\n", "d/a.csv": "id,name\n1,a\n", "d/.hidden.csv": "id,name\n9,z\n", "d/c.txt": "x"},
    )
    assert run(tmp_path, CSV) == (0, ['<1> "a"', '<2> "b"'], "")
    assert run(tmp_path, CSV, "_file") == (0, ['<1> "d/a.csv"', '<2> "d/b.csv"'], "")
    write(tmp_path, {"d/e/f.csv": "id,name\n3,c\n"})
    assert run(tmp_path, CSV.replace("d/*", "d/**/*"), "_file")[1] == [
        '<1> "d/a.csv"',
        '<2> "d/b.csv"',
        '<3> "d/e/f.csv"',
    ]
    # a folder that is a link to one above: each file was named forty times, and with two such links without an end
    for name in ("d/e/up", "d/e/again"):
        (tmp_path / name).symlink_to("..")
    assert run(tmp_path, CSV.replace("d/*", "**/*"), "_file")[1] == [
        '<1> "d/a.csv"',
        '<2> "d/b.csv"',
        '<3> "d/e/f.csv"',
    ]
    assert run(tmp_path, CSV.replace("d/*", "d/e/up/**/b"), "_file")[1] == ['<2> "d/e/up/b.csv"']


def test_rows_of_several_files_have_their_places(tmp_path: Path) -> None:
    write(tmp_path, {"d/a.csv": "id,name\n1,5\n2,6\n", "d/b.csv": "id,name\n3,7\n4,x\n"})
    told = run(tmp_path, CSV, 'name"; rml:datatype <http://www.w3.org/2001/XMLSchema#integer>; <y> "')[2]
    assert told.startswith("error[data-datatype]: `x` is no xsd:integer (row 3 of `d/b.csv`, `name`)\n")


def test_files_that_do_not_fit_each_other(tmp_path: Path) -> None:
    write(tmp_path, {"d/a.csv": "id,name\n1,a\n", "d/b.csv": "id\n2\n"})
    code, lines, told = run(tmp_path, CSV)
    assert (code, lines) == (1, [])
    assert told.startswith("error[source-columns]: `d/b.csv` has no column `name`, and `d/a.csv` has\n")
    assert run(tmp_path, CSV.replace("*.csv", "*.tsv"))[2].startswith(
        "error[source-not-found]: `d/*.tsv` names no file\n"
    )
    (tmp_path / "in").mkdir()
    told = run(tmp_path / "in", CSV.replace("d/", "../d/"))[2]
    assert told.startswith("error[source-outside]: `../d/*.csv` names files outside the folders that may be read\n")
    assert "= hint: move the files, or allow the folder with `--allow-path`\n" in told


def test_a_file_whose_name_looks_like_a_pattern(tmp_path: Path) -> None:
    write(tmp_path, {"p[1].csv": "id,name\n1,a\n", "p1.csv": "id,name\n2,b\n"})
    assert run(tmp_path, 'rml:source "p[1].csv"; rml:referenceFormulation rml:CSV')[1] == ['<1> "a"']
    (tmp_path / "d[1]").mkdir()
    write(tmp_path / "d[1]", {"p.csv": "id,name\n3,c\n"})
    assert run(tmp_path / "d[1]", 'rml:source "p.csv"; rml:referenceFormulation rml:CSV')[1] == ['<3> "c"']


def test_packed_files_and_other_kinds(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.csv.gz").write_bytes(gzip.compress(f"id,name\n{name},{name}\n".encode()))
    assert run(tmp_path, 'rml:source "*.csv.gz"; rml:referenceFormulation rml:CSV')[1] == ['<a> "a"', '<b> "b"']
    write(
        tmp_path,
        {"a.json": '[{"id": 1, "name": ["x", "y"]}]', "b.json": '[{"id": 2, "name": [3]}, {"id": 4, "name": []}]'},
    )
    source = 'rml:source "*.json"; rml:referenceFormulation rml:JSONPath; rml:iterator "$[*]"'
    assert run(tmp_path, source, "name[*]")[1] == ['<1> "x"', '<1> "y"', '<2> "3" <integer>']
    assert run(tmp_path, source, "_file")[1] == ['<1> "a.json"', '<2> "b.json"', '<4> "b.json"']
    write(
        tmp_path,
        {
            "a.xml": "<r><p><id>1</id><name>a</name></p></r>",
            "b.xml": "<r><p><id>2</id><name>b</name><name>c</name></p></r>",
        },
    )
    source = 'rml:source "*.xml"; rml:referenceFormulation rml:XPath; rml:iterator "/r/p"'
    assert run(tmp_path, source)[1] == ['<1> "a"', '<2> "b"', '<2> "c"']


def test_types_of_several_files(tmp_path: Path) -> None:
    pa, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    parquet.write_table(pa.table({"id": [1], "name": [1.5]}), tmp_path / "a.parquet")
    parquet.write_table(pa.table({"name": [7], "id": [2]}), tmp_path / "b.parquet")
    assert run(tmp_path, 'rml:source "*.parquet"')[1] == ['<1> "1.5E0" <double>', '<2> "7" <integer>']


def test_views_over_several_files(tmp_path: Path) -> None:
    """Records are numbered across the files, and each knows its own."""
    write(tmp_path, {"a.json": '[{"id": 1, "t": ["x", "y"]}, {"id": 2, "t": []}]', "b.json": '[{"id": 3, "t": ["z"]}]'})
    write(
        tmp_path,
        {"a.xml": '<r><p id="1"><t>x</t><t>y</t></p><p id="2"/></r>', "b.xml": '<r><p id="3"><t>z</t></p></r>'},
    )
    json = 'rml:source "*.json"; rml:referenceFormulation rml:JSONPath; rml:iterator "$[*]"'
    xml = 'rml:source "*.xml"; rml:referenceFormulation rml:XPath; rml:iterator "/r/p"'
    for below, key, items, value in ((json, "$.id", "$.t[*]", "$"), (xml, "@id", "t", ".")):
        view = (
            f'rml:viewOn [ {below} ]; rml:field [ rml:fieldName "id"; rml:reference "{key}" ],'
            f' [ rml:fieldName "f"; rml:reference "_file" ],'
            f' [ a rml:IterableField; rml:fieldName "t"; rml:iterator "{items}";'
            f' rml:field [ rml:fieldName "v"; rml:reference "{value}" ] ]'
        )
        ending = "json" if below is json else "xml"
        assert run(tmp_path, view, "t.v")[:2] == (0, ['<1> "x"', '<1> "y"', '<3> "z"'])
        assert run(tmp_path, view, "f")[1] == [f'<{n}> "{f}.{ending}"' for n, f in ((1, "a"), (2, "a"), (3, "b"))]
        assert run(tmp_path, view, "#")[1] == [f'<{n}> "{n - 1}" <integer>' for n in (1, 2, 3)]
    nothing = run(tmp_path, view.replace("*.xml", "z*.xml"), "t.v")
    assert nothing[:2] == (1, [])
    assert nothing[2].startswith("error[source-not-found]: `z*.xml` names no file\n")


# -- standard input -------------------------------------------------------------------------------


def run_with_input(folder: Path, data: bytes, source: str) -> tuple[int, list[str]]:
    pom = 'rml:predicateObjectMap [ rml:predicate <p>; rml:objectMap [ rml:reference "name" ] ]'
    maps = "\n".join(
        f'<m{n}> rml:logicalSource [ {source} ]; rml:subjectMap [ rml:template "{n}{{id}}" ]; {pom} .' for n in "ab"
    )
    (folder / "map.ttl").write_text(HEAD + maps, encoding="utf-8")
    command = [str(folder / "map.ttl"), "-o", str(folder / "out.nq")]
    result = CliRunner().invoke(map_command, command, input=data, catch_exceptions=False)
    text = (folder / "out.nq").read_text(encoding="utf-8") if result.exit_code == 0 else result.stderr
    return result.exit_code, sorted(text.split("\n")[:-1])


@pytest.mark.parametrize("name", ["-", "/dev/stdin"])
def test_standard_input(tmp_path: Path, name: str) -> None:
    told = (0, ['<http://e.org/a1> <http://e.org/p> "x" .', '<http://e.org/b1> <http://e.org/p> "x" .'])
    assert run_with_input(tmp_path, b"id,name\n1,x\n", f'rml:source "{name}"; rml:referenceFormulation rml:CSV') == told
    packed = f'rml:source [ rml:path "{name}"; rml:compression rml:gzip ]; rml:referenceFormulation rml:CSV'
    assert run_with_input(tmp_path, gzip.compress(b"id,name\n1,x\n"), packed) == told
    document = f'rml:source "{name}"; rml:referenceFormulation rml:JSONPath; rml:iterator "$[*]"'
    assert run_with_input(tmp_path, b'[{"id": 1, "name": "x"}]', document) == told


@pytest.mark.parametrize("read", ["CSV", 'JSONPath; rml:iterator "$"', 'XPath; rml:iterator "/a"'])
def test_standard_input_that_is_no_text_is_told_by_how_it_begins(tmp_path: Path, read: str) -> None:
    """It has no name that could end otherwise."""
    source = f'rml:source "-"; rml:referenceFormulation rml:{read}'
    for raw, hint in (
        (gzip.compress(b"id,name\n1,x\n"), "it begins as gzip does: unpack it on its way (`gzip -dc`)"),
        (b"PAR1\xff", "it begins as Parquet does: put it into a file whose name ends so (`.parquet`)"),
    ):
        code, told = run_with_input(tmp_path, raw, source)
        assert (code, [line for line in told if "hint" in line]) == (1, [f"   = hint: {hint}"])


def test_a_mapping_that_is_packed_is_told(tmp_path: Path) -> None:
    (tmp_path / "m.ttl").write_bytes(gzip.compress(b"@prefix"))
    told = CliRunner().invoke(map_command, [str(tmp_path / "m.ttl"), "-o", "-"]).stderr
    assert told == f"error: `{tmp_path / 'm.ttl'}` is not UTF-8 (byte 2): it begins as gzip does\n"


def test_standard_input_is_read_by_the_command_only(tmp_path: Path) -> None:
    from kg.tables.frames import MappingError, map_frames

    mapping = f'{HEAD}<m> rml:logicalSource [ rml:source "-"; rml:referenceFormulation rml:CSV ]; rml:subjectMap [ rml:template "{{id}}"; rml:class <C> ] .'
    with pytest.raises(MappingError) as raised:
        map_frames(mapping, {}, folder=tmp_path)
    assert raised.value.diagnostics[0].message == "standard input is a source of `kg map` only"


# -- variables of the environment -----------------------------------------------------------------


def test_variables_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"d/a.csv": "id,name\n1,a\n"})
    monkeypatch.setenv("DATA_PLACE", "d")
    for path in ("${DATA_PLACE}/a.csv", "${DATA_PLACE}/*.csv"):
        source = f'rml:source "{path}"; rml:referenceFormulation rml:CSV'
        code, lines, told = run(tmp_path, source)
        assert (code, lines, told.split("\n")[0]) == (
            1,
            [],
            "error[source-variable]: `${DATA_PLACE}` stands for nothing",
        )
        assert "= hint: set it, and allow it with `--allow-env DATA_PLACE`\n" in told
        assert run(tmp_path, source, "name", "--allow-env", "DATA_PLACE") == (0, ['<1> "a"'], "")
    monkeypatch.delenv("DATA_PLACE")
    assert run(tmp_path, source, "name", "--allow-env", "DATA_PLACE")[0] == 1
    monkeypatch.setenv("DATA_PLACE", "../other")
    told = run(
        tmp_path,
        'rml:source "${DATA_PLACE}/a.csv"; rml:referenceFormulation rml:CSV',
        "name",
        "--allow-env",
        "DATA_PLACE",
    )[2]
    assert told.startswith("error[source-outside]: ")


def test_variables_in_the_address_of_a_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:

    pytest.importorskip("adbc_driver_sqlite")
    with open_sqlite(tmp_path / "p.db") as connection:
        connection.execute("CREATE TABLE t AS SELECT 1 AS id, 'a' AS name")
    connection.close()
    monkeypatch.setenv("DATA_BASE", "p.db")
    source = 'rml:source [ <http://www.wiwiss.fu-berlin.de/suhl/bizer/D2RQ/0.1#jdbcDSN> "jdbc:sqlite:${DATA_BASE}" ]; rml:referenceFormulation rml:SQL2008Table; rml:iterator "t"'
    assert run(tmp_path, source, "name", "--allow-env", "DATA_BASE")[1] == ['<1> "a"']
    assert run(tmp_path, source)[2].startswith("error[source-variable]: `${DATA_BASE}` stands for nothing\n")
