"""The stored source files, named by the sha256 of their bytes.

Takes bytes, gives the path they lie at. A file is written whole to a neighbouring name and moved into place, so a name
that exists has all its bytes.
"""

import hashlib
from pathlib import Path

from docintel.files import write_whole


class Originals:
    """A folder of source files, two characters of the hash a subfolder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, document: str) -> Path:
        """Where the bytes of a document lie, or would lie."""
        return self.folder / document[:2] / document

    def put(self, data: bytes) -> str:
        """Store bytes unless they are there, whole; returns their sha256, which is the document's id."""
        document = hashlib.sha256(data).hexdigest()
        if self.damaged(document):
            write_whole(self.path(document), data)
        return document

    def remove(self, document: str) -> None:
        """Delete the bytes of a document, if they are there."""
        self.path(document).unlink(missing_ok=True)

    def damaged(self, document: str) -> bool:
        """Whether the bytes of a document are missing or not what they were."""
        path = self.path(document)
        return not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != document
