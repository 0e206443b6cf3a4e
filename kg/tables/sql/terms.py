r"""Lines of N-Quads → rows of Parquet, a column for each thing that is known of a term; and back.

| column | holds |
|---|---|
| `subject` | an IRI, or a blank node: `_:` and its label |
| `predicate` | an IRI |
| `object` | an IRI, a blank node, or the text of a literal, with nothing escaped |
| `object_kind` | `iri`, `blank` or `literal` |
| `object_datatype` | the datatype's IRI of a literal, else NULL; `xsd:string` and `rdf:langString` too |
| `object_language` | the language tag of a literal, else NULL |
| `graph` | the IRI of the graph, or a blank node; NULL in the default graph |

All columns are texts.
"""

from __future__ import annotations

from pathlib import Path

from kg.rdf.namespace import RDF, XSD
from kg.tables.engine.macros import quote_text

# lines as we write them, which know one way to write a term
_LINE = (
    r'^(<[^>]*>|_:[^ ]+) <([^>]*)> (<[^>]*>|_:[^ ]+|"(?:[^"\\]|\\.)*")(?:\^\^<([^>]*)>|@([A-Za-z0-9-]+))?'
    r"(?: (<[^>]*>|_:[^ ]+))? \.$"
)
_GROUPS = "['subject', 'predicate', 'object', 'datatype', 'language', 'graph']"
_SHORT = {"n": 10, "r": 13, "t": 9, "b": 8, "f": 12}  # what stands for a character behind a backslash
_OTHERS = [code for code in (*range(0x20), 0x7F) if code not in _SHORT.values()]


def write_terms(lines: str, path: Path, *, order: bool = False, size: int | None = None) -> str:
    """The step that writes the quads of a query of lines `l` as Parquet into a file, or files of *size* bytes.

    *order*: in that of the lines' bytes. A line that is no quad ends it.
    """
    each = f"SELECT unnest(string_split(l, chr(10))) AS l FROM ({lines}) WHERE l IS NOT NULL"
    if order:
        each = f"SELECT l FROM ({each}) ORDER BY l"
    found = f"SELECT l, regexp_extract(l, {quote_text(_LINE)}, {_GROUPS}) AS m FROM ({each})"
    columns = ", ".join(f"{value} AS {name}" for name, value in _columns().items())
    cut = f", FILE_SIZE_BYTES '{size / 1000}KB', FILENAME_PATTERN '{{i}}'" if size else ""
    return f"COPY (SELECT {columns} FROM ({found})) TO {quote_text(str(path))} (FORMAT parquet, COMPRESSION zstd{cut})"


def _columns() -> dict[str, str]:
    wrong = "error('a line is no quad: ' || l)"
    literal = "left(m.object, 1) = '\"'"
    return {
        "subject": f"CASE WHEN m.subject = '' THEN {wrong} ELSE {_name('m.subject')} END",
        "predicate": "m.predicate",
        "object": f"CASE WHEN {literal} THEN {_unescape('substr(m.object, 2, length(m.object) - 2)')}"
        f" ELSE {_name('m.object')} END",
        "object_kind": f"CASE WHEN {literal} THEN 'literal' WHEN left(m.object, 1) = '<' THEN 'iri' ELSE 'blank' END",
        "object_datatype": f"CASE WHEN NOT {literal} THEN NULL WHEN m.language <> '' THEN '{RDF}langString'"
        f" WHEN m.datatype <> '' THEN m.datatype ELSE '{XSD}string' END",
        "object_language": "nullif(m.language, '')",
        "graph": f"nullif({_name('m.graph')}, '')",
    }


def _name(term: str) -> str:
    """An IRI without its brackets; a blank node as it is."""
    return f"CASE WHEN left({term}, 1) = '<' THEN substr({term}, 2, length({term}) - 2) ELSE {term} END"


def _unescape(text: str) -> str:
    """The text of a literal: pieces between written backslashes, in which each backslash begins one character."""
    piece = "x"
    for letter, code in _SHORT.items():
        piece = f"replace({piece}, '\\{letter}', chr({code}))"
    piece = f"replace({piece}, '\\\"', '\"')"
    rare = piece
    for code in _OTHERS:
        rare = f"replace({rare}, '\\u{code:04X}', chr({code}))"
    piece = f"CASE WHEN contains(x, '\\u') THEN {rare} ELSE {piece} END"
    pieces = f"list_transform(string_split({text}, '\\\\'), lambda x: {piece})"
    return f"CASE WHEN contains({text}, '\\') THEN array_to_string({pieces}, '\\') ELSE {text} END"


def write_quads(path: Path, made: Path, lines: str) -> str:
    """The step that writes the quads of a file of Parquet as N-Quads; *lines* is how a file of lines is written."""
    literal = (
        "'\"' || kg_escape(object) || '\"' || CASE WHEN object_language IS NOT NULL THEN '@' || object_language"
        f" WHEN object_datatype = '{XSD}string' THEN '' ELSE '^^<' || object_datatype || '>' END"
    )

    def term(name: str) -> str:
        return f"CASE WHEN left({name}, 2) = '_:' THEN {name} ELSE '<' || {name} || '>' END"

    line = (
        f"{term('subject')} || ' <' || predicate || '> '"
        f" || CASE object_kind WHEN 'literal' THEN {literal} WHEN 'blank' THEN object ELSE '<' || object || '>' END"
        f" || CASE WHEN graph IS NULL THEN '' ELSE ' ' || {term('graph')} END || ' .'"
    )
    return f"COPY (SELECT {line} AS l FROM read_parquet({quote_text(str(path))})) TO {quote_text(str(made))} ({lines})"
