"""Rename: an entity gets another id, in every file that names it, and keeps the old one as replaced.

All is planned first: ids are written at the marks of the old ones, and each file is read again, to see that nothing
else in it says anything else. The project as it would be is checked before a byte is written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from kg.build.pipeline import Checked
from kg.change.preview import check_after, find_new, tell_new_error
from kg.change.rekey import (
    Edit,
    Rewritten,
    add_rewritten,
    apply_edits,
    list_drafts_of,
    place_before,
    place_behind,
    read_before,
)
from kg.model.nouns import Entity, Seeds
from kg.model.ontology.vocabulary import RangeKind, Vocabulary
from kg.reading.fields import KEY
from kg.system.project import Project
from kg.text.diagnostic import Mark, Severity, UsageError, did_you_mean
from kg.text.match import make_id
from kg.text.opened import read_bytes
from kg.text.yamldoc import Document, MappingNode, Node, Scalar, SequenceNode, parse_document, read_to_rewrite

_SPARQL = re.compile(
    r"(?P<iri><[^<>\"{}|^`\\\s]*>)|(?P<comment>#[^\n]*)"
    r"|(?P<string>\"\"\"[\s\S]*?\"\"\"|'''[\s\S]*?'''|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')"
)
_TEXTUAL = {".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".xml", ".rdf", ".owl", ".jsonld", ".ttl", ".trig", ".nt",
            ".nq", ".yaml", ".yml", ".yarrrml", ".sql", ".txt", ".rq"}  # fmt: skip
_LONGEST = 20_000_000  # bytes of a file that is looked through for the old id

Steps = tuple[str | int, ...]
"""The way from a document's root to a node: keys and numbers of items; `?KEY` is a key itself."""


@dataclass(frozen=True, kw_only=True)
class Renaming:
    """The plan by which an entity gets another id: the *files* that change, and what a person should look at.

    *told* are places that name the entity and stay as they are. Where *refused* gives reasons, nothing can be written.
    """

    old: str
    new: str
    told: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    files: tuple[Rewritten, ...] = field(default=(), repr=False)


def get_entity(seeds: Seeds, key: str) -> Entity:
    """The entity of this id. Raises UsageError where there is none, with the id that it has now or the nearest."""
    key = key.removeprefix("e:")
    if key in seeds.entity_by_key:
        return seeds.entity_by_key[key]
    now = next((e.key for e in seeds.entities if key in {ref.text for ref in e.replaces}), None)
    hint = f"it is `{now}` now" if now else did_you_mean(key, seeds.entity_by_key)
    raise UsageError(f"no entity `{key}`: {hint or '`kg show` lists all entities'}")


def check_new_id(seeds: Seeds, old: str, new: str) -> None:
    """Raises UsageError where an entity cannot get the id *new*."""
    if not KEY.fullmatch(new):
        better = make_id(new)
        hint = f", such as `{better}`" if better else ""
        raise UsageError(f"`{new}` cannot be the id of an entity: write lower-case letters, digits and hyphens{hint}")
    if new == "source":
        raise UsageError("`source` cannot be the id of an entity: `by: source` means the author of the source")
    if new == old:
        raise UsageError(f"`{old}` is called so already")
    if new in seeds.entity_by_key:
        hint = f"give another id; if the two are one, `kg merge {new} {old}` takes them together"
        raise UsageError(f"there is an entity `{new}` already: {hint}")
    other = next((e.key for e in seeds.entities if e.key != old and new in {r.text for r in e.replaces}), None)
    if other is not None:
        raise UsageError(f"`{new}` was the id of `{other}`: give another, for who knows that id means `{other}`")


