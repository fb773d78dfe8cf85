"""Pages set by hand: 12-point type, 40 characters a row, 18 points from row to row."""

from dataclasses import replace

import pytest

from docintel.parse.layout.pages import Fragment, Page, Table, read_pages
from docintel.parse.structure import structure
from docintel.parse.tables import plain_cells
from docintel.schema import BlockKind, Document

LEFT, RIGHT, PITCH, EM = 70.0, 550.0, 18.0, 12.0


def fragment(text, y, x=LEFT, size=EM, **more):
    return Fragment(text, (x, y, x + size * len(text), y + size), size, **more)


def centred(text, y, size=EM, **more):
    return fragment(text, y, (LEFT + RIGHT - size * len(text)) / 2, size, **more)


def prose(*paragraphs, top=100.0, per_row=40, x=LEFT):
    """Rows of paragraphs with first lines indented by two characters."""
    rows, y = [], top
    for text in paragraphs:
        first = per_row - 2
        cuts = [text[:first], *(text[i : i + per_row] for i in range(first, len(text), per_row))]
        for i, cut in enumerate(cuts):
            rows.append(fragment(cut, y, x + (0 if i else 2 * EM)))
            y += PITCH
    return rows


def page(fragments, number=1, tables=()):
    return Page(number, 620, 880, tuple(fragments), tuple(tables))


def sentence(length, seed="甲"):
    return (seed + "县纪委监委紧盯医疗卫生领域突出问题开展专项监督检查并督促有关单位逐项整改到位" * 9)[
        : length - 1
    ] + "。"


def texts(*pages):
    return [line.text for line in read_pages(pages) if line.kind is not BlockKind.FURNITURE]


def test_rows_become_paragraphs():
    wanted = [sentence(90), sentence(60, "乙"), sentence(30, "丙")]
    assert texts(page(prose(*wanted))) == wanted


def test_a_full_last_row_does_not_swallow_the_next_paragraph():
    wanted = [sentence(38 + 40), sentence(70, "乙")]
    assert texts(page(prose(*wanted))) == wanted


def test_paragraphs_without_indent_end_at_a_short_row_or_a_gap():
    rows = [
        fragment(text, y)
        for text, y in (("甲" * 40, 100), ("乙" * 9 + "。", 118), ("丙" * 40, 136), ("丁" * 39 + "。", 180))
    ]
    assert texts(page(rows)) == ["甲" * 40 + "乙" * 9 + "。", "丙" * 40, "丁" * 39 + "。"]


def test_a_paragraph_goes_on_over_the_page_and_past_running_heads():
    long, body = sentence(300), sentence(60, "乙")
    rows = prose(long, body)
    pages = []
    for number, part in ((1, rows[:5]), (2, rows[5:])):
        top = min(row.box[1] for row in part) - 100
        moved = [fragment(row.text, row.box[1] - top, row.box[0]) for row in part]
        pages.append(page([centred("青岚市纪委监委通报", 40), *moved, centred(f"- {number} -", 840)], number))
    assert texts(*pages) == [long, body]
    furniture = [line for line in read_pages(pages) if line.kind is BlockKind.FURNITURE]
    assert [(line.text, line.page) for line in furniture] == [("青岚市纪委监委通报", 1)]


def test_two_columns_are_read_one_after_the_other():
    left, right = [sentence(120), sentence(80, "乙")], [sentence(130, "丙"), sentence(90, "丁")]
    columns = prose(*left, per_row=18, top=140) + prose(*right, per_row=18, top=144, x=LEFT + 20 * EM)
    assert texts(page([centred("关于专项检查情况的通报", 90, 22), *columns])) == [
        "关于专项检查情况的通报",
        *left,
        *right,
    ]


def test_label_and_value_far_apart_stay_on_one_row():
    rows = [fragment("抄送：市委办公室", 100 + 18 * i) for i in range(8)]
    rows += [fragment("2022年", 100 + 18 * i, 450) for i in range(8)]
    assert texts(page(rows)) == ["抄送：市委办公室 2022年"] * 8


def test_the_title_of_several_rows_is_one_line_below_a_red_head():
    rows = [
        centred("中共云栖县纪律检查委员会文件", 90, 30),
        centred("关于云栖县人民医院违规采购", 180, 20),
        centred("问题的通报", 206, 20),
        *prose(sentence(120), top=250),
    ]
    lines = read_pages([page(rows)])
    assert [line.text for line in lines if line.kind is BlockKind.TITLE] == ["关于云栖县人民医院违规采购问题的通报"]


def test_a_recognised_title_is_whole_although_its_size_is_rough():
    rows = [
        centred("关于云栖县人民医院违规采购", 90, 16, confidence=0.98),
        centred("问题的通报", 112, 15.2, confidence=0.98),
    ]
    rows += [replace(row, confidence=0.98) for row in prose(sentence(120), top=160)]
    assert texts(page(rows)) == ["关于云栖县人民医院违规采购问题的通报", sentence(120)]


