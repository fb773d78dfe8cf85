"""A folder whose files are read by themselves: jobs for those that are new or have changed.

In: the folder, looked at from time to time. Out: jobs. A file that is still being written is left for the next look.
"""

import time
from collections.abc import Callable
from pathlib import Path

from docintel.errors import InputError
from docintel.files import printable
from docintel.parse.intake import absolute, list_files
from docintel.web.database import Database
from docintel.web.intake.jobs import Jobs, Kind

#: A file that was changed so recently may still be being written.
_SETTLED_S = 5


def check_watched(folder: Path, library: Path) -> Path:
    """The folder, absolute.

    Raises:
        InputError: it and the library lie in one another, so that reading would never end.
    """
    watched, own = folder.resolve(), library.resolve()
    if watched.is_relative_to(own) or own.is_relative_to(watched):
        raise InputError(
            f"监视文件夹不能与资料库互相包含：{folder}。"
            f" The watched folder and the library must not lie in one another: {folder}.",
            hint="请换一个文件夹。 Name another folder.",
        )
    return watched


class Watched:
    """A folder that is watched.

    Args:
        clock: seconds since the epoch.
    """

    def __init__(self, folder: Path, database: Database, clock: Callable[[], float] = time.time) -> None:
        self.folder = folder
        self._database = database
        self._jobs = Jobs(database)
        self._clock = clock

    def look(self) -> int:
        """Make jobs for files that are new or have changed since the last look; gives how many."""
        known = {row["path"]: (row["size"], row["modified"]) for row in self._database.rows("SELECT * FROM watched")}
        made = 0
        for file in list_files(self.folder) if self.folder.is_dir() else ():
            try:
                found = file.stat()
            except OSError:  # gone again
                continue
            path = printable(absolute(file))
            what = (found.st_size, found.st_mtime_ns)
            if known.get(path) == what or self._clock() - found.st_mtime < _SETTLED_S:
                continue
            # In this order: who dies in between makes a second job, which finds nothing new; no file is missed.
            name = printable(file.relative_to(self.folder))
            self._jobs.add(Kind.WATCHED, name=name, path=path, size=found.st_size)
            with self._database.transaction() as db:
                db.execute("INSERT OR REPLACE INTO watched VALUES (?, ?, ?)", (path, *what))
            made += 1
        return made
