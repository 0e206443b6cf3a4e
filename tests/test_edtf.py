"""EDTF: valid forms with their bounds, invalid ones with their messages, places and hints."""

from __future__ import annotations

import subprocess
import sys
import time
import warnings
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.text.edtf import Edtf, EdtfError, overlap, parse_edtf, xsd_of

VALID = [
    # level 0
    ("2024", "2024-01-01", "2024-12-31", "year"),
    ("2024-02", "2024-02-01", "2024-02-29", "month"),
    ("1900-02", "1900-02-01", "1900-02-28", "month"),
    ("2000-02", "2000-02-01", "2000-02-29", "month"),
    ("2024-04-28", "2024-04-28", "2024-04-28", "day"),
    ("0000-02-29", "0000-02-29", "0000-02-29", "day"),
    ("9999", "9999-01-01", "9999-12-31", "year"),
    ("2024-04-28T16:07:00", "2024-04-28", "2024-04-28", "second"),
    ("2024-04-28T16:07:00Z", "2024-04-28", "2024-04-28", "second"),
    ("2024-04-28T16:07:00-04", "2024-04-28", "2024-04-28", "second"),
    ("2024-04-28T23:59:59+04:30", "2024-04-28", "2024-04-28", "second"),
    ("2024-04-28T00:00:00+00:00", "2024-04-28", "2024-04-28", "second"),
    ("2024-04-28T24:00:00+14:00", "2024-04-28", "2024-04-28", "second"),
    ("2016-12-31T23:59:60Z", "2016-12-31", "2016-12-31", "second"),
    ("2017-01-01T08:59:60+09:00", "2017-01-01", "2017-01-01", "second"),
    ("2017-01-01T05:29:60+05:30", "2017-01-01", "2017-01-01", "second"),
    ("2017-01-01T08:59:60", "2017-01-01", "2017-01-01", "second"),
    ("1964/2008", "1964-01-01", "2008-12-31", "interval"),
    ("2004-02-01/2005-02", "2004-02-01", "2005-02-28", "interval"),
    ("2005/2006-02", "2005-01-01", "2006-02-28", "interval"),
    ("2024-04/2024", "2024-04-01", "2024-12-31", "interval"),
    ("2024-04-28/2024-04-28", "2024-04-28", "2024-04-28", "interval"),
    # level 1
    ("-0044-03-15", "-0044-03-15", "-0044-03-15", "day"),
    ("-0004-02", "-0004-02-01", "-0004-02-29", "month"),
    ("-9999", "-9999-01-01", "-9999-12-31", "year"),
    ("Y170000002", None, None, "year"),
    ("Y-170000002", None, None, "year"),
    ("2001-21", "2001-03-01", "2001-05-31", "season"),
    ("2001-22", "2001-06-01", "2001-08-31", "season"),
    ("2001-23", "2001-09-01", "2001-11-30", "season"),
    ("2001-24", "2001-12-01", "2002-02-28", "season"),
    ("1999-24", "1999-12-01", "2000-02-29", "season"),
    ("2024-04?", "2024-04-01", "2024-04-30", "month"),
    ("2027~", "2027-01-01", "2027-12-31", "year"),
    ("2024-04-28%", "2024-04-28", "2024-04-28", "day"),
    ("201X", "2010-01-01", "2019-12-31", "year"),
    ("20XX", "2000-01-01", "2099-12-31", "year"),
    ("2004-XX", "2004-01-01", "2004-12-31", "month"),
    ("2023-02-XX", "2023-02-01", "2023-02-28", "day"),
    ("1985-XX-XX", "1985-01-01", "1985-12-31", "day"),
    ("1985-04-12/..", "1985-04-12", None, "interval"),
    ("../1985-04", None, "1985-04-30", "interval"),
    ("1985/", "1985-01-01", None, "interval"),
    ("/1985", None, "1985-12-31", "interval"),
    ("../..", None, None, "interval"),
    ("1984~/2004-06?", "1984-01-01", "2004-06-30", "interval"),
    ("2024-21/2024-23", "2024-03-01", "2024-11-30", "interval"),
    # level 2
    ("Y-17E7", None, None, "year"),
    ("Y20E2", "2000-01-01", "2000-12-31", "year"),
    ("1950S2", "1900-01-01", "1999-12-31", "year"),
    ("1950S4", "1950-01-01", "1950-12-31", "year"),
    ("-1950S3", "-1959-01-01", "-1950-12-31", "year"),
    ("0476S1", "0400-01-01", "0499-12-31", "year"),  # leading zeros are not significant
    ("Y171010000S3", None, None, "year"),
    ("Y3388E2S3", None, None, "year"),
    ("2001-25", "2001-03-01", "2001-05-31", "season"),
    ("2001-28", "2001-12-01", "2002-02-28", "season"),
    ("2001-29", "2001-09-01", "2001-11-30", "season"),
    ("2001-30", "2001-12-01", "2002-02-28", "season"),
    ("2001-31", "2001-03-01", "2001-05-31", "season"),
    ("2001-32", "2001-06-01", "2001-08-31", "season"),
    ("2001-33", "2001-01-01", "2001-03-31", "season"),
    ("2001-36", "2001-10-01", "2001-12-31", "season"),
    ("2001-37", "2001-01-01", "2001-04-30", "season"),
    ("2001-39", "2001-09-01", "2001-12-31", "season"),
    ("2001-40", "2001-01-01", "2001-06-30", "season"),
    ("2001-41", "2001-07-01", "2001-12-31", "season"),
    ("20XX-24", "2000-12-01", "2100-02-28", "season"),
    ("[1667,1668,1670..1672]", "1667-01-01", "1672-12-31", "set"),
    ("{1672,1667}", "1667-01-01", "1672-12-31", "set"),
    ("[..1760-12-03]", None, "1760-12-03", "set"),
    ("[1760-01,1760-12..]", "1760-01-01", None, "set"),
    ("{..1983-12-31,1984-10-10..1984-11-01}", None, "1984-11-01", "set"),
    ("2004-06~-11", "2004-06-11", "2004-06-11", "day"),
    ("?2004-06-~11", "2004-06-11", "2004-06-11", "day"),
    ("2004-%06-11", "2004-06-11", "2004-06-11", "day"),
    ("156X-12-25", "1560-12-25", "1569-12-25", "day"),
    ("XXXX-12-XX", "0000-12-01", "9999-12-31", "day"),
    ("XXXX-02-29", "0000-02-29", "9996-02-29", "day"),
    ("1XXX-XX", "1000-01-01", "1999-12-31", "month"),
    ("X9X5", "0905-01-01", "9995-12-31", "year"),
    ("1984-1X", "1984-10-01", "1984-12-31", "month"),
    ("1984-X1-3X", "1984-01-30", "1984-11-30", "day"),  # there is no November 31
    ("-00X4-02-29", "-0084-02-29", "-0004-02-29", "day"),
    ("-XXXX", "-9999-01-01", "-0001-12-31", "year"),
    ("2004-06-~01/2004-06-~20", "2004-06-01", "2004-06-20", "interval"),
    ("2004-06-XX/2004-07-03", "2004-06-01", "2004-07-03", "interval"),
]


