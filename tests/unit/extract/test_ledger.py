"""Ledgers and tables of figures; every table is invented."""

import pytest

from docintel.extract.attribution.attribution import Attribution
from docintel.extract.language.grids import cell_grid
from docintel.extract.language.reading import Reading
from docintel.extract.pipeline import extract
from docintel.extract.statistics.tables import find_table_statistics
from docintel.extract.units.units import UnitMention
from docintel.extract.work.ledger import read_ledgers
from docintel.extract.work.ledger_records import ledger_issues, ledger_measures, ledger_mentions
from docintel.parse import parse_bytes
from docintel.parse.structure import Line, split_lines, structure
from docintel.parse.tables import Cell, plain_cells, table_line
from docintel.schema import BlockKind, Document, Metric, Modality, Status, UnitKind

HEADING = ["序号", "存在问题", "整改措施", "责任单位", "责任人", "整改时限", "完成情况"]
ROW = ["1", "采购制度不健全", "修订采购管理办法", "县财政局", "张三", "2022年12月底前", "已完成"]


def table(rows, *cells):
    return table_line([*plain_cells(rows), *cells])


def reading_of(*lines, publisher=None):
    text, blocks = structure(split_lines(line if isinstance(line, Line) else Line(line) for line in lines))
    return Reading(Document(id="0" * 64, source="台账.xlsx", text=text, blocks=blocks, publisher=publisher))


def records(*lines, units=(), publisher=None):
    """Issues and measures of the ledgers, as short tuples; `units` are those that the finder of units has seen."""
    reading = reading_of(*lines, publisher=publisher)
    rows = read_ledgers(reading)
    known = [
        UnitMention(at, at + len(name), f"云栖{name}", UnitKind.GOVERNMENT)
        for name in units
        for at in range(len(reading.text))
        if reading.text.startswith(name, at)
    ]
    mentions = sorted([*known, *ledger_mentions(reading, rows, known)], key=lambda mention: mention.start)
    issues = ledger_issues(reading, rows)
    measures = ledger_measures(reading, rows, issues, mentions, lambda start, end: ())
    for record in (*issues, *measures):
        evidence = record.evidence
        assert evidence.quote == reading.text[evidence.start : evidence.end]
    return [issue.evidence.quote for issue in issues], [
        (m.evidence.quote, m.status, m.units, m.addresses, m.deadline) for m in measures
    ]


def test_a_row_is_an_issue_and_its_measures():
    issues, measures = records(table([HEADING, ROW]), units=["县财政局"])
    assert issues == ["采购制度不健全"]
    assert measures == [("修订采购管理办法", Status.DONE, ("云栖县财政局",), (0,), "2022年12月底前")]


def test_a_cell_falls_into_its_measures():
    row = [*ROW]
    row[2] = "1.修订《采购管理办法》，开展采购专项检查；2.约谈负责人。（3）确保廉洁。④ 建立台账"
    _, measures = records(table([HEADING, row]))
    quotes = [quote for quote, *_ in measures]
    assert quotes == ["修订《采购管理办法》", "开展采购专项检查", "约谈负责人", "建立台账"]
    assert all(addresses == (0,) for _, _, _, addresses, _ in measures)


def test_problems_that_are_numbered_in_one_cell():
    row = [*ROW]
    row[1] = "1.采购制度不健全。2.验收流于形式；3.台账缺失。"
    issues, measures = records(table([HEADING, row]))
    assert issues == ["采购制度不健全", "验收流于形式", "台账缺失"]
    assert measures[0][3] == (0, 1, 2)


STATUSES = [
    ("已完成", Status.DONE),
    ("完成整改", Status.DONE),
    ("已销号", Status.DONE),
    ("是", Status.DONE),
    ("√", Status.DONE),
    ("100%", Status.DONE),
    ("持续推进", Status.ONGOING),
    ("长期坚持", Status.ONGOING),
    ("正在整改", Status.ONGOING),
    ("基本完成", Status.ONGOING),
    ("80%", Status.ONGOING),
    ("未完成，正在推进", Status.ONGOING),
    ("已完成80%", Status.ONGOING),
    ("改了一半", Status.ONGOING),
    ("已整改3个，未整改2个", Status.ONGOING),
    ("做完了", Status.DONE),
    ("未完成", Status.REQUIRED),
    ("逾期未整改", Status.REQUIRED),
    ("否", Status.REQUIRED),
    ("", Status.REQUIRED),
]


