"""How well contradictions are found, within a document and across documents, and how often what only looks like one.

In: a seed. A corpus is written from the templates below: 30 contradictions, and innocent documents beside them, each in
a county of its own. Out: a table of what `docintel statistics --check` finds of each kind, and the false alarms.
"""

import argparse
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from docintel.analytics import contradictions
from docintel.library import Library

Random = random.Random
#: What a template gives: the texts of its documents.
Texts = tuple[str, ...]

_PLACES = [f"{one}{two}{kind}" for one, two, kind in product("澜霁栎沅岚桐浦蓼淇汀", "川屏溪陵泽坪", "县区")]
_REPORT = "关于{place}{year}年监督工作情况的报告\n\n{text}\n\n{unit}\n{year_next}年1月20日\n"
_NEWS = (
    "{place}：久久为功纠治群众身边不正之风\n\n{year_next}年3月5日，记者从{place}有关会议上获悉，{place}把整治群众身边不正之风"
    "摆在突出位置，组建工作专班，走村入户听民声。\n\n{text}\n\n下一步，当地将继续畅通举报渠道，推动问题改到位、改彻底。\n"
)
_YEAR = 2023


@dataclass(frozen=True)
class Case:
    """Documents of one place.

    Attributes:
        kind: which template made them.
        is_wrong: they hold a contradiction.
    """

    kind: str
    is_wrong: bool
    texts: Texts


def _report(place: str, text: str, year: int = _YEAR) -> str:
    return _REPORT.format(place=place, text=text, year=year, year_next=year + 1, unit=_unit(place))


def _news(place: str, text: str, year: int = _YEAR) -> str:
    return _NEWS.format(place=place, text=text, year_next=year + 1)


def _unit(place: str) -> str:
    return f"{place}纪委监委"


# Within a document: `off` is what the stated figure is wrong by, 0 in innocent ones.


def _balance(rng: Random, place: str, off: int) -> Texts:
    done, left = rng.randint(40, 90), rng.randint(5, 20)
    text = (
        f"{_YEAR}年，{_unit(place)}开展专项检查，共发现问题{done + left + off}个，已完成整改{done}个，"
        f"未完成整改{left}个。"
    )
    return (_report(place, text),)


def _parts(rng: Random, place: str, off: int) -> Texts:
    east, west, north = rng.sample(range(11, 60), 3)
    text = (
        f"{_YEAR}年，{_unit(place)}派出检查组，城东片、城西片、城北片分别发现问题{east}个、{west}个、{north}个，"
        f"共计{east + west + north + off}个。"
    )
    return (_report(place, text),)


def _share(rng: Random, place: str, off: int) -> Texts:
    found = rng.randint(60, 120)
    done = rng.randint(40, found - 5)
    text = f"{_YEAR}年，{_unit(place)}发现问题{found}个，已整改{done}个，整改率为{100 * done / found - off:.1f}%。"
    return (_report(place, text),)


def _growth(rng: Random, place: str, off: int) -> Texts:
    before = rng.randint(40, 90)
    now = before + rng.randint(5, 30)
    text = (
        f"{_YEAR}年，{_unit(place)}共立案{now}件，去年同期立案{before}件，"
        f"同比增长{100 * (now - before) / before + off:.1f}%。"
    )
    return (_report(place, text),)


# Across documents.


@dataclass(frozen=True)
class _Told:
    """A figure as an official report tells it, and as a newspaper does."""

    report: str
    news: str
    least: int


_TOLD = (
    _Told("{year}年，{unit}共发现问题{n}个。", "{year}年，{unit}在监督检查中发现问题{m}个。", 40),
    _Told("{year}年，{unit}立案{n}件，办案力度持续加大。", "据悉，{year}年{unit}共立案{m}件。", 30),
    _Told("{year}年，{unit}处分{n}人。", "{year}年，{unit}共处分{m}人，形成有力震慑。", 30),
    _Told("{year}年，{unit}受理信访举报{n}件。", "{year}年，{unit}共受理信访举报{m}件，件件有着落。", 90),
    _Told("{year}年，{unit}开展谈话提醒{n}人次。", "{year}年，{unit}开展谈话提醒{m}人次，抓早抓小。", 100),
    _Told("{year}年，{unit}共发现问题{n}个。", "去年，{short}紧盯民生领域，共发现问题{m}个。", 40),
    _Told("全年{unit}立案{n}件，同比上升。", "{year}年以来，{short}坚持有案必查，全年立案{m}件。", 30),
    _Told("{year}年，{unit}处分{n}人，移送检察机关3人。", "过去一年，{short}处分{m}人。", 30),
    _Told("{year}年，{unit}受理信访举报{n}件。", "{year}年，{unit}信访举报受理量为{m}件。", 90),
)


def _pair(rng: Random, place: str, off: int) -> Texts:
    told = rng.choice(_TOLD)
    number = told.least + rng.randint(1, 60)
    values = {"year": _YEAR, "unit": _unit(place), "short": _unit(place[-1]), "n": number, "m": number + off}
    return _report(place, told.report.format(**values)), _news(place, told.news.format(**values))


