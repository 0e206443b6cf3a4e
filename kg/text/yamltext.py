"""Texts as YAML reads them back: plain where that is safe, else in quotes."""

from __future__ import annotations

import json
import re

_PLAIN = re.compile(
    r"[A-Za-z0-9~<>.\u3400-\u9fff][^\x00-\x1f\x7f-\xa0\ud800-\udfff\u2028\u2029\ufeff{}\[\],#&*!|>'\"%@`:]*"
)
BREAKS = re.compile("[\x7f-\xa0\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]")
"""Characters that end a line, hide, or turn the direction of reading around."""
_PREFIXED = re.compile(r"[a-z]{1,8}:[A-Za-z0-9][A-Za-z0-9._-]*")


def write_scalar(text: str) -> str:
    """*text* as YAML reads it back, in a flow mapping: plain where that is safe, else in double quotes.

    >>> [write_scalar(text) for text in ("120 m", "c:orders", "a: b", "x, y", "2030-05", "\\x1b[2J", "")]
    ['120 m', 'c:orders', '"a: b"', '"x, y"', '2030-05', '"\\\\u001b[2J"', '""']
    """
    if _PREFIXED.fullmatch(text) or (_PLAIN.fullmatch(text) and not text.endswith(" ") and text != "~"):
        return text
    return BREAKS.sub(_escape, json.dumps(text, ensure_ascii=False))


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
