"""ONNX graphs of the sentence encoder: a BertModel, mean pooling and unit length.

In: tensors by their names in a BertModel's state; for 8 bits also the ranges of what enters each linear map. Out: a
graph in float32, which serves to check with and to find those ranges, or one that multiplies in 8 bits.

Bytes are exact enough here because large activations stand in few, always the same columns (Xiao et al. 2023,
SmoothQuant, arXiv:2211.10438): each column is divided by a power of two and its weights are multiplied by that. Behind
GELU, where the division would cost more than it saves, the four largest columns are multiplied in float32 (Dettmers et
al. 2022, LLM.int8(), arXiv:2208.07339). Scales are fixed at build time, so a sentence's vector does not depend on the
sentences beside it.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

BLOCK = 32
HEADS, HIDDEN, POSITIONS = 12, 384, 512
EPSILON = 1e-12
#: How much of a column's size its weights take over, 0 to 1, by the linear maps that it enters; 0 for others.
SMOOTHING = {"attention.self": 1.0, "intermediate.dense": 0.6}
#: How many columns are multiplied in float32.
OUTLIERS = {"output.dense": 4}
_LEAST = 1e-3  # of what is taken for a column's size
_CODES = 252  # of 256: room for what was not measured
WORDS = "embeddings.word_embeddings.weight"
_VECTORS = ("embeddings.position_embeddings.weight", "embeddings.token_type_embeddings.weight")


class Blocks(NamedTuple):
    """A matrix in 4 bits: value = code * scale of its block of 32 along the row."""

    codes: np.ndarray  # (rows, columns) int8, -8 to 7
    scales: np.ndarray  # (rows, columns / 32) float16

    def dequantise(self) -> np.ndarray:
        """The matrix in float32."""
        return self.codes * np.repeat(self.scales.astype(np.float32), BLOCK, axis=1)


Tensors = Mapping[str, np.ndarray | Blocks]


def plain(tensor: np.ndarray | Blocks) -> np.ndarray:
    """A tensor in float32."""
    return (tensor.dequantise() if isinstance(tensor, Blocks) else tensor).astype(np.float32)


def layer_count(tensors: Tensors) -> int:
    """How many layers a model has."""
    return 1 + max(int(name.split(".")[2]) for name in tensors if name.startswith("encoder.layer."))


class Range(NamedTuple):
    """The least and the largest value of each column that enters a linear map."""

    low: np.ndarray
    high: np.ndarray


class Graph:
    """The encoder in float32 under construction."""

    def __init__(self, tensors: Tensors) -> None:
        self._tensors = tensors
        self.layers = layer_count(tensors)
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: dict[str, onnx.TensorProto] = {}
        #: What enters each linear map, by its name.
        self.entering: dict[str, str] = {}

    def node(self, op: str, *inputs: str, output: str = "", domain: str = "", **attributes: object) -> str:
        """Add a node; its output's name is returned."""
        output = output or f"{op}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [output], name=output, domain=domain, **attributes))
        return output

    def fused(self, op: str, *inputs: str, **attributes: object) -> str:
        """Add one of onnxruntime's own operators."""
        return self.node(op, *inputs, domain="com.microsoft", **attributes)

    def constant(self, name: str, value: np.ndarray) -> str:
        """Add an initializer, once."""
        if name not in self.initializers:
            self.initializers[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def vector(self, name: str) -> str:
        """A bias, a norm, an embedding of positions or types: float32 in every graph."""
        return self.constant(name, self._tensors[name])

    def words(self, ids: str) -> str:
        """Rows of the word embeddings."""
        return self.node("Gather", self.constant(WORDS, plain(self._tensors[WORDS])), ids)

    def linear(self, x: str, entrance: str, names: Sequence[str]) -> list[str]:
        """Linear maps of one input.

        Args:
            x: what enters.
            entrance: where, as `Range`s are called.
            names: of the maps.
        """
        self.entering[entrance] = x
        return [self.node("Add", self._times(x, name), self.vector(f"{name}.bias")) for name in names]

    def norm(self, x: str, name: str) -> str:
        """LayerNorm."""
        weight, bias = self.vector(f"{name}.weight"), self.vector(f"{name}.bias")
        return self.node("LayerNormalization", x, weight, bias, axis=-1, epsilon=EPSILON)

    def _times(self, x: str, name: str) -> str:
        return self.node("MatMul", x, self.constant(f"{name}.weight", plain(self._tensors[f"{name}.weight"]).T))


class Int8Graph(Graph):
    """The encoder in 8 bits under construction."""

    def __init__(self, tensors: Tensors, ranges: Mapping[str, Range]) -> None:
        super().__init__(tensors)
        self._ranges = ranges

    def words(self, ids: str) -> str:
        """Rows of the word embeddings, unpacked from 4 bits."""
        codes, scales = self._tensors[WORDS]
        halves = (codes.reshape(len(codes), -1, 2, BLOCK // 2) + 8).astype(np.uint8)
        packed = self.constant(WORDS, (halves[:, :, 0] | halves[:, :, 1] << 4).reshape(len(codes), -1, BLOCK // 2))
        rows = self.node("Gather", packed, ids)
        low = self.node("BitwiseAnd", rows, self.constant("low", np.array(15, np.uint8)))
        high = self.node("BitShift", rows, self.constant("four", np.array(4, np.uint8)), direction="RIGHT")
        values = self.node("Cast", self.node("Concat", low, high, axis=-1), to=TensorProto.FLOAT)
        values = self.node("Sub", values, self.constant("eight", np.array(8, np.float32)))
        scale = self.node("Gather", self.constant(f"{WORDS}.scale", scales), ids)
        scale = self.node("Unsqueeze", scale, self.constant("last", np.array([-1])))
        scale = self.node("Cast", scale, to=TensorProto.FLOAT)
        flat = self.constant("flat", np.array([0, 0, HIDDEN]))
        return self.node("Reshape", self.node("Mul", values, scale), flat)

    def linear(self, x: str, entrance: str, names: Sequence[str]) -> list[str]:
        """Linear maps of one input; it becomes bytes once."""
        at, kind = self._ranges[entrance], entrance.split(".", 3)[3]
        largest = np.maximum(np.maximum(at.high, -at.low), _LEAST)
        divisors = np.exp2(np.round(np.log2(largest) * SMOOTHING.get(kind, 0.0))).astype(np.float32)
        outliers = np.sort(np.argsort(-largest, kind="stable")[: OUTLIERS.get(kind, 0)])
        kept = np.ones_like(divisors)
        kept[outliers] = 0
        scale, zero = _bytes(at, kept / divisors)
        divided = self.node("Mul", x, self.constant(f"{entrance}.divide", 1 / divisors)) if kind in SMOOTHING else x
        steps = (
            self.constant(f"{entrance}.scale", np.array(scale, np.float32)),
            self.constant(f"{entrance}.zero", np.array(zero, np.uint8)),
        )
        codes = self.node("QuantizeLinear", divided, *steps)
        made = [self._integers(codes, steps, name, divisors * kept) for name in names]
        if not len(outliers):
            return made
        exact = self.node("Gather", x, self.constant(f"{entrance}.outliers", outliers), axis=-1)
        return [self.node("Add", y, self._exact(exact, name, outliers)) for y, name in zip(made, names, strict=True)]

    def _integers(self, codes: str, steps: tuple[str, str], name: str, factors: np.ndarray) -> str:
        """A linear map of bytes, its weights multiplied by a factor a column, its bias added."""
        weight = plain(self._tensors[f"{name}.weight"]) * factors
        units = (np.abs(weight).max(axis=1) / 127).astype(np.float32)
        rounded = np.round(weight / units[:, None]).astype(np.int8)
        scale, zero = steps
        return self.fused(
            "MatMulIntegerToFloat",
            codes,
            self.constant(f"{name}.weight", rounded.T),
            scale,
            self.constant(f"{name}.units", units),
            zero,
            "",
            self.vector(f"{name}.bias"),
        )

    def _exact(self, columns: str, name: str, outliers: np.ndarray) -> str:
        weight = plain(self._tensors[f"{name}.weight"])[:, outliers]
        return self.node("MatMul", columns, self.constant(f"{name}.exact", weight.T))


def unpacked(model: onnx.ModelProto) -> dict[str, np.ndarray | Blocks]:
    """The tensors of an `Int8Graph`, as it rounded them: what it computes, but for the bytes of what passes through."""
    values = {each.name: numpy_helper.to_array(each) for each in model.graph.initializer}
    halves = values[WORDS].astype(np.int8)
    codes = np.concatenate([halves & 15, halves >> 4 & 15], axis=-1) - 8
    scales = values[f"{WORDS}.scale"]
    tensors: dict[str, np.ndarray | Blocks] = {WORDS: Blocks(codes.reshape(len(codes), -1), scales)}
    for name, value in values.items():
        if name.endswith(".bias") or name in _VECTORS or "LayerNorm" in name:
            tensors[name] = value
        elif name.endswith(".units"):
            linear = name.removesuffix(".units")
            kind = linear.split(".", 3)[3]
            entrance = linear.rsplit(".", 1)[0] if kind.startswith("attention.self") else linear
            weight = values[f"{linear}.weight"].T * value[:, None] * values.get(f"{entrance}.divide", np.float32(1))
            if f"{linear}.exact" in values:
                weight[:, values[f"{entrance}.outliers"]] = values[f"{linear}.exact"].T
            tensors[f"{linear}.weight"] = weight
    return tensors


def _bytes(at: Range, factors: np.ndarray) -> tuple[float, int]:
    """Scale and zero point of a byte; the scale has two digits, so that a range's last bits make no difference."""
    low, high = min(0.0, float((at.low * factors).min())), float((at.high * factors).max())
    scale = float(f"{(high - low) / _CODES:.1e}")
    return scale, round(-low / scale)


def _embed(graph: Graph) -> str:
    """Word, position and type embeddings, normalised; every token is of type 0."""
    words = graph.words(graph.node("Cast", "input_ids", to=TensorProto.INT32))
    zero, one = graph.constant("zero", np.array([0])), graph.constant("one", np.array([1]))
    length = graph.node("Shape", "input_ids", start=1, end=2)
    positions = graph.node("Slice", graph.vector("embeddings.position_embeddings.weight"), zero, length)
    first = graph.node("Slice", graph.vector("embeddings.token_type_embeddings.weight"), zero, one)
    return graph.norm(graph.node("Add", words, graph.node("Add", positions, first)), "embeddings.LayerNorm")


def _layer(graph: Graph, x: str, mask: str, name: str) -> str:
    own = f"{name}.attention.self"
    query, key, value = graph.linear(x, own, [f"{own}.{part}" for part in ("query", "key", "value")])
    attended = graph.fused("MultiHeadAttention", query, key, value, "", mask, num_heads=HEADS)
    out = f"{name}.attention.output"
    (attended,) = graph.linear(attended, f"{out}.dense", [f"{out}.dense"])
    x = graph.norm(graph.node("Add", attended, x), f"{out}.LayerNorm")
    (inner,) = graph.linear(x, f"{name}.intermediate.dense", [f"{name}.intermediate.dense"])
    (inner,) = graph.linear(graph.node("Gelu", inner), f"{name}.output.dense", [f"{name}.output.dense"])
    return graph.norm(graph.node("Add", inner, x), f"{name}.output.LayerNorm")


def _pool(graph: Graph, x: str) -> None:
    """The sum over the real tokens at unit length, which is the mean at unit length."""
    mask = graph.node("Unsqueeze", graph.node("Cast", "attention_mask", to=TensorProto.FLOAT), "one")
    total = graph.node("Squeeze", graph.node("MatMul", mask, x), "one")
    graph.node("LpNormalization", total, output="embedding", axis=-1, p=2)


def finish(graph: Graph, *, watched: bool = False) -> onnx.ModelProto:
    """The whole encoder; what enters the linear maps is put out too where it is watched."""
    x = _embed(graph)
    mask = graph.node("Cast", "attention_mask", to=TensorProto.INT32)
    for n in range(graph.layers):
        x = _layer(graph, x, mask, f"encoder.layer.{n}")
    _pool(graph, x)
    shape = ["batch", "tokens"]
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name in ("input_ids", "attention_mask")]
    outputs = [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", HIDDEN])]
    if watched:
        outputs += [helper.make_tensor_value_info(x, TensorProto.FLOAT, None) for x in graph.entering.values()]
    made = helper.make_graph(graph.nodes, "encoder", inputs, outputs, list(graph.initializers.values()))
    opsets = [helper.make_opsetid("", 21), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(made, opset_imports=opsets, ir_version=10)
