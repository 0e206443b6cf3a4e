"""HTML: the paragraphs of the article in a page, without its furniture, and what its head says of it.

Sources: HTML Living Standard, sections 3.2.5.2 (kinds of content) and 4.2.5 (metadata); Open Graph; schema.org's
articles in JSON-LD.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from kg.evidence.documents.dates import read_day
from kg.evidence.documents.decode import decode
from kg.evidence.documents.taken import (
    DocumentFormat,
    Paragraph,
    Suggestion,
    Taken,
    clean_line,
    raise_digits,
    refuse,
    write_paragraphs,
)
from kg.text.language import explain_tag
from kg.text.sentence import fold_words

_LEFT_OUT = {
    "script", "style", "template", "noscript", "nav", "aside", "form", "button", "select", "textarea", "svg", "iframe",
    "object", "canvas", "video", "audio", "head", "footer", "dialog", "input", "math",
    "del", "s", "strike",  # struck out: nobody says it any more
    "rt", "rp",  # how the signs before it are spoken
}  # fmt: skip
_SILENT = {"script", "style", "template", "head", "svg", "input"}  # in which no words are that a reader sees
_ROLES = {"navigation", "banner", "contentinfo", "complementary", "search", "menu", "dialog"}
_INLINE = {
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "dfn", "em", "font", "i", "ins",
    "kbd", "label", "mark", "q", "ruby", "samp", "small", "span", "strong", "sub", "sup",
    "time", "tt", "u", "var", "wbr", "img", "picture",
}  # fmt: skip
_CELLS = {"td", "th"}
_RAISED = re.compile(  # a length above the line, where it is none of nothing
    r"(?:^|;)(?:vertical-align:(?:super|\+?(?=[0-9.]*[1-9])[0-9.]+[a-z%])|font-variant-position:super)"
)
_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE)
_DATES = (
    "article:published_time", "og:article:published_time", "datepublished", "date", "dc.date", "dcterms.date",
    "dcterms.created", "dc.date.issued", "dcterms.issued", "citation_publication_date", "citation_date", "pubdate",
    "publishdate",
    "publish-date", "parsely-pub-date", "sailthru.date",
)  # fmt: skip
_AUTHORS = ("author", "dc.creator", "dcterms.creator", "citation_author", "article:author", "parsely-author", "byl")
_TITLES = ("og:title", "dc.title", "dcterms.title", "citation_title", "twitter:title")


def read_html(raw: bytes, name: str, encoding: str | None) -> Taken:
    """The text of a page. Raises UnreadableError where it cannot be decoded or holds no words."""
    from lxml import etree, html

    declared = _CHARSET.search(raw[:8192])
    text, told = decode(raw, name, given=encoding, declared=declared[1].decode("ascii") if declared else None)
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text).replace("\0", "")
    parser = html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = html.document_fromstring(text, parser=parser)
    except (etree.ParserError, ValueError) as error:
        raise refuse(name, "document-empty", "the page holds nothing") from error
    if any(entry.type_name.startswith("ERR_RESOURCE") or "depth" in entry.message for entry in parser.error_log):
        raise refuse(name, "document-unreadable", "the page is nested too deep to be read whole")
    article, what = _find_article(root)
    paragraphs = [text for text in (clean_line(text) for text in _split(article)) if text]
    proposals = list(_propose(root, article))
    title = next((p for p in proposals if p.key == "title"), None)
    if title is not None and not any(fold_words(title.text) == fold_words(text) for text in paragraphs[:3]):
        paragraphs.insert(0, title.text)
        told.append(f"the title stands in front: {title.origin} has it, and not the text")
    if what:
        told.append(what)
    told += _tell_left_out(root, article)
    return Taken(
        form=DocumentFormat.HTML,
        text=write_paragraphs(Paragraph(text=text) for text in paragraphs),
        proposals=tuple(proposals),
        told=tuple(told),
    )


# -- the article ----------------------------------------------------------------------------------


def _find_article(root: Any) -> tuple[Any, str]:
    """The element that holds the article, and what is to be told of the choice."""
    for path, what in (
        (".//*[local-name()='main' or @role='main']", "<main>"),
        (".//article[not(ancestor::article)]", "<article>"),
    ):
        found = [element for element in root.xpath(path) if _count_words(element)]
        inner = found[0].xpath(".//article[not(ancestor::article)]") if len(found) == 1 and what == "<main>" else []
        if len(inner) == 1 and _count_words(inner[0]) * 2 > _count_words(found[0]):
            return inner[0], "the text is that of <article>"
        if len(found) == 1:
            return found[0], f"the text is that of {what}"
    body = root.find("body")
    return (root if body is None else body), ""


def _is_left_out(element: Any) -> bool:
    style = _read_style(element)
    return (
        element.tag in _LEFT_OUT
        or element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
        or element.get("role") in _ROLES
        or "display:none" in style
        or "visibility:hidden" in style
        or _is_note_mark(element)
    )


def _is_note_mark(element: Any) -> bool:
    """Whether it is the number of a footnote, raised, with a link to it: `5,000¹` is no 50001."""
    if not _is_raised(element):
        return False
    links = (*element.iter("a"), *element.iterancestors("a"))
    return any((link.get("href") or "").startswith("#") for link in links)


def _is_raised(element: Any) -> bool:
    """Whether its words stand above the line: as `<sup>`, or by the element's own style (CSS 2.2, section 10.8.1)."""
    return element.tag == "sup" or (element.tag in _INLINE and _RAISED.search(_read_style(element)) is not None)


