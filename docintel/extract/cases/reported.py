"""People named as those whom an organ dealt with: `查处了|原局长张三`, `通报|局长李四等3起违规吃喝典型案例`.

In: a reading and its statements. Out: findings in text order.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from docintel.extract.cases.acts import is_wrong, split_acts
from docintel.extract.cases.consequences import general_in, notice_in
from docintel.extract.cases.findings import Finding
from docintel.extract.cases.sanctions import Sanction
from docintel.extract.cases.statements import Group, Statement
from docintel.extract.language.reading import Reading

#: what stands before the people; what belongs to their position may stand in between
_DEALT_WITH = re.compile(r"(?:严肃|立案)?查[处办](?:了|的)?(?:包括)?(?P<between>[^,。;:“”]{0,16})\Z")
_NOTICED = re.compile(r"(?:通报|曝光)了?(?P<between>[^,。;:“”]{0,16})\Z")
_REACH = 24
_NOTICED_BEHIND = re.compile(r"(?:[进予给][行以予])?(?:公开|点名)?(?:通报|曝光)(?!批评)")
#: Between the verb and the people: the verb is about something else.
_OTHER_OBJECT = re.compile(r"问题|案|线索|[起人名]|的|对|向|由|被|与|和|[后时]|(?:过程|工作|活动)中")
#: what stands behind those who were dealt with
_OBJECT_END = re.compile(
    r"\Z|[、和及]|在内|等(?:人|\d|[一二两三四五六七八九十]+[名人]|多[名人起]|一批|\Z|严重|违|案|腐败)"
    r"|(?:等(?:人)?)?(?:涉嫌)?(?:严重)?(?:违纪违法|违规违纪|违法|违纪|腐败|受贿|行贿|贪污|职务犯罪|挪用公款)+[^,。;]{0,8}(?:案|问题)"
    r"|(?:一|窝|串|系列)?案(?!情|子|卷|由|发|值)"
)
#: `等|3起|粮食购销领域腐败问题|典型案例`
_AND_LIKE = re.compile(
    r"等(?:人)?(?:\d+|[一二两三四五六七八九十]+|多)起(?P<act>[^,。;“”]{0,40}?(?:问题|(?=典型|案)))(?:典型)?(?:案例|案件|问题|案|)"
)


def find_reported(reading: Reading, statements: Iterable[Statement]) -> Iterator[Finding]:
    """That people were dealt with or named in a notice, where the clause has them as its object."""
    verb: Sanction | None = None
    before: Statement | None = None
    for statement in statements:
        if not statement.groups:
            verb = None
            continue
        low, high = statement.clause
        listing = verb if before and before.sentence is statement.sentence else None
        verb, before = None, statement
        for groups in () if statement.quoted else _runs(reading.folded, statement.groups):
            phrase, end = groups[0].phrase, groups[-1].end
            sanction = listing if listing and phrase == low else _verb_before(reading, low, groups[0])
            if sanction and _OBJECT_END.match(reading.folded, end, high):
                people = tuple(dict.fromkeys(person for group in groups for person in group.people))
                yield Finding(people, (phrase, high), "reported", sanction=sanction)
                verb = sanction if end == high else None
        yield from _noticed(reading, statement)


def _runs(folded: str, groups: Sequence[Group]) -> Iterator[Sequence[Group]]:
    """The people of a clause, those that it lists together: `局长张三、院长李四`."""
    begin = 0
    for i in range(1, len(groups) + 1):
        if i == len(groups) or groups[i].phrase != groups[i - 1].end + 1 or folded[groups[i - 1].end] not in "、和及":
            yield groups[begin:i]
            begin = i


def _verb_before(reading: Reading, low: int, group: Group) -> Sanction | None:
    """What says that somebody dealt with the people."""
    verb = _DEALT_WITH.search(reading.folded, max(low, group.phrase - _REACH), group.phrase)
    is_of_them = verb and not _OTHER_OBJECT.search(verb["between"])
    return general_in(reading, verb.start(), group.phrase) if verb and is_of_them else None


def _noticed(reading: Reading, statement: Statement) -> Iterator[Finding]:
    """The first of several whom a notice names: `通报|局长李四|等3起违规吃喝典型案例`."""
    folded, (low, high) = reading.folded, statement.clause
    for group in statement.groups:
        alike = _AND_LIKE.match(folded, group.end, high)
        if alike is None:
            continue
        verb = _NOTICED.search(folded, max(low, group.phrase - _REACH), group.phrase)
        before = verb and not _OTHER_OBJECT.search(verb["between"])
        if before or (folded.endswith("对", low, group.phrase) and _NOTICED_BEHIND.match(folded, alike.end(), high)):
            notice = notice_in(reading, low, high)
            acts = split_acts(folded, *alike.span("act")) if is_wrong(folded, *alike.span("act")) else ()
            quote = (group.phrase, alike.end())
            if notice:
                yield Finding(group.people, quote, "reported", sanction=notice)
                yield from (Finding(group.people, quote, "reported", act=act) for act in acts)
