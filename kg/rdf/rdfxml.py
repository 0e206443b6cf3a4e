"""What RDF/XML can say: properties whose end is a name of XML, and nodes whose labels are.

Source: RDF 1.1 XML Syntax (W3C Recommendation, 25 February 2014), section 6.1.1.
"""

from __future__ import annotations

import re
from functools import lru_cache

from kg.rdf.namespace import RDF
from kg.rdf.xsd import NAME_BEGIN, NAME_GO_ON

RESERVED = frozenset(
    RDF + name
    for name in (
        "li", "Description", "RDF", "ID", "about", "parseType", "resource", "nodeID", "datatype", "bagID", "aboutEach",
        "aboutEachPrefix",
    )
)  # fmt: skip
"""The terms of RDF that are no properties in RDF/XML, or stand for others there (`rdf:li`)."""


@lru_cache(maxsize=1)
def _compile_name() -> re.Pattern[str]:
    return re.compile(f"[{NAME_BEGIN}][{NAME_GO_ON}]*\\Z")


def can_say(property_: str) -> bool:
    """Whether RDF/XML has an element for a property.

    >>> can_say("https://a.example/p"), can_say("https://a.example/p/1"), can_say(RDF + "li")
    (True, False, False)
    """
    return property_ not in RESERVED and _compile_name().search(property_) is not None
