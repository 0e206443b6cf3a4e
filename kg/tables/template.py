r"""Templates (`http://example.org/{id}`) → literal text and references.

A backslash makes the next `{`, `}` or backslash plain text (RML-Core §templates; R2RML §7.3). Inside a
reference of JSONPath, braces and backslashes belong to the path's own language, so a backslash is only an
escape before one of these three characters.
"""

from __future__ import annotations

from kg.diagnostic import Mark
from kg.tables.rml import Reference, Template


class TemplateError(ValueError):
    """A template that cannot be read; *start* is the offset of the mistake in the template's text."""

    def __init__(self, message: str, hint: str, start: int) -> None:
        super().__init__(message)
        self.hint = hint
        self.start = start


def parse_template(text: str, mark: Mark) -> Template:
    r"""The parts of a template.

    >>> from kg.diagnostic import SourceText, mark_of_file
    >>> m = mark_of_file(SourceText("m.ttl", ""))
    >>> parse_template("a{b}c", m).parts
    ('a', Reference(text='b'), 'c')
    >>> parse_template(r"\{a\}{b\}c}", m).parts
    ('{a}', Reference(text='b}c'))
    >>> parse_template("a{b", m)
    Traceback (most recent call last):
    kg.tables.template.TemplateError: `{` is never closed
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
                    offset,
                )
            run.append(char)
        elif char == "{":
            if inside is not None:
                raise TemplateError("`{` inside a reference", "write `\\{` for a brace", offset)
            if run:
                parts.append("".join(run))
            run, inside = [], offset
        elif char == "}":
            if inside is None:
                raise TemplateError("`}` without `{`", "write `\\}` for a brace", offset)
            if not run:
                raise TemplateError("`{}` names no column", "write the name of a column between the braces", inside)
            parts.append(Reference(text="".join(run), mark=mark))
            run, inside = [], None
        else:
            run.append(char)
        offset += 1
    if inside is not None:
        raise TemplateError("`{` is never closed", "close the reference with `}`", inside)
    if run:
        parts.append("".join(run))
    return Template(parts=tuple(parts), mark=mark)
