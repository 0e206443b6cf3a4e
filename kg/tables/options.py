"""What `kg map` is asked for: its options, what follows from them, and what of them is wrong use."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.text.diagnostic import UsageError

if TYPE_CHECKING:
    from kg.tables.run import Settings
    from kg.tables.sources.remote import Remote

OTHER_SYNTAXES = frozenset({".csv", ".hdt", ".json", ".jsonld", ".n3", ".owl", ".rdf", ".tsv", ".xml"})


@dataclass(frozen=True, kw_only=True)
class MapOptions:
    """What `kg map` was given, and what follows from it."""

    mapping_text: str
    place_text: str | None
    store: Path | None
    base: str | None
    database_url: str | None
    data_text: str | None
    form: str | None
    strict: bool
    sort: bool
    partition_size: str | None
    compression: str | None
    jobs: int | None
    memory_limit: str | None
    workers: int | None
    scheduler: str | None
    resume: bool
    explain: bool
    progress: bool | None
    limits: tuple[str, ...]
    variables: tuple[str, ...]
    allowed: tuple[Path, ...]
    offline: bool

    @cached_property
    def mapping(self) -> Path:
        """The file of the mapping."""
        from kg.system.files import name_input

        return name_input(self.mapping_text)

    @cached_property
    def place(self) -> Path:
        """The file or folder of the output. Where none is named, or two are, that is wrong use."""
        from kg.system.files import name_output

        place = name_output(self.place_text) if self.place_text is not None else self.store
        if place is None or (self.place_text is not None and self.store):
            raise click.UsageError("give one of: -o OUT, --store DIR")
        return place

    @property
    def is_distributed(self) -> bool:
        """Whether workers run the mapping."""
        return self.workers is not None or self.scheduler is not None

    @property
    def has_parts(self) -> bool:
        """Whether a folder is written."""
        return self.is_distributed or self.partition_size is not None or self.store is not None

    @cached_property
    def syntax(self) -> str:
        """The syntax that is written."""
        return self.form or ("nq" if self.has_parts else choose_syntax(self.place))

    @property
    def shows_progress(self) -> bool:
        """Whether it is shown how far the run is."""
        return sys.stderr.isatty() if self.progress is None else self.progress


def refuse_misuse(options: MapOptions) -> None:
    """Raises a usage error for options that do not go together."""
    from kg.system.files import find_descriptor, is_stream
    from kg.tables.folders.storage import is_address

    mapping, place, store = options.mapping, options.place, options.store
    of_files = options.compression or options.form or options.sort
    if store and (of_files or (options.partition_size and not options.is_distributed)):
        raise click.UsageError("--format, --sort, --partition-size and --compress are of files (`-o`), not of a store")
    if options.place_text is not None and is_address(options.place_text) and not options.is_distributed:
        raise click.UsageError(  # it would become a local folder
            f"`{options.place_text}` is an object store, into which workers write: give `--workers` or `--cluster`"
        )
    if options.has_parts and not store and is_stream(place):
        raise click.UsageError(f"`-o {options.place_text}` takes no parts: name a folder for them")
    if options.has_parts and not store and is_stream(mapping):
        raise click.UsageError(
            f"the manifest names the mapping by its digest: `{options.mapping_text}` has none, name a file"
        )
    if options.explain and find_descriptor(place) == 1:
        raise click.UsageError("`--explain` shows the plan on standard output: let `-o` name a file")
    if options.resume and not options.is_distributed:
        raise click.UsageError("`--resume` is for runs on workers: give `--workers` or `--cluster`")


def make_settings(options: MapOptions) -> Settings:
    """The settings of a run. Wrong options are wrong use."""
    from kg.system.files import is_stream
    from kg.tables.run import Settings
    from kg.tables.sources.limits import read_limits
    from kg.tables.sources.network import ANYTHING, OFFLINE
    from kg.tables.vocabulary import LINES

    syntax, place = options.syntax, options.place
    try:
        remote = read_address(options.data_text, offline=options.offline)
        limits = read_limits(options.limits)
    except UsageError as error:
        raise click.UsageError(str(error)) from None
    return Settings(
        limits=limits,
        environment={name: os.environ[name] for name in options.variables if name in os.environ},
        standard_input=getattr(sys.stdin, "buffer", None),
        mapping_folder=options.mapping.resolve().parent,
        base=options.base or None,
        data_folder=Path(options.data_text) if options.data_text is not None and remote is None else None,
        allowed=options.allowed,
        database_url=options.database_url or None,
        network=OFFLINE if options.offline else ANYTHING,
        remote=remote,
        best_effort=not options.strict,
        jobs=options.jobs,
        memory_limit=options.memory_limit,
        output=place,
        whole_iris=syntax not in LINES or options.store is not None,
        scratch_parent=None if is_stream(place) else place.resolve().parent,
    )


def choose_syntax(path: Path) -> str:
    """The syntax that an output's name says; N-Quads where it says none. One that is not written is wrong use.

    >>> [choose_syntax(Path(name)) for name in ("a.ttl", "a.nt.gz", "a.nq", "a")]
    ['ttl', 'nt', 'nq', 'nq']
    """
    from kg.system.packing import PACKED

    name = path.with_suffix("") if path.suffix.lower() in PACKED else path
    ending = name.suffix.lower()
    if ending in OTHER_SYNTAXES:
        raise click.UsageError(f"`{path}` would be no `{ending}`: say what to write by `--format`")
    return ending[1:] if ending in {".nt", ".ttl", ".trig", ".parquet"} else "nq"


def read_address(data: str | None, *, offline: bool) -> Remote | None:
    """The storage that `--data` names; None where it names a folder, or nothing. Raises UsageError."""
    from kg.tables.folders.storage import is_address, refuse_login
    from kg.tables.sources.remote import Remote

    if data == "":
        raise UsageError("the folder that `--data` names is empty")
    if data is None or not is_address(data):
        return None
    refuse_login(data)
    if offline:
        raise UsageError(f"`--no-network` and `--data {data}` exclude each other")
    return Remote(address=data.rstrip("/"))


def check_places(settings: Settings) -> None:
    """Raises UsageError for a base that is no IRI, or data that lie in no folder."""
    import pyoxigraph as ox

    try:
        ox.NamedNode(settings.base or "http://example.org/")
    except ValueError as error:
        raise UsageError(f"`{settings.base}` is no absolute IRI, as `--base` needs one: {error}") from None
    if settings.data_folder is not None and not settings.data_folder.is_dir():
        raise UsageError(f"`{settings.data_folder}` is no folder: `--data` names the folder of the sources")


def check_allowed(options: MapOptions) -> None:
    """Raises UsageError for a variable that nothing names, or a path that is not there: nothing would come of it."""
    from kg.system.files import is_stream

    for path in options.allowed:
        if not path.exists():
            raise UsageError(f"`{path}` is not there: `--allow-path` names a folder that may be read")
    if is_stream(options.mapping) or not options.mapping.is_file():
        return
    written = options.mapping.read_bytes() + (options.database_url or "").encode()
    for name in options.variables:
        if f"${{{name}}}".encode() not in written:
            raise UsageError(f"no `${{{name}}}` stands in the mapping: `--allow-env {name}` allows nothing")
