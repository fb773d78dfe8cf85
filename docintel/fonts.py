"""Fonts with Chinese characters for drawing pages.

In: nothing. Out: Pillow fonts, of the system where it has one, else the shipped one.
"""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from docintel.config import models_dir
from docintel.errors import ModelError

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


def shipped_font() -> Path:
    """The font that comes with docintel.

    Raises:
        ModelError: its file is missing.
    """
    path = models_dir() / "font" / "wqy-microhei.ttc"
    if not path.is_file():
        raise ModelError(
            f"缺少随附的中文字体。 The Chinese font that comes with docintel is missing: {path}",
            hint="请重新安装 docintel。 Reinstall docintel.",
        )
    return path


@lru_cache(maxsize=2)
def _file(serif: bool) -> tuple[str, int]:
    from PIL import ImageFont

    for name in (*_SERIF, *_SANS) if serif else _SANS:
        index = _SIMPLIFIED.get(name, 0)
        try:
            return str(ImageFont.truetype(name, 12, index=index).path), index
        except OSError:
            continue
    return str(shipped_font()), 0


@lru_cache(maxsize=256)
def chinese_font(size: int, *, serif: bool = False) -> "FreeTypeFont":
    """A font with Chinese characters, `size` pixels to the em.

    Raises:
        ModelError: neither the system nor docintel has one.
    """
    from PIL import ImageFont

    path, index = _file(serif)
    return ImageFont.truetype(path, size, index=index)
