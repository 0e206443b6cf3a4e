"""What writes without being a command of its own, run in a project's folder: the workbench, and the tool of agents."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from kg.text.diagnostic import KgError, UsageError


def save_claim() -> None:
    """Change a value in the workbench, as its page does that has just read it."""
    from kg.workbench.desk import BenchDesk
    from kg.workbench.wire import answer

    desk = BenchDesk(root=Path.cwd())
    read = answer(desk, {"ask": "sentence", "source": "bridge", "address": "p1s1"})
    if "error" not in read:
        claim = read["claims"][0]
        fields = claim["fields"] | {"note": "as it was read"}
        about = {key: claim[key] for key in ("key", "base", "file")}
        read = answer(desk, {"ask": "save", "source": "bridge", "address": "p1s1", "fields": fields} | about)
    _end(read.get("error"), {"refused": 1, "wrong": 2, "conflict": 1}.get(read.get("kind", ""), 3))


def propose_claims() -> None:
    """Propose a claim, as an agent does."""
    from commands import ANSWER

    from kg.agent.proposing import propose
    from kg.agent.window import ToolRefusedError, Window

    try:
        told = propose(Window(root=Path.cwd(), texts=Path.cwd().parent / "in/texts"), [ANSWER])
        print(json.dumps(told["written"]))
    except ToolRefusedError as error:
        _end(str(error), 1)
    except KgError as error:
        _end(str(error), 2 if isinstance(error, UsageError) else 3)


def _end(reason: str | None, code: int) -> None:
    if reason is not None:
        print(f"kg: {reason}", file=sys.stderr)
        sys.exit(code)
