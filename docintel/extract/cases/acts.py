"""What someone did: the acts that a clause or a heading tells, each a short phrase.

In: folded text and a span of it. Out: spans of the acts; `违规收受礼品、礼金,违规接受宴请等问题` holds two.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from docintel.extract.language.gates import Gated
from docintel.extract.language.lexicon import alternation, load

_WORDS = load("cases")
_WRONG = re.compile(alternation(_WORDS["wrong"]))
_WRONG_AT_ONCE = re.compile(
    rf"(?:多次|长期|先后|曾|大肆|开展|组织|搞|在[^,。;]{{2,12}}中)*(?:{alternation(_WORDS['wrong'])})"
)
#: `收受|案件当事人|贿赂` and `泄露|案件情况` are acts
_NOT_ACT = re.compile(rf"{alternation(_WORDS['not_acts'])}|案件(?!当事人|被告人|嫌疑人|关系人|情况|信息|秘密)")
#: not the end of 方案, 档案, 投案, 办案
CASE = "(?<![方档答提草病个备预教议图投归到立办吃])案"
#: an act may begin behind 、 or 并: `违规收受礼品|、|违规接受宴请`
_ENUMERATED = re.compile(rf"[、;]|,(?!\d{{3}}(?!\d))|,?并(?=(?:{alternation(_WORDS['act_starts'])}))")
_ACT_START = re.compile(alternation(_WORDS["act_starts"]))
#: `违规采购耗材、|库房账实不符|`
_FAULT = re.compile(r"[^、,]{2,8}(?:不符|混乱|走过场|流于形式|不力|不严|不实|不到位|失控|缺失|失察)")
_ACT_END = re.compile(r"(?:不力|不实|不严|不到位|简单化|加码|投票|违纪|违法|作为|效率低下|损失)$")
#: `等问题`, `案`, `的严重违纪违法案件` at the end of a heading
_CLOSING = re.compile(rf"等?(?:的)?(?:有关|相关|典型)?(?:问题|案件|案例|一?{CASE}|行为)等?$|等(?:违纪违法|违规违纪)?$")
#: `2013年至2021年,` / `2023年8月,` / `任职期间` / `先后` before the act
_OPENING = re.compile(
    r"(?:(?:(?:从|自)?\d{4}年(?:\d{1,2}月)?(?:\d{1,2}日)?(?:以来|[至到](?:今|\d{4}年(?:\d{1,2}月)?)?|期间|前后|春节|初|底|上半年|下半年)?[,、]?)+"
    r"|\([^()]{1,12}\)|、|[和与][^,和与]{2,16}?(?:人员|干部|职工)(?=在|上班|工作)|以及|[但并还又也曾则仍却即且后]|先后|其(?![他余中])|他|她|[二两]人|本人|另(?![外有])|[一二两三四五六七八九十]{1,2}年(?:[间里来内])|存在|因|在任[^,]{2,16}期间,?|在(?:参加|筹办|担任|分管|主政|出差)[^,]{2,40}?期间,?|及其(?:家人|亲属|妻子)|等(?:[0-9一二三四五六七八九十]*名?人)?|分别|主动|甚至|后来,?|依然|被指|共|提前)"
)


#: `通过|虚增购粮价格|等方式`
_MEANS = re.compile(r"(?:通过|采取|采用|以)?(?P<act>[^,]{4,40}?)等(?:的)?(?:方式|手段|形式|办法|途径)")
#: `通过挂床住院、虚记项目等方式|套取基金` is one act
_BY_MEANS = re.compile(r"(?:通过|采取|采用|以)[^,;。]{2,60}?(?:等|的)(?:方式|手段|形式|办法|途径|名义)(?=[^,;。等])")
_TITLE = re.compile(r"《[^《》]*》")
#: What came of an act, and parts of it.
_RESULT = re.compile(r"(?:造成|致使|导致|其中)")
#: `私设账户被人举报后`, `在筹办女儿婚宴期间`: when it was, not what was done
_CIRCUMSTANCE = re.compile(r"(?:(?<!酒)后|时|之际|期间|过程中|之前)$")
#: an act has four characters at least; a verb of four shares the object behind the next: `私自领取、倒卖入库的药品`
_SHORTEST_LISTED = 4
_SHORT_VERB = 5
_VAGUE = frozenset({"违规", "违反", "违法", "违纪", "超标准", "超范围"})
#: `组织或参与超标准|、|超范围公务接待`: the part before waits for its noun.
_INCOMPLETE = re.compile(r"(?:超标准|超范围|超规格|无公函|违规|违法|无预算)$")
_KIN = {word: i for i, words in enumerate(_WORDS["kin"]) for word in words}
_KIN_WORD = re.compile(alternation(_KIN))
_VAGUE_WORDS = re.compile(alternation([*_VAGUE, *_WORDS["vague"]]))
#: The share of the pairs of letters of an act that a clause has where it tells the act again.
_SAID_AGAIN = 0.5
#: behind the name: `严重违纪违法案`, `等人受贿、贪污窝案`, `等发生在校园的腐败案`
_CASE_NAME = Gated(
    r"(?:等(?:\d*人)?)?(?:发生在[^,、]{1,6}的)?(?P<act>(?:涉嫌)?(?:严重)?(?:违纪违法|职务违法|职务犯罪|违纪|违法|腐败|受贿|行贿|贪污|挪用公款|诈骗|犯罪|、|和)+)"
    r"(?:典型|系列|窝|串)?案(?:例|件)?"
)
#: behind the name: `虚假轮换粮食、代储成品粮监管不力、受贿|案|中`
_NAMED_BY_ACTS = Gated(
    rf"(?:等(?:\d*人)?)?(?P<acts>[^,。;:“”的]{{2,60}}?)(?:一|窝|串|系列|典型)?{CASE}(?:例|件)?"
    r"(?=[,。;、…”和及与等中都均是被的]|\Z)"
)
_CASE_WORK = re.compile(
    r"办理|审理|查办|侦办|查处|主审|承办|举报|(?<!对抗)(?<!对抗组织)(?:审查|调查)|侦破|破获|代理|辩护|旁听|调解"
)


def is_wrong(folded: str, start: int, end: int) -> bool:
    """Whether a clause tells of wrongdoing rather than of circumstances."""
    clause = _TITLE.sub("", folded[start:end])
    return bool(_WRONG.search(clause)) and not is_aside(clause, 0, len(clause))


def is_aside(folded: str, start: int, end: int) -> bool:
    """Whether a clause is a remark, a circumstance or what was done against wrongdoing."""
    clause = folded[start:end]
    return bool(_NOT_ACT.search(clause) or _CIRCUMSTANCE.search(clause) or _RESULT.match(clause))


def is_wrong_at_once(folded: str, start: int, end: int) -> bool:
    """Whether a stretch begins with what was wrong: `违规收费`, `多次开展超标准接待`."""
    return bool(_WRONG_AT_ONCE.match(folded, start, end)) and is_wrong(folded, start, end)


def begins_act(folded: str, start: int, end: int) -> bool:
    """Whether a phrase starts as acts do, or is one: `违规…`, `“吃公函”`, `储备粮监管不力`."""
    return bool(_ACT_START.match(folded, start)) or folded[start] == "“" or bool(_WRONG.search(folded, start, end))


def shares_wrong(folded: str, act: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two acts tell of the same kind of wrong: both of 礼金, one of 宴请 and one of 吃喝."""
    mine, theirs = folded[slice(*act)], folded[slice(*other)]
    return not (_wrongs(mine).isdisjoint(_wrongs(theirs)) and _kin(mine).isdisjoint(_kin(theirs)))


