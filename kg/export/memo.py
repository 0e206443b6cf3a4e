"""What was made for a key, kept."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from types import MethodType
from typing import TypeVar
from weakref import ref

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Memo(dict[K, V]):
    """A dictionary that makes the value of a key when it is first asked for; later `memo[key]` calls nothing of Python.

    A graph asks so for each term of each quad in each format: a call would take ten times as long.

    >>> lengths = Memo(len)
    >>> lengths["su7"], lengths
    (3, {'su7': 3})
    """

    def __init__(self, make: Callable[[K], V]) -> None:
        super().__init__()
        # Who holds a memo of a method of its own goes with its last user: in a circle it would wait for the collector
        # of garbage, with hundreds of MB of a large graph. A `WeakMethod` takes three times as long to call.
        self._make: Callable[..., V] = make
        self._owner: ref[object] | None = None
        if isinstance(make, MethodType):
            self._make, self._owner = make.__func__, ref(make.__self__)

    def __missing__(self, key: K) -> V:
        value = self[key] = self._make(key) if self._owner is None else self._make(self._owner(), key)
        return value