def plan_rename(checked: Checked, old: str, new: str) -> Renaming:
    """The plan by which the entity *old* is called *new*; nothing is written.

    A name that the entity bore last before is given back to it, and the one between is forgotten: renaming there and
    back gives the same bytes. Raises UsageError for an id that there is not, or that cannot be given.
    """
    entity = get_entity(checked.seeds, old)
    check_new_id(checked.seeds, entity.key, new)
    old = entity.key

    def edit_entry(key: Scalar, value: MappingNode) -> Iterator[Edit]:
        yield key.part(0, len(old)), new
        yield from _keep_old(value, old, new)

    entries = Entries(edit=edit_entry, before=frozenset({old}), after=frozenset({new}))
    files, refused, told = rewrite_names(checked, old, new, entries)
    if not refused:
        refused = tuple(map(tell_new_error, find_new(checked, check_after(checked, files), Severity.ERROR)))
    return Renaming(old=old, new=new, told=told, refused=refused, files=files if not refused else ())


class RewriteRefusedError(Exception):
    """Why a file cannot be rewritten."""


def _keep_old(value: MappingNode, old: str, new: str) -> Iterator[Edit]:
    """`replaces` with *old* in front; without *new*, where the entity bore it last before."""
    replaces = value.get("replaces")
    if replaces is None:
        first = value.entries[0][0].mark
        between = ", " if value.flow else "\n" + " " * (first.column - 1)
        yield place_before(first), f"replaces: [{old}]{between}"
        return
    if (
        not isinstance(replaces, SequenceNode)
        or not replaces.items
        or not all(isinstance(i, Scalar) for i in replaces.items)
    ):
        raise RewriteRefusedError(f"`replaces` of `{old}` ({replaces.mark}) is no list of ids: write `replaces: [ID]`")
    items = [item for item in replaces.items if isinstance(item, Scalar)]
    texts = [item.text for item in items]
    if new not in texts:
        line = items[0].mark.source.lines[items[0].mark.line - 1][: items[0].mark.column - 1]
        in_block = re.fullmatch(r"\s*-\s+", line) is not None
        yield place_before(items[0].mark), f"{old}\n{line}" if in_block else f"{old}, "
    elif texts[0] != new:
        yield items[texts.index(new)].mark, old  # two ids change places
    elif len(items) > 1:
        yield _between(items[0].mark, items[1].mark, old), ""
    else:
        key = value.keys["replaces"]
        at = next(i for i, (k, _) in enumerate(value.entries) if k is key)
        if at + 1 < len(value.entries):
            yield _between(key.mark, value.entries[at + 1][0].mark, old), ""
        else:
            yield _between(place_behind(value.entries[at - 1][1].mark), place_behind(replaces.mark), old), ""


def _between(first: Mark, behind: Mark, old: str) -> Mark:
    """The text from the begin of *first* to that of *behind*; a comment between them is never taken away."""
    if _holds_comment(first, behind):
        raise RewriteRefusedError(
            f"`replaces` of `{old}` ({first}) stands beside a comment: take the id out of it by hand"
        )
    return _reach(first, behind)


def _holds_comment(first: Mark, behind: Mark) -> bool:
    lines = first.source.lines[first.line - 1 : behind.line]
    lines[-1] = lines[-1][: behind.column - 1]
    return any("#" in line for line in (lines[0][first.column - 1 :], *lines[1:]))


def _reach(first: Mark, behind: Mark) -> Mark:
    return replace(first, end_line=behind.line, end_column=behind.column)


@dataclass(frozen=True, kw_only=True)
class Entries:
    """The entries of entities that change otherwise than by a name: *edit* says how.

    *before* and *after* are the ids of what may differ in them; all else in their files says what it said.
    """

    edit: Callable[[Scalar, MappingNode], Iterable[Edit]]
    before: frozenset[str]
    after: frozenset[str]


