"""The partitions of a run on the storage, and the manifest that is put last: without it there is nothing.

While a run goes on its own files lie in a folder `_run` beside the partitions: the tables as they were read, and a
record of each partition that is finished. A run that was ended can be gone on with where the records end.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from kg.tables.folders.storage import Storage
from kg.tables.output.parts import MANIFEST, SUCCESS, OutputPart
from kg.text.diagnostic import KgError, UsageError

RUN = "_run"
PLAN = f"{RUN}/plan.json"
BEGUN = f"{RUN}/begun"  # there as long as somebody waits for the output
_OWN = re.compile(r"part-\d+\.(nq|nt)(\.gz|\.zst)?|part-\d+\.parquet|manifest\.json|_SUCCESS|_run|\.part-.*")
_PARTITION = re.compile(r"part-\d+\..*|\.part-.*")


@dataclass(frozen=True, kw_only=True)
class RunRecord:
    """What is finished of a run: its *digest*, which says what it makes of what, and partitions by their numbers."""

    digest: str
    parts: Mapping[int, OutputPart]


def refuse_others(storage: Storage) -> None:
    """Raise UsageError where a folder holds anything that no earlier run has written."""
    if storage.is_local and Path(storage.place).is_file():
        raise UsageError(f"`{Path(storage.place).name}` is a file: with workers the output is a folder of parts")
    names = storage.names()
    foreign = [name for name in names if not _OWN.fullmatch(name)]
    if foreign or (names and MANIFEST not in names and RUN not in names):
        held = f"`{foreign[0]}`" if foreign else "parts without a manifest"
        raise UsageError(
            f"the folder `{name_of(storage)}` is left alone: it holds {held}, which is no output of `kg map`"
        )


def name_of(storage: Storage) -> str:
    """The name of the folder."""
    return storage.place.rstrip("/").rsplit("/", 1)[-1]


def begin_record(storage: Storage, digest: str, scratch: Path, *, resume: bool) -> RunRecord:
    """What an earlier run has finished of the same; all else of it is removed, and its manifest first."""
    storage.remove(MANIFEST)
    storage.remove(SUCCESS)
    kept = read_record(storage) if resume else None
    if kept is not None and kept.digest == digest:
        parts = {n: p for n, p in kept.parts.items() if not p.triples or storage.size(p.name) == p.bytes}
    else:
        parts = {}
    names = {part.name for part in parts.values()}
    for name in storage.names():
        if _PARTITION.fullmatch(name) and name not in names:
            storage.remove(name)
    for name in storage.names(RUN):
        found = re.fullmatch(r"part-(\d+)\.json", name)
        if found and int(found[1]) not in parts:
            storage.remove(f"{RUN}/{name}")
    storage.put_text(json.dumps({"digest": digest}) + "\n", PLAN, scratch)
    return RunRecord(digest=digest, parts=parts)


def read_record(storage: Storage) -> RunRecord | None:
    """What a run that was ended has left; None where there is nothing that can be gone on with."""
    try:
        digest = json.loads(storage.read(PLAN))["digest"]
        parts = {}
        for name in storage.names(RUN):
            if found := re.fullmatch(r"part-(\d+)\.json", name):
                parts[int(found[1])] = OutputPart(**json.loads(storage.read(f"{RUN}/{name}")))
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return RunRecord(digest=digest, parts=parts)


def record_part(storage: Storage, number: int, part: OutputPart, scratch: Path) -> None:
    """Note that a partition is finished."""
    storage.put_text(json.dumps(asdict(part)) + "\n", f"{RUN}/part-{number:05}.json", scratch)


def commit(storage: Storage, described: Mapping[str, Any], parts: Sequence[OutputPart], scratch: Path) -> None:
    """Put the manifest of all partitions into its place, and remove what is of the run alone."""
    manifest = {**described, "triples": sum(p.triples for p in parts), "parts": [asdict(p) for p in parts]}
    for name in storage.names():
        if name.startswith(".part-"):  # of a worker that was killed while it put a partition there
            storage.remove(name)
    storage.put_text("", SUCCESS, scratch)
    storage.put_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", MANIFEST, scratch)
    storage.remove(RUN)


def abandon(storage: Storage, *, whole: bool = False) -> None:
    """Remove what a run has written that came to nothing; *whole*: the manifest as well, and first."""
    if whole:
        storage.remove(MANIFEST)
    for name in storage.names():
        if _PARTITION.fullmatch(name) or (whole and name == SUCCESS):
            storage.remove(name)
    storage.remove(RUN)
    if storage.is_local:
        folder = Path(storage.place)
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


# -- reading --------------------------------------------------------------------------------------


def read_manifest(storage: Storage) -> dict[str, Any]:
    """The manifest of a folder of parts. Raises KgError where there is none: then there is no output."""
    try:
        found = json.loads(storage.read(MANIFEST))
        found["parts"] = [OutputPart(**part) for part in found["parts"]]
    except FileNotFoundError:
        raise KgError(f"`{name_of(storage)}` has no {MANIFEST}: the run that writes it has not ended") from None
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise KgError(f"the {MANIFEST} of `{name_of(storage)}` cannot be read: {error}") from None
    return dict(found)


def digest_manifest(storage: Storage) -> str:
    """The SHA-256 of the manifest: it names that of each part."""
    return sha256(storage.read(MANIFEST)).hexdigest()


def check_parts(storage: Storage, parts: Iterable[OutputPart]) -> None:
    """Raise KgError for the first part that is not what the manifest says it is."""
    for part in parts:
        check_part(storage, part)


def check_part(storage: Storage, part: OutputPart) -> None:
    """Raise KgError where a part is not there, or holds other bytes than the manifest says."""
    size = storage.size(part.name)
    if size is None:
        raise KgError(f"the manifest of `{name_of(storage)}` names `{part.name}`, which is not there")
    digest = sha256()
    if size == part.bytes:
        with storage.open(part.name) as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    if size != part.bytes or digest.hexdigest() != part.sha256:
        raise KgError(f"`{part.name}` of `{name_of(storage)}` is not what the manifest says: map again")