def _read_style(element: Any) -> str:
    """The style that stands at an element itself, in lower case and without blanks."""
    return re.sub(r"\s+", "", element.get("style") or "").lower()


def _walk(top: Any) -> Iterator[tuple[str, Any]]:
    """The words of an element in their order (`text`), with where elements begin and end; without what is left out."""
    stack: list[tuple[str, Any]] = [("in", top)]
    while stack:
        kind, element = stack.pop()
        if kind != "in":
            yield kind, element
            continue
        if not isinstance(element.tag, str) or (element is not top and _is_left_out(element)):
            continue
        if _is_raised(element):
            words = "".join(element.itertext())
            if (raised := raise_digits(words)) != words:
                yield "text", raised
                continue
        yield "begin", element.tag
        if element.text:
            yield "text", element.text
        stack.append(("end", element.tag))
        for child in reversed(element):
            if child.tail:
                stack.append(("text", child.tail))
            stack.append(("in", child))


def _split(article: Any) -> Iterator[str]:
    """The paragraphs: what stands between elements that are none of a line; a row of a table is one."""
    words: list[str] = []
    cells = breaks = 0
    for kind, what in _walk(article):
        if kind == "text":
            words.append(what)
            breaks = breaks if what.isspace() else 0
        elif what == "br":
            if kind == "begin":
                words.append(" ")
                breaks += 1
                if breaks == 2:
                    yield "".join(words)
                    words = []
        elif what in _CELLS:
            cells += 1 if kind == "begin" else -1
            words.append("\t")
        elif what not in _INLINE:
            if cells:
                words.append(" ")
                continue
            yield "".join(words)
            words = []
    yield "".join(words)


def _read_words(element: Any) -> str:
    return clean_line("".join(what for kind, what in _walk(element) if kind == "text"))


def _count_words(element: Any) -> int:
    return sum(len(what.split()) for kind, what in _walk(element) if kind == "text")


def _tell_left_out(root: Any, article: Any) -> Iterator[str]:
    """How many words of a page were left out, and in what."""
    kinds: dict[str, int] = {}
    for element in root.iter():
        if not isinstance(element.tag, str) or element.tag in _SILENT or not _is_left_out(element):
            continue
        if not any(_is_left_out(above) for above in element.iterancestors()):
            tag = element.tag if element.tag in _LEFT_OUT else "hidden parts"
            tag = "marks of footnotes" if _is_note_mark(element) else tag
            count = len(" ".join(element.itertext()).split())
            kinds[tag] = kinds.get(tag, 0) + count
    body = root.find("body")
    beside = _count_words(body) - _count_words(article) if body is not None and body is not article else 0
    parts = [f"{count} in {kind}" for kind, count in sorted(kinds.items()) if count]
    parts += [f"{beside} beside the article"] if beside > 0 else []
    if parts:
        yield f"words left out: {', '.join(parts)}"


# -- what the head says -----------------------------------------------------------------------------


