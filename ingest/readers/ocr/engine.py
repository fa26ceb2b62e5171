"""Image -> boxes with the text in them: rapidocr, held to the models that its wheel carries."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import rapidocr
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Point = tuple[float, float]

# Longest side, in pixels, at which lines are looked for (they are read from the whole image). Measured on pages of A4
# at 200 dpi (benchmarks/ocr.py, 2026-11): 1280 finds all lines, of 8 points too, in half the time of 1600.
_LOOKED_AT = 1280
# Lines read at a time. Two leave a third less padding than rapidocr's six: 10 to 20 % faster, fewer characters wrong.
_AT_A_TIME = 2
_MODELS = Path(rapidocr.__file__).parent / "models"
_TALL = 1.5  # rapidocr turns boxes that are that many times higher than wide
# Below, most of what was read is guesswork: the page may stand on its head. Lines of straight pages have 0.94 or more.
_UPRIGHT = 0.8


@dataclass(frozen=True, slots=True)
class Box:
    """Text found in an image, its corners in pixels (top left, top right, bottom right, bottom left, seen from the
    text), and how sure the recogniser is, from 0 to 1."""

    text: str
    score: float
    corners: tuple[Point, Point, Point, Point]

    @property
    def height(self) -> float:
        """Pixels from its top to its bottom, along its left side."""
        (left, top), *_, (low_left, bottom) = self.corners
        return float(np.hypot(low_left - left, bottom - top))

    @property
    def width(self) -> float:
        """Pixels along its top."""
        (left, top), (right, right_top), *_ = self.corners
        return float(np.hypot(right - left, right_top - top))


def boxes(image: Image) -> tuple[list[Box], int]:
    """The text in an image (height, width, 3), and by how many quarter turns to the left it has to be turned for that.

    A page that lies on its side, or stands on its head, is turned first.
    """
    found = _boxes(image)
    tall = sum(box.height > _TALL * box.width for box in found if len(box.text) > 2)
    if found and tall * 2 > len(found):
        turns = [1, 3]
    elif found and _sureness(found) < _UPRIGHT:
        turns = [2]
    else:
        return found, 0
    tried = [(found, 0), *((_boxes(np.ascontiguousarray(np.rot90(image, turn))), turn) for turn in turns)]
    # Text on its head is found as well as upright, but read with much less certainty.
    return max(tried, key=lambda page: (_sureness(page[0]), -page[1]))


def warm_up() -> None:
    """Loads the models, while files may still be opened freely."""
    image = np.full((120, 600, 3), 255, np.uint8)
    cv2.putText(image, "Bonjour", (40, 80), cv2.FONT_HERSHEY_SIMPLEX, 2.0, (0, 0, 0), 4)
    _boxes(image)


def _sureness(found: list[Box]) -> float:
    """The mean of the scores, each letter counting the same."""
    letters = sum(len(box.text) for box in found)
    return sum(box.score * len(box.text) for box in found) / letters if letters else 0.0


def _boxes(image: Image) -> list[Box]:
    read = _engine()(image)
    if read.boxes is None or read.txts is None:
        return []
    return [
        Box(str(text), float(score), (_point(first), _point(second), _point(third), _point(last)))
        for text, score, (first, second, third, last) in zip(read.txts, read.scores, read.boxes, strict=True)
    ]


def _point(corner: Any) -> Point:
    return float(corner[0]), float(corner[1])


@cache
def _engine() -> Any:
    cv2.setNumThreads(1)  # its own threads would come to those of the models
    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    detection, recognition = _MODELS / "PP-OCRv6_det_small.onnx", _MODELS / "PP-OCRv6_rec_small.onnx"
    return rapidocr.RapidOCR(
        params={
            "Global.log_level": "error",
            "Global.text_score": 0.0,  # what is left out is counted: `order` decides
            "Global.use_cls": False,  # pages are turned as a whole
            "Global.max_side_len": 10_000,  # `rendering` has seen to it
            # Files of the wheel, named: nothing is ever looked up or fetched.
            "Det.model_path": str(detection),
            "Det.limit_type": "max",
            "Det.limit_side_len": _LOOKED_AT,
            "Rec.model_path": str(recognition),
            "Rec.rec_batch_num": _AT_A_TIME,
            # One: threads of the library wait by spinning, which on a busy machine takes ten times as long; and a
            # process that is locked down may start none. Two pages are read at a time instead (`recogniser`).
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            # With it pages take 10 % less time, and a third more memory, which stays.
            "EngineConfig.onnxruntime.enable_cpu_mem_arena": False,
        }
    )
