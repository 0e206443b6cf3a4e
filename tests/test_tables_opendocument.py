# ruff: noqa: E501 - whole cells stand on one line
"""Cells of OpenDocument sheets in every way that they are written: the value by the specification, or told."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from test_tables_cells import HEAD, change_parts, first_line, tell
from test_tables_sources import cell, run, write_ods

CALC = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"
LINK = 'xlink:href="http://x" xmlns:xlink="http://www.w3.org/1999/xlink"'
BOX = 'draw:frame xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"'
NOTE = "<office:annotation><text:p>mind</text:p></office:annotation>"


def text_cell(inner: str, more: str = ' office:value-type="string"') -> str:
    return f"<table:table-cell{more}>{inner}</table:table-cell>"


def typed(kind: str, attributes: str, shown: str = "") -> str:
    return text_cell(f"<text:p>{shown}</text:p>", f' office:value-type="{kind}" {attributes}')


PARAGRAPHS = {
    'a<text:s text:c="3"/>b': "a   b",
    'a<text:s text:c="3"></text:s>b<text:s/>c': "a   b c",
    "<text:s/>a<text:s text:c='2'/>": " a  ",
    " a   b\n  c\t": "a b c",
    "a <text:span>b</text:span>\n<text:span> c</text:span>": "a b c",
    "a<text:tab></text:tab>b<text:line-break></text:line-break>c<text:tab text:tab-ref='1'/>": "a\\tb\\nc\\t",
    f"a<text:a {LINK}>b</text:a>c<text:date>2024</text:date>": "abc2024",
    f"a{NOTE}b<text:note><text:note-body><text:p>foot</text:p></text:note-body></text:note>c": "abc",
    "<text:ruby><text:ruby-base>base</text:ruby-base><text:ruby-text>above</text:ruby-text></text:ruby>": "base",
    "a<!-- no -->b<?no no?>c<![CDATA[<d>]]>&amp;": "abc<d>&",
    "a</text:p>\n  <text:p/>\n<text:p>b</text:p>\n<text:p>c": "a\\n\\nb\\nc",
    f"a</text:p>{NOTE}<{BOX}><text:p>box</text:p></draw:frame><text:p>b": "a\\nb",
    "a</text:p><text:list><text:list-item><text:p>b</text:p></text:list-item></text:list><text:p>c": "a\\nb\\nc",
}


@pytest.fixture(
    scope="module",
    params=[' office:value-type="string"', "", f' calcext:value-type="string" xmlns:calcext="{CALC}"'],
)
def paragraphs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The lines of a sheet of all paragraphs, each in a row of its own."""
    folder = tmp_path_factory.mktemp("paragraphs")
    cells = [text_cell(f"<text:p>{inner}</text:p>", request.param) for inner in PARAGRAPHS]
    row = "</table:table-row><table:table-row>"
    write_ods(folder / "p.ods", HEAD, row.join(cell("float", str(n)) + each for n, each in enumerate(cells)))
    code, lines, told = run(folder, 'rml:source "p.ods"')
    assert (code, len(lines), told) == (0, len(PARAGRAPHS), "")
    return lines


@pytest.mark.parametrize("inner", PARAGRAPHS)
def test_white_space_and_what_is_text(inner: str, paragraphs: list[str]) -> None:
    assert f'<{list(PARAGRAPHS).index(inner)}> "{PARAGRAPHS[inner]}"' in paragraphs


VALUES = {
    typed("percentage", 'office:value="0.5"', "50 %"): '"5.0E-1" <double>',
    typed("currency", 'office:value="2.50" office:currency="EUR"', "2,50"): '"2.5E0" <double>',
    typed("float", 'office:value=" 1 "', "one"): '"1" <integer>',
    typed("float", 'office:value="1E3"', "x"): '"1000" <integer>',
    typed("boolean", 'office:boolean-value="1"', "WAHR"): '"true" <boolean>',
    typed("boolean", 'office:boolean-value="0"', "FALSCH"): '"false" <boolean>',
    typed("boolean", 'office:boolean-value="true"', "0"): '"true" <boolean>',
    typed("date", 'office:date-value="2024-01-02"', "2. 1."): '"2024-01-02" <date>',
    typed("time", 'office:time-value="PT01H02M03.5S"', "1:02"): '"01:02:03.5" <time>',
    typed("string", 'office:string-value="a  b"', "c"): '"a  b"',
}


@pytest.mark.parametrize("written", VALUES)
def test_values_are_those_of_their_attributes(tmp_path: Path, written: str) -> None:
    write_ods(tmp_path / "p.ods", HEAD, cell("float", "1") + written)
    assert run(tmp_path, 'rml:source "p.ods"') == (0, [f"<1> {VALUES[written]}"], "")


WITHOUT = {
    typed("float", "", "1.5"): "1.5",
    typed("percentage", "", "50 %"): "50 %",
    typed("currency", 'office:currency="EUR"', "2,50"): "2,50",
    typed("date", "", "2024-01-02"): "2024-01-02",
    typed("time", "", "10:00"): "10:00",
    typed("boolean", "", "TRUE"): "TRUE",
    typed("boolean", 'office:boolean-value="yes"', "x"): "yes",
    typed("float", 'office:value="1,5"', "x"): "1,5",
    typed("float", 'office:value="NaN"', "x"): "NaN",
    typed("float", 'office:value="1E400"', "x"): "1E400",
    typed("void", "", "x"): "x",
    text_cell("<text:p>5</text:p>", ' office:value="5"'): "5",
}


