"""Head, foot, attachments and title of official documents; every sample is invented."""

import pytest

from docintel.parse.assemble import Declared, assemble
from docintel.parse.file import File
from docintel.parse.plain import parse_text
from docintel.parse.structure import Line
from docintel.parse.tables import plain_cells, table_line
from docintel.parse.wrapped_titles import title_lines
from docintel.schema import BlockKind

BODY = "各乡镇党委，县直各部门：\n近期，县纪委监委对云栖县群众身边的问题开展检查，发现问题12个。现将情况通报如下。"
NOTICE = f"""000012
机密★1年
特急
云栖县纪律检查委员会文件
云纪发〔2022〕15号  签发人：张明远
关于2022年第三季度漠视侵害群众利益问题
专项治理情况的通报
{BODY}
附件：1.专项治理问题台账
2.《云栖县专项治理工作办法（试行）》
云栖县纪律检查委员会
2022年10月24日
（此件公开发布）
抄送：市纪委，县委，县政府，
县人大常委会办公室。
云栖县纪律检查委员会办公室  2022年10月25日印发"""


def read(text):
    return parse_text(File(text.encode(), "a.txt"))


def kinds(document):
    return {document.text[b.start : b.end]: str(b.kind) for b in document.blocks}


def test_a_notice_by_the_standard():
    document = read(NOTICE)
    assert (document.number, document.secrecy) == ("云纪发〔2022〕15号", "机密★1年")
    assert (document.publisher, document.published) == ("云栖县纪律检查委员会", "2022-10-24")
    assert document.title == "关于2022年第三季度漠视侵害群众利益问题专项治理情况的通报"
    assert document.attachments == ("专项治理问题台账", "《云栖县专项治理工作办法（试行）》")
    found = kinds(document)
    assert [found[line] for line in ("000012", "机密★1年", "特急", "（此件公开发布）")] == ["furniture"] * 4
    assert found["云栖县纪律检查委员会文件"] == found["云纪发〔2022〕15号 签发人：张明远"] == "byline"
    assert found["抄送：市纪委，县委，县政府，"] == found["县人大常委会办公室。"] == "paragraph"
    assert found["云栖县纪律检查委员会办公室 2022年10月25日印发"] == "furniture"
    assert "".join(document.text.split()) == "".join(NOTICE.split())


NUMBERS = [
    ("云纪发〔2022〕15号", "云纪发〔2022〕15号"),
    ("云政办函[2022]5号", "云政办函[2022]5号"),
    ("（2022）第15号", "（2022）第15号"),
    ("[2022]15号", "[2022]15号"),
    ("云纪发 〔 2022 〕 15 号", "云纪发〔2022〕15号"),
    ("云卫（医）发【2022】3号", "云卫（医）发【2022】3号"),
    ("（云纪发〔2022〕15号）", "云纪发〔2022〕15号"),
    ("签发人：张明远 云纪发〔2022〕15号", "云纪发〔2022〕15号"),
    ("云栖县人民政府文件 云政发〔2022〕15号", "云政发〔2022〕15号"),
    ("发文字号：云纪发〔2022〕15号", "云纪发〔2022〕15号"),
    ("文号：云纪发〔2022〕15号 发布日期：2022-10-24", "云纪发〔2022〕15号"),
]


@pytest.mark.parametrize(("line", "number"), NUMBERS, ids=[line for line, _ in NUMBERS])
@pytest.mark.parametrize("above", [True, False])
def test_the_number_above_or_below_the_title(line, number, above):
    title = "关于开展专项检查的通知"
    head = [line, title] if above else [title, line]
    document = read("\n".join([*head, BODY]))
    assert (document.number, document.title) == (number, title)


@pytest.mark.parametrize(
    "text",
    [
        f"关于转发云纪发〔2022〕3号文件的通知\n{BODY}",
        f"某县开展检查\n{BODY}\n根据云纪发〔2022〕3号\n要求，继续整改。",
        "某县开展检查\n检查已经完成。\n云纪发〔2022〕3号",
    ],
)
def test_a_number_that_the_text_cites_is_not_its_own(text):
    assert read(text).number is None


SECRECY = [
    ("机密★1年", "机密★1年"),
    ("秘密", "秘密"),
    ("绝密★长期", "绝密★长期"),
    ("机 密 ★ 1 年", "机密★1年"),
    ("000012 秘密★6个月 加急", "秘密★6个月"),
    ("密级：秘密", "秘密"),
    ("內部資料", None),
    ("内部资料", None),
    ("特急", None),
]


