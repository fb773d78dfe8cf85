"""Dates and periods in Chinese prose, resolved against the day of publication.

In: folded text and an anchor date. Out: `Period`s in ISO form: `2022`, `2022-07`, `2022-07-28`, or two of these as
`start/end` for a stretch of time.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from docintel.text.numerals import parse_number

_FULL_YEAR = r"(?:(?:19|20)\d\d\s*年|[一二][〇零一二三四五六七八九]{3}年)"
_RELATIVE = r"今年|本年度?|去年|上年|前年|当年|同年|次年|翌年"
#: 2019至2022年: the first year of a range does without its 年.
_BARE_YEAR = r"(?:19|20)\d\d(?=\s*[至到~-]\s*(?:19|20)\d\d年)"
_MONTH = r"(?<![第\d])(?:1[0-2]|0?[1-9]|十[一二]?|(?<!十)[一二三四五六七八九])月(?:份)?(?!革命|饼)"
_DAY = r"(?:3[01]|[12]\d|0?[1-9]|[二三]?十[一二三四五六七八九]?|[一二三四五六七八九])[日号]"
_PART = r"上旬|中旬|下旬|初|中|底|末"
_MONTHS = r"前(?:1[0-2]|[1-9]|十[一二]?|[一二两三四五六七八九])个月"
_QUARTERS_TO = r"(?:第?[一二三四](?:季度)?[至到~-]第?[一二三四]季度)"
_SPAN = rf"上半年|下半年|{_QUARTERS_TO}|[第前]?[一二三四]个?季度|{_MONTHS}|全年|年底|年初|年末|岁末"
#: 2022-03-05, 2022.3.5, 2022/3/5
_NUMERIC = r"(?P<iso>(?<![\d.])(?:19|20)\d\d(?P<sep>[-./])(?:1[0-2]|0?[1-9])(?P=sep)(?:3[01]|[12]\d|0?[1-9])(?![\d.]))"
_HALVES = {"上半年": (1, 6), "下半年": (7, 12)}
_QUARTERS = {"一": (1, 3), "二": (4, 6), "三": (7, 9), "四": (10, 12)}

#: Congresses and campaigns that official prose counts time from; the month they closed in.
_MILESTONES = {
    "党的十八大": "2012-11",
    "党的十九大": "2017-10",
    "党的二十大": "2022-10",
}

_POINT = re.compile(
    rf"(?P<lead>截至|截止到?|自从?|从)?(?:到)?\s*"
    rf"(?:(?P<milestone>{'|'.join(_MILESTONES)})|{_NUMERIC}"
    rf"|(?P<y>{_FULL_YEAR}|{_BARE_YEAR}|{_RELATIVE})?"
    rf"(?:(?:的|,)?\s*(?:(?P<range>(?:1[0-2]|[1-9])(?:月)?(?:至|到|-|~)(?:1[0-2]|[1-9])月份?)|(?P<span>{_SPAN})"
    rf"|(?P<m>{_MONTH})(?P<d>{_DAY})?(?P<part>{_PART})?))?)"
    r"(?P<since>(?<=[年月日号旬初中底末度份大])[^,。;:、]{0,24}?(?:以来|至今(?!年))|(?<=[年月日号])起(?=,))?"
)
_TO = re.compile(r"\s*(?:至|到|-|~|开始到|以来到)\s*")


@dataclass(frozen=True, slots=True)
class Period:
    """A date or stretch of time as the text gives it, 0-based characters, end exclusive."""

    start: int
    end: int
    iso: str


@dataclass(frozen=True, slots=True)
class _Point:
    start: int
    end: int
    first: str
    last: str


def find_periods(folded: str, anchor: date | None, start: int = 0, end: int | None = None) -> list[Period]:
    """The dates and periods of `folded[start:end]`, in text order.

    Args:
        anchor: the day of publication; expressions that need it (`今年以来`, `9月30日`) are left out when it is None.
            A year that the text names is carried on to the months that follow it.
    """
    stop = len(folded) if end is None else end
    points = list(_points(folded, anchor, start, stop))
    periods: list[Period] = []
    i = 0
    while i < len(points):
        point = points[i]
        following = points[i + 1] if i + 1 < len(points) else None
        if following and _TO.fullmatch(folded, point.end, following.start):
            periods.append(Period(point.start, following.end, _joined(point.first, _not_before(point, following))))
            i += 2
            continue
        periods.append(Period(point.start, point.end, _joined(point.first, point.last)))
        i += 1
    return periods


def _not_before(point: _Point, following: _Point) -> str:
    """The end of a range; 2022年12月至1月 ends in the year after."""
    if following.last >= point.first:
        return following.last
    return f"{int(point.first[:4]) + 1}{following.last[4:]}"


def _joined(first: str, last: str) -> str:
    return first if first == last else f"{first}/{last}"


def _points(folded: str, anchor: date | None, start: int, stop: int) -> Iterator[_Point]:
    year = anchor.year if anchor else None
    for match in _POINT.finditer(folded, start, stop):
        if not any(match[group] for group in ("milestone", "iso", "y", "range", "span", "m")):
            continue
        if match["iso"]:
            written = _day(*(int(part) for part in re.split(r"\D", match["iso"])))
            year = int(written[:4])
            yield _Point(match.start(), match.end(), written, written)
            continue
        if match["milestone"]:
            if match["since"] and anchor:
                month = _MILESTONES[match["milestone"]]
                yield _Point(match.start(), match.end(), month, _since(month, anchor))
            continue
        named = _year(match["y"], anchor, year)
        if match["y"] and named:
            year = named
        if named is None:
            continue
        if not match["y"] and anchor and year == anchor.year and _is_ahead(match, anchor):
            named -= 1
        first, last = _stretch(match, named)
        if match["since"] and anchor:
            last = _since(first, anchor)
        yield _Point(match.start(), match.end(), first, last)


def _year(written: str | None, anchor: date | None, carried: int | None) -> int | None:
    """今年 → the anchor's year; 当年 and months without a year → the year named last."""
    if written is None or written in ("当年", "同年"):
        return carried
    if written in ("次年", "翌年"):
        return carried + 1 if carried else None
    if written[0] in "12一二":
        digits = written.rstrip("年 ")
        return int(digits) if digits.isdigit() and digits.isascii() else int("".join(str(_CN_DIGIT[c]) for c in digits))
    back = {"今": 0, "本": 0, "去": 1, "上": 1, "前": 2}[written[0]]
    return anchor.year - back if anchor else None


