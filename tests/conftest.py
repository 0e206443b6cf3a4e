"""The settings that all tests share."""

from __future__ import annotations

from hypothesis import settings

# The machines that run the tests differ in speed; what is tested is the answer.
settings.register_profile("kg", deadline=None, derandomize=True)
settings.load_profile("kg")
