# ruff: noqa: E501 - words and cases read best in lines that are full
"""Grammars of short texts: dates, quantities, figures, language tags, IRIs, templates, paths, links, the terminal."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction
from functools import cache
from urllib.parse import unquote

import pyoxigraph as ox
from encoding import encode_iri_part

from fuzz.strokes import NASTY, any_text, composed, encode
from fuzz.target import Chance, Target, expect, fault, look_at, make_choices, to_text
from kg.model.names import Names
from kg.model.ontology.vocabulary import Property, RangeKind, Vocabulary, read_vocabulary
from kg.model.values import read_date, read_quantity
from kg.model.values.quantity_text import suggest_quantities
from kg.rdf.iri import IriProblem, Prefixes, check_iri, expand_iri, is_local_name, is_prefix_name
from kg.rdf.namespace import WELL_KNOWN
from kg.rdf.turtle.document import read_turtle
from kg.rdf.xsd import is_valid
from kg.tables.engine.macros import encode_label, escape_literal, is_unreserved
from kg.tables.read.template import TemplateError, parse_template
from kg.tables.rml import Reference
from kg.text.diagnostic import (
    Diagnostic,
    Mark,
    SourceText,
    display_width,
    make_lines_visible,
    make_visible,
    mark_of_file,
)
from kg.text.edtf import EdtfError, overlap, parse_edtf, xsd_of
from kg.text.figure import find_figures
from kg.text.findings import Findings
from kg.text.language import choose_language, explain_tag
from kg.text.secret import hide_secrets
from kg.text.yamldoc import Scalar

# ---- dates


_DATES = (
    "2024", "2024-04", "2024-04-28", "1985-04-12T23:20:30Z", "1985-04-12T23:20:30+04:30", "2001-21", "2001-34", "156X",
    "15XX-12-XX", "1964/2008", "2004-06/2006-08", "2004-02-01/2005-02", "1984?", "2004-06~", "2004-06-11%", "Y170000002",
    "Y-170000002", "1985/..", "../1985", "/1985", "1985/", "-1985", "2004-06-~11", "?2004-06", "[1667,1668,1670..1672]",
    "[..1760-12-03]", "{1960,1961-12}", "{1667..}", "1950S2", "Y171010000S3", "Y-17E7", "Y3388E2S3", "2024-02-29",
    "April 2024", "28/04/2024", "spring 2024", "Q1 2024", "by 2030", "the 1990s", "2024年4月", "mid-2024",
)  # fmt: skip
_DATE_WORDS = (
    "20", "24", "2024", "19", "-", "-", "-", "/", "/", "..", "04", "28", "13", "31", "30", "02", "29", "00", "X", "XX", "?",
    "~", "%", "T", "23:20:30", "24:00:00", "Z", "+04:30", "Y", "E7", "S2", "[", "]", "{", "}", ",", "21", "41", "April",
    " ", "Q1", "spring", "by ", "about ", "until ", "9999", "10000", "年", "月", "日", "1900s", "century", "now", "–",
)  # fmt: skip


def try_edtf(data: bytes) -> None:
    """A date is read with bounds in their order, or refused with a place in its text."""
    text = to_text(data)
    try:
        read = parse_edtf(text)
    except EdtfError as error:
        expect(0 <= error.start <= max(error.end, error.start) <= max(len(text), 1), f"a place outside: {error.start}")
        _look_at_hint(text, error)
        return
    expect(read.text == text, "a date of another text")
    for first, last in read.spans:
        expect(first is None or last is None or first <= last, f"a span that runs backwards: {read.spans}")
    exact = xsd_of(read)
    if exact is not None:
        datatype = WELL_KNOWN["xsd"] + exact[1]
        expect(is_valid(exact[0], datatype), f"{exact} is not of its datatype")
        expect(read.earliest is not None and read.latest is not None, "an exact date without bounds")
    expect(overlap(read, read) or any(None in span for span in read.spans), "a date that does not overlap itself")
    expect(parse_edtf(text) == read, "read twice, read otherwise")
    hash(read)


def _look_at_hint(text: str, error: EdtfError) -> None:
    """A hint at what to write: it is a date by itself, or no mistake any more where it stands."""
    found = re.match(r"write `([^`]*[0-9][^`]*)`", error.hint or "")
    if found is None or _is_refused(found[1]) is None:
        return
    again = _is_refused(text[: error.start] + found[1] + text[error.end :])
    if again is not None and (again.start, again.message.partition("`")[2]) == (
        error.start,
        error.message.partition("`")[2],
    ):
        fault(f"for {text!r} the hint proposes {found[1]!r}, which is refused as well")
    if re.fullmatch("Y-?[0-9]+", found[1]):
        fault(f"for {text!r} the hint proposes {found[1]!r}, which is no year")


def _is_refused(text: str) -> EdtfError | None:
    try:
        parse_edtf(text)
    except EdtfError as error:
        return error
    return None


# ---- quantities


@cache
def _vocabulary() -> tuple[Vocabulary, tuple[Property, ...]]:
    from story import ONTOLOGY, base_files

    documents = [
        read_turtle(SourceText(name, text))
        for name, text in base_files().items()
        if name.startswith("ontology/") and name.endswith(".ttl")
    ]
    vocabulary = read_vocabulary(documents)
    expect(ONTOLOGY.is_dir(), "no ontology")
    return vocabulary, tuple(p for p in vocabulary.properties.values() if p.kind is RangeKind.QUANTITY)


_QUANTITIES = (
    "5 t", "about 3.5 million USD", "215900..299900 CNY", "1.3万 job", "over 5000 order", "at least 5 kWh", "73.60 kWh",
    "1..2 million car", "between 5 and 6 m", "from 5 to 6", "$5", "US$3bn", "5,000 m", "½ t", "-5 °C", "3亿", "12%",
)  # fmt: skip
_QUANTITY_WORDS = (
    "about", "over", "under", "at least", "at most", "up to", "more than", "between", "and", "to", "from", " ", " ", " ",
    "5", "10", "0", "1", "73.60", "3.5", "1,000", "000", "..", "-", "–", "~", ".", "million", "billion", "hundred",
    "thousand", "万", "亿", "千", "百", "十", "k", "bn", "USD", "CNY", "kWh", "m", "t", "crew", "person", "%", "°C", "$", "US$",
    "€", "¥", "１", "٣", "½", "e5", "E-3", "+", "介于", "之间", "至", "辆",
)  # fmt: skip


def try_quantity(data: bytes) -> None:
    """A quantity is read with its lowest not above its highest, or refused at its place."""
    text = to_text(data)
    vocabulary, properties = _vocabulary()
    source = SourceText("a.yaml", text.replace("\n", " "))
    mark = Mark(source=source, line=1, column=1, end_line=1, end_column=len(text) + 1)
    prop = properties[len(data) % len(properties)]
    findings = Findings()
    read = read_quantity(Scalar(text=text, mark=mark), prop, vocabulary, findings)
    look_at(findings.diagnostics)
    expect((read is None) == bool(findings.diagnostics), "no quantity and no reason, or both")
    list(suggest_quantities(text))
    if read is None:
        return
    if read.lowest is not None and read.highest is not None:
        expect(Fraction(read.lowest) <= Fraction(read.highest), f"{read.lowest} > {read.highest}")
    read.write(str)
    read.word(str, vocabulary, "en"), read.word(str, vocabulary, "zh")
    read.identity(prop, vocabulary)
    read.stretch(prop, vocabulary)
    read.numbers()
    list(read.direct(prop, vocabulary))
    term = read.term(Names(base="https://a.example/"), prop)
    if isinstance(term, ox.Literal):
        expect(ox.parse(f"<a:b> <a:b> {term} .".encode(), ox.RdfFormat.N_TRIPLES) and True, "a term of no N-Triples")


def try_date_value(data: bytes) -> None:
    """A date of a claim is read, worded and written, or refused within its text."""
    text = to_text(data)
    mark = Mark(
        source=SourceText("a.yaml", text.replace("\n", " ")), line=1, column=1, end_line=1, end_column=len(text) + 1
    )
    findings = Findings()
    read = read_date(Scalar(text=text, mark=mark), findings)
    look_at(findings.diagnostics)
    if read is not None:
        vocabulary, properties = _vocabulary()
        read.word(str, vocabulary, "en"), read.word(str, vocabulary, "zh"), read.write(str), read.numbers()
        read.stretch(properties[0], vocabulary)
        list(read.direct(properties[0], vocabulary))
        read.term(Names(base="https://a.example/"), properties[0])


# ---- figures


_FIGURES = (
    "By 2030, two thirds of 1.5 million SU7 cars", "2024年交付10多万辆，占三成", "35-to-50 of 40K miles", "$2.3T and ½ million",
    "twenty-one hundred and five", "the 100,000th, 3.5% of 1/2", "一百二十三点五，百分之三十，十几万", "六英里七千瓦时",
)  # fmt: skip
_FIGURE_WORDS = (
    "one", "two", "twenty", "twenty-", "hundred", "thousand", "million", "and", "a", "half", "third", "thirds", "quarter",
    "point", "per cent", "percent", "dozen", "zero", "first", " ", " ", " ", "-", ",", ".", "/", "1", "2.5", "1,000", "2024",
    "K", "M", "bn", "%", "$", "€", "½", "⅔", "²", "一", "二", "两", "十", "百", "千", "万", "亿", "零", "点", "分之", "百分之", "成", "半",
    "多", "几", "余", "第", "年", "月", "个", "辆", "瓦", "幾", "壹", "th", "st", "to", "or", "SU7", "1e5", "٣", "１", "through",
    "nineteen", "ninety", "trillion", "billion", "ten", "tens of", "thousands", "廿", "〇", "○", "负",
)  # fmt: skip


def try_figures(data: bytes) -> None:
    """Figures are found for any text: in their order, none in another, each the text of its place."""
    text = to_text(data)
    for lang in ("en", "zh", "fr", "zh-Hant"):
        for rule in (1, 2):
            found = find_figures(text, lang, rule)
            end = 0
            for figure in found:
                expect(figure.start >= end and figure.end > figure.start, f"figures out of order: {found}")
                expect(text[figure.start : figure.end] == figure.text, f"{figure} is not the text of its place")
                expect(
                    re.fullmatch(r"-?\d+(?:\.\d+)?(?:/\d+)?", figure.value, re.ASCII), f"no canonical value: {figure}"
                )
                end = figure.end


# ---- language tags


_TAGS = (
    "en",
    "zh-Hant-TW",
    "en-GB",
    "de-CH-1996",
    "sl-rozaj-biske",
    "x-a-b",
    "en-a-bbb-x-c",
    "i-klingon",
    "en_GB",
    "cn",
)
_TAG_WORDS = (
    "en", "zh", "de", "cn", "xx", "x", "i", "GB", "uk", "US", "TW", "001", "419", "Hant", "Latn", "1996", "rozaj", "a", "u", "-",
    "-", "-", "-", "_", "abcdefgh", "abcdefghi", "1abc", "klingon", "english", "ſ", "K", "é", " ", "", "--ltr",
)  # fmt: skip


def try_language(data: bytes) -> None:
    """What passes for a language tag is one of RDF's grammar, and stays one in N-Quads; a hint proposes a tag."""
    text = to_text(data)
    hint = explain_tag(text)
    if hint is None:
        expect(re.fullmatch(r"[a-zA-Z]+(?:-[a-zA-Z0-9]+)*", text), f"{text!r} passes for a tag")
        literal = ox.Literal("x", language=text)
        line = f"<a:b> <a:b> {literal} .".encode()
        (quad,) = ox.parse(line, ox.RdfFormat.N_TRIPLES)
        expect(quad.object == literal, f"{text!r} comes back as {quad.object}")
    elif hint.startswith("write `") and "..." not in hint:
        expect(explain_tag(hint[7:-1]) is None, f"for {text!r}: {hint}, which is none")
    chosen = choose_language(text, ["en", "zh-Hans", "de"])
    expect(chosen in {None, "en", "zh-Hans", "de"}, "a language that is not at hand")


