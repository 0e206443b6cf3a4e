"""Merge: two entities are one. What is said of the one goes to the other, and its id is kept as replaced.

Names, outside ids and remarks go into the other's entry, and every file that names the one names the other. What the
curator must decide first is told at its place, and nothing is written: classes that differ, two ids of one authority,
a claim that relates the two. All is planned and checked before a byte is written; no comment is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain

from kg.build.pipeline import Checked
from kg.change.entry import Entry, find_comments, find_end, is_block, list_marks, list_within, margin_of, take_out
from kg.change.preview import check_after, find_new, tell_new_error
from kg.change.rekey import Edit, place_before, place_behind
from kg.change.rename import Entries, Renaming, RewriteRefusedError, get_entity, rewrite_names
from kg.model.nouns import Entity, Name, NameKind, Ref, Seeds
from kg.model.ontology.vocabulary import Vocabulary
from kg.model.values import Text
from kg.rdf.iri import expand_iri
from kg.text.diagnostic import Diagnostic, Severity, UsageError
from kg.text.yamldoc import MappingNode, Node, Scalar, read_document
from kg.text.yamltext import write_scalar


def plan_merge(checked: Checked, kept: str, gone: str) -> Renaming:
    """The plan by which the entity *gone* is merged into *kept*; nothing is written.

    Raises UsageError for an id that there is not, or for twice the same.
    """
    one, other = get_entity(checked.seeds, kept), get_entity(checked.seeds, gone)
    if one is other:
        raise UsageError(f"`{one.key}` is one entity: name two")
    refused = list(_find_conflicts(one, other, checked))
    told = list(_tell_labels(one, other))
    names = tuple(_join_names(one, other))
    try:
        edits = _plan_entries(checked, one, other, names)
    except RewriteRefusedError as error:
        return Renaming(old=other.key, new=one.key, told=tuple(told), refused=(*refused, str(error)))
    entries = Entries(
        edit=lambda key, _: edits[key.text], before=frozenset(edits), after=frozenset({one.key}),
    )  # fmt: skip
    files, problems, places = rewrite_names(checked, other.key, one.key, entries)
    refused += problems
    if not refused:
        after = check_after(checked, files)
        refused += [tell_new_error(d) for d in find_new(checked, after, Severity.ERROR)]
        for warning in find_new(checked, after, Severity.WARNING, lambda d: _say_after(d, other.key, one.key)):
            if warning.code == "self-relation":
                refused.append(f"{warning.mark}: {warning.message}: take the claim out, or the two are not one")
            else:
                told.append(f"{warning.mark} {warning.code}: {warning.message}")
        if not refused and not _holds_all(after.seeds.entity_by_key.get(one.key), names, one, other):
            refused.append(f"the entry of `{one.key}` ({one.mark}) cannot be rewritten: write it in a plainer way")
    return Renaming(
        old=other.key, new=one.key, told=(*told, *places), refused=tuple(refused), files=files if not refused else ()
    )


def _say_after(diagnostic: Diagnostic, old: str, new: str) -> str:
    """A diagnostic as it would read with the new id: what was told before is told again in those words."""
    return f"{diagnostic.code} {diagnostic.message}".replace(f"`{old}`", f"`{new}`")


# -- conflicts ------------------------------------------------------------------------------------


def _find_conflicts(one: Entity, other: Entity, checked: Checked) -> Iterator[str]:
    """What the curator must decide before two entities can be one, each at its place."""
    more = _find_more(one, other, checked.vocabulary)
    if more is not None:
        theirs, ours = (" and ".join(ref.text for ref in entity.classes) for entity in (other, one))
        where = f" ({one.classes[0].mark})" if one.classes else ""
        yield f"{more.mark}: `{other.key}` is {theirs}, and `{one.key}`{where} is {ours}: say the same of both"
    own, their = _sort_same(one, checked.seeds), _sort_same(other, checked.seeds)
    for authority, ref in their.items():
        if authority in own and not {r.text for r in one.same} & {r.text for r in other.same}:
            first = own[authority]
            where = f"`{one.key}` is `{first.text}` ({first.mark})"
            yield f"{ref.mark}: `{other.key}` is `{ref.text}`, and {where}: one of them is wrong"
    if one.when is not None and other.when is not None and one.when.text != other.when.text:
        yield f"{other.when.mark}: both have a `when` ({one.when.mark}): keep one"


def _find_more(one: Entity, other: Entity, vocabulary: Vocabulary) -> Ref | None:
    """The first class of *other* that *one* is not of."""
    classes = [vocabulary.classes[ref.text] for ref in one.classes if ref.text in vocabulary.classes]
    known = set(chain.from_iterable(c.ancestors for c in classes))
    texts = {ref.text for ref in one.classes}
    for ref in other.classes:
        declared = vocabulary.classes.get(ref.text)
        if ref.text not in texts and (declared is None or declared.iri not in known):
            return ref
    return None


def _sort_same(entity: Entity, seeds: Seeds) -> dict[str, Ref]:
    """The first outside id of each authority: the IRI up to its last `/` or `#`."""
    found: dict[str, Ref] = {}
    for ref in entity.same:
        expanded = expand_iri(ref.text, seeds.dataset.prefixes.namespaces)
        iri = expanded if isinstance(expanded, str) else ref.text
        found.setdefault(iri[: max(iri.rfind("/"), iri.rfind("#")) + 1], ref)
    return found


def _tell_labels(one: Entity, other: Entity) -> Iterator[str]:
    """Labels that become aliases, and descriptions that become remarks, since the other has one of the language."""
    labels = {name.lang.casefold(): name for name in one.names if name.kind is NameKind.LABEL}
    for name in other.names:
        own = labels.get(name.lang.casefold())
        if name.kind is NameKind.LABEL and own is not None and own.text != name.text:
            yield f"{name.mark} the label `{name.text}` becomes an alias: `{one.key}` is called `{own.text}`"
    for text in _list_further(one, other):
        yield f"{text.mark} the description goes into the note: `{one.key}` has one in `{text.lang}`"


def _list_further(one: Entity, other: Entity) -> list[Text]:
    """The descriptions of *other* in languages in which *one* is described otherwise."""
    said = {text.lang.casefold(): text.text for text in one.description}
    return [text for text in other.description if said.get(text.lang.casefold(), text.text) != text.text]


# -- what the entry holds then --------------------------------------------------------------------


def _join_names(one: Entity, other: Entity) -> list[Name]:
    """The names of both: labels of a language that has one become aliases, and no name stands twice."""
    names = list(one.names)
    for name in other.names:
        kind = name.kind
        if kind is NameKind.LABEL and any(n.kind is kind and _is_alike(n, name) for n in names):
            kind = NameKind.ALIAS
        right = (NameKind.LABEL, NameKind.ALIAS)
        at = next(
            (i for i, n in enumerate(names) if n.text == name.text and _is_alike(n, name)
             and (n.kind is kind or (n.kind in right and kind in right))),
            None,
        )  # fmt: skip
        if at is None:
            names.append(replace(name, kind=kind))
        else:
            known = {place.text for place in names[at].places}
            places = (*names[at].places, *(p for p in name.places if p.text not in known))
            names[at] = replace(names[at], places=places)
    return names


def _is_alike(one: Name, other: Name) -> bool:
    """Whether two names are of one language: the case of a tag says nothing."""
    return one.lang.casefold() == other.lang.casefold()


def _write_fields(one: Entity, other: Entity, names: Iterable[Name]) -> Iterator[tuple[str, str]]:
    """The keys of the entry that change, with what stands there then."""
    replaced = [other.key, *(ref.text for ref in (*other.replaces, *one.replaces))]
    yield "replaces", f"[{', '.join(dict.fromkeys(replaced))}]"
    for kind in NameKind:
        of_kind = [name for name in names if name.kind is kind]
        if of_kind != [name for name in one.names if name.kind is kind]:
            yield kind.value, _write_names(of_kind)
    texts = {text.lang.casefold(): text for text in (*other.description, *one.description)}
    if len(texts) > len(one.description):
        described = sorted((text.lang, text.text) for text in texts.values())
        yield "description", f"{{{', '.join(f'{lang}: {write_scalar(text)}' for lang, text in described)}}}"
    if one.when is None and other.when is not None:
        yield "when", write_scalar(other.when.text)
    same = list(dict.fromkeys(ref.text for ref in (*one.same, *other.same)))
    if len(same) > len(one.same):
        yield "same", f"[{', '.join(map(write_scalar, same))}]"
    notes = [one.note, other.note, *_list_further(one, other)]
    note = "; ".join(dict.fromkeys(text.text.strip() for text in notes if text is not None))
    if note and (one.note is None or note != one.note.text.strip()):
        yield "note", write_scalar(note)
    accepted = {a.code: a.reason for a in (*other.accept, *one.accept)}
    if len(accepted) > len({a.code for a in one.accept}):
        yield "accept", f"{{{', '.join(f'{code}: {write_scalar(reason)}' for code, reason in accepted.items())}}}"


def _write_names(names: Iterable[Name]) -> str:
    """Names by language, with their places: `{en: [Lei, Mr Lei], zh: {雷军: [paris.p1s1]}}`."""
    by_lang: dict[str, list[Name]] = {}
    for name in names:
        by_lang.setdefault(name.lang.casefold(), []).append(name)
    parts = []
    for group in by_lang.values():
        lang = group[0].lang
        texts = [write_scalar(name.text) for name in group]
        if any(name.places for name in group):
            placed = (f"{t}: [{', '.join(p.text for p in n.places)}]" for t, n in zip(texts, group, strict=True))
            parts.append(f"{lang}: {{{', '.join(placed)}}}")
        else:
            parts.append(f"{lang}: {texts[0] if len(texts) == 1 else '[' + ', '.join(texts) + ']'}")
    return f"{{{', '.join(parts)}}}"


def _holds_all(entity: Entity | None, names: Iterable[Name], one: Entity, other: Entity) -> bool:
    """Whether the entity as it would be read holds all that the two held."""
    if entity is None:
        return False

    def list_names(names: Iterable[Name]) -> set[tuple[str, str, str, tuple[str, ...]]]:
        return {(n.kind.value, n.lang.casefold(), n.text, tuple(p.text for p in n.places)) for n in names}

    refs = ({r.text for e in (one, other) for r in e.same}, {r.text for r in entity.same})
    return list_names(entity.names) == list_names(names) and refs[0] == refs[1]


# -- the two entries in their files ---------------------------------------------------------------


def _plan_entries(
    checked: Checked, one: Entity, other: Entity, names: Iterable[Name]
) -> Mapping[str, tuple[Edit, ...]]:
    """The edits that put all into the entry of *one* and take that of *other* out, by their ids."""
    kept, gone = (_find_entry(checked, entity.key) for entity in (one, other))
    fields = dict(_write_fields(one, other, names))
    lines = () if gone.parent.flow else (gone.key.mark.line, gone.last_line)
    comments = list(find_comments(gone.document, gone.value, *lines)) if lines else []
    edits: list[Edit] = []
    first = kept.fields.entries[0][0].mark
    for name, text in fields.items():
        value, key = kept.fields.get(name), kept.fields.keys.get(name)
        if value is not None and key is not None:
            edit, inside = _replace_value(kept, key, value, text)
            edits.append(edit)
            comments += inside
    added = [f"{name}: {text}" for name, text in fields.items() if kept.fields.get(name) is None]
    margin = margin_of(kept.key)
    if kept.fields.flow:
        if comments:
            if margin is None:
                raise RewriteRefusedError(f"`{one.key}` ({one.mark}) has no room for comments: begin a line with it")
            edits.append((place_before(kept.key.mark), "".join(f"{comment}\n{margin}" for comment in comments)))
        edits.append((place_before(first), "".join(f"{part}, " for part in added)))
    else:
        inner = " " * (first.column - 1)
        edits.append((place_before(first), "".join(f"{line}\n{inner}" for line in (*comments, *added))))
    return {one.key: tuple(edits), other.key: tuple(take_out(gone))}


def _find_entry(checked: Checked, key: str) -> Entry:
    for path in checked.project.entity_files:
        document = read_document(path, checked.project.name_of(path))
        root = document.root if not document.diagnostics else None
        parent = root.get("entities") if isinstance(root, MappingNode) else None
        value = parent.get(key) if isinstance(parent, MappingNode) else None
        if isinstance(root, MappingNode) and isinstance(parent, MappingNode) and isinstance(value, MappingNode):
            entries = list_within(document, root.keys["entities"], parent)
            return next(entry for entry in entries if entry.key.text == key)
    raise RewriteRefusedError(f"the entry of `{key}` cannot be read: `kg check` tells more")


def _replace_value(entry: Entry, key: Scalar, value: Node, text: str) -> tuple[Edit, list[str]]:
    """The value of a key written anew, and the comments that stood inside it."""
    marks = list(list_marks(value))
    last_line = max(find_end(mark)[0] for mark in marks)
    if (isinstance(value, Scalar) and not is_block(value.mark)) or value.mark.excerpt.startswith(("{", "[")):
        inside = list(find_comments(entry.document, value, value.mark.line, value.mark.end_line - 1))
        return (value.mark, text), inside
    lines = entry.document.source.lines
    end = len(lines[last_line - 1].rstrip("\r")) + 1
    whole = replace(place_behind(key.mark), end_line=last_line, end_column=end)
    return (whole, f": {text}"), list(find_comments(entry.document, value, key.mark.line, last_line))