@pytest.mark.parametrize(("line", "secrecy"), SECRECY, ids=[line for line, _ in SECRECY])
def test_mark_of_secrecy(line, secrecy):
    document = read(f"{line}\n云纪发〔2022〕15号\n关于开展专项检查的通知\n{BODY}")
    assert document.secrecy == secrecy
    assert secrecy is None or document.title == "关于开展专项检查的通知"


def test_a_word_of_secrecy_in_the_text_is_no_mark():
    assert read(f"关于开展专项检查的通知\n{BODY}\n秘密").secrecy is None


HEADS = [
    (["中共云栖县委文件"], "中共云栖县委"),
    (["云栖县纪律检查委员会", "云栖县监察委员会 文件"], "云栖县纪律检查委员会、云栖县监察委员会"),
    (["云栖县财政局", "云栖县卫生健康局", "文件"], "云栖县财政局、云栖县卫生健康局"),
    (["云栖县卫生健康局"], "云栖县卫生健康局"),  # a letter has no 文件
    (["云 栖 县 人 民 政 府 文 件"], "云栖县人民政府"),
    (["松陵城市发展集团有限公司文件"], "松陵城市发展集团有限公司"),
]


@pytest.mark.parametrize(("lines", "publisher"), HEADS, ids=[lines[0] for lines, _ in HEADS])
def test_the_red_head_names_who_issued_it_and_is_no_title(lines, publisher):
    document = read("\n".join([*lines, "云发〔2022〕15号", "关于开展专项检查的通知", BODY]))
    assert (document.publisher, document.title) == (publisher, "关于开展专项检查的通知")
    assert all(document.blocks[i].kind is BlockKind.BYLINE for i in range(len(lines) + 1))


SIGNATURES = [
    (["云栖县纪律检查委员会", "2022年10月24日"], "云栖县纪律检查委员会"),
    (["云栖县纪律检查委员会", "二〇二二年十月二十四日"], "云栖县纪律检查委员会"),
    (["云栖县纪律检查委员会", "二○二二年十月二十四日"], "云栖县纪律检查委员会"),
    (["云栖县纪律检查委员会", "二O二二年十月二十四日"], "云栖县纪律检查委员会"),
    (["云栖县纪律检查委员会", "2022 年 10 月 24 日"], "云栖县纪律检查委员会"),
    (["云栖县纪律检查委员会 2022年10月24日"], "云栖县纪律检查委员会"),
    (["云栖县财政局", "云栖县卫生健康局", "2022年10月24日"], "云栖县财政局、云栖县卫生健康局"),
    (["云栖县财政局 云栖县卫生健康局", "2022年10月24日"], "云栖县财政局、云栖县卫生健康局"),
    (["云栖县医保局", "2022年10月24日", "抄送：县委。", "云栖县医保局办公室 2022年10月26日印发"], "云栖县医保局"),
]


@pytest.mark.parametrize(("lines", "publisher"), SIGNATURES, ids=[" ".join(lines) for lines, _ in SIGNATURES])
def test_the_signature_names_who_issued_it_and_when(lines, publisher):
    document = read("\n".join(["关于开展专项检查的通知", BODY, *lines]))
    assert (document.publisher, document.published) == (publisher, "2022-10-24")


def test_what_a_document_is_may_be_all_of_its_title():
    document = read(f"云栖县监察委员会\n监察建议书\n云监建〔2023〕6号\n{BODY}\n云栖县监察委员会\n2023年4月19日")
    assert (document.title, document.publisher) == ("监察建议书", "云栖县监察委员会")


def test_a_date_shown_with_the_page_counts_before_the_signature():
    document = read(f"关于开展专项检查的通知\n发布时间：2022-11-01\n{BODY}\n云栖县纪律检查委员会\n2022年10月24日")
    assert document.published == "2022-11-01"


def test_the_signature_stands_before_the_attachments():
    prose = ["问题已经整改到位，长期坚持。"] * 40
    attached = "\n".join(["附件1", "专项治理问题台账", *prose, "松陵区卫生健康局", "2021年1月2日"])
    document = read(f"云纪发〔2022〕15号\n关于开展检查的通知\n{BODY}\n云栖县纪律检查委员会\n2022年10月24日\n{attached}")
    assert (document.publisher, document.published) == ("云栖县纪律检查委员会", "2022-10-24")
    assert document.attachments == ()


def test_the_date_of_printing_stands_in():
    document = read(f"关于开展专项检查的通知\n{BODY}\n云栖县纪委办公室 2022年10月25日印发")
    assert document.published == "2022-10-25"
    assert document.blocks[-1].kind is BlockKind.FURNITURE