@pytest.mark.parametrize(("words", "status"), STATUSES, ids=[words or "empty" for words, _ in STATUSES])
def test_status_of_a_row(words, status):
    _, measures = records(table([HEADING, [*ROW[:-1], words]]))
    assert [measure[1] for measure in measures] == [status]


def test_a_cell_that_tells_what_was_done_gives_measures_too():
    told = "已修订采购管理办法，约谈负责人3人，已完成整改。"
    _, measures = records(table([HEADING, [*ROW[:2], "健全采购制度", *ROW[3:-1], told]]))
    assert [(quote, status, deadline) for quote, status, _, _, deadline in measures] == [
        ("健全采购制度", Status.DONE, "2022年12月底前"),
        ("已修订采购管理办法", Status.DONE, None),
        ("约谈负责人3人", Status.DONE, None),
    ]


def test_a_merged_problem_is_one_issue_with_the_measures_of_all_its_rows():
    line = table(
        [["序号", "问题", "整改举措", "牵头单位"]],
        Cell(1, 0, "1", height=2),
        Cell(1, 1, "采购制度不健全", height=2),
        Cell(1, 2, "修订采购管理办法"),
        Cell(1, 3, "采购科"),
        Cell(2, 2, "开展采购检查"),
        Cell(2, 3, "监察室"),
        Cell(3, 0, "2"),
        Cell(3, 1, "采购制度不健全且验收流于形式"),
        Cell(3, 2, "公开验收结果", height=2),
        Cell(3, 3, "采购科"),
        Cell(4, 0, "3"),
        Cell(4, 1, "台账缺失"),
    )
    issues, measures = records(line)
    assert issues == ["采购制度不健全", "采购制度不健全且验收流于形式", "台账缺失"]
    assert [(quote, units, addresses) for quote, _, units, addresses, _ in measures] == [
        ("修订采购管理办法", ("采购科",), (0,)),
        ("开展采购检查", ("监察室",), (0,)),
        ("公开验收结果", ("采购科",), (1, 2)),
    ]


def test_an_empty_place_under_a_problem_goes_on_with_it():
    rows = [["序号", "问题", "整改措施"], ["1", "采购制度不健全", "修订采购管理办法"], ["", "", "开展采购检查"]]
    issues, measures = records(table(rows))
    assert (len(issues), [addresses for *_, addresses, _ in measures]) == (1, [(0,), (0,)])


def test_a_heading_of_two_levels_below_a_title():
    line = table(
        [],
        Cell(0, 0, "云栖县整改工作台账（2022年）", width=5),
        Cell(1, 0, "序号", height=2),
        Cell(1, 1, "反馈问题", width=2),
        Cell(1, 3, "整改举措", height=2),
        Cell(1, 4, "整改状态", height=2),
        Cell(2, 1, "问题类别"),
        Cell(2, 2, "具体问题"),
        Cell(3, 0, "一、党的建设方面", width=5),
        Cell(4, 0, "1"),
        Cell(4, 1, "作风"),
        Cell(4, 2, "验收流于形式"),
        Cell(4, 3, "公开验收结果"),
        Cell(4, 4, "持续推进"),
    )
    issues, measures = records(line)
    assert issues == ["验收流于形式"]
    assert [measure[:2] for measure in measures] == [("公开验收结果", Status.ONGOING)]


def test_a_table_that_goes_on_without_its_heading():
    first = table([[*HEADING, "备注"], [*ROW, "无"]])
    page_number = Line("- 2 -", BlockKind.FURNITURE)
    following = table([["2", "台账缺失", "建立台账", "采购科", "李四", "2022年11月", "已完成"]])
    assert records(first, page_number, following)[0] == ["采购制度不健全", "台账缺失"]
    assert records(first, "二、下一步打算", following)[0] == ["采购制度不健全"]


def test_a_repeated_heading_is_no_row():
    assert records(table([HEADING, ROW, HEADING, ["2", "台账缺失", *ROW[2:]]]))[0] == ["采购制度不健全", "台账缺失"]


def test_risks_are_no_problems_found():
    reading = reading_of(table([["岗位", "风险点", "防控措施"], ["采购", "可能收受礼金", "定期轮岗"]]))
    (issue,) = ledger_issues(reading, read_ledgers(reading))
    assert (issue.evidence.quote, issue.modality) == ("可能收受礼金", Modality.RISK)


UNITS = [
    ("采购科、监察室", ["采购科", "监察室"]),
    ("牵头单位：药学部；配合单位：信息科", ["药学部", "信息科"]),
    ("各科室", []),
    ("采购科 党建办", ["采购科", "党建办"]),
    ("云溪建设有限公司", ["云溪建设有限公司"]),
    ("张三", []),
]


