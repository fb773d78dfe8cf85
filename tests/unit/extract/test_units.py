"""Units: where their names are, the full official names, the records."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docintel.extract.places.regions import find_place
from docintel.extract.units.units import collect_units, find_unit_mentions
from docintel.schema import UnitKind
from tests.unit.extract.organs import read_organs


def mentions_of(text, organs=()):
    reading = read_organs(text, organs)
    return reading, find_unit_mentions(reading, find_place(reading))


def named(text, organs=()):
    """What each unit is called in the text, and its full name."""
    reading, mentions = mentions_of(text, organs)
    return [(unit.name, unit.canonical) for unit in collect_units(reading, mentions)]


DISCIPLINE = "纪律检查委员会监察委员会"
CITY = "## 辽源市动态\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("中央纪委国家监委通报。", [("中央纪委国家监委", "中央纪律检查委员会国家监察委员会")]),
        ("中央纪委印发通知。", [("中央纪委", "中央纪律检查委员会")]),
        ("中办、国办印发通知。", [("中办", "中国共产党中央委员会办公厅"), ("国办", "国务院办公厅")]),
        ("国务院国资委和公安部部署。", [("国务院国资委", "国务院国有资产监督管理委员会"), ("公安部", "公安部")]),
        ("中央第八巡视组反馈意见。", [("中央第八巡视组", "中央第八巡视组")]),
        # its meeting, a website, every ministry's people
        ("十届中央纪委四次全会研究工作。", []),
        ("据中央纪委国家监委网站消息。", []),
        ("司法部门配合。", []),
        ("该公司系有限公司。", []),
        ("注册为有限责任公司。", []),
    ],
)
def test_national_bodies(text, expected):
    assert named(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("江苏省常州市天宁区纪委监委通报。", [("江苏省常州市天宁区纪委监委", f"常州市天宁区{DISCIPLINE}")]),
        ("浙江省淳安县纪委通报。", [("浙江省淳安县纪委", f"淳安县{DISCIPLINE}")]),
        ("吉林省委部署。", [("吉林省委", "中共吉林省委员会")]),
        ("仙桃市委、市政府部署。", [("仙桃市委", "中共仙桃市委员会"), ("市政府", "仙桃市人民政府")]),
        ("湖北省政协原副主席被查。", [("湖北省政协", "中国人民政治协商会议湖北省委员会")]),
        ("江西省原水产局违规。", [("江西省原水产局", "江西省水产局")]),
        ("东海县医保局整改。", [("东海县医保局", "东海县医疗保障局")]),
        ("东海县水利和湖泊局整改。", [("东海县水利和湖泊局", "东海县水利和湖泊局")]),
        ("辽源市市容环卫管理中心整改。", [("辽源市市容环卫管理中心", "辽源市市容环卫管理中心")]),
        # who heads a place speaks for its government
        ("通化市副市长张某出席。", [("通化市", "通化市人民政府")]),
        ("天宁区云栖街道整改。", [("天宁区云栖街道", "常州市天宁区云栖街道")]),
        ("中共淳安县委员会印发通知。", [("中共淳安县委员会", "中共淳安县委员会")]),
        ("中共淳安县纪律检查委员会通报。", [("中共淳安县纪律检查委员会", f"淳安县{DISCIPLINE}")]),
        ("中共淳安县人民医院委员会通报。", [("中共淳安县人民医院委员会", "中共淳安县人民医院委员会")]),
        # not units: a place that acts, vague groups
        ("辽源市注重教育，全市医疗单位落实。", []),
        ("各级纪委监委要加强监督。", []),
    ],
)
def test_organs_of_a_named_place(text, expected):
    assert named(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("市卫健委召开会议。", [("市卫健委", "辽源市卫生健康委员会")]),
        ("向市委报送，联合市税务局检查。", [("市委", "中共辽源市委员会"), ("市税务局", "辽源市税务局")]),
        ("省纪委监委督办。", [("省纪委监委", f"吉林省{DISCIPLINE}")]),
        ("市一院、市120整改。", [("市一院", "辽源市第一人民医院"), ("市120", "辽源市120")]),
        (
            "将市第三人民医院、骨伤医院列为试点。",
            [("市第三人民医院", "辽源市第三人民医院"), ("骨伤医院", "辽源市骨伤医院")],
        ),
        ("市第一、第三粮库整改。", [("市第一、第三粮库", "辽源市第一粮库"), ("第三粮库", "辽源市第三粮库")]),
        # words that begin with the same character
        ("推广市第一人民医院经验。", [("市第一人民医院", "辽源市第一人民医院")]),  # the tagger sees 广市第一人民医院
        ("全市市场秩序好转，城市管理加强，市民满意。", []),
        ("省市县纪委监委联动。", []),
    ],
)
def test_bare_sign_means_the_place_of_the_document(text, expected):
    assert named(CITY + text, ["广市第一人民医院"]) == expected


def test_bare_sign_means_the_place_named_last_where_a_document_walks_through_several():
    text = "浙江省淳安县纪委监委检查。县税务局配合。\n江苏省东海县纪委监委检查。该县财政局配合，省委巡视组反馈。"
    names = dict(named(text))
    assert names["县税务局"] == "淳安县税务局"
    assert names["该县财政局"] == "东海县财政局"
    assert names["省委巡视组"] == "江苏省委巡视组"


def test_sign_without_a_place_stays_as_written():
    assert named("市审计局开展审计。") == [("市审计局", "市审计局")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("市纪委监委党风政风监督室负责。", [f"辽源市{DISCIPLINE}党风政风监督室", f"辽源市{DISCIPLINE}"]),
        ("市卫健委党组召开会议。", ["辽源市卫生健康委员会党组", "辽源市卫生健康委员会"]),
        ("市卫健委党组成员张某出席。", ["辽源市卫生健康委员会"]),  # a position
        ("市纪委监委机关组织征文。", [f"辽源市{DISCIPLINE}"]),
        ("市财政局会计管理处处长张某被查。", ["辽源市财政局会计管理处", "辽源市财政局"]),
        ("公安部治安管理局指导。", ["公安部治安管理局"]),  # part of the name only
        ("市委宣传部举办展览。", ["中共辽源市委员会宣传部"]),
        ("市医院药学部采购药品。", ["辽源市医院药学部", "辽源市医院"]),
        (
            "市纪委监委驻市卫健委纪检监察组督促。",
            [f"辽源市{DISCIPLINE}驻辽源市卫生健康委员会纪检监察组"],  # who sends it is part of its name
        ),
        ("驻市卫健委纪检监察组督促。", [f"辽源市{DISCIPLINE}驻辽源市卫生健康委员会纪检监察组"]),
        ("市纪委监委梳理近五年查办的案件。", [f"辽源市{DISCIPLINE}"]),
    ],
)
def test_departments_and_their_parents(text, expected):
    _, mentions = mentions_of(CITY + text)
    assert sorted({mention.canonical for mention in mentions}) == sorted(expected)


def test_mentions_with_one_start_come_longest_first():
    _, mentions = mentions_of(CITY + "市纪委监委党风政风监督室负责。")
    assert [mention.canonical for mention in mentions] == [f"辽源市{DISCIPLINE}党风政风监督室", f"辽源市{DISCIPLINE}"]


@pytest.mark.parametrize(
    ("text", "organs", "expected"),
    [
        ("云帆能源股份有限公司整改。", ["云帆能源股份有限公司"], ["云帆能源股份有限公司"]),
        # the first ending is not the last
        ("远图管网集团北方管道有限公司整改。", ["远图管网集团北方管道有限公司"], ["远图管网集团北方管道有限公司"]),
        ("中国建设银行广东茂名分行整改。", ["中国建设银行广东茂名分行"], ["中国建设银行广东茂名分行"]),
        ("江苏省东海青禾粮食有限公司整改。", [], ["江苏省东海青禾粮食有限公司"]),  # a place in short: as written
        ("浙江省嘉兴市青禾粮油有限公司整改。", [], ["嘉兴市青禾粮油有限公司"]),
        ("北京大学第三医院和北京大学整改。", [], ["北京大学第三医院", "北京大学"]),
        ("社区卫生服务中心、乡镇卫生院整改。", ["社区卫生服务中心", "乡镇卫生院"], []),
    ],
)
def test_names_that_are_whole_by_themselves(text, organs, expected):
    assert [canonical for _, canonical in named(text, organs)] == expected


@pytest.mark.parametrize(
    ("text", "organs", "name", "canonical"),
    [
        ("云溪县中医院整改。骨科主任张某被查。", ["云溪县中医院"], "骨科", "云溪县中医院骨科"),
        ("青禾集团公司整改。集团纪委立案9件。", ["青禾集团公司"], "集团纪委", "中共青禾集团公司纪律检查委员会"),
        (
            "青禾保险股份有限公司整改。在安徽省分公司出差。",
            ["青禾保险股份有限公司"],
            "安徽省分公司",
            "青禾保险股份有限公司安徽省分公司",
        ),
        (
            "东海县青禾粮油有限公司与青禾公司签约。",
            ["青禾粮油公司"],
            "东海县青禾粮油有限公司",
            "东海县青禾粮油有限公司",
        ),
        ("辽源市纪委监委立案。专案组谈话。", [], "专案组", f"辽源市{DISCIPLINE}专案组"),
        ("辽源市人民法院审判委员会委员、执行局副局长张某授课。", [], "执行局", "辽源市人民法院执行局"),
    ],
)
def test_units_named_by_a_part(text, organs, name, canonical):
    assert (name, canonical) in named(text, organs)


def test_short_name_of_a_company_stands_for_the_full_one():
    text = "青禾粮食储备有限公司虚报库存。\n青禾粮储公司出借资金。"
    organs = ["青禾粮食储备有限公司", "青禾粮储公司"]
    assert named(text, organs) == [("青禾粮食储备有限公司", "青禾粮食储备有限公司")]


def test_that_hospital_is_the_last_one_and_ours_stays():
    _, mentions = mentions_of(CITY + "市中心医院整改。该院完善制度。")
    assert [mention.canonical for mention in mentions] == ["辽源市中心医院"] * 2
    assert named("我院召开会议。") == [("我院", "我院")]


def test_ours_is_the_hospital_that_publishes():
    reading = read_organs("我院召开会议。", publisher="云溪县人民医院")
    assert [mention.canonical for mention in find_unit_mentions(reading, None)] == ["云溪县人民医院"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("辽源市卫健委", UnitKind.HEALTH_AUTHORITY),
        ("辽源市妇幼保健院", UnitKind.HOSPITAL),
        ("辽源市中级人民法院", UnitKind.PROCURATORATE_COURT),
        ("辽源市疾控中心", UnitKind.OTHER),
        ("辽源市第一中学", UnitKind.SCHOOL),
        ("辽源市委巡察办", UnitKind.DISCIPLINE),
        ("辽源市城市发展有限公司", UnitKind.COMPANY),
        ("辽源市城管局", UnitKind.GOVERNMENT),
    ],
)
def test_kinds(text, kind):
    _, mentions = mentions_of(text + "整改。")
    assert [mention.kind for mention in mentions] == [kind]


def test_record_quotes_first_mention_and_holds_all():
    reading, mentions = mentions_of(CITY + "辽源市卫健委通报。市卫健委整改。")
    (unit,) = collect_units(reading, mentions)
    assert (unit.name, [quote.quote for quote in unit.mentions]) == ("辽源市卫健委", ["辽源市卫健委", "市卫健委"])


@pytest.mark.parametrize(
    ("text", "organs", "name", "grounds"),
    [
        ("江苏省东海县纪委监委通报。", (), "江苏省东海县纪委监委", [("gazetteer", None), ("gazetteer", None)]),
        ("国务院国资委部署。", (), "国务院国资委", [("national", None), ("national", None)]),
        (CITY + "市卫健委部署。", (), "市卫健委", [("sign", None), ("document-place", "辽源市")]),
        ("市审计局部署。", (), "市审计局", [("sign", None), ("no-place", None)]),
        ("远图能源有限公司整改。", ["远图能源有限公司"], "远图能源有限公司", [("tagger", None), ("written", None)]),
        ("东海县中医院药剂科整改。", (), "东海县中医院药剂科", [("inside", None), ("host", "东海县中医院")]),
        ("东海县中医院整改。骨科主任张某被查。", (), "骨科", [("ward", None), ("host", "东海县中医院")]),
        (CITY + "驻市卫健委纪检监察组督促。", (), "驻市卫健委纪检监察组", [("stationed", None), ("host", "市卫健委")]),
        (CITY + "市教育局、财政局整改。", (), "财政局", [("list", None), ("document-place", "辽源市")]),
    ],
)
def test_what_a_unit_goes_by(text, organs, name, grounds):
    reading, mentions = mentions_of(text, organs)
    unit = next(unit for unit in collect_units(reading, mentions) if unit.name == name)
    found, full = unit.grounds
    assert [found.field, full.field] == ["", "canonical"]
    assert [found.rule, full.rule] == [f"unit-name/{grounds[0][0]}", f"unit-full/{grounds[1][0]}"]
    assert full.evidence.quote == (grounds[1][1] or name)


@pytest.mark.parametrize(
    ("text", "organs", "place", "adcode"),
    [
        ("天宁区纪委监委通报。", (), "江苏省常州市天宁区", "320402"),
        ("青岚市卫健委通报。", ["青岚市卫健委"], "青岚市", None),
        ("公安部部署。", (), None, None),
        ("市审计局部署。", (), None, None),
        ("远图能源有限公司整改。", ["远图能源有限公司"], None, None),
    ],
)
def test_where_a_unit_belongs(text, organs, place, adcode):
    (unit,) = collect_units(*mentions_of(text, organs))
    assert unit.place == place
    assert unit.adcode == adcode


@pytest.mark.parametrize(
    ("text", "organs", "expected"),
    [
        ("## 访青岚市儿童医院\n话青岚市儿童医院整改。", ["话青岚市儿童医院"], "青岚市儿童医院"),
        (
            "可康宁医药有限公司停业。康宁医药有限公司整改。",
            ["可康宁医药有限公司", "康宁医药有限公司"],
            "康宁医药有限公司",
        ),
        ("## 青岚市动态\n我们正同青岚市财政局商量。", ["正同青岚市财政局"], "青岚市财政局"),
    ],
)
def test_what_the_tagger_takes_along_is_no_part_of_a_name(text, organs, expected):
    assert {full for _, full in named(text, organs)} == {expected}


def test_a_bare_sign_means_the_place_of_its_clause():
    found = named("## 辽源市动态\n通化市纪委监委会同市审计局检查。市审计局整改。")
    assert [full for _, full in found] == [f"通化市{DISCIPLINE}", "通化市审计局", "辽源市审计局"]


def test_who_signs_as_a_supervision_organ_is_meant_by_our_commission():
    text = "青岚市第二医院：\n我委发现问题。\n青岚市监察委员会\n抄送：青岚市卫健委。"
    found = named(text, ["青岚市第二医院", "青岚市监察委员会", "青岚市卫健委"])
    assert ("我委", f"青岚市{DISCIPLINE}") in found


def test_a_unit_in_titles_of_documents_only_is_none():
    assert named("《东海县财政局差旅费管理办法》印发。") == []
    assert named("东海县财政局印发《东海县财政局差旅费管理办法》。") == [("东海县财政局", "东海县财政局")]


@given(st.text(alphabet="辽源市县省区纪委监卫健医院局公司集团党组第一、和联合该我驻中心的，。", max_size=80))
def test_mentions_are_ordered_and_inside_the_text(text):
    reading, mentions = mentions_of(CITY + text)
    spans = [(mention.start, -mention.end) for mention in mentions]
    assert spans == sorted(spans)
    assert all(0 <= mention.start < mention.end <= len(reading.text) and mention.canonical for mention in mentions)
