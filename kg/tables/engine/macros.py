r"""The small SQL functions that turn values into the text of RDF terms, with the guards that make them cheap.

Percent-encoding keeps exactly RFC 3987's `iunreserved` (R2RML §7.3, RML-Core §templates): letters, digits,
`-._~` and `ucschar`; not private use, controls or noncharacters. DuckDB's `url_encode` keeps the ASCII part
of this; a text of as many bytes as code points is ASCII, so that test decides which way is needed.
"""

from __future__ import annotations

import re

# RFC 3987 §2.2, ucschar
UCSCHAR = (
    (0xA0, 0xD7FF), (0xF900, 0xFDCF), (0xFDF0, 0xFFEF),
    *((plane * 0x10000, plane * 0x10000 + 0xFFFD) for plane in range(1, 14)),
    (0xE1000, 0xEFFFD),
)  # fmt: skip
_UCS_CLASS = "".join(rf"\x{{{low:X}}}-\x{{{high:X}}}" for low, high in UCSCHAR)

SCHEME = r"^[A-Za-z][A-Za-z0-9+.-]*:"

# RFC 3987 §2.2: absolute IRIs, as patterns of RE2
_PRIVATE = r"\x{E000}-\x{F8FF}\x{F0000}-\x{FFFFD}\x{100000}-\x{10FFFD}"
_NAME = rf"(?:[A-Za-z0-9._~!$&'()*+,;={_UCS_CLASS}-]|%[0-9A-Fa-f]{{2}})"
_PCHAR = rf"(?:[A-Za-z0-9._~!$&'()*+,;=:@{_UCS_CLASS}-]|%[0-9A-Fa-f]{{2}})"
_QUERY = rf"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?{_UCS_CLASS}{_PRIVATE}-]|%[0-9A-Fa-f]{{2}})*"
_FRAGMENT = rf"(?:[/?]|{_PCHAR})*"
_H16 = "[0-9A-Fa-f]{1,4}"
_IPV6 = "|".join(
    [f"(?:{_H16}:){{7}}{_H16}", f"(?:{_H16}:){{1,7}}:"]
    + [f"(?:{_H16}:){{1,{7 - n}}}(?::{_H16}){{1,{n}}}" for n in range(1, 7)]
    + [f":(?::{_H16}){{1,7}}", "::"]
)
_AUTHORITY = rf"(?:(?:{_NAME}|:)*@)?(?:\[(?:{_IPV6})\]|{_NAME}*)(?::[0-9]*)?"
IRI = (
    rf"[A-Za-z][A-Za-z0-9+.-]*:(?://{_AUTHORITY}(?:/{_PCHAR}*)*|/(?:{_PCHAR}+(?:/{_PCHAR}*)*)?|{_PCHAR}+(?:/{_PCHAR}*)*)?"
    rf"(?:\?{_QUERY})?(?:#{_FRAGMENT})?"
)

# language tags (BCP 47) of languages with two or three letters, private ones, and the irregular ones of old
LANGUAGE = (
    "[A-Za-z]{2,3}(?:-[A-Za-z]{3}){0,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|[0-9]{3}))?"
    "(?:-(?:[A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*(?:-[0-9A-WY-Za-wy-z](?:-[A-Za-z0-9]{2,8})+)*"
    "(?:-[xX](?:-[A-Za-z0-9]{1,8})+)?|[xX](?:-[A-Za-z0-9]{1,8})+"
    "|(?i:en-gb-oed|i-(?:ami|bnn|default|enochian|hak|klingon|lux|mingo|navajo|pwn|tao|tay|tsu))"
    "|(?i:sgn-(?:be-fr|be-nl|ch-de))"
)
_ABSOLUTE = re.compile(SCHEME)

