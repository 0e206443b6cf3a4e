# ruff: noqa: E501 - whole messages stand on one line
"""CSV files: line ends within values (RFC 4180, section 2.6), other delimiters, and what is no CSV at all."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_tables_sources import run, table

from kg.tables.output.target import make_lines
from kg.tables.read.mapping import read_any_mapping
from kg.tables.rml import Dialect
from kg.tables.run import Settings, open_run
from kg.tables.sources.delimited import find_rows
from kg.text.diagnostic import SourceText

NAMED = "name its encoding: `encoding: X` of the source, as in `{access: FILE, referenceFormulation: ..., encoding: X}`"
ENDS = {"LF": "\n", "CRLF": "\r\n", "CR": "\r"}
HEADS = {  # what stands before the values, and the dialect that says so; `|` is a line end
    "header": ("id,name|", ""),
    "none": ("", "csvw:header false"),
    "skipped": ("a text|id,name|", "csvw:skipRows 1"),
    "skipped, no header": ("a text|", "csvw:skipRows 1 ; csvw:header false"),
    "two rows": ("x,y|id,name|", "csvw:headerRowCount 2"),
    "comment": ('# one "|id,name|# another|', 'csvw:commentPrefix "#"'),
    "blank lines": ("||id,name||", ""),
}
MAPPING = """@prefix rml: <http://w3id.org/rml/> . @prefix csvw: <http://www.w3.org/ns/csvw#> . @base <http://e.org/> .
<#m> rml:logicalSource [ rml:source [ a csvw:Table; csvw:url "p.csv"; csvw:dialect [ %s ] ];
    rml:referenceFormulation rml:CSV ];
  rml:subjectMap [ rml:template "{%s}" ];
  rml:predicateObjectMap [ rml:predicate <p>; rml:objectMap [ rml:reference "%s" ] ] .
"""


def read_values(folder: Path, dialect: str) -> dict[str, str]:
    """The text of each row's second column of `p.csv`, by its first."""
    [values] = read_files(folder, dialect, "p.csv")
    return values


def read_files(folder: Path, dialect: str, *files: str) -> list[dict[str, str]]:
    """Of each file the text of each row's second column, by its first, in one run."""
    columns = ("_col.1", "_col.2") if "csvw:header false" in dialect else ("id", "name")
    mapping = MAPPING.split("\n", 1)[0] + "\n"
    for file in files:
        rules = (MAPPING % (dialect, *columns)).split("\n", 1)[1]
        mapping += rules.replace("p.csv", file).replace("<#m>", f"<#{file}>").replace("<p>", f"<{file}>")
    document = read_any_mapping(SourceText("m.ttl", mapping), None)
    with open_run(document, Settings(mapping_folder=folder, data_folder=folder)) as run:
        assert [d.message for d in run.diagnostics] == []
        quads = list(ox.parse(path=str(make_lines(run)), format=ox.RdfFormat.N_QUADS))
    base = "http://e.org/"
    return [
        {q.subject.value.removeprefix(base): q.object.value for q in quads if q.predicate.value == base + file}
        for file in files
    ]


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("end", ENDS)
def test_line_ends_within_values(tmp_path: Path, head: str, end: str) -> None:
    before, dialect = HEADS[head]
    inner = ["a", *ENDS.values(), "\n\r"]
    written = {}
    for number, first in enumerate(inner):  # which the reader guesses the file's own line end by
        values = {"1": f"x{first}y", **{str(n): text for n, text in enumerate(inner, 2)}, "7": "z"}
        rows = [f'{key},"{text}"' for key, text in values.items()]
        text = before.replace("|", ENDS[end]) + ENDS[end].join(rows) + ENDS[end]
        (tmp_path / f"p{number}.csv").write_bytes(text.encode())
        written[f"p{number}.csv"] = values
    assert read_files(tmp_path, dialect, *written) == list(written.values())


plain_cells = st.text(alphabet='a"\\', max_size=4).filter(lambda text: not text.startswith('"'))
quoted_cells = st.text(alphabet='a,"\\\n', max_size=6)


@pytest.mark.parametrize("doubled", [True, False], ids=["doubled", "escaped"])
@given(rows=st.lists(st.lists(st.one_of(plain_cells, quoted_cells.map(lambda text: (text,))), min_size=1), max_size=5))
def test_rows_end_where_no_value_is_quoted(doubled: bool, rows: list[list[str | tuple[str]]]) -> None:
    def write(cell: str | tuple[str]) -> str:
        """A plain cell as it is; what stands in a pair of brackets, in quotes."""
        if isinstance(cell, str):
            return cell
        escaped = cell[0].replace('"', '""') if doubled else cell[0].replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'

    lines = [line + "\n" for row in rows if (line := ",".join(map(write, row)))]
    found = find_rows(io.StringIO("".join(lines), newline=""), Dialect(doubled_quote=doubled))
    assert [row for _, row in found] == lines


