"""The list of attachments of an official document.

In: the lines of a document as text. Out: the names, as written, that stand behind `附件：`.
"""

import re
from collections.abc import Iterator, Sequence

from docintel.parse.metadata import written_date
from docintel.parse.wrapped_titles import organs
from docintel.text.normalize import fold
from docintel.text.script import to_simplified

#: 附件：1.台账 opens a list; 附件1 is the heading of an attachment.
_OPENING = re.compile(r"附\s?(?:件|表)?\s?:\s?")
_EACH = re.compile(r"附件\s?(?P<number>\d{1,2})\s?:\s?(?=\S)")
_NUMBER = re.compile(r"(?:(?<=\s)|^)(?P<number>\d{1,2})\s?(?:[、)]|\.(?!\d(?!\d{3}年)))\s?(?=\S)")
_LONGEST = 120
_BRACKETS = (("《", "》"), ("(", ")"), ("“", "”"))


def attachments(lines: Sequence[str]) -> tuple[str, ...]:
    """The names of the first list of attachments; empty where there is none."""
    plain = [to_simplified(fold(line)) for line in lines]
    for i, text in enumerate(plain):
        if opening := _OPENING.match(text):
            names = _names(lines, plain, i, opening.end())
        elif (each := _EACH.match(text)) and each["number"] == "1" and _EACH.match("".join(plain[i + 1 : i + 2])):
            names = list(_headed(lines, plain, i))
        else:
            continue
        if names and all(0 < len(name) <= _LONGEST for name in names):
            return tuple(names)
    return ()


def _headed(lines: Sequence[str], plain: Sequence[str], i: int) -> Iterator[str]:
    """附件1：…, 附件2：…, one a line."""
    while i < len(plain) and (each := _EACH.match(plain[i])):
        yield _trimmed(lines[i][each.end() :])
        i += 1


def _names(lines: Sequence[str], plain: Sequence[str], i: int, start: int) -> list[str]:
    """The names from `lines[i][start:]` on: numbered from 1 over several lines, or one without number."""
    names = _numbered(lines[i][start:], plain[i][start:], 1)
    if not names and plain[i][start:].strip():
        return [_trimmed(lines[i][start:])]
    for k in range(i + 1, len(lines)):
        more = _numbered(lines[k], plain[k], len(names) + 1)
        if more:
            names += more
        elif names and _goes_on(names[-1], plain, k, len(names) + 1):
            names[-1] += _trimmed(lines[k])
        else:
            break
    return names


def _numbered(text: str, plain: str, first: int) -> list[str]:
    """The names in a line that opens with the number `first`; empty where it does not."""
    marks = [match for match in _NUMBER.finditer(plain)]
    marks = [match for n, match in enumerate(marks, first) if int(match["number"]) == n]
    if not marks or plain[: marks[0].start()].strip():
        return []
    ends = [*(match.start() for match in marks[1:]), len(text)]
    return [_trimmed(text[match.end() : end]) for match, end in zip(marks, ends, strict=True)]


def _goes_on(name: str, plain: Sequence[str], k: int, following: int) -> bool:
    """Whether line `k` is the rest of a name: a bracket is open, or the next line goes on with the list."""
    if not plain[k] or len(plain[k]) > _LONGEST // 2 or written_date(plain[k]) or organs(plain[k]):
        return False
    folded = fold(name)
    if any(folded.count(opening) > folded.count(closing) for opening, closing in _BRACKETS):
        return True
    return k + 1 < len(plain) and bool(_numbered(plain[k + 1], plain[k + 1], following))


def _trimmed(name: str) -> str:
    return " ".join(name.split()).rstrip(" 。；;")
