from docintel.parse.structure import structure
from docintel.parse.tables import Cell, plain_cells, table_line
from docintel.schema import Document


def test_a_table_is_a_row_a_line_and_a_merged_cell_stands_once_in_the_text():
    line = table_line([Cell(0, 0, "单位", height=2), Cell(0, 1, "立案", width=2), Cell(1, 1, "件"), Cell(1, 2, "人")])
    assert line.text == "单位\t立案\t\n\t件\t人"
    assert line.cells == (("单位", "立案", "立案"), ("单位", "件", "人"))


def test_every_cell_is_found_in_the_text():
    rows = [["序号", "问题", "措施"], ["1", "", "健全台账"], ["2", "账实不符", "全面盘点"]]
    text, (block,) = structure([table_line(plain_cells(rows))])
    document = Document(id="0", source="a", text=text, blocks=(block,))
    found = [[text[slice(*document.cell_span(block, y, x))] for x in range(3)] for y in range(3)]
    assert found == rows


def test_empty_rows_and_columns_are_left_out_whatever_size_is_claimed():
    far = [Cell(0, 0, "甲"), Cell(10**9, 10**9, "乙"), Cell(5, 5, " "), Cell(0, 1, "", height=10**9)]
    assert table_line(far).cells == (("甲", ""), ("", "乙"))


def test_white_space_in_a_cell_is_one_space():
    assert table_line([Cell(0, 0, "第一行\n\t第二行")]).text == "第一行 第二行"


def test_a_table_without_words_is_none():
    assert table_line([Cell(0, 0, " "), Cell(1, 1, "")]) is None


def test_a_diagonal_costs_its_cells_and_loses_none():
    count = 100_000
    line = table_line([Cell(i, i, f"格{i}") for i in range(count)] + [Cell(0, 7, "甲")], page=2)
    assert (line.kind, line.cells, line.page) == (None, (), 2)
    assert line.text.split("\n")[:2] == ["格0\t甲", "格1"]
    assert line.text.count("\n") == count - 1


def test_spans_that_lie_on_each_other_cost_no_more_than_the_table():
    line = table_line(Cell(y, x, "甲", height=300, width=300) for y in range(300) for x in range(300))
    assert (line.kind, line.text.count("甲")) == (None, 300 * 300)


def test_a_large_table_that_is_written_is_a_table():
    line = table_line(plain_cells([["甲"] * 50] * 20_000))
    assert (len(line.cells), len(line.cells[0])) == (20_000, 50)
