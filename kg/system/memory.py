"""How much memory a process may have, and what its lack looks like."""

from __future__ import annotations

_WORDS = (
    "out of memory",
    "cannot allocate memory",
    "failed to map segment",
    "can't start new thread",
    "bad_alloc",
    "memory allocation",
)


def lacks_memory(error: BaseException | None) -> bool:
    """Whether an error comes of a lack of memory, by its class or by the words of who had none.

    >>> lacks_memory(MemoryError()), lacks_memory(ImportError("x.so: failed to map segment from shared object"))
    (True, True)
    >>> lacks_memory(ValueError("no such column"))
    False
    """
    while error is not None:
        words = str(error).lower()
        if isinstance(error, MemoryError) or any(word in words for word in _WORDS):
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


def tell_lack(bound: int | None) -> str:
    """What is told of a lack of memory.

    >>> tell_lack(None), tell_lack(100 << 20)
    ('out of memory', 'out of memory: `ulimit -v` allows 100 MB')
    """
    return "out of memory" if bound is None else f"out of memory: `ulimit -v` allows {bound >> 20:,} MB"
