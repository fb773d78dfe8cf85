"""Quantities: the numbers of a text that are followed by a measure word.

In: folded text (`docintel.text.normalize.fold`). Out: `Quantity`s in text order.
"""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from docintel.text.numerals import ARABIC, CHINESE, HEDGE, NUMERAL, SCALES, parse_adjacent, parse_number

_ABOUT = (
    "将近|接近|(?<![最附])近|大约|约|超过|超|突破了?|逾|(?<![通经])过(?=[百千万亿半])|破(?=[百千万亿])|上(?=[百千万亿])|至少|最少|至多|最多|最高|"
    "不少于|不低于|不得少于|不得低于|不超过|不得超过|不足|不到|低于|高于|少于|多于"
)
_SHARES = ("percent", "fraction", "tenths", "half", "coins", "doubled")
#: Bounds that leave the number itself exact: 最高1200元, 400万元以下, 50元至200元不等.
_BOUNDS = frozenset(("至多", "最多", "最高", "不超过", "不得超过", "低于", "少于", "以下", "以内", "不等"))
_ABOUT_BEHIND = "以上|以下|以内|左右|上下|不等|不止|有余|出头|开外|之多|余|多(?![种样元次个])"
_DIGIT = f"[{NUMERAL[2:12]}]"
#: 两成三 is 23 percent; 三成员 counts nothing.
_TENTHS = (
    rf"(?<![{NUMERAL}\d.])(?:{_DIGIT}{{1,2}}|\d)成(?:[{NUMERAL[2:12]}半](?![个项名]))?"
    "(?![员立为果本效绩品熟功就套型交群长分])"
)
_HALF = "半数|一半(?!年|天|个|小时)|(?<=[过超近])半(?!年|天|个|小时|路|山|导|数)"
_FRACTION = (
    rf"(?<![{NUMERAL}])[{NUMERAL}]{{1,4}}分之[{NUMERAL}]{{1,4}}(?![{NUMERAL}])"
    r"|(?<=[占约近超过达])\d{1,2}/\d{1,2}(?![\d/])"
)
#: 三块五, 83块6毛
_COINS = (
    rf"(?<![\d.{NUMERAL}])(?:\d{{1,4}}|[{NUMERAL}]{{1,6}})块"
    rf"(?:{_DIGIT}|\d)(?:[毛角]|(?![\d{NUMERAL}余多个块年月日天]))"
)
_SHARE = (
    rf"(?P<percent>百分之(?:{ARABIC}|{CHINESE})|百分百)|(?P<fraction>{_FRACTION})"
    rf"|(?P<tenths>{_TENTHS})|(?P<half>{_HALF})|(?P<coins>{_COINS})"
)
#: 数十, 几百: a size without a number.
_VAGUE = "[数几][十百千万亿]+|(?<![少多岁分总复人件个次户参倍基系指位])数(?=[次名家起])"
_MASKED = r"(?<![A-Za-z])[Xx×*＊○]{1,4}余?[万亿]?"
_NUMBER = rf"(?<![\dA-Za-z])(?<!\d[.:/]){ARABIC}|{_MASKED}|(?<![第{NUMERAL}万亿\d])(?:{_VAGUE}|{CHINESE})"
_DOUBLED = rf"(?:(?<=翻)|(?<=翻了))(?:{_DIGIT}|\d)番"

_NUMERIC_CHARS = rf"\d{NUMERAL}万亿壹贰叁肆伍陆柒捌玖数几半Xx×*＊○"
#: Every number has one of these.
_NUMERIC = re.compile(f"[{_NUMERIC_CHARS}]")
#: How far before its number a word of `_ABOUT` begins at most, a space between them.
_ABOUT_REACH = 6
#: And begins with one of them, or a word of `_ABOUT` before it does: to look for these first is faster.
_BEGINS = f"(?=[{_NUMERIC_CHARS}将接近大约超逾过破上至最不低高少多])"
_RANGE = re.compile(" ?[至到~-] ?")
_LIST = re.compile(" ?[、和及与] ?")
_JOINT = re.compile(" ?[至到~、和及与-]")
_SIZE = re.compile("[万亿]")
#: 由12到35 tells a change, not a range.
_CHANGING = frozenset("由从自")
_SCALE = re.compile(rf"([百千]?[万亿]+)[{HEDGE}]?$")
_TWO_DIGITS = re.compile(f"{_DIGIT}{{2,}}")
#: List items are not numbered higher.
_LAST_ITEM = 30
#: One spelling of a measure word that has others.
SPELLING = {"人民币": "元", "圆": "元", "块钱": "元", "美金": "美元", "平米": "平方米"}


