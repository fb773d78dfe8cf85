import pytest

from docintel.parse.layout.pages import Fragment
from docintel.parse.ofd.rules import Rule, find_tables, join_fragments
from docintel.parse.tables import Cell


def word(text, x, y, size=10.0):
    return Fragment(text, (x, y, x + size * len(text), y + size), size)


def grid(xs, ys, left_out=()):
    """Rules of a grid drawn piece by piece; `left_out` names pieces as ("h" or "v", row, column)."""
    across = [
        Rule(y, xs[j], xs[j + 1]) for i, y in enumerate(ys) for j in range(len(xs) - 1) if ("h", i, j) not in left_out
    ]
    down = [
        Rule(x, ys[i], ys[i + 1]) for j, x in enumerate(xs) for i in range(len(ys) - 1) if ("v", i, j) not in left_out
    ]
    return across, down


XS, YS = [0, 100, 200, 300], [0, 20, 40, 60]
WORDS = [word(f"{'甲乙丙'[y]}{x}", 100 * x + 5, 20 * y + 5) for y in range(3) for x in range(3)]


def test_plain_grid():
    (table,) = find_tables(*grid(XS, YS), WORDS)
    assert table.box == (0, 0, 300, 60)
    assert [cell.text for cell in table.cells] == [fragment.text for fragment in WORDS]


@pytest.mark.parametrize(
    ("left_out", "merged"),
    [
        ([("v", 0, 1)], Cell(0, 0, "甲0 甲1", 1, 2)),
        ([("h", 1, 0)], Cell(0, 0, "甲0乙0", 2, 1)),
        ([("h", 1, 0), ("h", 1, 1), ("v", 0, 1), ("v", 1, 1)], Cell(0, 0, "甲0 甲1乙0 乙1", 2, 2)),
        ([("v", 0, 1), ("h", 1, 0)], Cell(0, 0, "甲0 甲1乙0 乙1", 2, 2)),  # no rectangle: all that it touches
    ],
)
def test_cells_merge_where_a_rule_is_lacking(left_out, merged):
    (table,) = find_tables(*grid(XS, YS, left_out), WORDS)
    assert table.cells[0] == merged


def test_open_sides_are_closed_by_the_ends_of_rules():
    left_out = [("v", i, j) for i in range(3) for j in (0, 3)]
    (table,) = find_tables(*grid(XS, YS, left_out), WORDS)
    assert table.box == (0, 0, 300, 60)
    assert len(table.cells) == 9


def test_double_rules_are_one():
    across, down = grid(XS, YS)
    (table,) = find_tables([*across, Rule(1.5, 0, 300)], [*down, Rule(-1.5, 0, 60)], WORDS)
    assert len(table.cells) == 9


def test_two_tables_on_a_page_in_order():
    first, second = grid(XS, YS), grid(XS, [100, 120, 140])
    below = [word("丁", 5, 105), word("戊", 105, 125)]
    tables = find_tables([*second[0], *first[0]], [*second[1], *first[1]], [*WORDS, *below])
    assert [table.box[1] for table in tables] == [0, 100]


@pytest.mark.parametrize(
    ("rules", "fragments"),
    [
        (([], []), WORDS),
        (([Rule(0, 0, 300), Rule(60, 0, 300)], [Rule(0, 0, 60), Rule(300, 0, 60)]), WORDS),  # a frame
        (grid([0, 3, 300], [0, 3, 60]), WORDS),  # a double frame
        (grid(XS, YS), []),
        (grid(XS, YS), WORDS[:3]),  # words in one row only
        (([Rule(y, 0, 300) for y in YS], []), WORDS),  # underlines
        (grid(XS, YS), [*WORDS, *[word("字" * 40, 105, 25, 0.1)] * 20]),  # a frame around a page of text
    ],
)
def test_what_is_no_table(rules, fragments):
    assert find_tables(*rules, fragments) == []


def test_every_fragment_inside_is_in_a_cell():
    inside = [word("边", 0, 0), word("角", 290, 50), word("线", 95, 15)]
    (table,) = find_tables(*grid(XS, YS), [*WORDS, *inside])
    text = "".join(cell.text for cell in table.cells)
    assert all(fragment.text in text for fragment in inside)


def test_confidence_is_that_of_the_characters():
    unsure = [Fragment(f.text, f.box, f.size, confidence=0.5) for f in WORDS]
    (table,) = find_tables(*grid(XS, YS), unsure)
    assert table.confidence == 0.5


def test_drawings_of_many_rules_are_left_alone():
    many = [Rule(3.5 * i, 0, 300) for i in range(3000)]
    assert find_tables(many, [Rule(0, 0, 9000), Rule(300, 0, 9000)], WORDS) == []


@pytest.mark.parametrize(
    ("fragments", "expected"),
    [
        ([word("完成", 0, 12), word("整改", 0, 0)], "整改完成"),
        ([word("35", 0, 0), word("12", 30, 0)], "35 12"),
        ([word("No", 0, 0), word("12", 0, 12)], "No 12"),
        ([word("甲", 0, 0), word("乙", 10, 1)], "甲乙"),
        ([], ""),
    ],
)
def test_rows_of_a_cell(fragments, expected):
    assert join_fragments(fragments) == expected
