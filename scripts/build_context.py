#!/usr/bin/env python
"""Build models/context: the network that reads candidates in their context, in 8 bits.

In: weights.npz as `scripts/train_context.py` writes it, and for the ranges of 8 bits the reports of `corpora/`. Out:
model.onnx (characters to states), head.npz (states to log-odds), model.json; the same bytes at every run.

What enters a convolution is a byte: each column is divided by its largest size over the reports, and its weights are
multiplied by that (Xiao et al. 2023, SmoothQuant, arXiv:2211.10438). Scales are fixed, so what stands far away changes
nothing.
"""

import argparse
import hashlib
import json
from io import BytesIO
from pathlib import Path

import numpy as np
import onnx
from annotated import own_documents
from onnx import TensorProto, helper, numpy_helper

from docintel.extract.work.context import CODE_OFFSETS, DILATIONS, PAIRS, SHARE, WIDTH, Characters
from docintel.graphs import session
from docintel.parse.sandbox import parse
from docintel.text.normalize import fold

CORPORA = Path(__file__).resolve().parent.parent / "corpora"
FILES = ("model.onnx", "head.npz")
EPSILON = 1e-5
#: The labels that it has a say in; of the status of a measure the linear model knows more.
LABELS = ("issues.category", "issues.modality", "measures.category")
#: Documents whose characters show how large columns get.
MEASURED = 60
_REACH = max(DILATIONS)
Tensors = dict[str, np.ndarray]


