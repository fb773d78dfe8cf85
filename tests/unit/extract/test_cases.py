"""Cases: who did what, and what followed."""

import re
import time
from dataclasses import replace
from itertools import islice, product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from docintel.extract.cases.cases import find_cases
from docintel.extract.cases.notices import notice_near
from docintel.extract.cases.reported import find_reported
from docintel.extract.cases.statements import naming, read_statements
from docintel.extract.language.reading import Name, Reading
from docintel.extract.persons.persons import find_persons
from docintel.extract.units.units import UnitMention
from docintel.schema import Block, BlockKind, SanctionKind, UnitKind
from tests.factories import make_document
from tests.unit.extract.people import read_marked

UNITS = ["云溪县水利局", "云溪县粮站", "松陵区医院", "县纪委监委", "石桥镇卫生院"]
PEOPLE = ["赵立新", "孙大川", "周立民"]
#: what a property strings together
WORDS = [
    "1.",
    "，",
    "。",
    "、",
    "\n",
    "局长",
    "等人",
    "违规收受礼金3万元",
    "受到党内警告处分",
    "被查处",
    "问题",
    "案",
    "其中包括",
    "对",
    "给予",
    "3名干部",
    "通报了",
    "（",
    "）",
]


def cases_of(text):
    reading, mentions = read_marked(text, PEOPLE, UNITS)
    return find_cases(reading, mentions, find_persons(reading, mentions))


def summary(case):
    return case.persons, [act.quote for act in case.violations], list(case.sanctions), list(case.amounts)


def test_an_item_of_a_notice():
    (case,) = cases_of(
        "1.云溪县水利局原局长赵立新违规收受礼品、礼金，违规接受宴请等问题。"
        "2019年至2021年，赵立新先后收受礼金共计12万元；私设“小金库”。赵立新还存在其他严重违纪违法问题。"
        "2022年1月，赵立新被开除党籍和公职。"
    )
    assert summary(case) == (
        ("赵立新",),
        ["违规收受礼品、礼金", "违规接受宴请", "私设“小金库”"],
        ["开除党籍", "开除公职"],
        [120_000],
    )
    assert case.evidence.quote == "云溪县水利局原局长赵立新违规收受礼品、礼金，违规接受宴请等问题"


def test_every_crime_of_a_headline_is_an_act():
    (case,) = cases_of("云溪县粮站原站长赵立新虚假轮换、储备粮监管不力、贪污、受贿案。赵立新被判处有期徒刑三年。")
    assert [act.quote for act in case.violations] == ["虚假轮换", "储备粮监管不力", "贪污", "受贿"]


def test_people_with_one_sanction_are_one_case():
    (case,) = cases_of("松陵区医院院长赵立新、副院长孙大川违规接受宴请问题。赵立新、孙大川分别受到党内警告处分。")
    assert summary(case) == (("赵立新", "孙大川"), ["违规接受宴请"], ["党内警告"], [])


def test_people_with_a_sanction_each_are_a_case_each():
    first, second = cases_of(
        "松陵区医院院长赵立新、副院长孙大川违规接受宴请问题。"
        "赵立新、孙大川分别受到党内严重警告、党内警告处分，其他责任人受到相应处理。"
    )
    assert summary(first) == (("赵立新",), ["违规接受宴请"], ["党内严重警告"], [])
    assert summary(second) == (("孙大川",), ["违规接受宴请"], ["党内警告"], [])


def test_each_object_of_a_decision_gets_its_own():
    first, second = cases_of("会议决定给予赵立新开除党籍处分，给予孙大川留党察看一年、政务撤职处分。")
    assert (first.persons, first.sanctions) == (("赵立新",), ("开除党籍",))
    assert (second.persons, second.sanctions) == (("孙大川",), ("留党察看一年", "政务撤职"))


def test_a_list_of_people_ends_in_what_befell_them():
    cases = cases_of("此后，云溪县水利局局长赵立新，松陵区医院院长孙大川等一批领导干部被查处。")
    assert [(case.persons, case.sanctions) for case in cases] == [(("赵立新",), ("查处",)), (("孙大川",), ("查处",))]


