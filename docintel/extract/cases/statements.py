"""Of whom each clause speaks: the people it names, and whom it is still about when it names nobody.

In: a reading, its persons and unit mentions. Out: one `Statement` a clause.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from docintel.extract.cases.acts import act_in_case_name
from docintel.extract.cases.unnamed_subjects import unnamed_in
from docintel.extract.language.lexicon import alternation, load
from docintel.extract.language.reading import Clause, Reading, Sentence, at, within
from docintel.extract.units.units import UnitMention
from docintel.schema import Person
from docintel.text.numerals import parse_number

_WORDS = load("cases")
_JOINT = re.compile(r"、|和|及|与|以及")
_KIN = (
    "(?:妻子|丈夫|儿子|女儿|儿媳|女婿|弟弟|哥哥|姐姐|妹妹|父亲|母亲|岳父|岳母|外甥|侄子|亲属|亲戚|情人|司机|同学|朋友"
    "|特定关系人)"
)
_GOVERNED = re.compile(rf"(?:{alternation(_WORDS['prepositions'])})(?:其|该|了)?\Z|(?:通过|借|用|经)其{_KIN}\Z")
#: The longest of these.
_GOVERNOR_REACH = 8
#: `对|局长张三、副局长李四|给予处分`
_DEALT_WITH = re.compile(r"[^。;]{0,40}?(?:给予|予以|作出|处以|进行|立案|采取)")
_ATTRIBUTE = re.compile(
    r"的|案|等(?:单位|企业|公司|个人|多家|有关)|这样|同志为核心|(?:总书记|同志)?(?:关于|在[^,]{2,20}上[^,]{0,6}(?:讲话|指示|论述|批示|致辞)|重要)"
)
_OTHERS = re.compile(
    r"该[县市区镇乡州旗]|各[级地]|(?:约谈|问责|追责|处理|批评教育|通报批评)[^,。;]{0,10}[0-9]+余?[名人家]|[^,。;]{0,8}?(?:主任|[局院校站所科处部队]长|负责人|经理)负有?[^,。;]{0,8}责任|[我你咱](?:们|院|委|局|校|厂|公司|单位)?|(?:另)?(?:[0-9]+|[一二两三四五六七八九十]{1,3})余?名|[0-9]+人(?=被|受到)|(?:对|其中)?(?:其他|其余|相关|有关|涉案|同案|另有|另外)[^,]{0,8}(?:人|干部|单位)"
    r"|某[^,某]{1,12}?(?:公司|企业|单位|医院|中心|机构|个体户)|(?:施工|中标|供货|涉案|承建|监理|建设|设计|涉事)(?:单位|企业|公司|方)"
    rf"|(?!通过|借|用|利用|伙同|授意|帮|{alternation(_WORDS['prepositions'])})[^,。;对被因在将把其]{{2,10}}?"
    r"(?:党委|党组|党总支|党支部)(?=对|因|在|被|未|将|违规|多次|也)"
)
_SPEECH = re.compile(alternation(_WORDS["speech"]))
#: `将标底|告知投标人`, `违规向供应商|透露`
_LEAKED = re.compile(r"[将把][^,。;]{2,40}(?:告知|告诉|透露|通报给|介绍给)|违规向[^,。;]{2,16}(?:透露|告知)")
#: `|三人|均被开除党籍`: all who were named before, where they are so many.
_ALL = re.compile(
    r"(?:上述|以上|这)?(?P<many>[二两三四五六七八九十]|\d)(?:名(?:[^,。;]{0,4}(?:人|干部))?|人)(?=均|都|分别|先后|因|被|受到|也|共|一起|已)"
)
#: `责令|某局党支部作出检查`: a unit is dealt with.
_ON_UNIT = re.compile(r"(?:并|同时|另)?(?:责令|给予|对|建议)")
#: `市监委|给予其|政务处分`
_ON_THEM = re.compile(r"[^,]{0,20}?(?:给予|对|将|免去|撤销)其(?![他余中])")
#: `最后停了|他|处方权半年` behind a clause about others
_THEY = re.compile(r"(?<!其)[他她](?![们人国乡山])")
#: `与结算员张三|合谋`
_COMPLICE = re.compile(r"等?[^,。;]{0,4}?(?:合谋|共谋|同谋|串通|勾结|合伙|共同|一起|联手)")


@dataclass(frozen=True, slots=True)
class Group:
    """People named together (`张三、李四`).

    Attributes:
        start: first character of the first name.
        end: one past the last name.
        phrase: first character of the unit and position written before the first name.
        people: indexes into the persons, in text order.
        governed: a preposition stands before, or 的 behind; the clause is about somebody or something else.
    """

    start: int
    end: int
    phrase: int
    people: tuple[int, ...]
    governed: bool


class Statement(NamedTuple):
    """A clause and whom it is about.

    Attributes:
        sentence: the sentence that holds it.
        groups: the people it names.
        about: its subjects; those of the clauses before where it names none.
        carried: the subjects were named in an earlier sentence.
        quoted: somebody is being quoted.
        next_subject: where a later clause of the sentence opens with somebody; None where none does.
    """

    clause: Clause
    sentence: Sentence
    groups: tuple[Group, ...]
    about: tuple[Group, ...]
    carried: bool
    quoted: bool
    next_subject: int | None = None


def naming(statements: Sequence[Statement], mentions: Sequence[UnitMention]) -> Iterator[tuple[int, list[UnitMention]]]:
    """The numbers of the statements that name units, in order, each with those that begin in its clause."""
    starts = [statement.clause.start for statement in statements]
    inside: defaultdict[int, list[UnitMention]] = defaultdict(list)
    for mention in mentions:
        number = bisect_right(starts, mention.start) - 1
        if number >= 0 and mention.start < statements[number].clause.end:
            inside[number].append(mention)
    yield from inside.items()


def read_statements(
    reading: Reading, persons: Sequence[Person], mentions: Sequence[UnitMention]
) -> Iterator[Statement]:
    """One statement for every clause of the content, in text order."""
    groups = list(find_groups(reading, persons, mentions))
    about: tuple[Group, ...] = ()
    block, named_in = -1, -1
    named: dict[int, Group] = {}  # the people of the block
    last: tuple[Group, ...] = ()  # whom its pronouns mean: 查处了副院长张三,|他|收受好处
    for sentence in reading.sentences:
        if sentence.block != block:
            about, block, named, last = (), sentence.block, {}, ()
        inside = within(groups, sentence.start, sentence.end)
        if not (inside or about or last or named):
            yield from (Statement(clause, sentence, (), (), carried=True, quoted=False) for clause in sentence.clauses)
            continue
        pending: tuple[Group, ...] = ()
        opened = {clause.start for clause in sentence.clauses} if inside else ()
        openers = [group.phrase for group in inside if group.phrase in opened]
        nameless: list[Clause] = []
        for clause in sentence.clauses:
            here = tuple([g for g in within(inside, clause.start, clause.end) if not _is_turn(reading, g)])
            subjects = _subjects(reading.folded, here) or _all_of(reading, clause, named)
            named.update((person, group) for group in here for person in group.people)
            quoted = bool(subjects) and _is_speaking(reading.folded, subjects[-1].end, clause.end)
            last = here or last
            if subjects:
                about, named_in = pending + subjects, sentence.start
            elif not about and not here and len(last) == 1 and _THEY.search(reading.folded, *clause):
                about = last
            elif (
                about
                and not _ON_THEM.match(reading.folded, *clause)
                and (_has_other_subject(reading.folded, mentions, clause) or unnamed_in(reading, [*nameless, clause]))
            ):
                about = ()
            nameless = [] if here else [*nameless, clause]
            listed = bool(here) and here[-1].end == clause.end
            pending = about if listed else ()
            behind = bisect_left(openers, clause.end)
            next_subject = openers[behind] if behind < len(openers) else None
            yield Statement(clause, sentence, here, about, named_in != sentence.start, quoted, next_subject)
            if quoted:
                about = last = ()


def _is_speaking(folded: str, start: int, end: int) -> bool:
    """`张三:` in an interview, `张三介绍,` in a report."""
    return folded[start : start + 1] == ":" or bool(
        _SPEECH.search(folded, start, end) and not _LEAKED.search(folded, start, end)
    )


def _is_turn(reading: Reading, group: Group) -> bool:
    """`张三:` and `[张三]` before what he says in an interview."""
    block = reading.block_at(group.start)
    start = group.start - (reading.folded[group.start - 1 : group.start] == "[")
    return block is not None and block.start == start and reading.folded[group.end : group.end + 1] in {":", "]"}


def _subjects(folded: str, groups: Sequence[Group]) -> tuple[Group, ...]:
    """The first people that no preposition governs, with those listed behind them: `局长张三、副局长李四`."""
    free = [group for group in groups if not group.governed]
    if not free:
        return ()
    subject = free[0]
    for group in free[1:]:
        joints = {"、", "和", "及", "与"} if _COMPLICE.match(folded, group.end) else {"、", "和", "及"}
        if folded[subject.end : subject.end + 1] not in joints:
            break
        subject = replace(subject, end=group.end, people=(*subject.people, *group.people))
    return (subject,)


def _has_other_subject(folded: str, mentions: Sequence[UnitMention], clause: Clause) -> bool:
    """A unit or unnamed others open the clause: `其他责任人受到相应处理`; or a unit is dealt with: `责令某局整改`."""
    on_unit = _ON_UNIT.match(folded, *clause)
    starts = {clause.start, on_unit.end() if on_unit else clause.start}
    firsts = (at(mentions, start) for start in starts)
    return bool(_OTHERS.match(folded, clause.start)) or any(it is not None and it.start in starts for it in firsts)


def _all_of(reading: Reading, clause: Clause, named: Mapping[int, Group]) -> tuple[Group, ...]:
    """All people of the block together, where a clause begins with how many they are: `三人均被开除党籍`."""
    match = _ALL.match(reading.folded, *clause) if len(named) > 1 else None
    if not match or parse_number(match["many"]) != len(named):
        return ()
    last = max(named.values(), key=lambda group: group.start)
    return (replace(last, people=tuple(sorted(named)), governed=False),)


def find_groups(reading: Reading, persons: Sequence[Person], mentions: Sequence[UnitMention]) -> Iterator[Group]:
    """The people named, joint ones together, in text order."""
    spans = sorted((e.start, e.end, i) for i, person in enumerate(persons) for e in person.mentions)
    run: list[tuple[int, int, int]] = []
    before = 0
    for span in spans:
        if run and not _JOINT.fullmatch(reading.folded, run[-1][1], span[0]):
            yield _group(reading, run, persons, mentions, before)
            before, run = run[-1][1], []
        run.append(span)
    if run:
        yield _group(reading, run, persons, mentions, before)


def _group(
    reading: Reading,
    run: Sequence[tuple[int, int, int]],
    persons: Sequence[Person],
    mentions: Sequence[UnitMention],
    before: int,
) -> Group:
    """People named together, the last ones before them ending at `before`."""
    start, _, first = run[0]
    phrase = _phrase_start(reading, start, persons[first].position, mentions)
    return Group(
        start=start,
        end=run[-1][1],
        phrase=phrase,
        people=tuple(dict.fromkeys(person for *_, person in run)),
        governed=_is_governed(reading.folded, phrase, run[-1][1], before),
    )


def _is_governed(folded: str, start: int, end: int, before: int) -> bool:
    """`向张三反馈`, `张三的家人`, `张三案`: the clause is about something else; not `村支书张三|和村会计李四`."""
    if folded.endswith("对", 0, start) and _DEALT_WITH.match(folded, end):
        return False
    if folded.endswith(("与", "和", "同"), 0, start) and _COMPLICE.match(folded, end):
        return False
    if folded.endswith("叫", 0, start) and folded[end : end + 1] in {",", "。", ";"}:  # 有个副科长,叫|张三|,
        return False
    behind = _ATTRIBUTE.match(folded, end) or act_in_case_name(folded, end, end + 30)
    joined = start == before + 1 and folded[before] == "和"
    return bool(behind or (not joined and _GOVERNED.search(folded, max(0, start - _GOVERNOR_REACH), start)))


def _phrase_start(reading: Reading, start: int, position: str | None, mentions: Sequence[UnitMention]) -> int:
    """Where the unit and position in front of a name begin."""
    if position and reading.text.endswith(position, 0, start):
        start -= len(position)
    unit = at(mentions, start - 1) if start else None
    return unit.start if unit and unit.end >= start else start