@lru_cache(maxsize=1024)  # an act is compared with many others
def _wrongs(words: str) -> frozenset[str]:
    return frozenset(_WRONG.findall(words)) - _VAGUE


@lru_cache(maxsize=1024)
def _kin(words: str) -> frozenset[int]:
    return frozenset(_KIN[word] for word in _KIN_WORD.findall(words))


def is_same(folded: str, act: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two acts of one kind of wrong, or two that name none, are one act."""
    if _wrongs(folded[slice(*act)]):
        return shares_wrong(folded, act, other)
    return says_again(folded, act, other)


def says_again(folded: str, clause: tuple[int, int], act: tuple[int, int]) -> bool:
    """Whether a clause tells an act again, in the same kind of wrong or in the act's own words."""
    if shares_wrong(folded, clause, act):
        return True
    mine, theirs = (_pairs(_VAGUE_WORDS.sub(" ", folded[slice(*span)])) for span in (act, clause))
    return bool(mine) and len(mine & theirs) >= _SAID_AGAIN * len(mine)


def _pairs(text: str) -> set[str]:
    return {a + b for a, b in pairwise(text) if a != " " and b != " "}


def act_in_case_name(folded: str, start: int, end: int) -> tuple[int, int] | None:
    """The act in what a case is called by: `(张三、李四)等发生在校园的|腐败|案`."""
    named = _CASE_NAME.match(folded, start, end)
    return named.span("act") if named else None


def acts_in_case_name(folded: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The acts in what a case is called by: `(局长张三)|监管不力|、|受贿|案`."""
    if act := act_in_case_name(folded, start, end):
        yield from split_acts(folded, *act, crimes=True)
        return
    named = _NAMED_BY_ACTS.match(folded, start, end)
    if named and is_wrong_at_once(folded, *named.span("acts")):
        yield from (act for act in split_acts(folded, *named.span("acts"), crimes=True) if is_wrong(folded, *act))


def is_case_work(folded: str, start: int, end: int) -> bool:
    """Whether a stretch tells of work on somebody's case: `参与办理贪污案`, but not `违规办理低保案`."""
    return bool(_CASE_WORK.search(folded, start, end)) and not _WRONG_AT_ONCE.match(folded, start, end)


def split_acts(folded: str, start: int, end: int, *, crimes: bool = False) -> Iterator[tuple[int, int]]:
    """Spans of the acts in a heading such as `违规收受礼品、礼金,公款吃喝等问题`, in order.

    Args:
        folded: the folded text.
        start: first character behind the name.
        end: one past the heading, 问题 or 案 included.
        crimes: every part is an act of its own, as in `贪污、受贿案`.
    """
    end = _trim_closing(folded, start, end)
    begin = start
    means = [match.span() for match in _BY_MEANS.finditer(folded, start, end)]
    for cut in _ENUMERATED.finditer(folded, start, end):
        if any(low < cut.start() < high for low, high in means):
            continue
        if cut.start() <= begin or _inside_quotes(folded, begin, cut.start()):
            continue
        if crimes or cut.group() in {",", ";"} or _stands_alone(folded, begin, cut.start(), cut.end(), end):
            yield from trimmed(folded, begin, cut.start())
            begin = cut.end()
    yield from trimmed(folded, begin, end)


def _stands_alone(folded: str, begin: int, cut: int, after: int, end: int) -> bool:
    """An enumeration comma parts acts when an act begins behind it, or one is complete before it."""
    if _INCOMPLETE.search(folded, begin, cut):
        return False
    if _ACT_END.search(folded, begin, cut):
        return True
    if folded[cut - 1] == "的":
        return False
    rest = _ENUMERATED.search(folded, after, end)
    stop = rest.start() if rest else end
    left, right = cut - begin, stop - after
    shares_object = right > 2 * left and left < _SHORT_VERB
    if left >= _SHORTEST_LISTED and _FAULT.fullmatch(folded, after, stop):
        return True
    return bool(_ACT_START.match(folded, after)) and min(left, right) >= _SHORTEST_LISTED and not shares_object


def _inside_quotes(folded: str, begin: int, cut: int) -> bool:
    part = folded[begin:cut]
    return part.count("“") > part.count("”") or part.count("《") > part.count("》")


def _trim_closing(folded: str, start: int, end: int) -> int:
    closing = _CLOSING.search(folded, start, end)
    while closing and closing.start() > start:
        end = closing.start()
        closing = _CLOSING.search(folded, start, end)
    return end


def trimmed(folded: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Without opening words; nothing when nothing is left."""
    opening = _OPENING.match(folded, start, end)
    while opening and opening.end() > start:
        start = opening.end()
        opening = _OPENING.match(folded, start, end)
    means = _MEANS.fullmatch(folded, start, end)
    if means:
        start, end = means.span("act")
    end = start + len(folded[start:end].rstrip(" ,、;。"))
    if end - start >= 2 and not folded.endswith("过程中", start, end):
        yield start, end
