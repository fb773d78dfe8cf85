"""Regions as a tree: 吉林省 above 吉林省辽源市.

In: counts by full name. Out: the regions that are in no other, each with those in it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

#: The first part of a full name that has more behind it.
_FIRST = re.compile(r".{2,}?(?:自治区|特别行政区|自治州|地区|省|市|盟|州)(?=.)")


@dataclass(slots=True)
class Region:
    """A region, how many hits are of it or of a region in it, and these.

    Attributes:
        value: the full name, as a filter takes it.
        name: the name below the region it is in.
    """

    value: str
    name: str
    count: int = 0
    within: "list[Region]" = field(default_factory=list)


def outermost(full: str) -> str:
    """The province or city that a region is in, itself where its full name tells of none: 吉林省 of 吉林省辽源市."""
    match = _FIRST.match(full)
    return match[0] if match else full


def region_tree(counts: Mapping[str, int]) -> list[Region]:
    """The tree, most hits first, of two levels: below a province or city stands the rest of the name."""
    roots: dict[str, Region] = {}
    for full, count in counts.items():
        above = outermost(full)
        root = roots.setdefault(above, Region(above, above))
        root.count += count
        if full != above:
            root.within.append(Region(full, full[len(above) :], count))
    return sorted(roots.values(), key=lambda region: (-region.count, region.value))
