"""Change detection: a mapping with `changeDetection` becomes one mapping for each operation.

It is done on the nodes, before they are read, so that what an operation adds is read like all else and
keeps its place in the file.

Source: IncRML, https://rml.io/specs/increment/, and https://rml.io/yarrrml/spec/, change detection.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from kg.diagnostic import Mark
from kg.tables.yarrrml.keys import (
    CHANGE_KEYS,
    CHANGES_KEYS,
    MAPPING_KEYS,
    OBJECT_KEYS,
    PREDICATE_OBJECT_KEYS,
    Fields,
    Findings,
    Keys,
)
from kg.tables.yarrrml.term import IDLAB, RDF_TYPE
from kg.yamldoc import Mapping, Node, Scalar, Sequence

_FUNCTIONS = {
    ("create", True): "explicitCreate",
    ("create", False): "implicitCreate",
    ("update", True): "explicitUpdate",
    ("update", False): "implicitUpdate",
    ("delete", True): "explicitDelete",
    ("delete", False): "implicitDelete",
}
_LISTS = ("sources", "subjects", "graphs", "predicateobjects")
_IDENTITY = ("value", "function", "access", "table", "query")


def derive_mappings(
    name: Scalar, node: Mapping, sources: Node | None, findings: Findings
) -> tuple[tuple[Scalar, Mapping], ...]:
    """The mapping itself, or one for each operation of its change detection: `name-create` and so on.

    *sources* are those of the document, by name.
    """
    change = node.get("changeDetection")
    if change is None:
        return ((name, node),)
    if not isinstance(change, Mapping):
        findings.expect("a mapping of `create`, `update` and `delete`", change)
        return ()
    operations = findings.read_fields(change, CHANGES_KEYS)
    rest = _list_parts(node)
    derived = []
    for operation, body in operations.nodes.items():
        if not isinstance(body, Mapping):
            findings.expect("a mapping with `explicit`", body)
            continue
        fields = findings.read_fields(body, CHANGE_KEYS)
        label = Scalar(text=f"{name.text}-{operation}", mark=operations.key_mark(operation))
        derived.append((label, _apply(operation, fields, rest, sources, findings)))
    return tuple(derived)


def _list_parts(node: Mapping) -> dict[str, Node]:
    """The mapping's parts under their first spelling, those that may be lists as lists."""
    spelling = {other: key for key, others in MAPPING_KEYS.items() for other in (key, *others)}
    parts: dict[str, Node] = {}
    for key, value in node.entries:
        name = spelling.get(key.text, key.text)
        if name == "changeDetection":
            continue
        parts[name] = _as_list(value) if name in _LISTS else value
    return parts


def _as_list(node: Node) -> Sequence:
    return node if isinstance(node, Sequence) else Sequence(items=(node,), mark=node.mark)


def _apply(operation: str, fields: Fields, rest: dict[str, Node], sources: Node | None, findings: Findings) -> Mapping:
    parts = dict(rest)
    added, removed = (_read_parts(fields.get(key), findings) for key in ("mappingAdd", "mappingRemove"))
    if operation == "delete" and "predicateobjects" in parts:
        # What is deleted is told by its classes alone, unless the mapping says what to tell instead.
        kept = () if "predicateobjects" in added else _select_classes(parts["predicateobjects"])
        parts["predicateobjects"] = Sequence(items=kept, mark=parts["predicateobjects"].mark)
    for name, items in removed.items():
        if name in parts:
            parts[name] = _remove(name, _as_list(parts[name]), items, sources)
    for name, items in added.items():
        parts[name] = _add(name, parts.get(name), items, sources)
    explicit = fields.get("explicit")
    function = _FUNCTIONS[operation, explicit is None or findings.read_boolean(explicit, default=True)]
    watched = _write_watched(fields.get("watchedProperties"), findings) if function == "implicitUpdate" else None
    subjects = parts.get("subjects")
    if isinstance(subjects, Sequence):
        wrapped = tuple(_wrap_subject(item, function, watched) for item in subjects.items)
        parts["subjects"] = replace(subjects, items=wrapped)
    return _make_mapping(parts.items(), fields.mark)


def _read_parts(node: Node | None, findings: Findings) -> dict[str, Sequence]:
    if node is None:
        return {}
    if not isinstance(node, Mapping):
        findings.expect("a mapping with parts of a mapping", node)
        return {}
    keys: Keys = {key: MAPPING_KEYS[key] for key in _LISTS}
    return {key: _as_list(value) for key, value in findings.read_fields(node, keys).nodes.items()}


def _make_mapping(entries: Iterable[tuple[str, Node]], mark: Mark) -> Mapping:
    return Mapping(entries=tuple((Scalar(text=key, mark=value.mark), value) for key, value in entries), mark=mark)


def _is_part(node: Node) -> bool:
    """Whether a mapping names no thing of its own, but a part (`targets: ...`) for all of them."""
    return isinstance(node, Mapping) and not any(key in node.nodes for key in ("v", "f", "fn", *_IDENTITY))


def _add(name: str, before: Node | None, added: Sequence, sources: Node | None) -> Sequence:
    items = list(before.items) if isinstance(before, Sequence) else []
    items += [item for item in added.items if name == "predicateobjects" or not _is_part(item)]
    for part in added.items:
        if name != "predicateobjects" and _is_part(part) and isinstance(part, Mapping):
            items = [_merge(_write_out(name, item, sources), part) for item in items]
    return Sequence(items=tuple(items), mark=added.mark)


