"""What one line of a report is, judged by its words alone: page furniture, by-line, caption, or content.

In: a line with its white space normalised. Out: its role, and the pieces it falls into when by-lines or furniture stand
on the same line as content. Patterns run over folded text, so punctuation and digits are ASCII in them.
"""

import re
from typing import NamedTuple

from docintel.schema import BlockKind
from docintel.text.normalize import fold
from docintel.text.script import to_simplified

_DATE = r"(?:19|20)\d\d\s?[-年/.]\s?\d{1,2}\s?[-月/.]\s?\d{1,2}\s?日?"
_CLOCK = r"(?:\s*\d{1,2}:\d{2}(?::\d{2})?)?"
_NAME = r"[\u4e00-\u9fff·]{2,4}"
_NAMES = rf"{_NAME}(?:(?:\s|、|,)\s*(?:通讯员\s*)?{_NAME}){{0,7}}"
#: A paper, a site: with a date behind it, a by-line.
_PAPER = r"[\u4e00-\u9fff]{2,14}(?:报|刊|杂志|网|网站|通讯)"
_SHEET = r"第?\s?[\dA-Z一二三四五六七八九十]{1,4}\s?版"
_BULLET = re.compile(r"[•·●■◆▪*>\-\s]{1,6}")

_FURNITURE = re.compile(
    r"""
    欢迎(?:访问|光临)                                                   # 欢迎访问某某网!
    |(?:您|你|当前|现在|的|所在){0,4}位置\s*:                            # 当前位置: 网站首页 > 要闻
    |(?:网站)?首页\s*[>»]
    |\S{2,20}\s*[>»]\s*\S{2,12}\s*[>»]\s*\S{2,12}$                    # 某县政府门户网站 > 政民互动 > 在线访谈
    |(?:上|下)一?[篇条页]\s*(?::|$)                                     # 下一篇:在某会上的讲话
    |(?:推荐|相关|延伸|扩展|热门|更多)(?:访问|阅读|链接|新闻|文章|推荐|附件|热词|搜索|内容|报道){1,2}\s*(?::|$)
    |(?:关键[词字]|标签|tags?)\s*:
    |(?:浏览|点击|阅读|访问)(?:次数|人数|量|率|数)?\s*:\s*\d*            # 浏览次数:2182
    |\[?【?(?:免责|版权|特别|郑重)声明
    |(?:本[站网]?)?声明\s*:\s*(?:本|凡|以上|转载)
    |(?:未经.{0,6})?转载.{0,4}注明
    |(?:索引号|主题分类|主题词|信息分类|公开方式|公开范围|有效性|热度)\s*:  # the head of a published notice
    |(?:原文|来源|文章|本文)(?:链接|地址|网址|标题)\s*:
    |.{0,30}小编(?:为|给|整理|收集|精心|推荐|带来)                       # 下面是小编为大家整理的…
    |.{0,40}供大家参考。?$
    |版权所有|copyright|©
    |.{0,12}(?:ICP备|公网安备)
    |https?://\S+$
    |[\u4e00-\u9fff]{0,4}(?:时评|锐评|短评|评论|要闻|头条|专栏|论坛|快讯)$   # the column above a title
    |-?\s*\d{1,3}\s*-?$                                                # - 3 -
    |第\s?\d+\s?页
    """,
    re.VERBOSE | re.IGNORECASE,
)
_FURNITURE_WORDS = re.compile(
    r"(?:[\[(【]?(?:图片|短片|视频|音频|配图|资料图|打印(?:本页|此页|本文)?|关闭(?:窗口|本页)?|收藏(?:本页)?|我要纠错|登录|注册"
    r"|返回(?:首页|顶部|列表|上一页)?|(?:分享|转发)(?:(?:到|至|:).{0,12})?|字[体号]\s*:.{0,12}|大\s?中\s?小|无障碍(?:浏览|阅读)?"
    r"|(?:微信)?扫一扫.{0,16}|扫码关注.{0,10}|扫描.{0,4}二维码.{0,12}|长按识别.{0,12}|(?:点击)?关注.{0,8}公众号|点赞|在看"
    r"|(?:查看|点击|阅读|展开)(?:更多|全文|原文|查看|下载|播放|进入).{0,12}|更多\s?>{0,2}|(?:网友|发表|我要)评论"
    r"|猜你喜欢|最新文章|文章导航|全文完|完|END|正文|目录)[\])】]?\s?){1,4}",
    re.IGNORECASE,
)
_IMAGE_FILE = re.compile(r"\S{1,80}\.(?:jpe?g|png|gif|bmp|webp|mp4|docx?|pdf)", re.IGNORECASE)
_SYMBOLS = re.compile(r"[\W_]+")

