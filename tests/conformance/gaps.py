"""The cases of the RML and R2RML suites that do not pass, each with what it contradicts."""

from __future__ import annotations

# Every reason names what the case contradicts: the specification, or a case with the same data and map.
PLAIN_INTEGER = (
    "wants a JSON integer as a plain string; all targets in UTF-8 N-Quads of the same data and map (RMLTTC0004d, 0005a,"
    " 0006a) want xsd:integer, and no syntax, encoding or compression changes a term (RML-IO, logical target)"
)
INVALID_QUERY = "its query names a column that its own table does not have; R2RML 5.2 wants a valid query"
BEST_EFFORT = "wants the valid rows of data with an invalid IRI; R2RML 11.2 has a data error, as rml-core today"
BLANK_GRAPH = "wants an empty graph where a graph is a blank node, which its own description calls an error"
MISSING_COLUMN = "wants an empty graph for a column that is not there; R2RML 7.2 has an error, and so has rml-core-2025"
MISSING_VALUE = "wants an error for a missing key; keys are optional in JSON and XML (rml-core, issue 101)"
PLAIN_DOUBLE = "wants 30.0 for a FLOAT; RMLTC0005b of rml-core-2025, with the same table and words, wants 3.0E1"

GAPS = {
    "RMLSTC0009a": "wants an error for a quoted header, which RFC 4180 allows, and ships the triples of its data",
    "RMLSTC0003": "wants xsd:integer for ages that its file and its query give as plain strings",
    "RMLSTC0006a": "ships no database",
    "RMLTTC0004a": PLAIN_INTEGER,
    "RMLTTC0004c": PLAIN_INTEGER,
    "RMLTTC0004e": "wants a JSON integer as a plain string, written as a number, which RDF/JSON does not have",
    "RMLTTC0004f": PLAIN_INTEGER,
    "RMLTTC0004g": PLAIN_INTEGER,
    "RMLTTC0005b": PLAIN_INTEGER,
    "RMLTTC0006b": PLAIN_INTEGER,
    "RMLTTC0006c": PLAIN_INTEGER,
    "RMLTTC0006d": PLAIN_INTEGER,
    "RMLTTC0006e": PLAIN_INTEGER,
    "RMLTC0002c-JSON": MISSING_VALUE,
    "RMLTC0002c-XML": MISSING_VALUE,
    "RMLTC0002g-JSON": "names a file that is not there and wants an empty graph",
    "RMLTC0002i-MySQL": MISSING_COLUMN,
    "RMLTC0002i-PostgreSQL": INVALID_QUERY,
    "RMLTC0007h-CSV": MISSING_COLUMN,
    "RMLTC0007h-JSON": BLANK_GRAPH,
    "RMLTC0007h-XML": BLANK_GRAPH,
    "RMLTC0007h-MySQL": MISSING_COLUMN,
    "RMLTC0007h-SPARQL": MISSING_COLUMN,
    "RMLTC0008b-SPARQL": "a parent with another query and no join condition, which R2RML 8 does not allow",
    "RMLTC0021a-SPARQL": "joins by a variable that its query does not select",
    "RMLTC0007h-PostgreSQL": MISSING_COLUMN,
    "RMLTC0015a-PostgreSQL": 'its second query reads "Country", its script makes country: another name (SQL:2008, 5.2)',
    "RMLTC0019b-CSV": BEST_EFFORT,
    "RMLTC0019b-JSON": BEST_EFFORT,
    "RMLTC0019b-MySQL": BEST_EFFORT,
    "RMLTC0019b-PostgreSQL": BEST_EFFORT,
    "RMLTC0019b-XML": BEST_EFFORT,
    "RMLTC0020b-CSV": BEST_EFFORT,
    "RMLTC0020b-JSON": BEST_EFFORT,
    "RMLTC0020b-MySQL": BEST_EFFORT,
    "RMLTC0020b-PostgreSQL": BEST_EFFORT,
    "RMLTC0020b-XML": BEST_EFFORT,
    "R2RMLTC0018a-SQLite": "wants CHAR(15) filled up with blanks, which SQLite does not do",
    "RMLIOREGTC0002b": MISSING_VALUE,
    "RMLIOREGTC0004k": "wants an INTEGER as a plain string; RMLIOREGTC0004r wants xsd:integer (R2RML 10.2)",
    "RMLIOREGTC0004l": INVALID_QUERY,
    "RMLIOREGTC0004t": PLAIN_DOUBLE,
    "RMLIOREGTC0005k": INVALID_QUERY,
    "RMLIOREGTC0005l": INVALID_QUERY,
    "RMLIOREGTC0005t": PLAIN_DOUBLE,
}
