"""How sure a record is: of records said to be 0.9 sure, about 0.9 are right.

In: an extraction whose records tell their grounds. Out: the same with a confidence from 0 to 1 on every record. The
probability is a logistic model's over the grounds, fitted by `scripts/train_confidence.py` on documents that no rule
was written for; text that was recognised from an image lowers it by the recogniser's own doubt.
"""

import json
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import repeat
from math import exp
from typing import Any, NamedTuple

from docintel.config import models_dir
from docintel.errors import ModelError
from docintel.schema import Extraction, Record

_LENGTHS = (6, 12, 24, 48)


class _Known(NamedTuple):
    """What the features of a record are made of."""

    grounds: tuple[tuple[str, str], ...]
    length: int
    mentions: int
    doc_type: str
    block: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """The logistic model of one record type: log-odds of a record without features, and what each feature adds."""

    bias: float
    weights: Mapping[str, float]

    def probability(self, features: Iterable[str]) -> float:
        """That a record with these features is right."""
        return 1.0 / (1.0 + exp(-self.bias - sum(map(self.weights.get, features, repeat(0.0)))))


def features(record: Record, extraction: Extraction) -> Iterator[str]:
    """What is known of a record before it is seen to be right.

    Its grounds, its length, where it stands.
    """
    block = extraction.document.block_at(record.evidence.start)
    yield from _features(_known(record, extraction.doc_type, block.kind if block else None))


def _known(record: Record, doc_type: str, block: str | None) -> _Known:
    return _Known(
        tuple([(ground.field, ground.rule) for ground in record.grounds]),
        bisect_left(_LENGTHS, len(record.evidence.quote)),
        min(3, len(getattr(record, "mentions", ()))),
        doc_type,
        block,
    )


def _features(known: _Known) -> Sequence[str]:
    return (
        *dict.fromkeys([f"{field}={rule}" for field, rule in known.grounds]),
        f"length={known.length}",
        f"mentions={known.mentions}",
        f"type={known.doc_type}",
        f"block={known.block}",
    )


@cache
def models() -> dict[str, Model]:
    """The shipped model of each record type.

    Raises:
        ModelError: the file is missing.
    """
    path = models_dir() / "confidence" / "weights.json"
    try:
        data = json.loads(path.read_text("utf-8"))
    except FileNotFoundError as exc:
        raise ModelError(f"The confidence model is missing: {path}", hint="Reinstall docintel.") from exc
    return {kind: Model(**values) for kind, values in data.items()}


def with_confidence(extraction: Extraction) -> Extraction:
    """The extraction with the confidence of every record, to two decimals."""
    sure: dict[str, Any] = {
        kind: tuple([_sure(record, model, extraction) for record in extraction.records(kind)])
        for kind, model in models().items()
    }
    return replace(extraction, **sure)


def _sure(record: Record, model: Model, extraction: Extraction) -> Record:
    block = extraction.document.block_at(record.evidence.start)
    read = block.confidence if block else 1.0
    known = _known(record, extraction.doc_type, block.kind if block else None)
    return replace(record, confidence=round(read * _probability(model, known), 2))


@lru_cache(maxsize=4096)  # many records are known by the same rules
def _probability(model: Model, known: _Known) -> float:
    return model.probability(_features(known))
