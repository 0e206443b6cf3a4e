"""`kg build`: the stages in order, listed once; exports written together; a manifest of what was written."""

from __future__ import annotations

import contextlib
import json
import shutil
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from kg.ask.question import Asked, ask_choices, ask_question
from kg.ask.store import QueryError
from kg.build.pipeline import Checked, ReadProject, check_files, check_questions, read_project, run_tables
from kg.build.publish import publish_graph
from kg.build.snapshot import read_at_rest
from kg.build.store import open_store
from kg.build.validate import validate_project
from kg.build.waiting import count_state
from kg.export import FORMATS as PUBLISHED
from kg.graph.dispute import Outcome
from kg.model.nouns import Materialisation, Mode
from kg.page import is_large, render_page
from kg.system.files import (
    CURATED,
    ExportFile,
    MadeFile,
    encode_file,
    finish_exports,
    hash_file,
    hold_lock,
    write_exports,
)
from kg.system.project import DATASET_FILE, Drafts, Project
from kg.text.diagnostic import Diagnostic, KgError, Severity
from kg.text.plural import write_count

if TYPE_CHECKING:
    from kg.tables.project.seeds import Hire

STAGES = ("read and check", "assert", "validate, write exports", "draw the page", "put in place")
MANIFEST = "manifest.json"
Progress = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class BuildReport:
    """What a build did. *files* is empty where it stopped; *seconds* is the wall-clock time of all stages."""

    checked: Checked
    quads: int = 0
    files: tuple[ExportFile | MadeFile, ...] = ()
    graph_hash: str | None = None
    seconds: float = 0.0

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        return self.checked.diagnostics

    @property
    def modes(self) -> Mapping[Mode, int]:
        """How many claims of each mode; modes without claims are left out."""
        counts = Counter(claim.mode for claim in self.checked.seeds.claims)
        return {mode: counts[mode] for mode in Mode if counts[mode]}


def build_project(
    project: Project,
    *,
    texts: Path | None = None,
    show_texts: bool = False,
    strict: bool = False,
    network: Collection[str] = (),
    drafts: Drafts = Drafts.LEFT_OUT,
    progress: Progress = lambda stage: None,
    hire: Hire | None = None,
) -> BuildReport:
    """Read, check, assert, validate and export a project; *strict* stops at warnings as at errors.

    With *drafts* built in, what is written holds them too, marked as unreviewed.

    *texts* is the folder of the source texts, which evidence is verified against; with *show_texts* their
    sentences stand in the page, for private use. *network* are addresses that mappings may ask, besides those that the
    data set names. *hire* gives those who run the mappings of tables, where it is not this process.
    Nothing is written unless all went well. *progress* is called with the name of each stage of `STAGES`.
    Raises KgError when the environment fails: a folder cannot be written, another build is running.
    """
    begun = time.perf_counter()
    with hold_lock(project.work):
        finish_exports(project.root, project.work, CURATED)
        finish_exports(project.exports, project.work)
        try:
            report = _run_stages(project, texts, show_texts, strict, drafts, network, progress, hire)
            if report.files:
                progress(STAGES[4])
                put_in_place(report)
        finally:
            shutil.rmtree(project.work / "tables", ignore_errors=True)
    return replace(report, seconds=time.perf_counter() - begun)


def _run_stages(
    project: Project,
    texts: Path | None,
    show_texts: bool,
    strict: bool,
    drafts: Drafts,
    network: Collection[str],
    progress: Progress,
    hire: Hire | None,
) -> BuildReport:
    progress(STAGES[0])
    work = project.work / "tables"
    if project.mapping_files:
        work.mkdir(exist_ok=True)
    read, digests = read_at_rest(project, lambda now: _read_and_hash(now, texts, drafts))
    checked = run_tables(check_questions(check_files(read)), work, network, hire)
    if checked.has_errors:
        return BuildReport(checked=checked)
    progress(STAGES[1])
    quads = len(checked.assertions)
    progress(STAGES[2])
    checked = validate_project(checked)
    if checked.has_errors or (strict and checked.counts[Severity.WARNING]):
        return BuildReport(checked=checked, quads=quads)
    published = publish_graph(checked)
    progress(STAGES[3])
    try:
        page = draw_page(checked, published, show_texts=show_texts)
    except QueryError as error:
        return BuildReport(checked=checked.add([error.diagnostic]), quads=quads)
    files = (*published, page)
    graph_hash = next(file.sha256 for file in files if file.name == PUBLISHED["nquads"])
    manifest = write_manifest(checked, digests, files, graph_hash)
    tables = (table.file.file for table in checked.tables if table.file is not None)
    return BuildReport(checked=checked, quads=quads, files=(*files, *tables, manifest), graph_hash=graph_hash)


def put_in_place(report: BuildReport) -> None:
    """Write what a build made into `exports/`, the manifest last: where its digests fit, all is of one build.

    Call it under `hold_lock`. Raises KgError when a file cannot be written; then the exports are as they were.
    """
    project = report.checked.project
    write_exports(report.files, project.exports, project.work)
    remove_old_tables(project, report.files)
    keep_asked(report)


def keep_asked(report: BuildReport) -> None:
    """Keep what tables got of the network, for the commands that ask the graph and not the network."""
    if report.checked.tables:
        from kg.tables.project.lastbuild import remember_asked

        assert report.graph_hash is not None
        remember_asked(report.checked.project, report.checked.tables, report.graph_hash)


def remove_old_tables(project: Project, files: Iterable[ExportFile | MadeFile]) -> None:
    """Take away the files of tables that are no more, so that what lies in `exports/` is of one build."""
    names = {file.name for file in files}
    for path in (project.exports / "tables").glob("*.nq.gz"):
        if f"tables/{path.name}" not in names:
            path.unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # it is not there, or not empty
        (project.exports / "tables").rmdir()


