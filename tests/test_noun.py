"""`kg.noun.dataclass` does what the standard one does, class by class."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from threading import Barrier
from typing import Any

import pytest

from kg import noun

MAKERS = [pytest.param(dataclasses.dataclass, id="standard"), pytest.param(noun.dataclass, id="shared")]


@noun.dataclass(frozen=True, kw_only=True)
class Place:
    """A noun of this module, so that it can be pickled."""

    line: int
    note: str = dataclasses.field(default="", compare=False, repr=False)

    @cached_property
    def double(self) -> int:
        """Computed once."""
        return 2 * self.line


@pytest.mark.parametrize("dataclass", MAKERS)
def test_fields_defaults_and_order(dataclass: Callable[..., Any]) -> None:
    @dataclass(frozen=True)
    class Base:
        """A base."""

        a: int
        b: str = "b"

    @dataclass(frozen=True, kw_only=True)
    class Derived(Base):
        """With more."""

        c: list[int] = dataclasses.field(default_factory=list)
        d: int = dataclasses.field(default=4, init=False)

    assert Derived(1, c=[3]) == Derived(a=1, b="b", c=[3])
    assert repr(Derived(1, "x")).endswith("Derived(a=1, b='x', c=[], d=4)")
    assert Derived(1).c is not Derived(1).c
    assert [f.name for f in dataclasses.fields(Derived)] == ["a", "b", "c", "d"]
    assert dataclasses.replace(Derived(1), b="y") == Derived(1, "y")
    assert Base(1) != Derived(1)
    match Base(1, "x"):
        case Base(a, b):
            assert (a, b) == (1, "x")
    for wrong in ((), (1, 2, 3)):
        with pytest.raises(TypeError):
            Base(*wrong)
    for unwanted in ({"a": 1, "z": 2}, {"b": "b"}):
        with pytest.raises(TypeError):
            Base(**unwanted)
    with pytest.raises(TypeError):
        Base(1, a=1)
    with pytest.raises(TypeError):
        Derived(1, d=5)


@pytest.mark.parametrize("dataclass", MAKERS)
def test_frozen_equal_and_hashed_by_the_compared_fields(dataclass: Callable[..., Any]) -> None:
    @dataclass(frozen=True, kw_only=True)
    class Thing:
        """A thing."""

        a: int
        b: int = dataclasses.field(default=0, compare=False)

        def __post_init__(self) -> None:
            if self.a < 0:
                raise ValueError("below zero")

    @dataclass(frozen=True)
    class Empty:
        """Nothing."""

    @dataclass(frozen=True)
    class Own:
        """With its own equality."""

        a: int

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Own)

    thing = Thing(a=1, b=2)
    assert thing == Thing(a=1) and len({thing, Thing(a=1), Thing(a=3)}) == 2
    assert Empty() == Empty() and hash(Empty()) == hash(Empty())
    assert Own(1) == Own(2) and hash(Own(1)) == hash(Own(1))
    assert thing != (1,) and thing != Empty()
    with pytest.raises(ValueError, match="below zero"):
        Thing(a=-1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        thing.a = 2
    with pytest.raises(dataclasses.FrozenInstanceError):
        thing.new = 2
    with pytest.raises(dataclasses.FrozenInstanceError):
        del thing.a


def test_copies_pickles_and_remembers() -> None:
    place = Place(line=3, note="x")
    assert place.double == 6 and place == Place(line=3)
    for other in (copy.copy(place), copy.deepcopy(place), pickle.loads(pickle.dumps(place))):
        assert (other, other.note) == (place, "x")


def test_what_is_not_frozen_or_asks_for_more_is_left_to_the_standard_library() -> None:
    @noun.dataclass
    class Open:
        """Changes."""

        a: int = 1

    @noun.dataclass(frozen=True, slots=True)
    class Slim:
        """Has slots."""

        a: int = 1

    found = Open()
    found.a = 2
    assert found == Open(2)
    assert not hasattr(Slim(), "__dict__") and Slim() == Slim(1)


def test_a_class_is_read_once_though_many_threads_ask_first() -> None:
    for _ in range(50):

        @noun.dataclass(frozen=True, kw_only=True)
        class Point:
            x: int
            mark: int = dataclasses.field(compare=False, repr=False)

        barrier = Barrier(4)

        def use(point: Any = Point, barrier: Barrier = barrier) -> bool:
            barrier.wait()
            return bool(point(x=1, mark=2) == point(x=1, mark=3))

        with ThreadPoolExecutor(4) as pool:
            jobs = [pool.submit(use) for _ in range(4)]
            assert [job.result() for job in jobs] == [True] * 4


def test_a_quick_noun_has_the_defaults_that_are_written() -> None:
    @noun.quick
    @noun.dataclass(frozen=True, kw_only=True)
    class Point:
        x: int
        y: int = 4
        mark: int = dataclasses.field(default=7, compare=False, repr=False)

    assert repr(Point(x=1)) == f"{Point.__qualname__}(x=1, y=4)"
    assert (Point(x=1, mark=2), hash(Point(x=1))) == (Point(x=1), hash(Point(x=1, mark=3)))
    assert dataclasses.replace(Point(x=1), y=2) == Point(x=1, y=2)
    with pytest.raises(TypeError, match="unexpected keyword argument 'z'"):
        Point(x=1, z=3)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="missing 1 required keyword-only argument: 'x'"):
        Point()  # type: ignore[call-arg]