def test_the_head_of_a_unit_answers_for_the_headline():
    (case,) = cases_of("松陵区医院超标准接待、虚列支出问题。院长赵立新负有主要领导责任，受到党内警告处分。")
    assert summary(case) == (("赵立新",), ["超标准接待", "虚列支出"], ["党内警告"], [])


def test_a_unit_without_a_named_person():
    (case,) = cases_of(
        "石桥镇卫生院重复收取费用、违规发放补贴问题。2021年，石桥镇卫生院违规发放补贴21万元。石桥镇卫生院负责人受到组织处理。"
    )
    assert summary(case) == ((), ["重复收取费用", "违规发放补贴"], ["组织处理"], [210_000])


def test_a_group_without_names():
    (case,) = cases_of("日前，县纪委监委通报了云溪县5名领导干部违反规定接受宴请问题。")
    assert summary(case) == ((), ["违反规定接受宴请"], ["通报"], [])


def test_two_groups_of_one_size_that_did_different_things():
    cases = cases_of("安宁县3名干部因违规接受宴请受到党内警告处分。云溪县3名干部因审核不严受到政务记过处分。")
    assert [summary(case)[1:3] for case in cases] == [
        (["违规接受宴请"], ["党内警告"]),
        (["审核不严"], ["政务记过"]),
    ]


def test_a_group_told_of_twice_is_one():
    (case,) = cases_of("9名参与打牌的职工受到政务警告处分。会议指出，9名参与打牌的职工受到处理。")
    assert summary(case)[2] == ["政务警告"]


def test_the_case_names_the_act():
    (case,) = cases_of("全系统利用松陵区医院赵立新、孙大川等发生在校园的腐败案开展教育。")
    assert summary(case) == (("赵立新", "孙大川"), ["腐败"], [], [])


def test_fines_and_foreign_money_are_no_amounts():
    (case,) = cases_of(
        "云溪县水利局原局长赵立新收受贿赂30万元、2万美元，并处罚金5万元。赵立新受贿30万元，被判处有期徒刑二年。"
    )
    assert case.amounts == (300_000,)


def test_whom_an_organ_dealt_with_has_a_case():
    (case,) = cases_of("县纪委监委先后查处了云溪县水利局原局长赵立新、云溪县粮站原站长孙大川等一批干部。")
    assert summary(case) == (("赵立新", "孙大川"), [], ["查处"], [])


def test_those_dealt_with_may_be_listed_in_clauses():
    first, second = cases_of(
        "县纪委监委还查处了云溪县水利局原局长赵立新，云溪县粮站原站长孙大川等多名干部，各级党组织加大查处违纪力度。"
    )
    assert summary(first) == (("赵立新",), [], ["查处"], [])
    assert summary(second) == (("孙大川",), [], ["查处"], [])


@pytest.mark.parametrize("further", ["县委书记孙大川要求深刻汲取教训", "云溪县粮站站长孙大川上任后建章立制"])
def test_who_is_told_of_behind_those_dealt_with_is_none_of_them(further):
    (case,) = cases_of(f"县纪委监委查处了云溪县水利局原局长赵立新，{further}。")
    assert case.persons == ("赵立新",)


def test_to_be_dealt_with_goes_without_saying_beside_what_followed():
    (case,) = cases_of("县纪委监委查办赵立新案。赵立新收受礼金3万元，被开除党籍。")
    assert list(case.sanctions) == ["开除党籍"]
    (case,) = cases_of("县纪委监委在查办云溪县水利局原局长赵立新案件时发现，赵立新长期收受礼品。")
    assert summary(case) == (("赵立新",), ["长期收受礼品"], [], [])


@pytest.mark.parametrize(
    "text",
    [
        "县纪委监委查处问题线索时，赵立新全程参与。",
        "县纪委监委向赵立新通报了情况。",
        "县纪委监委正在查处赵立新的举报人反映的噪声扰民。",
        "赵立新等3起典型问题进行通报曝光，各科室认真应对",
    ],
)
def test_to_stand_near_what_an_organ_does_is_no_case(text):
    assert not cases_of(text)


