"""Text → spaCy Doc with the tagger's words, parts of speech and names."""

from spacy.tokens import Doc
from spacy.vocab import Vocab

from docintel.extract.tagger import Tagger, shared_tagger
from docintel.text.normalize import fold
from docintel.text.script import is_traditional, to_simplified
from docintel.text.sentences import split_sentences


class LacTokenizer:
    """A spaCy tokenizer: words of LAC, `token.tag_` their part of speech or PER, ORG, LOC, TIME.

    The tokens cover the text exactly: `doc.text == text`. White space between sentences is a token of its own. The
    tagger knows Simplified characters only, so Traditional text is tagged as Simplified.
    """

    def __init__(self, vocab: Vocab, tagger: Tagger | None = None) -> None:
        self.vocab = vocab
        self._tagger = tagger or shared_tagger()

    def __call__(self, text: str) -> Doc:
        """Split and tag a text."""
        plain = to_simplified(text) if is_traditional(text) else text
        spans = split_sentences(fold(text))
        words: list[str] = []
        tags: list[str] = []
        starts: list[bool | int | None] = []
        end = 0
        for (low, high), tagged in zip(spans, self._tagger.tag([plain[low:high] for low, high in spans]), strict=True):
            if low > end:
                words.append(text[end:low])
                tags.append("_SP")
                starts.append(end == 0)
            at = low
            for i, word in enumerate(tagged):
                words.append(text[at : at + len(word.text)])
                at += len(word.text)
                tags.append(word.tag)
                starts.append(i == 0)
            end = high
        if end < len(text):
            words.append(text[end:])
            tags.append("_SP")
            starts.append(end == 0)
        return Doc(self.vocab, words=words, spaces=[False] * len(words), tags=tags, sent_starts=starts)
