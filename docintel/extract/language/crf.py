"""The best labels of sentences under a linear-chain conditional random field.

In: a score for every character and label, and one for every pair of neighbouring labels. Out: the labels whose scores
sum highest over a sentence (Viterbi), for many sentences at once.
"""

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.intp]


def best_labels(scores: Scores, starts: Numbers, transitions: Scores) -> Numbers:
    """Label every character.

    No two pairs of labels differ by more than the spread of `transitions`, so a label that leads its character by twice
    the spread is on the best path whatever stands beside it. Most are; the search runs between them.

    Args:
        scores: (characters, labels), the sentences one behind another, none of them empty; overwritten.
        starts: (sentences,), the first character of each, ascending.
        transitions: (labels, labels), from the row's to the column's.

    Returns:
        (characters,), numbers of labels.
    """
    labels: Numbers = scores.argmax(axis=1)
    margin = 2 * (transitions.max() - transitions.min())
    likely = scores >= np.take_along_axis(scores, labels[:, None], axis=1) - margin
    is_open = np.count_nonzero(likely, axis=1) > 1
    begins, ends = np.zeros((2, len(scores)), dtype=bool)
    begins[starts] = True
    ends[starts - 1] = True  # -1 is the last one's
    firsts = np.flatnonzero(is_open & (begins | ~np.roll(is_open, 1)))
    lasts = np.flatnonzero(is_open & (ends | ~np.roll(is_open, -1)))
    lengths = lasts - firsts + 1
    steps = [firsts[lengths > k] + k for k in range(lengths.max(initial=0))]
    for at in steps:
        behind = at[~begins[at]]
        rows, labels_before = likely[behind - 1].nonzero()
        paths = scores[behind[rows] - 1, labels_before][:, None] + transitions[labels_before]
        scores[behind] += np.maximum.reduceat(paths, np.searchsorted(rows, np.arange(len(behind))))
    for at in reversed(steps):
        before = at[~ends[at]]
        scores[before] += transitions[:, labels[before + 1]].T
        labels[at] = scores[at].argmax(axis=1)
    return labels
