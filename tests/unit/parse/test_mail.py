import base64
import random
from email.message import EmailMessage

import pytest

from docintel.errors import ParseError
from docintel.parse.container.mail import mail_members, parse_mail
from docintel.parse.file import File
from docintel.schema import BlockKind
from tests.reading import is_told, lines, outcome

TEXT = "请各单位于5月10日前报送问题台账，逾期通报。"
PAGE = f"<html><body><h1>整治进行时</h1><div><p>{TEXT * 3}</p><p>{TEXT * 3}</p></div></body></html>"


def message(subject="关于报送台账的通知", text=TEXT):
    made = EmailMessage()
    made["Subject"], made["From"], made["To"] = subject, "张小三 <a@example.org>", "b@example.org"
    made["Date"] = "Sat, 06 May 2023 10:00:00 +0800"
    made.set_content(text)
    return made


def read(made):
    return parse_mail(File(made if isinstance(made, bytes) else made.as_bytes(), "a.eml"))


def members(made):
    return list(mail_members(File(made if isinstance(made, bytes) else made.as_bytes(), "a.eml")))


def raw(headers, body=b"", *, to=b"To: b@example.org\r\n"):
    return to + headers + b"\r\nMIME-Version: 1.0\r\n\r\n" + body


def word(text, charset, codec):
    return f"=?{charset}?B?{base64.b64encode(text.encode(codec)).decode()}?=".encode()


def test_headers_body_and_quotation():
    document = read(message(text=f"{TEXT}\n\n> 原来的话，在此。\n"))
    assert lines(document) == [
        "关于报送台账的通知",
        "发件人：张小三 <a@example.org>",
        "收件人：b@example.org",
        "日期：2023-05-06 10:00",
        TEXT,
        "> 原来的话，在此。",
    ]
    assert [str(block.kind) for block in document.blocks][:4] == ["title", "byline", "byline", "byline"]
    assert (document.title, document.published, document.parser) == ("关于报送台账的通知", "2023-05-06", "mail")


@pytest.mark.parametrize(
    "header",
    [
        word("关于镕㛃的通知", "gb2312", "gb18030"),  # more characters than the declared charset has
        "关于镕㛃的通知".encode("gb18030"),  # raw bytes
        "关于镕㛃的通知".encode(),
        word("关于镕", "utf-8", "utf-8") + b"\r\n " + word("㛃的通知", "utf-8", "utf-8"),
        b"=?utf-8?B?" + base64.b64encode("关于镕㛃的通知".encode()[:7]) + b"?=\r\n =?utf-8?B?"
        + base64.b64encode("关于镕㛃的通知".encode()[7:]) + b"?=",  # a character torn between two words
    ],
)  # fmt: skip
def test_subjects_in_any_encoding(header):
    assert read(raw(b"Subject: " + header, TEXT.encode())).title == "关于镕㛃的通知"


@pytest.mark.parametrize(
    ("charset", "codec"),
    [("gb2312", "gb18030"), ("us-ascii", "utf-8"), ("big5", "big5hkscs"), ("hz-gb-2312", "hz"), ("utf-8", "gbk")],
)
def test_bodies_whose_charset_is_wrong_or_rare(charset, codec):
    text = "專項檢查" if codec == "big5hkscs" else "专项检查镕" if codec == "gb18030" else "专项检查"
    body = base64.encodebytes((text + "，完成。").encode(codec))
    headers = f"Subject: x\r\nContent-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: base64"
    assert read(raw(headers.encode(), body)).text.endswith(text + "，完成。")


def test_html_body_where_it_says_more_or_has_a_table():
    made = message()
    made.add_alternative("<p>网页，不同。</p>", subtype="html")
    assert "网页" not in read(made).text
    made = message(text="请用网页方式查看")
    made.add_alternative(f"<p>{TEXT}</p><ul><li><a href=x>甲</a><li><a>乙</a><li><a>丙</a></ul>", subtype="html")
    assert lines(read(made))[4:] == [TEXT, "甲", "乙", "丙"]
    made = message()
    table = "<table><tr><td>单位</td><td>数</td></tr><tr><td>云栖县</td><td>3</td></tr></table>"
    made.add_alternative(f"<p>{TEXT}</p>{table}", subtype="html")
    assert BlockKind.TABLE in [block.kind for block in read(made).blocks]


