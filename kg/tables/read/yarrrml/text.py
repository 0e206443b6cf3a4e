"""YARRRML's texts: `$(reference)`, escapes, external references and prefixes.

Source: https://rml.io/yarrrml/spec/ (templates, prefixes, external references).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from pyoxigraph import NamedNode

from kg.tables.rml import Reference
from kg.text.diagnostic import Diagnostic, Mark, did_you_mean, list_known
from kg.text.findings import Findings
from kg.text.yamldoc import Scalar

NOTHING = ("null", "Null", "NULL", "~")  # YAML's words
# What may be used undeclared: the initial context of RDFa 1.1 (https://www.w3.org/2011/rdfa-context/rdfa-1.1)
# and the four vocabularies that YARRRML Parser adds to it.
INITIAL_PREFIXES = {
    "as": "https://www.w3.org/ns/activitystreams#",
    "cat": "http://www.w3.org/ns/dcat#",
    "cc": "http://creativecommons.org/ns#",
    "cnt": "http://www.w3.org/2008/content#",
    "ctag": "http://commontag.org/ns#",
    "dc": "http://purl.org/dc/terms/",
    "dc11": "http://purl.org/dc/elements/1.1/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "dqv": "http://www.w3.org/ns/dqv#",
    "duv": "https://www.w3.org/TR/vocab-duv#",
    "earl": "http://www.w3.org/ns/earl#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "gldp": "http://www.w3.org/ns/people#",
    "gr": "http://purl.org/goodrelations/v1#",
    "grddl": "http://www.w3.org/2003/g/data-view#",
    "ht": "http://www.w3.org/2006/http#",
    "ical": "http://www.w3.org/2002/12/cal/icaltzd#",
    "ldp": "http://www.w3.org/ns/ldp#",
    "ma": "http://www.w3.org/ns/ma-ont#",
    "oa": "http://www.w3.org/ns/oa#",
    "og": "http://ogp.me/ns#",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "ptr": "http://www.w3.org/2009/pointers#",
    "qb": "http://purl.org/linked-data/cube#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfa": "http://www.w3.org/ns/rdfa#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "rev": "http://purl.org/stuff/rev#",
    "rif": "http://www.w3.org/2007/rif#",
    "rr": "http://www.w3.org/ns/r2rml#",
    "schema": "http://schema.org/",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "sioc": "http://rdfs.org/sioc/ns#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "skosxl": "http://www.w3.org/2008/05/skos-xl#",
    "sosa": "http://www.w3.org/ns/sosa/",
    "ssn": "http://www.w3.org/ns/ssn/",
    "time": "http://www.w3.org/2006/time#",
    "v": "http://rdf.data-vocabulary.org/#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "void": "http://rdfs.org/ns/void#",
    "wdr": "http://www.w3.org/2007/05/powder#",
    "wdrs": "http://www.w3.org/2007/05/powder-s#",
    "xhv": "http://www.w3.org/1999/xhtml/vocab#",
    "xml": "http://www.w3.org/XML/1998/namespace",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

# What must be declared, and is often forgotten: those of the functions in YARRRML's and RMLMapper's examples.
FUNCTION_PREFIXES = {
    "grel": "http://users.ugent.be/~bjdmeest/function/grel.ttl#",
    "idlab-fn": "https://w3id.org/imec/idlab/function#",
}

# Schemes of IRIs that are written without `//`: these are no forgotten prefixes.
SCHEMES = {"data", "did", "doi", "file", "geo", "http", "https", "info", "isbn", "mailto", "sms", "tag",
           "tel", "urn"}  # fmt: skip

_PREFIXED = re.compile(r"([^\W\d][\w.-]*|):(?!//| )")
_FORBIDDEN_IN_IRI = re.compile(r"[\x00-\x20<>\"{}|^`\\]")  # RFC 3987, section 2.2; R2RML keeps literal parts as is
_BRACES = re.compile(r"\{([^{}]+)\}")
_PROTECTED_COLON = "\ufdd0"  # a noncharacter: it cannot stand in a text meant for interchange


@dataclass(frozen=True, kw_only=True)
class DocumentNames:
    """What a text of the document may refer to: its *prefixes* and its *externals*, the external references."""

    prefixes: Mapping[str, str] = field(default_factory=dict)
    externals: Mapping[str, str] = field(default_factory=dict)

    def expand_prefix(self, name: str) -> str | None:
        """The namespace of a prefix."""
        return self.prefixes.get(name, INITIAL_PREFIXES.get(name))

    def finds_prefix(self, text: str) -> bool:
        """Whether a text begins with a prefix that is written out, as `ex:name` does."""
        found = _PREFIXED.match(text)
        return found is not None and self.expand_prefix(found.group(1)) is not None


@dataclass(frozen=True, kw_only=True)
class ExpandedText:
    """A text with references, its prefix already expanded and its external references filled in.

    *templated* is true where the text holds more than a constant or one reference alone.
    """

    parts: tuple[str | Reference, ...]
    templated: bool
    mark: Mark = field(repr=False)

    @property
    def reference(self) -> Reference | None:
        """The reference, where the value is nothing else."""
        only = self.parts[0] if len(self.parts) == 1 else None
        return only if isinstance(only, Reference) else None

    @property
    def constant(self) -> str | None:
        """The text, where nothing in it changes from row to row."""
        if self.templated or any(isinstance(part, Reference) for part in self.parts):
            return None
        return "".join(str(part) for part in self.parts)


def read_value(
    text: Scalar, names: DocumentNames, *, is_iri: bool, suffix: str = ""
) -> tuple[ExpandedText, tuple[Diagnostic, ...]]:
    """The value of a text: its references found, escapes undone, prefix expanded.

    *is_iri* says that the text stands for an IRI: then an undeclared prefix and a character that no IRI holds
    are reported. *suffix* (`~iri`) is taken off first.

    - `$(name)` is a reference; `\\(`, `\\)` and `\\\\` stand for the sign itself, `\\:` for a colon
      that ends no prefix;
    - `$(_name)` is the external reference `name` where it has a value, `$(\\_name)` the reference `_name`.

    >>> from kg.text.diagnostic import Mark, SourceText
    >>> written = "foaf:$(id)/x\\\\:y"
    >>> m = Mark(source=SourceText("a.yaml", written), line=1, column=1, end_line=1, end_column=16)
    >>> value, problems = read_value(Scalar(text=written, mark=m), DocumentNames(), is_iri=True)
    >>> value.parts, problems
    (('http://xmlns.com/foaf/0.1/', Reference(text='id'), '/x:y'), ())
    """
    body = text.text.removesuffix(suffix) if suffix else text.text
    problems = Findings()
    if is_nothing(text):
        hint = "in quotes it is a text; leave it out where there is none"
        problems.tell("yarrrml-null", text.mark, f"`{text.text}` is no value", hint)
    parts, templated = _split(body, text, names, problems)
    if is_iri:
        parts, templated = _read_braces(parts, templated, text, problems)
    if parts and isinstance(parts[0], str):
        parts[0] = _expand(parts[0], text, names, problems if is_iri else None)
    clean = [p.replace(_PROTECTED_COLON, ":") if isinstance(p, str) else p for p in parts]
    value = ExpandedText(parts=tuple(clean) or ("",), templated=templated, mark=text.mark)
    if is_iri and not any(p.code == "yarrrml-template" for p in problems):
        problems.add(_check_iri(value))
    return value, problems.diagnostics


def is_nothing(text: Scalar) -> bool:
    """Whether a text is YAML's word for no value (`null`, `~`), without quotes."""
    return text.plain and text.text in NOTHING


