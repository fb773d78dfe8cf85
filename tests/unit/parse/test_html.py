import pytest

from docintel.errors import ParseError
from docintel.parse.file import File
from docintel.parse.html import parse_html
from docintel.schema import BlockKind

TEXT = "某县纪委监委紧盯医疗卫生领域突出问题，开展专项监督检查。今年以来，共发现问题35个，督促整改30个。"
NAVIGATION = "<ul>" + "".join(f'<li><a href="/{i}">栏目，动态{i}</a></li>' for i in range(30)) + "</ul>"
FOOT = "<div>版权所有：某县人民政府，地址：某路1号，电话：0000-0000000</div>"


def page(article, *, title="某县开展专项整治", head=""):
    return (
        f"<!doctype html><html><head><meta charset=utf-8><title>{title}</title>{head}</head><body>"
        f"<script>var 导航 = 1;</script>{NAVIGATION}{article}{FOOT}</body></html>"
    )


def read(article, **options):
    return parse_html(File(page(article, **options).encode(), "t20230507_1.html"))


def quotes(document, kind):
    return [document.text[block.start : block.end] for block in document.blocks if block.kind is kind]


ARTICLE = (
    "<div class=box><h1>某县开展专项整治</h1><div class=info><span>来源：某县日报</span>"
    "<span>发布时间：<i>2023-05-06 10:00</i></span></div><div class=text>"
    f"<p>　　{TEXT}</p><p><b>压实责任 强化监督</b></p><p>{TEXT}<br>{TEXT}（记者 张小三）</p></div></div>"
)


def test_article_without_navigation_and_with_its_metadata():
    document = read(ARTICLE)
    assert document.text == "\n".join(["某县开展专项整治", TEXT, "压实责任 强化监督", TEXT, TEXT, "（记者 张小三）"])
    assert (document.title, document.publisher, document.published) == ("某县开展专项整治", "某县日报", "2023-05-06")
    assert [str(block.kind) for block in document.blocks] == [
        "title",
        "paragraph",
        "heading",
        "paragraph",
        "paragraph",
        "byline",
    ]


def test_title_is_the_heading_that_the_title_element_opens_with():
    heading = "<h1>某县清廉网</h1><div class=tit><p>整治进行时</p><p>本报记者 张小三</p></div>"
    document = read(f"{heading}<div><p>{TEXT}</p><p>{TEXT}</p></div>", title="整治进行时————要闻——某县清廉网")
    assert document.title == "整治进行时"
    assert quotes(document, BlockKind.BYLINE) == ["本报记者 张小三"]


def test_title_element_stands_in_when_the_page_shows_no_heading():
    document = read(f"<div><p>{TEXT}</p><p>{TEXT}</p></div>", title="整治进行时_某县人民政府网")
    assert document.title == "整治进行时"
    assert quotes(document, BlockKind.TITLE) == []


def test_title_repeated_in_the_article_is_given_once():
    document = read(f"<h1>整治进行时</h1><div><p>整治进行时</p><p>{TEXT}</p><p>{TEXT}</p></div>", title="整治进行时")
    assert document.text.count("整治进行时") == 1


def test_date_of_the_file_name_stands_in():
    document = read(f"<div><p>{TEXT}</p><p>{TEXT}</p></div>")
    assert (document.published, document.publisher) == ("2023-05-07", None)


def test_canonical_link_is_the_source():
    head = '<link rel=canonical href="https://example.org/a.html">'
    assert read(ARTICLE, head=head).source_url == "https://example.org/a.html"


def test_data_table_keeps_its_cells():
    rows = "<tr><th colspan=2>单位</th><th>问题</th></tr><tr><td>市<b>一</b>院</td><td>内科</td><td>12</td></tr>"
    document = read(f"<div><p>{TEXT}</p><table>{rows}</table><p>{TEXT}</p></div>")
    (block,) = [block for block in document.blocks if block.kind is BlockKind.TABLE]
    assert block.cells == (("单位", "单位", "问题"), ("市一院", "内科", "12"))
    assert document.text[block.start : block.end] == "单位\t\t问题\n市一院\t内科\t12"


@pytest.mark.parametrize("wrapper", ["{}", "<div>{}</div>"])
def test_paragraphs_around_a_table_that_holds_most_of_the_text_are_kept(wrapper):
    answer = "属实，已经约谈，已经整改，已经退还。"
    rows = "".join(f"<tr><td>反映{number}</td><td>{answer}</td></tr>" for number in range(20))
    document = read(f"<div class=x><p>{TEXT}</p>{wrapper.format(f'<table>{rows}</table>')}<p>{TEXT}</p></div>")
    assert document.text.startswith(TEXT)
    assert document.text.endswith(TEXT)
    assert document.text.count(answer) == 20


def test_layout_table_is_read_as_text():
    article = f"<table><tr><td>{NAVIGATION}</td><td><p>{TEXT}</p><p>{TEXT * 9}</p></td></tr></table>"
    assert read(article).text == f"{TEXT}\n{TEXT * 9}"


def test_lists_of_links_inside_the_article_are_left_out():
    assert "栏目" not in read(f"<div><p>{TEXT}</p>{NAVIGATION}<p>{TEXT}</p></div>").text


def test_text_in_breaks_and_spans():
    article = f"<div><span>{TEXT}<br><br>　　一、加强领导。{TEXT}</span><br>{TEXT}</div>"
    assert read(article).text == f"{TEXT}\n一、加强领导。{TEXT}\n{TEXT}"


def test_share_boxes_are_left_out_but_not_articles_named_so():
    share = "<div class=share_box><p>微信里点“发现”，扫一下</p></div>"
    document = read(f"<div class=shared-article><p>{TEXT}</p>{share}<p>{TEXT}</p></div>")
    assert document.text == f"{TEXT}\n{TEXT}"


def test_publisher_named_in_the_head():
    article = f"<div><p>{TEXT}</p><p>{TEXT}</p></div>"
    assert read(article, head='<meta name=ContentSource content="某县日报">').publisher == "某县日报"
    assert read(article, head='<meta name=ContentSource content="网络">').publisher is None


def test_short_page_is_read_too():
    page = "<html><body><p>会议今天召开。</p></body></html>"
    assert parse_html(File(page.encode(), "a.html")).text == "会议今天召开。"


def test_deep_nesting_is_read():
    page = "<html><body>" + "<div><span>" * 1500 + TEXT * 3
    assert parse_html(File(page.encode(), "a.html")).text == TEXT * 3


@pytest.mark.parametrize("body", ["", "<script>var x = 1;</script>", "<img src=a.png>"])
def test_page_without_text(body):
    with pytest.raises(ParseError, match=r"a\.html"):
        parse_html(File(f"<html><body>{body}</body></html>".encode(), "a.html"))


def test_a_short_page_is_read_however_deep_it_lies_and_with_its_table():
    deep = "<div>" * 5000 + "<p>某县发现问题12个。</p>"
    assert parse_html(File(f"<html><body>{deep}".encode(), "a.html")).text == "某县发现问题12个。"
    table = "<table><tr><td>单位</td><td>立案</td></tr><tr><td>某县</td><td>12</td></tr></table>"
    document = parse_html(File(f"<html><body><div>{table}</div></body></html>".encode(), "a.html"))
    assert document.blocks[0].cells == (("单位", "立案"), ("某县", "12"))
