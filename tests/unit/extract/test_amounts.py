"""What is a statistic, what it counts and when. Every row also passes through the quote check."""

import re
import tomllib
from pathlib import Path

import pytest

from docintel.extract.attribution.attribution import Attribution
from docintel.extract.pipeline import annotate, extract
from docintel.extract.statistics.statistics import find_statistics
from docintel.parse.structure import Line, split_lines, structure
from docintel.parse.tables import plain_cells, table_line
from docintel.schema import Document
from tests.factories import make_document

pytestmark = pytest.mark.model

ROWS = [
    # verb, noun, number; the second count takes the first one's noun
    ("全院排查发现问题38个、整改31个。", [(38, "个", "问题", "issues_found"), (31, "个", "问题", "issues_rectified")]),
    # number before its noun
    ("拟定24项防控措施，绘制9张流程图。", [(24, "项", "防控措施", "controls"), (9, "张", "流程图", "workflows")]),
    # 其中, people as the default subject, both kinds of treatment
    (
        "批评教育帮助和处理215人，其中党纪政务处分18人。",
        [(215, "人", "人", "persons_educated"), (18, "人", "人", "persons_disciplined")],
    ),
    # money returned, recovered, involved
    (
        "医务人员主动上交红包6.4万元，追缴违规资金2600余万元，套取医保基金85万元。",
        [
            (64_000, "元", "红包", "amount_returned"),
            (26_000_000, "元", "违规资金", "amount_recovered"),
            (850_000, "元", "医保基金", "amount_involved"),
        ],
    ),
    # Chinese numerals, masked figures, percentages
    ("通报了八起典型案例。", [(8, "起", "典型案例", "notices")]),
    ("对查出的X家医疗机构限期整改。", [(None, "家", "医疗机构", "institutions")]),
    ("临采金额占采购总额的12.5%。", [(12.5, "%", "临采金额", "share")]),
    # dates, ordinals, terms, durations, names with numerals, idioms: no statistics
    ("2023年5月6日，第三次党委会学习中央八项规定精神，落实十八项核心制度，开展为期三个月的整治。", []),
    ("一是抓教育，进一步下好全院一盘棋，用好“四种形态”。", []),
    ("张某被判处有期徒刑三年六个月。", []),
    # a measured overrun is one
    ("2台设备闲置3年以上。", [(2, "台", "设备", "other"), (3, "年", "设备", "other")]),
]


@pytest.mark.parametrize(("text", "expected"), ROWS, ids=[text[:12] for text, _ in ROWS])
def test_statistics(text, expected):
    found = statistics(text)
    assert [(s.value, s.unit_of_measure, s.subject, str(s.metric)) for s in found] == expected


def statistics(text, **over):
    document = make_document(text, **over)
    reading = annotate(document)._.reading
    found = find_statistics(reading, Attribution(reading))
    for statistic in found:
        evidence = statistic.evidence
        assert document.text[evidence.start : evidence.end] == evidence.quote
    return found


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("今年以来，全院开展警示教育12场。", "2024"),
        ("2023年6月以来，全市立案29件。", "2023-06/2024-03"),
        ("截至2月底，已公示事项20条。", "2024-02"),
        ("全市立案29件。", None),
    ],
)
def test_periods(text, period):
    assert statistics(text, published="2024-03-15")[0].period == period


def test_the_period_that_opens_a_paragraph_carries_on_to_the_next():
    found = statistics("2023年6月以来，全市开展专项整治。\n各医院处理干部18人。", published="2024-03-15")
    assert [s.period for s in found] == ["2023-06/2024-03"]


@pytest.mark.parametrize(
    "text",
    [
        "2022年，全县共立案5件。2023年，全县共立案5件。",  # another year
        "青岚市纪委监委立案5件，云溪县纪委监委立案5件。",
        "2022年，检查18家药店。2023年，检查18家药店。",
        "对X家医院开展检查，对Y科室的X家供应商进行约谈。",
    ],
)
def test_equal_numbers_about_different_things_are_two(text):
    assert len(extract(make_document(text, published="2024-03-15")).statistics) == 2


def test_the_same_figure_said_again_is_one():
    found = statistics("公开通报5起典型案例。\n会议强调，这次公开通报5起典型案例意义重大。")
    assert len(found) == 1


TEXTS = [
    row["text"]
    for row in tomllib.loads((Path(__file__).parents[2] / "tables" / "statistics.toml").read_text("utf-8"))["row"]
]
FULL_WIDTH = str.maketrans("0123456789%", "０１２３４５６７８９％")
NEXT_TO_LETTERS = re.compile(r"(?<=[^\W\da-zA-Z])(?=\d)|(?<=\d)(?=[^\W\da-zA-Z])")


@pytest.mark.parametrize(
    "change", [lambda text: NEXT_TO_LETTERS.sub(" ", text), lambda text: text.translate(FULL_WIDTH)]
)
def test_spaces_and_width_change_no_statistic(change):
    texts = [text for text in TEXTS if "\n" not in text and not re.search(r"[A-Za-z“](?=\d)", text)]
    assert [figures(change(text)) for text in texts] == [figures(text) for text in texts]


def figures(text):
    return [(s.value, s.unit_of_measure, (s.subject or "").replace(" ", ""), s.approximate) for s in statistics(text)]


@pytest.mark.parametrize(
    ("text", "number", "subject"),
    [
        ("全院排查发现问题38个。", "number/arabic", ("subject/object", "问题")),
        ("通报了八起典型案例。", "number/chinese", ("subject/behind", "典型案例")),
        ("投诉量下降两成。", "number/share", ("subject/topic", "投诉量")),
        ("涉案资金300余万。", "number/bare", ("subject/topic", "涉案资金")),
        ("对查出的X家医疗机构限期整改。", "number/masked", ("subject/behind", "医疗机构")),
        ("葛某先后两三次接受宴请。", "number/adjacent", ("subject/clause", "宴请")),
        ("处分61人。", "number/arabic", ("subject/anybody", None)),
    ],
)
def test_grounds_say_how_a_number_is_written_and_where_its_subject_stands(text, number, subject):
    grounds = {ground.field: ground for ground in statistics(text)[0].grounds}
    words = grounds["subject"].evidence
    assert grounds[""].rule == number
    assert (grounds["subject"].rule, words and words.quote) == subject


def test_numbers_dealt_out_over_places_are_those_of_the_places():
    found = statistics("青岚、云溪两县分别整改问题23个、17个。")
    assert [(s.value, s.subject, s.unit) for s in found] == [(23, "问题", "青岚县"), (17, "问题", "云溪县")]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (
            [["学段", "发现问题数", "已整改"], ["小学", "61个", "55个"], ["初中", "51个", "约41个"]],
            [(61, "问题", "发现"), (55, "问题", "整改"), (51, "问题", "发现"), (41, "问题", "整改")],
        ),
        ([["追缴资金", "26.5万元"], ["约谈干部", "12人"]], [(265_000, "资金", "追缴"), (12, "干部", "约谈")]),
    ],
)
def test_a_cell_that_is_a_number_with_its_measure_word_counts_what_its_heading_says(rows, expected):
    text, blocks = structure(split_lines([Line("检查情况如下："), table_line(plain_cells(rows))]))
    document = Document(id="0" * 64, source="台账.xlsx", text=text, blocks=blocks)
    assert [(s.value, s.subject, s.action) for s in extract(document).statistics] == expected
