"""What a page of the explorer takes over a thousand triples and over millions, asked in turns in one run.

    python tests/benchmarks/explorer.py [TRIPLES ...] [--rounds N]

Each store holds entities with a name, a class, a figure and two links, of which one in ten leads to one and the same
entity: the hub. The pages are those of an entity, of the hub, of a class and a property, parts of the hub's links (the
first and the last), searches for a whole name, for part of one and for a misspelt one, a query whose answer is drawn,
and completions. Every request is another one, so that no answer is kept. Prints medians in milliseconds, and how many
times that of the smallest store they are. Leaves with 1 where one is more than `BOUND` times that and over `FELT` ms.
"""

from __future__ import annotations

import argparse
import http.client
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import urlencode

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

import pyoxigraph as ox  # noqa: E402
from serving import Served, serve  # noqa: E402

BASE = "http://x.example/"
BOUND, FELT = 5.0, 300.0
_EACH = 5  # triples of an entity
_WARM = 4  # rounds that are not counted: each process looks at the store once, and the names are read
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_WORDS = ["amber", "birch", "cedar", "delta", "ember", "flint", "grove", "heron", "iris", "jade"]


def name_entity(number: int) -> str:
    digits = f"{number:07d}"
    return f"{_WORDS[int(digits[-1])]} {_WORDS[int(digits[-2])]} {number}"


def write_triples(path: Path, triples: int) -> int:
    """Write so many triples; gives how many entities there are."""
    entities = triples // _EACH
    chance = random.Random(7)
    with path.open("w", encoding="utf-8") as out:
        for number in range(entities):
            one = f"<{BASE}e/{number}>"
            to = 0 if chance.random() < 0.1 else chance.randrange(entities)
            out.write(
                f'{one} <{_RDFS}label> "{name_entity(number)}" .\n'
                f"{one} <{_TYPE}> <{BASE}Class{number % 7}> .\n"
                f'{one} <{BASE}size> "{number}"^^<http://www.w3.org/2001/XMLSchema#integer> .\n'
                f"{one} <{BASE}knows> <{BASE}e/{to}> .\n"
                f"{one} <{BASE}follows> <{BASE}e/{chance.randrange(entities)}> .\n"
            )
    return entities


def list_pages(entities: int) -> dict[str, Callable[[int], str]]:
    """The addresses of pages by what they are; each takes a number, and gives another address for another number."""

    def thing(number: int) -> str:
        return f"{BASE}e/{1 + number * 7919 % (entities - 1)}"

    def page(path: str, **parameters: object) -> str:
        return f"{path}?{urlencode(parameters)}"

    last = min(10_000, entities // 10 // 2) // 50 or 1
    knows = f"{BASE}knows"
    return {
        "entity": lambda n: page("/resource", iri=thing(n)),
        "hub": lambda n: page("/resource", iri=f"{BASE}e/0", _=n),
        "links of the hub": lambda n: page("/resource", iri=f"{BASE}e/0", page=1, _=n, **{"in": knows}),
        "its last links": lambda n: page("/resource", iri=f"{BASE}e/0", page=last, _=n, **{"in": knows}),
        "class": lambda n: page("/resource", iri=f"{BASE}Class{n % 7}", _=n),
        "property": lambda n: page("/resource", iri=knows, _=n),
        "contents": lambda n: page("/about", _=n),
        "search: a name": lambda n: page("/search", q=name_entity(n * 31 % entities)),
        "search: part of it": lambda n: page("/search", q=f"{_WORDS[n % 10]} {_WORDS[n // 10 % 10]}", _=n),
        "search: misspelt": lambda n: page("/search", q=name_entity(n * 31 % entities).replace("e", "ee", 1)),
        "drawn answer": lambda n: page(
            "/query", query=f"CONSTRUCT {{ ?a ?p ?b }} {{ VALUES ?a {{ <{thing(n)}> }} ?a ?p ?b }}"
        ),
        "completion: class": lambda n: page("/complete", kind="property", q="", **{"class": f"{BASE}Class{n % 7}"}),
        "completion: name": lambda n: page("/complete", kind="entity", q=name_entity(n * 17 % entities)[:8], _=n),
    }  # fmt: skip


def time_page(served: Served, path: str) -> tuple[float, int]:
    """How long a page took, in milliseconds, and its status."""
    begin = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=300)
    with closing(connection):
        connection.request("GET", path, headers={"Accept": "text/html"})
        answer = connection.getresponse()
        answer.read()
    return (time.perf_counter() - begin) * 1000, answer.status


def measure(sizes: list[int], rounds: int) -> Iterator[tuple[str, list[float]]]:
    """The median of each page for each size."""
    with ExitStack() as stack:
        servers: list[tuple[Served, dict[str, Callable[[int], str]]]] = []
        for size in sizes:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            entities = write_triples(folder / "t.nt", size)
            store = ox.Store(folder / "store")
            store.bulk_load(path=folder / "t.nt", format=ox.RdfFormat.N_TRIPLES)
            store.optimize()
            del store
            served = stack.enter_context(serve("--store", str(folder / "store"), "--timeout", "60"))
            servers.append((served, list_pages(entities)))
        for name in servers[0][1]:
            took: list[list[float]] = [[] for _ in servers]
            end = time.monotonic() + 300
            for turn in range(rounds + _WARM):
                for place, (served, pages) in enumerate(servers):
                    spent, status = time_page(served, pages[name](turn + 1))
                    while status == 503 and turn < _WARM and time.monotonic() < end:  # names are still being read
                        time.sleep(1)
                        spent, status = time_page(served, pages[name](turn + 1))
                    if status != 200:
                        raise SystemExit(f"{name} of {sizes[place]:,} triples: status {status}")
                    took[place] += [spent] if turn >= _WARM else []
            yield name, [statistics.median(spent) for spent in took]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("triples", nargs="*", type=int, default=[1_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=15)
    given = parser.parse_args()
    grown = False
    print(f"{'ms':<22}" + "".join(f"{size:>14,}" for size in given.triples) + f"{'times':>8}", flush=True)
    for name, medians in measure(given.triples, given.rounds):
        times = medians[-1] / medians[0]
        grown |= times > BOUND and medians[-1] > FELT
        print(f"{name:<22}" + "".join(f"{took:>14.1f}" for took in medians) + f"{times:>8.1f}", flush=True)
    return int(grown)


if __name__ == "__main__":
    sys.exit(main())
