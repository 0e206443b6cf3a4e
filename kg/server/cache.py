"""Answers that were given lately, for who asks the same of the same data."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

from kg.server.http import Headers

_LARGEST = 1 << 16  # bytes of an answer that is kept


@dataclass(kw_only=True, slots=True)  # made for each request: three times as quick as a frozen one
class CachedAnswer:
    """A whole answer: its headers and its body."""

    headers: Headers
    body: bytes


class AnswerCache:
    """Answers by what was asked, at most so many bytes of them; the one that was asked for longest ago goes first.

    >>> cache = AnswerCache(2_000)
    >>> for name in "abc":
    ...     cache.put(name, CachedAnswer(headers={}, body=b"x" * 400))
    >>> cache.get("a") is None, cache.get("c").body[:2]
    (True, b'xx')
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._size = 0
        self._kept: OrderedDict[Hashable, CachedAnswer] = OrderedDict()

    def get(self, key: Hashable) -> CachedAnswer | None:
        """The answer that is kept; None where none is."""
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
        return kept

    def put(self, key: Hashable, kept: CachedAnswer) -> None:
        """Keep an answer, unless it is a large one."""
        if len(kept.body) > _LARGEST or key in self._kept:
            return
        self._kept[key] = kept
        self._size += _weigh(kept)
        while self._size > self._most:
            _, gone = self._kept.popitem(last=False)
            self._size -= _weigh(gone)


def _weigh(kept: CachedAnswer) -> int:
    return len(kept.body) + 500  # its headers and its place, about