def draw_page(checked: Checked, published: Iterable[ExportFile], *, show_texts: bool) -> ExportFile:
    """The interactive page, with the project's questions and their answers, and the Turtle to download."""
    if is_large(checked.seeds):
        # An overview tells no answers, and a store of a large graph takes as much memory as all else.
        quads = (assertion.quad for assertion in checked.assertions)
        text = render_page(checked.story, quads, table_conflicts=checked.table_conflicts)
    else:
        turtle = next(file.text for file in published if file.name == PUBLISHED["turtle"])
        text = render_page(checked.story, texts=show_texts, questions=ask_all(checked), turtle=turtle,
                           table_conflicts=checked.table_conflicts)  # fmt: skip
    return encode_file("graph.html", text)


def ask_all(checked: Checked) -> tuple[Asked, ...]:
    """The project's questions with their answers, also for other values of their parameters.

    Raises QueryError for one that cannot be run, or has no answer in its time: a page that lacks it on a slow day
    would not be the same page.
    """
    if not checked.questions:
        return ()
    with open_store(checked) as store:
        answers = [(question, ask_question(question, store, limits=question.limits)) for question in checked.questions]
        return tuple(
            Asked(question=question, answer=answer, choices=ask_choices(question, store, answer, question.limits))
            for question, answer in answers
        )


def _read_and_hash(project: Project, texts: Path | None, drafts: Drafts) -> tuple[ReadProject, dict[str, str]]:
    """A project's files, read, and the SHA-256 of each, both of one moment."""
    read = read_project(project, texts, drafts)
    paths = [*project.ontology_files, *project.question_files, project.root / DATASET_FILE]
    paths += project.draft_files if drafts is Drafts.BUILT_IN else []
    paths += [*project.source_files, *project.entity_files, *project.claim_files, *project.rdf_files]
    return read, {project.name_of(path): hash_file(path) for path in paths}


def write_manifest(
    checked: Checked, digests: Mapping[str, str], files: tuple[ExportFile, ...], graph_hash: str
) -> ExportFile:
    """`manifest.json`: the hash of the graph, the counts, and the SHA-256 of every file read (*digests*) and written.

    It holds no time and no machine's path, so the same input gives the same manifest. The page is left out:
    its layout comes from libraries whose last digits may differ from one machine to the next. Of a table with
    a file of its own it is the sorted N-Quads that are hashed, for compression differs likewise.
    Raises KgError where a file that was read is another by now, or has gone.
    """
    for name, digest in digests.items():
        if hash_file(checked.project.root / name) != digest:
            raise KgError(f"{name} was changed in the meantime: nothing is written; build again")
    seeds = checked.seeds
    hashes = dict(digests) | {data.name: data.sha256 for table in checked.tables for data in table.inputs}
    record: dict[str, object] = {
        "graph": {"sha256": graph_hash, "of": "the sorted N-Quads"},
        "counts": {
            "entities": len(seeds.entities),
            "claims": len(seeds.claims),
            "sources": len(seeds.sources),
        },
        "inputs": dict(sorted(hashes.items())),
        "exports": {file.name: file.sha256 for file in files if not file.name.endswith((".html", ".svg"))},
    }
    if checked.tables:
        record["tables"] = {
            table.name: {"as": table.materialisation, "quads": table.count}
            | ({"sha256": table.file.quads_sha256} if table.file else {})
            for table in checked.tables
        }
    return encode_file(MANIFEST, json.dumps(record, indent=2, ensure_ascii=False) + "\n")


def summarise_build(report: BuildReport) -> str:
    """The summary of a build: entities, claims by mode, sources, coverage, disputes, files, time."""
    story, seeds = report.checked.story, report.checked.seeds
    relations = Counter(c.relation for c in story.comparisons)
    modes = ", ".join(f"{n:,} {mode}" for mode, n in report.modes.items())
    done, figures = story.coverage.figures
    contradicted = len(report.checked.contradictions)
    unverified = sum(s.id not in report.checked.articles.by_source for s in seeds.sources)
    lines = [
        f"entities    {len(seeds.entities):,}",
        f"claims      {len(seeds.claims):,}" + (f": {modes}" if modes else ""),
        f"sources     {len(seeds.sources):,}" + (f", {unverified:,} unverified" if unverified else ", all verified"),
        f"coverage    {story.coverage.percent:.0f} % of {write_count(len(story.coverage.sentences), 'sentence')}; "
        f"{done:,} of {write_count(figures, 'figure')}",
        f"disputes    {write_count(relations[Outcome.CONFLICT], 'conflict')}, "
        f"{write_count(len(story.open_questions), 'open question')}, "
        f"{write_count(relations[Outcome.DEVELOPMENT], 'development')}, "
        f"{write_count(relations[Outcome.KIND], 'difference')} of kind, {relations[Outcome.MEASURE]:,} of measure"
        + (f", {write_count(contradicted, 'contradiction')} by RDF files or tables" if contradicted else ""),
        f"quads       {report.quads:,}",
    ]
    for number, table in enumerate(report.checked.tables):
        where = "in the graph" if table.materialisation is Materialisation.GRAPH else f"in tables/{table.name}.nq.gz"
        lines.append(f"{'' if number else 'tables':11} {table.name}: {write_count(table.count, 'quad')} {where}")
    state = count_state(report.checked)
    if state:
        lines.append(f"proposals   {state}")
    if report.files:
        lines.append(f"written     exports/: {', '.join(file.name for file in report.files)}")
        lines.append(f"graph       sha256 {report.graph_hash}")
    else:
        lines.append("written     nothing: the exports are as they were")
    lines.append(f"time        {report.seconds:.2f} s")
    return "\n".join(lines) + "\n"
