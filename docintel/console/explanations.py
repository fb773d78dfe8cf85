"""The view of `docintel explain`: under each record what decided it and its fields, in words, with the text it went by.

In: records with their grounds. Out: rich renderables.
"""

from collections.abc import Callable, Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from docintel.console.words import hanging
from docintel.schema import FIELD_NAMES, Ground, Record


def explanations_view(records: Sequence[tuple[str, Record]], describe: Callable[[str], str]) -> RenderableType:
    """The records with their ids, each with its grounds.

    Args:
        describe: says what a rule goes by.
    """
    if not records:
        return Text("没有抽取到记录。 No records were found.", style="yellow")
    parts = []
    for name, record in records:
        head = Text.assemble((name, "bold cyan"), "  ", (record.evidence.quote, "bold"))
        head.append(f"  置信度 {record.confidence:.2f}", style="dim")
        parts.append(Group(head, *_grounds(record.grounds, describe), Text()))
    return Group(*parts)


def _grounds(grounds: Sequence[Ground], describe: Callable[[str], str]) -> Iterator[RenderableType]:
    for ground in grounds:
        line = Text(describe(ground.rule))
        if ground.evidence:
            line.append(f"：“{ground.evidence.quote}”", style="green")
        if ground.note:
            line.append(f"  {ground.note}", style="cyan")
        line.append(f"  {ground.rule}", style="dim")
        yield hanging(f"  {FIELD_NAMES.get(ground.field, '记录')}", line, style="yellow")