def rewrite_names(
    checked: Checked, old: str, new: str, entries: Entries
) -> tuple[tuple[Rewritten, ...], tuple[str, ...], tuple[str, ...]]:
    """The files in which *new* stands for the entity *old*; why that cannot be, if so; and what stays and names it."""
    project = checked.project
    files: list[Rewritten] = []
    refused: list[str] = []
    kinds = {
        "claims": (*project.claim_files, *list_drafts_of(project, "claims/1")),
        "sources": project.source_files,
        "entities": (*project.entity_files, *list_drafts_of(project, "entities/1")),
    }
    for kind, paths in kinds.items():
        for path in paths:
            before, document = read_to_rewrite(path, project.name_of(path))
            name = document.source.name
            if document.diagnostics and old in document.source.text:
                refused.append(f"{name} has mistakes, `kg check` names them: mend them first")
            if document.root is None or document.diagnostics:
                continue
            try:
                text = _rewrite(document, kind, old, new, checked.vocabulary, entries)
            except RewriteRefusedError as error:
                refused.append(str(error))
                continue
            add_rewritten(files, project, path, before, text)
    told = list(_tell_tables(project, old))
    for path in project.question_files:
        for each in (path, path.with_suffix(".csv")):
            if each.is_file() and project.door.admits(each):
                before, text = read_before(each)
                names = _find_prefixes(text, checked.seeds)
                rewritten = _replace_terms(text, old, new, names, checked.seeds.dataset.base)
                if rewritten != text and _replace_terms(text, new, old, names, checked.seeds.dataset.base) != text:
                    told.append(f"{project.name_of(each)} named both: does it need both places?")
                add_rewritten(files, project, each, before, rewritten)
                told += _tell_places(project.name_of(each), rewritten, old)
    return tuple(files), tuple(refused), tuple(told)


def _rewrite(document: Document, kind: str, old: str, new: str, vocabulary: Vocabulary, entries: Entries) -> str:
    """The text of a file of seeds with *new* for *old*; that nothing else changed in it is seen by reading it again."""
    assert document.root is not None
    named = dict(_find_names(document.root, kind, vocabulary, old))
    said_once = dict(_find_said(document.root, named, new))
    edits: list[Edit] = [(node.part(0, len(old)), new) for path, node in named.items() if path not in said_once]
    edits += [(_mark_item(items, number), "") for items, number in said_once.values()]
    entities = document.root.get("entities") if kind == "entities" and isinstance(document.root, MappingNode) else None
    for key, value in entities.entries if isinstance(entities, MappingNode) else ():
        if key.text in entries.before:
            if not isinstance(value, MappingNode) or not value.entries:
                raise RewriteRefusedError(f"the entity `{key.text}` ({key.mark}) says nothing: `kg check` tells more")
            edits += entries.edit(key, value)
    edits = list(dict.fromkeys(edits))
    for mark, _ in edits:
        if mark.line != mark.end_line and mark.excerpt.startswith((">", "|", '"', "'")):
            raise RewriteRefusedError(f"`{old}` ({mark}) stands over several lines: write it on one")
    text = apply_edits(document.source.text, edits)
    if text != document.source.text:
        after = parse_document(type(document.source)(document.source.name, text))
        expected = {
            _count_less(path, said_once): new if path in named else said
            for path, said in _list_texts(document.root, ())
            if path not in said_once and not (kind == "entities" and _is_of(path, entries.before))
        }
        found = {
            path: said
            for path, said in (_list_texts(after.root, ()) if after.root else ())
            if not (kind == "entities" and _is_of(path, entries.after))
        }
        if after.diagnostics or expected != found:
            raise RewriteRefusedError(
                f"{document.source.name} names `{old}` in a way that cannot be rewritten "
                "(an alias, `*name`, an escape): write it out first"
            )
    return text


def _is_of(path: Steps, ids: frozenset[str]) -> bool:
    return len(path) > 1 and path[0] == "entities" and str(path[1]).removeprefix("?") in ids


def _list_texts(node: Node, path: Steps) -> Iterator[tuple[Steps, str]]:
    """Every text of a document, keys too, by the way to it."""
    if isinstance(node, Scalar):
        yield path, node.text
    elif isinstance(node, SequenceNode):
        for number, item in enumerate(node.items):
            yield from _list_texts(item, (*path, number))
    else:
        for key, value in node.entries:
            yield (*path, f"?{key.text}"), key.text
            yield from _list_texts(value, (*path, key.text))


