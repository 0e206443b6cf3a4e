"""The IRIs of RML, and how its three generations are read as one.

R2RML (`rr:`), the older RML of semweb.mmlab.be (which extends R2RML) and today's RML name the same things
differently. A mapping is read after its IRIs were translated to today's; which generation a term map was
written in is kept, since the natural mapping of JSON numbers differs (see `Generation`).

Sources: R2RML https://www.w3.org/TR/r2rml/; RML-Core, RML-IO, RML-LV, RML-FNML http://w3id.org/rml/.
"""

from __future__ import annotations

from enum import Enum

from pyoxigraph import NamedNode

from kg.rdf.namespace import RDF

RML = "http://w3id.org/rml/"
RR = "http://www.w3.org/ns/r2rml#"
DEFAULT_GRAPHS = frozenset({RML + "defaultGraph", RR + "defaultGraph"})
OLD_RML = "http://semweb.mmlab.be/ns/rml#"
OLD_QL = "http://semweb.mmlab.be/ns/ql#"
OLD_TARGET = "http://semweb.mmlab.be/ns/rml-target#"
OLD_COMPRESSION = "http://semweb.mmlab.be/ns/rml-compression#"
OLD_FNML = "http://semweb.mmlab.be/ns/fnml#"
FNO = "https://w3id.org/function/ontology#"
D2RQ = "http://www.wiwiss.fu-berlin.de/suhl/bizer/D2RQ/0.1#"
CSVW = "http://www.w3.org/ns/csvw#"
GREL = "http://users.ugent.be/~bjdmeest/function/grel.ttl#"
IDLAB = "https://w3id.org/imec/idlab/function#"
RDF_TYPE = RDF + "type"
LINES = frozenset({"nq", "nt"})  # syntaxes whose lines are written as they are made


class Generation(Enum):
    """Which specification a mapping was written in, or is written in.

    `RML` maps JSON numbers and booleans to their natural datatypes; `LEGACY` (2014-2022), R2RML's words with those of
    semweb.mmlab.be, to plain strings; `R2RML` knows databases only. SQL types are mapped alike in all three.
    """

    LEGACY = "legacy"
    RML = "rml"
    R2RML = "r2rml"

    def iri(self, word: str) -> NamedNode:
        """The IRI of a word of RML (`subjectMap`) in this generation.

        >>> Generation.LEGACY.iri("source").value, Generation.R2RML.iri("reference").value
        ('http://semweb.mmlab.be/ns/rml#source', 'http://www.w3.org/ns/r2rml#column')
        """
        if self is Generation.RML:
            return NamedNode(RML + word)
        if self is Generation.R2RML:
            return NamedNode(RR + _R2RML_NAMES.get(word, word))
        return NamedNode((OLD_RML if word in _OLD_RML_WORDS else RR) + word)


# What the older RML added to R2RML; all else of it is R2RML's.
_OLD_RML_WORDS = frozenset({"logicalSource", "LogicalSource", "source", "iterator", "referenceFormulation", "reference",
                            "query", "languageMap", "datatypeMap", "logicalTarget", "parentTermMap",
                            "quotedTriplesMap", "StarMap", "NonAssertedTriplesMap"})  # fmt: skip
_R2RML_NAMES = {"logicalSource": "logicalTable", "LogicalSource": "LogicalTable", "reference": "column"}


# Words of the old vocabularies that are not simply the same local name under rml:.
_RENAMED = {
    RR + "column": RML + "reference",
    RR + "logicalTable": RML + "logicalSource",
    RR + "tableName": RML + "tableName",
    RR + "sqlQuery": RML + "sqlQuery",
    OLD_RML + "query": RML + "sqlQuery",
    OLD_RML + "languageMap": RML + "languageMap",
    OLD_RML + "datatypeMap": RML + "datatypeMap",
    OLD_QL + "CSV": RML + "CSV",
    OLD_QL + "JSONPath": RML + "JSONPath",
    OLD_QL + "XPath": RML + "XPath",
    OLD_COMPRESSION + "targzip": RML + "targz",
    OLD_FNML + "functionValue": RML + "functionValue",
    OLD_FNML + "execution": RML + "functionExecution",
    OLD_FNML + "function": RML + "function",
}


