"""The public RML and R2RML suites, run in process: cases, databases, comparison of graphs.

The suites are found by the environment variable KG_CONFORMANCE (a folder with one folder a suite, each with a
`cases.json`). Graphs are compared after their blank nodes were made canonical.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import re
import shutil
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pyoxigraph as ox

from kg.tables.command import map_file
from kg.tables.output.target import write_output
from kg.tables.run import Settings
from kg.text.diagnostic import KgError

SYNTAXES = {
    "nq": ox.RdfFormat.N_QUADS,
    "nt": ox.RdfFormat.N_TRIPLES,
    "ttl": ox.RdfFormat.TURTLE,
    "trig": ox.RdfFormat.TRIG,
    "n3": ox.RdfFormat.N3,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdfxml": ox.RdfFormat.RDF_XML,
    "rdf": ox.RdfFormat.RDF_XML,
}
BASE = "http://example.com/"
FORMATS = {"application/json": "JSON", "text/csv": "CSV", "application/xml": "XML", "text/xml": "XML"}


@dataclass(frozen=True, kw_only=True)
class Case:
    """One case of a suite, as its index describes it."""

    suite: str
    folder: Path
    id: str
    kind: str
    error: bool
    mapping: str
    output: str | None
    targets: tuple[str, ...]
    base: str
    contested: str


def find_suites() -> Path | None:
    """The folder of the suites, or None."""
    found = os.environ.get("KG_CONFORMANCE")
    return Path(found) if found and Path(found).is_dir() else None


def load_cases(suite: str) -> list[Case]:
    """All cases of a suite, perhaps of a clone of its repository; none where the suites are not there."""
    root = find_suites()
    if root is None or not (root / suite / "cases.json").is_file():
        return [] if root is None else load_clone(suite, root / suite / "test-cases")
    records = json.loads((root / suite / "cases.json").read_text(encoding="utf-8"))["cases"]
    return [
        Case(
            suite=suite,
            folder=root / suite / r["id"],
            id=r["id"],
            kind=r["kind"],
            error=r["error"],
            mapping=r["mapping"],
            output=r["output"],
            targets=tuple(r.get("targets") or ()),
            base=r.get("base") or "",
            contested=r.get("contested") or "",
        )
        for r in records
    ]


OUTPUTS = ("default.", "output.")  # how the expected main output is called


def load_clone(suite: str, folder: Path) -> list[Case]:
    """The cases of a repository of the community group: a folder each, and one row each in `metadata.csv`."""
    if not (folder / "metadata.csv").is_file():
        return []
    with (folder / "metadata.csv").open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["ID"])
    return [read_row(suite, folder / row["ID"], row) for row in rows if (folder / row["ID"] / row["mapping"]).is_file()]


def read_row(suite: str, folder: Path, row: dict[str, str]) -> Case:
    """One case of a clone; its kind is what its first input is."""
    error = row["error"].lower() == "true"
    files = [name for n in (1, 2, 3) if (name := row[f"output{n}"]) and (folder / name).is_file()]
    main = next((name for name in files if name.startswith(OUTPUTS)), None)
    if main is None:
        main = next((p.name for p in sorted(folder.iterdir()) if p.name in {"default.nq", "output.nq"}), None)
    return Case(
        suite=suite,
        folder=folder,
        id=row["ID"],
        kind=FORMATS.get(row["input_format1"], "other"),
        error=error,
        mapping=row["mapping"],
        output=None if error else main,
        targets=tuple(name for name in files if name != main),
        base=row.get("base_iri") or ("http://example.com/base/" if suite in {"rml-cc", "rml-fnml"} else BASE),
        contested="",
    )


def copy_inputs(case: Case, folder: Path) -> None:
    """The case's files but those that the engine shall make."""
    for entry in case.folder.iterdir():
        made = entry.name in {case.output, *case.targets}
        if entry.is_file() and not made and not (case.error and entry.name.startswith(("output.", "default."))):
            shutil.copy(entry, folder)


@contextmanager
def working_in(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def run_case(
    case: Case, folder: Path, *, database_url: str | None = None, replace: dict[str, str] | None = None
) -> str:
    """An empty text where the case passes, else what went wrong."""
    copy_inputs(case, folder)
    mapping = folder / case.mapping
    text = mapping.read_text(encoding="utf-8")
    for old, new in (replace or {}).items():
        text = re.sub(old, lambda _, new=new: new, text)
    mapping.write_text(text, encoding="utf-8")
    out = folder / "made.nq"
    settings = Settings(mapping_folder=folder, base=case.base or None, database_url=database_url, scratch_parent=folder)
    with working_in(folder):
        try:
            code = map_file(Path(case.mapping), settings, partial(write_output, path=out))
        except KgError as error:
            code, _ = 3, error
    if case.error:
        if code == 0:
            return "no error"
        return "an output is left behind" if out.exists() and out.stat().st_size else ""
    if code:
        return f"exit code {code}"
    wrong = compare_files(out, case.folder / case.output) if case.output else ""
    for target in case.targets:
        made = folder / target
        if not made.exists():
            return f"no target {target}"
        wrong = wrong or compare_files(made, case.folder / target)
    return wrong


def compare_files(made: Path, expected: Path) -> str:
    """An empty text where both files hold the same graphs, else the lines that differ."""
    got, wanted = read_graph(made), read_graph(expected)
    if got == wanted:
        return ""
    missing = sorted(wanted - got)[:3]
    extra = sorted(got - wanted)[:3]
    return f"missing {missing}, too many {extra}"


def read_graph(path: Path) -> set[str]:
    """The quads of a file as text, blank nodes canonical, unpacked and decoded as its name and bytes say."""
    data = path.read_bytes()
    name = path.name
    if name.endswith(".zip"):
        archive = zipfile.ZipFile(io.BytesIO(data))
        data, name = archive.read(archive.namelist()[0]), name.removesuffix(".zip")
    elif ".tar." in name:
        with tarfile.open(fileobj=io.BytesIO(data)) as tar:
            stream = tar.extractfile(next(m for m in tar.getmembers() if m.isfile()))
            assert stream is not None
            data, name = stream.read(), name.split(".tar.")[0]
    elif name.endswith(".gz"):
        data, name = gzip.decompress(data), name.removesuffix(".gz")
    text = data.decode("utf-16") if data[:2] in (b"\xff\xfe", b"\xfe\xff") else data.decode("utf-8-sig")
    syntax = SYNTAXES[name.rsplit(".", 1)[-1]]
    if name.endswith((".nq", ".nt")):
        text = name_quoted(text)
    dataset = ox.Dataset(ox.parse(text, format=syntax, base_iri="http://example.com/", lenient=True))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return {str(q).replace("@EN", "@en") for q in dataset}


TERM = r'(?:<[^<>\s]*>|_:\S+|"(?:[^"\\]|\\.)*"(?:\^\^<[^<>\s]*>|@[A-Za-z0-9-]+)?)'
QUOTED = re.compile(rf"<<\s*({TERM})\s+({TERM})\s+({TERM})\s*>>")


def name_quoted(text: str) -> str:
    """The lines of RDF-star with a blank node for each quoted triple, which three more lines describe."""
    names: dict[tuple[str, ...], str] = {}

    def name(found: re.Match[str]) -> str:
        return names.setdefault(found.groups(), f"_:quoted{len(names)}")

    count = 1
    while count:  # the innermost first
        text, count = QUOTED.subn(name, text)
    parts = [f"{node} <urn:part{n}> {term} .\n" for terms, node in names.items() for n, term in enumerate(terms)]
    return text + "\n" + "".join(parts)
