"""Characters of symbol fonts, which have no code of their own, to the Unicode characters that look like them."""

_WINGDINGS = {
    0x6C: "●", 0x6E: "■", 0x6F: "□", 0x71: "□", 0x72: "□", 0x74: "◆", 0x75: "◆", 0x9E: "·", 0x9F: "•", 0xA1: "○",
    0xA7: "■", 0xA8: "□", 0xB7: "•", 0xD8: "➢", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑",
} | {0x81 + i: chr(ord("①") + i) for i in range(10)}  # fmt: skip
_WINGDINGS_2 = {0x50: "✓", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0x98: "•", 0xA3: "□"}
_SYMBOL = {
    0x44: "Δ", 0x6D: "μ", 0xA3: "≤", 0xB1: "±", 0xB3: "≥", 0xB4: "×", 0xB7: "•", 0xB8: "÷", 0xB9: "≠", 0xBB: "≈",
}  # fmt: skip
_FONTS = {"wingdings": _WINGDINGS, "wingdings 2": _WINGDINGS_2, "symbol": _SYMBOL}
#: Stands for a character that only its font knows, as print shops mark one.
UNKNOWN = "〓"


def symbol(code: int, font: str = "") -> str:
    """The character that a code stands for in a font; `〓` where only the font knows.

    Args:
        code: also from U+F020 to U+F0FF, where Word keeps the characters of symbol fonts.
        font: its name; for one that is no known symbol font the code is the character's own.
    """
    signs = _FONTS.get(font.strip().lower())
    if signs is not None:
        return signs.get(code & 0xFF, UNKNOWN)
    if 0xF020 <= code <= 0xF0FF:
        return _WINGDINGS.get(code & 0xFF) or (chr(code - 0xF000) if code <= 0xF07E else UNKNOWN)
    return chr(code) if 0x20 <= code < 0xD800 or 0xF900 <= code <= 0xFFFD else UNKNOWN
