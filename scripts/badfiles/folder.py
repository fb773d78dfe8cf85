"""A folder of bad files on disk, with things in it that are no files at all.

In: a seed, how many, and an address where a listener counts who calls. Out: the cases, written.
"""

import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path, PurePath

from scripts.badfiles.cases import Case, Fate, good_cases
from scripts.badfiles.damage import damaged_cases
from scripts.badfiles.documents import image_cases, mail_cases, pdf_cases, text_cases
from scripts.badfiles.packages import Bait, package_cases, zip_cases

_PACKAGES = ("报告.docx", "台账.xlsx", "版式.ofd")
_NOTE = "某镇纪委开展监督检查，发现问题3个，已全部整改。"
_ODD_NAMES = ("CON.txt", "nul.txt", "-rf.txt", "空 格.txt", "🙂.txt", "换\n行.txt", "%s{0}.txt", "长" * 80 + ".txt")


def make_cases(bait: Bait, *, count: int, seed: int, long_mb: int, office: bool) -> list[Case]:
    """Good files, hostile ones, and damaged ones until there are `count` that are not good."""
    rng = random.Random(seed)
    good = good_cases(office=office)
    data = {case.name: case.data for case in good}
    hostile = [
        *zip_cases(bait),
        *package_cases({PurePath(name).suffix: data[name] for name in _PACKAGES}, bait),
        *pdf_cases(),
        *image_cases(),
        *mail_cases(),
        *text_cases(rng, long_mb=long_mb),
        *_odd_names(),
    ]
    return [*good, *hostile, *damaged_cases(good, count - len(hostile), seed)]


def _odd_names() -> Iterator[Case]:
    for i, name in enumerate(_ODD_NAMES):
        yield Case(name, f"{_NOTE}{i}".encode(), Fate.READ, "names")


def write_folder(cases: list[Case], folder: Path, bait: Bait) -> list[Path]:
    """Write the cases, a subfolder a group, and beside them what must be left alone; the paths, in the cases' order."""
    paths = []
    for case in cases:
        path = folder / case.group / case.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(case.data)
        paths.append(path)
    odd = folder / "not files"
    odd.mkdir()
    for make in _not_files(odd, bait):
        try:
            make()
        except (OSError, AttributeError, NotImplementedError):  # Windows has no pipes, and links only for some
            continue
    return paths


def _not_files(folder: Path, bait: Bait) -> list[Callable[[], object]]:
    return [
        lambda: (folder / "出去.txt").symlink_to(bait.secret),
        lambda: (folder / "出去").symlink_to(bait.secret.parent),
        lambda: (folder / "断链.txt").symlink_to(folder / "没有.txt"),
        lambda: (folder / "自指").symlink_to(folder),
        lambda: (folder / "设备.txt").symlink_to("/dev/zero"),
        lambda: os.mkfifo(folder / "管道.txt"),
        (folder / "文件夹.docx").mkdir,
        lambda: (folder / ".隐藏.txt").write_text(_NOTE, encoding="utf-8"),
        lambda: (folder / "~$报告.docx").write_bytes(bytes(162)),
    ]
