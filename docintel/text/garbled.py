"""Whether the text of a page is what stands on it, or what broken fonts and wrong encodings made of it.

In: text as a PDF or an OFD gives it. Out: whether a person would call it garbage, so that the page is better recognised
from its image. Short text is given the benefit of the doubt: numbers, names and rare characters alone are no garbage.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from functools import lru_cache

#: Glyph numbers that stand in for characters which a font does not name.
_GLYPH_NUMBERS = re.compile(r"\(cid:\d+\)|/g\d+|/G[0-9A-F]{2}")
#: More of these among the visible characters, and the page is garbage.
_MOST_BROKEN = 0.15
_MOST_RARE = 0.4
_MOST_ACCENTED = 0.3
_MOST_SYMBOLS = 0.6
#: Characters, and Han characters, below which nothing is said of how common they are: a table of names has rare ones.
_FEW, _FEW_HAN, _MANY_HAN = 20, 40, 100
#: Real pages have half of their Han characters from these, tables of names and places a fifth, random ones a twentieth.
_LEAST_COMMON = 0.1
_COMMON = frozenset(
    "的一是不了在有人这上大来和我个中地为以到说时要就出会可也你对生能而子那得于自年过发后作里用道行所然家种事成方多经么去"
    "法学如都同现当没动面起看定天分还进好小部其些主样理心本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知"
    "全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世"
    "位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目"
    "委监纪检违规党督查责整改治腐廉案件贪贿罚项目单医院金款元万采购管建设市县区镇村乡街道级局办室书记主任副长组织领导干部"
    "風黨們為國會來對時說過後發當還開從實見長關點業將兩間問應戰頭體進現無與機種"
)
#: Scripts that a page in Chinese may hold, besides Han: a letter of any other is rare here.
_KNOWN = re.compile(
    "[\x00-\u024f\u0370-\u03ff\u0400-\u04ff\u1100-\u11ff\u2000-\u2bff\u3000-\u33ff\uac00-\ud7af\ufe10-\ufe6f\uff00-\uffef]"
)
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]")
_ACCENTED = re.compile("[\u00a0-\u00ff]")
_ASCII_SYMBOL = re.compile(r"""[!"#$%&'(),/:;<>?@\[\\\]^`{|}~+]""")


def is_garbled(text: str) -> bool:
    """Whether most of the text cannot have been written by a person; False for text without a visible character."""
    visible = "".join(text.split())
    if not visible:
        return False
    counts = Counter(visible)
    numbered = sum(map(len, _GLYPH_NUMBERS.findall(visible)))
    if numbered + _sum_of(counts, _is_broken) > _MOST_BROKEN * len(visible):
        return True
    han = Counter({char: count for char, count in counts.items() if _HAN.match(char)})
    return _implausible_letters(counts - han, len(visible)) or _implausible_han(han)


def _sum_of(counts: Counter[str], test: Callable[[str], object]) -> int:
    return sum(count for char, count in counts.items() if test(char))


@lru_cache(maxsize=4096)
def _is_broken(char: str) -> bool:
    """Whether the character stands for nothing: no use outside one font, or not defined at all."""
    return char == "\ufffd" or unicodedata.category(char) in ("Cc", "Cn", "Co", "Cs")


def _implausible_letters(others: Counter[str], length: int) -> bool:
    """GBK read as Latin-1, letters shifted into punctuation, or letters of scripts that do not mix with Chinese."""
    if length < _FEW:
        return False
    if others.total() == length and _sum_of(others, _ASCII_SYMBOL.match) > _MOST_SYMBOLS * length:
        return True
    foreign = Counter({char: count for char, count in others.items() if not _KNOWN.match(char)})
    return _sum_of(others, _ACCENTED.match) > _MOST_ACCENTED * length or _is_mixture(foreign, length)


def _is_mixture(foreign: Counter[str], length: int) -> bool:
    """Whether many letters are of no script known here, and not of one other script that the page is written in."""
    blocks: Counter[int] = Counter()
    for char, count in foreign.items():
        blocks[ord(char) >> 8] += count
    return foreign.total() > _MOST_BROKEN * length and 2 * max(blocks.values()) < foreign.total()


def _implausible_han(han: Counter[str]) -> bool:
    total = han.total()
    if total < _FEW_HAN:
        return False
    if _sum_of(han, _is_rare) > _MOST_RARE * total:
        return True
    return total >= _MANY_HAN and _sum_of(han, _COMMON.__contains__) < _LEAST_COMMON * total


@lru_cache(maxsize=32768)
def _is_rare(char: str) -> bool:
    """Whether it is in the first level of neither GB 2312 (3,755 characters) nor Big5 (5,401)."""
    simplified = char.encode("gb2312", "ignore")
    traditional = char.encode("big5", "ignore")
    return not (b"\xb0" <= simplified[:1] < b"\xd8" or b"\xa4" <= traditional[:1] < b"\xc7")