_BYLINE_LABEL = re.compile(
    r"(?:文章|信息|稿件|新闻|消息|内容)?(?:来源|出处|稿源)\s*:"
    r"|(?:作者|作者单位|供稿单位|图片来源|发文字号|[一二三初复终]审|责任?编辑|责编|编辑|编审|编校|审核|审校|校对|签发人?|会签人?|监制|策划"
    r"|统筹|制作|录入|撰稿|供稿|撰文|摄影|摄|文/图|图/文|图文|信息员|通讯员|供图|投稿|发布人|发布者)\s*[:/]"
    r"|(?:发布|发文|发稿|发表|更新|创建|成文|刊发|访谈|录入|播出|直播)?(?:时间|日期)\s*:\s*(?:19|20)\d\d"
    r"|(?:发布|发文)(?:机构|机关|单位|部门)\s*:"
    r"|(?:访谈主题|频\s?[率道])\s*:|(?:【\S{1,4}】\s?){1,4}来源\s*:"
)
_BYLINE_LINE = re.compile(
    rf"""
    (?:[\u4e00-\u9fff]{{1,12}}\s?)?(?:记者|通讯员)\s*:?\s*{_NAMES}$       # 本报记者 王某 李某
    |[\u4e00-\u9fff]{{2,18}}(?:网|网站|报|社|杂志|频道|客户端|电视台|公众号)\s+{_NAMES}
     (?:\s自?[\u4e00-\u9fff]{{2,10}}报道)?$                             # 某某网站 王某 李某 自某省某市报道
    |[\u4e00-\u9fff]{{2,18}}(?:网|网站|报|社)讯$
    |\(?{_DATE}\s?{_CLOCK}\)?[\s|]{{0,3}}[\u4e00-\u9fff]{{0,2}}(?:来源|作者|编辑|发布|浏览|点击|阅读|字[体号])
    |(?!.{{0,14}}(?:时限|期限|时间|日期|截[至止]|完成))[\u4e00-\u9fff]{{2,16}}
     \s{_DATE}\s?{_CLOCK}(?:\s+(?:记者|通讯员|编辑|作者)\s.{{2,30}})?$      # 某某清风 2023年9月21日 通讯员 王某
    |[\u4e00-\u9fff]{{2,24}}\s+(?:发布|发文|更新|发稿)?(?:时间|日期)\s*:\s*(?:19|20)\d\d  # 某网站 发布日期:2023-…
    |\(?《{_PAPER}》\s*\(?{_DATE}                                        # 《某某日报》2022年11月17日 第3版
    |\(?{_PAPER}\s+{_DATE}\s?(?:{_SHEET}\S{{0,8}}(?:\s\S{{2,6}})?)?\)?$     # 某晚报 2023-11-27 第2版
    |\({_DATE}[\u4e00-\u9fff]{{4,30}}(?:通过|公布|发布|印发|修订)[^()。]{{0,40}}\)$  # (2023年5月6日某局局务会议通过)
    |[\u4e00-\u9fff]{{3,28}}(?:公告|通告|通报)\s+(?:19|20)\d\d年第\d{{1,4}}号      # 某市审计局公告 2023年第4号
    |\(?(?:本文)?(?:原?载于?|刊[载登发]于)[^。《]{{0,20}}《                   # (原载2022年12月2日《某报》)
    |[二〇○◯零一三四五六七八九十Oo0]{{4}}\s?年\s?[一二三四五六七八九十]{{1,2}}\s?月\s?[一二三四五六七八九十]{{1,3}}\s?日$
    |\([二〇○◯零一三四五六七八九十]{{4}}年[一二三四五六七八九十]{{1,2}}月[一二三四五六七八九十]{{1,3}}日(?:公告|发布|公布|印发|通过)\)$
    |\(?\s?{_DATE}\s?{_CLOCK}\s?\)?$                                     # (2022年3月1日)
    |[\u4e00-\u9fff]{{1,12}}[\[(〔](?:19|20)\d\d[\])〕]\d{{1,4}}号$         # 某卫发〔2023〕5号
    |[\u4e00-\u9fff]{{3,40}}(?:委员会|[室局厅部院府委会校组处办]|公司|集团|中心)文件$   # the red head of a notice
    """,
    re.VERBOSE,
)
#: In brackets behind the last sentence of a paragraph: (记者 王某), (来源:某报), (某市纪委供稿).
_LABELLED = re.compile(
    rf"(?:本[报刊网台]|特约|新华社)?(?:记者|通讯员|作者|撰稿人?)(?:[\s:]+[^():;。]{{2,40}}|{_NAMES})"
    r"|(?:来源|编辑|责任?编辑|责编|供稿)\s*:[^():;。]{2,40}"
    r"|[^():;,。]{2,24}(?:供稿|供图|报道|整理|/[文图摄])|[文图]/[^():;。]{2,30}|作者(?:单位|系).{2,30}"
)
#: In brackets at the very end of a document: (王某), (纪检监察室 王某), (某报). Elsewhere they may name who has to act.
#: An organisation that signs, (某市纪委监委), is a party to what the document says: content.
_UNLABELLED = re.compile(rf"[^():;,。]{{2,24}}(?:网|网站|报|报社|杂志)|(?:[\u4e00-\u9fff]{{2,12}}\s)?{_NAMES}")
_ORGAN = re.compile(r".*(?:纪委|监委|党委|委员会|[室组局院部委科校]|公司|中心)")
_NO_NAMES = frozenset(
    ["试行", "修订", "暂行", "节选", "全文", "待续", "略", "掌声", "热烈掌声", "笑声", "下同", "已完成"]
)
_PICTURE = re.compile(r"(?:^|[。,;:)”\s])图为")  # …,图为签名现场; not 企图为他人谋利
_CREDIT = re.compile(
    rf"\s*(\(?(?:(?:记者|通讯员|摄影|本[报网]记者)\s*:?\s*)?(?:{_NAMES}|[\u4e00-\u9fff](?:\s[\u4e00-\u9fff]){{1,2}})"
    rf"\s*(?:/?\s*摄(?:影(?:报道)?)?|供图|/图)\s*\)?)"
)
_DATELINE = re.compile(
    r"(?:本[报网刊台]讯|[\u4e00-\u9fff]{2,16}(?:网|网站|报|社|台|委)讯|[\u4e00-\u9fff]{2,12}\d{1,2}月\d{1,2}日[电讯])"
    r"(?:\s*\((?:记者|通讯员)[^()]{2,40}\)|\s+(?=\S))"
)
_STRAY = re.compile(r"(?:\?\s*){2,}")  # what no-break spaces become in a wrong encoding: `? ??某某:…`
_INLINE_FURNITURE = re.compile(
    r"[\[【(]?(?:免责|版权|特别|郑重)声明[\]】)]?|(?:原文|本文|文章)(?:链接|地址|网址)\s*:|(?:上|下)一篇\s*:|推荐(?:访问|阅读)\s*:"
)
_INLINE_BYLINE = re.compile(r"[\[【(]?(?:责任编辑|责编|编辑|来源|作者)\s*:\s*[^()。,;:]{2,20}[\]】)]?\s*$")
_SENTENCE_ENDS = "。!?;”’…)"
_LONGEST_BYLINE = 120
_LONGEST_CAPTION = 300