_CN_DIGIT = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0}


def _is_ahead(match: re.Match[str], anchor: date) -> bool:
    """A month without a year that is still to come was last year's, unless it is a deadline (12月底前)."""
    if not (match["m"] or match["range"]) or match.string.startswith("前", match.end()):
        return False
    return int(_stretch(match, anchor.year)[0][5:7]) > anchor.month


def _stretch(match: re.Match[str], year: int) -> tuple[str, str]:
    if match["range"]:
        low, high = (int(month) for month in re.findall(r"\d+", match["range"]))
        return f"{year}-{low:02}", f"{year + (high < low)}-{high:02}"
    if match["span"]:
        return _span(match["span"], year)
    if not match["m"]:
        return f"{year}", f"{year}"
    month = int(parse_number(match["m"].rstrip("份").rstrip("月")) or 0)
    day = int(parse_number(match["d"][:-1]) or 0) if match["d"] else 0
    written = _day(year, month, day)
    return written, written


def _day(year: int, month: int, day: int) -> str:
    """A day in ISO form; its month when the month has no such day, or no day is given."""
    if not 1 <= day <= monthrange(year, month)[1]:
        return f"{year}-{month:02}"
    return f"{year}-{month:02}-{day:02}"


def _span(written: str, year: int) -> tuple[str, str]:
    if written in _HALVES:
        low, high = _HALVES[written]
    elif "季度" in written:
        quarters = [_QUARTERS[char] for char in written if char in _QUARTERS]
        low, high = quarters[0][0], quarters[-1][1]
        if written[0] == "前":
            low = 1
    elif written.endswith("个月"):
        low, high = 1, int(parse_number(written[1:-2]) or 1)
    else:
        return f"{year}", f"{year}"
    return f"{year}-{low:02}", f"{year}-{high:02}"


def _since(first: str, anchor: date) -> str:
    """The end of an open stretch: the anchor, as precise as the start; `今年以来` stays the year."""
    today = f"{anchor:%Y-%m-%d}"[: len(first)]
    return max(first, today)
