"""Memory of the process, where the C library is glibc; elsewhere nothing happens, and nothing need.

glibc keeps what was freed, in a heap for each thread that allocates: up to eight a core, and what one thread has freed
is of no use to the others. A process that commits to the index often, or answers many at once, seems to grow.
"""

import ctypes
from functools import cache

#: glibc's parameter of `mallopt`: how many heaps there may be at most. Source: malloc.h.
_M_ARENA_MAX = -8
_HEAPS = 2


def share_heaps() -> None:
    """Let all threads take memory from few heaps; to be called before there are threads."""
    _call("mallopt", _M_ARENA_MAX, _HEAPS)


def give_back() -> None:
    """Let the system have what this process has freed."""
    _call("malloc_trim", 0)


def _call(name: str, *values: int) -> None:
    if (library := _library()) and (function := getattr(library, name, None)):
        function(*values)


@cache
def _library() -> ctypes.CDLL | None:
    """The C library; None on Windows, where there is none to be found so."""
    try:
        return ctypes.CDLL(None)
    except (OSError, TypeError):
        return None
