"""Names kept clear of lines (`kg.view.clearing`)."""

from __future__ import annotations

import random

from kg.view import Named, Point, Tie, clear_labels
from kg.view.clearing import label_box

FRAME = (900, 500)


def count_crossed(points: dict[str, Point], sides: dict[str, str], nodes: dict[str, Named], ties: list[Tie]) -> int:
    """The labels that a line runs through, point by point."""
    found = 0
    for name, point in points.items():
        left, top, right, bottom = label_box(sides[name], nodes[name])
        steps = (
            (a.x + (b.x - a.x) * n / 200 - point.x, a.y + (b.y - a.y) * n / 200 - point.y)
            for tie in ties
            for a, b in [(points[tie.start], points[tie.end])]
            for n in range(201)
        )
        found += any(left < x < right and top < y < bottom for x, y in steps)
    return found


def make_tangle(size: int = 24) -> tuple[dict[str, Point], dict[str, Named], list[Tie]]:
    draw = random.Random(3)
    points = {f"n{i}": Point(x=draw.randrange(60, 840), y=draw.randrange(40, 460)) for i in range(size)}
    nodes = {name: Named(radius=8, width=draw.randrange(40, 110), height=16) for name in points}
    ties = [Tie(start=f"n{i}", end=f"n{draw.randrange(i)}") for i in range(1, size)]
    return points, nodes, ties


def test_no_line_crosses_a_label_where_there_is_room() -> None:
    points, nodes, ties = make_tangle()
    before = count_crossed(points, dict.fromkeys(points, "below"), nodes, ties)
    cleared = clear_labels(points, nodes, ties, width=FRAME[0], height=FRAME[1])
    assert before >= 8
    assert count_crossed(dict(cleared.points), dict(cleared.sides), nodes, ties) == 0
    for name, point in cleared.points.items():
        left, top, right, bottom = label_box(cleared.sides[name], nodes[name])
        assert point.x + left >= 0 and point.x + right <= FRAME[0]
        assert point.y + top >= 0 and point.y + bottom <= FRAME[1]


def test_labels_do_not_lie_on_each_other() -> None:
    points, nodes, ties = make_tangle()
    cleared = clear_labels(points, nodes, ties, width=FRAME[0], height=FRAME[1])
    boxes = []
    for name, point in cleared.points.items():
        left, top, right, bottom = label_box(cleared.sides[name], nodes[name])
        boxes.append((point.x + left, point.y + top, point.x + right, point.y + bottom))
    for i, a in enumerate(boxes):
        for b in boxes[i + 1 :]:
            assert not (a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3])


def test_the_same_network_gives_the_same_places() -> None:
    points, nodes, ties = make_tangle()
    both = [clear_labels(points, nodes, ties, width=FRAME[0], height=FRAME[1]) for _ in range(2)]
    assert both[0] == both[1]


def test_nothing_moves_where_nothing_is_crossed() -> None:
    points = {"a": Point(x=100, y=100), "b": Point(x=500, y=100)}
    nodes = {name: Named(radius=8, width=40, height=14) for name in points}
    cleared = clear_labels(points, nodes, [Tie(start="a", end="b")], width=600, height=200)
    assert cleared.points == points and set(cleared.sides.values()) == {"below"}
