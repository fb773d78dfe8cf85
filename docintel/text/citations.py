"""One spelling for what official texts are cited by: numbers of documents, titles of laws and their articles.

In: a citation as written or as a reader types it. Out: the spelling that references are stored and searched in.
"""

import re

from docintel.text.normalize import fold
from docintel.text.numerals import parse_number

_YEAR = re.compile(r"[〔\[【(]((?:19|20)\d\d)[〕\]】)]第?0*(\d+)号")
_NUMERAL = "[0-9〇零一二三四五六七八九十百千]"
_ARTICLE = re.compile(rf"第({_NUMERAL}{{1,8}})条(?:之([一二三四五六七八九十]))?")


def canonical_citation(text: str) -> str:
    """`云纪发[2022]15号` → `云纪发〔2022〕15号`, `《监察法》第十一条` → `监察法第11条`; white space and book marks go.

    A court's `(2021)云01刑初12号` keeps its round brackets.
    """
    plain = re.sub(r"[\s《》]", "", fold(text))
    numbered = _YEAR.sub(r"〔\1〕\2号", plain)
    return _ARTICLE.sub(_article, numbered)


def _article(match: re.Match[str]) -> str:
    inserted = f"之{parse_number(match[2]):.0f}" if match[2] else ""
    return f"第{parse_number(match[1]) or 0:.0f}条{inserted}"
