"""Read the examples in `tests/spec/*.md` and lay each over the base story of `tests/spec/base.md`.

An example is a heading with its fenced blocks. A block that is called by a path (```` ```yaml seeds/x.yaml ````)
is that file of the project; `remove seeds/x.yaml` takes one away. What the tool must find stands in the file as
comments, on the line it speaks of or below it: `# error: 19 [unknown-entity] "did you mean"` (column, code, a part
of the message, of the hint or of a related place). Blocks without a path say more:

- `text diagnostics`: all errors and warnings, as they are shown;
- `turtle direct`: all direct triples, those of the project's own properties in the default graph;
- `turtle includes`, `turtle excludes`: triples that the graph holds, or does not;
- `trig includes`: quads that it holds, in their graphs;
- `text comparisons`, `text answers`: what claims are to each other, and the questions that are answered differently.

Notes, and that a claim does not fit its sentence, are compared where an example speaks of their code.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pyoxigraph import RdfFormat, parse

from kg.ask.question import test_question
from kg.ask.store import Store
from kg.build.pipeline import Checked, check_project
from kg.build.validate import find_breaches
from kg.check.acceptance import accept_warnings
from kg.model.ontology.vocabulary import Vocabulary, read_vocabulary
from kg.rdf.iri import Prefixes
from kg.rdf.quad import Quad
from kg.rdf.turtle.document import read_turtle
from kg.reading.questions import read_questions
from kg.system.project import Project
from kg.text.diagnostic import Diagnostic, Severity, SourceText, sort_diagnostics

SPECS = Path(__file__).parent / "spec"
ONTOLOGY = Path(__file__).parent.parent / "ontology"
BASE = "https://halden.example/"
PREFIXES = """@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix kg: <https://kg.example/ns#> .
@prefix kgu: <https://kg.example/unit/> .
@prefix qudt: <http://qudt.org/schema/qudt/> .
@prefix unit: <http://qudt.org/vocab/unit/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix edtf: <http://id.loc.gov/datatypes/edtf/> .
@prefix r: <https://halden.example/relation/> .
"""
"""What begins a further file of the base story's ontology."""

_FENCE = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^## (.*)$", re.MULTILINE)
_EXPECTED = re.compile(
    r'# (?P<severity>error|warning|note): (?P<column>\d+) \[(?P<code>[\w-]+)\](?: "(?P<part>.*?)")?'
    r"(?= # (?:error|warning|note):|\s*$)"
)


@dataclass(frozen=True, kw_only=True)
class Example:
    """A heading of a spec: the files it lays over the base, and what it says of the outcome."""

    title: str
    spec: str
    files: Mapping[str, str]
    removed: tuple[str, ...]
    outcomes: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Expected:
    """A diagnostic that an example expects; *part* stands in its message, its hint or a related message."""

    file: str
    line: int
    column: int
    severity: str
    code: str
    part: str

    def meets(self, found: Diagnostic) -> bool:
        mark = found.mark
        place = (mark.file, mark.line, mark.column, found.severity.word, found.code)
        words = " ".join([found.message, found.hint or "", *(f"{r.mark}: {r.message}" for r in found.related)])
        return place == (self.file, self.line, self.column, self.severity, self.code) and self.part in words


def read_examples(path: Path) -> list[Example]:
    """The examples of a spec, in its order."""
    text = path.read_text(encoding="utf-8")
    starts = [*_HEADING.finditer(text)]
    ends = [*(m.start() for m in starts[1:]), len(text)]
    return [_example(start[1], path.name, text[start.end() : end]) for start, end in zip(starts, ends, strict=True)]


def _example(title: str, spec: str, text: str) -> Example:
    files: dict[str, str] = {}
    removed: list[str] = []
    outcomes: dict[str, str] = {}
    for match in _FENCE.finditer(text):
        language, _, name = match["info"].partition(" ")
        if language == "remove":
            removed.append(name)
        elif "/" in name:
            files[name] = match["body"]
        elif name:
            outcomes[match["info"]] = match["body"]
    return Example(title=title, spec=spec, files=files, removed=tuple(removed), outcomes=outcomes)