def _propose(root: Any, article: Any) -> Iterator[Suggestion]:
    metas: dict[str, list[str]] = {}
    for element in root.iter("meta"):
        key = (element.get("property") or element.get("name") or element.get("itemprop") or "").lower()
        content = clean_line(element.get("content") or "")
        if key and content:
            metas.setdefault(key, []).append(content)
    linked = list(_read_linked(root))
    yield from _propose_title(root, article, metas, linked)
    dates = [
        ("`datePublished` of its JSON-LD", d["datePublished"])
        for d in linked
        if isinstance(d.get("datePublished"), str)
    ]
    dates += [(f"its `{key}`", value) for key in _DATES for value in metas.get(key, ())]
    dates += [
        ("its first `<time>`", element.get("datetime")) for element in article.iter("time") if element.get("datetime")
    ][:1]
    for origin, value in dates:
        day = read_day(value)
        if day is not None:
            yield Suggestion(key="published", text=day.text, origin=origin)
            if day.time is not None:
                yield Suggestion(key="time", text=day.time, origin=origin)
    authors = [("`author` of its JSON-LD", name) for d in linked for name in _name_people(d.get("author"))]
    authors += [(f"its `{key}`", value) for key in _AUTHORS for value in metas.get(key, ()) if "://" not in value]
    for origin, value in authors:
        yield Suggestion(key="author", text=re.sub(r"^(?i:by)\s+", "", clean_line(value)), origin=origin)
    langs = [
        (
            "its `lang`",
            root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or root.get("xml:lang"),
        )
    ]
    langs += [("`inLanguage` of its JSON-LD", d.get("inLanguage")) for d in linked]
    langs += [
        (f"its `{key}`", value.replace("_", "-"))
        for key in ("content-language", "og:locale")
        for value in metas.get(key, ())
    ]
    for origin, value in langs:
        if isinstance(value, str) and value.strip() and explain_tag(value.strip()) is None:
            yield Suggestion(key="lang", text=value.strip(), origin=origin)
    addresses = [
        ("its canonical address", link.get("href"))
        for link in root.iter("link")
        if (link.get("rel") or "").lower() == "canonical"
    ]
    addresses += [("its `og:url`", value) for value in metas.get("og:url", ())]
    for origin, value in addresses:
        if value and re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+", value.strip()):
            yield Suggestion(key="url", text=value.strip(), origin=origin)


def _propose_title(
    root: Any, article: Any, metas: dict[str, list[str]], linked: list[dict[str, Any]]
) -> Iterator[Suggestion]:
    headings = [_read_words(heading) for heading in article.iter("h1")]
    headings = headings or [_read_words(heading) for heading in root.iter("h1")]
    titles = [("its `<h1>`", text) for text in headings[:1]]
    titles += [("`headline` of its JSON-LD", d["headline"]) for d in linked if isinstance(d.get("headline"), str)]
    titles += [(f"its `{key}`", value) for key in _TITLES for value in metas.get(key, ())]
    titles += [("its `<title>`", element.text_content()) for element in root.iter("title")][:1]
    for origin, value in titles:
        if clean_line(value):
            yield Suggestion(key="title", text=clean_line(value), origin=origin)


def _read_linked(root: Any) -> Iterator[dict[str, Any]]:
    """The articles that the page describes in JSON-LD; what is no JSON is nobody's word."""
    for element in root.iter("script"):
        if (element.get("type") or "").lower() != "application/ld+json":
            continue
        try:
            waiting = [json.loads(element.text or "")]
        except (ValueError, RecursionError):
            continue
        while waiting:
            value = waiting.pop(0)
            if isinstance(value, list):
                waiting += value
            elif isinstance(value, dict):
                kinds = value.get("@type")
                kinds = kinds if isinstance(kinds, list) else [kinds]
                if any(isinstance(kind, str) and re.search(r"Article|Posting|Report$", kind) for kind in kinds):
                    yield value
                waiting += value["@graph"] if isinstance(value.get("@graph"), list) else []


def _name_people(value: object) -> Iterable[str]:
    for one in value if isinstance(value, list) else [value]:
        name = one.get("name") if isinstance(one, dict) else one
        if isinstance(name, str) and name.strip() and "://" not in name:
            yield name
