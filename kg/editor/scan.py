"""YAML as it stands while somebody types: its keys and values with their places, whatever is broken.

A half-typed line is no YAML, and that is when an editor asks. So this reader never fails: what it cannot make sense of
it takes for a text. For what the strict reader (`kg.text.yamldoc`) takes, it finds the same keys and values (a test
compares the two). What it leaves out: texts of several lines, tags, anchors and aliases.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

Way = tuple[str, ...]
"""The keys from a document's root to a place; an item of a list has its number."""

CURSOR = "\ue000"
"""A character of nobody's: it stands where the cursor is, so that an empty place has a text."""

_KEY = re.compile(
    r"(?P<key>\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'|[^\s#,\[\]{}\"'](?:[^:#]|:(?=\S)|(?<=\S)#)*?)\s*:(?=\s|$)"
)
_TAG = re.compile(r"[&!][^\s,\[\]{}]*\s+")
_BLOCK_TEXT = re.compile(r"[|>][+-]?[0-9]?[+-]?\s*(?:#.*)?$")


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A key or a value of one line: its text, its place, and the way to the mapping or list that holds it.

    Line and columns count from 0, in code points; the end is exclusive, quotes are in it. *way* ends with the key
    itself. *fields* are the entries of the mapping that holds it, as far as they are texts, in their order.
    """

    text: str
    way: Way
    is_key: bool
    line: int
    column: int
    end: int
    quoted: bool = False
    fields: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    @property
    def inner(self) -> tuple[int, int]:
        """The columns of the text itself, without quotes."""
        return (self.column + 1, self.end - 1) if self.quoted else (self.column, self.end)


@dataclass
class _Level:
    """A mapping or a list that is open: of block style at *indent*, of flow style where that is None."""

    way: Way
    indent: int | None
    is_list: bool = False
    key: str | None = None
    count: int = 0
    fields: dict[str, str] = field(default_factory=dict)

    @property
    def here(self) -> Way:
        """The way to the value that is read next."""
        if self.is_list:
            return (*self.way, str(self.count))
        return (*self.way, self.key) if self.key is not None else self.way


def scan_text(text: str) -> list[Spot]:
    """The keys and the values of a YAML text that stand on one line, in their order.

    >>> [(spot.text, spot.way) for spot in scan_text("a: {b: c, d")]
    [('a', ('a',)), ('b', ('a', 'b')), ('c', ('a', 'b')), ('d', ('a', 'd'))]
    """
    return _Scanner(text).scan()


class _Scanner:
    def __init__(self, text: str) -> None:
        self.lines = [line.removesuffix("\r") for line in text.split("\n")]
        self.levels = [_Level(way=(), indent=-1)]
        self.spots: list[Spot] = []
        self.inside: int | None = None  # of the key whose text goes on over further lines
        self.is_block_text = False
        self.quote: str | None = None  # that of a text which goes on over further lines

    def scan(self) -> list[Spot]:
        for number, line in enumerate(self.lines):
            indent = len(line) - len(line.lstrip(" "))
            rest = line[indent:]
            if not rest.strip() or rest.startswith("#") or (rest.startswith(("---", "%")) and indent == 0):
                continue
            if self.inside is not None:
                goes_on = indent > self.inside and (self.is_block_text or not _KEY.match(rest))
                if goes_on:
                    continue
                self.inside = self.quote = None
            if self.levels[-1].indent is None and self._ends_flow(indent, rest):
                self.quote = None
                while self.levels[-1].indent is None:
                    self.levels.pop()
            if self.quote is not None and self.levels[-1].indent is None:
                indent = _end_of_quote(line, indent, self.quote)
                if indent == len(line) and not _is_closed(line, indent, self.quote):
                    continue
                self.quote = None
            if self.levels[-1].indent is None:
                self._flow(number, line, indent)
            else:
                self._block(number, line, indent)
        return self.spots

    def _ends_flow(self, indent: int, rest: str) -> bool:
        """Whether a line cannot be within the brackets that are open: it is a key that stands too far to the left."""
        block = next(level for level in reversed(self.levels) if level.indent is not None)
        assert block.indent is not None
        return indent <= max(block.indent, 0) and _KEY.match(rest) is not None

    # -- block style ------------------------------------------------------------------------------

    def _block(self, number: int, line: str, indent: int) -> None:
        while line.startswith("- ", indent) or line[indent:] == "-":
            self._close(indent, is_list=True)
            level = self.levels[-1]
            if not level.is_list or level.indent != indent:
                self._open(indent, is_list=True)
            else:
                level.count += 1
            indent += 1
            while indent < len(line) and line[indent] == " ":
                indent += 1
        if indent >= len(line):
            return
        found = _KEY.match(line, indent)
        if found is None:
            self._close(indent, is_list=False)
            level = self.levels[-1]
            if CURSOR in line and not level.is_list and level.indent is not None and level.indent < indent:
                self._open(indent, is_list=False)  # a key is begun, under one that has nothing yet
            elif level.indent == indent and not level.is_list:
                level.key = None  # a key that has no colon yet
            self._value(number, line, indent, indent)
            return
        self._close(indent, is_list=False)
        if self.levels[-1].indent != indent or self.levels[-1].is_list:
            self._open(indent, is_list=False)
        level = self.levels[-1]
        self._add_key(level, number, found["key"], found.start("key"))
        self._value(number, line, found.end(), indent)

    def _close(self, indent: int, *, is_list: bool) -> None:
        """Leave what stands further to the right; a list may stand as far to the right as its key."""
        while len(self.levels) > 1:
            last = self.levels[-1]
            assert last.indent is not None
            if last.indent > indent or (last.indent == indent and last.is_list and not is_list):
                self.levels.pop()
            else:
                return

    def _open(self, indent: int, *, is_list: bool) -> None:
        self._push(indent, is_list=is_list)

    def _push(self, indent: int | None, *, is_list: bool) -> None:
        """Open a mapping or a list; the fields around a list are those around its items too."""
        around = self.levels[-1]
        fields = around.fields if is_list else {}
        self.levels.append(_Level(way=around.here, indent=indent, is_list=is_list, fields=fields))

    def _value(self, number: int, line: str, start: int, indent: int) -> None:
        """Read the value that begins at a place of a line: behind a key, behind the dash of an item, or alone."""
        while start < len(line) and line[start] in " \t":
            start += 1
        tag = _TAG.match(line, start)
        start = tag.end() if tag else start
        if start >= len(line) or line[start] == "#":
            return
        if _BLOCK_TEXT.match(line, start):
            self.inside, self.is_block_text = indent, True
        elif line[start] in "{[":
            self._flow(number, line, start)
        else:
            end = _end_of_text(line, start, "")
            if self._goes_on(line, start, end):
                self.inside, self.is_block_text = indent, True
                return
            self._add_value(self.levels[-1], number, line, start, end)
            self.inside, self.is_block_text = indent, False

    # -- flow style -------------------------------------------------------------------------------

    def _flow(self, number: int, line: str, at: int) -> None:
        """Read on within brackets, to where they close or the line ends."""
        while at < len(line):
            sign, level = line[at], self.levels[-1]
            if level.indent is not None and sign not in "{[":
                return  # behind the last bracket: a comment at best
            if sign in "{[":
                self._push(None, is_list=sign == "[")
            elif sign in "}]":
                self.levels.pop()
            elif sign == ",":
                level.key = None
                level.count += 1
            elif sign == "#" and line[at - 1 : at] in {"", " ", "\t"}:
                return
            elif not sign.isspace() and not (sign == ":" and line[at + 1 : at + 2] in {"", " "}):
                at = self._flow_text(level, number, line, at)
                continue
            at += 1

    def _flow_text(self, level: _Level, number: int, line: str, start: int) -> int:
        """A key or a value within brackets; gives where to read on."""
        end = _end_of_text(line, start, ",[]{}")
        behind = end
        while behind < len(line) and line[behind] in " \t":
            behind += 1
        if self._goes_on(line, start, end):
            return end
        is_key = not level.is_list and level.key is None
        if is_key:
            self._add_key(level, number, line[start:end], start)
            if line[behind : behind + 1] == ":":
                return behind + 1
            return end
        self._add_value(level, number, line, start, end)
        return end

    def _goes_on(self, line: str, start: int, end: int) -> bool:
        """Whether a text is in quotes that do not close on its line."""
        if line[start] in "\"'" and (end == start + 1 or not _is_closed(line, end, line[start])):
            self.quote = line[start]
            return True
        return False

    # -- what was found ---------------------------------------------------------------------------

    def _add_key(self, level: _Level, number: int, written: str, column: int) -> None:
        text, quoted = _unquote(written)
        level.key = text
        level.fields.setdefault(text, "")
        self.spots.append(
            Spot(
                text=text, way=level.here, is_key=True, line=number, column=column, end=column + len(written),
                quoted=quoted, fields=level.fields,
            )
        )  # fmt: skip

    def _add_value(self, level: _Level, number: int, line: str, start: int, end: int) -> None:
        text, quoted = _unquote(line[start:end])
        is_key = not level.is_list and level.key is None
        if level.key is not None:
            level.fields[level.key] = text
        way = (*level.way, text) if is_key else level.here
        self.spots.append(
            Spot(
                text=text, way=way, is_key=is_key, line=number, column=start, end=end, quoted=quoted,
                fields=level.fields,
            )
        )  # fmt: skip


def _unquote(written: str) -> tuple[str, bool]:
    """A text without its quotes, and whether it has any."""
    if len(written) < 2 or written[0] not in "\"'" or written[-1] != written[0]:
        return written, False
    inner = written[1:-1]
    return inner.replace("''", "'") if written[0] == "'" else re.sub(r"\\(.)", r"\1", inner), True


def _end_of_text(line: str, start: int, signs: str) -> int:
    """Where the text that begins at *start* ends: at its closing quote, a comment, `: `, or one of the *signs*."""
    if line[start] in "\"'":
        return _end_of_quote(line, start + 1, line[start])
    at = start
    while at < len(line):
        if line[at] in signs or (line[at] == "#" and at > start and line[at - 1] in " \t"):
            break
        if signs and line[at] == ":" and (at + 1 >= len(line) or line[at + 1] in " \t" + signs):
            break
        at += 1
    while at > start + 1 and line[at - 1] in " \t":
        at -= 1
    return at


def _end_of_quote(line: str, at: int, quote: str) -> int:
    """Behind the quote that closes a text within which *at* is; the end of the line where none does."""
    while at < len(line):
        if line[at] == "\\" and quote == '"':
            at += 1
        elif line[at] == quote:
            if quote == "'" and line[at + 1 : at + 2] == "'":
                at += 1
            else:
                return at + 1
        at += 1
    return len(line)


def _is_closed(line: str, end: int, quote: str) -> bool:
    return line[end - 1 : end] == quote and line[end - 2 : end] != "\\" + quote


def find_spot(spots: list[Spot], line: int, column: int) -> Spot | None:
    """The key or value at a place, or that ends there."""
    here = [spot for spot in spots if spot.line == line and spot.column <= column <= spot.end]
    return here[-1] if here else None


def scan_at(text: str, line: int, column: int) -> Spot | None:
    """The key or value that is being typed at a place; its text holds `CURSOR` where the cursor is.

    Its end is that of the text without `CURSOR`.

    >>> scan_at("a: {b: }", 0, 7).way
    ('a', 'b')
    """
    lines = text.split("\n")
    if line >= len(lines):
        return None
    at = lines[line]
    lines[line] = at[:column] + CURSOR + at[column:]
    found = next(_find_cursor("\n".join(lines)), None)
    if found is None:
        return None
    return Spot(
        text=found.text, way=found.way, is_key=found.is_key, line=line, column=found.column, end=found.end - 1,
        quoted=found.quoted, fields={k: v for k, v in found.fields.items() if CURSOR not in k},
    )  # fmt: skip


def _find_cursor(text: str) -> Iterator[Spot]:
    return (spot for spot in scan_text(text) if CURSOR in spot.text)
