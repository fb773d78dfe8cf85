"""What several sources of one work say alike, as one; and documents of passages.

In: hits, best first. Out: hits, best first.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from docintel.schema import Hit, HitKind
from docintel.text.normalize import fold

#: Of documents that share a work with others: the work, and a key that sorts its sources, the leading one first.
Standings = Mapping[str, tuple[str, str]]
_ALONE: Standings = {}
#: Of the shorter passage's pairs of characters, how many the other has when two sources of a work say the same: two
#: windows over one text that begin at different sentences share half.
_SAME_PASSAGE = 0.5
_PASSAGES_COUNTED = 3  # a document is as good as its best passages, not as their number


def once(hits: Sequence[Hit], standings: Standings) -> list[Hit]:
    """The hits, those of one work that say the same as one, with the best score and the leading source's words.

    Args:
        hits: best first.
        standings: as `Catalog.standings` gives them.
    """
    groups: list[list[Hit]] = []
    of_work: defaultdict[str, list[tuple[Counter[str], list[Hit]]]] = defaultdict(list)
    for hit in hits:
        if hit.document not in standings:
            groups.append([hit])
            continue
        known, letters = of_work[standings[hit.document][0]], letter_pairs(hit.quote)
        for first, group in known:
            if group[0].document != hit.document and overlap(first, letters) >= _SAME_PASSAGE:
                group.append(hit)
                break
        else:
            groups.append([hit])
            known.append((letters, groups[-1]))
    return [_merged(group, standings) for group in groups]


def _merged(group: Sequence[Hit], standings: Standings) -> Hit:
    """The best hit of the leading source, with the best score, and the names of the other sources."""
    if len(group) == 1:
        return group[0]
    leading = min(group, key=lambda hit: standings.get(hit.document, ("", ""))[1])  # the first of equals: the best
    names = dict.fromkeys(name for hit in group for name in (hit.source, *hit.sources))
    sources = tuple(name for name in names if name != leading.source)
    return replace(leading, score=group[0].score, sources=sources or leading.sources)


def letter_pairs(text: str) -> Counter[str]:
    """The pairs of neighbouring characters of a text, punctuation left out."""
    return Counter(map("".join, pairwise(char for char in fold(text) if char.isalnum())))


def overlap(one: Counter[str], other: Counter[str]) -> float:
    """How much of the smaller is in the larger, 0 to 1."""
    smaller = min(one.total(), other.total())
    return (one & other).total() / smaller if smaller else 0.0


def documents_of(hits: Sequence[Hit], standings: Standings = _ALONE) -> list[Hit]:
    """The documents of some hits, each with its best hit as the quote; best first, ties in the order given.

    A document's score is the sum of its three best hits.

    Args:
        hits: what several sources of a work say alike must be `once` among them.
        standings: sources of one work are one document, the leading one.
    """
    by_work: defaultdict[str, list[Hit]] = defaultdict(list)
    for hit in hits:
        by_work[standings.get(hit.document, (hit.document, ""))[0]].append(hit)
    found = []
    for own in by_work.values():
        own.sort(key=lambda hit: -hit.score)
        score = sum(hit.score for hit in own[:_PASSAGES_COUNTED])
        best = _merged(own, standings)
        found.append(replace(best, kind=HitKind.DOCUMENT, score=score, text=best.title or best.source))
    return sorted(found, key=lambda hit: -hit.score)