def test_the_first_of_several_whom_a_notice_names():
    (case,) = cases_of("县纪委监委曾公开通报云溪县粮站原站长孙大川等3起涉粮腐败问题典型案例。")
    assert summary(case) == (("孙大川",), ["涉粮腐败"], ["公开通报"], [])


def test_the_notice_may_be_told_behind_the_first_whom_it_names():
    (case,) = cases_of("县纪委监委对云溪县粮站原站长孙大川等3起典型问题进行通报曝光。")
    assert summary(case) == (("孙大川",), [], ["通报曝光"], [])


def test_to_let_somebody_know_is_an_act():
    (case,) = cases_of("云溪县水利局原局长赵立新违规向供应商透露预算底价，受到党内警告处分。")
    assert summary(case) == (("赵立新",), ["违规向供应商透露预算底价"], ["党内警告"], [])


def test_cases_named_by_several_acts_in_one_sentence():
    first, second = cases_of(
        "通报中，云溪县粮站原站长孙大川虚假轮换粮食、监管不力、受贿案和云溪县水利局原局长赵立新挪用公款、受贿案都是典型。"
    )
    assert summary(first) == (("孙大川",), ["虚假轮换粮食", "监管不力", "受贿"], ["通报"], [])
    assert summary(second) == (("赵立新",), ["挪用公款", "受贿"], ["通报"], [])


@pytest.mark.parametrize(
    "work",
    [
        "参与办理贪污案，连续加班",
        "参与调解非法集资案",
        "利用违纪违法案例开展警示教育",
        "通过违纪违法案例开展警示教育",
        "组织观看受贿案警示片",
        "推进违规吃喝案件整改",
    ],
)
def test_a_case_that_somebody_works_on_or_with_is_not_theirs(work):
    assert not cases_of(f"云溪县水利局局长赵立新{work}。")


@pytest.mark.parametrize(
    "act",
    [
        "违规泄露招标方案",
        "指使他人伪造档案",
        "违规审批规划方案",
        "收受案件当事人贿赂5万元",
        "对外泄露案件秘密",
    ],
)
def test_an_act_that_holds_the_word_for_case_is_whole(act):
    (case,) = cases_of(f"云溪县水利局局长赵立新{act}，受到党内警告处分。")
    assert summary(case)[1:3] == ([act], ["党内警告"])
    (case,) = cases_of(f"云溪县水利局局长赵立新{act}。")
    assert summary(case)[1] == [act]


def test_what_is_wrong_about_work_on_cases_names_a_case():
    (case,) = cases_of("云溪县水利局原局长赵立新违规办理低保案。")
    assert summary(case)[1] == ["违规办理低保"]


def test_people_with_a_position_each_share_what_they_did():
    (case,) = cases_of("比如，云溪县水利局局长赵立新，云溪县粮站站长孙大川在食堂违规接受宴请。")
    assert summary(case) == (("赵立新", "孙大川"), ["在食堂违规接受宴请"], [], [])


def test_the_notice_may_stand_in_the_paragraph_before_or_behind():
    (case,) = cases_of("4月24日，县纪委监委公开通报8起违规吃喝典型问题。\n云溪县水利局局长赵立新多次违规接受宴请。")
    assert list(case.sanctions) == ["公开通报"]
    (case,) = cases_of("“云溪县水利局局长赵立新违规收受礼金问题”……\n此前，县纪委监委公开通报10起典型问题。")
    assert list(case.sanctions) == ["公开通报"]
    (case,) = cases_of("县纪委监委公开通报孙大川公款吃喝问题。\n会议召开。\n赵立新违规收受礼金3万元。")[1:]
    assert list(case.sanctions) == []