@pytest.mark.parametrize(("text", "earliest", "latest", "precision"), VALID)
def test_a_valid_form_has_its_bounds(text: str, earliest: str | None, latest: str | None, precision: str) -> None:
    edtf = parse_edtf(text)
    assert (edtf.text, edtf.earliest, edtf.latest, edtf.precision) == (text, earliest, latest, precision)


QUALIFIED = [
    ("2024", False, False),
    ("2024?", False, True),
    ("2024~", True, False),
    ("2024%", True, True),
    ("2004-06~-11", True, False),
    ("2004-?06-11", False, True),
    ("?2004-06-~11", True, True),
    ("%2004", True, True),
    ("2001-21~", True, False),
    ("1984~/2004?", True, True),
    ("1984/2004-%06", True, True),
    ("[1984?,1986]", False, True),
    ("{1984..1986~}", True, False),
    ("Y170000002~", True, False),
]


@pytest.mark.parametrize(("text", "approximate", "uncertain"), QUALIFIED)
def test_qualifiers_count_wherever_they_stand(text: str, approximate: bool, uncertain: bool) -> None:
    edtf = parse_edtf(text)
    assert (edtf.approximate, edtf.uncertain) == (approximate, uncertain)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024", ("2024", "gYear")),
        ("2024-04", ("2024-04", "gYearMonth")),
        ("2024-04-28", ("2024-04-28", "date")),
    ],
)
def test_an_exact_date_is_an_xsd_literal(text: str, expected: tuple[str, str]) -> None:
    edtf = parse_edtf(text)
    assert edtf.exact
    assert xsd_of(edtf) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2024~",
        "2024?",
        "-0044",
        "201X",
        "2024-XX",
        "2024-21",
        "2024/2025",
        "2024-04-28T10:00:00Z",
        "[2024]",
        "2024S4",
        "Y12345",
        "?2024",
    ],
)
def test_what_is_not_exact_has_no_xsd_literal(text: str) -> None:
    edtf = parse_edtf(text)
    assert not edtf.exact
    assert xsd_of(edtf) is None


