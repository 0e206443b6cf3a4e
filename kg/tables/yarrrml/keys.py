"""The keys of YARRRML's mappings in all their spellings, and reading a node by them.

Source: https://rml.io/yarrrml/spec/, section "Shortcuts" of each key, and what YARRRML Parser accepts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from kg.diagnostic import Diagnostic, Mark, Related, did_you_mean, list_known
from kg.yamldoc import Mapping, Node, Scalar, Sequence, describe_node

# Each key with the other spellings it may have.
Keys = dict[str, tuple[str, ...]]

DOCUMENT_KEYS: Keys = {
    "base": (),
    "prefixes": ("prefix",),
    "sources": ("source", "s"),
    "targets": ("target", "t"),
    "authentications": ("authentication",),
    "authors": ("author",),
    "external": ("externals",),
    "mappings": ("mapping", "m"),
}
MAPPING_KEYS: Keys = {
    "sources": ("source",),
    "subjects": ("subject", "s"),
    "graphs": ("graph", "g"),
    "conditions": ("condition", "c"),
    "predicateobjects": ("predicateobject", "po"),
    "changeDetection": (),
}
PREDICATE_OBJECT_KEYS: Keys = {
    "predicates": ("predicate", "p"),
    "objects": ("object", "o"),
    "datatype": (),
    "language": (),
    "graphs": ("graph", "g"),
    "conditions": ("condition", "c"),
}
FUNCTION_KEYS: Keys = {"function": ("f", "fn"), "parameters": ("pms",)}
TERM_KEYS: Keys = {"value": ("v",), **FUNCTION_KEYS, "type": (), "targets": ("target", "t")}
QUOTING = ("quoted", "quotedNonAsserted")
SUBJECT_KEYS: Keys = {**TERM_KEYS, **dict.fromkeys(QUOTING, ()), "conditions": ("condition", "c")}
OBJECT_KEYS: Keys = {
    **SUBJECT_KEYS,
    "datatype": (),
    "language": (),
    "mapping": ("m",),
    "inversepredicates": ("inversepredicate", "iv"),
}
LANGUAGE_KEYS: Keys = {"value": ("v",), "targets": ("target", "t")}
PARAMETER_KEYS: Keys = {"parameter": ("pm",), "value": ("v",), "type": (), "from": ()}
SOURCE_KEYS: Keys = {
    "access": (),
    "type": (),
    "referenceFormulation": (),
    "iterator": (),
    "table": (),
    "query": (),
    "queryFormulation": (),
    "credentials": (),
    "delimiter": (),
    "encoding": (),
    "contentType": (),
    "operationType": (),
    "security": (),
}
CREDENTIAL_KEYS: Keys = {"username": (), "password": ()}
SECURITY_KEYS: Keys = {"type": (), "in": (), "name": (), "value": ()}
TARGET_KEYS: Keys = {
    "access": (),
    "type": (),
    "serialization": (),
    "compression": (),
    "ldes": (),
    "authentication": (),
    "methodName": (),
    "rel": (),
    "headers": (),
    "sources": ("source", "s"),
    "id": (),
}
EVENT_STREAM_KEYS: Keys = {
    "id": (),
    "shape": (),
    "timestampPath": (),
    "versionOfPath": (),
    "generateImmutableIRI": (),
}
AUTHENTICATION_KEYS: Keys = {"type": (), "email": (), "password": (), "oidcIssuer": (), "webId": ()}
AUTHOR_KEYS: Keys = {"name": (), "email": (), "website": (), "webid": ()}
CHANGE_KEYS: Keys = {
    "explicit": (),
    "watchedProperties": ("watchedProperty",),
    "mappingAdd": (),
    "mappingRemove": (),
}
CHANGES_KEYS: Keys = {"create": (), "update": (), "delete": ()}


@dataclass(kw_only=True)
class Findings:
    """The mistakes found so far; each reading function adds its own."""

    diagnostics: list[Diagnostic] = field(default_factory=list)

    def report(self, code: str, mark: Mark, message: str, hint: str | None = None) -> None:
        self.diagnostics.append(Diagnostic(code=code, mark=mark, message=message, hint=hint))

    def expect(self, what: str, node: Node) -> None:
        """Report that *what* (`a text`, `a list or a mapping`) should stand where *node* stands."""
        self.report("yarrrml-node", node.mark, f"expected {what}, found {describe_node(node)}")

    def read_text(self, node: Node | None, what: str = "a text") -> Scalar | None:
        """The node, where it is a text that is not empty or an empty one in quotes."""
        if node is None:
            return None
        if isinstance(node, Scalar) and (node.text or not node.plain):
            return node
        self.expect(what, node)
        return None

    def read_items(self, node: Node | None) -> tuple[Node, ...]:
        """The items of a list; one thing alone counts as a list of one."""
        if node is None:
            return ()
        return node.items if isinstance(node, Sequence) else (node,)

    def read_entries(self, node: Node | None, what: str) -> tuple[tuple[Scalar, Node], ...]:
        """The entries of a mapping whose keys are free names."""
        if node is None or (isinstance(node, Scalar) and node.plain and not node.text):
            return ()
        if isinstance(node, Mapping):
            return node.entries
        self.expect(f"a mapping of {what}", node)
        return ()

    def read_word(self, node: Node | None, known: Iterable[str], what: str) -> str | None:
        """A word out of the *known* ones, whatever its case."""
        text = self.read_text(node)
        if text is None:
            return None
        words = {word.casefold(): word for word in known}
        if text.text.casefold() in words:
            return words[text.text.casefold()]
        hint = did_you_mean(text.text, words.values()) or f"known are {list_known(words.values(), most=30)}"
        self.report("yarrrml-word", text.mark, f"no {what} `{text.text}`", hint)
        return None

    def read_boolean(self, node: Node | None, *, default: bool) -> bool:
        word = self.read_word(node, ("true", "false"), "truth value")
        return default if word is None else word == "true"

    def read_fields(self, node: Mapping, keys: Keys) -> Fields:
        """The nodes of a mapping by the first spelling of their keys; other keys are reported.

        A key that is nearly a known one is an error (a slip of the pen), another a warning (it is not used).
        """
        spelling = {other: name for name, others in keys.items() for other in (name, *others)}
        nodes: dict[str, Node] = {}
        used: dict[str, Scalar] = {}
        for key, value in node.entries:
            name = spelling.get(key.text)
            if name is None:
                self._report_key(key, node, spelling)
            elif name in nodes:
                self.diagnostics.append(
                    Diagnostic(
                        code="yarrrml-key-twice",
                        mark=key.mark,
                        message=f"`{key.text}` and `{used[name].text}` are the same key",
                        related=(Related(mark=used[name].mark, message="first here"),),
                    )
                )
            else:
                nodes[name] = value
                used[name] = key
        return Fields(mark=node.mark, nodes=nodes, keys=used)

    def _report_key(self, key: Scalar, node: Mapping, spelling: dict[str, str]) -> None:
        if node.broken:
            return
        near = did_you_mean(key.text, (word for word in spelling if len(word) > 2))
        if near is not None:
            self.report("yarrrml-key", key.mark, f"no key `{key.text}` here", near)
        else:
            known = list_known(set(spelling.values()), most=20)
            self.report("yarrrml-unused", key.mark, f"the key `{key.text}` is not used", f"known are {known}")


@dataclass(frozen=True, kw_only=True)
class Fields:
    """The nodes of one mapping by key, and where the keys stand."""

    mark: Mark
    nodes: dict[str, Node]
    keys: dict[str, Scalar]

    def get(self, key: str) -> Node | None:
        return self.nodes.get(key)

    def key_mark(self, key: str) -> Mark:
        return self.keys[key].mark if key in self.keys else self.mark
