"""Pages drawn by the child process: what they hold is seen in their points, and files that cannot be drawn say why."""

from __future__ import annotations

import contextlib
import hashlib
import io
import zlib
from collections.abc import Iterator

import PIL.Image
import pypdfium2
import pytest
from fpdf import FPDF

from kb.web.originals import leaves as module
from kb.web.originals.leaves import WIDTHS, LeafError, Leaves, Outline
from paged_files import COST, FONT, SPLIT, pdf_of, report


@pytest.fixture(scope="module")
def leaves() -> Iterator[Leaves]:
    made = Leaves()
    yield made
    made.close()


def picture(leaves: Leaves, content: bytes, page: int = 1, width: int = WIDTHS[0]) -> PIL.Image.Image:
    drawn = leaves.picture(hashlib.sha256(content).hexdigest(), lambda: content, page, width)
    return PIL.Image.open(io.BytesIO(drawn)).convert("L")


def outline(leaves: Leaves, content: bytes, page: int = 1, quote: str = "", place: float = 0.0) -> Outline:
    return leaves.outline(hashlib.sha256(content).hexdigest(), lambda: content, page, quote, place)


def blackened(leaves: Leaves, content: bytes, page: int, quote: str) -> tuple[int, int]:
    """Dark points of the page within what outlines a quote, and on the whole page."""
    drawn, found = picture(leaves, content, page), outline(leaves, content, page, quote)
    inside = 0
    for box in found.rectangles:
        left, top = box.left * drawn.width / 100, box.top * drawn.height / 100
        right, low = left + box.width * drawn.width / 100, top + box.height * drawn.height / 100
        inside += sum(drawn.crop((int(left) - 1, int(top) - 1, int(right) + 2, int(low) + 2)).histogram()[:128])
    return inside, sum(drawn.histogram()[:128])


def turned(content: bytes, angle: int, crop: tuple[float, float, float, float] | None = None) -> bytes:
    """A PDF whose pages are shown turned, and cut."""
    pdf = pypdfium2.PdfDocument(content)
    for page in pdf:
        page.set_rotation(angle)
        if crop:
            page.set_cropbox(*crop)
    written = io.BytesIO()
    pdf.save(written)
    pdf.close()
    return written.getvalue()


def test_a_page_is_drawn_as_wide_as_asked_for(leaves: Leaves) -> None:
    content = report()
    for width in WIDTHS:
        drawn = picture(leaves, content, 2, width)
        assert drawn.width == width
        assert drawn.height == pytest.approx(width * 297 / 210, abs=2)
        assert 0 < sum(drawn.histogram()[:128]) < width * drawn.height / 5


@pytest.mark.parametrize("angle", [0, 90, 180, 270])
def test_the_outline_is_around_the_words_of_a_page_that_lies_across(leaves: Leaves, angle: int) -> None:
    """The words run the other way on the sheet, and are read straight once it is turned."""
    file = FPDF()
    file.add_font("dejavu", fname=str(FONT))
    file.add_page()
    file.set_font("dejavu", size=12)
    with file.rotation(angle, x=105, y=148):
        file.set_xy(70, 148)
        file.multi_cell(70, 7, COST)
    inside, all_of_it = blackened(leaves, turned(bytes(file.output()), angle), 1, COST)
    assert inside > 0.97 * all_of_it > 0


@pytest.mark.parametrize("angle", [0, 180])
def test_the_outline_is_around_the_words_of_a_page_upside_down(leaves: Leaves, angle: int) -> None:
    alone = turned(pdf_of([COST]), angle)
    inside, all_of_it = blackened(leaves, alone, 1, COST)
    assert inside > 0.97 * all_of_it > 0
    among = turned(report(), angle)
    inside, all_of_it = blackened(leaves, among, 2, COST)
    assert 0.1 < inside / all_of_it < 0.35  # a sentence of eight or so


def test_the_outline_is_around_the_words_of_a_page_that_is_cut(leaves: Leaves) -> None:
    content = turned(pdf_of([COST]), 0, crop=(20, 600, 595, 842))
    inside, all_of_it = blackened(leaves, content, 1, COST)
    assert inside > 0.97 * all_of_it > 0


def test_a_line_has_one_rectangle(leaves: Leaves) -> None:
    found = outline(leaves, report(), 2, COST)
    assert (found.pages, found.has_text) == (4, True)
    assert (round(found.width), round(found.height)) == (595, 842)
    assert len(found.rectangles) == 2
    first, second = found.rectangles
    assert first.top + first.height <= second.top
    assert first.width > second.width


