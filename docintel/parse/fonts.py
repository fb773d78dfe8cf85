"""Fonts of this machine for drawing pages.

In: nothing. Out: Pillow fonts with Chinese characters where the system has one, else None.
"""

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

#: Files by the names under which systems keep them; Pillow knows the folders.
_SANS = (
    "NotoSansCJK-Regular.ttc", "NotoSansCJKsc-Regular.otf", "NotoSansSC-Regular.otf", "SourceHanSansSC-Regular.otf",
    "SourceHanSansCN-Regular.otf", "wqy-microhei.ttc", "wqy-zenhei.ttc", "DroidSansFallbackFull.ttf", "msyh.ttc",
    "simhei.ttf", "PingFang.ttc", "Hiragino Sans GB.ttc", "STHeiti Light.ttc", "uming.ttc", "simsun.ttc",
)  # fmt: skip
_SERIF = (
    "NotoSerifCJK-Regular.ttc", "NotoSerifCJKsc-Regular.otf", "NotoSerifSC-Regular.otf", "SourceHanSerifSC-Regular.otf",
    "SourceHanSerifCN-Regular.otf", "simsun.ttc", "simfang.ttf", "Songti.ttc", "uming.ttc",
)  # fmt: skip
#: In collections of four languages: the place of Simplified Chinese.
_SIMPLIFIED = {"NotoSansCJK-Regular.ttc": 2, "NotoSerifCJK-Regular.ttc": 2}


@lru_cache(maxsize=2)
def _file(serif: bool) -> tuple[str, int] | None:
    from PIL import ImageFont

    for name in (*_SERIF, *_SANS) if serif else _SANS:
        index = _SIMPLIFIED.get(name, 0)
        try:
            return str(ImageFont.truetype(name, 12, index=index).path), index
        except OSError:
            continue
    return None


@lru_cache(maxsize=256)
def chinese_font(size: int, *, serif: bool = False) -> "FreeTypeFont | None":
    """A font with Chinese characters, `size` pixels to the em."""
    from PIL import ImageFont

    found = _file(serif)
    return ImageFont.truetype(found[0], size, index=found[1]) if found else None
