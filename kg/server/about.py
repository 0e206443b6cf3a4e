"""What the data of a server are."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class About:
    """What the data are: their title, the base of their IRIs, their prefixes, and their language.

    *titles* are titles by language. Where *union*, the default graph holds what any graph holds. Where *told*, what the
    project tells beside its graph stands beside the store (`kg.server.explore.told`).
    """

    title: str
    base: str | None
    prefixes: dict[str, str]
    language: str = "en"
    titles: dict[str, str] = field(default_factory=dict)
    union: bool = False
    told: bool = False
