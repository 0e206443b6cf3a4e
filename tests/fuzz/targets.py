"""All targets by their names."""

from __future__ import annotations

from fuzz import documents, functions, proposals, queries, rdf, server, sources, texts

TARGETS = {target.name: target for target in (*texts.TARGETS, *rdf.TARGETS, *documents.TARGETS, *sources.TARGETS, *functions.TARGETS, *queries.TARGETS, *server.TARGETS, *proposals.TARGETS)}
