"""How long 1,000 proposals over 20 texts take to be judged, and how many planted mistakes are found.

python tests/benchmarks/proposals.py [--rows N] [--seeds N ...]

Leaves with 1 where a bound is not met. The texts are made up (`tests/proposal_texts.py`).
"""

from __future__ import annotations

import argparse
import itertools
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from proposal_texts import lay_out_texts, make_texts

from kg.build.pipeline import check_files, read_project
from kg.drafts.proposal.formats import rows_of
from kg.drafts.proposal.judge import judge_proposals
from kg.drafts.proposal.proposal import Verdict
from kg.system.project import Drafts, Project

SECONDS, MISSED, REFUSED = 10, 0.05, 0.05


def measure(seed: int, wanted: int, folder: Path) -> bool:
    """Judge the rows of one set of texts, say what came of it, and whether the bounds are met."""
    texts = make_texts(seed)
    checked = check_files(read_project(Project(folder), lay_out_texts(folder, texts), Drafts.BUILT_IN))
    planted = [each for text in texts for each in text.rows]
    rows = list(itertools.islice(itertools.cycle(planted), wanted))
    begun, cpu = time.monotonic(), time.process_time()
    judged = list(judge_proposals(checked, rows_of(each.row for each in rows)))
    wall, cpu = time.monotonic() - begun, time.process_time() - cpu
    print(f"{len(texts)} texts, seed {seed}: {wanted:,} rows in {wall:.1f} s ({cpu:.1f} s of CPU)")
    right = Counter(j.verdict for each, j in zip(rows, judged, strict=True) if each.fault is None)
    faults = Counter(each.fault for each in rows if each.fault is not None)
    missed = Counter(
        each.fault for each, j in zip(rows, judged, strict=True) if each.fault is not None and j.verdict is Verdict.NEW
    )
    refused = right[Verdict.REJECTED] + right[Verdict.CONFLICT]
    print(f"  right: {sum(right.values())}, of which {refused} were rejected or in conflict")
    print(f"  wrong: {sum(faults.values())}, of which {sum(missed.values())} were new")
    print("  " + ", ".join(f"{fault} {missed[fault]} of {count}" for fault, count in sorted(faults.items())))
    good = refused <= REFUSED * sum(right.values()) and sum(missed.values()) <= MISSED * sum(faults.values())
    return good and cpu <= SECONDS * wanted / 1000


def main() -> int:
    """Measure each seed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--seeds", type=int, nargs="*", default=[20, 1, 2])
    arguments = parser.parse_args()
    results = []
    for seed in arguments.seeds:
        with tempfile.TemporaryDirectory() as folder:
            results.append(measure(seed, arguments.rows, Path(folder)))
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
