"""The tests with the oldest or the newest versions of the libraries that `pyproject.toml` allows.

    python tests/versions.py oldest [PYTEST ARGUMENTS ...]
    python tests/versions.py newest [PYTEST ARGUMENTS ...]
    python tests/versions.py record

Without arguments, pytest runs as README's command does and as CI's second step does. Each makes an environment of its
own in a temporary folder. `oldest` takes the lower bound of each direct dependency; `newest` takes whatever the package
index has; `record` does as well, and writes what it got to `tests/constraints.txt`, which README's commands and CI use:
all tests are run with it before it is committed.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
RECORD = ROOT / "tests" / "constraints.txt"
SECOND = "(beside or thorough or sweep) and not cluster"  # as in `.ci/run`
HEAD = """\
# The versions that all tests were last run with. Written by `python tests/versions.py record`.
"""


def find_floors() -> dict[str, str]:
    """The lower bound of each direct dependency, by its name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    listed = [*project["dependencies"], *(r for extra in project["optional-dependencies"].values() for r in extra)]
    found = (re.match(r"([\w.-]+)>=([\w.]+)", requirement) for requirement in listed)
    return {match[1]: match[2] for match in found if match is not None}


def make_environment(folder: Path, constraints: str) -> Path:
    """A new environment with the project and what its tests need; gives its Python."""
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / "bin" / "python"
    (folder / "constraints.txt").write_text(constraints, encoding="utf-8")
    install = [python, "-m", "pip", "install", "-q", "-c", folder / "constraints.txt", "-e", f"{ROOT}[test]"]
    subprocess.run(install, check=True)
    return python


def list_versions(python: Path) -> str:
    """The versions of everything in an environment but the project, as pip writes constraints."""
    freeze = [python, "-m", "pip", "freeze", "--exclude-editable", "--exclude", "kg-claims"]
    return subprocess.run(freeze, check=True, capture_output=True, text=True).stdout


def main() -> int:
    if len(sys.argv) < 2 or sys.argv[1] not in {"oldest", "newest", "record"}:
        print(__doc__, file=sys.stderr)
        return 2
    which, *arguments = sys.argv[1:]
    floors = "".join(f"{name}=={version}\n" for name, version in find_floors().items()) if which == "oldest" else ""
    with tempfile.TemporaryDirectory() as folder:
        python = make_environment(Path(folder), floors)
        if which == "record":
            RECORD.write_text(HEAD + list_versions(python), encoding="utf-8")
            return 0
        runs = [arguments] if arguments else [[], ["-m", SECOND]]
        return max(subprocess.run([python, "-m", "pytest", *run], cwd=ROOT, check=False).returncode for run in runs)


if __name__ == "__main__":
    sys.exit(main())
