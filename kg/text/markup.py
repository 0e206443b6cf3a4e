"""Markup as values: elements made by `tag`, in which every text is escaped and no attribute can act."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import TypeAlias

_VOID = frozenset({"br", "input", "meta"})
_UNENDED = frozenset({"td", "th", "tr", "tbody", "thead", "option"})
"""Elements whose end the next one tells (HTML Standard, section 13.1.2.4): in tables that is a tenth of the bytes."""


class Html(str):
    """Markup that may stand in the page as it is: made by `tag` or `join`, or written in the project's own code."""

    __slots__ = ()


Child: TypeAlias = "str | Iterable[Child] | None"
Value: TypeAlias = str | int | float | None


@cache
def read_asset(package: str, *names: str) -> str:
    """The text of a file under `assets` of a package: a style, a script; *names* are its folders, and its own."""
    return files(package).joinpath("assets", *names).read_text(encoding="utf-8")


def name_digest(text: str) -> str:
    """A script or a style as a content security policy names it, by its digest (CSP 3, section 6.7.2.1).

    >>> name_digest("")
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
    """
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _write(child: Child) -> str:
    if isinstance(child, Html):
        return child
    if isinstance(child, str):
        return escape(child, quote=False)
    return "" if child is None else "".join(map(_write, child))


def join(*children: Child, between: str = "") -> Html:
    """Children one after the other, texts escaped; with *between* between those that are not empty.

    >>> join("a < b", None, "c", between=", ")
    'a &lt; b, c'
    """
    separator = _write(between)
    return Html(separator.join(text for text in map(_write, children) if text))


def tag(name: str, /, *children: Child, **attributes: Value) -> Html:
    """An element. `class_` is written `class`, `data_key` `data-key`; an attribute of None is left out.

    >>> tag("a", "x > y", href="#c=a&b", class_="id", hidden=None)
    '<a href="#c=a&amp;b" class="id">x &gt; y</a>'
    >>> tag("input", type="search", required="")
    '<input type="search" required="">'
    """
    written = ""
    for key, value in attributes.items():
        if value is not None:
            written += f' {_name_attribute(key)}="{escape(str(value))}"'
    if name in _VOID:
        return Html(f"<{name}{written}>")
    inside = _write(children[0]) if len(children) == 1 else "".join(map(_write, children))
    return Html(f"<{name}{written}>{inside}" if name in _UNENDED else f"<{name}{written}>{inside}</{name}>")


@cache
def _name_attribute(key: str) -> str:
    """The name of an attribute that is written as a name of Python."""
    return key.removesuffix("_").replace("_", "-")
