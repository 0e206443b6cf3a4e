"""The graph as a network: a part of it, its projection to networkx, its measures, its layout."""

from kg.view.clearing import Cleared, LabelledNode, Tie, clear_labels
from kg.view.geometry import Boxes, Cuts, cut_lines
from kg.view.layout import Box, Point, lay_out
from kg.view.network import (
    Edge,
    project_network,
    rank_entities,
    root_entity,
)
from kg.view.part import Around, FromSource, OfQuestion, Part, select_part
from kg.view.regions import Disc, Region, RegionLink, Regions, lay_out_regions, place_discs
from kg.view.values import describe_network, tell_lost_signs, write_graphml

__all__ = [
    "Around",
    "Box",
    "Boxes",
    "Cleared",
    "Cuts",
    "Disc",
    "Edge",
    "FromSource",
    "LabelledNode",
    "OfQuestion",
    "Part",
    "Point",
    "Region",
    "RegionLink",
    "Regions",
    "Tie",
    "clear_labels",
    "cut_lines",
    "describe_network",
    "lay_out",
    "lay_out_regions",
    "place_discs",
    "project_network",
    "rank_entities",
    "root_entity",
    "select_part",
    "tell_lost_signs",
    "write_graphml",
]
