"""The keys of YARRRML's mappings in all their spellings.

Source: https://rml.io/yarrrml/spec/, section "Shortcuts" of each key, and what YARRRML Parser accepts.
"""

from __future__ import annotations

# Each key with the other spellings it may have.
Keys = dict[str, tuple[str, ...]]

DOCUMENT_KEYS: Keys = {
    "base": (),
    "prefixes": ("prefix",),
    "sources": ("source", "s"),
    "targets": ("target", "t"),
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
ARGUMENT_KEYS: Keys = {**TERM_KEYS, "datatype": (), "language": ()}
QUOTING = ("quoted", "quotedNonAsserted")
SUBJECT_KEYS: Keys = {**TERM_KEYS, **dict.fromkeys(QUOTING, ()), "conditions": ("condition", "c")}
OBJECT_KEYS: Keys = {
    **SUBJECT_KEYS,
    "datatype": (),
    "language": (),
    "mapping": ("m",),
    "inversepredicates": ("inversepredicate", "iv", "i"),
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
    "null": (),
}
CREDENTIAL_KEYS: Keys = {"username": (), "password": ()}
TARGET_KEYS: Keys = {"access": (), "type": (), "serialization": (), "compression": ()}
AUTHOR_KEYS: Keys = {"name": (), "email": (), "website": (), "webid": ()}

# What says which triples there are, or of which terms, with where it is read.
RESTRICTING = {
    **dict.fromkeys(("condition", "conditions", "c"), "a mapping, its `predicateobjects`, a subject or an object"),
    **dict.fromkeys(("graph", "graphs", "g"), "a mapping or its `predicateobjects`"),
    **dict.fromkeys(("datatype", "language"), "an object or its `predicateobjects`"),
    **dict.fromkeys(
        ("inversepredicates", "inversepredicate", "iv", "i"), "an object: `{value: ..., inversepredicates: ...}`"
    ),
}

# What YARRRML has words for and this translator does not carry over: what for, by the key.
REFUSED = {
    "changeDetection": "change detection (IncRML)",
    "ldes": "an event stream (LDES)",
    "authentications": "a target that is written by HTTP requests",
    "authentication": "a target that is written by HTTP requests",
    "methodName": "a target that is written by HTTP requests",
    "headers": "a target that is written by HTTP requests",
    "rel": "a target that is written by HTTP requests",
    "security": "a source of the Web of Things",
    "contentType": "a source of the Web of Things",
    "operationType": "a source of the Web of Things",
}