def test_a_bold_heading_is_not_joined_to_its_text():
    rows = [fragment("一、存在的主要问题", 100, LEFT + 24, bold=True), *prose(sentence(100), top=118)]
    lines = read_pages([page(rows)])
    assert [(line.text, line.bold) for line in lines] == [("一、存在的主要问题", True), (sentence(100), False)]


def test_a_number_that_did_not_fit_the_row_goes_on():
    rows = [fragment("甲" * 36, 100), fragment("2023.5万元用于发放补贴" + "乙" * 20 + "。", 118)]
    assert texts(page(rows)) == ["甲" * 36 + "2023.5万元用于发放补贴" + "乙" * 20 + "。"]


def test_rows_hang_from_a_number():
    rows = [
        fragment("1." + "甲" * 38, 100),
        fragment("乙" * 38, 118, LEFT + 24),
        fragment("丙" * 9 + "。", 136, LEFT + 24),
    ]
    rows += prose(sentence(100), top=154)
    assert texts(page(rows))[0] == "1." + "甲" * 38 + "乙" * 38 + "丙" * 9 + "。"


def test_a_table_stands_where_it_is_and_its_words_once():
    table = Table(tuple(plain_cells([["序号", "问题"], ["1", "账实不符"]])), (LEFT, 150, RIGHT, 200))
    rows = [*prose(sentence(60)), fragment("账实不符", 180, 300), *prose(sentence(50, "乙"), top=220)]
    assert texts(page(rows, tables=[table])) == [sentence(60), "序号\t问题\n1\t账实不符", sentence(50, "乙")]


@pytest.mark.parametrize("repeated", [[], [["序号", "问题"]]], ids=["no header", "header repeated"])
def test_a_table_over_two_pages_is_one(repeated):
    first = Table(tuple(plain_cells([["序号", "问题"], ["1", "甲"]])), (LEFT, 700, RIGHT, 760))
    second = Table(tuple(plain_cells([*repeated, ["2", "乙"]])), (LEFT, 80, RIGHT, 120))
    (line,) = read_pages([page([], tables=[first]), page([], 2, [second])])
    assert line.cells == (("序号", "问题"), ("1", "甲"), ("2", "乙"))
    assert (line.page, line.box) == (1, first.box)
    text, (block,) = structure([line])
    document = Document(id="0", source="a", text=text, blocks=(block,))
    assert [document.evidence(text.index(word), text.index(word) + 1).page for word in "甲乙"] == [1, 2]
    assert [(part.page, part.box) for part in block.parts] == [(2, second.box)]


def test_a_row_that_ends_early_goes_on_where_first_rows_are_indented():
    rows = prose(sentence(60), sentence(60, "乙"))
    rows += [fragment("甲" * 30, 172, LEFT + 24), fragment("8000元。" + "乙" * 30 + "。", 190)]
    assert texts(page(rows))[-1] == "甲" * 30 + "8000元。" + "乙" * 30 + "。"


def test_an_ordinal_within_a_paragraph_opens_none():
    rows = [*prose(sentence(60), sentence(60, "乙")), fragment("甲" * 37 + "。", 172, LEFT + 24)]
    assert texts(page([*rows, fragment("二是" + "乙" * 30 + "。", 190)]))[-1].startswith("甲" * 37 + "。二是")
    assert texts(page([*rows, fragment("二、" + "乙" * 30 + "。", 190)]))[-1].startswith("二、")


def test_numbers_at_the_edge_that_are_no_page_numbers_stay():
    numbers = {n: f"案件编号：临纪立〔2024〕{n * 7}号" for n in (1, 2, 3)}
    cards = [page([fragment(numbers[n], 60), *prose(sentence(60), top=150)], n) for n in numbers]
    assert [text for text in texts(*cards) if text != sentence(60)] == list(numbers.values())
    assert texts(page([fragment("000012", 60), *prose(sentence(60), top=150)])) == ["000012", sentence(60)]
    heads = [page([fragment(f"整改情况通报 第{n}页", 60), *prose(sentence(60), top=150)], n) for n in numbers]
    assert texts(*heads) == [sentence(60)] * 3


def test_small_type_at_the_edge_of_a_lone_page_is_its_head():
    lines = read_pages([page([fragment("整改材料汇编第2辑", 40, 350, 9), *prose(sentence(120))])])
    assert [line.kind for line in lines] == [None, BlockKind.FURNITURE]


def test_contents_entries_are_furniture():
    rows = [
        fragment(f"{number}、专项检查情况..............{page_no}", y)
        for number, page_no, y in (("一", 1, 100), ("二", 5, 118))
    ]
    lines = read_pages([page([*rows, *prose(sentence(100), top=150)])])
    assert [line.kind for line in lines] == [BlockKind.FURNITURE] * 2 + [None]


def test_confidence_and_box_are_kept():
    rows = [fragment("甲" * 40, 100, confidence=0.8), fragment("乙" * 40, 118, confidence=0.6)]
    (line,) = read_pages([page(rows)])
    assert line.confidence == pytest.approx(0.7)
    assert line.box == (LEFT, 100, RIGHT, 130)


def test_an_empty_page_has_no_lines():
    assert read_pages([page([])]) == []