YEAR_FORM = "a date begins with a year of four digits: `2024-04-28`"
TIME_FORM = "write hours, minutes and seconds: `10:00:00`"
MONTHS = "months are 01 to 12, seasons 21 to 41"
INVALID = [
    ("", "a date is missing", 0, 0, "write a year, a month or a day: `2024-04-28`"),
    ("  ", "a date is missing", 0, 2, "write a year, a month or a day: `2024-04-28`"),
    ("9" * 1001, "a date is too long", 0, 1001, "a date has at most 1000 characters"),
    ("tomorrow", "`tomorrow` is not a year", 0, 8, YEAR_FORM),
    ("TBD", "`TBD` is not a year", 0, 3, YEAR_FORM),
    ("476", "`476` is not a year", 0, 3, "a year has four digits, with zeros in front: `0476`"),
    ("-433", "`-433` is not a year", 0, 4, "a year has four digits; 433 BC is `-0432`, for there is a year 0"),
    ("-1", "`-1` is not a year", 0, 2, "1 BC is `0000`"),
    ("12345", "`12345` is not a year", 0, 5, "write `Y12345` for a year of more than four digits"),
    ("٢٠٢٤", "`٢٠٢٤` is not a year", 0, 4, YEAR_FORM),
    ("-0000", "there is no year `-0000`", 0, 5, "write `0000`, the year before `0001`"),
    ("2024/-0000-01", "there is no year `-0000`", 5, 10, "write `0000`, the year before `0001`"),
    ("Y2024", "`Y` begins a year of more than four digits", 0, 5, "write `2024`"),
    ("Y-044", "`Y` begins a year of more than four digits", 0, 5, "write `-0044`"),
    ("Y012345", "`Y` begins a year of more than four digits", 0, 7, "write `Y12345`"),
    ("Y12345-06", "such a year has no months", 7, 9, "`Y` and `S` stand with a year alone"),
    ("1950S2-21", "such a year has no months", 7, 9, "`Y` and `S` stand with a year alone"),
    ("19XXS2", "a year has either `X` or `S`", 0, 6, None),
    ("1950S5", "the year cannot have `S5` significant digits", 0, 6, "write `S1` to `S4`"),
    ("1950S0", "the year cannot have `S0` significant digits", 0, 6, "write `S1` to `S4`"),
    ("2024-", "the month is missing", 5, 5, "a month has two digits"),
    ("2024-04-", "the day is missing", 8, 8, "a day has two digits"),
    ("2024-004", "`004` is not a month", 5, 8, "a month has two digits"),
    ("2024-13", "there is no month `13`", 5, 7, MONTHS),
    ("2024-00", "there is no month `00`", 5, 7, MONTHS),
    ("2024-42", "there is no month `42`", 5, 7, MONTHS),
    ("2024-2X", "there is no month `2X`", 5, 7, MONTHS),
    ("2024-04-00", "there is no day `00`", 8, 10, "days are 01 to 31"),
    ("2024-04-32", "there is no day `32`", 8, 10, "days are 01 to 31"),
    ("2024-04-31", "there is no day `31` in April 2024", 8, 10, "April 2024 has 30 days"),
    ("2024-02-30", "there is no day `30` in February 2024", 8, 10, "February 2024 has 29 days"),
    ("1900-02-29", "there is no day `29` in February 1900", 8, 10, "February 1900 has 28 days"),
    ("-0001-02-29", "there is no day `29` in February -0001", 9, 11, "February -0001 has 28 days"),
    ("2024-02-3X", "there is no day `3X` in February 2024", 8, 10, "February 2024 has 29 days"),
    ("XXXX-02-30", "there is no day `30` in `XXXX-02`", 8, 10, None),
    ("200X-02-30/..", "there is no day `30` in `200X-02`", 8, 10, None),
    ("2024-22-32", "a season has no days", 8, 10, None),
    ("2024-04-28-01", "nothing may follow the day", 10, 13, None),
    ("2024~%", "`%` cannot stand here", 5, 6, None),
    ("2024-04-28~~", "`~` cannot stand here", 11, 12, "write `%` for uncertain and approximate"),
    ("2030/2024", "the interval runs backwards", 0, 9, "write `2024/2030`"),
    ("2024-05/2024-04-30", "the interval runs backwards", 0, 18, "write `2024-04-30/2024-05`"),
    ("Y17E8/Y17E7", "the interval runs backwards", 0, 11, "write `Y17E7/Y17E8`"),
    ("2024/2025/2026", "an interval has two ends", 9, 14, "write `START/END`"),
    ("/", "an interval needs a date", 0, 1, "write `START/END`, `START/..` or `../END`"),
    ("2024/x", "`x` is not a year", 5, 6, YEAR_FORM),
    ("2024/2024-04-28T10:00:00", "`28T10:00:00` is not a day", 13, 24, "a day has two digits"),
    ("[", "the set is not closed", 0, 1, "end it with `]`"),
    ("{2024]", "the set is not closed", 0, 6, "end it with `}`"),
    ("[]", "a member of the set is missing", 0, 2, None),
    ("[2024,,2025]", "a member of the set is missing", 5, 7, None),
    ("[..]", "a member of the set is missing", 0, 4, None),
    ("[2024,..2025]", "only the first member may have no beginning", 6, 12, None),
    ("[2024..,2025]", "only the last member may have no end", 1, 7, None),
    ("[2025..2024]", "the range runs backwards", 1, 11, "write `2024..2025`"),
    ("[2020,2024-13..2025]", "there is no month `13`", 11, 13, MONTHS),
    ("[2020,2024..2025-13]", "there is no month `13`", 17, 19, MONTHS),
    ("2024-04-28T", "the time is missing", 11, 11, TIME_FORM),
    ("2024-04-28T10", "`10` is not a time", 11, 13, TIME_FORM),
    ("2024T10:00:00", "a time needs a whole day before it", 0, 4, "write `2024-04-28T10:00:00`"),
    ("2024-04-2XT10:00:00", "a time needs a whole day before it", 0, 10, "write `2024-04-28T10:00:00`"),
    ("2024-04-31T10:00:00", "there is no day `31` in April 2024", 8, 10, "April 2024 has 30 days"),
    ("2024-04-28T25:00:00", "there is no hour `25`", 11, 13, "hours are 00 to 24"),
    ("2024-04-28T24:00:01", "nothing comes after `24:00:00`", 11, 13, "write `00` and the next day"),
    ("2024-04-28T10:60:00", "there is no minute `60`", 14, 16, "minutes are 00 to 59"),
    ("2024-04-28T10:00:61", "there is no second `61`", 17, 19, "seconds are 00 to 59"),
    ("2024-04-28T10:00:60Z", "there is no leap second at this time", 17, 19, "seconds are 00 to 59"),
    ("2024-04-28T10:00:60", "there is no leap second at this time", 17, 19, "seconds are 00 to 59"),
    ("2024-04-28T10:00:00+14:01", "there is no offset `+14:01`", 19, 25, "offsets are -14:00 to +14:00"),
    ("2024-04-28T10:00:00+05:60", "there is no offset `+05:60`", 19, 25, "offsets are -14:00 to +14:00"),
    ("2024-04-28T10:00:00-00:00", "there is no offset `-00:00`", 19, 25, "write `Z`"),
    ("2024-04-28T10:00:00ZZ", "`10:00:00ZZ` is not a time", 11, 21, TIME_FORM),
]


