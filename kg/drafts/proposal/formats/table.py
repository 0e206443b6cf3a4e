"""`csv`: the keys of `jsonl` as columns, named in the first line, with commas, semicolons or tabs between them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from kg.drafts.proposal.formats.rows import REQUIRED, ProposalFile, read_record
from kg.drafts.proposal.proposal import MOST_QUOTED, Row, Unreadable
from kg.text.plural import write_count

_SIGNS = ",;\t"


def read_csv(files: Sequence[ProposalFile], *, documented: bool) -> Iterator[Row]:
    """A row for each line behind the first; a cell that is empty is not given.

    >>> raw = b"subject;predicate;object;quote\\nbridge;length;120 m;is 120 metres long\\n"
    >>> [row.object for row in read_csv([ProposalFile(name="a.csv", raw=raw)], documented=True)]
    ['120 m']
    """
    for file in files:
        text = file.decode()
        if isinstance(text, Unreadable):
            yield text
            continue
        head = text.partition("\n")[0]
        sign = max(_SIGNS, key=head.count)
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True)
        row = 0
        try:
            names = [name.strip() for name in next(lines, [])]
            problem = _find_problem(names, documented=documented)
            if problem is not None:
                yield file.unreadable(1, problem, "the first line names the columns", 1)
                continue
            end = lines.line_num
            for cells in lines:
                start, end = end + 1, lines.line_num  # a row whose quotes hold line ends stands on several lines
                if not any(cells):
                    continue
                row += 1
                yield _read_cells(cells, names, file, row, start, documented=documented)
        except csv.Error as error:
            hint = "what stands behind it is not read"
            yield file.unreadable(row + 1, f"the table breaks off: {error}", hint, lines.line_num)


def _find_problem(names: Sequence[str], *, documented: bool) -> str | None:
    """What is wrong with the names of the columns."""
    if len(set(names)) < len(names):
        return f"the column `{next(name for name in names if names.count(name) > 1)[:80]}` stands twice"
    needed = [key for key in REQUIRED if not (key == "document" and documented)]
    missing = [f"`{key}`" for key in needed if key not in names and not (key == "quote" and "sentence" in names)]
    *first, last = missing or [""]
    return f"the table has no column {', '.join(first)}{' and ' if first else ''}{last}" if missing else None


def _read_cells(
    cells: Sequence[str], names: Sequence[str], file: ProposalFile, row: int, line: int, *, documented: bool
) -> Row:
    if len(cells) > len(names):
        hint = "put a cell that holds the sign between cells into quotes"
        return file.unreadable(
            row, f"{write_count(len(cells), 'cell')}, and {write_count(len(names), 'column')}", hint, line
        )
    if any(len(cell) > 4 * MOST_QUOTED for cell in cells):
        return file.unreadable(row, "a cell of more than 16,000 characters", None, line)
    record = {name: cell for name, cell in zip(names, cells, strict=False) if cell.strip()}
    return read_record(record, file, row, line, documented=documented)
