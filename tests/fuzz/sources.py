# ruff: noqa: E501 - words and cases read best in lines that are full
"""Sources of tables: whatever a cell holds, each line that a mapping writes parses back to the terms that were meant."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

import pyoxigraph as ox
from encoding import encode_iri_part

from fuzz.strokes import any_text, damage
from fuzz.target import Chance, Target, expect, look_at, make_choices
from kg.tables.frames import map_frames
from kg.tables.output.target import make_lines
from kg.tables.read.mapping import read_any_mapping
from kg.tables.run import Settings, open_run
from kg.tables.sources.limits import Limits
from kg.text.diagnostic import SourceText

Rows = Sequence[Sequence[str | None]]
HEAD = "@prefix rml: <http://w3id.org/rml/> . @prefix e: <http://e/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
MAPS = (
    'rml:subjectMap [ rml:template "http://e/{i}" ] ;\n'
    ' rml:predicateObjectMap [ rml:predicate e:a ; rml:objectMap [ rml:reference "a" ] ] ,\n'
    '  [ rml:predicate e:b ; rml:objectMap [ rml:template "http://e/x/{a}/{b}" ] ] ,\n'
    '  [ rml:predicate e:c ; rml:objectMap [ rml:template "({a}) {b}" ; rml:termType rml:Literal ; rml:language "en" ] ] ,\n'
    '  [ rml:predicate e:d ; rml:objectMap [ rml:reference "b" ; rml:termType rml:BlankNode ] ] .\n'
)
KINDS = ("csv", "tsv", "json", "jsonl", "xml", "xlsx", "parquet", "arrow", "sqlite", "csv.gz")


def write_mapping(kind: str) -> str:
    """A mapping of the columns i, a and b of a file of that kind."""
    plain = kind.removesuffix(".gz")
    way = {"json": "rml:JSONPath", "jsonl": "rml:JSONPath", "xml": "rml:XPath", "sqlite": "rml:SQL2008Table"}.get(
        plain, "rml:CSV"
    )
    iterator = {
        "json": ' ; rml:iterator "$.r[*]"',
        "jsonl": ' ; rml:iterator "$"',
        "xml": ' ; rml:iterator "/r/p"',
        "sqlite": ' ; rml:iterator "t"',
    }.get(plain, "")
    source = f'[ a rml:FilePath ; rml:path "t.{kind}" ]'
    if kind == "tsv":
        source = '[ a <http://www.w3.org/ns/csvw#Table> ; <http://www.w3.org/ns/csvw#url> "t.tsv" ; <http://www.w3.org/ns/csvw#dialect> [ <http://www.w3.org/ns/csvw#delimiter> "\\t" ] ]'
    if kind == "csv.gz":
        source = f'[ a rml:FilePath ; rml:path "t.{kind}" ; rml:compression rml:gzip ]'
    return f"{HEAD}<http://m> rml:logicalSource [ rml:source {source} ; rml:referenceFormulation {way}{iterator} ] ; {MAPS}"


# ---- files of each kind


def write_file(kind: str, rows: Rows, chance: random.Random) -> bytes:
    """A file of that kind with the columns i, a and b."""
    names = ("i", "a", "b")
    records = [dict(zip(names, row, strict=True)) for row in rows]
    if kind in {"csv", "tsv", "csv.gz"}:
        out = io.StringIO()
        quoting = chance.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL))
        writer = csv.writer(
            out, delimiter="\t" if kind == "tsv" else ",", lineterminator=chance.choice(("\n", "\r\n")), quoting=quoting
        )
        writer.writerows([names, *rows])
        raw = out.getvalue().encode()
        return gzip.compress(raw) if kind == "csv.gz" else raw
    if kind == "json":
        return json.dumps({"r": records}, ensure_ascii=chance.randrange(2) == 0).encode()
    if kind == "jsonl":
        return "".join(json.dumps(record, ensure_ascii=chance.randrange(2) == 0) + "\n" for record in records).encode()
    if kind == "xml":
        items = ("".join(f"<{k}>{_xml(v)}</{k}>" for k, v in record.items() if v is not None) for record in records)
        return f"<r>{''.join(f'<p>{item}</p>' for item in items)}</r>".encode()
    if kind == "xlsx":
        return _write_workbook([names, *rows])
    return _write_columns(kind, records)


def _xml(text: str) -> str:
    return escape(text, {"\r": "&#13;"})


def _write_columns(kind: str, records: Sequence[Mapping[str, str | None]]) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if kind == "sqlite":
        with tempfile.NamedTemporaryFile(suffix=".sqlite") as file:
            connection = sqlite3.connect(file.name)
            connection.execute("CREATE TABLE t (i TEXT, a TEXT, b TEXT)")
            connection.executemany("INSERT INTO t VALUES (:i, :a, :b)", records)
            connection.commit()
            connection.close()
            return Path(file.name).read_bytes()
    table = pa.Table.from_pylist(list(records), schema=pa.schema([(n, pa.string()) for n in "iab"]))
    out = io.BytesIO()
    if kind == "parquet":
        pq.write_table(table, out)
    else:
        with pa.ipc.new_file(out, table.schema) as writer:
            writer.write_table(table)
    return out.getvalue()


def _write_workbook(rows: Sequence[Sequence[str | None]]) -> bytes:
    """A workbook of one sheet, every cell a text."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    files = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{relations}"><sheets><sheet name="s" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{relations}/worksheet" Target="worksheets/s.xml"/></Relationships>',
        "xl/worksheets/s.xml": f'<worksheet xmlns="{main}"><sheetData>{"".join(_sheet_rows(rows))}</sheetData></worksheet>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return out.getvalue()


