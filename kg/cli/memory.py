"""Commands that lack memory: it is told in a line, wherever it shows.

Python raises an error; libraries raise others, or abort the process. So where the process may not take what it wants
(`ulimit -v`), the work is done in a copy of it, and who is left tells how it ended.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress

from kg.system.memory import find_bound, tell_lack

_ARENA_MAX = -8  # mallopt(3)
_DEATH_SIGNAL = 1  # prctl(2)
_FAULTS = {signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGTRAP} if os.name == "posix" else set()
_NO_THREAD = 127  # glibc's exit code where it has no room for a thread's data


def watch_memory(run: Callable[[], int], tell: Callable[[str], int]) -> int:
    """The exit code of *run*, done in a copy of this process; where that was aborted, the one that *tell* gives.

    Signals that somebody sends to this process are sent on.
    """
    import ctypes  # no other command needs it

    waited = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD}
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)  # else each thread takes 64 MB of addresses for what it allocates
    before = signal.pthread_sigmask(signal.SIG_BLOCK, waited)
    child = os.fork()
    if child == 0:
        with suppress(AttributeError, OSError):
            ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL)  # it does not go on alone
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
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
    if code == _NO_THREAD or -code == signal.SIGABRT:
        return tell(tell_lack(find_bound()))
    if -code in _FAULTS:  # an allocation that failed looks so, and a fault of ours or of a library too
        return tell(f"ended by {signal.Signals(-code).name}: a fault of the program, or {tell_lack(find_bound())}")
    if code < 0:
        with suppress(OSError):  # SIGKILL, which nobody can handle
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    return code


def can_watch() -> bool:
    """Whether a bound is set, and this process can be copied."""
    return sys.platform != "win32" and find_bound() is not None and hasattr(signal, "sigwaitinfo")