# ---- IRIs and CURIEs


_IRIS = (
    "https://kg.example/雷军?a=b#c", "urn:isbn:0451450523", "kg:Claim", "http://[::1]:8080/x", "http://a@b:80/%20?q#f",
    "mailto:a@b.c", "data:text/plain,x", "e:a.b", "wd:Q1", "doi:10.1/x", "http://a/../b/./c", "tag:a,2024:b",
)  # fmt: skip
_IRI_WORDS = (
    "http", "https", "urn", "kg", "e", "wd", "mailto", ":", ":", "//", "/", "/", "?", "#", "@", "[", "]", "::1", "1.2.3.4", ":80",
    ":99999", "%20", "%", "%zz", "a", "b.c", "..", ".", "-", "_", "~", "雷", "\ue000", "\U000f0000", "\u200e", "\u202e", " ",
    "<", ">", '"', "{", "}", "|", "\\", "^", "`", "\x00", "\x7f", "\x85", "\xa0", "\u2028", "\ufffd", "\ufdd0", "\U0001fffe", "1",
    "+", "!", "$", "&", "'", "(", ")", "*", ",", ";", "=",
)  # fmt: skip
_PREFIXES = Prefixes(namespaces={**WELL_KNOWN, "e": "https://a.example/entity/", "a": "https://a.example/"})