def _sheet_rows(rows: Sequence[Sequence[str | None]]) -> list[str]:
    made = []
    for n, row in enumerate(rows, 1):
        cells = "".join(
            f'<c r="{chr(65 + k)}{n}" t="inlineStr"><is><t xml:space="preserve">{_xml(value)}</t></is></c>'
            for k, value in enumerate(row)
            if value
        )
        made.append(f'<row r="{n}">{cells}</row>')
    return made


def make_cell(kind: str, chance: random.Random) -> str:
    """A text that a file of that kind can hold."""
    text = chance.choice(
        (
            "",
            "x",
            "5",
            "1.50",
            "true",
            "2024-02-30",
            "a b",
            "é/雷",
            any_text(chance),
            any_text(chance),
            any_text(chance),
        )
    )
    if kind in {"xml", "xlsx"}:
        text = "".join(c for c in text if c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff"))
    if kind == "xlsx":  # Excel's own escapes of control characters, and blanks that its readers take away
        text = text.replace("_x", "x").replace("\r", "").strip()
    return text.replace("\0", "")


# ---- cases


def meant(rows: Rows, kind: str) -> set[ox.Quad]:
    """The quads that the mapping means, by RML-Core: no value no term, an empty text of CSV is one."""
    quads = set()
    for i, a, b in rows:
        subject = ox.NamedNode("http://e/" + encode_iri_part(i or ""))
        if a is not None:
            quads.add(ox.Quad(subject, ox.NamedNode("http://e/a"), ox.Literal(a)))
        if a is not None and b is not None:
            iri = ox.NamedNode(f"http://e/x/{encode_iri_part(a)}/{encode_iri_part(b)}")
            quads.add(ox.Quad(subject, ox.NamedNode("http://e/b"), iri))
            quads.add(ox.Quad(subject, ox.NamedNode("http://e/c"), ox.Literal(f"({a}) {b}", language="en")))
    return quads


@cache
def _mapping(kind: str) -> object:
    document = read_any_mapping(SourceText("m.ttl", write_mapping(kind)))
    expect(not document.has_errors, f"{kind}: {[d.message for d in document.diagnostics]}")
    return document


@cache
def _folder() -> Path:
    folder = tempfile.TemporaryDirectory(prefix="kg-fuzz-")
    _HELD.append(folder)  # it goes with the process
    return Path(folder.name)


_HELD: list[tempfile.TemporaryDirectory[str]] = []


def try_source(data: bytes) -> None:
    """A file of any kind gives the terms that its cells mean; a damaged one gives terms or mistakes, and no more."""
    chance = Chance(data)
    kind = chance.choice(KINDS)
    rows: list[list[str | None]] = []
    for number in range(chance.randint(1, 3)):
        cells: list[str | None] = [make_cell(kind, chance) for _ in "ab"]
        if kind in {"json", "jsonl", "xml", "parquet", "arrow", "sqlite"} and chance.randrange(4) == 0:
            cells[chance.randrange(2)] = None
        if kind == "xlsx":  # an empty cell is none
            cells = [cell or None for cell in cells]
        rows.append([str(number), *cells])
    raw = write_file(kind, rows, chance)
    broken = chance.randrange(4) == 0
    if broken:
        raw = _break(raw, chance)
    folder = _folder() / "map"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / f"t.{kind}").write_bytes(raw)
    settings = Settings(mapping_folder=folder, data_folder=folder, scratch_parent=folder, jobs=1, limits=Limits())
    with open_run(_mapping(kind), settings) as run:  # type: ignore[arg-type]
        look_at(run.diagnostics)
        if run.failed:
            expect(broken, f"{kind} {rows}: {[d.message for d in run.diagnostics]}")
            return
        lines = make_lines(run).read_bytes()
    found = set(ox.parse(lines, ox.RdfFormat.N_QUADS))
    expect(all(quad.predicate.value in {f"http://e/{n}" for n in "abcd"} for quad in found), f"other quads: {lines!r}")
    if not broken:
        compare(found, meant(rows, kind), lines, f"{kind} {rows}")


