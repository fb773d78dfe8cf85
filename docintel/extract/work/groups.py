"""Arrays whose rows stand in groups, one group behind another.

In: starts and ends of stretches, or the lengths of groups. Out: the numbers that stretches hold, and sums of groups.
"""

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float32]


def ranges(low: Ints, high: Ints) -> Ints:
    """The numbers from each of `low` to each of `high`, one behind another."""
    lengths = high - low
    offsets = np.cumsum(lengths) - lengths
    numbers: Ints = np.arange(lengths.sum()) + np.repeat(low - offsets, lengths)
    return numbers


def sums(values: Floats, lengths: Ints) -> Floats:
    """The sum of each group of rows: (groups, columns)."""
    found = np.zeros((len(lengths), values.shape[1]), dtype=np.float32)
    some = lengths > 0
    if len(values):
        found[some] = np.add.reduceat(values, (np.cumsum(lengths) - lengths)[some])
    return found


def begins_run(low: Ints, high: Ints) -> npt.NDArray[np.bool_]:
    """Whether each stretch of a row is another than the one before it: neighbours often share their sentence."""
    found = np.ones(low.shape, dtype=bool)
    found[..., 1:] = (low[..., 1:] != low[..., :-1]) | (high[..., 1:] != high[..., :-1])
    return found
