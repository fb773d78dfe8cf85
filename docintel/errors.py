"""Every error docintel raises on purpose, in one tree.

::

    DocintelError(message, hint="")
    ├── InputError                what the caller gave cannot be used          CLI 2
    │   ├── UnsupportedFormatError    no parser reads this kind of file
    │   │   └── ContainerError            it is an archive: the files in it are the documents
    │   ├── ParseError                a parser exists, and this file defeats it
    │   ├── QueryError                a query or a filter makes no sense
    │   ├── CorrectionError           a correction makes no sense for this document
    │   └── NotFoundError             nothing has this id or path
    ├── SetupError                this installation is not ready               CLI 3
    │   └── ModelError                a shipped model is missing or damaged
    └── StoreError                the library on disk is not as it must be     CLI 4
        ├── SchemaVersionError        written by another version of docintel
        └── StaleIndexError           the index was made by another encoder

Three branches because three people act: the caller, the installer, the owner of the data.
Anything else that is raised is a defect and shows its traceback.
"""


class DocintelError(Exception):
    """An error raised on purpose.

    Attributes:
        hint: what to do next, in one sentence; empty when there is nothing to add.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class InputError(DocintelError):
    """What the caller gave cannot be used."""


class UnsupportedFormatError(InputError):
    """No parser reads this kind of file."""


class ContainerError(UnsupportedFormatError):
    """It is an archive: the files in it are the documents."""


class ParseError(InputError):
    """A parser exists for this kind of file, and this file defeats it."""


class QueryError(InputError):
    """A query or a filter makes no sense."""


class CorrectionError(InputError):
    """A correction makes no sense for this document."""


class NotFoundError(InputError):
    """Nothing in the library, or on disk, has this id or path."""


class SetupError(DocintelError):
    """This installation is not ready."""


class ModelError(SetupError):
    """A shipped model is missing or damaged."""


class StoreError(DocintelError):
    """The library on disk is not as it must be."""


class SchemaVersionError(StoreError):
    """The library was written by another version of docintel."""


class StaleIndexError(StoreError):
    """The index was made by another encoder, or lags behind the catalog."""
