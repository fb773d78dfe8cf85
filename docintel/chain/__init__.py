"""The rectification chain: each problem of a document with its cause, measures, owners, deadline and progress.

In: an extraction. Out: the rows of its ledger. Where the document has an order of its own, that is kept: a row is a row
of its ledger table, or an item `1.关于…的问题` with all that stands in it; any other issue is a row with the measures
that answer it.
"""

from docintel.chain.answers import answered
from docintel.chain.asked import findings
from docintel.chain.likeness import Nearness, features
from docintel.chain.recurrences import recurring
from docintel.chain.results import effects
from docintel.chain.rows import chain
from docintel.chain.staging import stage
from docintel.chain.statements import source_of
from docintel.chain.subjects import led_by, same_unit, subject
from docintel.chain.told import responses

__all__ = [
    "Nearness",
    "answered",
    "chain",
    "effects",
    "features",
    "findings",
    "led_by",
    "recurring",
    "responses",
    "same_unit",
    "source_of",
    "stage",
    "subject",
]
