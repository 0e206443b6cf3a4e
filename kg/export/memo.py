"""What was made for a key, kept."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Memo(dict[K, V]):
    """What *make* gives for each key, made once: `memo[key]` is no call of Python where the key was asked for before.

    A graph asks so for each term of each quad in each format: a call would take ten times as long.

    >>> lengths = Memo(len)
    >>> lengths["su7"], lengths
    (3, {'su7': 3})
    """

    def __init__(self, make: Callable[[K], V]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: K) -> V:
        value = self[key] = self._make(key)
        return value
