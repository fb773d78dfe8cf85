"""Sanctions, split as the text states them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docintel.extract.cases.sanctions import general_sanction, notice_sanction, split_sanctions
from docintel.schema import SanctionKind


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("被开除党籍和公职", ["开除党籍", "开除公职"]),
        (
            "被开除党籍、开除公职，案件移送检察机关审查起诉",
            ["开除党籍", "开除公职", "移送检察机关审查起诉"],
        ),
        ("受到党内严重警告、政务降级处分，免职处理", ["党内严重警告", "政务降级", "免职"]),
        ("受到留党察看两年、政务撤职处分，降为三级主任科员", ["留党察看两年", "政务撤职", "降为三级主任科员"]),
        ("受到撤销党内职务处分，取消退休待遇", ["撤销党内职务", "取消退休待遇"]),
        ("被判处有期徒刑三年六个月，并处罚金人民币二十万元", ["判处有期徒刑三年六个月", "并处罚金人民币二十万元"]),
        ("被“双开”并提起公诉", ["双开", "提起公诉"]),
        ("被立案并采取留置措施", ["立案", "留置"]),
        ("涉嫌严重违纪违法，目前正接受纪律审查和监察调查", ["接受纪律审查和监察调查"]),
        ("两名经办人各受到党纪政务处分和组织处理", ["党纪政务处分", "组织处理"]),
        ("被诫勉谈话，责令作出书面检查", ["诫勉谈话", "责令作出书面检查"]),
        ("免去镇卫生院院长职务", ["免去镇卫生院院长职务"]),
        # not sanctions: an office, a place, a negation, another word
        ("第二审查调查室主任介绍", []),
        ("决定不予立案", []),
        ("忘记过去就意味着背叛", []),
        # nor titles, nor figures
        ("学习《中国共产党纪律处分条例》", []),
        ("全县移送司法机关3人", []),
    ],
)
def test_sanctions_are_split(text, expected):
    found = split_sanctions(text)
    assert [sanction.text for sanction in found] == expected


@pytest.mark.parametrize(
    ("text", "kind", "months", "fine"),
    [
        ("受到党内严重警告处分", SanctionKind.PARTY, None, None),
        ("被开除公职", SanctionKind.PUBLIC, None, None),
        ("受到政务记过处分", SanctionKind.PUBLIC, None, None),
        ("被诫勉谈话", SanctionKind.ORGANISATIONAL, None, None),
        ("被责令书面检查", SanctionKind.ORGANISATIONAL, None, None),
        ("违纪违法所得予以收缴", SanctionKind.ECONOMIC, None, None),
        ("被处罚款3.5万元", SanctionKind.ECONOMIC, None, 35_000),
        ("被判处有期徒刑三年六个月", SanctionKind.CRIMINAL, 42, None),
        ("被判处有期徒刑12年", SanctionKind.CRIMINAL, 144, None),
        ("被判处拘役六个月", SanctionKind.CRIMINAL, 6, None),
        ("获刑十一年", SanctionKind.CRIMINAL, 132, None),
        ("缓刑三年", SanctionKind.CRIMINAL, None, None),
        ("被判处无期徒刑", SanctionKind.CRIMINAL, None, None),
        ("并处罚金人民币二十万元", SanctionKind.CRIMINAL, None, 200_000),
        ("留党察看二年", SanctionKind.PARTY, None, None),
        ("吊销医师执业证书", SanctionKind.OTHER, None, None),
    ],
)
def test_kind_term_and_fine(text, kind, months, fine):
    (sanction,) = split_sanctions(text)
    assert (sanction.kind, sanction.months, sanction.fine) == (kind, months, fine)


def test_each_half_of_a_joint_sanction_has_its_kind():
    assert [s.kind for s in split_sanctions("被开除党籍和公职")] == [SanctionKind.PARTY, SanctionKind.PUBLIC]


@given(
    st.lists(
        st.sampled_from(["开除党籍", "和公职", "、", "政务撤职", "处分", "被", "张某", "留置", "2年"]), max_size=12
    )
)
def test_sanctions_come_in_order_and_within_the_text(parts):
    text = "".join(parts)
    spans = [(sanction.start, sanction.end) for sanction in split_sanctions(text)]
    assert spans == sorted(spans)
    assert all(0 <= start < end <= len(text) for start, end in spans)


def test_words_that_name_no_sanction_are_general():
    assert general_sanction("一批干部被严肃查处").text == "严肃查处"
    assert general_sanction("完成排查") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("市纪委监委公开通报5起典型案例", "公开通报"),
        ("县纪委监委通报了镇卫生院套取资金问题", "通报"),
        ("墙上新贴的案件通报，他看了又看", None),
    ],
)
def test_a_notice_names_what_it_is_about(text, expected):
    notice = notice_sanction(text)
    assert (notice.text if notice else None) == expected
