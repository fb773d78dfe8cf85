"""Whether two documents are one work: the same notice, published again under another header.

In: documents. Out: a sketch by which the candidates among thousands are found, and the judgement on a pair, which is
symmetric. Texts are compared by their main text in letters and digits alone, so that punctuation, white space, script
and by-lines make no difference.
"""

import hashlib
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from docintel.schema import NOT_CONTENT, Document
from docintel.text.normalize import fold
from docintel.text.numerals import parse_number
from docintel.text.script import to_simplified

#: Raised when a sketch, or the judgement on a pair, becomes another: documents sketched before are sketched anew.
VERSION = 1
_SHINGLE = 5  # characters
_LEAST = 40  # shingles: so short a text is no work that others would republish
#: 42 bands of 3 find 99% of the pairs that share 47% of their shingles, the least of a work, and 4% of those that
#: share 10%, as reports on one subject do.
_BANDS, _ROWS = 42, 3
_AT_ONCE = 4096  # shingles: bounds the memory of a sketch
_PROMISING = 0.7  # by the sketches: three standard errors below `_CONTAINED`
#: Of the shorter text's shingles, how many stand in the longer. Pages of one work here have 1.0, a notice and a comment
#: on it 0.51 at most; a scan with every fiftieth character misread keeps 0.9.
_CONTAINED = 0.85
#: Shorter to longer: an excerpt of a report is not the report. A header of 200 letters is a large part of a short text.
_RATIO, _LONG_RATIO, _HEADER = 0.6, 0.8, 200
_MISREAD = 20  # one figure or name of so many may differ in text that was recognised from an image, else none
_ADDED = 12  # figures that a header, a footer or an editor's note may bring along
#: 央视网消息 · 中央纪委国家监委网站讯（记者 李明） · 本报青岚5月3日电, at the head of the first paragraph
_DATELINE = re.compile(r"[^。;\n]{0,40}?(?:讯|电|消息)(?:[:,\s]+|(?:\((?:通讯员|记者)[^)\n]{0,40}\)\s*)+)")
_NUMBER = re.compile(r"\d+(?:\.\d+)?|[〇零一二两三四五六七八九十百千万亿]+")
_LONGEST = 40  # digits; a longer run is no number
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
#: 中央纪委国家监委网站, 云栖县人民法院; not 中国纪检监察报
_ORGAN = re.compile(r"纪委|监委|纪检|监察|巡[视察]|党委|党组|委员会|政府|法院|检察院|办公[室厅]|[局厅部署]$")
_PRESS = re.compile(r"[日晚时]?报$|新闻|传媒|在线|客户端|公众号|电视台|出版")
#: 转自青岚清风 · 来源：某网（转载）; not 未经授权不得转载
_REPOSTED = re.compile(r"转自|(?<![得勿止迎需])转载(?:自|于|[:)]|$)")
_A, _B = (
    np.frombuffer(hashlib.shake_256(name).digest(4 * _BANDS * _ROWS), dtype="<u4") | np.uint32(odd)
    for name, odd in ((b"factor", 1), (b"summand", 0))
)


@dataclass(frozen=True, slots=True)
class Body:
    """What of a document is compared.

    Attributes:
        title: folded letters and digits.
        text: main text, folded, with its punctuation.
        letters: the same, letters and digits alone.
        shingles: hashes of the runs of five letters, sorted, each once.
        recognised: some of the text was recognised from an image.
        persons: names of persons in the main text, as `letters` has them.
        units: names of units, likewise.
    """

    title: str
    text: str
    letters: str
    shingles: NDArray[np.uint64]
    recognised: bool = False
    persons: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()

    @property
    def comparable(self) -> bool:
        """Whether there is enough of it to compare."""
        return len(self.shingles) >= _LEAST


def read_body(document: Document, persons: Iterable[str] = (), units: Iterable[str] = ()) -> Body:
    """The main text of a document, without title, by-lines, furniture and dateline."""
    script = to_simplified if document.language == "zh-Hant" else str
    blocks = (document.text[b.start : b.end] for b in document.blocks if b.kind not in NOT_CONTENT)
    text = fold(script("\n".join(blocks))).lower()
    dateline = _DATELINE.match(text)
    text = text[dateline.end() :] if dateline else text
    letters = _letters(text)

    def named(names: Iterable[str]) -> frozenset[str]:
        folded = (_letters(fold(script(name)).lower()) for name in names)
        return frozenset(name for name in folded if name in letters)

    return Body(
        title=_letters(fold(script(document.title)).lower()),
        text=text,
        letters=letters,
        shingles=np.unique(_shingles(letters)),
        recognised=document.confidence < 1,
        persons=named(persons),
        units=named(units),
    )


def _letters(folded: str) -> str:
    return "".join(filter(str.isalnum, folded))


