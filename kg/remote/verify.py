"""Whether a graph on a server holds what it is to hold: its count, and a sample of its triples, asked for by pattern.

The server itself compares: it may write a number in another way (`73.60` as `73.6`), and finds it all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from heapq import nsmallest
from itertools import islice
from zlib import crc32

import pyoxigraph as ox

from kg.remote.content import Graph, find_blank, group_blank
from kg.remote.protocol import Server
from kg.text.plural import write_count

SAMPLE = 60
_GROUPS, _LARGEST = 10, 20  # of triples that share blank nodes: how many groups are asked for, and how great
_BATCH = 20
_MOST_ASKED = 100_000  # triples that are asked for one by one where the counts differ


def find_absent(server: Server, graph: str, lines: Sequence[str]) -> list[str]:
    """The lines, triples without blank nodes, that a graph on the server does not hold."""
    absent: list[str] = []
    for start in range(0, len(lines), _BATCH):
        absent += _halve(server, graph, lines[start : start + _BATCH])
    return absent


def _halve(server: Server, graph: str, lines: Sequence[str]) -> list[str]:
    if not lines or server.holds(graph, "".join(lines)):
        return []
    if len(lines) == 1:
        return list(lines)
    half = len(lines) // 2
    return _halve(server, graph, lines[:half]) + _halve(server, graph, lines[half:])


def write_pattern(lines: Iterable[str]) -> str:
    """Triples with blank nodes as a pattern: each node a variable.

    >>> write_pattern(["_:x <a:p> <a:b> .\\n"])
    '?b0 <a:p> <a:b> .\\n'
    """
    names: dict[str, str] = {}
    made = []
    for line in lines:
        subject, predicate, rest = line.split(" ", 2)
        for node in find_blank(line):
            names.setdefault(node, f"?b{len(names)}")
        term = rest.rstrip()[:-1].rstrip()
        made.append(f"{names.get(subject, subject)} {predicate} {names.get(term, term)} .\n")
    return "".join(made)


def verify_graph(server: Server, graph: Graph, at: str) -> tuple[list[str], list[str]]:
    """What is wrong with a graph at the name *at* on the server, and what is worth a note, in words.

    A server may hold fewer triples than were sent, where it takes two ways to write a value for one; then all of them
    are asked for.
    """
    there, wrong, notes = server.count(at), [], []
    ground = (line for line in graph.read() if not find_blank(line) and "<<(" not in line)
    absent = find_absent(server, at, nsmallest(SAMPLE, ground, key=lambda line: crc32(line.encode())))
    if there < graph.count:
        fewer = graph.count - there
        if not absent and there != _count_values(graph):
            if graph.count > _MOST_ASKED:
                wrong.append(f"{there:,} triples of {graph.count:,} are there")
            else:
                absent = find_absent(server, at, [line for line in graph.read() if not find_blank(line)])
        if not absent and not wrong:
            notes.append(f"{write_count(fewer, 'fewer triple')} there: the server takes ways to write a value for one")
    elif there > graph.count:
        wrong.append(f"{there:,} triples are there, {there - graph.count:,} more than were sent")
    if absent:
        wrong += [
            f"{write_count(len(absent), 'triple')} cannot be found, among them",
            *(line.rstrip() for line in absent[:3]),
        ]
    groups = group_blank(line for line in graph.read() if find_blank(line) and "<<(" not in line)
    for group in islice((g for g in groups if len(g) <= _LARGEST), _GROUPS):
        if not server.holds(at, write_pattern(group)):
            wrong += ["triples that share a blank node are not found:", *(line.rstrip() for line in group[:3])]
            break
    return wrong, notes


def _count_values(graph: Graph) -> int:
    """How many triples the graph has in a store that takes the ways to write a value for one."""
    store = ox.Store()
    store.bulk_load("".join(graph.read()).encode(), format=ox.RdfFormat.N_TRIPLES)
    return len(store)
