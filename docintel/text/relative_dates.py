"""Times told without a year: 党的二十大以来, “十四五”期间, 两年前, 近5年来, 上月, 20日.

In: the words of such a time and the day of publication. Out: first and last of it in ISO form.
"""

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta

from docintel.text.numerals import parse_number

Bounds = tuple[str, str]

#: Congresses and plenary sessions that official prose counts time from; the month they closed in.
MILESTONES = {
    "党的十八大": "2012-11",
    "党的十九大": "2017-10",
    "党的二十大": "2022-10",
    "党的十八届三中全会": "2013-11",
    "党的十八届四中全会": "2014-10",
    "党的十八届六中全会": "2016-10",
    "党的十九届四中全会": "2019-10",
    "党的十九届六中全会": "2021-11",
    "党的二十届三中全会": "2024-07",
}
#: The first year of a five-year plan.
PLANS = {"十二五": 2011, "十三五": 2016, "十四五": 2021, "十五五": 2026}
_PLAN_YEARS = 5
#: Until the end of March the years of 近三年 are those before this one.
_LAST_YEARS_MONTH = 3


def milestone(name: str) -> Bounds:
    """The month in which a congress closed."""
    return (MILESTONES[name],) * 2


def plan(name: str) -> Bounds:
    """The years of a five-year plan."""
    return f"{PLANS[name]}", f"{PLANS[name] + _PLAN_YEARS - 1}"


def years_ago(written: str, anchor: date) -> Bounds:
    """两年前."""
    return (f"{anchor.year - _few(written)}",) * 2


def past_years(written: str, anchor: date) -> Bounds:
    """近5年."""
    return f"{anchor.year - _few(written)}", f"{anchor.year - (anchor.month <= _LAST_YEARS_MONTH)}"


def lately(written: str, anchor: date) -> Bounds:
    """一年来, 半年来 to the month, 三年来 to the year; in January 一年来 looks back on the year before."""
    if written.startswith("半"):
        months = 6
    elif (years := _few(written.partition("年")[0])) > 1:
        return f"{anchor.year - years}", f"{anchor.year}"
    elif anchor.month == 1:
        return (f"{anchor.year - 1}",) * 2
    else:
        months = 12
    first = anchor.year * 12 + anchor.month - 1 - months
    return f"{first // 12}-{first % 12 + 1:02}", f"{anchor:%Y-%m}"


def near_month(written: str, anchor: date) -> Bounds:
    """本月, 上个月, 下月, 本季度, 上季度."""
    away = {"上": -1, "下": 1}.get(written[0], 0)
    if written.endswith("季度"):
        quarter = anchor.year * 4 + (anchor.month - 1) // 3 + away
        return f"{quarter // 4}-{quarter % 4 * 3 + 1:02}", f"{quarter // 4}-{quarter % 4 * 3 + 3:02}"
    month = anchor.year * 12 + anchor.month - 1 + away
    return (f"{month // 12}-{month % 12 + 1:02}",) * 2


def today(written: str, anchor: date) -> Bounds:
    """今天."""
    return (anchor.isoformat(),) * 2


#: What needs nothing but the day of publication, by the group of the pattern that finds it.
BY_ANCHOR: dict[str, Callable[[str, date], Bounds]] = {
    "ago": years_ago,
    "past": past_years,
    "lately": lately,
    "within_a_year": lately,
    "near": near_month,
    "today": today,
}


def day_alone(day: int, anchor: date | None, month: str | None) -> Bounds | None:
    """20日: of the month named last (`YYYY-MM`), else the last such day until the anchor; None where neither tells."""
    if month is None:
        if anchor is None:
            return None
        before = anchor if day <= anchor.day else anchor.replace(day=1) - timedelta(days=1)
        month = f"{before:%Y-%m}"
    written = iso_day(int(month[:4]), int(month[5:]), day)
    return (written, written) if len(written) > len(month) else None


def iso_day(year: int, month: int, day: int) -> str:
    """A day in ISO form; its month when the month has no such day, or no day is given."""
    if not 1 <= day <= monthrange(year, month)[1]:
        return f"{year}-{month:02}"
    return f"{year}-{month:02}-{day:02}"


def _few(written: str) -> int:
    return int(parse_number(written) or 0)