def _shingles(letters: str) -> NDArray[np.uint64]:
    """A 64-bit hash of each run of five characters, in order: FNV-1a with a final mix."""
    codes = np.frombuffer(letters.encode("utf-32-le", "replace"), dtype="<u4").astype(np.uint64)
    count = max(0, len(codes) - _SHINGLE + 1)
    hashes = np.full(count, 0xCBF29CE484222325, dtype=np.uint64)
    for place in range(_SHINGLE):
        hashes = (hashes ^ codes[place : place + count]) * np.uint64(0x100000001B3)
    hashes = (hashes ^ (hashes >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    return hashes ^ (hashes >> np.uint64(33))


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is stored of a body to find the others like it; it depends on nothing but the text and `VERSION`.

    Attributes:
        signature: a MinHash, 126 numbers of four bytes; empty for a body too short to compare.
        shingles: how many there are.
        figures: hashes of its numbers, four bytes each; the second 12 has another than the first.
    """

    signature: bytes
    shingles: int
    figures: bytes


def sketch(body: Body) -> Sketch:
    """The sketch of a body.

    Source: Broder, On the Resemblance and Containment of Documents, 1997.
    """
    if not body.comparable:
        return Sketch(b"", len(body.shingles), b"")
    low = (body.shingles & np.uint64(0xFFFFFFFF)).astype(np.uint32)
    least = np.full(_BANDS * _ROWS, 0xFFFFFFFF, dtype=np.uint32)
    for at in range(0, len(low), _AT_ONCE):
        np.minimum(least, (_A[:, None] * low[at : at + _AT_ONCE] + _B[:, None]).min(axis=1), out=least)
    numbers = _figures(body.text, bare=True)
    figures = {zlib.crc32(f"{number} {n}".encode()) for number, count in numbers.items() for n in range(count)}
    return Sketch(least.astype("<u4").tobytes(), len(body.shingles), np.array(sorted(figures), dtype="<u4").tobytes())


def bands(signature: bytes) -> list[int]:
    """Keys, of 64 bits with sign, of which two documents of one work have one in common."""
    width = 4 * _ROWS
    pieces = [signature[at : at + width] for at in range(0, len(signature), width)]
    digests = (hashlib.blake2b(piece, digest_size=8, key=bytes([n])) for n, piece in enumerate(pieces))
    return [int.from_bytes(digest.digest(), "big", signed=True) for digest in digests]


def promising(one: Sketch, others: Sequence[Sketch]) -> list[int]:
    """Which of some sketches, none of them empty, are alike enough to compare the texts, by their places.

    Templates bring candidates by the hundred, so their signatures are compared all at once.
    """
    if not others:
        return []
    signatures = _numbers(b"".join(other.signature for other in others)).reshape(len(others), -1)
    alike = (signatures == _numbers(one.signature)).mean(axis=1)
    counts = np.array([other.shingles for other in others])
    less, more = np.minimum(counts, one.shingles), np.maximum(counts, one.shingles)
    near = np.flatnonzero(alike * (less + more) >= _PROMISING * (1 + alike) * less)
    return [place for place in near.tolist() if _figures_agree(one, others[place])]


def _figures_agree(one: Sketch, other: Sketch) -> bool:
    few, many = sorted((_numbers(one.figures), _numbers(other.figures)), key=len)
    return _tolerated(len(few) - int(np.isin(few, many, assume_unique=True).sum()), len(few), True)


def _numbers(packed: bytes) -> NDArray[np.uint32]:
    return np.frombuffer(packed, dtype="<u4")


def same_work(one: Body, other: Body) -> bool:
    """Whether one is the other, with no more than a header, a note or a misread character between them.

    The shorter text stands in the longer, with every number and every name in it, and the longer adds no person and few
    numbers: two months' bulletins share their wording, not these, and an excerpt lacks some.
    """
    short, long = sorted((one, other), key=lambda body: (len(body.letters), body.letters))
    if not short.comparable or _is_excerpt(len(short.letters), len(long.letters)):
        return False
    if np.isin(short.shingles, long.shingles, assume_unique=True).mean() < _CONTAINED:
        return False
    if _instalments(one.title, other.title):
        return False
    recognised = one.recognised or other.recognised
    figures, others = (_figures(body.text, bare=recognised) for body in (short, long))
    missing = (figures - others).total()
    return (
        _tolerated(missing, figures.total(), recognised)
        and (others - figures).total() - missing <= _ADDED
        and _names_agree(short.persons | short.units, long, recognised)
        and _names_agree(long.persons, short, recognised)
    )


def _is_excerpt(short: int, long: int) -> bool:
    return short < (_RATIO if long - short <= _HEADER else _LONG_RATIO) * long


def _names_agree(names: frozenset[str], other: Body, recognised: bool) -> bool:
    return _tolerated(sum(name not in other.letters for name in names), len(names), recognised)


def _tolerated(missing: int, count: int, recognised: bool) -> bool:
    return missing <= (count // _MISREAD if recognised else 0)


def _instalments(one: str, other: str) -> bool:
    """Whether titles differ by a number alone: 5月 and 6月, (上) is not told."""
    numbers = [[_value(number) for number in _NUMBER.findall(title)] for title in (one, other)]
    return numbers[0] != numbers[1] and _NUMBER.sub("", one) == _NUMBER.sub("", other)


def _figures(text: str, *, bare: bool) -> Counter[str]:
    """The numbers of a text, unless bare each with the letter behind it: 12起, 2023年; a lone 一 is rarely a number."""
    text = _THOUSANDS.sub("", text.replace(" ", ""))
    found = (match for match in _NUMBER.finditer(text) if match.group() != "一")
    ends = ((match.group(), match.end()) for match in found)
    return Counter(f"{_value(number)}{'' if bare else _letters(text[end : end + 1])}" for number, end in ends)


def _value(number: str) -> float | str:
    value = parse_number(number) if len(number) < _LONGEST else None
    return number if value is None else value


def precedence(document: Document) -> str:
    """A key by which the sources of a work are sorted, the one that counts first.

    Read in full before in part, an organ's own publication before a repost, then by date of publication, those
    without one last, and by id: the order in which files come in makes no difference.
    """
    publisher = document.publisher or ""
    around = [document.text[b.start : b.end] for b in document.blocks if b.kind in NOT_CONTENT]
    reposted = any(_REPOSTED.search(line) for line in fold("\n".join(around)).split("\n"))
    issued = bool(_ORGAN.search(publisher)) and not _PRESS.search(publisher) and not reposted
    return f"{len(document.missing) > 0:d}{not issued:d} {document.published or '9999'} {document.id}"


__all__ = ["VERSION", "Body", "Sketch", "bands", "precedence", "promising", "read_body", "same_work", "sketch"]
