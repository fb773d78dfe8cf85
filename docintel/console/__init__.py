"""What a person sees in the terminal: tables that fit, quotes that wrap, Chinese names for every label.

In: results of the library. Out: rich renderables.
"""

from docintel.console.explanations import explanations_view
from docintel.console.hits import hits_view, suggestions_view
from docintel.console.ledger import ledger_view
from docintel.console.library import documents_table, info_table, reports_view, works_table
from docintel.console.records import document_head, extraction_view, text_view
from docintel.console.statistics import checks_view, rectification_table, statistics_table, totals_table

__all__ = [
    "checks_view",
    "document_head",
    "documents_table",
    "explanations_view",
    "extraction_view",
    "hits_view",
    "info_table",
    "ledger_view",
    "rectification_table",
    "reports_view",
    "statistics_table",
    "suggestions_view",
    "text_view",
    "totals_table",
    "works_table",
]
