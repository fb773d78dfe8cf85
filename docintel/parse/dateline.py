"""When a text was published, as the lines around its body tell that are no by-lines: `（某某日报　2023年5月6日）`.

In: the lines of a document without its title, furniture and tables. Out: a date as `YYYY-MM-DD`; None where none stands
by itself. A date that a sentence tells is of what happened, and not when it was published.
"""

import re
from collections.abc import Sequence
from datetime import date
from itertools import takewhile

from docintel.parse.metadata import dates_in, plain

#: A line, and where in it which date stands.
_Found = tuple[str, int, str | None]
_HEAD, _FOOT = 6, 3
#: The longest line that is no running text, in characters.
_LONGEST = 80
_SENTENCE = re.compile("[。!?;]|:$")
_PUBLISHED = r"发布(?:时间|日期)\s?:?\s?$"
_LABEL = rf"{_PUBLISHED}|(?:发文|发表|发稿|公开|公布|成文|印发|刊发|刊登|制表)(?:时间|日期)?\s?:?\s?$|刊期\s?:?\s?$"
#: What stands right before and behind a date by itself: （某报 …）, 《某报》…第2版, ——…在某会上, 刊期:….
_BEFORE = re.compile(rf"(?:^|[\s(|])(?:{_LABEL})|^\(?日期\s?:?\s?$|^[^:]*(?:^|[\s(《》|·—]|--)$")
_BEHIND = re.compile(r"$|[\s)|,]|在.{2,60}上\)?$")
#: Of another time than that of publication.
_ANOTHER = re.compile(
    r"期间|期限|时限|截[至止]|完成|施行|实施|生效|开始|结束|起|至|到|以前|之前|出生|生于|成立|立案|入职|任职|签订|签署|有效|打印|检查"
)
#: A line that names another file, or counts something up.
_LISTED = re.compile(r"附[件表]|\d{1,2}[.、](?!\d)")
#: How a text opens that tells its date: 发布时间:…, （某局 …）, 某社某地…电.
_OPENING = re.compile(
    r"(?:发布|发文|发表|发稿|公开|成文)(?:时间|日期)\s?:?\s?|\([^():。;于]{0,30}|[\u4e00-\u9fff]{2,6}社[\u4e00-\u9fff]{1,10}"
)
_CLOSING = re.compile(r"\s|[^()。;]{0,20}\)|[电讯]")


def dateline(lines: Sequence[str], *, says_published: bool = False) -> str | None:
    """The date of the short lines above the body, else of its opening, else of the short lines below it.

    Args:
        says_published: only one that is called the day of publication: 发布时间:….
    """
    folded = [plain(line).strip() for line in lines]
    head = list(takewhile(_is_short, folded[:_HEAD]))
    opening = folded[len(head) : len(head) + 1]
    foot = list(takewhile(_is_short, folded[: len(head) : -1]))[:_FOOT]
    today = date.today().isoformat()
    for line, start, day in (*map(_alone, head), *map(_opens, opening), *map(_alone, foot)):
        if day and day <= today and (not says_published or re.search(_PUBLISHED, line[:start])):
            return day
    return None


def _is_short(line: str) -> bool:
    return len(line) <= _LONGEST and not _SENTENCE.search(line)


def _alone(line: str) -> _Found:
    """The one date of a line that stands there by itself."""
    found = list(dates_in(line))
    if len(found) != 1 or _ANOTHER.search(line) or _LISTED.match(line):
        return line, 0, None
    ((start, end, day),) = found
    return line, start, day if _BEFORE.search(line[:start]) and _BEHIND.match(line[end:]) else None


def _opens(line: str) -> _Found:
    """The date that a paragraph opens with."""
    start, end, day = next(dates_in(line[: 2 * _LONGEST]), (0, 0, None))
    closing = _CLOSING.match(line[end:])
    is_told = _OPENING.fullmatch(line[:start]) and closing and not _ANOTHER.search(line[: end + closing.end()])
    return line, start, day if is_told else None
