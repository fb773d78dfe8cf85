"""Contradictions: what only looks like one is not reported, what is one is."""

import pytest

from docintel.extract.pipeline import extract
from tests.factories import make_document

pytestmark = pytest.mark.model


def broken(text):
    return [(check.stated, check.computed) for check in extract(make_document(text)).checks if not check.holds]


@pytest.mark.parametrize(
    "text",
    [
        "共发现问题45个，已整改40个，整改完成率为88.9%，群众满意率98%。",
        "没有登记造成漏费的29个，用了忘记收费的8个，剩下6个另有隐情。",
        "走访中，反映被要求请客的67户，反映被搭售保险的112户，还有29户不愿多谈。",
        "查了13家企业：围标串标的9家，考核走过场的11家，转包没人管的6家，收益不入账的4家。",
        "发现问题116个，已整改92个，其余24个正在整改，按期整改率100%。",
        "问题清单50项，已完成整改45项，完成率90%；整改措施120条，已完成118条，完成率98.3%。",
        "反馈问题45个，细化整改任务90项，已完成88项。",
        "发现问题50个，制定整改措施120条，已完成115条。",
        "巡察反馈4个方面23个问题，已完成整改25个具体事项。",
        "2023年发现问题50个，2024年已整改62个。",
        "上轮巡察反馈问题35个，本轮新发现问题28个，已整改63个。",
        "发现问题3至5个，已整改4个。",
        "立案审查20人，其中处级5人；组织处理35人，其中诫勉谈话30人、谈话提醒5人。",
        "涉案金额300万元，挽回经济损失（含利息）350万元。",
        "共15个乡镇，分别整改12个、13个、15个问题，共计40个。",
        "共发现问题50个，其中：重点问题5个、一般问题45个、已整改40个。",
        "受处分45人，其中党员40人、监察对象30人。",
        "现金12万元、购物卡3万元、茅台酒若干，合计20万元。",
        "甲公司行贿100万元，乙公司行贿50万元，共计受贿200万元。",
        "应退款100万元，已退80万元，余下20万元及利息2万元年底前退清。",
        "覆盖12个县区，发现问题50个，每个县区整改5个，其中青岚县整改10个。",
        "今年1至6月查处120起，去年全年查处200起，同比增长20%。",
        "信访举报由120件下降至-3件，下降20%。",
        "整改到期问题92个，已整改92个，整改率100%。",
    ],
)
def test_figures_of_different_things_do_not_contradict(text):
    assert broken(text) == []


@pytest.mark.parametrize(
    ("text", "stated", "computed"),
    [
        ("去年同期100件，今年120件，同比增长了25%。", 25, 20),
        ("召开会议12次（其中专题会议5次、现场会7次、协调会3次）。", 12, 15),
        ("现有职工300人，其中男职工180人、女职工170人。", 300, 350),
        ("收缴200万元，其中现金150万元、物资60万元。", 2000000, 2100000),
        ("查处问题45起，其中工程领域145起。", 45, 145),
    ],
)
def test_contradictions_are_reported(text, stated, computed):
    assert broken(text) == [(stated, computed)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("上半年处分干部40人，党纪处分28人、政务处分12人。", ("28人", "12人")),
        ("上半年处理干部40人，处分28人、诫勉谈话12人。", ("28人", "12人")),
        ("共立案40件，城区立案28件，乡镇立案12件。", ("28件", "12件")),
    ],
)
def test_parts_that_follow_at_once_and_add_up_are_parts(text, parts):
    (check,) = extract(make_document(text)).checks
    assert check.holds
    assert check.stated == 40
    assert all(part in each.quote for part, each in zip(parts, check.against, strict=True))


@pytest.mark.parametrize(
    "text",
    [
        "约谈3人，诫勉2人、处分1人。",
        "处分干部40人，党纪处分27人、政务处分12人。",
        "培训40人，对照检查后约谈28人，处分12人。",
        "处分干部40人。全县共12个乡镇，处分28人、处理12人。",
    ],
)
def test_what_adds_up_by_chance_is_no_part(text):
    assert extract(make_document(text)).checks == ()
