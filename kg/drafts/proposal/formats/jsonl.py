"""`jsonl`: an object a line, with our own keys. The JSON Schema of a row is `kg/drafts/proposal/proposal.schema.json`.

Of a chat the fenced blocks are read; in them a list may be written, with brackets and commas around its lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kg.drafts.proposal.formats.rows import ProposalFile, parse_json, read_record, say_json_error
from kg.drafts.proposal.proposal import Row, Unreadable

_FENCE = re.compile(rb"^[ \t]*(?:```|~~~)", re.MULTILINE)


def read_jsonl(files: Sequence[ProposalFile], *, documented: bool) -> Iterator[Row]:
    """A row for each line that is not blank; broken JSON in one leaves the others as they are.

    >>> raw = b'{"subject": "bridge", "predicate": "length", "object": 120, "quote": "120 m", "document": "a"}\\n{'
    >>> rows = list(read_jsonl([ProposalFile(name="a.jsonl", raw=raw)], documented=False))
    >>> rows[0].object, rows[1].diagnostic.code
    ('120', 'bad-proposal')
    """
    for file in files:
        row = 0
        for line, text in _find_lines(file):
            row += 1
            if isinstance(text, Unreadable):
                yield Unreadable(row=row, file=file.name, diagnostic=text.diagnostic)
                continue
            try:
                record = parse_json(text)
            except ValueError as error:
                yield file.unreadable(row, f"the line is no JSON: {say_json_error(error)}", line=line)
                continue
            yield read_record(record, file, row, line, documented=documented)


def _find_lines(file: ProposalFile) -> Iterator[tuple[int, str | Unreadable]]:
    """The lines that are rows: all that are not blank; of a chat those of its fenced blocks."""
    if _FENCE.search(file.raw) is None:
        yield from file.lines()
        return
    is_open = False
    for line, text in file.lines():
        if isinstance(text, Unreadable):
            if is_open:
                yield line, text
        elif text.lstrip().startswith(("```", "~~~")):
            is_open = not is_open
        elif is_open and text.strip() not in {"[", "]"}:
            yield line, text.rstrip().removesuffix(",")
