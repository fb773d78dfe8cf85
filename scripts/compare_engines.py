"""Whether Ray gives what the local engine gives: both extract the same files, and the outputs are compared by bytes.

    python scripts/compare_engines.py                          # corpora/reports
    python scripts/compare_engines.py FOLDER… --workers 2 --address ray://host:10001

Every line of the JSON Lines is one document with its records; every line of the list of failures a file and its reason,
compared without the time it happened. Both runs use the command that users run. Lines are compared as they stand and
after sorting. The exit code is 1 where a line differs.
"""

import argparse
import csv
import hashlib
import io
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def extracted(paths: list[str], out: Path, options: list[str]) -> tuple[bytes, float]:
    """What `docintel extract` writes, and the seconds it takes; failed files are told of in it, too."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "docintel", "extract", *paths, "--format", "jsonl", "--out", str(out), *options]
    done = subprocess.run(command, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL, check=False)
    if done.returncode not in (0, 1):  # 1: some files failed and are listed
        sys.exit(done.returncode)
    failed = out.with_suffix(".failed.csv")
    with failed.open(encoding="utf-8-sig", newline="") if failed.exists() else io.StringIO() as file:
        failures = "".join(f"{row[:2]}\n" for row in csv.reader(file))
    return out.read_bytes() + failures.encode(), time.perf_counter() - started


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description="Compare what the local engine and Ray extract.")
    parser.add_argument(
        "paths", nargs="*", default=[str(ROOT / "corpora" / "reports")], help="default: corpora/reports"
    )
    parser.add_argument("--workers", default="2")
    parser.add_argument("--address", help="of a Ray cluster; default: one that is started here")
    parser.add_argument("--no-ocr", action="store_true")
    options = parser.parse_args()
    more = ["--workers", options.workers, *(["--no-ocr"] if options.no_ocr else [])]
    ray = ["--engine", "ray", *(["--address", options.address] if options.address else [])]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "local").mkdir()
        Path(folder, "ray").mkdir()
        local, local_s = extracted(options.paths, Path(folder, "local", "out.jsonl"), more)
        other, ray_s = extracted(options.paths, Path(folder, "ray", "out.jsonl"), more + ray)
    here, there = Counter(local.splitlines()), Counter(other.splitlines())
    differing = (here - there).total() + (there - here).total()
    print(
        f"local: {here.total()} lines, {len(local)} bytes, sha256 {hashlib.sha256(local).hexdigest()}, {local_s:.0f} s"
    )
    print(
        f"ray:   {there.total()} lines, {len(other)} bytes, sha256 {hashlib.sha256(other).hexdigest()}, {ray_s:.0f} s"
    )
    print(f"{'equal byte for byte' if local == other else f'{differing} lines differ after sorting'}")
    sys.exit(bool(differing))


if __name__ == "__main__":
    main()
