"""When a figure falls, and by which rule and words that is told."""

import pytest

from docintel.extract.attribution.attribution import Attribution
from docintel.extract.pipeline import annotate
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
]


@pytest.mark.parametrize(("text", "period", "rule", "words"), ROWS, ids=[row[2] + row[0][:6] for row in ROWS])
def test_period(text, period, rule, words):
    document = make_document(text, published="2023-08-08")
    number = max(document.text.find("3件"), document.text.find("43名"))
    found = Attribution(annotate(document)._.reading).period_at(number)
    assert (found.value, found.rule) == (period, rule)
    assert (document.text[slice(*found.span)] if found.span else None) == words


def test_a_time_is_carried_on_no_further_than_it_is_remembered():
    document = make_document("今年以来，" + "立案3件，" * 3000, published="2023-08-08")
    attribution = Attribution(annotate(document)._.reading)
    offset = document.text.rindex("3件")
    assert attribution.period_at(offset).value is None  # too far from what opened it
