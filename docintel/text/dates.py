"""Dates and periods in Chinese prose, resolved against the day of publication.

In: folded text and an anchor date. Out: `Period`s in ISO form: `2022`, `2022-07`, `2022-07-28`, or two of these as
`start/end` for a stretch of time.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from docintel.text.numerals import parse_number
from docintel.text.relative_dates import (
    BY_ANCHOR,
    MILESTONES,
    PLANS,
    Bounds,
    day_alone,
    iso_day,
    milestone,
    near_month,
    plan,
)

_FULL_YEAR = r"(?:(?:19|20)\d\d\s*(?:年|学年)|[一二][〇零一二三四五六七八九]{3}年)"
#: 照抄|上年文稿 says whose words they are, not when.
_NOT_COPIED = "".join(f"(?<!{verb})" for verb in ("照抄", "抄袭", "照搬", "套用", "沿用", "复制"))
_RELATIVE = (
    rf"(?<![\d一二三四五六七八九十两几百千半本今当去同前近])年内|今年|本年度?|(?=[去上前]){_NOT_COPIED}(?:去年|上年度?|前年)"
    r"|当年|同年|次年|翌年|明年"
)
#: 2019至2022年, 2023、2024年: the first year does without its 年.
_BARE_YEAR = r"(?:19|20)\d\d(?=\s*[至到~、和-]\s*(?:19|20)\d\d年)"
#: 一月一通报 is a rhythm, no January.
_MONTH = r"(?<![第\d])(?:1[0-2]|0?[1-9]|十[一二]?|(?<!十)[一二三四五六七八九])月(?:份)?(?!革命|饼|一(?![日号]))"
#: 7、8月份, 七、八两个月; 1、2月 at the beginning of a line is an item of a list.
_TWO_MONTHS = (
    r"(?<![\n\d第])(?<!^)(?:"
    + "|".join(f"{low}、{low + 1}" for low in range(1, 12))
    + "|"
    + "|".join(f"{low}、{high}" for low, high in pairwise("一二三四五六七八九十"))
    + r")(?:月份?|两个月)(?!\d)"
)
_NTH = r"1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九]"
_DAY = r"(?:3[01]|[12]\d|0?[1-9]|[二三]?十[一二三四五六七八九]?|[一二三四五六七八九])[日号]"
_PART = r"上旬|中旬|下旬|初|中|底|末"
_MONTHS = r"前(?:1[0-2]|[1-9]|十[一二]?|[一二两三四五六七八九])个月"
_QUARTERS_TO = r"(?:第?[一二三四](?:季度)?[至到~-]第?[一二三四]季度)"
_SPAN = rf"上半年|下半年|{_QUARTERS_TO}|[第前]?[一二三四]个?季度|{_MONTHS}|全年|年底|年初|年末|岁末"
_FEW = r"(?:1\d|[1-9]|[二三]?十[一二三四五六七八九]?|[一二两三四五六七八九])"
#: 2022-03-05, 2022.3.5, 2022/3/5
_NUMERIC = r"(?P<iso>(?<![\d.])(?:19|20)\d\d(?P<sep>[-./])(?:1[0-2]|0?[1-9])(?P=sep)(?:3[01]|[12]\d|0?[1-9])(?![\d.]))"
_NTH_ALONE = re.compile(_NTH)
_YEAR_LENGTH = 4
#: Years that months behind 截至 or before 以来 are not of: 去年12月已付款,…|截至6月底.
_LAST_YEARS = frozenset({"去年", "上年", "上年度", "前年"})
_YEAR_ENDS = ("年底", "年末", "岁末")
_HALVES = {"上半年": (1, 6), "下半年": (7, 12)}
_QUARTERS = {"一": (1, 3), "二": (4, 6), "三": (7, 9), "四": (10, 12)}

#: What a date or period can begin with, and what stands behind 自, 从 or 截至.
_OPENING = r"今本这去上前当同次翌明下第一二两三四五六七八九十全岁年近过最党半\d"
#: And what can follow its first character: the two spare most attempts.
_SECOND = rf"{_OPENING}自从至止到~、\s的月季个日内初底末〇零-"
_POINT = re.compile(
    rf"(?=[截自从到\s{_OPENING}][{_SECOND}])(?P<until>截至|截止到?|到(?=[^,。]{{0,8}}月[底末]|今天))?(?:自从?|从)?\s*(?=[{_OPENING}])"
    rf"(?:(?P<milestone>{'|'.join(sorted(MILESTONES, key=len, reverse=True))})|{_NUMERIC}"
    rf"|(?P<plan>{'|'.join(PLANS)})[”\"]?(?=时期|期间|以来|开局|规划实施|收官)"
    rf"|(?<![近第\d十])(?P<ago>{_FEW})年(?:之?前|以前)(?![列后])"
    rf"|(?:最?近|过去)的?(?P<past>{_FEW})年(?:多|间)?(?=以?来|[间里内中,])"
    r"|(?<![近去前每第上下同大今明一二两三四五六七八九十百千\d])(?P<lately>[一半两三四五]年多?)(?=以?来)"
    r"|(?<![^,。\n:;])(?P<within_a_year>一年)(?=[间里](?!头)|下来)"
    r"|(?P<same>当月|同月)"
    rf"|(?P<near>[本这上下]个?月(?!饼)|[本上]个?季度)(?:初|中|底|末)?"
    r"|(?P<today>(?(until)今[天日]|(?!)))"
    rf"|(?<![\d一二三四五六七八九十月])(?P<day>3[01]|[12]\d|[1-9])日(?=[上下凌当晚,、,]|[\u4e00-\u9fff]{{2}})(?![内游均常起前元报本志期用程])"
    rf"|(?P<y>{_FULL_YEAR}|{_BARE_YEAR}|{_RELATIVE})?"
    rf"(?P<within>(?(y)(?:的|,)?\s*)(?:(?P<range>(?<![第\d])(?:{_NTH})月?(?:至|到|-|~)(?:{_NTH})月份?|{_TWO_MONTHS})"
    rf"|(?P<span>{_SPAN})|(?P<m>{_MONTH})(?P<d>{_DAY})?(?P<part>{_PART})?))?(?(y)|(?(within)|(?!))))"
    r"(?P<since>[^,。;:、]{0,24}?(?:以来|至今(?!年))|起(?=,))?"
)
_FESTIVAL = r"(?:元旦|春节|清明|五一|端午|中秋|国庆)(?:[、和]国庆)?节?(?:期间|前后|前夕)?"
#: 2018年|春季|至2024年秋季
_SEASON = r"(?:[春夏秋冬]季?(?:学期)?)?"
_TO = re.compile(rf"\s*[初中底末]?{_SEASON}(?:{_FESTIVAL})?起?(?:至|到|-|~|开始到|以来到)\s*")
_BEFORE = re.compile(r"[以之]?前")
_YEARS = re.compile(r"[、和及与]")


@dataclass(frozen=True, slots=True)
class Period:
    """A date or stretch of time as the text gives it, 0-based characters, end exclusive.

    Attributes:
        since: open at its end: 今年以来, 2021年6月起.
        until: an end alone: 截至6月底.
        parts: the years of 2018年和2019年, each alone; empty for anything else.
    """

    start: int
    end: int
    iso: str
    since: bool = False
    until: bool = False
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Point:
    start: int
    end: int
    first: str
    last: str
    since: bool = False
    until: bool = False


def find_periods(
    folded: str, anchor: date | None, start: int = 0, end: int | None = None, *, ahead: bool = False
) -> list[Period]:
    """The dates and periods of `folded[start:end]`, in text order.

    Args:
        anchor: the day of publication; expressions that need it (`今年以来`, `9月30日`) are left out when it is None.
            A year that the text names is carried on to the months that follow it.
        ahead: a month without a year may be one to come, as in a plan; else it was last year's.
    """
    stop = len(folded) if end is None else end
    points = list(_points(folded, anchor, start, stop, ahead))
    periods: list[Period] = []
    i = 0
    while i < len(points):
        point = points[i]
        following = points[i + 1] if i + 1 < len(points) else None
        if following and _TO.fullmatch(folded, point.end, following.start):
            periods.append(Period(point.start, following.end, _joined(point.first, _not_before(point, following))))
            i += 2
            continue
        if following and _are_years(point, following) and _YEARS.fullmatch(folded, point.end, following.start):
            years = (point.first, following.first)
            periods.append(Period(point.start, following.end, _joined(*years), parts=years))
            i += 2
            continue
        periods.append(Period(point.start, point.end, _joined(point.first, point.last), point.since, point.until))
        i += 1
    return periods


def _are_years(point: _Point, following: _Point) -> bool:
    return all(len(p.first) == 4 and p.first == p.last for p in (point, following)) and point.first < following.first


def _not_before(point: _Point, following: _Point) -> str:
    """The end of a range; 2022年12月至1月 ends in the year after, a year that is written stays."""
    same_year = following.last[:4] == point.first[:4]
    if not same_year or following.last >= point.first[: len(following.last)]:
        return following.last
    return f"{int(point.first[:4]) + 1}{following.last[4:]}"


def _joined(first: str, last: str) -> str:
    return first if first == last else f"{first}/{last}"


def _points(folded: str, anchor: date | None, start: int, stop: int, ahead: bool) -> Iterator[_Point]:
    year, month, told, aside = (anchor.year if anchor else None), None, None, False
    before = start
    for match in _POINT.finditer(folded, start, stop):
        if anchor and "\t" in folded[before : match.start()] and folded[before : before + 1] != "\t":
            year, aside = anchor.year, False  # another cell
        before = match.end()
        if match["y"] or match["within"]:
            named = _year(match["y"], anchor, told if match["y"] else year)
            if named is None or (match["span"] == "全年" and not match["y"] and anchor and year == anchor.year):
                continue  # 全年 of no year in particular
            if aside and (match["until"] or match["since"]) and not match["y"] and anchor:
                year = named = anchor.year
            if match["y"] and not _names_no_year(match):
                year, told, aside = named, named, match["y"] in _LAST_YEARS
            alone = None if match["y"] or ahead or year != (anchor and anchor.year) else anchor
            named -= alone is not None and _is_ahead(match, alone, month)
            first, last = _stretch(match, named)
        elif found := _without_year(match, anchor, month):
            first, last = found
            if match["iso"]:
                year = told = int(first[:_YEAR_LENGTH])
        else:
            continue
        if len(first) > _YEAR_LENGTH and not match["milestone"]:
            month = first[:7]
        yield _point(match, first, last, anchor)


def _point(match: re.Match[str], first: str, last: str, anchor: date | None) -> _Point:
    since = bool(match["since"]) and anchor is not None
    if since and anchor:
        last = _since(first, anchor)
    start = match.end() - len(match.group().lstrip())
    return _Point(start, match.end(), first, last, since, bool(match["until"]))


def _is_year_end(match: re.Match[str]) -> bool:
    """截至2022年年底, 截至去年|底."""
    return match["span"] in _YEAR_ENDS or (not match["within"] and match.string.startswith(("底", "末"), match.end()))


def _names_no_year(match: re.Match[str]) -> bool:
    """Whether months behind a year may be of another: 去年以来 goes on until now, 2012年以前 began any time."""
    return bool(match["since"] and not match["within"]) or bool(_BEFORE.match(match.string, match.end()))


def _without_year(match: re.Match[str], anchor: date | None, month: str | None) -> Bounds | None:
    """The bounds of a numeric date and of what names no year; None where nothing tells them."""
    if match["iso"]:
        return (iso_day(*(int(part) for part in re.split(r"\D", match["iso"]))),) * 2
    if match["milestone"]:
        closed = milestone(match["milestone"])
        return closed if match["since"] and anchor and closed[0] <= f"{anchor:%Y-%m}" else None
    if match["plan"]:
        return plan(match["plan"])
    if match["same"]:
        return (month, month) if month else None
    if match["day"]:
        return day_alone(int(match["day"]), anchor, month)
    group = next(group for group in BY_ANCHOR if match[group])
    return BY_ANCHOR[group](match[group], anchor) if anchor else None


def _year(written: str | None, anchor: date | None, carried: int | None) -> int | None:
    """今年 → the anchor's year; 当年 and months without a year → the year named last."""
    if written is None or written in ("当年", "同年"):
        return carried
    if written in ("次年", "翌年"):
        return carried + 1 if carried else None
    if written[0] in "12一二":
        digits = written[:_YEAR_LENGTH]
        return int(digits) if digits.isdigit() and digits.isascii() else int("".join(str(_CN_DIGIT[c]) for c in digits))
    back = {"年": 0, "今": 0, "本": 0, "明": -1, "去": 1, "上": 1, "前": 2}[written[0]]
    return anchor.year - back if anchor else None


