"""The rules of the house: clean code, no circles, files that can be read in one sitting.

That imports go one way, by the table of rooms in CONTRIBUTING, is tested with the documentation.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "kg").rglob("*.py"))
LONGEST = 451  # lines of a file, the empty one behind its end among them


@cache
def find_imports(path: Path) -> list[tuple[str, int, bool]]:
    """What a file imports when it runs: modules of kg by their own names, of others the library.

    With each the line, and whether it stands inside a function. Imports for types alone do not count.
    """
    found: list[tuple[str, int, bool]] = []

    def look(node: ast.AST, inside: bool) -> None:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            return
        inside = inside or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if isinstance(node, ast.ImportFrom) and node.module:
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if name in MODULES else node.module for name in inner]
            found.extend((name, node.lineno, inside) for name in names)
        elif isinstance(node, ast.Import):
            found.extend((alias.name, node.lineno, inside) for alias in node.names)
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case):  # no import stands in an expression
                look(child, inside)

    look(ast.parse(path.read_text(encoding="utf-8")), False)
    return [(name if name.split(".")[0] == "kg" else name.split(".")[0], line, late) for name, line, late in found]


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path) for path in FILES}


# Commands that stand beside what they call: as in `kg.cli`, what only one of them needs is loaded when it runs.
COMMANDS = {"kg.tables.command", "kg.tables.options", "kg.tables.cluster.command", "kg.tables.yarrrml_command"}
# What few projects need, and all would pay for: with the readers of queries' answers a check takes a fifth longer,
# and the reader of YARRRML takes a tenth of the time in which a small mapping in Turtle is run.
SELDOM = {
    ("kg.tables.project.mappings", "kg.ask.store"),
    ("kg.tables.project.mappings", "kg.tables.project.answers"),
    ("kg.tables.read.mapping", "kg.tables.read.yarrrml.document"),
}
HEAVY = {"rdflib", "networkx", "numpy", "pyvis", "pyshacl", "duckdb", "jinja2", "pyarrow", "lxml", "pypdfium2"}


def reach(start: str, needs: dict[str, set[str]]) -> set[str]:
    """All that a module imports, and what that imports in its turn."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for other in needs.get(waiting.pop(), set()) - found:
            found.add(other)
            waiting.append(other)
    return found


def test_modules_do_not_import_in_a_circle() -> None:
    needs = {module_of(path): {name for name, *_ in find_imports(path)} for path in FILES}
    beyond = {module: reach(module, needs) for module in needs}
    circles = {
        frozenset(other for other in beyond[module] if module in beyond.get(other, set()))
        for module in needs
        if module in beyond[module]
    }
    assert sorted(map(sorted, circles)) == []


def test_imports_inside_functions_are_for_heavy_libraries_or_commands() -> None:
    needs = {module_of(path): {name for name, *_ in find_imports(path)} for path in FILES}
    wrong = []
    for path in FILES:
        module = module_of(path)
        if module.startswith("kg.cli") or module in COMMANDS:
            continue
        for name, line, inside in find_imports(path):
            if not inside or (module, name) in SELDOM:
                continue
            if name in MODULES and not HEAVY & reach(name, needs):
                wrong.append(f"{module}:{line} imports {name}")
    assert wrong == []


@pytest.mark.parametrize("path", FILES, ids=lambda p: module_of(p))
def test_a_file_is_short_and_its_docstrings_tell(path: Path) -> None:
    """It and its public names have docstrings, of which the first line stands alone. One reading serves all three."""
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    public = [n for n in ast.walk(tree) if isinstance(n, kinds) and not n.name.startswith("_")]
    told = {node: ast.get_docstring(node) for node in (tree, *public)}
    assert {
        "lines too many": max(0, len(text.split("\n")) - LONGEST),
        "says what it is": bool(told[tree] or not text.strip()),
        "without a docstring": [n.name for n in tree.body if isinstance(n, kinds) and n in told and not told[n]],
        "half a first line": [line for line in _first_lines(told.values()) if not line.endswith(tuple(".:?`)"))],
    } == {"lines too many": 0, "says what it is": True, "without a docstring": [], "half a first line": []}


