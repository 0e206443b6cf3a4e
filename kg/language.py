"""Languages of labels: which of those at hand answers the tag that a reader asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
"""BCP 47, section 2.1; languages of 4 to 8 letters are reserved there, and `english` is a slip."""


def choose_language(wanted: str, known: Iterable[str]) -> str | None:
    """The tag among those *known* that answers the one *wanted*; None where none does.

    Capitals do not count, and parts of the tag are left out from its end until one answers (RFC 4647, section 3.4).
    Where none does, a tag that says more than what is wanted is taken: the first of those known.

    >>> choose_language("zh-Hant-TW", ["en", "zh"]), choose_language("EN", ["zh", "en"]), choose_language("fr", ["en"])
    ('zh', 'en', None)
    >>> choose_language("zh", ["en", "zh-Hans"])
    'zh-Hans'
    """
    return _choose(wanted, tuple(known))


@lru_cache(maxsize=1024)
def _choose(wanted: str, known: tuple[str, ...]) -> str | None:
    by_tag: dict[str, str] = {}
    for tag in known:
        by_tag.setdefault(tag.lower(), tag)
    parts = wanted.lower().split("-")
    while parts:
        found = by_tag.get("-".join(parts))
        if found is not None:
            return found
        parts.pop()
        if parts and len(parts[-1]) == 1:
            parts.pop()  # what a single letter opens ends with it
    return next((tag for low, tag in by_tag.items() if low.startswith(f"{wanted.lower()}-")), None)
