"""The checks of figures that a person corrected.

In: an extraction, the statistics as they are now. Out: the checks that tie a corrected one together with others.
"""

from collections.abc import Container, Iterator, Sequence
from dataclasses import replace

from docintel.correcting.draft import Item
from docintel.schema import BlockKind, Document, Extraction, Ground, Statistic
from docintel.text.normalize import fold
from docintel.text.script import TRADITIONAL


def proofread(extraction: Extraction, items: Sequence[Item], changed: Container[int]) -> Iterator[Item]:
    """The checks in which a changed statistic has a part.

    Args:
        items: all statistics of the document.
        changed: ids of the changed items.
    """
    # The finders load word lists and models, which nobody needs who corrects no figure.
    from docintel.extract.checks import find_checks
    from docintel.extract.confidence import with_confidence
    from docintel.extract.language.reading import Reading
    from docintel.extract.language.scripts import as_written, simplified

    document = extraction.document
    plain = simplified(document) if document.language == TRADITIONAL else document
    statistics = [_read_in(plain, item.record) for item in items if isinstance(item.record, Statistic)]
    checks = find_checks(Reading(plain, (), ()), statistics)
    touched = tuple(check for check in checks if any(id(items[i]) in changed for i in check.statistics))
    found = as_written(Extraction(document=plain, doc_type=extraction.doc_type, checks=touched), document)
    for check in with_confidence(found).checks:
        yield Item(check, [items[i] for i in check.statistics])


def _read_in(document: Document, statistic: Statistic) -> Statistic:
    """A statistic by the words of the document, with the ground that tells where its number stands.

    Grounds are not stored. Of several numbers the one with the statistic's value is meant; else the place is open.
    """
    from docintel.extract.statistics.counts import grammar

    evidence = document.evidence(statistic.evidence.start, statistic.evidence.end)
    statistic = replace(statistic, evidence=evidence)
    block = document.block_at(evidence.start)
    known = any(ground.rule.startswith("number/") for ground in statistic.grounds)
    if known or block is None or block.kind is BlockKind.TABLE:
        return statistic
    numbers = grammar().find(fold(evidence.quote), bare=True)
    meant = [number for number in numbers if number.value == statistic.value] or numbers
    if len(meant) != 1:
        return statistic
    written = document.evidence(evidence.start + meant[0].start, evidence.start + meant[0].end)
    return replace(statistic, grounds=(*statistic.grounds, Ground("", f"number/{meant[0].form}", written)))
