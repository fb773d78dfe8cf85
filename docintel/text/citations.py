"""One spelling for what official texts are cited by: numbers of documents, titles of laws and their articles.

In: a citation as written or as a reader types it. Out: the spelling that references are stored and searched in.
"""

import re

from docintel.text.normalize import fold
from docintel.text.numerals import parse_number

_YEAR = re.compile(r"[〔\[【(]((?:19|20)\d\d)[〕\]】)]第?0*(\d+)号")
_ARTICLE = re.compile(r"第([0-9〇零一二三四五六七八九十百千]{1,8})条")


def canonical_citation(text: str) -> str:
    """`云纪发[2022]15号` → `云纪发〔2022〕15号`, `《监察法》第十一条` → `监察法第11条`; white space and book marks go.

    A court's `(2021)云01刑初12号` keeps its round brackets.
    """
    plain = re.sub(r"[\s《》]", "", fold(text))
    numbered = _YEAR.sub(r"〔\1〕\2号", plain)
    return _ARTICLE.sub(lambda match: f"第{parse_number(match[1]) or 0:.0f}条", numbered)
