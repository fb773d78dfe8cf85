"""Every page by name, and what axe-core says of one."""

from pathlib import Path

import pytest

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text("utf-8")
#: Address of each page; `{inspection_report_01}` stands for the id of that document, `{list}`
#: for the address of a list of problems that was pasted.
ADDRESSES = {
    "search": "/search",
    "search, passages": "/search?q=药品采购权力过于集中",
    "search, filtered": "/search?q=耗材&kind=measure&sort=newest&since=2020",
    "search, nothing": "/search?q=耗材&unit=没有这个单位",
    "suggest": "/suggest",
    "suggest, problem": "/suggest?q=耗材二级库账实不符",
    "suggest, document": "/suggest?document={inspection_report_01}",
    "suggest, list": "{list}",
    "plan": "/suggest/plan",
    "documents": "/documents",
    "documents, none": "/documents?q=没有这样的文档",
    "document": "/documents/{inspection_report_01}",
    "document, passage": "/documents/{meeting_01}?start=10&end=60#passage",
    "document, ledger": "/documents/{other_10}",
    "document, pages": "/documents/{关于耗材管理的通知}?pages=true",
    "correct": "/documents/{inspection_report_01}/records/measures/0/correct",
    "add": "/documents/{inspection_report_01}/add?quote=药品采购&kind=issues",
    "corrections": "/corrections",
    "statistics": "/statistics",
    "statistics, figures": "/statistics?view=figures",
    "statistics, rectified": "/statistics?view=rectified",
    "statistics, checks": "/statistics?view=checks",
    "intake": "/intake",
    "intake, failed": "/intake?show=failed",
    "admin": "/admin",
    "admin, audit": "/admin/audit",
    "admin, library": "/admin/library",
    "admin, models": "/admin/models",
    "account": "/account",
    "login": "/login",
    "error": "/nothing-here",
}
each_page = pytest.mark.parametrize("name", ADDRESSES)


def open_all(page):
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")


def violations(page):
    """What axe-core finds serious or critical: rule, what it means, the first elements."""
    page.evaluate(AXE)
    result = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{each['id']}: {each['help']}: {[node['html'][:120] for node in each['nodes'][:3]]}"
        for each in result["violations"]
        if each["impact"] in ("serious", "critical")
    ]
