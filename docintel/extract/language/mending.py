"""Labels of characters put right where a rule knows better than the network that gave them.

In: a folded text and its labels. Out: the labels, where a number is not cut at its point, a company is an organisation,
no verb ends the name of a place, names begin with their first character, and the words of `patterns/words.toml` are
what it says. Each rule looks at what those before it have left.
"""

import re
from collections.abc import Iterator
from functools import cache

import numpy as np

from docintel.extract.language.lexicon import alternation, load
from docintel.extract.language.network import Bytes, shared_network
from docintel.extract.language.segments import actions

#: 11|.3天; but 1.|9月底, 2.|2023年, where it stands behind the number of an item.
_POINT = re.compile(r"(?<=\d)\.(?=\d)(?!\d{1,2}[月日]|\d{4}年)")
#: 检测|机构正源检测技术有限公司
_COMPANY, _FORMS = re.compile("有限(?:责任)?公司"), ("有限公司", "有限责任公司")
_ROLE = re.compile("(?:机构|单位|企业|公司|[供承经代](?:应|包|建|销|理)商|方)?")
#: 系有限公司 is none.
_SHORTEST_BRAND = 2
_NAMES = frozenset({"PER", "ORG", "LOC"})
_PLACE_ENDS = "省市县区州旗镇乡"
#: Of 云溪县|修订.
_VERB = 2
#: A person's name is not longer, unless it has a point in it; 鼎兴建筑公司 is none.
_LONGEST_PERSON, _COMPANIES = 4, ("公司", "集团")
#: Two characters of a name, and what it is: no city has a name of one.
_PLACE = re.compile(
    r"(?![全本该各我此某两省市县区])[\u4e00-\u9fff](?![全本该各我此某两省市县区城])[\u4e00-\u9fff][市县区]"
)
#: Tags of words of one character that lead up to a name.
_LEADING = frozenset({"w", "p", "c", "u", "m", "q", "d", "r", "f", "xc"})


def mended(folded: str, labels: Bytes) -> Bytes:
    """The labels of a text put right; as many."""
    found = labels.copy()
    for look in (_listed, _companies, _names):
        for start, end, tag in [*look(folded, found)]:
            found[start], found[start + 1 : end] = _label(tag, "B"), _label(tag, "I")
            if end < len(found) and shared_network().inside[found[end]]:
                found[end] = _label(shared_network().tags[found[end]], "B")
    for point in _POINT.finditer(folded):
        found[point.start() : point.end() + 1] = _label("m", "I")
    return found


@cache
def _label(tag: str, part: str) -> int:
    return shared_network().labels.index(f"{tag}-{part}")


@cache
def _words() -> tuple[re.Pattern[str], dict[str, str]]:
    known = load("words")
    return re.compile(alternation([*known["n"], *known["leave"]])), dict.fromkeys(known["n"], "n")


def _listed(folded: str, labels: Bytes) -> Iterator[tuple[int, int, str]]:
    """Words of the list outside of names."""
    pattern, tags = _words()
    for word in pattern.finditer(folded):
        if word[0] in tags and _NAMES.isdisjoint(
            shared_network().tags[label] for label in labels[word.start() : word.end()].tolist()
        ):
            yield *word.span(), tags[word[0]]


def _companies(folded: str, labels: Bytes) -> Iterator[tuple[int, int, str]]:
    """Companies of which the network sees the whole name as one word, but no name; with the name right before it."""
    tags = shared_network().tags
    for form in _COMPANY.finditer(folded):
        start = _begin(labels, form.start())
        named = _ROLE.match(folded, start, form.start()).end()  # type: ignore[union-attr]  # it always matches
        if named + _SHORTEST_BRAND <= form.start() and tags[labels[start]] not in _NAMES:
            before = _begin(labels, max(0, start - 1))
            is_part = named == start and tags[labels[before]] in ("ORG", "LOC")
            yield before if is_part else named, form.end(), "ORG"


def _begin(labels: Bytes, offset: int) -> int:
    """Where the word begins that holds an offset."""
    while offset and shared_network().inside[labels[offset]]:
        offset -= 1
    return offset


def _names(folded: str, labels: Bytes) -> Iterator[tuple[int, int, str]]:
    """Verbs at the ends of places or taken for them, names that begin too late, companies taken for people."""
    inside, tags = shared_network().inside, shared_network().tags
    begins = np.append(np.flatnonzero(~inside[labels]), len(labels))
    firsts = begins[:-1][np.isin(labels[begins[:-1]], [_label(tag, "B") for tag in _NAMES])]
    for start, end in zip(firsts.tolist(), begins[np.searchsorted(begins, firsts) + 1].tolist(), strict=True):
        tag = tags[labels[start]]
        if tag == "PER":
            if end - start > _LONGEST_PERSON and folded.endswith(_COMPANIES, start, end):
                yield start, end, "ORG"
            elif start and labels[start - 1] == _label("PER", "B") and _lacks_family_name(folded, start):
                yield start - 1, end, "PER"
            continue
        if folded.endswith(_FORMS, start, end):
            tag = "n" if _COMPANY.fullmatch(folded, start, end) else "ORG"
            yield start, end, tag
        verb = end - _VERB
        is_behind = verb == start or (verb - 2 > start and folded[verb - 1] in _PLACE_ENDS)
        if tag == "LOC" and is_behind and actions().fullmatch(folded, verb, end):
            yield verb, end, "v"
        elif tag != "n" and folded[start + 1 : start + 2] in _PLACE_ENDS and _begins_before(folded, labels, start):
            yield start - 1, end, tag


def _begins_before(folded: str, labels: Bytes, start: int) -> bool:
    """Whether a name that begins with one character of a place lacks the one before: 临|潍市坊前区, 来|昭县人民法院."""
    inside, tags = shared_network().inside, shared_network().tags
    if start == 0 or inside[labels[start - 1]] or not _PLACE.match(folded, start - 1):
        return False
    if folded[start - 1 : start + 1] in _no_place():
        return False
    before = tags[labels[start - 1]]
    return before in _NAMES or (folded[start + 1] == "市" and before not in _LEADING)


def _lacks_family_name(folded: str, start: int) -> bool:
    """Whether the character before a person's name is its family name, 房|月娥, or the first of it, 纳|兰德明."""
    family = _family_name().match(folded, start - 1)
    return family is not None and (family.end() > start or not _family_name().match(folded, start))


@cache
def _family_name() -> re.Pattern[str]:
    known = load("persons")
    return re.compile(alternation([*"".join(known["surnames"].split()), *known["compound_surnames"]]))


@cache
def _no_place() -> frozenset[str]:
    return frozenset(load("units")["coined"]["no_place"])
