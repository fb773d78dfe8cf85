"""What the pages do in a browser: their scripts, and what a reader, an editor and a stranger meet."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PASSWORD, settle
from tests.browser.samples import HOSTILE, HOSTILE_NAME, PHONE


def test_enter_searches_and_shift_enter_starts_a_line(open_browser):
    with open_browser() as page:
        page.goto("/search")
        page.keyboard.press("/")
        expect(page.locator("#q")).to_be_focused()
        page.keyboard.type("药品采购")
        page.keyboard.press("Shift+Enter")
        page.keyboard.type("权力集中")
        assert page.locator("#q").input_value() == "药品采购\n权力集中"
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(r"/search\?q="))
        expect(page.locator(".hits em").first).to_be_visible()


def test_a_facet_narrows_and_its_chip_widens_again(open_browser):
    with open_browser() as page:
        page.goto("/search?q=耗材")
        before = page.locator(".count").inner_text()
        page.locator(".facets li a").first.click()
        expect(page.locator(".chips li")).to_have_count(1)
        assert page.locator(".count").inner_text() != before
        page.locator(".chips a").first.click()
        expect(page.locator(".count")).to_have_text(before)


def test_on_a_phone_the_filters_are_folded(open_browser):
    with open_browser(viewport=PHONE) as page:
        page.goto("/search?q=耗材")
        expect(page.locator(".facets fieldset").first).to_be_hidden()
        page.locator(".facets > summary").click()
        expect(page.locator(".facets fieldset").first).to_be_visible()


def test_records_in_the_text_and_in_the_list_lead_to_each_other(open_browser, documents):
    with open_browser() as page:
        page.goto(f"/documents/{documents['inspection_report_01']}")
        mark = page.locator("h2 mark.k-issues, h3 mark.k-issues").first
        record = mark.get_attribute("data-record")
        mark.click()
        expect(page.locator(f'.record[data-record="{record}"]')).to_have_class(re.compile("here"))
        page.locator('.record[data-record="issues/3"] > a').click()
        expect(page.locator('mark[data-record="issues/3"]').first).to_be_in_viewport()


def test_the_legend_hides_a_kind_and_remembers_it(open_browser, documents):
    with open_browser() as page:
        page.goto(f"/documents/{documents['inspection_report_01']}")
        page.locator('.legend input[value="measures"]').uncheck()
        assert "off-measures" in page.locator("#text").get_attribute("class")
        page.reload()
        expect(page.locator('.legend input[value="measures"]')).not_to_be_checked()


def test_an_explanation_opens_and_folds(open_browser, documents):
    with open_browser() as page:
        page.goto(f"/documents/{documents['inspection_report_01']}")
        record = page.locator('.record[data-record="issues/0"]')
        why = record.get_by_role("button", name="依据")
        why.click()
        expect(record.locator(".why dd").first).to_be_visible(timeout=30_000)  # read anew
        expect(why).to_have_attribute("aria-expanded", "true")
        why.click()
        expect(record.locator(".why")).to_have_count(0)


def test_words_that_are_selected_become_a_record(open_browser, documents):
    with open_browser("王敏") as page:
        page.goto(f"/documents/{documents['meeting_01']}")
        page.locator("article p").nth(1).click(click_count=3)
        link = page.locator("article .adds")
        expect(link).to_be_visible()
        link.click()
        page.wait_for_url(re.compile("/add.*start="))
        assert page.locator('textarea[name="f.quote"], [name="quote"]').first.input_value()


def test_a_report_is_dropped_and_each_of_its_problems_is_answered(open_browser, tmp_path):
    report = tmp_path / "自查报告.txt"
    report.write_text(
        "关于耗材管理的自查报告\n\n自查发现耗材二级库账实不符的问题。\n\n2025年3月4日\n", encoding="utf-8"
    )
    with open_browser("刘洋") as page:
        page.goto("/suggest")
        page.locator("main > .drop input[type=file]").set_input_files(report)
        page.wait_for_url(re.compile("/suggest.report="))
        expect(page.locator(".suggestion").first).to_be_visible(timeout=30_000)


def test_a_pasted_list_and_a_dropped_one_are_answered_and_exported(open_browser, tmp_path):
    table = tmp_path / "清单.csv"
    table.write_text("编号,叫法\n1,药品采购权力过于集中\n2,耗材二级库账实不符\n", encoding="utf-8")
    with open_browser() as page:
        page.goto("/suggest")
        page.get_by_text("一次问多个问题").click()
        page.get_by_label("问题清单").fill("耗材二级库账实不符\n药品采购权力过于集中")
        page.get_by_role("button", name="逐个查找").click()
        expect(page.locator(".problem h2")).to_have_count(2)
        expect(page.locator(".problem").first.locator(".suggestion, .notice").first).to_be_visible()
        with page.expect_download() as download:
            page.get_by_role("link", name="案例与措施 XLSX").click()
        assert download.value.suggested_filename.endswith(".xlsx")
        page.get_by_role("link", name="另一份清单").click()
        page.get_by_text("一次问多个问题").click()
        page.locator(".listed input[type=file]").set_input_files(table)
        expect(page.locator(".outcome").filter(has_text="问题所在列")).to_be_visible()
        page.get_by_label("问题所在列").fill("叫法")
        page.locator(".listed input[type=file]").set_input_files([])
        page.locator(".listed input[type=file]").set_input_files(table)
        expect(page.locator(".problem h2").first).to_contain_text("药品采购权力过于集中")


def test_a_bar_of_a_chart_leads_to_the_quotes_behind_it(open_browser):
    with open_browser() as page:
        page.goto("/statistics")
        settle(page)
        chart = page.locator(".chart[data-chart]").first
        chart.evaluate("(box) => box.scrollIntoView({ block: 'center' })")
        # The axis of a chart is as clickable as its bars; where they lie, the library that draws them knows.
        point = chart.evaluate(
            """(box) => { const view = echarts.getInstanceByDom(box), option = view.getOption();
                const at = option.series[0].data.findIndex((value) => value > 0);
                const line = option.xAxis[0].type === 'category';
                const [x, y] = view.convertToPixel({ seriesIndex: 0 },
                    line ? [at, option.series[0].data[at]] : [option.series[0].data[at] / 2, at]);
                const frame = box.getBoundingClientRect();
                return [frame.x + x, frame.y + y - (option.series.length > 1 ? 8 : 0)]; }"""
        )
        page.mouse.click(*point)
        page.wait_for_url(re.compile("view=(figures|rectified)&at="))
        expect(page.locator("tbody a").first).to_be_visible()


def test_the_language_is_switched_where_one_is(open_browser):
    with open_browser() as page:
        page.goto("/documents?q=耗材")
        page.get_by_role("button", name="English").click()
        page.wait_for_url("**/documents?q=*")
        expect(page.locator("html")).to_have_attribute("lang", "en")


def test_a_stranger_logs_in_and_goes_on_to_what_was_asked_for(open_browser):
    with open_browser(account=None) as page:
        page.goto("/statistics?view=checks")
        page.get_by_label("账号").fill("刘洋")
        page.get_by_label("密码").fill("猜一个密码试试看")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("不正确")
        page.get_by_label("账号").fill("刘洋")
        page.get_by_label("密码").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/statistics?view=checks")


@pytest.mark.parametrize(("account", "may"), [("刘洋", False), ("王敏", True)])
def test_only_an_editor_is_offered_corrections(open_browser, documents, account, may):
    with open_browser(account) as page:
        page.goto(f"/documents/{documents['inspection_report_01']}")
        settle(page)
        assert (
            page.get_by_role("link", name="更正").count() > 0
            if may
            else page.get_by_role("link", name="更正").count() == 0
        )


def test_nothing_that_a_document_says_runs(open_browser):
    """Else the window would have told of a dialog, a refusal of the policy, or a request."""
    with open_browser() as page:
        page.goto("/search")
        page.locator("#q").fill("松陵县采购中心账实不符")
        page.keyboard.press("Enter")
        page.locator(".hits h2 a", has_text="alert").first.click()
        settle(page)
        assert HOSTILE in page.locator("article").inner_text()
        assert HOSTILE_NAME in page.locator(".about").inner_text()
        for path in (f"/search?q={HOSTILE}", "/documents?q=alert", f"/suggest?q={HOSTILE}", "/statistics?view=figures"):
            page.goto(path)
            settle(page)
            assert page.locator("main script, svg[onload], img[onerror]").count() == 0


def test_without_scripts_the_pages_work(open_browser, documents):
    with open_browser("王敏", java_script_enabled=False) as page:
        page.goto("/search")
        page.get_by_role("search").get_by_role("textbox").fill("耗材")
        page.get_by_role("button", name="检索").click()
        assert page.locator(".hits em").count() > 0
        page.goto(f"/documents/{documents['inspection_report_01']}")
        page.locator('.record[data-record="issues/0"]').get_by_role("link", name="更正").click()
        assert page.locator("form.correction").count() == 1
