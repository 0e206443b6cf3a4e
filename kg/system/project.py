"""Find the project's folder and list its files. A project is a folder with `seeds/dataset.yaml`."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from kg.system.paths import Door, open_door
from kg.text.diagnostic import KgError
from kg.text.opened import list_opened

FOLDERS = ("sources", "entities", "claims", "drafts", "rdf", "tables")
"""The folders of `seeds/`."""
RDF_ENDINGS = (".ttl", ".trig", ".nt", ".nq", ".rdf", ".owl", ".xml", ".jsonld")
"""The endings of files under `seeds/rdf/`; each may be compressed (`.ttl.gz`)."""
_ABOUT = re.compile(r"(?i)(readme|licen[cs]e|notice|copying)(\..*)?")
_LINKABLE = frozenset({*(f"seeds/{folder}" for folder in FOLDERS), "ontology/questions"})
ODD = "no file but a pipe, a socket or a device"
DATASET_FILE = "seeds/dataset.yaml"
REJECTED_FILE = "seeds/rejected.yaml"
"""What `kg review` turned down, so that it does not come back."""
MAPPING_ENDINGS = (".rml.ttl", ".yarrrml.yaml", ".yarrrml.yml", ".yarrrml")


class Drafts(StrEnum):
    """What becomes of the proposals under `seeds/drafts/`: they are left out, or stand in the graph, marked."""

    LEFT_OUT = "left out"
    BUILT_IN = "built in"


@dataclass(frozen=True)
class Project:
    """A project's folder. File names in messages are paths from *root*, with `/`."""

    root: Path

    def name_of(self, path: Path) -> str:
        """The file's name in messages: its path from the project's folder; of a link that leads out, the link's."""
        place = os.path.realpath(path)
        if place.startswith(self._root_and_slash):
            return place[len(self._root_and_slash) :].replace(os.sep, "/")
        if path.is_relative_to(self.root) and ".." not in path.parts and place + os.sep != self._root_and_slash:
            return path.relative_to(self.root).as_posix()
        return "." if place + os.sep == self._root_and_slash else path.as_posix()

    @cached_property
    def _root_and_slash(self) -> str:
        return os.path.realpath(self.root).removesuffix(os.sep) + os.sep  # the root of all has one

    def files(self, folder: str, *endings: str) -> tuple[Path, ...]:
        """The files under *folder* with one of the *endings* (or all), sorted by name; hidden ones are left out.

        The order is by code points of the path, so that it is the same on every machine.
        """
        found = (path for path in self._list_files(folder) if not endings or path.suffix in endings)
        return tuple(path for path in found if not path.is_symlink() or self.door.admits(path))

    def _list_files(self, folder: str) -> list[Path]:
        """The files under *folder*, links out of the project among them."""
        top = self.root / folder
        if not top.is_dir() or not self.door.admits(top):
            return []
        entries = sorted(_list_entries(top, folder), key=lambda e: "/".join(e.parts))
        found = [top.joinpath(*e.parts) for e in entries if e.is_file]
        new = [top / path for path in list_opened(top) if not any(part.startswith(".") for part in path.parts)]
        return sorted({*found, *new}, key=Path.as_posix) if new else found

    @cached_property
    def door(self) -> Door:
        """What may be read of what the project names: its own folder."""
        return open_door([self.root])

    def strays(self) -> Iterator[tuple[str, str]]:
        """What is curated by its place and cannot be read: its name, and what it is instead.

        That is a link that leads out of the project or to nothing, a link to a folder other than those of `seeds/`, and
        a pipe, a socket or a device, be it behind a link.
        """
        for folder in ("ontology", "seeds", "texts"):
            top = self.root / folder
            if folder == "texts" and not top.is_dir():
                continue
            for entry in sorted(_list_entries(top, folder), key=lambda e: e.parts) if self.door.admits(top) else ():
                path, name = top.joinpath(*entry.parts), "/".join((folder, *entry.parts))
                if not path.is_symlink():
                    if not entry.is_file and folder != "texts":  # of texts those are told that a source names
                        yield name, ODD
                    continue
                if name.startswith("seeds/tables/") and path.is_file() and not name.endswith(MAPPING_ENDINGS):
                    continue  # data: the mapping that reads it is told
                if folder == "texts":  # a link that leads out is told where a source names it
                    if not path.exists():
                        yield name, "a link to nothing"
                    continue
                if not self.door.admits(path):
                    yield name, "a link that leads out of the project"
                elif path.is_dir() and name not in _LINKABLE:
                    yield name, "a link to a folder"
                elif not path.exists():
                    yield name, "a link to nothing"
                elif not path.is_dir() and not path.is_file():
                    yield name, ODD

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
    def draft_files(self) -> tuple[Path, ...]:
        """Proposed claims and entities, in the formats of the others."""
        return self.files("seeds/drafts", ".yaml", ".yml")

    @property
    def rejected_file(self) -> Path | None:
        """What was turned down; None where there is no such file."""
        path = self.root / REJECTED_FILE
        return path if path.is_file() and self.door.admits(path) else None

    @cached_property
    def rdf_files(self) -> tuple[Path, ...]:
        endings = tuple(ending + packed for ending in RDF_ENDINGS for packed in ("", ".gz"))
        return tuple(path for path in self.files("seeds/rdf") if path.name.endswith(endings))

    @cached_property
    def table_files(self) -> tuple[Path, ...]:
        """Mappings of tables, and the data beside them, of which the mappings say what may be read."""
        return tuple(self._list_files("seeds/tables"))

    @cached_property
    def mapping_files(self) -> tuple[Path, ...]:
        """The mappings among the files of tables, by their endings: RML in Turtle, or YARRRML."""
        return tuple(p for p in self.files("seeds/tables") if p.name.endswith(MAPPING_ENDINGS))

    @cached_property
    def question_files(self) -> tuple[Path, ...]:
        return self.files("ontology/questions", ".rq")

    @cached_property
    def unread_files(self) -> tuple[Path, ...]:
        """Files that nothing reads, since their folder or their ending is another; a README is none.

        Those under `seeds/tables/` are looked at with their mappings.
        """
        read = {*self.ontology_files, *self.source_files, *self.entity_files, *self.claim_files, *self.draft_files,
                *self.rdf_files, *self.question_files, *(path.with_suffix(".csv") for path in self.question_files),
                self.root / DATASET_FILE, self.root / REJECTED_FILE}  # fmt: skip
        tables = self.root / "seeds" / "tables"
        return tuple(
            path
            for path in (*self.files("ontology"), *self.files("seeds"))
            if path not in read and tables not in path.parents and not is_about(path)
        )

    @property
    def exports(self) -> Path:
        return self.root / "exports"

    @property
    def work(self) -> Path:
        """The git-ignored folder for the store, caches, the lock and the manifest."""
        return self.root / ".kg"


