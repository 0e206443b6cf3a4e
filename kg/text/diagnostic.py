"""`Mark`, `Diagnostic` and how they are shown: text with a caret, JSON, GitHub annotations.

A curator's mistake is a `Diagnostic`, a value, and all of them are collected. A failure of the
environment is a `KgError`, raised. What a code means stands in `kg/text/codes/*.toml`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from functools import cached_property

from kg.text.codes import load_codes
from kg.text.secret import hide_secrets

TAB_WIDTH = 4
LONGEST_EXCERPT = 160  # display columns of a source line that are shown at most


class KgError(Exception):
    """The environment failed: no file, no lock, no network, a missing package (exit code 3)."""


class UsageError(KgError):
    """The command was used wrongly: no such question, a parameter that is missing (exit code 2)."""


class Severity(IntEnum):
    """How bad it is: an error stops a build, a warning does not, a note is shown on demand."""

    NOTE = 0
    WARNING = 1
    ERROR = 2

    @property
    def word(self) -> str:
        return self.name.lower()


@dataclass(frozen=True)
class SourceText:
    """A text that was read: its *name* (path from the project's folder, with `/`) and its *text*.

    Line ends are as in the file; a byte-order mark is already taken off.
    """

    name: str
    text: str

    @cached_property
    def lines(self) -> list[str]:
        return [line.removesuffix("\r") for line in self.text.split("\n")]

    @cached_property
    def shown_lines(self) -> list[str]:
        """The lines as they may be shown: with stars for passwords."""
        return [line.removesuffix("\r") for line in hide_secrets(self.text, self.name).split("\n")]


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """A place in a text. Lines and columns count from 1, columns in code points; the end is exclusive.

    >>> m = Mark(source=SourceText("a.yaml", "s: su77"), line=1, column=4, end_line=1, end_column=8)
    >>> str(m), m.excerpt
    ('a.yaml:1:4', 'su77')
    """

    source: SourceText = field(repr=False)
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.source.name}:{self.line}:{self.column}"

    @property
    def file(self) -> str:
        return self.source.name

    @property
    def sort_key(self) -> tuple[str, int, int, int, int]:
        return (self.source.name, self.line, self.column, self.end_line, self.end_column)

    @property
    def excerpt(self) -> str:
        """The marked text, of the first line at most."""
        line = self.source.lines[self.line - 1] if self.line <= len(self.source.lines) else ""
        end = self.end_column - 1 if self.end_line == self.line else len(line)
        return line[self.column - 1 : end]

    def part(self, start: int, end: int) -> Mark:
        """The mark of the code points *start* to *end* (from 0, end exclusive) of a one-line mark."""
        return Mark(
            source=self.source,
            line=self.line,
            column=self.column + start,
            end_line=self.line,
            end_column=self.column + end,
        )


def mark_of_file(source: SourceText) -> Mark:
    """The mark of a whole file: its first line and column."""
    return Mark(source=source, line=1, column=1, end_line=1, end_column=1)


def mark_at(source: SourceText, start: int, end: int) -> Mark:
    """The mark of the code points *start* to *end* of the whole text (from 0), which lie in one line.

    >>> str(mark_at(SourceText("a.yaml", "s: su7\\np: price"), 10, 15))
    'a.yaml:2:4'
    """
    line = source.text.count("\n", 0, start) + 1
    column = start - (source.text.rfind("\n", 0, start) + 1) + 1
    return Mark(source=source, line=line, column=column, end_line=line, end_column=column + max(1, end - start))


@dataclass(frozen=True, kw_only=True)
class Related:
    """Another place that a diagnostic speaks of, and why."""

    mark: Mark
    message: str


@dataclass(frozen=True, kw_only=True)
class OfferedReason:
    """How a value is known, where a hint offers to write it: all of it as it stands in YAML, and the *text* alone."""

    written: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Diagnostic:
    """One mistake: its code, its place, what was found and expected, and a hint at the remedy.

    *message* is lower case, has no full stop and puts the user's text in backticks. *accepted* is the
    curator's reason, where an `accept:` covers it: then it is shown as a note and counts as one. *offered* is a reason
    that the hint has ready.
    """

    code: str
    mark: Mark
    message: str
    hint: str | None = None
    related: tuple[Related, ...] = ()
    accepted: str | None = None
    offered: OfferedReason | None = None

    def __post_init__(self) -> None:
        if self.code not in load_codes():  # a programmer's mistake: every code is documented
            raise KeyError(f"undocumented diagnostic code {self.code!r}")

    @property
    def severity(self) -> Severity:
        if self.accepted is not None:
            return Severity.NOTE
        return Severity[load_codes()[self.code].severity.upper()]

    @property
    def sort_key(self) -> tuple[object, ...]:
        return (*self.mark.sort_key, self.code, self.message)


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """A hint that names the nearest of the *known* words, or None when none is near.

    >>> did_you_mean("su77", ["su7", "xiaomi"])
    'did you mean `su7`?'
    """
    near = find_nearest(word, known)
    return f"did you mean `{near}`?" if near is not None else None


def find_nearest(word: str, known: Iterable[str]) -> str | None:
    """The nearest of the *known* words: the most alike, or the only one that *word* begins; None when none is near.

    >>> find_nearest("su77", ["su7", "xiaomi"]), find_nearest("lei", ["lei-jun-of-xiaomi", "xiaomi"])
    ('su7', 'lei-jun-of-xiaomi')
    """
    folded = {k.casefold(): k for k in sorted(known)}
    word = word.casefold()
    import difflib  # only where there is a mistake

    near = difflib.get_close_matches(word, folded, n=1, cutoff=0.6)
    if not near and len(word) >= 3:
        begun = [k for k in folded if k.startswith(word)]
        near = begun if len(begun) == 1 else []
    return folded[near[0]] if near else None


def list_known(known: Iterable[str], most: int = 12) -> str:
    """The *known* words as `a, b, c`, cut after *most* with the number left out.

    >>> list_known(["b", "a", "c"], most=2)
    '`a`, `b` and 1 more'
    """
    words = sorted(known)
    shown = ", ".join(f"`{w}`" for w in words[:most])
    return f"{shown} and {len(words) - most} more" if len(words) > most else shown


def sort_diagnostics(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The diagnostics in the order of their places, each once."""
    return sorted(dict.fromkeys(diagnostics), key=lambda d: d.sort_key)


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether one of the diagnostics is an error."""
    return any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics)


def count_severities(diagnostics: Iterable[Diagnostic]) -> dict[Severity, int]:
    """How many of each severity; all three are there, 0 where there are none."""
    counts = dict.fromkeys(reversed(Severity), 0)
    for diagnostic in diagnostics:
        counts[diagnostic.severity] += 1
    return counts


def summarise_counts(counts: dict[Severity, int]) -> str:
    """`2 errors, 1 warning, 0 notes`.

    >>> summarise_counts({Severity.ERROR: 2, Severity.WARNING: 1, Severity.NOTE: 0})
    '2 errors, 1 warning, 0 notes'
    """
    return ", ".join(f"{n} {s.word}{'' if n == 1 else 's'}" for s, n in counts.items())


def display_width(text: str) -> int:
    """How many columns *text* takes in a terminal: 雷军 is four, a combining accent none.

    >>> display_width("雷军"), display_width("e\\u0301")
    (4, 1)
    """
    if text.isascii() and text.isprintable():
        return len(text)
    width = 0
    for char in text:
        if char == "\t":
            width += TAB_WIDTH
        elif unicodedata.combining(char) or unicodedata.category(char) in {"Cf", "Mn", "Me"}:
            continue
        else:
            width += 2 if unicodedata.east_asian_width(char) in "WF" else 1
    return width


def make_visible(text: str) -> str:
    """A line that can do no harm to a terminal: what would move the cursor or turn the text around is shown instead.

    Control characters are shown as pictures, those of other sets and of direction (bidi) as `�`, a tab as spaces.

    >>> make_visible("a\x1b[2Jb\u202ec")
    'a␛[2Jb�c'
    """
    return text if text.isascii() and text.isprintable() else "".join(map(_show_character, text))


def cut_text(text: str, most: int) -> str:
    """A text of at most so many characters, of which an ellipsis is the last where it was longer.

    >>> cut_text("Xiaomi", 6), cut_text("Xiaomi EV", 6)
    ('Xiaomi', 'Xiaom…')
    """
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _show_character(c: str) -> str:
    if c == "\t":
        return " " * TAB_WIDTH
    if ord(c) < 0x20:
        return chr(0x2400 + ord(c))
    if ord(c) == 0x7F:
        return "␡"
    harms = (
        0x80 <= ord(c) < 0xA0 or 0xD800 <= ord(c) < 0xE000 or c in "\u2028\u2029"
        or 0x202A <= ord(c) <= 0x202E or 0x2066 <= ord(c) <= 0x2069 or 0xE0000 <= ord(c) < 0xE0080
    )  # fmt: skip
    return "�" if harms else c


def make_lines_visible(text: str) -> str:
    """Lines that can do no harm to a terminal, each by itself: their ends stay."""
    return "\n".join(map(make_visible, text.split("\n")))


def _excerpt(mark: Mark) -> tuple[str, str]:
    """The source line and the carets under it, cut to a window around the mark when it is long."""
    lines = mark.source.shown_lines
    line = lines[mark.line - 1] if mark.line <= len(lines) else ""
    start = mark.column - 1
    end = max(mark.end_column - 1 if mark.end_line == mark.line else len(line), start + 1)
    left, right = _window(line, start)
    lead, tail = ("…" if left else ""), ("…" if right < len(line) else "")
    pad = len(lead) + display_width(make_visible(line[left:start]))
    carets = "^" * max(1, display_width(make_visible(line[start : min(end, right)])))
    return f"{lead}{make_visible(line[left:right])}{tail}", " " * pad + carets


def _window(line: str, start: int) -> tuple[int, int]:
    """The part of a line that is shown: a third of it before *start*, as far as there is so much."""
    if display_width(line) <= LONGEST_EXCERPT:
        return 0, len(line)
    left, right, room = min(start, len(line)), min(start, len(line)), LONGEST_EXCERPT
    while left > 0 and LONGEST_EXCERPT - room < LONGEST_EXCERPT // 3:
        left -= 1
        room -= display_width(line[left])
    while right < len(line) and (room := room - display_width(line[right])) >= 0:
        right += 1
    while left > 0 and right == len(line) and (room := room - display_width(line[left - 1])) >= 0:
        left -= 1
    return left, right


def without_secrets(diagnostic: Diagnostic) -> Diagnostic:
    """The diagnostic as it may be shown: where its place holds a password, its words do not."""
    message, hint = hide_secrets(diagnostic.message), diagnostic.hint
    mark = diagnostic.mark
    written = mark.excerpt
    if mark.source.text and written.strip():
        column = mark.column - 1
        shown = mark.source.shown_lines[mark.line - 1][column : column + len(written)]
        if shown != written:
            message = message.replace(written, shown)
            hint = None if hint is None or written in hint else hint
    return replace(diagnostic, message=message, hint=hint and hide_secrets(hint))


def render_text(diagnostic: Diagnostic) -> str:
    """The diagnostic as a person reads it: headline, place, source line, carets, hint.

    >>> m = Mark(source=SourceText("a.yaml", "s: su77"), line=1, column=4, end_line=1, end_column=8)
    >>> print(render_text(Diagnostic(code="unknown-entity", mark=m, message="no entity `su77`")))
    error[unknown-entity]: no entity `su77`
      --> a.yaml:1:4
       |
     1 | s: su77
       |    ^^^^
    """
    diagnostic = without_secrets(diagnostic)
    mark = diagnostic.mark
    word = "accepted" if diagnostic.accepted is not None else diagnostic.severity.word
    out = [f"{word}[{diagnostic.code}]: {make_visible(diagnostic.message)}", f"  --> {make_visible(str(mark))}"]
    if mark.source.text:
        line, carets = _excerpt(mark)
        width = max(2, len(str(mark.line)))
        gutter = " " * width
        out += [f"{gutter} |", f"{mark.line:>{width}} | {line}".rstrip(), f"{gutter} | {carets}"]
    else:
        gutter = "  "
    out += [f"{gutter} = see: {make_visible(str(r.mark))}: {make_visible(r.message)}" for r in diagnostic.related]
    if diagnostic.accepted is not None:
        out.append(f"{gutter} = accepted: {make_visible(diagnostic.accepted)}")
    if diagnostic.hint:
        out.append(f"{gutter} = hint: {make_visible(diagnostic.hint)}")
    return "\n".join(out)


def render_json(diagnostics: Sequence[Diagnostic]) -> str:
    """All diagnostics as one JSON array, with the same fields for each."""
    records = [
        {
            "code": d.code,
            "severity": d.severity.word,
            "file": d.mark.file,
            "line": d.mark.line,
            "column": d.mark.column,
            "endLine": d.mark.end_line,
            "endColumn": d.mark.end_column,
            "message": d.message,
            "hint": d.hint,
            "accepted": d.accepted,
            "related": [
                {"file": r.mark.file, "line": r.mark.line, "column": r.mark.column, "message": r.message}
                for r in d.related
            ],
        }
        for d in map(without_secrets, diagnostics)
    ]
    import json  # only where it is asked for

    return json.dumps(records, ensure_ascii=False, indent=2)


def render_github(diagnostic: Diagnostic) -> str:
    """A workflow command that GitHub shows at the line in a pull request.

    Source: GitHub Actions, workflow commands (`::error file=...,line=...::message`).
    """
    level = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}

    def escape(text: str, *, prop: bool = False) -> str:
        text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
        return text.replace(":", "%3A").replace(",", "%2C") if prop else text

    diagnostic = without_secrets(diagnostic)
    mark = diagnostic.mark
    body = make_lines_visible(diagnostic.message + (f"\nhint: {diagnostic.hint}" if diagnostic.hint else ""))
    place = f"file={escape(make_visible(mark.file), prop=True)},line={mark.line},col={mark.column}"
    if mark.end_line == mark.line:
        place += f",endColumn={mark.end_column}"
    else:
        place += f",endLine={mark.end_line}"
    return f"::{level[diagnostic.severity]} {place},title={diagnostic.code}::{escape(body)}"
