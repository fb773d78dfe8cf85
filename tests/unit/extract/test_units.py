"""Units: where their names are, the full official names, the records."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docintel.extract.places import find_place
from docintel.extract.units import collect_units, find_unit_mentions
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
BAISHAN = "## 白山市动态\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("中央纪委国家监委通报。", [("中央纪委国家监委", "中央纪律检查委员会国家监察委员会")]),
        ("中央纪委印发通知。", [("中央纪委", "中央纪律检查委员会")]),
        ("中办、国办印发通知。", [("中办", "中国共产党中央委员会办公厅"), ("国办", "国务院办公厅")]),
        ("国务院国资委和公安部部署。", [("国务院国资委", "国务院国有资产监督管理委员会"), ("公安部", "公安部")]),
        ("中央第八巡视组反馈意见。", [("中央第八巡视组", "中央第八巡视组")]),
        # a meeting, a website, every ministry's people
        ("二十届中央纪委二次全会提出要求。", []),
        ("据中央纪委国家监委网站消息。", []),
        ("司法部门配合。", []),
    ],
)
def test_national_bodies(text, expected):
    assert named(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("山东省青岛市市南区纪委监委通报。", [("山东省青岛市市南区纪委监委", f"青岛市市南区{DISCIPLINE}")]),
        ("浙江省淳安县纪委通报。", [("浙江省淳安县纪委", f"淳安县{DISCIPLINE}")]),
        ("吉林省委部署。", [("吉林省委", "中共吉林省委员会")]),
        ("仙桃市委、市政府部署。", [("仙桃市委", "中共仙桃市委员会"), ("市政府", "仙桃市人民政府")]),
        ("四川省政协原副主席被查。", [("四川省政协", "中国人民政治协商会议四川省委员会")]),
        ("山西省原粮食局违规。", [("山西省原粮食局", "山西省粮食局")]),
        ("平湖市医保局整改。", [("平湖市医保局", "平湖市医疗保障局")]),
        ("洪湖市水利和湖泊局整改。", [("洪湖市水利和湖泊局", "洪湖市水利和湖泊局")]),
        ("白山市市政公用服务中心整改。", [("白山市市政公用服务中心", "白山市市政公用服务中心")]),
        # who heads a place speaks for its government
        ("五家渠市副市长张某出席。", [("五家渠市", "五家渠市人民政府")]),
        ("花都区新华街道整改。", [("花都区新华街道", "广州市花都区新华街道")]),
        ("中共淳安县委员会印发通知。", [("中共淳安县委员会", "中共淳安县委员会")]),
        ("中共淳安县纪律检查委员会通报。", [("中共淳安县纪律检查委员会", f"淳安县{DISCIPLINE}")]),
        ("中共淳安县人民医院委员会通报。", [("中共淳安县人民医院委员会", "中共淳安县人民医院委员会")]),
        # not units: a place that acts, vague groups
        ("白山市注重教育，全市医疗单位落实。", []),
        ("各级纪委监委要加强监督。", []),
    ],
)
def test_organs_of_a_named_place(text, expected):
    assert named(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("市卫健委召开会议。", [("市卫健委", "白山市卫生健康委员会")]),
        ("向市委报送，联合市税务局检查。", [("市委", "中共白山市委员会"), ("市税务局", "白山市税务局")]),
        ("省纪委监委督办。", [("省纪委监委", f"吉林省{DISCIPLINE}")]),
        ("市一院、市120整改。", [("市一院", "白山市第一人民医院"), ("市120", "白山市120")]),
        (
            "将市第一人民医院、中医医院列为试点。",
            [("市第一人民医院", "白山市第一人民医院"), ("中医医院", "白山市中医医院")],
        ),
        ("市第一、第三粮库整改。", [("市第一、第三粮库", "白山市第一粮库"), ("第三粮库", "白山市第三粮库")]),
        # words that begin with the same character
        ("推广市第一人民医院经验。", [("市第一人民医院", "白山市第一人民医院")]),  # the tagger sees 广市第一人民医院
        ("全市市场秩序好转，城市管理加强，市民满意。", []),
        ("省市县纪委监委联动。", []),
    ],
)
def test_bare_sign_means_the_place_of_the_document(text, expected):
    assert named(BAISHAN + text, ["广市第一人民医院"]) == expected


def test_bare_sign_means_the_place_named_last_where_a_document_walks_through_several():
    text = "浙江省淳安县纪委监委检查。县税务局配合。\n江苏省东海县纪委监委检查。该县财政局配合，省委巡视组反馈。"
    names = dict(named(text))
    assert names["县税务局"] == "淳安县税务局"
    assert names["该县财政局"] == "东海县财政局"
    assert names["省委巡视组"] == "中共江苏省委员会巡视组"


def test_sign_without_a_place_stays_as_written():
    assert named("市审计局开展审计。") == [("市审计局", "市审计局")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("市纪委监委党风政风监督室负责。", [f"白山市{DISCIPLINE}党风政风监督室", f"白山市{DISCIPLINE}"]),
        ("市卫健委党组召开会议。", ["白山市卫生健康委员会党组", "白山市卫生健康委员会"]),
        ("市卫健委党组成员张某出席。", ["白山市卫生健康委员会"]),  # a position
        ("市纪委监委机关组织征文。", [f"白山市{DISCIPLINE}"]),
        ("市财政局农业农村处处长张某被查。", ["白山市财政局农业农村处", "白山市财政局"]),
        ("公安部经济犯罪侦查局指导。", ["公安部经济犯罪侦查局"]),  # part of the name only
        ("市委宣传部举办展览。", ["中共白山市委员会宣传部"]),
        ("市医院药学部采购药品。", ["白山市医院药学部", "白山市医院"]),
        (
            "市纪委监委驻市卫健委纪检监察组督促。",
            [f"白山市{DISCIPLINE}", f"白山市{DISCIPLINE}驻白山市卫生健康委员会纪检监察组"],
        ),
        ("驻市卫健委纪检监察组督促。", [f"白山市{DISCIPLINE}驻白山市卫生健康委员会纪检监察组"]),
        ("市纪委监委梳理近五年查办的案件。", [f"白山市{DISCIPLINE}"]),
    ],
)
def test_departments_and_their_parents(text, expected):
    _, mentions = mentions_of(BAISHAN + text)
    assert sorted({mention.canonical for mention in mentions}) == sorted(expected)


def test_mentions_with_one_start_come_longest_first():
    _, mentions = mentions_of(BAISHAN + "市纪委监委党风政风监督室负责。")
    assert [mention.canonical for mention in mentions] == [f"白山市{DISCIPLINE}党风政风监督室", f"白山市{DISCIPLINE}"]


@pytest.mark.parametrize(
    ("text", "organs", "expected"),
    [
        ("云帆能源股份有限公司整改。", ["云帆能源股份有限公司"], ["云帆能源股份有限公司"]),
        # the first ending is not the last
        ("远图管网集团北方管道有限公司整改。", ["远图管网集团北方管道有限公司"], ["远图管网集团北方管道有限公司"]),
        ("中国工商银行广东韶关分行整改。", ["中国工商银行广东韶关分行"], ["中国工商银行广东韶关分行"]),
        ("江苏省丹阳青禾粮食有限公司整改。", [], ["江苏省丹阳青禾粮食有限公司"]),  # a place in short: as written
        ("浙江省温州市青禾粮油有限公司整改。", [], ["温州市青禾粮油有限公司"]),
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
        ("青禾集团有限公司整改。集团纪委立案9件。", ["青禾集团有限公司"], "集团纪委", "青禾集团有限公司纪律检查委员会"),
        (
            "青禾保险股份有限公司整改。在广东省分公司出差。",
            ["青禾保险股份有限公司"],
            "广东省分公司",
            "青禾保险股份有限公司广东省分公司",
        ),
        (
            "丹阳市香禾粮食有限公司与香禾公司签约。",
            ["香禾粮油公司"],
            "丹阳市香禾粮食有限公司",
            "丹阳市香禾粮食有限公司",
        ),
        ("白山市纪委监委立案。专案组谈话。", [], "专案组", f"白山市{DISCIPLINE}专案组"),
        ("白山市人民法院审判委员会原委员、执行局原局长张某被查。", [], "执行局", "白山市人民法院执行局"),
    ],
)
def test_units_named_by_a_part(text, organs, name, canonical):
    assert (name, canonical) in named(text, organs)


def test_short_name_of_a_company_stands_for_the_full_one():
    text = "青禾粮食储备有限公司虚报库存。\n青禾粮储公司出借资金。"
    organs = ["青禾粮食储备有限公司", "青禾粮储公司"]
    assert named(text, organs) == [("青禾粮食储备有限公司", "青禾粮食储备有限公司")]


def test_that_hospital_is_the_last_one_and_ours_stays():
    _, mentions = mentions_of(BAISHAN + "市中心医院整改。该院完善制度。")
    assert [mention.canonical for mention in mentions] == ["白山市中心医院"] * 2
    assert named("我院召开会议。") == [("我院", "我院")]


def test_ours_is_the_hospital_that_publishes():
    reading = read_organs("我院召开会议。", publisher="云溪县人民医院")
    assert [mention.canonical for mention in find_unit_mentions(reading, None)] == ["云溪县人民医院"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("白山市卫健委", UnitKind.HEALTH_AUTHORITY),
        ("白山市妇幼保健院", UnitKind.HOSPITAL),
        ("白山市中级人民法院", UnitKind.PROCURATORATE_COURT),
        ("白山市疾控中心", UnitKind.OTHER),
        ("白山市第一中学", UnitKind.SCHOOL),
        ("白山市委巡察办", UnitKind.DISCIPLINE),
        ("白山市城市发展有限公司", UnitKind.COMPANY),
        ("白山市城管局", UnitKind.GOVERNMENT),
    ],
)
def test_kinds(text, kind):
    _, mentions = mentions_of(text + "整改。")
    assert [mention.kind for mention in mentions] == [kind]


def test_record_quotes_first_mention_and_holds_all():
    reading, mentions = mentions_of(BAISHAN + "白山市卫健委通报。市卫健委整改。")
    (unit,) = collect_units(reading, mentions)
    assert (unit.name, [quote.quote for quote in unit.mentions]) == ("白山市卫健委", ["白山市卫健委", "市卫健委"])


@given(st.text(alphabet="白山市县省区纪委监卫健医院局公司集团党组第一、和联合该我驻中心的，。", max_size=80))
def test_mentions_are_ordered_and_inside_the_text(text):
    reading, mentions = mentions_of(BAISHAN + text)
    spans = [(mention.start, -mention.end) for mention in mentions]
    assert spans == sorted(spans)
    assert all(0 <= mention.start < mention.end <= len(reading.text) and mention.canonical for mention in mentions)
