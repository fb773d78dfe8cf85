"""People of the content, with position and unit."""

import pytest

from docintel.extract.persons.persons import find_persons
from tests.unit.extract.people import read_marked


def people_of(text, people=(), units=()):
    reading, mentions = read_marked(text, people, units)
    return find_persons(reading, mentions)


@pytest.mark.parametrize(
    ("text", "people", "expected"),
    [
        ("云溪县水利局局长赵立新违规收受礼金。", ["赵立新"], ["赵立新"]),
        # missed by the tagger, found behind a position or by its mask
        ("云溪县水利局局长赵立新表示，要严格管理。", [], ["赵立新"]),
        ("麻醉科孙某某、周某被查处。", [], ["孙某某", "周某"]),
        ("邀请市委原巡察专员周立民为全体职工授课。", ["周立"], ["周立民"]),
        ("周立民说，制度要管用。会后，周立民表示满意。", ["周立"], ["周立民"]),
        ("乡卫生院院长扎西·次仁介绍了情况。", ["扎西·次仁"], ["扎西·次仁"]),
        ("乡卫生院院长阿迪力·买买提介绍了情况。", [], ["阿迪力·买买提"]),
        ("县医院总会计师沈青萍表示同意。", [], ["沈青萍"]),
        # credits
        ("新华社记者 赵立新 通讯员 孙大川", ["赵立新", "孙大川"], []),
        ("图为医务人员签订承诺书。赵立新 摄", ["赵立新"], []),
        ("医院风气明显好转。（赵立新）", ["赵立新"], []),
        # words, titles and names of other things
        ("坚持严管厚爱。", ["严管"], []),
        ("学习《赵立新工作法》。", ["赵立新"], []),
        ("弘扬白求恩精神。", ["白求恩"], []),
        ("专项治理“陈换新”现象。", ["陈换新"], []),
        ("明月高照，人心安定。", ["高照"], []),
        ("县纪委监委约谈了沈立新。", ["沈立新"], ["沈立新"]),
        ("沈立新，你好。", ["沈立新"], ["沈立新"]),
        ("清查东方某公司账目，走访孙某村。", [], []),
    ],
)
def test_names(text, people, expected):
    assert [person.name for person in people_of(text, people)] == expected


@pytest.mark.parametrize(
    ("text", "position", "unit"),
    [
        ("云溪县水利局原党组书记、局长赵立新被查。", "原党组书记、局长", "云溪县水利局"),
        ("云溪县水利局党组成员、副局长赵立新介绍。", "党组成员、副局长", "云溪县水利局"),
        ("时任云溪县水利局局长赵立新组织宴请。", "局长", "云溪县水利局"),
        ("云溪县委常委，松陵区医院党委书记赵立新出席。", "云溪县委常委，松陵区医院党委书记", "松陵区医院"),
        ("赵立新，松陵区医院原院长。", "原院长", "松陵区医院"),
        ("赵立新（松陵区医院院长）参加了会议。", "院长", "松陵区医院"),
        ("会上，赵立新同志作了发言。", None, None),
        ("松陵区医院赵立新同志作了发言。", None, "松陵区医院"),
        ("县纪委监委通报了松陵区医院原院长赵立新违规收礼问题。", "原院长", "松陵区医院"),
        ("县纪委监委第二审查调查室主任赵立新说。", "第二审查调查室主任", "县纪委监委"),
        ("松陵区医院虚报采购数量。院长赵立新受到警告处分。", "院长", "松陵区医院"),
        ("松陵区医院收受回扣，向药商赵立新索要财物。", "药商", None),
    ],
)
def test_position_and_unit(text, position, unit):
    units = ["云溪县水利局", "云溪县委", "松陵区医院", "县纪委监委第二审查调查室", "县纪委监委"]
    (person,) = people_of(text, ["赵立新"], units)
    assert (person.position, person.unit) == (position, unit)


def test_joined_names_share_the_position():
    persons = people_of("把货款付给粮商赵某和孙某。")
    assert [(person.name, person.position) for person in persons] == [("赵某", "粮商"), ("孙某", "粮商")]


def test_one_person_a_name_with_every_mention():
    text = "松陵区医院院长赵立新介绍情况。会后，赵立新表示将整改。"
    (person,) = people_of(text, ["赵立新"], ["松陵区医院"])
    assert [text[m.start : m.end] for m in person.mentions] == ["赵立新", "赵立新"]
    assert person.evidence == person.mentions[0]


def test_a_hidden_name_is_one_person_a_case():
    persons = people_of(
        "1.云溪县水利局张某收受礼金问题。张某受到警告处分。\n2.松陵区医院张某公款旅游问题。张某受到记过处分。",
        [],
        ["云溪县水利局", "松陵区医院"],
    )
    assert [(p.name, p.unit, p.anonymised, len(p.mentions)) for p in persons] == [
        ("张某", "云溪县水利局", True, 2),
        ("张某", "松陵区医院", True, 2),
    ]


def test_an_office_is_of_its_kind_of_unit():
    text = "云溪县水利局对松陵区医院监管不力。副局长赵立新、院长孙大川被诫勉。"
    first, second = people_of(text, ["赵立新", "孙大川"], ["云溪县水利局", "松陵区医院"])
    assert (first.unit, second.unit) == ("云溪县水利局", "松陵区医院")


@pytest.mark.parametrize(
    ("text", "tagged", "name"),
    [
        ("副局长张智已离职。", "张智已", "张智"),
        ("副局长张智等人被约谈。", "张智等人", "张智"),
        ("局长夏侯成案引发震动。", "夏侯成案", "夏侯成"),
        ("副院长林徽因表示，将加强管理。", "林徽因", "林徽因"),
        ("副局长王建国已离职。", "王建国", "王建国"),
    ],
)
def test_a_name_that_the_tagger_took_too_long_is_cut(text, tagged, name):
    assert [person.name for person in people_of(text, [tagged])] == [name]


def test_grounds_tell_the_words_they_went_by():
    (person,) = people_of("云溪县水利局原局长赵立新被查。", ["赵立新"], ["云溪县水利局"])
    assert [(g.field, g.rule, g.evidence.quote) for g in person.grounds] == [
        ("", "person/tagger", "赵立新"),
        ("position", "position/before", "原局长"),
        ("unit", "person-unit/stated", "云溪县水利局"),
    ]


@pytest.mark.parametrize(
    "text",
    ["赵立新" + ",男" * 20_000, "局长" * 20_000, "阿·" * 20_000, "张某" * 20_000, "分管" * 20_000 + "局长赵立新"],
    ids=["vitae", "titles", "points", "masks", "charges"],
)
def test_a_line_without_an_end_is_read_at_once(text):
    people_of(text, ["赵立新"])
