"""Citations in every spelling come to one."""

import pytest

from docintel.text.citations import canonical_citation


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("云纪发〔2022〕15号", "云纪发〔2022〕15号"),
        ("云纪发[2022]015号", "云纪发〔2022〕15号"),
        ("云纪发（２０２２）第 15 号", "云纪发〔2022〕15号"),
        ("云纪发【2022】15号", "云纪发〔2022〕15号"),
        ("（2021）云01刑初12号", "(2021)云01刑初12号"),
        ("《监察法》第十一条", "监察法第11条"),
        ("《中国共产党纪律处分条例》 第一百零二条第二款", "中国共产党纪律处分条例第102条第二款"),
        ("第一百二十条", "第120条"),
        ("《刑法》第三百八十八条之一", "刑法第388条之1"),
        ("监察法", "监察法"),
        ("", ""),
    ],
)
def test_spellings(written, canonical):
    assert canonical_citation(written) == canonical
    assert canonical_citation(canonical) == canonical
