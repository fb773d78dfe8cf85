"""Places that the gazetteer does not know, from what a document names things after.

In: a `Reading`. Out: names to believe beside the gazetteer's, such as 青岚市 where the tagger sees 青岚市卫健委 or the
title has it.
"""

import re
from collections.abc import Iterator
from functools import cache

from docintel.extract.language.gates import Gated, find_behind
from docintel.extract.language.lexicon import alternation, load
from docintel.extract.language.name_characters import CHARACTER
from docintel.extract.language.reading import Reading, once, within
from docintel.extract.places.gazetteer import gazetteer
from docintel.text.normalize import fold

_WORDS = load("units")["coined"]
#: A place at the head of a tagged name: 青岚市 of 青岚市卫健委.
_COINED = re.compile(r"[\u4e00-\u9fff]{2,3}?(?:省|市|县|区|自治州|州(?=[纪监委人政直级卫教医公检法]|中级)|旗)")
_NOT_COINED = re.compile(
    r"自治|经开|高新|综改|保税|示范|[社园小地院景辖矿全各我本该此某两三几发城超门直省市县区州街]"
    r"|开发区|新区|中心|联合|会同|组织|要求|督促|指导|协助|一组|.*(?:[的与在刚全各该本]|和(?![市县区])|..和|[有相机海]关|[原关](?![市县区])|园区|景区|矿区|库区|新区|辖区|小区|校区|厂区|请[省市县区州]|某)"
    rf"|正[同与向]|[有一二三四五六七八九十几][家个些]|.*[纪监]委|年度|本级|{alternation(_WORDS['no_place'])}"
)
#: What stands before a place in a title: 访青岚市医保局局长, 走进云溪县.
_LEAD = re.compile(
    r"(?:走进|来自|聚焦|专访|对话|探访|走访|直击|解码|探析|见闻|记者|看|访|记|问|探|赴|写在|读|听|话)+(?=[\u4e00-\u9fff]{2,3}[省市县区])"
)
#: Villages and neighbourhoods before one of their bodies, wherever they stand.
_COINED_VILLAGE = Gated(
    r"(?<![\u4e00-\u9fff])(?![各该本全某两几一我原])[\u4e00-\u9fff]{2,4}?(?:社区|村)(?=党[委支总]|居委会|居民委|村?委会|村民委|卫生[室所])"
)
#: 公示贴在|村委会: more than a name.
_PHRASE = re.compile(r".*[在由到对向的将把被给里和与是该]")
#: What can stand before such a place.
_BEFORE_PLACE = re.compile(r"[^\u4e00-\u9fff](?=[\u4e00-\u9fffA-Za-z·()]{2,19}?[省市县区州])")
#: What opens the headline of an interview.
_SPOKEN_TO = "(?:对话|专访|走访|探访|访)"
#: An unknown place before one of its organs, where a clause begins: 砚州县|人民法院, 云溪县石桥镇|信用社.
_COINED_ORGAN = re.compile(
    rf"(?<![\u4e00-\u9fff])(?:{_SPOKEN_TO}|[年月日向由在经对与])?"
    rf"(?P<place>(?![各该本全某两几一我原]|[年月日]?(?:{alternation(_WORDS['no_place'])})){CHARACTER}{{2,3}}[省市县区州])"
    rf"(?=(?:[\u4e00-\u9fff]{{2,3}}(?:镇|乡|街道))?(?:{alternation(_WORDS['organs'])}))"
)
#: Tags of words that no name of a place begins with.
_NO_NAME = frozenset({"v", "vd", "vn", "p", "d", "ad", "c", "r", "m", "q", "t", "TIME", "f", "u", "xc", "a", "an"})
#: What stands before the place in names of local offices: 国家税务总局|云溪县税务局.
_NATIONAL = re.compile(r"^(?:中国共产党|中共|国家税务总局|国家金融监督管理总局|中国人民银行|人民银行|国家统计局|国网)")
#: A town or a village named alone, as the tagger sees it.
_COINED_TOWN = re.compile(
    r"[\u4e00-\u9fff]{2,4}?(?:镇|乡|街道|村)(?=$|党|纪|卫|政|民|便民|农[业技经]|财政|派出|敬老|中[心学]|人民|人大|小学"
    r"|综合|水利|国土|自然|司法|应急|经[济管]|股份|粮站|社会|规划|办事|武装|退役|林业|文化)"
)


@once
def coined_names(reading: Reading) -> tuple[str, ...]:
    """Names of places that tagged names, title and publisher begin with, unknown ones; the longest first."""
    folded = reading.folded
    texts = [_NATIONAL.sub("", fold(name.text)) for name in reading.names if name.label in ("ORG", "LOC")]
    texts += re.split(r"[^\u4e00-\u9fff]+", fold(reading.document.title) + " " + fold(reading.document.publisher or ""))
    names = set()
    for text in dict.fromkeys(texts):
        if text[1:2] == "县" and text[:2] in gazetteer().by_name:  # 沛县, so short that only the tagger can tell
            names.add(text[:2])
            continue
        lead = _LEAD.match(text)
        chain = _chain(text, lead.end()) if lead and text[:4] not in gazetteer().by_name else _chain(text, 0)
        names.update(_without_verb(folded, name) for name in chain)
    organs = (m for m in find_behind(_BEFORE_PLACE, _COINED_ORGAN, folded))
    named = (organ["place"] for organ in organs if not _begins_verb(reading, organ.start("place")))
    names.update(name for name in named if _is_coined(name))
    names.update(place for m in _in_province().finditer(folded) if _is_coined(place := m["place"]))
    villages = _COINED_VILLAGE.in_lines(folded)
    found = (match.group() for match in villages if not _begins_verb(reading, match.start()))
    names.update(name for name in found if not _PHRASE.match(name))
    return tuple(sorted(names, key=lambda name: (-len(name), name)))


@cache
def _in_province() -> re.Pattern[str]:
    """An unknown place behind the province that it lies in: 云南省|青岚州."""
    provinces = (place.name for place in gazetteer().by_code.values() if place.level == "province")
    return re.compile(rf"(?:{alternation(provinces)})(?P<place>{CHARACTER}{{2,3}}?(?:自治州|[市县州旗]))(?!场)")


def _is_coined(name: str) -> bool:
    return not _NOT_COINED.match(name) and not _PHRASE.match(name) and name not in gazetteer().by_name


def _begins_verb(reading: Reading, offset: int) -> bool:
    """Whether the word that begins at an offset is one that no name of a place begins with."""
    return any(word.label in _NO_NAME for word in within(reading.words, offset, offset + 1))


def _chain(text: str, start: int) -> Iterator[str]:
    """The places that a name begins with, those the gazetteer does not know: 青岚市, 云溪县 of 青岚市云溪县医院."""
    begin = start
    while match := _COINED.match(text, start) or (_COINED_TOWN.match(text, start) if start == begin else None):
        if _NOT_COINED.match(match.group()):
            return
        if match.group() not in gazetteer().by_name:
            yield match.group()
        start = match.end()


def _without_verb(text: str, name: str) -> str:
    """青岚市 for 赴青岚市, where the text has the shorter name behind other words."""
    rest = name[1:]
    if len(rest) < 3:
        return name
    alone = re.search(rf"(?<!{re.escape(name[0])}){re.escape(rest)}", text)
    return rest if alone else name
