"""Acts told in plain words: `张三在验收单上签字,|受到党内警告处分`.

In: statements, and whether a headline names several people of whom the text tells one by one. Out: the act of a clause.
No word of such a clause says that it is wrong; that people are dealt with for it does, or that it stands behind the
headline of their case.
"""

import re
from collections.abc import Sequence

from docintel.extract.cases.acts import is_aside, is_wrong, trimmed
from docintel.extract.cases.sanctions import general_sanction, split_sanctions
from docintel.extract.cases.statements import Statement
from docintel.extract.language.reading import Reading

Span = tuple[int, int]
_SHORTEST = 4
#: What somebody is, got or did to help: no act.
_NO_ACT = re.compile(
    r"出生|参加工作|学历|任职|担任|历任|党员|到案|投案|自首|因病|去世|死亡|退休|辞职|认罪|认错|悔过|配合|如实|出生|户籍"
    r"|(?:公司|集团|局|院|委|厅|部)(?:原|副)?[^,]{0,8}(?:长|书记|主任|经理|委员)$"
)
_NO_ACT_START = re.compile(
    r"(?:累计|从中|分得|各分|各得|领取|获利|获取|获得|涉及|涉案|合计|共计|金额|折合|价值|多发|实际|得款|所得|经查|经[^,]{2,20}批准|等|同志|的|男|女|系|是|任|曾任|现任|时任|已|目前|同时|还?因|均|被|受|于\d|在\d)"
)
#: What a plain lead-up ends in: `用已故人员信息重复申报,|套取补贴`.
_GAIN = re.compile(
    r"(?:从而|进而|并|以此|共|共计|累计)?(?:套取|骗取|骗领|冒领|侵占|侵吞|牟取|谋取|从中|(?:非法)?收受|索取)"
)


def plain_act(reading: Reading, statements: Sequence[Statement], number: int, *, shared: bool) -> Span | None:
    """The act that a clause begins to tell of the people that it names; it may go on in the clauses behind it.

    Args:
        reading: the document.
        statements: in text order.
        number: of the clause, an index into the statements.
        shared: it stands behind a headline that names several people.
    """
    statement, folded = statements[number], reading.folded
    if statement.carried or not statement.about or statement.about[-1].start < statement.clause.start:
        return None
    start, end = statement.about[-1].end, statement.clause.end
    if start >= end or not _is_plain(reading, start, end):
        return None
    goes_on, is_dealt_with = True, False
    for following in statements[number + 1 : number + 6]:
        low, high = following.clause.start, following.clause.end
        if following.sentence is not statement.sentence or following.groups or following.about != statement.about:
            break
        if split_sanctions(reading.text[low:high]):
            is_dealt_with = True
            break
        gains = bool(_GAIN.match(folded, low)) and is_wrong(folded, low, high)
        if goes_on and (gains or (_is_plain(reading, low, high) and not is_wrong(folded, low, high))):
            end = high
        goes_on = goes_on and end == high and not gains
    return next(trimmed(folded, start, end), None) if shared or is_dealt_with else None


def _is_plain(reading: Reading, start: int, end: int) -> bool:
    folded = reading.folded
    return (
        end - start >= _SHORTEST
        and not is_aside(folded, start, end)
        and not _NO_ACT.search(folded, start, end)
        and not _NO_ACT_START.match(folded, start, end)
        and not split_sanctions(reading.text[start:end])
        and not general_sanction(reading.text[start:end])
    )