def is_about(path: Path) -> bool:
    """Whether a file tells people of its folder, and is none of its data: a README, a licence."""
    return _ABOUT.fullmatch(path.name) is not None


@dataclass(frozen=True, kw_only=True)
class _Entry:
    """What a folder holds: its *parts* from there, and whether it is a file, or a link to one."""

    parts: tuple[str, ...]
    is_file: bool


def _list_entries(top: Path, name: str) -> list[_Entry]:
    """All that lies under a folder, but for folders and what is hidden; links to folders are not followed."""
    try:
        return list(_walk(os.fspath(top)))
    except OSError as error:
        raise KgError(f"cannot list {name}/: {error.strerror or error}") from error


def _walk(folder: str) -> Iterator[_Entry]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                for inner in _walk(entry.path):
                    yield _Entry(parts=(entry.name, *inner.parts), is_file=inner.is_file)
            else:
                yield _Entry(parts=(entry.name,), is_file=entry.is_file())


def find_project(start: Path) -> Project:
    """The project that holds *start*: the nearest folder, going up, with `seeds/dataset.yaml`.

    Raises KgError when there is none, or when a folder cannot be read.
    """
    try:
        if not start.is_dir():
            raise KgError(f"no folder {start}")
    except OSError as error:  # such as a name that is too long
        raise KgError(f"cannot read {start}: {error.strerror or error}") from error
    start = start.absolute()
    for folder in (start, *start.parents):
        try:
            if (folder / DATASET_FILE).is_file():
                return Project(folder)
        except OSError as error:
            raise KgError(f"cannot read {folder}: {error.strerror or error}") from error
    raise KgError(f"no project here: no folder above holds {DATASET_FILE} (`kg init` makes one)")
