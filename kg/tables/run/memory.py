"""How much memory a run begins with, where its user says nothing."""

from __future__ import annotations

import os
from dataclasses import replace

from kg.tables.rml import FileSource, MappingDocument, find_nouns
from kg.tables.run import Settings

LEAST = 350  # megabytes of the database; the process has up to 220 more, of which 60 are libraries
FOR_A_THREAD = 100  # megabytes, from the fifth thread on
FEW_THREADS = 4


def list_tries(document: MappingDocument, settings: Settings) -> list[Settings]:
    """The tries of a run, until one has memory enough: with little, with little on fewer threads, with all there is.

    What goes to disk goes there by threads, each with parts of its own in memory, so that a quarter of them needs less.
    A limit that the user gave is kept. Sources that are read from standard input can be read once.
    """
    once = any(file.is_standard_input for file in find_nouns(document.triples_maps, FileSource))
    if settings.memory_limit or once:
        return [settings]
    threads = settings.jobs or os.cpu_count() or 1
    little = replace(settings, memory_limit=f"{LEAST + FOR_A_THREAD * max(0, threads - FEW_THREADS)}MB")
    fewer = [replace(little, jobs=max(1, threads // 4))] if threads > 1 else []
    return [little, *fewer, settings]
