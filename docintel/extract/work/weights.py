"""Sums of the weights of a linear model over the stretches of a document, for many candidates at a time.

In: weights as a `Vocabulary` counts them, the rows of a document's entries, and a `Description`. Out: for each
candidate what speaks for each label. All candidates of a document overlap much, so their sums are differences of
running ones (`WeightsByEntry`); those of a few candidates are made one by one (`sums_of`). `take` stands here for
indexing: on short rows it is twice as fast.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from docintel.extract.work import groups
from docintel.extract.work.description import POINTS, STRETCHES, Description
from docintel.extract.work.groups import Floats, Ints
from docintel.extract.work.vocabulary import TABLES, Vocabulary


class WeightsByEntry:
    """Weights laid out so that those of an entry, of all the roles it may have, stand together."""

    def __init__(self, weights: Floats, vocabulary: Vocabulary) -> None:
        """From the weights of all features, (features, labels)."""
        self._weights, self._code_offsets = weights, vocabulary.code_offsets
        #: Table → (rows, roles, labels).
        self._tables = {}
        for table in TABLES:
            starts = [vocabulary.offsets[role] for role in (*_roles(STRETCHES, table), *_roles(POINTS, table))]
            parts = [weights[start : start + vocabulary.sizes[table]] for start in starts]
            self._tables[table] = np.stack(parts, axis=1)

    def scores(self, rows: Mapping[str, Ints], description: Description) -> npt.NDArray[np.float64]:
        """What speaks for each label of every candidate: (candidates, labels)."""
        codes = self._code_offsets + description.codes
        found: npt.NDArray[np.float64] = self._weights.take(codes, axis=0).sum(axis=0, dtype=np.float64)
        for table, by_entry in self._tables.items():
            each = by_entry.take(rows[table], axis=0).transpose(1, 0, 2)
            stretches, points = _roles(STRETCHES, table), _roles(POINTS, table)
            running = np.zeros((len(stretches), each.shape[1] + 1, each.shape[2]))
            np.cumsum(each[: len(stretches)], axis=1, out=running[:, 1:])
            for role, sums in zip(stretches, running, strict=True):
                low, high = description.stretches[role]
                found += sums.take(high, axis=0) - sums.take(low, axis=0)
            for role, weights in zip(points, each[len(stretches) :], strict=True):
                found += weights.take(description.points[role], axis=0)
        return found


def _roles(every: Mapping[str, str], table: str) -> list[str]:
    return [role for role, named in every.items() if named == table]


def sums_of(
    weights: Floats, vocabulary: Vocabulary, rows: Mapping[str, Ints], description: Description, which: Ints
) -> Floats:
    """What speaks for each label of some candidates: (candidates, labels)."""
    single: Floats = weights.take(vocabulary.single(rows, description, which), axis=0).sum(axis=1)
    # all roles at once: the entries of all tables stand one behind another
    begins = dict(zip(rows, np.cumsum([0, *map(len, rows.values())]).tolist(), strict=False))
    shifts = np.array([[begins[table]] for table in STRETCHES.values()])
    low, high = shifts + np.stack([description.stretches[role][:, which] for role in STRETCHES], axis=1)
    is_new = groups.begins_run(low, high)
    number = np.cumsum(is_new).reshape(is_new.shape) - 1
    offsets = np.repeat([vocabulary.offsets[role] for role in STRETCHES], is_new.sum(axis=1))
    low, high = low[is_new], high[is_new]
    features = np.repeat(offsets, high - low) + np.concatenate([*rows.values()])[groups.ranges(low, high)]
    sums: Floats = groups.sums(weights.take(features, axis=0), high - low)[number].sum(axis=0)
    return single + sums
