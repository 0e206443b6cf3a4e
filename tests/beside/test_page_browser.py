"""The page in a real browser: each scenario of tests/browser/*.scenarios.mjs is a test here."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import networkx as nx
import pytest
from browser.synthetic import write_project
from hostile import hostile_strings
from page_project import (
    ROOT,
    crowded_story,
    hostile_answers,
    hostile_project,
    hostile_quads,
    large_story,
    old_story,
    own_answers,
    own_project,
    proposed_story,
)

from kg.build.pipeline import check_project
from kg.page import render_overview, render_page
from kg.page.document import MOST_ENTITIES
from kg.system.project import Project
from kg.view import project_network

BROWSER = ROOT / "tests" / "browser"
CHROMIUM = os.environ.get("KG_CHROMIUM", "")
BROWSERS = (CHROMIUM,) if CHROMIUM else ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium")  # chromium.mjs


def _declared() -> list[str]:
    """The names of all scenarios, as the files declare them; templates are filled in by hand below."""
    names = []
    for file in sorted(BROWSER.glob("*.scenarios.mjs")):
        names += re.findall(r'^\s*scenario\(\s*"([^"]+)"', file.read_text(encoding="utf-8"), re.MULTILINE)
    names += [f"axe finds nothing: {where}" for where in ("light", "dark", "phone")]
    of = "no label lies on another or on a badge, and every hub has one"
    names += [f"{of}: graph{size}.html" for size in ("", "-80", "-300")]
    names += [f"hostile text runs nothing: hostile{kind}.html" for kind in ("", "-without-policy")]
    of = "an event and its place have what was said there"
    names += [f"{of}: {key}" for key in ("fan-meeting-paris-2024", "paris")]
    return names


# The page of the other width, a large graph and its overview stay under axe in every run, and of the two hostile pages
# the one without a policy, where what got through would run.
_THOROUGH = ("axe finds nothing: light", "axe finds nothing: dark", "hostile text runs nothing: hostile.html")


def _why_not() -> str | None:
    if not any(Path(browser).exists() for browser in BROWSERS):
        return f"no browser at {' or '.join(BROWSERS)} (KG_CHROMIUM names another)"
    if shutil.which("node") is None:
        return "no node to drive the browser"
    if not (BROWSER / "node_modules").is_dir():
        return "tests/browser/node_modules is not installed (npm ci in tests/browser)"
    return None


def write_pages(folder: Path) -> None:
    """All pages that the scenarios open, and what they know of them."""
    checked = own_project()
    quads = [a.quad for a in checked.assertions]
    turtle = "".join(f"{q.subject} {q.predicate} {q.object} .\n" for q in quads)
    network = project_network(checked.seeds)
    (folder / "graph.ttl").write_text(turtle, encoding="utf-8")
    (folder / "graph.html").write_text(
        render_page(checked.story, questions=own_answers(), turtle=turtle), encoding="utf-8"
    )
    (folder / "overview-own.html").write_text(render_page(large_story(), quads), encoding="utf-8")
    (folder / "graph-old.html").write_text(render_page(old_story(folder / "old")), encoding="utf-8")
    (folder / "graph-proposed.html").write_text(render_page(proposed_story()), encoding="utf-8")
    (folder / "graph-many.html").write_text(render_page(crowded_story()), encoding="utf-8")
    for size in (80, 300, 450):
        made_up = check_project(Project(write_project(folder / str(size), ROOT / "ontology", size)))
        (folder / f"graph-{size}.html").write_text(render_page(made_up.story), encoding="utf-8")
    made_up = check_project(Project(write_project(folder / "large", ROOT / "ontology", MOST_ENTITIES + 1)))
    (folder / "overview-large.html").write_text(render_page(made_up.story), encoding="utf-8")
    facts = {
        "relations": network.number_of_edges(),
        "relation_claims": sum(len(d["relation"].claims) for _, _, d in network.edges(data=True)),
        "claims": [c.id for c in checked.seeds.claims],
        "path": nx.shortest_path(network.to_undirected(as_view=True), "mi-fans", "xiaomi-cars"),
        "questions": len(own_answers()),
    }
    (folder / "graph.json").write_text(json.dumps(facts), encoding="utf-8")
    hostile = render_page(hostile_project(), questions=hostile_answers(), turtle=turtle)
    (folder / "hostile.html").write_text(hostile, encoding="utf-8")
    bare = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", hostile)
    assert bare != hostile
    (folder / "hostile-without-policy.html").write_text(bare, encoding="utf-8")
    hostile_overview = render_overview(hostile_quads(), title=hostile_strings()[1], story=hostile_project())
    (folder / "hostile-overview.html").write_text(hostile_overview, encoding="utf-8")
    (folder / "overview.html").write_text(render_overview(quads, title="Overview"), encoding="utf-8")


@pytest.fixture(scope="session")
def results(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> dict[str, str | None]:
    """What came of the scenarios that this run asks for."""
    folder = tmp_path_factory.mktemp("pages")
    write_pages(folder)
    items = [item for item in request.session.items if isinstance(item, pytest.Function)]
    names = [item.callspec.params["name"] for item in items if item.originalname == "test_in_browser"]
    command = ["node", str(BROWSER / "run.mjs"), str(folder), *names]
    run = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert run.returncode == 0, run.stderr
    answer: dict[str, str | None] = json.loads(run.stdout)
    return answer


def test_scripts_and_styles_are_formatted() -> None:
    prettier = BROWSER / "node_modules" / "prettier" / "bin" / "prettier.cjs"
    if shutil.which("node") is None or not prettier.exists():
        pytest.skip("prettier is not installed (npm ci in tests/browser)")
    files = [*(ROOT / "kg").glob("*/assets/**/*.*s"), *BROWSER.glob("*.mjs")]
    config = ["--config", str(BROWSER / ".prettierrc.json")]
    command = ["node", str(prettier), *config, "--list-different", *map(str, sorted(files))]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (run.stdout + run.stderr).strip() == "", "format with: npx prettier --write (in tests/browser)"


def test_every_scenario_is_a_test() -> None:
    declared = _declared()
    assert len(declared) == len(set(declared)) >= 30


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.thorough) if name in _THOROUGH else name for name in _declared()]
)
def test_in_browser(name: str, request: pytest.FixtureRequest) -> None:
    reason = _why_not()
    if reason is not None:
        pytest.skip(reason)
    outcomes = request.getfixturevalue("results")
    assert name in outcomes, f"the scenario did not run: {name}"
    assert outcomes[name] is None, outcomes[name]