# their parameters and what they stand for, by name; one that calls another stands behind it
MACROS = {
    "kg_iri_slow": rf"""(v) AS array_to_string(list_transform(
    regexp_extract_all(v, '[{_UCS_CLASS}]+|[^{_UCS_CLASS}]+'),
    lambda run: CASE WHEN regexp_matches(run, '^[{_UCS_CLASS}]') THEN run ELSE url_encode(run) END), '')""",
    "kg_iri": rf"""(v) AS
    CASE WHEN strlen(v) = length(v) THEN url_encode(v)
        WHEN regexp_full_match(v, '[A-Za-z0-9._~{_UCS_CLASS}-]*') THEN v ELSE kg_iri_slow(v) END""",
    "kg_escape_slow": r"""(v) AS array_to_string(list_transform(
    regexp_extract_all(v, '[\x00-\x1F\x7F]|[^\x00-\x1F\x7F]+'),
    lambda run: CASE
        WHEN run = chr(10) THEN '\n' WHEN run = chr(13) THEN '\r' WHEN run = chr(9) THEN '\t'
        WHEN run = chr(8) THEN '\b' WHEN run = chr(12) THEN '\f'
        WHEN regexp_matches(run, '^[\x00-\x1F\x7F]') THEN '\u00' || lpad(upper(to_hex(ord(run))), 2, '0')
        ELSE replace(replace(run, '\', '\\'), '"', '\"') END), '')""",
    "kg_escape": r"""(v) AS
    CASE WHEN NOT regexp_matches(v, '[\x00-\x1F\x7F"\\]') THEN v
        WHEN regexp_matches(v, '[\x00-\x1F\x7F]') THEN kg_escape_slow(v)
        ELSE replace(replace(v, '\', '\\'), '"', '\"') END""",
    "kg_label": r"""(v) AS replace(replace(replace(replace(replace(
    url_encode(v), '_', '_5F'), '-', '_2D'), '.', '_2E'), '~', '_7E'), '%', '_')""",
    "kg_double_parts": r"""(sign, whole, part, exponent) AS
    CASE WHEN ltrim(whole || part, '0') = '' THEN sign || '0.0E0' ELSE
        sign || left(ltrim(whole || part, '0'), 1) || '.'
        || coalesce(nullif(rtrim(substr(ltrim(whole || part, '0'), 2), '0'), ''), '0') || 'E'
        || (exponent + length(whole) - 1 - (length(whole || part) - length(ltrim(whole || part, '0')))) END""",
    "kg_double_slow": r"""(v) AS
    CASE WHEN lower(v) IN ('nan', '+nan', '-nan') THEN 'NaN'
        WHEN lower(v) IN ('inf', '+inf', 'infinity', '+infinity') THEN 'INF'
        WHEN lower(v) IN ('-inf', '-infinity') THEN '-INF' ELSE
        kg_double_parts(
            CASE WHEN starts_with(v, '-') THEN '-' ELSE '' END,
            regexp_extract(v, '^[+-]?([0-9]*)', 1),
            regexp_extract(v, '\.([0-9]*)', 1),
            coalesce(try_cast(nullif(regexp_extract(v, '[eE]([+-]?[0-9]+)$', 1), '') AS INTEGER), 0)) END""",
    "kg_decimal_parts": r"""(sign, digits, point) AS
    sign || CASE WHEN point <= 0 THEN '0.' || repeat('0', -point) || digits
        WHEN point >= length(digits) THEN digits || repeat('0', point - length(digits))
        ELSE left(digits, point) || '.' || substr(digits, point + 1) END""",
    "kg_decimal": r"""(v) AS
    CASE WHEN regexp_full_match(v, '[+-]?[0-9]+(\.[0-9]*)?[eE][+-]?[0-9]{1,3}') THEN
        kg_decimal_parts(
            CASE WHEN starts_with(v, '-') THEN '-' ELSE '' END,
            regexp_extract(v, '^[+-]?([0-9]*)', 1) || rtrim(regexp_extract(v, '\.([0-9]*)', 1), '0'),
            length(regexp_extract(v, '^[+-]?([0-9]*)', 1)) + regexp_extract(v, '[eE]([+-]?[0-9]+)$', 1)::INTEGER)
        ELSE v END""",
    "kg_number": r"""(v) AS
    CASE WHEN NOT regexp_matches(v, '[.eE]') THEN v
        WHEN NOT regexp_full_match(v, '[+-]?[0-9]*\.?[0-9]*([eE][+-]?[0-9]+)?') THEN v
        ELSE regexp_replace(regexp_replace(regexp_replace(regexp_replace(kg_decimal(v),
            '(\.[0-9]*?)0*$', '\1'), '\.$', ''), '^(-?)0+([0-9])', '\1\2'), '^-0$', '0') END""",
    "kg_moment": r"""(v) AS
    CASE WHEN NOT regexp_full_match(v, '[0-9T:-]+(\.[0-9]*)?(Z|[+-][0-9:]+)?') THEN v
        ELSE regexp_replace(regexp_replace(regexp_replace(v, 'Z$', '+00:00'),
            '(\.[0-9]*?)0*([+-][0-9:]+)?$', '\1\2'), '\.([+-][0-9:]+)?$', '\1') END""",
    # A macro writes its argument wherever it names it, here two dozen times: of a list of one it is computed once
    # (`kg_form(kg_number(x))` took 0.19 s to plan, and takes 0.01).
    # `.5` as `0.5` (`\10` is the first group and a zero), and a time without seconds as one with them; a date as its
    # eight digits, as which SQL takes numbers and texts for it
    "kg_form": r"""(value) AS list_transform([value], lambda v:
    CASE WHEN regexp_full_match(v, '\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?\s*') THEN
            kg_number(regexp_replace(ltrim(trim(v, E' \t\r\n'), '+'), '^(-?)\.', '\10.')
                || CASE WHEN regexp_matches(v, '[.eE]') THEN '' ELSE '.' END)
        WHEN regexp_full_match(v, '\s*([0-9]{4}([-/.][0-9]{1,2}){2}'
                '|([0-9]{4}([-/.][0-9]{1,2}){2}[T ])?[0-9]{1,2}:[0-9:.]+([Z+-][0-9:]*)?)\s*') THEN
            regexp_replace(regexp_replace(kg_moment(regexp_replace(kg_padded(replace(trim(v, E' \t\r\n'), ' ', 'T')),
                '^(.*T)?([0-9]{2}:[0-9]{2})([Z+-].*)?$', '\1\2:00\3')), 'T00:00:00(\+00:00)?$', ''),
                '^([0-9]{4})-([0-9]{2})-([0-9]{2})$', '\1\2\3')
        WHEN lower(v) = 'true' THEN '1' WHEN lower(v) = 'false' THEN '0' ELSE rtrim(v, ' ') END)[1]""",
    "kg_padded": r"""(v) AS
    regexp_replace(regexp_replace(regexp_replace(v,
        '^([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})', '\1-0\2-0\3'),
        '^([0-9]{4})-0*([0-9]{2})-0*([0-9]{2})', '\1-\2-\3'), '(^|T)([0-9]:)', '\10\2')""",
    "kg_truth": r"""(v) AS
    CASE WHEN regexp_full_match(v, '(?i)\s*(true|1)\s*') THEN true
        WHEN regexp_full_match(v, '(?i)\s*(false|0)\s*') THEN false END""",
    "kg_kept": r"""(l) AS CASE WHEN len(l) > 0 THEN l ELSE [NULL] END""",
    "kg_filled": r"""(l) AS list_filter(l, lambda x: x <> '')""",
    "kg_pieces": r"""(l) AS
    CASE WHEN len(l) < 2 OR l[-1] <> '' THEN l
        ELSE l[:len(l) - coalesce(list_position(list_transform(list_reverse(l), lambda x: x <> ''), true) - 1, len(l))]
    END""",
    "kg_double": r"""(v) AS
    CASE WHEN regexp_matches(v, '^[1-9][0-9]*\.[0-9]+$') THEN
        left(v, 1) || '.' || coalesce(nullif(rtrim(replace(substr(v, 2), '.', ''), '0'), ''), '0')
        || 'E' || (instr(v, '.') - 2) ELSE kg_double_slow(v) END""",
    "kg_length": r"""(days, hours, minutes, micros) AS
    CASE WHEN days > 0 THEN days || 'D' ELSE '' END
    || CASE WHEN hours + minutes + micros > 0 OR days = 0 THEN 'T' ELSE '' END
    || CASE WHEN hours > 0 THEN hours || 'H' ELSE '' END || CASE WHEN minutes > 0 THEN minutes || 'M' ELSE '' END
    || CASE WHEN micros > 0 OR days + hours + minutes = 0 THEN
        (micros // 1000000) || rtrim(rtrim('.' || lpad((micros % 1000000)::VARCHAR, 6, '0'), '0'), '.') || 'S'
        ELSE '' END""",
    "kg_duration_of": r"""(t) AS
    CASE WHEN t < 0 THEN '-' ELSE '' END || 'P' || kg_length(
        abs(t) // 86400000000, abs(t) // 3600000000 % 24, abs(t) // 60000000 % 60, abs(t) % 60000000)""",
    "kg_duration": r"""(i) AS
    CASE WHEN date_part('year', i::INTERVAL) = 0 AND date_part('month', i::INTERVAL) = 0 THEN kg_duration_of(
        (((date_part('day', i::INTERVAL) * 24 + date_part('hour', i::INTERVAL)) * 60
            + date_part('minute', i::INTERVAL)) * 60000000
        + date_part('microsecond', i::INTERVAL))::HUGEINT) ELSE i::VARCHAR END""",
}


