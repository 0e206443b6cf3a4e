"""The lexical spaces of XSD's datatypes as SQL conditions: what a declared datatype must look like.

Source: XML Schema 1.1 Part 2, lexical mappings. A datatype that is not here is not checked.
"""

from __future__ import annotations

from kg.tables.macros import quote_text
from kg.tables.vocabulary import XSD

_ZONE = r"(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?"
_YEAR = r"-?([1-9][0-9]{3,}|0[0-9]{3})"
_MONTH = r"(0[1-9]|1[0-2])"
_DAY = r"(0[1-9]|[12][0-9]|3[01])"
_TIME = r"(([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?|24:00:00(\.0+)?)"
_NUMBER = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"
_DURATION_DATE = r"([0-9]+Y([0-9]+M)?([0-9]+D)?|[0-9]+M([0-9]+D)?|[0-9]+D)"
_DURATION_TIME = r"T([0-9]+H([0-9]+M)?([0-9]+(\.[0-9]+)?S)?|[0-9]+M([0-9]+(\.[0-9]+)?S)?|[0-9]+(\.[0-9]+)?S)"

LEXICAL = {
    "boolean": "true|false|0|1",
    "integer": "[+-]?[0-9]+",
    "decimal": _NUMBER,
    "double": _NUMBER + r"([eE][+-]?[0-9]+)?|[+-]?INF|NaN",
    "float": _NUMBER + r"([eE][+-]?[0-9]+)?|[+-]?INF|NaN",
    "nonNegativeInteger": r"\+?[0-9]+|-0+",
    "positiveInteger": r"\+?0*[1-9][0-9]*",
    "nonPositiveInteger": r"-[0-9]+|\+?0+",
    "negativeInteger": r"-0*[1-9][0-9]*",
    "date": f"{_YEAR}-{_MONTH}-{_DAY}{_ZONE}",
    "dateTime": f"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE}",
    "dateTimeStamp": f"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE[:-1]}",
    "time": f"{_TIME}{_ZONE}",
    "gYear": f"{_YEAR}{_ZONE}",
    "gYearMonth": f"{_YEAR}-{_MONTH}{_ZONE}",
    "gMonth": f"--{_MONTH}{_ZONE}",
    "gMonthDay": f"--{_MONTH}-{_DAY}{_ZONE}",
    "gDay": f"---{_DAY}{_ZONE}",
    "duration": rf"-?P{_DURATION_DATE}({_DURATION_TIME})?|-?P{_DURATION_TIME}",
    "yearMonthDuration": r"-?P([0-9]+Y([0-9]+M)?|[0-9]+M)",
    "dayTimeDuration": rf"-?P([0-9]+D({_DURATION_TIME})?|{_DURATION_TIME})",
    "hexBinary": "([0-9a-fA-F]{2})*",
    "base64Binary": r"([A-Za-z0-9+/] ?)*(=? ?=)?",
    "language": "[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*",
    "anyURI": r"[^\x00-\x20<>\"{}|\\^`]*",
}

# bounded integers: the SQL type whose range is theirs
BOUNDED = {
    "long": "BIGINT", "int": "INTEGER", "short": "SMALLINT", "byte": "TINYINT",
    "unsignedLong": "UBIGINT", "unsignedInt": "UINTEGER",
    "unsignedShort": "USMALLINT", "unsignedByte": "UTINYINT",
}  # fmt: skip

_CALENDAR = {"date", "dateTime", "dateTimeStamp"}


def ill_typed(value: str, datatype: str) -> str | None:
    """An SQL condition, true where the SQL text *value* is not in the lexical space of *datatype*.

    None for datatypes that are not checked (xsd:string, those of other vocabularies).

    >>> ill_typed("v", "http://www.w3.org/2001/XMLSchema#boolean")
    "NOT regexp_full_match(v, 'true|false|0|1')"
    >>> ill_typed("v", "http://example.org/metres") is None
    True
    """
    if not datatype.startswith(XSD):
        return None
    name = datatype.removeprefix(XSD)
    if name in BOUNDED:
        shape = quote_text(LEXICAL["integer"])
        return f"(NOT regexp_full_match({value}, {shape}) OR try_cast({value} AS {BOUNDED[name]}) IS NULL)"
    if name not in LEXICAL:
        return None
    wrong = f"NOT regexp_full_match({value}, {quote_text(LEXICAL[name])})"
    if name in _CALENDAR:
        # the shape admits 31 February; four-digit years can be asked of the database's own calendar
        day = f"regexp_extract({value}, '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}')"
        return f"({wrong} OR ({day} <> '' AND try_cast({day} AS DATE) IS NULL))"
    return wrong