def _write_out(name: str, node: Node, sources: Node | None) -> Node:
    """A source's name as the source, another text as the mapping that it stands for."""
    if isinstance(node, Scalar) and name == "sources":
        found = sources.get(node.text) if isinstance(sources, Mapping) else None
        return node if found is None else _write_out(name, found, None)
    if isinstance(node, Scalar):
        return _make_mapping([("value", node)], node.mark)
    if isinstance(node, Sequence) and node.items and isinstance(node.items[0], Scalar):
        first = node.items[0]
        access, _, formulation = first.text.rpartition("~")
        entries: list[tuple[str, Node]] = [
            ("access", Scalar(text=access, mark=first.mark)),
            ("referenceFormulation", Scalar(text=formulation, mark=first.mark)),
        ]
        return _make_mapping([*entries, *(("iterator", item) for item in node.items[1:2])], node.mark)
    return node


def _merge(node: Node, part: Mapping) -> Node:
    if not isinstance(node, Mapping):
        return node
    kept = tuple((key, value) for key, value in node.entries if key.text not in part.nodes)
    return replace(node, entries=kept + part.entries)


def _remove(name: str, before: Sequence, removed: Sequence, sources: Node | None) -> Sequence:
    if name == "predicateobjects":
        gone = {pair for item in removed.items for pair in _list_pairs(item)}
        kept = tuple(item for item in before.items if not removed.items or not gone & set(_list_pairs(item)))
        return replace(before, items=kept if removed.items else ())
    items = before.items if removed.items else ()
    for part in removed.items:
        if _is_part(part) and isinstance(part, Mapping):
            items = tuple(_drop_keys(_write_out(name, item, sources), set(part.nodes)) for item in items)
        else:
            items = tuple(item for item in items if _identify(item) != _identify(part))
            if name == "sources" and isinstance(part, Scalar):
                items = tuple(_drop_keys(item, {part.text}) for item in items)
    return replace(before, items=items)


def _drop_keys(node: Node, keys: set[str]) -> Node:
    if not isinstance(node, Mapping):
        return node
    return replace(node, entries=tuple((key, value) for key, value in node.entries if key.text not in keys))


def _identify(node: Node) -> str:
    """What a term or a source is known by: its value, its function or its access."""
    if isinstance(node, Scalar):
        return node.text.removesuffix("~iri")
    if isinstance(node, Sequence):
        return _identify(node.items[0]) if node.items else ""
    return next((_identify(node.nodes[k]) for k in ("v", "f", "fn", *_IDENTITY, "mapping") if k in node.nodes), "")


def _split_statement(node: Node) -> tuple[tuple[Node, ...], tuple[Node, ...]]:
    if isinstance(node, Sequence):
        predicates, objects = (*node.items[:2], None, None)[:2]
    elif isinstance(node, Mapping):
        spelling = {k: key for key, others in PREDICATE_OBJECT_KEYS.items() for k in (key, *others)}
        parts = {spelling.get(key.text, key.text): value for key, value in node.entries}
        predicates, objects = parts.get("predicates"), parts.get("objects")
    else:
        return (), ()
    both = [() if part is None else _as_list(part).items for part in (predicates, objects)]
    return both[0], both[1]


def _list_pairs(node: Node) -> list[tuple[str, str]]:
    predicates, objects = _split_statement(node)
    return [(_identify(p), _identify(o)) for p in predicates for o in objects]


def _select_classes(node: Node) -> tuple[Node, ...]:
    def names_class(item: Node) -> bool:
        predicates, _ = _split_statement(item)
        return any(_identify(p) in {"a", "rdf:type", RDF_TYPE} for p in predicates)

    return tuple(item for item in _as_list(node).items if names_class(item))


def _write_watched(node: Node | None, findings: Findings) -> Scalar | None:
    """The watched properties as the function takes them: `a=$(a)&b=$(b)`."""
    texts = [text for item in findings.read_items(node) if (text := findings.read_text(item)) is not None]
    names = [text.text.removeprefix("$(").removesuffix(")") for text in texts]
    if not names:
        return None
    return Scalar(text="&".join(f"{name}=$({name})" for name in names), mark=texts[0].mark, plain=False)


def _wrap_subject(node: Node, function: str, watched: Scalar | None) -> Mapping:
    """The subject as the argument of the function that lets it pass only where something changed."""
    mark = node.mark
    targets: tuple[tuple[str, Node], ...] = ()
    inner = node
    if isinstance(node, Mapping):
        spelling = {k: key for key, others in OBJECT_KEYS.items() for k in (key, *others)}
        entries = [(spelling.get(key.text, key.text), value) for key, value in node.entries]
        targets = tuple((key, value) for key, value in entries if key == "targets")
        rest = [(key, value) for key, value in entries if key != "targets"]
        only = dict(rest).get("value")
        inner = only if only is not None else _make_mapping(rest, mark)

    def write(text: str) -> Scalar:
        return Scalar(text=text, mark=mark, plain=False)

    iri = [("parameter", write(IDLAB + "iri")), ("value", inner), ("type", write("iri"))]
    parameters = [_make_mapping(iri, mark)]
    if watched is not None:
        parameters.append(_make_mapping([("parameter", write(IDLAB + "watchedProperty")), ("value", watched)], mark))
    return _make_mapping(
        [
            ("function", write(IDLAB + function)),
            ("parameters", Sequence(items=tuple(parameters), mark=mark)),
            ("type", write("iri")),
            *targets,
        ],
        mark,
    )
