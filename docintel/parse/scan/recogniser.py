"""PP-OCR as rapidocr ships it: where lines of text are in grey pixels, and what they say.

In: grey pixels, 255 white. Out: quadrilaterals of lines; text and confidence of each. Models come with the package and
are loaded at first use; nothing is fetched, nothing is logged.
"""

import logging
from collections.abc import Sequence
from functools import lru_cache
from importlib.metadata import version
from typing import Any

import numpy as np
import numpy.typing as npt

from docintel.errors import ModelError
from docintel.parse.scan.raster import Grey

#: Top left, top right, bottom right, bottom left: `(4, 2)` float32, pixels.
Quad = npt.NDArray[np.float32]

#: Other work goes on beside; not tuned.
_THREADS = 2
#: Lines recognised at once: rapidocr's own number, not tuned. It sorts them by width, so padding stays small.
_BATCH = 6
#: The detector sees letters of about this height, in pixels. On two A4 pages it found the same lines with 736 to 2336
#: pixels for the long side, at 0.4 to 4.9 s.
_SEEN_HEIGHT = 16.0
_LONGEST_SIDE = 1600
_SHORTEST_SIDE = 640


@lru_cache(maxsize=1)
def _engine() -> Any:
    from rapidocr import RapidOCR

    logging.getLogger("RapidOCR").setLevel(logging.CRITICAL)
    try:
        return RapidOCR(
            params={
                "Global.log_level": "critical",
                "Global.use_vertical_padding": False,
                "EngineConfig.onnxruntime.intra_op_num_threads": _THREADS,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
                "Det.limit_type": "max",
                "Det.limit_side_len": 4 * _LONGEST_SIDE,  # `find_lines` scales itself
                "Rec.rec_batch_num": _BATCH,
            }
        )
    except (OSError, ValueError) as exc:
        raise ModelError(
            f"文字识别模型无法加载。 The models of rapidocr cannot be loaded: {exc}",
            hint="请重新安装 rapidocr。 Install rapidocr again.",
        ) from exc


def engine_version() -> str:
    """What recognised text depends on besides our own settings."""
    return f"rapidocr-{version('rapidocr')}"


def find_lines(grey: Grey, letter: float) -> list[Quad]:
    """Where lines of text are; `letter` is the height of most characters in pixels, 0 where it isn't known."""
    import cv2
    from rapidocr.main import RapidOCRError

    longest = max(grey.shape)
    wanted = longest * _SEEN_HEIGHT / letter if letter else _SHORTEST_SIDE
    ratio = min(max(wanted, _SHORTEST_SIDE), _LONGEST_SIDE, 4 * longest) / longest
    height, width = (max(32, round(side * ratio / 32) * 32) for side in grey.shape)
    method = cv2.INTER_AREA if ratio < 1 else cv2.INTER_CUBIC
    seen = cv2.cvtColor(cv2.resize(grey, (width, height), interpolation=method), cv2.COLOR_GRAY2BGR)
    try:
        _, found = _engine().detect_and_crop(seen, {})
    except RapidOCRError:  # its way to say that there is no text
        return []
    back = np.array([grey.shape[1] / width, grey.shape[0] / height], dtype=np.float32)
    return [np.asarray(quad, dtype=np.float32) * back for quad in found.boxes]


def read_lines(crops: Sequence[Grey]) -> list[tuple[str, float]]:
    """What images of single lines say, and how sure that is, 0 to 1."""
    import cv2

    if not crops:
        return []
    read = _engine().recognize_txt([cv2.cvtColor(crop, cv2.COLOR_GRAY2BGR) for crop in crops])
    return [(str(text), float(score)) for text, score in zip(read.txts, read.scores, strict=True)]


def is_upside_down(crops: Sequence[Grey]) -> bool:
    """Whether most of some images of text stand on their heads; each should show a few characters."""
    import cv2

    if not crops:
        return False
    _, told = _engine().cls_and_rotate([cv2.cvtColor(crop, cv2.COLOR_GRAY2BGR) for crop in crops])
    turned = sum(score if label == "180" else -score for label, score in told.cls_res)
    return bool(turned > 0)
