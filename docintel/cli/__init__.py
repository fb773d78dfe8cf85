"""The command line: one short function a command, thin over `Library`.

`screen` writes, `options` are the words of the command line; `reading`, `proving`, `rectifying`, `asking`, `advising`,
`correcting`, `keeping`, `evaluating`, `following` and `serving` hold the commands.
"""

from docintel.cli import (
    advising,
    asking,
    correcting,
    evaluating,
    following,
    keeping,
    learning,
    proving,
    reading,
    rectifying,
    serving,
)
from docintel.cli.app import app

__all__ = [
    "advising",
    "app",
    "asking",
    "correcting",
    "evaluating",
    "following",
    "keeping",
    "learning",
    "main",
    "proving",
    "reading",
    "rectifying",
    "serving",
]


def main() -> None:
    """Run the command line."""
    app()
