"""Where the things of a small graph are drawn: near what they are linked to, apart from all others.

It runs in the process that answers, which can be ended; the same graph is always drawn alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, hypot, pi, sin
from typing import Any

MOST = 30  # things of a picture
WIDTH = 960
_ROUNDS = 150
_LINE = 34  # height of a name with its point
_LETTER = 7.2
LONGEST = 26  # letters of a name that is drawn


@dataclass
class _Box:
    """A thing's place (its centre), and how much room its name takes to each side."""

    x: float
    y: float
    half: float


def draw_graph(rows: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """The picture of triples of terms (as the pages read them): its things with their places, and its links.

    Things come before values, and those with the most links first; *left* counts those that have no place.
    """
    degree: dict[Any, int] = {}
    terms: dict[Any, Any] = {}
    links: dict[tuple[Any, Any], list[Any]] = {}
    for subject, predicate, value in rows:
        ends: list[Any] = [_key(subject), _key(value)]
        if value["type"] == "literal":
            ends[1] = (ends[0], predicate["value"], *ends[1])  # a value is drawn beside its thing
        for end, term in zip(ends, (subject, value), strict=True):
            terms.setdefault(end, term)
            degree[end] = degree.get(end, 0) + 1
        links.setdefault((ends[0], ends[1]), []).append(predicate)
    chosen = sorted(degree, key=lambda end: (terms[end]["type"] == "literal", -degree[end]))[:MOST]
    number = {end: place for place, end in enumerate(chosen)}
    drawn = [(number[a], number[b], words) for (a, b), words in links.items() if a in number and b in number]
    boxes, height = _lay_out([_measure(terms[end]) for end in chosen], [(a, b) for a, b, _ in drawn])
    return {
        "things": [
            {"term": terms[end], "x": round(box.x), "y": round(box.y)}
            for end, box in zip(chosen, boxes, strict=True)
        ],
        "links": [[a, b, words] for a, b, words in drawn],
        "left": len(terms) - len(chosen),
        "height": height,
    }  # fmt: skip


def _key(term: Any) -> tuple[str, ...]:
    return (term["type"], term["value"], term.get("lang", ""), term.get("datatype", ""))


def _measure(term: Any) -> float:
    words = term.get("name") or term["value"]
    return min(len(words), LONGEST) * _LETTER / 2 + 8


def _lay_out(halves: Sequence[float], links: Sequence[tuple[int, int]]) -> tuple[list[_Box], int]:
    """Places by forces (Fruchterman and Reingold 1991), then names pushed apart; and the height that this takes."""
    n = len(halves)
    height = max(200, min(720, 120 + _LINE * n))
    boxes = [
        _Box(WIDTH / 2 + WIDTH / 3 * cos(2 * pi * i / max(1, n)), height / 2 + height / 3 * sin(2 * pi * i / max(1, n)),
             half) for i, half in enumerate(halves)
    ]  # fmt: skip
    ideal = (WIDTH * height / max(1, n)) ** 0.5 * 0.8
    for turn in range(_ROUNDS):
        moves = [[(WIDTH / 2 - box.x) * 0.6, (height / 2 - box.y) * 0.9] for box in boxes]
        for i in range(n):
            for j in range(i):
                dx, dy = boxes[i].x - boxes[j].x, (boxes[i].y - boxes[j].y) * 1.5
                away = hypot(dx, dy) or 1.0
                push = ideal * ideal / (away * away)
                _add(moves, i, j, dx * push, dy * push)
        for i, j in links:
            dx, dy = boxes[i].x - boxes[j].x, boxes[i].y - boxes[j].y
            pull = hypot(dx, dy) / ideal
            _add(moves, i, j, -dx * pull, -dy * pull)
        most = ideal * (1 - turn / _ROUNDS) * 0.4 + 1
        for box, (dx, dy) in zip(boxes, moves, strict=True):
            far = hypot(dx, dy) or 1.0
            box.x += dx / far * min(far, most)
            box.y += dy / far * min(far, most)
            _keep_inside(box, height)
    _part(boxes, height)
    return boxes, height


def _add(moves: list[list[float]], i: int, j: int, dx: float, dy: float) -> None:
    moves[i][0] += dx
    moves[i][1] += dy
    moves[j][0] -= dx
    moves[j][1] -= dy


def _keep_inside(box: _Box, height: int) -> None:
    box.x = max(box.half, min(WIDTH - box.half, box.x))
    box.y = max(14, min(height - 24, box.y))


def _part(boxes: Sequence[_Box], height: int) -> None:
    """Push names apart that lie over each other, along the way that is the shorter one."""
    for _ in range(200):
        touched = False
        for i, one in enumerate(boxes):
            for other in boxes[:i]:
                wide = one.half + other.half - abs(one.x - other.x)
                high = _LINE - abs(one.y - other.y)
                if wide <= 0 or high <= 0:
                    continue
                touched = True
                if wide < high * 2:
                    step = (wide + 1) / 2 * (1 if one.x >= other.x else -1)
                    one.x, other.x = one.x + step, other.x - step
                else:
                    step = (high + 1) / 2 * (1 if one.y >= other.y else -1)
                    one.y, other.y = one.y + step, other.y - step
                _keep_inside(one, height)
                _keep_inside(other, height)
        if not touched:
            return
