import pytest

from docintel.text.ranges import chinese_pages, english_pages


@pytest.mark.parametrize(
    ("numbers", "chinese", "english"),
    [
        ([5], "第 5 页", "page 5"),
        ([1, 2, 3, 5], "第 1–3、5 页", "pages 1–3, 5"),
        ([1, 2], "第 1–2 页", "pages 1–2"),
        (range(3, 400), "第 3–399 页", "pages 3–399"),
    ],
)
def test_pages_are_named_by_runs(numbers, chinese, english):
    assert (chinese_pages(numbers), english_pages(numbers)) == (chinese, english)


def test_long_lists_are_cut_short_and_say_so():
    odd = range(1, 80, 2)
    assert chinese_pages(odd).endswith("、37、39 等 40 页")
    assert english_pages(odd).endswith(", 37, 39 … (40)")
