"""A web page to a Document.

In: an HTML page in any encoding. Out: a Document with the title and the article; navigation, scripts and
footers are left out. The article's container is found by the known layouts of content systems, else by density: down
from the body into the child that holds most of the punctuation outside links. trafilatura reads pages where that finds
little.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from docintel.errors import ParseError
from docintel.parse import metadata
from docintel.parse.assemble import Declared, assemble
from docintel.parse.file import File
from docintel.parse.html_tables import read_table
from docintel.parse.lines import kind_of
from docintel.parse.plain import refuse_garbage, warnings
from docintel.parse.structure import Line
from docintel.parse.tables import table_line
from docintel.schema import BlockKind, Document
from docintel.text.encodings import decode

_DROPPED = ["script", "style", "noscript", "iframe", "nav", "button", "select", "svg", "template", "object", "footer"]
_CHROME = (
    "[class*=share],[class*=qrcode],[class*=footer],[class*=ocation],[class*=breadcrumb],[class*=related],[hidden]"
)
#: The article's container in content systems of Chinese official sites.
_KNOWN = (
    ".Article_61 .content,.main_bwzp .content,.TRS_Editor,.TRS_UEDITOR,#UCAP-CONTENT,#zoom,.rm_txt_con,#detailContent,"
    ".article-content,.pages_content"
)
_HEADINGS = "h1,h2,[class*=tit],[id*=tit],ucaptitle"
_BLOCK_SELECTOR = (
    "address,article,blockquote,body,center,dd,details,div,dl,dt,fieldset,figcaption,figure,form,h1,h2,h3,h4,h5,h6,header,"
    "hr,li,main,ol,p,pre,section,table,tbody,td,tfoot,th,thead,tr,ul"
)
_BLOCKS = frozenset(_BLOCK_SELECTOR.split(","))
_HEADING_TAGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_RUNNING = frozenset({"p", "pre", "figcaption"}) | _HEADING_TAGS
_BREAK = "\x0b"
_MARKS = re.compile("[，。；！？]")
#: A child with this share of its parent's punctuation is the way down to the article.
_SHARE = 0.7
#: Less text than this, in characters, and the second reader is asked.
_ENOUGH = 100
_DEEPEST = 200
#: So many punctuation marks outside links are an article, whatever its class is called.
_PROSE = 8
#: Where a page's <title> names its column and site: `题目————要闻——某某网站`, `题目_某某网`, `题目--某某杂志`.
_SITE = re.compile(r"\s*(?:[-—]{2,}|_|[-|]\s*(?=[^-|_]{2,20}(?:网|网站|政府|委员会|频道|报|杂志|医院)$)).*$")


@dataclass(frozen=True, slots=True)
class _Head:
    """What a page says about itself in its head element."""

    title: str
    meta: dict[str, str]
    url: str | None


def parse_html(file: File) -> Document:
    """Read a web page.

    Raises:
        UnsupportedFormatError: the bytes are no text.
        ParseError: the page shows no text.
    """
    decoded = decode(file.data)
    refuse_garbage(decoded, file.name)
    tree = LexborHTMLParser(decoded.text)
    head = _head(tree)
    body = tree.body
    if body is None:
        raise ParseError(
            f"{file.name} 是没有正文的网页。 {file.name} is a page without a body.",
            hint="请重新完整保存网页。 Save the page again, complete.",
        )
    body.strip_tags(_DROPPED, recursive=True)
    for node in body.css(_CHROME):
        if _weight(node) < _PROSE:
            node.decompose()
    title, asides = _title(body, head)
    container = _container(body)
    lines = list(_lines(container, 0))
    if sum(len(line.text) for line in lines) < _ENOUGH:
        lines = max(lines, _second_reading(decoded.text), key=_letters)  # of equals the first, which has tables
    if container.tag != "body":
        container.decompose()
    lines = [Line(title, BlockKind.TITLE), *map(Line, asides), *_without(title, lines)] if title else lines
    declared = Declared(
        title=_SITE.sub("", head.title),
        around=" ".join(body.text(separator=" ").split()) if container.tag != "body" else "",
        publisher=metadata.publisher([f"来源:{head.meta.get('contentsource', '')}"]) or "",
        published=head.meta.get("pubdate", ""),
        source_url=head.url,
    )
    return assemble(file, lines, parser="html", declared=declared, warnings=warnings(decoded))


def shown_lines(markup: str) -> list[Line]:
    """All that the body of a page shows, for pages that are no articles: the body of a mail, a piece of a document."""
    body = LexborHTMLParser(markup).body
    if body is None:
        return []
    body.strip_tags(["script", "style", "noscript", "template", "object", "svg"], recursive=True)
    body.unwrap_tags(["a"])
    return list(_lines(body, 0))


def _head(tree: LexborHTMLParser) -> _Head:
    meta: dict[str, str] = {}
    for node in tree.css("meta[content]"):
        attributes = node.attributes
        if name := attributes.get("name") or attributes.get("property"):
            meta.setdefault(name.lower(), " ".join((attributes["content"] or "").split()))
    title = tree.css_first("title")
    canonical = tree.css_first("link[rel=canonical]")
    url = (canonical.attributes.get("href") if canonical else None) or meta.get("og:url") or ""
    return _Head(" ".join(title.text().split()) if title else "", meta, url if url.startswith("http") else None)


def _title(body: LexborNode, head: _Head) -> tuple[str, list[str]]:
    """The title as the page shows it, and by-lines that stand in the same element, which is taken out of the page.

    Of the headings it is the longest that the page's <title> opens with or holds; else the first h1, or h2.
    """
    shown = []
    for node in body.css(_HEADINGS):
        lines = [line.text for line in _lines(node, 0)]
        words = " ".join(line for line in lines if kind_of(line) is None)
        if 4 <= len(words) <= 200:
            shown.append((words, [line for line in lines if kind_of(line) is not None], node))
    declared = (
        _bare(head.title) + "\n" + _bare(head.meta.get("articletitle", "")) + _bare(head.meta.get("og:title", ""))
    )
    repeated = [entry for entry in shown if _bare(entry[0]) in declared]
    repeated.sort(key=lambda entry: (declared.startswith(_bare(entry[0])), len(entry[0])), reverse=True)
    headings = [entry for tag in ("h1", "h2") for entry in shown if entry[2].tag == tag]
    for words, asides, node in (repeated + headings)[:1]:
        node.decompose()
        return words, asides
    return "", []


def _bare(text: str) -> str:
    return "".join(text.split())


def _without(title: str, lines: list[Line]) -> list[Line]:
    """The lines without a repetition of the title at their top."""
    for i, line in enumerate(lines[:3]):
        if _bare(line.text) == _bare(title):
            return lines[:i] + lines[i + 1 :]
    return lines


def _container(body: LexborNode) -> LexborNode:
    """The element that holds the article and little else."""
    known = max(body.css(_KNOWN), key=lambda node: len(node.text()), default=None)
    if known and len(known.text()) >= _ENOUGH:
        return known
    node = body
    for _ in range(_DEEPEST):
        weight = _weight(node)
        below = max(node.iter(), key=_weight, default=None)
        if below is None or below.tag in _RUNNING or _weight(below) < max(1, _SHARE * weight):
            break
        if below.tag not in _BLOCKS or all(part.mem_id == below.mem_id for part in below.css("p,div,td,li,br")):
            break
        if _is_table(below):
            break
        node = below
    return node


def _is_table(node: LexborNode) -> bool:
    """Whether an element is a data table, or a wrapper of one: the paragraphs around it belong to it."""
    tables = [node] if node.tag == "table" else node.css("table")
    return any(_weight(table) == _weight(node) and read_table(table) is not None for table in tables)


def _weight(node: LexborNode) -> int:
    """Punctuation marks outside links: running text has them, navigation has not."""
    return len(_MARKS.findall(node.text())) - sum(len(_MARKS.findall(link.text())) for link in node.css("a"))


def _lines(node: LexborNode, depth: int) -> Iterator[Line]:
    """The lines that an element shows, a paragraph, a break or a data table each; lists of links are left out."""
    inline: list[str] = []
    for child in node.iter(include_text=True):
        tag = child.tag
        if tag == "br":
            inline.append(_BREAK)
        elif tag in _BLOCKS or (tag != "-text" and depth < _DEEPEST and child.css_first(_BLOCK_SELECTOR) is not None):
            yield from _broken("".join(inline))
            inline.clear()
            yield from _block(child, tag or "", depth)
        elif tag != "-comment":
            inline.append(_shown(child))
    yield from _broken("".join(inline))


def _block(node: LexborNode, tag: str, depth: int) -> Iterator[Line]:
    if tag in _RUNNING:
        bold = tag in _HEADING_TAGS or _all_bold(node)
        yield from _broken(_shown(node), bold, BlockKind.CAPTION if tag == "figcaption" else None)
    elif depth >= _DEEPEST:
        yield from _broken(_shown(node))
    elif tag == "table" and (table := table_line(read_table(node) or ())):
        yield table
    elif not _is_navigation(node):
        yield from _lines(node, depth + 1)


def _shown(node: LexborNode) -> str:
    """The text of an element without block children, its breaks marked."""
    if node.tag == "-text":
        return node.text()
    for br in node.css("br"):
        br.replace_with(_BREAK)
    return node.text()


def _broken(text: str, bold: bool = False, kind: BlockKind | None = None) -> Iterator[Line]:
    for line in text.split(_BREAK):
        if words := " ".join(line.split()):
            yield Line(words, kind, bold=bold)


def _all_bold(node: LexborNode) -> bool:
    strong = node.css_first("strong,b")
    return strong is not None and _bare(strong.text()) == _bare(node.text())


def _is_navigation(node: LexborNode) -> bool:
    links = node.css("a")
    return len(links) > 2 and 2 * sum(len(_bare(link.text())) for link in links) > len(_bare(node.text()))


def _letters(lines: Sequence[Line]) -> int:
    """How many letters and digits there are: the second reader draws bars around cells."""
    return sum(char.isalnum() for line in lines for char in line.text)


def _second_reading(page: str) -> list[Line]:
    """What trafilatura takes for the article; it is slow to import and asked only for pages with little text."""
    import trafilatura

    return [Line(line) for line in (trafilatura.extract(page, include_comments=False) or "").split("\n")]
