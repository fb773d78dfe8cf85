"""Bytes of unknown encoding to text.

In: the bytes of a text or HTML file. Out: the text, the encoding it was read with, and whether bytes were lost.
Order: byte order mark; strict UTF-8; UTF-16 and UTF-32 by plausibility; then whichever of GB18030, Big5 and (where it
is broken) UTF-8 gives the most everyday characters, for most bytes of the one are valid in the other; chardet where
none gives any. A charset that a page declares is not asked: it is wrong too often, and never needed.
"""

import codecs
import re
from collections.abc import Iterator
from typing import NamedTuple

import chardet

from docintel.text.script import to_simplified

_MARKS = [
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
_WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
_EXPECTED = re.compile(r"[\t\n\r -~\u2010-\u2027\u3000-\u303f\u4e00-\u9fff\uff01-\uff5e]")
#: Most frequent Chinese characters: nine of ten in official prose, one of eight in any text read with a wrong codec.
_FREQUENT = frozenset(
    "一人不的是在有中了年市医委大院上会要个为和对国出以来发问开公部到题监行理全这主分地长家用成我工民下纪务生管月他党时作员说政学子三同集现查处县购点科动任区心整业收"
    "关治等元于进过风就后度清自日起建方重万改采设受把也们得者报项案经规定资法之二位察小名前材次第多面入机通可实道组本看专领体表金其程制合事接数廉内门记立代高包将明能"
    "责还药展村检耗办回着督情里书去天教手文条由已间单力从所产与期好局级目都费标新议当网信被头场化安团外支权件你共健东违各见话食首室些口平卫种正统如系交南量计而意提每"
    "并推备保水品干原没台物导两然么向让及四红加取最那严况职城身总常利比使北至企只相农审打反军电评无育十江河此库源该持商别警今性群线众财布山示投石校先吃但决招账给结变"
    "应省又流想页放底核云基路洁承少术服白指住西五域号巡价转做息司更据谈供形近论送约节她湾患因海负举样未青强调活运直存战气特镇师光解告府织知型字批则乡属粮扣社占值求果"
    "堂联病完编武余老式亲声置世几或步请律副待试召走义再选算礼除范修半效班达销湖突某认列阳才增美额便站观访张排图构例格己汉守环州队什验边户必留却险很类米眼参订限儿岗技"
)
_PUNCTUATION = frozenset("，。、；：？！“”‘’（）《》〈〉【】〔〕—…·\u3000％＋－／０１２３４５６７８９")
_SAMPLE = 8192
#: The judgement of an encoding rests on so many bytes from the first that is no ASCII.
_JUDGED = 16384
_PLAUSIBLE = 0.9
_CONFIDENT = 0.6
#: A text that scores less holds no Chinese prose.
_READABLE = 0.3
#: By so much another encoding must be better than strict GB18030 to be believed.
_BETTER = 0.15


class Decoded(NamedTuple):
    """Text, the encoding it was read with, and whether every byte was valid in it."""

    text: str
    encoding: str
    intact: bool


def decode(data: bytes) -> Decoded:
    """Decode bytes of unknown encoding; never fails, invalid bytes become U+FFFD."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strictly(data, encoding) or _loosely(data, encoding)
    for encoding in _sure(data):
        if decoded := _strictly(data, encoding):
            return decoded
    for encoding in _WIDE:
        if _plausible(data, encoding):
            return _strictly(data, encoding) or _loosely(data, encoding)
    return _likeliest(data)


def _sure(data: bytes) -> Iterator[str]:
    """UTF-8, which no other text is by chance; zero bytes speak for UTF-16, but a text may hold some."""
    if b"\0" not in data[:_SAMPLE] or not any(_plausible(data, encoding) for encoding in _WIDE):
        yield "utf-8"


def _plausible(data: bytes, encoding: str) -> bool:
    """Whether the start of the data reads as Chinese text in a wide encoding without byte order mark."""
    width = 4 if "32" in encoding else 2
    sample = data[: min(len(data) // width * width, _SAMPLE)]
    if len(sample) < 2 * width:
        return False
    text = sample.decode(encoding, "replace")
    expected = len(_EXPECTED.findall(text)) >= _PLAUSIBLE * len(text)
    return expected and (text.isascii() or _readability(text) >= _READABLE)


def _likeliest(data: bytes) -> Decoded:
    """The encoding that reads best; of equals the first, of GB18030 without a broken byte more than that."""
    sample = _from_first_high_byte(data)
    scores = {name: _readability(_beginning(sample, name)) for name in ("gb18030", "utf-8", "big5hkscs")}
    if strict := _strictly(data, "gb18030"):
        scores["gb18030"] += _BETTER
    best = max(scores, key=lambda name: scores[name])
    if scores[best] < _READABLE and not strict and (guessed := _guess(data)):
        return guessed
    if best == "gb18030" and strict:
        return strict
    return _strictly(data, best) or _loosely(data, best)


def _from_first_high_byte(data: bytes) -> bytes:
    """A stretch that begins behind ASCII, at the start of a line where there is one."""
    high = re.search(rb"[\x80-\xff]", data)
    start = data.rfind(b"\n", 0, high.start()) + 1 if high else 0
    return data[start : start + _JUDGED] if high and high.start() - start < _JUDGED // 2 else data[-_JUDGED:]


def _beginning(sample: bytes, encoding: str) -> str:
    """The sample as text; a character that it cuts in two at its end is left out."""
    return codecs.getincrementaldecoder(encoding)("replace").decode(sample)


def _readability(text: str) -> float:
    """The share of everyday characters among those that are no ASCII, from -1 to 1; lost ones count against it."""
    wide = [char for char in to_simplified(text) if char > "\x7f"]
    good = sum(char in _FREQUENT or char in _PUNCTUATION for char in wide)
    bad = sum(not ("\u4e00" <= char <= "\u9fff" or char in _PUNCTUATION) for char in wide)
    return (good - bad) / max(1, len(wide))


def _strictly(data: bytes, encoding: str) -> Decoded | None:
    try:
        return Decoded(data.decode(encoding), encoding, intact=True)
    except (UnicodeError, LookupError):
        return None


def _loosely(data: bytes, encoding: str) -> Decoded:
    return Decoded(data.decode(encoding, "replace"), encoding, intact=False)


def _guess(data: bytes) -> Decoded | None:
    """What chardet is sure of, where every byte is valid in it."""
    found = chardet.detect(data[: 8 * _SAMPLE])
    encoding = found["encoding"]
    return _strictly(data, encoding) if encoding and (found["confidence"] or 0) >= _CONFIDENT else None
