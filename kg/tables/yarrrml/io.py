"""Sources, targets, authentications and authors as YARRRML writes them.

Source: https://rml.io/yarrrml/spec/, sources and targets; https://rml.io/specs/target/ for dynamic targets.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kg.tables.yarrrml.document import (
    Authentication,
    Author,
    EventStream,
    Header,
    LogicalSource,
    Security,
    Target,
    Value,
)
from kg.tables.yarrrml.keys import (
    AUTHENTICATION_KEYS,
    AUTHOR_KEYS,
    CREDENTIAL_KEYS,
    EVENT_STREAM_KEYS,
    SECURITY_KEYS,
    SOURCE_KEYS,
    TARGET_KEYS,
    Fields,
    Findings,
)
from kg.tables.yarrrml.template import Scope, is_absolute, read_value
from kg.yamldoc import Mapping, Node, Scalar, Sequence

REFERENCE_FORMULATIONS = ("csv", "jsonpath", "xpath", "css3")
RESULT_FORMULATIONS = ("sparqltsv", "sparqljson", "sparqlxml", "sparqlcsv")  # YARRRML's words for these formats
DATABASES = ("mysql", "postgresql", "oracle", "mssql", "db2", "sqlite")
SOURCE_TYPES = ("localfile", "remotefile", "sparql", "wot", *DATABASES)
QUERY_FORMULATIONS = ("sql2008", "oracle", "mysql", "mssql", "hsql", "postgresql", "db2", "informix",
                      "ingres", "progress", "sybasease", "sybasesqlanywhere", "virtuoso",
                      "firebird")  # fmt: skip
TARGET_TYPES = ("void", "localfile", "sparql", "sd", "dcat", "directhttprequest", "linkedhttprequest")
COMPRESSIONS = ("gzip", "zip", "targzip", "tarxz")
# The words of YARRRML for the formats of http://www.w3.org/ns/formats/.
SERIALIZATIONS = {
    "jsonld": "JSON-LD",
    "n3": "N3",
    "ntriples": "N-Triples",
    "nquads": "N-Quads",
    "ldpatch": "LD_Patch",
    "microdata": "microdata",
    "owlxml": "OWL_XML",
    "owlfunctional": "OWL_Functional",
    "owlmanchester": "OWL_Manchester",
    "powder": "POWDER",
    "powder-s": "POWDER-S",
    "prov-n": "PROV-N",
    "prov-xml": "PROV-XML",
    "rdfa": "RDFa",
    "rdfjson": "RDF_JSON",
    "rdfxml": "RDF_XML",
    "rifxml": "RIF_XML",
    "sparqlxml": "SPARQL_Results_XML",
    "sparqljson": "SPARQL_Results_JSON",
    "sparqlcsv": "SPARQL_Results_CSV",
    "sparqltsv": "SPARQL_Results_TSV",
    "turtle": "Turtle",
    "trig": "TriG",
}

_AUTHOR = re.compile(r"\s*(?P<name>[^<(]*?)\s*(?:<(?P<email>[^>]*)>)?\s*(?:\((?P<website>[^)]*)\))?\s*")


@dataclass(kw_only=True)
class IoReader(Findings):
    """Reads what stands around the mappings, in the scope of one document."""

    scope: Scope = field(default_factory=Scope)
    source_references: list[Scalar] = field(default_factory=list)
    target_references: list[Scalar] = field(default_factory=list)
    authentication_references: list[Scalar] = field(default_factory=list)
    mapping_references: list[Scalar] = field(default_factory=list)

    def read_value(self, text: Scalar, *, is_iri: bool, suffix: str = "") -> Value:
        value, problems = read_value(text, self.scope, is_iri=is_iri, suffix=suffix)
        self.diagnostics.extend(problems)
        return value

    def _require(self, fields: Fields, key: str, what: str) -> Scalar | None:
        if fields.get(key) is None:
            self.report("yarrrml-missing", fields.mark, f"{what} needs `{key}`")
            return None
        return self.read_text(fields.get(key))

    # Sources

    def read_source(self, node: Node, name: Scalar | None) -> LogicalSource | None:
        """A source: `[file~formulation, iterator]` or a mapping."""
        if isinstance(node, Sequence):
            return self._read_source_list(node, name)
        if isinstance(node, Mapping):
            return self._read_source_mapping(self.read_fields(node, SOURCE_KEYS), name)
        self.expect("a source: `[file~formulation, iterator]` or a mapping", node)
        return None

    def _read_source_list(self, node: Sequence, name: Scalar | None) -> LogicalSource | None:
        if not 1 <= len(node.items) <= 2:
            message = f"expected `[file~formulation, iterator]`, found {len(node.items)} items"
            self.report("yarrrml-node", node.mark, message)
            return None
        text = self.read_text(node.items[0])
        if text is None:
            return None
        access, tilde, formulation = text.text.rpartition("~")
        if not tilde or not access:
            message = f"`{text.text}` does not say how its rows are referred to"
            known = "one of " + ", ".join(f"`~{word}`" for word in REFERENCE_FORMULATIONS)
            known = "`~sparqltsv`" if text.text.endswith(".rq") else known
            self.report("yarrrml-formulation", text.mark, message, f"add {known}")
            return None
        cut = len(access)
        return LogicalSource(
            name=name,
            mark=node.mark,
            access=Scalar(text=access, mark=text.part(0, cut), plain=False),
            reference_formulation=self._read_formulation(
                Scalar(text=formulation, mark=text.part(cut + 1, len(text.text)), plain=False)
            ),
            iterator=self.read_text(node.items[1]) if len(node.items) == 2 else None,
        )

    def _read_formulation(self, text: Scalar | None) -> Scalar | None:
        if text is None:
            return None
        value = self.read_value(text, is_iri=False)
        if value.constant is not None and is_absolute(value.constant):
            return Scalar(text=value.constant, mark=text.mark, plain=False)
        word = self.read_word(text, (*REFERENCE_FORMULATIONS, *RESULT_FORMULATIONS), "reference formulation")
        return None if word is None else Scalar(text=word, mark=text.mark)

    def _read_source_mapping(self, fields: Fields, name: Scalar | None) -> LogicalSource | None:
        kind = self._read_known(fields, "type", SOURCE_TYPES, "type of source")
        texts = {
            key: self.read_text(fields.get(key))
            for key in ("access", "iterator", "table", "query", "delimiter", "encoding", "contentType")
        }
        formulation = self._read_formulation(self.read_text(fields.get("referenceFormulation")))
        credentials = fields.get("credentials")
        username = password = None
        if isinstance(credentials, Mapping):
            inner = self.read_fields(credentials, CREDENTIAL_KEYS)
            username = self.read_text(inner.get("username"))
            password = self.read_text(inner.get("password"))
        elif credentials is not None:
            self.expect("a mapping with `username` and `password`", credentials)
        plain_table = texts["table"] is not None or (texts["query"] is not None and kind is None)
        if fields.get("access") is None and not plain_table:
            self.report("yarrrml-missing", fields.mark, "a source needs `access`, `table` or `query`")
            return None
        database = kind is not None and kind.text in DATABASES
        if fields.get("referenceFormulation") is None and not (database or plain_table):
            known = ", ".join(f"`{word}`" for word in REFERENCE_FORMULATIONS)
            message = "a source needs `referenceFormulation`"
            self.report("yarrrml-formulation", fields.mark, message, f"one of {known}")
        if database and texts["query"] is None and texts["table"] is None:
            self.report("yarrrml-missing", fields.mark, "a database needs a `query` or a `table`")
        return LogicalSource(
            name=name,
            mark=fields.mark,
            access=texts["access"],
            type=kind,
            reference_formulation=formulation,
            iterator=texts["iterator"],
            table=texts["table"],
            query=texts["query"],
            query_formulation=self._read_known(fields, "queryFormulation", QUERY_FORMULATIONS, "query formulation"),
            username=username,
            password=password,
            delimiter=texts["delimiter"],
            encoding=texts["encoding"],
            content_type=texts["contentType"],
            operation_type=self._read_known(fields, "operationType", ("read", "write"), "operation"),
            security=self._read_security(fields.get("security")),
        )

    def _read_known(self, fields: Fields, key: str, known: tuple[str, ...], what: str) -> Scalar | None:
        node = fields.get(key)
        word = None if node is None else self.read_word(node, known, what)
        return None if word is None or node is None else Scalar(text=word, mark=node.mark)

    def _read_security(self, node: Node | None) -> tuple[Security, ...]:
        found = []
        for item in self.read_items(node):
            if isinstance(item, Scalar):
                word = self.read_word(item, ("none",), "security scheme")
                if word is not None:
                    found.append(Security(type=Scalar(text=word, mark=item.mark)))
                continue
            if not isinstance(item, Mapping):
                self.expect("`none` or a mapping with `type`", item)
                continue
            fields = self.read_fields(item, SECURITY_KEYS)
            kind = self._read_known(fields, "type", ("none", "apikey"), "security scheme")
            if kind is None:
                continue
            place, name, value = (self.read_text(fields.get(key)) for key in ("in", "name", "value"))
            if kind.text == "apikey":
                for key in ("in", "name", "value"):
                    self._require(fields, key, "an API key")
            found.append(Security(type=kind, place=place, name=name, value=value))
        return tuple(found)

    # Targets

    def read_targets_of_term(self, node: Node | None) -> tuple[Scalar | Target, ...]:
        """The targets of a term: names, `[file~type, serialization, compression]` or mappings."""
        found: list[Scalar | Target] = []
        for item in self.read_items(node):
            if isinstance(item, Scalar):
                text = self.read_text(item, "the name of a target")
                if text is not None:
                    self.target_references.append(text)
                    found.append(text)
            elif (target := self.read_target(item, None)) is not None:
                found.append(target)
        return tuple(found)

    def read_target(self, node: Node, name: Scalar | None) -> Target | None:
        if isinstance(node, Sequence):
            return self._read_target_list(node, name)
        if isinstance(node, Mapping):
            return self._read_target_mapping(self.read_fields(node, TARGET_KEYS), name)
        text = self.read_text(node, "a target: a path, a list or a mapping")
        if text is None:
            return None
        return Target(name=name, mark=text.mark, access=self.read_value(text, is_iri=False))

    def _read_target_list(self, node: Sequence, name: Scalar | None) -> Target | None:
        if not 1 <= len(node.items) <= 3:
            message = f"expected `[file~type, serialization, compression]`, found {len(node.items)} items"
            self.report("yarrrml-node", node.mark, message)
            return None
        text = self.read_text(node.items[0])
        if text is None:
            return None
        access, tilde, kind = text.text.rpartition("~")
        access, kind = (access, kind) if tilde else (text.text, "void")
        cut = len(access)
        words = Scalar(text=kind, mark=text.part(cut + 1, len(text.text)), plain=False)
        rest = node.items[1:]
        return Target(
            name=name,
            mark=node.mark,
            access=self.read_value(Scalar(text=access, mark=text.mark, plain=False), is_iri=False),
            type=self._read_target_type(words),
            serialization=self._read_serialization(rest[0] if rest else None),
            compression=self._read_compression(rest[1] if len(rest) > 1 else None),
        )

    def _read_target_type(self, node: Node | None) -> str:
        word = None if node is None else self.read_word(node, TARGET_TYPES, "type of target")
        return {"localfile": "void", "sd": "sparql", None: "void"}.get(word) or str(word)

    def _read_serialization(self, node: Node | None) -> str:
        word = None if node is None else self.read_word(node, SERIALIZATIONS, "serialization")
        return word or "nquads"

    def _read_compression(self, node: Node | None) -> str | None:
        return None if node is None else self.read_word(node, COMPRESSIONS, "compression")

    def _read_target_mapping(self, fields: Fields, name: Scalar | None) -> Target | None:
        access = self._require(fields, "access", "a target")
        if access is None:
            return None
        kind = self._read_target_type(fields.get("type"))
        authentication = self.read_text(fields.get("authentication"), "the name of an authentication")
        if authentication is not None:
            self.authentication_references.append(authentication)
        if kind == "linkedhttprequest":
            self._require(fields, "rel", "a linked HTTP request")
        source = self.read_text(fields.get("sources"), "the name of a source")
        if source is not None:
            self.source_references.append(source)
        identifier = self.read_text(fields.get("id"))
        target = Target(
            name=name,
            mark=fields.mark,
            access=self.read_value(access, is_iri=False),
            type=kind,
            serialization=self._read_serialization(fields.get("serialization")),
            compression=self._read_compression(fields.get("compression")),
            event_stream=self._read_event_stream(fields.get("ldes")),
            authentication=authentication,
            method_name=self.read_text(fields.get("methodName")),
            relation=self.read_text(fields.get("rel")),
            headers=self._read_headers(fields.get("headers")),
            source=source,
            id=None if identifier is None else self.read_value(identifier, is_iri=False),
        )
        if source is not None and not target.access.references:
            message = "a target with a source of its own needs a reference, `$(column)`, in `access`"
            self.report("yarrrml-missing", access.mark, message)
        if source is None and target.access.references:
            message = "a target whose `access` holds a reference needs the `source` of its rows"
            self.report("yarrrml-missing", access.mark, message)
        return target

    def _read_headers(self, node: Node | None) -> tuple[Header, ...]:
        found = []
        for key, value in self.read_entries(node, "header fields"):
            text = self.read_text(value)
            if text is not None:
                found.append(Header(name=key, value=text))
        return tuple(found)

    def _read_event_stream(self, node: Node | None) -> EventStream | None:
        if node is None:
            return None
        if not isinstance(node, Mapping):
            self.expect("a mapping with `id`", node)
            return None
        fields = self.read_fields(node, EVENT_STREAM_KEYS)
        identifier = self._require(fields, "id", "an event stream")
        if identifier is None:
            return None

        def read_path(key: str) -> Value | None:
            text = self.read_text(fields.get(key))
            return None if text is None else self.read_value(text, is_iri=True)

        flag = fields.get("generateImmutableIRI")
        return EventStream(
            id=self.read_value(identifier, is_iri=True),
            shape=read_path("shape"),
            timestamp_path=read_path("timestampPath"),
            version_of_path=read_path("versionOfPath"),
            generate_immutable_iri=flag is not None and self.read_boolean(flag, default=False),
        )

    # Authentications, authors

    def read_authentication(self, name: Scalar, node: Node) -> Authentication | None:
        if not isinstance(node, Mapping):
            self.expect("a mapping with `type`, `email`, `password`, `oidcIssuer` and `webId`", node)
            return None
        fields = self.read_fields(node, AUTHENTICATION_KEYS)
        kind = self._require(fields, "type", "an authentication")
        if kind is not None:
            self.read_word(kind, ("cssclientcredentials",), "type of authentication")
        email, password, issuer, web_id = (
            self._require(fields, key, "an authentication") for key in ("email", "password", "oidcIssuer", "webId")
        )
        if email is None or password is None or issuer is None or web_id is None:
            return None
        for iri in (issuer, web_id):
            self.read_value(iri, is_iri=True)
        return Authentication(name=name, email=email, password=password, oidc_issuer=issuer, web_id=web_id)

    def read_author(self, node: Node) -> Author | None:
        """An author: a WebID, `Name <e-mail> (website)`, or a mapping."""
        if isinstance(node, Mapping):
            fields = self.read_fields(node, AUTHOR_KEYS)
            texts = {key: self.read_text(fields.get(key)) for key in AUTHOR_KEYS}
            return Author(
                mark=node.mark,
                web_id=text.text if (text := texts["webid"]) else None,
                name=text.text if (text := texts["name"]) else None,
                email=text.text if (text := texts["email"]) else None,
                website=text.text if (text := texts["website"]) else None,
            )
        text = self.read_text(node, "an author: a text or a mapping")
        if text is None:
            return None
        found = _AUTHOR.fullmatch(text.text)
        if found is None:
            message = f"`{text.text}` is no author"
            self.report("yarrrml-author", text.mark, message, "write a WebID or `Name <e-mail> (website)`")
            return None
        if "://" in found["name"]:
            return Author(mark=text.mark, web_id=text.text)
        return Author(mark=text.mark, name=found["name"] or None, email=found["email"], website=found["website"])
