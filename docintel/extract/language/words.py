"""Text → its words with their tags, sentence by sentence, and the states of its characters.

The network knows Simplified characters only, so Traditional text is read as Simplified; the offsets are the same.
"""

import re
from itertools import compress, repeat
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from docintel.extract.language.mending import mended
from docintel.extract.language.network import Bytes, Read, shared_network
from docintel.extract.language.reading import Name
from docintel.text.normalize import fold
from docintel.text.script import is_traditional, to_simplified
from docintel.text.sentences import split_sentences

#: A space between a number and its words (`查处 12 起`), which the network would take for a boundary.
_SET_APART = re.compile(r" (?:(?<=\d )(?=[^\W\da-zA-Z_])|(?<=[^\W\da-zA-Z_] )(?=\d))")
_SPACE = "w"


class Words(NamedTuple):
    """The words of a text.

    Attributes:
        sentences: the words of each sentence, in Simplified characters. White space between sentences is no word; a
            space beside a number changes no tag and is a word of its own.
        states: of the characters, (characters, WIDTH).
    """

    sentences: list[list[Name]]
    states: Bytes


def read_words(text: str) -> Words:
    """Read a text.

    Raises:
        ModelError: the network is missing or damaged.
    """
    plain = to_simplified(text) if is_traditional(text) else text
    folded = fold(plain)
    is_apart = spaces_apart(folded)
    labels, states = _read(folded, is_apart)
    sentences = np.array(split_sentences(folded), dtype=np.intp).reshape(-1, 2)
    network, apart = shared_network(), np.flatnonzero(is_apart)
    begins = np.append(~network.inside[labels], True)
    begins[sentences] = begins[apart] = begins[apart + 1] = True
    cuts = np.flatnonzero(begins)
    starts, ends = cuts[:-1].tolist(), cuts[1:].tolist()
    tags = [network.tags[label] for label in labels[cuts[:-1]].tolist()]
    texts = [plain[start:end] for start, end in zip(starts, ends, strict=True)]
    # as `Name(...)` of each does, in half the time
    words: list[Name] = list(map(tuple.__new__, repeat(Name), zip(starts, ends, tags, texts, strict=True)))
    return Words([words[first:last] for first, last in np.searchsorted(cuts, sentences).tolist()], states)


def read_characters(folded: str) -> Read:
    """Read a text in Simplified characters; spaces beside numbers are left out, and have the state of what precedes.

    Raises:
        ModelError: the network is missing or damaged.
    """
    return _read(folded, spaces_apart(folded))


def _read(folded: str, apart: npt.NDArray[np.bool_]) -> Read:
    network = shared_network()
    kept = "".join(compress(folded, ~apart)) if apart.any() else folded
    labels, states = network.read(kept)
    labels = mended(kept, labels)
    if kept is folded:
        return Read(labels, states)
    at = np.cumsum(~apart) - 1
    labels = labels[at]
    labels[apart] = network.tags.index(_SPACE)
    return Read(labels, states[at])


def spaces_apart(folded: str) -> npt.NDArray[np.bool_]:
    """Of each character, whether it is a space that parts a number from its words."""
    found = np.zeros(len(folded), dtype=bool)
    if " " in folded:
        found[[match.start() for match in _SET_APART.finditer(folded)]] = True
    return found
