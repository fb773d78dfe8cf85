"""A cell's value to the text that its sheet shows.

In: a value as python-calamine gives it, and its number format. Out: text: dates as 2023-05-06, whole numbers without a
decimal point, others as their format has them.
"""

import re
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import NamedTuple

Value = int | float | str | bool | date | datetime | time | timedelta
#: Pieces of a number format: text in quotes, one escaped character, a currency, a colour or condition, padding, fill.
_PIECE = re.compile(r'"([^"]*)"|\\(.)|\[\$([^\]-]*)[^\]]*\]|\[[^\]]*\]|_.|\*.|(.)', re.DOTALL)
_DIGITS = re.compile(r"[#0?][#0?,]*(?:\.([0#?]*))?(%?)|\.([0#?]+)(%?)")
_LONGEST = 15
#: The day before the first, in a calendar that has a 29 February 1900.
_DAY_ZERO = datetime(1899, 12, 30)
_LAST_DAY = 2_958_465


def show(value: Value, code: str = "") -> str:
    """The text of a value; `code` is its number format, empty for General."""
    match value:
        case str():
            return value
        case bool():
            return "TRUE" if value else "FALSE"
        case int() | float():
            return _number(value, code)
        case date():
            return _date(value if isinstance(value, datetime) else datetime.combine(value, time()), code)
        case time():
            return value.strftime("%H:%M:%S" if value.second else "%H:%M")
    minutes, seconds = divmod(round(value.total_seconds()), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"


def _number(value: float, code: str) -> str:
    shape = _shape(_section(code, value))
    if shape.is_date and 0 < value <= _LAST_DAY:
        return _date(_DAY_ZERO + timedelta(days=value), code)
    if shape.places is None:
        return _plain(value)
    digits: str = f"{abs(value) * (100 if shape.percent else 1):{',' if shape.grouped else ''}.{shape.places}f}"
    if shape.optional and "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    if shape.least > 1 and not shape.grouped:  # the leading zeros of a number that is a name
        digits = digits.zfill(shape.least + len(digits.partition(".")[2]) + ("." in digits))
    elif shape.least == 0 and digits == "0":
        digits = "" if shape.before else "0"
    sign = "-" if value < 0 and ";" not in code else ""
    return f"{sign}{shape.before}{digits}{'%' if shape.percent else ''}{shape.after}"


def _plain(value: float) -> str:
    """A number in full, without the noise of its last binary digits."""
    if value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124 - NaN is not itself
        return ""
    if value == int(value):
        return str(int(value))
    text = f"{value:.{_LONGEST}g}"
    return f"{value:.20f}".rstrip("0") if "e" in text else text


def _date(value: datetime, code: str) -> str:
    letters = _shape(code).letters
    if "y" in letters and "d" not in letters and "h" not in letters:
        return f"{value.year}年{value.month}月" if "m" in letters else f"{value.year}年"
    day = value.date().isoformat()
    if value.time() == time():
        return day
    return f"{day} {value:%H:%M:%S}" if value.second else f"{day} {value:%H:%M}"


class _Shape(NamedTuple):
    """What a number format makes of a number.

    Attributes:
        places: digits behind the point; None for a format that says nothing of digits.
        least: digits before the point, at least.
        optional: zeros at the end are left out.
        before, after: what stands around the digits.
        letters: those that stand for parts of a date.
    """

    places: int | None = None
    least: int = 1
    optional: bool = False
    grouped: bool = False
    percent: bool = False
    before: str = ""
    after: str = ""
    letters: str = ""
    is_date: bool = False


def _section(code: str, value: float) -> str:
    """The part of a format for positive, negative or zero numbers; a semicolon in quotes parts nothing."""
    parts: list[str] = re.findall(r'(?:"[^"]*"|\\.|\[[^\]]*\]|[^;"\\\[])+', code)
    if len(parts) < 2 or code.count(";") >= len(parts) or value > 0:
        return parts[0] if parts else ""
    return parts[1] if value < 0 or len(parts) < 3 else parts[2]


@cache
def _shape(code: str) -> _Shape:
    plain, literal = "", []
    for quoted, escaped, currency, bare in _PIECE.findall(code.replace("\0", "")):
        if words := quoted or escaped or currency:
            plain += "\x00"
            literal.append(words)
        elif bare:
            plain += bare.lower()
    letters = "".join(char for char in plain if char in "ymdhs")
    if letters and "general" not in plain and not _DIGITS.search(plain.replace("s.0", "")):
        return _Shape(letters=letters, is_date=True)
    match = _DIGITS.search(plain)
    rest = plain[: match.start()] + plain[match.end() :] if match else ""
    if match is None or re.search(r"[#0?a-z/@%,]", rest) or ",." in f"{match.group()}.":
        return _Shape(letters=letters)  # General, text, fractions, powers of ten
    decimals = match.group(1) or match.group(3) or ""
    said = iter(literal)
    before, after = (
        "".join(next(said) if char == "\x00" else char for char in part).strip()
        for part in (plain[: match.start()], plain[match.end() :])
    )
    whole = match.group().partition(".")[0]
    percent = bool(match.group(2) or match.group(4))
    least = whole.count("0") if whole.strip("?") else 0
    optional = bool(decimals.strip("0"))
    return _Shape(len(decimals), max(least, "#" in whole), optional, "," in whole, percent, before, after, letters)
