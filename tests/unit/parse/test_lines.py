import pytest
from hypothesis import given
from hypothesis import strategies as st

from docintel.parse.lines import closing_signature, kind_of, pieces
from docintel.schema import BlockKind

FURNITURE, BYLINE, CAPTION = BlockKind.FURNITURE, BlockKind.BYLINE, BlockKind.CAPTION

KINDS = [
    ("当前位置: 首页 > 工作动态", FURNITURE),
    ("欢迎访问某某清廉网!", FURNITURE),
    ("下一篇：某局召开推进会", FURNITURE),
    ("相关链接", FURNITURE),
    ("下面是小编为大家整理的讲话稿，供大家参考。", FURNITURE),
    ("[免责声明] 本文来源于网络转载。", FURNITURE),
    ("原文链接：http://example.org/t20230101_1.html", FURNITURE),
    ("IMG_0042.JPG", FURNITURE),
    ("短片", FURNITURE),
    ("? ? ??", FURNITURE),
    ("浏览次数：128", FURNITURE),
    ("发布时间：2023-05-06 浏览次数：12", BYLINE),
    ("• 文章来源：某某日报", BYLINE),
    ("责任编辑：甲某", BYLINE),
    ("本报记者 张小三 李四", BYLINE),
    ("某某纪检监察网站 张小三 通讯员 李四", BYLINE),
    ("(2023年5月6日)", BYLINE),
    ("二〇二四年二月二日", BYLINE),
    ("2024年04月19日 10:35 信息来源：某县农业农村局", BYLINE),
    ("某某清风 2023年9月21日", BYLINE),
    ("本文刊载于《某某卫生》2024年第3期", BYLINE),
    ("廉政时评", FURNITURE),
    ("（张小三）", BYLINE),
    ("某卫发〔2023〕12号", BYLINE),
    ("图为该县干部在药房核对台账。", CAPTION),
    ("整改时限 2023年9月30日", None),
    ("企图为他人谋取利益的，一律从严查处。", None),
    ("时间紧、任务重，各科室要抓紧整改。", None),
    ("记者：请问采取了哪些措施？", None),
    ("来源：患者投诉、巡察移交的线索都要登记。", None),
    ("一、强化监督", None),
    ("（一）", None),
    ("图片展在门诊大厅举行。", None),
]


@pytest.mark.parametrize(("line", "kind"), KINDS)
def test_kind_of(line, kind):
    assert kind_of(line) is kind


PIECES = [
    ("问题全部整改。（记者 张小三）", [("问题全部整改。", None), ("（记者 张小三）", BYLINE)]),
    ("问题全部整改。责任编辑：李四", [("问题全部整改。", None), ("责任编辑：李四", BYLINE)]),
    ("问题全部整改。[免责声明] 本文转载。", [("问题全部整改。", None), ("[免责声明] 本文转载。", FURNITURE)]),
    ("图为宣誓现场。张小三 摄", [("图为宣誓现场。", CAPTION), ("张小三 摄", BYLINE)]),
    ("医务人员签订承诺书。（王 五 摄）", [("医务人员签订承诺书。", CAPTION), ("（王 五 摄）", BYLINE)]),
    ("本报讯（记者 张小三）日前，某县启动整治。", [("本报讯（记者 张小三）", BYLINE), ("日前，某县启动整治。", None)]),
    ("某某网站讯 日前，某县启动整治。", [("某某网站讯", BYLINE), ("日前，某县启动整治。", None)]),
    ("? ??张三：大家好。", [("? ??", FURNITURE), ("张三：大家好。", None)]),
    # brackets that say who has to act stay with what they say
    ("完善采购制度。（责任单位：设备科）", [("完善采购制度。（责任单位：设备科）", None)]),
    ("完善采购制度。（设备科）", [("完善采购制度。（设备科）", None)]),
    ("线索全部核查。（来源于群众举报）", [("线索全部核查。（来源于群众举报）", None)]),
    ("出台《管理办法（试行）》", [("出台《管理办法（试行）》", None)]),
]


@pytest.mark.parametrize(("line", "expected"), PIECES)
def test_pieces(line, expected):
    assert pieces(line) == expected


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("问题全部整改。（张小三）", "（张小三）"),
        ("问题全部整改。(纪检监察室 张小三)", "(纪检监察室 张小三)"),
        ("问题全部整改。(某市纪委监委)", None),
        ("掌声响起。（热烈掌声）", None),
        ("共三批。（一）", None),
        ("印发办法（试行）", None),
    ],
)
def test_closing_signature(line, name):
    start = closing_signature(line)
    assert (line[start:] if start else None) == name


@given(st.text(alphabet="某市纪委监委。，()（）记者张三 摄图为声明原文链接:：?[]编辑来源", min_size=1, max_size=60))
def test_pieces_lose_only_white_space(line):
    line = " ".join(line.split()) or "某"
    assert "".join("".join(piece.text.split()) for piece in pieces(line)) == "".join(line.split())
