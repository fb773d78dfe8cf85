"""BM25 over lists of words, in memory: the yardstick for what is searched by words alone.

In: documents as words, with ids. Out: ids by score.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import log

#: The parameters that most engines ship with.
_K1, _B = 1.2, 0.75


class Bm25:
    """An index of documents that are lists of words.

    Source: Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond, 2009.
    """

    def __init__(self, documents: Mapping[int, Sequence[str]]) -> None:
        self._lengths = {id_: len(words) for id_, words in documents.items()}
        self._mean = sum(self._lengths.values()) / max(1, len(documents))
        self._postings: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        for id_, words in documents.items():
            for word, count in Counter(words).items():
                self._postings[word].append((id_, count))

    def search(
        self, words: Iterable[str], *, allowed: Iterable[int] | None = None, top_k: int = 10
    ) -> list[tuple[int, float]]:
        """Ids and scores, best first; equal scores in id order.

        Args:
            allowed: only these ids; None for all.
        """
        scores: defaultdict[int, float] = defaultdict(float)
        for word in set(words):
            found = self._postings.get(word, [])
            rarity = log(1 + (len(self._lengths) - len(found) + 0.5) / (len(found) + 0.5))
            for id_, count in found:
                scores[id_] += rarity * count * (_K1 + 1) / (count + _K1 * self._damping(id_))
        may = None if allowed is None else set(map(int, allowed))
        chosen = (pair for pair in scores.items() if may is None or pair[0] in may)
        return sorted(chosen, key=lambda pair: (-pair[1], pair[0]))[:top_k]

    def _damping(self, id_: int) -> float:
        return 1 - _B + _B * self._lengths[id_] / self._mean