OF = 'table:formula="of:=1/0"'
WITHOUT |= {
    typed("float", f'{OF} office:value="0"', "#DIV/0!"): "#DIV/0!",  # as OpenOffice writes errors
    typed("float", f'{OF} office:value="0"', "Err:502"): "Err:502",
    typed("percentage", f'{OF} office:value="0"', "#WERT!"): "#WERT!",
    typed("string", f'{OF} office:string-value=""', "Err:508"): "Err:508",  # as LibreOffice does without its extensions
    typed("string", f'{OF} office:string-value=""', "#NV"): "#NV",
    typed("string", OF, "Err:508"): "Err:508",
}


@pytest.mark.parametrize(
    ("written", "line"),
    [
        (typed("float", f'{OF} office:value="0"', "0"), '<1> "0" <integer>'),
        (typed("float", f'{OF} office:value="0"', "###"), '<1> "0" <integer>'),
        (typed("float", 'office:value="0"', "#NV"), '<1> "0" <integer>'),  # no formula: its format says so
        (typed("string", f'{OF} office:string-value="#hey!"', "#hey!"), '<1> "#hey!"'),
    ],
)
def test_what_looks_like_an_error_and_is_none(tmp_path: Path, written: str, line: str) -> None:
    write_ods(tmp_path / "p.ods", HEAD, cell("float", "1") + written)
    assert run(tmp_path, 'rml:source "p.ods"') == (0, [line], "")


@pytest.mark.parametrize("written", WITHOUT)
def test_cells_without_the_value_of_their_type(tmp_path: Path, written: str) -> None:
    write_ods(tmp_path / "p.ods", HEAD, cell("float", "1") + written)
    code, lines, told = run(tmp_path, 'rml:source "p.ods"')
    assert (code, lines, first_line(told)) == (1, [], tell(WITHOUT[written], 2, "p.ods"))
    source = f'rml:source [ a rml:FilePath; rml:path "p.ods"; rml:null "{WITHOUT[written]}" ]'
    assert run(tmp_path, source) == (0, [], "")


def test_cells_that_are_empty(tmp_path: Path) -> None:
    empty = [
        typed("float", ""),
        typed("string", ""),
        text_cell("", ""),
        text_cell(NOTE, ""),
        typed("string", 'office:string-value=""', "x"),
    ]
    row = "</table:table-row><table:table-row>"
    write_ods(tmp_path / "p.ods", HEAD, row.join(cell("float", str(n)) + each for n, each in enumerate(empty)))
    assert run(tmp_path, 'rml:source "p.ods"') == (0, [], "")


def test_tables_within_cells_and_beside_the_sheets(tmp_path: Path) -> None:
    inner = f"<table:table table:name='s2'><table:table-row>{cell('float', '7')}</table:table-row></table:table>"
    row = "</table:table-row><table:table-row>"
    write_ods(
        tmp_path / "p.ods",
        HEAD,
        f"{cell('float', '1')}{text_cell(inner, '')}{row}{cell('float', '2')}{cell('float', '5')}",
    )
    links = b"<office:spreadsheet><table:dde-links><table:dde-link><table:table table:name='linked'><table:table-row/></table:table></table:dde-link></table:dde-links>"
    change_parts(tmp_path / "p.ods", lambda n, d: (n, d.replace(b"<office:spreadsheet>", links)))
    assert run(tmp_path, 'rml:source "p.ods"') == (0, ['<2> "5" <integer>'], "")
    for name in ("s2", "linked"):
        told = run(tmp_path, f'rml:source "p.ods"; rml:iterator "{name}"')[2]
        assert first_line(told) == f"error[source-not-found]: no sheet `{name}` in `p.ods`"


def test_text_far_away_counts(tmp_path: Path) -> None:
    far = "</table:table-row><table:table-row table:number-rows-repeated='1000000'/><table:table-row><table:table-cell table:number-columns-repeated='99'/>"
    write_ods(tmp_path / "p.ods", HEAD, cell("float", "1") + far + text_cell("<text:p>a</text:p>", ""))
    told = "error: a sheet of `p.ods` spans 100000300 cells (`--limit cells=100000300` allows more)\n"
    assert run(tmp_path, 'rml:source "p.ods"') == (3, [], told)


def test_documents_that_are_not_read(tmp_path: Path) -> None:
    def say(change: tuple[bytes, bytes], part: str = "content.xml") -> str:
        write_ods(tmp_path / "p.ods", HEAD, cell("float", "1") + text_cell("<text:p>a&b;</text:p>"))
        change_parts(
            tmp_path / "p.ods",
            lambda n, d: (n, d.replace(b"&b;", b"").replace(*change) if n == part else d.replace(b"&b;", b"")),
        )
        return first_line(run(tmp_path, 'rml:source "p.ods"')[2]).removeprefix(
            "error[source-unreadable]: `p.ods` cannot be read: "
        )

    doctype = b"<!DOCTYPE x [<!ENTITY b 'c'>]><office:document-content"
    assert say((b"<office:document-content", doctype)) == "`content.xml` defines entities in a DOCTYPE"
    assert say((b"</text:p>", b"")).startswith("`content.xml` is not well-formed: ")
    encrypted = b"<manifest:encryption-data/></manifest:manifest>"
    assert say((b'1.0"/>', b'1.0">' + encrypted), "META-INF/manifest.xml") == "it is encrypted"
    with zipfile.ZipFile(tmp_path / "p.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    assert first_line(run(tmp_path, 'rml:source "p.ods"')[2]).startswith(
        "error[source-unreadable]: `p.ods` cannot be read: "
    )
