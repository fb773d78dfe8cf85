"""Jobs for tests of engines: what a worker process imports by this module's name."""

import os
import signal
import time
from contextlib import contextmanager
from pathlib import Path

from docintel.batch.work import documents, each
from docintel.errors import ModelError
from docintel.parse.sandbox import Sandbox


class Counting:
    """Gives the words of a file, each with the number of the process; some words do something to it."""

    def __init__(self, marks=None):
        self.marks = marks

    @contextmanager
    def open(self):
        yield self

    def read(self, task, tell):
        for number, word in enumerate(task.source.path.read_text("utf-8").split()):
            self._obey(word, task)
            tell(task.source.name, number, 0)
            yield word, os.getpid()
        return f"digest of {task.source.name}"

    def _obey(self, word, task):
        mark = Path(self.marks or "/nowhere") / task.source.name
        if word == "die" or (word == "die-once" and not mark.exists()):
            mark.parent.mkdir(exist_ok=True)
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if word == "sleep":
            time.sleep(60)
        if word == "pause":
            time.sleep(0.05)
        if word == "model":
            raise ModelError("there is no model", hint="Reinstall.")
        if word == "defect":
            raise ValueError("a defect")


class Stillborn:
    """Dies before it is ready."""

    @contextmanager
    def open(self):
        os.kill(os.getpid(), signal.SIGKILL)
        yield


class Slow(Counting):
    """Takes its time to get ready, and writes down who it is."""

    @contextmanager
    def open(self):
        Path(self.marks, str(os.getpid())).touch()
        yield self


class Members:
    """Gives the paths of the documents in a file, each with the number of the process."""

    @contextmanager
    def open(self):
        with Sandbox() as sandbox:
            self.sandbox = sandbox
            yield self

    def read(self, task, tell):
        return each(lambda intake: (intake.path, os.getpid()), documents(task, self.sandbox, tell))
