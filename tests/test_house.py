"""The rules of the house: clean code, no circles, files that can be read in one sitting.

That imports go one way, by the table of rooms in CONTRIBUTING, is tested with the documentation.
"""

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


@pytest.mark.parametrize("path", FILES, ids=lambda p: module_of(p))
def test_public_names_have_docstrings(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.ClassDef)
    public = [n for n in tree.body if isinstance(n, kinds) and not n.name.startswith("_")]
    bare = [n.name for n in public if not ast.get_docstring(n)]
    assert bare == []


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
