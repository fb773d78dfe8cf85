"""Places named, the place a document is about, and the gazetteer."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docintel.errors import ModelError
from docintel.extract.places.gazetteer import Place, gazetteer
from docintel.extract.places.regions import find_place, find_place_mentions, local_place
from tests.unit.extract.organs import read_organs


def mentions_of(text, organs=()):
    return [
        (mention.text, mention.place.full, mention.weak) for mention in find_place_mentions(read_organs(text, organs))
    ]


@pytest.mark.parametrize(
    ("name", "full", "short"),
    [
        ("辽源市", "吉林省辽源市", "辽源"),
        ("新平彝族傣族自治县", "云南省玉溪市新平彝族傣族自治县", "新平"),
        ("五家渠市", "新疆维吾尔自治区五家渠市", "五家渠"),  # directly below its province
        ("滨海新区", "天津市滨海新区", "滨海"),  # a municipality has no city level
        ("内蒙古自治区", "内蒙古自治区", "内蒙古"),
    ],
)
def test_gazetteer_knows_full_and_short_names(name, full, short):
    (place,) = gazetteer().by_name[name]
    assert place.full == full
    assert place in gazetteer().by_short[short]


def test_gazetteer_holds_every_level_once():
    places = gazetteer().by_code
    assert len(places) == 3212
    assert {place.level for place in places.values()} == {"province", "city", "county"}
    assert all(code == place.adcode and len(code) == 6 for code, place in places.items())


def test_missing_gazetteer_says_how_to_build_it(monkeypatch, tmp_path):
    monkeypatch.setenv("DOCINTEL_MODELS", str(tmp_path))
    with pytest.raises(ModelError, match=r"places\.tsv") as caught:
        gazetteer.__wrapped__()
    assert "build_gazetteer" in caught.value.hint


@pytest.mark.parametrize(
    ("place", "above"),
    [
        (Place("天宁区", "江苏省常州市天宁区", "320402", "county"), ["常州市", "江苏省"]),
        (Place("石桥镇", "江苏省徐州市沛县石桥镇", "", "town"), ["沛县", "徐州市", "江苏省"]),
        (Place("石桥镇", "临江省青岚市云溪县石桥镇", "", "town"), ["云溪县", "青岚市", "临江省"]),
        (Place("青海省", "青海省", "630000", "province"), []),
    ],
)
def test_above(place, above):
    assert [other.name for other in gazetteer().above(place)] == above


@pytest.mark.parametrize(
    ("place", "prefix"),
    [
        (Place("辽源市", "吉林省辽源市", "220400", "city"), "辽源市"),
        (Place("天宁区", "江苏省常州市天宁区", "320402", "county"), "常州市天宁区"),  # a district keeps its city
        (Place("滨海新区", "天津市滨海新区", "120116", "county"), "天津市滨海新区"),
        (Place("淳安县", "浙江省杭州市淳安县", "330127", "county"), "淳安县"),
        (Place("石桥镇", "临江省青岚市云溪县石桥镇", "", "town"), "云溪县石桥镇"),
        (Place("炭步镇", "广东省广州市花都区炭步镇", "", "town"), "广州市花都区炭步镇"),
    ],
)
def test_prefix_of_organs(place, prefix):
    assert place.organ_prefix == prefix


@pytest.mark.parametrize(
    ("text", "organs", "expected"),
    [
        ("江苏省常州市天宁区召开会议。", (), [("江苏省常州市天宁区", "江苏省常州市天宁区", False)]),
        ("广西桂林全州县推进整改。", (), [("广西桂林全州县", "广西壮族自治区桂林市全州县", False)]),
        # in short: only to be believed before an organ
        ("青海注重教育。", (), [("青海", "青海省", True)]),
        # a county in short counts only where it lies in what is named before it: 公安 is a county of 湖北
        ("福建省公安厅通报。", (), [("福建省", "福建省", False)]),
        ("公安机关介入。", (), []),
        # not a place: 合作市, 大同, 城区
        ("开拓合作市场。", (), []),
        ("走访城区商超。", (), []),
        # invented, known from a tagged name or by what follows a known place
        ("近日，青岚市卫健委通报。", ("青岚市卫健委",), [("青岚市", "青岚市", False)]),
        ("联合县税务局检查。", ("联合县税务局",), []),
        ("云溪县石桥镇卫生院整改。", ("云溪县石桥镇卫生院",), [("云溪县石桥镇", "云溪县石桥镇", False)]),
        # a development zone before one of its organs
        ("苏州高新区管委会整改。", (), [("苏州高新区", "江苏省苏州市高新区", False)]),
        ("苏州高新区经济增长。", (), [("苏州", "江苏省苏州市", True)]),
        # a chain that the gazetteer knows no part of
        ("青岚市云溪县医院整改。", ("青岚市云溪县医院",), [("青岚市云溪县", "青岚市云溪县", False)]),
        # a verb before a place in a title; what a district of the document's city and a town of its county lie in
        ("## 访青岚市局长\n在青岚市检查。", (), [("青岚市", "青岚市", False), ("青岚市", "青岚市", False)]),
        ("## 走进云溪县\n会议召开。", (), [("云溪县", "云溪县", False)]),
        (
            "## 青岚市通报\n松陵区教育局整改。",
            ("松陵区教育局",),
            [("青岚市", "青岚市", False), ("松陵区", "青岚市松陵区", False)],
        ),
        (
            "青岚高新区管委会在青岚市开会。",
            ("青岚市",),
            [("青岚高新区", "青岚市高新区", False), ("青岚市", "青岚市", False)],
        ),
        # a village lies in the town of its own sentence
        (
            "云溪县石桥镇整改，桑园村党支部通报。柳树村党支部自查。",
            ("云溪县石桥镇",),
            [
                ("云溪县石桥镇", "云溪县石桥镇", False),
                ("桑园村", "云溪县石桥镇桑园村", False),
                ("柳树村", "云溪县柳树村", False),
            ],
        ),
        # of several places with one name, the one near
        (
            "南京市通报。鼓楼区纪委监委提醒。",
            (),
            [("南京市", "江苏省南京市", False), ("鼓楼区", "江苏省南京市鼓楼区", False)],
        ),
    ],
)
def test_mentions(text, organs, expected):
    assert mentions_of(text, organs) == expected


@pytest.mark.parametrize(
    ("text", "publisher", "expected"),
    [
        ("## 辽源市：以案促改\n松江省通报。", None, "吉林省辽源市"),
        # in short, in the title, where the text has the full name
        ("## 清廉晋城建设\n晋城市召开会议。", None, "山西省晋城市"),
        ("## 长治久安\n各地部署。", None, None),
        ("## 青海推动以案促改\n西宁市检查。", None, "青海省"),
        # no place in the title: the publisher's city, or the place most named
        ("## 会议召开\n会议强调纪律。", "辽源市卫生健康委员会", "吉林省辽源市"),
        ("## 会议召开\n衢州市通报。衢州市整改。衢州市总结。", "浙江省纪委监委网站", "浙江省衢州市"),
        ("## 会议召开\n会议强调纪律。", "浙江省纪委监委网站", "浙江省"),
        ("## 会议召开\n会议强调纪律。", "滨州医学院附属医院", "山东省滨州市"),
        # about many places
        ("## 节前提醒\n淳安县检查。东海县检查。开化县检查。", None, None),
        ("## 青岚市通报典型案例\n市纪委监委通报。", None, "青岚市"),
    ],
)
def test_what_a_document_is_about(text, publisher, expected):
    place = find_place(read_organs(text, publisher=publisher))
    assert (place.full if place else None) == expected


@pytest.mark.parametrize(
    ("sign", "near", "expected"),
    [
        ("市", ["辽源市"], "辽源市"),
        ("省", ["淳安县"], "浙江省"),  # above the place named
        ("县", ["辽源市", "淳安县"], "淳安县"),
        ("州", ["杭州市", "海南藏族自治州"], "海南藏族自治州"),
        ("区", ["广西壮族自治区"], None),
    ],
)
def test_bare_sign(sign, near, expected):
    place = local_place(sign, [gazetteer().by_name[name][0] for name in near])
    assert (place.name if place else None) == expected


@given(st.text(alphabet="吉林省辽源市龙山区青海公安县城东方合作新的、，镇乡", max_size=60))
def test_mentions_are_in_order_and_verbatim(text):
    mentions = find_place_mentions(read_organs(text))
    assert all(text[mention.start : mention.end] == mention.text for mention in mentions)
    assert all(a.end <= b.start for a, b in itertools.pairwise(mentions))


def test_a_name_said_over_and_over_is_read_in_chains_of_bounded_length():
    mentions = find_place_mentions(read_organs("砚山县" * 2000))
    assert mentions[-1].end == 6000
    assert max(len(mention.text) for mention in mentions) <= 21