@pytest.mark.parametrize(
    "before",
    [
        "会上通报了典型案例，与会人员深受教育。",
        "县纪委在会上通报了典型案例，与会人员深受教育。",
        "各科室对照通报问题开展自查。",
        "1.县纪委监委公开通报8起违规吃喝典型问题。",
        "县纪委监委公开通报8起违规吃喝典型问题。\n2.会议学习了有关规定。",
        "县纪委监委公开通报8起违规吃喝典型问题。\n会议研究了下一步工作。",
        "# 县纪委监委公开通报8起违规吃喝典型问题",
    ],
)
def test_a_paragraph_that_goes_on_to_nobody_is_no_notice_of_theirs(before):
    (case,) = cases_of(f"{before}\n赵立新收受礼金3万元。")
    assert summary(case) == (("赵立新",), ["收受礼金3万元"], [], [30_000])


@pytest.mark.parametrize(
    ("before", "sanction"),
    [
        ("县纪委监委公开通报8起违规吃喝典型问题。", "公开通报"),
        ("县纪委监委在通报中，点出了几种做法。", "通报"),
        ("从通报案例看，有人顶风违纪。", "通报"),
        ("此次通报的干部来自不同单位。", "通报"),
        ("县纪委监委公开通报8起违规吃喝典型问题。\n“吃喝无小事。”这是一句评语。", "公开通报"),
        ("县纪委监委公开通报8起违规吃喝典型问题。\n云溪县粮站站长孙大川多次违规接受宴请。", "公开通报"),
    ],
)
def test_a_notice_whose_cases_the_paragraphs_behind_it_tell(before, sanction):
    *_, case = cases_of(f"{before}\n云溪县水利局局长赵立新多次违规接受宴请。")
    assert (case.persons, case.sanctions) == (("赵立新",), (sanction,))


def test_a_notice_is_known_outside_of_sentences():
    text = " 县纪委监委公开通报3起典型问题。"
    reading, _ = read_marked(text)
    assert [notice.text for notice in notice_near(reading, 0)] == ["公开通报"]
    assert not notice_near(read_marked("")[0], 0)


def test_a_unit_that_a_text_says_a_notice_named():
    (case,) = cases_of(
        "日前，县纪委监委公开通报了10起加重基层负担典型问题。其中提到，石桥镇卫生院搞过度留痕问题，层层加码索要材料。"
    )
    assert case.units == ("石桥镇卫生院",)
    assert summary(case) == ((), ["搞过度留痕", "层层加码索要材料"], ["公开通报"], [])


@pytest.mark.parametrize(
    "text",
    [
        "县纪委监委公开通报10起典型问题。石桥镇卫生院组织学习通报，严防违规收受红包。",
        "石桥镇卫生院违规收费问题有多严重？",
        "县纪委监委公开通报10起典型问题。石桥镇卫生院对收受红包问题开展自查。",
    ],
)
def test_a_unit_that_no_notice_names_has_no_case(text):
    assert not cases_of(text)


@pytest.mark.parametrize(
    ("text", "act", "sanction"),
    [
        ("县纪委监委公开通报云溪县部分党员干部培训期间违规吃喝问题。", "培训期间违规吃喝", "公开通报"),
        ("省纪委专题通报某部有关下属单位借培训之名公款旅游问题。", "借培训之名公款旅游", "通报"),
        ("县纪委监委查处了一批违规提供空白公函问题，全县28名责任人员受到处理处分。", "违规提供空白公函", "处理处分"),
        ("快查严处违法占用耕地案件，对6名涉案人员作出处理。", "违法占用耕地", "处理"),
        ("集中督办违规占用耕地问题线索，共追责问责46名责任人。", "违规占用耕地", "追责问责"),
    ],
)
def test_groups_without_names_or_numbers(text, act, sanction):
    (case,) = cases_of(text)
    persons, acts, sanctions, _ = summary(case)
    assert not persons
    assert acts == [act]
    assert sanctions == [sanction]


@pytest.mark.parametrize(
    "text", ["要定期通报部分党员干部违规吃喝问题。", "县纪委监委公开通报近期查处的部分党员干部违规吃喝问题。"]
)
def test_a_notice_of_nobody_in_particular_tells_of_no_group(text):
    assert not cases_of(text)


