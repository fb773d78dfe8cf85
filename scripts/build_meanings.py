#!/usr/bin/env python
"""Build models/meanings: vectors of pieces of Chinese words, from the table of tokens of models/encoder.

In: the encoder. Out: pieces.json, vectors.npz; the same bytes at every run on one kind of processor. Kept are tokens of
Chinese characters alone, of their vectors the first principal components, in steps of 1/127 of the largest.
"""

import argparse
import json
import re
from io import BytesIO
from pathlib import Path

import numpy as np
import onnx
from onnx.utils import Extractor
from tokenizers import Tokenizer

from docintel.files import write_whole
from docintel.graphs import session

ROOT = Path(__file__).resolve().parent.parent
DIM = 256
_PIECE = re.compile("▁?([\u4e00-\u9fff]+)")


def token_vectors(encoder: Path, tokens: int) -> np.ndarray:
    """What the encoder looks up for each token, before it knows its place: (tokens, dim)."""
    model = onnx.load(encoder / "model.onnx")
    looked_up = next(node.output[0] for node in model.graph.node if node.op_type == "Reshape")
    model.graph.value_info.append(onnx.helper.make_tensor_value_info(looked_up, onnx.TensorProto.FLOAT, None))
    table = Extractor(model).extract_model(["input_ids"], [looked_up])
    found = session(table.SerializeToString()).run(None, {"input_ids": np.arange(tokens)[None]})[0]
    return found.reshape(tokens, -1)


def pieces_of(tokenizer: Tokenizer) -> dict[str, list[int]]:
    """The tokens of each piece: at the beginning of a text and elsewhere."""
    found: dict[str, list[int]] = {}
    for token, number in sorted(tokenizer.get_vocab().items()):
        if piece := _PIECE.fullmatch(token):
            found.setdefault(piece[1], []).append(number)
    return dict(sorted(found.items()))


def components(vectors: np.ndarray) -> np.ndarray:
    """The first principal components, so that all together vary by one on average; each with a sign of its own."""
    centred = vectors - vectors.mean(axis=0)
    values, directions = np.linalg.eigh(centred.T @ centred / len(centred))
    kept = directions[:, ::-1][:, :DIM]
    kept = kept * np.sign(kept[np.abs(kept).argmax(axis=0), np.arange(DIM)])
    return centred @ kept / np.sqrt(values[::-1][:DIM].mean())


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--encoder", type=Path, default=ROOT / "models" / "encoder")
    parser.add_argument("--out", type=Path, default=ROOT / "models" / "meanings")
    args = parser.parse_args()
    tokenizer = Tokenizer.from_file(str(args.encoder / "tokenizer.json"))
    pieces = pieces_of(tokenizer)
    table = token_vectors(args.encoder, tokenizer.get_vocab_size())
    vectors = components(np.stack([table[numbers].mean(axis=0) for numbers in pieces.values()]))
    step = np.abs(vectors).max() / 127
    stored = BytesIO()
    np.savez_compressed(stored, vectors=np.round(vectors / step).astype(np.int8), step=np.float32(step))
    args.out.mkdir(parents=True, exist_ok=True)
    write_whole(args.out / "pieces.json", json.dumps([*pieces], ensure_ascii=False).encode())
    write_whole(args.out / "vectors.npz", stored.getvalue())
    print(f"{len(pieces)} pieces, {len(stored.getvalue()) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
