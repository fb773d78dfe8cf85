from docintel.parse.render import to_markdown
from docintel.parse.structure import Line, structure
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
    text, blocks = structure(lines)
    document = Document(id="0", source="a.txt", text=text, blocks=blocks)
    assert to_markdown(document).split("\n\n") == [
        "# 某县通报",
        "## 一、总体情况",
        "某县开展专项整治，发现问题3个。",
        "| 单位 | 数 |\n| --- | --- |\n| 甲\\|乙 | 3 |",
        "合计 3",
        "*图为现场*\n",
    ]
