"""Turn sentences into vectors whose dot product says how near their meanings are.

In: texts. Out: one unit vector each, and the name of the model that made it, for the index's manifest.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from docintel.config import models_dir
from docintel.errors import ModelError
from docintel.graphs import session

Vectors = npt.NDArray[np.float32]

#: Padded tokens in one run of the graph: bounds the memory; 4096 fall out of the cache and are 15 % slower.
MAX_BATCH_TOKENS = 1024
_SHARED_TOKENS = 64  # of two windows of a long text: no clause is without what stands around it in both
_REINSTALL = "Reinstall docintel, or make the model anew: python scripts/build_encoder.py --out models/encoder"


class Encoder(Protocol):
    """What an index needs of a model."""

    @property
    def name(self) -> str:
        """Identity: two encoders of one name give the same vectors."""

    @property
    def dim(self) -> int:
        """Length of a vector."""

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode what is looked for: (n, dim) float32, rows unit length; no texts give (0, dim)."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Encode what is to be found; shape as for queries."""


class OnnxEncoder:
    """A model folder as `scripts/build_encoder.py` writes it, run by onnxruntime.

    Of a text longer than the model reads (512 tokens, about 700 characters) the vector is the mean of those of its
    windows.
    """

    def __init__(self, folder: Path, threads: int | None = None) -> None:
        """Load the model.

        Args:
            folder: holds model.onnx, tokenizer.json and model.json.
            threads: cores one encoding may use; None for all.

        Raises:
            ModelError: a file is missing or unreadable.
        """
        self.folder = folder
        self._threads = threads
        try:
            self._card: dict[str, Any] = json.loads((folder / "model.json").read_text(encoding="utf-8"))
            self._tokenizer = Tokenizer.from_str((folder / "tokenizer.json").read_text(encoding="utf-8"))
            self._session = session((folder / "model.onnx").read_bytes(), threads)
            self._tokenizer.enable_truncation(self._card["max_tokens"], stride=_SHARED_TOKENS)
            self.dim: int = self._card["dim"]
            self.name = f"encoder@{_digest(*(file['sha256'] for file in self._card['files'].values()))}"
        except Exception as exc:  # both libraries raise bare Exceptions of their own for a damaged file
            raise ModelError(f"The encoder in {folder} cannot be read: {exc}", hint=_REINSTALL) from exc
        self._tokenizer.encode_special_tokens = True  # "</s>" in a document is text

    def __reduce__(self) -> tuple[type["OnnxEncoder"], tuple[Path, int | None]]:
        """What another process needs to load it."""
        return OnnxEncoder, (self.folder, self._threads)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode what is looked for."""
        return self._encode([self._card["query_prefix"] + text for text in texts])

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Encode what is to be found."""
        return self._encode([self._card["passage_prefix"] + text for text in texts])

    def verify(self) -> None:
        """Compare every file with the sha256 in model.json.

        Raises:
            ModelError: one differs.
        """
        for name, file in self._card["files"].items():
            found = hashlib.sha256((self.folder / name).read_bytes()).hexdigest()
            if found != file["sha256"]:
                raise ModelError(
                    f"{self.folder / name} has sha256 {found}, not {file['sha256']} as model.json says.",
                    hint=_REINSTALL,
                )

    def _encode(self, texts: list[str]) -> Vectors:
        encodings = self._tokenizer.encode_batch(texts)
        windows = [[encoding.ids, *(more.ids for more in encoding.overflowing)] for encoding in encodings]
        rows = self._run([ids for its in windows for ids in its])
        if len(rows) == len(texts):
            return rows
        firsts = np.cumsum([0, *map(len, windows)])[:-1]
        means = np.add.reduceat(rows, firsts)
        return np.asarray(means / np.linalg.norm(means, axis=1, keepdims=True), dtype=np.float32)

    def _run(self, tokens: list[list[int]]) -> Vectors:
        """One row a list of tokens."""
        vectors = np.empty((len(tokens), self.dim), dtype=np.float32)
        for batch in batches([len(ids) for ids in tokens]):
            width = max(len(tokens[n]) for n in batch)
            ids = np.zeros((len(batch), width), dtype=np.int64)
            mask = np.zeros_like(ids)
            for row, n in enumerate(batch):
                ids[row, : len(tokens[n])] = tokens[n]
                mask[row, : len(tokens[n])] = 1
            vectors[batch] = self._session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
        return vectors


class SentenceTransformerEncoder:
    """Any SentenceTransformers model, on the GPU if there is one; costs seconds to import."""

    def __init__(
        self,
        model: str,
        *,
        query_prefix: str = "query: ",
        passage_prefix: str = "passage: ",
        local_files_only: bool = True,
    ) -> None:
        """Load the model.

        Args:
            model: a folder, or a name that the local model cache knows.
            query_prefix: what the model was trained to see before a query; the default is that of the E5 family.
            passage_prefix: the same for a passage.
            local_files_only: False lets the library download a model that is not on this machine.

        Raises:
            ModelError: there is no such model here.
        """
        from sentence_transformers import SentenceTransformer  # imports torch

        try:
            self._model = SentenceTransformer(model, local_files_only=local_files_only)
        except (OSError, ValueError) as exc:
            raise ModelError(
                f"No SentenceTransformers model {model!r} on this machine: {exc}", hint="Give the folder that holds it."
            ) from exc
        self._prefixes = query_prefix, passage_prefix
        self.dim = int(self._model.get_embedding_dimension() or 0)
        weights = (tensor.cpu().numpy().tobytes() for _, tensor in sorted(self._model.state_dict().items()))
        self.name = f"{Path(model).name}@{_digest(query_prefix, passage_prefix, *weights)}"

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode what is looked for."""
        return self._encode(self._prefixes[0], texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Encode what is to be found."""
        return self._encode(self._prefixes[1], texts)

    def _encode(self, prefix: str, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.empty((0, self.dim), dtype=np.float32)
        vectors = self._model.encode(
            [prefix + text for text in texts], normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(vectors, dtype=np.float32)


def load_encoder(name_or_path: str | None = None, threads: int | None = None) -> Encoder:
    """The shipped encoder, or another one.

    Args:
        name_or_path: None for the shipped one; a folder made by `scripts/build_encoder.py`; else the folder or name of
            a SentenceTransformers model.
        threads: cores an onnxruntime encoder may use; None for all.

    Raises:
        ModelError: the model is missing or damaged.
    """
    if name_or_path is None:
        return OnnxEncoder(models_dir() / "encoder", threads)
    if (Path(name_or_path) / "model.onnx").is_file():
        return OnnxEncoder(Path(name_or_path), threads)
    return SentenceTransformerEncoder(name_or_path)


def batches(lengths: Sequence[int], max_tokens: int = MAX_BATCH_TOKENS) -> Iterator[list[int]]:
    """Group texts of like length, so that little is padding.

    Args:
        lengths: of each text, in tokens.
        max_tokens: a batch of more than one text, padded, stays within this.

    Yields:
        Indexes into `lengths`, longest texts first; every index once.
    """
    order = sorted(range(len(lengths)), key=lambda n: (-lengths[n], n))
    while order:
        size = max(1, max_tokens // max(1, lengths[order[0]]))
        yield order[:size]
        order = order[size:]


def _digest(*parts: str | bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode() if isinstance(part, str) else part)
        digest.update(b"\0")
    return digest.hexdigest()[:12]
