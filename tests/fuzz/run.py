"""Cases are run here: each alone, with its time and memory bounded; batches in a process that may crash."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import random
import resource
import signal
import sys
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from types import FrameType

from fuzz.target import FaultError, Target
from kg.text.diagnostic import KgError

SLOWEST = 5  # seconds of CPU that a case may take
HANGING = 120  # seconds after which the process is ended, wherever it is
MEMORY = 3 << 30  # bytes that a process may take beyond what it has at the beginning
BATCH = 2_000  # cases of a process


def name_input(target: Target, seed: int, number: int) -> bytes:
    """The bytes of a case."""
    return target.make(random.Random(f"{seed}:{number}:{target.name}"))


def run_case(target: Target, data: bytes) -> None:
    """One case. Raises what it must not: anything but a clean end, and FaultError where it takes too long."""
    with _limit_time(), contextlib.suppress(KgError):  # the environment's failure and wrong use are told in one line
        target.run(data)


@contextlib.contextmanager
def _limit_time() -> Iterator[None]:
    def stop(_number: int, _frame: FrameType | None) -> None:
        raise FaultError(f"more than {SLOWEST} s of CPU")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, SLOWEST)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def limit_memory() -> None:
    """Bound what this process may take: a case that wants more gets MemoryError, which is a fault."""
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 - pages, of Linux alone
        held = int(file.read().split()[0]) * resource.getpagesize()
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (held + MEMORY, hard))


def run_batch(target: Target, seed: int, numbers: Sequence[int]) -> int:
    """Cases in a process of their own; each fault is printed with its name. How many there were."""
    reader, writer = os.pipe()
    sys.stdout.flush()
    with tempfile.TemporaryDirectory(prefix="kg-fuzz-") as folder:  # what a process that is ended leaves
        child = os.fork()
        if child == 0:
            tempfile.tempdir = folder
            _run_all(target, seed, numbers, writer)
            os._exit(0)
        os.close(writer)
        seen = b""
        while part := os.read(reader, 65536):
            seen += part
        os.close(reader)
        _, status = os.waitpid(child, 0)
    faults, done = seen.count(b"!"), seen.count(b".")
    if status != 0:
        print(f"\n--- {target.name} {seed}:{numbers[max(0, done - 1)]}: the process ended with {status}", flush=True)
        faults += 1
        if done < len(numbers):
            faults += run_batch(target, seed, numbers[max(1, done) :])
    return faults


def _run_all(target: Target, seed: int, numbers: Sequence[int], writer: int) -> None:
    limit_memory()
    for number in numbers:
        faulthandler.dump_traceback_later(HANGING, exit=True)
        os.write(writer, b".")
        try:
            run_case(target, name_input(target, seed, number))
        except BaseException:
            print(f"\n--- {target.name} {seed}:{number}\n{traceback.format_exc(limit=-8)}", flush=True)
            os.write(writer, b"!")
