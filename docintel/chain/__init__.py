"""The rectification chain: each problem of a document with its cause, measures, owners, deadline and progress.

In: an extraction. Out: the rows of its ledger. Where the document has an order of its own, that is kept: a row is a row
of its ledger table, or an item `1.关于…的问题` with all that stands in it; any other issue is a row with the measures
that answer it.
"""

from docintel.chain.rows import chain

__all__ = ["chain"]
