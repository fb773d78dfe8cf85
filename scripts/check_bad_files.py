#!/usr/bin/env python
"""Feed docintel hundreds of damaged and hostile files, and see that each costs itself one clear error and nothing else.

In: nothing; the files are made here, the same for the same seed. Each is read alone, under a clock, then all of them
by `docintel extract` in a process of its own, under a watch. Out: counts, and every fault; exit status 1 for any.
"""

import argparse
import json
import os
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from docintel.parse.file import DEFAULT_LIMITS, Limits
from docintel.parse.intake import Intake, read_documents
from docintel.parse.sandbox import Sandbox
from docintel.schema import ReadStatus
from scripts.badfiles.cases import Case, Fate
from scripts.badfiles.folder import make_cases, write_folder
from scripts.badfiles.packages import Bait
from scripts.badfiles.watch import Listener, Memory, Run, run_watched
from scripts.roundtrip.word import has_office

_SECRET = "绝密内容不得外传7f3a9c"
_LIMITS = replace(DEFAULT_LIMITS, silence_s=60, total_s=300)
#: What the process that extracts may hold beside its worker, in MiB: models, one document and its records.
_PARENT_MB = 2500
_DEFECT = ("defeats its parser", "a defect of docintel", "Traceback (most recent call last)")
_CLEAR = re.compile(r"[\u4e00-\u9fff]{2}.*[A-Za-z]{2}|[A-Za-z]{2}.*[\u4e00-\u9fff]{2}", re.DOTALL)
#: Of files in these formats a loss does not show: any piece of a text is a text.
_TEXTS = (".txt", ".md", ".csv", ".html", ".eml", ".rtf")
_CONNECT = re.compile(r"sa_family=AF_INET6?,.*?\)")
_LOSING = ("truncated", "zip bomb", "part missing")
_REASONS = (
    ("encrypted", "encrypted|password"),
    ("empty", r"empty|no text|without files|no pages"),
    ("out of time", "given up after"),
    ("out of memory", "of memory|MiB of"),
    ("crashed its reader", "crashed"),
    ("defect of ours", "defeats its parser"),
    ("nested too deep", "too deep|archives deep|nested"),
    ("past a limit", r"limit|more than|too (?:large|many|big)|expands|ratio"),
    ("not supported", "cannot be read|is no text|not supported"),
    ("unsafe XML", "document type definition"),
    ("link or device", "is a link"),
    ("overlapping members", "shares its bytes"),
    ("damaged", "damaged|broken|corrupt|truncated|incomplete|cut short|no valid|invalid|cannot be opened"),
)


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one file, read alone."""

    case: Case
    intakes: tuple[Intake, ...]
    seconds: float

    @property
    def texts(self) -> list[str]:
        """Texts of its documents, in order."""
        return [intake.document.text for intake in self.intakes if intake.document]

    @property
    def errors(self) -> list[Intake]:
        """Its failures."""
        return [intake for intake in self.intakes if intake.error]

    @property
    def status(self) -> ReadStatus:
        """Full, when nothing failed and nothing is missing; partial, when something was read."""
        if not self.texts:
            return ReadStatus.FAILED
        missing = any(intake.document.missing for intake in self.intakes if intake.document)
        return ReadStatus.PARTIAL if missing or self.errors else ReadStatus.FULL


def main() -> int:
    """Make the files, read them twice, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=420, help="bad files, about")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--long-mb", type=int, default=1, help="MiB of the longest lines; extraction takes a minute each"
    )
    parser.add_argument("--keep", type=Path, help="an empty folder for the files; a temporary one unless named")
    parser.add_argument("--only", default="", help="only files whose group or name holds this, read alone")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        root = (options.keep or Path(name)).resolve()
        bait, listener = _set_bait(root)
        cases = make_cases(bait, count=options.count, seed=options.seed, long_mb=options.long_mb, office=has_office())
        cases = [case for case in cases if options.only in f"{case.group}/{case.name}"]
        paths = write_folder(cases, root / "in" / "folder", bait)
        before = _listing(root)
        with Memory() as memory:
            results = list(read_alone(cases, paths))
        faults = [fault for result in results for fault in result_faults(result, results)]
        run = None
        if not options.only:
            run = extract_all(root, results)
            faults += run_faults(run, results, root)
            faults += network_faults(root)
        faults += world_faults(root, before, bait, listener)
        print_summary(results, run, memory, faults)
    return 1 if faults else 0


