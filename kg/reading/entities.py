"""Read `seeds/entities/*.yaml`: the things of the story, their classes and names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kg.model.nouns import Entity, Name, NameKind, Ref
from kg.reading.fields import Finder, open_document
from kg.reading.forms import ENTITIES_FILE, ENTITY
from kg.reading.sources import read_place
from kg.text.yamldoc import Document, MappingNode, Node, Scalar, SequenceNode


def read_entities(document: Document, finder: Finder) -> list[Entity] | None:
    """The entities of a file; what could not be read of one is left out of it and told.

    None, with the reason told, where it is not known which entities the file declares.
    """
    root = open_document(document, "entities/1", finder)
    if root is None:
        return None
    finder.known_keys(root, "the file", ENTITIES_FILE.names)
    finder.required(root, "the file", root.entries[0][0].mark, *ENTITIES_FILE.required)
    entities = finder.mapping(root.get("entities"), "`entities`")
    return [_read_entity(key, node, finder) for key, node in entities.entries] if entities else None


def _read_entity(key: Scalar, node: Node, finder: Finder) -> Entity:
    finder.key(key, "an entity")
    what = f"entity `{key.text}`"
    fields = finder.mapping(node, what) or MappingNode(entries=(), mark=key.mark, broken=True)
    finder.known_keys(fields, "an entity", ENTITY.names)
    finder.required(fields, what, key.mark, *ENTITY.required)
    names = [name for kind in NameKind for name in _read_names(fields.get(kind.value), kind, finder)]
    return Entity(
        key=key.text,
        classes=finder.refs(fields.get("is"), "`is`"),
        names=tuple(names),
        description=finder.texts(fields.get("description"), "`description`"),
        when=finder.date(fields.get("when"), "`when`"),
        same=finder.refs(fields.get("same"), "`same`"),
        note=finder.text(fields.get("note"), "`note`"),
        accept=finder.acceptances(fields.get("accept")),
        mark=key.mark,
        replaces=tuple(_read_replaced(fields.get("replaces"), finder)),
    )


def _read_replaced(node: Node | None, finder: Finder) -> Iterator[Ref]:
    """A list of ids that the entity bore before."""
    if node is not None and not isinstance(node, SequenceNode):
        finder.wrong_shape(node, "`replaces`", "a list of ids")
        return
    for scalar in finder.scalars(node, "`replaces`"):
        if finder.key(scalar, "an entity"):
            yield Ref(text=scalar.text, mark=scalar.mark)


def _read_names(node: Node | None, kind: NameKind, finder: Finder) -> Iterator[Name]:
    """`Lei Jun`, `{en: Lei Jun, zh: 雷军}`, `{en: [Jun]}` or, with places, `{en: {Lai Jun: [paris.p1s1]}}`."""
    if node is None:
        return
    if not isinstance(node, MappingNode):
        for scalar in finder.scalars(node, f"`{kind}`"):
            yield _name(kind, scalar, finder.language)
        return
    for lang, value in finder.languages(node):
        forms: Sequence[tuple[Scalar, Node | None]]
        if isinstance(value, MappingNode):
            forms = value.entries
        else:
            forms = [(scalar, None) for scalar in finder.scalars(value, f"`{kind}` in `{lang.text}`")]
        if kind is NameKind.LABEL and len(forms) > 1:
            message = f"two labels in `{lang.text}`"
            finder.tell("two-labels", forms[1][0].mark, message, "make the further ones `alias`")
            forms = forms[:1]
        for form, places in forms:
            yield _name(kind, form, lang.text, places, finder)


def _name(kind: NameKind, form: Scalar, lang: str, places: Node | None = None, finder: Finder | None = None) -> Name:
    refs = finder.refs(places, f"the places of `{form.text}`") if finder and places else ()
    good = tuple(ref for ref in refs if finder is not None and read_place(ref, finder))
    return Name(kind=kind, text=form.text, lang=lang, places=good, mark=form.mark)
