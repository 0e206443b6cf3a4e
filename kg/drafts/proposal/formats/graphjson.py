"""Graphs in JSON: Graphiti's edges, LightRAG's and KGGen's graphs, LangChain's graph documents.

None of them holds quotes. What they have instead (the text of a chunk, a fact in other words) says where to look; there
the names of both ends must stand in one sentence, and only in one. Their relations are phrases more often than names of
properties: the words of a property's label in them are taken for it, which is told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from kg.drafts.proposal.formats.rows import (
    ProposalFile,
    RowError,
    find_text,
    parse_json,
    refuse_denial,
    say_json_error,
    tell_unread,
    want_text,
    word_type,
)
from kg.drafts.proposal.proposal import Proposal, Row, Unreadable

Record = dict[str, Any]


def read_graphiti(files: Sequence[ProposalFile], *, documented: bool) -> Iterator[Row]:
    """An edge a row: `source_node_uuid`, `target_node_uuid`, `name`, `fact`; the nodes stand in any of the files.

    Files are lists of edges or of nodes, objects with `edges` and `nodes`, or one of them a line. `valid_at` and
    `invalid_at` are the time where the fact names their years.
    """
    records = [(file, list(_read_records(file, ("edges", "nodes", "entities", "relations")))) for file in files]
    names: dict[str, tuple[str, str | None]] = {}
    for _, found in records:
        for record in found:
            if (
                isinstance(record, dict)
                and "uuid" in record
                and "source_node_uuid" not in record
                and _text(record, "name")
            ):
                labels = [x for x in _list_of(record, "labels") if isinstance(x, str) and x != "Entity"]
                names[str(record["uuid"])] = (str(record["name"]), labels[0] if labels else None)
    for file, found in records:
        row = 0
        for record in found:
            if isinstance(record, Unreadable):
                row += 1
                yield Unreadable(row=row, file=file.name, diagnostic=record.diagnostic)
            elif not isinstance(record, dict) or "source_node_uuid" in record or "uuid" not in record:
                row += 1
                yield _guard(file, row, partial(_read_edge, record, names, file, row))


_EDGE = ("uuid", "group_id", "source_node_uuid", "target_node_uuid", "created_at", "name", "fact", "fact_embedding",
    "episodes",
         "expired_at", "valid_at", "invalid_at", "reference_time")  # fmt: skip


def _read_edge(record: object, names: Mapping[str, tuple[str, str | None]], file: ProposalFile, row: int) -> Proposal:
    edge = _want_object(record, "an edge")
    ends = []
    for key in ("source_node_uuid", "target_node_uuid"):
        uuid = want_text(edge, key, "edge")
        if uuid not in names:
            raise RowError(f"no node `{uuid[:80]}` is in the files", "bring the nodes too: they have the names")
        ends.append(names[uuid])
    attributes = edge.get("attributes") or {}
    known = (*_EDGE, *(("attributes",) if isinstance(attributes, dict) else ()))
    inner = {f"attributes.{key}": value for key, value in attributes.items()} if isinstance(attributes, dict) else {}
    fact = find_text(edge, "fact")
    times = [find_text(edge, key) for key in ("valid_at", "invalid_at")]
    said = [time if time and fact and time[:4] in fact else None for time in times]
    remarks = list(tell_unread({**edge, **inner}, known))
    if any(time and not there for time, there in zip(times, said, strict=True)):
        remarks.append("`valid_at` or `invalid_at` is not read: the fact does not name its year")
    start, end = ((time or "")[:10] for time in said)
    when = f"{start or '..'}/{end}" if end else start
    (subject, of_subject), (target, of_target) = ends
    kinds = {key: kind for key, kind in (("subject", of_subject), ("object", of_target)) if kind}
    return Proposal(
        row=row, file=file.name, mark=file.mark(), subject=subject, predicate=find_text(edge, "name") or fact or "",
        object=target,        passage=fact, when=when or None, kinds=kinds, remarks=tuple(remarks),
    )  # fmt: skip


def read_lightrag(files: Sequence[ProposalFile], *, documented: bool) -> Iterator[Row]:
    """A relationship a row (`src_id`, `tgt_id`, `keywords`, `description`); `chunks` hold texts, `entities` types."""
    for file in files:
        graph = _read_object(file, "relationships")
        if isinstance(graph, Unreadable):
            yield graph
            continue
        kinds = _index(graph.get("entities"), "entity_name", "entity_type")
        chunks = {
            key: chunk for chunk in _list_of(graph, "chunks") if isinstance(chunk, dict) for key in _chunk_ids(chunk)
        }
        for row, record in enumerate(graph["relationships"], 1):
            yield _guard(file, row, partial(_read_relationship, record, kinds, chunks, file, row, documented))
        yield from _tell_rest(graph, ("relationships", "entities", "chunks"), file, len(graph["relationships"]))


_LIGHT = (
    "src_id",
    "tgt_id",
    "description",
    "keywords",
    "weight",
    "source_id",
    "file_path",
    "created_at",
    "truncate",
    "id",
)


def _chunk_ids(chunk: Record) -> Iterator[str]:
    yield from (str(chunk[key]) for key in ("source_id", "chunk_id", "id", "_id") if isinstance(chunk.get(key), str))


def _read_relationship(
    record: object,
    kinds: Mapping[str, str],
    chunks: Mapping[str, Record],
    file: ProposalFile,
    row: int,
    documented: bool,
) -> Proposal:
    edge = _want_object(record, "a relationship")
    subject, target = want_text(edge, "src_id", "relationship"), want_text(edge, "tgt_id", "relationship")
    phrase = "; ".join(text for key in ("keywords", "description") if (text := find_text(edge, key)))
    if not phrase:
        raise RowError("the relationship has neither `keywords` nor a `description`")
    id_ = (find_text(edge, "source_id") or "").split("<SEP>")[0]
    chunk = chunks.get(id_, {})
    path = find_text(chunk, "file_path") or find_text(edge, "file_path")
    document = None if documented or path in {None, "", "unknown_source", "custom_kg"} else path
    passage = find_text(chunk, "content") or find_text(edge, "description")
    return Proposal(
        row=row, file=file.name, mark=file.mark(), subject=subject, predicate=phrase[:1000], object=target,
        document=document,
        passage=passage, kinds=_kinds(subject, target, kinds),
        remarks=tell_unread(edge, _LIGHT),
    )  # fmt: skip


def read_kggen(files: Sequence[ProposalFile], *, documented: bool) -> Iterator[Row]:
    """A relation a row: a list of subject, relation and object."""
    for file in files:
        graph = _read_object(file, "relations")
        if isinstance(graph, Unreadable):
            yield graph
            continue
        for row, record in enumerate(graph["relations"], 1):
            yield _guard(file, row, partial(_read_relation, record, file, row))
        known = ("relations", "entities", "edges", "entity_clusters", "edge_clusters", "entity_metadata")
        yield from _tell_rest(graph, known, file, len(graph["relations"]))


def _read_relation(record: object, file: ProposalFile, row: int) -> Proposal:
    if isinstance(record, dict):  # some versions name the parts
        record = [record.get(key) for key in ("subject", "predicate", "object")]
    if not isinstance(record, list) or len(record) != 3 or not all(isinstance(part, str) for part in record):
        raise RowError("a relation should be a list of three texts: subject, relation, object")
    subject, predicate, value = record
    return Proposal(row=row, file=file.name, mark=file.mark(), subject=subject, predicate=predicate, object=value)


def read_langchain(files: Sequence[ProposalFile], *, documented: bool) -> Iterator[Row]:
    """A row for each relationship and each property of a node, of one graph document, of a list, or of one a line."""
    for file in files:
        row = 0
        for record in _read_records(file, ()):
            if isinstance(record, Unreadable):
                row += 1
                yield Unreadable(row=row, file=file.name, diagnostic=record.diagnostic)
                continue
            for part in _list_parts(_unwrap(record)):
                row += 1
                yield _guard(file, row, partial(_read_part, part, file, row, documented))


def _unwrap(value: Any) -> Any:
    """A value without what LangChain's serialiser wraps about it (`{"lc": 1, "kwargs": {...}}`)."""
    if isinstance(value, dict):
        if "lc" in value and isinstance(value.get("kwargs"), dict):
            return _unwrap(value["kwargs"])
        return {key: _unwrap(item) for key, item in value.items()}
    return [_unwrap(item) for item in value] if isinstance(value, list) else value


