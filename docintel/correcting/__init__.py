"""Corrections: what people say of the records of a document, applied to whatever was read of it.

In: extractions, requests and corrections. Out: corrections that can be kept, and extractions that are corrected. A
correction knows its record by words and place, so it holds when the document is read anew by another version.
"""

from docintel.correcting.applying import Corrected, apply
from docintel.correcting.carrying import carried
from docintel.correcting.comparing import changes
from docintel.correcting.proposing import Request, propose

__all__ = ["Corrected", "Request", "apply", "carried", "changes", "propose"]
