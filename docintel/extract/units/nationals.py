"""National bodies and nationwide companies, which need no place before their names.

In: folded text. Out: the start and the `Named` of each: 中央纪委国家监委, 公安部, 国网青岚供电公司. Word lists:
`patterns/units_national.toml`.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from docintel.extract.language.lexicon import alternation, first_of, load
from docintel.extract.language.name_characters import CHARACTER, ORDINAL
from docintel.extract.units.names import Named
from docintel.schema import UnitKind

#: 国家税务总局|青岚市税务局: the local office of a national body, under both names.
_OFFICES = re.compile(
    rf"{CHARACTER}{{2,12}}?(?:税务局|税务分局|监管分局|监管局|监管支局|中心支行|分行|支行|调查队|调查总队)"
)
_WITH_OFFICES = ("国家税务总局", "国家金融监督管理总局", "金融监管总局", "中国人民银行", "人民银行", "国家统计局")
_CENTRAL_GROUP = re.compile(rf"中央(?:{ORDINAL})?(?:生态环境保护督察|巡视|督导)组")
#: 国网青岚供电公司, 农行云溪县支行: a nationwide company's part.
_PART = rf"(?:{CHARACTER}{{0,16}}?(?:供电公司|分公司|公司|分行|支行|营业部|储蓄所|集团|联合社))(?!有限|公司|[法化债])"
#: What shows that a company's name alone names the company: 中国石油党组, 国家电网原副总经理.
_ALONE = (
    r"(?=党[组委]|纪检监察组|巡视|原?(?:党组|党委)|原?副?总经理|原?董事长|原?副?行长|[、,。(]|[在对与和]|下属|系统内)"
)


@cache
def _bodies() -> tuple[re.Pattern[str], dict[str, tuple[str, UnitKind]]]:
    tables: dict[str, Any] = load("units_national")
    names = {
        name: (entry["canonical"], UnitKind(entry["kind"])) for entry in tables["national"] for name in entry["names"]
    }
    names |= {name: (name, UnitKind(kind)) for kind, ministries in tables["ministries"].items() for name in ministries}
    # 十届中央纪委四次全会 is a meeting, 中央纪委委员 a person, 乡镇人民银行 nothing.
    after = (
        r"(?![一二三四五六七八九十]次全会|全会|委员(?!会)|令|网站|(?<=部)(?:门(?!头沟)|署)"
        r"|(?<=书记处)书记|(?<=办)[理公案事法学成好]|(?<=银行)[卡账])"
    )
    return re.compile(rf"{first_of(names)}(?>{alternation(names)}){after}"), names


@cache
def _companies() -> re.Pattern[str]:
    names = load("units_national")["companies"]["names"]
    return re.compile(
        rf"{first_of(names)}(?<![\u4e00-\u9fff]国)(?P<name>{alternation(names)})(?:(?P<part>{_PART})|{_ALONE})"
    )


def national_names(text: str) -> Iterator[tuple[int, Named]]:
    """Start and name of each national body in the text: 中央纪委国家监委, 公安部."""
    pattern, names = _bodies()
    for match in pattern.finditer(text):
        name, kind = names[match.group()]
        if match.group() in _WITH_OFFICES and (office := _OFFICES.match(text, match.end())):
            yield match.start(), Named(office.end(), name + office.group(), kind)
        else:
            yield match.start(), Named(match.end(), name, kind)
    for match in _CENTRAL_GROUP.finditer(text):
        yield match.start(), Named(match.end(), match.group(), UnitKind.DISCIPLINE)


def company_names(text: str) -> Iterator[tuple[int, Named]]:
    """Start and name of each nationwide company, or part of one, as the text writes it."""
    for match in _companies().finditer(text):
        yield match.start(), Named(match.end(), match.group(), UnitKind.COMPANY)
