"""The page's styles and scripts, joined, and the policy that binds a page to them."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Mapping, Sequence
from functools import cache

from kg.page.style import DISPUTE, FAMILIES, STROKES, SUPERSEDED
from kg.text.markup import Html, name_digest, read_asset, tag

LEVEL = 7  # of gzip: 9 takes half as long again, for four bytes in a thousand


@cache
def join_scripts(names: tuple[str, ...]) -> str:
    """The page's scripts as one, in a scope of their own, without their comments and indents."""
    lines = []
    for name in names:
        for line in read_asset("kg.page", name).split("\n"):
            bare = line.strip()
            if bare and not bare.startswith("//"):
                lines.append(bare)
    return '"use strict";(async()=>{\n' + "\n".join(lines) + "\n})();"


@cache
def join_styles(names: tuple[str, ...]) -> str:
    """The page's styles as one, on one line, with the colours of the tables in `kg.page.style`."""
    lines = [bare for name in names for line in read_asset("kg.page", name).split("\n") if (bare := line.strip())]
    text = "".join(line if line[-1] in ",{};:" else f"{line} " for line in lines if not line.startswith("/*"))
    text = text.replace(": ", ":").replace(" {", "{").replace(";}", "}")
    light = [f"--{f.name}:{f.light}" for f in FAMILIES]
    dark = [f"--{f.name}:{f.dark}" for f in FAMILIES]
    light += [f"--m-{s.name}:{s.light}" for s in STROKES.values()]
    dark += [f"--m-{s.name}:{s.dark}" for s in STROKES.values()]
    light.append(f"--dispute:{DISPUTE[0]};--superseded:{SUPERSEDED[0]}")
    dark.append(f"--dispute:{DISPUTE[1]};--superseded:{SUPERSEDED[1]}")
    rules = [
        f":root{{{';'.join(light)}}}",
        f"@media screen and (prefers-color-scheme:dark){{:root{{{';'.join(dark)}}}}}",
    ]
    for f in FAMILIES:
        look = f"fill:var(--paper);stroke:var(--{f.name})" if f.hollow else f"fill:var(--{f.name})"
        rules.append(f".f-{f.name}{{{look}}}")
    for stroke in STROKES.values():
        line = f"var(--m-{stroke.name})"
        rules += [f".m-{stroke.name}{{--line:{line}}}", f"#h-m-{stroke.name}>path{{fill:{line}}}"]
    return "".join([*rules, text])


def pack(text: str) -> str:
    """A long text for the page: gzipped (without a time), in base64; the page unpacks it when it is needed.

    >>> pack("a")[:14], base64.b64decode(pack("a"))[9]
    ('H4sIAAAAAAAAA0', 3)
    """
    packed = bytearray(gzip.compress(text.encode("utf-8"), LEVEL, mtime=0))
    packed[9] = 3  # the system (RFC 1952): Python 3.13 writes another than those before
    return base64.b64encode(packed).decode("ascii")


def write_document(
    body: Html, *, title: str, lang: str, style: str, held: Mapping[str, str | None], scripts: Sequence[str],
    drawn: str = "", start: str = "", description: str = "",
) -> str:  # fmt: skip
    """The document around a page, bound by a policy to its own style and scripts.

    *scripts* are those that the page may run: of them *drawn* stands right behind the body, *start* at the end. *held*
    are packed texts by their ids, which a script takes from the page.
    """
    head = tag(
        "head",
        tag("meta", http_equiv="Content-Security-Policy", content=write_policy(scripts, style)),
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", title),
        tag("meta", name="description", content=description) if description else None,
        tag("style", Html(style)),
    )
    whole = tag(
        "body",
        tag("div", body, id="page"),
        tag("script", Html(drawn)) if drawn else None,
        [tag("script", text, type="text/plain", id=name) for name, text in held.items() if text],
        tag("script", Html(start)) if start else None,
    )
    return f"<!DOCTYPE html>\n{tag('html', head, whole, lang=lang)}\n"


def write_policy(scripts: Sequence[str], style: str) -> str:
    """The page's Content-Security-Policy: these scripts and this style, nothing else, and nothing from outside."""
    allowed = " ".join(map(name_digest, scripts)) or "'none'"
    return (
        f"default-src 'none'; script-src {allowed}; style-src {name_digest(style)}; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )
