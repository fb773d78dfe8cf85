"""What of a report somebody else can take over, and what only happened."""

import pytest

from docintel.schema import MeasureCategory, Person, Status
from docintel.suggest.actions import Use, use_of
from tests.factories import evidence, make_document, make_extraction, make_measure

CATEGORY = MeasureCategory
USES = [
    # actions
    ("推行双人双锁、逐笔登记", CATEGORY.PROCESS, Status.DONE, Use.ACTION),
    ("对9个二级库进行全面盘点", CATEGORY.INSPECTION, Status.DONE, Use.ACTION),
    ("组织200名医务人员旁听庭审", CATEGORY.EDUCATION, Status.DONE, Use.ACTION),
    ("召开警示教育大会2场", CATEGORY.EDUCATION, Status.DONE, Use.ACTION),  # held, and what educates
    ("发出提示函13份", CATEGORY.NOTICE, Status.DONE, Use.VAGUE),  # about what?
    ("经院党委研究，通报如下", CATEGORY.NOTICE, Status.REQUIRED, Use.NONE),
    ("约谈科主任6人", CATEGORY.TALK, Status.DONE, Use.ACTION),
    ("多收费用逐笔退还患者", CATEGORY.REFUND, Status.REQUIRED, Use.ACTION),  # ordered: not yet a result
    ("开展专项检查，发现问题38个", CATEGORY.INSPECTION, Status.DONE, Use.ACTION),  # its first clause is one
    ("对整改不力的一律公开曝光", CATEGORY.ACCOUNTABILITY, Status.REQUIRED, Use.ACTION),
    # aims
    ("进一步加强监督管理", CATEGORY.INSPECTION, Status.REQUIRED, Use.VAGUE),
    ("11月底前完成整改", CATEGORY.OTHER, Status.REQUIRED, Use.VAGUE),
    ("严肃查处收受红包行为", CATEGORY.ACCOUNTABILITY, Status.REQUIRED, Use.VAGUE),
    # events
    ("医院召开耗材管理整改座谈会", CATEGORY.ORGANISATION, Status.DONE, Use.EVENT),
    ("县委第三巡察组对县医院党委开展了常规巡察", CATEGORY.INSPECTION, Status.DONE, Use.EVENT),
    # results
    ("追缴违纪款23.6万元", CATEGORY.REFUND, Status.DONE, Use.RESULT),
    ("34个问题已完成整改29个", CATEGORY.OTHER, Status.DONE, Use.RESULT),
    ("受理信访举报5827件次", CATEGORY.REPORTING, Status.DONE, Use.RESULT),
    ("收到锦旗168面、表扬信97封——尊重与信任", CATEGORY.INSPECTION, Status.DONE, Use.RESULT),
    # nothing to take over
    ("盘点时短少耗材46件", CATEGORY.INSPECTION, Status.DONE, Use.NONE),
    ("驻委纪检组在“回头看”中发现问题", CATEGORY.INSPECTION, Status.DONE, Use.NONE),
    ("卢某被开除党籍、开除公职", CATEGORY.ACCOUNTABILITY, Status.DONE, Use.NONE),
    ("处分27人", CATEGORY.ACCOUNTABILITY, Status.DONE, Use.NONE),
    ("会议通报了第一阶段整治情况", CATEGORY.NOTICE, Status.DONE, Use.NONE),
    ("现将四起典型案例通报如下", CATEGORY.NOTICE, Status.DONE, Use.NONE),
    ("市中心医院作了表态发言", CATEGORY.PLEDGE, Status.DONE, Use.NONE),
    # an issue that was read as a measure
    ("干预药品采购，插手设备招标", CATEGORY.PROCUREMENT_CONTROL, Status.DONE, Use.NONE),
    ("原院长肖某违规收受供应商礼金", CATEGORY.OTHER, Status.ONGOING, Use.NONE),
    ("未经集体研究采购耗材", CATEGORY.PROCUREMENT_CONTROL, Status.REQUIRED, Use.NONE),
    ("库存检查走过场", CATEGORY.INSPECTION, Status.DONE, Use.NONE),
    ("公款送礼、公车私用", CATEGORY.OTHER, Status.REQUIRED, Use.NONE),
    ("公款送礼", CATEGORY.OTHER, Status.REQUIRED, Use.NONE),
    ("大吃大喝、收送礼品", CATEGORY.OTHER, Status.REQUIRED, Use.NONE),
    # a remark on what was found
    ("与医院无关，不列为问题）", CATEGORY.OTHER, Status.DONE, Use.NONE),
    ("认定“三龄两历一身份”存疑9人", CATEGORY.INSPECTION, Status.DONE, Use.NONE),
    ("有不良记录的供应商一律不纳入名录", CATEGORY.PROCUREMENT_CONTROL, Status.REQUIRED, Use.ACTION),
    # in Traditional script
    ("清河區紀委監委通報", CATEGORY.NOTICE, Status.DONE, Use.NONE),
    ("追繳違紀款23萬元", CATEGORY.REFUND, Status.DONE, Use.RESULT),
    ("院長違規收受紅包", CATEGORY.OTHER, Status.DONE, Use.NONE),
    ("公款送禮的，一律公開曝光", CATEGORY.RULES, Status.REQUIRED, Use.ACTION),
    # what is done against it
    ("紧盯违规吃喝、违规收送礼品礼金等突出问题", CATEGORY.INSPECTION, Status.ONGOING, Use.ACTION),
    ("实行干预药品采购登记制度", CATEGORY.RULES, Status.DONE, Use.ACTION),
    ("未经集体研究的采购一律不予付款", CATEGORY.PROCUREMENT_CONTROL, Status.REQUIRED, Use.ACTION),
    ("泄露统方信息的按规定论处", CATEGORY.RULES, Status.REQUIRED, Use.ACTION),
    ("对擅自变更合同的逐笔倒查", CATEGORY.INSPECTION, Status.ONGOING, Use.ACTION),
]


@pytest.mark.parametrize(("quote", "category", "status", "expected"), USES, ids=[row[0] for row in USES])
def test_use(quote, category, status, expected):
    document = make_document(f"{quote}。")
    measure = make_measure(document, quote, category=category, status=status)
    assert use_of(measure, make_extraction(document)) is expected


def test_what_a_named_person_said_is_no_measure():
    document = make_document("设备科科长段文澜讲了盘点的办法，段文澜组织盘点。")
    person = Person(evidence=evidence(document, "段文澜"), mentions=(
        evidence(document, "段文澜"), document.evidence(16, 19)))  # fmt: skip
    extraction = make_extraction(document, persons=(person,))
    assert use_of(make_measure(document, "设备科科长段文澜讲了盘点的办法"), extraction) is Use.NONE
    assert use_of(make_measure(document, "段文澜组织盘点"), extraction) is Use.ACTION