def _set_bait(root: Path) -> tuple[Bait, Listener]:
    """Lay out what hostile files point to."""
    for folder in ("secret", "outside", "tmp", "cache", "in/folder"):
        (root / folder).mkdir(parents=True)
    secret = root / "secret" / "secret.txt"
    secret.write_text(_SECRET, encoding="utf-8")
    listener = Listener()
    os.environ |= {"TMPDIR": str(root / "tmp"), "DOCINTEL_CACHE": str(root / "cache")}
    tempfile.tempdir = None
    return Bait(secret, listener.address, root / "outside"), listener


def read_alone(cases: Sequence[Case], paths: Sequence[Path], limits: Limits = _LIMITS) -> Iterator[Result]:
    """Read every file by itself, in one sandbox."""
    console = Console(stderr=True)
    with Sandbox(limits) as sandbox, Progress(console=console, transient=True) as progress:
        task = progress.add_task("", total=len(cases))
        for case, path in zip(cases, paths, strict=True):
            progress.update(task, description=repr(case.name)[:40])
            begun = time.monotonic()
            intakes = tuple(replace(intake, data=b"") for intake in read_documents(path, sandbox))
            yield Result(case, intakes, time.monotonic() - begun)
            progress.advance(task)


def result_faults(result: Result, results: Sequence[Result]) -> Iterator[str]:
    """What is wrong with how one file was read alone."""
    case = result.case
    name = f"{case.group}/{case.name!r}"
    if not result.intakes:
        yield f"{name}: neither document nor error"
    if result.seconds > _LIMITS.total_s:
        yield f"{name}: took {result.seconds:.0f} s"
    seen: Counter[str] = Counter()
    for intake in result.errors:
        seen[intake.path] += 1
        yield from (f"{name}: {what}" for what in error_faults(intake))
    yield from (f"{name}: {count} errors for {path}" for path, count in seen.items() if count > 1)
    if case.fate is Fate.FAIL and result.texts:
        yield f"{name}: should fail, was read: {result.texts[0][:60]!r}"
    if case.fate in (Fate.READ, Fate.GOOD) and not result.texts:
        yield f"{name}: should be read; {result.errors[0].error if result.errors else ''}"
    yield from (f"{name}: {what}" for what in _loss(result, results))
    if any(_SECRET in text for text in result.texts):
        yield f"{name}: gave away a file outside the folder"


def _loss(result: Result, results: Sequence[Result]) -> Iterator[str]:
    """Text that is gone without a word."""
    case = result.case
    original = next((other for other in results if other.case.name == case.of), None)
    if case.fate is Fate.GOOD and result.status is not ReadStatus.FULL and result.texts:
        yield f"good, read {result.status}: {[i.document.missing for i in result.intakes if i.document]}"
    if original is None or result.status is not ReadStatus.FULL:
        return
    differs = "".join(result.texts) != "".join(original.texts)
    silent = case.group in _LOSING and not case.name.endswith(_TEXTS)
    if differs and (case.fate is Fate.GOOD or silent):
        lost = sum(map(len, original.texts)) - sum(map(len, result.texts))
        yield f"read in full, {lost} characters fewer than {case.of}"


def error_faults(intake: Intake) -> Iterator[str]:
    """What is wrong with an error: it must name its file, and give a reason and a hint in both languages."""
    error = intake.error
    assert error is not None
    message = str(error)
    name = re.split(r"[/\\]", intake.path)[-1]
    if any(sign in message for sign in _DEFECT):
        yield f"a defect, not an error: {message}"
    if name not in message:
        yield f"the message does not name {name!r}: {message!r}"
    for what, text in (("message", message), ("hint", error.hint)):
        if not _CLEAR.search(text.replace(name, "")):
            yield f"the {what} is not in both languages: {text!r}"


def extract_all(root: Path, results: Sequence[Result]) -> Run:
    """`docintel extract` of the good files, then of the whole folder, each in its own process; how the second ended."""
    environment = os.environ | {"COLUMNS": "100000", "HOME": str(root / "outside"), "PYTHONWARNINGS": "ignore"}
    timeout = 600 + 4 * sum(result.seconds for result in results)
    command = [sys.executable, "-m", "docintel", "extract", "--format", "jsonl"]
    command += [argument for limit in ("silence_s", "total_s") for argument in ("--limit", f"{limit}={_limit(limit)}")]
    for folder, out in (("in/folder/good", "good.jsonl"), ("in", "out.jsonl")):
        run = run_watched(
            [*command, str(root / folder), "--out", str(root / out)], environment=environment, timeout_s=timeout
        )
    return run


def _limit(name: str) -> int:
    return int(getattr(_LIMITS, name))


def _extractions(path: Path) -> dict[str, str]:
    """Lines of JSON by the document's id, without its name: bytes may stand in a folder under several."""
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        found[record["document"]] = json.dumps(record | {"doc": ""}, ensure_ascii=False)
    return found


