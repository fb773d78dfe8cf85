"""Who is meant by 该院, 我院, 驻委, 集团纪委: the institution that writes, or the last one of the kind.

In: a `Reading`, its `Heads`, and the units found before. Out: the author, and the `Head` that such a word stands for.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property

from docintel.extract.language.reading import Reading
from docintel.extract.units.heads import Heads
from docintel.extract.units.mentions import Found, Head, UnitMention
from docintel.extract.units.names import Named
from docintel.extract.units.writers import HOSTS, Writer
from docintel.schema import UnitKind

#: An institution by its kind alone, 该院, 我院, or as the owner of a department, 集团纪委.
_SELF = re.compile(
    r"(?P<that>[该我本你贵])(?P<kind>医院|公司|集团|学校|学院|中心|纪检监察组|巡视组|巡察组|专案组|[总支大中]队|分局|办事处|合作社|联社|银行|门诊部|诊所|药店|药房|卫生[院室所]|(?:卫生)?服务站|服务中心|幼儿园|敬老院|养老院|驾校"
    r"|[院局校厅行委司所站社厂])(?![长校区内感法会有点家商员])"
    r"|(?:(?<![\u4e00-\u9fff])|(?<=[在由与和向对的经报请席加受给次届到是把让为按随同从被据应于交将里且并但会据求年月日])|(?<=查[办处实明]))(?P<whole>集团|公司|医院|学校|[总支大]队|分局|中心|学院|总行|联社|[院局委厅校场])里?"
    r"(?=(?:机关)?(?:党组|党委|党总支|党支部|纪委|纪工委|工会|办公室)|纪检|巡察办|(?<=集团|公司|医院|学校)[\u4e00-\u9fff]{2,8}?(?:部(?![门分署位属])|中心|办公室)"
    r"|(?<=学校)[\u4e00-\u9fff]{2,6}?处(?![理置罚分长于在])|(?<=公司)[\u4e00-\u9fff]{2,6}?科(?![长技学研室教目员普])"
    r"|(?<=[局院厅里场])[\u4e00-\u9fff]{2,5}?(?:[科股](?![长技学研室教目员普])|处(?![理置罚分长于在]))"
    r"|(?<=总行)[\u4e00-\u9fff]{2,8}?(?:部(?![门分署位属])|中心|办公室)"
    r"|(?<=[总支大]队)(?![各全有相])[\u4e00-\u9fff]{2,6}?(?:科(?![技学研室])|处(?![理置罚分])|[一二三四五]?中队|办公室))"
    r"|(?:(?<![\u4e00-\u9fff])|(?<=[在由与和向对经报请被]))(?P<level>[省市县区州])(?P<office>局|厅|院|分局|公司|分公司|支行|分行|联社|[总支大]队)"
    r"(?![长级域面校感法区内外员限部])"
)
#: A company that no one names stands between: 某公司 … 该公司.
_NAMELESS = re.compile(r"某[^,。;]{0,10}?(?P<kind>公司|医院|学校|集团|中心|局)")
#: How many mentions back 市局 may refer.
_NEAR = 200
#: Among so many mentions stands whom a letter is to.
_ADDRESSED = 12
_SIGNS = {
    "委": ("委员会", "委"),
    "司": ("公司",),
    "行": ("银行", "分行", "支行", "银行股份有限公司"),
    "总行": ("银行", "银行股份有限公司"),
    "校": ("校", "学", "学院"),
    "学校": ("校", "学", "学院"),
    "局": ("局", "局(公司)", "局(分公司)"),
    "社": ("社", "合作社联合社"),
}


class Selves:
    """Reads words that mean an institution by its kind only."""

    def __init__(self, reading: Reading, heads: Heads, found: Found) -> None:
        self._reading = reading
        self._text = reading.folded
        self._heads = heads
        self._found = found
        self.writer = Writer(reading, heads)

    @property
    def author(self) -> UnitMention | None:
        """The institution that writes."""
        return self.writer.author

    def resident(self, sign: str) -> UnitMention | None:
        """The institution that 驻委, 驻局 means: the author, else the one named last."""
        if sign not in ("委", "局", "厅", "院"):
            return None
        if sign == "委" and self.author and self.author.kind is UnitKind.HOSPITAL and self.author.place:
            name = f"{self.author.place.organ_prefix}卫生健康委员会"  # who a hospital is under
            return replace(self.author, canonical=name, kind=UnitKind.HEALTH_AUTHORITY)
        if self.author and _ends(self.author.canonical, sign):
            return self.author
        return self._found.last(lambda it: it.kind in HOSTS and _ends(it.canonical, sign))

    def resident_group(self, sign: str, group: str) -> UnitMention | None:
        """The group that 驻局纪检监察组 means: the one named last, where the author is no such institution."""
        if self.author and _ends(self.author.canonical, sign):
            return None

        def fits(it: UnitMention) -> bool:
            host = it.canonical.removesuffix(group)
            return host != it.canonical and "驻" in host and _ends(host, sign)

        return self._found.last(fits)

    def self_at(self, start: int) -> Callable[[], Head | None] | None:
        """What reads 该院, 我院 or the 集团 of 集团纪委, if one of them starts there."""
        match = _SELF.match(self._text, start)
        return (lambda: self._self(match)) if match else None

    def _self(self, match: re.Match[str]) -> Head | None:
        """该院 is the last institution of that kind, 我院 the author; as written where no one says which."""
        sign = match["kind"] or match["whole"]
        if match["level"] or match["that"] in ("你", "贵"):
            level = match["level"]
            meant = self._of_level(level, match["office"], match.start()) if level else self._addressee(sign)
            return _head(match, meant) if meant else None
        if match.group() == "我委" and self.writer.supervisor:
            return _head(match, self.writer.supervisor)
        host = self.author if match["whole"] and self.author and _ends(self.author.canonical, sign) else None
        if not host and (not match["that"] or match["that"] == "该"):
            any_kind = len(sign) > 2 or sign[-1] == "队"
            host = self._found.last(lambda it: _ends(it.canonical, sign) and (any_kind or it.kind in HOSTS))
            nameless = _NAMELESS.finditer(self._text, host.end, match.start()) if host else ()
            if any(other["kind"].endswith(sign) for other in nameless):
                return None
        if not host:
            host = self.author if self.author and _ends(self.author.canonical, sign) else self._only(sign)
        if not host:
            if match.group() != "我院":
                return None
            return Head(match.start(), "", Named(match.end(), "我院", UnitKind.HOSPITAL), rule="self")
        return _head(match, host)

    def _addressee(self, sign: str) -> UnitMention | None:
        """The institution of the kind that a letter is to, alone in its line: 县住房和城乡建设局:."""
        starts = {block.start for block in self._reading.document.blocks}
        return next(
            (
                it
                for it in self._found.mentions[:_ADDRESSED]
                if it.start in starts and self._text.startswith(":", it.end) and _ends(it.canonical, sign)
            ),
            None,
        )

    def _of_level(self, level: str, office: str, start: int) -> UnitMention | None:
        """The bureau that 市局 means: the author, the only one of the city, or the one named in the paragraph."""

        def fits(it: UnitMention) -> bool:
            prefix = it.place.organ_prefix if it.place else level
            return prefix.endswith(level) and it.canonical.startswith(prefix) and _ends(it.canonical, office)

        if self.author and fits(self.author):
            return self.author
        bureaus = [it for it in self._found.mentions[-_NEAR:] if fits(it)]
        if not bureaus:
            return None
        last = bureaus[-1]
        if all(it.canonical == last.canonical for it in bureaus):
            return last
        block = self._reading.block_at(start)
        return last if block and last.start >= block.start else None

    def _only(self, sign: str) -> UnitMention | None:
        """The only institution of the document that 我委 can mean."""
        fitting = {name: h for name, h in self._institutions.items() if _ends(name, sign)}
        if len(fitting) != 1:
            return None
        ((name, h),) = fitting.items()
        return UnitMention(h.start, h.named.end, name, h.named.kind, h.place, "self", "host")

    @cached_property
    def _institutions(self) -> dict[str, Head]:
        return {h.named.canonical: h for h in self._heads if h.place and h.named.kind in HOSTS}


def _head(match: re.Match[str], host: UnitMention) -> Head:
    full = host.full if host.full == "author" else "host"
    by = host.by if full == "author" else (host.start, host.end)
    return Head(match.start(), "", Named(match.end(), host.canonical, host.kind), host.place, "self", full, by)


def _ends(canonical: str, sign: str) -> bool:
    """Whether 该院, 该委 can mean a unit of this name."""
    if sign in ("集团", "公司", "医院", "中心"):
        return sign in canonical[-8:]
    return canonical.endswith(_SIGNS.get(sign, (sign,)))
