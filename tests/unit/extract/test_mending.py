"""Labels put right. What the network gives is written `word/tag word/tag`, so that no test hangs on its weights."""

import numpy as np
import pytest

from docintel.extract.language.mending import mended
from docintel.extract.language.network import shared_network
from docintel.extract.language.words import read_words

pytestmark = pytest.mark.model


def labelled(written):
    """The text of `县财政局/ORG 立案/v`, and the labels of its characters."""
    text, names = "", []
    for part in written.split(" "):
        word, tag = part.rsplit("/", 1)
        text += word
        names += [f"{tag}-B", *[f"{tag}-I"] * (len(word) - 1)]
    return text, np.array([shared_network().labels.index(name) for name in names], dtype=np.uint8)


def mend(written):
    """What becomes of it, written alike."""
    text, labels = labelled(written)
    found, network = mended(text, labels), shared_network()
    starts = [at for at in range(len(text)) if at == 0 or not network.inside[found[at]]]
    ends = [*starts[1:], len(text)]
    return " ".join(f"{text[a:b]}/{network.tags[found[a]]}" for a, b in zip(starts, ends, strict=True))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("住院/n 11./m 3天/TIME", "住院/n 11.3天/m"),
        ("1/m ./w 2/m 亿元/q", "1.2/m 亿元/q"),
        ("1/m ./w 2/m ./w 3/m", "1.2.3/m"),
        ("2023/TIME ./w 5/m ./w 31/m", "2023.5.31/TIME"),
        # the number of an item stands before a day, a month or a year
        ("1./m 9月底/TIME", "1./m 9月底/TIME"),
        ("2./m 15日/TIME", "2./m 15日/TIME"),
        ("2./m 2023年/TIME", "2./m 2023年/TIME"),
        # no digit on both sides
        ("2./m 药品/n", "2./m 药品/n"),
        ("5/m ./w", "5/m ./w"),
        ("./w 5/m", "./w 5/m"),
    ],
)
def test_a_number_is_not_cut_at_its_point(given, expected):
    assert mend(given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("鼎兴建设有限公司/n 中标/v", "鼎兴建设有限公司/ORG 中标/v"),
        ("检测/vn 机构正源检测技术有限公司/n", "检测/vn 机构/n 正源检测技术有限公司/ORG"),
        ("正源/ORG 检测有限责任公司/n", "正源检测有限责任公司/ORG"),
        ("临/v 潍市/LOC 鼎兴建设有限公司/n", "临潍市鼎兴建设有限公司/ORG"),
        ("张三/PER 鼎兴商贸有限公司/n", "张三/PER 鼎兴商贸有限公司/ORG"),
        ("云溪县鼎兴建设有限公司/LOC", "云溪县鼎兴建设有限公司/ORG"),
        ("注册/v 为/v 有限责任公司/ORG", "注册/v 为/v 有限责任公司/n"),
        ("云溪县/LOC 恒康医药有限公司/nz", "云溪县恒康医药有限公司/ORG"),
        ("与/p 恒康医药有限公司签订/n", "与/p 恒康医药有限公司/ORG 签订/n"),
        ("李强鼎兴医药有限公司/PER", "李强鼎兴医药有限公司/ORG"),
        ("鼎兴建筑公司/PER", "鼎兴建筑公司/ORG"),
        ("宏远集团/PER", "宏远集团/PER"),  # no longer than a name may be
        ("成立/v 有限公司/n", "成立/v 有限公司/n"),
        ("供应商有限公司/n", "供应商有限公司/n"),
        ("有限公司/n", "有限公司/n"),
        ("公司/n", "公司/n"),
    ],
)
def test_a_company_is_an_organisation(given, expected):
    assert mend(given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("云溪县修订/LOC 制度/n", "云溪县/LOC 修订/v 制度/n"),
        ("修订/LOC 制度/n", "修订/v 制度/n"),
        ("云溪县坊前/LOC", "云溪县坊前/LOC"),
        ("云溪修订/LOC", "云溪修订/LOC"),  # 云溪 ends like no place
        ("云溪县修订/ORG", "云溪县修订/ORG"),
    ],
)
def test_no_verb_ends_the_name_of_a_place(given, expected):
    assert mend(given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("对/p 临/v 潍市坊前区/LOC", "对/p 临潍市坊前区/LOC"),
        ("来/ORG 昭县人民法院/ORG", "来昭县人民法院/ORG"),
        ("来/v 昭县人民法院/ORG", "来/v 昭县人民法院/ORG"),  # only 市 with what is no name before it
        ("由/p 潍市监委/ORG", "由/p 潍市监委/ORG"),
        ("全/v 市区医院/ORG", "全/v 市区医院/ORG"),
        ("涉/v 及市医院/ORG", "涉/v 及市医院/ORG"),  # 涉及 is no place
        ("推广/v 广市医院/ORG", "推广/v 广市医院/ORG"),  # what precedes is no word of one character
        ("潍市坊前区/LOC", "潍市坊前区/LOC"),
        ("纳/PER 兰德明/PER", "纳兰德明/PER"),
        ("房/PER 月娥/PER", "房月娥/PER"),
        ("张三/PER 李四/PER", "张三/PER 李四/PER"),
        ("们/PER 李四/PER", "们/PER 李四/PER"),  # no family name
        ("王/PER 李四/PER", "王/PER 李四/PER"),  # whole as it is
    ],
)
def test_a_name_begins_with_its_first_character(given, expected):
    assert mend(given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("药/n 占/v 比/p 下降/v", "药/n 占比/n 下降/v"),
        ("次/q 均/d 费用/n", "次均费用/n"),
        ("占/v 比例/n", "占/v 比例/n"),
        ("占/v 比/p 较大/a", "占/v 比/p 较大/a"),
        ("县供电所/ORG", "县供电所/ORG"),  # a name stays whole
        ("县供电/ORG 所/n", "县供电/ORG 所/n"),
    ],
)
def test_listed_words_are_whole_outside_of_names(given, expected):
    assert mend(given) == expected