def _check_iri(value: ExpandedText) -> list[Diagnostic]:
    """What keeps the value from being an IRI, whatever its references stand for; the first of several."""
    hint: str | None
    for part in value.parts:
        bad = _FORBIDDEN_IN_IRI.search(part) if isinstance(part, str) else None
        if bad is not None:
            sign = bad.group() if bad.group().isprintable() else f"U+{ord(bad.group()):04X}"
            hint = "write `%20`, or take the space away" if sign == " " else "write it percent-encoded"
            message = f"`{sign}` cannot stand in an IRI"
            return [Diagnostic(code="yarrrml-iri", mark=value.mark, message=message, hint=hint)]
    constant = value.constant
    if constant is None or not is_absolute(constant):
        return []
    try:
        NamedNode(constant)
    except ValueError as error:
        hint = str(error)[:1].lower() + str(error)[1:]
        message = f"`{constant}` is no IRI"
        return [Diagnostic(code="yarrrml-iri", mark=value.mark, message=message, hint=hint)]
    return []


def _split(body: str, text: Scalar, names: DocumentNames, problems: Findings) -> tuple[list[str | Reference], bool]:
    """Literal stretches and references in turn; true where it is more than a constant or one reference."""
    parts: list[str | Reference] = []
    literal: list[str] = []
    filled = 0
    escaped = False
    i = 0
    while i < len(body):
        two = body[i : i + 2]
        if two in {"\\(", "\\)", "\\\\"}:
            literal.append(two[1])
            escaped = True
            i += 2
        elif two == "\\:":
            literal.append(_PROTECTED_COLON)
            i += 2
        elif two == "$(":
            end = _find_close(body, i + 2)
            if end is None:
                problems.tell(
                    "yarrrml-template",
                    text.part(i, len(body)),
                    f"`{body[i:]}` is a reference without its `)`",
                    "close it; for the two characters themselves write `$\\(`",
                )
                end = len(body)
            written = body[i + 2 : end]
            value = names.externals.get(written[1:]) if written.startswith("_") else None
            if value is not None:
                literal.append(value.replace(":", _PROTECTED_COLON) if not literal and not parts else value)
                filled += 1
            else:
                if literal:
                    parts.append("".join(literal))
                    literal = []
                parts.append(_read_reference(written, i + 2, text, problems))
            i = end + 1
        else:
            literal.append(body[i])
            i += 1
    if literal:
        parts.append("".join(literal))
    alone = filled == 1 and body.startswith("$(") and _find_close(body, 2) == len(body) - 1
    some = any(isinstance(part, Reference) for part in parts)
    return parts, escaped or (filled > 0 and not alone) or (some and len(parts) > 1)


