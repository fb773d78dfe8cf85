"""The list of files that failed when they were last tried, with the reasons: `failed.csv`.

In: what became of files. Out: a CSV file for people, which `--retry-failed` reads too; no file when nothing failed.
"""

import csv
from collections.abc import Iterable, Mapping
from datetime import datetime
from io import StringIO
from pathlib import Path

from docintel.batch.sources import Source
from docintel.exports.cells import neutral
from docintel.files import write_whole
from docintel.parse.intake import INSIDE
from docintel.schema import FileReport, IngestStatus

_HEAD = ("文件 file", "原因 reason", "时间 time")


class Failures:
    """The list at a path.

    Args:
        path: of the CSV file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def files(self) -> list[str]:
        """The files that are to be tried again, absolute; of a member the file it is in."""
        return list(dict.fromkeys(_outermost(place) for place in self._read()))

    def update(self, tried: Iterable[Source], reports: Iterable[tuple[Source, FileReport]]) -> int:
        """Put what became of some files in place of what the list says of them; gives how many places it has now."""
        before = {source.place for source in tried}
        now = datetime.now().astimezone().isoformat(timespec="seconds")
        rows = {place: told for place, told in self._read().items() if _outermost(place) not in before}
        for source, report in reports:
            if report.status is IngestStatus.FAILED:
                rows[source.place + report.path.removeprefix(source.shown)] = (report.message, now)
        self._write(rows)
        return len(rows)

    def _read(self) -> dict[str, tuple[str, str]]:
        if not self.path.is_file():
            return {}
        with self.path.open(encoding="utf-8-sig", newline="") as file:
            rows = [row for row in csv.reader(file) if len(row) == len(_HEAD)]
        return {place: (reason, time) for place, reason, time in rows[1:]}

    def _write(self, rows: Mapping[str, tuple[str, str]]) -> None:
        if not rows:
            self.path.unlink(missing_ok=True)
            return
        out = StringIO()
        writer = csv.writer(out)
        writer.writerow(_HEAD)
        writer.writerows([neutral(cell) for cell in (place, *told)] for place, told in sorted(rows.items()))
        write_whole(self.path, out.getvalue().encode("utf-8-sig", "replace"))


def _outermost(place: str) -> str:
    return place.split(INSIDE, 1)[0]
