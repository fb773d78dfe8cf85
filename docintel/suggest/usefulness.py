"""How likely a measure is of use against a problem, by what judges said of others.

In: how relevant a measure is to the problem, and what it is. Out: a probability. The model is logistic, fitted by
`scripts/train_ranking.py` on the judged suggestions of `corpora/queries`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import exp, log

from docintel.config import models_dir
from docintel.errors import ModelError
from docintel.schema import Measure
from docintel.suggest.actions import Use

_LEAST_RELEVANT = 0.01  # less is the same: a logarithm needs a floor
_LONGEST = 40  # characters: what is longer is told no more concretely


@dataclass(frozen=True, slots=True)
class Usefulness:
    """A logistic model: log-odds of a measure without features, and what one of each feature adds."""

    bias: float
    weights: Mapping[str, float]

    def probability(self, features: Mapping[str, float]) -> float:
        """That a measure with these features is of use; a feature that the model does not know adds nothing."""
        log_odds = self.bias + sum(self.weights.get(name, 0.0) * value for name, value in features.items())
        return 1 / (1 + exp(-log_odds))


def features(relevance: float, use: Use, measure: Measure) -> dict[str, float]:
    """What tells whether a measure is of use.

    Args:
        relevance: how well the issue that it answers, and its own words, match the problem; 0 to 1.
    """
    return {
        "relevance": log(max(relevance, _LEAST_RELEVANT)),
        "length": log(min(len(measure.evidence.quote), _LONGEST)),
        f"use={use.name.lower()}": 1.0,
        f"category={measure.category}": 1.0,
    }


@cache
def shipped() -> Usefulness:
    """The shipped model.

    Raises:
        ModelError: the file is missing.
    """
    path = models_dir() / "ranking" / "weights.json"
    try:
        return Usefulness(**json.loads(path.read_text("utf-8")))
    except FileNotFoundError as exc:
        raise ModelError(
            f"缺少建议排序的模型。 The model that ranks suggestions is missing: {path}",
            hint="请重新安装 docintel。 Reinstall docintel.",
        ) from exc
