import pytest

from docintel.extract.units.aliases import merge_aliases
from docintel.schema import UnitKind


@pytest.mark.parametrize(
    ("names", "short", "full"),
    [
        (["云溪县青禾粮油有限公司", "青禾公司"], "青禾公司", "云溪县青禾粮油有限公司"),
        # characters in the same order
        (["云溪水利服务有限公司", "云溪水服"], "云溪水服", "云溪水利服务有限公司"),
        # what is inside, and characters that mean something to a pattern
        (["云溪县青禾粮油有限公司", "青禾公司", "青禾公司财务部"], "青禾公司财务部", "云溪县青禾粮油有限公司财务部"),
        (
            ["云溪水务(集团)公司", "水务(集团)公司", "水务(集团)公司工会"],
            "水务(集团)公司工会",
            "云溪水务(集团)公司工会",
        ),
        # two that fit are none
        (["云溪青禾有限公司", "安宁青禾有限公司", "青禾公司"], "青禾公司", "青禾公司"),
    ],
)
def test_a_short_name_stands_for_the_full_one(names, short, full):
    assert merge_aliases([(name, UnitKind.COMPANY) for name in names])[short] == full


def test_a_hospital_of_chinese_medicine():
    names = [("云溪县中医医院", UnitKind.HOSPITAL), ("云溪县中医院", UnitKind.HOSPITAL)]
    assert merge_aliases(names)["云溪县中医院"] == "云溪县中医医院"


@pytest.mark.parametrize(
    ("kind", "full", "short"),
    [
        (UnitKind.HOSPITAL, "云溪县人民医院", "云溪县医院"),
        (UnitKind.HOSPITAL, "青岚市第一医院", "青岚市第一人民医院"),  # 市一院 was taken for the latter
        (UnitKind.DISCIPLINE, "江南省委第七巡视组", "江南省委巡视组"),
        (UnitKind.GOVERNMENT, "国家税务总局云溪县税务局", "云溪县税务局"),
        (UnitKind.GOVERNMENT, "云溪县教育和体育局", "云溪县教育体育局"),
        (UnitKind.HOSPITAL, "青岚市松陵区仁和门诊部", "仁和门诊部"),
    ],
)
def test_one_unit_under_two_names(kind, full, short):
    assert merge_aliases([(full, kind), (short, kind)]) == {full: full, short: full}


def test_the_short_name_of_two_hospitals_is_that_of_neither():
    names = ["云溪县人民医院", "云溪县中心医院", "云溪县医院"]
    assert merge_aliases([(name, UnitKind.HOSPITAL) for name in names])["云溪县医院"] == "云溪县医院"


@pytest.mark.parametrize(
    ("names", "short", "full"),
    [
        (["青岚市云溪开发区管理委员会"], "云溪开发区管理委员会", "青岚市云溪开发区管理委员会"),
        (["青岚市住房和城乡建设局"], "住房和城乡建设局", "住房和城乡建设局"),  # every city has one
        (["青岚市公共资源交易中心", "澜州市公共资源交易中心"], "公共资源交易中心", "公共资源交易中心"),
    ],
)
def test_an_authority_that_is_named_with_its_city_elsewhere(names, short, full):
    assert merge_aliases([(name, UnitKind.GOVERNMENT) for name in (*names, short)])[short] == full
