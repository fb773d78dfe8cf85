"""Sentence and clause boundaries of Chinese official prose.

A sentence ends at 。！？, a line end or the tab between two cells, with what closes quotes and brackets behind
it. A clause ends at , ; : as well. Nothing is split inside a title `《…》` or a number `26,544`. Everything here takes
folded text (`docintel.text.normalize.fold`); its offsets are those of the text itself.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator

_CLOSERS = "”’」』)】〕\"'"
#: Both name first the characters that may end something, which the engine looks for fast, and say behind them when.
_SENTENCE_END = re.compile(rf"[。!?…\n\t](?:(?<=[。!?])[。!?]*[{re.escape(_CLOSERS)}]*|(?<=…)…+(?=\s|$)|(?<=[\n\t]))")
_CLAUSE_END = re.compile(r"[,;:…。!?](?:(?<=[,;:])(?:(?!\d{3}(?!\d))|(?<!\d[,;:]))|(?<=…)…+|(?<=[。!?])[。!?]*)[”’]*")
_PUNCTUATION = ",;:。!?… \n\t"
_CLOSED_BY = {"“": "”", "‘": "’"}
_OPENED_BY = {"”": "“", "’": "‘"}
_TITLE = re.compile(r"《[^《》\n]{1,80}》")


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _split(folded: str, start: int, end: int, boundary: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    has_title = folded.find("《", start, end) >= 0
    titles = [match.span() for match in _TITLE.finditer(folded, start, end)] if has_title else []
    begin = start
    for match in boundary.finditer(folded, start, end):
        before = bisect_left(titles, (match.start(),)) - 1 if titles else -1
        if before >= 0 and match.start() < titles[before][1]:
            continue
        span = _trim(folded, begin, match.end())
        if span[0] < span[1]:
            yield span
        begin = match.end()
    span = _trim(folded, begin, end)
    if span[0] < span[1]:
        yield span


def split_sentences(folded: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Spans of the sentences of `folded[start:end]`, in order, end punctuation included."""
    return list(_split(folded, start, len(folded) if end is None else end, _SENTENCE_END))


def split_clauses(folded: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Spans of the clauses of `folded[start:end]`, in order, without the punctuation that ends them.

    `走访商户26家、约谈业主7人` stays one clause: an enumeration comma does not end it.
    """
    spans = []
    for low, high in _split(folded, start, len(folded) if end is None else end, _CLAUSE_END):
        span = _strip(folded, low, high)
        if span[0] < span[1]:
            spans.append(span)
    return spans


def _strip(folded: str, start: int, end: int) -> tuple[int, int]:
    """Take off end punctuation, and quotes that open or close outside the span."""
    while True:
        end = start + len(folded[start:end].rstrip(_PUNCTUATION))
        if start == end:
            break
        first, last = folded[start], folded[end - 1]
        if last in _OPENED_BY and not _opens(folded, start, end):
            end -= 1
        elif first in _CLOSED_BY and folded.find(_CLOSED_BY[first], start, end) < 0:
            start += 1
        else:
            break
    return _trim(folded, start, end)


def _opens(folded: str, start: int, end: int) -> bool:
    """Whether the quote that closes at `end - 1` opens inside the span."""
    return folded.rfind(_OPENED_BY[folded[end - 1]], start, end - 1) >= 0
