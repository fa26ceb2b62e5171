"""Files of images, opened by Pillow, only in the formats that are named here, and counted; `rendering` draws them.

Apart from it: every process that reads files imports this, and no numpy with it.
"""

from __future__ import annotations

import io
import warnings

from PIL import Image

FORMATS = ("JPEG", "PNG", "TIFF", "WEBP")
# Pixels of an image as it is stored: A3 at 600 dpi has 70 million. Opening 80 million takes 0.5 GB.
MOST_PIXELS = 80_000_000
MOST_PAGES = 1_000  # of one file of images; nobody scans more into one

Image.MAX_IMAGE_PIXELS = MOST_PIXELS


class TooLargeError(Exception):
    """An image of more pixels than are read."""


class UnreadableError(Exception):
    """A page that cannot be drawn, or a file that is no image of the formats above."""


def count_pages(content: bytes) -> int:
    """How many images a file holds, at most `MOST_PAGES` and one: headers are read, no image.

    Raises TooLargeError and UnreadableError.
    """
    with opened(content) as image:
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


def opened(content: bytes) -> Image.Image:
    """The image of a file, not yet unpacked. Raises TooLargeError and UnreadableError."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of sizes and of tags that no reader needs
        try:
            return Image.open(io.BytesIO(content), formats=FORMATS)
        except Image.DecompressionBombError:
            raise TooLargeError from None
        except (OSError, ValueError, SyntaxError, KeyError, TypeError, IndexError) as error:
            raise UnreadableError(str(error)) from None
