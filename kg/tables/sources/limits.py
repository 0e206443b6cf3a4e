"""`Limits`: how much one source may take, so that a small file or a short query cannot fill a machine."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from kg.text.diagnostic import KgError, UsageError

FREE = 256 << 20  # bytes that any archive may unpack to
RATIO = 250  # times its own size that a greater one may
SIZES = {"": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The bounds of a run, each set by `--limit NAME=VALUE`.

    *unpacked* is how many bytes a compressed file may unpack to (None: 256 MB, or 250 times its size where that is
    more), *cells* how many cells a sheet may span, empty ones counted, *seconds* how long the query of a database may
    take.
    """

    unpacked: int | None = None
    cells: int = 25_000_000
    seconds: int = 300

    def most_unpacked(self, packed: int) -> int:
        """How many bytes a file of *packed* bytes may unpack to."""
        return self.unpacked if self.unpacked is not None else max(FREE, RATIO * packed)


def read_limits(texts: Iterable[str]) -> Limits:
    """The limits that `NAME=VALUE` texts set; raises UsageError.

    >>> read_limits(["unpacked=2GB", "seconds=60"])
    Limits(unpacked=2000000000, cells=25000000, seconds=60)
    """
    limits = Limits()
    for text in texts:
        name, _, value = text.partition("=")
        found = re.fullmatch(r"([0-9]+)([KMGT]B)?", value, re.IGNORECASE)
        if name not in {"unpacked", "cells", "seconds"} or found is None or (found[2] and name != "unpacked"):
            raise UsageError(f"`{text}` is no limit: write `unpacked=2GB`, `cells=1000000` or `seconds=60`")
        number = int(found[1]) * SIZES[(found[2] or "").upper()]
        limits = replace(limits, **{name: number})
    return limits


def refuse_query(name: str, limits: Limits) -> KgError:
    """The error of a query of the database *name* that takes longer than it may."""
    return refuse_excess(f"a query of `{name}` takes longer than {limits.seconds} s", f"seconds={10 * limits.seconds}")


def refuse_excess(what: str, limit: str) -> KgError:
    """The error of a source that takes too much; *limit* is how the bound would be raised."""
    return KgError(f"{what} (`--limit {limit}` allows more)")
