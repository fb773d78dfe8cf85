import random

import pytest

from docintel.errors import ParseError
from docintel.parse.file import File
from docintel.parse.markdown import parse_markdown
from docintel.schema import BlockKind
from tests.reading import is_told, lines, outcome

TEXT = "青岚市纪委监委开展专项检查，共发现问题35个，督促整改30个。"


def read(text):
    return parse_markdown(File(text.encode(), "a.md"))


def test_headings_and_title():
    document = read(f"# 关于整治的报告\n\n## 总体情况\n{TEXT}\n\n做法\n---\n{TEXT}\n")
    assert [(str(b.kind), b.level) for b in document.blocks] == [
        *[("title", 0), ("heading", 2), ("paragraph", 0), ("heading", 2), ("paragraph", 0)]
    ]
    assert document.title == "关于整治的报告"


def test_two_headings_of_the_top_level_are_no_title():
    assert read(f"# 情况\n{TEXT}\n# 做法\n{TEXT}\n").blocks[0].kind is BlockKind.HEADING


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("共**35**个*问题*，~~见~~[附件](http://x/a_b)和![图](x.png)`代码`。", "共35个问题，见附件和图代码。"),
        ("开展**“回头看”**工作。", "开展“回头看”工作。"),  # the standard leaves these stars
        ("第一行没有\n写完。\n第二句。", "第一行没有写完。\n第二句。"),
        ("甲，乙  \n丙<br>丁。", "甲，乙\n丙\n丁。"),
        ("甲&amp;乙\\*丙。", "甲&乙*丙。"),
        ("    缩进的**段落**，不是代码。", "缩进的段落，不是代码。"),
        ("```\n**原样**，保留。\n```", "**原样**，保留。"),
        ("> 引文，在此。", "引文，在此。"),
        ("<div>网页<b>文字</b>，在此。</div>", "网页文字，在此。"),
    ],
)
def test_marks_are_removed(text, expected):
    assert read(text).text == expected


def test_lists_keep_their_numbers():
    document = read("3. 第三项，好。\n4) 另列，好。\n\n- 要点\n  1. 嵌套，好。\n  2. 再一，好。\n- 要点二\n")
    assert lines(document) == [
        "3. 第三项，好。",
        "4) 另列，好。",
        "• 要点",
        "1. 嵌套，好。",
        "2. 再一，好。",
        "• 要点二",
    ]


@pytest.mark.parametrize(
    "table",
    [
        "| 单位 | 数量 |\n|---|--:|\n| **云栖县** | 3 |\n",
        "<table><tr><td>单位</td><td>数量</td></tr><tr><td>云栖县</td><td>3</td></tr></table>\n",
    ],
)
def test_tables(table):
    (block,) = [block for block in read(f"{TEXT}\n\n{table}\n{TEXT}").blocks if block.kind is BlockKind.TABLE]
    assert block.cells == (("单位", "数量"), ("云栖县", "3"))


def test_front_matter_is_believed():
    document = read(f"---\ntitle: '关于整治的报告'\ndate: 2023-05-06\n---\n{TEXT}\n")
    assert (document.title, document.published, document.text) == ("关于整治的报告", "2023-05-06", TEXT)


def test_an_empty_file():
    with pytest.raises(ParseError, match=r"a\.md"):
        read("---\ntitle: x\n---\n")


def test_any_text_gives_a_document_or_an_error():
    random_ = random.Random(1)
    parts = [
        "# ",
        "|",
        "---",
        "\n",
        "\n\n",
        "- ",
        "1. ",
        "> ",
        "```",
        "**",
        "[",
        "](",
        "<table>",
        "<",
        "甲",
        "    ",
        "&#0;",
    ]
    for _ in range(300):
        assert is_told(outcome(read, "".join(random_.choices(parts, k=random_.randint(1, 40)))), "a.md")
