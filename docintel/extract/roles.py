"""Cut sentences into spans that could each be one action, and say which of them are.

In: a `Reading` and its cases. Out: `Span`s in text order with their `Role`; a span is one clause, or a clause and the
lead it leans on (`通过调取登记资料,查明其系亲属开设`).
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache

from docintel.extract.lexicon import alternation, load
from docintel.extract.reading import Clause, Reading, Sentence, within
from docintel.schema import BlockKind, Case

#: A quoted name or title is no place to look for a verb; it is overwritten, character by character.
_QUOTED = re.compile(r"《[^《》\n]*》|“[^“”\n]{1,24}”|‘[^‘’\n]{1,24}’|\([^()\n]*\)")
#: 发现问题53个、整改49个: two results in one clause.
_RESULTS = re.compile(r"(?<=[个项条件起人名次家场份元])、(?=[^、,]{1,12}\d)")
_TERMINAL = re.compile(r"[。!?…;:][”’)]*$")
#: 开展的专项整治: the verb only describes a noun.
_ATTRIBUTE = re.compile("的")
#: 通过集体研讨等方式, 以身边案例为镜鉴: what follows is the action.
_OPEN_END = re.compile(
    r"等(?:方式|形式|手段|途径|措施|办法|渠道|情况|问题|环节)$|为(?:契机|抓手|重点|主题|主线|突破口|目标|载体|原则|镜?鉴|导向|指引|牵引)$"
)
#: Behind these a verb names the means or the matter, not the action.
_WEAK_LEAD = re.compile(r"通过|采取|利用|依托|结合|根据|按照|为|针对|围绕|聚焦|紧盯|紧扣|对标|借助|鉴于")
#: 一、坚持党建引领,强化责任落实。 and ——检查督办,促进办结。 open a part of the text.
_NUMBERED_HEADING = re.compile(r"(?:[一二三四五六七八九十]+、|\([一二三四五六七八九十]+\)|-{2})[^。]{2,36}[。;]?")
_SUBJECT_LENGTH = 40
_STRONG, _WEAK = 3, 1


class Role(StrEnum):
    """What a span is in the story of a report."""

    MEASURE = "measure"
    SANCTION = "sanction"
    CONVICTION = "conviction"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one sentence that may be one action.

    Attributes:
        before: offset from which the words in front of it in the sentence bear on it.
        main: first character of the clause that holds its verb; the lead stands before.
    """

    start: int
    end: int
    before: int
    main: int
    role: Role = Role.OTHER


@cache
def pattern(name: str) -> re.Pattern[str]:
    """A list of `roles.toml`, or of a table of it (`mood.done`), as one pattern."""
    table = load("roles")
    for key in name.split("."):
        table = table[key]
    return re.compile("|".join(table))


@cache
def _openers() -> re.Pattern[str]:
    return re.compile(rf"(?:(?:{'|'.join(load('roles')['openers'])})[,:]?\s*)+")


@cache
def _leads() -> re.Pattern[str]:
    kept, dropped = ("|".join(load("roles")[key]) for key in ("leads_kept", "leads_dropped"))
    return re.compile(
        rf"(?:[^,]{{2,24}}?(?<!工作)(?=对于?|将|把|通过|围绕|聚焦|紧盯|结合|针对|根据|按照|为了|以[^,]{2, 40}为))?(?:(?P<kept>{kept})|(?P<dropped>{dropped}))"
    )


@cache
def _actions() -> re.Pattern[str]:
    return re.compile(alternation(load("roles")["actions"]))


@cache
def _speech() -> re.Pattern[str]:
    return re.compile(load("roles")["speech"] + "$")


@cache
def _when() -> re.Pattern[str]:
    return re.compile(load("roles")["when"])


@cache
def _slogans() -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(load('roles')['slogans'])})")


def spans(reading: Reading, cases: Sequence[Case] = ()) -> tuple[Span, ...]:
    """Every span of the document with its role, in text order."""
    told = told_stretches(reading, cases)
    found = []
    for sentence in content_sentences(reading):
        for span in _spans_of(reading.folded, sentence):
            role = _role(reading.folded, span)
            if role is Role.MEASURE and any(low <= span.start < high for low, high in told):
                role = Role.OTHER
            found.append(replace(span, role=role))
    return tuple(found)


def content_sentences(reading: Reading) -> Iterator[Sentence]:
    """The sentences that are no headings."""
    return (sentence for sentence in reading.sentences if not _is_heading(reading, sentence))


def _is_heading(reading: Reading, sentence: Sentence) -> bool:
    block = reading.document.blocks[sentence.block]
    if block.kind is BlockKind.HEADING:
        return True
    if _NUMBERED_HEADING.fullmatch(reading.folded, sentence.start, sentence.end):
        return True
    alone = sentence.start == block.start and sentence.end == block.end
    return alone and not _TERMINAL.search(reading.folded, sentence.start, sentence.end)


