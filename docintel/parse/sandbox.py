"""Read files that others made, each in a process that may hang, crash or swell without harm.

In: bytes and a name. Out: a Document, or the members of a container; whatever the file does to its reader becomes that
file's error. One worker reads one file after another and is replaced when it dies, or when it has grown.
"""

import atexit
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from docintel import errors
from docintel.errors import DocintelError, InputError, ParseError
from docintel.files import printable
from docintel.parse import read_file
from docintel.parse.file import DEFAULT_LIMITS, WHOLE, Limits, Member, Progress, Share, no_progress
from docintel.parse.frames import read_frame, write_frame
from docintel.schema import Document
from docintel.schema.serial import document_from_dict, document_to_dict

#: Files that one worker reads before it is replaced, so that what libraries leak stays small.
_FILES_A_WORKER = 500
#: Seconds until a worker that has closed its end is taken for dead.
_DYING_S = 5
_SPLIT = "请拆分或修复文件。 Split or repair the file, and try again."
_REPORT = "请把文件和这段信息报告给我们。 Please report this, with the file if you may."


@dataclass(frozen=True, slots=True)
class PageImage:
    """A page as a PNG file, and its width and height in points, as the boxes of blocks have them."""

    png: bytes
    width: float
    height: float


class Sandbox:
    """A worker process with limits; close it, or use it in a `with` statement. Safe to use from several threads.

    Args:
        limits: for each file.
    """

    def __init__(self, limits: Limits = DEFAULT_LIMITS) -> None:
        self.limits = limits
        self._lock = threading.Lock()
        self._worker: _Worker | None = None
        self._folder = _make_folder()

    def close(self) -> None:
        """End the worker and delete what it left on disk."""
        with self._lock:
            self._stop()
            shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def parse(self, data: bytes, name: str, progress: Progress = no_progress) -> Document:
        """Read one file.

        Raises:
            ContainerError: it is an archive of files.
            UnsupportedFormatError: nothing here reads this kind of file.
            ParseError: it is empty, damaged, or costs more than the limits.
        """
        return document_from_dict(self._ask("parse", data, name, progress)["document"])

    def members(
        self, data: bytes, name: str, progress: Progress = no_progress, *, share: Share = WHOLE
    ) -> Iterator[Member]:
        """The files inside a container, in its order; none for a file that is no container.

        Args:
            data: of the container.
            name: in messages.
            progress: called with members done and members in all.
            share: whose bytes are wanted, when several readers share the container.

        Raises:
            ParseError: it is damaged or breaks a limit; the members before that have been given.
        """
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            answer = self._ask("open", data, name, progress, folder=folder, share=share)
            for number, member in enumerate(answer["members"]):
                error = InputError(**member["error"]) if member["error"] else None
                path, elsewhere = Path(folder, str(number)), member["elsewhere"]
                there = error is None and elsewhere is None
                yield Member(member["path"], path.read_bytes() if there else b"", error, elsewhere)
                path.unlink(missing_ok=True)
        if answer["broken"]:
            raise ParseError(**answer["broken"])

    def draw(self, data: bytes, document: Document, folder: Path) -> list[Path]:
        """Draw the pages of a file with the blocks that were found, as PNG files in a folder.

        Raises:
            InputError: the format has no pages.
        """
        folder.mkdir(parents=True, exist_ok=True)
        more = {"folder": str(folder.resolve()), "document": document_to_dict(document)}
        return [Path(path) for path in self._ask("draw", data, document.source, no_progress, **more)["paths"]]

    def page(self, data: bytes, name: str, number: int, *, dpi: int = 110) -> PageImage:
        """How one page of a file looks, by its number from 1.

        Raises:
            NotFoundError: the file has no such page.
            InputError: the format has no pages.
        """
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            answer = self._ask("page", data, name, no_progress, folder=folder, page=number, dpi=dpi)
            return PageImage(Path(answer["path"]).read_bytes(), answer["width"], answer["height"])

    def _ask(self, operation: str, data: bytes, name: str, progress: Progress, **more: Any) -> dict[str, Any]:
        """One request to the worker, and its answer.

        Raises:
            DocintelError: what the worker raised, or why it gave no answer.
        """
        request = {"operation": operation, "name": name, "limits": asdict(self.limits)} | more
        with self._lock:
            worker = self._ready()
            try:
                answer = worker.ask(request, data, self.limits, progress)
            except _SilentError as exc:
                self._stop()
                raise ParseError(
                    f"{name} 读取超时。 {name} was given up after {exc.seconds:.0f} seconds"
                    f"{f' on page {exc.done + 1} of {exc.total}' if exc.total else ''}.",
                    hint=_SPLIT,
                ) from None
            except _DeadError as exc:
                self._stop()
                raise ParseError(f"{name} 使解析进程崩溃。 {name} crashed its reader ({exc}).", hint=_SPLIT) from None
            except BaseException:  # Ctrl-C in the middle of an answer
                self._stop()
                raise
            if worker.asked >= _FILES_A_WORKER or answer["kind"] in ("memory", "depth"):
                self._stop()
        return _checked(answer, name, self.limits)

    def _ready(self) -> "_Worker":
        if self._worker is not None and not self._worker.is_alive:
            self._stop()
        if self._worker is None:
            self._worker = _Worker(self.limits, self._folder)
        return self._worker

    def _stop(self) -> None:
        if self._worker is not None:
            self._worker.kill()
            self._worker = None


