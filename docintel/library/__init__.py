"""A library: a folder with a catalog, an index and the stored originals.

The way in for Python, command line and page. `Library` is put together of what it does, a module each.
"""

from docintel.library.backup import restore
from docintel.library.library import Library

__all__ = ["Library", "restore"]
