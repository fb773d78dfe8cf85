import random
import unicodedata

import pytest

from docintel.text.garbled import is_garbled
from docintel.text.radicals import without_radicals

TEXT = "青岚市纪委监委紧盯医疗卫生领域突出问题，开展专项监督检查。今年以来，共发现问题35个，督促整改30个。"
RANDOM = random.Random(7)
ANY_HAN = "".join(chr(RANDOM.randrange(0x4E00, 0x9FA6)) for _ in range(80))
LEVEL_1 = "".join(
    bytes([RANDOM.randrange(0xB0, 0xD7), RANDOM.randrange(0xA1, 0xFE)]).decode("gb2312", "ignore") for _ in range(200)
)


@pytest.mark.parametrize(
    "text",
    [
        "",
        TEXT,
        "青嵐市紀委監委緊盯醫療衛生領域突出問題，開展專項監督檢查。今年以來，共發現問題35個，督促整改30個。",
        "一、概述 ........................ 1\n二、问题 ........................ 12",
        "1,234.50 98.7% 2,345.60 (12.3%) 3,456.70 45.6% +7.8 -9.0 / / / /",
        "The review of 2023 found 35 problems; see <https://example.org/a?b=c&d=e>.",
        "邢鑫淼 龚嫱彧 翟昶羲 茆焱垚 逯珺琤 仝彧翀 郗翊麒 亓倞暄",  # a list of names
        "\uf06c 加强领导 \uf06c 压实责任 \uf06c 督促整改到位、举一反三，建立长效机制",  # bullets of Wingdings
        "á",
        "ئەمگەك ۋە ئىجتىمائىي كاپالەت ئىدارىسى ئۇقتۇرۇش قىلىدۇ",  # another script, whole
    ],
)
def test_text_that_was_written(text):
    assert not is_garbled(text)


@pytest.mark.parametrize(
    "text",
    [
        "(cid:12)(cid:345)(cid:6)(cid:78)(cid:9)",
        "\x01\x02\x03\x04\x05\x06\x07\x0e\x0f\x10",
        "\ue012\ue013\ue014\ue015 \ue016\ue017",
        "问\ufffd题\ufffd整\ufffd改\ufffd",
        TEXT.encode("gb18030").decode("latin-1"),
        TEXT.encode("utf-8").decode("latin-1"),
        ANY_HAN,
        LEVEL_1,
        "".join(chr(33 + RANDOM.randrange(12)) for _ in range(90)),  # a subset font without names
        "".join(chr(RANDOM.randrange(0x500, 0x1C00)) for _ in range(60)),
    ],
)
def test_text_that_no_person_wrote(text):
    assert is_garbled(text)


def test_radicals_become_the_characters_they_look_like():
    assert without_radicals("⼈⺠医⻓⻔金年") == "人民医长门金年"
    assert without_radicals("ＡＢ①㈠，。𠮷") == "ＡＢ①㈠，。𠮷"
    every = "".join(chr(code) for code in range(0x2F00, 0x2FD6))
    assert without_radicals(every) == unicodedata.normalize("NFKC", every)
