"""Writing files that are whole or not there.

Takes a path and bytes; gives nothing back.
"""

import os
from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it holds either all of `data` or what it held before, through a power cut too."""
    neighbour = path.with_name(f"{path.name}.{os.getpid()}.part")
    with neighbour.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    neighbour.replace(path)
