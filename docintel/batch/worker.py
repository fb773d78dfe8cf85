"""The process that reads files for a pool: `python -m docintel.batch.worker`, started by `batch.pool`.

In, on stdin: a job, then tasks. Out, on what was stdout: that it is ready, then of each task what it gave. It ends when
stdin does, in the middle of a task too, so nothing works on for a parent that was killed.
"""

import os
import pickle
import queue
import threading
import time
import traceback
from typing import IO, Any

from docintel.batch.work import READY, Job, do
from docintel.errors import DocintelError
from docintel.parse.worker import die_with_parent

#: Seconds between two messages on the pages of a file.
_TOLD_EVERY_S = 0.2


def main() -> None:
    """Do tasks until stdin ends."""
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    quiet = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1):  # a library that prints must not write into the messages
        os.dup2(quiet, stream)
    die_with_parent()
    given: queue.Queue[Any] = queue.Queue()
    threading.Thread(target=_listen, args=(requests, given), daemon=True).start()
    try:
        _work(given, answers)
    except DocintelError as exc:
        _send(answers, exc)
    except Exception:
        _send(answers, RuntimeError(traceback.format_exc()))


def _listen(requests: IO[bytes], given: "queue.Queue[Any]") -> None:
    """Pass on what comes; when nothing can come any more, end this process whatever it is doing."""
    while True:
        try:
            given.put(pickle.load(requests))
        except EOFError:
            os._exit(0)
        except Exception as exc:  # a job that can't be read here
            given.put(exc)


def _work(given: "queue.Queue[Any]", answers: IO[bytes]) -> None:
    job: Job[Any] | Exception = given.get()
    if isinstance(job, Exception):
        raise job
    with job.open() as reader:
        _send(answers, READY)
        while True:
            for message in do(reader, given.get(), _Teller(answers)):
                _send(answers, message)


class _Teller:
    """Tells how many pages are read, not too often."""

    def __init__(self, answers: IO[bytes]) -> None:
        self._answers, self._told = answers, 0.0

    def __call__(self, name: str, done: int, total: int) -> None:
        if time.monotonic() - self._told >= _TOLD_EVERY_S:
            self._told = time.monotonic()
            _send(self._answers, (name, done, total))


def _send(answers: IO[bytes], message: Any) -> None:
    pickle.dump(message, answers, protocol=pickle.HIGHEST_PROTOCOL)
    answers.flush()


if __name__ == "__main__":
    main()
