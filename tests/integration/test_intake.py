"""Every document in a file, and in the files inside it."""

import io
import os
import warnings
import zipfile
from dataclasses import replace

import pytest
from reportlab.pdfgen.canvas import Canvas

from docintel.library import Library
from docintel.parse.file import DEFAULT_LIMITS
from docintel.parse.intake import list_files, read_documents
from docintel.parse.sandbox import Sandbox
from docintel.schema import IngestStatus, ReadStatus

TEXT = "某县通报\n某县纪委监委发现问题35个，督促整改30个。"


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox() as opened:
        yield opened


class GbkInfo(zipfile.ZipInfo):
    """A member whose name is in GBK, without a flag, as Chinese Windows writes it."""

    def _encodeFilenameFlags(self):  # noqa: N802, as zipfile calls it
        return self.filename.encode("gbk"), self.flag_bits


def packed(members):
    """A ZIP archive; values may be nested archives."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(GbkInfo(name), packed(content) if isinstance(content, dict) else content)
    return out.getvalue()


def read(path, sandbox, **options):
    return {
        intake.path.removeprefix(str(path)): intake.document or intake.error
        for intake in read_documents(path, sandbox, **options)
    }


def test_every_member_is_a_document_with_a_path_inside_the_archive(tmp_path, sandbox):
    path = tmp_path / "线索.zip"
    path.write_bytes(packed({"台账/七月.txt": TEXT.encode("gb18030"), "旧.zip": {"六月.html": f"<p>{TEXT}。</p>" * 9}}))
    found = read(path, sandbox)
    assert list(found) == ["!/台账/七月.txt", "!/旧.zip!/六月.html"]
    assert [document.parser for document in found.values()] == ["text", "html"]
    assert found["!/台账/七月.txt"].source == "线索.zip!/台账/七月.txt"


def test_a_bad_member_costs_itself_only(tmp_path, sandbox):
    path = tmp_path / "a.zip"
    path.write_bytes(packed({"空.txt": b"", "好.txt": TEXT.encode(), "程序.exe": b"MZ\x90\x00" + bytes(99)}))
    found = read(path, sandbox)
    assert found["!/好.txt"].title == "某县通报"
    assert "空.txt is empty" in str(found["!/空.txt"])
    assert "program" in str(found["!/程序.exe"])


def test_what_systems_leave_in_archives_is_no_report(tmp_path, sandbox):
    path = tmp_path / "a.zip"
    path.write_bytes(packed({"__MACOSX/._a.txt": b"x", ".DS_Store": b"x", "~$a.docx": b"x", "a.txt": TEXT.encode()}))
    assert list(read(path, sandbox)) == ["!/a.txt"]


@pytest.mark.parametrize(
    ("members", "limit", "words"),
    [
        ({"a.zip": {"b.zip": {"c.zip": {"d.txt": TEXT}}}}, {"depth": 2}, "2 archives deep"),
        ({"a.zip": {f"{i}.txt": f"{TEXT}{i}" for i in range(3)}, "b.txt": TEXT}, {"members": 3}, "3"),
        ({}, {}, "without reports"),
    ],
    ids=["depth", "members", "empty"],
)
def test_limits_over_all_depths_are_errors_with_the_archive_s_name(tmp_path, members, limit, words):
    path = tmp_path / "包.zip"
    path.write_bytes(packed(members))
    with Sandbox(replace(DEFAULT_LIMITS, **limit)) as sandbox:
        errors = [str(found) for found in read(path, sandbox).values() if isinstance(found, Exception)]
    assert len(errors) == 1
    assert "包.zip" in errors[0]
    assert words in errors[0]


def test_a_file_larger_than_the_limit_is_refused_unread(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"x" * (2 << 20))
    with Sandbox(replace(DEFAULT_LIMITS, file_mb=1)) as sandbox:
        assert "the limit is 1 MiB" in str(read(path, sandbox)[""])


@pytest.mark.skipif(os.name != "posix", reason="links need no rights on POSIX only")
def test_links_out_of_the_folder_are_not_followed(tmp_path):
    secret, folder = tmp_path / "secret", tmp_path / "folder"
    secret.mkdir()
    folder.mkdir()
    (secret / "a.txt").write_text(TEXT, "utf-8")
    (folder / "b.txt").write_text(TEXT, "utf-8")
    (folder / "out.txt").symlink_to(secret / "a.txt")
    (folder / "all").symlink_to(secret)
    (folder / "same.txt").symlink_to(folder / "b.txt")
    assert list_files(folder) == [folder / "b.txt"]


def test_two_members_of_one_name_are_two_documents(tmp_path, sandbox):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number in (35, 36):
            archive.writestr("通知.txt", TEXT.replace("35", str(number)))
    path = tmp_path / "a.zip"
    path.write_bytes(out.getvalue())
    assert list(read(path, sandbox)) == ["!/通知.txt", "!/通知(2).txt"]


def test_a_bad_path_costs_itself_only(tmp_path):
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    assert [path.name[:5] for path in list_files([tmp_path / ("长" * 300), tmp_path])] == ["a.txt", "长" * 5]


@pytest.mark.model
def test_what_could_not_be_read_this_time_is_not_forgotten(tmp_path, encoder):
    path = tmp_path / "x!" / "a.zip"
    path.parent.mkdir()
    path.write_bytes(packed({"内.zip": {"七月.txt": TEXT}, "八月.txt": TEXT.replace("35", "36")}))
    with Library(tmp_path / "library", encoder=encoder) as library:
        library.ingest(path)
        library.ingest(path, limits=replace(DEFAULT_LIMITS, depth=1))
        assert len(library.documents()) == 2
        path.write_bytes(path.read_bytes()[:60])
        assert {report.status for report in library.ingest(path)} == {IngestStatus.FAILED}
        assert len(library.documents()) == 2


@pytest.mark.model
def test_a_file_read_in_part_is_read_again_under_other_limits(tmp_path, encoder):
    path = tmp_path / "a.pdf"
    canvas = Canvas(str(path))
    for number in (35, 36):
        canvas.drawString(100, 700, f"{number} problems were found and written down.")
        canvas.showPage()
    canvas.save()
    with Library(tmp_path / "library", encoder=encoder) as library:
        few = replace(DEFAULT_LIMITS, pages=1)
        found = [library.ingest(path, limits=limits)[0] for limits in (few, few, DEFAULT_LIMITS, DEFAULT_LIMITS)]
        assert [(report.status, report.read) for report in found] == [
            (IngestStatus.ADDED, ReadStatus.PARTIAL),
            (IngestStatus.UNCHANGED, ReadStatus.PARTIAL),
            (IngestStatus.UPDATED, ReadStatus.FULL),
            (IngestStatus.UNCHANGED, ReadStatus.FULL),
        ]


@pytest.mark.model
def test_members_are_ingested_once_and_go_with_their_archive(tmp_path, encoder):
    path = tmp_path / "a.zip"
    path.write_bytes(packed({"七月.txt": TEXT, "八月.txt": TEXT.replace("35", "36")}))
    with Library(tmp_path / "library", encoder=encoder) as library:
        assert [report.status for report in library.ingest(path)] == [IngestStatus.ADDED] * 2
        assert [report.status for report in library.ingest(path)] == [IngestStatus.UNCHANGED] * 2
        path.write_bytes(packed({"七月.txt": TEXT}))
        assert [report.status for report in library.ingest(path)] == [IngestStatus.UNCHANGED]
        assert list(library.documents()["source"]) == ["a.zip!/七月.txt"]
        assert library.verify() == []
