"""Pages as a scanner gives them, made of known French text: set in type, drawn, then aged.

Drawing is PDFium's; noise, a page laid askew, grey ink on grey paper and the losses of JPEG are Pillow's and numpy's.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pypdfium2
from fpdf import FPDF
from PIL import Image, ImageFilter

FONTS = "/usr/share/fonts/truetype/dejavu/"  # Debian's fonts-dejavu-core, which `make test` installs
DPI = 200  # what offices scan at
_SEED = 7


@dataclass(frozen=True, slots=True)
class Look:
    """How a page comes out of the scanner: `columns` of type of `size` points, then what `age` makes of it."""

    name: str
    font: str = "DejaVuSerif.ttf"
    size: float = 11
    columns: int = 1
    age: Callable[[Image.Image], Image.Image] = lambda image: image


def _noisy(image: Image.Image) -> Image.Image:
    dots = np.random.default_rng(_SEED).normal(0, 25, (image.height, image.width))
    blurred = np.asarray(image.filter(ImageFilter.GaussianBlur(0.8)), dtype=np.float64)
    return Image.fromarray(np.clip(blurred + dots, 0, 255).astype(np.uint8))


def _askew(image: Image.Image) -> Image.Image:
    return image.rotate(1.5, resample=Image.Resampling.BICUBIC, fillcolor=255)


def _pale(image: Image.Image) -> Image.Image:
    return Image.fromarray((150 + np.asarray(image, dtype=np.float64) * 55 / 255).astype(np.uint8))


def _packed(image: Image.Image) -> Image.Image:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=20)
    return Image.open(file).convert("L")


LOOKS = (
    Look("clean"),
    Look("noise and blur", age=_noisy),
    Look("1.5 degrees askew", age=_askew),
    Look("grey on grey", age=_pale),
    Look("small type, JPEG at 20", "DejaVuSans.ttf", 8, age=_packed),
    Look("two columns, small type", size=8.5, columns=2),
)


def page_image(paragraphs: Sequence[str], look: Look) -> Image.Image:
    """One page of A4 with the paragraphs, which have to fit on it, in shades of grey."""
    document = FPDF()
    document.set_margin(20)
    document.add_page()
    document.add_font("face", "", FONTS + look.font)
    document.set_font("face", size=look.size)
    with document.text_columns(ncols=look.columns, gutter=8, line_height=1.3) as columns:
        for text in paragraphs:
            columns.write(text + "\n\n")
    if len(document.pages) > 1:
        raise ValueError(f"{look.name}: the text takes {len(document.pages)} pages, one was expected")
    pdf = pypdfium2.PdfDocument(bytes(document.output()))
    return look.age(pdf[0].render(scale=DPI / 72).to_pil().convert("L"))


def scanned(images: Sequence[Image.Image]) -> bytes:
    """A PDF of these pages, without any text."""
    file = io.BytesIO()
    images[0].save(file, "PDF", resolution=DPI, save_all=True, append_images=list(images[1:]))
    return file.getvalue()
