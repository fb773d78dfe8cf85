"""A correction taken along to another version of the same file.

In: a correction and the new document. Out: the correction for it, or None where its words are no longer there.
"""

from dataclasses import replace

from docintel.correcting.places import Places
from docintel.schema import Correction, CorrectionAction, Document


def carried(correction: Correction, document: Document) -> Correction | None:
    """The correction at the nearest place of its words; it remembers which one it was.

    A review is not carried: it was of another text.
    """
    if correction.action is CorrectionAction.REVIEW:
        return None
    span = Places(document).nearest(correction.quote, correction.start)
    if span is None:
        return None
    origin = correction.origin or correction.id
    return replace(correction, id=0, document=document.id, start=span[0], end=span[1], origin=origin)