def test_a_group_is_told_of_though_others_are_named_far_behind():
    told = "县纪委监委公开通报云溪县4名党员领导干部违规饮酒问题。\n"
    assert [case.persons for case in cases_of(told + "赵立新违规饮酒。\n孙大川违规饮酒。")] == [
        ("赵立新",),
        ("孙大川",),
    ]
    far = cases_of(told + "会议召开。\n" * 6 + "赵立新收受礼金3万元。\n孙大川公款旅游。")
    assert [case.persons for case in far] == [(), ("赵立新",), ("孙大川",)]


@pytest.mark.parametrize(("line", "sanction"), [("问责12名责任人。", "问责"), ("12人被批评教育。", "批评教育")])
def test_a_group_may_open_any_line(line, sanction):
    for text in (line, f"会议召开。\n{line}", f"单位\t{line}"):
        (case,) = cases_of(text)
        assert list(case.sanctions) == [sanction]


def test_a_subject_behind_a_heading_is_no_object_of_it():
    (case,) = cases_of("推动各项部署贯彻落实\n赵立新违规收受礼金3万元。")
    assert case.persons == ("赵立新",)


def test_what_may_happen_befell_nobody():
    assert not cases_of("赵立新打来电话，送礼的人得知可能因此被列入黑名单。")


def test_an_act_with_the_means_told_before_it():
    (case,) = cases_of("赵立新利用职务便利，违规收受礼金3万元。")
    assert summary(case)[1] == ["利用职务便利，违规收受礼金3万元"]


def test_those_who_speak_or_act_against_wrongdoing_have_no_case():
    assert cases_of("松陵区医院院长赵立新表示，要严肃查处违规收受礼金行为。孙大川要求严查公款吃喝。") == ()


def test_an_interview_accuses_nobody():
    assert cases_of("赵立新：我们发现有的科室违规收费，去年诫勉3人。") == ()


def test_a_headline_may_be_a_paragraph_of_its_own():
    (case,) = cases_of(
        "（一）石桥镇卫生院套取资金问题\n2021年，石桥镇卫生院套取资金8万元。石桥镇卫生院负责人受到政务处分。"
    )
    assert summary(case) == ((), ["套取资金"], ["政务处分"], [80_000])


def test_a_unit_that_is_dealt_with():
    (case,) = cases_of("县纪委监委对云溪县水利局、松陵区医院予以通报批评。")
    assert (case.persons, case.sanctions) == ((), ("通报批评",))


def test_what_somebody_is_dealt_with_for_is_an_act():
    (case,) = cases_of("松陵区医院院长赵立新因对下属疏于管理被诫勉谈话。")
    assert summary(case) == (("赵立新",), ["对下属疏于管理"], ["诫勉谈话"], [])


def test_news_of_an_investigation():
    (case,) = cases_of("云溪县水利局原局长赵立新涉嫌严重违纪违法，目前正接受纪律审查和监察调查。")
    assert summary(case) == (("赵立新",), ["涉嫌严重违纪违法"], ["接受纪律审查和监察调查"], [])


def test_each_act_has_its_sums_and_its_time():
    (case,) = cases_of(
        "1.云溪县水利局原局长赵立新违规收受礼金、公款旅游问题。2019年至2021年，赵立新先后收受礼金共计12万元。"
        "2022年5月，赵立新公款旅游，费用3万元。2023年2月，赵立新受到党内警告处分。"
    )
    assert [(act.evidence.quote, act.amounts, act.period) for act in case.acts] == [
        ("违规收受礼金", (120_000,), "2019/2021"),
        ("公款旅游", (30_000,), "2022-05"),
    ]
    assert (case.date, case.units, case.amounts) == ("2023-02", ("云溪县水利局",), (120_000, 30_000))


