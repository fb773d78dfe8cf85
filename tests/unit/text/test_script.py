import pytest
from hypothesis import given
from hypothesis import strategies as st

from docintel.text.script import is_traditional, to_simplified

TRADITIONAL = "青嵐市紀委監委緊盯醫療衛生領域突出問題，開展專項監督檢查，共發現問題35個，督促整改30個。"
SIMPLIFIED = "青岚市纪委监委紧盯医疗卫生领域突出问题，开展专项监督检查，共发现问题35个，督促整改30个。"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (TRADITIONAL, True),
        ("衛生局通報", True),
        (SIMPLIFIED, False),
        (f"{SIMPLIFIED}《論語講義》由陳賢龍編著。{SIMPLIFIED}", False),  # names and titles keep their script
        ("於某某任局长", False),  # a surname
        ("一二三人口手", False),  # characters that both scripts have
        ("plain ASCII", False),
        ("", False),
    ],
)
def test_is_traditional(text, expected):
    assert is_traditional(text) is expected


def test_to_simplified():
    assert to_simplified(TRADITIONAL) == SIMPLIFIED
    assert to_simplified(SIMPLIFIED) == SIMPLIFIED
    assert to_simplified("臺灣的裏程碑 ABC ①") == "台湾的里程碑 ABC ①"


@given(st.text())
def test_every_character_keeps_its_place(text):
    simplified = to_simplified(text)
    assert len(simplified) == len(text)
    assert to_simplified(simplified) == simplified
