"""Whose each problem of a document is.

In: an extraction and its statements. Out: full names of units.
"""

import re
from collections.abc import Iterator, Sequence

from docintel.chain.places import folded_text
from docintel.chain.statements import Statement
from docintel.chain.subjects import belongs_to, candidates, led_by, subject
from docintel.schema import Extraction, UnitKind

#: 县人民医院, 市实验中学, 区教育局: which one the place tells.
_NO_PLACE = re.compile(r"[省市县区州旗镇乡](?!委)")


def issue_owners(extraction: Extraction, told: Sequence[Statement]) -> list[str | None]:
    """Whose each problem is, by full name; None where the document does not tell.

    The unit that its sentence names before it, the heading it stands under, its paragraph; else the unit that the
    document is about. A department's problem is its house's. A name that lacks its place, 县人民医院, is made whole by
    the place that the document is about.
    """
    about = subject(extraction)
    mentions = sorted(_mentions(extraction))
    folded = folded_text(extraction)
    owners: list[str | None] = []
    for each in told:
        quote, section = each.evidence, each.section
        block = extraction.document.block_at(quote.start)
        begin = max(folded.rfind(mark, 0, quote.start) for mark in "。;!?\n") + 1
        near = [name for at, name in mentions if begin <= at < quote.end]
        near = near or [name for at, name in mentions if section and section.start <= at < section.end]
        if not near and about is None and block:
            near = [name for at, name in mentions if block.start <= at < quote.start]
        owner = _house(near[-1], extraction, about) if near else about
        owners.append(_placed(owner, extraction.region) if owner else None)
    return owners


def _placed(name: str, region: str | None) -> str | None:
    """A name with its place; None for one that lacks it and can't be told from its like elsewhere."""
    body = led_by(name)
    if not _NO_PLACE.match(body):
        return name
    return f"{region}{body[1:]}" if region and region.endswith(body[0]) else None


def _mentions(extraction: Extraction) -> Iterator[tuple[int, str]]:
    known = candidates(extraction)
    for unit in extraction.units:
        if unit.canonical in known or unit.kind is UnitKind.DEPARTMENT:
            yield from ((mention.start, unit.canonical) for mention in unit.mentions or (unit.evidence,))


def _house(name: str, extraction: Extraction, about: str | None) -> str:
    """The unit that a department is in; the name itself for any other."""
    if about and belongs_to(name, about):
        return about
    departments = {unit.canonical for unit in extraction.units if unit.kind is UnitKind.DEPARTMENT}
    if name not in departments:
        return name
    houses = [unit.canonical for unit in extraction.units if unit.canonical not in departments]
    inside = [house for house in houses if name.startswith(led_by(house))]
    return max(inside, key=len, default=about or name)
