"""Ctrl-C while the database works, which else may be heard minutes late."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

PATIENCE = 1.0
"""Seconds in which an interrupt should have ended a block by itself: it is caught in fewer places than an error."""

_stops: list[Callable[[], None]] = []  # of the blocks that are entered
_listening = ExitStack()  # as long as there are some


@contextmanager
def stopped_by_signals(stop: Callable[[], None]) -> Iterator[None]:
    """Where a signal interrupts this process and the block goes on, call *stop* in a thread of its own.

    Python raises an interrupt when a library gives control back. DuckDB (2.0.1) looks for one between its tasks only,
    and a task of a join that multiplies rows took 382 s. So the number of each signal is written to a socket
    (`signal.set_wakeup_fd`), and a thread that reads from it has the database stop, an error for whoever asked it.
    *stop* is called after PATIENCE and may come when nothing is left to stop.

    Nothing is done outside of the main thread, which alone has signals, or where somebody else listens to them already.
    Signals that have another handler than that of Ctrl-C are none of ours: they wait, or end something else.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    if not _stops:
        _begin_to_listen()
    _stops.append(stop)
    try:
        yield
    finally:
        _stops.remove(stop)
        if not _stops:
            _listening.close()


def _begin_to_listen() -> None:
    heard, told = socket.socketpair()
    told.setblocking(False)
    before = signal.set_wakeup_fd(told.fileno(), warn_on_full_buffer=False)
    if before != -1:
        signal.set_wakeup_fd(before)
        heard.close()
        told.close()
        return
    ended = threading.Event()

    def listen() -> None:
        while numbers := heard.recv(64):
            meant = any(signal.getsignal(number) is signal.default_int_handler for number in numbers)
            if meant and not ended.wait(PATIENCE):
                for stop in tuple(_stops):
                    stop()

    listener = threading.Thread(target=listen, name="interrupts", daemon=True)
    listener.start()
    _listening.callback(heard.close)
    _listening.callback(listener.join)
    _listening.callback(told.close)
    _listening.callback(ended.set)
    _listening.callback(signal.set_wakeup_fd, -1)
