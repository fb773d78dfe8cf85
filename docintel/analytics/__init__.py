"""Tables over what a library holds: totals, trends, contradictions, rectification, topics; and their charts.

In: the data frames of a `Library`. Out: smaller data frames; a chart as a file.
"""

from docintel.analytics.contradictions import all_checks, contradictions
from docintel.analytics.counting import LeftOut, left_out
from docintel.analytics.plots import chinese_family, plot_rates, plot_totals
from docintel.analytics.rectifying import RATED_BY, rates, rectification
from docintel.analytics.topics import co_occurrence, issue_topics, topics
from docintel.analytics.totals import NO_SUMS, total, total_of_groups, trend, years

__all__ = [
    "NO_SUMS",
    "RATED_BY",
    "LeftOut",
    "all_checks",
    "chinese_family",
    "co_occurrence",
    "contradictions",
    "issue_topics",
    "left_out",
    "plot_rates",
    "plot_totals",
    "rates",
    "rectification",
    "topics",
    "total",
    "total_of_groups",
    "trend",
    "years",
]
