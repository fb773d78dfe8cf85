"""What this machine says: the library that commands use when none is named, the shipped models, and who is asking."""

import getpass
import os
from pathlib import Path

import platformdirs

_PACKAGE = Path(__file__).parent


def default_library() -> Path:
    """The folder named by `DOCINTEL_LIBRARY`, else `library` in the platform's data folder for docintel."""
    named = os.environ.get("DOCINTEL_LIBRARY")
    return Path(named) if named else platformdirs.user_data_path("docintel", appauthor=False) / "library"


def user_name() -> str:
    """Who corrects: `DOCINTEL_USER`, else the name of the account; `?` where the system knows none."""
    try:
        return os.environ.get("DOCINTEL_USER", "").strip() or getpass.getuser()
    except (OSError, KeyError):  # an account without an entry, as in some containers
        return "?"


def cache_dir() -> Path:
    """Where what can be made again is kept, such as recognised text: `DOCINTEL_CACHE`, else the platform's folder."""
    named = os.environ.get("DOCINTEL_CACHE")
    return Path(named) if named else platformdirs.user_cache_path("docintel", appauthor=False)


def models_dir() -> Path:
    """The folder of shipped models: the one named by `DOCINTEL_MODELS`, else beside the package or inside it.

    A checkout has `models/` beside the package; an installed wheel carries it inside.
    """
    named = os.environ.get("DOCINTEL_MODELS")
    if named:
        return Path(named)
    inside = _PACKAGE / "models"
    return inside if inside.is_dir() else _PACKAGE.parent / "models"


def milvus_token() -> str:
    """What a Milvus server asks for, `user:password` or a key: `DOCINTEL_MILVUS_TOKEN`. Never stored."""
    return os.environ.get("DOCINTEL_MILVUS_TOKEN", "")


def milvus_certificate() -> str:
    """The file of the authority that signed a Milvus server's certificate, where the system does not know it.

    `DOCINTEL_MILVUS_CA`.
    """
    return os.environ.get("DOCINTEL_MILVUS_CA", "")