def compare(found: set[ox.Quad], wanted: set[ox.Quad], lines: bytes, what: str) -> None:
    """Raises FaultError where the quads without a blank node are not those that were meant."""
    plain = {quad for quad in found if not isinstance(quad.object, ox.BlankNode)}
    expect(
        plain == wanted,
        f"{what}: meant {sorted(map(str, wanted - plain))[:3]}, written {sorted(map(str, plain - wanted))[:3]}",
    )


def _break(raw: bytes, chance: random.Random) -> bytes:
    if chance.randrange(2):
        text = raw.decode("latin-1")
        return damage(text, chance, (text,)).encode("latin-1", "replace")
    changed = bytearray(raw)
    for _ in range(chance.randint(1, 4)):
        if changed:
            at = chance.randrange(len(changed))
            changed[at : at + chance.randint(0, 3)] = chance.randbytes(chance.randint(0, 3))
    return bytes(changed)


def try_frame(data: bytes) -> None:
    """A table in memory gives the terms that its cells mean; numbers and dates give terms of their types."""
    import pyarrow as pa

    chance = Chance(data)
    rows = [
        [str(n), *(make_cell("arrow", chance) if chance.randrange(5) else None for _ in "ab")]
        for n in range(chance.randint(1, 3))
    ]
    table = pa.Table.from_pylist(
        [dict(zip("iab", row, strict=True)) for row in rows], schema=pa.schema([(n, pa.string()) for n in "iab"])
    )
    text = f'{HEAD}<http://m> rml:logicalSource [ rml:source "{{t}}" ] ; {MAPS}'
    lines = "\n".join(str(line.as_py()) for line in map_frames(text, {"t": table}, folder=_folder())["line"]).encode()
    compare(set(ox.parse(lines, ox.RdfFormat.N_QUADS)), meant(rows, "arrow"), lines, str(rows))


TARGETS = (
    Target(name="sources", run=try_source, make=make_choices, share=2, sample=12),
    Target(name="frames", run=try_frame, make=make_choices, share=2, sample=4),
)
