"""Short calls that make values for tests, with defaults for everything."""

import hashlib

import numpy as np

from docintel.schema import (
    Block,
    BlockKind,
    Document,
    Extraction,
    HitKind,
    Issue,
    IssueCategory,
    Measure,
    MeasureCategory,
    Metric,
    Modality,
    Passage,
    Statistic,
    Status,
    Unit,
    UnitKind,
)


def make_document(text="某县医院药品采购权力集中。", **over):
    """A document with one paragraph a line; a line after `# ` is a heading, one after `## ` the title."""
    blocks, lines, at = [], [], 0
    for line in text.split("\n"):
        kind = BlockKind.TITLE if line.startswith("## ") else BlockKind.HEADING if line.startswith("# ") else None
        words = line.lstrip("# ") if kind else line
        blocks.append(Block(kind=kind or BlockKind.PARAGRAPH, start=at, end=at + len(words)))
        lines.append(words)
        at += len(words) + 1
    text = "\n".join(lines)
    values = {
        "id": hashlib.sha256(text.encode()).hexdigest(),
        "source": "报告.txt",
        "text": text,
        "blocks": tuple(block for block in blocks if block.end > block.start),
        "title": next((line for line, block in zip(lines, blocks, strict=True) if block.kind is BlockKind.TITLE), ""),
    }
    return Document(**values | over)


def evidence(document, quote):
    """The first place where a document says these words."""
    start = document.text.index(quote)
    return document.evidence(start, start + len(quote))


def make_issue(document, quote, **over):
    values = {"category": IssueCategory.POWER, "modality": Modality.FOUND}
    return Issue(evidence=evidence(document, quote), **values | over)


def make_measure(document, quote, **over):
    values = {"category": MeasureCategory.RULES, "status": Status.DONE}
    return Measure(evidence=evidence(document, quote), **values | over)


def make_statistic(document, quote, **over):
    values = {"value": 1.0, "unit_of_measure": "个", "metric": Metric.ISSUES_FOUND}
    return Statistic(evidence=evidence(document, quote), **values | over)


def make_unit(document, name, **over):
    values = {"canonical": name, "kind": UnitKind.HOSPITAL}
    return Unit(evidence=evidence(document, name), **values | over)


def make_extraction(text="某县医院药品采购权力集中。", *, issues=(), measures=(), source="报告.txt", **over):
    """An extraction; issues are quotes, measures are quotes or (quote, indexes of the issues they address)."""
    document = make_document(text, source=source) if isinstance(text, str) else text
    linked = [(m, ()) if isinstance(m, str) else m for m in measures]
    values = {
        "document": document,
        "issues": tuple(make_issue(document, quote) for quote in issues),
        "measures": tuple(make_measure(document, quote, addresses=tuple(links)) for quote, links in linked),
    }
    return Extraction(**values | over)


class BigramEncoder:
    """An encoder without a model: texts that share pairs of characters have similar vectors."""

    name = "bigrams"
    dim = 64

    def encode_queries(self, texts):
        return self.encode_passages(texts)

    def encode_passages(self, texts):
        rows = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for pair in zip(text, text[1:] or text, strict=False):
                row[int.from_bytes(hashlib.sha256("".join(pair).encode()).digest()[:2]) % self.dim] += 1
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def make_passage(text, **over):
    values = {"id": 1, "document": "d", "kind": HitKind.PASSAGE, "ordinal": 0, "start": 0, "end": len(text)}
    return Passage(text=text, **values | over)


class PassageList:
    """Passages that come and go, as an index follows them."""

    def __init__(self):
        self.passages, self.removed, self.newest = {}, [], 0

    def add(self, *texts, title="", **over):
        for text in texts:
            self.newest += 1
            self.passages[self.newest] = make_passage(text, id=self.newest, **over), title

    def remove(self, *ids):
        for id_ in ids:
            del self.passages[id_]
            self.removed.append(id_)

    def revision(self):
        return self.newest, len(self.removed)

    def passages_after(self, passage, limit):
        return [each for id_, each in sorted(self.passages.items()) if id_ > passage][:limit]

    def removed_after(self, removal):
        return self.removed[removal:]
