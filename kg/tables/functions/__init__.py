"""What functions of mappings compute that SQL cannot say well, and how the database calls it."""

from __future__ import annotations

from collections.abc import Callable

from kg.tables.functions import dates, numbers, texts

COMPUTED: dict[str, Callable[..., str | list[str] | None]] = {**numbers.COMPUTED, **dates.COMPUTED, **texts.COMPUTED}