class Graph:
    """Characters and pairs of characters to states, under construction; in float32 where no sizes are given."""

    def __init__(self, tensors: Tensors, sizes: Tensors | None = None) -> None:
        self._tensors, self._sizes = tensors, sizes
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, onnx.TensorProto] = {}
        self.entering: list[str] = []

    def finish(self, *, watched: bool = False) -> onnx.ModelProto:
        """The whole; what enters the convolutions is put out too where it is watched."""
        x = self._node("Concat", self._rows("emb", "characters"), self._rows("bi", "pairs"), axis=1)
        x = self._node("Add", self._times(x, "inp"), self._tensor("inp.bias"))
        for n, dilation in enumerate(DILATIONS):
            made = self._convolution(self._norm(x, f"norms.{n}"), f"convs.{n}", dilation)
            x = self._node("Add", x, self._node("Relu", made))
        self._norm(x, "out", output="states")
        inputs = [helper.make_tensor_value_info(name, TensorProto.INT32, ["n"]) for name in ("characters", "pairs")]
        names = ["states", *(self.entering if watched else ())]
        outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", WIDTH]) for name in names]
        graph = helper.make_graph(self._nodes, "context", inputs, outputs, list(self._constants.values()))
        opsets = [helper.make_opsetid("", 21), helper.make_opsetid("com.microsoft", 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=10)

    def _node(self, op: str, *inputs: str, output: str = "", domain: str = "", **attributes: object) -> str:
        output = output or f"{op}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(op, inputs, [output], name=output, domain=domain, **attributes))
        return output

    def _constant(self, name: str, value: np.ndarray) -> str:
        self._constants.setdefault(name, numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def _tensor(self, name: str, factor: np.ndarray | float = 1.0) -> str:
        return self._constant(name, (self._tensors[name] * factor).astype(np.float32))

    def _rows(self, table: str, numbers: str) -> str:
        """Rows of an embedding, in bytes with a scale a row."""
        units, codes = _rounded(self._tensors[f"{table}.weight"])
        rows = self._node("Gather", self._constant(table, codes), numbers)
        scale = self._node("Gather", self._constant(f"{table}.units", units[:, None].astype(np.float16)), numbers)
        real = (self._node("Cast", each, to=TensorProto.FLOAT) for each in (rows, scale))
        return self._node("Mul", *real)

    def _times(self, x: str, name: str) -> str:
        return self._node("MatMul", x, self._constant(f"{name}.weight", self._tensors[f"{name}.weight"].T))

    def _norm(self, x: str, name: str, output: str = "") -> str:
        divisor = self._sizes[name] if self._sizes and name in self._sizes else 1.0
        scale, bias = (self._tensor(f"{name}.{part}", 1 / divisor) for part in ("weight", "bias"))
        return self._node("LayerNormalization", x, scale, bias, output=output, axis=-1, epsilon=EPSILON)

    def _convolution(self, x: str, name: str, dilation: int) -> str:
        """Each character with the ones `dilation` before and behind it; nothing stands beyond the ends."""
        self.entering.append(x)
        if self._sizes:
            unit, zero = np.float32(1 / 127), np.uint8(128)
            steps = (self._constant("unit", np.array(unit)), self._constant("zero", np.array(zero)))
            x = self._node("QuantizeLinear", x, *steps)
        empty = self._constant("empty", np.array(128, np.uint8) if self._sizes else np.array(0, np.float32))
        around = self._constant(f"around.{dilation}", np.array([dilation, 0, dilation, 0]))
        padded = self._node("Pad", x, around, empty)
        ends = {k: self._constant(f"at.{k}", np.array([k])) for k in (0, 2 * dilation, -2 * dilation)}
        last = self._constant("last", np.array([2**31]))
        before = self._node("Slice", padded, ends[0], ends[-2 * dilation], ends[0])
        behind = self._node("Slice", padded, ends[2 * dilation], last, ends[0])
        three = self._node("Concat", before, x, behind, axis=1)
        if not self._sizes:
            return self._node("Add", self._times(three, name), self._tensor(f"{name}.bias"))
        weight = self._tensors[f"{name}.weight"] * np.tile(self._sizes[name.replace("convs", "norms")], 3)
        units, codes = _rounded(weight)
        kernel, scale = self._constant(name, codes.T), self._constant(f"{name}.units", units)
        bias = self._tensor(f"{name}.bias")
        parts = (three, kernel, steps[0], scale, steps[1], "", bias)
        return self._node("MatMulIntegerToFloat", *parts, domain="com.microsoft")


def _rounded(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A unit a row, and the rows in bytes."""
    units = (np.maximum(np.abs(rows).max(axis=1), 1e-8) / 127).astype(np.float32)
    return units, np.round(rows / units[:, None]).astype(np.int8)


def measured(tensors: Tensors) -> Tensors:
    """How large each column gets that enters a convolution, by the norm that it leaves."""
    graph = Graph(tensors)
    watching = session(graph.finish(watched=True).SerializeToString())
    sizes = [np.zeros(WIDTH, np.float32) for _ in DILATIONS]
    for _, source in own_documents(CORPORA)[0][:MEASURED]:
        text = Characters.of(fold(parse(source).main_text))
        values = watching.run(graph.entering, text._asdict())
        sizes = [np.maximum(size, np.abs(value).max(axis=0)) for size, value in zip(sizes, values, strict=True)]
    return {f"norms.{n}": np.maximum(size, 1e-3) for n, size in enumerate(sizes)}


def head_of(tensors: Tensors, labels: dict[str, list[str]]) -> Tensors:
    """The weights behind the states, those of the last layer at their share; two towers side by side."""
    towers = [tensors[f"head.{name}.weight"] for name in ("hid", "hid2")]
    roles = np.concatenate([tower[:, : 10 * WIDTH].T for tower in towers], axis=1).reshape(10, WIDTH, -1)
    codes = [tensors["head.codes.weight"] @ tower[:, 10 * WIDTH :].T for tower in towers]
    made = {
        "roles": roles,
        "codes": np.concatenate(codes, axis=1),
        "bias": np.concatenate([tensors[f"head.{name}.bias"] for name in ("hid", "hid2")]),
        "kind": SHARE * tensors["head.kind.weight"].T,
        "kind.bias": SHARE * tensors["head.kind.bias"],
    }
    for name in LABELS:
        own = name.replace(".", "_")
        made[name] = SHARE * tensors[f"head.heads.{own}.weight"].T
        made[f"{name}.bias"] = SHARE * tensors[f"head.heads.{own}.bias"]
        if len(said := tensors[f"head.op.{own}.weight"]) == len(labels[name]):
            made[f"{name}.said"] = SHARE * said
    return {name: value.astype(np.float16) for name, value in made.items()}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weights", type=Path, default=Path(".build/context/weights.npz"))
    parser.add_argument("--out", type=Path, default=Path("models/context"))
    args = parser.parse_args()
    with np.load(args.weights) as stored:
        tensors = {name: stored[name].astype(np.float32) for name in stored if name != "labels"}
        labels = json.loads(str(stored["labels"]))
    if len(tensors["head.codes.weight"]) != CODE_OFFSETS[-1] or len(tensors["body.bi.weight"]) != PAIRS:
        raise SystemExit(f"{args.weights} was trained for other properties of candidates: run train_context.py anew.")
    body = {name.removeprefix("body."): value for name, value in tensors.items() if name.startswith("body.")}
    args.out.mkdir(parents=True, exist_ok=True)
    onnx.save(Graph(body, measured(body)).finish(), args.out / "model.onnx")
    stored = BytesIO()
    np.savez_compressed(stored, **head_of(tensors, labels))
    (args.out / "head.npz").write_bytes(stored.getvalue())
    card = {
        "title": "Candidates read in their context",
        "version": "1",
        "licence": "Apache-2.0",
        "labels": {name: labels[name] for name in LABELS},
        "files": {
            name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name in FILES
            for data in [(args.out / name).read_bytes()]
        },
    }
    (args.out / "model.json").write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{args.out}: {sum(each['bytes'] for each in card['files'].values()) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