@pytest.mark.parametrize(("text", "message", "start", "end", "hint"), INVALID)
def test_an_invalid_form_is_told_with_its_place(
    text: str, message: str, start: int, end: int, hint: str | None
) -> None:
    with pytest.raises(EdtfError) as caught:
        parse_edtf(text)
    error = caught.value
    assert (error.message, error.start, error.end, error.hint) == (message, start, end, hint)
    assert str(error) == message


MEANT = [
    ("28/04/2024", "2024-04-28"),
    ("04/28/2024", "2024-04-28"),
    ("28.4.2024", "2024-04-28"),
    ("04/04/2024", "2024-04-04"),
    ("2024/04/28", "2024-04-28"),
    ("2024.4", "2024-04"),
    ("2024-4-5", "2024-04-05"),
    ("2024-28-04", "2024-04-28"),
    ("20240428", "2024-04-28"),
    ("202404", "2024-04"),
    ("April 2024", "2024-04"),
    ("apr. 2024", "2024-04"),
    ("2024 April", "2024-04"),
    ("28th of April 2024", "2024-04-28"),
    ("Sept 3, 2024", "2024-09-03"),
    ("2024年4月28日", "2024-04-28"),
    ("２０２４", "2024"),
    (" 2024 ", "2024"),
    ("2024..2030", "2024/2030"),
    ("2024-2030", "2024/2030"),
    ("2024/25", "2024/2025"),
    ("1999–00", "1999/2000"),
    ("2024\u201104", "2024-04"),
    ("\u22120043", "-0043"),
    ("2024–2030", "2024/2030"),
    ("from May 2024 to the 2030s", "2024-05/203X"),
    ("between 2024 and 2030", "2024/2030"),
    ("2024 / 2030", "2024/2030"),
    ("before 2030", "../2029"),
    ("before 1 March 2024", "../2024-02-29"),
    ("<2024-01", "../2023-12"),
    ("<= 2024", "../2024"),
    ("by April 2030", "../2030-04"),
    ("..2030", "../2030"),
    ("after 2027", "2028/.."),
    ("after December 2027", "2028-01/.."),
    (">2024-12-31", "2025-01-01/.."),
    (">=2024", "2024/.."),
    ("since May 2027", "2027-05/.."),
    ("2027 onwards", "2027/.."),
    ("2027..", "2027/.."),
    ("about 2027", "2027~"),
    ("c. 2027", "2027~"),
    ("perhaps March 2024", "2024-03?"),
    ("Q2 2024", "2024-34"),
    ("2024-Q4", "2024-36"),
    ("H2 2024", "2024-41"),
    ("autumn of 2024", "2024-23"),
    ("the 2010s", "201X"),
    ("20th century", "19XX"),
    ("199u", "199X"),
    ("44 BC", "-0043"),
    ("c. 500 BCE", "-0499~"),
    ("1 BC", "0000"),
    ("5th century BC", "-04XX"),
    ("公元前221年", "-0220"),
    ("公元前5世纪", "-04XX"),
    ("紀元前433年ごろ", "-0432~"),
    ("公元5世纪", "04XX"),
    ("20世纪30年代", "193X"),
    ("1930年代", "193X"),
    ("约1931年", "1931~"),
    ("1936年前后", "1936~"),
    ("2028年春", "2028-21"),
    ("昭和9年3月2日", "1934-03-02"),
    ("令和元年", "2019"),
    ("民国26年", "1937"),
    ("1937年至1949年", "1937/1949"),
    ("BC 433", "-0432"),
    ("44 a. C.", "-0043"),
    ("44 v. Chr.", "-0043"),
    ("siglo III a. C.", "-02XX"),
    ("XIXe siècle", "18XX"),
    ("5. Jahrhundert v. Chr.", "-04XX"),
    ("3 в. до н. э.", "-02XX"),
    ("hacia 1923", "1923~"),
    ("vers 1923", "1923~"),
    ("AD 476", "0476"),
    ("79 CE", "0079"),
    ("2024-xx", "2024-XX"),
    ("2024?~", "2024%"),
    ("y17e7", "Y17E7"),
    ("unknown/2024", "/2024"),
    ("2024/open", "2024/.."),
    ("[1667, 1668]", "[1667,1668]"),
    ("2024-04-28 10:00", "2024-04-28T10:00:00"),
    ("2024-04-28t9:00:00.5z", "2024-04-28T09:00:00Z"),
    ("2024-04-28T10:00:00+0800", "2024-04-28T10:00:00+08:00"),
]