class Piece(NamedTuple):
    """A stretch of a line; `kind` is None where only its surroundings can tell."""

    text: str
    kind: BlockKind | None


def kind_of(line: str) -> BlockKind | None:
    """Furniture, by-line or caption by the line's own words; None for everything else."""
    return _kind(_plain(line))


def _plain(line: str) -> str:
    """Character by character as the patterns have it: folded, in Simplified script."""
    return to_simplified(fold(line))


def unbulleted(folded: str) -> str:
    """A folded line without its bullet."""
    bullet = _BULLET.match(folded)
    return folded[bullet.end() :] if bullet and not folded.startswith("--") else folded


def pieces(line: str) -> list[Piece]:
    """Split by-lines, photo credits and furniture off the ends of a line; in order, nothing but white space lost."""
    folded = _plain(line)
    kind = _kind(folded)
    if kind is not None and kind is not BlockKind.CAPTION:
        return [Piece(line, kind)]
    start, end = 0, len(line)
    before: list[Piece] = []
    after: list[Piece] = []
    if lead := _lead(folded):
        start = lead[0]
        before.append(Piece(line[:start].rstrip(), lead[1]))
    while tail := _tail(folded[start:end]):
        after.append(Piece(line[start + tail[0] : end].strip(), tail[1]))
        end = start + len(folded[start : start + tail[0]].rstrip())
    if before and not after:
        kind = _kind(folded[start:end])
    return [*before, Piece(line[start:end], kind), *reversed(after)]