def _find_names(root: Node, kind: str, vocabulary: Vocabulary, old: str) -> Iterator[tuple[Steps, Scalar]]:
    """The texts of a file that are the id *old* of an entity, by the way to them."""
    if not isinstance(root, MappingNode):
        return
    if kind == "sources":
        yield from _pick(root, ("publisher", "author"), (), old)
    if kind != "claims":
        return
    voices = root.get("voices")
    for key, value in voices.entries if isinstance(voices, MappingNode) else ():
        yield from _pick(value, _VOICE, ("voices", key.text), old)
    claims = root.get("claims")
    for sentence, block in claims.entries if isinstance(claims, MappingNode) else ():
        for key, value in block.entries if isinstance(block, MappingNode) else ():
            path = ("claims", sentence.text, key.text)
            if not isinstance(value, MappingNode):
                continue
            yield from _pick(
                value, _VOICE if key.text == "said" or "again" in value.nodes else (*_VOICE, "s"), path, old
            )
            predicate = value.get("p")
            prop = vocabulary.properties.get(predicate.text) if isinstance(predicate, Scalar) else None
            if prop is not None and prop.kind is RangeKind.ENTITY:
                yield from _pick(value, ("o",), path, old)


_VOICE = ("by", "where", "via")
_SETS = {*_VOICE, "publisher", "author"}


def _pick(node: Node, keys: tuple[str, ...], path: Steps, old: str) -> Iterator[tuple[Steps, Scalar]]:
    """The values under these keys, or items of them, that are *old*."""
    for key in keys if isinstance(node, MappingNode) else ():
        value = node.get(key) if isinstance(node, MappingNode) else None
        if isinstance(value, Scalar) and value.text == old:
            yield (*path, key), value
        for number, item in enumerate(value.items) if isinstance(value, SequenceNode) else ():
            if isinstance(item, Scalar) and item.text == old:
                yield (*path, key, number), item


# -- an id that a list has already ----------------------------------------------------------------


def _find_said(root: Node, named: Iterable[Steps], new: str) -> Iterator[tuple[Steps, tuple[SequenceNode, int]]]:
    """The items of lists of speakers, places and authors that would be *new* a second time, with list and number.

    Subjects and objects stay, though they are the same: the ids of claims count them, and `kg check` tells.
    """
    lists: dict[Steps, list[int]] = {}
    for path in named:
        if isinstance(path[-1], int) and path[-2] in _SETS:
            lists.setdefault(path[:-1], []).append(path[-1])
    for path, numbers in lists.items():
        node = root
        for key in path:
            inner = node.get(str(key)) if isinstance(node, MappingNode) else None
            assert inner is not None
            node = inner
        assert isinstance(node, SequenceNode)
        has_it = any(isinstance(item, Scalar) and item.text == new for item in node.items)
        for number in numbers if has_it else numbers[1:]:
            yield (*path, number), (node, number)


def _mark_item(sequence: SequenceNode, number: int) -> Mark:
    """What goes where an item of a list goes: its comma or its line too, and never a comment."""
    item, lines = sequence.items[number].mark, sequence.mark.source.lines
    line = lines[item.line - 1]
    dash = re.fullmatch(r"(\s*)-\s+", line[: item.column - 1])
    if dash:
        rest = line[item.end_column - 1 :]
        if "#" in rest:
            return replace(item, column=len(dash[1]) + 1, end_column=item.end_column + rest.index("#"))
        if item.line < len(lines):
            return replace(item, column=1, end_line=item.line + 1, end_column=1)
        return replace(item, column=1, end_column=len(line) + 1)
    if number:
        first, behind = place_behind(sequence.items[number - 1].mark), place_behind(item)
    else:
        first, behind = item, sequence.items[1].mark
    if not _holds_comment(first, behind):
        return _reach(first, behind)
    comma = re.match(r"\s*,", line[item.end_column - 1 :])
    return replace(item, end_column=item.end_column + len(comma[0])) if comma else item