@pytest.mark.parametrize(("text", "better"), MEANT)
def test_what_was_meant_is_hinted(text: str, better: str) -> None:
    with pytest.raises(EdtfError) as caught:
        parse_edtf(text)
    error = caught.value
    assert error.message == f"`{text}` is not an EDTF date"
    assert (error.start, error.end, error.hint) == (0, len(text), f"write `{better}`")
    assert parse_edtf(better).text == better


def test_a_date_with_two_readings_has_two_hints() -> None:
    with pytest.raises(EdtfError) as caught:
        parse_edtf("04/05/2024")
    assert caught.value.hint == "write `2024-05-04` or `2024-04-05`"


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("2024", "2024-12-31", True),
        ("2024", "2025-01-01", False),
        ("2024-04/2024-06", "2024-06-30/2025", True),
        ("../2023", "2024", False),
        ("../2024", "2024/..", True),
        ("../2024", "/2010", True),
        ("2024/", "2030", True),
        ("[1960,1970]", "1965", False),  # a set has holes
        ("[1960,1970]", "1970-05", True),
        ("[1960,1970..]", "2024", True),
        ("{..1900,1950}", "1850", True),
        ("Y17E7", "Y170000000", True),
        ("Y17E7", "2024", False),  # beyond ISO dates, and still compared
        ("Y17E7", "2024/..", True),
        ("Y-17E7", "2024/..", False),
        ("2001-24", "2002-01", True),
    ],
)
def test_overlap(a: str, b: str, expected: bool) -> None:
    assert overlap(parse_edtf(a), parse_edtf(b)) is expected
    assert overlap(parse_edtf(b), parse_edtf(a)) is expected


