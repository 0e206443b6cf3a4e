"""Conditions of a request: it is answered, or carried out, only where what is there is what who asks has seen.

Source: RFC 9110, section 13.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from kg.server.http import HttpError, Request

_PACKED = '.gz"'


def pack_tag(tag: str) -> str:
    """The entity tag of the same answer, packed: other bytes have another tag where it is an exact one.

    >>> pack_tag('"a"'), pack_tag('W/"a"')
    ('"a.gz"', 'W/"a"')
    """
    return tag if tag.startswith("W/") else tag.removesuffix('"') + _PACKED


def is_known(request: Request, tag: str) -> bool:
    """Whether who asks has the answer with this tag already, packed or not (13.1.2).

    `*` is left to `wants_absence`, since a tag can be made of what is not there. Raises HttpError where the request
    wants another answer (If-Match, 13.1.1).
    """
    wanted = request.header("if-match")
    if wanted.strip() not in {"", "*"} and _read_tags(wanted).isdisjoint({tag, pack_tag(tag)} - {_weaken(tag)}):
        raise HttpError(412, "it has changed since you read it")
    own = {_weaken(tag), _weaken(pack_tag(tag))}
    return not own.isdisjoint(_weaken(one) for one in _read_tags(request.header("if-none-match")))


def wants_absence(request: Request) -> bool:
    """Whether a request is for what is not there yet (`If-None-Match: *`)."""
    return request.header("if-none-match").strip() == "*"


@dataclass(frozen=True, kw_only=True)
class Condition:
    """When a change may be made: while the data are of a *version*, and what it changes is there or is not.

    The process that makes the change looks at it: what was looked up before may have changed since.
    """

    version: int | None = None
    exists: bool | None = None


ANY = Condition()


def read_condition(request: Request, tags: Collection[str], version: int) -> Condition:
    """The condition of a change of what has these exact *tags* now. Raises HttpError where it does not hold already."""
    wanted, unwanted = request.header("if-match").strip(), request.header("if-none-match").strip()
    known = {*tags, *map(pack_tag, tags)}
    guarded = wanted not in {"", "*"}
    if guarded and _read_tags(wanted).isdisjoint(known):
        raise HttpError(412, "the data have changed since you read them")
    weak = {_weaken(tag) for tag in known}
    if not weak.isdisjoint(_weaken(one) for one in _read_tags(unwanted)):
        raise HttpError(412, "the data are those that are not to be changed")
    return Condition(
        version=version if guarded else None, exists=True if wanted == "*" else False if unwanted == "*" else None
    )


def _read_tags(header: str) -> set[str]:
    return {part.strip() for part in header.split(",")} - {"", "*"}


def _weaken(tag: str) -> str:
    return "W/" + tag.removeprefix("W/")
