# ruff: noqa: E501 - words and cases read best in lines that are full
"""Run cases by hand (see the package)."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # `fuzz`, and what the tests share
sys.path[:] = [path for path in sys.path if Path(path or ".").resolve() != Path(__file__).parent]


def main() -> None:
    """Each fault is printed with the case's name; the last lines count cases, rate and faults of each target."""
    parser = argparse.ArgumentParser(prog="python tests/fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000, help="how many in all, of each with --only")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--begin", type=int, default=0, help="the number of the first case")
    parser.add_argument("--minutes", type=float, default=None, help="stop each target after so long")
    parser.add_argument("--only", metavar="NAME", action="append", default=[], help="a target; may be repeated")
    parser.add_argument("--case", metavar="SEED:NUMBER", help="one case of one target, with its traceback")
    parser.add_argument("--input", metavar="FILE", type=Path, help="the bytes of a file as a case of one target")
    parser.add_argument("--guided", action="store_true", help="guided by coverage, with atheris")
    parser.add_argument("--list", action="store_true", help="the targets with their shares")
    options = parser.parse_args()
    if os.environ.get("KG_FUZZ_GUIDED"):
        from fuzz.guided import run_guided

        run_guided(options.only[0], Path(os.environ["KG_FUZZ_GUIDED"]), options.cases, options.seed)
        return
    from fuzz.run import name_input, run_case
    from fuzz.targets import TARGETS

    unknown = [name for name in options.only if name not in TARGETS]
    if unknown:
        parser.error(f"no target {', '.join(unknown)}; there are {', '.join(TARGETS)}")
    chosen = [TARGETS[name] for name in options.only or TARGETS]
    if options.list:
        for target in chosen:
            print(
                f"{target.name:<16} {target.share:>5} {target.sample:>4}  {(target.run.__doc__ or '').splitlines()[0]}"
            )
    elif options.case or options.input:
        if len(chosen) != 1:
            parser.error("one case is of one target: say --only NAME")
        if options.input:
            data = options.input.read_bytes()
        else:
            seed, _, number = options.case.partition(":")
            data = name_input(chosen[0], int(seed), int(number))
        print(repr(data)[:2000], flush=True)
        run_case(chosen[0], data)
    else:
        shares = sum(target.share for target in chosen)
        counts = {t.name: options.cases if options.only else max(1, options.cases * t.share // shares) for t in chosen}
        faults = sum(_run(target, counts[target.name], options) for target in chosen)
        sys.exit(1 if faults else 0)


def _run(target: object, cases: int, options: argparse.Namespace) -> int:
    from fuzz.run import BATCH, run_batch
    from fuzz.target import Target

    assert isinstance(target, Target)
    begun = time.monotonic()
    used = os.times()
    done = faults = 0
    if options.guided:
        from fuzz.guided import count_guided

        done, faults = count_guided(target.name, cases, options.seed, options.minutes)
    else:
        end = options.begin + cases
        size = min(BATCH, max(100, target.share * 20))
        for first in range(options.begin, end, size):
            if options.minutes is not None and time.monotonic() - begun > 60 * options.minutes:
                break
            numbers = range(first, min(first + size, end))
            faults += run_batch(target, options.seed, numbers)
            done += len(numbers)
    now = os.times()
    cpu = sum(now[:4]) - sum(used[:4])
    way = "guided" if options.guided else f"seed {options.seed}"
    print(
        f"{target.name:<16} {way:>9} {done:>9,} cases {faults:>4} faults {cpu:8.1f} s of CPU {done / max(cpu, 0.01):9.0f}/s",
        flush=True,
    )
    return faults


if __name__ == "__main__":
    main()
