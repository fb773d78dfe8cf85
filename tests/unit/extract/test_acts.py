"""Acts, split where another one begins."""

import pytest

from docintel.extract.cases.acts import is_wrong, says_again, split_acts
from docintel.text.normalize import fold


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("违规收受礼品、礼金问题", ["违规收受礼品、礼金"]),
        ("违规收受礼品、违规接受宴请等问题", ["违规收受礼品", "违规接受宴请"]),
        ("接受宴请、健身、娱乐活动安排，公款吃喝等问题", ["接受宴请、健身、娱乐活动安排", "公款吃喝"]),
        ("（正科级）“吃公函”问题", ["“吃公函”"]),
        ("2019年至2021年，先后收受红包2万元", ["收受红包2万元"]),
        ("布置任务不看实际、层层加码问题", ["布置任务不看实际", "层层加码"]),
        ("私自领取、倒卖入库的药品", ["私自领取、倒卖入库的药品"]),
        ("组织或参与超标准、超范围公务接待", ["组织或参与超标准、超范围公务接待"]),
        ("通过虚开发票等方式", ["虚开发票"]),
        ("在推广应用软件过程中，下达不切实际的指标问题", ["下达不切实际的指标"]),
    ],
)
def test_acts_of_a_headline(text, expected):
    assert [text[start:end] for start, end in split_acts(fold(text), 0, len(text))] == expected


def test_every_part_is_a_crime_in_the_name_of_a_case():
    text = "贪污、受贿案"
    assert [text[start:end] for start, end in split_acts(text, 0, len(text), crimes=True)] == ["贪污", "受贿"]


@pytest.mark.parametrize(
    ("clause", "wrong"),
    [
        ("多次收受管理和服务对象礼金", True),
        ("严肃查处违规收受礼金问题", False),
        ("私设账户被人举报后", False),
        ("学习《违规收受礼金典型案例》", False),
        ("召开动员部署会", False),
    ],
)
def test_wrong_is_told_from_work_and_circumstance(clause, wrong):
    assert is_wrong(clause, 0, len(clause)) is wrong


@pytest.mark.parametrize(
    ("clause", "act", "again"),
    [
        ("先后收受红包2万元", "违规收受礼品、礼金", True),
        ("为他人谋取利益", "受贿", True),
        ("违规安排轮换销售省级储备稻谷", "违规销售储备粮", True),
        ("多次接受管理和服务对象提供的娱乐活动", "违规借用管理和服务对象车辆", False),
        ("虚报库存", "违规收受礼金", False),
    ],
)
def test_an_act_told_again_in_other_words(clause, act, again):
    text = clause + act
    assert says_again(text, (0, len(clause)), (len(clause), len(text))) is again
