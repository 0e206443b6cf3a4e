"""What was made of things that have not changed since: it need not be made again.

A process that reads one project again and again (`kg serve --watch`, `kg check --watch`) does so within `keep_made`.
Elsewhere nothing is kept, and everything is made when it is asked for. A thing that is kept is taken only where all
that it was made of is the same: the same objects, which nobody can change, or equal texts. No clock is asked, and no
name of a file believed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

Thing = TypeVar("Thing")


@dataclass
class Kept:
    """What was made, by what it is and by its name; what a round of reading does not ask for is let go after it."""

    made: dict[tuple[str, str], tuple[tuple[object, ...], object, Any]] = field(default_factory=dict, repr=False)
    asked: set[tuple[str, str]] = field(default_factory=set, repr=False)


_KEPT: ContextVar[Kept | None] = ContextVar("kept", default=None)


@contextmanager
def keep_made(kept: Kept) -> Iterator[None]:
    """Within it, what `make_once` makes is kept, until a round in which nobody asks for it."""
    kept.asked.clear()
    token = _KEPT.set(kept)
    try:
        yield
    finally:
        _KEPT.reset(token)
        kept.made = {key: kept.made[key] for key in kept.made if key in kept.asked}


def make_once(
    kind: str, name: str, of: tuple[object, ...], equal: object, make: Callable[[], Thing],
    still: Callable[[Thing], bool] = lambda thing: True,
) -> Thing:  # fmt: skip
    """What *make* gives; what it gave before, where it was made *of* the same objects and of *equal* texts.

    *of* holds what is frozen, down to its last part, for only whether it is the same is asked: nouns that differ in
    their marks alone are equal. *still* says whether what was made is right even so, where it depends on more.

    >>> kept, text = Kept(), object()
    >>> for equal in ("a", "a", "b"):
    ...     with keep_made(kept):
    ...         _ = make_once("thing", "name", (text,), equal, lambda: print("made of", equal))
    made of a
    made of b
    """
    kept = _KEPT.get()
    if kept is None:
        return make()
    key = (kind, name)
    kept.asked.add(key)
    known = kept.made.get(key)
    if known is not None:
        before, equal_before, thing = known
        same = len(before) == len(of) and all(one is other for one, other in zip(before, of, strict=True))
        if same and equal_before == equal and still(thing):
            found: Thing = thing
            return found
    made = make()
    kept.made[key] = (of, equal, made)
    return made
