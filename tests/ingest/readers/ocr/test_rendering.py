from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from fpdf import FPDF
from PIL import Image

from ingest.readers.ocr import rendering
from ingest.readers.ocr.image_files import TooLargeError, UnreadableError, count_pages
from ingest.readers.ocr.rendering import draw


def stored(image: Image.Image, form: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def drawn(width: float = 210, height: float = 297) -> bytes:
    document = FPDF(format=(width, height))
    document.add_page()
    document.rect(0, 0, width / 2, height / 2, style="F")
    return bytes(document.output())


def test_a_page_of_pdf_is_drawn_at_two_hundred_points_an_inch() -> None:
    image, point = draw(drawn(), 0)
    assert image.shape == (2339, 1654, 3)
    assert point == pytest.approx(72 / 200)
    assert image[10, 10, 0] == 0
    assert image[-10, -10, 0] == 255


def test_a_plan_is_drawn_no_larger_than_the_limit() -> None:
    image, point = draw(drawn(3_000, 1_000), 0)
    assert max(image.shape) == rendering.LONGEST
    assert image.shape[1] * point == pytest.approx(3_000 / 25.4 * 72, rel=0.01)


def test_a_page_that_is_not_there_cannot_be_drawn() -> None:
    with pytest.raises(UnreadableError):
        draw(drawn(), 5)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "TIFF", "WEBP"])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_images_of_every_form_are_opened(form: str, mode: str) -> None:
    content = stored(Image.new(mode, (60, 90), "white"), form)
    image, _ = draw(content, 0)
    assert image.shape == (90, 60, 3)
    assert image.min() > 250
    assert count_pages(content) == 1


def test_one_bit_sixteen_bits_and_palettes_are_shades_of_grey() -> None:
    deep = Image.fromarray(np.linspace(0, 4_000, 400, dtype=np.uint16).reshape(20, 20))
    for content in (
        stored(Image.new("1", (20, 20), 1), "TIFF"),
        stored(Image.new("P", (20, 20)), "PNG"),
        stored(deep, "TIFF"),
    ):
        assert draw(content, 0)[0].shape == (20, 20, 3)
    assert draw(stored(deep, "TIFF"), 0)[0].max() == 255


def test_what_is_transparent_is_paper() -> None:
    assert draw(stored(Image.new("RGBA", (20, 20), (0, 0, 0, 0)), "PNG"), 0)[0].min() == 255


def test_a_photograph_stands_as_it_was_taken() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned
    assert draw(stored(Image.new("L", (90, 60)), "JPEG", exif=exif), 0)[0].shape == (90, 60, 3)


def test_the_pages_of_a_tiff_are_counted_and_opened() -> None:
    pages = [Image.new("L", (60, 90), shade) for shade in (0, 100, 200)]
    content = stored(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    assert count_pages(content) == 3
    assert [int(draw(content, number)[0][0, 0, 0]) for number in range(3)] == [0, 100, 200]
    with pytest.raises(UnreadableError):
        draw(content, 3)


def test_an_image_of_too_many_points_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "MOST_PIXELS", 5_000)
    with pytest.raises(TooLargeError):
        draw(stored(Image.new("L", (60, 90)), "PNG"), 0)


@pytest.mark.parametrize("content", [b"GIF89a", b"\x89PNG\r\n\x1a\n", b"II*\x00\x08\x00\x00\x00", b"%PDF-1.7 x", b"x"])
def test_what_is_no_image_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableError):
        draw(content, 0)


def test_a_truncated_image_is_refused() -> None:
    content = stored(Image.effect_noise((200, 200), 50), "PNG")
    with pytest.raises(UnreadableError):
        draw(content[: len(content) // 2], 0)