@cache
def base_files() -> Mapping[str, str]:
    """The base story's files by name."""
    text = (SPECS / "base.md").read_text(encoding="utf-8")
    files = _example("the base", "base.md", text).files
    model = {f"ontology/{name}": (ONTOLOGY / name).read_text(encoding="utf-8") for name in ("model.ttl", "units.ttl")}
    return {**model, **files}


def lay_out(root: Path, files: Mapping[str, str | bytes], removed: Iterable[str] = ()) -> Project:
    """A project at *root*: the base story with *files* laid over it. What stood there before is taken away."""
    shutil.rmtree(root, ignore_errors=True)
    for name, text in {**base_files(), **files}.items():
        if name not in set(removed):
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return Project(root)


def check_story(root: Path, files: Mapping[str, str | bytes], removed: Iterable[str] = ()) -> Checked:
    """What checking finds in the base story with *files* laid over it."""
    project = lay_out(root, files, removed)
    return check_project(project, root / "texts")


@cache
def story_vocabulary() -> Vocabulary:
    """The vocabulary of the base story."""
    sources = [SourceText(name, text) for name, text in base_files().items() if name.endswith(".ttl")]
    return read_vocabulary(read_turtle(source) for source in sources)


def claims_file(*lines: str, source: str = "post", said: str = "source") -> dict[str, str]:
    """A claims file of *source* whose first sentence with claims holds *lines*."""
    key = {"post": "p1s1 dd56dbe3", "bulletin": "p1s1 5127e60b"}[source]
    head = f"kg: claims/1\nsource: {source}\nclaims:\n  {key}:\n    said: {said}\n"
    return {f"seeds/claims/{source}.yaml": head + "".join(f"    {line}\n" for line in lines)}


def expectations(example: Example) -> list[Expected]:
    """What the comments in an example's files say that the tool must find."""
    found = []
    for name, text in example.files.items():
        place = 0
        for number, line in enumerate(text.split("\n"), 1):
            matches = list(_EXPECTED.finditer(line))
            if not (matches and line.lstrip().startswith("# ")):
                place = number
            found += [_expected(match, name, place) for match in matches]
    return found


def _expected(match: re.Match[str], file: str, line: int) -> Expected:
    return Expected(
        file=file,
        line=line,
        column=int(match["column"]),
        severity=match["severity"],
        code=match["code"],
        part=match["part"] or "",
    )


def find_all(checked: Checked, root: Path) -> list[Diagnostic]:
    """Diagnostics of checking, of the shapes and of the questions, in the order of their places."""
    found = list(checked.diagnostics)
    questions, _ = read_questions(checked.project)
    if checked.has_errors:
        return found
    if checked.shapes:
        found = accept_warnings([*found, *validate_story(checked)], checked.seeds)
    if questions:
        store = Store((a.quad for a in checked.assertions), prefixes_of(checked))
        verdicts = [test_question(question, store) for question in questions]
        found += [v.diagnostic for v in verdicts if v.diagnostic is not None]
    return sort_diagnostics(found)


def prefixes_of(checked: Checked) -> Prefixes:
    return checked.seeds.dataset.prefixes


def validate_story(checked: Checked) -> list[Diagnostic]:
    """The diagnostics of SHACL, each at the line that caused it."""
    return list(find_breaches(checked))


OF_THE_SENTENCE = {"figure-not-in-sentence", "quote-without-marks", "same-claim"}
"""Codes of claims that do not fit their sentence: most examples hang theirs on any sentence."""


def serious(diagnostics: Iterable[Diagnostic], asked: Iterable[str] = ()) -> list[Diagnostic]:
    """Errors and warnings; of claims that do not fit their sentence those whose code is *asked* for."""
    left_out = OF_THE_SENTENCE - set(asked)
    return [d for d in diagnostics if d.severity is not Severity.NOTE and d.code not in left_out]


def read_quads(text: str, form: RdfFormat = RdfFormat.TRIG) -> set[Quad]:
    """The quads of a Turtle or TriG text that needs no prefix lines."""
    namespaces = dict(_prefixes())
    head = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in namespaces.items())
    return {Quad(*quad) for quad in parse(head + text, format=form)}


def _prefixes() -> dict[str, str]:
    from kg.rdf.namespace import WELL_KNOWN
    from kg.reading.dataset import OWN_PREFIXES

    return {**WELL_KNOWN, **{prefix: BASE + path for prefix, path in OWN_PREFIXES.items()}}
