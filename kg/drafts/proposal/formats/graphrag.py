"""`graphrag`: the tables of GraphRAG's output, as Parquet: relationships, covariates (claims), and what explains them.

Which table a file holds is told by its columns. Relationships and covariates are rows; entities give classes, text
units the passage in which a row stands, documents their names. It needs pyarrow (`kg-claims[tables]`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kg.drafts.proposal.formats.rows import ProposalFile, RowError, tell_unread
from kg.drafts.proposal.proposal import Proposal, Row, Unreadable
from kg.system.packages import name_missing_package

Record = dict[str, Any]
_TABLES = {  # by the columns that only they have
    "covariates": ("subject_id", "object_id"),
    "relationships": ("source", "target"),
    "text_units": ("text", "n_tokens"),
    "documents": ("text", "title"),
    "entities": ("title", "type"),
}
_ABOUT = ("id", "human_readable_id", "weight", "combined_degree", "rank", "source_degree", "target_degree", "period",
    "size",
          "text_unit_ids", "text_unit_id", "covariate_type", "attributes")  # fmt: skip
MOST_ROWS = 200_000


def read_graphrag(files: Sequence[ProposalFile], *, documented: bool) -> Iterator[Row]:
    """A row for each relationship and each covariate, counted in their files; other tables tell where they stand."""
    tables: list[tuple[ProposalFile, str | None, list[Record] | Unreadable]] = [(f, *_read_table(f)) for f in files]
    kinds = {_word(r.get("title")): _word(r.get("type")) for r in _of(tables, "entities")}
    names = {str(r.get("id")): _word(r.get("title")) for r in _of(tables, "documents")}
    units = {str(r.get("id")): r for r in _of(tables, "text_units")}
    for file, kind, records in tables:
        if isinstance(records, Unreadable):
            yield records
        elif kind is None:
            yield file.unreadable(1, "the columns are those of no table of GraphRAG", f"known: {', '.join(_TABLES)}", 1)
        elif kind in {"relationships", "covariates"}:
            for row, record in enumerate(records, 1):
                try:
                    place = _find_place(record, units, names, documented=documented)
                    make = _read_relationship if kind == "relationships" else _read_covariate
                    yield make(record, place, kinds, file, row)
                except RowError as error:
                    yield file.unreadable(row, str(error), error.hint, row)


def _of(tables: Sequence[tuple[ProposalFile, str | None, list[Record] | Unreadable]], kind: str) -> Iterator[Record]:
    for _, found, records in tables:
        if found == kind and isinstance(records, list):
            yield from records


def _read_table(file: ProposalFile) -> tuple[str | None, list[Record] | Unreadable]:
    """Which table a file holds, and its records."""
    with name_missing_package("Parquet"):
        import pyarrow as pa
        import pyarrow.parquet as pq
    try:
        opened = pq.ParquetFile(pa.BufferReader(file.raw))
        if opened.metadata.num_rows > MOST_ROWS:
            return None, file.unreadable(1, f"more than {MOST_ROWS:,} rows", "split the table", 1)
        columns = opened.schema_arrow.names
        kind = next((name for name, wanted in _TABLES.items() if set(wanted) <= set(columns)), None)
        return kind, opened.read().to_pylist() if kind is not None else []
    except (pa.ArrowException, OSError, ValueError) as error:
        return None, file.unreadable(1, f"the file is no Parquet: {str(error)[:200]}", None, 1)


def _find_place(
    record: Record, units: Mapping[str, Record], names: Mapping[str, str], *, documented: bool
) -> tuple[str | None, str | None]:
    """The document and the passage of a record: those of its first text unit."""
    ids = record.get("text_unit_ids")
    id_ = ids[0] if isinstance(ids, list) and ids else record.get("text_unit_id")
    unit = units.get(str(id_), {})
    documents = unit.get("document_ids") or [unit.get("document_id")]
    name = names.get(str(documents[0])) if isinstance(documents, list) and documents else None
    return (None if documented else name), _word(unit.get("text")) or None


def _read_relationship(
    record: Record, place: tuple[str | None, str | None], kinds: Mapping[str, str], file: ProposalFile, row: int
) -> Proposal:
    subject, target, phrase = (_word(record.get(key)) for key in ("source", "target", "description"))
    if not (subject and target and phrase):
        raise RowError("a relationship has `source`, `target` and `description`, each a text")
    known = (*_ABOUT, "source", "target", "description")
    document, passage = place
    return Proposal(
        row=row, file=file.name, mark=file.mark(row), subject=subject, predicate=phrase[:500], object=target,
        document=document, passage=passage or phrase, kinds=_choose(subject, target, kinds),
        remarks=tell_unread(record, known),
    )  # fmt: skip


def _read_covariate(
    record: Record, place: tuple[str | None, str | None], kinds: Mapping[str, str], file: ProposalFile, row: int
) -> Proposal:
    subject, target, kind, words = (
        _word(record.get(key)) for key in ("subject_id", "object_id", "type", "description")
    )
    if not subject or not (kind or words):
        raise RowError("a covariate has `subject_id`, and a `type` or a `description`")
    known = (
        *_ABOUT,
        "subject_id",
        "object_id",
        "type",
        "description",
        "status",
        "start_date",
        "end_date",
        "source_text",
    )
    remarks = tell_unread(record, known)
    status = _word(record.get("status")).upper()
    if status not in {"TRUE", "FALSE", ""}:
        remarks = (*remarks, f"its status is `{status[:40]}`")
    start, end = (_word(record.get(key))[:10] for key in ("start_date", "end_date"))
    start, end = ("" if date.upper() == "NONE" else date for date in (start, end))
    when = start if start == end or not end else f"{start or '..'}/{end}"
    document, passage = place
    quote = _word(record.get("source_text"))
    value = target if target and target.upper() != "NONE" else words
    return Proposal(
        row=row, file=file.name, mark=file.mark(row), subject=subject, predicate=kind or words, object=value,
        quote=quote or None, document=document, passage=passage, when=when or None, negated=status == "FALSE",
        mode="opinion" if status == "SUSPECTED" else None, kinds=_choose(subject, value, kinds), remarks=remarks,
    )  # fmt: skip


def _word(value: object) -> str:
    """A cell as a text; empty where it holds none."""
    return value.strip() if isinstance(value, str) else ""


def _choose(subject: str, target: str, kinds: Mapping[str, str]) -> dict[str, str]:
    return {key: kinds[name] for key, name in (("subject", subject), ("object", target)) if kinds.get(name)}
