import unicodedata

from docintel.parse.render import to_markdown, to_tree
from docintel.parse.structure import Line, split_lines, structure
from docintel.schema import BlockKind, Document


def test_markdown_shows_structure_and_leaves_furniture_out():
    lines = [
        Line("某县通报", BlockKind.TITLE),
        Line("当前位置：首页", BlockKind.FURNITURE),
        Line("一、总体情况"),
        Line("某县开展专项整治，发现问题3个。"),
        Line("单位 数\n甲|乙 3", BlockKind.TABLE, cells=(("单位", "数"), ("甲|乙", "3"))),
        Line("合计 3", BlockKind.TABLE),
        Line("图为现场", BlockKind.CAPTION),
    ]
    text, blocks = structure(split_lines(lines))
    document = Document(id="0", source="a.txt", text=text, blocks=blocks)
    assert to_markdown(document).split("\n\n") == [
        "# 某县通报",
        "## 一、总体情况",
        "某县开展专项整治，发现问题3个。",
        "| 单位 | 数 |\n| --- | --- |\n| 甲\\|乙 | 3 |",
        "合计 3",
        "*图为现场*\n",
    ]


def tree(lines, **over):
    text, blocks = structure(split_lines(lines))
    return to_tree(Document(**{"id": "0", "source": "a.pdf", "text": text, "blocks": blocks} | over))


LONG = "某县开展专项整治，" * 12 + "发现问题3个。"
LINES = [
    Line("某县通报", BlockKind.TITLE, page=1),
    Line("导语在前。", BlockKind.PARAGRAPH, page=1),
    Line("一、总体情况", page=1),
    Line(LONG, page=1),
    Line("（一）主要做法", page=2),
    Line("加强领导。", page=2),
    Line("二、存在问题", page=2),
    Line("单位\t数\n甲\t3", BlockKind.TABLE, cells=(("单位", "数"), ("甲", "3")), page=3, confidence=0.5),
]


def test_tree_hangs_blocks_under_their_headings():
    shown = tree(LINES).split("─\n")[-1].rstrip("\n").split("\n")
    assert [line.rstrip() for line in shown] == [
        "  1 标题 某县通报",
        "    段落 导语在前。",
        "    一级标题 一、总体情况",
        f"    ├─ 段落 {LONG[:38]}…({len(LONG)}字)",
        "  2 └─ 二级标题 （一）主要做法",
        "       └─ 段落 加强领导。",
        "    一级标题 二、存在问题",
        "  3 └─ 表格 2 行 × 2 列 〔可信度 50%〕",
        "       表头 单位 │ 数",
    ]


def test_tree_opens_with_what_is_known_of_the_document():
    shown = tree(
        LINES,
        title="某县通报",
        number="某纪发〔2022〕15号",
        publisher="某县纪委监委",
        published="2022-07-01",
        pages=3,
        warnings=("文件有签名。 The file is signed.",),
        missing=("第 4 页无法读取。 Page 4 cannot be read.",),
    )
    head = shown.split("─\n")[1]
    for words in (
        "a.pdf",
        "某纪发〔2022〕15号",
        "某县纪委监委",
        "2022-07-01",
        "3 页",
        "部分读取",
        "第 4 页",
        "签名",
        "可信度",
    ):
        assert words in head
    assert "缺少" not in tree(LINES)
    assert "可信度" not in tree([Line("会议召开。")])


def test_tree_fits_a_terminal():
    deep = [Line("第一章 " + "总" * 36, BlockKind.HEADING, level=level) for level in range(1, 9)]
    table = Line("\t".join("列" * 9 for _ in range(30)), BlockKind.TABLE, cells=(("列" * 9,) * 30,), confidence=0.7)
    shown = tree([*deep, Line("字" * 500), Line("x" * 500), table], warnings=("很长" * 99 + " word" * 40, "a" * 300))
    widths = [
        sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in line) for line in shown.split("\n")
    ]
    assert max(widths) <= 96


def test_tree_of_many_blocks_is_made_at_once():
    assert tree([Line(f"{i}、做法") for i in range(20_000)]).count("\n") > 20_000


def test_skipped_levels_cost_no_depth():
    lines = [Line("甲", BlockKind.HEADING, level=2), Line("乙", BlockKind.HEADING, level=5), Line("丙。")]
    assert tree(lines).rstrip().split("\n")[-3:] == ["    二级标题 甲", "    └─ 五级标题 乙", "       └─ 段落 丙。"]
