"""What is one work, what is not, and that the sketch finds what is."""

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docintel.parse import parse_bytes
from docintel.schema import Block, BlockKind
from docintel.store.likeness import bands, precedence, promising, read_body, same_work, sketch
from tests.factories import make_document
from tests.unit.store.samples import FOOTER, HEADER, notice

PAGES = Path(__file__).resolve().parents[4] / "shared" / "corpus" / "ccdi"
NOTICE = notice()
MANY = notice(cases=8)


def recognised(text):
    document = make_document(text)
    return replace(document, blocks=tuple(replace(block, confidence=0.9) for block in document.blocks))


def misread(text, every):
    """Every so many characters another, numbers spared."""
    return "".join("囗" if i % every == 7 and not c.isdigit() and c.isalnum() else c for i, c in enumerate(text))


SAME = [
    (make_document(NOTICE), "the text itself"),
    (make_document(f"## 转载：青岚市通报典型问题\n{NOTICE}"), "another title"),
    (make_document(f"{HEADER}\n{NOTICE}{FOOTER}"), "a header and a footer"),
    (make_document(f"本报青岚6月8日电（记者 赵一）{NOTICE}"), "a dateline"),
    (
        make_document(NOTICE.replace("，", ",").replace("。\n", " 。 ").replace("2", "２")),
        "other punctuation and width",
    ),
    (make_document(f"{NOTICE}（{HEADER}）"), "a note behind"),
    (recognised(misread(NOTICE, 60)), "a scan with characters misread"),
]


@pytest.mark.parametrize("document", [pytest.param(document, id=name) for document, name in SAME])
def test_one_work(document):
    one, other = read_body(make_document(NOTICE)), read_body(document)
    assert same_work(one, other)
    assert same_work(other, one)
    assert promising(sketch(one), [sketch(other)]) == [0]
    assert set(bands(sketch(one).signature)) & set(bands(sketch(other).signature))


def test_those_that_are_alike_are_told_among_many():
    texts = (NOTICE, notice(2), NOTICE, NOTICE[::-1], NOTICE)
    one, *others = (sketch(read_body(make_document(text))) for text in texts)
    assert promising(one, others) == [1, 3]
    assert promising(one, []) == []


OTHERS = [
    (make_document(notice(2)), "the template with other names and figures"),
    (make_document(NOTICE.replace("万元，共", "万元，计", 1).replace("人次", "8人次", 1)), "one other figure"),
    (make_document(NOTICE[: len(NOTICE) // 2]), "an excerpt"),
    (make_document(MANY), "twice as many cases"),
    (make_document("短"), "next to nothing"),
    (make_document(""), "nothing"),
]


@pytest.mark.parametrize("document", [pytest.param(document, id=name) for document, name in OTHERS])
def test_two_works(document):
    one, other = read_body(make_document(NOTICE)), read_body(document)
    assert not same_work(one, other)
    assert not same_work(other, one)


def test_a_long_report_without_its_last_part_is_another_work():
    assert not same_work(read_body(make_document(MANY)), read_body(make_document(MANY[: len(MANY) * 7 // 10])))


def test_every_name_must_be_in_both():
    one = make_document(
        "云栖县教育局原局长陆远涉嫌严重违纪违法，目前正接受云栖县纪委监委纪律审查和监察调查。" + "通报全文如下" * 9
    )
    other = make_document(one.text.replace("陆远", "沈秋"))
    assert same_work(read_body(one), read_body(other))  # nothing says that these are names
    assert not same_work(read_body(one, ["陆远"]), read_body(other, ["沈秋"]))
    assert not same_work(
        read_body(one, [], ["云栖县教育局"]), read_body(make_document(one.text.replace("教育", "财政")))
    )


def test_what_lacks_one_case_lacks_a_person():
    short = make_document(NOTICE.replace("\n上述问题", "\n王岩受到党内警告处分。上述问题"))
    assert same_work(read_body(make_document(NOTICE)), read_body(short))
    assert not same_work(read_body(make_document(NOTICE)), read_body(short, ["王岩"]))


TITLES = [
    ("青岚市2023年5月情况通报", "青岚市2023年6月情况通报", False),
    ("典型案例第3期", "典型案例第四期", False),
    ("通报七起典型问题", "通报7起典型问题", True),
    ("通报典型问题", "青岚市纪委通报典型问题", True),
    ("", "", True),
]


@pytest.mark.parametrize(("one", "other", "same"), TITLES)
def test_titles_that_differ_by_a_number_are_instalments(one, other, same):
    bodies = [read_body(make_document(f"## {title}\n{NOTICE}" if title else NOTICE)) for title in (one, other)]
    assert same_work(*bodies) is same


def test_traditional_script_is_folded():
    traditional = make_document(
        notice().replace("纪", "紀").replace("医", "醫").replace("问题", "問題"), language="zh-Hant"
    )
    assert same_work(read_body(make_document(NOTICE)), read_body(traditional))


def test_sketches_are_stored_so_they_must_never_change():
    assert sketch(read_body(make_document(NOTICE))).signature[:8].hex() == "33afa1005963e301"
    assert bands(bytes(504))[:2] == [-2890091271353168695, 2587893965052264254]


def test_what_is_too_short_has_no_sketch():
    assert sketch(read_body(make_document("云栖县通报。"))).signature == b""
    assert bands(b"") == []


@given(st.text(), st.text())
def test_any_texts_are_judged_alike_both_ways(one, other):
    bodies = [read_body(make_document(text * 20)) for text in (one, other)]
    assert same_work(*bodies) is same_work(*reversed(bodies))


@pytest.mark.shared
@pytest.mark.skipif(not PAGES.is_dir(), reason="needs the pages of ../shared")
def test_pages_published_twice_are_found_and_no_others():
    bodies = {path.stem: read_body(parse_bytes(path.read_bytes(), path.name)) for path in sorted(PAGES.glob("*.html"))}
    sketches = {name: sketch(body) for name, body in bodies.items()}
    pairs = [pair for pair in combinations(bodies, 2) if same_work(*(bodies[name] for name in pair))]
    assert [pair[0] for pair in pairs] == [
        "t20220908_216582",
        "t20220919_218677",
        "t20230201_243874",
        "t20230327_255005",
        "t20230425_260534",
        "t20230808_281273",
        "t20230928_297111",
    ]
    assert all(promising(sketches[one], [sketches[other]]) for one, other in pairs)


ORGAN, PRESS = "青岚市纪委监委网站", "青岚日报"
ORDERED = [
    make_document(
        "未经授权不得转载",
        blocks=(Block(kind=BlockKind.FURNITURE, start=0, end=8),),
        publisher=ORGAN,
        published="2023-05-04",
    ),
    make_document("二", publisher=ORGAN, published="2023-05-05"),
    make_document("三", publisher=ORGAN),
    make_document("四", publisher=PRESS, published="2023-05-03"),
    make_document("五", publisher="中国纪检监察报", published="2023-05-04"),
    make_document(
        "来源：转载自青岚清风",
        blocks=(Block(kind=BlockKind.BYLINE, start=0, end=10),),
        publisher=ORGAN,
        published="2023-05-05",
    ),
    make_document("七", publisher=ORGAN, published="2023-05-01", missing=("第2页无法识别。",)),
]


def test_precedence():
    assert sorted(reversed(ORDERED), key=precedence) == ORDERED
