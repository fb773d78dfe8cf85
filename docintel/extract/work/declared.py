"""What a text itself calls a problem or a measure, as in `存在问题：账实不符。整改措施：建立台账。`.

In: a reading. Out: the stretches behind such labels, each to the next label or the end of its sentence, by record type.
"""

import re

from docintel.extract.language.reading import Reading

_LABELS = {
    "issues": re.compile(r"(?<![\u4e00-\u9fff])(?:存在的?|发现的?|反馈的?|主要|具体)*问题(?:表现|描述|内容)?:"),
    "measures": re.compile(r"(?<![\u4e00-\u9fff])(?:整改|改进|防控|落实|采取的?|主要|具体)*(?:措施|举措):"),
}

_NEXT = re.compile(r"(?<![\u4e00-\u9fff])[\u4e00-\u9fff]{2,8}:")


def declared(reading: Reading) -> dict[str, list[tuple[int, int]]]:
    """The stretches by `issues` and `measures`, in text order."""
    found: dict[str, list[tuple[int, int]]] = {}
    for kind, label in _LABELS.items():
        labels = [(match.end(), reading.sentence_at(match.start())) for match in label.finditer(reading.folded)]
        found[kind] = [(start, _until(reading.folded, start, sentence.end)) for start, sentence in labels if sentence]
    return found


def _until(folded: str, start: int, end: int) -> int:
    behind = _NEXT.search(folded, start, end)
    return behind.start() if behind else end