def test_each_penalty_is_proved_by_the_words_that_state_it():
    (case,) = cases_of("赵立新被开除党籍和公职，被判处有期徒刑十年，并处罚金50万元。")
    assert [(p.name, p.evidence.quote, p.kind, p.months, p.fine) for p in case.penalties] == [
        ("开除党籍", "开除党籍和公职", SanctionKind.PARTY, None, None),
        ("开除公职", "开除党籍和公职", SanctionKind.PUBLIC, None, None),
        ("判处有期徒刑十年", "判处有期徒刑十年", SanctionKind.CRIMINAL, 120, None),
        ("并处罚金50万元", "并处罚金50万元", SanctionKind.CRIMINAL, None, 500_000),
    ]


def test_a_time_of_an_act_is_not_that_of_the_decision():
    (case,) = cases_of("2021年春节，赵立新收受礼金，受到党内警告处分。")
    assert (case.date, case.acts[0].period) == (None, "2021")


def test_sums_dealt_out_in_order():
    first, second = cases_of(
        "松陵区医院院长赵立新、副院长孙大川收受礼金问题。赵立新、孙大川分别收受礼金5000元、3000元。"
        "赵立新、孙大川分别受到党内严重警告、党内警告处分。"
    )
    assert (first.amounts, second.amounts) == ((5000,), (3000,))


def test_a_hidden_name_is_another_person_in_another_case():
    first, second = cases_of(
        "1.云溪县水利局张某收受礼金问题。张某受到党内警告处分。\n2.云溪县粮站张某公款旅游问题。张某受到政务记过处分。"
    )
    assert (first.persons, first.sanctions, first.units) == (("张某",), ("党内警告",), ("云溪县水利局",))
    assert (second.persons, second.sanctions, second.units) == (("张某",), ("政务记过",), ("云溪县粮站",))


def test_a_unit_that_something_befalls_beside_its_head():
    unit, head = cases_of("松陵区医院套取资金问题。松陵区医院被责令整改，院长赵立新受到党内警告处分。")
    assert (unit.persons, unit.units, unit.sanctions) == ((), ("松陵区医院",), ("责令整改",))
    assert (head.persons, head.sanctions) == (("赵立新",), ("党内警告",))


def test_grounds_tell_how_a_case_was_found():
    (case,) = cases_of("2022年1月，赵立新因公款旅游受到党内警告处分。")
    assert {ground.field: ground.rule for ground in case.grounds} == {
        "": "case/told",
        "persons": "case-persons/alone",
        "sanctions": "sanction/decided",
    }


@given(st.lists(st.sampled_from([*PEOPLE, *UNITS, *WORDS]), min_size=1, max_size=14))
@example(["云溪县水利局受到党内警告处分问题"])
def test_any_text_can_be_read(parts):
    text = "".join(parts)
    for case in cases_of(text):
        assert all(quote.quote == text[quote.start : quote.end] for quote in (case.evidence, *case.violations))
        assert len(set(case.sanctions)) == len(case.sanctions)


@pytest.mark.parametrize(
    "text",
    [
        "1" * 200_000,
        "1" * 200_000 + "名干部",
        "查处1名干部" * 3_000,
        "对1名某某予以" * 3_000,
        "2名干部被" * 20_000 + "的",
        "公开通报云溪县部分下属单位有关" * 3_000,
    ],
    ids=["digits", "size", "named", "given", "dealt with", "noticed"],
)
def test_a_line_without_an_end_is_read_at_once(text):
    (case,) = cases_of(f"{text}。\n9名参与打牌的职工受到政务警告处分。")
    assert case.evidence.quote == "9名参与打牌的职工受到政务警告处分"


def _names(size):
    return ["".join(letters) for letters in islice(product("甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳", repeat=3), size)]


def noticed_units(size):
    """How to read a sentence with the cases of so many units, which a notice names."""
    text = f"县纪委监委公开通报10起典型问题。{''.join(f'{name}镇卫生院违规收费，' for name in _names(size))}"
    reading, _ = read_marked(text)
    found = re.finditer("[^，。]{3}镇卫生院", text)
    mentions = [UnitMention(match.start(), match.end(), match[0], UnitKind.HOSPITAL) for match in found]
    return lambda: find_cases(reading, mentions, ())


