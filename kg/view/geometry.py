"""Boxes and lines as arrays: which lie on each other, and where a line runs that bends.

There is an array for each coordinate, since numpy goes along long rows several times faster than along pairs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]
    Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Boxes:
    """Boxes: *x* and *y* are their middles, *wide* and *high* half of their sides; arrays, which are broadcast."""

    x: Array
    y: Array
    wide: Array
    high: Array

    def __getitem__(self, which: Any) -> Boxes:
        return Boxes(x=self.x[which], y=self.y[which], wide=self.wide[which], high=self.high[which])

    def overlap(self, others: Boxes) -> Flags:
        """Whether the boxes lie on others."""
        import numpy as np

        beside = np.abs(self.x - others.x) < self.wide + others.wide
        return np.asarray(beside & (np.abs(self.y - others.y) < self.high + others.high))


@dataclass(frozen=True, kw_only=True)
class Pieces:
    """Straight pieces of lines: *x* and *y* are their middles, *to_x* and *to_y* the way from there to their ends."""

    x: Array
    y: Array
    to_x: Array
    to_y: Array

    def __getitem__(self, which: Any) -> Pieces:
        return Pieces(x=self.x[which], y=self.y[which], to_x=self.to_x[which], to_y=self.to_y[which])

    def meet(self, boxes: Boxes, margin: Array | float = 0.0) -> Flags:
        """Whether the pieces touch boxes that are widened by a margin: no axis parts them."""
        import numpy as np

        dx, dy = self.x - boxes.x, self.y - boxes.y
        wide, high = boxes.wide + margin, boxes.high + margin
        far_x, far_y = np.abs(self.to_x), np.abs(self.to_y)
        near = (np.abs(dx) < wide + far_x) & (np.abs(dy) < high + far_y)
        return np.asarray(near & (np.abs(self.to_x * dy - self.to_y * dx) < wide * far_y + high * far_x))


@dataclass(frozen=True, kw_only=True)
class Cuts:
    """How pieces lie on their lines, wherever these run: *along* and *aside* of the way, as parts of it.

    The first two are those of a piece's middle, the *half* ones those of the way from there to its end.
    """

    along: Array
    aside: Array
    half_along: Array
    half_aside: Array

    def __getitem__(self, which: Any) -> Cuts:
        return Cuts(
            along=self.along[which],
            aside=self.aside[which],
            half_along=self.half_along[which],
            half_aside=self.half_aside[which],
        )

    def trace(self, x: Array, y: Array, end_x: Array, end_y: Array) -> Pieces:
        """The pieces of lines that run from (*x*, *y*) to their ends."""
        across, down = end_x - x, end_y - y
        return Pieces(
            x=x + across * self.along + down * self.aside,
            y=y + down * self.along - across * self.aside,
            to_x=across * self.half_along + down * self.half_aside,
            to_y=down * self.half_along - across * self.half_aside,
        )


def cut_lines(bend: Array, first: Array, last: Array) -> Cuts:
    """The cuts of lines between the parts *first* and *last* of their ways (from 0 to 1).

    *bend* is vis-network's roundness, by its formula: lines are quadratic curves, whose control points lie beside the
    way from end to end.
    """
    import numpy as np

    part, turn = np.abs(bend) * 0.5 + 0.5, bend * np.pi / 2

    def run(t: Array) -> tuple[Array, Array]:
        pull = 2 * (1 - t) * t * part
        return pull * np.cos(turn) + t**2, pull * np.sin(turn)

    (along, aside), (end_along, end_aside) = run(first), run(last)
    return Cuts(
        along=(along + end_along) / 2,
        aside=(aside + end_aside) / 2,
        half_along=(end_along - along) / 2,
        half_aside=(end_aside - aside) / 2,
    )
