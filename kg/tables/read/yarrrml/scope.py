"""The context in which a YARRRML document is read: what its names mean, and the mistakes found so far."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from kg.tables.read.yarrrml.keys import REFUSED, RESTRICTING, Keys
from kg.tables.read.yarrrml.text import DocumentNames, ExpandedText, read_value
from kg.tables.rml import LogicalSource, LogicalTarget, PredicateObjectMap
from kg.text.diagnostic import Mark, Related, did_you_mean, list_known
from kg.text.findings import Findings
from kg.text.yamldoc import MappingNode, Node, Scalar, SequenceNode, describe_node


@dataclass(frozen=True, kw_only=True)
class Fields:
    """The nodes of one mapping by key, and where the keys stand."""

    mark: Mark
    nodes: dict[str, Node]
    keys: dict[str, Scalar]

    def get(self, key: str) -> Node | None:
        return self.nodes.get(key)

    def has(self, key: str) -> bool:
        return key in self.nodes

    def key_mark(self, key: str) -> Mark:
        return self.keys[key].mark if key in self.keys else self.mark


@dataclass(frozen=True, kw_only=True)
class PlannedMap:
    """A triples map that a mapping will become: one for each of its sources and each of its subjects."""

    name: str
    source: LogicalSource
    subject: Node | None


@dataclass(kw_only=True)
class DocumentScope(Findings):
    """One reading of one document."""

    names: DocumentNames = field(default_factory=DocumentNames)
    sources: dict[str, LogicalSource | None] = field(default_factory=dict)  # None: has a mistake
    targets: dict[str, LogicalTarget | None] = field(default_factory=dict)
    mappings: dict[str, tuple[PlannedMap, ...]] = field(default_factory=dict)
    at_hand: PlannedMap | None = None  # what is being read
    unasserted: set[str] = field(default_factory=set)  # triples maps that are only quoted
    named: set[tuple[str, str]] = field(default_factory=set)  # what is used by its name: what it is, and the name
    added: list[tuple[str, PredicateObjectMap]] = field(default_factory=list)  # what inverse joins add to others

    def expect(self, what: str, node: Node) -> None:
        """Tell that *what* (`a text`, `a list or a mapping`) should stand where *node* stands."""
        self.tell("yarrrml-node", node.mark, f"expected {what}, found {describe_node(node)}")

    def refuse(self, mark: Mark, what: str, hint: str | None = None) -> None:
        """Tell that something of YARRRML is not supported."""
        self.tell("yarrrml-unsupported", mark, f"{what} is not supported", hint)

    def read_value(self, text: Scalar, *, is_iri: bool, suffix: str = "") -> ExpandedText:
        """The value of a text: see `kg.tables.read.yarrrml.text.read_value`."""
        value, problems = read_value(text, self.names, is_iri=is_iri, suffix=suffix)
        self.add(problems)
        return value

    def read_text(self, node: Node | None, what: str = "a text") -> Scalar | None:
        """The node, where it is a text that is not empty or an empty one in quotes."""
        if node is None:
            return None
        if isinstance(node, Scalar) and (node.text or not node.plain):
            return node
        self.expect(what, node)
        return None

    def read_word(self, node: Node | None, known: Iterable[str], what: str) -> str | None:
        """A word out of the *known* ones, whatever its case."""
        text = self.read_text(node)
        if text is None:
            return None
        words = {word.casefold(): word for word in known}
        if text.text.casefold() in words:
            return words[text.text.casefold()]
        hint = did_you_mean(text.text, words.values()) or f"known are {list_known(words.values(), most=30)}"
        self.tell("yarrrml-word", text.mark, f"no {what} `{text.text}`", hint)
        return None

    def read_entries(self, node: Node | None, what: str) -> tuple[tuple[Scalar, Node], ...]:
        """The entries of a mapping whose keys are free names."""
        if node is None or (isinstance(node, Scalar) and node.plain and not node.text):
            return ()
        if isinstance(node, MappingNode):
            return node.entries
        self.expect(f"a mapping of {what}", node)
        return ()

    def read_fields(self, node: MappingNode, keys: Keys) -> Fields:
        """The nodes of a mapping by the first spelling of their keys; other keys are told.

        A key that is nearly a known one is an error (a slip of the pen), and so is one that restricts the triples
        elsewhere; another is a warning (it is not used).
        """
        spelling = {other: name for name, others in keys.items() for other in (name, *others)}
        nodes: dict[str, Node] = {}
        used: dict[str, Scalar] = {}
        for key, value in node.entries:
            name = spelling.get(key.text)
            if name is None:
                self.tell_key(key, node, spelling)
            elif name in nodes:
                message = f"`{key.text}` and `{used[name].text}` are the same key"
                first = Related(mark=used[name].mark, message="first here")
                self.tell("yarrrml-key-twice", key.mark, message, None, first)
            else:
                nodes[name] = value
                used[name] = key
        return Fields(mark=node.mark, nodes=nodes, keys=used)

    def tell_key(self, key: Scalar, node: MappingNode, spelling: dict[str, str]) -> None:
        """Tell that a key has no meaning in a mapping."""
        if node.broken:
            return
        near = did_you_mean(key.text, (word for word in spelling if len(word) > 2))
        if key.text in REFUSED:
            self.refuse(key.mark, f"`{key.text}`, for {REFUSED[key.text]},")
        elif key.text in RESTRICTING:
            hint = f"it belongs to {RESTRICTING[key.text]}"
            self.tell(
                "yarrrml-key", key.mark, f"no key `{key.text}` here, and the triples would be others with it", hint
            )
        elif near is not None:
            self.tell("yarrrml-key", key.mark, f"no key `{key.text}` here", near)
        else:
            known = list_known(set(spelling.values()), most=20)
            self.tell("yarrrml-unused", key.mark, f"the key `{key.text}` is not used", f"known are {known}")

    def tell_unread(self, fields: Fields, keys: Iterable[str], why: str) -> None:
        """Tell of those of the *keys* that are there and have no effect; *why* (`beside a query`) says why."""
        for key in keys:
            if fields.has(key):
                message = f"`{fields.keys[key].text}` has no use {why}"
                self.tell("map-unread", fields.key_mark(key), message, "remove it, or write it where it belongs")

    def check_name(self, name: Scalar, known: Iterable[str], what: str) -> bool:
        """Whether a name is *known*; one that is not is told."""
        known = set(known)
        self.named.add((what, name.text))
        if name.text in known:
            return True
        code, hint = f"yarrrml-{what}", did_you_mean(name.text, known)
        if hint is None and what == "source":
            # No slip of the pen: what has no source is told alike, whatever stands in its place.
            code = "yarrrml-no-source"
            short = name.text if "~" in name.text else f"{name.text}~csv"
            hint = f"a file is written `[[{short}]]`"
        elif hint is None and known:
            hint = f"known are {list_known(known)}"
        self.tell(code, name.mark, f"no {what} `{name.text}`", hint)
        return False


def read_items(node: Node | None) -> tuple[Node, ...]:
    """The items of a list; one thing alone counts as a list of one."""
    if node is None:
        return ()
    return node.items if isinstance(node, SequenceNode) else (node,)
