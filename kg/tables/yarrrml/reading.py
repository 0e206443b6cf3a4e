"""YARRRML text → `YarrrmlDocument`, with all mistakes at their places.

Source: https://rml.io/yarrrml/spec/.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from kg.diagnostic import (
    Diagnostic,
    Related,
    SourceText,
    did_you_mean,
    list_known,
    mark_of_file,
    sort_diagnostics,
)
from kg.tables.yarrrml.change import derive_mappings
from kg.tables.yarrrml.document import (
    DEFAULT_BASE,
    Authentication,
    Author,
    External,
    LogicalSource,
    MappingReference,
    PredicateObject,
    Prefix,
    QuotedMapping,
    Target,
    Term,
    TermType,
    TriplesMapping,
    YarrrmlDocument,
)
from kg.tables.yarrrml.keys import DOCUMENT_KEYS, MAPPING_KEYS, PREDICATE_OBJECT_KEYS, Fields
from kg.tables.yarrrml.object import ObjectReader
from kg.tables.yarrrml.template import Scope, is_absolute
from kg.tables.yarrrml.term import RDF_TYPE, wrap_condition
from kg.yamldoc import Mapping, Node, Scalar, Sequence, parse_document


def read_yarrrml(source: SourceText, *, externals: Iterable[External] = ()) -> YarrrmlDocument:
    """The YARRRML document of a text; *externals* overrule those that the document gives.

    The document is there whatever is wrong; what could not be read is left out, and `diagnostics` says why.

    >>> text = "mappings: {p: {sources: [[a.csv~csv]], s: 'ex:$(id)', po: [[a, foaf:Person]]}}"
    >>> document = read_yarrrml(SourceText("m.yml", text))
    >>> [str(m.name.text) for m in document.mappings], [d.message for d in document.diagnostics]
    (['p'], ['no prefix `ex:`; the text is taken for a whole IRI'])
    """
    parsed = parse_document(source)
    if parsed.root is None:
        empty = Diagnostic(
            code="yarrrml-missing",
            mark=mark_of_file(source),
            message="the document is empty",
            hint="a YARRRML document has at least `mappings`",
        )
        return YarrrmlDocument(source=source, diagnostics=parsed.diagnostics or (empty,))
    reader = _DocumentReader(diagnostics=list(parsed.diagnostics))
    document = reader.read_document(source, parsed.root, tuple(externals))
    return replace(document, diagnostics=tuple(sort_diagnostics(reader.diagnostics)))


class _DocumentReader(ObjectReader):
    def read_document(self, source: SourceText, root: Node, externals: tuple[External, ...]) -> YarrrmlDocument:
        if not isinstance(root, Mapping):
            self.expect("a mapping with `mappings`", root)
            return YarrrmlDocument(source=source)
        fields = self.read_fields(root, DOCUMENT_KEYS)
        prefixes = self._read_prefixes(fields.get("prefixes"))
        self.scope = Scope(prefixes=prefixes, externals=externals + self._read_externals(fields.get("external")))
        sources = self._read_sources(fields.get("sources"))
        targets = self._read_targets(fields.get("targets"))
        authentications = self._read_authentications(fields.get("authentications"))
        if fields.get("mappings") is None:
            message = "a YARRRML document needs `mappings`"
            self.report("yarrrml-missing", mark_of_file(source), message)
        mappings, known = self._read_mappings(fields.get("mappings"), fields.get("sources"))
        self._check_names(self.source_references, (s.name for s in sources), "source")
        self._check_names(self.mapping_references, known, "mapping")
        # A reference that holds `$(...)` names the target of one row: only the data can tell which.
        plain = [r for r in self.target_references if "$(" not in r.text]
        self._check_names(plain, (t.name for t in targets), "target")
        self._check_names(self.authentication_references, (a.name for a in authentications), "authentication")
        return YarrrmlDocument(
            source=source,
            base=self._read_base(fields),
            prefixes=prefixes,
            sources=sources,
            targets=targets,
            authentications=authentications,
            authors=self._read_authors(fields.get("authors")),
            mappings=mappings,
        )

    # What stands around the mappings

    def _read_base(self, fields: Fields) -> str:
        text = self.read_text(fields.get("base"), "an IRI")
        if text is None:
            return DEFAULT_BASE
        base = self.read_value(text, is_iri=True).constant
        if base is None or not is_absolute(base):
            self.report("yarrrml-iri", text.mark, f"`{text.text}` is no absolute IRI")
            return DEFAULT_BASE
        return base

    def _read_prefixes(self, node: Node | None) -> tuple[Prefix, ...]:
        found = []
        for key, value in self.read_entries(node, "prefixes"):
            text = self.read_text(value, "an IRI")
            if text is not None:
                self.read_value(text, is_iri=True)  # for its mistakes: prefixes are no templates
                found.append(Prefix(name=key.text.removesuffix(":"), iri=text.text))
        return tuple(found)

    def _read_externals(self, node: Node | None) -> tuple[External, ...]:
        found = []
        for key, value in self.read_entries(node, "external references"):
            text = self.read_text(value)
            if text is not None:
                found.append(External(name=key.text, value=text.text))
        return tuple(found)

    def _read_sources(self, node: Node | None) -> tuple[LogicalSource, ...]:
        entries = self.read_entries(node, "sources")
        return tuple(s for key, value in entries if (s := self.read_source(value, key)) is not None)

    def _read_targets(self, node: Node | None) -> tuple[Target, ...]:
        entries = self.read_entries(node, "targets")
        return tuple(t for key, value in entries if (t := self.read_target(value, key)) is not None)

    def _read_authentications(self, node: Node | None) -> tuple[Authentication, ...]:
        entries = self.read_entries(node, "authentications")
        return tuple(a for key, value in entries if (a := self.read_authentication(key, value)) is not None)

    def _read_authors(self, node: Node | None) -> tuple[Author, ...]:
        return tuple(a for item in self.read_items(node) if (a := self.read_author(item)) is not None)

    def _check_names(self, references: list[Scalar], known: Iterable[Scalar | None], what: str) -> None:
        names = {name.text for name in known if name is not None}
        for reference in references:
            if reference.text not in names:
                hint = did_you_mean(reference.text, names)
                code = f"yarrrml-{what}"
                if hint is None and what == "source":
                    # No slip of the pen: what has no source is told alike, whatever stands in its place.
                    code = "yarrrml-no-source"
                    short = reference.text if "~" in reference.text else f"{reference.text}~csv"
                    hint = f"a file is written `[[{short}]]`"
                elif hint is None and names:
                    hint = f"known are {list_known(names)}"
                self.report(code, reference.mark, f"no {what} `{reference.text}`", hint)

    # Mappings

    def _read_mappings(
        self, node: Node | None, sources: Node | None
    ) -> tuple[tuple[TriplesMapping, ...], list[Scalar]]:
        """The mappings, and the names under which they may be referred to."""
        found: list[TriplesMapping] = []
        known: list[Scalar] = []
        for key, value in self.read_entries(node, "mappings"):
            known.append(key)
            if isinstance(value, Scalar) and value.plain and not value.text:
                self.report("yarrrml-empty", key.mark, f"the mapping `{key.text}` has no rules")
                continue
            if not isinstance(value, Mapping):
                self.expect("a mapping with `sources`, `subjects` and `predicateobjects`", value)
                continue
            for name, derived in derive_mappings(key, value, sources, self):
                known.append(name)
                found.append(self._read_mapping(name, derived))
        self._check_same_names(known)
        return tuple(found), known

    def _check_same_names(self, names: list[Scalar]) -> None:
        seen: dict[str, Scalar] = {}
        for name in names:
            first = seen.setdefault(name.text, name)
            if first.mark != name.mark:
                self.diagnostics.append(
                    Diagnostic(
                        code="yarrrml-key-twice",
                        mark=name.mark,
                        message=f"two mappings with the name `{name.text}`",
                        related=(Related(mark=first.mark, message="first here"),),
                    )
                )

    def _read_mapping(self, name: Scalar, node: Mapping) -> TriplesMapping:
        fields = self.read_fields(node, MAPPING_KEYS)
        items = self.read_items(fields.get("subjects"))
        subjects = tuple(s for item in items if (s := self.read_subject(item)) is not None)
        written = fields.get("subjects")
        if isinstance(written, Sequence) and not written.items:
            self.report("yarrrml-missing", written.mark, "a subject is missing: the list is empty")
        if written is None:
            subjects = (Term(value=None, mark=name.mark, type=TermType.BLANK_NODE),)
        conditions = self.read_conditions(fields.get("conditions"), can_join=False)
        if conditions and any(isinstance(subject.value, QuotedMapping) for subject in subjects):
            message = "a condition of a mapping whose subject is quoted"
            hint = "write it into the quoted mapping, whose triples are quoted where it holds"
            self.report("yarrrml-condition", fields.key_mark("conditions"), message, hint)
            conditions = ()
        for condition in conditions:
            subjects = tuple(wrap_condition(subject, condition) for subject in subjects)
        statements = [self._read_statement(item) for item in self._read_statement_items(fields)]
        sources = self._read_mapping_sources(fields.get("sources"))
        if not self.read_items(fields.get("sources")) and not node.broken:
            self.report("yarrrml-no-source", name.mark, f"the mapping `{name.text}` has no source")
        return TriplesMapping(
            name=name,
            sources=sources,
            subjects=subjects,
            graphs=self._read_graphs(fields),
            predicate_objects=tuple(s for s in statements if s is not None),
            mark=node.mark,
        )

    def _read_mapping_sources(self, node: Node | None) -> tuple[Scalar | LogicalSource, ...]:
        found: list[Scalar | LogicalSource] = []
        for item in self.read_items(node):
            if isinstance(item, Scalar):
                text = self.read_text(item, "a source")
                if text is not None:
                    self.source_references.append(text)
                    found.append(text)
            elif (source := self.read_source(item, None)) is not None:
                found.append(source)
        return tuple(found)

    def _read_graphs(self, fields: Fields) -> tuple[Term, ...]:
        items = self.read_items(fields.get("graphs"))
        return tuple(g for item in items if (g := self.read_graph(item)) is not None)

    # Predicates with objects

    def _read_statement_items(self, fields: Fields) -> tuple[Node, ...]:
        node = fields.get("predicateobjects")
        items = self.read_items(node)
        if isinstance(node, Sequence) and any(isinstance(item, Scalar) for item in items):
            message = "expected a list of `[predicate, object]`, found a text in it"
            self.report("yarrrml-node", node.mark, message, "write a list in a list: `po: [[a, foaf:Person]]`")
            return ()
        return items

    def _read_statement(self, node: Node) -> PredicateObject | None:
        if isinstance(node, Sequence):
            return self._read_short_statement(node)
        if not isinstance(node, Mapping):
            self.expect("`[predicate, object]` or a mapping with `predicates` and `objects`", node)
            return None
        fields = self.read_fields(node, PREDICATE_OBJECT_KEYS)
        graphs = self._read_graphs(fields)
        for key, what in (("predicates", "a predicate"), ("objects", "an object")):
            if fields.get(key) is None and not node.broken:
                self.report("yarrrml-missing", node.mark, f"{what} is missing: no `{key}`")
        predicates = self._read_predicates(fields.get("predicates"))
        objects = self._read_objects(fields.get("objects"), predicates)
        objects = tuple(self.check_tags(self._inherit_tags(term, fields)) for term in objects)
        conditions = self.read_conditions(fields.get("conditions"), can_join=False)
        if conditions and any(isinstance(term.value, MappingReference | QuotedMapping) for term in objects):
            message = "a condition beside a reference to a mapping"
            hint = "write it into the object, where it is the condition of the join"
            self.report("yarrrml-condition", fields.key_mark("conditions"), message, hint)
            conditions = ()
        for condition in conditions:
            objects = tuple(wrap_condition(term, condition) for term in objects)
        if not predicates or not objects:
            return None
        return PredicateObject(predicates=predicates, objects=objects, graphs=graphs, mark=node.mark)

    def _read_short_statement(self, node: Sequence) -> PredicateObject | None:
        """`[predicates, objects]` or `[predicates, objects, datatype or language]`."""
        if not 2 <= len(node.items) <= 3:
            few = "the object is missing" if len(node.items) == 1 else f"found {len(node.items)} items"
            message = f"expected `[predicate, object]` or `[predicate, object, datatype or language]`: {few}"
            self.report("yarrrml-missing", node.mark, message)
            return None
        predicates = self._read_predicates(node.items[0])
        objects = self._read_objects(node.items[1], predicates)
        if len(node.items) == 3:
            objects = tuple(
                self.read_tag(term, node.items[2]) if term.datatype is None and term.language is None else term
                for term in objects
            )
        if not predicates or not objects:
            return None
        checked = tuple(self.check_tags(term) for term in objects)
        return PredicateObject(predicates=predicates, objects=checked, graphs=(), mark=node.mark)

    def _read_predicates(self, node: Node | None) -> tuple[Term, ...]:
        items = self.read_items(node)
        return tuple(p for item in items if (p := self.read_predicate(item)) is not None)

    def _read_objects(self, node: Node | None, predicates: tuple[Term, ...]) -> tuple[Term, ...]:
        is_class = any(getattr(p.value, "constant", None) == RDF_TYPE for p in predicates)
        items = self.read_items(node)
        if node is not None and not items:
            self.report("yarrrml-missing", node.mark, "an object is missing: the list is empty")
        return tuple(term for item in items for term in self.read_objects(item, is_class=is_class))

    def _inherit_tags(self, term: Term, fields: Fields) -> Term:
        if term.datatype is None and fields.get("datatype") is not None:
            text = self.read_text(fields.get("datatype"))
            if text is not None:
                term = replace(term, datatype=self.read_value(text, is_iri=True, suffix="~iri"))
        language = fields.get("language")
        if term.language is None and language is not None:
            term = replace(term, language=self.read_language(language))
        return term
