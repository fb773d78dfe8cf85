"""Lists of problems: a column of a table, or a line each."""

import pytest

from docintel.errors import QueryError
from docintel.parse import parse_bytes
from docintel.problems import listed_problems, pasted
from docintel.schema import Block, BlockKind, Document
from tests.factories import make_document


def table(*rows):
    text = "\n".join("\t".join(row) for row in rows)
    block = Block(kind=BlockKind.TABLE, start=0, end=len(text), cells=tuple(map(tuple, rows)))
    return Document(id="0", source="清单.xlsx", text=text, blocks=(block,))


ROWS = [
    ("序号", "存在问题", "责任科室"),
    ("1", "账实不符", "设备科"),
    ("2", "", "财务科"),
    ("3", "超范围列支", "财务科"),
]


@pytest.mark.parametrize("column", [None, "存在问题", "B", "b", "2"])
def test_the_column_of_problems(column):
    assert listed_problems(table(*ROWS), column) == ["账实不符", "超范围列支"]


def test_a_title_in_the_table_stands_over_the_heading():
    assert listed_problems(table(("问题清单",) * 3, *ROWS)) == ["账实不符", "超范围列支"]


def test_the_surest_heading_wins():
    rows = [("问题类别", "问题"), ("资产", "账实不符")]
    assert listed_problems(table(*rows)) == ["账实不符"]


def test_a_column_without_heading_is_named_by_its_place():
    assert listed_problems(table(("一", "账实不符"), ("二", "公车私用")), "B") == ["账实不符", "公车私用"]


@pytest.mark.parametrize("column", ["整改措施", "Z", "0", "99"])
def test_a_column_that_is_not_there(column):
    with pytest.raises(QueryError, match="序号、存在问题、责任科室"):
        listed_problems(table(*ROWS), column)


def test_a_table_that_names_no_problems():
    with pytest.raises(QueryError, match="问题"):
        listed_problems(table(("姓名", "年龄"), ("王", "40")))


LINES = "问题清单\n一、药品采购权集中\n2. 账实不符\n\n（三）公车私用\n④ 2023年超标准接待3次\n账实不符\n3个项目未招标"


def test_lines_without_numbers_and_headings_each_once():
    found = listed_problems(make_document(LINES))
    assert found == ["药品采购权集中", "账实不符", "公车私用", "2023年超标准接待3次", "3个项目未招标"]


PASTED = [
    '"药品采购\n权力集中"\n"食堂账目""两张皮"",长期不清"\n公务接待超标准\n',
    '序号\t问题\n1\t"药品采购\n权力集中"\n2\t"食堂账目""两张皮"",长期不清"\n3\t公务接待超标准\n',
]


@pytest.mark.parametrize("text", PASTED)
def test_a_pasted_cell_in_quotation_marks_is_one_problem(text):
    found = listed_problems(parse_bytes(*pasted(text.encode())))
    assert found == ["药品采购 权力集中", '食堂账目"两张皮",长期不清', "公务接待超标准"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("药品采购\t权力集中\n食堂账目不清", ["药品采购 权力集中", "食堂账目不清"]),
        ("1.\t药品采购问题\n2.\t食堂账目不清", ["药品采购问题", "食堂账目不清"]),
        ("1\t药品采购权力集中\n2\t食堂账目不清", ["药品采购权力集中", "食堂账目不清"]),
        ("问题清单\n一、\t药品采购权力集中\n（二）\t食堂账目不清", ["药品采购权力集中", "食堂账目不清"]),
        ("药品采购\t权力集中\n食堂\t账目不清", ["药品采购 权力集中", "食堂 账目不清"]),
        ("类别\t存在的问题\n采购\t权力集中", ["权力集中"]),
    ],
)
def test_a_stray_tab_makes_no_table(text, expected):
    assert listed_problems(parse_bytes(*pasted(text.encode()))) == expected


def test_a_column_that_is_named_is_looked_for_in_what_was_pasted():
    file = pasted("类别\t表现\n采购\t权力集中".encode(), "表现")
    assert listed_problems(parse_bytes(*file), "表现") == ["权力集中"]


def test_quotation_marks_inside_a_line_are_its_words():
    lines = ['"四风"问题突出', '台账"两张皮"']
    assert listed_problems(make_document("\n".join(lines))) == lines


def test_numbers_inside_a_problem_stay():
    assert listed_problems(make_document("1. 账目不清： 2. 无人盘点")) == ["账目不清： 2. 无人盘点"]


@pytest.mark.parametrize("first", ["药品采购价格虚高问题", "食堂存在问题", "问题突出在采购"])
def test_a_first_line_that_is_a_problem_stays(first):
    assert listed_problems(make_document(f"{first}\n账实不符")) == [first, "账实不符"]


@pytest.mark.parametrize("title", ["问题清单", "存在的问题", "2024年巡察反馈问题清单", "县医院整改台账"])
def test_a_title_over_lines_is_no_problem(title):
    assert listed_problems(make_document(f"{title}\n账实不符")) == ["账实不符"]


def test_lines_about_the_list_are_no_problems():
    lines = ["发布机构：云栖县卫健局", "发布日期：2024-03-05", "来源于企业的回扣：两起", "账实不符"]
    assert listed_problems(make_document("\n".join(lines))) == lines[2:]


def test_nothing_listed():
    with pytest.raises(QueryError):
        listed_problems(make_document("问题清单"))
