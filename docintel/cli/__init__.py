"""The command line: one short function a command, thin over `Library`.

`screen` writes, `options` are the words of the command line; `reading`, `proving`, `rectifying`, `asking` and `keeping`
hold the commands.
"""

from docintel.cli import asking, keeping, proving, reading, rectifying
from docintel.cli.app import app

__all__ = ["app", "asking", "keeping", "main", "proving", "reading", "rectifying"]


def main() -> None:
    """Run the command line."""
    app()