ATTACHMENTS = [
    (["附件：问题台账"], ("问题台账",)),
    (["附件：1.问题台账", "2.责任清单"], ("问题台账", "责任清单")),
    (["附件：", "1．问题台账", "2．责任清单。"], ("问题台账", "责任清单")),
    (["附件：1.问题台账 2.责任清单"], ("问题台账", "责任清单")),
    (["附件：1.群众身边不正之风", "整治台账", "2.责任清单"], ("群众身边不正之风整治台账", "责任清单")),
    (["附件1：问题台账", "附件2：责任清单"], ("问题台账", "责任清单")),
    (["附件：1.2022年问题台账"], ("2022年问题台账",)),
    (["附件1", "问题台账"], ()),
    (["详见附件：略。", ""], ()),
]


@pytest.mark.parametrize(("lines", "names"), ATTACHMENTS, ids=[" ".join(lines) for lines, _ in ATTACHMENTS])
def test_attachments(lines, names):
    signed = ["云栖县纪律检查委员会", "2022年10月24日"]
    assert read("\n".join(["关于开展检查的通知", BODY, *lines, *signed])).attachments == names


TITLES = [
    (["关于开展专项检查的通知", "各乡镇："], 1),
    (["关于进一步加强医药购销领域", "突出问题专项治理的通知", "各乡镇："], 2),
    (["关于印发", "《云栖县专项治理工作方案》", "的通知"], 3),
    (["云栖县人民政府办公室", "关于开展专项检查的通知"], 2),
    (["中共云栖县委办公室 云栖县人民政府办公室", "关于印发《云栖县专项治理", "工作方案》的通知"], 3),
    (["在全县警示教育大会上的", "讲话"], 2),
    (["云栖县坚持问题导向、", "目标导向推进整改"], 2),
    (["云栖县开展专项整治", "某某网站 张三"], 1),
    (["云栖县开展专项整治", "深挖根源 靶向整治", "近日，县纪委监委开展检查。"], 1),
    (["关于整改的几点思考", "一、基本情况"], 1),
    (["关于整改情况的报告", "关于整改落实情况的报告"], 1),
]


@pytest.mark.parametrize(("lines", "count"), TITLES, ids=["".join(lines) for lines, _ in TITLES])
def test_a_title_goes_on_where_its_words_are_open(lines, count):
    assert title_lines(lines) == count
    document = read("\n".join([*lines, BODY]))
    assert document.title.replace(" ", "") == "".join(lines[:count]).replace(" ", "")


def test_a_head_and_foot_that_are_set_as_tables():
    def table(rows):
        return table_line(plain_cells(rows))

    lines = [
        Line("云栖县人民政府文件", BlockKind.TITLE),
        table([["云政发〔2022〕15号", "签发人：张明远"]]),
        Line("关于开展检查的通知"),
        *map(Line, BODY.split("\n")),
        table([["问题", "整改时限"], ["采购不规范", "2022年12月"]]),
        Line("云栖县人民政府"),
        Line("2022年10月24日"),
        table([["抄送：县委，县人大常委会。", ""], ["云栖县人民政府办公室", "2022年10月25日印发"]]),
    ]
    document = assemble(File(b"x", "a.docx"), lines, parser="docx", declared=Declared())
    assert (document.number, document.title) == ("云政发〔2022〕15号", "关于开展检查的通知")
    assert (document.publisher, document.published) == ("云栖县人民政府", "2022-10-24")
    assert [str(b.kind) for b in document.blocks][-2:] == ["paragraph", "furniture"]
    assert sum(b.kind is BlockKind.TABLE for b in document.blocks) == 1


def test_a_notice_in_traditional_script():
    foot = "雲棲縣紀律檢查委員會\n2022年10月24日\n抄送：縣委。"
    document = read(f"雲紀發〔2022〕15號\n關於開展專項檢查的通報\n縣紀委監委開展檢查，發現問題12個。\n{foot}")
    assert document.language == "zh-Hant"
    assert (document.number, document.title) == ("雲紀發〔2022〕15號", "關於開展專項檢查的通報")
    assert (document.publisher, document.published) == ("雲棲縣紀律檢查委員會", "2022-10-24")
    assert document.blocks[-1].kind is BlockKind.PARAGRAPH


def test_what_is_no_official_document_has_none_of_it():
    document = read("云栖县开展专项整治\n来源：云栖县日报\n近日，县纪委监委开展检查，发现问题12个。")
    assert (document.number, document.secrecy, document.attachments, document.language) == (None, None, (), "zh-Hans")
