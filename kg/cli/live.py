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
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.build.pipeline import Checked, check_files, check_questions, open_store, read_project, run_tables
from kg.cli import ENVIRONMENT, MISTAKES
from kg.cli.common import say, show_diagnostics, summarise
from kg.evidence.outline import quote_sentences
from kg.system.project import Project
from kg.text.diagnostic import Diagnostic, KgError, Severity, UsageError

if TYPE_CHECKING:
    from kg.server.about import About


def lay_out(checked: Checked, folder: Path) -> About:
    """Lay a project's graph out as the store of *folder*; gives what it is. Raises KgError."""
    from kg.cli.told import tell_explorer
    from kg.server.about import About
    from kg.server.builder import STORE
    from kg.server.explore.told import write_told

    dataset = checked.seeds.dataset
    with open_store(checked) as graph:
        graph.lay_out(folder / STORE)
    write_told(tell_explorer(checked), folder)
    title = next((text.text for text in dataset.title if text.lang == dataset.language), dataset.base)
    prefixes = dict(dataset.prefixes.namespaces)
    titles = {text.lang: text.text for text in dataset.title if text.lang}
    return About(
        title=title,
        base=dataset.base,
        prefixes=prefixes,
        language=dataset.language,
        titles=titles,
        union=True,
        told=True,
    )


def serve_builds() -> None:
    """Be the process: for each line of JSON that names a folder, build into it and print what came of it.

    The first time it also prints what the graph is, as soon as its store is laid out.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C is for the server, which ends us
    job = json.loads(sys.argv[2])
    project, texts = Project(Path(job["root"])), Path(job["texts"]) if job["texts"] else None
    for line in iter(sys.stdin.readline, ""):
        wanted = json.loads(line)
        made = None
        try:
            made = _answer(project, texts, Path(wanted["folder"]), first=wanted["first"], show_texts=job["show_texts"])
        except (KgError, UsageError) as error:  # of a file in the midst of a change, too
            say(f"kg: {error}", err=True)
            if wanted["first"]:
                sys.exit(ENVIRONMENT)
        click.echo(json.dumps(made))
        gc.collect()


def _answer(project: Project, texts: Path | None, folder: Path, *, first: bool, show_texts: bool) -> dict[str, Any]:
    begun = _begin(project, folder) if first else None
    if begun is None or texts is not None:
        checked = run_tables(check_questions(check_files(read_project(project, texts))))
    else:
        checked = check_questions(begun)
    found = quote_sentences(checked, checked.diagnostics)
    show_diagnostics([d for d in found if d.severity is Severity.ERROR], verbose=False)
    about = None if checked.has_errors else _build(checked, folder, store=begun is None, show_texts=show_texts)
    return {"about": about, "told": tell_all(checked, found)}


def _begin(project: Project, folder: Path) -> Checked:
    """Lay the store of a graph out, and tell what it is; with errors, show them and leave."""
    checked = run_tables(check_files(read_project(project)))
    if checked.has_errors:
        show_diagnostics([d for d in checked.diagnostics if d.severity is Severity.ERROR], verbose=False)
        say(f"{summarise(checked)}: mend the errors first", err=True)
        sys.exit(MISTAKES)
    click.echo(json.dumps(asdict(lay_out(checked, folder))))
    return checked


def _build(checked: Checked, folder: Path, *, store: bool, show_texts: bool) -> dict[str, Any]:
    """Lay the *store* out, unless that was done, and draw the page; gives what the graph is."""
    from kg.build.build import draw_page
    from kg.build.publish import publish_graph
    from kg.cli.told import tell_explorer
    from kg.page.reasons import word_reason  # it takes a while, and the first answer does not wait for it
    from kg.server.explore.told import write_told
    from kg.server.live import PAGE
    from kg.server.livepage import enliven

    folder.mkdir(exist_ok=True)
    about = asdict(lay_out(checked, folder)) if store else {}
    write_told(tell_explorer(checked, word_reason), folder)
    page = draw_page(checked, publish_graph(checked, "turtle"), show_texts=show_texts)
    (folder / PAGE).write_text(enliven(page.text), encoding="utf-8")
    return about


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
