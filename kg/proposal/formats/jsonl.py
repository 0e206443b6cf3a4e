"""`jsonl`: an object a line, with our own keys. The JSON Schema of a row is `kg/proposal/proposal.schema.json`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kg.proposal.formats.rows import ProposalFile, parse_json, read_record, say_json_error
from kg.proposal.proposal import Row, Unreadable


def read_jsonl(files: Sequence[ProposalFile], *, documented: bool) -> Iterator[Row]:
    """A row for each line that is not blank; broken JSON in one leaves the others as they are.

    >>> raw = b'{"subject": "bridge", "predicate": "length", "object": 120, "quote": "120 m", "document": "a"}\\n{'
    >>> rows = list(read_jsonl([ProposalFile(name="a.jsonl", raw=raw)], documented=False))
    >>> rows[0].object, rows[1].diagnostic.code
    ('120', 'bad-proposal')
    """
    for file in files:
        row = 0
        for line, text in file.lines():
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
