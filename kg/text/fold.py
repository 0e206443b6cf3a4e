"""Alike diagnostics, folded for a terminal: one of them whole, the others by their places."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kg.text.diagnostic import Diagnostic, make_visible, render_text

MOST_ALIKE = 5  # more than these are folded
SHOWN = 3  # places of those that are not shown whole


def fold_alike(diagnostics: Sequence[Diagnostic]) -> Iterator[str]:
    """The diagnostics as text, in their order; of six and more that differ only in place and names, the first alone.

    Alike are diagnostics of one code whose messages are the same but for what stands in backticks. The first one tells
    how many there are, and where the next ones stand.
    """
    groups: dict[tuple[str, str, bool], list[Diagnostic]] = {}
    for diagnostic in diagnostics:
        groups.setdefault(_likeness(diagnostic), []).append(diagnostic)
    for diagnostic in diagnostics:
        alike = groups[_likeness(diagnostic)]
        if len(alike) <= MOST_ALIKE:
            yield render_text(diagnostic)
        elif diagnostic is alike[0]:
            yield f"{render_text(diagnostic)}\n{_list_others(alike)}"


def _likeness(diagnostic: Diagnostic) -> tuple[str, str, bool]:
    return diagnostic.code, re.sub("`[^`]*`", "`", diagnostic.message), diagnostic.accepted is not None


def _list_others(alike: Sequence[Diagnostic]) -> str:
    others = [make_visible(str(d.mark)) for d in alike[1 : 1 + SHOWN]]
    left = len(alike) - 1 - len(others)
    gutter = " " * max(2, len(str(alike[0].mark.line)))
    return f"{gutter} = {len(alike) - 1} more like it: {', '.join(others)} and {left} others; `-v` shows all"
