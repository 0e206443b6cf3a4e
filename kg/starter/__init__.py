"""`kg init`: the folder of a new project: the words of ordinary news, and a small example that builds."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from enum import Enum
from importlib.resources import files
from pathlib import Path

from kg.evidence.outline import write_outline
from kg.rdf.iri import check_iri
from kg.reading.articles import read_article
from kg.system.files import CURATED, encode_file, hold_lock, settle_curated, write_exports
from kg.text.diagnostic import KgError, UsageError
from kg.text.yamltext import write_scalar

# The parts that every project shares; they are the files of this repository's own ontology/.
SHARED = ("model.ttl", "units.ttl", "shapes.ttl")
VOCABULARY = "news.ttl"
"""The words of ordinary news, which a project makes its own."""
AGENT = {"AGENTS.md": "AGENTS.md", "SKILL.md": ".agents/skills/curate/SKILL.md"}
"""What tells a coding agent how to curate: the files of `kg/starter/agent/`, and where a project has them."""
_BARE = {".gitignore", "seeds/dataset.yaml"}
_FOLDERS = ("seeds/claims", "seeds/entities", "seeds/sources")  # a shell writes into none that is not there
SYSTEM = frozenset({
    "/", "/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/lib64", "/media", "/mnt", "/opt", "/proc", "/root",
    "/run", "/sbin", "/srv", "/sys", "/tmp", "/usr", "/usr/bin", "/usr/lib", "/usr/local", "/usr/share", "/var",
})  # fmt: skip
"""Folders that are the system's own."""
# what a folder may hold before a project is made in it: what belongs to version control, and words about the folder
_STAYS = re.compile(r"(?i)\.|(readme|licen[cs]e|copying|notice|changelog|contributing)(\..*)?$")


class StarterContent(Enum):
    """What a new project holds beside the model and the vocabulary."""

    EXAMPLE = "example"
    BARE = "bare"


class Extra(Enum):
    """What may be added to a project, a new one or one that is there."""

    AGENT = "agent"


def init_project(
    folder: Path,
    *,
    title: str,
    base: str,
    content: StarterContent = StarterContent.EXAMPLE,
    extras: Collection[Extra] = (),
) -> list[str]:
    """Write a new project into *folder*, and give the names of its files.

    In a project that is there only *extras* are written, those that are missing.

    All files are written, or none. Raises UsageError when the folder holds a project or other files already or is
    the system's, *base* is no IRI that ends with `/`, or *title* is no line of text; KgError when something cannot
    be written.
    """
    if not title.strip() or any(unicodedata.category(c) in {"Cc", "Cs"} for c in title):
        raise UsageError("the title should be one line of text")
    problem = check_iri(base)
    if problem is not None or not base.endswith("/"):
        raise UsageError(f"`{base}` cannot be a base: " + (problem.message if problem else "it does not end with `/`"))
    place, work = Path(os.path.realpath(folder)), folder / ".kg"
    if str(place) in SYSTEM or place == Path.home() or {"/dev", "/proc", "/sys"} & {str(p) for p in place.parents}:
        raise UsageError(f"{folder} is no place for a project: name a folder of its own")
    settle_curated(folder, work)  # an earlier run may have been killed
    is_project = _find_project(folder, extras)
    made = [path for path in (work, folder, *folder.parents) if not path.exists()]
    made = [*made, work] if not is_project and work not in made else made  # an earlier run, which was killed, made it
    try:
        with hold_lock(work, "init"), _let_go(work if work in made else None):
            is_project = _find_project(folder, extras)  # another run may have made it in the meantime
            # `seeds/dataset.yaml` makes a project, and is put in place first: whoever meets a half project settles it
            made_of = ({} if is_project else _project_files(title, base, content)) | _extra_files(extras)
            parts = sorted(made_of.items(), key=lambda part: (part[0] != "seeds/dataset.yaml", part[0]))
            parts = [(name, text) for name, text in parts if not (folder / name).exists()]  # a README stays
            write_exports([encode_file(name, text) for name, text in parts], folder, work, CURATED)
            for name in () if is_project else _FOLDERS:
                _make_folder(folder / name)
    finally:
        for path in made:
            with suppress(OSError):  # a project lies there now
                path.rmdir()
    return sorted(name for name, _ in parts)


def _find_project(folder: Path, extras: Collection[Extra]) -> bool:
    """Whether a project is there, to which *extras* are added. Raises UsageError where nothing can be made."""
    is_project = (folder / "seeds" / "dataset.yaml").exists()
    if is_project and not extras:
        raise UsageError(f"{folder} holds a project already")
    if not is_project and any(not _STAYS.match(name) for name in _list_names(folder)):
        raise UsageError(f"{folder} is not empty: name a new folder")
    return is_project


@contextmanager
def _let_go(work: Path | None) -> Iterator[None]:
    """Take the lock's file away while it is held: afterwards it may be another's."""
    try:
        yield
    finally:
        if work is not None and not (work / CURATED).exists():
            with suppress(OSError):
                (work / "lock").unlink(missing_ok=True)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise KgError(f"cannot make {folder}: {error.strerror or error}") from error


def _list_names(folder: Path) -> list[str]:
    try:
        return [path.name for path in folder.iterdir()]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise KgError(f"cannot list {folder}: {error.strerror or error}") from error


def _shared(name: str) -> str:
    """The text of a shared part: packed beside this file, or, in a checkout, in its ontology/ folder."""
    packed = files("kg.starter") / name
    if packed.is_file():
        return packed.read_text(encoding="utf-8")
    return (Path(__file__).parents[2] / "ontology" / name).read_text(encoding="utf-8")


def _extra_files(extras: Collection[Extra]) -> dict[str, str]:
    """The files of what is added, by their names."""
    agent = Path(str(files("kg.starter"))) / "agent"
    wanted = AGENT if Extra.AGENT in extras else {}
    return {place: (agent / name).read_text(encoding="utf-8") for name, place in wanted.items()}


def _project_files(title: str, base: str, content: StarterContent) -> dict[str, str]:
    """The files of a new project by their names; of a bare one what is not of the example."""
    parts = {f"ontology/{name}": _shared(name) for name in SHARED}
    starter = Path(str(files("kg.starter")))
    example = starter / "example"
    article = read_article(example / "texts" / "bridge.txt", "bridge", "en")
    words = {"TITLE": write_scalar(title), "BASE": base, "OUTLINE": write_outline(article).rstrip()}
    words |= {address: sentence.digest for address, sentence in article.sentences.items()}
    templates = {f"ontology/{VOCABULARY}": starter / VOCABULARY}
    for entry in sorted(path for path in example.rglob("*") if path.is_file()):
        name = entry.relative_to(example).as_posix()
        name = ".gitignore" if name == "gitignore" else name
        if content is StarterContent.EXAMPLE or name in _BARE:
            templates[name] = entry
    for name, path in templates.items():
        parts[name] = re.sub(r"@(\w+)@", lambda match: words[match[1]], path.read_text(encoding="utf-8"))
    return parts
