"""Punctuation as the recogniser gives it, to punctuation as Chinese type sets it.

In: a line of recognised text. Out: the line. The model gives half-width marks where the page shows full-width
`：？（）；，`: 94 times on 40 images of 10 rendered pages. Letters and digits are never touched, nor are brackets
changed for brackets of another kind.
"""

import re

_HAN = "\u3400-\u9fff"
_FULL = str.maketrans(",:;?!()", "，：；？！（）")
#: `据了解,全年` `第一,加强` `问题35个;` `为什么?` — not `1,234` `10:30` `http:`.
_AFTER_HAN = re.compile(rf"(?<=[{_HAN}”’》〉】〕）、。])[,:;?!]")
_BEFORE_HAN = re.compile(rf"[,:;?!](?=[{_HAN}“‘《〈【〔（])")
#: `(一)加强` `云栖县(含直属单位)` — not `f(x)`.
_BRACKETS = re.compile(r"\([^()（）]*\)")
_OPEN, _CLOSE = re.compile(rf"\((?=[{_HAN}])|(?<=[{_HAN}])\("), re.compile(rf"(?<=[{_HAN}])\)|\)(?=[{_HAN}])")
#: The dash of Chinese type is two em long: `纪委监委--` and `一一` between Han stand for no other mark.
_DASH = re.compile(rf"(?<=[{_HAN}”》])--(?=[{_HAN}“《])")


#: `金额 （万元）`: full-width marks bring their own space, and a printed gap is a fragment's end.
_SPACED = re.compile(r" (?=[，。：；、！？（）《》〔〕【】“”])|(?<=[，。：；、！？（）《》〔〕【】“”]) ")


def corrected(text: str) -> str:
    """The line with half-width marks beside Han characters as the full-width marks they are."""
    text = _BRACKETS.sub(lambda match: _bracketed(text, match), text)
    text = _OPEN.sub("（", _CLOSE.sub("）", text))
    for pattern in (_AFTER_HAN, _BEFORE_HAN):
        text = pattern.sub(lambda match: match[0].translate(_FULL), text)
    return _SPACED.sub("", _DASH.sub("——", text))


def _bracketed(text: str, match: re.Match[str]) -> str:
    around = text[max(0, match.start() - 1) : match.start()] + match[0] + text[match.end() : match.end() + 1]
    return f"（{match[0][1:-1]}）" if re.search(f"[{_HAN}]", around) else match[0]
