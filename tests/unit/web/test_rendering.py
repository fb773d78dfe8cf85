import email.message

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docintel.web.rendering import disposition


def _names(header):
    message = email.message.Message()
    message["Content-Disposition"] = header
    return message.get_param("filename", header="Content-Disposition"), message.get_filename()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("检索结果.xlsx", "检索结果.xlsx"),
        ('a"; filename="b.exe', "a_; filename=_b.exe"),
        ("a\r\nSet-Cookie: x=1\r\n\r\n<script>.csv", "aSet-Cookie_ x=1_script_.csv"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\windows\\x.bat", "C__windows_x.bat"),
        ("\u202egpj.exe", "gpj.exe"),
        ("", "download"),
        ("...", "download"),
        ("100%.txt", "100%.txt"),
    ],
)
def test_a_download_has_a_name_and_nothing_else(name, shown):
    header = disposition(name)
    assert header.isascii()
    assert "\r" not in header
    assert "\n" not in header
    assert header.count('"') == 2
    from urllib.parse import unquote

    assert unquote(header.rpartition("''")[2]) == shown


@given(st.text())
def test_any_name_gives_one_header(name):
    header = disposition(name)
    header.encode("latin-1")
    assert header.isprintable()
    assert header.count('"') == 2
    assert header.startswith('attachment; filename="')


@given(st.text(min_size=200, max_size=300))
def test_long_names_are_cut(name):
    assert len(disposition(f"{name}.xlsx").partition('"; ')[0]) < 160