def run_faults(run: Run, results: Sequence[Result], root: Path) -> Iterator[str]:
    """What is wrong with the run over all files."""
    if run.code != 1:
        yield f"docintel extract: exit code {run.code}, not 1"
    if run.tree_mb > _LIMITS.memory_mb + _PARENT_MB:
        yield f"docintel extract: held {run.tree_mb:.0f} MiB"
    yield from (
        f"docintel extract: {line.strip()[:300]}" for line in run.stderr.split("\n") if any(s in line for s in _DEFECT)
    )
    if not (root / "out.jsonl").exists():
        yield f"docintel extract: no output; {run.stderr[-300:]}"
        return
    lines = _extractions(root / "out.jsonl")
    failed = run.stderr.partition("Failed")[2].partition("Read in part")[0]
    for result in results:
        for intake in result.intakes:
            if (
                intake.document and intake.id not in lines and intake.path not in failed
            ):  # it may be too long to extract
                yield f"docintel extract: left out {intake.path!r}, which was read alone"
    yield from (
        f"docintel extract: other records of {json.loads(line)['title']!r} than without bad files beside it"
        for id_, line in _extractions(root / "good.jsonl").items()
        if lines.get(id_) != line
    )
    for result in results:
        for intake in result.errors:
            shown = sum(line.strip().startswith(intake.path + " ") for line in failed.split("\n"))
            if shown != 1:
                yield f"docintel extract: {intake.path!r} is reported {shown} times"


def network_faults(root: Path) -> Iterator[str]:
    """Whom a run over the good files calls outside this machine; nothing where strace is missing."""
    if (strace := shutil.which("strace")) is None:
        return
    log = root / "cache" / "connect.log"
    good = str(root / "in" / "folder" / "good")  # a run of half a minute: what calls home does so after a while
    command = [sys.executable, "-m", "docintel", "extract", good, "--out", str(root / "cache" / "traced.jsonl")]
    run_watched([strace, "-f", "-e", "trace=connect", "-o", str(log), *command], environment=os.environ, timeout_s=600)
    calls = {match.group() for line in log.open(encoding="utf-8") if (match := _CONNECT.search(line))}
    yield from (f"docintel extract: calls outside: {call}" for call in sorted(calls))


def world_faults(root: Path, before: set[str], bait: Bait, listener: Listener) -> Iterator[str]:
    """What has changed outside the files that were asked for."""
    allowed = {"out.jsonl", "good.jsonl"}
    for path in sorted(_listing(root) - before - allowed):
        if not path.startswith("cache"):
            yield f"left behind: {path}"
    yield from (f"written: {path}" for path in Path("/").glob("escaped*"))
    if listener.calls:
        yield f"the network was used {listener.calls} times"
    listener.close()
    if bait.secret.read_text(encoding="utf-8") != _SECRET:
        yield "a file outside was changed"


def _listing(root: Path) -> set[str]:
    return {str(path.relative_to(root)) for path in root.rglob("*")}


def reason(intake: Intake) -> str:
    """The class of an error, by its words."""
    message = f"{intake.error}"
    found = (label for label, pattern in _REASONS if re.search(pattern, message, re.IGNORECASE))
    return next(found, "other: " + message.rsplit("。", maxsplit=1)[-1].strip()[:60])


def print_summary(results: Sequence[Result], run: Run | None, memory: Memory, faults: Iterable[str]) -> None:
    """Counts, extremes and faults."""
    statuses = Counter(result.status for result in results)
    print(
        f"{len(results)} files, {sum(result.case.fate is Fate.GOOD for result in results)} of them good: "
        + ", ".join(f"{status} {count}" for status, count in statuses.items())
    )
    for group in dict.fromkeys(result.case.group for result in results):
        each = Counter(str(result.status) for result in results if result.case.group == group)
        print(
            f"  {group:16} {sum(each.values()):4}  " + ", ".join(f"{status} {count}" for status, count in each.items())
        )
    print("failures by reason:")
    for label, count in Counter(reason(intake) for result in results for intake in result.errors).most_common():
        print(f"  {count:4}  {label}")
    slowest = sorted(results, key=lambda result: -result.seconds)[:5]
    print("slowest: " + ", ".join(f"{result.case.name!r} {result.seconds:.1f} s" for result in slowest))
    print(f"most memory, read alone: {memory.process_mb:.0f} MiB in one process")
    if run:
        print(
            f"docintel extract: {run.seconds:.0f} s, exit code {run.code}, {run.tree_mb:.0f} MiB in all its processes"
        )
    faults = list(faults)
    print(f"{len(faults)} faults" + "".join(f"\n  {fault[:500]}" for fault in faults))


if __name__ == "__main__":
    sys.exit(main())
