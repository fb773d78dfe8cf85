"""Spans that are people's names by their own look and what stands around them.

In: a reading and the units mentioned. Out: spans, each with the rule that believes in it; what stands in titles,
credits and names of organisations is left in.
"""

import re
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from docintel.extract.language.gates import Gated, find_behind
from docintel.extract.language.lexicon import alternation, first_of, first_two_of, load
from docintel.extract.language.reading import Name, Reading, Sentence, at, within
from docintel.extract.persons.positions import follows_title, has_title
from docintel.extract.units.units import UnitMention
from docintel.schema import NOT_CONTENT, BlockKind

Span = tuple[int, int]
_WORDS = load("persons")
_SURNAMES = frozenset("".join(_WORDS["surnames"].split()))
_SAFE_SURNAMES = _SURNAMES - frozenset("".join(_WORDS["ambiguous_surnames"].split()))
_SAFE = f"[{''.join(sorted(_SAFE_SURNAMES))}]"
_COMPOUND = tuple(_WORDS["compound_surnames"])
_NOT_NAMES = frozenset(_WORDS["not_names"])
_SURNAME = f"(?:{alternation(_COMPOUND)}|[{''.join(sorted(_SURNAMES))}])"
_HAN = r"[\u4e00-\u9fff]"
_MASK_END = r"(?![某个些种次年月日天县市区省镇乡村局处公单部项学医企品厂店])"
#: 张某 / 李某某 / 王某甲 / 欧阳某; not 某某, nor the 张某 of `张某村`
_ANONYMOUS = re.compile(
    rf"(?<!某)(?:{alternation(_COMPOUND)}|{_SAFE})(?:某(?:某|[甲乙丙丁戊己庚辛壬癸])?{_MASK_END}|[×X*]{{2}}(?![A-Za-z×*]))"
)
#: 谢谢|龙局长, 负责人|常年不|在岗
_THANKS = re.compile(r"谢谢|常年")
_HIDING = re.compile(r"[某×X*]")
#: A family name that begins everyday words too, hidden behind a position: 护士长|别某某
_ANONYMOUS_HERE = re.compile(rf"(?![{_WORDS['particles']}]){_HAN}某某?{_MASK_END}")
#: What hides a name: 张某, 李某某, 赵某甲, 张某刚, 张××.
_MASKED = re.compile(rf"{_SURNAME}(?:某{{1,2}}{_HAN}?|[××X\*]{{1,2}})")
_FOLLOW = rf"(?:[,、。;:!?“”()《》\s]|$|{alternation(_WORDS['followers'])})"
_FOLLOW_CLEARLY = rf"(?:[,、。;)]|$|说[,:。“]|{alternation(word for word in _WORDS['followers'] if len(word) > 1)})"
_FOLLOWER = re.compile(_FOLLOW)
_CLEAR_FOLLOWER = re.compile(_FOLLOW_CLEARLY)
_LONG_FOLLOWER = re.compile(alternation(word for word in _WORDS["followers"] if len(word) > 1))
_LONGEST = 3
#: 舒朗|说,
_SAID = re.compile(r"说[,:。“]")
#: 陈局长, 李女士, 孙媳妇: a family name with what somebody is called, or alone
_TITLED = re.compile(rf"{_SURNAME}(?:{alternation([*_WORDS['heads'], *_WORDS['called']])})?")
#: Positions, and what a court calls people.
_CALLED = [word for word in _WORDS["introducers"] if word.endswith(("人", "被告"))]
_TITLE = re.compile(
    rf"{first_two_of([*_WORDS['heads'], *_CALLED, '员'])}(?:{alternation([*_WORDS['heads'], *_CALLED])}|员)"
    rf"(?:\([^()]{{2,8}}\))?(?={_HAN})"
)
#: Syllables that names of other languages are written with: 阿依古丽·买买提.
_SYLLABLE = f"[{''.join(sorted(set(''.join(_WORDS['syllables'].split()))))}]"
#: 局长|张三丰|表示, 校长|欧阳修平|在, 院长|阿迪力·买买提|介绍; the position is read to its end: 总会计师 is no 师.
_UNTAGGED = re.compile(
    rf"(?P<name>(?:{alternation(_COMPOUND)}){_HAN}{{1,2}}?(?={_FOLLOW})|{_SAFE}{_HAN}{{1,2}}?(?={_FOLLOW})"
    rf"|{_HAN}{{1,7}}(?:·{_HAN}{{1,8}}?){{1,2}}(?={_FOLLOW_CLEARLY})|{_SYLLABLE}{{3,5}}?(?={_FOLLOW_CLEARLY}))"
)
#: A family name that begins other words too, with punctuation behind: 市委书记|易水寒|,
_CLOSED_NAME = re.compile(rf"(?P<name>{_SURNAME}{_HAN}{{2}})(?<!说)(?=[,、。;)])")
#: 副院长|成蹊|,他…
_THEN_HE = re.compile(rf"(?P<name>{_SURNAME}{_HAN}{{1,2}}),(?=[他她](?!们)|[男女],)")
#: Listed before somebody else with a position: 院长|管韬|、分管副院长曲一鸣, 副总经理|解兴邦|、工程部部长仉玉林.
_LISTED_NAME = re.compile(rf"(?P<name>{_SURNAME}{_HAN}{{1,2}})[、和](?={_HAN}{{2,14}})")
#: 司机|老谢|, 干事|小杜|因…: what somebody is called at work.
_FAMILIAR = re.compile(
    rf"(?P<name>[老小]{_SURNAME})(?=[,、。;]|{alternation([*_WORDS['followers'], '因', '没', '却'])})"
)
#: A name of three characters that no known word follows; the tagger sees a verb behind it: 护士长|江一苇|扫描.
_BEFORE_VERB = re.compile(rf"{_SAFE}{_HAN}{{2}}")
_VERBAL = frozenset({"v", "vd", "p", "d", "c"})
_NAMES = frozenset({"PER", "LOC", "ORG"})
_NAMED = _NAMES | {"nz"}
_NOUNS = frozenset({"n", "nz", "PER", "LOC", "ORG"})
#: Of words of a unit's name and a position: 区教育局原党组书记、局长.
_TITLE_TAGS = frozenset({"n", "nz", "vn", "a", "f", "w", "m", "ORG", "LOC"})
_EMPTY_WORDS = frozenset({"c", "p", "u", "d", "r", "m", "q", "w", "f"})
_GIVEN = 2  # characters of a given name
_LISTED_REACH = 16
_FOREIGN = re.compile(rf"(?<!{_HAN}·)(?<!·)(?P<name>{_SYLLABLE}{{1,7}}(?:·{_SYLLABLE}{{1,8}}){{1,2}})")
_FOREIGN_WHOLE = re.compile(rf"{_SYLLABLE}{{3,8}}")
_INTRODUCED = re.compile(rf"(?:{alternation(_WORDS['introducers'])})$")
#: A name that ends its clause and begins inside a phrase is the tail of an idiom: 明月|高照|. But: 约谈了|沈立新|.
_TAIL = re.compile(r"(?<=[\u4e00-\u9fff])(?<![了是为叫和与及同跟向对给找由被把即])")
_CLAUSE_END = re.compile(r"[,。;]|$")
_SAYS = ("说", "表示", "介绍", "告诉", "坦言", "回忆", "认为", "被", "受到")
_CLOSED_BY = frozenset(",、。;)")
#: What no given name ends with where no word follows that follows names: 张智|已|离职, 夏侯成|案|引发.
_ENDS_NO_NAME = frozenset("因已案被将曾仍却")
_JOINS = frozenset("、和与及")
_CLAUSE_ENDS = frozenset(",、。;:!?“”()\n ")
#: 郑东|来|搞虚假整改: 来 belongs to the name unless something comes of it.
_SUFFERS = "受到|被|因|犯|收受|违规|违反|利用|多次|先后|均|分别"
_OPENS = f"{_SUFFERS}|还|将|说|表示|指出|强调|介绍|通报"
_OPENERS = [re.compile(rf"(?:(?<=[,。;、:\n])|^)(?P<name>{_SURNAME}{_HAN}{{{more}}})(?={_OPENS})") for more in (1, 2)]
#: Whom something befalls that befalls nobody but people: 张三|被开除党籍.
_PUNISHED = Gated(
    rf"(?:(?<=[,。;、:\n])|^)(?P<name>{_SAFE}{_HAN}{{1,2}})(?=(?:被(?:依法)?|受到)(?:开除|留党察看|撤销党内|党内(?:严重)?警告|政务|记大?过|诫勉|免职|判处|双开))"
)
#: Whom a decision names: 判处|包玉琴|有期徒刑, 给予|张三|党内警告处分, 终止|易大鹏|的市人大代表资格.
_DECIDED = Gated(
    rf"(?:判处|(?:给予|决定给予|决定对|对)(?=[^,。;]{{2,3}}(?:党内|政务|留党|撤职|开除|诫勉|免职|(?:予以|进行|作出|采取|给予)(?:党内|政务|立案|诫勉|留置|逮捕|批评教育)))|终止|罢免)"
    rf"(?P<name>{_SURNAME}{_HAN}{{2}}|{_SAFE}{_HAN})(?=有期徒刑|无期徒刑|死刑|拘役|党内|政务|留党|撤职|开除|诫勉|免职|予以|进行|作出|采取|给予|的[^,。;]{{0,8}}(?:代表|委员)资格)"
)
_BEFORE_OPENER = re.compile(rf"[,。;、:\n](?=[\u4e00-\u9fff]{{2,4}}?{first_of(_OPENS.split('|'))})")
_STRANDED = re.compile(rf"{_SURNAME}{_HAN}(?![内中上下前后时期组班队会部外里间某等们]){_HAN}")
_HEAD_INSIDE = re.compile(alternation(_WORDS["heads"]))
_ACCUSED = re.compile(rf"{_SUFFERS}|在|接受|挪用|贪污|受贿|套取|骗取|侵占|涉嫌|严重")
_GIVEN_LAI = re.compile(r"来(?=[搞违收因利贪挪受接涉被,、。等犯为任担兼说介表认作在])")
#: 廖启和|受到…: no 和 that joins stands before a verb.
_GIVEN_HE = re.compile(r"和(?=给予|予以|受到|被|在|因|涉嫌|违规)")
_GUEST = re.compile(r"嘉宾\s*:")
#: 董事长|张三丰|在…会上的讲话, ——专访某局局长|张三
_SPEAKS = re.compile(rf"\s*(?P<name>{_SURNAME}{_HAN}{{1,2}}?)(?=在[^,。]*?[上的]|[:,(]|\s|$)")
#: `院党委书记 张三`, `主持人:若山`
_SIGNED = re.compile(rf"[^。,;:!?]{{2,40}}\s(?P<name>{_SURNAME}{_HAN}{{1,2}}|{_SYLLABLE}{{3,6}})")
_HOST_LINE = re.compile(rf"主\s*持\s*人\s*:\s*(?P<name>{_HAN}{{2,3}})")
_BETWEEN = re.compile(rf"、(?![和及与])(?P<name>{_SURNAME}{_HAN}{{1,2}})、")
_TURN = re.compile(rf"(?P<name>{_SURNAME}{_HAN}{{1,2}})(?<![说问答称道]):")
_LONGEST_LINE = 48
_QUOTED = re.compile(r"[“‘][^“”‘’]{0,8}[”’]")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span that may name a person, and the rule that found it."""

    start: int
    end: int
    rule: str


def is_masked(name: str) -> bool:
    """Whether a name is hidden: 张某, 李某某, 王某甲."""
    return bool(_MASKED.fullmatch(name))


def find_candidates(reading: Reading, mentions: Sequence[UnitMention]) -> Iterator[Candidate]:
    """Names by their own look and their surroundings."""
    for candidate in _candidates(reading, mentions):
        name = reading.folded[candidate.start : candidate.end]
        if name not in _NOT_NAMES and not _THANKS.match(name) and "们" not in name and not _TITLED.fullmatch(name):
            yield candidate


def _candidates(reading: Reading, mentions: Sequence[UnitMention]) -> Iterator[Candidate]:
    folded = reading.folded

    @cache  # a name that stands a thousand times is looked for once
    def behind(name: str) -> frozenset[str]:
        return frozenset(folded[(end := start + len(name)) : end + 1] for start in _places_of(name, folded))

    @cache
    def before(name: str) -> frozenset[str]:
        return frozenset(folded[start - 1 : start] for start in _places_of(name, folded))

    @cache
    def speaks(name: str) -> bool:
        return folded.count(name) > 1 and any(name + said in folded for said in _SAYS)

    yield from _set_apart(reading)
    yield from _turns(reading)
    yield from _dealt_with(folded)
    openers = _openers(folded)
    tagged = {name.end: name for name in reading.names if name.label == "PER"}
    for name in tagged.values():
        end = _whole_name(folded, name.start, _own_end(reading, name, openers), behind)
        start = _whole_start(folded, name.start, end, before)
        partner = tagged.get(start - 1) if folded[start - 1 : start] in _JOINS else None
        if _is_credible(folded, start, end, mentions, speaks) or (
            partner is not None
            and re.match(_SURNAME, name.text)
            and _is_credible(folded, partner.start, partner.end, mentions, speaks)
        ):
            yield Candidate(start, end, "person/tagger")
    yield from _between(reading, tagged.values())
    places = {name.start: name.end for name in reading.names if name.label == "LOC"}
    people = frozenset(name.start for name in tagged.values())
    for sentence in reading.sentences:
        hides = _HIDING.search(folded, sentence.start, sentence.end)
        for match in _ANONYMOUS.finditer(folded, sentence.start, sentence.end) if hides else ():
            yield Candidate(match.start(), _whole_mask(folded, *match.span(), behind), "person/masked")
        has_point = folded.find("·", sentence.start, sentence.end) >= 0
        for match in _FOREIGN.finditer(folded, sentence.start, sentence.end) if has_point else ():
            whole = _foreign_end(folded, *match.span())
            if whole and not _is_quoted(folded, match.start(), whole):
                yield Candidate(match.start(), whole, "person/syllables")
        yield from _untagged(reading, sentence, openers, places, people)


def _places_of(name: str, folded: str) -> Iterator[int]:
    """Where a name stands; a pattern of each name would have to be compiled first."""
    start = folded.find(name)
    while start >= 0:
        yield start
        start = folded.find(name, start + len(name))


def _between(reading: Reading, tagged: Iterable[Name]) -> Iterator[Candidate]:
    """Names in a list that the tagger missed between two that it saw: 翁正则、|储若兰|、桑济民."""
    starts = {name.start for name in tagged}
    for name in tagged:
        match = _BETWEEN.match(reading.folded, name.end)
        if match and match.end() in starts and match.start("name") not in starts:
            yield Candidate(*match.span("name"), "person/listed")


def _dealt_with(folded: str) -> Iterator[Candidate]:
    """Whom something befalls or a decision names that befalls or names nobody but people."""
    for pattern in (_PUNISHED, _DECIDED):
        yield from (Candidate(*m.span("name"), "person/punished") for m in pattern.finditer(folded))


def headlines(reading: Reading) -> Iterator[Span]:
    """The titles, and the lines that name the guest of an interview."""
    for block in reading.document.blocks:
        is_guest = block.kind is BlockKind.BYLINE and _GUEST.search(reading.folded, block.start, block.end)
        if block.kind is BlockKind.TITLE or is_guest:
            yield block.start, block.end


def _set_apart(reading: Reading) -> Iterator[Candidate]:
    """Names in headlines, and lines that hold nothing but a position and a name: `市委书记 张三`, `主持人:若山`."""
    folded = reading.folded
    for start, end in headlines(reading):
        for head in _TITLE.finditer(folded, start, end):
            match = _SPEAKS.match(folded, head.end(), end)
            if match:
                yield Candidate(*match.span("name"), "person/headline")
    for block in reading.document.blocks:
        if block.kind in NOT_CONTENT or block.end - block.start > _LONGEST_LINE:
            continue
        match = _HOST_LINE.fullmatch(folded, block.start, block.end)
        if not match and (match := _SIGNED.fullmatch(folded, block.start, block.end)):
            match = match if follows_title(folded, match.start("name")) else None
        if match:
            yield Candidate(*match.span("name"), "person/line")


def _turns(reading: Reading) -> Iterator[Candidate]:
    """Who takes a turn again and again in a conversation: `卫蓁:先看身份。`."""
    turns = [
        match.span("name")
        for block in reading.document.blocks
        if block.kind not in NOT_CONTENT and (match := _TURN.match(reading.folded, block.start, block.end))
    ]
    names = Counter(reading.folded[slice(*span)] for span in turns)
    for start, end in turns:
        word = at(reading.words, start)
        is_word = word is not None and (word.start, word.end) == (start, end) and word.label != "PER"
        if names[reading.folded[start:end]] > 1 and not is_word:
            yield Candidate(start, end, "person/turn")


def _untagged(
    reading: Reading,
    sentence: Sentence,
    openers: Container[str],
    places: Mapping[int, int],
    people: Container[int],
) -> Iterator[Candidate]:
    """Names that the tagger missed, right behind a position.

    Args:
        reading: the document.
        sentence: where they are looked for.
        openers: names that open a clause somewhere.
        places: where the tagger sees places: start → end.
        people: where the names begin that it sees.
    """
    folded = reading.folded
    for head in _TITLE.finditer(folded, sentence.start, sentence.end):
        begin, end = head.end(), sentence.end
        if hidden := _ANONYMOUS_HERE.match(folded, begin, end):
            yield Candidate(*hidden.span(), "person/masked")
        elif familiar := _FAMILIAR.match(folded, begin, end):
            yield Candidate(*familiar.span("name"), "person/familiar")
        elif begin not in places or _CLOSED_NAME.match(folded, begin, places[begin] + 1):  # 副科长|湛江平|,
            yield from _behind_title(reading, begin, end, openers, tagged=begin in people)
        if (listed := _LISTED_NAME.match(folded, begin, end)) and _is_listed(reading, sentence, listed, people):
            yield Candidate(*listed.span("name"), "person/listed")


def _behind_title(
    reading: Reading, begin: int, end: int, openers: Container[str], *, tagged: bool
) -> Iterator[Candidate]:
    folded = reading.folded
    if match := _UNTAGGED.match(folded, begin, end):
        name, closed = match["name"], folded[match.end() : match.end() + 1] in _CLOSED_BY
        is_word = any(w.end == match.end() for w in within(reading.words, *match.span("name")))
        closed = closed or (is_word and bool(_CLEAR_FOLLOWER.match(folded, match.end())))
        is_cut = tagged and len(name) > _LONGEST and not is_word and "·" not in name  # 申屠岩|翻开
        if (len(name) > _GIVEN or closed) and not is_cut:
            yield Candidate(*match.span("name"), "person/behind-title")
    yield from _closed_names(reading, begin, end)
    again = next((begin + length for length in (3, 2) if folded[begin : begin + length] in openers), None)
    if again:
        yield Candidate(begin, again, "person/again")
        return
    if not tagged and _is_stranded(reading, begin, begin + 3):
        yield Candidate(begin, begin + 3, "person/stranded")
    match = None if tagged else _BEFORE_VERB.match(folded, begin, end)
    if match:
        name = match[0]
        after, inside = at(reading.words, match.end()), at(reading.words, begin)
        is_verb = after is not None and after.start == match.end() and after.label in _VERBAL
        is_cut = inside is not None and (inside.start < begin or inside.end < match.end())
        is_taken = bool(_FOLLOWER.match(folded, match.end() - 1)) or "某" in name
        if is_verb and is_cut and not is_taken and name[:2] not in _NOT_NAMES:
            yield Candidate(begin, match.end(), "person/before-verb")


def _closed_names(reading: Reading, begin: int, end: int) -> Iterator[Candidate]:
    """Names behind a position that punctuation, or what is said of `他`, shows to be whole."""
    folded = reading.folded
    if spoken := _THEN_HE.match(folded, begin, end):
        yield Candidate(*spoken.span("name"), "person/behind-title")
    if parted := _parted(reading, begin, end):
        yield Candidate(begin, parted, "person/parted")
    if match := _CLOSED_NAME.match(folded, begin, end):
        words = [w for w in within(reading.words, begin, match.end()) if 1 < w.end - w.start <= match.end() - begin]
        if not words or _is_all_title(reading, begin):
            yield Candidate(begin, match.end(), "person/behind-title")


def _is_all_title(reading: Reading, offset: int) -> bool:
    """Whether nothing but a unit and a position stands before in the clause: `区教育局党组书记、局长|满守信|,`."""
    clause = reading.clause_at(offset)
    before = within(reading.words, clause.start, offset) if clause else ()
    units = [word for word in before if word.label == "ORG"]
    return bool(units) and all(word.label in _TITLE_TAGS for word in before)


def _is_listed(reading: Reading, sentence: Sentence, listed: re.Match[str], people: Container[int]) -> bool:
    """Whether a word of two characters, or words of three, are a name: one with a position stands next in the list."""
    start, end = listed.span("name")
    word, last = at(reading.words, start), at(reading.words, end - 1)
    if word is None or last is None or last.end != end or word.start != start:
        return False
    if end - start == _GIVEN and word.end != end:
        return False
    head = _TITLE.search(reading.folded, listed.end(), listed.end() + _LISTED_REACH)
    return head is not None and head.end() in people and head.end() < sentence.end


def _parted(reading: Reading, begin: int, end: int) -> int | None:
    """The end of a name behind a position whose parts are words: `经理|管|清华|审批时`, `组长|贡|长河|。`."""
    folded, family = reading.folded, at(reading.words, begin)
    if family is None or (family.start, family.end) != (begin, begin + 1) or folded[begin] not in _SURNAMES:
        return None
    given = at(reading.words, begin + 1)
    if given is None or given.start != begin + 1 or given.end - given.start != _GIVEN or given.end > end:
        return None
    after = at(reading.words, given.end)
    closed = folded[given.end : given.end + 1] in _CLOSED_BY
    if given.label in _NAMED and family.label not in _EMPTY_WORDS:
        return given.end if closed or (after is not None and after.label in _VERBAL) else None
    return given.end if closed and family.label in _NOUNS and given.label in _NOUNS else None


def _openers(folded: str) -> frozenset[str]:
    """What opens a clause as a name does: `计成|受到记过处分`."""
    return frozenset(match["name"] for pattern in _OPENERS for match in find_behind(_BEFORE_OPENER, pattern, folded))


def _is_stranded(reading: Reading, start: int, end: int) -> bool:
    """A name that begins like a word, and leaves one character over: `副主任|成立·峰|在维保中收受贿赂`."""
    name, folded = reading.folded[start:end], reading.folded
    if not _STRANDED.fullmatch(name) or _HEAD_INSIDE.search(name) or not _ACCUSED.match(folded, end):
        return False
    last, before = at(reading.words, end - 1), at(reading.words, start)
    return last is not None and last.end == end and before is not None and before.start >= start


def _foreign_end(folded: str, start: int, end: int) -> int | None:
    """The end of a name with a point in it: the longest that a clear follower closes, behind its last point."""
    point = folded.rfind("·", start, end)
    ends = (e for e in range(end, point + 1, -1) if _CLEAR_FOLLOWER.match(folded, e))
    return next(ends, None)


def _own_end(reading: Reading, name: Name, openers: Container[str]) -> int:
    """The end of a name by the word behind it: the rest of a verb, or of the name: `车宏|串`通, `赵立新`系某局出纳."""
    after = at(reading.words, name.end)
    if after is not None and after.end - after.start == 1:
        if len(name.text) == _LONGEST and _LONG_FOLLOWER.match(reading.folded, name.end - 1):
            return name.end - 1
        if len(name.text) == _GIVEN and after.label in _NAMES and _FOLLOWER.match(reading.folded, after.end):
            return after.end
    return _shortened(reading.folded, name, openers)


def _shortened(folded: str, name: Name, openers: Container[str]) -> int:
    """The end of a name without the start of the word behind it: `卢林|虚列开支`, where 卢林 stands elsewhere too."""
    whole = name.text.removesuffix("人").removesuffix("等") if "等" in name.text[-2:] else name.text
    if len(whole) > _GIVEN and whole[-1] in _ENDS_NO_NAME and not _FOLLOWER.match(folded, name.end):
        whole = whole[:-1]
    if whole != name.text:
        return name.start + len(whole)
    if (familiar := _FAMILIAR.match(folded, name.start, name.end)) and folded[name.end - 1] in "因没却":
        return familiar.end("name")
    if name.end - name.start == _LONGEST and _SAID.match(folded, name.end - 1):
        return name.end - 1
    takes = name.end - name.start == _LONGEST and (
        _LONG_FOLLOWER.match(folded, name.end - 1) or name.text[:-1] in openers or name.text.endswith("某案")
    )
    return name.end - 1 if takes and folded.count(name.text) < folded.count(name.text[:-1]) else name.end


def _whole_mask(folded: str, start: int, end: int, behind: Callable[[str], frozenset[str]]) -> int:
    """`张某|刚|案`: the given name of a name that is hidden in the middle."""
    if folded[end - 1] != "某" or not re.match(_HAN, folded[end : end + 1]):
        return end
    return _whole_name(folded, start, end, behind)


def _whole_name(folded: str, start: int, end: int, behind: Callable[[str], frozenset[str]]) -> int:
    """The end of a name that the tagger may have cut short by one character.

    `周立` is cut short when every time it stands it is followed by the same character, and other words follow that;
    or when a position stands before it and what follows fits only after one more: `副主任周立|民为全体职工授课`.

    Args:
        folded: the folded text.
        start: first character of the name.
        end: one past the last that was tagged.
        behind: gives the characters that follow a name anywhere in the text.
    """
    name = folded[start:end]
    if len(name) != 2 or not re.match(_HAN, folded[end : end + 1]) or _SAID.match(folded, end):
        return end
    if len(behind(name)) > 1 or folded[end] in _ENDS_NO_NAME:  # 邰某|被立案
        return end
    if len(behind(folded[start : end + 1])) > 1 or _GIVEN_HE.match(folded, end):
        return end + 1
    if not follows_title(folded, start):
        return end
    if _GIVEN_LAI.match(folded, end) or (
        not _FOLLOWER.match(folded, end) and _FOLLOWER.match(folded, end + 1) and folded[end] not in "等"
    ):
        return end + 1
    return end


def _whole_start(folded: str, start: int, end: int, before: Callable[[str], frozenset[str]]) -> int:
    """The start of a name whose family name the tagger took for another word: `向|卓明`, wherever it stands.

    Args:
        folded: the folded text.
        start: first character that was tagged.
        end: one past the last character of the name.
        before: gives the characters that stand before a name anywhere in the text.
    """
    name, family = folded[start:end], folded[start - 1 : start]
    if len(name) != 2 or family not in _SURNAMES or before(name) != {family}:
        return start
    if folded.count(name) < 2:  # 院长|向炳文|履行: no family name stands behind the preposition
        return start - 1 if family != "和" and name[0] not in _SURNAMES and follows_title(folded, start - 1) else start
    whole = folded[start - 1 : end]
    set_apart = (
        place == 0 or folded[place - 1] in _CLAUSE_ENDS or follows_title(folded, place)
        for place in _places_of(whole, folded)
    )
    return start - 1 if any(set_apart) else start


def _is_credible(
    folded: str, start: int, end: int, mentions: Sequence[UnitMention], speaks: Callable[[str], bool]
) -> bool:
    name = folded[start:end]
    if len(name) < 2 or _is_department(folded, start, end) or not re.fullmatch(rf"{_HAN}[{_HAN[1:-1]}·]+", name):
        return False
    introduced = has_title(folded, start, end) or _ends_unit(mentions, start)
    if not re.match(_SURNAME, name):
        return introduced
    if len(name) > 4 or (len(name) == 4 and not name.startswith(_COMPOUND)):
        return introduced and ("·" in name or bool(_FOREIGN_WHOLE.fullmatch(name)))
    if _is_quoted(folded, start, end):
        return introduced
    is_tail = bool(_TAIL.match(folded, start) and _CLAUSE_END.match(folded, end))
    if len(name) > _GIVEN and (name[0] in _SAFE_SURNAMES or name.startswith(_COMPOUND)):
        governed = bool(_INTRODUCED.search(folded, max(0, start - 4), start))
        followed = not is_tail and bool(_FOLLOWER.match(folded, end))
        return introduced or governed or followed or folded.count(name) > 1
    sure = name[0] in _SAFE_SURNAMES or len(name) == _LONGEST
    return (
        introduced
        or (not is_tail and bool(_CLEAR_FOLLOWER.match(folded, end)))
        or (sure and bool(_INTRODUCED.search(folded, max(0, start - 4), start)))
        or speaks(name)
    )


def _is_department(folded: str, start: int, end: int) -> bool:
    """`康复科|主任` is no name."""
    return folded[end - 1] in "科处室部股所" and has_title(folded, start, end) and not follows_title(folded, start)


def _is_quoted(folded: str, start: int, end: int) -> bool:
    """`“陈换新”` and `“以陈换新”` are words under discussion, no person."""
    opening = max(folded.rfind("“", max(0, start - 6), start), folded.rfind("‘", max(0, start - 6), start))
    quoted = _QUOTED.match(folded, opening) if opening >= 0 else None
    return quoted is not None and quoted.end() > end


def _ends_unit(mentions: Sequence[UnitMention], offset: int) -> bool:
    before = at(mentions, offset - 1)
    return before is not None and before.end == offset
