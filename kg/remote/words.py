"""What a server says, in one line that shows no secret."""

from __future__ import annotations

import html
import re
from collections.abc import Collection
from urllib.parse import urlsplit

from kg.text.diagnostic import cut_text
from kg.text.secret import hide_secrets

_MOST = 200
_NO_TEXT = re.compile(rb"<(script|style)\b.*?</\1\s*>|<!--.*?-->", re.DOTALL | re.IGNORECASE)
_TITLE = re.compile(r"<(title|h1)\b[^>]*>(.*?)</\1", re.DOTALL | re.IGNORECASE)


def show_url(url: str) -> str:
    """An address without its parameters.

    >>> show_url("http://a.example/sparql?query=ASK")
    'http://a.example/sparql'
    """
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()[:_MOST]


def show_body(body: bytes, media: str, secrets: Collection[str] = ()) -> str:
    """What an answer says, as one line: of a page its title, of a text its first line that says something.

    >>> show_body(b"<html><head><title>502 Bad&nbsp;Gateway</title></head>...", "text/html")
    'a page of HTML, “502 Bad Gateway”'
    """
    if is_page(body, media):
        text = _NO_TEXT.sub(b"", body[:20_000]).decode("utf-8", "replace")
        found = _TITLE.search(text)
        title = _join(re.sub(r"<[^>]*>", " ", html.unescape(found[2]))) if found else ""
        return _hide(f"a page of HTML, “{title}”" if title else "a page of HTML", secrets)
    text = body[:20_000].decode("utf-8", "replace")
    line = next((_join(line) for line in re.split("[\r\n]+", text) if _join(line)), "")
    return _hide(line, secrets)


def is_page(body: bytes, media: str) -> bool:
    """Whether an answer is a page for people."""
    begin = body[:200].lstrip().lower()
    return media in {"text/html", "application/xhtml+xml"} or begin.startswith((b"<!doctype html", b"<html"))


def _join(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _hide(text: str, secrets: Collection[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, "*" * 6)
    text = re.sub(r"(?i)\b(basic|bearer|digest)\s+[^\s,;]+", r"\1 ******", text)
    text = hide_secrets(text)
    return cut_text(text, _MOST)