def try_iri(data: bytes) -> None:
    """What passes for an IRI is one for Oxigraph, in N-Triples and in Turtle; what is shortened is the same again."""
    text = to_text(data)
    problem = check_iri(text)
    if problem is not None:
        expect(0 <= problem.start <= problem.end <= len(text), f"a place outside: {problem}")
    else:
        node = ox.NamedNode(text)
        (quad,) = ox.parse(f"{node} {node} {node} .".encode(), ox.RdfFormat.N_TRIPLES)
        expect(quad.object == node, f"{text!r} comes back as {quad.object}")
        short = _PREFIXES.compress(text)
        if short is not None:
            expect(_PREFIXES.expand(short) == text, f"{short!r} is not {text!r} again")
            header = "".join(f"@prefix {p}: <{n}> .\n" for p, n in _PREFIXES.namespaces.items())
            (quad,) = ox.parse(f"{header}{short} {short} {short} .".encode(), ox.RdfFormat.TURTLE)
            expect(quad.object == node, f"{short!r} is {quad.object} in Turtle")
    expanded = expand_iri(text, _PREFIXES.namespaces)
    if isinstance(expanded, IriProblem):
        expect(0 <= expanded.start <= expanded.end <= max(len(text), expanded.end), f"a place outside: {expanded}")
    else:
        ox.NamedNode(expanded)
    if is_local_name(text):
        (quad,) = ox.parse(f"@prefix a: <http://a/> . a:{text} a a:x .".encode(), ox.RdfFormat.TURTLE)
        expect(quad.subject == ox.NamedNode(f"http://a/{text}"), f"{text!r} is no local name: {quad.subject}")
    if is_prefix_name(text):
        (quad,) = ox.parse(f"@prefix {text}: <http://a/> . {text}:x a {text}:x .".encode(), ox.RdfFormat.TURTLE)
        expect(quad.subject == ox.NamedNode("http://a/x"), f"{text!r} is no prefix")


