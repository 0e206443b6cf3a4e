"""What a project tells beside its graph: its questions, its disputes, and what is covered of its sources.

The process that lays the graph out writes it beside the store; the pages read it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path

FILE = "explorer.json"


@dataclass(frozen=True, kw_only=True)
class ToldQuestion:
    """A named question: its *words* and the heading of its *group* by language, its query, its parameters."""

    name: str
    words: dict[str, str]
    query: str
    params: dict[str, str]
    group: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class ToldDispute:
    """Claims that stand to each other in a way worth showing: their *matter*, their *relation*, why, and their IRIs.

    What is in words is by language.
    """

    key: str
    matter: dict[str, str]
    relation: str
    reason: dict[str, str]
    declared: bool
    claims: list[str]


@dataclass(frozen=True, kw_only=True)
class ToldCoverage:
    """What became of the sentences of a source, counted; figures accounted for, of all."""

    claimed: int
    skipped: int
    todo: int
    figures_done: int
    figures: int


@dataclass(frozen=True, kw_only=True)
class Told:
    """All that is told: questions in the order in which they are read, disputes by relation, coverage by source."""

    questions: tuple[ToldQuestion, ...] = ()
    disputes: tuple[ToldDispute, ...] = ()
    coverage: dict[str, ToldCoverage] = field(default_factory=dict)


def write_told(told: Told, folder: Path) -> None:
    """Write what is told into the folder in which the store lies, in the place of what was told there before."""
    beside = folder / f"{FILE}.new"
    beside.write_text(json.dumps(asdict(told), ensure_ascii=False), encoding="utf-8", errors="surrogatepass")
    beside.replace(folder / FILE)


def read_told(folder: Path) -> Told:
    """What was written into a folder."""
    return _read(folder, (folder / FILE).stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _read(folder: Path, changed: int) -> Told:
    found = json.loads((folder / FILE).read_text(encoding="utf-8", errors="surrogatepass"))
    return Told(
        questions=tuple(ToldQuestion(**one) for one in found["questions"]),
        disputes=tuple(ToldDispute(**one) for one in found["disputes"]),
        coverage={iri: ToldCoverage(**one) for iri, one in found["coverage"].items()},
    )
