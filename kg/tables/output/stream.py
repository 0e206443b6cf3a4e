"""Lines on their way through a pipe while they are made: to be compressed, or written past the system's cache.

A great output fills the cache faster than the disk empties it, and then waits for both. Lines that are compressed
in passing never reach the disk as they are; others are written from our own memory.
"""

from __future__ import annotations

import errno
import mmap
import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import cycle
from pathlib import Path
from typing import TypeVar

from kg.tables.engine.failure import blame_environment
from kg.tables.rewrite import Query
from kg.tables.run import Run, write_lines
from kg.text.diagnostic import KgError

BLOCK = 1 << 22  # bytes; a multiple of what disks write at once
PIPE = 1 << 20  # bytes, as many as a pipe may hold

Taken = TypeVar("Taken")


def can_stream() -> bool:
    """Whether named pipes can be as great as they must be to pay."""
    return sys.platform == "linux"


def stream_lines(run: Run, queries: list[Query], take: Callable[[Iterator[memoryview]], Taken]) -> Taken:
    """What *take* makes of the lines of *queries*, while they are made."""
    return stream_through(run.scratch / "pipe", lambda pipe: write_lines(run, queries, pipe), take)


def stream_through(pipe: Path, write: Callable[[Path], None], take: Callable[[Iterator[memoryview]], Taken]) -> Taken:
    """What *take* makes of what *write* writes into a *pipe*, while it is written. Raises KgError where either fails.

    It gets blocks of `BLOCK` bytes; the last one is shorter. Two buffers take turns, so a block is overwritten when the
    second block after it is asked for.
    """
    import fcntl

    os.mkfifo(pipe)
    source = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    held = os.open(pipe, os.O_WRONLY)  # the lines end when this is closed, whatever becomes of the database
    os.set_blocking(source, True)
    with suppress(OSError):  # which only buys speed
        fcntl.fcntl(source, fcntl.F_SETPIPE_SZ, PIPE)

    def take_all() -> Taken:
        try:
            with blame_environment("the quads could not be written"):
                return take(read_blocks(source))
        except BaseException:
            wait_for_writer(source)  # who opens a pipe that nobody reads waits for ever
            raise
        finally:
            os.close(source)  # where taking failed, the database must not wait for it

    failed: KgError | None = None
    with ThreadPoolExecutor(1) as pool:
        taken = pool.submit(take_all)
        try:
            write(pipe)
        except KgError as error:
            failed = error
        finally:
            os.close(held)
            pipe.unlink()
    made = taken.result()  # where this fails, it is why the database failed
    if failed is not None:
        raise failed
    return made


def wait_for_writer(source: int) -> None:
    """Wait until something is written into a pipe, or nobody has it open to write any more."""
    import select

    waiting = select.poll()
    waiting.register(source, select.POLLIN)
    waiting.poll()


def read_blocks(source: int) -> Iterator[memoryview]:
    """What comes out of a pipe, in two buffers by turns."""
    for buffer in cycle([memoryview(mmap.mmap(-1, BLOCK)) for _ in range(2)]):
        filled = 0
        while filled < BLOCK and (got := os.readv(source, [buffer[filled:]])):
            filled += got
        if filled:
            yield buffer[:filled]
        if filled < BLOCK:
            return


def write_past_cache(blocks: Iterator[memoryview], path: Path) -> None:
    """The blocks as a file. Where the file system has no way past the cache, they go through it."""
    file = open_past_cache(path)
    pending: Future[None] | None = None
    try:
        with ThreadPoolExecutor(1) as pool:  # the next block is read while this one is written
            for block in blocks:
                if pending is not None:
                    pending.result()
                if len(block) < BLOCK:
                    through_cache(file)  # which takes pieces of any size
                pending = pool.submit(write_all, file, block)
            if pending is not None:
                pending.result()
    finally:
        os.close(file)


def open_past_cache(path: Path) -> int:
    """A new file, open for writing."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    try:
        return os.open(path, flags | os.O_DIRECT, 0o666)
    except OSError:  # a file system in memory, for one
        return os.open(path, flags, 0o666)


def through_cache(file: int) -> None:
    """Let an open file be written through the cache from here on."""
    import fcntl

    fcntl.fcntl(file, fcntl.F_SETFL, fcntl.fcntl(file, fcntl.F_GETFL) & ~os.O_DIRECT)


def write_all(file: int, block: memoryview) -> None:
    """All bytes of a block into a file."""
    while block:
        try:
            block = block[os.write(file, block) :]
        except OSError as error:
            if error.errno != errno.EINVAL:
                raise
            through_cache(file)  # a piece that the disk does not take as it is
