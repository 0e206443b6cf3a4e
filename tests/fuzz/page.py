# ruff: noqa: E501 - words and cases read best in lines that are full
"""The page: hostile text in every field that a curator can fill stays text; addresses of a page lead nowhere else."""

from __future__ import annotations

import base64
import gzip
import json
import random
import re
import resource
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from urllib.parse import quote

from browser.synthetic import write_project
from hostile import KNOWN
from page_project import hostile_project, large_story, own_answers, own_project
from story import claims_file, lay_out
from terminal import ROOT

from fuzz.server import check_page
from fuzz.strokes import any_text
from fuzz.target import Chance, Target, expect, make_choices
from kg.build.pipeline import Checked, check_project
from kg.page import render_page
from kg.page.address import split_address, word_address
from kg.page.text import clean, is_link, measure, shorten
from kg.system.project import Project
from kg.text.markup import Html, join, tag

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


def _hold() -> str:
    folder = tempfile.TemporaryDirectory(prefix="kg-fuzz-")
    _HELD.append(folder)  # it goes with the process
    return folder.name


@cache
def _checked() -> Checked:
    lines = ("a: {s: tern, p: sailsTo, o: [riga, oslo]}", "b: {s: heron, p: crew, o: 7}", "c: {s: tern, p: crew, o: 9}")
    return check_project(lay_out(Path(_hold()) / "project", claims_file(*lines)))


_HELD: list[tempfile.TemporaryDirectory[str]] = []


def try_page(data: bytes) -> None:
    """No text becomes an element, an attribute, a script or an address that acts, in the page or in what it unpacks."""
    chance = Chance(data)
    strings = tuple(make_hostile(chance) for _ in range(6))  # twice as many as 3, at a fifth more of time
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


Pools = dict[str, tuple[str, ...]]


def list_pools(page: str) -> Pools:
    """What addresses of a page may name, and what is near to it, by the letter."""
    packed = re.search(r"<script[^>]* id=\"?data\"?[^>]*>([^<]+)<", page)
    assert packed is not None
    data = json.loads(gzip.decompress(base64.b64decode(packed[1])))
    claims, entities, sources = data["claims"], tuple(data["entities"]), tuple(data["sources"])
    sentences = {f"{one['source']}.{one['address']}" for claim in claims for one in claim.get("evidence", ())}
    questions = data["questions"]
    return {
        "e": entities,
        "c": tuple(claim["id"] for claim in claims),
        "s": (*sources, *sorted(sentences), f"{sources[0]}.p99s1", f"{sources[0]}.p٣s1"),
        "f": tuple(lane["key"] for lane in data["lanes"]),
        "q": tuple(name for question in questions for name in (question["name"], *question["choices"])) or ("x",),
        "r": tuple(area["key"] for area in data["network"]["areas"]) or ("area-1",),
        "path": (*(f"{one}~{entities[0]}" for one in entities), "~"),
        "k": (*"1234567890", "10", "1e309", "٣", "-1"),
        "l": ("zh", "en", "xx"),
        "from": ("2024-01-01", "2024-02-30", "99999999999999999999-01-01", "0000-00-00"),
        "to": ("2024-02-29", "2023-02-29", "2024-12-31"),
        "family": tuple(sorted({entity["family"] for entity in data["entities"].values()})),
        "type": tuple(sorted({name for entity in data["entities"].values() for name in entity.get("classes", ())}))
        or ("x",),
        "property": tuple(sorted({claim["property"] for claim in claims})),
        "source": sources,
        "speaker": tuple(sorted({one for claim in claims for one in claim.get("speakers", ())})) or ("x",),
        "mode": tuple(sorted({claim["mode"] for claim in claims})),
        "disputed": ("conflict", "open", "superseded"),
    }


_ODD = (
    "__proto__", "constructor", "toString", "hasOwnProperty", "prototype", "length", "then", "null", "undefined", "NaN", "%", "%u0041", "%E0%A4%A", "%00", "%ED%A0%80",
    "\ud800", "\udc00x", "\0", "9" * 400, "-0", "1e400", "a" * 3000, "~" * 60, "&" * 40, "=" * 40, "#", "?", "+", "%2B", "%26", "%23", "%3D", "%7E",
)  # fmt: skip


def make_address(chance: random.Random, pools: Pools) -> str:
    """What may stand behind the `#` of a page's address: parts that it knows, near to them, or far from them."""

    def piece(known: tuple[str, ...]) -> str:
        kind = chance.randrange(8)
        if kind < 4:
            return chance.choice(known or ("x",))
        if kind == 4:
            return chance.choice(_ODD)
        if kind == 5:
            return "~".join(chance.choice(pools["e"] + _ODD[:8]) for _ in range(chance.randint(1, 4)))
        text = make_hostile(chance)[:200]
        return text if kind == 6 else quote(text.encode("utf-8", "surrogatepass"))

    parts = []
    for _ in range(chance.randint(1, 5)):
        name = chance.choice(tuple(pools)) if chance.randrange(8) else piece(("e",))
        known = pools.get(name, ("x",)) if chance.randrange(6) else chance.choice(tuple(pools.values()))
        parts.append(name + chance.choice(("=", "=", "=", "=", "=", "", "==")) + piece(known))
    return "#" + chance.choice(("&", "&", "&", "&", ";", "&&")).join(parts)


class _Browser:
    """A browser with the pages open; it ends with this process, whose end closes its stdin."""

    def __init__(self) -> None:
        folder = Path(_hold())
        checked = own_project()
        quads = [assertion.quad for assertion in checked.assertions]
        made_up = check_project(Project(write_project(folder / "450", ROOT / "ontology", 450)))
        pages = {
            "graph.html": render_page(checked.story, questions=own_answers()),
            "graph-450.html": render_page(made_up.story),
            "overview.html": render_page(large_story(), quads),
        }
        for file, page in pages.items():
            (folder / file).write_text(page, encoding="utf-8")
        self.pools = {file: list_pools(pages[file]) for file in ("graph.html", "graph-450.html")}
        self.pools["overview.html"] = self.pools["graph.html"]
        command = ["node", str(Path(__file__).parents[1] / "browser/addresses.mjs"), str(folder)]
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (most, most)),  # a browser asks for much and takes little
        )  # fmt: skip

    def judge(self, file: str, address: str, *, anew: bool) -> str | None:
        """What is wrong with an address of a page."""
        assert self.process.stdin is not None and self.process.stdout is not None
        print(json.dumps([file, address, anew]), file=self.process.stdin, flush=True)
        answer: str | None = json.loads(self.process.stdout.readline())
        return answer


_browser = cache(_Browser)


def make_address_choices(chance: random.Random) -> bytes:
    """The browser and its pages are there before a case begins, whose time counts."""
    _browser()
    return make_choices(chance)


def try_address(data: bytes) -> None:
    """In a browser: the page shows what its address names and nothing else; no exception, no script, no element of it."""
    chance = Chance(data)
    browser = _browser()
    file = chance.choice(("graph.html",) * 8 + ("graph-450.html", "overview.html"))
    address = make_address(chance, browser.pools[file])
    wrong = browser.judge(file, address, anew=chance.randrange(100) == 0)
    expect(wrong is None, f"{file} {address!r}: {wrong}")


TARGETS = (
    Target(name="address", run=try_address, make=make_address_choices, share=100, sample=0),
    Target(name="page", run=try_page, make=make_choices, share=1, sample=2),
    Target(name="markup", run=try_markup, make=make_choices, share=30, sample=100),
    Target(name="link", run=try_link, make=make_choices, share=30, sample=100),
)
