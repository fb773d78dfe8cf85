"""Take pictures of each page at 1366×768 and 390×844, over a library of the sample reports that are not held back.

    scripts/screenshots                       make a library for the time, and the pictures in docs/images
    scripts/screenshots --library DIR         over a library that is there, without accounts
    scripts/screenshots --only search,plan    some pages

In: nothing, or a library. Out: PNGs with a palette of 128 colours, each below 150 kB.
"""

import argparse
import io
import os
import shutil
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from PIL import Image
from playwright.sync_api import APIRequestContext, Browser, sync_playwright

from scripts.serving import ROOT, Server, make_library, sample_reports

OUT = ROOT / "docs" / "images"
SIZES = {"": {"width": 1366, "height": 768}, "-phone": {"width": 390, "height": 844}}
MOST_BYTES = 150_000
COLOURS = 128
PROBLEMS = ("药品采购权力过于集中，缺乏监督", "食堂食材采购由一人包办", "公务接待超标准、无公函")
PROBLEM = "耗材二级库账实不符，无人盘点"
REPORT = "inspection_report_01"


def main() -> int:
    """Take the pictures; gives the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", type=Path, help="a library of the sample reports")
    parser.add_argument("--only", default="", help="names of pages, with commas between")
    parser.add_argument("--out", type=Path, default=OUT)
    asked = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        print("没有 chromium。 There is no chromium: scripts/setup --browser installs it.", file=sys.stderr)
        return 3
    os.environ["DOCINTEL_USER"] = "王敏"  # who corrects
    with ExitStack() as stack:
        folder = asked.library or Path(stack.enter_context(tempfile.TemporaryDirectory()), "library")
        if not asked.library:
            print("reading the reports …", file=sys.stderr)
            make_library(folder, sample_reports(), {}, "")
        server = stack.enter_context(Server(folder))
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        stack.callback(browser.close)
        asked.out.mkdir(parents=True, exist_ok=True)
        addresses = pages(*prepare(browser, server.url))
        for name in [name for name in asked.only.split(",") if name] or addresses:
            for suffix, size in SIZES.items():
                take(browser, server.url + addresses[name], size, asked.out / f"{name}{suffix}.png")
    return 0


def prepare(browser: Browser, url: str) -> tuple[str, str]:
    """Choose measures for the plan, correct a record, ask a list, so that there is something to see.

    Returns:
        The id of REPORT, and the address of the list.
    """
    context = browser.new_context(base_url=url)
    asked = context.request
    (report,) = asked.get("/api/documents", params={"q": REPORT}).json()["documents"]
    headers = {"X-CSRF-Token": asked.get("/api/session").json()["csrf"]}
    if not asked.get("/api/plan").json():
        _choose_measures(asked, headers)
    if not asked.get("/api/corrections").json()["total"]:
        _correct(asked, headers, report["id"])
    _upload(asked, headers)
    listed = _list(asked, headers)
    context.close()
    return report["id"], listed


def _choose_measures(asked: APIRequestContext, headers: dict[str, str]) -> None:
    for problem in (PROBLEM, "药品采购权力过于集中，缺乏监督"):
        advice = asked.get("/api/suggest", params={"q": problem}).json()
        for each in advice["suggestions"][:2]:
            measure = each["precedents"][0]["measure"]
            form = {"problem": problem, "document": measure["document"], "ordinal": measure["ordinal"],
                    "quote": measure["quote"], "basis": f"{measure['title']}，{measure['published']}",
                    "owners": "医学装备科、财务科", "deadline": "2024年9月底前"}  # fmt: skip
            answer = asked.post("/suggest/plan", form=form, headers=headers)
            assert answer.ok, answer.text()


def _correct(asked: APIRequestContext, headers: dict[str, str], document: str) -> None:
    measures = asked.get(f"/api/documents/{document}").json()["measures"]
    forms: list[dict[str, str | float | bool]] = [
        {"action": "accept", "ordinal": 0},
        {"action": "change", "ordinal": 1, "f.category": "rules", "note": "与整改台账核对"},
        {"action": "reject", "ordinal": 2, "note": "不是措施"},
    ]
    for form in forms:
        form |= {"kind": "measures", "quote": measures[int(form["ordinal"])]["quote"], "confirmed": "1"}
        answer = asked.post(f"/documents/{document}/corrections", form=form, headers=headers)
        assert answer.ok, answer.text()


def _upload(asked: APIRequestContext, headers: dict[str, str]) -> None:
    """Send a report that is there, and a file that can't be read; wait until both are done."""
    if asked.get("/api/intake/jobs").json():
        return
    (report,) = sample_reports(["meeting_01"])
    for name, data in ((report.name, report.read_bytes()), ("损坏的附件.docx", b"PK\x03\x04")):
        answer = asked.post("/api/intake/files", params={"name": name}, data=data, headers=headers)
        assert answer.ok, answer.text()
    for _ in range(120):
        if all(job["state"] in ("done", "failed") for job in asked.get("/api/intake/jobs").json()):
            return
        time.sleep(1)


def _list(asked: APIRequestContext, headers: dict[str, str]) -> str:
    """Paste a list of problems; gives the address of its page."""
    answer = asked.post("/suggest/list", form={"text": "\n".join(PROBLEMS)}, headers=headers, max_redirects=0)
    assert answer.status == 303, answer.text()
    return answer.headers["location"]


def pages(report: str, listed: str) -> dict[str, str]:
    """Name of a picture → address."""
    return {
        "start": "/search",
        "search": "/search?q=药品采购权力过于集中",
        "suggest": f"/suggest?q={PROBLEM}",
        "list": listed,
        "plan": "/suggest/plan",
        "documents": "/documents",
        "document": f"/documents/{report}",
        "correct": f"/documents/{report}/records/measures/3/correct",
        "corrections": "/corrections",
        "intake": "/intake",
        "admin": "/admin/models",
        "audit": "/admin/audit",
        "statistics": "/statistics",
        "rectified": "/statistics?view=rectified",
    }


def take(browser: Browser, address: str, size: dict[str, int], path: Path) -> None:
    """Open a page and keep what is seen of it."""
    context = browser.new_context(
        viewport=size,  # type: ignore[arg-type]
        device_scale_factor=1,
        color_scheme="light",
        locale="zh-CN",
    )
    page = context.new_page()
    page.goto(address)
    page.wait_for_timeout(400)  # charts, and pieces that are fetched when they come into view
    page.wait_for_function("() => !document.querySelector('.htmx-request')")
    data = page.screenshot(animations="disabled", caret="hide")
    context.close()
    image = Image.open(io.BytesIO(data)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    image.save(path, optimize=True)
    print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")
    assert path.stat().st_size < MOST_BYTES, path


if __name__ == "__main__":
    sys.exit(main())
