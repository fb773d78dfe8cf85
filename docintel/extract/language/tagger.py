"""Words and names from LAC, Baidu's lexical analyser, run by onnxruntime.

In: sentences. Out: for each the words with their part of speech, or PER, ORG, LOC, TIME for a name.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from docintel.config import models_dir
from docintel.errors import ModelError
from docintel.extract.language.characters import code_points
from docintel.extract.language.crf import Numbers, Scores, best_labels
from docintel.graphs import session

#: Longer stretches without any punctuation are cut here.
MAX_LENGTH = 256
#: Sentences in one run of the graph. A recurrent layer is no faster on more, and like lengths need little padding.
_BATCH = 4
#: Sentences whose scores are held at a time.
_HELD = 64
#: Twice as many sentences are remembered at most; their words take some 5 KB each.
_REMEMBERED = 1024


#: A word and its tag.
Word = tuple[str, str]


class Tagger:
    """A model folder as `scripts/build_tagger.py` writes it; the words of a sentence joined give the sentence back."""

    def __init__(self, folder: Path) -> None:
        """Load the model.

        Raises:
            ModelError: a file is missing or unreadable.
        """
        try:
            labels = json.loads((folder / "model.json").read_text(encoding="utf-8"))["labels"]
            rows = (folder / "characters.txt").read_bytes().decode().split("\n")
            self._transitions: Scores = np.load(folder / "transitions.npy")
            self._session = session((folder / "model.onnx").read_bytes(), threads=1)  # no faster on two
        except Exception as exc:  # onnxruntime raises bare Exceptions of its own for a damaged file
            raise ModelError(
                f"分词模型无法读取。 The tagger in {folder} cannot be read: {exc}",
                hint="请重新安装 docintel。 Reinstall docintel, or make the model anew: python scripts/build_tagger.py",
            ) from exc
        self._row_of = np.zeros(sys.maxunicode + 1, dtype=np.int32)  # by code point; row 0 is that of all others
        self._row_of[[ord(char) for chars in rows for char in chars]] = [
            n for n, chars in enumerate(rows) for _ in chars
        ]
        self._tags = [label.rsplit("-", 1)[0] for label in labels]
        self._inside = np.array([label.endswith("-I") for label in labels])
        self.forget()

    def tag(self, sentences: Sequence[str]) -> list[Sequence[Word]]:
        """Tag each sentence; an empty one gives no words.

        One that was seen lately, as in a repost, is not read again: what it is batched with does not change its scores.
        """
        lately, before = self._lately, self._before
        known = {text: words for text in sentences if (words := lately.get(text) or before.get(text))}
        new = [sentence for sentence in dict.fromkeys(sentences) if sentence not in known]
        known.update(zip(new, self._tag_each(new), strict=True))
        self._remember(known)
        return [known[sentence] for sentence in sentences]

    def rows(self, text: str) -> npt.NDArray[np.int32]:
        """The row of embeddings of each character; 0 is that of all that have none."""
        return self._row_of[code_points(text)]

    def forget(self) -> None:
        """Read every sentence again, for those who measure how long that takes."""
        self._lately: dict[str, Sequence[Word]] = {}
        self._before: dict[str, Sequence[Word]] = {}

    def _remember(self, tagged: Mapping[str, Sequence[Word]]) -> None:
        for sentence, words in tagged.items():
            if len(self._lately) >= _REMEMBERED:
                self._before, self._lately = self._lately, {}
            if len(sentence) <= MAX_LENGTH:
                self._lately[sentence] = words

    def _tag_each(self, sentences: Sequence[str]) -> list[list[Word]]:
        """Tag sentences that are not known."""
        pieces = [
            (i, sentence[k : k + MAX_LENGTH])
            for i, sentence in enumerate(sentences)
            for k in range(0, len(sentence), MAX_LENGTH)
        ]
        order = sorted(range(len(pieces)), key=lambda n: len(pieces[n][1]))
        tagged: list[list[Word]] = [[] for _ in pieces]
        for k in range(0, len(order), _HELD):
            held = order[k : k + _HELD]
            for n, words in zip(held, self._tag([pieces[n][1] for n in held]), strict=True):
                tagged[n] = words
        out: list[list[Word]] = [[] for _ in sentences]
        for (i, _), words in zip(pieces, tagged, strict=True):
            out[i].extend(words)
        return out

    def _tag(self, texts: Sequence[str]) -> Iterator[list[Word]]:
        """Tag texts of 1 to `MAX_LENGTH` characters, ordered by their lengths."""
        whole = "".join(texts)
        lengths = np.array([len(text) for text in texts], dtype=np.int32)
        starts: Numbers = np.cumsum(lengths, dtype=np.intp) - lengths
        rows = np.split(self.rows(whole), starts[_BATCH::_BATCH])
        scores = [self._scores(some, lengths[k * _BATCH : (k + 1) * _BATCH]) for k, some in enumerate(rows)]
        labels = best_labels(np.concatenate(scores), starts, self._transitions)
        begins = ~self._inside[labels]
        begins[starts] = True
        cuts = np.flatnonzero(begins)
        words = [
            (whole[low:high], self._tags[label])
            for (low, high), label in zip(
                pairwise([*cuts.tolist(), len(whole)]),
                labels[cuts].tolist(),
                strict=True,
            )
        ]
        for low, high in pairwise([*np.searchsorted(cuts, starts).tolist(), len(words)]):
            yield words[low:high]

    def _scores(self, rows: npt.NDArray[np.int32], lengths: npt.NDArray[np.int32]) -> Scores:
        """The scores of the characters of some sentences, one behind another: (characters, labels)."""
        inside = np.arange(lengths.max()) < lengths[:, None]
        padded = np.zeros(inside.shape, dtype=np.int32)
        padded[inside] = rows
        feeds = {"characters": np.ascontiguousarray(padded.T), "lengths": lengths}
        scores: Scores = self._session.run(None, feeds)[0]
        return scores.swapaxes(0, 1)[inside]


@cache
def shared_tagger() -> Tagger:
    """The process's tagger, loaded at the first call."""
    return Tagger(models_dir() / "tagger")
