"""Paths to documents: every file, and every file inside it, one after another.

In: paths of files and folders. Out: an `Intake` for each document or failure. A file that cannot be read costs itself
only; a member of a container is a file of its own, named by the way to it: `线索.zip!/台账/七月.xlsx`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from docintel.errors import ContainerError, InputError, ParseError
from docintel.files import printable
from docintel.parse import may_hold_files, read_file
from docintel.parse.file import WHOLE, Share
from docintel.parse.sandbox import Sandbox
from docintel.schema import Document

#: Endings of files that folders of reports hold beside them, and that no one means to read.
_NOT_REPORTS = frozenset({".json", ".jsonl", ".toml", ".yaml", ".yml", ".py", ".sqlite"})
#: What Windows leaves in folders.
_NOT_EVEN_FILES = frozenset({"thumbs.db", "desktop.ini"})
#: Between the path of a container and the path of a member in it.
INSIDE = "!/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What became of one file.

    Attributes:
        path: as it was found; for a member the container's path, `!/`, and the path inside.
        place: the same, absolute.
        id: sha256 of its bytes; empty when they could not be had.
        data: its bytes.
        document: what it says; None where it is known already, or could not be read.
        error: why it could not be read.
    """

    path: str
    place: str
    id: str = ""
    data: bytes = b""
    document: Document | None = None
    error: InputError | None = None


def list_files(paths: Path | str | Iterable[Path | str]) -> list[Path]:
    """Files in path order, those of a folder and its folders included.

    Of a folder, hidden files, locks of office programs, files of programs' own data and links that lead out of it are
    left out; a file that is named itself is always taken. One that is named in several ways is taken once, as it was
    named first.
    """
    given = [paths] if isinstance(paths, Path | str) else list(paths)
    files: dict[Path, Path] = {}
    for path in map(Path, given):
        for file in _files_in(path) if _is_folder(path) else [path]:
            files.setdefault(absolute(file), file)
    return sorted(files.values())


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # such as a name that is too long: reading it says so
        return False


def absolute(path: Path) -> Path:
    """Where a path leads; one that leads in a circle or nowhere stays as it is."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return path.absolute()


def _files_in(folder: Path) -> list[Path]:
    root = folder.resolve()
    return sorted(path for path in folder.rglob("*") if _may_be_report(path) and path.resolve().is_relative_to(root))


def _may_be_report(path: Path) -> bool:
    return named_as_report(path.name) and path.is_file()


def named_as_report(name: str) -> bool:
    """Whether a file in a folder, by its name, is one that someone means to read."""
    if name.lower() in _NOT_EVEN_FILES or name.startswith((".", "~$")):
        return False
    return Path(name).suffix.lower() not in _NOT_REPORTS


def read_documents(
    path: Path,
    sandbox: Sandbox,
    *,
    known: Callable[[str], bool] = lambda _: False,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> Iterator[Intake]:
    """Every document in a file: the one it is, then those it holds.

    Args:
        known: whether the document with an id need not be read again.
        progress: called with a file's name, pages done and pages in all, at first with 0 and 0.
    """
    file = Place(printable(path), printable(absolute(path)), printable(path.name))
    try:
        data = read_file(path, sandbox.limits)
    except InputError as exc:
        yield file.intake(error=exc)
        return
    yield from documents_in(data, file, sandbox, known=known, progress=progress)


def documents_in(
    data: bytes,
    file: "Place",
    sandbox: Sandbox,
    *,
    known: Callable[[str], bool] = lambda _: False,
    progress: Callable[[str, int, int], None] = lambda *_: None,
    share: Share = WHOLE,
) -> Iterator[Intake]:
    """The same for a file whose bytes are at hand.

    Args:
        share: which of several readers of the file this is. Each reads some of its members with all that is in these,
            and the first tells what is wrong with the file itself. Towards the limits on all members together count
            those of the file, and what is nested in its own.
    """
    found = _Reader(sandbox, known, progress, share).read(file, data, depth=0)
    return found if share[0] == 0 else (each for each in found if each.place != file.place)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file is: as it was found, absolute, and its name in messages."""

    path: str
    place: str
    name: str

    def inside(self, member: str) -> "Place":
        """Where a member of it is."""
        return Place(*(f"{outer}{INSIDE}{member}" for outer in (self.path, self.place, self.name)))

    def intake(self, **found: Any) -> Intake:
        """What became of it."""
        return Intake(path=self.path, place=self.place, **found)


