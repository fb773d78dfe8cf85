"""What two documents have in common: problems, measures, and cases that were answered alike.

In: a document, and others that may be like it. Out: for each of these the pairs of records that say the like, with the
words of both. A record stands in one pair only, with the one that it is most like.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import sqrt

import numpy as np

from docintel.index.passage_index import PassageIndex
from docintel.index.passages import split_passages
from docintel.index.vectors import Vectors
from docintel.index.words import terms
from docintel.schema import Case, Extraction, Hit, HitKind, Issue, Match, Measure, Passage, chinese_name
from docintel.store.catalog import Catalog
from docintel.suggest.actions import Use, use_of
from docintel.suggest.likeness import Similarity

_KINDS = (HitKind.ISSUE, HitKind.MEASURE, HitKind.CASE)
#: Likeness from which two records say the like, mean of meaning and words. Cases need less: they share a sanction too.
_ALIKE = {HitKind.ISSUE: 0.55, HitKind.MEASURE: 0.55, HitKind.CASE: 0.4}
_MOST = 60  # records of a kind that are compared
_SHOWN = 5  # pairs of a kind


@dataclass(frozen=True, slots=True)
class _Side:
    """The records of one kind of a document that can match."""

    passages: Sequence[Passage]
    vectors: Vectors


class Matcher:
    """Finds what other documents of a library have in common with one."""

    def __init__(self, catalog: Catalog, index: PassageIndex, similarity: Similarity, own: Extraction) -> None:
        self._catalog, self._index, self._similarity, self._own = catalog, index, similarity, own

    def matches(self, document: str) -> tuple[Match, ...]:
        """The pairs of records that say the like: issues, then measures, then cases; most alike first in each."""
        other = self._catalog.get(document)
        return tuple(match for kind in _KINDS for match in self._of_kind(kind, other))

    def _of_kind(self, kind: HitKind, other: Extraction) -> list[Match]:
        own, theirs = self._sides[kind], self._indexed(kind, other)
        if not own.passages or not theirs.passages:
            return []
        pairs = sorted(self._alike(own, theirs), key=lambda pair: (-pair[0], pair[1:]))
        found: list[Match] = []
        taken: set[tuple[str, int]] = set()
        for likeness, i, j in pairs:
            if likeness < _ALIKE[kind] or len(found) == _SHOWN:
                break
            one, two = own.passages[i], theirs.passages[j]
            places = {("own", i), ("other", j)}
            what = _in_common(self._own, one, other, two)
            if places & taken or what is None:
                continue
            taken |= places
            found.append(_match(one, two, other, what, likeness))
        return found

    def _alike(self, own: _Side, other: _Side) -> Iterator[tuple[float, int, int]]:
        cosines = own.vectors @ other.vectors.T
        words = [[Counter(terms(passage.text)) for passage in side.passages] for side in (own, other)]
        rarities = self._index.rarities({word for side in words for counts in side for word in counts})
        masses = [[_mass(counts, rarities) for counts in side] for side in words]
        for i, j in zip(*np.nonzero(cosines > self._similarity.unrelated), strict=True):
            both = sqrt(masses[0][i] * masses[1][j])
            shared = _mass(words[0][i] & words[1][j], rarities) / both if both else 0.0
            yield (self._similarity.of(float(cosines[i, j])) + shared) / 2, int(i), int(j)

    @cached_property
    def _sides(self) -> dict[HitKind, _Side]:
        """The records of the document that is asked about; encoded now where the library has it not."""
        if self._catalog.extractor_of(self._own.document.id):
            return {kind: self._indexed(kind, self._own) for kind in _KINDS}
        sides = {}
        for kind in _KINDS:
            passages = [each for each in split_passages(self._own) if each.kind is kind]
            kept = [each for each in passages if _is_telling(self._own, each)][:_MOST]
            sides[kind] = _Side(kept, self._index.encoder.encode_passages([each.text for each in kept]))
        return sides

    def _indexed(self, kind: HitKind, extraction: Extraction) -> _Side:
        passages = self._catalog.passages_of(extraction.document.id, kind)
        kept = [each for each in passages if _is_telling(extraction, each)][:_MOST]
        return _Side(kept, self._index.vectors([each.id for each in kept], kind))


def _mass(words: Counter[str], rarities: dict[str, float]) -> float:
    return sum(count * rarities[word] for word, count in words.items())


def _record(extraction: Extraction, passage: Passage) -> Issue | Measure | Case | None:
    """The record that a passage holds; None where the document was read anew meanwhile and has another there."""
    records = extraction.records(f"{passage.kind}s")
    record = records[passage.ordinal] if passage.ordinal < len(records) else None
    if isinstance(record, Issue | Measure | Case) and record.evidence.start == passage.start:
        return record
    return None


def _is_telling(extraction: Extraction, passage: Passage) -> bool:
    """Whether a record says what can be compared: no measure that only happened."""
    record = _record(extraction, passage)
    return record is not None and not (isinstance(record, Measure) and use_of(record, extraction) < Use.VAGUE)


def _in_common(own: Extraction, one: Passage, other: Extraction, two: Passage) -> str | None:
    """What two records have in common beside their words; None for cases that no sanction unites."""
    first, second = _record(own, one), _record(other, two)
    if isinstance(first, Case) and isinstance(second, Case):
        shared = [name for name in dict.fromkeys(first.sanctions) if name in second.sanctions]
        return "、".join(shared) or None
    if isinstance(first, Issue | Measure) and isinstance(second, Issue | Measure):
        return chinese_name(first.category) if first.category == second.category else ""
    return None


def _match(one: Passage, two: Passage, other: Extraction, what: str, likeness: float) -> Match:
    document = other.document
    record = _record(other, two)
    hit = Hit(
        kind=two.kind,
        score=likeness,
        text=two.text,
        quote=two.text,
        title=document.title,
        source=document.source,
        document=document.id,
        start=two.start,
        end=two.end,
        ordinal=two.ordinal,
        page=two.page,
        doc_type=str(other.doc_type),
        publisher=document.publisher,
        published=document.published,
        region=other.region,
        category=str(record.category) if isinstance(record, Issue | Measure) else None,
        status=str(record.status) if isinstance(record, Measure) else None,
    )
    return Match(kind=one.kind, what=what, quote=one.text, start=one.start, end=one.end, other=hit, similarity=likeness)
