"""The short form of functions, `grel:toUpperCase(valueParameter = $(name))`, taken apart.

Source: https://rml.io/yarrrml/spec/, functions; calls inside calls and `join(mapping, equal(a, b))` are
Yatter's extension of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kg.text.diagnostic import Mark
from kg.text.yamldoc import Scalar


@dataclass(frozen=True, kw_only=True)
class WrittenArgument:
    """One argument as it is written: its parameter's name, if it has one, and a text or a call."""

    name: Scalar | None
    value: Scalar | WrittenCall


@dataclass(frozen=True, kw_only=True)
class WrittenCall:
    """A call as it is written."""

    name: Scalar
    arguments: tuple[WrittenArgument, ...]
    mark: Mark = field(repr=False)


class CallSyntaxError(ValueError):
    """The text is no call; *mark* is where it goes wrong."""

    def __init__(self, message: str, mark: Mark) -> None:
        super().__init__(message)
        self.mark = mark


def is_call(text: str) -> bool:
    """Whether the text of a `function` is a call, not just a name.

    >>> is_call("grel:trim(x = $(a))"), is_call("grel:trim")
    (True, False)
    """
    return 0 <= text.find("(") < text.rfind(")")


def is_join(text: str) -> bool:
    """Whether the text of a `function` refers to another mapping.

    >>> is_join("join(quoted=m, equal($(a), $(b)))"), is_join("ex:join")
    (True, False)
    """
    return re.match(r"\s*join\s*\(", text) is not None


def parse_call(text: Scalar) -> WrittenCall:
    """The call that a text holds. Raises CallSyntaxError where it holds none.

    >>> from kg.text.diagnostic import SourceText
    >>> written = 'ex:f(a = $(x), b = ex:g(c = "1, 2"))'
    >>> m = Mark(source=SourceText("a.yaml", written), line=1, column=1, end_line=1, end_column=37)
    >>> call = parse_call(Scalar(text=written, mark=m))
    >>> [argument.name.text for argument in call.arguments], call.arguments[1].value.arguments[0].value.text
    (['a', 'b'], '1, 2')
    """
    reader = _CallReader(text)
    call = reader.read_call()
    reader.skip_space()
    if reader.at < len(text.text):
        raise CallSyntaxError(f"`{text.text[reader.at :]}` after the end of the call", reader.mark(reader.at))
    return call


class _CallReader:
    _NAME = re.compile(r"\s*([^\s=(),\"$]+)\s*\(")
    _PARAMETER = re.compile(r"\s*([^\s=(),\"$]+)\s*=")

    def __init__(self, text: Scalar) -> None:
        self.whole = text
        self.text = text.text
        self.at = 0

    def mark(self, start: int, end: int | None = None) -> Mark:
        return self.whole.part(start, end if end is not None else max(start + 1, len(self.text)))

    def scalar(self, start: int, end: int) -> Scalar:
        return Scalar(text=self.text[start:end], mark=self.mark(start, end), plain=False)

    def skip_space(self) -> None:
        while self.text[self.at : self.at + 1].isspace():
            self.at += 1

    def read_call(self) -> WrittenCall:
        start = self.at
        found = self._NAME.match(self.text, self.at)
        if found is None:
            raise CallSyntaxError("expected a call, `name(parameter = value)`", self.mark(start))
        name = self.scalar(*found.span(1))
        self.at = found.end()
        arguments: list[WrittenArgument] = []
        self.skip_space()
        while self.text[self.at : self.at + 1] != ")":
            arguments.append(self.read_argument())
            self.skip_space()
            sign = self.text[self.at : self.at + 1]
            if sign == ",":
                self.at += 1
                self.skip_space()
            elif sign != ")":
                raise CallSyntaxError("expected `,` or `)`", self.mark(self.at))
        self.at += 1
        return WrittenCall(name=name, arguments=tuple(arguments), mark=self.mark(found.start(1), self.at))

    def read_argument(self) -> WrittenArgument:
        found = self._PARAMETER.match(self.text, self.at)
        name = None
        if found is not None:
            name = self.scalar(*found.span(1))
            self.at = found.end()
        self.skip_space()
        if self.text[self.at : self.at + 1] == '"':
            end = self.text.find('"', self.at + 1)
            if end < 0:
                raise CallSyntaxError("a quote that is not closed", self.mark(self.at))
            value = self.scalar(self.at + 1, end)
            self.at = end + 1
            return WrittenArgument(name=name, value=value)
        if self._NAME.match(self.text, self.at):
            return WrittenArgument(name=name, value=self.read_call())
        return WrittenArgument(name=name, value=self.read_plain())

    def read_plain(self) -> Scalar:
        start = self.at
        depth = 0
        while self.at < len(self.text):
            char = self.text[self.at]
            if char == "\\":
                self.at += 1
            elif self.text.startswith("$(", self.at):
                depth += 1
                self.at += 1
            elif char == ")" and depth:
                depth -= 1
            elif char in ",)" and not depth:
                break
            self.at += 1
        written = self.text[start : self.at]
        if not written.strip():
            raise CallSyntaxError("expected a value", self.mark(start, start + 1))
        return self.scalar(start, start + len(written.rstrip()))
