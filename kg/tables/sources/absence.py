"""Absences: iterators and references that find nothing in a document, told with what the document has instead."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import Any

from kg.tables.documents import LINES, DocumentError, Language, Nodes, read_document
from kg.tables.documents.jsonpath import PathError, Step, bracket_name, complete_reference, split_steps
from kg.tables.documents.xpath import NAME, begin_at_document, without_conditions
from kg.tables.rml import FileSource, Formulation, LogicalSource, Reference
from kg.tables.sources.shelf import Shelf
from kg.tables.wording import is_yarrrml
from kg.text.diagnostic import Mark, did_you_mean, list_known
from kg.text.plural import write_count

MOST_LOOKED_INTO = 64 << 20  # bytes of a document that is read again for a hint
MOST_NAMES = 200  # of one element
_STEP = re.compile(rf"(@?)(?:({NAME}):)?({NAME})")  # a child or an attribute by its name
_NAMED = re.compile(rf"(?:^|/|::)(?:({NAME}):)?({NAME})(?![\w.(:-])")  # an element that a path names


@dataclass(frozen=True, kw_only=True)
class Absence:
    """Why a path finds nothing: what is *missing*, in words, and a hint at what is there, in RML and in YARRRML.

    The words are empty where the reason is not known.
    """

    missing: str
    hint: str | None = None
    yarrrml_hint: str | None = field(default=None, repr=False)

    def advise(self, mark: Mark) -> str | None:
        """The hint for whoever wrote the mapping in which *mark* lies."""
        return self.yarrrml_hint if self.yarrrml_hint is not None and is_yarrrml(mark.source.name) else self.hint


Tag = tuple[str, str]  # a namespace and a name in it


@dataclass(frozen=True, kw_only=True)
class Inside:
    """What the first record of an XML file holds: its children by their names, and the names of its attributes.

    Children of one name are one, which holds what they hold together.
    """

    children: Mapping[Tag, Inside]
    attributes: tuple[Tag, ...]

    def list_descendants(self) -> Iterator[Tag]:
        """The names of all elements within the record; one that stands in several places comes again."""
        for tag, child in self.children.items():
            yield tag
            yield from child.list_descendants()


def look_inside(record: Any) -> Any:
    """The part of a record that is kept to explain what it lacks: a streamed record is gone when the next one comes."""
    return gather_names([record]) if hasattr(record, "attrib") else record


def gather_names(elements: Sequence[Any]) -> Inside:
    """What some elements of one name hold."""
    children: dict[Tag, list[Any]] = {}
    for child in (child for element in elements for child in element[:MOST_NAMES] if isinstance(child.tag, str)):
        children.setdefault(split_tag(child.tag), []).append(child)
    attributes = dict.fromkeys(split_tag(name) for element in elements for name in element.attrib)
    inside = {tag: gather_names(alike[:MOST_NAMES]) for tag, alike in children.items()}
    return Inside(children=inside, attributes=tuple(attributes))


def split_tag(tag: str) -> Tag:
    """Namespace and name of a tag as lxml spells it.

    >>> split_tag("{http://e.org/}p"), split_tag("p")
    (('http://e.org/', 'p'), ('', 'p'))
    """
    namespace, _, name = tag.rpartition("}")
    return namespace.removeprefix("{"), name


def warn_of_no_record(source: LogicalSource, origin: FileSource, path: Path, shelf: Shelf) -> None:
    """A warning where an iterator selects nothing, unless what it selects from is there and empty."""
    iterator = source.iterator or "$"
    message = f"`{iterator}` selects no record of `{origin.path}`"
    if path.stat().st_size > MOST_LOOKED_INTO:
        shelf.tell("data-absent", source.mark, message)
        return
    try:
        roots = read_document(path, source.formulation)
    except (DocumentError, OSError):
        return
    if not roots:
        return  # JSON Lines without a line
    if source.formulation is Formulation.XPATH:
        found = explain_xpath(iterator, roots[0], source)
    else:
        if path.suffix.lower() in LINES and iterator.startswith("$[*]"):
            iterator = "$" + iterator.removeprefix("$[*]")
        found = explain_path(complete_reference(iterator, lenient="no"), roots[0], "$")
    if found is not None:
        why = f": {found.missing}" if found.missing else ""
        shelf.tell("data-absent", source.mark, message + why, found.advise(source.mark))


def warn_of_no_value(
    source: LogicalSource,
    references: Sequence[Reference],
    empty: frozenset[str],
    first: Any,
    origin: FileSource,
    shelf: Shelf,
) -> None:
    """A warning for each reference in *empty*, which found nothing in any record, and of which *first* tells why.

    One warning for all where the iterator selects something that has no members.
    """
    language = Language(formulation=source.formulation, generation=source.generation, namespaces=source.namespaces)
    marks: dict[str, Mark] = {}
    for reference in references:
        if reference.text in empty:
            marks.setdefault(reference.text, reference.mark)
    if source.formulation is Formulation.JSON_PATH and marks and not isinstance(first, dict | list):
        if first is not None and not any(split_steps(language.complete(text)) == () for text in marks):
            message = f"`{source.iterator or '$'}` selects {describe_value(first)}, which has no members"
            shelf.tell("data-absent", source.mark, message)
        return
    for text, mark in marks.items():
        found: Absence | None
        if isinstance(first, Inside):
            found = explain_child(text, first, dict(source.namespaces))
        else:
            steps = split_steps(language.complete(text))
            if isinstance(first, list) and steps and isinstance(steps[0], str):
                iterator = source.iterator or "$"
                hint = f"its items are `{iterator}[*]`"
                shelf.tell("data-absent", source.mark, f"`{iterator}` selects an array, which has no members", hint)
                return
            found = explain_path(language.complete(text), first, "")
        if found is not None:
            message = f"`{text}` finds nothing in any record of `{origin.path}`: {found.missing}"
            shelf.tell("data-absent", mark, message, found.advise(mark))


def explain_path(path: str, value: Any, at: str) -> Absence | None:
    """Where a path into JSON breaks off; *at* is `$` for an iterator, and empty for a reference from the first record.

    What a condition leaves out is meant to be left out.
    """
    plain, _, rest = re.sub(r"\.\.|\[\?", "\n", path, count=1).partition("\n")
    if (steps := split_steps(plain)) is None:
        return None
    if (found := explain_steps(value, steps, at)) is not None:
        return found
    name = re.match(r"[^\W\d]\w*", rest)
    if not name or path[len(plain) :].startswith("[?") or has_member(value, name[0]):
        return None
    of = "" if at else " in the first"
    return Absence(missing=f"no object{of} has a member `{name[0]}`")


def has_member(value: Any, name: str) -> bool:
    """Whether an object anywhere in a JSON value has a member of that name."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if name in value:
                return True
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return False