def _list_parts(document: Any) -> Iterator[tuple[str, Any, Any]]:
    """The relationships of a graph document, then the properties of its nodes, each with its source."""
    named = document if isinstance(document, dict) else {}
    lists = [named[key] for key in ("relationships", "nodes") if key in named]
    if not lists or not all(isinstance(each, list | None) for each in lists):
        yield "document", document, None
        return
    for relationship in _list_of(document, "relationships"):
        yield "relationship", relationship, document.get("source")
    for node in _list_of(document, "nodes"):
        properties = node.get("properties") if isinstance(node, dict) else None
        for key, value in properties.items() if isinstance(properties, dict) else ():
            yield "property", {"node": node, "key": key, "value": value}, document.get("source")


def _read_part(part: tuple[str, Any, Any], file: ProposalFile, row: int, documented: bool) -> Proposal:
    what, record, source = part
    if what == "document":
        raise RowError("a graph document has `nodes` and `relationships`")
    source = source if isinstance(source, dict) else {}
    metadata = source.get("metadata") if isinstance(source.get("metadata"), dict) else {}
    named = metadata.get("source") if isinstance(metadata, dict) else None
    document = str(named) if isinstance(named, str) and not documented else None
    passage = source.get("page_content") if isinstance(source.get("page_content"), str) else None
    if what == "property":
        node = record["node"]
        value = record["value"]
        refuse_denial(node["properties"])
        if not isinstance(value, str):
            raise RowError(f"the property `{str(record['key'])[:80]}` should be a text, not {word_type(value)}")
        subject, kind = want_text(node, "id", "node"), find_text(node, "type")
        return Proposal(
            row=row, file=file.name, mark=file.mark(), subject=subject, predicate=str(record["key"]), object=str(value),
            document=document, passage=passage, kinds={"subject": kind} if kind else {},
        )  # fmt: skip
    edge = _want_object(record, "a relationship")
    ends = [_want_object(edge.get(key), f"the {key}") for key in ("source", "target")]
    properties = edge.get("properties") or {}
    inner = {f"properties.{key}": value for key, value in properties.items()} if isinstance(properties, dict) else {}
    kinds = {
        key: kind for key, end in zip(("subject", "object"), ends, strict=True) if (kind := find_text(end, "type"))
    }
    return Proposal(
        row=row, file=file.name, mark=file.mark(), subject=want_text(ends[0], "id", "node"),
        predicate=want_text(edge, "type", "relationship"), object=want_text(ends[1], "id", "node"), document=document,
        passage=passage, kinds=kinds,
        remarks=tell_unread({**edge, **inner}, ("source", "target", "type", "properties")),
    )  # fmt: skip


