"""The worker's process: `python -m docintel.web.intake LIBRARY [WATCHED]`.

It ends when its standard input does, which is when whoever started it ends, in whatever way.
"""

import os
import sys
import threading
from contextlib import suppress
from pathlib import Path

from docintel.web.database import Database
from docintel.web.intake.jobs import Jobs
from docintel.web.intake.worker import Worker

#: Those who search come first.
_NICE = 10


def main(library: str, watched: str = "") -> None:
    """Work until standard input ends."""
    with suppress(OSError, AttributeError):
        os.nice(_NICE)
    worker = Worker(Path(library), watched=Path(watched) if watched else None)
    stop, free = threading.Event(), threading.Event()

    def follow() -> None:
        sys.stdin.buffer.read()
        stop.set()
        if not free.wait(1):
            # It is at a file, which may take long. Everything it writes is whole or not there: it can go at once.
            with Database(Path(library)) as database:
                Jobs(database).put_back()
            os._exit(0)

    threading.Thread(target=follow, daemon=True).start()
    worker.run(stop)
    free.set()
    worker.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
