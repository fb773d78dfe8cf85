"""Numbers as office programs write them in front of paragraphs: 三, 叁, 丙, ③, iii, c.

In: a count and the name that Office Open XML gives to a way of counting. Out: the numeral.
"""

from collections.abc import Callable

_HAN, _LEGAL = "零一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖"
_UNITS, _LEGAL_UNITS = ("", "十", "百", "千"), ("", "拾", "佰", "仟")
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = [
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
    (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
]  # fmt: skip


def numeral(count: int, way: str, digits: int = 0) -> str:
    """A count in a way of counting; plain digits for an unknown way, nothing for `none`.

    Args:
        digits: fill plain digits with zeros to so many.
    """
    write = _WAYS.get(way)
    return write(count) if write and 0 < count < 10_000 else "" if way == "none" else str(count).zfill(digits)


def han(count: int) -> str:
    """`十二`, `二十`, `一百零五`."""
    text = _positional(count, _HAN, _UNITS)
    return text[1:] if 10 <= count < 20 else text


def _positional(count: int, digits: str, units: tuple[str, ...]) -> str:
    text, written = "", str(count)
    for place, digit in zip(range(len(written) - 1, -1, -1), written, strict=True):
        if digit != "0":
            text += digits[int(digit)] + units[place]
        elif text and text[-1] != digits[0]:
            text += digits[0]
    return text.rstrip(digits[0])


def _roman(count: int) -> str:
    text = ""
    for value, letters in _ROMAN:
        text += letters * (count // value)
        count %= value
    return text


def _letters(count: int) -> str:
    """a, b, … z, aa, bb, … as Word does."""
    return chr(ord("a") + (count - 1) % 26) * min((count - 1) // 26 + 1, 30)


def _row(first: str, last: int) -> Callable[[int], str]:
    """Numerals that stand in a row in Unicode; plain digits past the last."""
    return lambda count: chr(ord(first) + count - 1) if count <= last else str(count)


def _cycle(signs: str) -> Callable[[int], str]:
    return lambda count: signs[(count - 1) % len(signs)]


def _circled(count: int) -> str:
    for first, last, start in ((1, 20, "①"), (21, 35, "㉑"), (36, 50, "㊱")):
        if first <= count <= last:
            return chr(ord(start) + count - first)
    return str(count)


_WAYS: dict[str, Callable[[int], str]] = {
    **dict.fromkeys(
        [
            "chineseCounting",
            "chineseCountingThousand",
            "japaneseCounting",
            "taiwaneseCounting",
            "taiwaneseCountingThousand",
        ],
        han,
    ),
    **dict.fromkeys(
        ["ideographDigital", "taiwaneseDigital", "japaneseDigitalTenThousand", "koreanDigital2"],
        lambda count: "".join("○一二三四五六七八九"[int(digit)] for digit in str(count)),
    ),
    **dict.fromkeys(
        ["chineseLegalSimplified", "ideographLegalTraditional", "japaneseLegal"],
        lambda count: _positional(count, _LEGAL, _LEGAL_UNITS),
    ),
    "ideographTraditional": _cycle(_STEMS),
    "ideographZodiac": _cycle(_BRANCHES),
    **dict.fromkeys(["decimalEnclosedCircle", "decimalEnclosedCircleChinese"], _circled),
    "decimalEnclosedParen": _row("⑴", 20),
    "decimalEnclosedFullstop": _row("⒈", 20),
    "ideographEnclosedCircle": _row("㊀", 10),
    **dict.fromkeys(
        ["decimalFullWidth", "decimalFullWidth2"],
        lambda count: "".join(chr(ord(digit) + 0xFEE0) for digit in str(count)),
    ),
    "decimalZero": lambda count: f"{count:02}",
    "upperRoman": lambda count: _roman(count).upper(),
    "lowerRoman": _roman,
    "upperLetter": lambda count: _letters(count).upper(),
    "lowerLetter": _letters,
}