# -- what they share ------------------------------------------------------------------------------


def _guard(file: ProposalFile, row: int, read: Callable[[], Row]) -> Row:
    """What *read* gives, or why it cannot."""
    try:
        return read()
    except RowError as error:
        return file.unreadable(row, str(error), error.hint, 1)


def _list_of(record: Record, key: str) -> list[Any]:
    """The list under *key*; an empty one where there is none."""
    value = record.get(key)
    return value if isinstance(value, list) else []


def _text(record: Record, key: str) -> bool:
    return isinstance(record.get(key), str) and bool(record[key].strip())


def _want_object(value: object, what: str) -> Record:
    if not isinstance(value, dict):
        raise RowError(f"{what} should be an object, not {word_type(value)}")
    return value


def _index(records: object, key: str, value: str) -> dict[str, str]:
    found = [r for r in records if isinstance(r, dict)] if isinstance(records, list) else []
    return {str(r[key]): str(r[value]) for r in found if _text(r, key) and _text(r, value)}


def _kinds(subject: str, target: str, kinds: Mapping[str, str]) -> dict[str, str]:
    return {key: kinds[name] for key, name in (("subject", subject), ("object", target)) if name in kinds}


def _read_object(file: ProposalFile, wanted: str) -> Record | Unreadable:
    """The object of a file that holds the list *wanted*."""
    value = file.read_json()
    if isinstance(value, Unreadable):
        return value
    if not isinstance(value, dict) or not isinstance(value.get(wanted), list):
        return file.unreadable(1, f"the file should be an object with the list `{wanted}`", None, 1)
    return value


def _tell_rest(graph: Record, known: Iterable[str], file: ProposalFile, rows: int) -> Iterator[Row]:
    """Keys of a graph that nothing reads: told in a row of their own behind the others."""
    for said in tell_unread(dict.fromkeys(graph), tuple(known)):
        yield file.unreadable(rows + 1, f"{said} in the graph", None, 1)


def _read_records(file: ProposalFile, lists: Sequence[str]) -> Iterator[Any]:
    """The records of a file: of a list, of an object's *lists*, or one a line."""
    text = file.decode()
    if isinstance(text, Unreadable):
        yield text
        return
    try:
        value = parse_json(text)
    except ValueError as error:
        if not re.match(r"\s*\{.*\}\s*$", text.split("\n", 1)[0]):
            yield file.unreadable(1, f"the file is no JSON: {say_json_error(error)}", None, getattr(error, "lineno", 1))
            return
        for line, one in file.lines():
            if isinstance(one, Unreadable):
                yield one
                continue
            try:
                yield parse_json(one)
            except ValueError as wrong:
                yield file.unreadable(1, f"the line is no JSON: {say_json_error(wrong)}", None, line)
        return
    if isinstance(value, list):
        yield from value
    elif isinstance(value, dict) and any(isinstance(value.get(key), list) for key in lists):
        for key in lists:
            found = value.get(key)
            if isinstance(found, list | None):
                yield from found or ()
            else:
                yield file.unreadable(1, f"`{key}` should be a list, not {word_type(found)}")
    else:
        yield value
