"""What runs wherever there is a browser: the whole day of an editor, and a look at every page.

The administrator finds the day in the audit log; axe-core finds nothing serious on the pages as they open.
"""

import io
import re
import zipfile

from playwright.sync_api import expect

from docintel.web.audit import Action, Audit
from docintel.web.database import Database
from tests.browser.conftest import PASSWORD
from tests.browser.pages import each_page, open_all, violations

PROBLEM = "配送食材不留样，检测流于形式"
REPORT = """栖霞县中心小学食堂问题整改情况的通报

检查发现，配送食材不留样、检测流于形式的问题突出。

学校建立食材留样登记制度，由总务处每日核对留样。开展专项检查3次，发现问题12个，已完成整改10个。

2025年6月4日
"""


def test_from_a_new_report_to_the_plan_and_the_audit_log(open_browser, library, tmp_path):
    report = tmp_path / "食堂整改通报.txt"
    report.write_text(REPORT, encoding="utf-8")
    with open_browser(account=None) as page:
        page.goto("/search")
        page.get_by_label("账号").fill("王敏")
        page.get_by_label("密码").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/search")

        page.goto("/intake")
        page.locator("#sending input[type=file]:not([webkitdirectory])").set_input_files(report)
        job = page.locator(".job", has_text=report.name)
        expect(job.locator(".label").first).to_have_text("完成", timeout=120_000)
        page.get_by_role("link", name="检索", exact=True).click()

        page.locator("#q").fill("食材留样登记")
        page.keyboard.press("Enter")
        hit = page.locator(".hits h2 a").first
        expect(hit).to_have_text("栖霞县中心小学食堂问题整改情况的通报")
        hit.click()
        expect(page.locator("#passage")).to_be_in_viewport()
        document = page.url.split("/documents/")[1][:64]

        record = page.locator('.record[data-record="measures/0"]')
        record.get_by_role("link", name="更正").click()
        form = record.locator("form.correction")
        form.locator('select[name="f.category"]').select_option("risk_control")
        form.get_by_role("button", name="预览更改").click()
        record.get_by_role("button", name="确定").click()
        page.wait_for_url(f"**/documents/{document}*")
        expect(page.locator('.record[data-record="measures/0"]')).to_contain_text("已更正")

        page.goto("/suggest")
        page.locator("#q").fill(PROBLEM)
        page.keyboard.press("Enter")
        suggestion = page.locator(".suggestion", has_text="留样").first
        suggestion.get_by_role("button", name="选入方案").first.click()
        expect(suggestion.locator(".picked").first).to_be_visible()
        expect(page.locator("#plan-count")).to_have_text("1")

        page.get_by_role("link", name=re.compile("^整改方案")).click()
        page.get_by_label("时限").fill("2025年9月底前")
        page.get_by_role("button", name="保存").click()
        with page.expect_download() as download:
            page.get_by_role("link", name=re.compile("DOCX")).click()
        assert download.value.suggested_filename.endswith(".docx")
        with zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes())) as packed:
            written = packed.read("word/document.xml").decode("utf-8")
        assert "2025年9月底前" in written
        assert "栖霞县中心小学" in written

        page.goto("/corrections")
        expect(page.locator("tbody tr").first).to_contain_text("王敏")
        page.get_by_role("button", name="退出").click()
        page.wait_for_url("**/login*")
        page.goto(f"/documents/{document}")
        expect(page).to_have_url(re.compile("/login"))
    with Database(library) as database:
        noted = [entry.action for entry in reversed(Audit(database).entries()) if entry.account == "王敏"]
    told = iter(noted[len(noted) - noted[::-1].index(Action.LOG_IN) - 1 :])
    for action in (
        Action.LOG_IN,
        Action.INGEST,
        Action.SEARCH,
        Action.VIEW,
        Action.CHANGE,
        Action.EXPORT,
        Action.LOG_OUT,
    ):
        assert action in told, f"{action} is missing, or stands before what came before it"


@each_page
def test_axe_finds_nothing_serious_at_first_sight(visit, name):
    with visit(name) as page:
        open_all(page)
        assert violations(page) == []
