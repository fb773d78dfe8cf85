"""Feedback against report, problems that come back, stages and effects; every sentence is invented."""

import json
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from docintel.chain import answered, effects, led_by, recurring, responses, same_unit, stage, subject
from docintel.chain.matching import assigned, matched
from docintel.chain.subjects import lengthened
from docintel.index.words import terms
from docintel.schema import Answer, EffectKind, Extraction, Metric, Modality, Stage, Status, Verdict
from tests.factories import make_issue, make_measure, make_statistic, make_unit
from tests.unit.test_chain import document_of


def nearness(one, other):
    """Shared pairs of characters stand in for meaning."""
    bags = [[set(terms(text)) for text in side] for side in (one, other)]
    return np.array([[2 * len(a & b) / max(1, len(a) + len(b)) for b in bags[1]] for a in bags[0]]).reshape(
        len(one), len(other)
    )


def read(title, *lines, issues=(), measures=(), units=(), statistics=(), published="2024-06-20", name="a", **over):
    """An extraction of a titled document; measures are (quote, status), statistics (quote, value, fields)."""
    document = document_of(title, *lines, published=published)
    values = {"id": (name * 64)[:64], "source": f"{name}.txt", "title": title}
    document = type(document)(**{field: getattr(document, field) for field in document.__slots__} | values)
    return Extraction(
        document=document,
        issues=tuple(make_issue(document, quote) for quote in issues),
        measures=tuple(make_measure(document, quote, status=status, **over) for quote, status in measures),
        units=tuple(make_unit(document, words, canonical=canonical) for words, canonical in units),
        statistics=tuple(make_statistic(document, quote, value=value, **more) for quote, value, more in statistics),
    )


# Matching


@given(st.lists(st.lists(st.integers(0, 9), min_size=4, max_size=4), min_size=1, max_size=4))
def test_the_assignment_is_worth_the_most(rows):
    worth = np.array(rows, dtype=float)
    pairs = assigned(worth)
    best = max(sum(worth[i, j] for i, j in enumerate(order)) for order in permutations(range(4), len(rows)))
    assert sorted(i for i, _ in pairs) == list(range(len(rows)))
    assert len({j for _, j in pairs}) == len(rows)
    assert sum(worth[i, j] for i, j in pairs) == best
    assert sum(worth.T[j, i] for j, i in assigned(worth.T)) == best


def test_of_two_like_problems_each_finds_its_own_answer():
    likely = np.array([[0.9, 0.8], [0.85, 0.1]])
    found = matched(lambda rows, columns: likely[np.ix_(rows, columns)], (2, 2), least=0.5, further=0.95)
    assert [sorted(each) for each in found] == [[1], [0]]


def test_what_is_left_over_shares_an_answer_where_it_is_sure():
    likely = np.array([[0.9], [0.85], [0.6]])
    found = matched(lambda rows, columns: likely[np.ix_(rows, columns)], (3, 1), least=0.5, further=0.8)
    assert [sorted(each) for each in found] == [[0], [0], []]


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 0)])
def test_nothing_matches_nothing(shape):
    found = matched(lambda rows, columns: np.zeros((len(rows), len(columns))), shape, least=0.5, further=0.8)
    assert found == [{}] * shape[0]


# Feedback and report


def feedback(**over):
    values = {
        "issues": ["药房过期药品没有下架", "救护车私用没有登记", "食堂采购没有验收单"],
        "units": [("柳湾卫生院", "云溪县柳湾卫生院")],
        "published": "2024-01-10",
    }
    return read(
        "关于柳湾卫生院检查情况的通报",
        "柳湾卫生院：",
        "1.药房过期药品没有下架。",
        "2.救护车私用没有登记。",
        "3.食堂采购没有验收单。",
        "4.夜间大门不上锁。",
        **values | over,
    )


