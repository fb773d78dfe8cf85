"""Good files spoiled by accident: cut short, bits flipped, bytes zeroed, wrong suffix.

In: good cases. Out: as many bad ones as asked for, the same for the same seed.
"""

import random
from collections.abc import Iterator, Sequence
from itertools import count, islice
from pathlib import PurePath

from scripts.badfiles.cases import Case, Fate

#: Formats that only their suffix tells from plain text.
_TOLD_BY_SUFFIX = (".md", ".csv")


def damaged_cases(good: Sequence[Case], number: int, seed: int) -> list[Case]:
    """Each good file cut at every eighth, with a wrong suffix, then flipped and zeroed until there are `number`."""
    rng = random.Random(seed)
    cases = [*_renamed(good), *_truncated(good)]
    return [*cases, *islice(_spoiled(good, rng), max(0, number - len(cases)))]


def _truncated(good: Sequence[Case]) -> Iterator[Case]:
    for case in good:
        for eighth in range(1, 8):
            data = case.data[: len(case.data) * eighth // 8]
            yield Case(_named(case, f"截断{eighth}"), data, Fate.ANY, "truncated", case.name)


def _renamed(good: Sequence[Case]) -> Iterator[Case]:
    """Good bytes under another format's suffix: told by content, they read as before."""
    suffixes = [PurePath(case.name).suffix for case in good]
    for i, case in enumerate(good):
        if not case.name.endswith(_TOLD_BY_SUFFIX):
            other = next(s for s in suffixes[i + 1 :] + suffixes if s not in (suffixes[i], *_TOLD_BY_SUFFIX))
            yield Case(f"错名{i:02}{other}", case.data, Fate.GOOD, "wrong suffix", case.name)


def _spoiled(good: Sequence[Case], rng: random.Random) -> Iterator[Case]:
    for number in count():
        case = good[number % len(good)]
        data = bytearray(case.data)
        if number // len(good) % 3 < 2:
            for _ in range(rng.choice((1, 3, 10, 50))):
                data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
            yield Case(_named(case, f"翻转{number}"), bytes(data), Fate.ANY, "bits flipped", case.name)
        else:
            length = max(1, len(data) // rng.choice((8, 32, 128)))
            start = rng.randrange(len(data) - length + 1)
            data[start : start + length] = bytes(length)
            yield Case(_named(case, f"清零{number}"), bytes(data), Fate.ANY, "bytes zeroed", case.name)


def _named(case: Case, what: str) -> str:
    path = PurePath(case.name)
    return f"{path.stem}-{what}{path.suffix}"
