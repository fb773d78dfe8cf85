"""The Ray engine: the same reader in actors of a Ray cluster, or of one that is started on this machine.

In: a job and tasks. Out: what the local engine would give. Every node needs docintel of this version and must see the
files under the same paths, or at addresses; a library itself is only written here. Ray's usage statistics stay off.
"""

import os
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from functools import cached_property
from importlib.metadata import version
from typing import Any

from docintel.batch.pool import cores
from docintel.batch.shares import joined, shared
from docintel.batch.work import Finished, Found, Job, R, Reader, Task, Tell, do, killed_its_reader
from docintel.errors import DocintelError, SetupError

#: Results of an actor that may wait for whoever takes them.
_AHEAD = 8


class RayEngine:
    """Actors of a Ray cluster.

    Args:
        address: of the cluster, `ray://host:10001` or `auto`; None starts one on this machine.
        workers: how many actors, of one core each; None for one a core of the cluster.

    Raises:
        SetupError: Ray is not installed.
    """

    def __init__(self, address: str | None = None, workers: int | None = None) -> None:
        os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # before it is imported
        try:
            import ray
        except ImportError as exc:
            raise SetupError(
                "未安装 Ray。 Ray is not installed.", hint="请安装 Run: pip install 'docintel[ray]'"
            ) from exc
        self._ray: Any = ray
        self._address, self._workers = address, workers

    def run(self, job: Job[R], tasks: Sequence[Task], tell: Tell = lambda *_: None) -> Iterator[Found[R] | Finished]:
        """Do tasks, as `Engine.run` says; pages of a file are not told of."""
        if not tasks:
            return
        started = self._connect()
        try:
            count = self._workers or int(self._ray.cluster_resources().get("CPU", 1))
            parts = shared(tasks, count)
            run = _Run(self._ray, job, min(count, len(parts)))
            yield from joined(run.events(deque(parts)))
        finally:
            if started:
                self._ray.shutdown()

    def _connect(self) -> bool:
        """Be connected; whether this call made it so."""
        if self._ray.is_initialized():
            return False
        more: dict[str, Any] = {}
        if self._address is None:
            more = {"num_cpus": max(self._workers or 0, cores()), "include_dashboard": False}
        try:
            # without a working folder nothing of the folder that the files are in is sent anywhere
            self._ray.init(address=self._address, log_to_driver=False, logging_level="ERROR", **more)
        except Exception as exc:  # ConnectionError, or what its parts make of one
            raise SetupError(
                f"无法连接 Ray 集群 {self._address or '（本机）'}。 The Ray cluster cannot be reached: {exc}",
                hint="请检查 --address。 Check --address, and that its Ray has the version of this one.",
            ) from exc
        return True


class _Actor:
    """A reader in a process of the cluster."""

    def __init__(self, job: Job[Any], release: str) -> None:
        self._job, self._release = job, release
        self._stack = ExitStack()

    def do(self, task: Task, told: int) -> Iterator[Any]:
        """What a task gives but for the first `told`; what its reader raises is the last thing given."""
        try:
            for event in do(self._reader, task, lambda *_: None):
                told -= isinstance(event, Found)
                if told < 0 or isinstance(event, Finished):
                    yield event
        except DocintelError as exc:
            yield exc

    @cached_property
    def _reader(self) -> Reader[Any]:
        if (here := version("docintel")) != self._release:
            raise SetupError(
                f"集群节点上的 docintel 是 {here}，本机是 {self._release}。"
                f" A node of the cluster has docintel {here}, this machine {self._release}.",
                hint="请在各节点安装同一版本。 Install the same version on all nodes.",
            )
        return self._stack.enter_context(self._job.open())


class _Run:
    """Actors, and the task that each of them does."""

    def __init__(self, ray: Any, job: Job[Any], count: int) -> None:
        self._ray, self._count = ray, count
        self._job = ray.put(job)
        remote = ray.remote(_Actor)
        self._new = remote.options(num_cpus=1, max_restarts=0, max_task_retries=0).remote
        self._busy: dict[Any, tuple[Any, Task]] = {}  # by the stream of its results: an actor and its task
        self._idle: list[Any] = []
        self._given: dict[Task, int] = {}

    def events(self, tasks: deque[Task]) -> Iterator[Any]:
        """Do all tasks, then those again whose actor died, one by one."""
        alone: deque[Task] = deque()
        try:
            yield from self._serve(tasks, self._count, alone)
            yield from self._serve(alone, 1, None)
        finally:
            for actor in (*self._idle, *(actor for actor, _ in self._busy.values())):
                with suppress(Exception):
                    self._ray.kill(actor)

    def _serve(self, tasks: deque[Task], count: int, alone: deque[Task] | None) -> Iterator[Any]:
        while tasks or self._busy:
            while tasks and len(self._busy) < count:
                self._begin(tasks.popleft())
            ready, _ = self._ray.wait(list(self._busy), num_returns=1)
            stream = ready[0]
            actor, task = self._busy[stream]
            try:
                event = self._ray.get(next(stream))
            except (StopIteration, self._ray.exceptions.RayActorError) as exc:
                del self._busy[stream]
                if isinstance(exc, StopIteration):
                    self._idle.append(actor)
                elif alone is not None:
                    alone.append(task)
                else:
                    yield Finished(task, error=killed_its_reader(task.source, "its Ray actor died"))
                continue
            if isinstance(event, BaseException):
                raise event
            if isinstance(event, Found):
                self._given[task] = self._given.get(task, 0) + 1
            yield event

    def _begin(self, task: Task) -> None:
        actor = self._idle.pop() if self._idle else self._new(self._job, version("docintel"))
        method = actor.do.options(num_returns="streaming", _generator_backpressure_num_objects=_AHEAD)
        self._busy[method.remote(task, self._given.get(task, 0))] = (actor, task)