def report(**over):
    values = {
        "issues": ["食堂采购没有验收单", "过期药品没有下架", "宿舍电线老化"],
        "measures": [
            ("食堂采购实行双人验收", Status.REQUIRED),
            ("过期药品32盒全部销毁", Status.DONE),
            ("更换电线400米", Status.DONE),
        ],
        "units": [("柳湾卫生院", "云溪县柳湾卫生院")],
        "published": "2024-03-10",
        "name": "b",
    }
    return read(
        "柳湾卫生院关于检查问题整改情况的报告",
        "1.关于食堂采购没有验收单的问题。食堂采购实行双人验收。整改状态：正在推进。",
        "2.关于过期药品没有下架的问题。过期药品32盒全部销毁。整改状态：已完成。",
        "3.关于宿舍电线老化的问题。更换电线400米。整改状态：已完成。",
        **values | over,
    )


def test_each_problem_is_answered_in_part_or_never():
    found = answered(feedback(), report(), nearness)
    told = {row.issue.quote if row.issue else row.counterparts[0].evidence.quote: row.answer for row in found.rows}
    assert told == {
        "药房过期药品没有下架": Answer.ANSWERED,
        "救护车私用没有登记": Answer.NEVER,
        "食堂采购没有验收单": Answer.PARTLY,
        "夜间大门不上锁": Answer.NEVER,  # no issue was read from it, and it stands in the list all the same
        "宿舍电线老化": Answer.UNASKED,
    }
    assert found.warnings == ()
    assert found.count(Answer.NEVER) == 2
    (counterpart,) = found.rows[0].counterparts
    assert [measure.evidence.quote for measure in counterpart.measures] == ["过期药品32盒全部销毁"]
    assert (counterpart.told.quote, 0.5 <= counterpart.probability <= 1) == ("已完成", True)
    assert [row.answer for row in found.only(Answer.NEVER).rows] == [Answer.NEVER, Answer.NEVER]


@pytest.mark.parametrize(("likely", "answer"), [(0.6, Answer.ANSWERED), (0.4, Answer.NEVER)])
def test_what_answers_one_problem_of_an_item_may_answer_another_of_it(monkeypatch, likely, answer):
    asked = read(
        "关于柳湾卫生院检查情况的通报",
        "1.采购这块没人管，谁分都行。设备科一个人既管参数又管验收。",
        issues=["采购这块没人管", "设备科一个人既管参数又管验收"],
    )
    answers = read(
        "柳湾卫生院整改情况的报告",
        "1.关于采购权力集中的问题。参数和验收分开。",
        issues=["采购权力集中"],
        measures=[("参数和验收分开", Status.DONE)],
        name="b",
    )

    def features(one, other, _):
        alike = [0.9 if "设备科" in each.evidence.quote else likely for each in one]
        return np.array([[value] * len(other) for value in alike])

    monkeypatch.setattr("docintel.chain.answers.features", features)
    monkeypatch.setattr("docintel.chain.answers.probabilities", lambda found: found)
    told = {row.issue.quote: row.answer for row in answered(asked, answers, nearness).rows}
    assert told == {"采购这块没人管": answer, "设备科一个人既管参数又管验收": Answer.ANSWERED}


def test_a_report_without_answers_answers_nothing():
    empty = read("柳湾卫生院关于检查问题整改情况的报告", "特此报告。", name="b")
    assert {row.answer for row in answered(feedback(), empty, nearness).rows} == {Answer.NEVER}


def test_documents_of_different_units_and_a_report_that_is_older_are_warned_of():
    other = report(units=[("柳湾卫生院", "云溪县柳湾卫生院二分院")], published="2023-01-01")
    found = answered(feedback(), other, nearness)
    assert found.units == ("云溪县柳湾卫生院", "云溪县柳湾卫生院二分院")
    assert ["单位不同" in found.warnings[0], "早于" in found.warnings[1]] == [True, True]


