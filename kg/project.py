"""Find the project's folder and list its files. A project is a folder with `seeds/dataset.yaml`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kg.diagnostic import KgError

FOLDERS = ("sources", "entities", "claims", "rdf", "tables")
"""The folders of `seeds/`."""
_CURATED = frozenset({
    ".yaml", ".yml", ".ttl", ".nt", ".nq", ".trig", ".rdf", ".owl", ".jsonld", ".rq", ".sparql", ".csv",
})  # fmt: skip
DATASET_FILE = "seeds/dataset.yaml"
MAPPING_ENDINGS = (".rml.ttl", ".yarrrml.yaml", ".yarrrml.yml", ".yarrrml")


@dataclass(frozen=True)
class Project:
    """A project's folder. File names in messages are paths from *root*, with `/`."""

    root: Path

    def name_of(self, path: Path) -> str:
        """The file's name in messages: its path from the project's folder."""
        place = os.path.realpath(path)
        if place.startswith(self._root_and_slash):
            return place[len(self._root_and_slash) :].replace(os.sep, "/")
        return "." if place + os.sep == self._root_and_slash else path.as_posix()

    @cached_property
    def _root_and_slash(self) -> str:
        return os.path.realpath(self.root).removesuffix(os.sep) + os.sep  # the root of all has one

    def files(self, folder: str, *endings: str) -> tuple[Path, ...]:
        """The files under *folder* with one of the *endings* (or all), sorted by name; hidden ones are left out.

        The order is by code points of the path, so that it is the same on every machine.
        """
        top = self.root / folder
        if not top.is_dir():
            return ()
        try:
            found = sorted(_list_files(os.fspath(top)), key="/".join)
        except OSError as error:
            raise KgError(f"cannot list {folder}/: {error.strerror or error}") from error
        paths = (top.joinpath(*parts) for parts in found)
        return tuple(path for path in paths if not endings or path.suffix in endings)

    @cached_property
    def ontology_files(self) -> tuple[Path, ...]:
        return self.files("ontology", ".ttl")

    @cached_property
    def source_files(self) -> tuple[Path, ...]:
        return self.files("seeds/sources", ".yaml", ".yml")

    @cached_property
    def entity_files(self) -> tuple[Path, ...]:
        return self.files("seeds/entities", ".yaml", ".yml")

    @cached_property
    def claim_files(self) -> tuple[Path, ...]:
        return self.files("seeds/claims", ".yaml", ".yml")

    @cached_property
    def rdf_files(self) -> tuple[Path, ...]:
        return self.files("seeds/rdf", ".ttl", ".nt", ".nq", ".trig")

    @cached_property
    def table_files(self) -> tuple[Path, ...]:
        """Mappings of tables, and the data beside them."""
        return self.files("seeds/tables")

    @cached_property
    def mapping_files(self) -> tuple[Path, ...]:
        """The mappings among them, by their endings: RML in Turtle, or YARRRML."""
        return tuple(p for p in self.table_files if p.name.endswith(MAPPING_ENDINGS))

    @cached_property
    def question_files(self) -> tuple[Path, ...]:
        return self.files("ontology/questions", ".rq")

    @cached_property
    def unread_files(self) -> tuple[Path, ...]:
        """Files that look like curated ones and that nothing reads: their folder or their ending is another.

        Those under `seeds/tables/` are looked at with their mappings.
        """
        read = {*self.ontology_files, *self.source_files, *self.entity_files, *self.claim_files, *self.rdf_files,
                *self.question_files, *(path.with_suffix(".csv") for path in self.question_files),
                self.root / DATASET_FILE}  # fmt: skip
        tables = self.root / "seeds" / "tables"
        return tuple(
            path
            for path in (*self.files("ontology"), *self.files("seeds"))
            if path not in read and tables not in path.parents and path.suffix.lower() in _CURATED
        )

    @property
    def exports(self) -> Path:
        return self.root / "exports"

    @property
    def work(self) -> Path:
        """The git-ignored folder for the store, caches, the lock and the manifest."""
        return self.root / ".kg"


def _list_files(folder: str) -> Iterator[tuple[str, ...]]:
    """The parts of each file's path from *folder*."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from ((entry.name, *parts) for parts in _list_files(entry.path))
            elif entry.is_file():
                yield (entry.name,)


def find_project(start: Path) -> Project:
    """The project that holds *start*: the nearest folder, going up, with `seeds/dataset.yaml`.

    Raises KgError when there is none, or when a folder cannot be read.
    """
    if not start.is_dir():
        raise KgError(f"no folder {start}")
    start = start.absolute()
    for folder in (start, *start.parents):
        try:
            if (folder / DATASET_FILE).is_file():
                return Project(folder)
        except OSError as error:
            raise KgError(f"cannot read {folder}: {error.strerror or error}") from error
    raise KgError(f"no project here: no folder above holds {DATASET_FILE} (`kg init` makes one)")