def parse(path: Path | str) -> Document:
    """Read one file in this process's shared sandbox.

    Raises:
        NotFoundError: there is no such file.
        ContainerError: it is an archive of files.
        InputError: it cannot be opened or read.
    """
    path = Path(path)
    return shared().parse(read_file(path), printable(path.name))


@cache
def shared() -> Sandbox:
    """A sandbox with the default limits for this process, closed when it ends."""
    sandbox = Sandbox()
    atexit.register(sandbox.close)
    return sandbox


class _SilentError(Exception):
    """The worker has shown no progress for too long, or has worked too long."""

    def __init__(self, seconds: float, done: int, total: int) -> None:
        super().__init__(seconds)
        self.seconds, self.done, self.total = seconds, done, total


class _DeadError(Exception):
    """The worker has gone."""


class _Worker:
    """A worker process, a thread that reads its answers, and the number of files it was asked to read.

    That thread starts the process too: the kernel ends a worker with the thread that started it, and this one stays as
    long as both processes do.
    """

    def __init__(self, limits: Limits, folder: Path) -> None:
        self.asked = 0
        self._answers: queue.Queue[dict[str, Any] | None] = queue.Queue()
        started: queue.Queue[subprocess.Popen[bytes] | OSError] = queue.Queue()
        threading.Thread(target=self._run, args=(limits, folder, started), daemon=True).start()
        process = started.get()
        if isinstance(process, OSError):
            raise process
        self._process = process

    @property
    def is_alive(self) -> bool:
        """Whether the process is there."""
        return self._process.poll() is None

    def ask(self, request: dict[str, Any], data: bytes, limits: Limits, progress: Progress) -> dict[str, Any]:
        """The answer to a request.

        Raises:
            _SilentError: there was none in time.
            _DeadError: the process ended.
        """
        self.asked += 1
        begun, done, total = time.monotonic(), 0, 0
        threading.Thread(target=self._send, args=(request, data), daemon=True).start()
        while True:
            left = min(limits.silence_s, begun + limits.total_s - time.monotonic())
            try:
                answer = self._answers.get(timeout=left) if left > 0 else self._answers.get_nowait()
            except queue.Empty:
                raise _SilentError(time.monotonic() - begun, done, total) from None
            if answer is None:
                raise _DeadError(self._cause_of_death())
            if answer["kind"] != "progress":
                return answer
            if left <= 0:
                raise _SilentError(time.monotonic() - begun, done, total)
            done, total = answer["done"], answer["total"]
            progress(done, total)

    def kill(self) -> None:
        """End the process and all that it started."""
        if os.name == "posix":
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                if pipe:
                    pipe.close()

    def _send(self, request: dict[str, Any], data: bytes) -> None:
        assert self._process.stdin is not None
        with suppress(OSError, ValueError):  # it died before it had read all: the listener tells
            write_frame(self._process.stdin, request, data)

    def _run(self, limits: Limits, folder: Path, started: "queue.Queue[subprocess.Popen[bytes] | OSError]") -> None:
        """Start the process, and pass on what it answers until it ends."""
        try:
            process = subprocess.Popen(
                # -P: modules come from where Python's own do, never from the folder that the files are in
                [sys.executable, "-P", "-m", "docintel.parse.worker", str(limits.memory_mb)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=os.environ | {"TMPDIR": str(folder), "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "2")},
                start_new_session=True,
            )
        except OSError as exc:
            started.put(exc)
            return
        started.put(process)
        assert process.stdout is not None
        with suppress(OSError, ValueError):  # killed in the middle of a frame
            while frame := read_frame(process.stdout):
                self._answers.put(frame[0])
        self._answers.put(None)

    def _cause_of_death(self) -> str:
        try:
            code = self._process.wait(timeout=_DYING_S)
        except subprocess.TimeoutExpired:
            return "it stopped answering"
        if code >= 0:
            return f"exit code {code}"
        try:
            return signal.Signals(-code).name
        except ValueError:
            return f"signal {-code}"


def _make_folder() -> Path:
    """A folder for this process; those of processes that are gone are deleted."""
    _sweep()
    return Path(tempfile.mkdtemp(prefix=f"docintel-{os.getpid()}-"))


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder that goes at the end of the block, or when docintel next reads files after this process was killed."""
    folder = _make_folder()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep() -> None:
    """Delete what sandboxes left on disk whose process was killed: it is as confidential as the files were."""
    for folder in Path(tempfile.gettempdir()).glob("docintel-*-*"):
        owner = folder.name.split("-")[1]
        if owner.isdigit() and not _runs(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # another user's
        return True
    return True


def _checked(answer: dict[str, Any], name: str, limits: Limits) -> dict[str, Any]:
    """An answer that is a result, or the error it tells of."""
    match answer["kind"]:
        case "memory":
            raise ParseError(
                f"{name} 所需内存超过上限。 {name} needs more than {limits.memory_mb} MiB of memory.", hint=_SPLIT
            )
        case "depth":
            raise ParseError(f"{name} 嵌套过深。 {name} is nested too deep to read.", hint=_SPLIT)
        case "defect":
            last = answer["message"].strip().rsplit("\n", 1)[-1]
            raise ParseError(f"{name} 无法解析。 {name} defeats its parser: {last}", hint=_REPORT)
        case "error":
            kind: type[DocintelError] = getattr(errors, answer["error"])
            raise kind(answer["message"], hint=answer["hint"])
    return answer
