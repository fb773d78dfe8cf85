"""Whose acts a headline tells that names several people: `局长张三、村支书李四截留补助、审核不严问题`.

In: a reading, its items and the findings against people. Out: the findings, each act of such a headline left with
those it fits.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from operator import itemgetter

from docintel.extract.cases.acts import says_again
from docintel.extract.cases.findings import Finding
from docintel.extract.language.items import Item
from docintel.extract.language.reading import Reading

Span = tuple[int, int]
#: `在征订和采购中|收受好处`: where it was
_TOPIC = re.compile(r"(?:在[^,]{2,24}?(?:过程|工作)?中)?")
#: Words that two acts may share without telling of the same.
_COMMON = re.compile(r"违[规反法纪]|问题|不[严力]|收受|接受|参与|他人|[^\u4e00-\u9fff]|[的了和与在对将以为其]")


def allot_headlines(reading: Reading, items: Sequence[Item], findings: Sequence[Finding]) -> list[Finding]:
    """The findings, the acts of headlines given out where the text behind tells what each of the people did.

    An act told again of somebody is theirs, in the words it is told in there. The only act of a headline is else
    everybody's; of several, one that is told of nobody is that of the one of whom none is told.
    """
    starts = [item.head.start for item in items]
    numbers = [bisect_right(starts, finding.quote[0]) - 1 for finding in findings]
    by_item: defaultdict[int, list[Finding]] = defaultdict(list)
    for number, finding in zip(numbers, findings, strict=True):
        by_item[number].append(finding)
    allotted: dict[int, dict[Span, set[int]]] = {}
    for number, inside in by_item.items():
        item = items[number]
        headline = [finding for finding in inside if finding.rule == "headline"]
        people = {person for finding in headline for person in finding.people}
        if len(people) < 2:
            continue
        told = [
            f
            for f in inside
            if f.rule in {"told", "plain"} and f.act and set(f.people) <= people and _is_behind(item, f)
        ]
        if any(set(f.people) < people for f in told):
            own = {person: [f.act for f in told if f.act and person in f.people] for person in people}
            jointly = [f for f in inside if f.again and set(f.people) == people and _is_behind(item, f)]
            shared = [f.again for f in jointly if f.again]
            acts = list(dict.fromkeys(f.act for f in headline if f.act))
            allotted[number] = _owners(reading.folded, acts, own, shared)
    return [
        each
        for number, finding in zip(numbers, findings, strict=True)
        for each in (
            _given(finding, allotted[number]) if finding.rule == "headline" and number in allotted else (finding,)
        )
    ]


class HeadedActs:
    """The acts that headlines tell of people."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        headlines = ((n, f.act) for n, f in enumerate(findings) if f.rule == "headline" and f.act)
        self._acts = sorted((act, n) for n, act in headlines)

    def of(self, item: Item) -> list[Span]:
        """Those of an item, in the order in which they were found."""
        low, high = (bisect_left(self._acts, ((offset,),)) for offset in (item.head.start, item.end))
        return list(dict.fromkeys(act for act, _ in sorted(self._acts[low:high], key=itemgetter(1))))


def _is_behind(item: Item, finding: Finding) -> bool:
    return item.holds(finding.quote[0]) and finding.quote[0] >= item.head.end


def _given(finding: Finding, owners: Mapping[Span, set[int]]) -> Iterator[Finding]:
    people = tuple(person for person in finding.people if finding.act and person in owners[finding.act])
    if people:
        yield replace(finding, people=people)


def _owners(
    folded: str, acts: Sequence[Span], own: Mapping[int, Sequence[Span]], shared: Sequence[Span]
) -> dict[Span, set[int]]:
    """For each act of a headline the people it is left with.

    Args:
        folded: the folded text.
        acts: of the headline.
        own: what is told of each of the people behind it.
        shared: what is told again of all of them.
    """
    again, alike = (
        {act: {p for p, told in own.items() if any(is_like(folded, t, act) for t in told)} for act in acts}
        for is_like in (_says_again, _is_alike)
    )
    if len(acts) == 1:
        return {act: set(own) - again[act] for act in acts}
    clear = set().union(*again.values())
    alike = {act: people - clear for act, people in alike.items()}
    joint = {act: set(own) if any(_says_again(folded, told, act) for told in shared) else set() for act in acts}
    claimed = {act: again[act] | alike[act] for act in acts}
    owners = {act: (alike[act] | joint[act]) - again[act] for act in acts}
    free = [act for act in acts if not claimed[act] and not joint[act]]
    rest = {person for person, told in own.items() if told} - set().union(*claimed.values())
    if len(free) == 1 and len({tuple(own[person]) for person in rest}) == 1:
        owners[free[0]] |= rest
    for act in free or acts:
        owners[act] |= {person for person, told in own.items() if not told and not any(joint.values())}
    return owners


def _core(folded: str, act: Span) -> Span:
    topic = _TOPIC.match(folded, *act)
    return (topic.end() if topic else act[0], act[1])


def _says_again(folded: str, told: Span, act: Span) -> bool:
    return says_again(folded, told, _core(folded, act))


def _is_alike(folded: str, told: Span, act: Span) -> bool:
    """Whether two acts have a telling pair of characters in common."""
    mine, theirs = (
        {a + b for a, b in pairwise(_COMMON.sub(" ", folded[slice(*span)])) if " " not in (a, b)}
        for span in (_core(folded, act), told)
    )
    return bool(mine & theirs)
