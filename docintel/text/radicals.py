"""Radicals and compatibility ideographs to the ordinary characters that they look like.

In: text as a PDF's fonts map it: exports of WPS, Word and browsers give U+2F08 for 人 and U+2ED3 for 长. Out: the same
text, of the same length, with the characters that people type; all else stays as written.
"""

import unicodedata

#: Simplified forms and full characters of the block of radical supplements, which have no compatibility form of their
#: own. Source: Unicode Character Database, EquivalentUnifiedIdeograph.txt.
_SUPPLEMENT = {
    **dict(zip("⺀⺃⺅⺇⺌⺍⺎⺒⺓⺔⺖⺗⺘⺙⺛⺝⺞⺠", "冫乚亻几小小兀巳幺彑忄㣺扌攵旡月歺民", strict=True)),
    **dict(zip("⺡⺢⺣⺤⺥⺦⺨⺩⺪⺫⺬⺭⺮⺯⺰⺱⺲⺶", "氵氺灬爫爫丬犭王疋目示礻竹糹纟罓罒羊", strict=True)),
    **dict(zip("⺹⺺⺼⺽⺾⻁⻂⻃⻄⻅⻆⻈⻉⻋⻌⻐⻑⻒", "耂肀月臼艹虎衤覀西见角讠贝车辶钅長镸", strict=True)),
    **dict(zip("⻓⻔⻖⻗⻘⻙⻚⻛⻜⻝⻟⻠⻢⻣⻤⻥⻦⻧", "长门阝雨青韦页风飞食飠饣马骨鬼鱼鸟卤", strict=True)),
    **dict(zip("⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲", "麦黄黾斉齐歯齿竜龙龜亀", strict=True)),
}
_RANGES = [(0x2E80, 0x2FDF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F)]


def _table() -> dict[int, str]:
    table = {ord(radical): char for radical, char in _SUPPLEMENT.items()}
    for first, last in _RANGES:
        for code in range(first, last + 1):
            folded = unicodedata.normalize("NFKC", chr(code))
            if folded != chr(code) and len(folded) == 1:
                table[code] = folded
    return table


_TABLE = _table()


def without_radicals(text: str) -> str:
    """The text with the ordinary character for each radical and compatibility ideograph; of the same length."""
    return text.translate(_TABLE)
