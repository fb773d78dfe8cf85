"""What a person sees in the terminal: tables that fit, quotes that wrap, Chinese names for every label.

In: results of the library. Out: rich renderables.
"""

from docintel.console.across import comparison_view, recurrences_view
from docintel.console.advice import advice_view, no_case, similar_view
from docintel.console.corrections import corrections_table, results_view
from docintel.console.evaluation import evaluation_view
from docintel.console.explanations import explanations_view
from docintel.console.hits import facets_view, hits_view
from docintel.console.learning import scores_view, training_view
from docintel.console.ledger import ledger_view
from docintel.console.library import (
    documents_table,
    info_table,
    reports_view,
    thesaurus_table,
    watches_table,
    works_table,
)
from docintel.console.records import document_head, extraction_view, text_view
from docintel.console.statistics import (
    checks_view,
    contradictions_view,
    rates_table,
    rectification_table,
    statistics_table,
    totals_table,
)

__all__ = [
    "advice_view",
    "checks_view",
    "comparison_view",
    "contradictions_view",
    "corrections_table",
    "document_head",
    "documents_table",
    "evaluation_view",
    "explanations_view",
    "extraction_view",
    "facets_view",
    "hits_view",
    "info_table",
    "ledger_view",
    "no_case",
    "rates_table",
    "rectification_table",
    "recurrences_view",
    "reports_view",
    "results_view",
    "scores_view",
    "similar_view",
    "statistics_table",
    "text_view",
    "thesaurus_table",
    "totals_table",
    "training_view",
    "watches_table",
    "works_table",
]
