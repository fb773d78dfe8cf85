"""Page numbers as words of a sentence.

In: numbers, ascending. Out: `第 1–3、5 页` and `pages 1–3, 5`.
"""

from collections.abc import Iterable, Sequence

#: Runs that are named; past these only how many pages there are in all.
_MOST_RUNS = 20


def chinese_pages(numbers: Sequence[int]) -> str:
    """`第 5 页`, `第 1–3、5 页`; long lists are cut short, with their count: `第 1、3 等 40 页`."""
    runs = _runs(numbers)
    more = f" 等 {len(numbers)} 页" if len(runs) > _MOST_RUNS else " 页"
    return f"第 {'、'.join(runs[:_MOST_RUNS])}{more}"


def english_pages(numbers: Sequence[int]) -> str:
    """`page 5`, `pages 1–3, 5`; long lists are cut short, with their count: `pages 1, 3 … (40)`."""
    runs = _runs(numbers)
    more = f" … ({len(numbers)})" if len(runs) > _MOST_RUNS else ""
    return f"{'page' if len(numbers) == 1 else 'pages'} {', '.join(runs[:_MOST_RUNS])}{more}"


def _runs(numbers: Iterable[int]) -> list[str]:
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return [str(first) if first == last else f"{first}–{last}" for first, last in runs]