def test_an_item_that_names_its_problem_holds_its_whole_paragraph():
    extraction = read(
        "柳湾卫生院关于检查问题整改情况的报告",
        "1.过期药的问题。32盒已销毁。每月盘查。",
        measures=[("32盒已销毁", Status.DONE), ("每月盘查", Status.DONE)],
    )
    (statement,) = responses(extraction)
    assert (statement.evidence.quote, statement.is_problem, len(statement.measures)) == ("过期药", True, 2)


CLOSING = (
    "今后，我院将以整改为契机，加强耗材监督。",
    "衷心感谢巡察组对我院的支持，我们完善了监督。",
    "联系方式：电话0000-0000000。",
)


@pytest.mark.parametrize(
    ("items", "whole"),
    [
        (["一、耗材管理方面", "逐库盘点耗材。", "二、谈话方面", "谈话36人次。"], "谈话方面，谈话36人次"),
        (
            ["（一）关于耗材混乱的问题", "逐库盘点。", "（二）关于谈话走过场的问题", "谈话36人次。"],
            "谈话走过场，谈话36人次",
        ),
        (["1.关于耗材混乱的问题。逐库盘点。", "2.关于谈话走过场的问题。谈话36人次。"], "谈话走过场，谈话36人次"),
    ],
)
def test_what_closes_a_report_belongs_to_no_item(items, whole):
    measures = [("加强耗材监督", Status.REQUIRED), ("完善了监督", Status.DONE), ("谈话36人次", Status.DONE)]
    told = responses(read("关于整改情况的通报", "整改情况如下：", *items, *CLOSING, measures=measures))
    assert whole in [each.whole for each in told]
    (closing,) = (each for each in told if "契机" in each.whole)
    assert closing.section is None
    assert not [each for each in told if "感谢" in each.whole or "联系" in each.whole]


def test_what_is_planned_in_an_item_stays_in_it():
    items = ["（一）关于耗材混乱的问题", "今后，每季度盘点一次。", "（二）关于谈话走过场的问题", "今后，每月谈话。"]
    told = responses(read("关于整改情况的通报", "整改情况如下：", *items, "今后，我院将加强监督。"))
    assert [each.whole for each in told] == ["耗材混乱，今后，每季度盘点一次", "谈话走过场，今后，每月谈话"]


def test_who_answers_and_by_when_is_no_answer():
    extraction = read(
        "柳湾卫生院整改进展",
        "1.大额现金支付把关不严；整改措施：建立双签制度；责任部门：财务科；完成时限：6月底前完成。",
        measures=[("建立双签制度", Status.REQUIRED), ("6月底前完成", Status.REQUIRED)],
    )
    told = [statement.evidence.quote for statement in responses(extraction)]
    assert told == ["整改措施：建立双签制度"], "the problem heads what is told of it"


# Units and stages


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("中共云栖县人民医院委员会", "云栖县人民医院", True),
        ("云岫县中医院党总支", "云岫县中医院", True),
        ("中共石梁镇委员会", "栎阳县石梁镇人民政府", True),
        ("鹤洲市公共交通集团", "鹤洲市公共交通集团有限公司", True),
        ("云栖县人民医院", "白榆区人民医院", False),
        ("云栖县人民医院", "云栖县第二人民医院", False),
        ("中共云栖县委员会", "云栖县人民医院", False),
        ("云栖县人民医院", "云栖县人民医院财务科", False),
    ],
)
def test_names_of_one_unit(one, other, same):
    assert same_unit(one, other) is same
    assert same_unit(other, one) is same


