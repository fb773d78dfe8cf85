import pytest

from docintel.parse import metadata


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["发布日期：2023-05-06 10:00 来源：某某日报 浏览：3"], "某某日报"),
        (["作者：佚名", "• 文章来源:某某纪委监委网站"], "某某纪委监委网站"),
        (["某某清风 2023年9月21日"], "某某清风"),
        (["青岚市纪委监委网站  发布日期：2023-11-08"], "青岚市纪委监委网站"),
        (["《青岚日报》2022年11月17日 第3版 作者：沈某"], "青岚日报"),
        (["来源：《青岚廉声》 编辑：沈某"], "青岚廉声"),
        (["青岚市审计局公告 2023年第4号（总第37号）"], "青岚市审计局"),
        (["（原载2022年12月2日《某某廉政报》）"], "某某廉政报"),
        (["发布部门：集团纪检监察室 2023年2月4日"], "集团纪检监察室"),
        (["青岚晚报 2023-11-27 第2版 沈某"], "青岚晚报"),
        (["（青岚晚报 2024年5月20日 四版）"], "青岚晚报"),
        (["《青岚通讯》2023年12月11日 二版"], "青岚通讯"),
        (["首页 青岚日报 2024-08-27 06:58 作者：沈某"], "青岚日报"),
        (["青岚日报记者 沈某"], "青岚日报"),
        (["（2024年6月18日青岚市民政局局务会议通过 自2024年8月1日起施行）"], "青岚市民政局"),
        (["频 率：青岚人民广播电台FM101"], "青岚人民广播电台"),
        (["信息来源：办公室"], None),
        (["发布人：admin"], None),
        (["来源：网络"], None),
        (["本文来源于网络转载"], None),
        ([], None),
    ],
)
def test_publisher(lines, expected):
    assert metadata.publisher(lines) == expected


def test_producer_is_who_brings_the_programme():
    assert metadata.producer("这里是由某县人民政府网站推出的《访谈》节目") == "某县人民政府网站"
    assert metadata.producer("由县卫健委牵头推出便民措施") is None


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["发布时间： 2022-10-28 浏览次数：2182"], "2022-10-28"),
        (["２０２２年３月１日"], "2022-03-01"),
        (["2021年1月1日", "更新时间:2022/3/4"], "2022-03-04"),
        (["二〇二四年二月十二日"], "2024-02-12"),
        (["（二〇二四年二月十二日公告）"], "2024-02-12"),
        (["《青岚日报》2022年11月17日 第3版"], "2022-11-17"),
        # a date in brackets below the title is that of the speech; the reader's own is none
        (["（2022年3月1日）", "青岚县政府网 2022-03-04 浏览：8"], "2022-03-04"),
        (["（2022年3月1日）"], "2022-03-01"),
        (["（2022年3月1日）", "今天是2024年5月6日"], "2022-03-01"),
        (["时间:2022-13-45"], None),
        (["1.2022.3"], None),
    ],
)
def test_published(lines, expected):
    assert metadata.published(lines) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("t20211223_8337294.html", "2021-12-23"),
        ("http://example.org/2021-12/23/c_1.htm", "2021-12-23"),
        ("http://example.org/202112/t20211223_1.html", "2021-12-23"),
        ("report_20211223x.txt", None),
        ("t20219923_1.html", None),
        (None, None),
    ],
)
def test_url_date(name, expected):
    assert metadata.url_date(name) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("2022年10月24日", "2022-10-24"),
        ("（2022 年 10 月 24 日）", "2022-10-24"),
        ("二〇二二年十月二十四日", "2022-10-24"),
        ("2022.10.24", "2022-10-24"),
        ("二○二二 年 十 月 二十四 日", "2022-10-24"),
        ("二零二二年一月一日", "2022-01-01"),
        ("2022年10月24日印发", None),
        ("截至2022年10月24日", None),
        ("二〇二二年十三月一日", None),
    ],
)
def test_written_date(line, expected):
    assert metadata.written_date(line) == expected


def test_source_url():
    assert metadata.source_url(["原文链接：https://example.org/a.html）"]) == "https://example.org/a.html"
