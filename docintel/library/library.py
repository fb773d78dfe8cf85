"""A library: a folder with a catalog, an index and the stored originals; the way in for Python, command line and page.

Takes files and questions; gives reports, hits, suggestions and tables. Nothing here decides anything: rooms do.
"""

from docintel.library.asking import Asking
from docintel.library.learning import Learning
from docintel.library.tables import Tables
from docintel.library.upkeep import Upkeep
from docintel.library.watching import Watching


class Library(Watching, Learning, Asking, Tables, Upkeep):
    """An open library; use it in a `with` statement.

    Args:
        folder: where it lies.
        create: make a library there when there is none.
        encoder: for the vector index; the shipped one when None, loaded at the first search or ingestion.
        extractor: reads records from a document; the shipped one when None.
        similarity: how to read the encoder's cosines; the shipped encoder's when None.

    Raises:
        NotFoundError: there is no library in the folder, and none is to be made.
        InputError: no library can be made there.
        StoreError: the catalog is missing or damaged.

    A library on a medium or in a folder that can only be read is searched as any other; what would change it is an
    InputError.
    """
