"""The period a figure falls in.

In: a reading. Out: for a place in it, the period in ISO form with the rule that gave it. Word lists:
`patterns/periods.toml`.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from docintel.extract.attribution.collectives import Kind
from docintel.extract.attribution.dated import REST, Dates, any_of, is_stretch
from docintel.extract.attribution.occasions import A_DAY, Found, Occasions
from docintel.extract.attribution.subjects import Subjects
from docintel.extract.language.decisions import Decision
from docintel.extract.language.reading import Clause, Reading, within
from docintel.schema import Block, BlockKind
from docintel.text.dates import Period, find_periods

_RESET = re.compile(rf"(?:截至)?{any_of('reset')}")
_UP_TO_NOW = re.compile(r"截至(?:目前|发稿)")
_SAME_DAY = re.compile(any_of("same_day"))
_ITEM = re.compile(
    r"(?:[一二三四五六七八九十]{1,2}是|第[一二三四五六七八九十][,件]|[(（][一二三四五六七八九十\d]{1,2}[)）]|其[一二三四五六])"
)
#: A line below a table that goes on with its figures: 全市合计….
_SUMS_UP = re.compile(r"[^,。\d]{0,6}(?:合计|总计|共计)")
_IN_VIEW = re.compile(r"从[^,。]{2,14}?(?:看|来看|上看),")
#: What is found in things of a time is of that time, not what is done with them.
_FINDS = re.compile(r"查[出实明]|发现|存在|涉及|其中|认定|核[减实]|有\d")
#: Characters of 去年同期.
_SAME_TIME = 4
_NUMBER = r"\d[\d.,]*"
#: 由41件下降到37件: the first number is of an earlier time.
_CHANGE = re.compile(
    rf"(?:由|从)[^,。;\n]{{0,24}}?(?P<base>{_NUMBER})[^,。;\n\d]{{1,6}}?(?:大幅|进一步|逐步|逐年|稳步|迅速|直接)?"
    r"(?:增加|增长|增|上升|上涨|攀升|跃升|升|下降|降低|降|下滑|回落|减少|减|提高|提升|压缩|压减|压降|缩短|缩减|扩大|变)"
    rf"(?:到|至|为)[^,。;\n\d]{{0,6}}(?P<target>{_NUMBER})"
)
_LAST_YEAR = r"[与和同跟较比](?:去年|上年度?|上一年度?|前一年)"
#: The first number is that of a year ago where this stands before it in the clause, or where the sentence compares all.
_ON_THE_YEAR = re.compile(rf"同比|{_LAST_YEAR}")
_ALL_ON_THE_YEAR = re.compile(rf"{_LAST_YEAR}(?:同期)?相比")
#: 较上年的|35件减少14件
_MEASURED_BY = re.compile(rf"{_LAST_YEAR}(?P<same>同期)?的?$")
_MEASURED_WITHIN = 12
#: 14座|将于年底前改造
_BY_THEN = re.compile(r"(?:将|拟|已|预计|计划)于$")
#: 11公里的支管今年5月|通了水
_DONE_THEN = re.compile(
    r"(?:全部|已|均|正式|底|初|中旬)*(?:[\u4e00-\u9fff]{1,2}了|建成|完工|投入|投用|启用|上线|到位|开工|竣工|交付|完成|关停)"
)
_CAMPAIGN = re.compile(any_of("campaigns"))
#: Behind a semicolon the same day goes on for what was done to another.
_SUFFERS = re.compile(r"[^,。;]{0,20}被(?!告)")
#: How far into a sentence its time opens it: 经查,2019年至2023年,….
_OPENING = 8
#: Behind a person: what else they did, at any time.
_FURTHER = re.compile(r"还|另|又")
_NAMED = (Kind.UNIT, Kind.PLACE)
#: How many blocks back the time of a meeting, a campaign or an introduced table may stand.
_BLOCKS_BACK = 5

#: How many items may stand between a paragraph and the one that goes on with it.
_LIST = 20
#: How many clauses back a time is carried on from.
_REACH = 80
#: Characters of a month, and of a year.
_A_MONTH = 7
_A_YEAR = 4
#: How far before the sentence of its end a stretch may be opened, in characters.
_SENTENCE_BEFORE = 120
#: Heads a column of a ledger, whose rows are each of their own time.
_LEDGER = re.compile(r"时限|期限|进展|状态|措施|完成情况|整改情况")
_ENDS = re.compile(r"[。!?…]")
#: A paragraph of an interview that asks: 问:, 周刊:2021年…是什么光景?
_QUESTION = re.compile(r"(?:问|记者|主持人|网友)\s*:|[^,。:;?\n]{1,12}:[^\n]*\?[”\s]*(?:\n|$)")

When = Decision[str | None]
_NEVER: When = Decision(None, "period/none")


@dataclass(slots=True)
class _Between:
    """What lies between a clause and the figure that may take over its time.

    Attributes:
        sentence: the end of a sentence.
        item: the beginning of an item of a list.
        named: a unit or place that a sentence or a part of one begins with.
        now: 截至目前, which goes on with what is open at its end alone.
    """

    sentence: bool = False
    item: bool = False
    named: bool = False
    now: bool = False


class Periods:
    """Answers in which period a figure falls.

    It is the one named before it in its clause; else the one that the sentence, the paragraph, an earlier paragraph,
    the heading or the title carries on, until the text turns to another time.
    """

    def __init__(self, reading: Reading, subjects: Subjects) -> None:
        self._reading = reading
        self._subjects = subjects
        self._folded = reading.folded
        self._dates = Dates(reading)
        self._occasions = Occasions(reading, subjects, self._dates)
        self._first_items: dict[int, int] = {}
        self._carried_to: dict[int, Found] = {}

    def at(self, offset: int) -> When:
        """The period for what stands at `offset`, as in `Statistic.period`; None when the text names none."""
        clauses = self._reading.clauses
        i = bisect_right(clauses, offset, key=lambda clause: clause.start) - 1
        if i < 0 or offset >= clauses[i].end:
            return _NEVER
        own = [p for p in self._dates.within(clauses[i].start, offset) if self._dates.binds(p, offset)]
        if earlier := self._earlier(i, offset, own) or self._year_before(i, offset, own):
            return earlier
        if own:
            return self._resolved(own[-1], offset, "period/clause")
        behind = next(iter(self._dates.within(offset, clauses[i].end)), None)
        if behind and (
            _BY_THEN.search(self._folded, max(offset, behind.start - 3), behind.start)
            or _DONE_THEN.match(self._folded, behind.end, clauses[i].end)
        ):
            return self._resolved(behind, offset, "period/behind")
        if i not in self._carried_to:
            self._carried_to[i] = self._carried(i)
        found = self._carried_to[i]
        return self._resolved(found[0], offset, found[1]) if found else _NEVER

    def _year_before(self, i: int, offset: int, own: Sequence[Period]) -> When | None:
        """The time told last, a year earlier: 今年前四个月46件,去年同期171件."""
        k = bisect_left(self._same_times, offset) - 1
        if k < 0 or self._same_times[k] < max(self._reading.clauses[i].start, self._changes[1].get(offset, 0)):
            return None
        return self._a_year_before(i, own, (self._same_times[k], self._same_times[k] + _SAME_TIME))

    def _a_year_before(self, i: int, own: Sequence[Period], words: tuple[int, int]) -> When | None:
        told = (own[-1], "") if own else self._carried(i)
        if told is None:
            return None
        iso = re.sub(r"(?:19|20)\d\d", lambda year: str(int(year.group()) - 1), told[0].iso)
        return Decision(iso, "period/year-before", words)

    def _earlier(self, i: int, offset: int, own: Sequence[Period]) -> When | None:
        """When a figure was that a later one is measured by; None where it is none, or its own time is told."""
        low = max(self._reading.clauses[i].start, offset - _MEASURED_WITHIN)
        if by := _MEASURED_BY.search(self._folded, low, offset):
            before = self._a_year_before(i, own, by.span())
            if before is None or by["same"]:
                return before
            return Decision((before.value or "")[:_A_YEAR], before.rule, before.span)
        opened = self._changes[0].get(offset)
        if opened is None or (own and own[-1].start >= opened) or self._is_same_time(opened, offset):
            return None
        since = _ON_THE_YEAR.search(self._folded, self._reading.clauses[i].start, opened)
        if since is None and (sentence := self._reading.sentence_at(offset)):
            since = _ALL_ON_THE_YEAR.search(self._folded, sentence.start, opened)
        return self._a_year_before(i, own, since.span()) if since else _NEVER

    def _is_same_time(self, start: int, end: int) -> bool:
        return bisect_left(self._same_times, start) < bisect_left(self._same_times, end)

    @cached_property
    def _changes(self) -> tuple[dict[int, int], dict[int, int]]:
        """Where the words for a change begin, by where its first number does, and behind which first by its second."""
        found = [*_CHANGE.finditer(self._folded)]
        return (
            {match.start("base"): match.start() for match in found},
            {match.start("target"): match.start("base") for match in found},
        )

    @cached_property
    def _same_times(self) -> list[int]:
        """Where 去年同期 stands that nothing is compared with."""
        found = (match.start() for match in re.finditer("(?:去年|上年)同期", self._folded))
        return [start for start in found if self._folded[start - 1] not in "比较与同跟"]

    def _resolved(self, period: Period, offset: int, rule: str) -> When:
        """A period as a figure at `offset` has it: of two years told apart its own, of an end with its beginning."""
        iso = period.iso
        if period.until and not self._dates.is_deadline(period) and (begun := self._begun(period)):
            iso = f"{begun if len(begun) > 4 else begun + '-01'}/{iso}"
        elif self._folded[period.end - 1] == "起" and iso[4:5] == "-" and (closed := self._closed(period)):
            iso = f"{iso.partition('/')[0]}/{closed}"
        elif period.parts and (dealt_out := self._folded.find("分别", period.end, offset)) >= 0:
            iso = period.parts[min(self._numbers_between(dealt_out, offset), len(period.parts) - 1)]
        return Decision(iso, rule, (period.start, period.end) if period.end > period.start else None)

    def _numbers_between(self, start: int, end: int) -> int:
        """How many numbers begin in `text[start:end]`, of a start outside of numbers."""
        return bisect_left(self._numbers, end) - bisect_left(self._numbers, start)

    @cached_property
    def _numbers(self) -> list[int]:
        return [match.start() for match in re.finditer(_NUMBER, self._folded)]

    def _begun(self, until: Period) -> str | None:
        """The start of the stretch that `until` closes: 2021年9月以来,…,截至5月底."""
        sentence = self._reading.sentence_at(until.start)
        block = self._reading.block_at(until.start)
        if sentence is None or block is None:
            return None
        opened = self._dates.within(max(block.start, sentence.start - _SENTENCE_BEFORE), until.start)
        from_month = self._folded[until.start] == "到"
        since = (p for p in reversed(opened) if p.since and self._dates.binds(p, p.end))
        months = (p for p in reversed(opened) if p.start >= sentence.start and len(p.iso) == _A_MONTH)
        opening = next(since, None) or (next(months, None) if from_month else None)
        first = opening.iso.partition("/")[0] if opening else None
        first = first or (self._opened_before(block, until) if not from_month else None)
        return first if first and first <= until.iso else None

    def _opened_before(self, block: Block, until: Period) -> str | None:
        """The start of the campaign or stretch that opens before: 4月起,…部署整治。 截至8月底,…."""
        blocks = self._reading.document.blocks
        here = bisect_right(blocks, block.start, key=lambda known: known.start) - 1
        opened = self._dates.within(blocks[max(0, here - _BLOCKS_BACK)].start, block.start)
        near = (p for p in reversed(opened) if p.since and self._dates.binds(p, p.end))
        opening = next(near, None)
        if opening is None or (self._folded[opening.end - 1] == "起" and until.start > block.start + 2):
            return None
        sentence, opened_in = self._reading.sentence_at(opening.start), self._reading.block_at(opening.start)
        opens = opened_in is not None and opening.start <= opened_in.start + 2
        if not opens and not (sentence and _CAMPAIGN.search(self._folded, sentence.start, sentence.end)):
            return None
        first = opening.iso.partition("/")[0]
        return first if first and int(first[:4]) >= int(until.iso[:4]) - 1 else None

    def _closed(self, since: Period) -> str | None:
        """The end of a campaign that opens with `since`, where a paragraph behind tells it: 截至8月底."""
        blocks = self._reading.document.blocks
        here = bisect_right(blocks, since.start, key=lambda block: block.start) - 1
        sentence = self._reading.sentence_at(since.start)
        if sentence is None:
            return None
        same_sentence = (p for p in self._dates.within(since.end, sentence.end) if p.until)
        if until := next(same_sentence, None):
            return until.iso
        if not _CAMPAIGN.search(self._folded, since.end, sentence.end):
            return None
        behind = self._dates.within(sentence.end, blocks[min(here + 1, len(blocks) - 1)].end)
        until = next((p for p in behind if p.until), None)
        begun = self._begun(until) if until else None
        return until.iso if until and begun == since.iso.partition("/")[0] else None

    def _carried(self, i: int) -> Found:
        """The period that the clauses before carry on to the `i`-th."""
        block = self._reading.block_at(self._reading.clauses[i].start)
        if block is None:
            return None
        return self._occasions.meeting(i) or self._occasions.verdict(i) or self._from_clauses_before(i, block)

    def _from_clauses_before(self, i: int, block: Block) -> Found:
        between = _Between()
        if told := self._told_in_block(i, block, between):
            return told[0]
        alone = between.named or block.start in self._ledgers
        before = self._title if alone else self._from_before(self._reading.clauses[i], block.start)
        return None if between.now else before

    def _told_in_block(self, i: int, block: Block, between: _Between) -> tuple[Found] | None:
        """The time that the block carries on to its `i`-th clause, a ledger within a row; None where it tells none."""
        clauses = self._reading.clauses
        first_item, rest = self._first_item(block), REST.match(self._folded, clauses[i].start)
        of_then: Period | None = None
        finds = _FINDS.search(self._folded, clauses[i].start, clauses[i].end)
        start = max(block.start, clauses[max(0, i - _REACH)].start)
        if block.start in self._ledgers:
            start = max(start, self._folded.rfind("\n", start, clauses[i].start) + 1)
        for j in range(i, -1, -1):
            if clauses[j].start < start:
                break
            if j < i and (found := self._last(clauses[j], i, between, first_item)):
                found = self._narrowed(found, block)
                return ((found, "period/carried" if between.sentence else "period/sentence"),)
            if turned := self._turn(clauses[j], between):
                return turned
            if finds and not between.sentence:
                told = self._dates.within(clauses[j].start, clauses[j].end)
                of_then = next((p for p in told if self._dates.counts_things_of(p)), of_then)
            if self._step_over(j, between) and not rest:
                return (self._occasions.case(block, clauses[i]) or self._title,)
            if of_then and between.sentence:
                break
        return ((of_then, "period/things"),) if of_then else None

    def _narrowed(self, period: Period, block: Block) -> Period:
        """今年以来 in a section on 上半年工作情况 is the half of the year."""
        here = bisect_right(self._reading.document.blocks, block.start, key=lambda known: known.start) - 1
        headed = self._headed[here]
        if not headed or not period.since or len(period.iso) != _A_YEAR:
            return period
        return headed[0] if "/" in headed[0].iso and headed[0].iso.startswith(f"{period.iso}-") else period

    @cached_property
    def _ledgers(self) -> set[int]:
        """Where the tables begin whose rows are each of their own time."""
        tables = (block for block in self._reading.document.blocks if block.kind is BlockKind.TABLE)
        rows = ((table, self._folded.find("\n", table.start, table.end)) for table in tables)
        return {table.start for table, end in rows if _LEDGER.search(self._folded, table.start, max(end, table.start))}

    def _first_item(self, block: Block) -> int:
        """Where the first item of a list inside a paragraph begins; its end where none does."""
        if block.start not in self._first_items:
            clauses = within(self._reading.clauses, block.start, block.end)
            items = (clause.start for clause in clauses if _ITEM.match(self._folded, clause.start))
            self._first_items[block.start] = next(items, block.end)
        return self._first_items[block.start]

    def _turn(self, clause: Clause, between: _Between) -> tuple[Found] | None:
        """The time that a clause turns to without a date, 近日 or 专项整治以来; None where it turns to none."""
        between.now |= bool(_UP_TO_NOW.match(self._folded, clause.start))
        if _RESET.match(self._folded, clause.start) and not between.now:
            return (None,)
        return self._occasions.campaign(clause)

    def _step_over(self, j: int, between: _Between) -> bool:
        """Note what stands at the beginning of the `j`-th clause; whether nothing is carried on over it."""
        clause, text = self._reading.clauses[j], self._folded
        between.item |= bool(_ITEM.match(text, clause.start))
        gap = text[self._reading.clauses[j - 1].end : clause.start] if j else ""
        ends = _ENDS.search(gap)
        if ends and not _SAME_DAY.match(text, clause.start):
            between.sentence = True
        if ends or ";" in gap:
            opened = self._subjects.opens(clause)
            between.named |= opened in _NAMED
            return opened is Kind.PERSON and not (self._told_of_before(clause) if ends else self._goes_on(clause))
        return False

    def _told_of_before(self, clause: Clause) -> bool:
        """Whether the sentence before speaks of the person that a clause is about, of whom it tells no further act."""
        sentence = self._reading.sentence_at(clause.start)
        before = self._reading.sentence_at(sentence.start - 2) if sentence else None
        name = self._subjects.person_of(clause)
        if not before or not name or self._folded.find(name, before.start, before.end) < 0:
            return False
        return not _FURTHER.match(self._folded, self._folded.find(name, clause.start) + len(name))

    def _goes_on(self, clause: Clause) -> bool:
        """Whether what opens the sentence is of a clause behind a semicolon too: a stretch, or the day of a verdict."""
        sentence = self._reading.sentence_at(clause.start)
        opening = self._dates.within(sentence.start, sentence.start + _OPENING) if sentence else ()
        return any(map(is_stretch, opening)) or bool(_SUFFERS.search(self._folded, clause.start, clause.end))

    def _last(self, clause: Clause, i: int, between: _Between, first_item: int) -> Period | None:
        """The period that a clause carries on to the `i`-th: a day no further than its sentence."""
        here = self._reading.clauses[i].start
        for period in reversed(self._dates.within(clause.start, clause.end)):
            if not self._dates.binds(period, here) or (between.now and not period.since):
                continue
            if between.item and first_item <= period.start:
                continue  # of an item before
            passed = len(period.iso) == A_DAY and not period.until
            if between.sentence and (passed or self._dates.is_deadline(period) or self._dates.is_recent(period)):
                continue
            if between.named and period.start > clause.start + 2 and self._subjects.opens(clause) in _NAMED:
                continue  # of the unit that was named there alone
            return period
        return None

    def _from_before(self, clause: Clause, start: int) -> Found:
        """The time that a paragraph or table takes over from what stands before it."""
        document = self._reading.document
        here = bisect_right(document.blocks, start, key=lambda block: block.start) - 1
        opens = next(iter(within(self._reading.clauses, start, document.blocks[here].end)), clause)
        sums_up = here and document.blocks[here - 1].kind is BlockKind.TABLE and _SUMS_UP.match(self._folded, start)
        if document.blocks[here].kind is BlockKind.TABLE or _IN_VIEW.match(self._folded, start) or sums_up:
            for block in reversed(document.blocks[max(0, here - _BLOCKS_BACK) : here]):
                told = self._dates.within(block.start, block.end) if block.kind is not BlockKind.TABLE else ()
                years = (p for p in told if (len(p.iso) < A_DAY or p.until) and self._dates.binds(p, block.end))
                if found := next((p for p in told if is_stretch(p)), None) or next(years, None):
                    return found, "period/paragraph"
        elif asked := self._asked(here):
            return asked, "period/question"
        elif self._subjects.opens(opens) not in (Kind.PERSON, *_NAMED) and (opening := self._opening_before(here)):
            return opening, "period/paragraph"
        return self._headed[here] or self._title

    def _asked(self, here: int) -> Period | None:
        """The time that a question names, for the answer behind it."""
        block = self._reading.document.blocks[here - 1] if here else None
        if block is None or not _QUESTION.match(self._folded, block.start):
            return None
        return next(
            (p for p in reversed(self._dates.within(block.start, block.end)) if self._dates.binds(p, block.end)), None
        )

    def _opening_before(self, here: int) -> Period | None:
        """The stretch of time that opens the paragraph before (`2021年6月以来,…`), which this one goes on with."""
        blocks = self._reading.document.blocks
        for block in reversed(blocks[max(0, here - _LIST) : here]):
            if block.kind is BlockKind.HEADING:
                return None
            if block.kind is BlockKind.PARAGRAPH:
                opening = self._dates.within(block.start, block.start + 3)
                return opening[0] if opening and is_stretch(opening[0]) else None
        return None

    @cached_property
    def _headed(self) -> list[Found]:
        """For each block the time that the heading of its section, or of one above it, names."""
        above: list[tuple[int, Found]] = []
        headed: list[Found] = []
        for block in self._reading.document.blocks:
            headed.append(next((found for _, found in reversed(above) if found), None))
            if block.kind is BlockKind.HEADING:
                level = block.level or 1
                above = [known for known in above if known[0] < level]
                named = [p for p in self._dates.within(block.start, block.end) if not self._dates.is_deadline(p)]
                above.append((level, (named[-1], "period/heading") if named else None))
        return headed

    @cached_property
    def _title(self) -> Found:
        """The time that the title of a report names."""
        title = self._dates.title
        named = find_periods(title, self._dates.anchor)
        if len(named) != 1 or self._dates.of_plan or "政府工作报告" in title or not re.search(any_of("reports"), title):
            return None
        return Period(0, 0, named[0].iso), "period/title"
