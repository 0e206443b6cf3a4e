"""Names kept clear of lines (`kg.view.clearing`)."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from kg.model.nouns import Mode
from kg.page.picture.drawing import Dot, DrawnRelation, point_on
from kg.page.picture.labels import _Rectangle
from kg.view import Edge, LabelledNode, Point, Tie, clear_labels, cut_lines
from kg.view.clearing import SIDES, _Board, label_box

FRAME = (900, 500)


def count_crossed(
    points: dict[str, Point], sides: dict[str, str], nodes: dict[str, LabelledNode], ties: list[Tie]
) -> int:
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


def make_tangle(size: int = 24) -> tuple[dict[str, Point], dict[str, LabelledNode], list[Tie]]:
    draw = random.Random(3)
    points = {f"n{i}": Point(x=draw.randrange(60, 840), y=draw.randrange(40, 460)) for i in range(size)}
    nodes = {name: LabelledNode(radius=8, width=draw.randrange(40, 110), height=16) for name in points}
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
    nodes = {name: LabelledNode(radius=8, width=40, height=14) for name in points}
    cleared = clear_labels(points, nodes, [Tie(start="a", end="b")], width=600, height=200)
    assert cleared.points == points and set(cleared.sides.values()) == {"below"}


def test_what_is_kept_of_crossed_labels_is_what_a_new_look_finds() -> None:
    points, nodes, ties = make_tangle()
    ties = [replace(tie, bend=0.3 * (n % 3 - 1)) for n, tie in enumerate(ties)]
    board = _Board(points, nodes, ties, FRAME)
    draw = np.random.default_rng(0)
    for node in draw.integers(len(points), size=40):
        chance = draw.normal(size=(4, len(SIDES))) * 30
        board.move(int(node), draw.normal(size=3) * 80, draw.normal(size=3) * 80, chance)
    assert set(board.side) != {0}
    labels = board.things[: len(points)]
    every = np.arange(len(points))
    assert (labels.x == board.x + board.boxes.x[every, board.side]).all()
    pieces = board.cuts.trace(*(end[board.tie] for end in board.find_ends()))
    assert (board.hits == pieces[:, None].meet(labels, board.margin[:, None])).all()
    laps = labels[:, None].overlap(labels)
    np.fill_diagonal(laps, val=False)
    assert (board.laps == laps).all()


def test_lines_are_cut_where_they_are_drawn() -> None:
    ends = [Dot(key=key, x=x, y=y, radius=8, family="other", labels={}, rank=n, conflict=False)
            for n, (key, x, y) in enumerate([("a", 100, 400), ("b", 700, 120)])]  # fmt: skip
    dots = {dot.key: dot for dot in ends}
    relation = Edge(subject="a", predicate="knows", object="b", mode=Mode.FACT, negated=False, lifted=False, claims=())
    for bend in (0.0, 0.3, -0.46):
        line = DrawnRelation(
            number=0,
            relation=relation,
            stroke="solid",
            width=1,
            bend=bend,
            conflict=False,
            superseded=False,
            badge=None,
        )
        parts = np.arange(5) / 5
        pieces = cut_lines(np.full(5, bend), parts, parts + 0.2).trace(*map(np.float64, (100, 400, 700, 120)))
        for n in range(5):
            start, end = point_on(line, dots, n / 5), point_on(line, dots, (n + 1) / 5)
            assert (pieces.x[n] - pieces.to_x[n], pieces.y[n] - pieces.to_y[n]) == pytest.approx(start)
            assert (pieces.x[n] + pieces.to_x[n], pieces.y[n] + pieces.to_y[n]) == pytest.approx(end)


def test_a_line_through_the_corner_of_a_label_crosses_it() -> None:
    box = _Rectangle(left=10, top=10, right=30, bottom=20)
    crossing = [(0, 15, 40, 15), (15, 0, 15, 40), (0, 28, 40, -12.5), (12, 12, 14, 14)]
    passing = [(0, 10, 40, 10), (0, 25, 40, 25), (31, 0, 31, 40), (0, 19, 20, -1), (20, 31, 41, 10), (5, 5, 9, 30)]
    assert all(box.is_crossed(piece) for piece in crossing)
    assert not any(box.is_crossed(piece) for piece in passing)
