"""Figures of many documents as things that can be compared."""

import pytest

from docintel.analytics.figures import figures_in
from tests.unit.analytics.figures import table


@pytest.mark.parametrize(
    ("quote", "value", "low", "high"),
    [
        ("查处超标准采购约30件", 30, 27, 33),
        ("清理多余岗位约30个", 30, 27, 33),
        ("查处多人，约30件", 30, 27, 33),
        ("近三年以上级部门名义约20次", 20, 18, 22),
        ("查处超30件", 30, 30, 39.99),
        ("超过了30件", 30, 30, 39.99),
        ("查处30余件", 30, 30, 39.99),
        ("查处30件以上", 30, 30, 39.99),
        ("不少于120件", 120, 120, 129.99),
        ("追回8600多万元", 86_000_000, 86_000_000, 86_999_000),
        ("查处三百余人", 300, 300, 399.9),
        ("查处多名干部三百人左右", 300, 270, 330),
    ],
)
def test_how_much_an_approximate_number_allows(quote, value, low, high):
    (figure,) = figures_in(table({"value": value, "quote": quote, "approximate": True}))
    assert (figure.low, figure.high) == pytest.approx((low, high))