# Any text: an Edtf with ordered bounds, or an EdtfError that points into the text.


def check_total(text: str) -> None:
    try:
        edtf = parse_edtf(text)
    except EdtfError as error:
        assert 0 <= error.start <= error.end <= len(text)
        assert error.message
        if error.hint and error.message.endswith("is not an EDTF date"):
            assert parse_edtf(error.hint.split("`")[1])
        return
    check_edtf(edtf, text)


def check_edtf(edtf: Edtf, text: str) -> None:
    assert edtf.text == text
    assert all(first is None or last is None or first <= last for first, last in edtf.spans)
    assert overlap(edtf, edtf)
    assert (xsd_of(edtf) is not None) == edtf.exact


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    check_total(text)


@given(st.text(alphabet="0123456789XYTZES-+:/?~%[]{},. ", max_size=30))
def test_any_text_of_edtf_signs_is_read_or_refused(text: str) -> None:
    check_total(text)


two = st.sampled_from(["01", "02", "04", "12", "13", "21", "29", "30", "31", "41", "1X", "X2", "3X", "XX"])
year = st.sampled_from(["2024", "1900", "-0044", "20XX", "X0X4", "1950S2", "Y12345", "Y17E7S1", "-XXXX"])
mark = st.sampled_from(["", "", "", "?", "~", "%"])
parts = st.one_of(st.tuples(year), st.tuples(year, two), st.tuples(year, two, two))
date = st.builds(
    lambda written, marks: "-".join(
        left + part + right for part, left, right in zip(written, marks[:3], marks[3:], strict=False)
    ),
    parts,
    st.lists(mark, min_size=6, max_size=6),
)
member = st.one_of(date, st.builds("{}..{}".format, date, date))
forms = st.one_of(
    date,
    st.builds("{}/{}".format, date | st.sampled_from(["", ".."]), date | st.sampled_from(["", ".."])),
    st.builds("[{}]".format, st.lists(member, min_size=1, max_size=4).map(",".join)),
    st.builds("{}T{}:00:00".format, date, two),
)


