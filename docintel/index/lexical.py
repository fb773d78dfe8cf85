"""The lexical index of one kind of passage: BM25 over terms, on tantivy.

Takes passages with their ids, gives ids by score. One folder; a commit is whole or not there.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import tantivy
from numpy.typing import NDArray

from docintel.errors import StoreError
from docintel.index.words import terms
from docintel.schema import Passage

_HEAP_BYTES = 30_000_000  # the least that keeps one writer thread from flushing small segments
#: Of many allowed ids, so many hits are looked through for those that pass; few are a condition of the query, which
#: costs 4 µs an id.
_LOOKED_THROUGH = 32_768
_SPARE = 1.5  # times the hits of which, by their share, as many as are asked for should be allowed
#: What stands around a passage counts, less than its words: the sentence or heading, and the document's title.
WEIGHTS = {"words": 1.0, "context": 0.5, "title": 0.25}


class LexicalIndex:
    """An index of terms in a folder, created when it is not there.

    Raises:
        StoreError: the folder holds something tantivy can't read.
    """

    def __init__(self, folder: Path) -> None:
        self._schema = _schema()
        folder.mkdir(parents=True, exist_ok=True)
        try:
            self._index = tantivy.Index(self._schema, path=str(folder))
        except ValueError as exc:
            raise StoreError(
                f"{folder} 不是可读的索引。 {folder} is no readable index: {exc}.",
                hint="重建索引 Run: docintel library rebuild",
            ) from exc

    def update(self, added: Iterable[tuple[Passage, str]], removed: Iterable[int]) -> None:
        """Take in passages (each with its title) and removals as one commit.

        Args:
            added: in id order. Those up to `newest` are there, from a run that died before it could write down what it
                had done, and are passed over.
            removed: ids; what is not there is no error.
        """
        newest = self.newest()
        fresh = [(passage, title) for passage, title in added if passage.id > newest]
        gone = list(removed) if newest else []
        if not fresh and not gone:
            return
        writer = self._writer()
        for id_ in gone:
            writer.delete_documents_by_term("id", id_)
        for passage, title in fresh:
            writer.add_document(_document(passage, title))
        writer.commit()
        writer.wait_merging_threads()
        self.reload()

    def clear(self) -> None:
        """Forget everything."""
        if len(self):
            writer = self._writer()
            writer.delete_all_documents()
            writer.commit()
            writer.wait_merging_threads()
            self.reload()

    def _writer(self) -> tantivy.IndexWriter:
        """A writer on the last commit. What one that died left behind goes: the next file may have its name."""
        writer = self._index.writer(_HEAP_BYTES, 1)
        writer.garbage_collect_files()
        return writer

    def reload(self) -> None:
        """See what another process has committed."""
        self._index.reload()

    def newest(self) -> int:
        """The largest id there is; 0 when there is none."""
        searcher = self._index.searcher()
        found = searcher.search(tantivy.Query.all_query(), 1, count=False, order_by_field="id").hits
        return int(found[0][0]) if found else 0

    def search(
        self,
        query: str | Mapping[str, float],
        *,
        allowed: Sequence[int] | NDArray[np.int64] | None = None,
        top_k: int = 10,
    ) -> list[tuple[int, float]]:
        """Ids and BM25 scores, best first; equal scores in id order. No known term gives no hits.

        Args:
            query: any text, or terms with what each counts.
            allowed: only these ids, ascending; None for all.
            top_k: at most so many.
        """
        words = dict.fromkeys(sorted(set(terms(query))), 1.0) if isinstance(query, str) else query
        if not words or top_k < 1 or (allowed is not None and not len(allowed)):
            return []
        wanted = self._any_of(words)
        if allowed is None:
            return _pairs(*self._best(wanted, top_k))
        among = np.asarray(allowed, dtype=np.int64)
        pool = int(_SPARE * top_k * max(1, len(self) / len(among)))
        if pool <= _LOOKED_THROUGH:
            ids, scores = self._best(wanted, pool)
            place = np.minimum(np.searchsorted(among, ids), len(among) - 1)
            passes = among[place] == ids
            if passes.sum() >= top_k or len(ids) < pool:
                return _pairs(ids[passes][:top_k], scores[passes][:top_k])
        return _pairs(*self._best(self._among(wanted, among), top_k))

    def _best(self, query: tantivy.Query, top_k: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Ids and scores, best first, equal scores in id order."""
        searcher = self._index.searcher()
        found = searcher.search(query, top_k, count=False).hits
        scores = np.array([score for score, _ in found], dtype=np.float64)
        ids = np.array(searcher.fast_field_values("id", [address for _, address in found]), dtype=np.int64)
        order = np.lexsort((ids, -scores))
        return ids[order], scores[order]

    def frequency(self, term: str) -> int:
        """How many passages have a term among their words."""
        return int(self._index.searcher().doc_freq("words", term))

    def __len__(self) -> int:
        return int(self._index.searcher().num_docs)

    def holding(self, words: Sequence[str] | None, character: str = "") -> NDArray[np.int64]:
        """Ids of the passages that have all of some terms, ascending; all among their words, or all in their title.

        Args:
            words: terms.
            character: stands for the terms where there are none: those with this in them count, one is enough.
        """
        parts = [
            [self._in(field, word) for word in words]
            if words
            else [tantivy.Query.regex_query(self._schema, field, f".*{re.escape(character)}.*")]
            for field in ("words", "title")
        ]
        either = [
            (tantivy.Occur.Should, tantivy.Query.boolean_query([(tantivy.Occur.Must, part) for part in of]))
            for of in parts
        ]
        searcher = self._index.searcher()
        found = searcher.search(tantivy.Query.boolean_query(either), max(1, len(self)), count=False).hits
        return np.sort(np.array(searcher.fast_field_values("id", [at for _, at in found]), dtype=np.int64))

    def _in(self, field: str, word: str) -> tantivy.Query:
        return tantivy.Query.term_query(self._schema, field, word, "basic")

    def _any_of(self, words: Mapping[str, float]) -> tantivy.Query:
        """Any of the terms by their weights, in the words, the context or the title.

        Tantivy skips what can't be among the best of such a query (block-max WAND) only while it is a plain union of
        terms: a further condition costs three times as much.
        """
        parts = [
            (
                tantivy.Occur.Should,
                tantivy.Query.boost_query(
                    tantivy.Query.term_query(self._schema, field, word, "freq"), field_weight * weight
                ),
            )
            for field, field_weight in WEIGHTS.items()
            for word, weight in words.items()
        ]
        return tantivy.Query.boolean_query(parts)

    def _among(self, query: tantivy.Query, ids: NDArray[np.int64]) -> tantivy.Query:
        """The query with a condition that adds nothing to the score."""
        condition = tantivy.Query.const_score_query(tantivy.Query.term_set_query(self._schema, "id", ids.tolist()), 0.0)
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, query), (tantivy.Occur.Must, condition)])


def _pairs(ids: NDArray[np.int64], scores: NDArray[np.float64]) -> list[tuple[int, float]]:
    return list(zip(ids.tolist(), scores.tolist(), strict=True))


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("id", indexed=True, fast=True)
    for field in WEIGHTS:  # cut into terms by us, so white space is the only boundary
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    return builder.build()


def _document(passage: Passage, title: str) -> tantivy.Document:
    document = tantivy.Document()
    document.add_integer("id", passage.id)
    for field, text in (("words", passage.text), ("context", passage.context), ("title", title)):
        document.add_text(field, " ".join(terms(text)))
    return document
