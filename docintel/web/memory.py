"""How the server's threads share memory.

In: nothing. Out: a process whose memory stays flat however many threads answer.
"""

import ctypes
from contextlib import suppress

#: glibc's parameter of `mallopt`: how many heaps there may be at most. Source: malloc.h.
_M_ARENA_MAX = -8
_HEAPS = 2


def share_heaps() -> None:
    """Let all threads take memory from few heaps, where the C library is glibc; to be called before there are threads.

    It would give each thread one of its own, up to eight a core, and what one has freed is of no use to the others.
    """
    with suppress(OSError, AttributeError, TypeError):  # no glibc: another way of looking after memory
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _HEAPS)
