"""Where the quoted values of a delimited text begin and end, line by line, as its reader takes them."""

from __future__ import annotations

import re
from functools import cache

from kg.tables.rml import Dialect


def ends_quoted(line: str, dialect: Dialect, *, inside: bool) -> bool:
    r"""Whether a line ends within a quoted value; *inside*: it begins within one, else with a row.

    A quote begins a value only where a value begins. All others stand for themselves.

    >>> [ends_quoted(line, Dialect(), inside=False) for line in ('1,"a\n', '1,"a""\n', '1,5" x\n', '1,"a",5" x\n')]
    [True, True, False, False]
    >>> [ends_quoted(line, Dialect(), inside=True) for line in ('a\n', 'a",b\n', 'a","b\n', 'a"",b\n')]
    [True, False, True, True]
    """
    quote = dialect.quote
    if not quote or quote not in line:
        return inside
    first, next_one, sign = compile_dialect(quote, dialect.delimiter, "doubled" if dialect.doubled_quote else "escaped")
    place = 0
    if not inside:
        begin = first.match(line) or next_one.search(line)
        if begin is None:
            return False
        place = begin.end()
    while True:
        end = next((found for found in sign.finditer(line, place) if found[0] == quote), None)
        if end is None:
            return True
        begin = next_one.search(line, end.end())
        if begin is None:
            return False
        place = begin.end()


@cache
def compile_dialect(quote: str, delimiter: str, kind: str) -> tuple[re.Pattern[str], ...]:
    """Patterns of the quote that begins a row, of one that begins a later value, and of quotes within a value."""
    mark = re.escape(quote)
    within = f"{mark}{mark}|{mark}" if kind == "doubled" else rf"\\.|{mark}"
    return re.compile(f" *{mark}"), re.compile(f"{re.escape(delimiter)} *{mark}"), re.compile(within, re.DOTALL)
