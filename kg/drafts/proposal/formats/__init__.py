"""The formats of proposals: what other programs and people bring, as rows. One file each.

A reader takes all files at once (GraphRAG spreads its tables over several) and gives rows; what of a row it does not
read it says in the row's remarks. `read_rows` counts them from 1 over all files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from kg.drafts.proposal.formats.annotation import read_annotations, read_claimreviews
from kg.drafts.proposal.formats.claims_yaml import read_kg
from kg.drafts.proposal.formats.graphjson import read_graphiti, read_kggen, read_langchain, read_lightrag
from kg.drafts.proposal.formats.graphrag import read_graphrag
from kg.drafts.proposal.formats.jsonl import read_jsonl
from kg.drafts.proposal.formats.langextract import read_langextract
from kg.drafts.proposal.formats.rows import ProposalFile, plain_record, read_record
from kg.drafts.proposal.formats.table import read_csv
from kg.drafts.proposal.proposal import Row
from kg.text.diagnostic import UsageError

Reader = Callable[..., Iterator[Row]]
FORMATS: dict[str, Reader] = {
    "kg": read_kg,
    "jsonl": read_jsonl,
    "csv": read_csv,
    "langextract": read_langextract,
    "graphrag": read_graphrag,
    "graphiti": read_graphiti,
    "lightrag": read_lightrag,
    "kggen": read_kggen,
    "langchain": read_langchain,
    "web-annotation": read_annotations,
    "claimreview": read_claimreviews,
}
"""The readers by the names of their formats. Each takes files, and `documented`: whether their source is known."""

MOST_BYTES = 64_000_000
MOST_ROWS = 100_000
_A_LINE_EACH = frozenset({"jsonl", "csv"})

__all__ = ["FORMATS", "MOST_BYTES", "MOST_ROWS", "ProposalFile", "read_rows", "rows_of"]


def read_rows(form: str, files: Sequence[ProposalFile], *, documented: bool = False) -> Iterator[Row]:
    """The rows of *files* in the format *form*, counted from 1 over all files.

    *documented*: the source of rows that name no document is known.
    """
    _refuse_many(form, files)
    for number, row in enumerate(FORMATS[form](files, documented=documented), 1):
        if number > MOST_ROWS:
            raise _too_many()
        yield replace(row, row=number)


def _refuse_many(form: str, files: Sequence[ProposalFile]) -> None:
    """Raises UsageError for what holds too many rows, as far as that is seen before the first is read."""
    if form in _A_LINE_EACH and sum(file.raw.count(b"\n") for file in files) > 2 * MOST_ROWS:
        raise _too_many()


def _too_many() -> UsageError:
    return UsageError(f"more than {MOST_ROWS:,} rows: import them in parts, whoever reviews them will be glad")


def rows_of(records: Iterable[object], *, documented: bool = False) -> Iterator[Row]:
    """The rows of objects with our own keys (those of `jsonl`), as a program has them in memory."""
    file = ProposalFile(name="proposals", raw=b"")
    for row, record in enumerate(records, 1):
        yield read_record(plain_record(record), file, row, row, documented=documented)
