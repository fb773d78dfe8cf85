from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docintel.extract.language.reading import Reading
from docintel.extract.language.segments import segments
from docintel.extract.work.issues import find_issues
from docintel.extract.work.links import link_measures
from docintel.extract.work.measures import acting_segments, category_of, is_speech, status_of
from docintel.extract.work.roles import Role
from docintel.schema import MeasureCategory, Status
from tests.factories import make_document


def find(text):
    """What the rules take for measures: words, role and status."""
    reading = Reading(make_document(text))
    return [
        (text[one.start : one.end], role, status_of(reading, one, is_sanction=role is Role.SANCTION))
        for one, role in acting_segments(reading, (), ())
    ]


def test_actions_are_found_with_category_and_status():
    found = find("县医院修订了采购管理办法，开展警示教育3场。下一步，将持续开展明察暗访。")
    assert {role for _, role, _ in found} == {Role.MEASURE}
    assert [(words, category_of(words), status) for words, _, status in found] == [
        ("县医院修订了采购管理办法", MeasureCategory.RULES, Status.DONE),
        ("开展警示教育3场", MeasureCategory.EDUCATION, Status.DONE),
        ("将持续开展明察暗访", MeasureCategory.INSPECTION, Status.REQUIRED),
    ]


def test_an_action_said_again_is_one_entry_but_each_sanction_counts():
    found = find("开展明察暗访。甲被开除党籍。乙某受到警告处分。开展明察暗访。丙某受到警告处分。")
    assert [words for words, role, _ in found if role is Role.MEASURE] == ["开展明察暗访"]
    assert [role for _, role, _ in found].count(Role.SANCTION) == 3


@pytest.mark.parametrize("text", ["确保风清气正。", "永葆清廉本色。", "一、强化监督，落实责任。"])
def test_slogans_and_headings_are_no_measures(text):
    assert find(text) == []


CATEGORIES = [
    ("建立健全药品采购管理制度", MeasureCategory.RULES),
    ("优化审批流程", MeasureCategory.PROCESS),
    ("组织观看警示教育片", MeasureCategory.EDUCATION),
    ("开展校园食堂专项整治", MeasureCategory.CAMPAIGN),
    ("对粮库开展突击检查", MeasureCategory.INSPECTION),
    ("查处违纪违法案件12起", MeasureCategory.ACCOUNTABILITY),
    ("梳理廉政风险点", MeasureCategory.RISK_CONTROL),
    ("对村级财务进行公示", MeasureCategory.TRANSPARENCY),
    ("建成大数据监督平台", MeasureCategory.DIGITAL),
    ("签订廉洁从业承诺书", MeasureCategory.PLEDGE),
    ("约谈供货商负责人", MeasureCategory.TALK),
    ("开展患者满意度回访", MeasureCategory.EVALUATION),
    ("实行耗材集中采购", MeasureCategory.PROCUREMENT_CONTROL),
    ("公布举报电话和邮箱", MeasureCategory.REPORTING),
    ("成立工作专班", MeasureCategory.ORGANISATION),
    ("下发纪检监察建议书", MeasureCategory.NOTICE),
    ("退还多收费用", MeasureCategory.REFUND),
    ("举办廉洁文化书画展", MeasureCategory.CULTURE),
    ("走进基层", MeasureCategory.OTHER),
]


@pytest.mark.parametrize(("text", "expected"), CATEGORIES, ids=[text for text, _ in CATEGORIES])
def test_category_of_a_wording(text, expected):
    assert category_of(text) is expected


STATUSES = [
    ("县医院修订了制度。", Status.DONE),
    ("已约谈药商12人次。", Status.DONE),
    ("先后召开3次会议。", Status.DONE),
    ("建立联席会议制度。", Status.DONE),
    ("持续深化以案促改。", Status.ONGOING),
    ("按规定移送有关部门处置。", Status.ONGOING),
    ("各科室定期开展自查。", Status.ONGOING),
    ("要修订制度。", Status.REQUIRED),
    ("必须严肃查处案件。", Status.REQUIRED),
    ("督促县医院完善台账。", Status.REQUIRED),
    ("下一步，我们将公开收费标准。", Status.REQUIRED),
    # the name of a rule orders nothing
    ("印发《必须公开事项清单》。", Status.DONE),
    # a speech orders what it does not tell as done
    ("同志们：\n强化警示教育。", Status.REQUIRED),
    ("同志们：\n我们召开了动员会。", Status.DONE),
]


@pytest.mark.parametrize(("text", "expected"), STATUSES, ids=[text[:14] for text, _ in STATUSES])
def test_status_of_the_last_action(text, expected):
    reading = Reading(make_document(text))
    assert status_of(reading, list(segments(reading))[-1]) is expected


def test_an_order_holds_for_the_rest_of_its_sentence():
    found = find("各科室要开展自查自纠，公开全部收费标准。")
    assert [status for _, _, status in found] == [Status.REQUIRED, Status.REQUIRED]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("王某受到警告处分。", Status.DONE),
        ("对失职的必须立案审查。", Status.REQUIRED),
        ("按规定移送司法机关。", Status.ONGOING),
    ],
)
def test_a_sanction_is_done_unless_ordered_or_the_rule(text, expected):
    assert [(role, status) for _, role, status in find(text)] == [(Role.SANCTION, expected)]


def test_only_an_address_makes_a_speech():
    assert is_speech(Reading(make_document("各位领导，同志们：\n大家好。")))
    assert not is_speech(Reading(make_document("会议要求同志们提高认识。")))


@given(st.text(alphabet="要开展了检查，、。；“”《》对严禁收受红包问题5个整改受到警告处分", max_size=80))
def test_any_text_gives_measures_in_order_whose_links_are_issues(text):
    reading = Reading(make_document(text or "。"))
    issues = find_issues(reading, ())
    found = [(segment.start, segment.end) for segment, _ in acting_segments(reading, (), issues)]
    assert all(one[1] <= other[0] for one, other in pairwise(found))
    assert all(0 <= i < len(issues) for some in link_measures(reading, found, (), issues) for i in some)
