"""Every page for everybody: nothing that axe-core finds, all by keyboard and the focus seen, no sideways scroll."""

from docintel.web.app import PAGES
from tests.browser.pages import ADDRESSES, each_page, open_all, violations
from tests.browser.samples import DESKTOP, PHONE, ZOOMED

NARROW = {"width": 320, "height": 640}  # WCAG 2.2, 1.4.10 Reflow


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
#: What is too wide when charts, which are drawn anew in the next frames, have had five seconds for it.
STILL_TOO_WIDE = f"""async () => {{
  for (let n = 0; n < 50 && ({TOO_WIDE})().length; n++) await new Promise((done) => setTimeout(done, 100));
  return ({TOO_WIDE})();
}}"""


def test_every_page_is_looked_at():
    """A page that is added to the application is added here."""
    paths = {address.split("?")[0] for address in ADDRESSES.values()}
    assert {page.path for page in PAGES if page.path} <= paths


@each_page
def test_axe_finds_nothing_serious(visit, name):
    found = []
    for language in ("zh", "en"):
        with visit(name, language=language) as page:
            open_all(page)
            for viewport in (DESKTOP, PHONE):
                page.set_viewport_size(viewport)
                found += [(language, viewport["width"], line) for line in violations(page)]
            if language == "zh":
                page.emulate_media(color_scheme="dark")
                found += [("dark", line) for line in violations(page)]
    assert not found


def test_axe_would_find_something(visit):
    with visit("search") as page:
        page.evaluate("document.querySelector('#q').labels[0].remove(), document.querySelector('#q').placeholder = ''")
        assert [line for line in violations(page) if line.startswith("label")]


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
        open_all(page)
        for viewport in (ZOOMED, PHONE, NARROW):
            page.set_viewport_size(viewport)
            assert page.evaluate(STILL_TOO_WIDE) == [], viewport
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), viewport
