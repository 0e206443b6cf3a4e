"""The process behind `kg serve` that builds the graph and its page, and says what `kg check` finds.

It loads what it needs first and waits: whoever saves a file waits for the work alone.
"""

from __future__ import annotations

import gc
import json
import signal
import sys
from bisect import bisect_right
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.ask.store import QueryError, lay_out_changed
from kg.build.pipeline import Checked, check_files, check_questions, read_project, run_tables
from kg.build.store import open_store
from kg.cli import ENVIRONMENT
from kg.cli.common import refuse_errors, say, show_diagnostics
from kg.evidence.outline import quote_sentences
from kg.graph.quads import Assertion
from kg.model.nouns import Materialisation
from kg.system.project import Project
from kg.text.diagnostic import Diagnostic, KgError, Severity, UsageError
from kg.text.kept import Kept, keep_made
from kg.text.language import choose_text

if TYPE_CHECKING:
    from kg.server.about import About

_FEW = 5  # changes that are more than the part 1/_FEW of a graph are no quicker than a new store


@dataclass(frozen=True, kw_only=True)
class LaidOutStore:
    """A graph that was laid out as a store: its *folder*, and what it holds."""

    folder: Path
    assertions: tuple[Assertion, ...]


def lay_out(checked: Checked, folder: Path, before: LaidOutStore | None = None) -> LaidOutStore:
    """Lay a project's graph out as the store of *folder*: as the one *before*, but for what has changed.

    Raises KgError when it cannot be written.
    """
    from kg.server.processes.builder import STORE

    if before is None or not _exchange(checked, before, folder / STORE):
        with open_store(checked) as graph:
            graph.lay_out(folder / STORE)
    return LaidOutStore(folder=folder / STORE, assertions=checked.assertions)


def _exchange(checked: Checked, before: LaidOutStore, folder: Path) -> bool:
    """Whether a store could be laid out by what has changed since: not where that is much, or the one before is gone.

    Tables that are loaded on demand are no assertions: where there are some, all is laid out anew.
    """
    if any(table.materialisation is Materialisation.FILE for table in checked.tables):
        return False
    if not (before.folder / "CURRENT").is_file():
        return False
    kept = {id(one) for one in before.assertions} & {id(one) for one in checked.assertions}  # most are the same objects
    held, wanted = (
        {one.quad for one in made if id(one) not in kept} for made in (before.assertions, checked.assertions)
    )
    gone, new = held - wanted, wanted - held
    if _FEW * (len(gone) + len(new)) > len(checked.assertions):
        return False
    lay_out_changed(before.folder, folder, gone, new, (one.quad for one in checked.assertions))
    return True


def describe_graph(checked: Checked) -> About:
    """What the graph of a project is."""
    from kg.server.about import About

    dataset = checked.seeds.dataset
    titles = {text.lang: text.text for text in dataset.title if text.lang}
    return About(
        title=choose_text(dataset.language, titles) or dataset.base,
        base=dataset.base,
        prefixes=dict(dataset.prefixes.namespaces),
        language=dataset.language,
        titles=titles,
        union=True,
        told=True,
    )