def test_a_name_without_place_joins_the_only_longer_one():
    assert lengthened(["石梁镇中学", "栎阳县石梁镇中学"]) == {"栎阳县石梁镇中学": ["栎阳县石梁镇中学", "石梁镇中学"]}
    several = lengthened(["石梁镇中学", "栎阳县石梁镇中学", "青檀县石梁镇中学"])
    assert sorted(map(len, several.values())) == [1, 1, 1]
    assert led_by("中共云栖县委员会") == "中共云栖县委员会"


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("县委第三巡察组向云岫县中医院党总支反馈巡察情况", Stage.FINDING),
        ("关于桐溪镇中心小学检查情况的通报", Stage.FINDING),
        ("青荷县纪委监委通报两起养老服务领域典型问题", Stage.FINDING),
        ("云栖县人民医院巡察反馈问题整改方案", Stage.COMMITMENT),
        ("中共云栖县人民医院委员会关于巡察整改进展情况的通报", Stage.PROGRESS),
        ("梨川市实验中学关于专项检查反馈问题整改情况的报告", Stage.RESULT),
        ("縣委巡察組向云岫縣中醫院反饋巡察情況", Stage.FINDING),
        ("今日天气", Stage.OTHER),
    ],
)
def test_the_title_tells_the_stage(title, kind):
    told = stage(read(title, "正文。"))
    assert told.stage is kind
    assert told.grounds[0].evidence is None or told.grounds[0].evidence.quote in title


def test_a_report_that_mostly_orders_is_progress_and_an_untitled_one_goes_by_its_records():
    ahead = report(measures=[("食堂采购实行双人验收", Status.REQUIRED), ("过期药品32盒全部销毁", Status.REQUIRED)])
    assert stage(ahead).stage is Stage.PROGRESS
    found = read("工作简报", "督导组发现仓库无人值守。", issues=["仓库无人值守"])
    assert (stage(found).stage, stage(found).grounds[0].rule) == (Stage.FINDING, "text/found")


def test_whose_problems_a_document_tells():
    assert subject(feedback()) == "云溪县柳湾卫生院"
    assert subject(report()) == "云溪县柳湾卫生院"
    assert subject(read("通报三起典型问题", "柳湾卫生院。", units=[("柳湾卫生院", "云溪县柳湾卫生院")])) is None


# Effects


def test_what_tells_of_the_outcome_of_a_measure():
    extraction = read(
        "整改报告",
        "1.关于排队时间长的问题。增设窗口6个，平均等候时间由50分钟缩短到9分钟。整改状态：已完成。",
        "2.关于补助多发的问题。追回补助9.1万元，其余7000元正在催缴。整改状态：正在推进。",
        "3.关于投诉多的问题。开展培训，投诉量上升20%。整改率为40%。整改状态：尚未整改到位。",
        issues=["排队时间长", "补助多发", "投诉多"],
        measures=[("增设窗口6个", Status.DONE), ("追回补助9.1万元", Status.DONE), ("开展培训", Status.DONE)],
        statistics=[
            ("增设窗口6个", 6.0, {"metric": Metric.OTHER}),
            ("追回补助9.1万元", 91000.0, {"metric": Metric.AMOUNT_RECOVERED, "unit_of_measure": "元"}),
            ("投诉量上升20%", 20.0, {"metric": Metric.SHARE, "unit_of_measure": "%"}),
            ("整改率为40%", 40.0, {"metric": Metric.SHARE, "unit_of_measure": "%"}),
        ],
    )
    told = {n: [(each.kind, each.verdict) for each in found] for n, found in effects(extraction).items()}
    assert told[0] == [(EffectKind.CHANGE, Verdict.WORKED)]  # that the measure is done, 已完成, is no outcome
    assert told[1] == [(EffectKind.AMOUNT, Verdict.PARTLY)]
    assert told[2][0] == (EffectKind.CHANGE, Verdict.FAILED)
    assert {(EffectKind.RATE, Verdict.FAILED), (EffectKind.TOLD, Verdict.FAILED)} <= {*told[2]}
    for found in effects(extraction).values():
        for each in found:
            assert each.quote.quote == extraction.document.text[each.quote.start : each.quote.end]


