"""Which figures another one holds, and that the work grows with the figures, not with their square."""

import pytest

from docintel.analytics import contradictions, left_out
from docintel.analytics.figures import Figure
from tests.unit.analytics.figures import table

MANY = 600


def reasons(frame):
    return [None if reason is None else str(reason) for reason in left_out(frame)]


@pytest.mark.parametrize(
    "row",
    [
        lambda i: {},
        lambda i: {"period": None, "document": f"d{i}"},
        lambda i: {"period": f"20{i // 28:02}-01-{i % 28 + 1:02}", "document": f"d{i}"},
        lambda i: {"period": None, "subject": "问题" if i % 2 else f"甲{i}类问题"},
    ],
    ids=["one period", "no period", "days", "subjects"],
)
def test_figures_are_not_each_compared_with_each(monkeypatch, row):
    compared = []
    identity, agrees = Figure.identity.fget, Figure.agrees
    monkeypatch.setattr(Figure, "identity", property(lambda it: compared.append(it) or identity(it)))
    monkeypatch.setattr(Figure, "agrees", lambda it, other: compared.append(it) or agrees(it, other))
    frame = table(*({"value": 10 + i} | row(i) for i in range(MANY)))
    left_out(frame)
    contradictions(frame)
    assert len(compared) < 10 * MANY


def test_of_figures_that_hold_each_other_the_outer_part_alone_takes_room():
    rows = [("2023", 50), ("2023-01/2023-06", 45), ("2023-05", 40), ("2023-05-06", 35)]
    assert reasons(table(*({"value": value, "period": period} for period, value in rows))) == [
        None, "within", "within", "within",
    ]  # fmt: skip


def test_a_part_that_another_is_too_small_to_hold_takes_room_of_its_own():
    rows = [("2023", 50), ("2023-01/2023-06", 20), ("2023-05", 40)]
    assert reasons(table(*({"value": value, "period": period} for period, value in rows))) == [None, None, None]
    rows[0] = ("2023", 60)
    assert reasons(table(*({"value": value, "period": period} for period, value in rows))) == [
        None, "within", "within",
    ]  # fmt: skip


def test_of_figures_alike_in_all_but_value_the_one_with_room_holds():
    frame = table(
        {"value": 10, "period": None},
        {"value": 45, "period": None},
        {"value": 30, "period": None, "subject": "食堂问题"},
        {"value": 12, "period": None, "subject": "招生问题"},
        {"value": 46, "period": None, "subject": "采购问题", "document": "d1"},
    )
    assert reasons(frame) == [None, None, "within", "within", None]