def _kind(folded: str) -> BlockKind | None:
    bare = unbulleted(folded)
    if not bare or _is_furniture(bare):
        return BlockKind.FURNITURE
    if _is_byline(bare):
        return BlockKind.BYLINE
    return BlockKind.CAPTION if _is_caption(bare) else None


def _is_furniture(bare: str) -> bool:
    if _FURNITURE.match(bare):
        return True
    words = len(bare) <= 90 and (_FURNITURE_WORDS.fullmatch(bare) or _IMAGE_FILE.fullmatch(bare))
    return bool(words) or _SYMBOLS.fullmatch(bare) is not None


def _is_byline(bare: str) -> bool:
    if len(bare) > _LONGEST_BYLINE:
        return False
    if _BYLINE_LABEL.match(bare):
        return not any(mark in bare for mark in "。?!")
    return bool(_BYLINE_LINE.match(bare)) or _is_signature(bare)


def _is_caption(bare: str) -> bool:
    if bare.startswith(("图片说明", "▲", "△")):
        return True
    return len(bare) <= _LONGEST_CAPTION and (_PICTURE.search(bare) is not None or _credit(bare) is not None)


def closing_signature(line: str) -> int | None:
    """Where a bracket with the author's name begins behind the last sentence of a document."""
    folded = _plain(line)
    start = folded.rfind("(")
    return start if _after_sentence(folded, start) and _is_signature(folded[start:]) else None


def _is_signature(text: str) -> bool:
    """Whether the text is one pair of brackets that holds who wrote it, label or not."""
    inner = _bracketed(text)
    if _is_labelled(text):
        return True
    return inner not in _NO_NAMES and _UNLABELLED.fullmatch(inner) is not None and _ORGAN.fullmatch(inner) is None


def _is_labelled(text: str) -> bool:
    return _LABELLED.fullmatch(_bracketed(text)) is not None


def _bracketed(text: str) -> str:
    return text[1:-1].strip() if text.startswith("(") and text.endswith(")") else ""


def _lead(folded: str) -> tuple[int, BlockKind] | None:
    """Where content begins behind stray marks or a dateline, and what stands before it."""
    if stray := _STRAY.match(folded):
        return stray.end(), BlockKind.FURNITURE
    if dateline := _DATELINE.match(folded):
        return dateline.end(), BlockKind.BYLINE
    return None


def _tail(folded: str) -> tuple[int, BlockKind] | None:
    """Where content ends and a by-line or furniture begins, and what that is."""
    for match in _INLINE_FURNITURE.finditer(folded) if _has_furniture_word(folded) else ():
        if _after_sentence(folded, match.start()):
            return match.start(), BlockKind.FURNITURE
    start = folded.rfind("(")
    if _after_sentence(folded, start) and _is_labelled(folded[start:]):
        return start, BlockKind.BYLINE
    if (start := _credit(folded) or -1) > 0:
        return start, BlockKind.BYLINE
    label = _INLINE_BYLINE.search(folded, max(0, len(folded) - 40))
    return (label.start(), BlockKind.BYLINE) if label and _after_sentence(folded, label.start()) else None


def _has_furniture_word(folded: str) -> bool:
    """A cheap test for what `_INLINE_FURNITURE` can match at all."""
    return "声明" in folded or "链接" in folded or "址:" in folded or "一篇" in folded or "推荐" in folded


def _credit(folded: str) -> int | None:
    """Where the photo credit behind the last sentence begins: `…活动现场。王某 摄`."""
    if not folded.endswith(("摄", "摄)", "供图", "供图)", "摄影", "摄影)", "摄影报道", "/图")):
        return None
    end = max(folded.rfind(mark, 0, -1) for mark in "。!?”")
    credit = _CREDIT.fullmatch(folded, end + 1)
    return credit.start(1) if credit and end > 0 else None


def _after_sentence(folded: str, offset: int) -> bool:
    """Whether a sentence ends right before `offset`."""
    return offset > 0 and folded[max(0, offset - 4) : offset].rstrip()[-1:] in tuple(_SENTENCE_ENDS)