def test_attachments_and_attached_mails_but_no_logos():
    made = message()
    made.add_attachment(b"one", maintype="application", subtype="zip", filename="台账.zip")
    made.add_attachment(b"two", maintype="application", subtype="zip", filename="../台账.zip")
    made.add_attachment(b"three", maintype="application", subtype="pdf")
    made.add_attachment(message("原始报告"))
    made.add_attachment(b"x" * 100, maintype="image", subtype="png", filename="logo.png", disposition="inline")
    made.add_attachment(b"x" * 30000, maintype="image", subtype="png", filename="扫描.png", disposition="inline")
    found = members(made)
    assert [member.path for member in found] == ["台账.zip", "台账.zip", "附件3.pdf", "原始报告.eml", "扫描.png"]
    assert [member.data for member in found[:3]] == [b"one", b"two", b"three"]
    assert parse_mail(File(found[3].data, "b.eml")).title == "原始报告"
    assert "three" not in read(made).text


@pytest.mark.parametrize(
    "name",
    [
        b'filename="' + "附件镕.doc".encode("gbk") + b'"',
        b'filename="' + word("附件镕.doc", "gbk", "gbk") + b'"',
        b"filename*=gb2312''%B8%BD%BC%FE%E9%46.doc",
        b"filename*0*=utf-8''%E9%99%84; filename*1*=%E4%BB%B6%E9%95%95.doc",
        b"filename=\"utf-8''%E9%99%84%E4%BB%B6%E9%95%95.doc\"",
    ],
)
def test_names_of_attachments_in_any_encoding(name):
    part = b"\r\n--q\r\nContent-Type: application/msword\r\nContent-Disposition: attachment; " + name + b"\r\n\r\nabc"
    made = raw(b'Subject: x\r\nContent-Type: multipart/mixed; boundary="q"', part + b"\r\n--q--\r\n")
    assert [(member.path, member.data) for member in members(made)] == [("附件镕.doc", b"abc")]


def saved_page(more=b""):
    body = b"\r\n--q\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n"
    body += b"Content-Location: file:///C:/1.htm\r\n\r\n" + base64.encodebytes(PAGE.encode("gbk")) + b"\r\n--q--\r\n"
    return raw(more + b'Content-Type: multipart/related; boundary="q"', body, to=b"")


@pytest.mark.parametrize(
    "more", [b"", b"From: <Saved by a browser>\r\nSnapshot-Content-Location: https://example.org/1\r\n"]
)
def test_saved_pages_are_read_as_pages(more):
    document = read(saved_page(more))
    assert (document.parser, document.title, members(saved_page(more))) == ("mhtml", "整治进行时", [])
    assert document.source_url == ("https://example.org/1" if more else None)
    assert document.id == File(saved_page(more), "").id


def test_what_is_not_read_is_missing():
    made = message()
    made.add_attachment(b"x", maintype="application", subtype="ms-tnef", filename="winmail.dat")
    assert "winmail.dat" in read(made).missing[0]
    assert members(made) == []
    assert "cut off" in read(made.as_bytes()[:-20]).missing[0]


def test_a_mail_without_words():
    with pytest.raises(ParseError, match=r"a\.eml"):
        read(b"MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n")


def test_mails_in_mails_without_end():
    nested = b"Content-Type: message/rfc822\r\n\r\n" * 5000
    for function in (read, members):
        assert is_told(outcome(function, b"To: a\r\n" + nested), "a.eml")


@pytest.mark.parametrize("kind", ["mixed", "alternative"])
def test_parts_nested_too_deep_are_missing(kind):
    made = message()
    inner = EmailMessage()
    inner.set_content("最里面的话。")
    for i in range(100):
        outer = EmailMessage()
        outer["Content-Type"] = f'multipart/{kind}; boundary="q{i}"'
        outer.set_payload([inner])
        inner = outer
    made.make_mixed()
    made.attach(inner)
    document = read(made)
    assert TEXT in document.text
    assert "nested too deep" in document.missing[0]


def test_any_damage_gives_a_document_or_an_error():
    made = message()
    made.add_alternative(f"<p>{TEXT}</p>", subtype="html")
    made.add_attachment(message("原始报告"))
    made.add_attachment(b"one", maintype="application", subtype="zip", filename="台账.zip")
    good, random_ = made.as_bytes(), random.Random(1)
    for _ in range(300):
        data = bytearray(good[: random_.choice([len(good), random_.randrange(6, len(good))])])
        for _ in range(random_.randint(1, 20)):
            data[random_.randrange(len(data))] = random_.randrange(256)
        for function in (read, members):
            assert is_told(outcome(function, bytes(data)), "a.eml")
