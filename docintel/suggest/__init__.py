"""Suggest what to do about a problem, from what others did about comparable ones.

In: a problem in words, and a library. Out: advice: comparable cases and the measures they report, near-identical ones
as one, the most useful first, each a quote with its source.
"""

from docintel.suggest.advice import Adviser, suggest
from docintel.suggest.likeness import Similarity
from docintel.suggest.matching import Matcher

__all__ = ["Adviser", "Matcher", "Similarity", "suggest"]
