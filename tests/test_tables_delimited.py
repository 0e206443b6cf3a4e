# ruff: noqa: E501 - whole messages stand on one line
"""CSV files: line ends within values (RFC 4180, section 2.6), other delimiters, and what is no CSV at all."""

from __future__ import annotations

import gzip
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.tables.output.target import make_lines
from kg.tables.read.mapping import read_any_mapping
from kg.tables.run import Settings, open_run
from kg.text.diagnostic import SourceText

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
    """The text of each row's second column, by its first."""
    columns = ("_col.1", "_col.2") if "csvw:header false" in dialect else ("id", "name")
    document = read_any_mapping(SourceText("m.ttl", MAPPING % (dialect, *columns)), None)
    with open_run(document, Settings(mapping_folder=folder, data_folder=folder)) as run:
        assert [d.message for d in run.diagnostics] == []
        quads = list(ox.parse(path=str(make_lines(run)), format=ox.RdfFormat.N_QUADS))
    return {str(q.subject)[len("<http://e.org/") : -1]: q.object.value for q in quads}


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("end", ENDS)
def test_line_ends_within_values(tmp_path: Path, head: str, end: str) -> None:
    before, dialect = HEADS[head]
    inner = ["a", *ENDS.values(), "\n\r"]
    for first in inner:  # which the reader guesses the file's own line end by
        values = {"1": f"x{first}y", **{str(n): text for n, text in enumerate(inner, 2)}, "7": "z"}
        rows = [f'{key},"{text}"' for key, text in values.items()]
        text = before.replace("|", ENDS[end]) + ENDS[end].join(rows) + ENDS[end]
        (tmp_path / "p.csv").write_bytes(text.encode())
        assert read_values(tmp_path, dialect) == values


@pytest.mark.parametrize("end", ENDS)
def test_a_line_end_within_the_header(tmp_path: Path, end: str) -> None:
    for inner in ENDS.values():
        (tmp_path / "p.csv").write_bytes(f'"a{inner}b",id,name{ENDS[end]}0,1,"x{inner}y"{ENDS[end]}'.encode())
        assert read_values(tmp_path, "") == {"1": f"x{inner}y"}


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
        f'is `{shown}` the delimiter? say `delimiter: "{shown}"` of the source',
    )
    assert tell_first(tmp_path, "p.csv", raw, f', delimiter: "{shown}"') == ("", None)


@pytest.mark.parametrize(
    ("raw", "message", "hint"),
    [
        (gzip.compress(b"id\n1\n", mtime=0), "`p.csv` is not UTF-8 (byte 2)", "it begins as gzip does: let its name end so (`.gz`)"),
        ("id\n1\n".encode("utf-16"), "`p.csv` is not UTF-8 (byte 1)", "it looks like UTF-16: name its `encoding` (a key of the source)"),
        ("id\n1\n".encode("utf-16-le"), "`p.csv` holds a NUL in line 1", "it looks like UTF-16: name its `encoding` (a key of the source)"),
        ("id\né\n".encode("latin-1"), "`p.csv` is not UTF-8 (byte 4)", "name its `encoding` (a key of the source)"),
        (b"PAR1\x15\x04\xff", "`p.csv` is not UTF-8 (byte 7)", "it begins as Parquet does: let its name end so (`.parquet`)"),
    ],
)  # fmt: skip
def test_what_is_no_text_is_told_by_what_it_looks_like(tmp_path: Path, raw: bytes, message: str, hint: str) -> None:
    assert tell_first(tmp_path, "p.csv", raw) == (message, hint)
