"""When a figure falls, and by which rule and words that is told."""

import pytest

from docintel.extract.attribution.attribution import Attribution
from docintel.extract.pipeline import annotate, extract
from docintel.parse.structure import Line, split_lines, structure
from docintel.parse.tables import plain_cells, table_line
from docintel.schema import Document
from tests.factories import make_document

pytestmark = pytest.mark.model

ROWS = [
    ("今年以来立案3件。", "2023", "period/clause", "今年以来"),
    ("今年以来，县纪委立案3件。", "2023", "period/sentence", "今年以来"),
    ("今年以来，县纪委严肃执纪。共立案3件。", "2023", "period/carried", "今年以来"),
    ("今年以来，县纪委严肃执纪。\n共立案3件。", "2023", "period/paragraph", "今年以来"),
    ("# 一、2022年工作\n共立案3件。", "2022", "period/heading", "2022年"),
    ("## 2022年度工作报告\n共立案3件。", "2022", "period/title", None),
    ("7月3日，县里召开会议。\n43名干部参会。", "2023-07-03", "period/meeting", "7月3日"),
    ("4月至6月，县里开展整治。\n大家反映良好。\n整治期间，立案3件。", "2023-04/2023-06", "period/campaign", "4月至6月"),
    ("问：2021年怎么样？\n答：立案3件。", "2021", "period/question", "2021年"),
    (
        "沈明远、杨立斌收受礼金问题。2019年至2021年，沈明远收受礼金。二人收受卡券3件。",
        "2019/2021",
        "period/case",
        "2019年至2021年",
    ),
    ("7月3日，县里召开会议。\n大家发言。\n会上，签订责任书3件。", "2023-07-03", "period/meeting", "7月3日"),
    ("去年，县里立案。目前，立案3件。", None, "period/none", None),
    ("整治开展以来，立案3件。", None, "period/none", None),
    ("立案数较上年增加3件。", None, "period/none", None),
    # one that is told by the things counted, where the sentence has no other
    ("去年，县里立案。我们把2020年以来的90份合同翻了一遍，查出问题3件。", "2020/2023", "period/things", "2020年以来"),
    (
        "今年4月以来，县里对2020年以来签订的合同开展清查，查出问题3件。",
        "2023-04/2023-08",
        "period/sentence",
        "今年4月以来",
    ),
    # a year before, but not what is compared with it
    ("今年前四个月立案9件，去年同期立案3件。", "2022-01/2022-04", "period/year-before", "去年同期"),
    ("今年前四个月立案9件，比去年同期多3件。", "2023-01/2023-04", "period/sentence", "今年前四个月"),
    # what is not long ago is of this year, but not the cases of a notice
    ("近日，县纪委抽查账目，发现问题3件。", "2023", "period/sentence", "近日"),
    ("近日，县纪委通报典型案例3件。", None, "period/none", None),
    # an end is carried on, what goes on after 去年以来 is not of last year
    ("截至7月15日，县里完成整改。立案3件。", "2023-07-15", "period/carried", "截至7月15日"),
    ("去年以来，资金增加。5月8日，县里立案3件。", "2023-05-08", "period/sentence", "5月8日"),
    # a meeting
    ("7月3日，县里召开会议。\n43名站长参加。", "2023-07-03", "period/meeting", "7月3日"),
    (
        "## 县林业局召开座谈会\n7月3日，会议室里座无虚席。\n局长当即布置3件实事。",
        "2023-07-03",
        "period/meeting",
        "7月3日",
    ),
]


def found_in(document):
    number = max(document.text.find("3件"), document.text.find("43名"))
    return Attribution(annotate(document)._.reading).period_at(number)


@pytest.mark.parametrize(
    ("text", "over", "period"),
    [
        ("今年立案3件。\n青岚县林业局\n2023年12月30日", {"published": "2024-01-04"}, "2023"),  # the signature
        ("本报青岚12月30日电\n今年立案3件。", {"published": "2024-01-04"}, "2023"),  # the dateline
        ("今年立案3件。\n2019年12月30日", {"published": "2024-01-04"}, "2024"),  # too long ago for either
        ("今年立案3件。\n《青岚日报》2023年12月30日 二版", {}, "2023"),  # nothing else tells
        ("今年立案3件。", {}, None),
    ],
)
def test_the_day_that_a_document_speaks_on(text, over, period):
    assert found_in(make_document(text, **over)).value == period


def test_the_rows_of_a_ledger_are_each_of_their_own_time():
    rows = [
        ["问题", "整改措施", "完成时限"],
        ["2021年以来多收费用", "退还9人", "已完成"],
        ["台账不全", "补齐3件", "已完成"],
    ]
    lines = [Line("2022年1月至6月，县里开展审计。"), table_line(plain_cells(rows))]
    text, blocks = structure(split_lines(lines))
    document = Document(id="0" * 64, source="台账.xlsx", text=text, blocks=blocks, published="2023-08-08")
    assert found_in(document).value is None


@pytest.mark.parametrize(("text", "period", "rule", "words"), ROWS, ids=[row[2] + row[0][:6] for row in ROWS])
def test_period(text, period, rule, words):
    document = make_document(text, published="2023-08-08")
    found = found_in(document)
    assert (found.value, found.rule) == (period, rule)
    assert (document.text[slice(*found.span)] if found.span else None) == words


def test_a_time_is_carried_on_no_further_than_it_is_remembered():
    document = make_document("今年以来，" + "立案3件，" * 3000, published="2023-08-08")
    attribution = Attribution(annotate(document)._.reading)
    offset = document.text.rindex("3件")
    assert attribution.period_at(offset).value is None  # too far from what opened it


@pytest.mark.parametrize(
    ("text", "periods"),
    [
        ("上半年，与上年同期相比，立案数由41件下降到37件。", ["2022-01/2022-06", "2023-01/2023-06"]),
        ("2023年，立案数同比由41件增加到57件，处分20人。", ["2022", "2023", "2023"]),
        ("2023年，立案数由上年同期的41件增加到57件。", ["2022", "2023"]),
        ("立案数由2021年的41件增加到2022年的57件。", ["2021", "2022"]),
        ("今年以来，立案数从80件降至60件。", [None, "2023"]),
        ("上半年，支出同比减少6320万元，收费从210元降到132元。", ["2023-01/2023-06", None, "2023-01/2023-06"]),
        ("上半年立案21件，较上年的35件减少14件。", ["2023-01/2023-06", "2022", "2023-01/2023-06"]),
        ("上半年立案21件，较上年同期的35件减少14件。", ["2023-01/2023-06", "2022-01/2022-06", "2023-01/2023-06"]),
        ("今年以来，从甲县查处3件，转到乙县处理2件。", ["2023", "2023"]),
        ("去年立案35件。", ["2022"]),
    ],
)
def test_what_a_figure_is_measured_by_is_of_an_earlier_time(text, periods):
    statistics = extract(make_document(text, published="2023-08-15")).statistics
    assert [statistic.period for statistic in statistics] == periods
