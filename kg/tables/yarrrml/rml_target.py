"""Targets and authentications of a YARRRML document → RML.

Sources: RML-IO http://w3id.org/rml/io/spec; for the older RML, what YARRRML Parser writes: rml-target with
its extensions for HTTP requests, event streams and targets that are made for each row
(https://rml.io/specs/target/dynamictarget/).
"""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import Literal, NamedNode

from kg.diagnostic import Mark
from kg.namespace import DCAT, RDFS, VOID
from kg.tables.vocabulary import OLD_TARGET, RDF, RML, RR, SD, XSD, Generation
from kg.tables.yarrrml.document import Authentication, Header, Reference, Target, Value
from kg.tables.yarrrml.io import SERIALIZATIONS
from kg.tables.yarrrml.quads import EXTENSIONS, FORMATS, HTV, LDES, OLD_COMPRESSION, TREE, make_node
from kg.tables.yarrrml.rml_source import SourceWriter
from kg.tables.yarrrml.template import Scope, read_value, write_template
from kg.yamldoc import Scalar

_HTTP_CLASSES = {"directhttprequest": "DirectHttpRequest", "linkedhttprequest": "LinkedHttpRequest"}


class TargetWriter(SourceWriter):
    """Writes targets and authentications, and remembers their nodes by name."""

    def __init__(self, base: str, generation: Generation) -> None:
        super().__init__(base, generation)
        self.authentications: dict[str, NamedNode] = {}
        self.targets: dict[str, NamedNode] = {}
        self._inline: dict[Target, NamedNode] = {}
        self._dynamic: dict[str, tuple[Target, Value, Value]] = {}
        self._dynamic_count = 0
        self._list_count = 0

    def write_named_target(self, target: Target) -> None:
        if target.name is None:
            return
        if target.source is not None:
            self._register_dynamic(target, target.name.text)
        else:
            self.targets[target.name.text] = self._write_target(target)

    def find_target(self, target: Scalar | Target) -> NamedNode | None:
        """The node of a target: by its name, or written now where it stands inside a term."""
        if isinstance(target, Scalar):
            return self.targets.get(target.text)
        if target not in self._inline:
            self._inline[target] = self._write_target(target)
        return self._inline[target]

    def find_dynamic_template(self, target: Scalar | Target) -> Value | None:
        """The template of the targets' names, where a target is made for each row."""
        if isinstance(target, Target):
            return None
        if target.text in self._dynamic:
            return self._dynamic[target.text][1]
        return read_value(target, Scope(), is_iri=False)[0] if "$(" in target.text else None

    def _write_target(self, target: Target) -> NamedNode:
        mark = target.mark
        node = self.name_node("target")
        new = self.generation is Generation.RML
        namespace = RML if new else OLD_TARGET
        self.add_type(node, namespace + "LogicalTarget", mark)
        if target.name is not None:
            self.add(node, NamedNode(RDFS + "label"), Literal(target.name.text), target.name.mark)
        self.add(node, NamedNode(namespace + "serialization"), _format_of(target), mark)
        if target.compression is not None:
            iri = self._name_compression(target.compression)
            self.add(node, NamedNode(namespace + "compression"), iri, mark)
        place = self._write_place(target)
        self.add(node, NamedNode(namespace + "target"), place, mark)
        if target.event_stream is not None:
            self._write_event_stream(node, target)
        return node

    def _name_compression(self, word: str) -> NamedNode:
        if self.generation is Generation.RML:
            return NamedNode(RML + {"targzip": "targz"}.get(word, word))
        return NamedNode(OLD_COMPRESSION + word)

    def _write_place(self, target: Target) -> NamedNode:
        mark, access = target.access.mark, write_template(target.access.parts)
        if target.access.constant is not None:
            access = target.access.constant
        if target.type == "void" and self.generation is Generation.RML:
            return self.write_file_path(Scalar(text=access, mark=mark), "file")
        if target.type in _HTTP_CLASSES:
            return self._write_http_request(target, access)
        if target.type == "sparql":
            node = self.name_node("sd")
            self.add_type(node, SD + "Service", mark)
            self.add(node, NamedNode(SD + "supportedLanguage"), NamedNode(SD + "SPARQL11Update"), mark)
            self.add(node, NamedNode(SD + "endpoint"), self.make_iri(access), mark)
            return node
        node = self.name_node(target.type)
        namespace = DCAT if target.type == "dcat" else VOID
        self.add_type(node, namespace + "Dataset", mark)
        iri = make_node("file://", access)
        self.add(node, NamedNode(namespace + "dataDump"), iri, mark)
        return node

    def _write_http_request(self, target: Target, access: str) -> NamedNode:
        if self.generation is Generation.RML:
            self.report_gap(target.mark, "targets written by HTTP requests extend the older RML alone")
        node = self.name_node(target.type)
        direct = target.type == "directhttprequest"
        self.add_type(node, EXTENSIONS + _HTTP_CLASSES[target.type], target.mark)
        predicate = HTV + "absoluteURI" if direct else EXTENSIONS + "linkingAbsoluteURI"
        self.add(node, NamedNode(predicate), Literal(access), target.access.mark)
        if not direct:
            self.add_text(node, EXTENSIONS + "linkRelation", target.relation)
        self.add_text(node, HTV + "methodName", target.method_name)
        if target.headers:
            self.add(node, NamedNode(HTV + "headers"), self._write_headers(target.headers), target.mark)
        authentication = self._find_authentication(target)
        if authentication is not None:
            self.add(node, NamedNode(EXTENSIONS + "userAuthentication"), authentication, target.mark)
        return node

    def _find_authentication(self, target: Target) -> NamedNode | None:
        name = target.authentication
        return None if name is None else self.authentications.get(name.text)

    def _write_headers(self, headers: Iterable[Header]) -> NamedNode:
        """The RDF list of the headers, its nodes named like all others."""
        following = NamedNode(RDF + "nil")
        nodes = []
        for header in headers:
            node = self.name_node(f"header-{header.name.text}")
            # It is rr:class, not rdf:type, that YARRRML Parser writes here.
            self.add(node, NamedNode(RR + "class"), NamedNode(HTV + "RequestHeader"), header.name.mark)
            self.add_text(node, HTV + "fieldName", header.name)
            self.add_text(node, HTV + "fieldValue", header.value)
            nodes.append((node, self.name_iri(f"listElement_{self._list_count}"), header.name.mark))
            self._list_count += 1
        for node, element, mark in reversed(nodes):
            self.add(element, NamedNode(RDF + "first"), node, mark)
            self.add(element, NamedNode(RDF + "rest"), following, mark)
            following = element
        return following

    def _write_event_stream(self, node: NamedNode, target: Target) -> None:
        stream = target.event_stream
        if stream is None:
            return
        if self.generation is Generation.RML:
            self.report_gap(target.mark, "event streams extend the older RML alone")
        self.add_type(node, OLD_TARGET + "EventStreamTarget", target.mark)
        base = self.make_iri(stream.id.constant or "")
        self.add(node, NamedNode(OLD_TARGET + "ldesBaseIRI"), base, stream.id.mark)
        if stream.generate_immutable_iri:
            flag = Literal("true", datatype=NamedNode(XSD + "boolean"))
            self.add(node, NamedNode(OLD_TARGET + "ldesGenerateImmutableIRI"), flag, target.mark)
        inner = self.name_node("eventStream")
        self.add(node, NamedNode(OLD_TARGET + "ldes"), inner, target.mark)
        paths = (
            (TREE + "shape", stream.shape),
            (LDES + "timestampPath", stream.timestamp_path),
            (LDES + "versionOfPath", stream.version_of_path),
        )
        for predicate, value in paths:
            if value is not None and value.constant is not None:
                self.add(inner, NamedNode(predicate), self.make_iri(value.constant), value.mark)

    def write_authentication(self, authentication: Authentication) -> None:
        node = self.name_node("auth")
        self.authentications[authentication.name.text] = node
        mark = authentication.name.mark
        self.add_type(node, EXTENSIONS + "CssClientCredentialsAuthentication", mark)
        self.add_text(node, EXTENSIONS + "authEmail", authentication.email)
        self.add_text(node, EXTENSIONS + "authPassword", authentication.password)
        for word, text in (
            ("authOidcIssuer", authentication.oidc_issuer),
            ("authWebId", authentication.web_id),
        ):
            self.add(node, NamedNode(EXTENSIONS + word), self.make_iri(text.text), text.mark)

    # Dynamic targets: triples maps that make a target of each row

    def _register_dynamic(self, target: Target, name: str) -> None:
        """Name a dynamic target's logical targets and targets, by the references in its `access`."""
        if self.generation is Generation.RML:
            self.report_gap(target.mark, "targets made for each row extend the older RML alone")
        names: list[str | Reference] = []
        for reference in target.access.references:
            names += ["_", Reference(name=reference)]
        end = f"_{self._dynamic_count:03d}"
        # YARRRML Parser counts a target without a name of its own twice.
        self._dynamic_count += 1 if target.id is not None else 2
        logical, place = (
            Value(parts=(f"generated_{kind}_{name}", *names, end), templated=True, mark=target.mark)
            for kind in ("lt", "t")
        )
        self._dynamic[name] = (target, target.id or logical, place)

    def write_dynamic_targets(self, sources: dict[str, NamedNode]) -> None:
        for target, logical, place in self._dynamic.values():
            source = sources.get(target.source.text) if target.source is not None else None
            self._write_logical_target_map(target, logical, place, source)
            self._write_target_map(target, place, source)

    def _write_generated_map(
        self, kind: str, target: Target, subject: Value, source: NamedNode | None, classes: Iterable[str]
    ) -> NamedNode:
        node, subject_map = self.name_node(f"map_generated_{kind}_tm"), self.name_node("s")
        mark = target.mark
        self.add_type(node, self.generation.iri("TriplesMap"), mark)
        if source is not None:
            self.add_word(node, "logicalSource", source, mark)
        self.add_word(node, "subjectMap", subject_map, mark)
        self.add_type(subject_map, self.generation.iri("SubjectMap"), mark)
        self.add_word(subject_map, "template", Literal(write_template(subject.parts)), subject.mark)
        for class_iri in classes:
            self.add_word(subject_map, "class", NamedNode(class_iri), mark)
        self.add_word(subject_map, "logicalTarget", NamedNode(EXTENSIONS + "ThisMapping"), mark)
        return node

    def _write_logical_target_map(self, target: Target, logical: Value, place: Value, source: NamedNode | None) -> None:
        classes = [OLD_TARGET + "LogicalTarget"]
        node = self._write_generated_map("logical_target", target, logical, source, classes)
        self._write_property(node, OLD_TARGET + "target", place, "IRI")
        self._write_property(node, OLD_TARGET + "serialization", _format_of(target), "IRI", target.mark)
        if target.compression is not None:
            iri = self._name_compression(target.compression)
            self._write_property(node, OLD_TARGET + "compression", iri, "IRI", target.mark)

    def _write_target_map(self, target: Target, place: Value, source: NamedNode | None) -> None:
        http = target.type in _HTTP_CLASSES
        kinds = {"void": VOID + "Dataset", "dcat": DCAT + "Dataset", "sparql": SD + "Service"}
        own = EXTENSIONS + _HTTP_CLASSES[target.type] if http else kinds[target.type]
        node = self._write_generated_map("target", target, place, source, [OLD_TARGET + "Target", own])
        access, mark = target.access, target.mark
        file = Value(parts=("file://", *access.parts), templated=True, mark=access.mark)
        if target.type == "void":
            self._write_property(node, VOID + "dataDump", file, "Literal")
        elif target.type == "dcat":
            self._write_property(node, DCAT + "dataDump", file, "IRI")
        elif target.type == "sparql":
            self._write_property(node, SD + "supportedLanguage", NamedNode(SD + "SPARQL11Update"), "IRI", mark)
            self._write_property(node, SD + "endpoint", access, "IRI")
        elif target.type == "directhttprequest":
            self._write_property(node, HTV + "absoluteURI", access, "Literal")
        else:
            self._write_property(node, EXTENSIONS + "linkingAbsoluteURI", access, "Literal")
            if target.relation is not None:
                relation = Literal(target.relation.text)
                self._write_property(node, EXTENSIONS + "linkRelation", relation, "Literal", mark)
        if target.method_name is not None:
            method = Literal(target.method_name.text)
            self._write_property(node, HTV + "methodName", method, "Literal", mark)
        if http and target.headers:
            self._write_property(node, HTV + "headers", self._write_headers(target.headers), "IRI", mark)
        authentication = self._find_authentication(target)
        if http and authentication is not None:
            self._write_property(node, EXTENSIONS + "userAuthentication", authentication, "IRI", mark)

    def _write_property(
        self,
        node: NamedNode,
        predicate: str,
        value: Value | NamedNode | Literal,
        kind: str,
        mark: Mark | None = None,
    ) -> None:
        """A predicate object map with one constant predicate and one object."""
        place = value.mark if isinstance(value, Value) else mark
        assert place is not None  # a value has its mark, a term is given one
        statement, predicate_map, object_map = (self.name_node(k) for k in ("pom", "pm", "om"))
        self.add_word(node, "predicateObjectMap", statement, place)
        self.add_word(statement, "predicateMap", predicate_map, place)
        self.add_word(predicate_map, "constant", NamedNode(predicate), place)
        self.add_word(statement, "objectMap", object_map, place)
        if not isinstance(value, Value):
            self.add_word(object_map, "constant", value, place)
        elif value.reference is not None:
            self.add_word(object_map, "reference", Literal(value.reference.name), place)
        else:
            self.add_word(object_map, "template", Literal(write_template(value.parts)), place)
        self.add_word(object_map, "termType", self.generation.iri(kind), place)


def _format_of(target: Target) -> NamedNode:
    return NamedNode(FORMATS + SERIALIZATIONS[target.serialization])
