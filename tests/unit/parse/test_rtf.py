import random

import pytest

from docintel.parse.file import File
from docintel.parse.rtf.document import parse_rtf
from docintel.schema import BlockKind
from tests.reading import is_told, lines, outcome

FONTS = (
    rb"{\fonttbl{\f0\fnil\fcharset0 Times New Roman;}{\f1\fnil\fcharset134 SimSun;}{\f2\fcharset136 MingLiU;}"
    rb"{\f3\fcharset2 Wingdings;}}{\colortbl;\red0\green0\blue0;\red255\green0\blue0;}"
)
TEXT = "青岚市纪委监委开展专项检查，共发现问题35个，督促整改30个。"


def gbk(text, codec="gbk"):
    """Chinese characters as escaped bytes, as Word writes them."""
    return "".join(
        char if char.isascii() else "".join(f"\\'{byte:02x}" for byte in char.encode(codec)) for char in text
    ).encode()


def rtf(body, page=936, head=b""):
    return b"{\\rtf1\\ansi\\ansicpg%d\\deff1" % page + FONTS + head + body + b"}"


def read(body, **options):
    return parse_rtf(File(rtf(body, **options), "a.rtf"))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (rb"\f1 " + gbk("镕基。"), "镕基。"),  # GBK, escaped
        (rb"\f0 " + gbk("整改。"), "整改。"),  # set in a western font
        (b"\\f0 \\'93A\\'94", "“A”"),  # western quotes in a Chinese file
        (rb"\f1 \'81@\'81", "丂\u4e02"[0] + "\ufffd"),  # the second byte unescaped, and one that is cut off
        (rb"\f2 " + gbk("整改。", "big5"), "整改。"),  # a font's charset goes before the file's
        (rb"\u25972?\u25913?", "整改"),  # Unicode with a fallback character
        (rb"\uc2\u25972\'d5\'fb\uc0\u25913 A", "整改A"),  # two fallback bytes, then none
        (rb"\uc1\u-10179?\u-8704?", "\U0001f600"),  # a character in two halves
        (rb"{\upr{\f1 \'d6}{\*\ud{\u27491*}}}", "正"),  # the same text twice
        (rb"\f3 \'fe\f1 " + gbk("是"), "☑是"),  # a symbol font
        (b"\\f1 " + "整改。".encode("gbk"), "整改。"),  # raw bytes
        (b"\\f1 " + "\u8a31\u84cb\u529f".encode("gbk") + b"\\par x", "許蓋功\nx"),  # raw bytes that end in a backslash
        (b"\\f1 " + "整改。".encode(), "整改。"),  # raw UTF-8
        (rb"a\~b\_c\emdash d\ldblquote e\rdblquote\line f\tab g", "a b-c—d“e”\nf g"),
        (rb"{\v secret}open{\deleted gone}", "open"),
        (rb"{\field{\*\fldinst HYPERLINK x}{\fldrslt link}}", "link"),
        (rb"{\*\unknown gone}a{\object{\*\objdata 0102}{\result shown}}", "ashown"),
        (b"a{\\pict\\bin6 {\\}}}}b}c", "ac"),  # braces in binary data
    ],
)
def test_characters(body, expected):
    assert read(body).text == expected


def test_pages_of_other_countries():
    assert read(b"\\f9 \\'a4@", page=950).text == "一"
    assert read(b"\\f9 \\'e9", page=1252).text == "é"


def test_paragraphs_with_outline_title_and_red_head():
    body = rb"\pard\qc\cf2\fs72 " + gbk("青岚市纪律检查委员会文件") + rb"\par\pard\plain\qc\fs44 " + gbk("关于问题的")
    body += rb"\par " + gbk("通报") + rb"\par\pard\plain\fs32\outlinelevel0 " + gbk("情况") + rb"\par\pard " + gbk(TEXT)
    document = read(body)
    assert [str(block.kind) for block in document.blocks] == ["byline", "title", "heading", "paragraph"]
    assert document.title == "关于问题的通报"


def test_numbers_are_written_in_the_file():
    assert read(rb"{\listtext\f1 " + gbk("一、") + rb"\tab}" + gbk(TEXT)).text == f"一、{TEXT}"


def test_style_of_the_style_sheet_makes_a_heading():
    head = rb"{\stylesheet{\s1 heading 1;}{\s2 toc 1;}}"
    document = read(rb"\pard\s1 " + gbk("情况") + rb"\par\pard\s2 x 1\par\pard " + gbk(TEXT * 2), head=head)
    assert [str(block.kind) for block in document.blocks] == ["title", "furniture", "paragraph"]


def test_table_with_merged_cells():
    def row(shapes, *cells):
        return rb"\trowd" + shapes + rb"\pard\intbl " + b"".join(gbk(cell) + rb"\cell " for cell in cells) + rb"\row"

    document = read(
        row(rb"\cellx1000\cellx3000", "序号", "单位")
        + row(rb"\cellx1000\clvmgf\cellx2000\cellx3000", "1", "云栖县", "甲")
        + row(rb"\cellx1000\clvmrg\cellx2000\cellx3000", "2", "", "乙")
        + row(rb"\clmgf\cellx1000\clmrg\cellx2000\cellx3000", "合计", "", "2")
        + rb"\pard "
        + gbk(TEXT)
    )
    (block,) = [block for block in document.blocks if block.kind is BlockKind.TABLE]
    assert block.cells == (
        ("序号", "单位", "单位"),
        ("1", "云栖县", "甲"),
        ("2", "云栖县", "乙"),
        ("合计", "合计", "2"),
    )
    assert lines(document)[-1] == TEXT


def test_notes_boxes_headers_and_comments():
    note = rb"{\super\chftn{\*\footnote\chftn\pard " + gbk("见附件。") + rb"}}"
    box = rb"{\shp{\*\shpinst{\sp{\sn x}{\sv 1}}{\shptxt " + gbk("框内。") + rb"\par}}{\shprslt old}}"
    comment = rb"{\*\annotation " + gbk("批注") + rb"}"
    document = read(
        rb"{\header " + gbk("内部资料") + rb"}" + gbk("正文。") + note + box + comment + rb"\par " + gbk("下文。")
    )
    assert lines(document) == ["正文。", "见附件。", "框内。", "下文。", "内部资料"]
    assert document.blocks[-1].kind is BlockKind.FURNITURE
    assert "1 comments" in document.warnings[0]


def test_a_file_that_is_cut_off_is_partial():
    document = parse_rtf(File(rtf(rb"\f1 " + gbk(TEXT) + rb"\par")[:-1], "a.rtf"))
    assert (document.text, len(document.missing)) == (TEXT, 1)


def test_a_million_braces_are_read_within_bounds():
    assert parse_rtf(File(rb"{\rtf1 text" + b"{" * 1_000_000, "a.rtf")).missing


def test_any_damage_gives_a_document_or_an_error():
    good = rtf(
        rb"\f1\trowd\cellx100\cellx200\intbl " + gbk("甲") + rb"\cell " + gbk("乙") + rb"\cell\row\pard " + gbk(TEXT)
    )
    random_ = random.Random(1)
    for _ in range(200):
        data = bytearray(good[: random_.choice([len(good), random_.randrange(6, len(good))])])
        for _ in range(random_.randint(1, 5)):
            data[random_.randrange(len(data))] ^= 1 << random_.randrange(8)
        assert is_told(outcome(parse_rtf, File(bytes(data), "a.rtf")), "a.rtf")
