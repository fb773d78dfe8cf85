"""Which of one side goes with which of the other: the best one-to-one matching, then what is left over.

In: probabilities, each with each. Out: for each of the one side, those of the other side that it goes with.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
Rows = NDArray[np.int64]
#: Of each row its columns, with the probability of each.
Partners = list[dict[int, float]]


def matched(judge: Callable[[Rows, Rows], Matrix], shape: tuple[int, int], *, least: float, further: float) -> Partners:
    """Partners of each row, with their probabilities.

    First each row and column has one partner at most, so that the sum of their probabilities above `least` is largest:
    of two like problems each finds its own answer. Then what is left of the rows is judged by itself, and what is left
    of the columns: each joins the most likely partner, which it shares, where that is at least `further`.

    Args:
        judge: the probabilities of some rows with some columns, judged as if these were all there are.
        shape: of all rows and columns.
        least: below it two are no pair.
        further: below it what is left over joins nothing.
    """
    rows, columns = np.arange(shape[0]), np.arange(shape[1])
    partners: Partners = [{} for _ in rows]
    likely = judge(rows, columns)
    for i, j in assigned(np.maximum(likely - least, 0)):
        if likely[i, j] >= least:
            partners[i][j] = float(likely[i, j])
    taken = {j for found in partners for j in found}
    left_rows = np.array([i for i in rows if not partners[i]], dtype=int)
    left_columns = np.array([j for j in columns if j not in taken], dtype=int)
    if left_rows.size and columns.size:
        again = judge(left_rows, columns)
        for n, i in enumerate(left_rows):
            _join(partners[i], int(again[n].argmax()), float(again[n].max()), further)
    if left_columns.size and rows.size:
        again = judge(rows, left_columns)
        for n, j in enumerate(left_columns):
            _join(partners[int(again[:, n].argmax())], int(j), float(again[:, n].max()), further)
    return partners


def _join(partners: dict[int, float], column: int, likely: float, least: float) -> None:
    if likely >= least:
        partners[column] = max(likely, partners.get(column, 0.0))


def assigned(worth: Matrix) -> list[tuple[int, int]]:
    """Pairs (row, column), none sharing a row or column, whose worth sums to the most; as many as the smaller side has.

    Source: Jonker and Volgenant's shortest augmenting path, as in Crouse, On Implementing 2D Rectangular Assignment
    Algorithms, IEEE TAES 2016; O(n² m) for n rows of m ≥ n columns.
    """
    if worth.shape[0] > worth.shape[1]:
        return [(i, j) for j, i in assigned(worth.T)]
    count, width = worth.shape
    cost = -worth
    row_price, column_price = np.zeros(count), np.zeros(width)
    row_of = np.full(width, -1)
    for start in range(count):
        shortest, before = np.full(width, np.inf), np.full(width, -1)
        done = np.zeros(width, dtype=bool)
        seen = [start]
        row, length, sink = start, 0.0, -1
        while sink < 0:
            reached = length + cost[row] - row_price[row] - column_price
            nearer = ~done & (reached < shortest)
            shortest[nearer], before[nearer] = reached[nearer], row
            column = int(np.argmin(np.where(done, np.inf, shortest)))
            length, done[column] = shortest[column], True
            if row_of[column] < 0:
                sink = column
            else:
                row = int(row_of[column])
                seen.append(row)
        column_of = {int(row_of[column]): column for column in range(width) if row_of[column] >= 0}
        row_price[start] += length
        for other in seen[1:]:
            row_price[other] += length - shortest[column_of[other]]
        column_price[done] -= length - shortest[done]
        column = sink
        while True:
            row = int(before[column])
            row_of[column], column = row, column_of.get(row, -1)
            if row == start:
                break
    return [(int(row), column) for column, row in enumerate(row_of) if row >= 0]
