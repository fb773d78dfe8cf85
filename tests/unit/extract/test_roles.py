import pytest

from docintel.extract.language.reading import Reading
from docintel.extract.language.segments import segments
from docintel.extract.work.roles import Role, roles
from docintel.schema import Act, Case
from tests.factories import evidence, make_document, make_issue


def read_roles(document, cases=()):
    reading = Reading(document)
    found = list(segments(reading))
    return list(zip((document.text[s.start : s.end] for s in found), roles(reading, found, cases), strict=True))


ROWS = [
    # actions
    ("县医院修订采购制度。", Role.MEASURE),
    ("全县共查处违规吃喝问题12起。", Role.MEASURE),
    ("要加强对基建项目的监督检查。", Role.MEASURE),
    ("整改措施正在持续推进。", Role.MEASURE),
    # in plain words
    ("把多收的11.27万元全部退给了病人。", Role.MEASURE),
    ("给“一把手”套上末位表态的缰绳。", Role.MEASURE),
    ("对7笔采购逐笔翻账。", Role.MEASURE),
    ("换掉了干了六年的供货商。", Role.MEASURE),
    # what closes a report
    ("欢迎广大群众对整改落实情况进行监督。", Role.OTHER),
    # an action against a wrong is no wrong
    ("对3起收受红包问题进行公开通报。", Role.MEASURE),
    # what followed for a person
    ("王小明受到党内警告处分。", Role.SANCTION),
    ("李大力被开除党籍。", Role.SANCTION),
    # slogans and results
    ("确保专项治理取得实效。", Role.OTHER),
    ("推动行业治理走深走实。", Role.OTHER),
    ("进一步增强了干部的纪律意识。", Role.OTHER),
    # how things are
    ("廉洁是立院之本。", Role.OTHER),
    # a wrong act
    ("张三收受供应商所送礼金。", Role.OTHER),
    # a verb that only describes a noun
    ("检查的范围很广。", Role.OTHER),
]


@pytest.mark.parametrize(("text", "expected"), ROWS, ids=[text[:14] for text, _ in ROWS])
def test_role_of_a_clause(text, expected):
    assert [role for _, role in read_roles(make_document(text))] == [expected]


def test_what_a_person_did_before_the_sanction_is_no_measure():
    document = make_document(
        "某镇镇长王小明虚报项目问题。2020年，王小明组织编制虚假台账，要求下属单位重复填报。王小明受到警告处分。镇政府开展自查。"
    )
    act = evidence(document, "虚报项目")
    case = Case(evidence=evidence(document, "某镇镇长王小明虚报项目"), persons=("王小明",), acts=(Act(evidence=act),))
    assert [quote for quote, role in read_roles(document, [case]) if role is Role.MEASURE] == ["镇政府开展自查"]
    told = [quote for quote, role in read_roles(document) if role is Role.MEASURE]
    assert "要求下属单位重复填报" in told


def test_a_problem_found_is_no_measure():
    document = make_document("审批程序不规范。")
    reading = Reading(document)
    found = list(segments(reading))
    assert roles(reading, found) == [Role.MEASURE]
    assert roles(reading, found, issues=[make_issue(document, "审批程序不规范")]) == [Role.OTHER]
