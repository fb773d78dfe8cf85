"""Official identifiers: numbers of documents and of court cases, laws and party regulations with their articles.

In: a reading. Out: one `Reference` a mention, in text order, each with one spelling to search for.
"""

import re
from collections.abc import Iterator
from functools import cache

from docintel.extract.language.lexicon import alternation, load
from docintel.extract.language.reading import Reading
from docintel.schema import Ground, Reference, ReferenceKind
from docintel.text.citations import canonical_citation

_NUMERAL = "[0-9〇零一二三四五六七八九十百千]"
#: 云纪发|〔2022〕15号, 〔2023〕5号; and 国务院令|第749号, 某某部令|2021年第12号
_NUMBER = re.compile(
    r"[〔\[【(](?:19|20)\d\d[〕\]】)]\s?(?:第)?\s?\d{1,5}\s?号|(?<=令)\s?(?:(?:19|20)\d\d年)?第\s?\d{1,4}\s?号"
)
#: The characters of the issuer, a place among them.
_ISSUER = re.compile(r"[\u4e00-\u9fff]{1,10}\s?$")
#: Words before an issuer's characters that are none of them: 根据|云纪发.
_BEFORE_ISSUER = re.compile(
    r".*(?:根据|按照|依据|依照|遵照|参照|执行|印发|下发|转发|发出|出台|落实|违反|贯彻|学习|通知|文件|批复|意见|文号|编号|见|经|以|由|和|与|及|的|在|从|对|为|即|是|该)"
)
#: (2021)浙01刑初12号
_COURT = re.compile(
    r"[(〔](?P<year>(?:19|20)\d\d)[)〕](?P<court>[\u4e00-\u9fff]{1,3}\d{0,4}[刑民行执赔监认][\u4e00-\u9fff]{0,3})(?P<no>\d{1,6})号"
)
_TITLE = re.compile(r"《(?P<title>[^《》\n]{2,60})》")
_DRAFT = re.compile(r"\((?:试行|暂行|修订|修正|草案|征求意见稿|\d{4}年[^()]{0,8})\)$")
_ARTICLE = rf"第\s?(?P<article>{_NUMERAL}{{1,8}})\s?条(?P<inserted>之[一二三四五六七八九十])?"
_PART = rf"(?:第{_NUMERAL}{{1,4}}款)?(?:第?[(]?{_NUMERAL}{{1,4}}[)]?项)?"
_CITED = re.compile(rf"{_ARTICLE}{_PART}")
_AND = re.compile(r"[、和及与,]?(?:以及)?")
#: 《中国共产党纪律处分条例》(以下简称《条例》)
_DEFINED = re.compile(r"\(以下(?:简称|统称)[:为]?[《“](?P<short>[^《》“”\n]{2,30})[》”]\)")
#: 1 as in 第一百零二条, 第102条: the first word behind a title that still speaks of it
_GAP = re.compile(r"\s?(?:(?:分则|总则)?第[一二三四五六七八九十]{1,3}[编章节])?(?:中)?(?:的)?\s?")


@cache
def _data() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str], re.Pattern[str], dict[str, str]]:
    data = load("references")
    return (
        re.compile(rf"(?:{'|'.join(data['always'])})$"),
        re.compile(rf"(?:{'|'.join(data['often'])})$"),
        re.compile(data["public"]),
        re.compile(data["party"]),
        data["short_names"],
    )


@cache
def _internal() -> re.Pattern[str]:
    return re.compile(load("references")["internal"])


@cache
def _unmarked() -> re.Pattern[str]:
    """A law cited without book marks, which only an article behind it lets one believe: 刑法第三百八十五条."""
    names = {name for pair in _data()[4].items() for name in pair}
    return re.compile(rf"(?P<title>{alternation(names)})(?=\s?第{_NUMERAL}{{1,8}}条)")


def find_references(reading: Reading) -> tuple[Reference, ...]:
    """The identifiers in the content of a document; of its own number, which stands above the title, none."""
    found = [*_numbers(reading), *_laws(reading)]
    content = (reference for reference in found if reading.sentence_at(reference.evidence.start))
    return tuple(sorted(content, key=lambda reference: reference.evidence.start))


def _numbers(reading: Reading) -> Iterator[Reference]:
    folded = reading.folded
    for match in _COURT.finditer(folded):
        yield _reference(reading, match.span(), ReferenceKind.COURT, "reference/court", match.group())
    for match in _NUMBER.finditer(folded):
        issuer = _ISSUER.search(folded, max(0, match.start() - 11), match.start())
        start = issuer.start() if issuer else match.start()
        lead = _BEFORE_ISSUER.match(folded, start, match.start())
        span = lead.end() if lead else start, match.end()
        yield _reference(reading, span, ReferenceKind.DOCUMENT, "reference/document", folded[slice(*span)])


def _reference(
    reading: Reading, span: tuple[int, int], kind: ReferenceKind, rule: str, written: str, law: str | None = None
) -> Reference:
    evidence = reading.document.evidence(*span)
    return Reference(
        evidence=evidence,
        kind=kind,
        canonical=canonical_citation(written),
        law=law,
        grounds=(Ground("", rule, evidence),),
    )


def _laws(reading: Reading) -> Iterator[Reference]:
    """Titles in text order, so that a short one is read by the full one before it."""
    folded, full = reading.folded, dict(_data()[4])
    cited = sorted([*_TITLE.finditer(folded), *_unmarked().finditer(folded)], key=lambda match: match.start())
    defined = {match.start("short") - 1 for match in _DEFINED.finditer(folded)}
    for match in cited:
        title = match["title"]
        if match.start() in defined:
            continue
        start = _article_at(folded, match.end())
        if known := full.get(title):
            rule = "reference/short"
        elif _is_law(title, cited=start is not None):
            known, rule = title, "reference/title"
        else:
            continue
        _remember(full, known, folded, match.end())
        yield from _cited(reading, match, known, rule, start)


def _is_law(title: str, *, cited: bool) -> bool:
    always, often, public, _, _ = _data()
    bare = _DRAFT.sub("", title)
    if always.search(bare):
        return len(bare) > 2 or cited
    return bool(often.search(bare)) and (cited or bool(public.search(bare) and not _internal().search(bare)))


def _remember(full: dict[str, str], title: str, folded: str, end: int) -> None:
    """What the document will call it: as it says, or by its last words (《条例》, 《处分条例》)."""
    if defined := _DEFINED.match(folded, end):
        full[defined["short"]] = title
    bare = _DRAFT.sub("", title)
    for ending in ("条例", "准则", "规定", "规则", "办法", "细则"):
        if bare.endswith(ending):
            full[ending] = title


def _article_at(folded: str, end: int) -> int | None:
    """Where the first article cited behind a title begins."""
    defined = _DEFINED.match(folded, end)
    gap = _GAP.match(folded, defined.end() if defined else end)
    start = gap.end() if gap else end
    return start if _CITED.match(folded, start) else None


def _cited(reading: Reading, match: re.Match[str], title: str, rule: str, start: int | None) -> Iterator[Reference]:
    """One reference for each article, the first quoted with the title; the title alone where none is cited."""
    kind = ReferenceKind.REGULATION if _data()[3].search(title) else ReferenceKind.LAW
    if start is None:
        yield _reference(reading, match.span(), kind, rule, title, title)
        return
    begin = match.start()
    while article := _CITED.match(reading.folded, start):
        written = f"{title}第{article['article']}条{article['inserted'] or ''}"
        yield _reference(reading, (begin, article.end()), kind, f"{rule}-article", written, title)
        joint = _AND.match(reading.folded, article.end())
        start = begin = joint.end() if joint else article.end()
