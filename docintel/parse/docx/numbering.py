"""The numbers that Word writes in front of paragraphs: they are counted, not stored.

In: the numbering part, then each numbered paragraph in order. Out: its number as the reader sees it, `第三条 `,
`（二）`, or a bullet. Counters belong to an abstract numbering, so lists that share one go on counting in each other.
"""

import re
from dataclasses import dataclass, replace

from lxml import etree

from docintel.parse.docx.styles import Styles, value_of
from docintel.parse.ooxml.numerals import numeral
from docintel.parse.ooxml.package import MC, W

_PLACEHOLDER = re.compile(r"%([1-9])")
_LEVELS = 9
#: Links from a numbering to a style to a numbering are followed so far.
_LINKS = 4
_OPEN_ENDS = "、）)．】〕》：，。"


@dataclass(frozen=True, slots=True)
class _Level:
    """How one level of a numbering counts and writes.

    Attributes:
        restart: begin anew behind a paragraph of this level or a higher one, from 1; 0 for never.
        legal: write every number in it in plain digits.
    """

    way: str = "decimal"
    text: str = ""
    start: int = 1
    space: bool = True
    restart: int | None = None
    legal: bool = False
    style: str | None = None
    digits: int = 0


class Numbering:
    """The numberings of a document, counting.

    Args:
        root: of the numbering part; None when there is none.
    """

    def __init__(self, root: etree._Element | None, styles: Styles) -> None:
        self._styles = styles
        self._abstract = _by_id(root, "abstractNum")
        self._numbers = _by_id(root, "num")
        self._levels: dict[str, tuple[str, list[_Level], dict[int, int]]] = {}
        self._counters: dict[str, list[int | None]] = {}

    def label(self, num_id: str | None, level: int | None, style_id: str | None) -> str:
        """The number of the next paragraph with this numbering, and the space behind it; empty for none."""
        if not num_id or num_id == "0":
            return ""
        abstract_id, levels, starts = self._read(num_id)
        if not levels:
            return ""
        if level is None:
            level = next((i for i, known in enumerate(levels) if known.style and known.style == style_id), 0)
        level = min(max(level, 0), len(levels) - 1)
        self._count(abstract_id, levels, starts, level)
        return self._written(abstract_id, levels, level)

    def _count(self, abstract_id: str, levels: list[_Level], starts: dict[int, int], level: int) -> None:
        counters = self._counters.setdefault(abstract_id, [None] * _LEVELS)
        value = counters[level]
        if level in starts:  # a list that shares its counters and begins anew, once
            counters[level] = starts.pop(level)
        else:
            counters[level] = levels[level].start if value is None else value + 1
        for deeper in range(level + 1, len(levels)):
            restart = levels[deeper].restart
            if restart is None or level < restart:
                counters[deeper] = None

    def _written(self, abstract_id: str, levels: list[_Level], level: int) -> str:
        shape, counters = levels[level], self._counters[abstract_id]
        if shape.way == "bullet":
            return f"{_bullet(shape.text)} "

        def count(match: re.Match[str]) -> str:
            i = int(match.group(1)) - 1
            if i >= len(levels):
                return ""
            value = counters[i]
            way = "decimal" if shape.legal else levels[i].way
            return numeral(levels[i].start if value is None else value, way, levels[i].digits)

        text = _PLACEHOLDER.sub(count, shape.text).strip()
        return f"{text} " if text and shape.space and text[-1] not in _OPEN_ENDS else text

    def _read(self, num_id: str) -> tuple[str, list[_Level], dict[int, int]]:
        """The abstract numbering of a numbering, its levels, and starts of its own that are still to come."""
        if num_id not in self._levels:
            self._levels[num_id] = self._resolve(num_id)
        return self._levels[num_id]

    def _resolve(self, num_id: str) -> tuple[str, list[_Level], dict[int, int]]:
        node = self._numbers.get(num_id)
        abstract_id = (value_of(node, "abstractNumId") or "") if node is not None else ""
        for _ in range(_LINKS):
            abstract = self._abstract.get(abstract_id)
            link = None if abstract is None else value_of(abstract, "numStyleLink")
            target = self._numbers.get(self._styles.numbering_of(link) or "") if link else None
            if target is None:
                break
            abstract_id = value_of(target, "abstractNumId") or ""
        abstract = self._abstract.get(abstract_id)
        levels = [_Level() for _ in range(_LEVELS)] if abstract is not None else []
        for child in abstract.findall(f"{W}lvl") if abstract is not None else ():
            _put(levels, child)
        starts = _overrides(node, levels) if node is not None and levels else {}
        return abstract_id, levels, starts


def _by_id(root: etree._Element | None, name: str) -> dict[str, etree._Element]:
    return {} if root is None else {node.get(f"{W}{name}Id") or "": node for node in root.findall(f"{W}{name}")}


def _overrides(node: etree._Element, levels: list[_Level]) -> dict[int, int]:
    """Put a numbering's own levels over those of its abstract one; out: where its levels start anew."""
    starts = {}
    for override in node.findall(f"{W}lvlOverride"):
        i = _integer(override.get(f"{W}ilvl"), 0)
        if (own := override.find(f"{W}lvl")) is not None:
            _put(levels, own)
        if (start := value_of(override, "startOverride")) is not None:
            starts[i] = _integer(start, 1)
            if 0 <= i < _LEVELS:
                levels[i] = replace(levels[i], start=starts[i])
    return starts


def _put(levels: list[_Level], node: etree._Element) -> None:
    i = _integer(node.get(f"{W}ilvl"), -1)
    if 0 <= i < len(levels):
        levels[i] = _level(node)


def _level(node: etree._Element) -> _Level:
    way, digits = value_of(node, "numFmt") or "decimal", 0
    choice = node.find(f"{MC}AlternateContent/{MC}Choice/{W}numFmt")
    if choice is not None:
        pattern = (choice.get(f"{W}format") or "").split(",")[0].strip()  # "001, 002, 003, ..."
        way, digits = (choice.get(f"{W}val") or way), len(pattern) if pattern.isdigit() else 0
    legal, restart = node.find(f"{W}isLgl"), value_of(node, "lvlRestart")
    return _Level(
        way="decimal" if way == "custom" else way,
        text=value_of(node, "lvlText") or "",
        start=_integer(value_of(node, "start"), 1),
        space=value_of(node, "suff") != "nothing",
        restart=None if restart is None else _integer(restart, 0),
        legal=legal is not None and legal.get(f"{W}val", "1") not in ("0", "false"),
        style=value_of(node, "pStyle"),
        digits=digits,
    )


def _bullet(text: str) -> str:
    """A bullet as Unicode has it: letters and private characters are signs of a symbol font."""
    sign = text.strip()[:1]
    return "•" if not sign or sign.isalnum() or "\ue000" <= sign <= "\uf8ff" else sign


def _integer(value: str | None, default: int) -> int:
    try:
        return int(value or "")
    except ValueError:
        return default
