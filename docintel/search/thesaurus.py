"""A thesaurus: other words of official language for those of a query.

In: files that say which words mean the same. Out: for a text, the other words to look for, and what their terms count.
A library's own file adds to the one that ships, and can take back what that says.
"""

import json
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from filelock import FileLock

from docintel.errors import InputError, NotFoundError
from docintel.files import write_whole
from docintel.index.words import terms
from docintel.text.normalize import fold
from docintel.text.script import to_simplified

FILE_NAME = "thesaurus.toml"
#: What another word counts beside the query's own: measured by `docintel evaluate search`; from .5 on it loses.
_WEIGHT = 0.2
_VARIANTS = 3  # words of a query that are put in other words: each costs a search
_MOST = 2000  # words of a library's own: more is a dictionary, not a thesaurus
_LONGEST = 40  # characters of a word
_HEAD = """# 本库词表：both 同组互通；[one_way] 找左边的词也找右边的；without 随附词表中不要的词对。
# Own thesaurus of this library; see `docintel library thesaurus --help`.
"""
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Thesaurus:
    """Which words find which.

    Attributes:
        both: groups, each word of which finds the others.
        one_way: groups, the first word of which finds the others.
        without: pairs of words that find each other no more, whatever a thesaurus before this one says.
    """

    both: tuple[tuple[str, ...], ...] = ()
    one_way: tuple[tuple[str, ...], ...] = ()
    without: tuple[Pair, ...] = ()

    def pairs(self) -> Iterator[Pair]:
        """Every word with each that it finds."""
        for group in self.both:
            yield from ((word, other) for word in group for other in group if word != other)
        for word, *others in self.one_way:
            yield from ((word, other) for other in others if word != other)


def pairs(thesauri: Iterable[Thesaurus]) -> dict[Pair, None]:
    """Every word with each that it finds, by what several thesauri say one after another."""
    found: dict[Pair, None] = {}
    for thesaurus in thesauri:
        gone = {pair for one in thesaurus.without for pair in (one, one[::-1])}
        found = {pair: None for pair in found if pair not in gone} | dict.fromkeys(thesaurus.pairs())
    return found


class Expander:
    """What some thesauri, one after another, find for a text."""

    def __init__(self, *thesauri: Thesaurus) -> None:
        others: defaultdict[str, list[str]] = defaultdict(list)
        for word, other in pairs(thesauri):
            others[_plain(word)].append(other)
        self._others = {word: tuple(dict.fromkeys(each)) for word, each in others.items()}

    def related(self, text: str) -> dict[str, tuple[str, ...]]:
        """The words of a text that are known, the longest where one holds another, and the others of each."""
        return {match[0]: self._others[match[0]] for match in self._known.finditer(_plain(text))}

    def variants(self, text: str, *more: str) -> list[dict[str, float]]:
        """A text with one of its words after another put in other words: terms, with what each counts.

        All terms of a long word together count as much as those of the shorter one that they stand for.

        Args:
            more: what goes with the text and stays as it is.
        """
        return [
            self._variant(terms(" ".join((text, *more))), word, others)
            for word, others in list(self.related(text).items())[:_VARIANTS]
        ]

    def _variant(self, asked: Sequence[str], word: str, others: Sequence[str]) -> dict[str, float]:
        own = terms(word)
        left = list(asked)
        for term in own:
            left.remove(term) if term in left else None
        weights = dict.fromkeys(left, 1.0)
        for its in map(terms, others):
            weight = _WEIGHT * min(1.0, len(own) / len(its))
            weights |= {term: max(weight, weights.get(term, 0.0)) for term in its}
        return weights

    @cached_property
    def _known(self) -> re.Pattern[str]:
        words = sorted(self._others, key=len, reverse=True)
        return re.compile("|".join(map(re.escape, words)) or r"(?!)")


@cache
def shipped() -> Thesaurus:
    """The thesaurus of docintel."""
    return _parsed((files("docintel.search") / FILE_NAME).read_text(encoding="utf-8"))


