"""The process that a server's processes are forked from: it has loaded what they need, so each begins in milliseconds.

It is told by a socket, and ends with it. Records are a letter, the number of a process, and a number more:

| to it | | from it | |
|---|---|---|---|
| `f` | fork; two descriptors come with it: a socket for frames, a pipe for last words | `f` | the process, or -1 |
| `k` | end a process, unless it has ended | `e` | a process has ended: its exit code, or its signal below 0 |
"""

from __future__ import annotations

import gc
import os
import select
import signal
import socket
import struct
from contextlib import suppress

RECORD = struct.Struct(">cii")


def breed() -> None:
    """Be the process that others are forked of; the socket is its standard input. For `kg.server.processes.forker`."""
    import kg.server.processes.child  # what takes a while

    with suppress(AttributeError, OSError):
        os.setpgrp()  # a Ctrl-C is for the server
    control = socket.socket(fileno=os.dup(0))
    woken, waking = os.pipe()  # a signal is seen here: what it asks for is done in turn, never in the midst of a step
    for one in (woken, waking):
        os.set_blocking(one, False)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    signal.set_wakeup_fd(waking)
    living: set[int] = set()
    waiting = select.poll()
    waiting.register(control, select.POLLIN)
    waiting.register(woken, select.POLLIN)
    gc.collect()
    gc.freeze()  # pages that are not written to are shared
    while True:
        ready = {one for one, _ in waiting.poll()}
        if woken in ready:
            os.read(woken, 4096)
            _tell_ended(living, control)
        if control.fileno() in ready and _obey(living, control):
            for one in (woken, waking):
                os.close(one)
            kg.server.processes.child.serve()
            os._exit(0)


def _tell_ended(living: set[int], control: socket.socket) -> None:
    for process in tuple(living):
        ended, status = os.waitpid(process, os.WNOHANG)
        if ended:
            living.discard(process)
            with suppress(OSError):  # the server has gone
                control.send(RECORD.pack(b"e", process, os.waitstatus_to_exitcode(status)))


def _obey(living: set[int], control: socket.socket) -> bool:
    """Do what the next record asks for; gives whether we are the process that was forked."""
    try:
        raw, given, _, _ = socket.recv_fds(control, RECORD.size, 2)
    except ConnectionResetError:
        raw, given = b"", []
    if len(raw) < RECORD.size:
        _end_all(living)
        os._exit(0)
    kind, number, _ = RECORD.unpack(raw)
    if kind == b"k":
        if number in living:  # its number is its own as long as we have not waited for it
            os.kill(number, signal.SIGKILL)
        return False
    try:
        process = os.fork()
    except OSError:
        process = -1
    if process == 0:
        _become(control, given)
        return True
    for one in given:
        os.close(one)
    if process > 0:
        living.add(process)
    with suppress(OSError):
        control.send(RECORD.pack(b"f", process, 0))
    return False


def _end_all(living: set[int]) -> None:
    for process in living:
        os.kill(process, signal.SIGKILL)
    for process in living:
        os.waitpid(process, 0)


def _become(control: socket.socket, given: list[int]) -> None:
    """Be the process that was forked: frames come and go by the one descriptor, last words by the other."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    control.close()
    frames, words = given
    for old, new in ((frames, 0), (frames, 1), (words, 2)):
        os.dup2(old, new)
    for one in given:
        os.close(one)
