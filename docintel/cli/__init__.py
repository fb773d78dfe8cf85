"""The command line: one short function a command, thin over `Library`.

`screen` writes, `usage` says what was wrong, `options` are the words of the command line; `reading`, `proving`,
`rectifying`, `asking`, `advising`, `correcting`, `keeping`, `evaluating`, `exporting`, `following`, `serving`,
`thesaurus` and `watching` hold the commands.
"""

from docintel.cli import (
    advising,
    asking,
    correcting,
    evaluating,
    exporting,
    following,
    keeping,
    learning,
    proving,
    reading,
    rectifying,
    serving,
    thesaurus,
    watching,
)
from docintel.cli.app import app

__all__ = [
    "advising",
    "app",
    "asking",
    "correcting",
    "evaluating",
    "exporting",
    "following",
    "keeping",
    "learning",
    "main",
    "proving",
    "reading",
    "rectifying",
    "serving",
    "thesaurus",
    "watching",
]


def main() -> None:
    """Run the command line."""
    app()