_NAMED = re.compile(r"\bkg_[a-z_]+(?=\()")


def find_macros(sql: str) -> list[str]:
    """The macros that an SQL text names, and what these call; each behind all that it calls.

    >>> find_macros("SELECT kg_iri(c0), kg_unknown(c1) FROM s0")
    ['kg_iri_slow', 'kg_iri']
    """
    needed = set(_NAMED.findall(sql))
    if not needed:
        return []
    for name, body in reversed(MACROS.items()):
        if name in needed:
            needed.update(_NAMED.findall(body))
    return [name for name in MACROS if name in needed]


def quote_text(text: str) -> str:
    """A text as an SQL literal.

    >>> quote_text("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


def quote_name(name: str) -> str:
    """A name as an SQL identifier: whatever it holds, it stays one name.

    >>> quote_name('a"; DROP TABLE t; --')
    '"a""; DROP TABLE t; --"'
    """
    return '"' + name.replace('"', '""') + '"'


def is_unreserved(char: str) -> bool:
    """True for RFC 3987's `iunreserved`: what the macro `kg_iri` leaves as it is.

    >>> [is_unreserved(c) for c in ("a", "ë", "/", "\ue000")]
    [True, True, False, False]
    """
    code = ord(char)
    if code < 0x80:
        return char.isalnum() or char in "-._~"
    return any(low <= code <= high for low, high in UCSCHAR)


_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f", '"': '\\"', "\\": "\\\\"}


def escape_literal(text: str) -> str:
    r"""The text of a literal as canonical N-Quads writes it.

    >>> escape_literal('a "b"\n')
    'a \\"b\\"\\n'
    """
    return "".join(_ESCAPES.get(c) or (f"\\u{ord(c):04X}" if ord(c) < 0x20 or ord(c) == 0x7F else c) for c in text)


def encode_label(text: str) -> str:
    """A value as part of a blank node label: letters and digits stay, all else becomes `_` and hex.

    >>> encode_label("Bob Smith_1")
    'Bob_20Smith_5F1'
    """
    return "".join(
        char if char.isascii() and char.isalnum() else "".join(f"_{byte:02X}" for byte in char.encode())
        for char in text
    )


def is_absolute(iri: str) -> bool:
    """True where the text starts with a scheme."""
    return _ABSOLUTE.match(iri) is not None