def test_a_sentence_over_two_pages_is_outlined_on_both(leaves: Leaves) -> None:
    words = SPLIT.split(" ")
    begins, ends = " ".join(words[: len(words) // 2]), " ".join(words[len(words) // 2 :])
    last_lines = outline(leaves, report(), 3, begins).rectangles
    first_lines = outline(leaves, report(), 4, ends).rectangles
    assert last_lines
    assert first_lines
    assert first_lines[0].top < 10 < last_lines[-1].top


def test_words_that_are_not_there_have_no_outline(leaves: Leaves) -> None:
    assert outline(leaves, report(), 1, COST).rectangles == ()
    assert outline(leaves, report(), 1).rectangles == ()


def test_a_page_of_a_picture_has_no_text(leaves: Leaves) -> None:
    written = io.BytesIO()
    PIL.Image.new("RGB", (300, 400), "white").save(written, "PDF")
    found = outline(leaves, written.getvalue(), 1, COST)
    assert (found.has_text, found.rectangles) == (False, ())


def test_what_is_filled_into_a_form_is_drawn(leaves: Leaves) -> None:
    """The value of a field is an annotation's own drawing."""
    drawing = b"0 0 200 40 re f"
    pdf = (
        b"%%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]>>>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 400]/Annots[4 0 R]>>endobj\n"
        b"4 0 obj<</Type/Annot/Subtype/Widget/FT/Tx/T(nom)/V(oui)/Rect[50 300 250 340]/F 4/AP<</N 5 0 R>>>>endobj\n"
        b"5 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 200 40]/Length %d>>stream\n%s\nendstream endobj\n"
        b"trailer<</Root 1 0 R>>\n%%%%EOF" % (len(drawing), drawing)
    )
    drawn = picture(leaves, pdf)
    assert sum(drawn.histogram()[:128]) > 0.04 * drawn.width * drawn.height


@pytest.mark.parametrize(
    ("content", "page", "told"),
    [
        (b"%PDF-1.7 ceci n'en est pas un", 1, "endommagé"),
        (b"", 1, "endommagé"),
        (report(), 5, "n'existe pas"),
    ],
)
def test_what_cannot_be_shown_says_why(leaves: Leaves, content: bytes, page: int, told: str) -> None:
    with pytest.raises(LeafError, match=told):
        picture(leaves, content, page)
    with pytest.raises(LeafError, match=told):
        outline(leaves, content, page, COST)


def page_of_drawing(drawing: bytes, box: str = "0 0 600 800") -> bytes:
    """A PDF of one page with this content."""
    packed = zlib.compress(drawing)
    return (
        b"%%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[%s]/Contents 4 0 R>>endobj\n"
        b"4 0 obj<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%%%EOF"
        % (box.encode(), len(packed), packed)
    )


@pytest.mark.parametrize("box", ["0 0 14400 14400", "0 0 1 200000", "0 0 200000 1", "0 0 1e-3 1e-3", "0 0 0 0"])
def test_a_page_of_any_size_makes_a_picture_within_limits_or_none(leaves: Leaves, box: str) -> None:
    sizes = []
    with contextlib.suppress(LeafError):
        sizes.append(picture(leaves, page_of_drawing(b"0 0 10 10 re f", box), 1, WIDTHS[1]).size)
    assert all(width * height <= 6_100_000 for width, height in sizes)


def test_a_page_that_takes_too_long_costs_only_itself_and_is_tried_once(
    leaves: Leaves, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PROCESSOR", 1)
    hostile = page_of_drawing(b"0 0 600 800 re 300 400 m 1 1 599 799 0 0 c f*\n" * 400_000)
    asked: list[int] = []

    def content() -> bytes:
        asked.append(1)
        return hostile

    for _ in range(2):
        with pytest.raises(LeafError, match="trop de temps"):
            leaves.picture("hostile", content, 1, WIDTHS[0])
    assert asked == [1]
    assert picture(leaves, report(), 1).width == WIDTHS[0]


def test_a_picture_is_kept_and_the_oldest_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    leaves = Leaves()
    content, asked = report(), []

    def told() -> bytes:
        asked.append(1)
        return content

    try:
        first = leaves.picture("a", told, 1, WIDTHS[0])
        assert leaves.picture("a", told, 1, WIDTHS[0]) == first
        assert len(asked) == 1
        monkeypatch.setattr(module, "_KEPT", len(first) + 10)
        leaves.picture("a", told, 2, WIDTHS[0])
        leaves.picture("a", told, 1, WIDTHS[0])
        assert len(asked) == 3
    finally:
        leaves.close()


def test_more_pages_than_may_wait_are_refused_at_once(leaves: Leaves, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = 0
    while leaves._places.acquire(blocking=False):
        taken += 1
    try:
        with pytest.raises(LeafError, match="réessayez") as refused:
            outline(leaves, report(), 1, COST)
        assert refused.value.status == 503
    finally:
        for _ in range(taken):
            leaves._places.release()
