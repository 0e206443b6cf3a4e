"""A process that can open no socket any more, by the kernel's word: nothing that it runs reaches another machine.

What is asked is scanned for calls to other servers before it is run; the store has no switch for them. This holds
also where the scan is wrong. Linux on x86-64 and ARM only; elsewhere the scan has to do.

Source: Linux, Documentation/userspace-api/seccomp_filter.rst.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
import sys

_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2  # prctl(2)
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06  # a word of the call's record; jump if equal; the verdict
_NUMBER, _MACHINE = 0, 4  # where they stand in the record
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EACCES
_SOCKET = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}  # machine's code, number of socket(2)
_RING = 425  # io_uring_setup(2), which makes sockets as well; the same number everywhere


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_char_p))


def refuse_sockets() -> bool:
    """Let this thread, and those that it starts, open no socket; gives whether the kernel agreed."""
    known = _SOCKET.get(platform.machine()) if sys.platform == "linux" else None
    if known is None:
        return False
    machine, socket = known
    steps = b"".join(
        struct.pack("=HBBI", *step)
        for step in (
            (_LOAD, 0, 0, _MACHINE),
            (_EQUAL, 0, 4, machine),  # the call of another machine's numbers: refused
            (_LOAD, 0, 0, _NUMBER),
            (_EQUAL, 2, 0, socket),
            (_EQUAL, 1, 0, _RING),
            (_RETURN, 0, 0, _ALLOW),
            (_RETURN, 0, 0, _REFUSE),
        )
    )
    try:
        prctl = ctypes.CDLL(None, use_errno=True).prctl
    except (OSError, AttributeError):
        return False
    program = _Program(length=len(steps) // 8, steps=steps)
    refused = prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) or prctl(_SECCOMP, _FILTER, ctypes.byref(program), 0, 0)
    return not refused