@pytest.mark.parametrize(("cell", "names"), UNITS, ids=[cell for cell, _ in UNITS])
def test_units_of_a_cell(cell, names):
    _, measures = records(table([HEADING, [*ROW[:3], cell, *ROW[4:]]]))
    assert list(measures[0][2]) == names


def test_departments_are_the_publishers():
    _, measures = records(table([HEADING, [*ROW[:3], "采购科", *ROW[4:]]]), publisher="云栖县人民医院")
    assert measures[0][2] == ("云栖县人民医院采购科",)


@pytest.mark.parametrize(
    "rows",
    [
        [["单位", "立案（件）"], ["云栖县", "12"]],
        [["姓名", "职务", "责任单位"], ["张三", "主任", "采购科"]],
        [["存在问题"], ["采购制度不健全"]],
        [["时间", "地点", "内容"], ["9时", "会议室", "研究整改措施"]],
        [["采购制度不健全的问题", "已经责成有关单位立即整改并报告结果"], ["甲", "乙"]],
    ],
)
def test_other_tables_are_no_ledgers(rows):
    assert read_ledgers(reading_of(table(rows))) == ()


def test_the_grid_is_that_of_the_document():
    reading = reading_of("前文。", table([["甲", "", "丙"], ["丁", "戊", ""]]))
    block = reading.document.blocks[1]
    for y, row in enumerate(cell_grid(reading, block)):
        for x, span in enumerate(row):
            start, end = reading.document.cell_span(block, y, x)
            assert span == ((start, end) if end > start else None)


# Tables of figures


def figures(*rows, units=()):
    reading = reading_of(table(rows))
    mentions = [
        UnitMention(reading.text.index(name), reading.text.index(name) + len(name), f"云栖{name}", UnitKind.GOVERNMENT)
        for name in units
    ]
    return [
        (s.evidence.quote, s.value, s.unit_of_measure, s.action, s.subject, s.metric, s.unit)
        for s in find_table_statistics(reading, mentions, Attribution(reading, mentions))
    ]


def test_figures_under_headings_that_name_their_measure():
    found = figures(
        ["单位", "立案（件）", "处分人数（人）", "追缴资金（万元）"],
        ["县财政局", "12", "1,009", "3.5"],
        ["松陵区", "8", "", "无"],
        ["合计", "20", "1009", "3.5"],
        units=["县财政局"],
    )
    assert found == [
        ("县财政局\t12", 12, "件", "立案", None, Metric.CASES_FILED, "云栖县财政局"),
        ("县财政局\t12\t1,009", 1009, "人", "处分", "人", Metric.PERSONS_DISCIPLINED, "云栖县财政局"),
        ("县财政局\t12\t1,009\t3.5", 35000, "元", "追缴", "资金", Metric.AMOUNT_RECOVERED, "云栖县财政局"),
        ("松陵区\t8", 8, "件", "立案", None, Metric.CASES_FILED, "松陵区"),
        ("合计\t20", 20, "件", "立案", None, Metric.CASES_FILED, None),
        ("合计\t20\t1009", 1009, "人", "处分", "人", Metric.PERSONS_DISCIPLINED, None),
        ("合计\t20\t1009\t3.5", 35000, "元", "追缴", "资金", Metric.AMOUNT_RECOVERED, None),
    ]


@pytest.mark.parametrize(
    "rows",
    [
        [["单位", "电话", "排名"], ["县财政局", "12388", "1"]],
        [["单位", "立案", "处分"], ["县财政局", "12", "9"]],  # no measure word: could be anything
        [["序号", "立案（件）"], ["1", "12"]],  # whose?
        [["单位", "面积（件）"], ["县财政局", "12"]],
    ],
)
def test_other_numbers_are_no_figures(rows):
    assert figures(*rows) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("台账.md", "| 序号 | 问题 | 整改措施 |\n|---|---|---|\n| 1 | 账实不符 | 全面盘点 |\n"),
        ("台账.csv", "序号,问题,整改措施\n1,账实不符,全面盘点\n"),
    ],
)
def test_a_document_that_is_nothing_but_a_ledger(name, text):
    extraction = extract(parse_bytes(text.encode(), name))
    assert [issue.evidence.quote for issue in extraction.issues] == ["账实不符"]
    assert [(measure.evidence.quote, measure.addresses) for measure in extraction.measures] == [("全面盘点", (0,))]