class _Reader:
    """Reads a file and its members, counting members over all depths."""

    def __init__(
        self, sandbox: Sandbox, known: Callable[[str], bool], progress: Callable[[str, int, int], None], share: Share
    ) -> None:
        self._sandbox = sandbox
        self._known = known
        self._progress = progress
        self._share = share
        self._members = 0
        self._bytes = 0

    def read(self, file: Place, data: bytes, *, depth: int) -> Iterator[Intake]:
        id_ = sha256(data).hexdigest()
        is_archive = False
        if self._known(id_):
            yield file.intake(id=id_, data=data)
        else:
            self._progress(file.name, 0, 0)
            try:
                document = self._sandbox.parse(data, file.name, partial(self._progress, file.name))
                yield file.intake(id=id_, data=data, document=document)
            except ContainerError:
                is_archive = True
            except InputError as exc:
                yield file.intake(id=id_, data=data, error=exc)
                return
        if is_archive or may_hold_files(data):
            try:
                yield from self._read_members(file, data, depth, is_archive=is_archive)
            except _TooMuchError:
                if depth:  # the limit is the outermost file's
                    raise
                yield file.intake(error=self._too_much(file.name))
            except InputError as exc:
                yield file.intake(error=exc)

    def _read_members(self, file: Place, data: bytes, depth: int, *, is_archive: bool) -> Iterator[Intake]:
        limits = self._sandbox.limits
        if is_archive and depth >= limits.depth:
            raise ParseError(
                f"{file.name} 嵌套层数过多。 {file.name} lies {depth} archives deep; the limit is {limits.depth}.",
                hint="请解压后再读。 Unpack it first.",
            )
        taken: set[str] = set()
        for member in self._sandbox.members(data, file.name, share=WHOLE if depth else self._share):
            self._charge(member.elsewhere or len(member.data))
            if not _may_be_member(member.path):
                continue
            inside = file.inside(_unused(member.path, taken))
            if member.elsewhere is not None:
                continue
            if member.error:
                yield inside.intake(error=member.error)
            else:
                yield from self.read(inside, member.data, depth=depth + 1)
        if is_archive and not taken:
            raise ParseError(
                f"{file.name} 是空的压缩包。 {file.name} is an archive without reports.", hint="请检查。 Check it."
            )

    def _charge(self, size: int) -> None:
        """Count a member against the limits that hold for a file with all that is nested in it."""
        limits = self._sandbox.limits
        self._members += 1
        self._bytes += size
        if self._members > limits.members or self._bytes > limits.members_mb << 20:
            raise _TooMuchError

    def _too_much(self, name: str) -> ParseError:
        limits = self._sandbox.limits
        return ParseError(
            f"{name} 内的文件过多或过大。 {name} holds more than {limits.members} files or {limits.members_mb} MiB;"
            " the rest was not read.",
            hint="请解压后分批读取。 Unpack it and read it in parts.",
        )


class _TooMuchError(Exception):
    """A file with all that is nested in it is over a limit."""


def _unused(path: str, taken: set[str]) -> str:
    """A path that no other member has: `通知.txt`, then `通知(2).txt`; it is taken then."""
    stem, dot, suffix = path.rpartition(".")
    if not stem or "/" in suffix:
        stem, dot, suffix = path, "", ""
    count = 1
    while path in taken:
        count += 1
        path = f"{stem}({count}){dot}{suffix}"
    taken.add(path)
    return path


def _may_be_member(path: str) -> bool:
    """Whether a member is a file that someone put in the archive, not what a system left there."""
    return "__MACOSX/" not in path and named_as_report(path.rsplit("/", 1)[-1])
