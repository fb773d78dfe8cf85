"""Find what is wrong: problems, risks and prohibited acts.

In: a `Reading` and its cases. Out: proposals in text order: the acts of punished persons, problems named behind a verb
(`解决…问题`), clauses whose predicate says that something is wrong, and wrongful acts told in a clause.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from docintel.extract.language.gates import AnyOf, Beginnings, Gated, needed_words
from docintel.extract.language.lexicon import load
from docintel.extract.language.reading import Reading
from docintel.extract.work.categories import best_category
from docintel.extract.work.clauses import clause_openings
from docintel.extract.work.roles import Proposal, Stretches, pattern, told_stretches
from docintel.schema import Case, Evidence, IssueCategory, Modality

_MAX_LENGTH = 60
_MIN_LENGTH = 4
#: Characters that may follow a predicate of wrong at the end of a clause: 问题.
_TRAILING = 4
#: 等突出问题: what closes an enumeration.
_TAIL = re.compile(r"等[^,、]{0,14}$|[一二三四五六七八九十\d]+(?:大?类|个|方面|种)[^,、]{0,4}(?:问题|现象|情形)$|的$")
#: 该校后勤存在账目混乱, 暴露出一些学校把关不严: what is wrong stands behind.
_EXISTS = re.compile(r"(?:存在着?|暴露出|反映出|折射出|凸显出?)(?=[^,;:。]{4})")
#: A title is no place to look for wrongs: 《关于纠正医药购销不正之风的意见》.
_TITLE = re.compile(r"《[^《》\n]*》")
#: 、 and the seam of “收红包”“拿回扣” part the members of an enumeration.
_SEAM = re.compile(r"、|(?<=[”’])(?=[“‘])")
#: What only says that it is a problem: `违规吃喝问题` is `违规吃喝`.
_PROBLEM = re.compile(r"等?(?:典型|突出)?(?:问题|现象|行为|情形)$")
#: 一放松就容易走样变味; 对屡教不改的, as a rule puts it. 可能影响公正 only describes a gift or a meal.
_LIKELY = re.compile("可能(?!影响公正)|容易|稍有|的$")
_NO_WORD = re.compile(r"\W")


@dataclass(frozen=True, slots=True)
class _Problem:
    start: int
    end: int
    modality: Modality


def find_issues(reading: Reading, cases: Sequence[Case]) -> tuple[Proposal, ...]:
    """What the rules take for issues, in text order; the same words are one entry, but acts of different persons."""
    acts = [_act(reading, case, act) for case in cases for act in case.violations if _is_quotable(act.quote)]
    told = Stretches(told_stretches(reading, cases))
    openings = clause_openings(reading)
    may_hold = _hints().within(reading.folded, openings, [clause.end for clause in reading.clauses])
    problems = [
        problem
        for clause, opening, may in zip(reading.clauses, openings, may_hold, strict=True)
        if may and not told.hold(clause.start)
        for problem in _problems(reading.folded, opening, clause.end)
    ]
    return tuple(
        Proposal(reading.document.evidence(problem.start, problem.end), problem.modality)
        for problem in _distinct(reading.folded, acts, problems)
    )


def _act(reading: Reading, case: Case, act: Evidence) -> _Problem:
    """The act with the name of the person right before it, so that it reads alone."""
    name = next((name for name in case.persons if reading.text.endswith(name, 0, act.start)), "")
    return _Problem(act.start - len(name), act.end, Modality.FOUND)


def category_of(text: str) -> IssueCategory:
    """What field a problem belongs to, from its folded words."""
    return IssueCategory(best_category("issues", text))


def _distinct(folded: str, acts: Iterable[_Problem], problems: Iterable[_Problem]) -> list[_Problem]:
    """All acts; a problem that overlaps one, or says the words of what was kept, is left out; none overlap another."""
    kept = list(set(acts))
    told = Stretches((act.start, act.end) for act in kept)
    said = {_words(folded, act) for act in kept}
    for problem in problems:
        words = _words(folded, problem)
        if any(told.overlapping(problem.start, problem.end)) or _said_before(words, said):
            continue
        said.add(words)
        kept.append(problem)
    return sorted(kept, key=lambda problem: (problem.start, problem.end))


def _said_before(words: str, said: Iterable[str]) -> bool:
    """Whether these words, or the larger part of them, were said: `全省违规吃喝` after `违规吃喝`."""
    return any(
        (words in other or other in words) and 2 * min(len(words), len(other)) >= max(len(words), len(other))
        for other in said
    )


def _words(folded: str, problem: _Problem) -> str:
    return _NO_WORD.sub("", problem_words(folded[problem.start : problem.end]))


def problem_words(text: str) -> str:
    """Folded words of a problem without the noun that only says that it is one: `违规吃喝问题` gives `违规吃喝`."""
    return _PROBLEM.sub("", text)


@cache
def _list(name: str) -> re.Pattern[str]:
    return re.compile("|".join(load("issues")[name]))


@cache
def _any(name: str) -> AnyOf:
    return AnyOf(load("issues")[name])


@cache
def _hints() -> Beginnings:
    """What a clause must hold that names a problem."""
    words = load("issues")
    return Beginnings(needed_words("|".join([*words["nouns"], *words["predicates"], *words["acts"]])))


@cache
def _decoration() -> re.Pattern[str]:
    """Words in front of a problem that do not say which: 10起, 各类, 群众反映强烈的."""
    words, told = ("|".join(load("issues")[key]) for key in ("decoration", "told_as"))
    return re.compile(rf"(?:[\d一二三四五六七八九十]+起|(?:{words})|[^,、的]{{0,14}}(?:{told})的)+")


def _triggers(*names: str) -> str:
    return "|".join(f"(?P<{name}>{'|'.join(load('issues')['triggers'][name])})" for name in names)


@cache
def _named() -> Gated:
    """A verb, what it governs, and a noun that says problem: `解决…问题`."""
    nouns = "|".join(load("issues")["nouns"])
    return Gated(
        rf"(?:{_triggers('found', 'risk', 'target')})(?P<problem>[^,;:。]{{0,50}}(?:{nouns}))"
        r"(?=$|\W|等|进行|开展|[的作严从靶精及为零同露绝决一快坚提集全专实])"
    )


@cache
def _governed() -> re.Pattern[str]:
    """A verb and the acts it governs, without such a noun: `严禁收受红包`."""
    return re.compile(rf"(?:{_triggers('risk', 'target')})(?P<problem>[^,;:。]{{2,60}})$")


def _problems(folded: str, start: int, end: int) -> Iterator[_Problem]:
    text = folded[start:end]
    if "《" in text:
        text = _TITLE.sub(lambda match: "〇" * len(match[0]), text)
    if not text or _any("not_issue").found_in(text):
        return
    named = _named().search(text)
    if named:
        yield from _parts(text, start, named.start("problem"), named.end("problem"), _modality(named))
        return
    if not (_any("predicates").found_in(text) or _any("acts").found_in(text)):
        return
    governed = _governed().search(text)
    if governed and _is_full(governed["problem"]):
        yield from _parts(text, start, governed.start("problem"), governed.end("problem"), _modality(governed))
    elif _says_wrong(text):
        modality = Modality.RISK if _LIKELY.search(text) else Modality.FOUND
        yield from _parts(text, start, _start_of_wrong(text), len(text), modality)


def _modality(match: re.Match[str]) -> Modality:
    if "是否" in match[0]:
        return Modality.RISK
    return next(Modality(name) for name, words in match.groupdict().items() if words and name != "problem")


def _says_wrong(text: str) -> bool:
    """A clause that tells a wrong by itself: it ends in a predicate of wrong, or holds an act."""
    body = _TAIL.sub("", text)
    ends = _list("predicates").finditer(body) if _any("predicates").found_in(body) else ()
    if any(len(body) - match.end() <= _TRAILING for match in ends):
        return True
    return _any("acts").found_in(text) and not pattern("against").search(text) and not _list("about").search(text)


def _is_full(part: str) -> bool:
    return len(part) >= _MIN_LENGTH and (_any("predicates").found_in(part) or _any("acts").found_in(part))


def _start_of_wrong(text: str) -> int:
    """Where a clause says what is wrong: behind 存在, at the act where it is too long to quote, else from its start."""
    exists = _EXISTS.search(text)
    if exists:
        return exists.end()
    act = _list("acts").search(text) if len(text) > _MAX_LENGTH else None
    return act.start() if act else 0


@cache
def _vague() -> frozenset[str]:
    return frozenset(load("issues")["vague"])


def _is_quotable(words: str) -> bool:
    """Neither a fragment, nor a whole story, nor words that do not say what is wrong."""
    return _MIN_LENGTH <= len(words) <= _MAX_LENGTH and words not in _vague()


def _parts(text: str, offset: int, start: int, end: int, modality: Modality) -> Iterator[_Problem]:
    """The problem without its decoration; an enumeration of full problems is split."""
    decoration = _decoration().match(text, start, end)
    start = decoration.end() if decoration else start
    words = text[start:end]
    if not _is_quotable(words):
        return
    body = _TAIL.sub("", words)
    members = _members(body)
    if len(members) > 1 and all(_is_full(body[low:high]) for low, high in members):
        for low, high in members:
            yield _Problem(offset + start + low, offset + start + high, modality)
    else:
        yield _Problem(offset + start, offset + end, modality)


def _members(body: str) -> list[tuple[int, int]]:
    seams = [match.span() for match in _SEAM.finditer(body)]
    return list(zip([0, *(end for _, end in seams)], [*(start for start, _ in seams), len(body)], strict=True))
