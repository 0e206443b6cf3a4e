"""Failures of the environment while the database works: memory, disk, an interrupt."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

from kg.system.memory import find_bound, tell_lack
from kg.text.diagnostic import KgError


@contextmanager
def blame_environment(what: str) -> Iterator[None]:
    """Where memory or disk fail in the block, raise KgError: *what* with the reason."""
    import duckdb

    try:
        yield
    except BrokenPipeError:  # the reader has gone, and nothing is wrong
        raise
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        raise KgError(f"{what}: {give_reason(error)}") from error
    except OSError as error:
        reason = tell_lack(find_bound()) if error.errno == errno.ENOMEM else error.strerror or error
        raise KgError(f"{what}: {reason}") from error


def is_interrupt(error: BaseException) -> bool:
    """Whether an error is an interrupt by the user.

    Python 3.11 wraps one that comes while a class is made, and DuckDB tells of one in words of its own.

    >>> is_interrupt(KeyboardInterrupt()), is_interrupt(RuntimeError("Query interrupted")), is_interrupt(RuntimeError())
    (True, True, False)
    """
    if isinstance(error, KeyboardInterrupt) or isinstance(error.__cause__, KeyboardInterrupt):
        return True
    return isinstance(error, RuntimeError) and "interrupted" in str(error).lower()


def lacks_database_memory(error: Exception) -> bool:
    """Whether it was the database's memory that failed."""
    import duckdb

    return isinstance(error.__cause__, duckdb.OutOfMemoryException)


def give_reason(error: Exception) -> str:
    """The database's reason in one line: that of the system where it has one, without the name of a scratch file.

    >>> give_reason(ValueError('IO Error: Async write failed: {"exception_type":"IO","errno":"28"}'))
    'No space left on device'
    >>> give_reason(ValueError("Out of Memory Error: could not allocate block of size 8 MiB\\n\\nPossible solutions:"))
    'out of memory: could not allocate block of size 8 MiB (`--memory-limit` may allow more)'
    """
    line = str(error).strip().split("\n")[0]
    if number := re.search(r'"errno":"(\d+)"', line):
        return tell_lack(find_bound()) if int(number[1]) == errno.ENOMEM else os.strerror(int(number[1]))
    line, memory = re.subn(r"^Out of Memory Error: ", "out of memory: ", line)
    return f"{line} (`--memory-limit` may allow more)" if memory else re.sub(r"^\w[\w ]* Error: ", "", line)
