"""All targets by their names."""

from __future__ import annotations

from fuzz import documents, rdf, texts

TARGETS = {target.name: target for target in (*texts.TARGETS, *rdf.TARGETS, *documents.TARGETS)}