def _two(report: str, news: str, *, years: tuple[int, int] = (_YEAR, _YEAR)) -> Callable[[Random, str, int], Texts]:
    """Two documents that give different figures of different things, or the same in another precision."""

    def make(rng: Random, place: str, _: int) -> Texts:
        number = rng.randint(41, 95)
        values = {"place": place, "unit": _unit(place), "n": number, "more": number + rng.randint(7, 30)}
        values |= {"tens": number // 10 * 10, "fine": number * 10_000 + 4_900 - rng.randint(100, 900)}
        return _report(place, report.format(**values), years[0]), _news(place, news.format(**values), years[1])

    return make


def _overlapping(rng: Random, place: str, _: int) -> Texts:
    party, public = rng.randint(25, 40), rng.randint(15, 25)
    text = (
        f"{_YEAR}年，{_unit(place)}处分{party + public - 9}人，其中党纪处分{party}人、政务处分{public}人，"
        "有的同时受到两种处分。"
    )
    return (_report(place, text),)


def _growing(rng: Random, place: str, _: int) -> Texts:
    number = rng.randint(20, 60)
    text = "今年以来，{unit}共立案{n}件，持续保持高压态势。\n\n{unit}\n{year}年{month}月8日\n"
    values = {"unit": _unit(place), "year": _YEAR}
    return tuple(
        f"{place}{name}\n\n" + text.format(n=number + more, month=month, **values)
        for name, more, month in (("半年工作通报", 0, 7), ("第三季度工作通报", 23, 10))
    )


#: How many of each kind are planted, and what is wrong by how much; each kind is written as often without an error too.
_WITHIN = {"balance": (_balance, 4, 3), "parts": (_parts, 4, -4), "share": (_share, 4, 6), "growth": (_growth, 3, 9)}
_ACROSS = {"the same figure in two documents": (_pair, 15)}
_YEARLY = "{unit}立案{n}件。"
_INNOCENT: dict[str, Callable[[Random, str, int], Texts]] = {
    "vague and exact": _two("2023年，{unit}处分{n}人。", "2023年，{unit}共处分{tens}余人。"),
    "rounded and exact": _two("2023年，{unit}追缴违纪资金{fine}元。", "2023年，{unit}追缴违纪资金{n}万元。"),
    "half a year and nine months": _two("2023年1至6月，{unit}立案{n}件。", "2023年1至9月，{unit}立案{more}件。"),
    "this year at two dates": _growing,
    "two years": _two("2022年，" + _YEARLY, "2023年，{unit}立案{more}件。", years=(2022, 2023)),
    "two units": _two("2023年，{unit}立案{n}件。", "2023年，{place}公安局立案{more}件。"),
    "two measures": _two("2023年，{unit}查处问题{n}起。", "2023年，{unit}处分{more}人。"),
    "two subjects": _two("2023年，{unit}发现食堂管理问题{n}个。", "2023年，{unit}发现教辅征订问题{more}个。"),
    "persons under both sanctions": _overlapping,
}
_EACH = 3


def cases(rng: Random) -> Iterator[Case]:
    """The corpus, in a fixed order of kinds."""
    places = iter(rng.sample(_PLACES, len(_PLACES)))
    for kind, (write, number, off) in _WITHIN.items():
        for wrong in (True, False):
            yield from (Case(kind, wrong, write(rng, next(places), off * wrong)) for _ in range(number))
    for kind, (write_pair, number) in _ACROSS.items():
        for wrong in (True, False):
            for _ in range(number):
                yield Case(kind, wrong, write_pair(rng, next(places), rng.choice((-9, -4, 3, 6, 11)) * wrong))
    for kind, look_alike in _INNOCENT.items():
        yield from (Case(kind, is_wrong=False, texts=look_alike(rng, next(places), 0)) for _ in range(_EACH))


def alarms(folder: Path, written: list[Case]) -> list[tuple[int, str]]:
    """What is reported of a corpus: the number of the case, and the quotes."""
    for number, case in enumerate(written):
        for part, text in enumerate(case.texts):
            (folder / f"{number:03}-{part}.txt").write_text(text, encoding="utf-8")
    with Library(folder / "library") as library:
        library.ingest(sorted(folder.glob("*.txt")))
        checks = library.records("checks").to_dict("records")
        across = contradictions(library.statistics()).to_dict("records")
    said = [(row["source"], row["quote"], *row["against"]) for row in checks if not row["holds"]]
    said += [(row["source"], row["quote"], row["other_quote"]) for row in across]
    return [(int(source[:3]), " ≠ ".join(quotes)) for source, *quotes in said]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Plant contradictions in documents, and look for them.")
    parser.add_argument("--seed", type=int, default=17)
    options = parser.parse_args()
    written = list(cases(random.Random(options.seed)))
    with tempfile.TemporaryDirectory() as folder:
        raised = alarms(Path(folder), written)
    hit = {number for number, _ in raised}
    planted, found, innocent, false = (Counter[str]() for _ in range(4))
    for number, case in enumerate(written):
        (planted if case.is_wrong else innocent)[case.kind] += 1
        (found if case.is_wrong else false)[case.kind] += number in hit
    print("| kind | planted | found | innocent | false alarms |\n| --- | ---: | ---: | ---: | ---: |")
    for kind in dict.fromkeys(case.kind for case in written):
        print(f"| {kind} | {planted[kind] or ''} | {found[kind] if planted[kind] else ''} "
              f"| {innocent[kind]} | {false[kind]} |")  # fmt: skip
    print(f"| all | {planted.total()} | {found.total()} | {innocent.total()} | {false.total()} |")
    for number, quotes in raised:
        if not written[number].is_wrong:
            print(f"\nfalse alarm, {written[number].kind}: {quotes}")
    for number, case in enumerate(written):
        if case.is_wrong and number not in hit:
            print(f"\nmissed, {case.kind}: {case.texts}")


if __name__ == "__main__":
    main()
