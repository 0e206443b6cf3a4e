"""The formats of proposals: what other programs and people bring, as rows. One file each.

A reader takes all files at once (GraphRAG spreads its tables over several) and gives rows, counted from 1 in each file;
what of a row it does not read it says in the row's remarks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from kg.proposal.formats.jsonl import read_jsonl
from kg.proposal.formats.rows import ProposalFile
from kg.proposal.proposal import Row

Reader = Callable[..., Iterator[Row]]
FORMATS: dict[str, Reader] = {
    "jsonl": read_jsonl,
}
"""The readers by the names of their formats. Each takes files, and `documented`: whether their source is known."""

MOST_BYTES = 64_000_000
MOST_ROWS = 100_000

__all__ = ["FORMATS", "MOST_BYTES", "MOST_ROWS", "ProposalFile", "read_rows"]


def read_rows(form: str, files: Sequence[ProposalFile], *, documented: bool = False) -> Iterator[Row]:
    """The rows of *files* in the format *form*; *documented*: the source of rows that name no document is known."""
    return FORMATS[form](files, documented=documented)
