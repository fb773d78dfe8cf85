"""The lexical index: BM25 over terms, on tantivy.

Takes passages with their ids, gives ids by score. One folder; a commit is whole or not there.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import tantivy

from docintel.errors import StoreError
from docintel.index.words import terms
from docintel.schema import HitKind, Passage

_HEAP_BYTES = 30_000_000  # the least that keeps one writer thread from flushing small segments
#: What stands around a passage counts, less than its words: the sentence or heading, and the document's title.
_WEIGHTS = {"words": 1.0, "context": 0.5, "title": 0.25}


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
            raise StoreError(f"{folder} is no readable index: {exc}.", hint="Run: docintel library rebuild") from exc

    def update(self, added: Iterable[tuple[Passage, str]], removed: Iterable[int], *, newest: int) -> None:
        """Take in passages (each with its title) and removals as one commit.

        Args:
            newest: the largest id known to be in the index. Larger ids are from a run that died before it could
                write down what it had done, and are dropped first.
        """
        writer = self._index.writer(_HEAP_BYTES, 1)
        writer.delete_documents_by_query(
            tantivy.Query.range_query(self._schema, "id", tantivy.FieldType.Integer, lower_bound=newest + 1)
        )
        for id_ in removed:
            writer.delete_documents_by_term("id", id_)
        for passage, title in added:
            writer.add_document(_document(passage, title))
        writer.commit()
        writer.wait_merging_threads()
        self.reload()

    def reload(self) -> None:
        """See what another process has committed."""
        self._index.reload()

    def search(
        self, query: str, *, kind: HitKind, allowed: Sequence[int] | None = None, top_k: int = 10
    ) -> list[tuple[int, float]]:
        """Ids and BM25 scores, best first; equal scores in id order. No known term gives no hits.

        Args:
            query: any text.
            kind: only passages of this kind.
            allowed: only these ids; None for all.
            top_k: at most so many.
        """
        words = sorted(set(terms(query)))
        if not words or top_k < 1:
            return []
        must = [(tantivy.Occur.Must, self._any_of(words)), (tantivy.Occur.Must, self._exactly("kind", [str(kind)]))]
        if allowed is not None:
            must.append((tantivy.Occur.Must, self._exactly("id", list(allowed))))
        searcher = self._index.searcher()
        found = searcher.search(tantivy.Query.boolean_query(must), top_k, count=False).hits
        ids = searcher.fast_field_values("id", [address for _, address in found])
        pairs = [(int(id_ or 0), float(score)) for id_, (score, _) in zip(ids, found, strict=True)]
        return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))

    def __len__(self) -> int:
        return int(self._index.searcher().num_docs)

    def _any_of(self, words: list[str]) -> tantivy.Query:
        """Any of the terms, in the words, the context or the title."""
        parts = [
            (
                tantivy.Occur.Should,
                tantivy.Query.boost_query(tantivy.Query.term_query(self._schema, field, word, "freq"), weight),
            )
            for field, weight in _WEIGHTS.items()
            for word in words
        ]
        return tantivy.Query.boolean_query(parts)

    def _exactly(self, field: str, values: list[str] | list[int]) -> tantivy.Query:
        """A condition that adds nothing to the score."""
        return tantivy.Query.const_score_query(tantivy.Query.term_set_query(self._schema, field, values), 0.0)


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("id", indexed=True, fast=True)
    builder.add_text_field("kind", tokenizer_name="raw", index_option="basic")
    for field in _WEIGHTS:  # cut into terms by us, so white space is the only boundary
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    return builder.build()


def _document(passage: Passage, title: str) -> tantivy.Document:
    document = tantivy.Document()
    document.add_integer("id", passage.id)
    document.add_text("kind", str(passage.kind))
    for field, text in (("words", passage.text), ("context", passage.context), ("title", title)):
        document.add_text(field, " ".join(terms(text)))
    return document
