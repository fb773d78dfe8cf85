"""What kind of text a document is."""

from dataclasses import replace

import pytest

from docintel.extract.doctype import classify
from tests.factories import make_document


@pytest.mark.parametrize(
    ("title", "text", "doc_type"),
    [
        ("在全市卫生健康系统警示教育大会上的讲话", "同志们：今天开会。", "speech"),
        ("青岚市纪委监委公开通报五起典型案例", "1.沈某违规收受礼金问题。", "case_notice"),
        ("关于巡察整改进展情况的通报", "一、整改情况。", "inspection_report"),
        ("青岚市通报2023年全市纪检监察机关监督检查、审查调查情况", "去年立案120件。", "inspection_report"),
        ("青岚农商银行原行长沈某严重违纪违法案件查处情况通报", "沈某收受礼金。", "case_notice"),
        ("一线访谈｜云溪县纪委书记沈某", "沈某：请讲。", "interview"),
        ("深度报道 | 数据造假如何整治", "记者走访了三家企业。", "news"),
        ("关于印发《执法人员“十不准”规定（试行）》的通知", "第一条。", "other"),
        ("药械代表接待若干规定（试行）", "第一条。", "other"),
        ("青岚市召开医药领域整治推进会", "会议强调，要抓好整改。", "meeting"),
        ("访谈｜市卫健委主任谈清廉医院建设", "主持人：您好。", "interview"),
        ("今日锐评丨莫让红包坏了医风", "红包虽小，危害不小。", "commentary"),
        ("廉洁行医倡议书", "我们倡议：拒收红包。", "other"),
        ("深度关注 | 通报典型案例之后", "记者走访了解到。", "news"),
        ("", "近日，全院开展自查。", "news"),
        ("", "同志们：\n现在开会。", "speech"),
    ],
)
def test_classify(title, text, doc_type):
    assert classify(make_document(text, title=title)) == doc_type


def test_a_document_without_text_is_other():
    assert classify(replace(make_document(), text="", blocks=())) == "other"
