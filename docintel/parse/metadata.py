"""Who published a page, when, and where: read from its by-lines, never guessed.

In: the lines of a page that are not content. Out: publisher, date as `YYYY-MM-DD`, source URL; each None when not
shown.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from docintel.text.normalize import fold
from docintel.text.outline import han_number
from docintel.text.script import to_simplified

_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)\s?[-年/.]\s?(\d{1,2})\s?[-月/.]\s?(\d{1,2})(?!\d)")
_HAN_DIGITS = "〇一二三四五六七八九"
#: As zero is written, typed and recognised.
_ZEROS = str.maketrans(dict.fromkeys("○◯零Oo0", "〇"))
_HAN_DATE = re.compile(
    r"([一二三四五六七八九〇○◯零Oo0]{4})\s?年\s?([一二三四五六七八九十]{1,2})\s?月\s?([一二三四五六七八九十]{1,3})\s?日"
)
#: (二〇二三年十二月十八日公告)
_ANNOUNCED = re.compile(r"(?:公告|发布|公布|印发|通过)$")
#: Below a title in brackets: when the speech was held, which a page that shows its own date may have put up later.
_HELD = re.compile(r"\((?:19|20)\d\d年\d{1,2}月\d{1,2}日\)")
_TODAY = re.compile(r"(?:今天|现在|今日)是?\s*:?\s*$")
_DATE_LABEL = re.compile(r"(?:时间|日期|发布于|发表于)\s*:?\s*(?=(?:19|20)\d\d)")
#: t20240506_1234.html · /2024-05/06/ · /202405/06/ · /20240506/
_URL_DATE = re.compile(r"(?:t|/)((?:19|20)\d\d)[-/]?([01]\d)[-/]?([0-3]\d)(?=[_/.]|$)")
_PUBLISHER = re.compile(
    r"(?:(?<![\u4e00-\u9fff])|(?<=文章)|(?<=信息)|(?<=稿件)|(?<=新闻)|(?<=消息))(?:来源|稿源|出处|发布机构|发布单位|发文机关)\s*:\s*《?"
    r"([^\s|:;,。()《》]{2,40})"
    r"|发布(?:人|者|部门)\s*:\s*([\u4e00-\u9fff]{2,28}(?:委员会|[局院室组部厅委府校会科办网]|公司|中心))"
    r"|^([\u4e00-\u9fff]{2,28}(?:委员会|办公室|[局厅部院]|政府))文件$"
    r"|(?:原载|刊[载登发]于)[^《]{0,16}《([^》]{2,20})》"
    r"|^([\u4e00-\u9fff]{2,24})\s+(?:发布|发文|更新|发稿)?(?:时间|日期)\s*:\s*(?:19|20)\d\d"
    r"|(?:^|\s)\(?《([^《》]{2,16})》\s*\(?(?:19|20)\d\d[-年]\d{1,2}[-月]\d{1,2}(?=日?(?:\s|\)|第|$))"
    r"|(?:^|\s)\(?([\u4e00-\u9fff]{2,14}(?:报|刊|杂志|网|网站|通讯))\s(?:19|20)\d\d[-年]\d{1,2}[-月]\d{1,2}"
    r"|(?:^|\s)(?!本)([\u4e00-\u9fff]{2,12}(?:[日晚早时周]报|杂志|电视台))(?:首席|特约|见习|实习)?记者(?=\s)"
    r"|^\((?:19|20)\d\d年\d{1,2}月\d{1,2}日([\u4e00-\u9fff]{2,20}?(?:局|委员会|政府|厅))[\u4e00-\u9fff]{0,12}(?:通过|公布|发布|印发|修订)"
    r"|频\s?[率道]\s*:\s*([\u4e00-\u9fff]{2,16}(?:电台|电视台|频道))"
    r"|^([\u4e00-\u9fff]{3,28})(?:公告|通告|通报)\s+(?:19|20)\d\d年第\d{1,4}号"
    r"|^([\u4e00-\u9fff]{2,16})\s(?:19|20)\d\d[-年]\d{1,2}[-月]\d{1,2}(?:日(?!\s?印)|(?![日\d]))"
)
#: 本节目由青岚市广播电视台制作
_PRODUCER = re.compile(r"由([\u4e00-\u9fff]{2,24}(?:网站?|电视台|广播台|报社?|频道))(?:推出|主办|制作|联合)")
_NOBODY = frozenset(
    [
        "网络",
        "互联网",
        "转载",
        "原创",
        "本站",
        "未知",
        "佚名",
        "不详",
        "综合",
        "网络转载",
        "本网",
        "其他",
        "办公室",
        "宣传科",
    ]
)
_SOURCE_URL = re.compile(r"(?:原文|来源|文章|本文)(?:链接|地址|网址|出处)\s*:\s*(https?://[^\s)\]】>,。;]+)")


def publisher(lines: Sequence[str]) -> str | None:
    """The first named source of the by-lines: `来源:某某网站`."""
    for line in lines:
        for match in _PUBLISHER.finditer(plain(line)):
            group = match.lastindex or 0
            name = match.group(group)
            if name not in _NOBODY and not name.startswith("http"):
                return line[match.start(group) : match.end(group)]
    return None


def producer(text: str) -> str | None:
    """The site or station that a programme says it is brought by."""
    match = _PRODUCER.search(text)
    return match.group(1) if match else None


def published(lines: Sequence[str]) -> str | None:
    """The first labelled date of the by-lines, else the first date in them."""
    folded = [plain(line) for line in lines]
    for line in folded:
        for label in _DATE_LABEL.finditer(line):
            if found := _valid(_DATE.match(line, label.end())):
                return found
    held = [line for line in folded if _HELD.fullmatch(line.strip())]
    lines = [*(line for line in folded if line not in held), *held]
    return next((found for line in lines if (found := _valid(_shown(line)) or _han_date(line))), None)


def _shown(line: str) -> re.Match[str] | None:
    """The first date of a line that is not the reader's: 今天是2024年5月6日."""
    return next((match for match in _DATE.finditer(line) if not _TODAY.search(line, 0, match.start())), None)


