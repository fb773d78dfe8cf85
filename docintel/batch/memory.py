"""Memory in runs over many files: what is free goes back to the system.

glibc keeps what was freed, in an arena for each thread that allocates; the passing blocks of a commit of the index stay
there, and a process that commits often seems to grow.
"""

import ctypes
from collections.abc import Callable
from functools import cache


def give_back() -> None:
    """Let the system have what this process has freed; nothing happens where the C library knows no such thing."""
    if trim := _trim():
        trim(0)


@cache
def _trim() -> Callable[[int], int] | None:
    try:
        found: Callable[[int], int] = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):  # macOS, musl; Windows
        return None
    return found
