"""`dataclass`: that of the standard library, with methods that all frozen classes share.

The standard one writes the source of six methods for every class and compiles it, half a millisecond each time;
`kg` has so many nouns that this was a tenth of a build. Nor are the fields of a class read before it is used, for most
commands use few of the nouns that they load. What a class does is the same: fields, order, defaults,
`__post_init__`, equality, hash, `repr`, `replace` and `fields` work as described in
https://docs.python.org/3/library/dataclasses.html.
"""

from __future__ import annotations

import dataclasses
from operator import attrgetter
from threading import RLock
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

__all__ = ["dataclass", "quick"]

Class = TypeVar("Class", bound=type)

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(cls: type | None = None, *, frozen: bool = False, kw_only: bool = False, **options: bool) -> Any:
        """The decorator. Classes that are not frozen, or ask for more (`slots`), get the standard methods.

        >>> @dataclass(frozen=True, kw_only=True)
        ... class Point:
        ...     x: int
        ...     y: int = 0
        >>> Point(x=1), Point(x=1) == Point(y=0, x=1), dataclasses.replace(Point(x=1), y=2)
        (Point(x=1, y=0), True, Point(x=1, y=2))
        """

        def decorate(cls: type) -> type:
            if options or not frozen:
                return dataclasses.dataclass(cls, frozen=frozen, kw_only=kw_only, **options)
            return _share_methods(cls, kw_only=kw_only)

        return decorate if cls is None else decorate(cls)


def quick(cls: Class) -> Class:
    """For a noun that is made by the thousand: an `__init__` of its own, which takes less than half the time.

    It has no `__post_init__`, and no fields with a factory.

    >>> @quick
    ... @dataclass(frozen=True, kw_only=True)
    ... class Point:
    ...     x: int
    ...     y: int = 0
    >>> Point(x=1)
    Point(x=1, y=0)
    """
    names = cls.__annotations__
    given = {name: cls.__dict__.get(name, dataclasses.MISSING) for name in names}
    defaults = {name: value.default if isinstance(value, dataclasses.Field) else value for name, value in given.items()}
    made = {f"_{name}": value for name, value in defaults.items() if value is not dataclasses.MISSING}
    parameters = ", ".join(f"{name}=_{name}" if f"_{name}" in made else name for name in names)
    lines = [f"def __init__(self, *, {parameters}):", "    values = self.__dict__"]
    exec("\n".join([*lines, *(f"    values[{name!r}] = {name}" for name in names)]), made)
    cls.__init__ = made["__init__"]  # type: ignore[misc]
    return cls


_READING = RLock()  # read twice, a class would lose what its fields say of comparison and `repr`


class _Unread:
    """What stands for the fields and the shape of a class until somebody asks for one of them."""

    def __init__(self, cls: Any, *, name: str, kw_only: bool) -> None:
        self.cls, self.name, self.kw_only = cls, name, kw_only

    def __get__(self, instance: object, owner: type) -> Any:
        cls = self.cls
        with _READING:
            if isinstance(cls.__dict__["_shape"], _Unread):
                cls.__doc__ = cls.__doc__ or cls.__name__  # else a signature is looked for, to put there
                dataclasses.dataclass(cls, init=False, repr=False, eq=False, kw_only=self.kw_only)
                cls._shape = _Shape(cls)
        return getattr(owner, self.name)


class _Shape:
    """What the shared methods must know of one class."""

    def __init__(self, cls: type) -> None:
        fields = dataclasses.fields(cls)
        given = [field for field in fields if field.init]
        compared = [field.name for field in fields if field.compare]
        hashed = [field.name for field in fields if (field.compare if field.hash is None else field.hash)]
        self.names = frozenset(field.name for field in fields)
        self.given = frozenset(field.name for field in given)
        self.positional = tuple(field.name for field in given if not field.kw_only)
        self.defaults = {f.name: f.default for f in fields if f.default is not dataclasses.MISSING}
        self.factories = {f.name: f.default_factory for f in fields if f.default_factory is not dataclasses.MISSING}
        self.shown = tuple(field.name for field in fields if field.repr)
        self.compared = attrgetter(*compared) if compared else type
        self.hashed = attrgetter(*hashed) if hashed else type
        self.finishes = hasattr(cls, "__post_init__")


def _share_methods(cls: Any, *, kw_only: bool) -> Any:
    for name in ("__dataclass_fields__", "_shape"):
        setattr(cls, name, _Unread(cls, name=name, kw_only=kw_only))
    methods = {
        "__init__": _init,
        "__repr__": _repr,
        "__eq__": _eq,
        "__setattr__": _refuse_to_set,
        "__delattr__": _refuse_to_delete,
    }
    for name, method in methods.items():
        if name not in cls.__dict__:
            setattr(cls, name, method)
    if cls.__dict__.get("__hash__") is None:  # Python puts None there where a class has an `__eq__` of its own
        cls.__hash__ = _hash
    return cls


def _init(self: Any, *args: object, **values: object) -> None:
    shape = self._shape
    if args:
        _name_arguments(self, args, values)
    if values.keys() != shape.names:
        values = _complete(self, values)
    self.__dict__.update(values)
    if shape.finishes:
        self.__post_init__()


def _name_arguments(self: Any, args: tuple[object, ...], values: dict[str, object]) -> None:
    positional = self._shape.positional
    if len(args) > len(positional):
        raise TypeError(f"{type(self).__qualname__} takes {len(positional)} positional arguments, not {len(args)}")
    for name, value in zip(positional, args, strict=False):
        if name in values:
            raise TypeError(f"{type(self).__qualname__} got `{name}` twice")
        values[name] = value


def _complete(self: Any, values: dict[str, object]) -> dict[str, object]:
    shape = self._shape
    if unknown := values.keys() - shape.given:
        raise TypeError(f"{type(self).__qualname__} has no field {', '.join(sorted(unknown))}")
    made = {name: make() for name, make in shape.factories.items() if name not in values}
    found = {**shape.defaults, **made, **values}
    if missing := shape.given - found.keys():
        raise TypeError(f"{type(self).__qualname__} needs {', '.join(sorted(missing))}")
    return found


def _repr(self: Any) -> str:
    shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._shape.shown)
    return f"{type(self).__qualname__}({shown})"


def _eq(self: Any, other: Any) -> Any:
    if other.__class__ is not self.__class__:
        return NotImplemented
    compared = self._shape.compared
    return compared(self) == compared(other)


def _hash(self: Any) -> int:
    return hash(self._shape.hashed(self))


def _refuse_to_set(self: object, name: str, value: object) -> NoReturn:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(self: object, name: str) -> NoReturn:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")