def explain_steps(value: Any, steps: Sequence[Step], at: str) -> Absence | None:
    """Where a path of JSON breaks off; None where it ends at something that is there, be it empty or null.

    >>> explain_steps({"items": [1]}, ("item", None), "$")
    Absence(missing='`$` has no member `item`', hint='did you mean `items`?')
    """
    within = "" if at else "in the first, "  # what a reference lacks is known of the first record alone
    for place, step in enumerate(steps):
        here = f"{within}`{at}`" if at else "the first"
        if value is None:
            return None
        if not isinstance(value, dict | list):
            return Absence(missing=f"{here} is {describe_value(value)}")
        if step is None:
            if not value:
                return None
            value, at = next(iter(value.values() if isinstance(value, dict) else value)), at + "[*]"
        elif isinstance(step, str):
            if isinstance(value, list):
                return Absence(missing=f"{here} is an array", hint=f"its items are `{at or '$'}[*]`")
            if step not in value:
                known = f"its members are {list_known(value)}" if value else "it has none"
                if (dotted := find_dotted(value, steps[place:])) is not None:
                    known = f"a name with a dot stands in brackets: `{at}{bracket_name(dotted)}`"
                return Absence(missing=f"{here} has no member `{step}`", hint=did_you_mean(step, value) or known)
            value, at = value[step], f"{at}.{step}" if at else step
        elif isinstance(value, dict):
            return Absence(missing=f"{here} is an object", hint=f"its members are {list_known(value)}")
        elif not -len(value) <= step < len(value):
            return Absence(missing=f"{here} has {write_count(len(value), 'item')}")
        else:
            value, at = value[step], f"{at}[{step}]"
    return None


def find_dotted(value: dict[str, Any], steps: Sequence[Step]) -> str | None:
    """The member that the first names of a path are together, where a dot belongs to its name.

    >>> find_dotted({"a.b": 1}, ["a", "b", "c"])
    'a.b'
    """
    names = list(takewhile(lambda step: isinstance(step, str), steps))
    joined = (".".join(map(str, names[:length])) for length in range(2, len(names) + 1))
    return next((name for name in joined if name in value), None)


def describe_value(value: Any) -> str:
    """The kind of a JSON value in words."""
    if isinstance(value, bool):
        return "a truth value"
    return "a text" if isinstance(value, str) else "an array" if isinstance(value, list) else "a number"