def listed_people(size):
    """How to find who was dealt with in a sentence that lists so many people, each in a clause."""
    text = "县纪委监委查处了" + "，".join(f"云溪县水利局局长{name}" for name in _names(size))
    reading, mentions = read_marked(text, units=UNITS)
    found = re.finditer("(?<=局长)[^，]{3}", text)
    reading = Reading(reading.document, tuple(Name(*match.span(), "PER", match[0]) for match in found))
    statements = list(read_statements(reading, find_persons(reading, mentions), mentions))
    return lambda: list(find_reported(reading, statements))


@pytest.mark.parametrize(("made", "size"), [(noticed_units, 500), (listed_people, 200)])
def test_a_list_of_four_times_as_many_takes_about_four_times_as_long(made, size):
    def seconds(run):
        start = time.process_time()
        run()
        return time.process_time() - start

    small, large = made(size), made(4 * size)
    assert (len(small()), len(large())) == (size, 4 * size)
    assert min(seconds(large) / max(seconds(small), 1e-3) for _ in range(3)) < 9  # 16 if each looks at each


HEADING = ["序号", "对象", "违规事实", "处理结果"]


def table_cases(*rows, heading=HEADING):
    """The cases of a document that holds nothing but a table."""
    cells = (tuple(heading), *(tuple(row) for row in rows))
    text = "\n".join("\t".join(row) for row in cells)
    reading, mentions = read_marked(text, PEOPLE, [])
    document = replace(reading.document, blocks=(Block(kind=BlockKind.TABLE, start=0, end=len(text), cells=cells),))
    units = [
        UnitMention(match.start(), match.end(), unit, UnitKind.HOSPITAL)
        for unit in UNITS
        for match in re.finditer(unit, text)
    ]
    mentions = sorted([*mentions, *units], key=lambda mention: mention.start)
    reading = Reading(document, reading.names)
    return find_cases(reading, mentions, find_persons(reading, mentions))


def test_the_people_of_a_table_did_what_stands_in_its_column():
    first, second = table_cases(
        ["1", "云溪县水利局局长赵立新", "在工程建设中，把项目拆成14个小单，收受现金6万元", "开除党籍"],
        ["2", "松陵区医院院长孙大川", "把体检交给亲属的公司，共计8次", "免职"],
    )
    assert summary(first) == (("赵立新",), ["把项目拆成14个小单", "收受现金6万元"], ["开除党籍"], [60_000])
    assert summary(second) == (("孙大川",), ["把体检交给亲属的公司"], ["免职"], [])


def test_a_unit_of_a_table_has_a_case_and_who_is_named_for_it_another():
    unit, head = table_cases(
        ["1", "松陵区医院", "低标准收治病人41人，涉及19万元", "退回资金，通报批评，院长赵立新被党内警告"],
    )
    assert unit.units == ("松陵区医院",)
    assert summary(unit) == ((), ["低标准收治病人41人"], ["退回资金", "通报批评"], [190_000])
    assert summary(head) == (("赵立新",), ["低标准收治病人41人"], ["党内警告"], [])


@pytest.mark.parametrize(
    "heading",
    [
        ["序号", "对象", "整改措施", "处理结果"],
        ["序号", "对象", "违规事实", "完成时限"],
        ["序号", "栏目", "违规事实", "处理结果"],
    ],
)
def test_a_table_without_the_three_columns_tells_no_unit_of_cases(heading):
    assert table_cases(["1", "松陵区医院", "低标准收治病人", "退回资金"], heading=heading) == ()


def test_clauses_are_told_with_the_units_that_begin_in_them():
    reading = Reading(make_document("某镇汇报。某局整改，某院、某校补课，完成。"))
    places = [*map(reading.text.index, ("某局", "，", "某院", "某校"))]
    mentions = [UnitMention(start, start + 2, "", UnitKind.OTHER) for start in places]
    found = naming(list(read_statements(reading, (), ())), mentions)
    assert [(number, [mention.start for mention in some]) for number, some in found] == [
        (1, places[:1]),
        (2, places[2:]),
    ]