@pytest.mark.parametrize(
    ("state", "verdict"),
    [
        ("已完成", None),
        ("正在整改", None),
        ("持续推进", None),
        ("未完成", None),
        ("已整改到位", Verdict.WORKED),
        ("问题已解决", Verdict.WORKED),
        ("基本整改到位", Verdict.PARTLY),
        ("尚未整改", Verdict.FAILED),
    ],
)
def test_that_a_problem_is_settled_is_an_outcome_and_that_a_measure_is_done_is_none(state, verdict):
    extraction = read(
        "整改报告",
        f"1.关于谈话走过场的问题。约谈支部书记2人。整改状态：{state}。",
        issues=["谈话走过场"],
        measures=[("约谈支部书记2人", Status.DONE)],
    )
    told = [(each.kind, each.verdict) for each in effects(extraction).get(0, ())]
    assert told == ([(EffectKind.TOLD, verdict)] if verdict else [])


def test_found_and_rectified_are_a_balance():
    extraction = read(
        "整改报告",
        "开展专项检查，发现问题38个，已整改31个。",
        measures=[("开展专项检查", Status.DONE)],
        statistics=[
            ("发现问题38个", 38.0, {}),
            ("已整改31个", 31.0, {"metric": Metric.ISSUES_RECTIFIED}),
        ],
    )
    ((effect,),) = effects(extraction).values()
    assert (effect.kind, effect.verdict, effect.statistics) == (EffectKind.BALANCE, Verdict.PARTLY, (0, 1))


# Recurrences


def finding(name, published, problem, **over):
    return read(
        "关于柳湾卫生院检查情况的通报",
        f"检查组发现柳湾卫生院{problem}。",
        issues=[problem],
        units=[("柳湾卫生院", "云溪县柳湾卫生院")],
        published=published,
        name=name,
        **over,
    )


def test_a_problem_found_twice_comes_with_what_was_done_in_between():
    first = finding("a", "2022-01-10", "药房过期药品没有下架")
    answer = report(published="2022-03-10", name="b")
    again = finding("c", "2024-02-01", "药房过期药品没有下架封存")
    (found,) = recurring([again, answer, first], nearness)
    assert (found.unit, [each.source.document[0] for each in found.findings]) == ("云溪县柳湾卫生院", ["a", "c"])
    assert [each.evidence.quote for each in found.findings[0].commitments] == ["过期药品32盒全部销毁"]
    assert found.findings[1].commitments == ()
    assert 0 < found.confidence <= 1
    ((effect,),) = [
        [each for each in told if each.kind is EffectKind.RECURRENCE] for told in [effects(answer, [found])[1]]
    ]
    assert (effect.verdict, effect.document) == (Verdict.FAILED, again.document.id)


def test_a_problem_whose_kind_another_one_has_taken_is_kept_for_what_comes_after(monkeypatch):
    first = finding("a", "2020-01-10", "药房没有账")
    second = read(
        "关于柳湾卫生院检查情况的通报",
        "检查组发现柳湾卫生院药房账目不清。",
        "检查组发现柳湾卫生院库房账目不清。",
        issues=["药房账目不清", "库房账目不清"],
        units=[("柳湾卫生院", "云溪县柳湾卫生院")],
        published="2022-01-10",
        name="b",
    )
    third = finding("c", "2024-02-01", "库房账目混乱")
    near = {
        ("药房账目不清", "药房没有账"): 0.9,
        ("库房账目不清", "药房没有账"): 0.7,
        ("库房账目混乱", "库房账目不清"): 0.8,
    }

    def likely(one, other, _):
        quotes = [[each.statement.evidence.quote for each in side] for side in (one, other)]
        return np.array([[near.get((a, b), 0.0) for b in quotes[1]] for a in quotes[0]]).reshape(len(one), len(other))

    monkeypatch.setattr("docintel.chain.recurrences._likely", likely)
    found = recurring([first, second, third], nearness)
    assert {tuple(each.evidence.quote for each in one.findings) for one in found} == {
        ("药房没有账", "药房账目不清"),
        ("库房账目不清", "库房账目混乱"),
    }


