"""Figures that a wider one holds: that of a department, a lower place, a shorter period or a narrower subject.

In: figures of one metric and measure word. Out: the rows of those that are held, by a figure that its parts leave room
in. Figures that differ in nothing but their value are handled as one kind, so that time and memory grow with the
figures and with how deep units, places, periods and subjects lie within each other, not with the square of the figures.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate

import numpy as np

from docintel.analytics.figures import Figure, Span

Whose = tuple[str, str]

_PLACE = re.compile("[省市县区州盟旗]$")
#: Units that answer for a whole place, and for which units of it: all where nothing is said.
_AUTHORITIES = (
    (re.compile("纪律检查|监察|纪委|监委|人民政府$|联席会议|专班"), re.compile("")),
    (re.compile("卫生健康(?:委员会|局)$"), re.compile("医院|卫生|疾病预防|妇幼|急救|血站")),
    (re.compile("教育(?:委员会|局|厅)$"), re.compile("教育|学校|中学|小学|初中|高中|大学|学院|幼儿园")),
    (re.compile("医疗保障局$"), re.compile("医疗保障|医院|卫生院|药店")),
    (re.compile("民政(?:局|厅)$"), re.compile("民政|养老|福利|敬老|救助")),
    (re.compile("(?:农业农村|乡村振兴)(?:局|厅)$"), re.compile("农业农村|乡村振兴|村|乡|镇")),
)
#: What sums of decimals may be off by.
_ROUNDING = 1 + 1e-9


class _Kind:
    """Figures that differ in nothing but their value.

    Attributes:
        like: one of them.
        identity: what they all have in common.
        lows: the least that each may be, ascending.
        highs: the most that each may be, ascending.
    """

    def __init__(self, figures: Sequence[Figure]) -> None:
        self.like = figures[0]
        self.identity = self.like.identity
        self.figures = figures
        by_high = sorted(figures, key=lambda figure: figure.high)
        self.lows = sorted(figure.low for figure in figures)
        self.highs = [figure.high for figure in by_high]
        self._least = [*accumulate((figure.low for figure in reversed(by_high)), min)][::-1]

    def least_reaching(self, value: float) -> float:
        """The least `low` of the figures that may be `value` or more; infinite where none may."""
        place = bisect_left(self.highs, value)
        return self._least[place] if place < len(self.highs) else float("inf")


class _Timeline:
    """Numbers of kinds by their time."""

    def __init__(self, kinds: Iterable[tuple[int, Figure]]) -> None:
        self._undated: dict[str, list[int]] = defaultdict(list)
        dated = []
        for number, figure in kinds:
            if figure.span:
                dated.append((number, *_days(figure.span)))
            else:
                self._undated[figure.when].append(number)
        self._numbers, self._firsts, self._lasts = np.array(dated, dtype=np.int64).reshape(-1, 3).T.copy()

    def around(self, figure: Figure) -> Sequence[int]:
        """Those whose time is that of the figure, or holds it."""
        if not figure.span:
            return self._undated.get(figure.when, ())
        first, last = _days(figure.span)
        found: list[int] = self._numbers[(self._firsts <= first) & (last <= self._lasts)].tolist()
        return found


def _days(span: Span) -> tuple[int, int]:
    first, last = (int(day.replace("-", "")) for day in span)
    return first, last


def held(figures: Iterable[Figure]) -> Iterator[int]:
    """Rows of the figures that another one holds, which holds no more than it can."""
    kinds = _kinds(figures)
    wider = _wider_kinds(kinds)
    parts: dict[int, list[int]] = defaultdict(list)
    for number, wholes in enumerate(wider):
        for whole in wholes:
            parts[whole].append(number)
    room = {whole: _room(whole, own, kinds, wider) for whole, own in parts.items()}
    for kind, wholes in zip(kinds, wider, strict=True):
        most = max((room[whole] for whole in wholes), default=float("-inf"))
        yield from (figure.row for figure in kind.figures if figure.low <= most)


def _kinds(figures: Iterable[Figure]) -> list[_Kind]:
    same: dict[tuple[str | None, ...], list[Figure]] = defaultdict(list)
    for it in figures:
        same[it.holder, it.region, it.when, it.subject, it.action if it.is_vague else None].append(it)
    return [_Kind(them) for them in same.values()]


def _wider_kinds(kinds: Sequence[_Kind]) -> list[set[int]]:
    """For each kind the numbers of those whose figures may hold its own."""
    places: dict[Whose, dict[str | None, list[tuple[int, Figure]]]] = defaultdict(lambda: defaultdict(list))
    for number, kind in enumerate(kinds):
        for whose in _whose(kind.like):
            places[whose][kind.like.subject].append((number, kind.like))
    lines = {
        whose: {subject: _Timeline(them) for subject, them in subjects.items()} for whose, subjects in places.items()
    }
    return [set(_holders(kind, kinds, lines)) for kind in kinds]


def _holders(
    part: _Kind, kinds: Sequence[_Kind], lines: Mapping[Whose, Mapping[str | None, _Timeline]]
) -> Iterator[int]:
    for whose in _wider(part.like):
        for subject in _broader(part.like.subject) if whose in lines else ():
            if line := lines[whose].get(subject):
                yield from (number for number in line.around(part.like) if _may_hold(kinds[number], part, whose))


def _room(whole: int, parts: Sequence[int], kinds: Sequence[_Kind], wider: Sequence[set[int]]) -> float:
    """The largest figure of a kind in which its parts, less those held by other parts, have room; -inf of none.

    A part counts in a figure from its own size on, up to the size of the least other part that holds it.
    """
    own, highs = set(parts), kinds[whole].highs
    changes: dict[float, float] = defaultdict(float)
    for part in parts:
        lows = kinds[part].lows[: bisect_right(kinds[part].lows, highs[-1])]
        between = wider[part] & own if lows else ()
        for low in lows:
            until = float("inf")
            for number in between:
                until = min(until, kinds[number].least_reaching(low))
                if until <= low:
                    break
            else:
                changes[low] += low
                changes[until] -= low
    sizes = sorted(changes)
    sums = [*accumulate((changes[size] for size in sizes), initial=0.0)]
    fitting = (high for high in reversed(highs) if sums[bisect_right(sizes, high)] <= high * _ROUNDING)
    return next(fitting, float("-inf"))


def _may_hold(whole: _Kind, part: _Kind, whose: Whose) -> bool:
    if whole.identity == part.identity or (whose[0] == "authority" and not _answers_for(whole.like, part.like)):
        return False
    return not whole.like.is_vague or whole.like.action == part.like.action


def _whose(figure: Figure) -> list[Whose]:
    """Under what a figure is found by those that it may hold: its unit, and the place where that is an authority."""
    if not figure.holder:
        return [("region", figure.region or "")]
    own = [("unit", figure.holder)]
    return [*own, ("authority", figure.region)] if figure.region and _covered_by(figure) else own


def _wider(figure: Figure) -> Iterator[Whose]:
    """Whose figures may hold this one."""
    name, region = figure.holder or "", figure.region or ""
    yield from (("unit", name[:end]) for end in range(min(3, len(name)), len(name) + 1) if name)
    for end in range(2, len(region) + 1):
        if end == len(region) or _PLACE.search(region[:end]):
            yield "region", region[:end]
            if end < len(region) or name:
                yield "authority", region[:end]


def _broader(subject: str | None) -> list[str | None]:
    """A subject and its heads: 食堂问题, 堂问题, 问题."""
    return [None] if subject is None else [subject[start:] for start in range(max(1, len(subject) - 1))]


def _covered_by(figure: Figure) -> re.Pattern[str] | None:
    """For which units an authority answers; None of a unit that is none."""
    return next((units for names, units in _AUTHORITIES if names.search(figure.holder or "")), None)


def _answers_for(authority: Figure, figure: Figure) -> bool:
    """Whether a unit or place is one that the authority answers for, of its own place only one that is not its like."""
    covered, own = _covered_by(authority), _covered_by(figure)
    if covered is None or not covered.search(figure.holder or ""):
        return False
    return own is not covered or authority.region != figure.region
