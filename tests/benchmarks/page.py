"""The page beside a stock pyvis page of the same graph, in one run: `python page.py [RUNS] [SIZES...]`.

Prints the time to build, then what a headless Chromium measures (median of RUNS, network off): kB, first picture,
first contentful paint, the worst task on the main thread, frames a second while dragging, zooming and hovering, the
milliseconds that a facet takes to show everywhere, requests. The aims are in README.md, beside this file.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "browser")]


def write_stock(checked: object, file: Path) -> None:
    """The page that pyvis makes by itself: its own template, layout in the browser, everything inline."""
    from pyvis.network import Network

    from kg.build.pipeline import Checked
    from kg.view import project_network

    assert isinstance(checked, Checked)
    network = project_network(checked.seeds)
    stock = Network(directed=True, cdn_resources="in_line", height="900px", width="100%")
    for key in network:
        stock.add_node(key, label=network.nodes[key]["entity"].label("en"), title=key)
    for a, b, data in network.edges(data=True):
        stock.add_edge(a, b, title=data["relation"].predicate)
    file.write_text(stock.generate_html(notebook=False), encoding="utf-8")


def main() -> None:
    runs = sys.argv[1] if len(sys.argv) > 1 else "5"
    sizes = [int(size) for size in sys.argv[2:]] or [80, 300, 2000]
    import jinja2  # noqa: F401
    import networkx  # noqa: F401
    import numpy  # noqa: F401
    import pyvis.network  # noqa: F401
    from synthetic import write_project

    from kg.build.pipeline import check_project
    from kg.page import render_page
    from kg.system.project import Project

    with tempfile.TemporaryDirectory() as folder:
        files = []
        for size in sizes:
            checked = check_project(Project(write_project(Path(folder) / str(size), ROOT / "ontology", size)))
            times = []
            for _ in range(3):
                start = time.perf_counter()
                text = render_page(checked.story)
                times.append(time.perf_counter() - start)
            print(f"{size} entities, {len(checked.seeds.claims)} claims: built in {sorted(times)[1]:.3f} s")
            files.append(Path(folder) / f"page-{size}.html")
            files[-1].write_text(text, encoding="utf-8")
            if size <= 400:
                files.append(Path(folder) / f"stock-{size}.html")
                write_stock(checked, files[-1])
        measure = ["node", str(ROOT / "tests" / "browser" / "measure.mjs"), runs, *map(str, files)]
        lines = subprocess.run(measure, capture_output=True, text=True, check=True).stdout
        rows = [json.loads(line) for line in lines.strip().split("\n")]
    columns = list(rows[0])
    print(" ".join(f"{c:>10}" if c != "file" else f"{c:<18}" for c in columns))
    for row in rows:
        print(
            " ".join(f"{row.get(c)!s:>10}" if c != "file" else f"{row[c]:<18}" for c in columns), row.get("problem", "")
        )
    first = {row["file"]: row["first"] for row in rows}
    for size in sizes:
        stock, ours = first.get(f"stock-{size}.html"), first[f"page-{size}.html"]
        if stock and ours:
            print(f"{size} entities: first picture {ours / stock:.3f} of stock pyvis's")


if __name__ == "__main__":
    main()
