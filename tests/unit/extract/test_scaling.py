"""Long documents take time in proportion: four times the text takes no more than about four times as long."""

import random
import re
import time

import pytest

from docintel.extract.language.reading import Name, Reading
from docintel.extract.statistics.column_headings import column_headings
from docintel.extract.statistics.counts import grammar
from docintel.extract.steps import STEPS, begin
from docintel.extract.units.aliases import merge_aliases
from docintel.schema import Block, BlockKind, Document, UnitKind
from tests.factories import make_document

#: A quadratic step would take sixteen times as long.
_AT_MOST = 9


def hospitals(size):
    pick = random.Random(1).choice
    names = [f"云溪县{''.join(pick('仁康平安福寿和美爱德善济世') for _ in range(4))}医院" for _ in range(size)]
    pairs = [(each, UnitKind.HOSPITAL) for name in names for each in (name, name[3:])]
    return lambda: merge_aliases(pairs)


def notice(size):
    given = random.Random(2).sample(
        [a + b for a in "伟芳娜敏静丽强磊军洋勇艳杰娟涛明" for b in "超秀霞平刚桂英华"], size
    )
    items = [
        f"{i}.青岚市某局局长赵{name}、副局长钱{name}违规收受礼品问题。"
        f"赵{name}收受礼金{i}万元;钱{name}违规发放补贴。赵{name}受到警告处分。"
        for i, name in enumerate(given, 1)
    ]
    document = make_document("\n".join(items))
    people = [Name(*match.span(), "PER", match[0]) for match in re.finditer("(?<=局长)[赵钱]..", document.text)]
    return lambda: run(document, people)


def figures(size):
    text = "2021年和2022年青岚市分别查处问题" + "、".join(f"{i}起" for i in range(1, size)) + "。"
    document = make_document(text)
    return lambda: run(document, [])


def table(size):
    rows = [("单位", "", "")] * size + [("某局", "1个", "2个")] * size
    text = "\n".join("\t".join(row) for row in rows)
    block = Block(kind=BlockKind.TABLE, start=0, end=len(text), cells=tuple(rows))
    reading = Reading(Document(id="", source="", text=text, blocks=(block,)))
    return lambda: column_headings(reading, grammar())


def run(document, words):
    draft = begin(document, words)
    for step in STEPS.values():
        step(draft)


@pytest.mark.parametrize(("made", "size"), [(hospitals, 400), (notice, 30), (figures, 200), (table, 400)])
def test_time_grows_with_the_text(made, size):
    def seconds(run):
        start = time.process_time()
        run()
        return time.process_time() - start

    small, large = made(size), made(4 * size)
    small()  # compiles what it needs
    ratios = (seconds(large) / max(seconds(small), 1e-3) for _ in range(3))
    assert min(ratios) < _AT_MOST
