"""The rules of the house: clean code, imports that go one way, files that can be read in one sitting."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "kg").rglob("*.py"))
LONGEST = 470  # lines of a file

# Rooms from the bottom up: a room imports at its head from rooms below it, or beside it in its own room.
LAYERS = [
    {"codes"},
    {"diagnostic"},
    {"namespace", "iri", "files", "edtf", "sentence", "figure"},
    {"yamlmistake", "yamldoc", "turtletoken", "turtlemistake", "turtleterm", "turtledoc"},
    {"project", "model", "vocabulary"},
    {"reading", "articles"},
    {"coverage", "interest", "dispute"},
    {"direct", "check"},
    {"quads", "sparql", "pipeline"},
    {"store", "export", "view", "evidence", "tables"},
    {"validate", "shacl", "question", "publish", "describe", "show", "rows", "page"},
    {"build", "starter"},
    {"api", "serve"},
    {"cli"},
]  # fmt: skip


def room_of(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def imports_at_head(path: Path) -> list[tuple[str, int]]:
    """The modules of kg that a file imports when it is imported (not inside functions or for types alone)."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = []
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "kg":
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if name in MODULES else node.module for name in inner]
            found += [(name, node.lineno) for name in names]
        elif isinstance(node, ast.Import):
            found += [(a.name, node.lineno) for a in node.names if a.name.split(".")[0] == "kg"]
    return found


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path) for path in FILES}


def layer_of(room: str) -> int:
    return next(number for number, rooms in enumerate(LAYERS) if room in rooms)


def test_every_room_has_its_layer() -> None:
    rooms = {room_of(module_of(path)) for path in FILES} - {"", "__main__"}
    assert rooms - set().union(*LAYERS) == set()


@pytest.mark.parametrize("path", FILES, ids=lambda p: module_of(p))
def test_imports_go_downwards(path: Path) -> None:
    room = room_of(module_of(path))
    if room in {"", "__main__"}:
        pytest.skip("the package itself gathers what it offers")
    upwards = [
        f"{path.relative_to(ROOT)}:{line}: {module}"
        for module, line in imports_at_head(path)
        if (other := room_of(module)) and other != room and layer_of(other) > layer_of(room)
    ]
    assert upwards == []


def test_rooms_do_not_import_in_a_circle() -> None:
    needs = {module_of(path): {m for m, _ in imports_at_head(path)} for path in FILES}
    done: set[str] = set()

    def visit(module: str, way: tuple[str, ...]) -> None:
        assert module not in way, " → ".join((*way, module))
        if module not in done:
            for other in sorted(needs.get(module, set())):
                visit(other, (*way, module))
            done.add(module)

    for module in needs:
        visit(module, ())


@pytest.mark.parametrize("path", FILES, ids=lambda p: module_of(p))
def test_files_are_short_and_say_what_they_are(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.split("\n")) <= LONGEST
    assert not text.strip() or ast.get_docstring(ast.parse(text))


def names_that_cross_a_door() -> set[tuple[str, str]]:
    """(module, name) of all that one file of kg imports from another, at its head or inside a function."""
    found = set()
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "kg":
                found |= {(node.module, alias.name) for alias in node.names}
    return found


DOORS = names_that_cross_a_door()


@pytest.mark.parametrize("path", FILES, ids=lambda p: module_of(p))
def test_what_others_use_has_a_docstring(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.ClassDef)
    used = [n for n in tree.body if isinstance(n, kinds) and (module_of(path), n.name) in DOORS]
    assert [n.name for n in used if not ast.get_docstring(n)] == []


def test_no_room_is_called_utils() -> None:
    words = {"utils", "helpers", "util", "common", "misc"}
    assert [str(p.relative_to(ROOT)) for p in FILES if p.stem in words - {"common"}] == []


@pytest.mark.parametrize(
    "command",
    [["ruff", "check"], ["ruff", "format", "--check"], ["mypy"]],
    ids=lambda command: " ".join(command),
)
def test_tool_is_content(command: list[str]) -> None:
    if importlib.util.find_spec(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_heavy_libraries_load_late() -> None:
    heavy = {"rdflib", "networkx", "numpy", "pyvis", "pyshacl", "duckdb", "jinja2"}
    code = f"import sys, kg.cli; print(sorted(set(sys.modules) & {heavy}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