@given(forms)
def test_any_form_is_read_or_refused(text: str) -> None:
    check_total(text)


@given(st.dates(), st.dates())
def test_plain_dates_agree_with_the_calendar(one: Any, two: Any) -> None:
    first, last = sorted([one.isoformat(), two.isoformat()])
    assert parse_edtf(first).earliest == parse_edtf(first).latest == first
    interval = parse_edtf(f"{first}/{last}")
    assert (interval.earliest, interval.latest) == (first, last)
    assert overlap(parse_edtf(first), parse_edtf(last)) == (first == last)


@pytest.mark.parametrize(
    "text",
    [
        "Y1E" + "9" * 900,
        "Y" + "9" * 900 + "S3",
        "1950S" + "9" * 900,
        "[" + ",".join(["XXXX-02-29"] * 80) + "]",
        "from " * 19,
        "a to " * 19,
        "2024 and " * 11,
        "unknown" * 14,
    ],
)
def test_no_text_takes_long(text: str) -> None:
    began = time.process_time()
    check_total(text)
    assert time.process_time() - began < 3


def test_reading_dates_imports_nothing_heavy() -> None:
    code = "import sys, kg.text.edtf; print(*sorted({m.split('.')[0] for m in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"pyoxigraph", "yaml", "edtf", "pyparsing", "dateutil"} & set(loaded.stdout.split())


# A referee: the library `edtf` 5, where both follow the specification.

DIFFERS = {
    "2001-24": "winter is December alone",
    "1999-24": "winter is December alone",
    "2001-28": "winter is December alone",
    "2001-30": "summer in the south is December alone",
    "1950S2": "the strict bounds are the estimate itself",
    "-1950S3": "the strict bounds are the estimate itself",
    "0476S1": "the strict bounds are the estimate itself",
    "1985/": "an unknown end is ten years away",
    "/1985": "an unknown beginning is ten years away",
    "XXXX-02-29": "the day is looked for in the year 9999, which is no leap year",
}
LACKS = {
    "2024-04-28T00:00:00+00:00": "an offset of zero",
    "2016-12-31T23:59:60Z": "leap seconds",
    "2017-01-01T08:59:60+09:00": "leap seconds",
    "2017-01-01T05:29:60+05:30": "leap seconds",
    "2017-01-01T08:59:60": "leap seconds",
    "1985-04-12/..": "the bounds of an open interval",
    "../1985-04": "the bounds of an open interval",
    "../..": "the bounds of an open interval",
    "[..1760-12-03]": "the bounds of an open set",
    "[1760-01,1760-12..]": "the bounds of an open set",
    "{..1983-12-31,1984-10-10..1984-11-01}": "the bounds of an open set",
    "20XX-24": "a season of an unspecified year",
    "1984-1X": "one unspecified digit of a month",
    "1984-X1-3X": "one unspecified digit of a month",
    "-00X4-02-29": "unspecified digits before year 0",
    "-XXXX": "unspecified digits before year 0",
}


def referee_bounds(text: str) -> tuple[str, str] | None:
    """What the library says; None where it fails, or finds no day."""
    edtf: Any = pytest.importorskip("edtf", reason="the referee is not installed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            read = edtf.parse_edtf(text)
            ends = [tuple(read.lower_strict())[:3], tuple(read.upper_strict())[:3]]
        except Exception:
            return None
    first, last = (f"{'-' if y < 0 else ''}{abs(y):04}-{m:02}-{d:02}" if abs(y) <= 9999 else "" for y, m, d in ends)
    return first, last


@pytest.mark.parametrize(("text", "earliest", "latest", "precision"), VALID)
def test_the_referee_agrees(text: str, earliest: str | None, latest: str | None, precision: str) -> None:
    theirs = referee_bounds(text)
    if theirs is None:
        assert text in LACKS
    elif text not in DIFFERS:
        assert theirs == (earliest or "", latest or "")
