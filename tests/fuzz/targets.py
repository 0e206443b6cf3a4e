"""All targets by their names."""

from __future__ import annotations

from itertools import chain

from fuzz import documents, functions, page, project, proposals, queries, rdf, server, sources, texts

MODULES = (texts, rdf, documents, functions, queries, server, proposals, sources, page, project)
TARGETS = {target.name: target for target in chain.from_iterable(module.TARGETS for module in MODULES)}
