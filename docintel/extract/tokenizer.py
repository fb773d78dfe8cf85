"""Text → spaCy Doc with its words, parts of speech and names as the network reads them."""

from spacy.tokens import Doc
from spacy.vocab import Vocab

from docintel.extract.language.reading import NAME_TAGS
from docintel.extract.language.words import read_words

#: Where a Doc keeps the states of its characters until the first component takes them.
STATES = "docintel.states"


class NetworkTokenizer:
    """A spaCy tokenizer; `token.tag_` is the part of speech, or PER, ORG, LOC, TIME for a name; names are `doc.ents`.

    The tokens cover the text exactly: `doc.text == text`. White space between sentences is a token of its own, with the
    tag `_SP`.
    """

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        """Split and tag a text."""
        words: list[str] = []
        tags: list[str] = []
        starts: list[bool | int | None] = []
        end = 0

        def add_gap(until: int) -> None:
            if until > end:
                words.append(text[end:until])
                tags.append("_SP")
                starts.append(end == 0)

        read = read_words(text)
        for sentence in read.sentences:
            add_gap(sentence[0].start)
            words += [text[word.start : word.end] for word in sentence]
            tags += [word.label for word in sentence]
            starts += [word is sentence[0] for word in sentence]
            end = sentence[-1].end
        add_gap(len(text))
        ents = [f"B-{tag}" if tag in NAME_TAGS else "O" for tag in tags]
        doc = Doc(
            self.vocab,
            words=words,
            spaces=[False] * len(words),
            tags=tags,
            sent_starts=starts,
            ents=ents,
        )
        doc.user_data[STATES] = read.states
        return doc
