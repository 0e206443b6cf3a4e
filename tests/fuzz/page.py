# ruff: noqa: E501 - words and cases read best in lines that are full
"""The page: hostile text in every field that a curator can fill stays text; addresses of a page lead nowhere else."""

from __future__ import annotations

import random
import re
import tempfile
from functools import cache
from pathlib import Path
from urllib.parse import quote

from hostile import KNOWN
from page_project import hostile_project
from story import claims_file, lay_out

from fuzz.server import check_page
from fuzz.strokes import any_text
from fuzz.target import Chance, Target, expect, make_choices
from kg.markup import Html, join, tag
from kg.page import render_page
from kg.page.address import split_address, word_address
from kg.page.text import clean, is_link, measure, shorten
from kg.pipeline import Checked, check_project

_PARTS = (
    "<", ">", '"', "'", "`", "/", "=", " ", "\n", "\t", "&", ";", "<!--", "-->", "</script", "<script>", "<svg ", "</", "onload=x", "<img src=x ",
    " onerror=", "javascript:", "href=", "{{", "}}", "]]>", "</title>", "</style>", "\\u003c", "\u2028", "\u202e", "\x0b", "a", "雷",
)  # fmt: skip


def make_hostile(chance: random.Random) -> str:
    """A text that a careless page would run."""
    kind = chance.randrange(4)
    if kind == 0:
        known = chance.choice(KNOWN)
        return known if len(known) < 500 else known[:40]
    if kind == 1:
        return any_text(chance)
    return "".join(chance.choice(_PARTS) for _ in range(chance.randint(1, 8)))


@cache
def _checked() -> Checked:
    folder = tempfile.TemporaryDirectory(prefix="kg-fuzz-")
    _HELD.append(folder)  # it goes with the process
    lines = ("a: {s: tern, p: sailsTo, o: [riga, oslo]}", "b: {s: heron, p: crew, o: 7}", "c: {s: tern, p: crew, o: 9}")
    return check_project(lay_out(Path(folder.name) / "project", claims_file(*lines)))


_HELD: list[tempfile.TemporaryDirectory[str]] = []


def try_page(data: bytes) -> None:
    """No text becomes an element, an attribute, a script or an address that acts, in the page or in what it unpacks."""
    chance = Chance(data)
    strings = tuple(make_hostile(chance) for _ in range(3))
    page = render_page(hostile_project(_checked(), strings))
    page.encode("utf-8")
    check_page(page, scripts=8)
    expect("\u202e" not in page and "\x00" not in page and "\u2028" not in page, "a sign that deceives")
    expect(
        chance.randrange(8) or page == render_page(hostile_project(_checked(), strings)),
        "the same project, another page",
    )


def try_markup(data: bytes) -> None:
    """A text in an element or an attribute is had back as it was, and nothing else is there."""
    from html.parser import HTMLParser

    chance = Chance(data)
    text, value = make_hostile(chance), make_hostile(chance)
    written = join(tag("p", text, title=value, class_="x"), Html("<br>"), value)
    found: list[tuple[str, dict[str, str | None]]] = []
    texts: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append((tag, dict(attrs)))

        def handle_data(self, data: str) -> None:
            texts.append(data)

    reader = Reader()
    reader.feed(written)
    reader.close()
    expect([name for name, _ in found] == ["p", "br"], f"{written!r}: {found}")
    expect(found[0][1] == {"title": value, "class": "x"}, f"{written!r}: {found}")
    expect("".join(texts) == text + value, f"{written!r}: {texts}")


_HASHES = (
    "#e=tern&k=2",
    "#c=post.a",
    "#path=a~b&l=zh",
    "#q=said-by~who~mi-fans",
    "#r=x&family=a&from=2024-01-01",
    "p3s2",
    "p1s1..p2s2",
    "p٣s1",
)


def try_link(data: bytes) -> None:
    """Addresses of sentences and links are read or refused; a link leads to the web or to nobody."""
    chance = Chance(data)
    text = (
        make_hostile(chance)
        if chance.randrange(2)
        else chance.choice(_HASHES) + chance.choice(("", make_hostile(chance)))
    )
    place = split_address(text)
    if place is not None:
        expect(re.fullmatch(r"p\d+s\d+", text, re.ASCII), f"{text!r} passes for an address")
    for lang in ("en", "zh"):
        word_address(text, lang)
    if is_link(text):
        expect(re.match(r"(?i)(https?://|mailto:)\S+\Z", text), f"{text!r} passes for a link")
        expect(not re.search(r"[\x00-\x20]", text), f"{text!r} passes for a link")
    shown = clean(text)
    expect(
        not re.search("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]", shown), f"{shown!r}"
    )
    shorten(text, 12)
    expect(measure(text, 12) >= 0, "a width below nothing")
    quote(text, errors="replace")


TARGETS = (
    Target(name="page", run=try_page, make=make_choices, share=1, sample=2),
    Target(name="markup", run=try_markup, make=make_choices, share=30, sample=100),
    Target(name="link", run=try_link, make=make_choices, share=30, sample=100),
)
