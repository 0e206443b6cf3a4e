"""Read the fields of a YAML mapping: each reader gives the value, or None with a Diagnostic told."""

from __future__ import annotations

import re
from collections import abc
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from kg.model.nouns import Acceptance, Ref
from kg.model.values import Date, Text, read_date, read_truth, tell_bad_iri
from kg.text.diagnostic import Mark, Related, did_you_mean, find_nearest, list_known
from kg.text.findings import Findings
from kg.text.language import explain_tag
from kg.text.match import make_id
from kg.text.yamldoc import Document, MappingNode, Node, Scalar, SequenceNode, describe_node

Item = TypeVar("Item")
Word = TypeVar("Word", bound=StrEnum)

KEY = re.compile(r"[a-z0-9][a-z0-9-]*")


@dataclass(kw_only=True)
class Finder(Findings):
    """Reads fields, and collects what is wrong with them.

    *language* is that of texts that name none; *namespaces* are those of the data set's prefixes, None where they are
    not known.
    """

    language: str = "en"
    namespaces: abc.Mapping[str, str] | None = None

    # -- shapes -------------------------------------------------------------------------------

    def mapping(self, node: Node | None, what: str, wanted: str = "a mapping (`key: value`)") -> MappingNode | None:
        """*node* as a mapping; anything else is told as `wrong-shape`. None (absent) stays None."""
        if node is None or isinstance(node, MappingNode):
            return node
        self.wrong_shape(node, what, wanted)
        return None

    def scalar(self, node: Node | None, what: str) -> Scalar | None:
        """*node* as a text that is not empty."""
        if node is None:
            return None
        if isinstance(node, Scalar):
            if node.text.strip():
                return node
            self.tell("empty-value", node.mark, f"{what} is empty", "write a value, or leave the key out")
            return None
        self.wrong_shape(node, what, "a text")
        return None

    def scalars(self, node: Node | None, what: str) -> list[Scalar]:
        """One text, or a list of texts."""
        if isinstance(node, SequenceNode):
            found = [self.scalar(item, f"an item of {what}") for item in node.items]
            return [item for item in found if item is not None]
        one = self.scalar(node, what)
        return [] if one is None else [one]

    def wrong_shape(self, node: Node, what: str, expected: str) -> None:
        self.tell("wrong-shape", node.mark, f"{what} should be {expected}, not {describe_node(node)}")

    def known_keys(self, node: MappingNode, what: str, known: Iterable[str]) -> None:
        """Tell every key of *node* that is not among the *known* ones."""
        known = list(known)
        if node.broken or node.nodes.keys() <= set(known):
            return
        for number, (key, _) in enumerate(node.entries):
            if key.text not in known:
                cut = node.entries[number - 1][1] if number and node.flow else None
                if isinstance(cut, Scalar) and cut.plain and " " in key.text.strip():
                    quotes = (
                        f"a comma splits a plain value: `{cut.text}` ends there; put a text that holds one into quotes"
                    )
                    self.tell("unknown-key", key.mark, f"{what} has no key `{key.text}`", quotes)
                    continue
                begun = next((k for k in known if k not in node.nodes and _abbreviates(k, key.text)), None)
                hint = f"did you mean `{begun}`?" if begun else did_you_mean(key.text, known)
                hint = hint or f"known keys: {list_known(known, 16)}"
                self.tell("unknown-key", key.mark, f"{what} has no key `{key.text}`", hint)

    def required(self, node: MappingNode, what: str, mark: Mark, *keys: str) -> bool:
        """True when all *keys* are there; what is missing is told in one diagnostic."""
        missing = [key for key in keys if key not in node.nodes]
        if missing and not node.broken:
            names = " and ".join(f"`{key}`" for key in missing)
            others = [key.text for key, _ in node.entries if key.text not in keys]
            if not any(did_you_mean(o, missing) or any(_abbreviates(m, o) for m in missing) for o in others):
                # else a misspelt key was told already
                self.tell("missing-key", mark, f"{what} lacks {names}")
        return not missing

    # -- values -------------------------------------------------------------------------------

    def word(self, node: Node | None, what: str, code: str, kind: type[Word]) -> Word | None:
        """One of the words of *kind*; another is told under *code*, and taken for the nearest."""
        scalar = self.scalar(node, what)
        if scalar is None:
            return None
        try:
            return kind(scalar.text)
        except ValueError:
            words = [member.value for member in kind]
        near = find_nearest(scalar.text, words)
        hint = f"known: {list_known(words)}" if near is None else f"did you mean `{near}`?"
        self.tell(code, scalar.mark, f"`{scalar.text}` is no {what}", hint)
        return None if near is None else kind(near)

    def truth(self, node: Node | None, what: str) -> bool | None:
        """`true` or `false`, as YAML 1.2 writes them."""
        scalar = self.scalar(node, what)
        truth = read_truth(scalar, self) if scalar is not None else None
        return None if truth is None else truth.value

    def date(self, node: Node | None, what: str) -> Date | None:
        """A date of EDTF."""
        scalar = self.scalar(node, what)
        return None if scalar is None else read_date(scalar, self)

    def day(self, node: Node | None, what: str) -> Date | None:
        """A year, a month or a day: a date that ends on one day for certain."""
        date = self.date(node, what)
        if date is not None and not date.edtf.exact:
            self.tell("bad-date", date.mark, f"{what} is `{date.text}`, which ends on no certain day",
                      "write a day, a month or a year: `2024-04-28`")  # fmt: skip
            return None
        return date

    def ref(self, node: Node | None, what: str) -> Ref | None:
        scalar = self.scalar(node, what)
        return None if scalar is None else Ref(text=scalar.text, mark=scalar.mark)

    def refs(self, node: Node | None, what: str) -> tuple[Ref, ...]:
        return tuple(Ref(text=s.text, mark=s.mark) for s in self.scalars(node, what))

    def iri(self, node: Node | None, what: str) -> str | None:
        """An absolute IRI, or a CURIE by the data set's prefixes, as the IRI that it stands for."""
        scalar = self.scalar(node, what)
        return None if scalar is None else tell_bad_iri(scalar.text, scalar.mark, self, self.namespaces)

    def key(self, scalar: Scalar, what: str) -> bool:
        """True when *scalar* is a good id: lower-case letters, digits and hyphens."""
        if KEY.fullmatch(scalar.text):
            return True
        better = make_id(scalar.text)
        hint = f"lower-case letters, digits and hyphens, such as `{better}`" if better else None
        self.tell("bad-id", scalar.mark, f"`{scalar.text}` cannot be the id of {what}", hint)
        return False

    def language_tag(self, scalar: Scalar) -> bool:
        """True when *scalar* is a language tag."""
        hint = explain_tag(scalar.text)
        if hint is not None:
            self.tell("bad-language", scalar.mark, f"`{scalar.text}` is no language tag", hint)
        return hint is None

    def languages(self, node: MappingNode) -> Iterator[tuple[Scalar, Node]]:
        """The entries of a mapping by language, each language once: the case of a tag says nothing."""
        known: dict[str, str] = {}
        for key, value in node.entries:
            if not self.language_tag(key):
                continue
            first = known.setdefault(key.text.casefold(), key.text)
            if first != key.text:
                message = f"`{key.text}` is the language `{first}` once more: the case of a tag says nothing"
                self.tell("bad-language", key.mark, message, "take one of the two out")
                continue
            yield key, value

    def text(self, node: Node | None, what: str, lang: str | None = None) -> Text | None:
        """A text in the language *lang*, or else in that of texts that name none."""
        scalar = self.scalar(node, what)
        return None if scalar is None else Text(text=scalar.text, lang=lang or self.language, mark=scalar.mark)

    def texts(self, node: Node | None, what: str) -> tuple[Text, ...]:
        """A text, or a mapping of language to text: `{en: Paris, zh: 巴黎}`."""
        if not isinstance(node, MappingNode):
            one = self.text(node, what)
            return () if one is None else (one,)
        found = []
        for key, value in self.languages(node):
            if (scalar := self.scalar(value, f"{what} in `{key.text}`")) is not None:
                found.append(Text(text=scalar.text, lang=key.text, mark=scalar.mark))
        return tuple(found)

    def acceptances(self, node: Node | None) -> tuple[Acceptance, ...]:
        """The warnings that are accepted, with their reasons: `accept: {CODE: reason}`."""
        mapping = self.mapping(node, "`accept`")
        found = []
        for key, value in mapping.entries if mapping else ():
            if reason := self.scalar(value, f"the reason for accepting `{key.text}`"):
                found.append(Acceptance(code=key.text, reason=reason.text, mark=key.mark))
        return tuple(found)