@pytest.mark.parametrize("inch", ['5" tall', 'a "b" c', '6""'])
def test_a_comment_behind_a_quote_within_a_value(tmp_path: Path, inch: str) -> None:
    """A quote that stands within a value begins nothing: what follows is a comment, and was a row."""
    (tmp_path / "p.csv").write_text(f'id,name\n1,{inch}\n#x,y\n2,{inch}\n\n#"z\n3,b\n', encoding="utf-8")
    assert read_values(tmp_path, 'csvw:commentPrefix "#"') == {"1": inch, "2": inch, "3": "b"}
    (tmp_path / "p.csv").write_text(f"a,{inch}\nid,name\n1,{inch}\n", encoding="utf-8")
    assert read_values(tmp_path, "csvw:headerRowCount 2") == {"1": inch}


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("wrong", ["9,d,", '9,"d"x', "9"])
def test_the_line_of_a_row_behind_values_of_several_lines(tmp_path: Path, head: str, end: str, wrong: str) -> None:
    before, dialect = HEADS[head]
    mark, last = ENDS[end], "5,e" + ENDS[end] * 2
    rows = f'1,a{mark}2,"b{mark}{mark}c"{mark}3,"b{mark}"{mark}{mark}4,d{mark}{wrong}{mark}'
    (tmp_path / "p.csv").write_bytes((before.replace("|", mark) + rows + last).encode())
    columns = ("_col.1", "_col.2") if "csvw:header false" in dialect else ("id", "name")
    document = read_any_mapping(SourceText("m.ttl", MAPPING % (dialect, *columns)), None)
    with open_run(document, Settings(mapping_folder=tmp_path, data_folder=tmp_path)) as run:
        [told] = [d.message for d in run.diagnostics]
    assert told.startswith(f"`p.csv` is not well-formed in line {before.count('|') + 9}: ")


@pytest.mark.parametrize("end", ENDS)
def test_a_line_end_within_the_header(tmp_path: Path, end: str) -> None:
    for name, inner in ENDS.items():
        (tmp_path / name).write_bytes(f'"a{inner}b",id,name{ENDS[end]}0,1,"x{inner}y"{ENDS[end]}'.encode())
    assert read_files(tmp_path, "", *ENDS) == [{"1": f"x{inner}y"} for inner in ENDS.values()]


def tell_first(folder: Path, name: str, raw: bytes, more: str = "") -> tuple[str, str | None]:
    """The message and the hint of the first mistake of a YARRRML mapping over a file."""
    (folder / name).write_bytes(raw)
    mapping = f"mappings: {{m: {{sources: [{{access: {name}, referenceFormulation: csv{more}}}], s: http://e.org/$(id), po: [[a, http://e.org/T]]}}}}"
    document = read_any_mapping(SourceText("m.yml", mapping), None)
    with open_run(document, Settings(mapping_folder=folder, data_folder=folder)) as run:
        return (run.diagnostics[0].message, run.diagnostics[0].hint) if run.diagnostics else ("", None)


@pytest.mark.parametrize("sign", [";", "\t", "|"])
def test_a_delimiter_that_is_another_is_told(tmp_path: Path, sign: str) -> None:
    raw = f"id{sign}name\n1{sign}a\n".encode()
    shown = sign.replace("\t", "\\t")
    assert tell_first(tmp_path, "p.csv", raw) == (
        "no column `id` in `p.csv`",
        f'is `{shown}` the delimiter? say `delimiter: "{shown}"` of the source, as in '
        f'`{{access: FILE, referenceFormulation: csv, delimiter: "{shown}"}}`',
    )
    assert tell_first(tmp_path, "p.csv", raw, f', delimiter: "{shown}"') == ("", None)


@pytest.mark.parametrize(
    ("raw", "message", "hint"),
    [
        (gzip.compress(b"id\n1\n", mtime=0), "`p.csv` is not UTF-8 (byte 2)", "it begins as gzip does: let its name end so (`.gz`)"),
        ("id\n1\n".encode("utf-16"), "`p.csv` is not UTF-8 (byte 1)", "it looks like UTF-16: " + NAMED.replace("X", "utf-16")),
        ("id\n1\n".encode("utf-16-le"), "`p.csv` holds a NUL in line 1", "it looks like UTF-16: " + NAMED.replace("X", "utf-16")),
        ("id\né\n".encode("latin-1"), "`p.csv` is not UTF-8 (byte 4)", NAMED.replace("X", "windows-1252")),
        (b"PAR1\x15\x04\xff", "`p.csv` is not UTF-8 (byte 7)", "it begins as Parquet does: let its name end so (`.parquet`)"),
    ],
)  # fmt: skip
def test_what_is_no_text_is_told_by_what_it_looks_like(tmp_path: Path, raw: bytes, message: str, hint: str) -> None:
    assert tell_first(tmp_path, "p.csv", raw) == (message, hint)


