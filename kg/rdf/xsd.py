"""The datatypes of XML Schema and RDF: which texts they admit, and which of two values is the less.

Source: XML Schema 1.1 Part 2, lexical mappings and order relations; RDF 1.2 Concepts, section 3.3.1.
"""

from __future__ import annotations

import json
import math
import re
import struct
from datetime import date
from decimal import Decimal
from functools import cache

from pyoxigraph import Literal

from kg.rdf.namespace import RDF, XSD

_ZONE = r"(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?"
_YEAR = r"-?([1-9][0-9]{3,}|0[0-9]{3})"
_MONTH = r"(0[1-9]|1[0-2])"
_DAY = r"(0[1-9]|[12][0-9]|3[01])"
_TIME = r"(([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?|24:00:00(\.0+)?)"
_NUMBER = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"
_DURATION_DATE = r"([0-9]+Y([0-9]+M)?([0-9]+D)?|[0-9]+M([0-9]+D)?|[0-9]+D)"
_DURATION_TIME = r"T([0-9]+H([0-9]+M)?([0-9]+(\.[0-9]+)?S)?|[0-9]+M([0-9]+(\.[0-9]+)?S)?|[0-9]+(\.[0-9]+)?S)"
# which characters begin a name and which go on with it (XML 1.0, productions 4 and 4a), without the colon
NAME_BEGIN = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
NAME_GO_ON = NAME_BEGIN + ".0-9\u00b7\u0300-\u036f\u203f\u2040-"
_NCNAME, _NMTOKEN = f"[{NAME_BEGIN}][{NAME_GO_ON}]*", f"[:{NAME_GO_ON}]+"

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
    "gMonthDay": f"--(02-(0[1-9]|[12][0-9])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|(0[13578]|1[02])-{_DAY}){_ZONE}",
    "gDay": f"---{_DAY}{_ZONE}",
    "duration": rf"-?P{_DURATION_DATE}({_DURATION_TIME})?|-?P{_DURATION_TIME}",
    "yearMonthDuration": r"-?P([0-9]+Y([0-9]+M)?|[0-9]+M)",
    "dayTimeDuration": rf"-?P([0-9]+D({_DURATION_TIME})?|{_DURATION_TIME})",
    "hexBinary": "([0-9a-fA-F]{2})*",
    "base64Binary": r"(([A-Za-z0-9+/] ?){4})*"
    r"(([A-Za-z0-9+/] ?){3}[A-Za-z0-9+/]|([A-Za-z0-9+/] ?){2}[AEIMQUYcgkosw048] ?=|[A-Za-z0-9+/] ?[AQgw] ?= ?=)?",
    "language": "[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*",
    "normalizedString": r"[^\t\n\r]*",
    "token": r"([^\t\n\r ]+( [^\t\n\r ]+)*)?",
    "Name": f"[:{NAME_BEGIN}][:{NAME_GO_ON}]*",
    "NCName": _NCNAME,
    "ID": _NCNAME,
    "IDREF": _NCNAME,
    "IDREFS": f"{_NCNAME}( {_NCNAME})*",
    "ENTITY": _NCNAME,
    "ENTITIES": f"{_NCNAME}( {_NCNAME})*",
    "NMTOKEN": _NMTOKEN,
    "NMTOKENS": f"{_NMTOKEN}( {_NMTOKEN})*",
    "QName": f"({_NCNAME}:)?{_NCNAME}",
}

# the least and the greatest of the bounded integers
BOUNDS = {
    "long": (-(2**63), 2**63 - 1), "int": (-(2**31), 2**31 - 1), "short": (-(2**15), 2**15 - 1), "byte": (-128, 127),
    "unsignedLong": (0, 2**64 - 1), "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1), "unsignedByte": (0, 255),
}  # fmt: skip

DATATYPES = frozenset(
    {*LEXICAL, *BOUNDS, "string", "anyURI", "NOTATION", "anyType", "anySimpleType", "anyAtomicType", "untypedAtomic"}
)  # fmt: skip
"""The names of all datatypes of XML Schema 1.1."""

