"""Acts told in plain words: `张三在验收单上签字,|受到党内警告处分`.

In: statements, and whether a headline or another sentence says that their people are dealt with. Out: the act of a
clause.
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
    r"(?:落马|被查|(?:岗位|部门|单位|系统|机关)(?:任职|工作))$|接受[^,]{0,6}调查|出生|参加工作|学历|任职|担任|历任|党员|到案|投案|自首|因病|去世|死亡|退休|辞职|认罪|认错|悔过|配合|如实|出生|户籍|是(?:他|她|其)?[^,]{0,6}(?:表[弟哥]|堂[弟兄]|亲戚|同学|朋友|妻子|儿子)|(?:业务|工作|能力|口碑)很"
    r"|(?:公司|集团|局|院|委|厅|部)(?:原|副)?[^,]{0,8}(?:长|书记|主任|经理|委员)$"
)
_NO_ACT_START = re.compile(
    r"(?:我|你|本人|各自|个人)?(?:累计|从中|分得|各分|各得|领取|获利|获取|获得|涉及|涉案|合计|共计|金额|折合|价值|多发|实际|得款|所得|经查|经[^,]{2,20}批准|等|同志|的|男|女|系|就?成为|是|任|曾任|现任|时任|已|目前|同时|还?因|均|被|受|于\d|在\d)"
)
#: `还把`, `他让`: somebody does something with or to somebody
_DOING = re.compile(r"(?:他|她|二人|两人|其)?(?:还|又|也|并|且|再|曾)*(?:把|将|让|帮|替|伙同|串通|对[^,]{2,16}不)")
#: What a plain lead-up ends in: `用已故人员信息重复申报,|套取补贴`.
_GAIN = re.compile(
    r"(?:从而|进而|并|以此|共|共计|累计)?(?:套取|骗取|骗领|冒领|侵占|侵吞|牟取|谋取|从中|(?:非法)?收受|索取)"
)


def plain_act(
    reading: Reading, statements: Sequence[Statement], number: int, *, shared: bool, dealt_with: bool
) -> Span | None:
    """The act that a clause begins to tell of the people that it names; it may go on in the clauses behind it.

    Args:
        reading: the document.
        statements: in text order.
        number: of the clause, an index into the statements.
        shared: it stands behind a headline that names several people; the clause must hold its subjects.
        dealt_with: the people of the clause are, as another sentence says.
    """
    statement, folded = statements[number], reading.folded
    if shared and (statement.carried or not statement.about or statement.about[-1].start < statement.clause.start):
        return None
    if not statement.about or not (_opens(statements, number) or (dealt_with and _goes_on(folded, statement))):
        return None
    start, end = max(statement.about[-1].end, statement.clause.start), statement.clause.end
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
    return next(trimmed(folded, start, end), None) if shared or dealt_with or is_dealt_with else None


def _opens(statements: Sequence[Statement], number: int) -> bool:
    """Whether a clause holds its subjects, or follows a clause that closes with them: `局长张三,|把钥匙交给了商人`."""
    statement = statements[number]
    if statement.carried:
        return False
    named = statement.about[-1]
    before = statements[number - 1].clause if number else statement.clause
    return named.start >= statement.clause.start or named.end == before.end


def _goes_on(folded: str, statement: Statement) -> bool:
    """Whether a clause tells what else its subjects did: `还|把参数交给了厂家`."""
    return bool(_DOING.match(folded, *statement.clause))


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
