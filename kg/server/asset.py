"""Files that the server's pages are made of."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def read_asset(*names: str) -> str:
    """The text of a file under `kg/server/assets`; *names* are its folders, if it lies in one, and its own."""
    return files("kg.server").joinpath("assets", *names).read_text(encoding="utf-8")