# -- blanks beside quotes -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "dialect", "line"),
    [
        ('1,x\n2, "y"\n', "", 3),
        ('1,x\n2,"y" \n', "", 3),
        ('1,x\n2,"y" ', "", 3),
        ('1,"a\nb"\n 2,"y"\n "3",z\n', "", 5),
        ('1, ""\n', "", 2),
        ('1, "x,y"\n', "csvw:trim 'end'", 2),
        ('1,"x" \n', "csvw:skipInitialSpace true", 2),
        # an odd quote within a value that is not quoted
        ('1,5" x\n2, "y"\n', "", 3),
        ("1;x\n2; 'y'\n", "csvw:delimiter ';'; csvw:quoteChar \"'\"", 3),
    ],
)
def test_a_blank_beside_a_quote_is_told(tmp_path: Path, rows: str, dialect: str, line: int) -> None:
    header = "id;name\n" if ";" in rows else "id,name\n"
    (tmp_path / "p.csv").write_text(header + rows, encoding="utf-8", newline="")
    code, lines, told = run(tmp_path, table(dialect))
    assert (code, lines) == (1, [])
    assert f"`p.csv` has a blank beside a quote in line {line}: is it part of the value?" in told


@pytest.mark.parametrize(
    ("rows", "dialect", "expected"),
    [
        ('1,"he said, ""x"" "\n2," "\n3,"a, "\n', "", ['<1> "he said, \\"x\\" "', '<2> " "', '<3> "a, "']),
        ('1,5" x\n2,"he said, ""x"" "\n', "", ['<1> "5\\" x"', '<2> "he said, \\"x\\" "']),
        ('1, "x" \n', "csvw:trim true", ['<1> "x"']),
        ('1, "x"\n', "csvw:skipInitialSpace true", ['<1> "x"']),
        ('1, x \n', "", ['<1> " x "']),
    ],
)  # fmt: skip
def test_blanks_that_are_part_of_a_value(tmp_path: Path, rows: str, dialect: str, expected: list[str]) -> None:
    (tmp_path / "p.csv").write_text("id,name\n" + rows, encoding="utf-8", newline="")
    assert run(tmp_path, table(dialect)) == (0, expected, "")


def test_a_value_of_very_many_lines_is_read_in_one_go(tmp_path: Path) -> None:
    value = "x\n" * 300_000
    (tmp_path / "p.csv").write_text(f'id,name\n1,"{value}"\n', encoding="utf-8", newline="")
    assert run(tmp_path, table("")) == (0, ['<1> "' + value.replace("\n", "\\n") + '"'], "")


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ('"||"', "`||` is no delimiter"),
        ('""', "`` is no delimiter"),
        ("tab", "`tab` is no delimiter"),
        (r'"\n"', "`\n` is no delimiter"),
        (r'"\r"', "`\r` is no delimiter"),
        ("'\"'", '`"` is the delimiter and the quote around values'),
        (r'"\t"', None),
        (r"'\t'", None),
        ("§", None),
    ],
)
def test_a_delimiter_of_yarrrml_is_one_character(written: str, told: str | None) -> None:
    source = f"{{access: p.csv, referenceFormulation: csv, delimiter: {written}}}"
    text = f"mappings: {{m: {{sources: [{source}], s: 'http://e/$(id)', po: [[a, 'http://e/P']]}}}}"
    found = [(d.code, d.message) for d in read_any_mapping(SourceText("m.yml", text)).diagnostics]
    assert found == ([("map-dialect", told)] if told else [])


@pytest.mark.parametrize(
    ("dialect", "told"),
    [
        ("csvw:delimiter '\"'", '`"` is the delimiter and the quote around values'),
        ("csvw:quoteChar ','", "`,` is the delimiter and the quote around values"),
        ("csvw:quoteChar ';'; csvw:delimiter ';'", "`;` is the delimiter and the quote around values"),
        ("csvw:delimiter '\"'; csvw:quoteChar ''", None),
        ("csvw:delimiter '\"'; csvw:quoteChar \"'\"", None),
    ],
)
def test_a_delimiter_is_no_quote(dialect: str, told: str | None) -> None:
    mapping = read_any_mapping(SourceText("m.ttl", MAPPING % (dialect, "id", "name")))
    assert [(d.code, d.message) for d in mapping.diagnostics] == ([("map-dialect", told)] if told else [])
