"""Times that come with what a clause tells of: a meeting, a campaign, a case.

In: a reading, whom its clauses are about and its dates. Out: for a clause, the period with the rule that gave it. Word
lists: `patterns/periods.toml`.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from functools import cached_property

from docintel.extract.attribution.collectives import Kind
from docintel.extract.attribution.dated import ATTENDED, CASE, Dates, any_of
from docintel.extract.attribution.subjects import Subjects
from docintel.extract.language.reading import Clause, Reading
from docintel.schema import Block
from docintel.text.dates import Period
from docintel.text.normalize import fold

_HELD = re.compile(any_of("held"))
_AT_MEETING = re.compile(any_of("at_meeting"))
_DONE_THERE = re.compile(any_of("done_there"))
_REPORTED = re.compile(
    r"(?:通报|布置|部署|拍板|宣布|提出|交办)了?(?:\d{1,3}|[一二三四五六七八九十]{1,2})[起个件项点条]"
)
_THAT_DAY = re.compile(r"当[天日晚场即](?!评优|地)")
_NOUN = any_of("campaigns")
_BY_CAMPAIGN = re.compile(rf"(?P<long>[^,。]{{0,14}}?)(?P<noun>{_NOUN})(?:工作|活动)?(?:开展|启动|部署)?(?:以来|期间)")
_CAMPAIGN_ACTS = re.compile(rf"(?:此次|本次|这次)?(?:专项|联合|集中)?(?P<noun>{_NOUN})(?:组)?中?(?:共|累计|发现|查出)")
_CAMPAIGN = re.compile(_NOUN)
#: 本次共查出, 重点抽查: what the audit or inspection that a report is of did.
_OWN_ACTS = re.compile(r"(?:此次|本次|这次)(?:共|累计)?(?:查出|发现|抽查|核查|走访|移送)|(?:重点|随机|延伸|现场)?抽查")
_JUDGED = re.compile(r"判处|罚金|有期徒刑")
_VERDICT = re.compile(r"宣判|判决|裁定|开庭审理|判处")
_SPEAKING = (Kind.PERSON, Kind.SPEAKER)
#: What ends what somebody did in a case.
_PUNISHED = re.compile(r"处分|被(?:开除|判|免|诫勉|责令|移送|立案)|受到|移送|退[缴还赔]|收缴|追缴")
#: In the title of a report of a meeting, in whose first sentences its day stands.
_MEETING = re.compile(r"会$|会议|座谈|召开|举行|约谈|谈话")
_OPENING = 8
#: How many clauses back a meeting may have been held.
_REACH = 80
#: Characters of a day in ISO form.
A_DAY = 10

Found = tuple[Period, str] | None


class Occasions:
    """Answers when the meeting, campaign or case was that a clause tells of."""

    def __init__(self, reading: Reading, subjects: Subjects, dates: Dates) -> None:
        self._reading = reading
        self._subjects = subjects
        self._folded = reading.folded
        self._dates = dates

    def meeting(self, i: int) -> Found:
        """The day of the meeting that the `i`-th clause tells of, the last held before it."""
        clauses = self._reading.clauses
        if not self._is_of_meeting(clauses[i]):
            return None
        for clause in reversed(clauses[max(0, i - _REACH) : i]):
            days = [p for p in self._dates.within(clause.start - 16, clause.end) if len(p.iso) == A_DAY and not p.until]
            if days and _HELD.search(self._folded, clause.start, clause.end):
                return days[-1], "period/meeting"
        return (self._day_of_report, "period/meeting") if self._day_of_report else None

    @cached_property
    def _day_of_report(self) -> Period | None:
        """The first day that the report of a meeting names; None for other documents."""
        if not _MEETING.search(fold(self._reading.document.title)):
            return None
        for sentence in self._reading.sentences[:_OPENING]:
            for period in self._dates.within(sentence.start, sentence.end):
                if len(period.iso) == A_DAY and not period.until:
                    return period
        return None

    def campaign(self, clause: Clause) -> tuple[Found] | None:
        """The time of the work that a clause refers to (专项整治以来, 督查共发现); None where it refers to none."""
        text = self._folded
        if self._of_work and _OWN_ACTS.match(text, clause.start, clause.end):
            before = [known for known in self._campaigns.get(self._of_work, []) if known[0] < clause.start]
            return ((before[-1][1], "period/campaign"),) if before else None
        by = _BY_CAMPAIGN.match(text, clause.start, clause.end)
        match = by or _CAMPAIGN_ACTS.match(text, clause.start, clause.end)
        if not match:
            return None
        known = self._campaigns.get(match["noun"], [])
        i = bisect_left(known, clause.start, key=lambda campaign: campaign[0]) - 1
        if i >= 0:
            return ((known[i][1], "period/campaign"),)
        return (None,) if by else None

    def verdict(self, i: int) -> Found:
        """The day of the judgement that the `i`-th clause tells of: 9月26日,…公开宣判。…|并处罚金…."""
        clauses, text = self._reading.clauses, self._folded
        block = self._reading.block_at(clauses[i].start)
        if block is None or not _JUDGED.search(text, clauses[i].start, clauses[i].end):
            return None
        for clause in reversed(clauses[max(0, i - _REACH) : i]):
            if clause.start < block.start:
                break
            days = [p for p in self._dates.within(clause.start, clause.end) if len(p.iso) == A_DAY]
            sentence = self._reading.sentence_at(clause.start)
            if days and sentence and _VERDICT.search(text, days[-1].end, sentence.end):
                return days[-1], "period/verdict"
        return None

    @cached_property
    def _of_work(self) -> str:
        """The audit or inspection that the title says the report is of; empty where it is of none."""
        named = _CAMPAIGN.findall(fold(self._reading.document.title))
        return named[-1] if named else ""

    @cached_property
    def _campaigns(self) -> dict[str, list[tuple[int, Period]]]:
        """Where each kind of campaign is dated: 9月9日至10月18日,…进行了督查."""
        dated: defaultdict[str, list[tuple[int, Period]]] = defaultdict(list)
        for sentence in self._reading.sentences:
            stretches = (p for p in self._dates.within(sentence.start, sentence.end) if "/" in p.iso)
            period = next((p for p in stretches if self._dates.binds(p, sentence.end)), None)
            if period:
                for match in _CAMPAIGN.finditer(self._folded, period.end, sentence.end):
                    dated[match.group()].append((match.start(), period))
        return dated

    def _is_of_meeting(self, clause: Clause) -> bool:
        """Whether a clause counts who attended a meeting, or what was done there."""
        text, sentence = self._folded, self._reading.sentence_at(clause.start)
        if ATTENDED.search(text, clause.start, clause.end) or _THAT_DAY.search(text, clause.start, clause.end):
            return True
        if _REPORTED.search(text, clause.start, clause.end) and self._subjects.opens(clause) in _SPEAKING:
            return True
        at_meeting = _AT_MEETING.match(text, sentence.start) if sentence else None
        acts = (_DONE_THERE, _REPORTED) if at_meeting else ()
        return any(act.search(text, clause.start, clause.end) for act in acts)

    def case(self, block: Block, clause: Clause) -> Found:
        """When what a case tells was done: 2019年至2021年,甲收受现金;乙…, until it tells what followed."""
        if not (opening := CASE.match(self._folded, block.start, block.end)):
            return None
        told = self._dates.within(opening.end(), clause.start)
        if not told or "/" not in told[-1].iso or _PUNISHED.search(self._folded, told[-1].end, clause.end):
            return None
        return told[-1], "period/case"
