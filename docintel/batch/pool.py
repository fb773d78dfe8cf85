"""The local engine: worker processes that take the next file when they are done with one.

In: a job and tasks. Out: results as they come. A worker that dies (killed, out of memory, a crash in a native library)
is replaced; its file is tried once more when all others are done, with nothing beside it, and given up if that kills a
worker again. Results wait in a queue of bounded length, so memory does not grow with the number of files.
"""

import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, Generic

from docintel.batch.shares import joined, shared
from docintel.batch.work import READY, Finished, Found, Job, R, Task, Tell, do, killed_its_reader
from docintel.errors import SetupError

#: Results of a worker that may wait for whoever takes them: it need not stop while the index is written.
_AHEAD = 8
#: Workers that may die before they are ready, one after another, until that counts as no accident.
_FALSE_STARTS = 3
#: Bytes of files that are worth a further worker, which takes seconds to load its models.
_WORTH_A_WORKER = 32 << 10
_DYING_S = 5


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class LocalEngine:
    """Worker processes on this machine; none where one is enough: then this process works.

    Args:
        workers: how many; None for one a core, and fewer where the files are few and small.
    """

    def __init__(self, workers: int | None = None) -> None:
        self._workers = workers

    def run(self, job: Job[R], tasks: Sequence[Task], tell: Tell = lambda *_: None) -> Iterator[Found[R] | Finished]:
        """Do tasks, as `Engine.run` says."""
        workers = self._workers or self._fitting(tasks)
        parts = shared(tasks, workers)
        count = min(len(parts), workers)
        return joined(_Pool(job, parts, count).run(tell)) if count > 1 else _here(job, parts, tell)

    @staticmethod
    def _fitting(tasks: Sequence[Task]) -> int:
        return min(cores(), 1 + sum(task.source.size for task in tasks) // _WORTH_A_WORKER)


def _here(job: Job[R], tasks: Sequence[Task], tell: Tell) -> Iterator[Found[R] | Finished]:
    """Do tasks in this process."""
    if not tasks:
        return
    with job.open() as reader:
        for task in tasks:
            yield from do(reader, task, tell)


class _Pool(Generic[R]):
    """Threads that have one worker each, and what they share."""

    def __init__(self, job: Job[R], tasks: Sequence[Task], count: int) -> None:
        try:
            self._job = pickle.dumps(job, protocol=pickle.HIGHEST_PROTOCOL)
        except (pickle.PicklingError, AttributeError, TypeError) as exc:
            raise SetupError(
                f"无法把任务交给工作进程。 The job cannot be sent to worker processes: {exc}",
                hint="请用 workers=1。 Use workers=1, or functions and classes of an importable module.",
            ) from exc
        self._waiting = deque(tasks)
        self._alone: deque[Task] = deque()
        self._given: dict[Task, int] = {}  # of a task that is tried again: how much of it has been told already
        self._count = count
        self._false_starts = 0
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._processes: set[_Process] = set()
        self._events: queue.Queue[Any] = queue.Queue(maxsize=_AHEAD * count)

    def run(self, tell: Tell) -> Iterator[Found[R] | Finished]:
        """Have all tasks done, then those again whose worker died, one by one."""
        try:
            yield from self._serve(self._waiting, self._count, tell)
            yield from self._serve(self._alone, 1, tell)
        finally:
            self._end()

    def _serve(self, tasks: "deque[Task]", count: int, tell: Tell) -> Iterator[Found[R] | Finished]:
        threads = [threading.Thread(target=self._attend, args=(tasks,), daemon=True) for _ in range(count)]
        for thread in threads:
            thread.start()
        working = count
        while working:
            event = self._events.get()
            if event is None:
                working -= 1
            elif isinstance(event, BaseException):
                raise event
            elif isinstance(event, tuple):
                tell(*event)
            else:
                yield event

    def _attend(self, tasks: "deque[Task]") -> None:
        """One thread: give a worker one task after another. The thread starts it, as it ends with that thread."""
        process: _Process | None = None
        try:
            while not self._stop.is_set() and (task := _next(tasks)):
                process = process or self._start()
                try:
                    self._do(process, task)
                except _GoneError as exc:
                    self._leave(process)
                    process = None
                    self._mourn(task, exc, tasks)
        except BaseException as exc:  # what ends the run: whoever takes the results raises it
            self._put(exc)
        finally:
            if process:
                self._leave(process)
            self._put(None)

    def _start(self) -> "_Process":
        process = _Process(self._job, max(1, cores() // self._count))
        with self._lock:
            self._processes.add(process)
        if self._stop.is_set():
            process.end()
        return process

    def _leave(self, process: "_Process") -> None:
        process.end()
        with self._lock:
            self._processes.discard(process)

    def _do(self, process: "_Process", task: Task) -> None:
        told, count = self._given.get(task, 0), 0
        for message in process.ask(task):
            if isinstance(message, BaseException):
                raise message
            if isinstance(message, Found):
                count += 1
                if count <= told:
                    continue
                self._given[task] = count
            elif isinstance(message, Finished):
                self._false_starts = 0
                self._given.pop(task, None)
            self._put(message)

    def _mourn(self, task: Task, exc: "_GoneError", tasks: "deque[Task]") -> None:
        """What becomes of a task whose worker died."""
        if self._stop.is_set():
            return
        if not exc.was_ready:
            self._false_starts += 1
            if self._false_starts > _FALSE_STARTS:
                raise SetupError(
                    f"工作进程无法启动。 Workers die before they are ready ({exc}).",
                    hint="内存不足时请减少 --workers。 With little memory use fewer --workers.",
                )
            tasks.appendleft(task)
        elif tasks is self._alone:
            self._put(Finished(task, error=killed_its_reader(task.source, str(exc))))
        else:
            self._alone.append(task)

    def _put(self, event: Any) -> None:
        while not self._stop.is_set():
            with suppress(queue.Full):
                self._events.put(event, timeout=0.2)
                return

    def _end(self) -> None:
        self._stop.set()
        with self._lock:
            left = list(self._processes)
        for process in left:
            process.end()


def _next(tasks: "deque[Task]") -> Task | None:
    try:
        return tasks.popleft()
    except IndexError:
        return None


class _GoneError(Exception):
    """A worker has died."""

    def __init__(self, cause: str, *, was_ready: bool) -> None:
        super().__init__(cause)
        self.was_ready = was_ready


class _Process:
    """A worker process."""

    def __init__(self, job: bytes, threads: int) -> None:
        self._ready = False
        self._process = subprocess.Popen(
            # -P: modules come from where Python's own do, never from the folder that the files are in
            [sys.executable, "-P", "-m", "docintel.batch.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"OMP_NUM_THREADS": str(threads)},
            start_new_session=True,  # Ctrl-C is for this process, which ends its workers
        )
        self._send(job)

    def ask(self, task: Task) -> Iterator[Any]:
        """Its messages on a task: what was found, how many pages are read; at last that it is finished, or an error.

        Raises:
            _GoneError: it died.
        """
        assert self._process.stdout is not None
        self._send(pickle.dumps(task, protocol=pickle.HIGHEST_PROTOCOL))
        while True:
            try:
                message = pickle.load(self._process.stdout)
            except (EOFError, pickle.UnpicklingError, OSError, ValueError) as exc:  # cut off in the middle of one
                raise _GoneError(self._cause_of_death(), was_ready=self._ready) from exc
            if message == READY:
                self._ready = True
                continue
            yield message
            if isinstance(message, Finished | BaseException):
                return

    def end(self) -> None:
        """End the process, and so what it started."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                if pipe:
                    pipe.close()

    def _send(self, message: bytes) -> None:
        assert self._process.stdin is not None
        with suppress(OSError, ValueError):  # it died: whoever waits for its answer learns it
            self._process.stdin.write(message)
            self._process.stdin.flush()

    def _cause_of_death(self) -> str:
        try:
            code = self._process.wait(timeout=_DYING_S)
        except subprocess.TimeoutExpired:
            return "it stopped answering"
        try:
            return f"exit code {code}" if code >= 0 else signal.Signals(-code).name
        except ValueError:
            return f"signal {-code}"
