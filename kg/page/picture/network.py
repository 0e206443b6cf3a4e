"""The picture as a pyvis network: the data of the live drawing.

Of pyvis only `Network(directed=True)` and `get_network_data()` are used: its template, `show()` and
`write_html()` call out to a CDN and run scripts that stand in titles, and undirected networks lose parallel edges.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kg.page.picture.drawing import Picture

MANY_LINES = 1200  # beyond, lines are left out while the picture is dragged or zoomed, which keeps it moving
_OPTIONS: dict[str, Any] = {
    "physics": {"enabled": False, "solver": "forceAtlas2Based", "stabilization": False},
    "layout": {"improvedLayout": False, "randomSeed": 1},
    "interaction": {
        "hover": True, "keyboard": False, "multiselect": False, "selectConnectedEdges": False,
        "tooltipDelay": 120, "zoomSpeed": 0.7,
    },
    "nodes": {"shape": "custom", "borderWidth": 0, "chosen": False},
    "edges": {"selectionWidth": 0, "hoverWidth": 0, "chosen": False, "arrowStrikethrough": False},
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class NetworkData:
    """What vis-network is given: nodes, edges and options, as JSON values."""

    nodes: list[dict[str, Any]]
    edges: list[dict[str, Any]]
    options: dict[str, Any]


def build_network(picture: Picture) -> NetworkData:
    """The picture's nodes and lines by way of `pyvis.network.Network`, parallel lines kept."""
    from pyvis.edge import Edge
    from pyvis.network import Network

    network = Network(directed=True)
    for dot in picture.dots:
        network.add_node(
            dot.key,
            label=dot.key,
            shape="custom",
            size=dot.radius,
            x=dot.x,
            y=dot.y,
            group=dot.family.name,
        )
    for line in picture.lines:
        smooth: dict[str, Any] | bool = False
        if line.bend:
            smooth = {"type": "curvedCW" if line.bend > 0 else "curvedCCW", "roundness": abs(line.bend)}
            smooth["enabled"] = True
        edge = Edge(
            line.relation.subject,
            line.relation.object,
            network.directed,
            id=line.number,
            width=round(line.width, 1),
            smooth=smooth,
        )
        network.edges.append(edge.options)  # as `add_edge` does, which looks through all nodes each time
    crowded = len(picture.lines) > MANY_LINES
    interaction = {**_OPTIONS["interaction"], "hideEdgesOnDrag": crowded, "hideEdgesOnZoom": crowded}
    network.set_options(json.dumps({**_OPTIONS, "interaction": interaction}))
    nodes, edges, _, _, _, options = network.get_network_data()
    kept = ("id", "x", "y", "size")
    slim = [{k: node[k] for k in kept} for node in nodes]
    plain = {"arrows": "to", "smooth": False, "width": 1.4}  # what the page's script gives every edge
    bare = [{k: v for k, v in edge.items() if k not in plain or plain[k] != v} for edge in edges]
    return NetworkData(nodes=slim, edges=bare, options=json.loads(options))


@cache
def read_vis_network() -> str:
    """The text of vis-network as it lies in the installed pyvis (the newest where there are several)."""
    import pyvis

    folder = Path(pyvis.__file__).parent / "templates" / "lib"
    found = sorted(
        folder.glob("vis-*/vis-network.min.js"), key=lambda p: [int(n) for n in p.parent.name[4:].split(".")]
    )
    return found[-1].read_text(encoding="utf-8")
