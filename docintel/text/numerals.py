"""Chinese and Arabic numerals: read one, and find the quantities of a text.

Everything here works on folded text (`docintel.text.normalize.fold`), so digits and `%` are ASCII.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_SCALES = {"万": 10_000, "亿": 100_000_000}
_NUMERAL = "〇零一二两三四五六七八九十百千"
_HEDGE_AFTER = "余多来"

#: 62.6万, 26,544, 1.1亿, 138万余, 2600余万, 三十五万, 二十余; the hedge may stand before or behind the scale.
_ARABIC = rf"\d+(?:,\d{{3}})*(?:\.\d+)?[{_HEDGE_AFTER}]?(?:[百千]?[万亿]+|[百千](?!克|米|瓦))?[{_HEDGE_AFTER}]?"
_CHINESE = rf"[{_NUMERAL}][{_NUMERAL}万亿]*[{_HEDGE_AFTER}]?[万亿]?[{_HEDGE_AFTER}]?"
#: 数十, 上百, 近千, 几十: a size without a number; only 上百 and 上千 state a floor.
_VAGUE = r"[数几][十百千万]+|[十百千万]+[数几]|(?<![少多岁分总复])数(?=[次名家起])"
#: 两三, 十七八, 三四亿: the lower number is the stated floor.
_RANGE = re.compile(
    r"(十?)(?=一[二两]|[二两]三|三[四五]|四五|五六|六七|七八|八九)([一二两三四五六七八])[二两三四五六七八九]([十百千万亿]*)"
)
_MASKED = r"[Xx×*＊]{1,4}"
_HEDGE_BEFORE = r"将近|接近|近|大约|约|超过|超|逾|不少于|不低于|至少|最少|上(?=[百千万])"
_HEDGE_BEHIND = r"以上|左右|上下|多(?![种样元次个])"


_TWO_POINTS = re.compile(r"\.\d*\.")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its measure word.

    Attributes:
        start: first character of the number, hedges in front of it included.
        number_start: first character of the number proper.
        number_end: one past the number.
        end: one past the measure word, hedges behind it included.
        value: None for a masked or vague number.
        unit_of_measure: without 万 and 亿; `%` for every way to write a percentage.
        approximate: a hedge stands before, inside or behind.
        arabic: written in digits or masked, not in Chinese numerals.
    """

    start: int
    number_start: int
    number_end: int
    end: int
    value: float | None
    unit_of_measure: str
    approximate: bool
    arabic: bool


#: No count comes near; from about here on a float is not exact either.
_LARGEST = 1e15


def parse_number(text: str) -> float | None:
    """The value of a numeral: `62.6万` is 626000, `三十五万` 350000, `二十余` 20, `1亿2千万` 120000000.

    Hedges (余, 多, 来) are ignored, thousands separators too; the value is rounded to four decimals. A last digit
    counts ones: 三千五 is 3005, for official prose does not leave 3500 short. None when the text is no numeral, or one
    that counts nothing.
    """
    text = "".join(char for char in text if char not in _HEDGE_AFTER + ",")
    if _TWO_POINTS.search(text) or text == ".":
        return None
    total = section = 0.0
    digits = ""
    seen = False
    last_scale = 0
    for char in text:
        if char.isascii() and (char.isdigit() or char == "."):
            digits += char
        elif char in _DIGITS:
            digits += str(_DIGITS[char])
        elif char in _PLACES:
            section += _value(digits, bare=1.0) * _PLACES[char]
            digits = ""
        elif char in _SCALES:
            scale = _SCALES[char]
            section += _value(digits, bare=0.0 if seen else 1.0)
            total = total + section * scale if scale < last_scale else (total + section) * scale
            section, digits, last_scale = 0.0, "", scale
        else:
            return None
        seen = True
    number = total + section + _value(digits, bare=0.0)
    return round(number, 4) if seen and number < _LARGEST else None


def _value(digits: str, *, bare: float) -> float:
    return float(digits) if digits else bare


class QuantityGrammar:
    """Finds numbers that are followed by a measure word.

    Args:
        measure_words: the words that may follow a number; the longest match wins.
    """

    def __init__(self, measure_words: list[str]) -> None:
        words = "|".join(re.escape(word) for word in sorted(measure_words, key=lambda word: (-len(word), word)))
        self._pattern = re.compile(
            rf"(?P<before>{_HEDGE_BEFORE})?"
            rf"(?:(?P<percent>百分之(?:{_CHINESE}|{_ARABIC})(?:点[{_NUMERAL}]+)?)"
            rf"|(?P<fraction>[{_NUMERAL}]+分之[{_NUMERAL}]+)"
            rf"|(?P<number>(?<![\dA-Za-z.:]){_ARABIC}|(?<![第{_NUMERAL}万亿\d])(?:{_VAGUE}|{_CHINESE})|(?<![A-Za-z]){_MASKED})"
            rf"(?:人民币)?(?P<unit>{words}))"
            rf"(?P<behind>{_HEDGE_BEHIND})?"
        )

    def find(self, folded: str, start: int = 0, end: int | None = None) -> Iterator[Quantity]:
        """The quantities of `folded[start:end]`, in order."""
        for match in self._pattern.finditer(folded, start, len(folded) if end is None else end):
            yield _quantity(match)


def _quantity(match: re.Match[str]) -> Quantity:
    percent, fraction, number = match["percent"], match["fraction"], match["number"]
    group = "percent" if percent else "fraction" if fraction else "number"
    hedged = bool(match["before"] or match["behind"]) or (bool(number) and any(c in number for c in _HEDGE_AFTER))
    if percent:
        value, unit = _percent(percent), "%"
    elif fraction:
        low, high = (parse_number(part) for part in fraction.split("分之"))
        value, unit = (round(100 * high / low, 2) if low and high is not None else None), "%"
    elif re.fullmatch(_MASKED, number):
        value, unit = None, match["unit"]
    elif re.fullmatch(_VAGUE, number):
        value, unit, hedged = None, match["unit"], True
    elif between := _RANGE.fullmatch(number):
        value, unit, hedged = parse_number("".join(between.groups())), match["unit"], True
    else:
        value, unit = parse_number(number), match["unit"]
    value, unit = _plain_unit(value, unit)
    return Quantity(
        start=match.start(),
        number_start=match.start(group),
        number_end=match.end(group),
        end=match.end(),
        value=value,
        unit_of_measure=unit,
        approximate=hedged,
        arabic=bool(number) and not re.fullmatch(rf"{_VAGUE}|{_CHINESE}", number),
    )


def _percent(written: str) -> float | None:
    """`百分之八十五点六` → 85.6."""
    whole, _, decimals = written.removeprefix("百分之").partition("点")
    value = parse_number(whole)
    if value is None or not decimals:
        return value
    return float(f"{value:.0f}." + "".join(str(_DIGITS[char]) for char in decimals if char in _DIGITS))


def _plain_unit(value: float | None, unit: str) -> tuple[float | None, str]:
    """万元 → 元 with the value multiplied out; 成 → %."""
    if unit == "成":
        return (None if value is None else value * 10), "%"
    if unit[0] in _SCALES and len(unit) > 1:
        return (None if value is None else round(value * _SCALES[unit[0]], 4)), unit[1:]
    return value, unit
