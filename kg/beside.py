"""A part of the work in a copy of this process, on another processor, while this one goes on."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import NoReturn, TypeVar

from kg.diagnostic import KgError

Result = TypeVar("Result")


@contextmanager
def beside(work: Callable[[], Result]) -> Iterator[Callable[[], Result]]:
    """Begin *work*; the function that is given waits for its result, which must be fit for pickling, and keeps it.

    Where no copy can be made (another system than Linux, one processor, other threads), or the copy dies, the work is
    done when its result is asked for. A KgError of the work is raised there; whoever leaves without asking ends
    the copy.

    >>> with beside(lambda: 6 * 7) as result:
    ...     result()
    42
    """
    if not _can_copy():
        yield cache(work)
        return
    import pickle
    import signal

    reader, writer = os.pipe()
    copy = os.fork()
    if copy == 0:
        _work_in_the_copy(work, writer)
    os.close(writer)
    stream = os.fdopen(reader, "rb")

    def wait() -> Result:
        sent = stream.read()
        try:
            found, error = pickle.loads(sent)
        except Exception:  # the copy died, or could not send what it found
            return work()
        if error is not None:
            raise error
        result: Result = found
        return result

    try:
        yield cache(wait)
    finally:
        stream.close()  # a copy that still writes ends by that; one that still works must be told
        with suppress(ProcessLookupError):
            os.kill(copy, signal.SIGTERM)
        os.waitpid(copy, 0)


def _can_copy() -> bool:
    """Whether a copy is safe, for a lock that another thread holds is never given back in it, and of use."""
    if sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2:
        return False
    try:
        return len(list(Path("/proc/self/task").iterdir())) == 1
    except OSError:
        return False


def _work_in_the_copy(work: Callable[[], object], writer: int) -> None:
    """What the copy does; it never returns, and says nothing: the same mistake comes to light in the original."""
    import pickle
    import signal

    try:
        # A lock that the original holds must end with it, so the copy keeps nothing open but its way to answer.
        os.closerange(3, writer)
        os.closerange(writer + 1, os.sysconf("SC_OPEN_MAX"))
        # The original tells when to stop; Ctrl-C, which both get, must not disturb the copy while it clears up.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, _stop)
        try:
            sent = pickle.dumps((work(), None), pickle.HIGHEST_PROTOCOL)
        except KgError as error:
            sent = pickle.dumps((None, error), pickle.HIGHEST_PROTOCOL)
        with os.fdopen(writer, "wb") as stream:
            stream.write(sent)
    except BaseException:  # KeyboardInterrupt, too: the original is ending
        os._exit(1)
    os._exit(0)


def _stop(number: int, _frame: object) -> NoReturn:
    import signal

    signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt
