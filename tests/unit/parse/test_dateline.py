"""When a text was published, where no by-line tells it."""

import pytest

from docintel.parse import parse_bytes

TITLE = "青岚市通报三起典型问题"
BODY = "青岚市纪委监委召开警示教育会，通报3起典型案例。会议强调，要压实责任。\n各单位要对照检查，及时整改。"
SHOWN = [
    f"{TITLE}\n发布时间 2023年5月6日\n{BODY}",
    f"{TITLE}\n（发布时间：2023年5月6日）\n{BODY}",
    f"{TITLE}\n发布时间：二〇二三年五月六日\n{BODY}",
    f"{TITLE}\n发布时间：2023年5月6日 {BODY}",
    f"{TITLE}\n2023-05-06　青岚日报　通讯员 王某\n{BODY}",
    f"{TITLE}\n（2023年5月6日，根据录音整理）\n{BODY}",
    f"{TITLE}\n——2023年5月6日在青岚市人大常委会第二次会议上\n{BODY}",
    f"{TITLE}\n新华社青岚2023年5月6日电（记者 王某）{BODY}",
    f"{TITLE}\n（青岚市卫健局办公室　2023年5月6日）　5月5日，{BODY}",
    f"{TITLE}\n{BODY}\n青岚市纪委监委\n2023年5月6日",
    f"{TITLE}\n{BODY}\n（青岚市纪委监委　2023年5月6日）",
    f"{TITLE}\n{BODY}\n2023年5月6日　《青岚时报》2版",
]
TOLD = [
    f"{TITLE}\n2023年5月6日，{BODY}",
    f"{TITLE}\n本报讯（记者 王某）2023年5月6日，{BODY}",
    f"{TITLE}\n2023年4月6日至5月6日，市委第三巡察组对市医院党委进行了巡察。\n{BODY}",
    f"{TITLE}\n整改时限：2023年5月6日\n{BODY}",
    f"{TITLE}\n（2023年4月6日至2023年5月6日）\n{BODY}",
    f"{TITLE}\n{BODY}\n本办法自2023年5月6日起施行",
    f"{TITLE}\n{BODY}\n请于2023年5月6日前报送",
    f"{TITLE}\n{BODY}\n附件：《采购合同》 2023年5月6日",
    f"{TITLE}\n{BODY}\n1.《采购合同》 2023年5月6日",
    f"{TITLE}\n（李某于2023年5月6日）入职，{BODY}",
    f"{TITLE}\n（李某，2023年5月6日出生）{BODY}",
    f"{TITLE}\n（成立：2023年5月6日）{BODY}",
    f"{TITLE}\n{BODY}\n（青岚市纪委监委　2098年5月6日）",
]
OF_ELSE = ["出生日期", "检查时间", "立案日期", "成立日期", "有效期", "下次检查日期", "打印日期", "甲方", "合同签订"]
PAGE = '<html><head><meta name="PubDate" content="2023-05-08"></head><body><h1>{}</h1><p>{}</p><p>{}</p></body></html>'


@pytest.mark.parametrize("text", SHOWN)
def test_a_date_by_itself_is_that_of_publication(text):
    assert parse_bytes(text.encode(), "通报.txt").published == "2023-05-06"


@pytest.mark.parametrize("text", TOLD)
def test_a_date_that_is_told_is_not(text):
    assert parse_bytes(text.encode(), "通报.txt").published is None


@pytest.mark.parametrize("label", OF_ELSE)
@pytest.mark.parametrize("text", ["{0}\n{2}\n{1}", "{0}\n{1}\n{2}"])
def test_what_a_date_is_called_tells_whether_it_is_that_of_publication(label, text):
    text = text.format(TITLE, BODY, f"{label}：2023年5月6日")
    assert parse_bytes(text.encode(), "通报.txt").published is None


@pytest.mark.parametrize("label", ["印发日期", "刊期", "日期", "公布日期", "成文日期", "制表日期"])
def test_a_foot_may_call_it_so(label):
    text = f"{TITLE}\n{BODY}\n{label}：2023年5月6日"
    assert parse_bytes(text.encode(), "通报.txt").published == "2023-05-06"


@pytest.mark.parametrize(
    ("line", "expected"),
    [("（2023年5月6日，根据录音整理）", "2023-05-08"), ("（发布时间：2023年5月6日）", "2023-05-06")],
)
def test_a_page_that_declares_its_date_is_believed_before_what_only_stands_there(line, expected):
    assert parse_bytes(PAGE.format(TITLE, line, BODY).encode(), "通报.html").published == expected
