"""What kind of text a document is."""

import json
from dataclasses import replace

import numpy as np
import pytest

from docintel.config import models_dir
from docintel.errors import ModelError
from docintel.extract.doctype import Model, Text, Vocabulary, classify
from docintel.schema import DocType
from tests.factories import make_document


@pytest.mark.parametrize(
    ("title", "text", "doc_type"),
    [
        ("在全市卫生健康系统警示教育大会上的讲话", "同志们：今天开会。", "speech"),
        ("青岚市纪委监委公开通报五起典型案例", "1.沈某违规收受礼金问题。", "case_notice"),
        ("关于巡察整改进展情况的通报", "一、整改情况。", "inspection_report"),
        ("青岚市通报2023年全市纪检监察机关监督检查、审查调查情况", "去年立案120件。", "inspection_report"),
        ("青岚农商银行原行长沈某严重违纪违法案件查处情况通报", "沈某收受礼金。", "case_notice"),
        ("一线访谈｜云溪县纪委书记沈某", "记者：您好。\n沈某：请讲。", "interview"),
        ("深度报道 | 数据造假如何整治", "记者走访了三家企业。", "news"),
        ("关于印发《执法人员“十不准”规定（试行）》的通知", "第一条。", "other"),
        ("药械代表接待若干规定（试行）", "第一条。", "other"),
        ("青岚市召开医药领域整治推进会", "会议强调，要抓好整改。", "meeting"),
        ("访谈｜市卫健委主任谈清廉医院建设", "主持人：您好。", "interview"),
        ("今日锐评丨莫让红包坏了医风", "红包虽小，危害不小。", "commentary"),
        ("廉洁行医倡议书", "我们倡议：拒收红包。", "other"),
        ("深度关注 | 通报典型案例之后", "记者走访了解到。", "news"),
        ("", "同志们：\n现在开会。", "speech"),
    ],
)
def test_classify(title, text, doc_type):
    assert classify(make_document(text, title=title)) == doc_type


def test_a_document_without_text_is_other():
    assert classify(replace(make_document(), text="", blocks=())) == "other"


@pytest.mark.parametrize(
    ("title", "text", "doc_type"),
    [
        (
            "“白条”打不得",
            "村口小卖部的墙上，至今贴着一沓欠条。有人说，不就是几顿饭吗？这话听着轻巧，其实是糊涂账。"
            "白条打的是欠账，败的是人心。说到底，不是村里穷，而是手太松。当然，也有干部喊冤：不吃不喝，怎么谈项目？"
            "试想，靠吃喝谈来的项目，何以长久？管住这张嘴，与其天天贴标语，倒不如把账本摊开晒一晒。",
            "commentary",
        ),
        (
            "把每一分钱花在学生身上",
            "——在全县学校食堂管理工作会上的发言\n各位同事：\n刚才，几位校长都讲了，我很受启发。下面，我谈三点想法。"
            "大家手里的饭勺，连着千家万户。我们要问问自己：学生碗里的肉，够不够分量？请大家回去以后，把台账再翻一遍。",
            "speech",
        ),
    ],
)
def test_a_title_that_says_nothing_leaves_it_to_the_text(title, text, doc_type):
    document = make_document(text, title=title)
    assert Text(document).verdict() == "news"
    assert classify(document) == doc_type


def test_a_ledger_that_the_rules_say_nothing_of_is_an_inspection():
    document = make_document("序号\t问题\n1\t值班脱岗")
    assert Text(document, has_ledger=True).verdict() == DocType.INSPECTION_REPORT
    assert Text(document).verdict() == DocType.NEWS


def test_features_are_characters_pairs_and_cues():
    vocabulary = Vocabulary({"title": ["会", "会议"], "text": ["人员", "\n会"]}, ["cue=we", "rule=news"])
    found = vocabulary.features(Text(make_document("会上，我们说。", title="会后")))
    assert found.shape == (vocabulary.size,) == (6,)
    assert (found > 0).tolist() == [True, False, False, True, True, True]


def test_digits_are_one_and_characters_beyond_the_basic_plane_are_unknown():
    vocabulary = Vocabulary({"title": [], "text": ["0年", "年0"]}, [])
    assert np.count_nonzero(vocabulary.features(Text(make_document("2019年𠮷3月")))) == 1


def test_a_long_text_is_read_at_its_beginning_and_its_end():
    document = make_document("\n".join(["开头。", *["中间的话。"] * 2000, "结尾。"]))
    text = Text(document).text
    assert len(text) < 3100
    assert text.startswith("开头")
    assert text.endswith("结尾。")


@pytest.mark.parametrize(
    "damage",
    [lambda card: card.pop("weights"), lambda card: card["weights"].pop(), lambda card: card["cues"].append("x")],
)
def test_a_damaged_model_is_named(tmp_path, damage):
    card = json.loads((models_dir() / "doctype" / "model.json").read_text("utf-8"))
    damage(card)
    (tmp_path / "model.json").write_text(json.dumps(card), "utf-8")
    with pytest.raises(ModelError, match="cannot be read") as raised:
        Model(tmp_path)
    assert "train_doctype" in raised.value.hint


@pytest.mark.parametrize("text", ["", "{", "[]", '{"labels": ["poem"]}'])
def test_what_is_no_model_is_named(tmp_path, text):
    (tmp_path / "model.json").write_text(text, "utf-8")
    with pytest.raises(ModelError, match="cannot be read"):
        Model(tmp_path)


def test_a_missing_model_is_named(tmp_path):
    with pytest.raises(ModelError, match="cannot be read"):
        Model(tmp_path / "none")
