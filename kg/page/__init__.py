"""The HTML page: one file that shows who said what, where, when, and who disagrees. It never calls out."""

from kg.page.answers import find_claims_behind
from kg.page.document import export_svg, is_large, render_page
from kg.page.overview import render_overview
from kg.view import Around, FromSource, OfQuestion, Part

__all__ = [
    "Around",
    "FromSource",
    "OfQuestion",
    "Part",
    "export_svg",
    "find_claims_behind",
    "is_large",
    "render_overview",
    "render_page",
]
