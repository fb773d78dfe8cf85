"""A clerk for tests: corrects what was read of a document until it says what a gold file says, and signs it."""

from docintel.correcting import Request
from docintel.evaluation.extraction import matched
from docintel.schema import CorrectionAction
from docintel.schema.serial import record_to_dict

FIELDS = {"issues": ("category", "modality"), "measures": ("category", "status")}


def same_words(kind, found, gold):
    """Of records that were read: the gold record in the same words."""
    return {i: j for i, j in matched(kind, found, gold) if found[i]["quote"] == gold[j]["quote"]}


def corrected(extraction, gold):
    """What the clerk says of issues and measures that were read: labels put right, what is none struck out."""
    for kind, names in FIELDS.items():
        found = [record_to_dict(record) for record in extraction.records(kind)]
        same = same_words(kind, found, gold[kind])
        for i, record in enumerate(found):
            if i not in same:
                yield Request(kind=kind, action=CorrectionAction.REJECT, ordinal=i, quote=record["quote"], by="王芳")
            elif wrong := {n: gold[kind][same[i]][n] for n in names if gold[kind][same[i]][n] != record[n]}:
                yield Request(kind=kind, action=CorrectionAction.CHANGE, ordinal=i, fields=wrong, by="王芳")


def added(extraction, gold):
    """What the clerk adds."""
    for kind, names in FIELDS.items():
        found = [record_to_dict(record) for record in extraction.records(kind)]
        there = same_words(kind, found, gold[kind]).values()
        for j, record in enumerate(gold[kind]):
            if j not in there:
                fields = {name: record[name] for name in names}
                yield Request(
                    kind=kind,
                    action=CorrectionAction.ADD,
                    quote=record["quote"],
                    occurrence=1,
                    fields=fields,
                    by="王芳",
                )


def review(library, name, gold):
    """Correct a document of a library, and say that its records are complete."""
    for said in (corrected, added):
        library.correct_all([(name, request) for request in said(library.extraction(name), gold)])
    library.correct(name, "", CorrectionAction.REVIEW, by="王芳")
