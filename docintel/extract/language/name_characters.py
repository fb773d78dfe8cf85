"""Patterns of what names of places and institutions are written with."""

from docintel.extract.language.lexicon import load

_STOP = "|".join(load("units")["stop"]["words"])
#: Of a name; 水务(集团)有限公司 has brackets as well.
CHARACTER = rf"(?:(?!{_STOP})[\u4e00-\u9fffA-Za-z·]|\([\u4e00-\u9fff]{{2,4}}\)(?=[\u4e00-\u9fff]{{0,8}}公司))"
ORDINAL = "第[一二三四五六七八九十]+"
