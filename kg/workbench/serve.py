"""The process that answers for the workbench: a line of JSON for each question, a line of JSON for each answer.

It has read the project before it is asked. Completions are answered at once, while a check is still at work.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import Any, TextIO

from kg.text.diagnostic import KgError
from kg.workbench.desk import BenchDesk
from kg.workbench.wire import QUICK, answer


def serve_questions(job: dict[str, Any]) -> None:
    """Answer the questions on standard input until it ends; *job* names the project's folder and that of texts."""
    told = sys.stdout
    sys.stdout = sys.stderr  # what a library prints is no answer
    desk = BenchDesk(root=Path(job["root"]), texts=Path(job["texts"]) if job["texts"] else None)
    lock = Lock()
    with ThreadPoolExecutor(max_workers=1) as pool:
        pool.submit(_warm, desk)
        for line in sys.stdin:
            asked = json.loads(line)
            question = asked["question"]
            if isinstance(question, dict) and question.get("ask") in QUICK and desk.is_read:
                _tell(told, lock, desk, asked)
            else:
                pool.submit(_tell, told, lock, desk, asked)


def _warm(desk: BenchDesk) -> None:
    try:
        desk.read()
    except KgError:
        return  # whoever asks is told


def _tell(told: TextIO, lock: Lock, desk: BenchDesk, asked: dict[str, Any]) -> None:
    try:
        found = answer(desk, asked["question"])
    except Exception as error:  # a fault of ours: nobody should wait for the answer
        sys.stderr.write(f"kg: a fault of the workbench: {error!r}\n")
        found = {"error": "a fault of the workbench", "kind": "failed"}
    line = json.dumps({"number": asked["number"], "answer": found})
    with lock:
        told.write(f"{line}\n")
        told.flush()
