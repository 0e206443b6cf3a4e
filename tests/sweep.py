"""Sweeps: of the cases of a generated test, the test command tries a quarter, `pytest -m sweep` all."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import settings

whole = False
"""Whether all cases are asked for: `conftest.py` sets it before a test is read."""


def sweep(cases: int, **others: Any) -> Any:
    """Decorator: a generated test of so many cases, of which the test command tries a quarter.

    `others` are the settings of hypothesis beside their number.
    """

    def decorate(test: Any) -> Any:
        return pytest.mark.sweep(settings(max_examples=cases if whole else cases // 4, **others)(test))

    return decorate