def serve_builds(job: dict[str, Any]) -> None:
    """Be the process: for each line of JSON that names a folder, build into it and print what came of it.

    The first time it also prints what the graph is, as soon as its store is laid out. *job* names the project's folder
    and that of texts, and says whether these are shown.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C is for the server, which ends us
    texts = Path(job["texts"]) if job["texts"] else None
    rounds = Rounds(root=Path(job["root"]), texts=texts, show_texts=job["show_texts"])
    for line in iter(sys.stdin.readline, ""):
        wanted = json.loads(line)
        try:
            made = rounds.begin(Path(wanted["folder"])) if wanted["first"] else rounds.build(Path(wanted["folder"]))
        except (KgError, UsageError, OSError) as error:  # of a file in the midst of a change, too
            system = f"the graph could not be written: {error.strerror or error}" if isinstance(error, OSError) else ""
            say(f"kg: {system or error}", err=True)
            if wanted["first"]:
                sys.exit(ENVIRONMENT)
            from kg.server.processes.builder import tell_failure

            made = {"about": None, "told": [tell_failure(system or str(error))]}
        click.echo(json.dumps(made))
        gc.collect()


@dataclass
class Rounds:
    """The builds of a project, one after the other; what did not change since the last one is not made again."""

    root: Path
    texts: Path | None = None
    show_texts: bool = False
    kept: Kept = field(default_factory=Kept, repr=False)
    laid_out: LaidOutStore | None = field(default=None, repr=False)

    def begin(self, folder: Path) -> dict[str, Any]:
        """The first build: it tells what the graph is as soon as that is laid out. Errors are shown, and it leaves.

        Raises KgError when a file cannot be read or written.
        """
        from kg.cli.explorer import tell_explorer
        from kg.server.explore.told import write_told

        with keep_made(self.kept):
            begun = run_tables(check_files(read_project(Project(self.root))))
            refuse_errors(begun)
            self.laid_out = lay_out(begun, folder)
            write_told(tell_explorer(begun), folder)
            click.echo(json.dumps(asdict(describe_graph(begun))))
            return self._finish(check_questions(begun) if self.texts is None else self._check(), folder)

    def build(self, folder: Path) -> dict[str, Any]:
        """What came of a build into *folder*. Raises KgError when a file cannot be read or written."""
        with keep_made(self.kept):
            checked = self._check()
            if not checked.has_errors:
                folder.mkdir(parents=True, exist_ok=True)  # also where somebody has cleaned up
                self.laid_out = lay_out(checked, folder, self.laid_out)
            return self._finish(checked, folder)

    def _check(self) -> Checked:
        return run_tables(check_questions(check_files(read_project(Project(self.root), self.texts))))

    def _finish(self, checked: Checked, folder: Path) -> dict[str, Any]:
        """Draw the page of a graph that was laid out; with errors there is none. Tells what was found."""
        if not checked.has_errors:
            try:
                self._draw(checked, folder)
            except QueryError as error:  # of a question that has no answer in its time
                checked = checked.add([error.diagnostic])
        found = quote_sentences(checked, checked.diagnostics)
        show_diagnostics([d for d in found if d.severity is Severity.ERROR], verbose=False)
        about = None if checked.has_errors else asdict(describe_graph(checked))
        return {"about": about, "told": tell_all(checked, found)}

    def _draw(self, checked: Checked, folder: Path) -> None:
        from kg.build.build import draw_page
        from kg.build.publish import publish_graph
        from kg.cli.explorer import tell_explorer
        from kg.page import is_large
        from kg.page.reasons import word_reason  # it takes a while, and the first answer does not wait for it
        from kg.server.explore.told import write_told
        from kg.server.live import PAGE
        from kg.server.livepage import enliven

        write_told(tell_explorer(checked, word_reason), folder)
        published = () if is_large(checked.seeds) else publish_graph(checked, "turtle")  # an overview does not hold it
        page = draw_page(checked, published, show_texts=self.show_texts)
        (folder / PAGE).write_text(enliven(page.text), encoding="utf-8")


def tell_all(checked: Checked, found: tuple[Diagnostic, ...] | list[Diagnostic]) -> list[dict[str, Any]]:
    """What was found, as the page shows it: errors and warnings, each with the thing that it is about."""
    subjects = Subjects(checked)
    return [
        {
            "severity": d.severity.word,
            "code": d.code,
            "place": str(d.mark),
            "message": d.message,
            "hint": d.hint,
            "about": subjects.find(d),
        }
        for d in sorted(found, key=lambda d: -d.severity)
        if d.severity > Severity.NOTE
    ]


class Subjects:
    """Which thing stands at a place of a curated file: the claim, entity or source that begins there or before."""

    def __init__(self, checked: Checked) -> None:
        places: dict[str, list[tuple[int, str, str]]] = defaultdict(list)
        for claim in checked.seeds.claims:
            places[claim.mark.file].append((claim.mark.line, "c", claim.id))
        for entity in checked.seeds.entities:
            places[entity.mark.file].append((entity.mark.line, "e", entity.key))
        for source in checked.seeds.sources:
            places[source.mark.file].append((1, "s", source.id))
        self._places = {file: sorted(found) for file, found in places.items()}

    def find(self, diagnostic: Diagnostic) -> dict[str, str] | None:
        """The thing that a diagnostic is about, by the letter and key of its address in the page."""
        places = self._places.get(diagnostic.mark.file, [])
        number = bisect_right(places, (diagnostic.mark.line, "~", "")) - 1
        if number < 0:
            return None
        _, kind, key = places[number]
        return {"kind": kind, "key": key}