def _read_braces(
    parts: list[str | Reference], templated: bool, text: Scalar, problems: Findings
) -> tuple[list[str | Reference], bool]:
    """`{name}`, RML's own way to write a reference, which no IRI can mean otherwise."""
    found: list[str | Reference] = []
    for part in parts:
        if isinstance(part, Reference):
            found.append(part)
            continue
        # Every second piece is what the pattern's group caught.
        for i, piece in enumerate(_BRACES.split(part)):
            if i % 2:
                start = text.text.find(f"{{{piece}}}")
                found.append(Reference(text=piece, mark=text.part(start, start + len(piece) + 2)))
            elif piece:
                found.append(piece)
    if len(found) == len(parts):
        return parts, templated
    name = next(p.text for p in found if isinstance(p, Reference) and p not in parts)
    problems.tell(
        "yarrrml-brace", text.mark, f"`{{{name}}}` is read as the reference `$({name})`", f"write `$({name})`"
    )
    return found, templated or len(found) > 1


def _find_close(body: str, start: int) -> int | None:
    i = start
    while i < len(body):
        if body[i] == "\\":
            i += 2
        elif body[i] == ")":
            return i
        else:
            i += 1
    return None


def _read_reference(written: str, start: int, text: Scalar, problems: Findings) -> Reference:
    name = written[1:] if written.startswith("\\_") else written
    name = re.sub(r"\\([()\\:])", r"\1", name)
    if not name.strip():
        mark = text.part(start - 2, start + len(written) + 1)
        problems.tell("yarrrml-template", mark, "`$()` refers to nothing")
    elif re.search(r"(?<!\\)\(", written):
        problems.tell(
            "yarrrml-bracket",
            text.part(start - 2, start + len(written) + 1),
            f"the reference ends at the first `)`: it is read as `{name}`",
            "write brackets inside a reference as `\\(` and `\\)`",
        )
    return Reference(text=name, mark=text.part(start - 2, start + len(written) + 1))


def _expand(literal: str, text: Scalar, names: DocumentNames, problems: Findings | None) -> str:
    found = _PREFIXED.match(literal)
    if found is None:
        return literal
    name = found.group(1)
    iri = names.expand_prefix(name)
    if iri is not None:
        return iri + literal[found.end() :]
    if problems is not None and name.casefold() not in SCHEMES:
        known = set(names.prefixes)
        usual = FUNCTION_PREFIXES.get(name)
        problems.tell(
            "yarrrml-prefix",
            text.part(0, len(name) + 1),
            f"no prefix `{name}:`; the text is taken for a whole IRI",
            (f'declare it: `prefixes: {{{name}: "{usual}"}}`' if usual else None)
            or did_you_mean(name, known | INITIAL_PREFIXES.keys())
            or (f"declared are {list_known(known)}" if known else "declare it under `prefixes`"),
        )
    return literal


def is_absolute(iri: str) -> bool:
    """Whether a text without references has a scheme.

    >>> is_absolute("urn:a"), is_absolute("a/b")
    (True, False)
    """
    return re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", iri) is not None
