"""An index of passages on a Milvus server, or in a file of milvus-lite: words as sparse vectors, meaning as dense ones.

The words are cut, counted and weighed here, not by Milvus: its own analysers drop tokens, and its BM25 knows neither
three fields of different weight nor terms that count in part. So both indexes find the same words.
"""

from docintel.index.milvus.index import MilvusIndex, delete_collection

__all__ = ["MilvusIndex", "delete_collection"]
