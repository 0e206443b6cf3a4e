"""Processes of Python that find what this one finds."""

from __future__ import annotations

import json
import sys


def call_in_python(function: str, *arguments: object) -> list[str]:
    """The command of a Python that calls a function of `kg`, by its whole name, with arguments that JSON can hold."""
    module, _, name = function.rpartition(".")
    program = (
        f"import sys, json; sys.path[:] = json.loads(sys.argv[1]); from {module} import {name}; "
        f"{name}(*map(json.loads, sys.argv[2:]))"
    )
    return [sys.executable, "-P", "-c", program, json.dumps(sys.path), *map(json.dumps, arguments)]
