"""Of whom each clause speaks: the people it names, and whom it is still about when it names nobody.

In: a reading, its persons and unit mentions. Out: one `Statement` a clause.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from docintel.extract.cases.acts import act_in_case_name
from docintel.extract.cases.unnamed_subjects import unnamed_in
from docintel.extract.language.lexicon import alternation, load
from docintel.extract.language.reading import Clause, Reading, Sentence, at, within
from docintel.extract.units.units import UnitMention
from docintel.schema import Person

_WORDS = load("cases")
_JOINT = re.compile(r"、|和|及|与|以及")
_GOVERNED = re.compile(rf"(?:{alternation(_WORDS['prepositions'])})(?:其|该|了)?$")
#: `对|局长张三、副局长李四|给予处分`
_DEALT_WITH = re.compile(r"[^。;]{0,40}?(?:给予|予以|作出|处以|进行|立案|采取)")
_ATTRIBUTE = re.compile(
    r"的|案|这样|同志为核心|(?:总书记|同志)?(?:关于|在[^,]{2,20}上[^,]{0,6}(?:讲话|指示|论述|批示|致辞)|重要)"
)
_OTHERS = re.compile(
    r"[我你咱](?:们|院|委|局|校|厂|公司|单位)?|(?:另)?(?:[0-9]+|[一二两三四五六七八九十]{1,3})余?名|(?:对|其中)?(?:其他|其余|相关|有关|涉案|同案|另有|另外)[^,]{0,8}(?:人|干部|单位)"
    r"|某[^,某]{1,12}?(?:公司|企业|单位|医院|中心|机构|个体户)|(?:施工|中标|供货|涉案|承建|监理|建设|设计|涉事)(?:单位|企业|公司|方)"
)
_SPEECH = re.compile(alternation(_WORDS["speech"]))
#: `将标底|告知投标人`
_LEAKED = re.compile(r"[将把][^,。;]{2,40}(?:告知|告诉|透露|通报给|介绍给)")
#: `市监委|给予其|政务处分`
_ON_THEM = re.compile(r"[^,]{0,20}?(?:给予|对|将|免去|撤销)其(?![他余中])")
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


@dataclass(frozen=True, slots=True)
class Statement:
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


def read_statements(
    reading: Reading, persons: Sequence[Person], mentions: Sequence[UnitMention]
) -> Iterator[Statement]:
    """One statement for every clause of the content, in text order."""
    groups = list(find_groups(reading, persons, mentions))
    about: tuple[Group, ...] = ()
    block, named_in = -1, -1
    for sentence in reading.sentences:
        if sentence.block != block:
            about, block = (), sentence.block
        pending: tuple[Group, ...] = ()
        opened = {clause.start for clause in sentence.clauses}
        openers = [g.phrase for g in within(groups, sentence.start, sentence.end) if g.phrase in opened]
        nameless: list[Clause] = []
        for clause in sentence.clauses:
            here = tuple(g for g in within(groups, clause.start, clause.end) if not _is_turn(reading, g))
            subjects = _subjects(reading.folded, here)
            quoted = bool(subjects) and _is_speaking(reading.folded, subjects[-1].end, clause.end)
            if subjects:
                about, named_in = pending + subjects, sentence.start
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
                about = ()


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
    """A unit or unnamed others open the clause: `其他责任人受到相应处理`."""
    first = at(mentions, clause.start)
    return bool(_OTHERS.match(folded, clause.start)) or (first is not None and first.start == clause.start)


def find_groups(reading: Reading, persons: Sequence[Person], mentions: Sequence[UnitMention]) -> Iterator[Group]:
    """The people named, joint ones together, in text order."""
    spans = sorted((e.start, e.end, i) for i, person in enumerate(persons) for e in person.mentions)
    run: list[tuple[int, int, int]] = []
    for span in spans:
        if run and not _JOINT.fullmatch(reading.folded, run[-1][1], span[0]):
            yield _group(reading, run, persons, mentions)
            run = []
        run.append(span)
    if run:
        yield _group(reading, run, persons, mentions)


def _group(
    reading: Reading, run: Sequence[tuple[int, int, int]], persons: Sequence[Person], mentions: Sequence[UnitMention]
) -> Group:
    start, _, first = run[0]
    phrase = _phrase_start(reading, start, persons[first].position, mentions)
    return Group(
        start=start,
        end=run[-1][1],
        phrase=phrase,
        people=tuple(dict.fromkeys(person for *_, person in run)),
        governed=_is_governed(reading.folded, phrase, run[-1][1]),
    )


def _is_governed(folded: str, start: int, end: int) -> bool:
    """`向张三反馈`, `张三的家人`, `张三案`: the clause is about something else."""
    if folded.startswith("对", start - 1) and _DEALT_WITH.match(folded, end):
        return False
    if folded.startswith(("与", "和", "同"), start - 1) and _COMPLICE.match(folded, end):
        return False
    behind = _ATTRIBUTE.match(folded, end) or act_in_case_name(folded, end, end + 30)
    return bool(behind or _GOVERNED.search(folded, max(0, start - 4), start))


def _phrase_start(reading: Reading, start: int, position: str | None, mentions: Sequence[UnitMention]) -> int:
    """Where the unit and position in front of a name begin."""
    if position and reading.text.endswith(position, 0, start):
        start -= len(position)
    unit = at(mentions, start - 1) if start else None
    return unit.start if unit and unit.end >= start else start
