"""Cut sentences into segments that could each be one action.

In: a `Reading`. Out: `Segment`s in text order: a clause without what opens it, or a clause and the lead it leans on
(`通过翻看领料单,查明去向`).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from docintel.extract.language.gates import AnyOf
from docintel.extract.language.lexicon import alternation, load
from docintel.extract.language.reading import Clause, Reading, Sentence
from docintel.schema import Block, BlockKind

#: A quoted name or title is no place to look for a verb; it is overwritten, character by character.
_QUOTED = re.compile(r"《[^《》\n]*》|“[^“”\n]{1,24}”|‘[^‘’\n]{1,24}’|\([^()\n]*\)")
#: 走访商户26家、约谈业主7人: two results in one clause.
_RESULTS = re.compile(r"、(?<=[个项条件起人名次家场份元]、)(?=[^、,]{1,12}\d)")
_DIGIT = re.compile(r"\d")
_TERMINAL = re.compile(r"[。!?…;:][”’)]*$")
#: 一、理清家底,摸准情况。 and ——检查督办,促进办结。 open a part of the text.
_NUMBERED_HEADING = re.compile(r"(?:[一二三四五六七八九十]+、|\([一二三四五六七八九十]+\)|-{2})[^。]{2,36}[。;]?")
#: 通过集体研讨等方式, 以身边案例为镜鉴: what follows is the action.
_OPEN_END = re.compile(
    r"等(?:方式|形式|手段|途径|措施|办法|渠道|情况|问题|环节)$"
    r"|为(?:契机|抓手|重点|主题|主线|突破口|目标|载体|原则|镜?鉴|导向|指引|牵引)$"
)
#: 紧盯违规吃喝问题 is an action; 紧盯重点岗位 only leads to one.
_WATCHING = frozenset({"紧盯", "紧扣", "盯牢", "瞄准"})
_PROBLEM_END = re.compile(r"(?:问题|现象|行为|风险|苗头|顽疾)$")
#: Shorter than this, a clause behind `通过` is means only.
_MEANS_LENGTH = 12
#: Up to this length a clause goes on with the one before it; measured on annotated reports, two of three are no action.
_TAIL_LENGTH = 7
#: The name of a column is not longer.
_COLUMN_NAME = 24


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of one sentence that may be one action.

    Attributes:
        sentence: where its sentence starts; the words from there bear on it.
        main: first character of the clause that holds its verb; the lead stands before.
    """

    start: int
    end: int
    sentence: int
    main: int


def segments(reading: Reading, sentences: Iterable[Sentence] | None = None) -> Iterator[Segment]:
    """Every segment of these sentences, or of the document but its headings, in text order."""
    for sentence in content_sentences(reading) if sentences is None else sentences:
        held: Segment | None = None
        for segment in _segments_of(reading.folded, sentence):
            if held and _is_tail(reading.folded, held, segment):
                held = replace(held, end=segment.end)
                continue
            if held:
                yield held
            held = segment
        if held:
            yield held


def _is_tail(folded: str, before: Segment, segment: Segment) -> bool:
    """Whether a few words only go on with the segment right before: `抓早抓小`; a result (`立案20件`) does not."""
    words = folded[segment.start : segment.end]
    return len(words) <= _TAIL_LENGTH and folded[before.end : segment.start] == "," and not _DIGIT.search(words)


def content_sentences(reading: Reading) -> Iterator[Sentence]:
    """The sentences that are no headings."""
    return (sentence for sentence in reading.sentences if not _is_heading(reading, sentence))


def _is_heading(reading: Reading, sentence: Sentence) -> bool:
    block = reading.document.blocks[sentence.block]
    if block.kind is BlockKind.HEADING:
        return True
    if block.kind is BlockKind.TABLE and _names_column(reading, block, sentence):
        return True
    if _NUMBERED_HEADING.fullmatch(reading.folded, sentence.start, sentence.end):
        return True
    alone = block.kind is not BlockKind.LIST_ITEM and (sentence.start, sentence.end) == (block.start, block.end)
    return alone and not _TERMINAL.search(reading.folded, sentence.start, sentence.end)


