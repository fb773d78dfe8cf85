"""How many lines a title takes.

In: the lines from the title's first on, as text. Out: how many of them are the title: a title is broken over lines at
the mercy of its setting, and goes on where its words are open: `关于开展…|…工作的通知`, `云栖县卫生健康局|关于…`.
"""

import re
from collections.abc import Sequence

from docintel.parse.lines import kind_of
from docintel.text.normalize import fold
from docintel.text.outline import numbering
from docintel.text.script import to_simplified

#: What a document can be called; with 关于 before, a title is whole when it ends in one.
_KINDS = (
    "通知|通报|报告|意见|决定|决议|函|请示|批复|公告|通告|方案|办法|规定|纪要|议案|命令|公报|情况|总结|讲话|建议书?|细则|规划|计划"
    "|要点|条例|答复|说明|台账|清单|制度|规则|汇报|材料|提示|倡议书?|公示|名单|预案|案例"
)
_WHOLE = re.compile(rf"(?:{_KINDS})(?:\s?\([^()]{{1,14}}\))*$")
#: Words that a title does not end in.
_OPEN = re.compile(r"(?:[、的和与及暨对在以将并]|关于|印发|转发|批转|开展|进一步|贯彻落实)$")
_ORGAN = re.compile(
    r"(?:中共|中国共产党)?[\u4e00-\u9fff()·]{2,40}(?:委员会|纪委|监委|[委局院室组部厅府校会科办处所站社团庭队署]|公司|集团|中心"
    r"|大学|学院|银行)"
)
_NO_ORGAN = re.compile(r"关于|在|对|各|本|上述|相关|有关")
_BRACKETS = (("《", "》"), ("“", "”"), ("(", ")"))
_MARKS = frozenset("。!?;")
_LONGEST, _MOST_LINES = 60, 5


def title_lines(lines: Sequence[str]) -> int:
    """The number of lines, at least 1, that the title at the first of `lines` takes."""
    plain = [to_simplified(fold(line)) for line in lines[: _MOST_LINES + 1]]
    count = 1
    while count < min(len(plain), _MOST_LINES) and _may_go_on(plain[count]):
        title = "".join(plain[:count])
        if not (_is_open(title) or _names_issuer(title, plain[count]) or _closes(title, plain[count:])):
            break
        count += 1
    return count


def organs(line: str) -> list[str]:
    """The organisations that a line is made of and of nothing else; letters set apart are put together."""
    words = to_simplified(fold(line)).split()
    if any(len(word) == 1 for word in words):
        words = ["".join(words)]
    good = all(_ORGAN.fullmatch(word) and not _NO_ORGAN.match(word) for word in words)
    shown = line.split() if len(words) > 1 else ["".join(line.split())]
    return shown if good else []


def _may_go_on(line: str) -> bool:
    if len(line) > _LONGEST or line.endswith((":", ",")) or any(mark in line for mark in _MARKS):
        return False
    return numbering(line) is None and kind_of(line) is None


def _is_open(title: str) -> bool:
    unclosed = any(title.count(opening) > title.count(closing) for opening, closing in _BRACKETS)
    return unclosed or _OPEN.search(title) is not None


def _names_issuer(title: str, following: str) -> bool:
    """`云栖县人民政府办公室` over `关于…`."""
    return following.startswith(("关于", "印发", "转发")) and bool(organs(title))


def _closes(title: str, following: Sequence[str]) -> bool:
    """Whether a title with 关于 is not whole yet, and one of the next lines makes it so."""
    if "关于" not in title or _WHOLE.search(title):
        return False
    for line in following[:2]:
        if not _may_go_on(line) or "关于" in line:
            return False
        if _WHOLE.search(line):
            return True
    return False
