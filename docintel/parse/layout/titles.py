"""The title of a document among the paragraphs of its pages, by its type.

In: paragraphs in reading order. Out: the one that is the title. Above the title of an official document stands a red
head that is set larger: `…文件`.
"""

from collections.abc import Sequence

from docintel.parse.layout.paragraphs import Paragraph, Style
from docintel.parse.lines import kind_of
from docintel.parse.wrapped_titles import organs

#: The title is among so many paragraphs of the first page with text.
_WITHIN = 12
_SHORTEST, _LONGEST = 4, 120


def title_of(paragraphs: Sequence[Paragraph], style: Style) -> Paragraph | None:
    """The largest paragraph at the top of the first page that is larger than the body text; None where none is."""
    if not paragraphs:
        return None
    top = [item for item in paragraphs[:_WITHIN] if item.page == paragraphs[0].page]
    shown = [item for item in top if item.is_large(style) and item.is_centred and _may_be_title(item.text)]
    named = [item for item in shown if not organs(item.text)]  # an organ alone, set larger, is the head of a letter
    return max(named or shown, key=lambda item: item.size, default=None)


def _may_be_title(text: str) -> bool:
    bare = "".join(text.split())
    return _SHORTEST <= len(bare) <= _LONGEST and "。" not in text and kind_of(text) is None
