"""The search that coverage guides: atheris changes bytes, and keeps what reaches new code of `kg`.

Atheris is no dependency of the tests: `pip install atheris` (35 MB, Linux and macOS).
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).parent


def count_guided(name: str, cases: int, seed: int, minutes: float | None) -> tuple[int, int]:
    """How many cases of a target were tried, and how many faults there were; after each the search begins again."""
    done = faults = 0
    with tempfile.TemporaryDirectory() as folder:
        while done < cases:
            environment = {**os.environ, "KG_FUZZ_GUIDED": folder, "KG_FUZZ_SECONDS": str(int((minutes or 0) * 60))}
            command = [sys.executable, str(FOLDER), "--only", name, "--cases", str(cases - done)]
            ended = subprocess.run(
                [*command, "--seed", str(seed + faults)],
                env=environment,
                capture_output=True,
                text=True,
                errors="replace",
            )
            told = re.search(r"stat::number_of_executed_units:\s*(\d+)", ended.stderr)
            if told is None:
                sys.exit(f"{name}: the search did not begin:\n{ended.stderr[-3000:]}")
            done += int(told[1])
            if ended.returncode == 0:
                break
            faults += 1
            _tell(name, Path(folder), ended.stdout + ended.stderr)
            if faults >= 5:
                break
    return done, faults


def _tell(name: str, folder: Path, words: str) -> None:
    kept = sorted(folder.glob("found/*"))
    print(f"\n--- {name}, guided\n{words.partition('INFO: ')[0][-200:]}", flush=True)
    found = re.search(r"=== Uncaught Python exception: ===\n(.*?)\n==\d+==", words, re.DOTALL)
    print(found[1][-2500:] if found else words[-2500:])
    for path in kept:
        print(f"bytes: {path.read_bytes()[:1500]!r}", flush=True)
        path.unlink()


def run_guided(name: str, folder: Path, cases: int, seed: int) -> None:
    """The search itself, in a process of its own: it ends the process."""
    import atheris

    with atheris.instrument_imports(include=["kg"], enable_loader_override=False):
        import kg.api  # noqa: F401
        from fuzz.targets import TARGETS
    from fuzz.run import run_case

    target = TARGETS[name]
    tempfile.tempdir = str(folder)
    corpus = folder / "corpus"
    (folder / "found").mkdir(exist_ok=True)
    if not corpus.exists():
        corpus.mkdir()
        for number, data in enumerate(target.seeds()):
            (corpus / f"{number}").write_bytes(data)
    arguments = [
        name,
        str(corpus),
        f"-runs={cases}",
        f"-seed={seed}",
        f"-artifact_prefix={folder}/found/",
        "-timeout=60",
    ]
    arguments += ["-rss_limit_mb=4096", "-print_final_stats=1", "-verbosity=0", "-max_len=4096"]
    seconds = int(os.environ.get("KG_FUZZ_SECONDS", "0"))
    arguments += [f"-max_total_time={seconds}"] if seconds else []

    def try_bytes(data: bytes) -> None:
        run_case(target, data)

    atheris.Setup(arguments, try_bytes)
    atheris.Fuzz()