# from which datatype each of the numbers is derived
_DERIVED_FROM = {
    "integer": "decimal", "nonPositiveInteger": "integer", "negativeInteger": "nonPositiveInteger",
    "nonNegativeInteger": "integer", "positiveInteger": "nonNegativeInteger",
    "long": "integer", "int": "long", "short": "int", "byte": "short",
    "unsignedLong": "nonNegativeInteger", "unsignedInt": "unsignedLong",
    "unsignedShort": "unsignedInt", "unsignedByte": "unsignedShort",
}  # fmt: skip
NUMBERS = frozenset({"decimal", "double", "float", *_DERIVED_FROM})
"""The names of the datatypes whose values are numbers."""

WHOLE = frozenset(
    {*BOUNDS, "integer", "nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger"}
)
"""The names of the datatypes of whole numbers."""
_MOMENT = re.compile(
    r"(?P<year>-?[0-9]{4,})?(-?-(?P<month>[0-9]{2}))?(-?-?-(?P<day>[0-9]{2}))?"
    r"(T?(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9.]+))?(?P<zone>Z|[+-][0-9]{2}:[0-9]{2})?"
)
_MOMENTS = {"dateTime", "date", "time", "gYear", "gYearMonth"}
_DATES = {"date", "dateTime", "dateTimeStamp"}
_14_HOURS = 14 * 3600  # the farthest that a zone lies from UTC


def is_valid(text: str, datatype: str) -> bool:
    """Whether a text is in the lexical space of a datatype (an IRI). One that is not known admits every text.

    >>> [is_valid(text, XSD + "date") for text in ("2024-02-29", "2023-02-29", "2024")]
    [True, False, False]
    >>> is_valid("300", XSD + "byte"), is_valid("300", "http://example.org/metres")
    (False, True)
    """
    if not datatype.startswith(XSD):
        check = _OF_RDF.get(datatype)
        return check is None or check(text)
    name = datatype.removeprefix(XSD)
    pattern = _pattern("integer" if name in BOUNDS else name)
    if pattern is None:
        return True
    if not pattern.fullmatch(text):
        return False
    if name in BOUNDS:
        least, greatest = BOUNDS[name]
        return least <= Decimal(text) <= greatest
    return name not in _DATES or _moment(text) is not None


def _is_json(text: str) -> bool:
    """Whether it is one value of JSON (RFC 8259), which has no `NaN`."""

    def refuse(_word: str) -> None:
        raise ValueError

    try:
        json.loads(text, parse_constant=refuse, parse_int=len, parse_float=len)  # numbers of any length
    except ValueError:
        return False
    except RecursionError:
        return True  # nested deeper than can be looked at
    return True


def _is_xml(text: str) -> bool:
    """Whether it may stand as the content of an element, its prefixes declared in it (RDF 1.1 Concepts, 5.3)."""
    from xml.parsers import expat  # a mapping that reads no XML loads none of it

    try:
        expat.ParserCreate(namespace_separator=" ").Parse(f"<x>{text}</x>".encode(), True)
    except (expat.ExpatError, UnicodeEncodeError):
        return False
    return True


_OF_RDF = {RDF + "JSON": _is_json, RDF + "XMLLiteral": _is_xml}  # every text is one of rdf:HTML


def is_derived(datatype: str, other: str) -> bool:
    """Whether every value of one number's datatype is one of another's (IRIs).

    Source: XML Schema 1.1 Part 2, section 3.4.

    >>> is_derived(XSD + "unsignedByte", XSD + "decimal"), is_derived(XSD + "integer", XSD + "double")
    (True, False)
    """
    name: str | None = datatype.removeprefix(XSD)
    while name is not None:
        if XSD + name == other:
            return True
        name = _DERIVED_FROM.get(name)
    return datatype == other


