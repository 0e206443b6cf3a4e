"""`web-annotation` and `claimreview`: what the W3C's annotations and schema.org's reviews of claims say, as rows.

An annotation's target is a quote (`TextQuoteSelector`) of a source; its body is a statement: `subject`, `predicate` and
`object`, as in `rdf:Statement`. A review tells who claimed what, and how it was rated: the row says that they claimed
it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from kg.drafts.proposal.formats.rows import (
    OPTIONAL,
    ProposalFile,
    RowError,
    find_text,
    parse_json,
    read_negated,
    say_json_error,
    tell_unread,
    word_type,
)
from kg.drafts.proposal.proposal import Proposal, Row, Unreadable

Record = dict[str, Any]
_LISTS = ("items", "@graph", "graph", "itemListElement", "dataFeedElement", "first")
_BODY = ("type", "@type", "id", "@id", "purpose", "label", "created", "creator", "format", "language")
_SAID = "claimed"  # the property of a claim that a review speaks of: the ontology must have it, as a label or a name


def read_annotations(files: Sequence[ProposalFile], *, documented: bool) -> Iterator[Row]:
    """A row for each body of each annotation."""
    for file in files:
        row = 0
        for line, record in _list_records(file):
            for body in _list_bodies(record):
                row += 1
                yield _guard(file, row, line, record, body, documented)


def _guard(file: ProposalFile, row: int, line: int, record: Any, body: Any, documented: bool) -> Row:
    if isinstance(record, Unreadable):
        return Unreadable(row=row, file=file.name, diagnostic=record.diagnostic)
    try:
        return _read_annotation(record, body, file, row, line, documented)
    except RowError as error:
        return file.unreadable(row, str(error), error.hint, line)


def _list_bodies(record: Any) -> list[Any]:
    body = record.get("body", record.get("oa:hasBody")) if isinstance(record, dict) else None
    return body if isinstance(body, list) and body else [body]


def _read_annotation(record: Record, body: Any, file: ProposalFile, row: int, line: int, documented: bool) -> Proposal:
    if not isinstance(record, dict):
        raise RowError(f"an annotation should be an object, not {word_type(record)}")
    if not isinstance(body, dict):
        raise RowError("the body should be a statement: `subject`, `predicate`, `object`")
    terms = {key: _name(_first(body, key, f"rdf:{key}")) for key in ("subject", "predicate", "object")}
    missing = [key for key, value in terms.items() if not value]
    if missing:
        raise RowError(f"the body lacks {' and '.join(f'`{key}`' for key in missing)}: it claims nothing")
    document, quote, around = _read_target(record.get("target", record.get("oa:hasTarget")))
    more = {key: find_text(body, key) for key in OPTIONAL if key != "negated"}
    known = (*OPTIONAL, *_BODY, "subject", "predicate", "object", "rdf:subject", "rdf:predicate", "rdf:object")
    return Proposal(
        row=row, file=file.name, mark=file.mark(line), subject=terms["subject"] or "",
        predicate=terms["predicate"] or "", object=terms["object"] or "", quote=quote, passage=around,
        document=None if documented else document,
        sentence=more["sentence"], speaker=more["speaker"], mode=more["mode"], when=more["when"], asof=more["asof"],
        note=more["note"], negated=read_negated(body),
        remarks=tell_unread(body, known),
    )  # fmt: skip


def _read_target(target: Any) -> tuple[str | None, str, str | None]:
    """The source, the quote, and the quote with what stands about it."""
    one = target[0] if isinstance(target, list) and len(target) == 1 else target
    if not isinstance(one, dict):
        raise RowError("the target should be one source with a selector of its words (`TextQuoteSelector`)")
    selectors = one.get("selector", one.get("oa:hasSelector"))
    for selector in _flatten(selectors if isinstance(selectors, list) else [selectors]):
        exact = find_text(selector, "exact") or find_text(selector, "oa:exact")
        if exact is not None:
            prefix, suffix = (find_text(selector, key) or "" for key in ("prefix", "suffix"))
            return _name(one.get("source")), exact, f"{prefix}{exact}{suffix}" if prefix or suffix else None
    raise RowError("the target has no selector of its words (`TextQuoteSelector` with `exact`)")


def _flatten(selectors: list[Any]) -> Iterator[Record]:
    """Selectors, and those that refine them, the innermost first."""
    for selector in selectors:
        if isinstance(selector, dict):
            yield from _flatten([selector.get("refinedBy")])
            yield selector


def read_claimreviews(files: Sequence[ProposalFile], *, documented: bool) -> Iterator[Row]:
    """A review a row: that its `itemReviewed` was claimed, by whom; the rating goes into the note."""
    for file in files:
        for row, (line, record) in enumerate(_list_records(file), 1):
            if isinstance(record, Unreadable):
                yield Unreadable(row=row, file=file.name, diagnostic=record.diagnostic)
                continue
            try:
                yield _read_review(record, file, row, line, documented)
            except RowError as error:
                yield file.unreadable(row, str(error), error.hint, line)


_REVIEW = ("@type", "type", "@context", "@id", "id", "claimReviewed", "itemReviewed", "reviewRating", "author", "url",
           "datePublished", "inLanguage", "publisher", "name", "sdPublisher", "sdLicense", "license",
           "image")  # fmt: skip


def _read_review(record: Any, file: ProposalFile, row: int, line: int, documented: bool) -> Proposal:
    if not isinstance(record, dict) or "ClaimReview" not in _types(record):
        raise RowError("the record is no `ClaimReview`")
    claim = find_text(record, "claimReviewed")
    item = record.get("itemReviewed")
    item = item[0] if isinstance(item, list) and item else item
    item = item if isinstance(item, dict) else {}
    speaker = _name(item.get("author"))
    if claim is None or speaker is None:
        lacks = "`claimReviewed`" if claim is None else "the `author` of what it reviews"
        raise RowError(f"the review lacks {lacks}", "without who claims what, there is nothing to record")
    about = _name(item.get("about")) or speaker
    rating = record.get("reviewRating")
    rating = rating if isinstance(rating, dict) else {}
    word = find_text(rating, "alternateName") or find_text(rating, "ratingValue")
    note = f"rated “{word}” by {_name(record.get('author')) or 'a reviewer'}" if word else None
    place = _first(item, "appearance", "firstAppearance")
    document = _name(place[0] if isinstance(place, list) and place else place) or find_text(item, "url")
    return Proposal(
        row=row, file=file.name, mark=file.mark(line), subject=about, predicate=_SAID, object=claim, quote=claim,
        document=None if documented else document, speaker=speaker, mode="opinion", note=note,
        remarks=tell_unread(record, _REVIEW),
    )  # fmt: skip


# -- JSON-LD as people write it -------------------------------------------------------------------


def _types(record: Record) -> list[str]:
    found = record.get("@type", record.get("type"))
    return [str(t).rpartition("/")[2].rpartition(":")[2] for t in (found if isinstance(found, list) else [found])]


def _first(record: Record, *keys: str) -> Any:
    return next((record[key] for key in keys if record.get(key) is not None), None)


def _name(value: Any) -> str | None:
    """What a value is called: a text, or the name, value or address of an object."""
    if isinstance(value, list):
        value = value[0] if len(value) == 1 else None
    if isinstance(value, str):
        return str(value)
    if isinstance(value, dict):
        found = _first(value, "@value", "value", "name", "label", "rdfs:label", "url", "id", "@id", "source")
        return str(found) if isinstance(found, str) else None
    return None


def _list_records(file: ProposalFile) -> Iterator[tuple[int, Any]]:
    """The records of a file of JSON-LD, with their lines: one, a list, a collection, or one a line."""
    text = file.decode()
    if isinstance(text, Unreadable):
        yield 1, text
        return
    try:
        for record in _open(parse_json(text), 0):
            yield 1, record
    except ValueError as error:
        lines = list(file.lines())
        if len(lines) < 2 or not isinstance(lines[0][1], str) or not lines[0][1].rstrip().endswith("}"):
            yield (
                1,
                file.unreadable(1, f"the file is no JSON: {say_json_error(error)}", None, getattr(error, "lineno", 1)),
            )
            return
        for line, one in lines:
            try:
                for record in [one] if isinstance(one, Unreadable) else _open(parse_json(one), 0):
                    yield line, record
            except ValueError as wrong:
                yield line, file.unreadable(1, f"the line is no JSON: {say_json_error(wrong)}", None, line)


def _open(value: Any, depth: int) -> Iterator[Any]:
    """The records within lists and collections."""
    inner = value if isinstance(value, list) else None
    if isinstance(value, dict) and depth < 4:
        inner = next((value[key] for key in _LISTS if isinstance(value.get(key), list | dict)), None)
        inner = inner if inner is not None else ([value["item"]] if isinstance(value.get("item"), dict) else None)
        inner = value["item"] if isinstance(value.get("item"), list) else inner
    if inner is None or depth >= 4:
        yield value
        return
    for item in inner if isinstance(inner, list) else [inner]:
        yield from _open(item, depth + 1)
