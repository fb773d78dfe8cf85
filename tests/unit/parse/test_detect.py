import io
import struct
import zipfile

import pytest

from docintel.parse.detect import detect
from tests.ole_samples import make_ole


def package(part):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(part, "x")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"%PDF-1.7\n", "pdf"),
        (package("word/document.xml"), "docx"),
        (package("xl/workbook.xml"), "sheet"),
        (package("OFD.xml"), "ofd"),
        (package("a.txt"), "zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", "OLE2 file"),
        (b"\x89PNG\r\n\x1a\n", "image"),
        (b"\xff\xd8\xff\xe0", "image"),
        (b"{\\rtf1", "rtf"),
        (b"<?xml version='1.0'?><feed/>", "XML"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related", "eml"),
        (b"<!DOCTYPE html><p>", "html"),
        (b"\n <p>x</p>", "html"),
        (b"<!-- saved --><html>", "html"),
        (b"<?xml version='1.0'?>\n<!DOCTYPE html><html>", "html"),
        ("\ufeff<html>".encode("utf-16-le"), "html"),
        ("某县通报".encode(), "text"),
        ("某县<通报>".encode(), "text"),
        ("《办法》<p>是标签".encode(), "text"),
        (b"BM is a text", "text"),
        (b'[{"a": 1}]', "JSON"),
        (b'{"a": 1}\n{"b": 2}', "JSON"),  # JSON Lines
        ('["甲"]'.encode("utf-16"), "JSON"),
        ('["甲"]'.encode("gbk"), "JSON"),
        (b'["' + b"x" * (1 << 20), "JSON"),
        ('["甲"] 说明'.encode(), "text"),
        ("[[附件]] 说明".encode(), "text"),
        (b"[" * 100_000, "text"),
    ],
)
def test_detect_by_content(data, name):
    assert detect(data) == name


def test_a_link_at_the_start_of_markdown_is_no_json():
    assert detect("[[附件]] 说明".encode(), "a.md") == "markdown"


def embedded(host, guest):
    """An OLE2 package of one stream and a storage that holds another."""
    data = bytearray(make_ole({host: b"", "MBD1": b"", guest: b""}))
    storage = data.index("MBD1".encode("utf-16-le"))
    data[storage + 66] = 1
    struct.pack_into("<3I", data, storage + 68, 0xFFFFFFFF, 0xFFFFFFFF, 3)
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (embedded("Workbook", "WordDocument"), "sheet"),
        (embedded("WordDocument", "Workbook"), "doc"),
        (embedded("VisioDocument", "WordDocument"), "OLE2 file"),
        (make_ole({"PowerPoint Document": "EncryptedPackage".encode("utf-16-le")}), "ppt"),
        (make_ole({"EncryptedPackage": b"", "EncryptionInfo": b""}), "encrypted Office file"),
        (make_ole({"\5HwpSummaryInformation": b""}), "HWP"),
    ],
)
def test_ole2_files_are_told_by_their_root(data, name):
    assert detect(data) == name


def test_ole2_files_with_a_damaged_directory_are_told_by_any_name_in_them():
    data = make_ole({"WordDocument": b""})
    assert detect(data[:512] + bytes(512) + data[1024:]) == "doc"
    assert detect(data[: data.index("WordDocument".encode("utf-16-le")) + 30]) == "doc"
