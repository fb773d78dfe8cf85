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
        ("人", None, ("#", "#", "#", "开除党籍的有#"), Metric.PERSONS_DISCIPLINED, "metric/sentence", "开除"),
        ("起", None, ("#问题",), Metric.CASES_HANDLED, "metric/weak", "问题"),
        ("亩", None, ("收回#土地",), Metric.OTHER, "metric/none", ""),
        ("家", "药企", ("向#药企", "向#药企", "向#药企索要好处费"), Metric.OTHER, "metric/clause", "向#药企索要"),
        # what stands nearest decides
        ("元", None, ("追缴#", "追缴#", "涉案,追缴#"), Metric.AMOUNT_RECOVERED, "metric/stretch", "追缴"),
        # a noun of the clause before does not settle it
        ("个", "线索", ("立行立改# ", "立行立改#线索"), Metric.ISSUES_RECTIFIED, "metric/stretch", "立行立改"),
    ],
)
def test_metric(unit, subject, texts, metric, rule, words):
    choice = metric_of(unit, subject, *texts)
    assert (choice.metric, choice.rule, choice.words) == (metric, rule, words)


def test_the_sentence_does_not_tell_what_things_are():
    assert metric_of("套", None, "购置#", "购置#", "购置#", "修订制度,购置#").metric is Metric.OTHER
