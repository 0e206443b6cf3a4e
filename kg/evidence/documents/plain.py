"""A plain text: taken as it is; lines that were broken at a margin are joined into paragraphs."""

from __future__ import annotations

import re
from itertools import pairwise

from kg.evidence.documents.taken import ParagraphMaker, write_paragraphs

_MARGIN = range(40, 111)  # characters of the longest line of a text that was broken at a margin
_ENDS = tuple('.?!:;"”’)»。？！؟۔।॥։።။។…')


def take_lines(text: str) -> tuple[str, list[str]]:
    """The text as it is, or with the lines of each block joined, which is told. Pages end where they did (form feeds).

    >>> take_lines("Title\\n\\nA line that does not end before it reaches\\nthe next one.\\n")[0]
    'Title\\n\\nA line that does not end before it reaches the next one.\\n'
    """
    if not _was_broken(text):
        return text, []
    builder = ParagraphMaker()
    for line in re.split(r"\r\n|\n|\r", text):
        for number, part in enumerate(line.split("\f")):
            if number:
                builder.turn()
            builder.add(" ".join(part.split()))
        if not line.strip():
            builder.end()
    builder.end()
    return write_paragraphs(builder.paragraphs), ["lines that were broken at a margin are joined into paragraphs"]


def _was_broken(text: str) -> bool:
    """Whether most lines that have a next one in their block end no sentence, and none is long."""
    lines = [line.strip() for line in re.split(r"\r\n|\n|\r", text)]
    longest = max(map(len, lines))
    if longest not in _MARGIN:
        return False
    inner = [line for line, following in pairwise(lines) if line and following]
    cut = sum(len(line) > 0.6 * longest and not line.endswith(_ENDS) for line in inner)
    return cut > len(inner) / 2
