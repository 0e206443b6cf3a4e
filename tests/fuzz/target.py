"""What a target is, and what all of them look at: faults, choices made of bytes, diagnostics that can be shown."""

from __future__ import annotations

import random
import re
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from kg.text.diagnostic import Diagnostic, render_github, render_json, render_text


class FaultError(AssertionError):
    """A case that did not end as one must."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """A function of bytes that must raise nothing but the product's own errors.

    *make* gives a case without guidance; *seeds* are what the guided search begins with. *share* says how many cases
    of a thousand the target gets; *sample* how many the test command tries.
    """

    name: str
    run: Callable[[bytes], None]
    make: Callable[[random.Random], bytes]
    seeds: Callable[[], Iterable[bytes]] = tuple
    share: int = 1
    sample: int = 20


class Chance(random.Random):
    """Choices that are made by bytes, and by a generator that they seed once they are used up.

    So a search that changes the bytes changes single choices, and any bytes are a case.
    """

    def __new__(cls, data: bytes) -> Chance:
        return super().__new__(cls)

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0
        super().__init__(zlib.crc32(data))

    def getrandbits(self, k: int, /) -> int:
        wanted = (k + 7) // 8
        if self._at + wanted > len(self._data):
            self._at = len(self._data)
            return super().getrandbits(k)
        piece = self._data[self._at : self._at + wanted]
        self._at += wanted
        return int.from_bytes(piece, "little") & ((1 << k) - 1)

    def random(self) -> float:
        return self.getrandbits(32) / (1 << 32)

    def __reduce__(self) -> str:
        raise TypeError("not to be copied")


def make_choices(chance: random.Random) -> bytes:
    """A case of a target that takes its bytes as choices."""
    return chance.randbytes(8)


def fault(words: str) -> None:
    """Raises FaultError with these words."""
    raise FaultError(words)


def expect(holds: object, words: str) -> None:
    """Raises FaultError with these words unless it holds."""
    if not holds:
        raise FaultError(words)


def to_text(data: bytes) -> str:
    """The bytes as a text that a program may hand over: surrogates stay, what is no UTF-8 is replaced."""
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace")


_HARMFUL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]"
)


def look_at(diagnostics: Iterable[Diagnostic], *, whole: bool = True) -> None:
    """Show diagnostics in every form; each has a place in its text, and no form lets a terminal be moved."""
    found = list(diagnostics)
    for diagnostic in found:
        mark = diagnostic.mark
        lines = mark.source.lines
        expect(1 <= mark.line <= mark.end_line, f"a mark of no line: {mark!r}")
        if mark.source.text:
            expect(mark.end_line <= len(lines), f"a mark behind the text: {mark!r} of {len(lines)} lines")
            expect(1 <= mark.column <= len(lines[mark.line - 1]) + 2, f"a mark behind its line: {mark!r}")
            expect(mark.end_line > mark.line or mark.end_column >= mark.column, f"a mark that ends first: {mark!r}")
        if whole:
            shown = render_text(diagnostic)
            expect(not _HARMFUL.search(shown), f"a diagnostic moves the terminal: {shown!r}")
            github = render_github(diagnostic)
            expect("\n" not in github and not _HARMFUL.search(github), f"an annotation of two lines: {github!r}")
    if whole and found:
        render_json(found).encode("utf-8", "surrogatepass")
