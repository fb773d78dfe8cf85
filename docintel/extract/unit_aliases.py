"""One name for a unit that a document writes in several ways: 青禾公司 after 云溪县青禾粮油有限公司.

In: the canonical names found in a document. Out: for each, the fullest name of the same unit.
"""

import re
from collections.abc import Iterable, Sequence

from docintel.schema import UnitKind

_COMPANY_FORM = re.compile(r"(?:有限责任公司|股份有限公司|有限公司|集团公司|公司|集团)$")


def merge_aliases(names: Sequence[tuple[str, UnitKind]]) -> dict[str, str]:
    """The fullest name of the unit behind each canonical name.

    A company's name stands for a longer one when its characters occur in it in the same order (云溪水务 in
    云溪水利服务有限公司) and no other fits; a hospital's 中医院 stands for 中医医院.
    """
    fullest: dict[str, str] = {}
    kinds = dict(names)
    for name, kind in kinds.items():
        longer = [
            other for other, other_kind in kinds.items() if other_kind is kind and _is_short_for(name, other, kind)
        ]
        fullest[name] = longer[0] if len(longer) == 1 else name
    merged = sorted((name for name, full in fullest.items() if full != name), key=lambda name: -len(name))
    for name in kinds:  # what is inside a unit with a fuller name: 青禾公司财务部, 中共云帆集团委员会
        short = next((short for short in merged if name.removeprefix("中共").startswith(short)), None)
        if short and fullest[name] == name:
            fullest[name] = _in_full(name, short, fullest[short])
    return fullest


def _in_full(name: str, short: str, full: str) -> str:
    return re.sub(rf"{re.escape(short)}(?:公司)?", lambda _: full, name, count=1)


def _is_short_for(short: str, full: str, kind: UnitKind) -> bool:
    if len(short) >= len(full) or full.startswith(short):
        return False
    if kind is UnitKind.HOSPITAL:
        return short.replace("中医院", "中医医院") == full
    if kind is not UnitKind.COMPANY or "分公司" in full or "分行" in full or ("集团" in short and "集团" not in full):
        return False
    core = _COMPANY_FORM.sub("", short)
    return len(core) >= 2 and (core in full or ((core[0] == full[0] or core[:2] in full) and _in_order(core, full)))


def _in_order(short: str, full: str) -> bool:
    """Whether the characters of one occur in the other in the same order."""
    rest: Iterable[str] = iter(full)
    return all(character in rest for character in short)
