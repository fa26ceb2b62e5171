"""What the child process that recognises is asked to do, page by page, on plain values (kb/bounded/child.py).

It is a process of its own kind: the models and what drives them take far more memory than any reader of files may.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from ingest.readers.ocr.engine import boxes, warm_up
from ingest.readers.ocr.image_files import TooLargeError, UnreadableError
from ingest.readers.ocr.order import page_of
from ingest.readers.ocr.rendering import draw
from ingest.readers.reading import RecognisedPage

warm_up()  # before the process is locked down: no page waits for it


def mark(content: bytes, about: dict[str, Any]) -> dict[str, Any]:
    """{"mark": the SHA-256 of the page's image, in hexadecimal; empty for a page that cannot be drawn}."""
    try:
        image, point = draw(content, about["page"])
    except (TooLargeError, UnreadableError):
        return {"mark": ""}
    return {"mark": hashlib.sha256(f"{image.shape} {point:.5f} ".encode() + image[:, :, 0].tobytes()).hexdigest()}


def recognise(content: bytes, about: dict[str, Any]) -> dict[str, Any]:
    """The lines of a page, counted from 0, as a `RecognisedPage`."""
    try:
        image, point = draw(content, about["page"])
    except TooLargeError:
        return RecognisedPage(outcome="large").to_json()
    except UnreadableError:
        return RecognisedPage(outcome="failed").to_json()
    found, turns = boxes(image)
    height, width = np.rot90(image, turns).shape[:2]
    return page_of(found, width, height, point).to_json()
