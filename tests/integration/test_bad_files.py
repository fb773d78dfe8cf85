"""Damaged and hostile files: each costs itself one clear error, and nothing outside it."""

from dataclasses import replace

import pytest

from docintel.parse.file import DEFAULT_LIMITS
from docintel.parse.intake import list_files, read_documents
from docintel.parse.sandbox import Sandbox
from scripts.badfiles.cases import Case, Fate, short_reports
from scripts.badfiles.documents import image_cases, mail_cases, pdf_cases
from scripts.badfiles.folder import write_folder
from scripts.badfiles.packages import Bait, package_cases, zip_cases
from scripts.check_bad_files import Result, result_faults
from scripts.roundtrip.ofd import write_ofd
from scripts.roundtrip.plain import write_xlsx
from scripts.roundtrip.word import write_docx

SECRET = "绝密内容不得外传7f3a9c"
NOTE = "某县纪委监委开展专项检查，发现问题12个，督促整改10个。"
#: Groups of which one file takes seconds to make or to read.
COSTLY = {"zip bomb", "stream bomb", "too many pages", "image bomb", "deep nesting", "long line"}
LIMITS = replace(DEFAULT_LIMITS, ocr=False, silence_s=20, total_s=30, memory_mb=2048)


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(LIMITS) as opened:
        yield opened


@pytest.fixture(scope="module")
def bait(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bait")
    for name in ("secret", "outside"):
        (folder / name).mkdir()
    (folder / "secret" / "secret.txt").write_text(SECRET, encoding="utf-8")
    return Bait(folder / "secret" / "secret.txt", "http://127.0.0.1:9/x", folder / "outside")


@pytest.fixture(scope="module")
def hostile(bait):
    report = short_reports()[3]
    good = {".docx": write_docx(report), ".xlsx": write_xlsx(report.only_ledger()), ".ofd": write_ofd(report)}
    return [
        *zip_cases(bait, bomb_mb=1),
        *package_cases(good, bait, bomb_mb=1),
        *pdf_cases(bomb_mb=1, pages=1),
        *image_cases(side=100),
        *mail_cases(),
    ]


def read(sandbox, folder, cases):
    paths = [folder / case.name for case in cases]
    for case, path in zip(cases, paths, strict=True):
        path.write_bytes(case.data)
    return [Result(c, tuple(read_documents(p, sandbox)), 0) for c, p in zip(cases, paths, strict=True)]


def test_hostile_files_cost_themselves_one_clear_error(sandbox, tmp_path, hostile, bait):
    chosen = [case for case in hostile if case.group not in COSTLY]
    results = read(sandbox, tmp_path, chosen)
    assert [fault for result in results for fault in result_faults(result, results)] == []
    assert list(bait.outside.iterdir()) == []


def test_a_file_cut_short_is_not_read_as_whole(sandbox, tmp_path):
    report = short_reports()[3]
    good = Case("报告.docx", write_docx(report), Fate.GOOD, "good")
    cut = [
        Case(f"截断{i}.docx", good.data[: len(good.data) * i // 8], Fate.ANY, "truncated", good.name) for i in range(8)
    ]
    results = read(sandbox, tmp_path, [good, *cut])
    assert [fault for result in results for fault in result_faults(result, results)] == []


def test_a_suffix_that_lies_does_not_matter(sandbox, tmp_path):
    data = write_xlsx(short_reports()[3].only_ledger())
    first, *others = read(
        sandbox, tmp_path, [Case(f"a{s}", data, Fate.GOOD, "good") for s in (".xlsx", ".pdf", ".txt", "")]
    )
    assert all(other.texts == first.texts for other in others)


def test_links_pipes_and_hidden_files_are_no_documents(tmp_path, bait):
    (case,) = [Case("说明.txt", NOTE.encode(), Fate.GOOD, "good")]
    paths = write_folder([case], tmp_path, bait)
    assert list_files(tmp_path) == paths
