"""The head and foot of an official document, laid out by GB/T 9704: red head, number, secrecy, signature, copies.

In: the lines of a document, split. Out: the same lines, those of the head and foot named as by-lines or furniture, and
what they say. Of a document that has no such head or foot nothing is said.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from docintel.parse.metadata import written_date
from docintel.parse.structure import Line
from docintel.parse.wrapped_titles import organs
from docintel.schema import BlockKind
from docintel.text.normalize import fold
from docintel.text.outline import numbering
from docintel.text.script import to_simplified

#: The head ends at the first line of running text, and has no more lines than this.
_HEAD = 20
_HAN = r"[\u4e00-\u9fff]"
_YEAR = r"[\[(〔【]\s?(?:19|20)\d\d\s?年?\s?[\])〕】]"
#: 云纪发〔2022〕15号, 云卫(医)函[2022]第15号, (2022)第15号
_NUMBER = (
    rf"(?:(?:(?!关于|转发|根据|按照|文件){_HAN}\s?|\({_HAN}{{1,8}}\)\s?){{1,16}})?{_YEAR}\s?"
    r"(?:第\s?)?(?:\d{1,5}|[一二三四五六七八九十百]{1,5})\s?号"
)
_SIGNED_OFF = rf"(?:签\s?发\s?人?|会\s?签\s?人?)\s?:\s?(?:{_HAN}|[·\s]){{2,40}}"
_NUMBER_LINE = re.compile(
    rf"(?:(?P<head>(?:{_HAN}|\s){{3,60}}?文\s?件)\s?)?\(?(?P<number>{_NUMBER})\)?(?:\s?{_SIGNED_OFF})?"
    rf"|{_SIGNED_OFF}\s(?P<behind>{_NUMBER})"
)
_LABELLED_NUMBER = re.compile(rf"(?:发文字号|发文文号|公文字号|文\s?号)\s?:\s?(?P<number>{_NUMBER})")
#: What a document is, all the title that it has: between the red head and the number.
_FORM = re.compile(
    "(?:监察|纪律检查|纪检监察|检察|司法|审计|整改|行政)?(?:建议书|决定书|意见书|告知书|通知书|提示函|提醒函)"
)
_SIGNED_OFF_LINE = re.compile(_SIGNED_OFF)
#: 000001 / 机密★1年 / 特急, one a line or together; white space taken out.
_MARKS_LINE = re.compile(
    r"(?:份号:?|N[oO]\.?|№)?(?:\d{6})?"
    r"(?:密级(?:和保密期限)?:?)?(?P<secrecy>(?:绝密|机密|秘密)(?:[★☆*✩⭐]?(?:(?:\d{1,2}|[一二三四五六七八九十]{1,3})(?:年|个月|天)|长期|启用前)|[★☆])?)?"
    r"(?:紧急程度:?)?(?:特急|加急|平急|特提|急件)?"
)
_RED_HEAD = re.compile(rf"(?P<organs>(?:{_HAN}|[()\s]){{3,80}}?)\s?文\s?件")
_COPIES = re.compile(r"(?:抄\s?[送报]|分\s?送|印\s?送)(?:单位|机关)?\s?:")
_PRINTED = re.compile(rf"(?P<by>(?:{_HAN}|[()\s]){{0,60}}?)\s?(?P<date>\S*?\s?年[^,。]{{2,14}}?日)\s?(?:印\s?发|印)")
_REMARK = re.compile(r"\((?:此件|本件|联系人|联系电话|共印)[^()]{2,60}\)|共\s?印\s?\d+\s?份[。.]?")
_SIGNED_LINE = re.compile(
    rf"(?P<by>(?:{_HAN}|[()\s]){{3,80}}?)\s?"
    r"(?P<date>(?:(?:19|20)\d\d|[一二三四五六七八九〇○零]{4})\s?年.{2,16}日)"
)
#: A longer line is prose, whatever it says, and stands for none here.
_LONGEST, _PROSE = 120, "。"
_DATE_ENDS = ("日", *"0123456789")
_IN_COPIES = 8
_SIGNERS = 6
_NO_CONTENT = frozenset({BlockKind.BYLINE, BlockKind.FURNITURE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Official:
    """What the head and foot of an official document say.

    Attributes:
        number: without white space, else as written.
        secrecy: the same.
        issuers: of the red head, else those who sign.
        dated: the date of the signature, `YYYY-MM-DD`.
        printed: the date of printing.
    """

    number: str | None = None
    secrecy: str | None = None
    issuers: tuple[str, ...] = ()
    dated: str | None = None
    printed: str | None = None


@dataclass
class _Found:
    """What is known so far; `kinds` names the lines of head and foot."""

    kinds: dict[int, BlockKind] = field(default_factory=dict)
    number: str | None = None
    secrecy: str | None = None
    heads: dict[int, list[str]] = field(default_factory=dict)
    signers: tuple[str, ...] = ()
    dated: str | None = None
    printed: str | None = None


def read_official(lines: Sequence[Line]) -> tuple[list[Line], Official]:
    """The lines with those of head and foot named, and what these say."""
    lines = list(_as_lines(lines))
    plain = [to_simplified(fold(line.text)) if len(line.text) <= _LONGEST else _PROSE for line in lines]
    found = _Found()
    _read_head(lines, plain, found)
    _read_foot(plain, found)
    _read_signature(lines, plain, found)
    heads = [name for i in sorted(found.heads) for name in found.heads[i]]
    marked = [replace(line, kind=found.kinds[i]) if i in found.kinds else line for i, line in enumerate(lines)]
    return marked, Official(
        number=found.number,
        secrecy=found.secrecy,
        issuers=tuple(dict.fromkeys(heads)) or found.signers,
        dated=found.dated,
        printed=found.printed,
    )


def labelled_number(texts: Sequence[str]) -> str | None:
    """The number that a page names beside the document: `发文字号：云纪发〔2022〕15号`."""
    for text in texts:
        if match := _LABELLED_NUMBER.search(to_simplified(fold(text))):
            return _bare(text[match.start("number") : match.end("number")])
    return None


def _as_lines(lines: Sequence[Line]) -> Iterator[Line]:
    """Head and foot set as a table, a row a line; every other table as it is."""
    for i, line in enumerate(lines):
        rows = line.text.split("\n")
        at_edge = i < _HEAD or i >= len(lines) - _IN_COPIES
        if line.kind is BlockKind.TABLE and at_edge and len(rows) <= _SIGNERS and all(map(_is_of_layout, rows)):
            for row in rows:
                yield replace(line, text=" ".join(row.split()), kind=None, cells=())
        else:
            yield line


def _is_of_layout(row: str) -> bool:
    plain = to_simplified(fold(" ".join(row.split())))
    patterns = (_NUMBER_LINE, _SIGNED_OFF_LINE, _RED_HEAD, _PRINTED)
    return any(pattern.fullmatch(plain) for pattern in patterns) or bool(_COPIES.match(plain) or _marks(plain))


def _bare(text: str) -> str:
    return "".join(text.split())


def _marks(plain: str) -> re.Match[str] | None:
    bare = _bare(plain)
    return _MARKS_LINE.fullmatch(bare) if bare else None


# The head


def _read_head(lines: Sequence[Line], plain: Sequence[str], found: _Found) -> None:
    """Marks, red head and number, down to the first line of running text."""
    for i, text in enumerate(plain[:_HEAD]):
        if _is_body(lines[i], text):
            return
        bare = _bare(lines[i].text)
        if marks := _marks(text):
            found.kinds[i] = BlockKind.FURNITURE
            if marks["secrecy"] and not found.secrecy:
                found.secrecy = bare[marks.start("secrecy") : marks.end("secrecy")]
        elif not found.number and (match := _NUMBER_LINE.fullmatch(text) or _LABELLED_NUMBER.match(text)):
            found.number = _bare(lines[i].text[slice(*_number_span(match))])
            found.kinds[i] = BlockKind.BYLINE
            _read_red_head(lines, i, found)
            if head := match.groupdict().get("head"):
                found.heads[i] = organs(_without_word(lines[i].text[: len(head)]))
        elif _SIGNED_OFF_LINE.fullmatch(text):
            found.kinds[i] = BlockKind.BYLINE
        elif (match := _RED_HEAD.fullmatch(text)) and (named := organs(lines[i].text[: match.end("organs")])):
            found.heads[i] = named
            found.kinds[i] = BlockKind.BYLINE


def _is_body(line: Line, plain: str) -> bool:
    if line.kind is BlockKind.TABLE:
        return True
    return line.kind not in _NO_CONTENT and ("。" in plain or plain.endswith(":") or numbering(plain) is not None)


def _number_span(match: re.Match[str]) -> tuple[int, int]:
    return match.span("number" if match["number"] else "behind")


def _without_word(head: str) -> str:
    """A red head without its 文件."""
    return re.sub(r"\s*文\s?件\s*$", "", head)


def _read_red_head(lines: Sequence[Line], number: int, found: _Found) -> None:
    """The organisations right above the number, with 文件 beside, below or not at all."""
    for i in range(number - 1, -1, -1):
        named = organs(lines[i].text)
        if i in found.kinds:
            continue
        if i + 1 == number and _FORM.fullmatch(_bare(lines[i].text)):
            found.kinds[i] = BlockKind.TITLE
            continue
        if not named and _bare(lines[i].text) != "文件":
            return
        found.kinds[i] = BlockKind.BYLINE
        found.heads[i] = named


# The foot


def _read_foot(plain: Sequence[str], found: _Found) -> None:
    """Who gets copies, which names units as content does; who printed it and when, which is about the page."""
    for i, text in enumerate(plain):
        printed = _PRINTED.fullmatch(text) if "印" in text else None
        if text.startswith(("(", "共")) and _REMARK.fullmatch(text):
            found.kinds[i] = BlockKind.FURNITURE
        elif _COPIES.match(text):
            below = range(i + 1, min(i + _IN_COPIES, len(plain)))
            end = next((k for k in below if _PRINTED.fullmatch(plain[k])), i + 1)
            found.kinds |= dict.fromkeys(range(i, end), BlockKind.PARAGRAPH)
        elif printed and (date := written_date(printed["date"])):
            found.kinds[i] = BlockKind.FURNITURE
            found.printed = found.printed or date
            if i and not printed["by"] and organs(plain[i - 1]):
                found.kinds[i - 1] = BlockKind.FURNITURE


# The signature


def _read_signature(lines: Sequence[Line], plain: Sequence[str], found: _Found) -> None:
    """Who signs, and the date below: at the first place in an official document, at the end of any other."""
    shown = [i for i, line in enumerate(lines) if found.kinds.get(i, line.kind) is not BlockKind.FURNITURE]
    official = bool(found.number or found.heads or found.secrecy)
    order = shown if official else shown[: -_SIGNERS - 1 : -1]
    for i in order:
        signers, date = _signature_at(lines, plain, i)
        if date and signers and (i > 1 or not official):
            found.signers, found.dated = signers, date
            return


def _signature_at(lines: Sequence[Line], plain: Sequence[str], i: int) -> tuple[tuple[str, ...], str | None]:
    """Who signs with the date in line `i`, and the date."""
    if lines[i].kind is BlockKind.TABLE or not plain[i].rstrip(") ").endswith(_DATE_ENDS):
        return (), None
    if (match := _SIGNED_LINE.fullmatch(plain[i])) and (named := organs(lines[i].text[: match.end("by")])):
        return tuple(named), written_date(match["date"])
    date = written_date(plain[i])
    named = []
    for above in range(i - 1, max(-1, i - _SIGNERS), -1):
        here = organs(lines[above].text) if date and lines[above].kind in (None, BlockKind.BYLINE) else []
        if not here:
            break
        named = here + named
    return tuple(named), date
