"""The language of search: what a query asks for beside its words.

In: what somebody typed or pasted. Out: its words, phrases, what is excluded, and filters.

A condition stands by itself: white space, or the end of the query, before and behind it. A text with a `。`, a `；`
or a line end, or of more than a hundred characters, is a passage somebody pasted, in which nothing is a condition. So
words in quotation marks amid a title (`“四风”问题`), colons and dashes of prose stay words. What looks like a condition
and is none is told in `Query.notes`; a condition that makes no sense is an error.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, NamedTuple

from docintel.errors import QueryError
from docintel.schema import DocType, Filters, IssueCategory, MeasureCategory, Metric, SanctionKind, chinese_name
from docintel.text.normalize import fold
from docintel.text.numerals import parse_number


class Rule(NamedTuple):
    """A piece of the language, as a help text tells it: an example and what it asks for, in Chinese and in English."""

    example: str
    chinese: str
    english_example: str
    english: str


#: What a query can say, for help texts.
SYNTAX = (
    Rule('"二级库"', "原样出现这个词，也可用“二级库”「二级库」", '"words"', "these words as they stand"),
    Rule("-红包", "不要出现这个词", "-word", "without this word"),
    Rule("单位:市第四人民医院", "提到这个单位，写名称的一部分即可", "unit:NAME", "documents that name this unit"),
    Rule("地区:浙江", "关于这个地区，含其下各级", "region:NAME", "about this region and all below it"),
    Rule("类型:整改报告", "文种", "type:meeting", "this type of document"),
    Rule("类别:招投标", "问题或措施的类别", "category:bidding", "this category of issue or measure"),
    Rule("年份:2022..2024", "发布年份", "year:2022..2024", "published in these years"),
    Rule("日期:2024-01..2024-06", "发布日期，到年、月或日", "date:2024-01..2024-06", "published in this time"),
    Rule("处分:党内警告", "有这种处分", "sanction:party", "documents that tell of this sanction"),
    Rule("来源:纪委监委", "发布机构", "publisher:NAME", "published by it"),
    Rule("文号:云纪发〔2022〕15号", "引用这个文号或法规", "reference:NUMBER", "documents that cite it"),
    Rule("发现问题>50", "统计数据够这个数，也可 ≥ < ≤ =", "issues_found>50", "documents with such a figure"),
    Rule("-类型:评论", "条件前加 -，排除符合的", "-type:news", "a minus turns a condition round"),
)

_HINT = (
    "条件写作 名称:值，如 单位:市医院、年份:2024；若是要找的原文，请用引号括起。"
    " Write conditions as name:value; put what is meant as words in quotation marks."
)
_DATES = "如 For example: 年份:2024，年份:2022..2024，日期:2024-01..2024-06，日期:2024-03-05.."
#: Characters of a query: a page and more. What is asked is compared with whole collections, longer texts for minutes.
LONGEST = 2_000
_LONGEST_READ = 100  # characters of a query that is still read for conditions
_PASTED = re.compile("[。；;\n]")
_QUOTES = {'"': '"', "＂": "＂", "“": "”", "”": "”", "「": "」", "『": "』"}
_MINUS, _COLONS, _STOPS = "-－", ":：", ",，、"
_QUOTED = "|".join(f"{a}[^{b}]*{b}" for a, b in _QUOTES.items())
_TOKEN = re.compile(
    rf"(?P<minus>[{_MINUS}])?(?:(?P<phrase>{_QUOTED})(?!\S)"
    rf"|(?P<name>[^\W\d]\w{{0,15}})[:：](?P<value>(?:{_QUOTED})(?!\S)|(?!//)\S+)"
    r"|(?P<metric>[^\W\d]\w{0,15}?)(?P<operator>[<>＜＞]=?|[<>＜＞]＝|[=＝≥≤⩾⩽])(?P<number>\S+)"
    r"|(?P<word>\S+))"
)
_OPERATORS = {"≥": ">=", "≤": "<=", "⩾": ">=", "⩽": "<="}
_MEASURE_WORD = re.compile("(?:人次|[元个件人次项家名起场份条封张%])$")
_RANGE = re.compile(r"\.\.|…|~|至|到")
_YEARS = re.compile(r"(\d{4})年?-(\d{4})年?")
_DAY = re.compile(r"(\d{4})(?:年|(?:[-/.年](\d{1,2})(?:月|(?:[-/.月](\d{1,2})日?))?))?")
#: What people call the types of documents, beside the names that docintel gives them.
_TYPES = {
    "讲话": DocType.SPEECH,
    "通报": DocType.CASE_NOTICE,
    "案例通报": DocType.CASE_NOTICE,
    "典型案例": DocType.CASE_NOTICE,
    "整改报告": DocType.INSPECTION_REPORT,
    "巡察整改": DocType.INSPECTION_REPORT,
    "巡视整改": DocType.INSPECTION_REPORT,
    "巡察": DocType.INSPECTION_REPORT,
    "数据解读": DocType.INSPECTION_REPORT,
    "会议": DocType.MEETING,
    "专访": DocType.INTERVIEW,
    "动态": DocType.NEWS,
    "新闻": DocType.NEWS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What a query asks for.

    Attributes:
        words: to be found by words and by meaning.
        phrases: each must stand in a hit, or in its title, as it is.
        excluded: none may.
        filters: all must pass.
        without: none may.
        notes: what looked like a condition and was taken for words, a sentence each.
    """

    words: str = ""
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    filters: tuple[Filters, ...] = ()
    without: tuple[Filters, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Everything that is to be found: words and phrases."""
        return " ".join(each for each in (self.words, *self.phrases) if each)

    def also(self, filters: Filters | None) -> "Query":
        """The query, under more filters."""
        return replace(self, filters=(*self.filters, filters)) if filters and filters != Filters() else self

    @property
    def narrows(self) -> bool:
        """Whether it asks for more than words."""
        return bool(self.phrases or self.excluded or self.filters or self.without)


def check_length(text: str) -> None:
    """See that a text can be asked.

    Raises:
        QueryError: it is longer than `LONGEST`.
    """
    if len(text) > LONGEST:
        raise QueryError(
            f"查询有 {len(text):,} 字，最多 {LONGEST:,} 字。"
            f" The query has {len(text):,} characters; {LONGEST:,} is the most.",
            hint="请只留要点；整份文档请存为文件，用 docintel similar 或 suggest --document。"
            " Ask the gist of it; save a whole document as a file, for docintel similar or suggest --document.",
        )


def read(text: str) -> Query:
    """Read a query.

    Raises:
        QueryError: a condition makes no sense, or it is too long.
    """
    check_length(text)
    text = text.strip()
    if _PASTED.search(text) or len(text) > _LONGEST_READ:
        return Query(words=text, notes=tuple(_unread(token) for token in _tokens(text) if _is_condition(token)))
    reader = _Reader()
    for token in _tokens(_AFTER_COMMA.sub(" ", text)):
        reader.take(token)
    query = reader.query()
    return query if query.narrows else replace(query, words=text)


def _tokens(text: str) -> Iterator[re.Match[str]]:
    """What stands between white space; a pair of quotation marks holds its words together."""
    for match in _TOKEN.finditer(text):
        if not match.start() or text[match.start() - 1].isspace():
            yield match


class _Reader:
    """Reads the tokens of a query one after another."""

    def __init__(self) -> None:
        self._words: list[str] = []
        self._phrases: list[str] = []
        self._excluded: list[str] = []
        self._filters: list[Filters] = []
        self._without: list[Filters] = []
        self._unknown: list[re.Match[str]] = []
        self._notes: list[str] = []

    def take(self, token: re.Match[str]) -> None:
        """Read one."""
        phrase = _inside(token["phrase"]) if token["phrase"] else ""
        if phrase:
            (self._excluded if token["minus"] else self._phrases).append(phrase)
        elif token["name"] and (field := _field(token["name"])):
            self._narrow(token, field(_inside(token["value"].rstrip(_STOPS))))
        elif token["metric"] and (_label(Metric, token["metric"]) or token["number"][0].isdigit()):
            self._narrow(token, {"figures": (_figure(token),)})
        elif token["minus"] and (word := token["word"]) and word[0].isalnum():
            self._excluded.append(word.rstrip(_STOPS))
        else:
            self._take_words(token)

    def _take_words(self, token: re.Match[str]) -> None:
        self._words.append(token[0])
        if token["name"]:
            if likely := _likely(token["name"]):
                raise QueryError(
                    f"没有“{token['name']}”这个条件，是不是“{likely}”？"
                    f" {token['name']!r} is no condition; did you mean {likely!r}?",
                    hint=_HINT,
                )
            self._unknown.append(token)
        elif token[0][-1] in _COLONS and _field(token[0][:-1].lstrip(_MINUS)):
            self._notes.append(
                f"{token[0]}：冒号后要紧接着写值，这里按普通文字检索。 No value follows the colon; taken as words."
            )
        elif (token["word"] or " ")[0] in _QUOTES and len(token[0]) > 1:
            self._note_quotes(token[0])

    def _note_quotes(self, word: str) -> None:
        """Tell of quotation marks that make no phrase; in Chinese ones, prose sets off single words."""
        closing = _QUOTES[word[0]]
        if closing not in word[1:]:
            self._notes.append(
                f"{word}：引号没有成对，按普通文字检索。 The quotation mark is not closed; taken as words."
            )
        elif word[0] == closing:
            self._notes.append(
                f"{word}：引号后要有空格才作词组，这里按普通文字检索。"
                " A phrase needs a space behind its quotation mark; taken as words."
            )

    def _narrow(self, token: re.Match[str], asked: Mapping[str, Any]) -> None:
        """Note a condition; one that is asked for twice must hold both times."""
        if token["minus"]:
            self._without.append(Filters(**asked))
            return
        for place, filters in enumerate(self._filters):
            if not any(getattr(filters, name) for name in asked):
                self._filters[place] = replace(filters, **asked)
                return
        self._filters.append(Filters(**asked))

    def query(self) -> Query:
        """What was read."""
        query = Query(
            words=" ".join(self._words),
            phrases=tuple(self._phrases),
            excluded=tuple(self._excluded),
            filters=tuple(self._filters),
            without=tuple(self._without),
            notes=tuple(self._notes),
        )
        if self._unknown and query.narrows:
            name = self._unknown[0]["name"]
            raise QueryError(
                f"没有“{name}”这个条件；有：{_names()}。 {name!r} is no condition; these are: {', '.join(_ENGLISH)}.",
                hint=_HINT,
            )
        return query


def _inside(quoted: str) -> str:
    """Without the quotation marks around it."""
    closing = _QUOTES.get(quoted[0])
    return quoted[1:-1].strip() if closing and len(quoted) > 1 and quoted[-1] == closing else quoted


def _is_condition(token: re.Match[str]) -> bool:
    if token["metric"]:
        return _label(Metric, token["metric"]) is not None
    return bool(token["name"] and _field(token["name"]))


def _unread(token: re.Match[str]) -> str:
    return (
        f"“{token[0][:30]}”没有当作条件：一段话按原文检索，条件请单独写。"
        " Taken as words: in a pasted passage nothing is a condition."
    )


# Conditions


def _unit(value: str) -> dict[str, Any]:
    return {"unit": value}


def _region(value: str) -> dict[str, Any]:
    return {"region": value}


def _publisher(value: str) -> dict[str, Any]:
    return {"publisher": value}


def _reference(value: str) -> dict[str, Any]:
    return {"reference": value}


def _doc_type(value: str) -> dict[str, Any]:
    return {"doc_type": str(_TYPES.get(value) or _chosen(value, "文种", DocType))}


def _category(value: str) -> dict[str, Any]:
    return {"category": str(_chosen(value, "类别", IssueCategory, MeasureCategory))}


def _sanction(value: str) -> dict[str, Any]:
    return {"sanction": str(_label(SanctionKind, value) or value)}


def _dates(value: str) -> dict[str, Any]:
    folded = fold(value)
    years = _YEARS.fullmatch(folded)
    ends = list(years.groups()) if years else [each.strip() for each in _RANGE.split(folded)]
    since, until = (_day(each, value) for each in (ends * 2 if len(ends) == 1 else ends)[:2])
    if len(ends) > 2 or not (since or until):
        raise _no_date(value)
    if since and until and since[: len(until)] > until:
        raise QueryError(f"“{value}”起止颠倒。 {value!r} ends before it begins.", hint=_DATES)
    return {name: day for name, day in (("since", since), ("until", until)) if day}


def _day(written: str, whole: str) -> str | None:
    """A year, a month or a day as filters take it; None where an end of a range is open."""
    if not written:
        return None
    match = _DAY.fullmatch(written)
    parts = [int(part) for part in match.groups() if part] if match else []
    if not parts or any(not 1 <= part <= most for part, most in zip(parts[1:], (12, 31), strict=False)):
        raise _no_date(whole)
    return "-".join(f"{part:02}" for part in parts)


def _no_date(value: str) -> QueryError:
    return QueryError(f"“{value}”不是日期。 {value!r} is no date.", hint=_DATES)


def _figure(token: re.Match[str]) -> str:
    """`发现问题＞５０个` as filters take it: `issues_found>50`."""
    metric = _label(Metric, token["metric"])
    if metric is None:
        raise QueryError(
            f"没有“{token['metric']}”这个指标；有：{'、'.join(map(chinese_name, Metric))}。"
            f" {token['metric']!r} is no metric; these are: {', '.join(Metric)}.",
            hint=_HINT,
        )
    folded = fold(token["number"]).replace(",", "")
    number = parse_number(_MEASURE_WORD.sub("", folded))
    if number is None:
        raise QueryError(
            f"“{token['number']}”不是数。 {token['number']!r} is no number.",
            hint="如 For example: 发现问题>50，涉案金额≥100万",
        )
    operator = _OPERATORS.get(token["operator"], fold(token["operator"]))
    return f"{metric}{operator}{number:g}" if number < 1e6 else f"{metric}{operator}{number:.0f}"


_FIELDS: Mapping[str, Callable[[str], dict[str, Any]]] = {
    "单位": _unit,
    "责任单位": _unit,
    "机构": _unit,
    "地区": _region,
    "地域": _region,
    "类型": _doc_type,
    "文种": _doc_type,
    "类别": _category,
    "年份": _dates,
    "年度": _dates,
    "日期": _dates,
    "发布日期": _dates,
    "处分": _sanction,
    "来源": _publisher,
    "发布机构": _publisher,
    "文号": _reference,
}
_ENGLISH: Mapping[str, Callable[[str], dict[str, Any]]] = {
    "unit": _unit,
    "region": _region,
    "type": _doc_type,
    "doc_type": _doc_type,
    "category": _category,
    "year": _dates,
    "date": _dates,
    "sanction": _sanction,
    "publisher": _publisher,
    "reference": _reference,
}


#: A comma is as good as a space before a condition.
_AFTER_COMMA = re.compile(rf"[{_STOPS}]\s*(?=[{_MINUS}]?(?:{'|'.join([*_FIELDS, *_ENGLISH])})[{_COLONS}])", re.I)


def _field(name: str) -> Callable[[str], dict[str, Any]] | None:
    return _FIELDS.get(name) or _ENGLISH.get(fold(name).lower())


def _likely(name: str) -> str | None:
    """The condition that a name which is none was meant for, where that is plain: `单位名称`, `regoin`."""
    if name.isascii():
        return next(iter(get_close_matches(name.lower(), _ENGLISH, 1, 0.8)), None)
    return next((known for known in _FIELDS if len(name) > len(known) and name.startswith(known)), None)


def _names() -> str:
    return "、".join(_FIELDS)


def _label(vocabulary: type[StrEnum], value: str) -> StrEnum | None:
    """The label with this identifier or Chinese name."""
    return next((label for label in vocabulary if value.lower() == label or value == chinese_name(label)), None)


def _chosen(value: str, what: str, *vocabularies: type[StrEnum]) -> StrEnum:
    """The one label that a value names, in full or in part.

    Raises:
        QueryError: none, or several.
    """
    for vocabulary in vocabularies:
        if label := _label(vocabulary, value):
            return label
    names = dict(_named(vocabularies))
    found = [name for name in names if value in name]
    if len(found) == 1:
        return names[found[0]]
    if found:
        message = (
            f"{what}“{value}”可指{'、'.join(found)}。 {value!r} may be: {', '.join(names[name] for name in found)}."
        )
    else:
        labels = dict.fromkeys(names.values())
        message = f"{what}没有“{value}”；有：{'、'.join(names)}。 {value!r} is none of: {', '.join(labels)}."
    raise QueryError(message, hint="请写其中一个。 Write one of these.")


def _named(vocabularies: tuple[type[StrEnum], ...]) -> Iterator[tuple[str, StrEnum]]:
    for vocabulary in vocabularies:
        yield from ((chinese_name(label), label) for label in vocabulary)
