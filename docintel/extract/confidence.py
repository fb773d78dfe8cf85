"""How sure a record is: of records said to be 0.9 sure, about 0.9 are right.

In: an extraction whose records tell their grounds. Out: the same with a confidence from 0 to 1 on every record. The
probability is a logistic model's over the grounds, fitted by `scripts/train_confidence.py` on documents that no rule
was written for; text that was recognised from an image lowers it by the recogniser's own doubt.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from math import exp
from typing import Any

from docintel.config import models_dir
from docintel.errors import ModelError
from docintel.schema import Extraction, Record

_LENGTHS = (6, 12, 24, 48)


@dataclass(frozen=True, slots=True)
class Model:
    """The logistic model of one record type: log-odds of a record without features, and what each feature adds."""

    bias: float
    weights: Mapping[str, float]

    def probability(self, features: Iterator[str]) -> float:
        """That a record with these features is right."""
        return 1.0 / (1.0 + exp(-self.bias - sum(self.weights.get(feature, 0.0) for feature in features)))


def features(record: Record, extraction: Extraction) -> Iterator[str]:
    """What is known of a record before it is seen to be right: its grounds, its length, where it stands."""
    yield from dict.fromkeys(f"{ground.field}={ground.rule}" for ground in record.grounds)
    yield f"length={sum(len(record.evidence.quote) > limit for limit in _LENGTHS)}"
    yield f"mentions={min(3, len(getattr(record, 'mentions', ())))}"
    yield f"type={extraction.doc_type}"
    block = extraction.document.block_at(record.evidence.start)
    yield f"block={block.kind if block else None}"


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
        kind: tuple(_sure(record, model, extraction) for record in extraction.records(kind))
        for kind, model in models().items()
    }
    return replace(extraction, **sure)


def _sure(record: Record, model: Model, extraction: Extraction) -> Record:
    block = extraction.document.block_at(record.evidence.start)
    read = block.confidence if block else 1.0
    return replace(record, confidence=round(read * model.probability(features(record, extraction)), 2))
