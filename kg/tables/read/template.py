r"""Templates (`http://example.org/{id}`) → literal text and references.

A backslash makes the next `{`, `}` or backslash plain text (RML-Core §templates; R2RML §7.3). Inside a
reference of JSONPath, braces and backslashes belong to the path's own language, so a backslash is only an
escape before one of these three characters.
"""

from __future__ import annotations

from kg.tables.rml import Reference, Template
from kg.text.diagnostic import Mark


class TemplateError(ValueError):
    """A template that cannot be read; *mark* is the place of the mistake, as near as it can be told."""

    def __init__(self, message: str, hint: str, mark: Mark) -> None:
        super().__init__(message)
        self.hint = hint
        self.mark = mark


def parse_template(text: str, mark: Mark) -> Template:
    r"""The parts of a template that stands at *mark*; each reference has a mark of its own, from brace to brace.

    >>> from kg.text.diagnostic import SourceText, mark_of_file
    >>> m = mark_of_file(SourceText("m.ttl", ""))
    >>> parse_template("a{b}c", m).parts
    ('a', Reference(text='b'), 'c')
    >>> parse_template(r"\{a\}{b\}c}", m).parts
    ('{a}', Reference(text='b}c'))
    >>> parse_template("a{b", m)
    Traceback (most recent call last):
    kg.tables.read.template.TemplateError: `{` is never closed
    """
    parts: list[str | Reference] = []
    run: list[str] = []
    inside: int | None = None  # offset of the open brace
    offset = 0
    while offset < len(text):
        char = text[offset]
        if char == "\\":
            follower = text[offset + 1 : offset + 2]
            if follower in {"{", "}", "\\"} and follower:
                run.append(follower)
                offset += 2
                continue
            if inside is None:
                raise TemplateError(
                    f"a backslash before `{follower}`" if follower else "a backslash at the end",
                    "write `\\\\` for a backslash, `\\{` for a brace (in Turtle each backslash twice)",
                    mark_part(text, mark, offset, offset + 1),
                )
            run.append(char)
        elif char == "{":
            if inside is not None:
                where = mark_part(text, mark, offset, offset + 1)
                raise TemplateError("`{` inside a reference", "write `\\{` for a brace", where)
            if run:
                parts.append("".join(run))
            run, inside = [], offset
        elif char == "}":
            where = mark_part(text, mark, offset if inside is None else inside, offset + 1)
            if inside is None:
                raise TemplateError("`}` without `{`", "write `\\}` for a brace", where)
            if not run:
                raise TemplateError("`{}` names no column", "write the name of a column between the braces", where)
            parts.append(Reference(text="".join(run), mark=where))
            run, inside = [], None
        else:
            run.append(char)
        offset += 1
    if inside is not None:
        where = mark_part(text, mark, inside, len(text))
        raise TemplateError("`{` is never closed", "close the reference with `}`", where)
    if run:
        parts.append("".join(run))
    return Template(parts=tuple(parts), mark=mark)


def mark_part(text: str, mark: Mark, start: int, end: int) -> Mark:
    """The mark of the characters *start* to *end* of a literal, or the whole mark where escapes or lines move them.

    >>> from kg.text.diagnostic import SourceText
    >>> source = SourceText("m.ttl", 'rml:template "a/{id}"')
    >>> str(mark_part("a/{id}", Mark(source=source, line=1, column=14, end_line=1, end_column=22), 2, 6))
    'm.ttl:1:17'
    """
    if mark.line != mark.end_line:
        return mark
    written = mark.excerpt
    quotes = next((n for n in (3, 1, 0) if written[n : n + len(text)] == text), None)
    return mark if quotes is None else mark.part(quotes + start, quotes + end)