# ---- templates and escapes


_TEMPLATES = ("http://example.org/{id}", r"\{a\}{b\}c}", "{a}-{b}/{c d}", "a{$.b[?@.c > 1]}", r"\\{a}\\")
_TEMPLATE_WORDS = (
    "{",
    "}",
    "\\",
    "\\{",
    "\\}",
    "\\\\",
    "a",
    "id",
    "$.b",
    "['c']",
    "/",
    "http://e/",
    " ",
    "雷",
    '"',
    "\n",
    "@",
    "[0]",
)


def try_template(data: bytes) -> None:
    """A template comes apart into texts and references that written again give the same template."""
    text = to_text(data)
    mark = mark_of_file(SourceText("m.ttl", text))
    try:
        template = parse_template(text, mark)
    except TemplateError as error:
        look_at([Diagnostic(code="map-template", mark=error.mark, message=str(error), hint=error.hint)])
        return

    def write(part: str | Reference) -> str:
        words = part.text if isinstance(part, Reference) else part
        escaped = re.sub(r"[\\{}]", lambda found: "\\" + found[0], words)
        return f"{{{escaped}}}" if isinstance(part, Reference) else escaped

    again = parse_template("".join(map(write, template.parts)), mark)
    expect(again.parts == template.parts, f"{template.parts} and {again.parts}")


