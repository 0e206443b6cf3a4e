"""`kg init`: the folder of a new project, with a small example that builds."""

from __future__ import annotations

import json
import re
import unicodedata
from importlib.resources import files
from pathlib import Path

from kg.articles import read_article
from kg.diagnostic import KgError, UsageError
from kg.evidence import write_outline
from kg.files import write_text
from kg.iri import check_iri

# The parts that every project shares; they are the files of this repository's own ontology/.
SHARED = ("model.ttl", "units.ttl", "shapes.ttl")


def init_project(folder: Path, *, title: str, base: str) -> list[str]:
    """Write a new project into *folder*, and give the names of its files.

    Raises UsageError when the folder holds a project already, *base* is no IRI that ends with `/`, or *title*
    is no line of text; KgError when something cannot be written.
    """
    if not title.strip() or any(unicodedata.category(c) in {"Cc", "Cs"} for c in title):
        raise UsageError("the title should be one line of text")
    problem = check_iri(base)
    if problem is not None or not base.endswith("/"):
        raise UsageError(f"`{base}` cannot be a base: " + (problem.message if problem else "it does not end with `/`"))
    if (folder / "seeds" / "dataset.yaml").exists():
        raise UsageError(f"{folder} holds a project already")
    written = []
    for name, text in sorted(_project_files(title, base).items()):
        path = folder / name
        if path.exists():
            continue  # a README or a .gitignore that was there stays
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise KgError(f"cannot write {path.parent}: {error.strerror or error}") from error
        write_text(path, text)
        written.append(name)
    return written


def _shared(name: str) -> str:
    """The text of a shared part: packed beside this file, or, in a checkout, in its ontology/ folder."""
    packed = files("kg.starter") / name
    if packed.is_file():
        return packed.read_text(encoding="utf-8")
    return (Path(__file__).parents[2] / "ontology" / name).read_text(encoding="utf-8")


def _project_files(title: str, base: str) -> dict[str, str]:
    parts = {f"ontology/{name}": _shared(name) for name in SHARED}
    example = Path(str(files("kg.starter") / "example"))
    article = read_article(example / "texts" / "bridge.txt", "bridge", "en")
    words = {"TITLE": json.dumps(title, ensure_ascii=False), "BASE": base, "OUTLINE": write_outline(article).rstrip()}
    words |= {address: sentence.digest for address, sentence in article.sentences.items()}
    for entry in sorted(path for path in example.rglob("*") if path.is_file()):
        text = re.sub(r"@(\w+)@", lambda match: words[match[1]], entry.read_text(encoding="utf-8"))
        name = entry.relative_to(example).as_posix()
        parts[".gitignore" if name == "gitignore" else name] = text
    return parts
