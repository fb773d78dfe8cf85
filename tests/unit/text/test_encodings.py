import pytest
from hypothesis import given
from hypothesis import strategies as st

from docintel.text.encodings import decode

SIMPLIFIED = "某县医院完善采购制度，共发现问题12个、整改10个。"
TRADITIONAL = "某縣醫院完善採購制度，共發現問題12個、整改10個。"
SHORT = {"zh-Hans": "县医院通报", "zh-Hant": "縣醫院通報"}
LONG = {"zh-Hans": SIMPLIFIED * 40, "zh-Hant": TRADITIONAL * 40}
PAGE = "<html><head><title>x</title></head>\n<body>\n<p>{}</p>\n</body></html>"

BOTH = ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
WAYS = [
    *((encoding, script) for encoding in BOTH for script in ("zh-Hans", "zh-Hant")),
    ("gb2312", "zh-Hans"),
    ("big5", "zh-Hant"),
    ("cp950", "zh-Hant"),
    ("big5hkscs", "zh-Hant"),
]


@pytest.mark.parametrize("texts", [SHORT, LONG], ids=["short", "long"])
@pytest.mark.parametrize(("encoding", "script"), WAYS)
def test_decodes_what_was_encoded(encoding, script, texts):
    decoded = decode(texts[script].encode(encoding))
    assert decoded.text == texts[script]
    assert decoded.intact


@pytest.mark.parametrize(("encoding", "script"), WAYS)
def test_a_page_with_much_markup_before_its_text(encoding, script):
    page = "<!-- " + "x" * 20_000 + " -->" + PAGE.format(LONG[script])
    assert decode(page.encode(encoding)).text == page


@pytest.mark.parametrize(("encoding", "script"), WAYS)
@pytest.mark.parametrize("at", [0.1, 0.5, 0.95])
def test_a_broken_byte_costs_no_more_than_its_line(encoding, script, at):
    lines = [LONG[script][:80]] * 20
    width = 4 if "32" in encoding else 2 if "16" in encoding else 1
    data = "\n".join(lines).encode(encoding)
    broken = int(at * len(data)) // width * width
    decoded = decode(data[:broken] + b"\xff" * width + data[broken + width :])
    assert decoded.text.count(lines[0]) >= len(lines) - 2


@pytest.mark.parametrize(("encoding", "script"), WAYS)
def test_a_text_cut_off_within_a_character(encoding, script):
    decoded = decode(LONG[script].encode(encoding)[:-3])
    assert decoded.text[:-3] == LONG[script][: len(decoded.text) - 3]
    assert len(decoded.text) >= len(LONG[script]) - 3


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16"])
def test_utf16_of_odd_length_loses_its_last_character_and_says_so(encoding):
    decoded = decode(SIMPLIFIED.encode(encoding) + b"\x4e")
    assert decoded.text.rstrip("\ufffd") == SIMPLIFIED
    assert not decoded.intact


def test_broken_bytes_cost_only_themselves():
    for encoding in ("utf-8", "gb18030"):
        decoded = decode(SIMPLIFIED.encode(encoding) + b"\xff" + SIMPLIFIED.encode(encoding))
        assert (decoded.text, decoded.encoding) == (f"{SIMPLIFIED}\ufffd{SIMPLIFIED}", encoding)
        assert not decoded.intact


@pytest.mark.parametrize("codec", ["big5", "unicode_escape", "punycode", "utf-7", "rot13", "none-such"])
def test_a_declared_codec_is_not_obeyed(codec):
    page = f'<meta charset="{codec}"><p>{SIMPLIFIED}\\u4e00+AGE-</p>'
    assert decode(page.encode("gb18030")) == (page, "gb18030", True)


@pytest.mark.parametrize("text", ["衛生", "紀委", "關於整改情況的通報", "甲"])
def test_a_few_characters_of_big5(text):
    page = f'<meta charset="big5"><p>{text}</p>'
    assert decode(page.encode("big5")).text == page


@given(st.binary(max_size=400))
def test_any_bytes_decode(data):
    assert isinstance(decode(data).text, str)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1))
def test_utf8_is_never_taken_for_anything_else(text):
    assert decode(text.encode("utf-8")).encoding in ("utf-8", "utf-8-sig")
