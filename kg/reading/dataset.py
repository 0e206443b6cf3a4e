"""Read `seeds/dataset.yaml`: what the graph is called and where its IRIs live."""

from __future__ import annotations

import re

from kg.model.nouns import Dataset, Materialisation, Ref, TableChoice
from kg.rdf.iri import Prefixes
from kg.rdf.namespace import WELL_KNOWN
from kg.reading.fields import Finder, open_document
from kg.reading.forms import DATASET, PUBLISHER
from kg.text.diagnostic import mark_of_file
from kg.text.yamldoc import Document, MappingNode, Node

_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_ADDRESS = re.compile(
    r"(?i)(?:https?|(?:jdbc:)?(?:postgres(?:ql)?|mysql|mariadb))://(?:[\w.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?(?:/\S*)?"
)
OWN_PREFIXES = {
    "e": "entity/",
    "c": "claim/",
    "s": "source/",
    "n": "name/",
    "r": "relation/",
    "k": "class/",
    "t": "table/",
}


def read_dataset(document: Document, finder: Finder) -> Dataset | None:
    """The data set's description; None, with the reason told, where title or base are missing."""
    root = open_document(document, "dataset/1", finder)
    if root is None:
        return None
    finder.known_keys(root, "the data set", DATASET.names)
    finder.required(root, "the data set", mark_of_file(document.source), *DATASET.required)
    language = finder.scalar(root.get("language"), "`language`")
    if language is not None and finder.language_tag(language):
        finder.language = language.text
    base = _read_base(root, finder)
    prefixes = _read_prefixes(root.get("prefixes"), base or "https://unknown.invalid/", finder)
    finder.namespaces = prefixes.namespaces
    publisher = finder.mapping(root.get("publisher"), "`publisher`")
    name = url = None
    if publisher is not None:
        finder.known_keys(publisher, "`publisher`", PUBLISHER.names)
        name = finder.scalar(publisher.get("name"), "the publisher's name")
        url = finder.iri(publisher.get("url"), "the publisher's url")
    title = finder.texts(root.get("title"), "`title`")
    licence = finder.iri(root.get("licence"), "`licence`")
    version = finder.scalar(root.get("version"), "`version`")
    description = finder.texts(root.get("description"), "`description`")
    tables = _read_tables(root.get("tables"), finder)
    network = _read_network(root.get("network"), finder)
    as_of = finder.day(root.get("asof"), "`asof`")
    if base is None or not title:
        return None
    return Dataset(
        title=title,
        description=description,
        base=base,
        language=finder.language,
        licence=licence,
        publisher_name=name.text if name else None,
        publisher_url=url,
        version=version.text if version else None,
        prefixes=prefixes,
        mark=root.keys["title"].mark,
        tables=tables,
        network=network,
        as_of=as_of,
    )


def _read_base(root: MappingNode, finder: Finder) -> str | None:
    base = finder.iri(root.get("base"), "`base`")
    if base is not None and not base.endswith("/"):
        node = root.nodes["base"]
        finder.tell("bad-iri", node.mark, f"the base `{base}` does not end with `/`", f"write `{base}/`")
        return None
    return base


def _read_tables(node: Node | None, finder: Finder) -> tuple[TableChoice, ...]:
    """`tables: {NAME: graph|file}`: what becomes of a mapping's quads, where it is not left to their number."""
    mapping = finder.mapping(node, "`tables`")
    choices = []
    for key, value in mapping.entries if mapping else ():
        word = finder.word(value, "way to materialise a table", "table-choice", Materialisation)
        if word is not None:
            choices.append(TableChoice(name=Ref(text=key.text, mark=key.mark), materialisation=word))
    return tuple(choices)


def _read_network(node: Node | None, finder: Finder) -> tuple[Ref, ...]:
    """`network: [ADDRESS, ...]`: the endpoints and servers of databases that mappings may ask."""
    found = []
    for address in finder.scalars(node, "`network`"):
        wrong = explain_address(address.text)
        if wrong is not None:
            finder.tell("bad-network", address.mark, *wrong)
        else:
            found.append(Ref(text=address.text, mark=address.mark))
    return tuple(found)


def explain_address(text: str) -> tuple[str, str] | None:
    """Why a text is no address of an endpoint or a server that may be asked, and how to write one; None where it is."""
    if "@" in text:
        return (
            "an address that may be asked names no user",
            "say it without a login: a password comes from the environment",
        )
    if not _ADDRESS.fullmatch(text):
        hint = "write it like `https://query.example.org/sparql` or `postgresql://db.example.org/sales`"
        return f"`{text}` is no address that could be asked", hint
    return None


def _read_prefixes(node: Node | None, base: str, finder: Finder) -> Prefixes:
    prefixes = {**WELL_KNOWN, **{prefix: base + path for prefix, path in OWN_PREFIXES.items()}}
    mapping = finder.mapping(node, "`prefixes`")
    for key, value in mapping.entries if mapping else ():
        iri = finder.iri(value, f"the prefix `{key.text}`")
        if not _PREFIX.fullmatch(key.text):
            finder.tell("bad-id", key.mark, f"`{key.text}` cannot be a prefix", "letters, digits and hyphens")
        elif key.text in prefixes and iri is not None and prefixes[key.text] != iri:
            message = f"the prefix `{key.text}` already stands for {prefixes[key.text]}"
            finder.tell("prefix-taken", key.mark, message, "choose another prefix")
        elif iri is not None:
            prefixes[key.text] = iri
    return Prefixes(namespaces=prefixes)