def _first_lines(docstrings: Iterable[str | None]) -> list[str]:
    return [text.split("\n")[0] for text in docstrings if text]


# Terms of two fields: a value of a claim and of a mapping's algebra, the answer of an ASK, a folder and the operator.
OF_TWO_FIELDS = {"Project", "Text", "Truth"}


def test_the_name_of_a_class_means_one_thing() -> None:
    rooms: dict[str, list[str]] = {}
    for path in sorted((ROOT / "kg").rglob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                rooms.setdefault(node.name, []).append(module_of(path))
    assert {name for name, modules in rooms.items() if len(modules) > 1} == OF_TWO_FIELDS


# Not `()*+`, which stands in classes of characters.
POSSESSIVE_GROUP = re.compile(r"(?<!\()\)(?:[*+?]|\{+[0-9,]+\}+)\+")


def test_no_group_of_a_pattern_is_possessive() -> None:
    """Before Python 3.11.5 `(?:ab?c)++` keeps what its last turn took before it broke off; `(?>(?:ab?c)+)` does not."""
    told = [
        text for text in (r"(?:a)*+", r"(a)?+", r"(a){2}+", r"[()*+]", r"(?>(?:a)*)") if POSSESSIVE_GROUP.search(text)
    ]
    assert told == [r"(?:a)*+", r"(a)?+", r"(a){2}+"]
    assert [str(path) for path in FILES if POSSESSIVE_GROUP.search(path.read_text(encoding="utf-8"))] == []


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


PROGRAMS = sorted(
    path for folder in ("benchmarks", "fuzz", "browser") for path in (ROOT / "tests" / folder).glob("[!_]*.py")
)


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda p: str(p.relative_to(ROOT / "tests")))
def test_programs_beside_the_tests_can_be_loaded(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(path.parent if path.parent.name != "fuzz" else path.parent.parent)
    before = {name: value for name, value in os.environ.items() if name.startswith("KG_")}
    importlib.import_module(path.stem if path.parent.name != "fuzz" else f"fuzz.{path.stem}")
    assert before.items() <= os.environ.items()  # else tests after it would skip without their texts


def test_modules_can_be_loaded() -> None:
    for module in sorted(name for name in MODULES if not name.endswith("__main__")):
        importlib.import_module(module)


def test_heavy_libraries_load_late() -> None:
    heavy = {"rdflib", "networkx", "numpy", "pyvis", "pyshacl", "duckdb", "jinja2", "pygls", "mcp", "pydantic"}
    code = f"import sys, kg.cli; print(sorted(set(sys.modules) & {heavy}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_mapping_loads_what_it_reads_alone(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("id\n1\n", encoding="utf-8")
    text = (
        "@prefix rml: <http://w3id.org/rml/> . @prefix e: <http://e.org/> .\n"
        'e:t rml:logicalSource [ rml:source "t.csv"; rml:referenceFormulation rml:CSV ];\n'
        '  rml:subjectMap [ rml:template "http://e.org/{id}"; rml:class e:C ] .\n'
    )
    (tmp_path / "t.rml.ttl").write_text(text, encoding="utf-8")
    kinds = ("columnar", "databases.database", "sparql", "sheets.spreadsheet", "tree")
    others = {"pyarrow", "sqlite3", "xml", "yaml", "kg.ask.store", *(f"kg.tables.sources.{kind}" for kind in kinds)}
    code = (
        "import sys, kg.cli; sys.argv = ['kg', 'map', 't.rml.ttl', '-o', 't.nq']\n"
        f"try: kg.cli.main()\nfinally: print(sorted(set(sys.modules) & {others}))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert (tmp_path / "t.nq").read_text(encoding="utf-8").count("\n") == 1
