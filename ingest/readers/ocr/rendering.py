"""File and page number -> the image of that page, upright as the file says, never larger than `LONGEST` pixels a side.

PDFium draws pages of PDF; Pillow opens files of images, only in the formats that are named here.
"""

from __future__ import annotations

import io
import warnings
from typing import Any

import numpy as np
import pypdfium2
from numpy.typing import NDArray
from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "TIFF", "WEBP")
DPI = 200  # letters of 8 points are 22 pixels high; lines are read at 48
LONGEST = 4_000  # pixels: A3 at 200 dpi has 3,300
# Pixels of an image as it is stored: A3 at 600 dpi has 70 million. Opening 80 million takes 0.5 GB.
MOST_PIXELS = 80_000_000
MOST_PAGES = 1_000  # of one file of images; nobody scans more into one
_POINTS = 72  # an inch
_A4 = 842  # points: what an image that does not say its size is taken for

Image.MAX_IMAGE_PIXELS = MOST_PIXELS


class TooLargeError(Exception):
    """An image of more pixels than are read."""


class UnreadableError(Exception):
    """A page that cannot be drawn, or a file that is no image of the formats above."""


def draw(content: bytes, page: int) -> tuple[NDArray[np.uint8], float]:
    """The image of a page, counted from 0 (height, width, 3), and how many points one of its pixels is.

    Raises TooLargeError and UnreadableError.
    """
    return _pdf_page(content, page) if content[:1024].lstrip().startswith(b"%PDF-") else _frame(content, page)


def count_pages(content: bytes) -> int:
    """How many images a file holds, at most `MOST_PAGES` and one: headers are read, no image.

    Raises TooLargeError and UnreadableError.
    """
    with _opened(content) as image:
        count = 1
        if image.format == "TIFF":  # the others hold one page, or pictures that move
            try:
                while count <= MOST_PAGES:
                    image.seek(count)
                    count += 1
            except EOFError:
                pass
            except (OSError, ValueError, SyntaxError, KeyError, TypeError):
                pass  # damaged from here on: what comes before can be read
        return count


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
    with _opened(content) as image:
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


def _opened(content: bytes) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of sizes and of tags that no reader needs
        try:
            return Image.open(io.BytesIO(content), formats=FORMATS)
        except Image.DecompressionBombError:
            raise TooLargeError from None
        except (OSError, ValueError, SyntaxError, KeyError, TypeError, IndexError) as error:
            raise UnreadableError(str(error)) from None


def _three_channels(grey: NDArray[Any]) -> NDArray[np.uint8]:
    return np.ascontiguousarray(np.repeat(grey.astype(np.uint8)[:, :, np.newaxis], 3, axis=2))