def test_what_is_given_is_not_changed():
    text, labels = labelled("1/m ./w 2/m 亿元/q 鼎兴建设有限公司/n")
    before = labels.copy()
    assert mended(text, labels).tolist() != before.tolist()
    assert labels.tolist() == before.tolist()


def test_labels_put_right_stay_as_they_are():
    text, labels = labelled("临/v 潍市坊前区/LOC 与/p 正源/ORG 检测有限公司/n 1/m ./w 5/m 亿元/q 纳/PER 兰德明/PER")
    once = mended(text, labels)
    assert mended(text, once).tolist() == once.tolist()


@pytest.mark.parametrize("text", ["", "公", "有限公司", ".", "1.", ".1", "1.2", "市", "\n", "\ud800", "县" * 9])
def test_any_labels_of_short_texts_are_taken(text):
    numbers = np.random.default_rng(0)
    for _ in range(200):
        labels = numbers.integers(0, len(shared_network().labels), len(text), dtype=np.uint8)
        assert len(mended(text, labels)) == len(text)


@pytest.mark.parametrize(
    "given",
    [
        "等候/v 床位/n",
        "病床/n 日常/n 维护/vn",
        "供水/vn 所需/v 资金/n",
        "供电/vn 所在地/n",
        "林业/n 站点/n",
        "占/v 比率/n",
        "占/v 比赛/vn 名额/n",
    ],
)
def test_listed_words_are_made_of_whole_words(given):
    assert mend(given) == given


def test_a_company_does_not_swallow_whom_it_serves():
    assert mend("县财政局/ORG 代理商鼎兴建设有限公司/n") == "县财政局/ORG 代理商/n 鼎兴建设有限公司/ORG"


@pytest.mark.parametrize("given", ["系有限公司/n", "为有限责任公司/n"])
def test_a_verb_is_no_name_of_a_company(given):
    assert "ORG" not in mend(given)


@pytest.mark.parametrize("text", ["中标单位为华润 3 建工程有限公司。", "中建 8 局第三建设有限公司中标。"])
def test_a_space_is_no_name(text):
    words = [word for sentence in read_words(text).sentences for word in sentence]
    assert {word.label for word in words if word.text == " "} == {"w"}