def url_date(*names: str | None) -> str | None:
    """The date that a URL or file name carries: `t20240506_1234.html` → `2024-05-06`."""
    for name in names:
        for match in _URL_DATE.finditer(f"/{name}" if name and "/" not in name else name or ""):
            if found := _valid(match):
                return found
    return None


def source_url(lines: Sequence[str]) -> str | None:
    """Where the page says it was first published: `原文链接:http://…`."""
    return next((match.group(1) for line in lines if (match := _SOURCE_URL.search(plain(line)))), None)


def plain(line: str) -> str:
    """Folded and in Simplified script, character by character."""
    return to_simplified(fold(line))


def dates_in(line: str) -> Iterator[tuple[int, int, str]]:
    """Where dates stand in a plain line, and which, as `YYYY-MM-DD`: 2022年10月24日, 二〇二二年十月二十四日."""
    for match in _DATE.finditer(line):
        if found := _valid(match):
            yield match.start(), match.end() + (line[match.end() : match.end() + 1] == "日"), found
    for match in _HAN_DATE.finditer(line):
        if found := _han_date(match.group()):
            yield *match.span(), found


def written_date(line: str) -> str | None:
    """The date that a line is made of and of nothing else: 2022年10月24日, 二〇二二年十月二十四日."""
    folded = fold(line).strip(" ()")
    match = _DATE.match(folded)
    if match and folded[match.end() :].strip() in ("", "日"):
        return _valid(match)
    return _han_date(folded)


def _han_date(line: str) -> str | None:
    """二〇二四年二月二日 → 2024-02-02."""
    match = _HAN_DATE.fullmatch(_ANNOUNCED.sub("", line.strip(" ()")))
    if match is None:
        return None
    year = "".join(str(_HAN_DIGITS.index(char)) for char in match.group(1).translate(_ZEROS))
    try:
        return date(int(year), han_number(match.group(2)), han_number(match.group(3))).isoformat()
    except ValueError:
        return None


def _valid(match: re.Match[str] | None) -> str | None:
    if match is None:
        return None
    try:
        return date(*(int(group) for group in match.groups())).isoformat()
    except ValueError:
        return None