def told_stretches(reading: Reading, cases: Sequence[Case]) -> list[tuple[int, int]]:
    """Where the text tells each case: from its first words to the sentence that punishes, or to the next case."""
    starts = sorted(case.evidence.start for case in cases)
    stretches = []
    for case in cases:
        limit = starts[bisect_right(starts, case.evidence.start) :][:1] or [len(reading.text)]
        end = max([case.evidence.end, *(act.end for act in case.violations)])
        after = within(reading.sentences, case.evidence.start, limit[0])
        stretches.append((case.evidence.start, max(end, _end_of_telling(reading, case, after))))
    return stretches


def _end_of_telling(reading: Reading, case: Case, sentences: Sequence[Sentence]) -> int:
    """The end of the sentences in a row that name a person of the case, or that punish."""
    end = 0
    for sentence in sentences:
        named = any(name in reading.text[sentence.start : sentence.end] for name in case.persons)
        punishes = pattern("sanctions").search(reading.folded, sentence.start, sentence.end)
        if not named and not punishes:
            break
        end = sentence.end
        if punishes:
            break
    return end


def _spans_of(folded: str, sentence: Sentence) -> Iterator[Span]:
    """Clauses without what opens them, joined to the lead they lean on."""
    lead: tuple[int, bool] | None = None
    for clause in sentence.clauses:
        for start, end in _pieces(folded, clause):
            text = folded[start:end]
            if _speech().search(text) or _when().search(text):
                lead = None
                continue
            match = _leads().match(text)
            if match and not _is_closed(text, match):
                lead = lead or (start, bool(match["kept"]))
                continue
            begin = lead[0] if lead and lead[1] else start
            yield Span(begin, end, sentence.start, start)
            lead = None


def _pieces(folded: str, clause: Clause) -> Iterator[tuple[int, int]]:
    start = clause_start(folded, clause)
    for cut in _RESULTS.finditer(folded, start, clause.end):
        yield start, cut.start()
        start = cut.end()
    if start < clause.end:
        yield start, clause.end


def clause_start(folded: str, clause: Clause) -> int:
    """Where a clause begins behind its ordinals and connectives (`一是`, `同时`)."""
    opener = _openers().match(folded, clause.start, clause.end)
    return opener.end() if opener else clause.start


def _is_closed(text: str, lead: re.Match[str]) -> bool:
    """Whether a clause that opens with a lead says its action itself: `对全系统开展检查` does, `对问题` not."""
    rest = blank_quotes(text)[lead.end() :]
    if _OPEN_END.search(rest):
        return False
    verbs = list(_actions().finditer(rest))
    if _WEAK_LEAD.match(lead["kept"] or lead["dropped"]):
        return len(verbs) > 1 and "的" not in rest[verbs[-1].end() :] and len(rest) > 12
    return any("的" not in rest[verb.end() :] for verb in verbs)


def blank_quotes(text: str) -> str:
    """Overwrite quoted names and titles with `〇`, so that no pattern finds a word inside; the length stays."""
    return _QUOTED.sub(lambda match: "〇" * len(match[0]), text)


def _role(folded: str, span: Span) -> Role:
    whole = blank_quotes(folded[span.start : span.end])
    clause = whole[span.main - span.start :]
    if pattern("convictions").search(whole) and not pattern("sanctions").search(whole):
        return Role.CONVICTION
    if pattern("sanctions").search(folded, span.start, span.end):
        return Role.SANCTION
    if _slogans().match(clause) or pattern("slogan_ends").search(clause) or pattern("states").search(clause):
        return Role.OTHER
    if pattern("wrongdoing").search(clause) and not pattern("against").search(clause):
        return Role.OTHER
    return Role.MEASURE if _has_action(clause) else Role.OTHER


def _has_action(clause: str) -> bool:
    """Whether a verb of things done heads the clause, behind a subject at most."""
    for verb in _actions().finditer(clause):
        if verb.start() > _SUBJECT_LENGTH:
            return False
        if not _ATTRIBUTE.match(clause, verb.end()):
            return len(clause) > 3
    return False


@cache
def _weights(vocabulary: str) -> tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...]:
    table = load(vocabulary)["category"]
    return tuple(
        (name, re.compile("|".join(words["strong"])), re.compile("|".join(words["weak"]) or r"(?!)"))
        for name, words in table.items()
    )


def best_category(vocabulary: str, text: str) -> str:
    """The category of `patterns/<vocabulary>.toml` whose words weigh most in folded text; `other` when none does."""
    scores = {
        name: _STRONG * len(strong.findall(text)) + _WEAK * len(weak.findall(text))
        for name, strong, weak in _weights(vocabulary)
    }
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] else "other"
