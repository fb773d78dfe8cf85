"""Dates and periods against the day of publication."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docintel.text.dates import find_periods

ANCHOR = date(2022, 9, 13)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("今年以来,", ["2022"]),
        ("去年,全县", ["2021"]),
        ("今年6月,", ["2022-06"]),
        ("8月30日召开", ["2022-08-30"]),
        ("12月28日召开", ["2021-12-28"]),  # still to come this year: last year's
        ("12月底前完成", ["2022-12"]),  # a deadline may be to come
        ("截至6月底,", ["2022-06"]),
        ("上半年,全市", ["2022-01/2022-06"]),
        ("年内完成", ["2022"]),
        ("三年内、半年内完成", []),
        ("今年1至8月", ["2022-01/2022-08"]),
        ("前8个月", ["2022-01/2022-08"]),
        ("一季度", ["2022-01/2022-03"]),
        ("2021年6月以来,", ["2021-06/2022-09"]),
        ("自5月16日新规发布以来,", ["2022-05-16/2022-09-13"]),
        ("党的十九大以来", ["2017-10/2022-09"]),
        ("2013年至2021年间", ["2013/2021"]),
        ("2019年3月至2021年4月", ["2019-03/2021-04"]),
        ("2021年3月开工,5月停工", ["2021-03", "2021-05"]),  # the year carries on
        ("二〇二一年五月", ["2021-05"]),
        ("去年10月至今年3月", ["2021-10/2022-03"]),
        ("2021年12月至1月", ["2021-12/2022-01"]),  # runs into the next year
        ("2021年11月至次年2月", ["2021-11/2022-02"]),
        ("2019至2022年", ["2019/2022"]),
        ("一至三季度", ["2022-01/2022-09"]),
        ("2022年6月起,", ["2022-06/2022-09"]),
        ("2022年查处违规吃喝问题3起,", ["2022"]),  # 起 counts, it opens nothing
        ("2022-03-05 10:20", ["2022-03-05"]),
        ("2022.3.5", ["2022-03-05"]),
        ("党的二十大以来", []),  # not closed yet
        ("“十三五”期间", ["2016/2020"]),
        ("“十四五”以来,", ["2021/2022"]),
        ("“十四五”规划纲要", []),
        ("两年前,", ["2020"]),
        ("近5年来,", ["2017/2022"]),
        ("近五年查办的案件", []),
        ("上月,", ["2022-08"]),
        ("上季度", ["2022-04/2022-06"]),
        ("8日,县委召开", ["2022-09-08"]),
        ("20日,县委召开", ["2022-08-20"]),  # of the month before
        ("7月18日召开,20日闭幕", ["2022-07-18", "2022-07-20"]),
        ("7月全国查处汇总。当月,", ["2022-07", "2022-07"]),
        ("15日内办结", []),
        ("2020年和2021年,", ["2020/2021"]),
        ("2020、2021年,", ["2020/2021"]),
        ("2020年中秋至2021年春节", ["2020/2021"]),
        ("全年召开会议", []),
        ("去年全年", ["2021"]),
        ("一月一通报", []),
        ("中学2021年以来", ["2021/2022"]),
        ("十月革命", []),
        ("第十一月份简报", []),
        ("三个月整治", []),
        ("五年行动计划", []),
        ("近年来", []),
        ("今年一至八月", ["2022-01/2022-08"]),
        ("2019年到2022年", ["2019/2022"]),
        ("十五年前,", ["2007"]),
        ("下个月起", ["2022-10"]),
        ("明年3月前", ["2023-03"]),
        ("截至去年底,", ["2021-12"]),
        ("到今天", ["2022-09-13"]),
        ("今天", []),
        ("去年以来,资金增加;8月5日", ["2021/2022", "2022-08-05"]),  # it goes on until now
        ("2012年以前,…当年", ["2012"]),  # of no year in particular
        ("9月自查,11月复核", ["2022-09", "2022-11"]),  # goes on from this month
        ("2021\t年以来", ["2021/2022"]),
        ("\t8月以来", ["2022-08/2022-09"]),
    ],
)
def test_periods(text, expected):
    assert [period.iso for period in find_periods(text, ANCHOR)] == expected


def test_a_period_begins_where_its_words_do():
    (period,) = find_periods("\t8月以来", ANCHOR)
    assert (period.start, period.end) == (1, 5)


def test_a_plan_speaks_of_months_to_come():
    assert [period.iso for period in find_periods("10月至12月", ANCHOR, ahead=True)] == ["2022-10/2022-12"]


def test_two_years_are_known_apart():
    (period,) = find_periods("2020年和2021年", ANCHOR)
    assert period.parts == ("2020", "2021")


def test_without_a_publication_date_only_whole_dates_are_read():
    assert [period.iso for period in find_periods("今年以来,2021年3月,9月30日", None)] == ["2021-03", "2021-09-30"]


def test_impossible_day_falls_back_to_its_month():
    assert [period.iso for period in find_periods("2022年2月30日", ANCHOR)] == ["2022-02"]


@given(st.text(alphabet="今去次年月日至到以来起上半一二三四十0123456789-.季度前个,", max_size=24))
def test_a_period_never_ends_before_it_begins(text):
    for period in find_periods(text, ANCHOR):
        first, _, last = period.iso.partition("/")
        assert not last or first[: len(last)] <= last[: len(first)]
        assert 0 <= period.start < period.end <= len(text)
