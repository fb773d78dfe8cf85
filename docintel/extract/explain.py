"""Why each record is as it is: the rules and models that made it, in words, and the stretches of text they went by.

In: an extraction as `extract` made it. Out: an `Explanation` a record.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from docintel.errors import QueryError
from docintel.extract.language.lexicon import load
from docintel.schema import RECORD_TYPES, Extraction, Ground, Record

_ID = re.compile(r"(?P<kind>[a-z]+)\s?[/:#]\s?(?P<index>\d+)")


@dataclass(frozen=True, slots=True)
class Explanation:
    """A record and its grounds.

    Attributes:
        id: the record type and the record's place in it, as in the JSON of `extract`: `statistics/3`.
    """

    id: str
    kind: str
    record: Record

    @property
    def grounds(self) -> tuple[Ground, ...]:
        """What decided the record itself, then its fields."""
        return self.record.grounds


def explain(extraction: Extraction, record: str | None = None) -> list[Explanation]:
    """The explanations of all records, or of one.

    Args:
        record: `statistics/3`, `cases/0`; every record of a type for its name alone; all when None.

    Raises:
        QueryError: the document has no such record.
    """
    asked = _asked(extraction, record) if record else None
    return [
        Explanation(f"{kind}/{i}", kind, each)
        for kind in RECORD_TYPES
        for i, each in enumerate(extraction.records(kind))
        if asked is None or asked in (f"{kind}/{i}", kind)
    ]


def _asked(extraction: Extraction, record: str) -> str:
    if record in RECORD_TYPES:
        return record
    match = _ID.fullmatch(record.strip())
    if not match or match["kind"] not in RECORD_TYPES:
        raise QueryError(
            f"{record!r} 不是记录编号。 {record!r} is no id of a record.",
            hint=f"写作 statistics/3：类别为 Write it like statistics/3, with a type of: {', '.join(RECORD_TYPES)}。",
        )
    kind, index = match["kind"], int(match["index"])
    count = len(extraction.records(kind))
    if index >= count:
        raise QueryError(
            f"该文档的 {kind} 只有 {count} 条，编号从 0 起。 The document has {count} {kind}; they are numbered from 0."
        )
    return f"{kind}/{index}"


@cache
def _described() -> dict[str, str]:
    return {f"{group}/{name}": words for group, names in load("rules").items() for name, words in names.items()}


def describe(rule: str) -> str:
    """What a rule goes by, in Chinese; the rule's own name where nothing is written about it.

    Names of a vocabulary (`metric/issues_found`) are described as a group (`metric/*`).
    """
    described = _described()
    return described.get(rule) or described.get(f"{rule.partition('/')[0]}/*") or rule


def rules_of(extraction: Extraction) -> Iterator[str]:
    """Every rule that had a part in an extraction, repeated as often as it had."""
    for kind in RECORD_TYPES:
        for record in extraction.records(kind):
            yield from (ground.rule for ground in record.grounds)
