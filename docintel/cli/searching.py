"""What commands that search share: the help on the language of queries, and what was not taken for a condition.

In: a query as it was understood. Out: text on the terminal.
"""

from rich.text import Text

from docintel.cli.screen import err
from docintel.query import SYNTAX, Query

_PAD = "\b\n"  # the formatter of the help keeps the lines of such a paragraph as they are


def _help() -> str:
    """The language of queries, a line a rule."""
    lines = [f"  {rule.example}　{rule.chinese}。 {rule.english_example}: {rule.english}" for rule in SYNTAX]
    return "\n\n".join(
        (
            "检索条件 Conditions，写在查询里，以空格隔开 written in the query, separated by spaces:",
            _PAD + "\n".join(lines),
            "粘贴的段落（含句号、分号、换行，或超过一百字）只按原文检索，其中没有条件。"
            " In a pasted passage nothing is a condition.",
        )
    )


SYNTAX_HELP = _help()


def tell_notes(query: Query) -> None:
    """Say on stderr what looked like a condition and was taken for words."""
    for note in query.notes:
        err.print(Text(note, style="yellow"))