def _names_column(reading: Reading, block: Block, sentence: Sentence) -> bool:
    """Whether a cell of a table's first row is no more than the name of what stands below."""
    first = reading.folded.find("\n", block.start, block.end)
    short = sentence.end - sentence.start <= _COLUMN_NAME
    return sentence.end <= first and short and not _TERMINAL.search(reading.folded, sentence.start, sentence.end)


def _segments_of(folded: str, sentence: Sentence) -> Iterator[Segment]:
    """Clauses without what opens them, joined to the lead they lean on."""
    lead: tuple[int, bool] | None = None
    for clause in sentence.clauses:
        for start, end in _pieces(folded, clause):
            text = folded[start:end]
            if _asides().found_in(text):
                lead = None
                continue
            match = _leads().match(blank_quotes(text))
            if match and not _is_closed(text, match):
                lead = lead or (start, bool(match["kept"]))
                continue
            begin = lead[0] if lead and lead[1] else start
            yield Segment(begin, end, sentence.start, start)
            lead = None


def _pieces(folded: str, clause: Clause) -> list[tuple[int, int]]:
    start = clause_start(folded, clause)
    if folded.find("、", start, clause.end) < 0:
        return [(start, clause.end)] if start < clause.end else []
    pieces = []
    for cut in _RESULTS.finditer(folded, start, clause.end):
        pieces.append((start, cut.start()))
        start = cut.end()
    if start < clause.end:
        pieces.append((start, clause.end))
    return pieces


def clause_start(folded: str, clause: Clause) -> int:
    """Where a clause begins behind its ordinals and connectives (`一是`, `同时`)."""
    opener = _openers().match(folded, clause.start, clause.end)
    return opener.end() if opener else clause.start


def _is_closed(text: str, lead: re.Match[str]) -> bool:
    """Whether a clause that opens with a lead says its action itself: `对全系统开展检查` does, `对问题` not."""
    rest = blank_quotes(text)[lead.end() :]
    word = lead["kept"] or lead["dropped"]
    if word in _WATCHING and _PROBLEM_END.search(rest):
        return True
    if word.startswith("为") or _OPEN_END.search(rest):
        return False
    verbs = list(actions().finditer(rest))
    if _weak_leads().match(word):
        return len(verbs) > 1 and "的" not in rest[verbs[-1].end() :] and len(rest) > _MEANS_LENGTH
    return any("的" not in rest[verb.end() :] for verb in verbs)


def blank_quotes(text: str) -> str:
    """Overwrite quoted names and titles with `〇`, so that no pattern finds a word inside; the length stays."""
    return _QUOTED.sub(lambda match: "〇" * len(match[0]), text)


@cache
def _openers() -> re.Pattern[str]:
    return re.compile(rf"(?:(?:{'|'.join(load('segments')['openers'])})[,:]?\s*)+")


@cache
def _leads() -> re.Pattern[str]:
    """A lead, with a subject before it at most: `市纪委监委针对…问题`."""
    words = load("segments")
    kept, dropped, behind = ("|".join(words[key]) for key in ("leads_kept", "leads_dropped", "leads_behind_subject"))
    return re.compile(rf"(?:[^,]{{2,24}}?(?<!工作)(?={behind}))?(?:(?P<kept>{kept})|(?P<dropped>{dropped}))")


@cache
def _weak_leads() -> re.Pattern[str]:
    return re.compile("|".join(load("segments")["leads_of_means"]))


@cache
def _asides() -> AnyOf:
    words = load("segments")
    return AnyOf([*words["speech"], *words["when"]])


@cache
def actions() -> re.Pattern[str]:
    """The verbs of things done."""
    return re.compile(alternation(load("segments")["actions"]))
