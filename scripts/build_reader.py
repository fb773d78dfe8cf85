#!/usr/bin/env python
"""Build models/reader: the network that reads, in 8 bits, and what judges candidates by its states.

In: weights.npz as `scripts/train_reader.py` writes it, and LAC's characters (extra `train`). Out: model.onnx, from
characters to labels and states, characters.txt, head.npz, from states to log-odds, and model.json; the same bytes at
every run.

Between two convolutions stand bytes, as `reader_network.Body` has learned to do with: a convolution and its sum are one
operator each, and what stands far away changes nothing.
"""

import argparse
import hashlib
import json
from io import BytesIO
from pathlib import Path

import lac
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from reader_network import ADDED_STEP, ROLES

from docintel.extract.language.network import DILATIONS, NEIGHBOURS, STEP, WIDTH, ZERO, Characters
from docintel.extract.work.context import CODE_OFFSETS, SHARE

FILES = ("model.onnx", "characters.txt", "head.npz")
#: The labels that it has a say in; of the status of a measure the linear model knows more.
LABELS = ("issues.category", "issues.modality", "measures.category")
MICROSOFT = "com.microsoft"
Tensors = dict[str, np.ndarray]


class Graph:
    """Characters, alone and with those behind them, to labels and states, under construction."""

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
        scores = self._scores(self._node("Squeeze", x, self._first()))
        state = self._convolution(
            x, "state", self._tensors["state.weight"][..., None], self._tensors["state.bias"], 0, STEP
        )
        self._node("Squeeze", state, self._first(), output="states")
        best = self._node("ArgMax", scores, axis=1, keepdims=0)
        self._node("Cast", best, output="labels", to=TensorProto.UINT8)
        names = Characters._fields
        inputs = [helper.make_tensor_value_info(name, TensorProto.INT32, ["n"]) for name in names]
        outputs = [
            helper.make_tensor_value_info("labels", TensorProto.UINT8, ["n"]),
            helper.make_tensor_value_info("states", TensorProto.UINT8, ["n", WIDTH]),
        ]
        graph = helper.make_graph(self._nodes, "reader", inputs, outputs, list(self._constants.values()))
        opsets = [helper.make_opsetid("", 21), helper.make_opsetid(MICROSOFT, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=10)

    def _entered(self) -> str:
        """What enters the first convolution: rows of the tables side by side, times a matrix."""
        units, parts = [], []
        for table, numbers in (("emb", "characters"), ("bi", "pairs"), ("tri", "triples")):
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

    def _scores(self, hidden: str) -> str:
        """The scores of the labels."""
        units, codes = _rounded(self._tensors["tag.weight"])
        weight = (self._constant("tag", codes.T), self._scalar(STEP, np.float32), self._constant("tag.units", units))
        zero, bias = self._scalar(ZERO, np.uint8), self._constant("tag.bias", self._tensors["tag.bias"])
        return self._node("MatMulIntegerToFloat", hidden, *weight, zero, "", bias, domain=MICROSOFT)

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
    towers = [("head", "hid"), ("labelling", "hid2")]
    states, codes = zip(
        *(np.split(tensors[f"{of}.{name}.weight"].T, [ROLES * WIDTH]) for of, name in towers), strict=True
    )
    made = {
        "roles": STEP * np.concatenate(states, axis=1).reshape(ROLES, WIDTH, -1),
        "codes": np.concatenate(
            [tensors[f"{of}.codes.weight"] @ part for (of, _), part in zip(towers, codes, strict=True)], axis=1
        ),
        "bias": np.concatenate([tensors[f"{of}.{name}.bias"] for of, name in towers]),
        "kind": SHARE * tensors["head.kind.weight"].T,
        "kind.bias": SHARE * tensors["head.kind.bias"],
    }
    for name in LABELS:
        own = name.replace(".", "_")
        made[name] = SHARE * tensors[f"labelling.heads.{own}.weight"].T
        made[f"{name}.bias"] = SHARE * tensors[f"labelling.heads.{own}.bias"]
        if len(said := tensors[f"labelling.op.{own}.weight"]) == len(labels[name]):
            made[f"{name}.said"] = SHARE * said
    return {name: value.astype(np.float16) for name, value in made.items()}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weights", type=Path, default=Path(".build/reader/weights.npz"))
    parser.add_argument("--out", type=Path, default=Path("models/reader"))
    args = parser.parse_args()
    with np.load(args.weights) as stored:
        tensors = {name: stored[name].astype(np.float32) for name in stored if name != "labels"}
        labels = json.loads(str(stored["labels"]))
    if len(tensors["head.codes.weight"]) != CODE_OFFSETS[-1] or len(tensors["body.bi.weight"]) != NEIGHBOURS:
        raise SystemExit(f"{args.weights} was trained for other properties of candidates: run train_reader.py anew.")
    body = {name.removeprefix("body."): value for name, value in tensors.items() if name.startswith("body.")}
    args.out.mkdir(parents=True, exist_ok=True)
    onnx.save(Graph(body).finish(), args.out / "model.onnx")
    (args.out / "characters.txt").write_bytes("\n".join(lac.characters()[0]).encode())
    stored = BytesIO()
    np.savez_compressed(stored, **head_of(tensors, labels))
    (args.out / "head.npz").write_bytes(stored.getvalue())
    card = {
        "title": "Text read: words, tags, and the context of candidates",
        "version": "1",
        "licence": "Apache-2.0",
        "tags": lac.labels(),
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