class OwnThesaurus:
    """The thesaurus of a library: a file in its folder, edited by hand or by command.

    Args:
        folder: of the library.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE_NAME

    def read(self) -> Thesaurus:
        """What the file says; nothing where there is none.

        Raises:
            InputError: somebody wrote something else into it.
        """
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return Thesaurus()
        except (OSError, UnicodeDecodeError) as exc:
            raise _unreadable(self.path, exc) from exc
        try:
            return _parsed(text)
        except (ValueError, TypeError, AttributeError) as exc:
            raise _unreadable(self.path, exc) from exc

    def expander(self) -> Expander:
        """What the shipped thesaurus and this one find together."""
        return _expander(self.read())

    def rows(self, word: str | None = None) -> list[dict[str, Any]]:
        """Each word with those that it finds, `own` of them by this library's file; of one word only where it is given.

        Raises:
            NotFoundError: no thesaurus knows the word.
        """
        own = set(self.read().pairs())
        found: defaultdict[str, list[str]] = defaultdict(list)
        for one, other in pairs((shipped(), self.read())):
            found[one].append(other)
        if word is not None and word not in found:
            raise NotFoundError(
                f"词表中没有“{word}”。 The thesaurus does not know {word!r}.",
                hint=f"加一个 Add: docintel library thesaurus add {word} 另一个词",
            )
        chosen = [word] if word is not None else list(found)
        return [
            {"word": one, "finds": found[one], "own": [other for other in found[one] if (one, other) in own]}
            for one in chosen
        ]

    def add(self, words: Iterable[str], *, one_way: bool = False) -> None:
        """Let words find each other, or the first the others.

        Raises:
            InputError: there are not two words, or one is none.
        """
        group = tuple(dict.fromkeys(map(_checked, words)))
        if len(group) < 2:
            raise InputError(
                "至少要两个词。 Give at least two words.",
                hint="如 For example: docintel library thesaurus add 红包 利市",
            )
        with self._changing():
            own = self.read()
            without = tuple(pair for pair in own.without if not set(pair) <= set(group))
            name = "one_way" if one_way else "both"
            groups = tuple(dict.fromkeys((*getattr(own, name), group)))
            self._write(replace(own, without=without, **{name: groups}))

    def remove(self, word: str, other: str) -> None:
        """Let two words find each other no more, whoever says that they do.

        Raises:
            NotFoundError: they do not.
        """
        pair = _checked(word), _checked(other)
        with self._changing():
            own = self.read()
            if not _joined(own, pair):
                raise NotFoundError(
                    f"词表中“{word}”与“{other}”没有关系。 The thesaurus does not join {word!r} and {other!r}.",
                    hint="查看 Run: docintel library thesaurus show",
                )
            both = tuple(part for group in own.both for part in _parted(group, pair))
            one_way = tuple(part for group in own.one_way if len(part := _without(group, pair)) > 1)
            left = replace(own, both=both, one_way=one_way)
            self._write(replace(left, without=(*own.without, pair)) if _joined(left, pair) else left)

    def _changing(self) -> FileLock:
        """Be the one process that changes the file."""
        return FileLock(self.path.with_suffix(".lock"))

    def _write(self, own: Thesaurus) -> None:
        if sum(map(len, (*own.both, *own.one_way))) > _MOST:
            raise InputError(f"词表最多 {_MOST} 个词。 A thesaurus holds at most {_MOST} words.")
        write_whole(self.path, _as_toml(own).encode())


def _joined(own: Thesaurus, pair: Pair) -> bool:
    """Whether one of two words finds the other, when a library's own thesaurus has had its say."""
    return bool({pair, pair[::-1]} & pairs((shipped(), own)).keys())


def _parted(group: tuple[str, ...], pair: Pair) -> Iterator[tuple[str, ...]]:
    """The group, or what is left of it on either side of two words that are to find each other no more."""
    parts = [tuple(word for word in group if word != gone) for gone in pair] if set(pair) <= set(group) else [group]
    yield from (part for part in parts if len(part) > 1)


def _without(group: tuple[str, ...], pair: Pair) -> tuple[str, ...]:
    """The group, in which the first word does not find the other of a pair."""
    first, *others = group
    return (first, *(other for other in others if {first, other} != set(pair)))


@lru_cache(maxsize=8)
def _expander(own: Thesaurus) -> Expander:
    return Expander(shipped(), own)


def _plain(text: str) -> str:
    """As words are compared: Simplified, lower case, not full-width."""
    return to_simplified(fold(text)).lower()


def _checked(word: str) -> str:
    """A word, if it is one.

    Raises:
        InputError: it is empty, too long, or has nothing to look for.
    """
    plain = " ".join(word.split())
    if not any(char.isalnum() for char in plain) or len(plain) > _LONGEST:
        raise InputError(
            f"{word!r} 不能作词表中的词。 {word!r} is no word for a thesaurus.",
            hint=f"写一个词或短语，至多 {_LONGEST} 字。 Write a word or phrase of at most {_LONGEST} characters.",
        )
    return plain


def _parsed(text: str) -> Thesaurus:
    """A thesaurus from its file.

    Raises:
        ValueError: it is none, or no TOML; AttributeError and TypeError where a list or a table is something else.
        InputError: a word is none.
    """
    data = tomllib.loads(text)
    if unknown := data.keys() - {"both", "one_way", "without"}:
        raise ValueError(f"{min(unknown)} is neither of both, one_way, without")
    one_way = [[word, *_strings(others)] for word, others in data.get("one_way", {}).items()]
    both, left, gone = (
        tuple(tuple(map(_checked, _strings(group))) for group in groups)
        for groups in (data.get("both", []), one_way, data.get("without", []))
    )
    if any(len(pair) != 2 for pair in gone):
        raise ValueError("without holds pairs of words")
    return Thesaurus(both, left, tuple((one, other) for one, other in gone))


def _strings(values: Any) -> list[str]:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise TypeError(f"{values!r} is no list of words")
    return values


def _as_toml(own: Thesaurus) -> str:
    """The file of a thesaurus; a word as JSON writes it is one as TOML does."""
    one_way: defaultdict[str, list[str]] = defaultdict(list)
    for word, *others in own.one_way:
        one_way[word] += others
    lines = [_HEAD, "both = [", *(f"  {_quoted(group)}," for group in own.both), "]", ""]
    lines += ["without = [", *(f"  {_quoted(pair)}," for pair in own.without), "]", ""]
    lines += ["[one_way]", *(f"{_quoted(word)} = {_quoted(dict.fromkeys(others))}" for word, others in one_way.items())]
    return "\n".join(lines) + "\n"


def _quoted(words: str | Iterable[str]) -> str:
    return json.dumps(words if isinstance(words, str) else list(words), ensure_ascii=False)


def _unreadable(path: Path, exc: Exception) -> InputError:
    return InputError(
        f"{path} 不是词表：{exc}。 {path} is no thesaurus.",
        hint='写作 Write: both = [["红包", "利市"]]，或删去该文件 or delete the file.',
    )
