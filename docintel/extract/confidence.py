"""How sure a record is: of records said to be 0.9 sure, about 0.9 are right.

In: an extraction whose records tell their grounds. Out: the same with a confidence from 0 to 1 on every record. The
probability is a logistic model's over the grounds, fitted by `scripts/train_confidence.py` on documents that no rule
was written for; text that was recognised from an image lowers it by the recogniser's own doubt.
"""

import json
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import repeat
from math import exp
from typing import Any

from docintel.config import models_dir
from docintel.errors import ModelError
from docintel.schema import Block, DocType, Extraction, Record

_LENGTHS = (6, 12, 24, 48)


@dataclass(frozen=True, slots=True)
class Model:
    """The logistic model of one record type: log-odds of a record without features, and what each feature adds."""

    bias: float
    weights: Mapping[str, float]

    def probability(self, features: Iterable[str]) -> float:
        """That a record with these features is right."""
        return 1.0 / (1.0 + exp(-self.bias - sum(map(self.weights.get, features, repeat(0.0)))))


def features(record: Record, extraction: Extraction) -> Iterator[str]:
    """What is known of a record before it is seen to be right.

    Its grounds, how sure the model was that chose it, its length, where it stands.
    """
    block = extraction.document.block_at(record.evidence.start)
    yield from _features(record, extraction.doc_type, block)


def _features(record: Record, doc_type: DocType, block: Block | None) -> Sequence[str]:
    return (
        *dict.fromkeys([f"{ground.field}={ground.rule}" for ground in record.grounds]),
        f"length={bisect_left(_LENGTHS, len(record.evidence.quote))}",
        f"mentions={min(3, len(getattr(record, 'mentions', ())))}",
        f"type={doc_type}",
        f"block={block.kind if block else None}",
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
        kind: tuple(_sure(record, model, extraction) for record in extraction.records(kind))
        for kind, model in models().items()
    }
    return replace(extraction, **sure)


def _sure(record: Record, model: Model, extraction: Extraction) -> Record:
    block = extraction.document.block_at(record.evidence.start)
    read = block.confidence if block else 1.0
    return replace(record, confidence=round(read * model.probability(_features(record, extraction.doc_type, block)), 2))
