"""How much memory a process may have, and what its lack looks like."""

from __future__ import annotations

from contextlib import suppress

_WORDS = (
    "out of memory",
    "cannot allocate memory",
    "failed to map segment",
    "can't start new thread",
    "bad_alloc",
    "memory allocation",
    "memoryerror",
    "not enough memory",
    "error return without exception set",  # of an import that had no room even for its own error
    "returned null without setting an exception",
    "resource temporarily unavailable",  # there is no room for a thread
)
UNLISTED = "No package metadata was found for "
"""What `importlib.metadata` says of a package that is there where it has no room to list a folder, and tells nobody."""
NO_THREAD = 127
"""The exit code of a process in which glibc has no room for a thread's data."""


def says_lack(words: str) -> bool:
    """Whether words, of an error or of a process that died, tell of a lack of memory.

    >>> says_lack("memory allocation of 200000000 bytes failed"), says_lack("Aborted")
    (True, False)
    """
    words = words.lower()
    return any(word in words for word in _WORDS)


def lacks_memory(error: BaseException | None) -> bool:
    """Whether an error comes of a lack of memory, by its class or by the words of who had none.

    >>> lacks_memory(MemoryError()), lacks_memory(ImportError("x.so: failed to map segment from shared object"))
    (True, True)
    >>> lacks_memory(SystemError("error return without exception set")), lacks_memory(ValueError("no such column"))
    (True, False)
    """
    while error is not None:
        if isinstance(error, MemoryError) or says_lack(str(error)):
            return True
        if find_bound() is not None and str(error).startswith(UNLISTED):
            return True
        error = error.__cause__ or error.__context__
    return False


def find_bound() -> int | None:
    """How many bytes of addresses this process may have (`ulimit -v`); None where nothing bounds it."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    bound = resource.getrlimit(resource.RLIMIT_AS)[0]
    return None if bound == resource.RLIM_INFINITY else bound


def limit_memory(most: int | None) -> None:
    """Let this process have at most so many bytes (as far as the system can), and leave no core file behind."""
    with suppress(ImportError, ValueError, OSError):  # no such limits here, or narrower ones already
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if most is not None:
            bound = find_bound()  # what our user may not raise
            most = most if bound is None else min(most, bound)
            resource.setrlimit(resource.RLIMIT_AS, (most, most))


def tell_lack(bound: int | None) -> str:
    """What is told of a lack of memory.

    >>> tell_lack(None), tell_lack(100 << 20)
    ('out of memory', 'out of memory: `ulimit -v` allows 100 MB')
    """
    return "out of memory" if bound is None else f"out of memory: `ulimit -v` allows {bound >> 20:,} MB"
