"""Text → spaCy Doc with the tagger's words, parts of speech and names."""

import re
from collections.abc import Iterable, Iterator

from spacy.tokens import Doc
from spacy.vocab import Vocab

from docintel.extract.tagger import Tagger, Word, shared_tagger
from docintel.text.normalize import fold
from docintel.text.script import is_traditional, to_simplified
from docintel.text.sentences import split_sentences


#: A space between a number and its words (`查处 12 起`), which the tagger would take for a boundary.
_SET_APART = re.compile(r"(?<=\d) (?=[^\W\da-zA-Z_])|(?<=[^\W\da-zA-Z_]) (?=\d)")


class LacTokenizer:
    """A spaCy tokenizer: words of LAC, `token.tag_` their part of speech or PER, ORG, LOC, TIME.

    The tokens cover the text exactly: `doc.text == text`. White space between sentences is a token of its own; a space
    beside a number changes no tag. The tagger knows Simplified characters only, so Traditional text is tagged as
    Simplified.
    """

    def __init__(self, vocab: Vocab, tagger: Tagger | None = None) -> None:
        self.vocab = vocab
        self._tagger = tagger or shared_tagger()

    def __call__(self, text: str) -> Doc:
        """Split and tag a text."""
        plain = to_simplified(text) if is_traditional(text) else text
        folded = fold(text)
        spans = split_sentences(folded)
        spaces = {match.start() for match in _SET_APART.finditer(folded)}
        sentences = ["".join(plain[i] for i in range(low, high) if i not in spaces) for low, high in spans]
        words: list[str] = []
        tags: list[str] = []
        starts: list[bool | int | None] = []
        end = 0
        for (low, high), tagged in zip(spans, self._tagger.tag(sentences), strict=True):
            if low > end:
                words.append(text[end:low])
                tags.append("_SP")
                starts.append(end == 0)
            for start, stop, tag in _placed(tagged, low, spaces):
                words.append(text[start:stop])
                tags.append(tag)
                starts.append(start == low)
            end = high
        if end < len(text):
            words.append(text[end:])
            tags.append("_SP")
            starts.append(end == 0)
        return Doc(self.vocab, words=words, spaces=[False] * len(words), tags=tags, sent_starts=starts)


def _placed(tagged: Iterable[Word], at: int, spaces: set[int]) -> Iterator[tuple[int, int, str]]:
    """Where each word stands in the text, given the spaces that were left out; such a space is a word of its own."""
    for word in tagged:
        start = at
        for k in range(len(word.text)):
            if at in spaces:
                if k:
                    yield start, at, word.tag
                yield at, at + 1, "w"
                at += 1
                start = at
            at += 1
        yield start, at, word.tag
