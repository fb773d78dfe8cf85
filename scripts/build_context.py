#!/usr/bin/env python
"""Build models/context: the network that reads candidates in their context, in 8 bits.

In: weights.npz as `scripts/train_context.py` writes it. Out: model.onnx (characters to states), head.npz (states to
log-odds), model.json; the same bytes at every run.

Between two convolutions stand bytes, as `context_network.Body` has learned to do with: a convolution and its sum are
one operator each, and what stands far away changes nothing.
"""

import argparse
import hashlib
import json
from io import BytesIO
from pathlib import Path

import numpy as np
import onnx
from context_network import ADDED_STEP, ROLES
from onnx import TensorProto, helper, numpy_helper

from docintel.extract.work.context import CODE_OFFSETS, DILATIONS, PAIRS, SHARE, STEP, WIDTH, ZERO

FILES = ("model.onnx", "head.npz")
#: The labels that it has a say in; of the status of a measure the linear model knows more.
LABELS = ("issues.category", "issues.modality", "measures.category")
MICROSOFT = "com.microsoft"
Tensors = dict[str, np.ndarray]


class Graph:
    """Characters and pairs of characters to states, under construction."""

    def __init__(self, tensors: Tensors) -> None:
        self._tensors = tensors
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, onnx.TensorProto] = {}

    def finish(self) -> onnx.ModelProto:
        """The whole."""
        x = self._entered()
        for n, dilation in enumerate(DILATIONS):
            weight = self._tensors[f"convs.{n}"].transpose(1, 2, 0)
            made = self._convolution(x, f"convs.{n}", weight, self._tensors[f"biases.{n}"], dilation, STEP)
            x = self._node("QLinearAdd", x, *self._grid(), made, *self._added(), *self._grid(), domain=MICROSOFT)
        self._node("Squeeze", x, self._first(), output="states")
        names = ("characters", "pairs")
        inputs = [helper.make_tensor_value_info(name, TensorProto.INT32, ["n"]) for name in names]
        outputs = [helper.make_tensor_value_info("states", TensorProto.UINT8, ["n", WIDTH])]
        graph = helper.make_graph(self._nodes, "context", inputs, outputs, list(self._constants.values()))
        opsets = [helper.make_opsetid("", 21), helper.make_opsetid(MICROSOFT, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=10)

    def _entered(self) -> str:
        """What enters the first convolution: rows of both tables side by side, times a matrix."""
        units, parts = [], []
        for table, numbers in (("emb", "characters"), ("bi", "pairs")):
            rows = self._tensors[f"{table}.weight"]
            unit = np.abs(rows).max() / 127
            units.append(np.full(rows.shape[1], unit))
            codes = (np.round(rows / unit) + ZERO).astype(np.uint8)
            parts.append(self._node("Gather", self._constant(table, codes), numbers))
        side_by_side = self._node("Unsqueeze", self._node("Concat", *parts, axis=1), self._first())
        weight = (self._tensors["inp.weight"] * np.concatenate(units))[..., None]
        return self._convolution(side_by_side, "inp", weight, self._tensors["inp.bias"], 0, 1.0)

    def _convolution(self, x: str, name: str, weight: np.ndarray, bias: np.ndarray, dilation: int, step: float) -> str:
        """Bytes that count `step` to bytes; each character with those `dilation` before and behind it, or alone."""
        units, codes = _rounded(weight)
        added = (np.round(bias / (step * units))).astype(np.int32)
        out = self._grid() if dilation == 0 else self._added()
        return self._node(
            "QLinearConv",
            *(x, self._scalar(step, np.float32), self._scalar(ZERO, np.uint8)),
            *(self._constant(name, codes), self._constant(f"{name}.units", units), self._scalar(0, np.int8)),
            *out,
            self._constant(f"{name}.bias", added),
            domain=MICROSOFT,
            channels_last=1,
            kernel_shape=[weight.shape[2]],
            dilations=[max(1, dilation)],
            pads=[dilation, dilation],
        )

    def _grid(self) -> tuple[str, str]:
        """Of a byte of a state, what it counts and what stands for nothing."""
        return self._scalar(STEP, np.float32), self._scalar(ZERO, np.uint8)

    def _added(self) -> tuple[str, str]:
        """The same of what a convolution adds."""
        return self._scalar(ADDED_STEP, np.float32), self._scalar(0, np.uint8)

    def _first(self) -> str:
        return self._constant("first", np.array([0]))

    def _scalar(self, value: float, dtype: type) -> str:
        return self._constant(f"{np.dtype(dtype).name}.{value}", np.array(value, dtype))

    def _constant(self, name: str, value: np.ndarray) -> str:
        self._constants.setdefault(name, numpy_helper.from_array(np.array(value, order="C"), name))
        return name

    def _node(self, op: str, *inputs: str, output: str = "", domain: str = "", **attributes: object) -> str:
        output = output or f"{op}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(op, inputs, [output], name=output, domain=domain, **attributes))
        return output


def _rounded(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A unit for each row (the first axis), and the rows in bytes.

    In 7 bits: a processor of x86 without VNNI cuts the sum of two products of bytes at 16 bits.
    """
    units = np.maximum(np.abs(rows).reshape(len(rows), -1).max(axis=1), 1e-8) / 63
    shape = (-1, *[1] * (rows.ndim - 1))
    return units.astype(np.float32), np.round(rows / units.reshape(shape)).astype(np.int8)


def head_of(tensors: Tensors, labels: dict[str, list[str]]) -> Tensors:
    """The weights behind the states, those of the last layer at their share; two towers side by side."""
    towers = [tensors[f"head.{name}.weight"] for name in ("hid", "hid2")]
    both = np.concatenate([tower.T for tower in towers], axis=1)
    made = {
        "roles": STEP * both[: ROLES * WIDTH].reshape(ROLES, WIDTH, -1),
        "codes": tensors["head.codes.weight"],
        "known": both[ROLES * WIDTH :],
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
    onnx.save(Graph(body).finish(), args.out / "model.onnx")
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
