"""What a count counts, and by which rule and words that is told."""

import pytest

from docintel.extract.statistics.metrics import metric_of
from docintel.schema import Metric


@pytest.mark.parametrize(
    ("unit", "subject", "texts", "metric", "rule", "words"),
    [
        ("家", "医院", ("检查#医院 医院",), Metric.INSTITUTIONS, "metric/subject", "医院"),
        ("件", "问题线索", ("谈话函询# ", "谈话函询#问题线索"), Metric.TALKS, "metric/stretch", "谈话"),
        ("件", None, ("#", "#", "去年立案#"), Metric.CASES_FILED, "metric/clause", "立案"),
        ("元", None, ("#", "#", "#", "收受现金,分得#"), Metric.AMOUNT_INVOLVED, "metric/sentence", "收受"),
        ("次", None, ("报警了#",), Metric.OCCURRENCES, "metric/last", ""),
        ("起", None, ("#问题",), Metric.CASES_HANDLED, "metric/weak", "问题"),
        ("亩", None, ("收回#土地",), Metric.OTHER, "metric/none", ""),
        ("家", "药企", ("向#药企", "向#药企", "向#药企索要好处费"), Metric.OTHER, "metric/first", "向#药企索要"),
        # what stands nearest decides
        ("元", None, ("追缴#", "追缴#", "涉案,追缴#"), Metric.AMOUNT_RECOVERED, "metric/stretch", "追缴"),
        # a noun of the clause before does not settle it
        ("个", "线索", ("立行立改# ", "立行立改#线索"), Metric.ISSUES_RECTIFIED, "metric/stretch", "立行立改"),
    ],
)
def test_metric(unit, subject, texts, metric, rule, words):
    choice = metric_of(unit, subject, *texts)
    assert (choice.metric, choice.rule, choice.words) == (metric, rule, words)


@pytest.mark.parametrize(
    ("unit", "clause", "sentence"),
    [
        ("套", "购置#", "修订制度,购置#"),
        ("名", "清退护理员#", "清退护理员#,院长受到处分"),
        ("元", "归集资金#", "归集资金#,追回挪用的款项"),
    ],
)
def test_the_sentence_does_not_tell_what_things_are(unit, clause, sentence):
    assert metric_of(unit, None, clause, clause, clause, sentence).metric is Metric.OTHER


@pytest.mark.parametrize(
    ("unit", "subject", "text", "metric"),
    [
        ("元", "价格", "以每箱#的价格卖出 价格", Metric.OTHER),
        ("元", "介绍费", "每单收#“介绍费” 介绍费", Metric.AMOUNT_INVOLVED),
        ("元", None, "骗走#", Metric.AMOUNT_INVOLVED),
        ("元", "租金", "未上缴租金# 租金", Metric.OTHER),
        ("元", None, "多收的钱退给了#", Metric.AMOUNT_RETURNED),
        ("个", "账号", "信息中心注销账号# 账号", Metric.OTHER),
        ("个", "小区", "涉及#小区 小区", Metric.INSTITUTIONS),
        ("个", "病区", "随机抽查#病区 病区", Metric.INSPECTIONS),
        ("笔", "虚假报销", "查出虚假报销# 虚假报销", Metric.ISSUES_FOUND),
        ("份", "病历", "抽查病历# 病历", Metric.INSPECTIONS),
        ("个", "问题", "问题已完成# 问题", Metric.ISSUES_RECTIFIED),
        ("个", "问题", "还有#挂着账 问题", Metric.ISSUES_PENDING),
        ("次", "专题会", "召开专题会# 专题会", Metric.OTHER),
        ("名", "护士", "选送#护士轮训 护士", Metric.PEOPLE_REACHED),
    ],
)
def test_what_stands_around_the_number_tells_its_metric(unit, subject, text, metric):
    assert metric_of(unit, subject, text, text).metric is metric


@pytest.mark.parametrize(
    ("unit", "subject", "text", "metric"),
    [
        ("元", None, "其余#限期半年内退还", Metric.OTHER),
        ("元", None, "剩余#将于年底前上缴", Metric.OTHER),
        ("元", None, "#年底前清退", Metric.OTHER),
        ("元", None, "剩余#正在清退", Metric.OTHER),
        ("元", None, "剩余#正在追缴", Metric.AMOUNT_RECOVERED),
        ("元", None, "多收的钱已退#", Metric.AMOUNT_RETURNED),
        ("元", None, "还有#没有退回", Metric.OTHER),
        ("元", None, "#已于6月底前退还", Metric.AMOUNT_RETURNED),
        ("元", None, "限期退还后实际退回#", Metric.AMOUNT_RETURNED),
        ("人", "人", "#档案造假未作处理 人", Metric.OTHER),
        ("人", "人", "#还在查 人", Metric.OTHER),
        ("名", "档案造假人员", "#档案造假人员已移交县委组织部处理 档案造假人员", Metric.OTHER),
        ("人", "人", "#被移交司法机关处理 人", Metric.PERSONS_PROSECUTED),
        ("人", "人", "严肃处理# 人", Metric.PERSONS_DISCIPLINED),
        ("人", "人", "#未受处分但被诫勉 人", Metric.PERSONS_EDUCATED),
        ("起", "问题", "上述#问题暴露 问题", Metric.NOTICES),
        ("起", "问题", "查处#问题 问题", Metric.CASES_HANDLED),
        ("条", "问题", "当场改了# 问题", Metric.ISSUES_RECTIFIED),
        ("条", "问题", "当场指出# 问题", Metric.ISSUES_FOUND),
    ],
)
def test_what_was_only_begun_taken_up_or_put_right_at_once(unit, subject, text, metric):
    assert metric_of(unit, subject, text).metric is metric
