import pytest

from docintel.errors import ParseError, UnsupportedFormatError
from docintel.parse.file import File
from docintel.parse.plain import parse_text, unwrap
from docintel.schema import BlockKind

TEXT = "某县纪委监委紧盯医疗卫生领域突出问题，开展专项监督检查，共发现问题35个，督促整改30个。"
SAVED_PAGE = f"""欢迎访问 某县清廉网!
当前位置: 首页 > 要闻

某县开展专项整治
发布时间:2023-05-06 文章来源:某县日报 浏览次数:3

  {TEXT}(张小三)
原文链接:http://example.org/202304/t20230401_1.html
[免责声明] 本文来源于网络转载,仅供学习。"""


def test_saved_page_keeps_every_line_and_marks_its_furniture():
    document = parse_text(File(SAVED_PAGE.encode(), "a.txt"))
    assert [str(block.kind) for block in document.blocks] == [
        "furniture",
        "furniture",
        "title",
        "byline",
        "paragraph",
        "byline",
        "furniture",
        "furniture",
    ]
    assert "".join(document.text.split()) == "".join(SAVED_PAGE.split())
    assert (document.title, document.published) == ("某县开展专项整治", "2023-05-06")
    assert (document.publisher, document.source_url) == ("某县日报", "http://example.org/202304/t20230401_1.html")


def test_date_of_the_source_url_stands_in():
    text = f"某县开展专项整治\n{TEXT}\n原文链接:http://example.org/202304/t20230401_1.html"
    assert parse_text(File(text.encode(), "a.txt")).published == "2023-04-01"


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r", "\u2028"])
def test_any_line_end(line_end):
    assert parse_text(File(f"题目{line_end}{TEXT}".encode(), "a.txt")).text == f"题目\n{TEXT}"


def test_broken_bytes_give_a_warning():
    document = parse_text(File(TEXT.encode() + b"\xff", "a.txt"))
    assert document.text == TEXT + "\ufffd"
    assert "U+FFFD" in document.warnings[0]


def test_binary_is_refused_with_its_name():
    with pytest.raises(UnsupportedFormatError, match=r"a\.bin"):
        parse_text(File(bytes(range(256)) * 8, "a.bin"))


def test_white_space_is_no_text():
    with pytest.raises(ParseError, match=r"a\.txt"):
        parse_text(File(" \n\u3000\r\n".encode(), "a.txt"))


def test_text_wrapped_at_a_fixed_width_is_joined():
    paragraph = TEXT.replace("。", "，") * 5 + "下一步将继续整改。"
    wrapped = [paragraph[i : i + 30] for i in range(0, len(paragraph), 30)]
    lines = ["整治情况", f"　　{wrapped[0]}", *wrapped[1:], "一、下一步打算", "继续整改。"]
    assert unwrap(lines) == ["整治情况", f"　　{paragraph}", "一、下一步打算", "继续整改。"]


def test_text_that_is_not_wrapped_stays():
    lines = ["题目", *[TEXT * n for n in (1, 2, 3, 1, 2, 3, 1, 2)]]
    assert unwrap(lines) == lines


def test_title_is_a_block_of_the_text():
    document = parse_text(File(f"某县开展专项整治\n{TEXT}".encode(), "a.txt"))
    assert document.blocks[0].kind is BlockKind.TITLE
    assert document.main_text == TEXT


def test_lines_with_tabs_are_a_table_and_indented_ones_are_not():
    rows = "序号\t问题\t整改措施\n1\t账实不符\t全面盘点\n2\t\t健全台账"
    document = parse_text(File(f"整改台账\n{rows}\n\t{TEXT}\n\t{TEXT}".encode(), "a.txt"))
    (table,) = [block for block in document.blocks if block.cells]
    assert table.cells == (("序号", "问题", "整改措施"), ("1", "账实不符", "全面盘点"), ("2", "", "健全台账"))
    assert document.text.endswith(f"\n{TEXT}\n{TEXT}")