def _count_less(path: Steps, gone: Iterable[Steps]) -> Steps:
    """The way to an item of a list when those before it that are *gone* do not count."""
    if not path or not isinstance(path[-1], int):
        return path
    before = sum(other[:-1] == path[:-1] and int(other[-1]) < path[-1] for other in gone)
    return (*path[:-1], path[-1] - before)


# -- questions ------------------------------------------------------------------------------------


def _find_prefixes(text: str, seeds: Seeds) -> set[str]:
    """The prefixes that stand for the namespace of entities: those of the data set, and those of a query itself."""
    namespace = f"{seeds.dataset.base}entity/"
    own = {m[1] for m in re.finditer(r"\bPREFIX\s+([\w.-]*):\s*<([^>]*)>", text, re.IGNORECASE) if m[2] == namespace}
    return own | {name for name, iri in seeds.dataset.prefixes.namespaces.items() if iri == namespace}


def _replace_terms(text: str, old: str, new: str, prefixes: set[str], base: str) -> str:
    """`e:OLD` and the whole IRI, wherever they stand but in a query's texts."""
    names = "|".join(map(re.escape, sorted(prefixes))) or "(?!)"
    curie = re.compile(rf"(?<![\w.:/-])({names}):{re.escape(old)}(?![\w%:/\\-]|\.\w)")
    whole = re.compile(rf"{re.escape(base)}entity/{re.escape(old)}(?![\w%/?#:.-])")

    def replace(part: str) -> str:
        return whole.sub(f"{base}entity/{new}", curie.sub(rf"\g<1>:{new}", part))

    out, at = [], 0
    for sign in _SPARQL.finditer(text):
        out.append(replace(text[at : sign.start()]))
        out.append(sign[0] if sign["string"] else replace(sign[0]))
        at = sign.end()
    return "".join((*out, replace(text[at:])))


# -- what stays -----------------------------------------------------------------------------------


def _tell_tables(project: Project, old: str) -> Iterator[str]:
    """Files that may name the entity and are not rewritten: tables, mappings, RDF, the ontology."""
    for path in (*project.table_files, *project.rdf_files, *project.ontology_files):
        name = project.name_of(path)
        if not project.door.admits(path):
            continue
        if path.suffix.lower() not in _TEXTUAL or path.stat().st_size > _LONGEST:
            yield f"{name} is not looked into: does it name `{old}`?"
            continue
        text = read_bytes(path).decode("utf-8", "replace")
        if path.suffix.lower() in {".ttl", ".trig", ".nt", ".nq"}:
            if re.search(rf"(?:\be:|entity/){re.escape(old)}(?![\w-])", text):
                yield from _tell_places(name, text, old)
        else:
            yield from _tell_places(name, text, old)


def _tell_places(name: str, text: str, old: str) -> Iterator[str]:
    """The first line of a file that still names the entity, and how many there are."""
    word = re.compile(rf"(?<![\w-]){re.escape(old)}(?![\w-])", re.IGNORECASE)
    lines = [number for number, line in enumerate(text.split("\n"), 1) if word.search(line)]
    if lines:
        more = f" and {len(lines) - 1} more" if len(lines) > 1 else ""
        yield f"{name}:{lines[0]}{more} has `{old}` and stays as it is: does it mean this entity?"


def show_renaming(renaming: Renaming) -> str:
    """A renaming in words: what it would do, or did."""
    lines = [f"{renaming.old} is now {renaming.new}"] if not renaming.refused else []
    lines += [f"nothing is written: {reason}" for reason in renaming.refused]
    lines += [f"changes: {file.name}" for file in renaming.files]
    lines += [f"look at: {place}" for place in renaming.told]
    return "\n".join(lines) + "\n"
