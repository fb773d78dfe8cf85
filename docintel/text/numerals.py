"""Chinese and Arabic numerals: how one is written, and what it comes to.

Everything here works on folded text (`docintel.text.normalize.fold`), so digits are ASCII.
"""

import re

_DIGITS = (
    {char: value for value, char in enumerate("零一二三四五六七八九")}
    | {char: value for value, char in enumerate("零壹贰叁肆伍陆柒捌玖")}
    | {"〇": 0, "两": 2, "俩": 2}
)
_PLACES = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000}
SCALES = {"万": 10_000, "亿": 100_000_000}
NUMERAL = "〇零一二两三四五六七八九十百千"
#: 二十余, 300多, 十来, 二十几, 十数
HEDGE = "余多来几数"
_HEDGED = rf"(?: ?[{HEDGE}])?"
#: 26,544, 26 544, 2 6 5 (a line set wide), 62.6
_DIGIT_RUN = (
    r"(?:\d{1,3}(?:,\d{3})++(?!\d)(?:\.\d+)?|(?<!\d )\d{1,3}(?: \d{3})++(?! ?\d)|(?<!\d )\d(?: \d)++|\d++(?:\.\d+)?)"
)
_SCALED = rf"{_HEDGED}(?: ?(?:[百千]?[万亿]+|[百千](?!克|米|瓦)))?{_HEDGED}"
#: 62.6万, 138万余, 2600余万, 3亿5000万; the hedge may stand before or behind the scale.
ARABIC = rf"(?:\d++(?:\.\d+)? ?亿零? ?(?=\d))?(?:\d++ ?万零? ?(?=\d))?{_DIGIT_RUN}{_SCALED}"
#: 三十五万, 二十余, 两点五, 壹拾万; 百余, 近万: the size alone says the number where it is hedged.
CHINESE = (
    rf"(?:[{NUMERAL}](?:[{NUMERAL[:-1]}万亿]|千(?!克|瓦))*(?:点[{NUMERAL[:12]}]+)?[{HEDGE}]?[万亿]*[{HEDGE}]?"
    r"|[壹贰叁肆伍陆柒捌玖][零壹贰叁肆伍陆柒捌玖]*[拾佰仟万亿][零壹贰叁肆伍陆柒捌玖拾佰仟万亿]*"
    rf"|(?<=[近上超逾过破])[万亿]|[万亿][余多])"
)
_ADJACENT = re.compile(
    rf"(十?)(?=一[二两]|[二两]三|三[四五]|四五|五六|六七|七八|八九)([一二两三四五六七八])[二两三四五六七八九]([十百千万亿]*)[{HEDGE}]?"
)
_TWO_POINTS = re.compile(r"\.\d*\.")
_DROPPED = re.compile(rf"[{HEDGE},\s]")
#: No count comes near; from about here on a float is not exact either.
_LARGEST = 1e15


def parse_number(text: str) -> float | None:
    """The value of a numeral: `62.6万` is 626000, `三十五万` 350000, `二十余` 20, `1亿2千万` 120000000.

    Hedges (余, 多, 来, 几), spaces and thousands separators are ignored; the value is rounded to four decimals. A last
    digit counts ones: 三千五 is 3005, for official prose does not leave 3500 short. None when the text is no numeral,
    or one that counts nothing.
    """
    text = _DROPPED.sub("", text).replace("点", ".")
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
        elif char in SCALES:
            scale = SCALES[char]
            section += _value(digits, bare=0.0 if seen else 1.0)
            total = total + section * scale if scale < last_scale else (total + section) * scale
            section, digits, last_scale = 0.0, "", scale
        else:
            return None
        seen = True
    number = total + section + _value(digits, bare=0.0)
    return round(number, 4) if seen and number < _LARGEST else None


def _value(digits: str, *, bare: float) -> float:
    return float(digits) if digits not in ("", ".") else bare


def parse_adjacent(text: str) -> float | None:
    """The lower of two numbers said in one breath: 两三 is 2, 七八十 is 70, 三四亿 300000000; else None."""
    match = _ADJACENT.fullmatch(text)
    return parse_number("".join(match.groups())) if match else None
