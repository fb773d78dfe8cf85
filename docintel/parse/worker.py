"""The process that reads files: `python -m docintel.parse.worker`, started and watched by `parse.sandbox`.

In, on stdin: requests with a file's bytes; out, on what was stdout: progress, then one answer each. A file that takes
this process over finds no network and a limit on memory; it is still the user's own process, and may read and write
what the user may.
"""

import ctypes
import os
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from docintel.parse.frames import read_frame, write_frame

_NO_NETWORK = frozenset(
    ["socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname"]
)
_CLONE_NEWUSER, _CLONE_NEWNET, _PR_SET_PDEATHSIG = 0x10000000, 0x40000000, 1


def main() -> None:
    """Answer requests until stdin ends."""
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    quiet = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1):  # a library that prints must not write into the frames
        os.dup2(quiet, stream)
    confine(int(sys.argv[1]))
    while frame := read_frame(requests):
        request, data = frame
        write_frame(answers, _answer(request, data, answers))


def confine(memory_mb: int) -> None:
    """Die with the parent, leave no core, take no more memory, reach no network."""
    die_with_parent()
    if sys.platform == "linux":
        _leave_network(ctypes.CDLL(None, use_errno=True))
    with suppress(ImportError, ValueError, OSError):  # Windows has no limits; some systems refuse these
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
    sys.addaudithook(_refuse_network)


def die_with_parent() -> None:
    """Be killed when the thread that started this process ends, where the system can do that."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _leave_network(libc: ctypes.CDLL) -> None:
    """Move to a network namespace of our own, which has no way out; where that isn't allowed the audit hook remains."""
    user, group = os.getuid(), os.getgid()
    if libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0:
        for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
            with suppress(OSError):
                Path(f"/proc/self/{name}").write_text(text, "ascii")


def _refuse_network(event: str, args: tuple[Any, ...]) -> None:
    if event in _NO_NETWORK:
        raise PermissionError(f"{event} {args!r}: a parser may not use the network")


def _answer(request: dict[str, Any], data: bytes, answers: IO[bytes]) -> dict[str, Any]:
    from docintel.errors import DocintelError
    from docintel.parse.file import File, Limits

    def progress(done: int, total: int) -> None:
        write_frame(answers, {"kind": "progress", "done": done, "total": total})

    file = File(data, request["name"], Limits(**request["limits"]), progress)
    try:
        return _OPERATIONS[request["operation"]](file, request)
    except DocintelError as exc:
        return {"kind": "error", "error": type(exc).__name__, "message": str(exc), "hint": exc.hint}
    except MemoryError:
        return {"kind": "memory"}
    except RecursionError:
        return {"kind": "depth"}
    except Exception:  # a defect of a parser or a library: the file's error, with what to report
        return {"kind": "defect", "message": traceback.format_exc(limit=-3)}


def _parse(file: Any, _: dict[str, Any]) -> dict[str, Any]:
    from docintel.parse import parse_file
    from docintel.schema.serial import document_to_dict

    return {"kind": "document", "document": document_to_dict(parse_file(file))}


def _open(file: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Write the members of a container to files named 0, 1, … in a folder of the parent's: those of one share of it."""
    from docintel.errors import InputError
    from docintel.parse import open_container
    from docintel.parse.file import share_of

    members: list[dict[str, Any]] = []
    broken = None
    number, count = request["share"]
    try:
        for member in open_container(file):
            error = None if member.error is None else {"message": str(member.error), "hint": member.error.hint}
            elsewhere = None if share_of(member.data, count) == number else len(member.data)
            members.append({"path": member.path, "error": error, "elsewhere": elsewhere})
            if error is None and elsewhere is None:
                Path(request["folder"], str(len(members) - 1)).write_bytes(member.data)
            file.progress(len(members), len(members))
    except InputError as exc:
        broken = {"message": str(exc), "hint": exc.hint}
    return {"kind": "members", "members": members, "broken": broken}


def _draw(file: Any, request: dict[str, Any]) -> dict[str, Any]:
    from docintel.parse.draw import draw_pages
    from docintel.schema.serial import document_from_dict

    paths = draw_pages(file, document_from_dict(request["document"]), Path(request["folder"]))
    return {"kind": "drawn", "paths": list(map(str, paths))}


def _page(file: Any, request: dict[str, Any]) -> dict[str, Any]:
    from docintel.parse.draw import draw_page

    path = Path(request["folder"], "page.png")
    width, height = draw_page(file, request["page"], path, dpi=request["dpi"])
    return {"kind": "drawn", "path": str(path), "width": width, "height": height}


_OPERATIONS: dict[str, Callable[[Any, dict[str, Any]], dict[str, Any]]] = {
    "parse": _parse,
    "open": _open,
    "draw": _draw,
    "page": _page,
}

if __name__ == "__main__":
    main()
