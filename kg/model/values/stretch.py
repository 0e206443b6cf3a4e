"""`Stretch`: from where to where a quantity or a date may lie."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

Bound = tuple[Fraction | tuple[int, int, int], int]
"""An end that can be compared: the number or the day, and -1, 0 or 1 for just below it, at it, just above it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretch:
    """The stretch in which a value may lie; None for an end without a bound.

    *loose* where it is said to be about so much, so that other values fit it. *gaps* where it is one of several
    dates, and the bounds alone do not tell. *near* where the bounds are those of about a date.
    """

    low: Bound | None
    high: Bound | None
    loose: bool = False
    gaps: bool = False
    near: bool = False

    def meets(self, other: Stretch) -> bool:
        """Whether a value may lie in both."""
        return not (is_over(self.low, other.high) or is_over(other.low, self.high))

    def lies_in(self, other: Stretch) -> bool:
        """Whether every value here is one there too."""
        low = other.low is None or (self.low is not None and self.low >= other.low)
        return low and (other.high is None or (self.high is not None and self.high <= other.high))


def is_over(bound: Bound | None, other: Bound | None) -> bool:
    """Whether one end lies beyond the other; where one of them is open, it does not."""
    return bound is not None and other is not None and bound > other