def translate_iri(iri: str) -> str:
    """Today's IRI of a word of RML, whichever generation *iri* is from; others come back unchanged.

    >>> translate_iri("http://www.w3.org/ns/r2rml#subjectMap")
    'http://w3id.org/rml/subjectMap'
    >>> translate_iri("http://www.w3.org/ns/r2rml#column")
    'http://w3id.org/rml/reference'
    >>> translate_iri("http://example.org/x")
    'http://example.org/x'
    """
    if (renamed := _RENAMED.get(iri)) is not None:
        return renamed
    for namespace in (RR, OLD_RML, OLD_TARGET, OLD_QL, OLD_COMPRESSION):
        if iri.startswith(namespace):
            return RML + iri.removeprefix(namespace)
    return iri


def generation_of(iri: str) -> Generation | None:
    """The generation that *iri* belongs to, or None for a word of no generation.

    >>> generation_of("http://semweb.mmlab.be/ns/rml#reference")
    <Generation.LEGACY: 'legacy'>
    """
    if iri.startswith(RML):
        return Generation.RML
    if iri.startswith((OLD_RML, OLD_QL, OLD_TARGET, OLD_FNML)):
        return Generation.LEGACY
    if iri.startswith(RR):
        return Generation.R2RML
    return None


# Every property of RML that this engine reads; any other under rml: is a misspelling or not supported.
PROPERTIES = frozenset(
    RML + name
    for name in [
        "logicalSource",
        "subjectMap",
        "subject",
        "predicateObjectMap",
        "predicateMap",
        "predicate",
        "objectMap",
        "object",
        "graphMap",
        "graph",
        "class",
        "template",
        "reference",
        "constant",
        "termType",
        "datatype",
        "datatypeMap",
        "language",
        "languageMap",
        "parentTriplesMap",
        "parentTermMap",
        "joinCondition",
        "child",
        "parent",
        "childMap",
        "parentMap",
        "baseIRI",
        "source",
        "referenceFormulation",
        "iterator",
        "path",
        "root",
        "compression",
        "encoding",
        "null",
        "query",
        "sqlVersion",
        "tableName",
        "sqlQuery",
        "inverseExpression",
        "logicalTarget",
        "target",
        "serialization",
        "viewOn",
        "field",
        "fieldName",
        "innerJoin",
        "leftJoin",
        "parentLogicalView",
        "structuralAnnotation",
        "onFields",
        "functionExecution",
        "function",
        "input",
        "inputValue",
        "inputValueMap",
        "parameter",
        "parameterMap",
        "return",
        "returnMap",
        "functionMap",
        "functionValue",
        "gather",
        "gatherAs",
        "strategy",
        "allowEmptyListAndContainer",
        "quotedTriplesMap",
        "condition",
        "mode",
        "namespace",
        "namespacePrefix",
        "namespaceURL",
        "targetView",
        "url",
    ]
)
# What tells how data could be asked, and changes no triple.
NO_EFFECT = frozenset({"inverseExpression", "sqlVersion", "structuralAnnotation", "onFields", "targetView"})
# What would change the triples, with what to do instead.
_VIEWS = "views are joined by `rml:leftJoin` and `rml:innerJoin`"
REFUSED = {
    "outerJoin": _VIEWS,
    "fullJoin": _VIEWS,
    "rightJoin": _VIEWS,
}
# What says which triples there are, or of which terms, with where it is read.
_LITERALS = "a map of literals"
RESTRICTING = {
    "condition": "a term map: a subject map, a predicate map, an object map, a graph map",
    "joinCondition": "an object map with `rml:parentTriplesMap`, or a map with `rml:quotedTriplesMap`",
    "graph": "a subject map or a predicate-object map",
    "graphMap": "a subject map or a predicate-object map",
    "class": "a subject map",
    "language": _LITERALS,
    "languageMap": _LITERALS,
    "datatype": _LITERALS,
    "datatypeMap": _LITERALS,
}
