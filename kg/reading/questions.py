"""Read `ontology/questions/NAME.rq`: a competency question with its header of `#'` lines."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kg.reading.fields import Finder
from kg.reading.forms import QUESTION
from kg.system.project import Project
from kg.system.worker.limits import WorkerLimits
from kg.text.diagnostic import Diagnostic, Mark, SourceText, mark_of_file
from kg.text.findings import Findings
from kg.text.language import choose_text
from kg.text.yamldoc import MappingNode, Node, parse_document, read_text

_HEADER = "#' "
SECONDS = 60  # what a question may take where its header says nothing else


@dataclass(frozen=True, kw_only=True)
class Question:
    """A named question: its words by language, its SPARQL text, its parameters with their default terms.

    *group* is the heading that it is shown under, by language, and *order* its place among all questions: those
    without a place come last. *marks* are the places of the default terms, by parameter. *seconds* is how long it may
    take where nobody waits who could end it: in `kg test` and `kg build`.
    """

    name: str
    words: Mapping[str, str]
    query: SourceText
    params: Mapping[str, str]
    ordered: bool
    expected: Path
    mark: Mark = field(repr=False, compare=False)
    marks: Mapping[str, Mark] = field(repr=False, compare=False)
    group: Mapping[str, str] = field(default_factory=dict)
    order: int | None = None
    seconds: int = SECONDS

    @property
    def sort_key(self) -> tuple[bool, int, str]:
        """The key that puts questions into the order in which they are read."""
        return (self.order is None, self.order or 0, self.name)

    @property
    def limits(self) -> WorkerLimits:
        """The limits under which `kg test` and `kg build` ask it."""
        return WorkerLimits(seconds=self.seconds)

    def text(self, lang: str) -> str:
        """The question in the language that answers *lang* (`kg.text.language`), else in its first, else its name."""
        return choose_text(lang, self.words) or self.name


def read_questions(project: Project) -> tuple[tuple[Question, ...], tuple[Diagnostic, ...]]:
    """All questions of a project by name, and what is wrong with their headers."""
    questions: list[Question] = []
    findings = Findings()
    for path in project.question_files:
        question, diagnostics = read_question(path, project.name_of(path))
        findings.add(diagnostics)
        questions += [question] if question else []
    return tuple(questions), findings.diagnostics


def read_question(path: Path, name: str) -> tuple[Question | None, tuple[Diagnostic, ...]]:
    """The question in a `.rq` file. The header's lines begin with `#' ` and hold YAML."""
    source, problems = read_text(path, name)
    if problems:
        return None, problems
    header, found = _read_header(source)
    if header is None:
        return None, found
    finder = Finder()
    finder.known_keys(header, "a question", QUESTION.names)
    if header.get("question") is None and finder.required(
        header, "a question", mark_of_file(source), *QUESTION.required
    ):
        return None, ()
    texts = finder.texts(header.get("question"), "`question`")
    groups = finder.texts(header.get("group"), "`group`")
    order = _read_order(header.get("order"), finder)
    params = finder.mapping(header.get("params"), "`params`")
    values = {k.text: finder.scalar(v, f"the parameter `{k.text}`") for k, v in params.entries} if params else {}
    question = Question(
        name=path.stem,
        words={text.lang: text.text for text in texts},
        query=source,
        params={name: value.text for name, value in values.items() if value is not None},
        ordered=finder.truth(header.get("ordered"), "`ordered`") or False,
        expected=path.with_suffix(".csv"),
        mark=mark_of_file(source),
        marks={name: value.mark for name, value in values.items() if value is not None},
        group={text.lang: text.text for text in groups},
        order=order,
        seconds=_read_seconds(finder, header),
    )
    return (None if finder.diagnostics else question), finder.diagnostics


def _read_order(node: Node | None, finder: Finder) -> int | None:
    """The place of a question: a whole number."""
    scalar = finder.scalar(node, "`order`")
    if scalar is None:
        return None
    if not re.fullmatch(r"[0-9]{1,6}", scalar.text):
        finder.tell("question-header", scalar.mark, f"`order` should be a whole number, not `{scalar.text}`")
        return None
    return int(scalar.text)


def _read_seconds(finder: Finder, header: MappingNode) -> int:
    written = finder.scalar(header.get("timeout"), "`timeout`")
    if written is None:
        return SECONDS
    if not re.fullmatch("[1-9][0-9]{0,5}", written.text):
        finder.tell("wrong-shape", written.mark, "`timeout` is a whole number of seconds", "such as `timeout: 300`")
        return SECONDS
    return int(written.text)


def read_query(path: Path, name: str) -> tuple[Question | None, tuple[Diagnostic, ...]]:
    """The query in a `.rq` file that is no competency question: its header may be left out."""
    source, problems = read_text(path, name)
    if problems or any(line.startswith(_HEADER) for line in source.lines):
        return read_question(path, name)
    question = Question(
        name=path.stem, words={}, query=source, params={}, ordered=False,
        expected=path.with_suffix(".csv"), mark=mark_of_file(source), marks={},
    )  # fmt: skip
    return question, ()


def _header_problem(mark: Mark, message: str, hint: str | None) -> Diagnostic:
    return Diagnostic(code="question-header", mark=mark, message=message, hint=hint)


def _read_header(source: SourceText) -> tuple[MappingNode | None, tuple[Diagnostic, ...]]:
    # Every line keeps its place: what is no header becomes an empty line, the sign becomes three spaces.
    lines = [f"   {line[3:]}" if line.startswith(_HEADER) else "" for line in source.lines]
    if not any(lines):
        hint = 'write `#\' question: {en: "..."}`'
        return None, (_header_problem(mark_of_file(source), "the question has no header", hint),)
    document = parse_document(SourceText(source.name, "\n".join(lines)))
    if document.diagnostics:
        return None, document.diagnostics
    if not isinstance(document.root, MappingNode):
        mark = document.root.mark if document.root is not None else mark_of_file(source)
        return None, (_header_problem(mark, "the header is no mapping", 'write `#\' question: {en: "..."}`'),)
    return document.root, ()
