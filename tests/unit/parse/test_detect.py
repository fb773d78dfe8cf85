import io
import zipfile

import pytest

from docintel.parse.detect import detect


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
    ],
)
def test_detect_by_content(data, name):
    assert detect(data) == name
