"""Text → its words as tagged, sentence by sentence.

The tagger knows Simplified characters only, so Traditional text is tagged as Simplified; the offsets are the same.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from docintel.extract.language.reading import Name
from docintel.extract.language.tagger import Word, shared_tagger
from docintel.text.normalize import fold
from docintel.text.script import is_traditional, to_simplified
from docintel.text.sentences import split_sentences

#: A space between a number and its words (`查处 12 起`), which the tagger would take for a boundary.
_SET_APART = re.compile(r"(?<=\d) (?=[^\W\da-zA-Z_])|(?<=[^\W\da-zA-Z_]) (?=\d)")


def tagged_sentences(text: str) -> list[list[Name]]:
    """The words of each sentence, in Simplified characters.

    White space between sentences is no word; a space beside a number changes no tag and is a word of its own.

    Raises:
        ModelError: the tagger's model is missing or damaged.
    """
    plain = to_simplified(text) if is_traditional(text) else text
    folded = fold(text)
    spans = split_sentences(folded)
    spaces = [_set_apart(folded, *span) for span in spans]
    tagged = shared_tagger().tag([_without(plain, *span, left) for span, left in zip(spans, spaces, strict=True)])
    return [
        list(_placed_apart(plain, words, low, left)) if left else _placed(words, low)
        for words, (low, _), left in zip(tagged, spans, spaces, strict=True)
    ]


def _set_apart(folded: str, start: int, end: int) -> list[int]:
    """Where the spaces of a span stand that part a number from its words."""
    if folded.find(" ", start, end) < 0:
        return []
    return [match.start() for match in _SET_APART.finditer(folded, start, end)]


def _without(text: str, start: int, end: int, spaces: Sequence[int]) -> str:
    """The text of a span, some characters left out."""
    if not spaces:
        return text[start:end]
    parts = []
    for space in spaces:
        parts.append(text[start:space])
        start = space + 1
    return "".join((*parts, text[start:end]))


def _placed(words: Sequence[Word], start: int) -> list[Name]:
    """The words where they stand, the first at `start`."""
    texts, tags = [text for text, _ in words], [tag for _, tag in words]
    starts = list(accumulate(map(len, texts), initial=start))
    return list(map(Name, starts, starts[1:], tags, texts))


def _placed_apart(text: str, words: Iterable[Word], at: int, spaces: Sequence[int]) -> Iterator[Name]:
    """The same where `spaces` were left out."""
    left = list(reversed(spaces))
    for word, tag in words:
        end = at + len(word)
        while left and left[-1] < end:
            space = left.pop()
            if at < space:
                yield Name(at, space, tag, text[at:space])
            yield Name(space, space + 1, "w", " ")
            at, end = space + 1, end + 1
        yield Name(at, end, tag, text[at:end])
        at = end
