"""File and page number -> the image of that page, upright as the file says, never larger than `LONGEST` pixels a side.

PDFium draws pages of PDF; Pillow opens files of images, only in the formats that are named here.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pypdfium2
from numpy.typing import NDArray
from PIL import Image, ImageOps

from ingest.readers.ocr.image_files import MOST_PIXELS, TooLargeError, UnreadableError, opened

DPI = 200  # letters of 8 points are 22 pixels high; lines are read at 48
LONGEST = 4_000  # pixels: A3 at 200 dpi has 3,300
_POINTS = 72  # an inch
_A4 = 842  # points: what an image that does not say its size is taken for


def draw(content: bytes, page: int) -> tuple[NDArray[np.uint8], float]:
    """The image of a page, counted from 0 (height, width, 3), and how many points one of its pixels is.

    Raises TooLargeError and UnreadableError.
    """
    return _pdf_page(content, page) if content[:1024].lstrip().startswith(b"%PDF-") else _frame(content, page)


def _pdf_page(content: bytes, number: int) -> tuple[NDArray[np.uint8], float]:
    try:
        page = pypdfium2.PdfDocument(content)[number]
        scale = min(DPI / _POINTS, LONGEST / max(1.0, *page.get_size()))
        # Grey is enough to read by, and takes a third of the memory.
        grey = page.render(scale=scale, grayscale=True).to_numpy()
    except (pypdfium2.PdfiumError, IndexError, ValueError) as error:
        raise UnreadableError(str(error)) from None
    return _three_channels(grey.reshape(grey.shape[0], grey.shape[1])), 1 / scale


def _frame(content: bytes, number: int) -> tuple[NDArray[np.uint8], float]:
    with opened(content) as image:
        try:
            if number:
                image.seek(number)
            if image.width * image.height > MOST_PIXELS:
                raise TooLargeError
            image.draft("L", (LONGEST, LONGEST))  # a large JPEG is unpacked at half its size at once
            grey = _flattened(image)
        except Image.DecompressionBombError:
            raise TooLargeError from None
        except (EOFError, OSError, ValueError, SyntaxError, KeyError, TypeError, IndexError) as error:
            raise UnreadableError(str(error)) from None
    grey.thumbnail((LONGEST, LONGEST), reducing_gap=2.0)
    pixels = np.asarray(ImageOps.exif_transpose(grey))
    return _three_channels(pixels), _A4 / max(pixels.shape)


def _flattened(image: Image.Image) -> Image.Image:
    """In shades of grey, what is transparent being white paper."""
    if "A" in image.getbands() or "transparency" in image.info:
        rgba = image.convert("RGBA")
        paper = Image.new("RGBA", rgba.size, "white")
        return Image.alpha_composite(paper, rgba).convert("L")
    if image.mode.startswith("I;16") or image.mode in {"I", "F"}:
        values = np.asarray(image, dtype=np.float32)
        lowest, highest = float(values.min()), float(values.max())
        return Image.fromarray(((values - lowest) * (255 / (highest - lowest or 1.0))).astype(np.uint8))
    return image.convert("L")


def _three_channels(grey: NDArray[Any]) -> NDArray[np.uint8]:
    return np.ascontiguousarray(np.repeat(grey.astype(np.uint8)[:, :, np.newaxis], 3, axis=2))
