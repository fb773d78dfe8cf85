"""更正: what people say of records, seen before it is done, kept, listed and taken back."""

import re

import pytest

from docintel.web.forms import CORRECTABLE, PREFIX, changed_fields, form_fields
from docintel.web.words import CHINESE, Words
from tests.unit.web.conftest import HOSTILE, csrf, document_ids, log_in


@pytest.fixture
def document(local):
    return local.get("/api/documents?q=云栖县").json()["documents"][0]["id"]


def send(browser, document, **form):
    return browser.post(f"/documents/{document}/corrections", data={"csrf": csrf(browser, "/search")} | form)


def issue(browser, document, number=0):
    return browser.get(f"/api/documents/{document}").json()["issues"][number]


def said(browser, document):
    """What the form of the first issue sends when nobody touches it."""
    page = browser.get(f"/documents/{document}/records/issues/0/correct").text
    quote = re.search(r'name="quote" value="([^"]*)"', page)[1]
    return {
        "kind": "issues",
        "ordinal": 0,
        "quote": quote,
        "f.quote": quote,
        "f.category": "power",
        "f.modality": "found",
    }


def test_the_form_offers_the_closed_lists(local, document):
    page = local.get(f"/documents/{document}/records/issues/0/correct").text
    assert '<option value="procurement">' in page
    assert '<option value="power" selected>' in page
    assert "检查发现药品采购权力集中的问题" in page
    piece = local.get(f"/documents/{document}/records/issues/0/correct", headers={"HX-Request": "true"}).text
    assert "<html" not in piece
    assert 'name="f.category"' in piece
    measure = local.get(f"/documents/{document}/records/measures/0/correct").text
    assert 'name="f.addresses" value="0" checked' in measure
    assert local.get(f"/documents/{document}/records/issues/7/correct").status_code == 404
    assert local.get(f"/documents/{document}/records/nonsense/0/correct").status_code == 404


def test_a_change_is_shown_before_it_is_made(local, document):
    form = said(local, document) | {"action": "change", "f.category": "procurement", "note": "看过原文"}
    preview = send(local, document, **form)
    assert preview.status_code == 200
    assert re.search(r"<del>权力集中与一把手监督</del>\s*<ins>药械与物资采购|<ins>[^<]*采购", preview.text)
    assert issue(local, document)["category"] == "power"
    confirmed = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', preview.text))
    answer = local.post(f"/documents/{document}/corrections", data=confirmed)
    assert answer.headers["location"] == f"/documents/{document}#r-issues-0"
    assert issue(local, document)["category"] == "procurement"
    assert "已更正" in local.get(f"/documents/{document}").text
    listed = local.get("/corrections").text
    assert "看过原文" in listed
    assert "通报一.txt" in listed


def test_a_form_that_nobody_touched_changes_nothing(local, document):
    answer = send(local, document, **said(local, document), action="change", confirmed="1")
    assert answer.status_code == 400
    assert local.get("/api/corrections").json()["total"] == 0


def test_a_record_that_is_another_by_now_is_not_changed(local, document):
    form = said(local, document) | {
        "action": "change",
        "f.category": "procurement",
        "quote": "别的话",
        "confirmed": "1",
    }
    assert send(local, document, **form).status_code == 400
    assert issue(local, document)["category"] == "power"


def test_a_record_is_confirmed_rejected_and_restored(local, document):
    form = said(local, document)
    assert send(local, document, **form, action="accept", confirmed="1").status_code == 303
    assert "已更正" in local.get(f"/documents/{document}").text
    preview = send(local, document, **form, action="reject")
    assert "剔除" in preview.text
    send(local, document, **form, action="reject", confirmed="1")
    assert local.get(f"/api/documents/{document}").json()["issues"] == []
    (reject, accept) = local.get("/api/corrections").json()["corrections"]
    assert (reject["action"], accept["action"]) == ("reject", "accept")
    shown = local.get(f"/corrections/{reject['id']}/undo").text
    assert "新增" in shown
    assert len(local.get(f"/api/documents/{document}").json()["issues"]) == 0
    local.post(f"/corrections/{reject['id']}/undo", data={"csrf": csrf(local, "/search")})
    assert len(local.get(f"/api/documents/{document}").json()["issues"]) == 1
    assert local.get("/api/corrections?state=undone").json()["total"] == 1
    assert local.post(f"/corrections/{reject['id']}/undo", data={"csrf": csrf(local, "/search")}).status_code == 400
    assert local.get("/corrections/999/undo").status_code == 400


def test_a_record_is_added_about_words_of_the_text(local, document):
    text = local.get(f"/api/documents/{document}").json()["text"]
    start = text.index("药品采购权力集中")
    page = local.get(f"/documents/{document}/add", params={"quote": "药品采购权力集中", "start": start}).text
    assert f'name="start" value="{start}"' in page
    assert "药品采购权力集中</textarea>" in page
    form = {
        "kind": "issues",
        "action": "add",
        "quote": "药品采购权力集中",
        "start": start,
        "f.quote": "药品采购权力集中",
    }
    assert send(local, document, **form, confirmed="1").status_code == 400, "a category has to be said"
    form |= {"f.category": "procurement", "f.modality": "found"}
    assert "新增" in send(local, document, **form).text
    assert send(local, document, **form, confirmed="1").status_code == 303
    added = [each for each in local.get(f"/api/documents/{document}").json()["issues"] if each["start"] == start]
    assert [each["category"] for each in added] == ["procurement"]
    assert send(local, document, **form | {"f.quote": "文中没有的话"}, confirmed="1").status_code == 400
    assert local.get(f"/documents/{document}/add?kind=checks").status_code == 400


