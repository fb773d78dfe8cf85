from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docintel.extract.language.reading import Reading
from docintel.extract.work.issues import category_of, find_issues
from docintel.schema import Act, Case, IssueCategory, Modality
from tests.factories import evidence, make_document

FOUND, RISK, TARGET = Modality.FOUND, Modality.RISK, Modality.TARGET

ROWS = [
    # a problem named behind a verb, without the words that do not say which
    ("检查发现存在库存台账不清的问题。", [("库存台账不清的问题", FOUND)]),
    ("针对群众反映强烈的停车收费问题，召开会议。", [("停车收费问题", FOUND)]),
    ("着力解决窗口服务态度生硬问题。", [("窗口服务态度生硬问题", TARGET)]),
    ("深入排查工程招标廉洁风险隐患。", [("工程招标廉洁风险隐患", RISK)]),
    ("检查是否存在虚假招标问题。", [("虚假招标问题", RISK)]),
    # acts that are banned
    ("严禁收受供应商红包。", [("收受供应商红包", TARGET)]),
    # an enumeration of whole problems is split, one under a shared predicate is not
    ("存在重业务轻管理、审核把关不严等问题。", [("重业务轻管理", FOUND), ("审核把关不严", FOUND)]),
    ("食材采购、货款拨付程序不规范。", [("食材采购、货款拨付程序不规范", FOUND)]),
    # a predicate of wrong ends the clause
    ("但是部分科室主体责任落实不到位。", [("科室主体责任落实不到位", FOUND)]),
    ("权力过于集中容易滋生利益输送。", [("利益输送", RISK)]),
    # in plain words
    ("后勤油水多。", [("后勤油水多", FOUND)]),
    ("食堂三年换汤不换药，院长的小舅子在供菜。", [("食堂三年换汤不换药", FOUND), ("院长的小舅子在供菜", FOUND)]),
    ("500万元以上的采购7笔，5笔没上会。", [("5笔没上会", FOUND)]),
    ("食堂菜价比菜市场贵出三成。", [("食堂菜价比菜市场贵出三成", FOUND)]),
    ("9名中层干部超职数配备。", [("9名中层干部超职数配备", FOUND)]),
    ("清理超职数配备的中层干部9名。", []),
    ("2022年全年仅召开4次党委会。", [("2022年全年仅召开4次党委会", FOUND)]),
    # a wrong act is told
    ("有的虚报冒领补助资金。", [("有的虚报冒领补助资金", FOUND)]),
    # no issue: denied, a topic, the name of a rule, a count, too vague
    ("未发现医务人员收受红包。", []),
    ("围绕仓库管理、设备报废开展自查。", []),
    ("制定《违规收受礼金处理办法》。", []),
    ("发现问题38个。", []),
    ("解决突出问题。", []),
    # an action against a wrong is no issue by itself
    ("成立违规吃喝快查快办专班。", []),
]


def find(document, cases=()):
    return [(i.evidence.quote, i.modality) for i in find_issues(Reading(document), cases)]


@pytest.mark.parametrize(("text", "expected"), ROWS, ids=[text[:14] for text, _ in ROWS])
def test_issues_of_a_sentence(text, expected):
    assert find(make_document(text)) == expected


def test_the_same_problem_again_is_one_entry():
    assert find(make_document("解决停车收费问题。纠治停车收费问题。")) == [("停车收费问题", TARGET)]


def test_the_larger_part_of_a_problem_again_is_no_new_entry():
    document = make_document("解决停车收费混乱问题。整治全县停车收费混乱问题。整治药品收费问题。")
    assert find(document) == [("停车收费混乱问题", TARGET), ("药品收费问题", TARGET)]


def test_an_act_right_behind_the_name_is_quoted_with_it():
    document = make_document("某局局长王小明违规收受礼金，公款旅游。")
    acts = tuple(evidence(document, quote) for quote in ("违规收受礼金", "公款旅游"))
    case = Case(
        evidence=evidence(document, "王小明违规收受礼金"),
        persons=("王小明",),
        acts=tuple(Act(evidence=act) for act in acts),
    )
    assert find(document, [case]) == [("王小明违规收受礼金", FOUND), ("公款旅游", FOUND)]


def test_acts_of_a_case_are_found_once_and_their_telling_is_not_read_again():
    document = make_document(
        "某局局长王小明违规收受礼金问题。2020年，王小明收受礼金2万元。王小明受到警告处分。监管不力。"
    )
    act = evidence(document, "违规收受礼金")
    case = Case(
        evidence=evidence(document, "某局局长王小明违规收受礼金"), persons=("王小明",), acts=(Act(evidence=act),)
    )
    assert find(document, [case]) == [("王小明违规收受礼金", FOUND), ("监管不力", FOUND)]


CATEGORIES = [
    ("药品耗材采购不规范", IssueCategory.PROCUREMENT),
    ("工程招投标围标串标", IssueCategory.BIDDING),
    ("收受药商回扣", IssueCategory.KICKBACKS),
    ("违规收受礼品礼金", IssueCategory.GIFTS),
    ("公款吃喝、公款旅游", IssueCategory.DINING_TRAVEL),
    ("私设小金库", IssueCategory.FINANCE),
    ("一把手权力过于集中", IssueCategory.POWER),
    ("违规招聘、选人用人不公", IssueCategory.PERSONNEL),
    ("过度诊疗", IssueCategory.CLINICAL),
    ("欺诈骗保", IssueCategory.INSURANCE),
    ("非法统方", IssueCategory.DATA),
    ("国有资产闲置", IssueCategory.ASSETS),
    ("形式主义、官僚主义", IssueCategory.FORMALISM),
    ("主体责任落实不力", IssueCategory.RESPONSIBILITY),
    ("制度机制漏洞", IssueCategory.RULES),
    ("纪律意识淡薄", IssueCategory.PARTY_WORK),
    ("服务态度差", IssueCategory.SERVICE),
    ("贪污受贿", IssueCategory.BRIBERY),
    ("其他情形", IssueCategory.OTHER),
]


@pytest.mark.parametrize(("text", "expected"), CATEGORIES, ids=[text for text, _ in CATEGORIES])
def test_category_of_a_wording(text, expected):
    assert category_of(text) is expected


@given(st.text(alphabet="严禁收受红包，、。；“”《》存在问题等的10起不规范可能，", max_size=80))
def test_any_text_gives_issues_in_order_that_do_not_overlap(text):
    found = find_issues(Reading(make_document(text or "。")), ())
    assert all(one.evidence.end <= other.evidence.start for one, other in pairwise(found))
