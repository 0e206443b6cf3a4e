"""Files that the server's pages are made of, and the digests by which a page's policy admits a script."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files


@cache
def read_asset(*names: str) -> str:
    """The text of a file under `kg/server/assets`; *names* are its folders, if it lies in one, and its own."""
    return files("kg.server").joinpath("assets", *names).read_text(encoding="utf-8")


def name_digest(text: str) -> str:
    """A script or a style as a content security policy names it, by its digest (CSP 3, section 6.7.2.1).

    >>> name_digest("")
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
    """
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