def test_a_document_is_reviewed_and_the_review_taken_back(local, document):
    assert "审定：记录完整无误" in local.get(f"/documents/{document}").text
    send(local, document, action="review", confirmed="1")
    page = local.get(f"/documents/{document}").text
    assert "审定全文" in page
    number = re.search(r"/corrections/(\d+)/undo", page)[1]
    assert "全文审定" in local.get("/corrections").text
    local.post(f"/corrections/{number}/undo", data={"csrf": csrf(local, "/search")})
    assert "审定：记录完整无误" in local.get(f"/documents/{document}").text


def test_only_editors_correct_and_their_names_are_kept(staffed):
    reader, editor = log_in(staffed, "reader"), log_in(staffed, "editor")
    document = document_ids(reader)[0]
    page = reader.get(f"/documents/{document}").text
    assert "/correct" not in page
    assert "data-adds" not in page
    assert 'href="/corrections"' not in page
    for path in ("/corrections", f"/documents/{document}/add", f"/documents/{document}/records/issues/0/correct"):
        assert reader.get(path).status_code == 403
    assert send(reader, document, action="review", confirmed="1").status_code == 403
    assert send(editor, document, action="review", confirmed="1", by="administrator").status_code == 303
    (kept,) = editor.get("/api/corrections").json()["corrections"]
    assert kept["by"] == "editor"
    assert "editor" in reader.get(f"/documents/{document}").text
    entries = staffed.state.docintel.audit.entries(account="editor", words="review")
    assert entries[0].target == document


def test_the_api_corrects_and_tells_what_changes(local, document):
    headers = {"X-CSRF-Token": csrf(local, "/search")}
    body = {"kind": "issues", "ordinal": 0, "action": "change", "fields": {"category": "采购"}, "dry_run": True}
    path = f"/api/documents/{document}/corrections"
    assert local.post(path, json=body, headers=headers).status_code == 400, "no category is called so"
    body["fields"] = {"category": "procurement"}
    assert local.post(path, json=body).status_code == 403
    told = local.post(path, json=body, headers=headers).json()
    assert told["dry_run"]
    assert told["changes"][0]["after"]["category"] == "procurement"
    (number,) = local.post(path, json=body | {"dry_run": False}, headers=headers).json()["corrections"]
    assert issue(local, document)["category"] == "procurement"
    local.post(f"/api/corrections/{number}/undo", headers=headers)
    assert issue(local, document)["category"] == "power"


def test_nothing_a_person_says_becomes_an_element(local, document):
    form = said(local, document) | {"action": "change", "f.category": "procurement", "note": HOSTILE}
    assert "<script>" not in send(local, document, **form).text
    send(local, document, **form, confirmed="1")
    for path in ("/corrections", f"/documents/{document}", f"/documents/{document}/add?quote={HOSTILE}"):
        page = local.get(path).text
        assert "<script>" not in page
    assert "&lt;script&gt;" in page
    for each in document_ids(local):
        assert "<script>" not in local.get(f"/documents/{each}/records/issues/0/correct").text


@pytest.mark.parametrize("kind", CORRECTABLE)
def test_every_record_type_has_a_form_that_gives_back_what_it_shows(kind, make_extraction):
    extraction, words = make_extraction(), Words(CHINESE)
    for ordinal, _ in enumerate(extraction.records(kind)):
        fields = form_fields(extraction, kind, ordinal, words)
        sent = {PREFIX + field.name: list(field.values) or [""] for field in fields}
        assert changed_fields(extraction, kind, ordinal, sent, words) == {}
    assert extraction.records(kind)
    assert form_fields(extraction, kind, None, words, "词")[0].values == ("词",)


@pytest.fixture
def make_extraction():
    from docintel.extract.pipeline import extract
    from docintel.parse.sandbox import shared

    text = (
        "关于张某等人违纪问题的通报\n\n云栖县人民医院党委书记张三违规收受礼品、礼金，受到党内警告处分。"
        "根据《中国共产党纪律处分条例》第九十七条，2023年，云栖县纪委监委共立案45件。"
        "检查发现药品采购不规范问题。云栖县人民医院制定了采购管理制度。\n2023年5月4日"
    )
    return lambda: extract(shared().parse(text.encode(), "通报.txt"))


def test_acts_that_stay_keep_what_else_is_known_of_them(make_extraction):
    extraction, words = make_extraction(), Words(CHINESE)
    acts = form_fields(extraction, "cases", 0, words)
    shown = next(field for field in acts if field.name == "acts").values
    changed = changed_fields(extraction, "cases", 0, {"f.acts": [f"{shown[0]}\n另一行为"]}, words)
    assert changed["acts"][0]["quote"] == shown[0]
    assert changed["acts"][1] == "另一行为"
