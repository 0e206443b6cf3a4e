"""How much memory a run begins with, where its user says nothing."""

from __future__ import annotations

import os

from kg.tables.rml import FileSource, MappingDocument, find_nouns
from kg.tables.run import Settings

LEAST = 350  # megabytes of the database; the process has up to 220 more, of which 60 are libraries
FOR_A_THREAD = 100  # megabytes, from the fifth thread on
FEW_THREADS = 4


def choose_memory(document: MappingDocument, settings: Settings) -> str | None:
    """A limit that most mappings keep at no cost; None where the user gave one, or the run cannot be repeated.

    Sources that are read from standard input can be read once.
    """
    once = any(file.is_standard_input for file in find_nouns(document.triples_maps, FileSource))
    if settings.memory_limit or once:
        return None
    threads = settings.jobs or os.cpu_count() or 1
    return f"{LEAST + FOR_A_THREAD * max(0, threads - FEW_THREADS)}MB"