def explain_xpath(iterator: str, root: Any, source: LogicalSource) -> Absence | None:
    """Which element of an iterator is not there, or is in another namespace; None where all of them are."""
    namespaces = dict(source.namespaces)
    bare = without_conditions(iterator)  # what a condition leaves out is meant to be left out
    language = Language(formulation=source.formulation, generation=source.generation, namespaces=source.namespaces)
    if selects_any(language.begin(bare), root):
        return None
    if selects_any(language.iterate(bare), root):  # as if the root element were the document
        namespace, tag = split_tag(root.tag)
        prefix = next((p for p, n in source.namespaces if n == namespace), None)
        step = tag if not namespace else "*" if prefix is None else f"{prefix}:{tag}"
        meant = begin_at_document(iterator, f"/{step}/")
        return Absence(missing=f"its root is `{tag}`", hint=f"did you mean `{meant}`?")
    iterator = begin_at_document(bare)
    for prefix, name in _NAMED.findall(iterator):
        wanted = namespaces.get(prefix, "")
        there = {split_tag(e.tag)[0] for e in root.iter("{*}" + name) if isinstance(e.tag, str)}
        if there and wanted not in there:
            return tell_namespace(name, sorted(there)[0])
        if not there and iterator.startswith("//"):
            return Absence(missing=f"no element is called `{name}`")
    steps = iterator.strip("/").split("/")
    if iterator.startswith("//") or re.search(r"[|(]|::|\.\.", iterator):
        return Absence(missing="")
    if split_tag(root.tag)[1] not in {steps[0].rpartition(":")[2], "*"}:
        return Absence(missing=f"its root is `{split_tag(root.tag)[1]}`")
    parents = [root]
    for step in steps[1:]:
        name = step.rpartition(":")[2]
        if not re.fullmatch(rf"{NAME}|\*", name):
            break
        children = [child for parent in parents for child in parent if isinstance(child.tag, str)]
        found = [child for child in children if name in {"*", split_tag(child.tag)[1]}]
        if not found:
            known = list(dict.fromkeys(split_tag(child.tag)[1] for child in children))
            hint = did_you_mean(name, known) or (f"its children are {list_known(known)}" if known else None)
            return Absence(missing=f"`{split_tag(parents[0].tag)[1]}` has no child `{name}`", hint=hint)
        parents = found
    return Absence(missing="")


def selects_any(select: Nodes, root: Any) -> bool:
    """Whether a path selects an element."""
    try:
        return bool(select(root))
    except PathError:  # it selects something else
        return False


def tell_namespace(name: str, namespace: str) -> Absence:
    """An element that is there by its name, and in another namespace than the path says."""
    if not namespace:
        return Absence(missing=f"`{name}` is in no namespace", hint="leave the prefix out")
    missing = f"`{name}` is in the namespace `{namespace}`"
    written = f"@PREFIX:{name[1:]}" if name.startswith("@") else f"PREFIX:{name}"
    return Absence(
        missing=missing,
        hint=f"declare a prefix for it (`rml:namespace`), and write `{written}`",
        yarrrml_hint=f"declare a prefix for it (under `prefixes`), and write `{written}`",
    )


def explain_child(reference: str, inside: Inside, namespaces: dict[str, str]) -> Absence | None:
    """Where a reference breaks off: at a child or an attribute that is not there; None where it is more than names."""
    path = without_conditions(reference)  # what a condition leaves out is meant to be left out
    if found := re.fullmatch(rf"\.?//{_STEP.pattern}", path):
        return None if found[1] else explain_descendant(found[2], found[3], inside, namespaces)
    here = "the first"
    for step in path.removeprefix("./").split("/"):
        found = _STEP.fullmatch(step)
        if found is None:
            return None
        attribute, prefix, name = found.groups()
        tag = (namespaces.get(prefix or "", ""), name)
        there = list(inside.attributes if attribute else inside.children)
        if tag not in there:
            return tell_missing(name, bool(attribute), there, inside, here)
        if attribute:
            return None
        inside, here = inside.children[tag], f"in the first, `{name}`"
    return None


def tell_missing(name: str, is_attribute: bool, there: Sequence[Tag], inside: Inside, here: str) -> Absence:
    """The words for a child or an attribute of that name which is not *there*, in an element that is called *here*."""
    if elsewhere := [namespace for namespace, each in there if each == name]:
        return tell_namespace(("@" if is_attribute else "") + name, elsewhere[0])
    known = [each for _, each in there]
    hint = did_you_mean(name, known)
    if hint is None and not is_attribute and ("", name) in inside.attributes:
        hint = f"it is an attribute: `@{name}`"
    elif hint is None and known:
        hint = f"its {'attributes' if is_attribute else 'children'} are {list_known(known)}"
    return Absence(missing=f"{here} has no {'attribute' if is_attribute else 'child'} `{name}`", hint=hint)


def explain_descendant(prefix: str | None, name: str, inside: Inside, namespaces: dict[str, str]) -> Absence | None:
    """Why no element of a record has that name; None where one has it."""
    there = list(dict.fromkeys(inside.list_descendants()))
    if (namespaces.get(prefix or "", ""), name) in there:
        return None
    if elsewhere := [namespace for namespace, each in there if each == name]:
        return tell_namespace(name, elsewhere[0])
    hint = did_you_mean(name, [each for _, each in there])
    return Absence(missing=f"no element in the first is called `{name}`", hint=hint)
