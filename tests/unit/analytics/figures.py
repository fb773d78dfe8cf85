"""Tables of statistics for tests."""

import pandas as pd

DEFAULTS = {
    "source": "a.txt", "published": "2024-01-20", "metric": "issues_found", "unit_of_measure": "个", "unit": "甲院",
    "region": "青岚市", "period": "2023", "subject": "问题", "action": "发现", "approximate": False, "page": None,
    "sources": 1, "doc_type": "news", "title": "通报",
}  # fmt: skip


def table(*rows):
    """Rows as `Library.statistics()` gives them; what a row does not say is as in `DEFAULTS`."""
    made = []
    for number, row in enumerate(rows):
        full = DEFAULTS | {"document": row.get("document", "d0"), "ordinal": number, "start": 300 * number} | row
        full.setdefault("work", full["document"])
        full.setdefault("end", full["start"] + 8)
        full.setdefault("quote", f"{full['action']}{full['subject']}{full['value']}{full['unit_of_measure']}")
        made.append(full)
    return pd.DataFrame(made)