_CN_DIGIT = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0}


def _is_ahead(match: re.Match[str], anchor: date, last: str | None) -> bool:
    """A month without a year that is still to come was last year's.

    It was not where it is a deadline (12月底前), where something is to begin with the next (7月起), or where it goes on
    from a month of this year: 9月自查,11月复核.
    """
    if match["span"] and match["span"].startswith("前"):  # 前三季度 is never still to come
        return _span(match["span"], anchor.year)[1] > f"{anchor:%Y-%m}"
    if not (match["m"] or match["range"]) or match.string.startswith("前", match.end()):
        return False
    month = _stretch(match, anchor.year)[0][:7]
    if match.string.startswith("起", match.end()) and month == near_month("下月", anchor)[0]:
        return False
    return month > f"{anchor:%Y-%m}" and not (last and f"{anchor.year}" <= last < month)


def _stretch(match: re.Match[str], year: int) -> tuple[str, str]:
    if match["range"]:
        low, high = (int(parse_number(month) or 1) for month in _NTH_ALONE.findall(match["range"]))
        return f"{year}-{low:02}", f"{year + (high < low)}-{high:02}"
    if match["until"] and _is_year_end(match):
        return f"{year}-12", f"{year}-12"
    if match["span"]:
        return _span(match["span"], year)
    if not match["m"]:
        return f"{year}", f"{year}"
    month = int(parse_number(match["m"].rstrip("份").rstrip("月")) or 0)
    day = int(parse_number(match["d"][:-1]) or 0) if match["d"] else 0
    written = iso_day(year, month, day)
    return written, written


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
