"""What the network of context is taught by: `scripts/train_context.py`."""

import random
from itertools import islice, pairwise, product
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.slow  # sentence-transformers takes seconds to import


@pytest.fixture(scope="module")
def script():
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.syspath_prepend(Path(__file__).parents[2] / "scripts")
    import train_context

    yield train_context
    monkeypatch.undo()


def test_marginals_are_those_of_all_paths(script):
    rng = np.random.default_rng(0)
    scores, transitions = rng.normal(size=(4, 2, 3)), rng.normal(size=(3, 3))
    lengths = [4, 2]
    given = (torch.tensor(scores), torch.tensor(lengths), torch.tensor(transitions))
    found = script.marginals(*given).numpy()
    for sentence, length in enumerate(lengths):
        expected = np.zeros((length, 3))
        for path in product(range(3), repeat=length):
            passed = sum(transitions[pair] for pair in pairwise(path))
            weight = np.exp(passed + sum(scores[t, sentence, label] for t, label in enumerate(path)))
            expected[np.arange(length), path] += weight
        expected /= expected.sum(axis=1, keepdims=True)
        assert np.allclose(found[:length, sentence], expected)


def test_a_round_reads_every_window_once_and_keeps_lines_together(script):
    bounds = np.arange(0, script.WINDOWS * script.WINDOW + 1, script.WINDOW // script.TOGETHER)
    at = next(script.windows(bounds, np.random.default_rng(0)))
    assert sorted(at.ravel()) == list(range(bounds[-1]))
    assert (np.diff(at, axis=0) == 1).all()
    others = next(islice(script.windows(bounds, np.random.default_rng(1)), 1, None))
    assert (at != others).any()


def test_a_person_and_a_place_become_the_same_others_throughout(script):
    words = [
        ("张三", "PER"),
        ("在", "p"),
        ("清河县", "LOC"),
        ("，", "w"),
        ("清河县纪委", "ORG"),
        ("查", "v"),
        ("张三", "PER"),
    ]
    text = script.exchanged(words, ["李四"], ["临江市"], random.Random(0))
    assert text == "李四在临江市，临江市纪委查李四"


def test_a_candidate_is_told_by_its_ends_and_means(script):
    from context_network import told_by

    states = torch.arange(6.0)[:, None].repeat(1, 2)
    stretches = torch.tensor([[[0, 2], [0, 6], [0, 0], [2, 6], [0, 0], [5, 6]]])
    told = told_by(states, stretches)[0, ::2].tolist()
    assert told == [0, 1, 0, 2, 0.5, 2.5, 0, 3.5, 0, 5]


def test_a_convolution_is_that_of_torch():
    from context_network import Convolution

    torch.manual_seed(0)
    given = [torch.randn(size, dtype=torch.float64, requires_grad=True) for size in ((14, 4), (3, 4, 4), (4,))]
    rows, weight, bias = given
    found = Convolution.apply(rows, weight, bias, 4)  # two texts of seven characters, two apart
    texts = rows.view(7, 2, 4).permute(1, 2, 0)
    same = torch.nn.functional.conv1d(texts, weight.permute(1, 2, 0), bias, padding=2, dilation=2)
    assert torch.allclose(found.view(7, 2, 4), same.permute(2, 0, 1))
    assert torch.autograd.gradcheck(lambda *some: Convolution.apply(*some, 4), given)


def test_the_graph_computes_what_the_network_in_torch_does(script):
    from build_context import Graph
    from context_network import Body

    from docintel.extract.work.context import STEP, ZERO, Characters
    from docintel.graphs import session

    torch.manual_seed(0)
    body = Body().eval()
    body.rounded = True
    for weight in body.convs:
        weight.data *= 3
    text = Characters.of("青岚市纪委监委约谈李望舒等6人次。\n" * 9)
    tensors = {name: value.numpy() for name, value in body.state_dict().items()}
    (states,) = session(Graph(tensors).finish().SerializeToString()).run(None, text._asdict())
    with torch.no_grad():
        expected = body(torch.from_numpy(text.characters).long()[:, None])[:, 0].float()
    away = np.abs((states.astype(np.float32) - ZERO) * STEP - expected.numpy())
    assert expected.std() > 10 * away.mean()