def try_escape(data: bytes) -> None:
    """A value in an IRI, a literal or a label stays in its place, and can be had back."""
    text = to_text(data)
    whole = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    part = encode_iri_part(whole)
    expect(unquote(part, errors="strict") == whole, f"{whole!r} is {part!r}, which is another text")
    expect(all(c == "%" or is_unreserved(c) for c in part), f"{part!r} holds what is reserved")
    iri = f"http://a/{part}"
    expect(ox.NamedNode(iri).value == iri, "no IRI")
    (quad,) = ox.parse(f"<a:b> <{iri}> <a:b> .".encode(), ox.RdfFormat.N_TRIPLES)
    expect(quad.predicate.value == iri, f"{iri!r} comes back as {quad.predicate}")
    (quad,) = ox.parse(f'<a:b> <a:b> "{escape_literal(whole)}" .'.encode(), ox.RdfFormat.N_TRIPLES)
    expect(quad.object == ox.Literal(whole), f"{whole!r} comes back as {quad.object!r}")
    label = encode_label(whole)
    expect(re.fullmatch(r"[A-Za-z0-9_]*", label), f"{label!r} is no label")
    expect(bytes.fromhex("".join(_hex(label))).decode() == whole, f"{label!r} is another value's label too")


def _hex(label: str) -> list[str]:
    found = re.findall(r"_([0-9A-F]{2})|([A-Za-z0-9])", label)
    return [code or f"{ord(char):02x}" for code, char in found]


# ---- the terminal


def try_visible(data: bytes) -> None:
    """No text moves the cursor, hides or turns what stands beside it; what is shown is as wide as was counted."""
    text = to_text(data)
    for shown in (make_visible(text), *make_lines_visible(text).split("\n")):
        for char in shown:
            bad = unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} or unicodedata.bidirectional(char) in _TURNING
            expect(not bad, f"U+{ord(char):04X} is shown as it is")
        shown.encode()
    expect(make_visible(make_visible(text)) == make_visible(text), "made visible twice, another text")
    expect(display_width(text) >= 0, "a width below nothing")
    hidden = hide_secrets(text)
    expect(len(hidden.split("\n")) == len(text.split("\n")), "a line more or less")


_TURNING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def try_diagnostic(data: bytes) -> None:
    """A diagnostic of any words at any place of any text is shown in every form."""
    chance = Chance(data)
    text = "".join(any_text(chance) + chance.choice(("", "\n", "\r\n")) for _ in range(chance.randint(0, 4)))
    source = SourceText(any_text(chance), text)
    line = chance.randrange(len(source.lines)) + 1
    column = chance.randint(1, len(source.lines[line - 1]) + 1)
    last = chance.randint(line, len(source.lines))
    least = column if last == line else 1
    mark = Mark(source=source, line=line, column=column, end_line=last, end_column=chance.randint(least, least + 9))
    hint = any_text(chance) if chance.randrange(2) else None
    look_at(
        [Diagnostic(code=chance.choice(("unknown-entity", "encoding")), mark=mark, message=any_text(chance), hint=hint)]
    )


def _encoded(texts: tuple[str, ...]) -> tuple[bytes, ...]:
    return tuple(map(encode, texts))


def _short(name: str, run, words, texts, share=30, sample=150, most=8) -> Target:  # type: ignore[no-untyped-def]
    return Target(
        name=name,
        run=run,
        make=composed(words, texts, most=most),
        seeds=lambda: _encoded(texts),
        share=share,
        sample=sample,
    )


TARGETS = (
    _short("edtf", try_edtf, _DATE_WORDS, _DATES),
    _short("date", try_date_value, _DATE_WORDS, _DATES, share=15),
    _short("quantity", try_quantity, _QUANTITY_WORDS, _QUANTITIES),
    _short("figures", try_figures, _FIGURE_WORDS, _FIGURES, share=20),
    _short("language", try_language, _TAG_WORDS, _TAGS),
    _short("iri", try_iri, _IRI_WORDS, _IRIS),
    _short("template", try_template, _TEMPLATE_WORDS, _TEMPLATES),
    Target(name="escape", run=try_escape, make=lambda c: encode(any_text(c)), seeds=lambda: _encoded(NASTY), share=30, sample=150),
    Target(name="visible", run=try_visible, make=lambda c: encode(any_text(c, 20)), seeds=lambda: _encoded(NASTY), share=30, sample=150),
    Target(name="diagnostic", run=try_diagnostic, make=make_choices, share=10, sample=60),
)  # fmt: skip