def _abbreviates(key: str, word: str) -> bool:
    """Whether a key of one letter stands for a word: `o` for `object`."""
    return len(key) == 1 and word.startswith(key)


def open_document(document: Document, form: str, finder: Finder) -> MappingNode | None:
    """The root mapping of a document that declares *form* (`claims/1`) under `kg:`.

    None, with the reason told, where it is not one; what the YAML reader found comes along.
    """
    finder.add(document.diagnostics)
    if document.root is None:
        if not document.diagnostics:
            finder.tell("empty-file", _top(document), "the file is empty", f"begin it with `kg: {form}`")
        return None
    root = document.root
    if not isinstance(root, MappingNode):
        finder.wrong_shape(root, "the file", "a mapping (`key: value`)")
        return None
    declared = root.get("kg")
    if not isinstance(declared, Scalar):
        mark = declared.mark if declared is not None else _top(document)
        finder.tell("format-version", mark, "the file does not say its format", f"begin it with `kg: {form}`")
        return None
    if declared.text != form:
        message = f"the format `{declared.text}` is not read here"
        finder.tell("format-version", declared.mark, message, f"this folder holds `{form}`")
        return None
    return root


def _top(document: Document) -> Mark:
    return Mark(source=document.source, line=1, column=1, end_line=1, end_column=2)


def unique(
    items: Iterable[Item],
    key: Callable[[Item], str],
    mark: Callable[[Item], Mark],
    what: str,
    finder: Finder,
) -> Iterator[Item]:
    """The *items* whose key did not come before; the others are told as `duplicate-id`, and left out."""
    seen: dict[str, Mark] = {}
    for item in items:
        name = key(item)
        if name in seen:
            first = Related(mark=seen[name], message="the first")
            finder.tell("duplicate-id", mark(item), f"a second {what} `{name}`", "rename one of the two", first)
            continue
        seen[name] = mark(item)
        yield item
