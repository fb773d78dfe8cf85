"""What a parser is given: the bytes of one file, its name, and how far it may go.

A container (archive, mail, OFD with attachments) gives `Member`s: files in their own right, each read by itself.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from docintel.errors import InputError

#: Called with pages done and pages in all; a file that goes on calling it is alive.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much one file may cost. What a limit leaves out is said in `Document.missing`, never silently cut.

    Attributes:
        file_mb: size of a file, in MiB; a larger one is refused.
        silence_s: seconds without a sign of progress (a page, a member) after which a file counts as hung.
        total_s: seconds for one file, whatever its progress.
        memory_mb: address space of the process that reads it, in MiB.
        pages: pages that are read.
        ocr_pages: of these, pages that are recognised from their image, about 5 seconds each.
        members: files in an archive, those of archives in it included.
        members_mb: their bytes, unpacked, in MiB.
        ratio: how many times larger than the archive its members may be, past the first 10 MiB.
        depth: archives within archives.
        ocr: recognise images at all.
    """

    file_mb: int = 512
    silence_s: float = 120
    total_s: float = 3600
    memory_mb: int = 4096
    pages: int = 3000
    ocr_pages: int = 300
    members: int = 5000
    members_mb: int = 2048
    ratio: int = 200
    depth: int = 4
    ocr: bool = True


DEFAULT_LIMITS = Limits()


def no_progress(done: int, total: int) -> None:
    """For callers that do not ask how far a parser has come."""


#: One of several readers of a container, by its number from 0, and how many they are.
Share = tuple[int, int]
WHOLE: Share = (0, 1)


def share_of(data: bytes, count: int) -> int:
    """Which of so many readers of a container reads a member, by its bytes; the first where there are none."""
    return int.from_bytes(hashlib.sha256(data).digest()[:8], "big") % count if data else 0


@dataclass(frozen=True)
class File:
    """The bytes of one file.

    Attributes:
        name: without folders; used in the Document and in messages, never to tell the format.
    """

    data: bytes
    name: str
    limits: Limits = DEFAULT_LIMITS
    progress: Progress = no_progress

    @cached_property
    def id(self) -> str:
        """sha256 of the bytes, hexadecimal: the id of the Document."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True)
class Member:
    """A file inside a container.

    Attributes:
        path: where it lies in the container, with `/` between folders.
        data: its bytes; empty where `error` says why they could not be had, or where another reader has it.
        error: why there are none.
        elsewhere: how many bytes another reader has of it, when this one reads a share of the container; else None.
    """

    path: str
    data: bytes = b""
    error: InputError | None = None
    elsewhere: int | None = None