def compare_literals(first: Literal, second: Literal) -> int | None:
    """-1, 0 or 1 as *first* is less than, equal to or greater than *second*; None where they have no order.

    Numbers of all datatypes have an order among each other; dates, times, strings and truths have one among
    their own datatype. A moment with a zone and one without are compared where no zone could turn them round.

    >>> from pyoxigraph import NamedNode
    >>> number = lambda text, name: Literal(text, datatype=NamedNode(XSD + name))
    >>> compare_literals(number("073.60", "decimal"), number("73.6", "double"))
    0
    >>> compare_literals(number("2024", "gYear"), number("2025", "gYear"))
    -1
    >>> compare_literals(Literal("a", language="en"), Literal("b", language="en")) is None
    True
    """
    one, other = _measure(first), _measure(second)
    if one is None or other is None or one[0] != other[0]:
        return None
    if (one[1] is None) != (other[1] is None):  # two moments, one of them without a zone
        return _compare_across_zones(one, other)
    a, b = one[2], other[2]
    if isinstance(a, float) or isinstance(b, float):  # XPath promotes the one to the type of the other (appendix B.1)
        double = XSD + "double" in {first.datatype.value, second.datatype.value}
        a, b = (float(a), float(b)) if double else (_round_to_single(float(a)), _round_to_single(float(b)))
    return _order(a, b)


def read_floating(text: str, datatype: str) -> float | None:
    """The value of a number as an xsd:double or xsd:float (an IRI): the nearest that it has, INF beyond the last.

    None where it is none of these. Source: XML Schema 1.1 Part 2, section 3.3.4.2 (floatingPointRound).

    >>> read_floating("1e40", XSD + "float"), read_floating("1e40", XSD + "double"), read_floating("1", XSD + "byte")
    (inf, 1e+40, None)
    """
    if datatype not in {XSD + "double", XSD + "float"} or not is_valid(text, datatype):
        return None
    value = float(text.replace("INF", "inf"))
    return value if datatype == XSD + "double" else _round_to_single(value)


def _round_to_single(value: float) -> float:
    try:
        return float(struct.unpack("<f", struct.pack("<f", value))[0])
    except OverflowError:
        return math.copysign(math.inf, value)


_Measure = tuple[str, int | None, float | Decimal | str | bool]  # the kind, the zone, the value within


@cache
def _pattern(name: str) -> re.Pattern[str] | None:
    return re.compile(LEXICAL[name]) if name in LEXICAL else None


def _order(one: object, other: object) -> int | None:
    if one < other:  # type: ignore[operator]
        return -1
    if one > other:  # type: ignore[operator]
        return 1
    return 0 if one == other else None  # NaN


def _measure(literal: Literal) -> _Measure | None:
    datatype, text = literal.datatype.value, literal.value
    if not datatype.startswith(XSD) or not is_valid(text, datatype):
        return None
    name = datatype.removeprefix(XSD)
    if name in WHOLE or name == "decimal":
        return "number", 0, Decimal(text)
    if (floating := read_floating(text, datatype)) is not None:
        return "number", 0, floating
    if name == "string":
        return "string", 0, text
    if name == "boolean":
        return "boolean", 0, text in {"true", "1"}
    kind = "dateTime" if name == "dateTimeStamp" else name
    moment = _moment(text) if kind in _MOMENTS else None
    return None if moment is None else (kind, *moment)


def _moment(text: str) -> tuple[int | None, Decimal] | None:
    """The zone in seconds, and the seconds since a fixed day, in UTC where there is a zone; None: no such day."""
    parts = _MOMENT.fullmatch(text)
    assert parts is not None, text
    try:
        year, month, day = int(parts["year"] or 2000), int(parts["month"] or 1), int(parts["day"] or 1)
        # the calendar repeats itself every 400 years; `date` knows the years 1 to 9999
        days = date(year % 400 + 400, month, day).toordinal() + (year // 400) * 146_097
    except ValueError:
        return None
    seconds = Decimal(days * 86_400)
    if parts["hour"]:
        seconds += int(parts["hour"]) * 3600 + int(parts["minute"]) * 60 + Decimal(parts["second"])
    zone = parts["zone"]
    if zone is None:
        return None, seconds
    if zone == "Z":
        return 0, seconds
    offset = int(zone[0] + "1") * (int(zone[1:3]) * 3600 + int(zone[4:]) * 60)
    return offset, seconds - offset


def _compare_across_zones(one: _Measure, other: _Measure) -> int | None:
    """Source: XML Schema 1.1 Part 2, 3.3.7.2: the order is partial between moments with a zone and without."""
    first, second = one[2], other[2]
    assert isinstance(first, Decimal) and isinstance(second, Decimal)
    if first < second - _14_HOURS:
        return -1
    return 1 if first > second + _14_HOURS else None