@pytest.mark.parametrize(
    ("detail", "quote"),
    [
        ("教学楼粉刷拆成六个合同", "维修项目化整为零。教学楼粉刷拆成六个合同"),
        (f"教学楼{'、操场、食堂、宿舍' * 10}的粉刷拆成六个合同", "维修项目化整为零"),  # too long to be shown
    ],
)
def test_a_recurring_problem_is_quoted_with_what_stands_below_its_heading(detail, quote):
    first, again = (
        read(
            "关于柳湾卫生院检查情况的通报",
            "检查组发现柳湾卫生院存在以下问题：",
            f"1.维修项目化整为零。{detail}。",
            issues=["维修项目化整为零", detail],
            units=[("柳湾卫生院", "云溪县柳湾卫生院")],
            published=published,
            name=name,
        )
        for name, published in (("a", "2020-01-10"), ("b", "2023-01-10"))
    )
    (found,) = recurring([first, again], nearness)
    assert [each.evidence.quote for each in found.findings] == [quote, quote]


def test_a_report_that_restates_what_was_found_is_no_recurrence():
    first = finding("a", "2024-01-10", "药房过期药品没有下架")
    assert recurring([first, report()], nearness) == []


@pytest.mark.parametrize(
    "other",
    [
        finding("c", "2024-02-01", "药房过期药品没有下架封存"),  # within days: one inspection told twice
        finding("c", "2026-02-01", "宿舍电线老化起火"),  # another problem
        finding("c", None, "药房过期药品没有下架"),  # not dated
        read(
            "关于桐溪卫生院检查情况的通报",
            "检查组发现桐溪卫生院药房过期药品没有下架。",
            issues=["药房过期药品没有下架"],
            units=[("桐溪卫生院", "云溪县桐溪卫生院")],
            published="2026-02-01",
            name="c",
        ),  # another unit
    ],
    ids=["one occasion", "another problem", "undated", "another unit"],
)
def test_what_is_no_recurrence(other):
    first = finding("a", "2024-01-10", "药房过期药品没有下架")
    assert recurring([first, other], nearness) == []


def test_a_problem_that_is_only_to_be_fought_is_not_found():
    first = finding("a", "2022-01-10", "药房过期药品没有下架")
    again = finding("c", "2024-02-01", "药房过期药品没有下架")
    target = make_issue(again.document, "药房过期药品没有下架", modality=Modality.TARGET)
    again = Extraction(document=again.document, issues=(target,), units=again.units)
    assert recurring([first, again], nearness) == []


# The pairs that are measured on

CORPORA = Path(__file__).resolve().parents[2] / "corpora"
GOLDS = [path for path in sorted((CORPORA / "pairs" / "gold").glob("*.json")) if not path.name.startswith("00")]


@pytest.mark.parametrize("path", GOLDS, ids=lambda path: path.stem)
def test_every_quote_of_a_pair_stands_once_in_its_text(path):
    gold = json.loads(path.read_text("utf-8"))
    asked, told = ((CORPORA / "pairs" / "texts" / gold[side]).read_text("utf-8") for side in ("feedback", "report"))
    answers = [quote for item in gold["items"] for quote in item["answers"]] + gold["unasked"]
    assert [item["issue"] for item in gold["items"] if asked.count(item["issue"]) != 1] == []
    assert [quote for quote in answers if told.count(quote) != 1] == []
    assert all((item["answer"] == "never") is not bool(item["answers"]) for item in gold["items"])


def test_every_quote_of_a_recurrence_stands_once_in_its_text():
    folder = CORPORA / "recurring"
    golds = json.loads((folder / "gold.json").read_text("utf-8"))
    places = [
        place for gold in golds for each in gold["recurrences"] for place in (*each["findings"], *each["commitments"])
    ]
    texts = {name: (folder / "texts" / name).read_text("utf-8") for gold in golds for name in gold["texts"]}
    assert sorted(texts) == sorted(path.name for path in (folder / "texts").iterdir())
    assert [place for place in places if texts[place[0]].count(place[1]) != 1] == []