class Form(StrEnum):
    """How a quantity is written."""

    ARABIC = "arabic"
    CHINESE = "chinese"
    MASKED = "masked"  # X家
    VAGUE = "vague"  # 数十次
    ADJACENT = "adjacent"  # 两三次
    RANGE = "range"  # 3至5次
    LISTED = "listed"  # the 12.3 of 12.3、4.5万元
    SHARE = "share"  # 三分之一, 百分之五, 两成三, 过半
    DOUBLED = "doubled"  # 翻一番
    BARE = "bare"  # 300余万


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its measure word.

    Attributes:
        start: first character of the number, hedges in front of it included.
        number_start: first character of the number proper.
        number_end: one past the number.
        end: one past the measure word, hedges behind it included.
        value: None for a masked or vague number; the lower end of a range.
        unit_of_measure: without 万 and 亿; `%` for every way to write a percentage; empty where none is written.
        approximate: a hedge stands before, inside or behind, or it is a range.
    """

    start: int
    number_start: int
    number_end: int
    end: int
    value: float | None
    unit_of_measure: str
    approximate: bool
    form: Form

    @property
    def in_chinese(self) -> bool:
        """Whether it is written in Chinese numerals, which stand in names and phrases more often than they count."""
        return self.form in (Form.CHINESE, Form.VAGUE, Form.ADJACENT)


class QuantityGrammar:
    """Finds numbers that are followed by a measure word.

    Args:
        measure_words: the words that may follow a number; the longest match wins.
    """

    def __init__(self, measure_words: list[str]) -> None:
        words = "|".join(re.escape(word) for word in sorted(measure_words, key=lambda word: (-len(word), word)))
        self._pattern = re.compile(
            rf"{_BEGINS}(?P<before>(?:{_ABOUT}) ?)?"
            rf"(?:{_SHARE}|(?P<doubled>{_DOUBLED})"
            rf"|(?P<number>{_NUMBER})(?P<unit>(?:人民币)? ?(?P<word>{words})(?:\((?P<inner>[次套件])\))?)?)"
            rf"(?P<behind> ?(?:{_ABOUT_BEHIND}))?"
        )

    def find(
        self, folded: str, start: int = 0, end: int | None = None, *, bare: bool = False, apart: bool = False
    ) -> list[Quantity]:
        """The quantities of `folded[start:end]`, in order.

        Args:
            bare: also numbers in 万 and 亿 without a measure word (`涉案资金300余万`).
            apart: the ends of a range that have each their measure word as two (`50元至200元`).
        """
        end = len(folded) if end is None else end
        numeric = _NUMERIC.search(folded, start, end)
        if numeric is None:
            return []
        matches = self._pattern.finditer(folded, max(start, numeric.start() - _ABOUT_REACH), end)
        numbers = [quantity for match in matches if _may_count(match) and (quantity := _quantity(match))]
        return [
            quantity
            for quantity in _join(folded, numbers, apart=apart)
            if quantity.unit_of_measure or (bare and quantity.form is Form.BARE)
        ]


def _may_count(match: re.Match[str]) -> bool:
    """Whether a number has a measure word or may do without: a large one, and one of a range or list (`3至5次`)."""
    if not match["number"] or match["unit"]:
        return True
    return _SIZE.search(match["number"]) is not None or _JOINT.match(match.string, match.end()) is not None


def _quantity(match: re.Match[str]) -> Quantity | None:
    """What one match says by itself; None for a numeral that says no number."""
    group = "number" if match["number"] else next(name for name in _SHARES if match[name])
    written = match[group]
    unit = (match["word"] or "") + (match["inner"] or "")
    read = _read(written, unit) if group == "number" else _read_share(group, written)
    if read is None:
        return None
    value, unit, form = read
    vague = form in (Form.VAGUE, Form.ADJACENT) or (group == "tenths" and written[1] != "成")
    vague |= group == "number" and any(char in written for char in HEDGE)
    return Quantity(
        start=match.start(),
        number_start=match.start(group),
        number_end=match.end(group),
        end=match.end(),
        value=value,
        unit_of_measure=unit,
        approximate=vague or _is_about(match["before"]) or _is_about(match["behind"]),
        form=form,
    )


def _is_about(hedge: str | None) -> bool:
    """Whether the words before or behind a number make it an approximate one."""
    return hedge is not None and hedge.strip() not in _BOUNDS


@lru_cache(maxsize=4096)  # reports say the same few numbers over and over
def _read(written: str, unit: str) -> tuple[float | None, str, Form] | None:
    """Value, measure word and form of a number that may be masked, vague or two in one breath."""
    value: float | None = None
    if re.fullmatch(_MASKED, written):
        form = Form.MASKED
    elif re.fullmatch(_VAGUE, written) or written == "数":
        form = Form.VAGUE
    elif (value := parse_adjacent(written)) is not None:
        form = Form.ADJACENT
    elif _TWO_DIGITS.fullmatch(written) or (value := parse_number(written)) is None:
        return None
    else:
        form = Form.ARABIC if written[0].isdigit() else Form.CHINESE
        form = Form.BARE if not unit and _SCALE.search(written) else form
    unit = SPELLING.get(unit, unit)
    if unit[:1] in SCALES and len(unit) > 1:  # X万元; a plain number takes 万 itself
        return None if value is None else round(value * SCALES[unit[0]], 4), unit[1:], form
    return value, unit, form


def _read_share(group: str, written: str) -> tuple[float | None, str, Form] | None:
    """The same for a number that needs no measure word."""
    if group == "doubled":
        times = parse_number(written[:-1])
        return None if times is None else (2**times, "倍", Form.DOUBLED)
    if group == "coins":
        whole, part = (parse_number(part.rstrip("毛角")) for part in written.split("块"))
        return None if whole is None or part is None else (whole + part / 10, "元", Form.CHINESE)
    if group == "half":
        value: float | None = 50.0
    elif group == "percent":
        value = 100.0 if written == "百分百" else parse_number(written.removeprefix("百分之"))
    elif group == "tenths":
        value = _tenths(*written.split("成"))
    else:
        low, high = (parse_number(part) for part in re.split("分之|/", written))
        low, high = (high, low) if "/" in written else (low, high)
        value = round(100 * high / low, 2) if low and high is not None else None
    return None if value is None else (value, "%", Form.SHARE)


def _tenths(tens: str, ones: str) -> float | None:
    """两, 三 → 23; 七八 → 70, the lower of the two."""
    whole = parse_adjacent(tens) if len(tens) > 1 else parse_number(tens)
    rest = 5.0 if ones == "半" else parse_number(ones) if ones else 0.0
    return None if whole is None or rest is None else 10 * whole + rest


def _join(folded: str, numbers: list[Quantity], *, apart: bool) -> list[Quantity]:
    """Ranges as one quantity, and the numbers of a list each with the measure word that closes it."""
    joined: list[Quantity] = []
    closing: Quantity | None = None
    for quantity in reversed(numbers):
        following = joined[-1] if joined else None
        if following and following.unit_of_measure and quantity.unit_of_measure in ("", following.unit_of_measure):
            gap = folded[quantity.end : following.start]
            is_whole = not (apart and quantity.unit_of_measure)
            if is_whole and _RANGE.fullmatch(gap) and (whole := _range(folded, quantity, following)):
                joined[-1] = whole
                continue
            if _LIST.fullmatch(gap) and not quantity.unit_of_measure and _is_listed(folded, quantity):
                closing = closing if closing and following.form is Form.LISTED else following
                value = _scaled(folded, quantity, closing)
                quantity = replace(  # noqa: PLW2901
                    quantity, value=value, unit_of_measure=following.unit_of_measure, form=Form.LISTED
                )
        joined.append(quantity)
    return joined[::-1]


def _range(folded: str, low: Quantity, high: Quantity) -> Quantity | None:
    """`3至5次` as one; None where the two are no range (`由12个到5个`)."""
    value = low.value if low.unit_of_measure else _scaled(folded, low, high)
    if value is None or high.value is None or value >= high.value or folded[low.start - 1 : low.start] in _CHANGING:
        return None
    return replace(high, start=low.start, number_start=low.number_start, value=value, approximate=True, form=Form.RANGE)


def _is_listed(folded: str, quantity: Quantity) -> bool:
    """Whether a number before 、 is one of a list; the number of a list item (`1、2个乡镇`) is not."""
    if quantity.value is None or quantity.in_chinese:
        return False
    before = folded[max(0, quantity.start - 2) : quantity.start].rstrip(" ")[-1:]
    return before.isalpha() or before in ("、", ":", "”") or quantity.value > _LAST_ITEM or quantity.value % 1 > 0


def _scaled(folded: str, number: Quantity, following: Quantity) -> float | None:
    """The value of a number that shares the 万 of the one behind it: 12.3、4.5万元, but not 5000、3万元."""
    written, shared = (_SCALE.search(folded, q.number_start, q.number_end) for q in (number, following))
    if number.value is None or written or not shared:
        return number.value
    scale = parse_number(shared[1]) or 1.0
    alike = number.value < 1000 or number.value < 100 * (following.value or 0.0) / scale
    return round(number.value * scale, 4) if alike else number.value
