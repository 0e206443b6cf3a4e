"""Commands that lack memory: it is told in a line, wherever it shows.

Python raises an error; libraries raise others, or abort the process. So where the process may not take what it wants
(`ulimit -v`), the work is done in a copy of it, and who is left tells how it ended.

A library that lacks memory writes to stderr what it thinks of it, with traces of its calls. So the copy's
descriptor 2 is a file, whose words are shown when the copy has ended, but for those of a lack that is told already.
Python's own `sys.stderr` goes to where it always went.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress

from kg.system.memory import NO_THREAD, find_bound, says_lack, tell_lack

_ARENA_MAX = -8  # mallopt(3)
_DEATH_SIGNAL = 1  # prctl(2)
_FAULTS = {"SIGABRT", "SIGSEGV", "SIGBUS", "SIGILL", "SIGTRAP"}
_GAVE_UP = b"OpenBLAS error: Memory allocation"  # what numpy rests on, which ends the process in the way of a mistake
_held: int | None = None  # in the copy: the file that is its descriptor 2


def watch_memory(run: Callable[[], int], tell: Callable[[str], int]) -> int:
    """The exit code of *run*, done in a copy of this process; where that was aborted, the one that *tell* gives.

    Signals that somebody sends to this process are sent on.
    """
    import ctypes  # no other command needs it

    waited = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD}
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)  # else each thread takes 64 MB of addresses for what it allocates
    held = _make_file()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, waited)
    child = os.fork()
    if child == 0:
        with suppress(AttributeError, OSError):
            ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL)  # it does not go on alone
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        _hold_words(held)
        return run()
    while True:
        about = signal.sigwaitinfo(waited)
        if about.si_signo != signal.SIGCHLD:
            if about.si_code <= 0:  # of a process; a terminal has sent it to both
                os.kill(child, about.si_signo)
            continue
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            break
    signal.pthread_sigmask(signal.SIG_SETMASK, before)
    code = os.waitstatus_to_exitcode(status)
    words = _read_words(held)
    is_lack = not words or says_lack(words.decode("utf-8", "replace"))
    if code == NO_THREAD or (-code == signal.SIGABRT and is_lack) or (code == 1 and words.startswith(_GAVE_UP)):
        return tell(tell_lack(find_bound()))
    if words:
        with suppress(OSError):  # nobody reads them
            sys.stderr.buffer.write(words)
            sys.stderr.flush()
    ended_by = signal.Signals(-code).name if code < 0 else ""
    if ended_by in _FAULTS:  # an allocation that failed looks so, and a fault of ours or of a library too
        return tell(f"ended by {ended_by}: a fault of the program, or {tell_lack(find_bound())}")
    if code < 0:
        with suppress(OSError):  # SIGKILL, which nobody can handle
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    return code


def release_stderr() -> None:
    """Whatever writes to stderr itself is shown at once from now on: of a server, or a program at the terminal."""
    global _held
    if _held is not None:
        os.dup2(sys.stderr.fileno(), 2)
        _held = None


def forget_words() -> None:
    """What libraries wrote to stderr themselves is not shown: what they lacked is told."""
    if _held is not None:
        os.ftruncate(_held, 0)


def _make_file() -> int | None:
    if sys.stderr is None or not hasattr(os, "memfd_create"):
        return None
    import fcntl

    with suppress(OSError):
        file = os.memfd_create("stderr", os.MFD_CLOEXEC)
        fcntl.fcntl(file, fcntl.F_SETFL, os.O_APPEND)  # also behind what is forgotten
        return file
    return None


def _hold_words(held: int | None) -> None:
    """A file in the place of descriptor 2 from now on; `sys.stderr` is another descriptor of what that was."""
    global _held
    if held is None:
        return
    shown = os.dup(sys.stderr.fileno())
    os.dup2(held, 2)
    sys.stderr = os.fdopen(shown, "w", buffering=1, encoding=sys.stderr.encoding, errors=sys.stderr.errors)
    _held = held


def _read_words(held: int | None) -> bytes:
    if held is None:
        return b""
    with os.fdopen(held, "rb") as file:
        file.seek(0)
        return file.read()


def can_watch() -> bool:
    """Whether a bound is set, and this process can be copied."""
    return sys.platform != "win32" and find_bound() is not None and hasattr(signal, "sigwaitinfo")
