import pytest
from hypothesis import given
from hypothesis import strategies as st

from docintel.text.encodings import decode

TEXT = "某县医院完善采购制度，共发现问题12个、整改10个。"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_decodes_what_was_encoded(encoding):
    decoded = decode(TEXT.encode(encoding))
    assert decoded.text == TEXT
    assert decoded.intact


def test_declared_charset_is_read_where_utf8_fails():
    page = '<meta charset="big5"><p>衛生</p>'
    assert decode(page.encode("big5")).text == page


@pytest.mark.parametrize("codec", ["unicode_escape", "punycode", "utf-7", "rot13", "none-such"])
def test_a_declared_codec_that_is_no_charset_of_the_web_is_not_obeyed(codec):
    page = f'<meta charset="{codec}"><p>{TEXT}\\u4e00+AGE-</p>'
    assert decode(page.encode("gb18030")) == (page, "gb18030", True)


def test_broken_bytes_cost_only_themselves():
    decoded = decode(TEXT.encode() + b"\xff" + TEXT.encode())
    assert decoded.text == f"{TEXT}\ufffd{TEXT}"
    assert not decoded.intact


@given(st.binary(max_size=400))
def test_any_bytes_decode(data):
    assert isinstance(decode(data).text, str)
