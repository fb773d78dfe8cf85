"""Every page for everybody: nothing that axe-core finds, all by keyboard and the focus seen, no sideways scroll."""

from contextlib import contextmanager
from pathlib import Path

import pytest

from docintel.web.app import PAGES
from tests.browser.conftest import settle
from tests.browser.samples import DESKTOP, PHONE, ZOOMED

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text("utf-8")
NARROW = {"width": 320, "height": 640}  # WCAG 2.2, 1.4.10 Reflow
#: Address of each page; `{inspection_report_01}` stands for the id of that document.
ADDRESSES = {
    "search": "/search",
    "search, passages": "/search?q=药品采购权力过于集中",
    "search, filtered": "/search?q=耗材&kind=measure&sort=newest&since=2020",
    "search, nothing": "/search?q=耗材&unit=没有这个单位",
    "suggest": "/suggest",
    "suggest, problem": "/suggest?q=耗材二级库账实不符",
    "suggest, document": "/suggest?document={inspection_report_01}",
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


#: What can be reached by Tab and is seen; of radio buttons only one of a group can.
CONTROLS = """() => {
  const all = 'a[href], button, input, select, textarea, summary, [tabindex="0"]';
  const found = [...document.querySelectorAll(all)].filter((each) => !each.disabled && each.tabIndex >= 0
    && each.type !== 'hidden' && each.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }));
  window.controls = found.filter((each) => each.type !== 'radio' || each.checked);
  window.looks = (each) => {
    const said = [];
    for (let at = each, up = 0; at && up < 4; at = at.parentElement, up += 1) {
      const style = getComputedStyle(at);
      said.push(style.outline, style.boxShadow, style.borderColor, style.backgroundColor, style.top);
    }
    return said.join('|');
  };
  window.before = window.controls.map(window.looks);
  return window.controls.length;
}"""
FOCUSED = """() => {
  const at = document.activeElement, number = window.controls.indexOf(at);
  return [number, number >= 0 && window.looks(at) !== window.before[number], at.outerHTML.slice(0, 120)];
}"""

#: What sticks out to the right, except in what scrolls by itself.
TOO_WIDE = """() => {
  const wide = document.documentElement.clientWidth + 1;
  const out = [...document.querySelectorAll('body *')].filter((each) => each.getBoundingClientRect().right > wide
    && !each.closest('.scroll, .legend, .tabs, nav.main'));
  return out.map((each) => each.outerHTML.slice(0, 120));
}"""


@pytest.fixture
def visit(open_browser, documents):
    """Opens a page by its name in ADDRESSES: `with visit("search") as page`."""

    @contextmanager
    def visited(name, **look):
        with open_browser(account=None if name == "login" else "陈静", **look) as page:
            page.goto(ADDRESSES[name].format(**documents))
            settle(page)
            yield page

    return visited


def test_every_page_is_looked_at():
    """A page that is added to the application is added here."""
    paths = {address.split("?")[0] for address in ADDRESSES.values()}
    assert {page.path for page in PAGES if page.path} <= paths


@each_page
def test_axe_finds_nothing_serious(visit, name):
    found = []
    for language in ("zh", "en"):
        with visit(name, language=language) as page:
            _open_all(page)
            for viewport in (DESKTOP, PHONE):
                page.set_viewport_size(viewport)
                found += [(language, viewport["width"], line) for line in _violations(page)]
            if language == "zh":
                page.emulate_media(color_scheme="dark")
                found += [("dark", line) for line in _violations(page)]
    assert not found


def test_axe_would_find_something(visit):
    with visit("search") as page:
        page.evaluate("document.querySelector('#q').labels[0].remove(), document.querySelector('#q').placeholder = ''")
        assert [line for line in _violations(page) if line.startswith("label")]


@each_page
def test_every_control_is_reached_by_tab_and_its_focus_is_seen(visit, name):
    with visit(name) as page:
        count = page.evaluate(CONTROLS)
        begins, _, _ = page.evaluate(FOCUSED)  # where a page puts the cursor itself
        reached, unseen, last = {begins}, [], begins
        for _ in range(count + 30):
            page.keyboard.press("Tab")
            number, seen, shown = page.evaluate(FOCUSED)
            if number in reached - {-1} and number != last:  # a date has several stops of its own
                break
            reached.add(number)
            if number >= 0 and not seen and number != last:
                unseen.append(shown)
            last = number
        missed = page.evaluate(
            "(reached) => controls.filter((_, i) => !reached.includes(i)).map((each) => each.outerHTML.slice(0, 120))",
            sorted(reached),
        )
        assert missed == []
        assert unseen == []


@each_page
def test_the_first_link_skips_the_navigation(visit, name):
    with visit(name) as page:
        page.evaluate(CONTROLS)
        assert page.evaluate("controls[0].className") == "skip"
        page.locator(".skip").focus()
        assert page.locator(".skip").bounding_box()["y"] >= 0
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "content"


@each_page
def test_nothing_is_scrolled_sideways(visit, name):
    with visit(name) as page:
        _open_all(page)
        for viewport in (ZOOMED, PHONE, NARROW):
            page.set_viewport_size(viewport)
            assert page.evaluate(TOO_WIDE) == [], viewport
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), viewport


def _open_all(page):
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")


def _violations(page):
    """What axe-core finds serious or critical: rule, what it means, the first elements."""
    page.evaluate(AXE)
    result = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{each['id']}: {each['help']}: {[node['html'][:120] for node in each['nodes'][:3]]}"
        for each in result["violations"]
        if each["impact"] in ("serious", "critical")
    ]
