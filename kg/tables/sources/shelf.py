"""`Shelf`: what the sources of one run are opened with and share; `SourceRequest`: what is asked of one of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from kg.system.paths import Door, open_door
from kg.tables.columns import SourceTable
from kg.tables.engine.connection import Connection
from kg.tables.rml import Formulation, LogicalSource, LogicalView, Reference
from kg.tables.sources.dialects import Database
from kg.tables.sources.dsn import DatabaseAddress, hide_password
from kg.tables.sources.limits import Limits
from kg.tables.sources.network import ANYTHING, Network
from kg.tables.sources.remote import Remote
from kg.text.diagnostic import Mark
from kg.text.findings import Findings

if TYPE_CHECKING:
    from kg.ask.store import Table
    from kg.tables.plan.pattern import Check


@dataclass(frozen=True, kw_only=True)
class SourceRequest:
    """The columns that a mapping reads of a logical source, and the *name* of the table that they become."""

    source: LogicalSource
    references: tuple[Reference, ...]
    name: str

    @property
    def texts(self) -> tuple[str, ...]:
        """The references as they are written, each once."""
        return tuple(dict.fromkeys(r.text for r in self.references))

    @property
    def nulls(self) -> tuple[str, ...]:
        """The texts that mean no value (`rml:null`)."""
        return self.source.source.nulls or ()


@dataclass(frozen=True, kw_only=True)
class Copy:
    """A file as it was unpacked and brought to UTF-8: where it came from, and how."""

    path: Path
    compression: str | None
    encoding: str


@dataclass(frozen=True, kw_only=True)
class Advice:
    """How whoever runs a mapping allows it more, in hints: a file (or target) *outside*, a *variable* by its name."""

    outside: str = "move the {what}, or allow the folder with `--allow-path`"
    variable: str = "set it, and allow it with `--allow-env {name}`"


@dataclass(kw_only=True)
class Shelf(Findings):
    """Where the sources of a run are found, what was opened already, and what was wrong with it.

    *scratch* is a folder that is removed at the end of the run. Several logical sources may read one document, one
    copy of a file, one database: each is opened once. Whoever made the shelf closes it.
    """

    connection: Connection
    scratch: Path
    mapping_folder: Path
    data_folder: Path | None = None
    allowed: tuple[Path, ...] = ()
    database_url: str | None = None
    network: Network = ANYTHING
    advice: Advice = field(default_factory=Advice)
    remote: Remote | None = None  # where all sources lie, if not in folders
    limits: Limits = field(default_factory=Limits)
    environment: Mapping[str, str] = field(default_factory=dict)  # what `${NAME}` may stand for
    standard_input: IO[bytes] | None = None  # what the source `-` is; None where nothing may be read of it
    frames: Mapping[str, Any] = field(default_factory=dict)  # of pandas, polars or Arrow
    answers: Mapping[str, Table] = field(default_factory=dict)  # of queries over the project's graph
    notes: list[str] = field(default_factory=list)  # for --explain
    files: dict[str, Path] = field(default_factory=dict)  # what was found, by the name in the mapping
    sizes: dict[str, int] = field(default_factory=dict)  # of what lies on a storage and is not fetched here
    copies: dict[Copy, Path] = field(default_factory=dict)
    documents: dict[tuple[Path, Formulation], list[Any]] = field(default_factory=dict)  # JSON values, or trees of XML
    databases: dict[DatabaseAddress, Database] = field(default_factory=dict)
    views: dict[LogicalView, SourceTable] = field(default_factory=dict)
    checks: list[Check] = field(default_factory=list)  # what the values of views must keep
    numbers: Iterator[int] = field(default_factory=count)

    @cached_property
    def door(self) -> Door:
        """What a mapping may read: its own folder, that of the data (else the working directory), and the allowed.

        The mapping itself widens nothing, whatever its `rml:root` names.
        """
        data = self.data_folder if self.data_folder is not None else Path.cwd()
        return open_door([self.mapping_folder, data, *self.allowed])

    def may_ask(self, address: str, mark: Mark) -> bool:
        """Whether the endpoint or server at *address* may be asked; where not, that is told at *mark*."""
        if self.network.admits(address):
            return True
        message = f"`{hide_password(address)}` is not asked: nobody allowed it"
        self.tell("source-network", mark, message, self.network.advice)
        return False

    def name_file(self, name: str) -> Path:
        """The path of a new file in the scratch folder, which ends in *name*."""
        return self.scratch / f"{next(self.numbers)}-{name}"

    def close(self) -> None:
        """End the connections to databases."""
        for database in self.databases.values():
            database.close()
        self.databases.clear()
