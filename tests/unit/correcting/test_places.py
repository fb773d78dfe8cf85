"""Where words stand, and how much two stretches have in common."""

import pytest

from docintel.correcting.places import alike


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [((0, 4), (2, 6), 1 / 3), ((0, 4), (0, 4), 1), ((0, 4), (4, 8), 0), ((3, 3), (3, 3), 1), ((3, 3), (5, 5), 0)],
)
def test_stretches_are_alike_by_what_they_share(one, other, share):
    assert alike(one, other) == pytest.approx(share)
