"""Boxes as a recogniser gives them, in pixels of a page of 1,000 by 1,400, half a point each."""

from __future__ import annotations

from math import cos, radians, sin

from ingest.readers.ocr.engine import Box, Point
from ingest.readers.ocr.order import page_of
from ingest.readers.reading import RecognisedPage

HEIGHT = 24
PROSE = "une ligne de texte comme il y en a dans les lettres"


def box(text: str, x: float, y: float, width: float = 400, *, score: float = 0.98, height: float = HEIGHT) -> Box:
    return Box(text, score, ((x, y), (x + width, y), (x + width, y + height), (x, y + height)))


def turned(held: Box, degrees: float) -> Box:
    across, down = cos(radians(degrees)), sin(radians(degrees))

    def point(corner: Point) -> Point:
        x, y = corner[0] - 500, corner[1] - 700
        return 500 + x * across - y * down, 700 + x * down + y * across

    first, second, third, last = held.corners
    return Box(held.text, held.score, (point(first), point(second), point(third), point(last)))


def page(*boxes: Box) -> RecognisedPage:
    return page_of(boxes, 1_000, 1_400, 0.5)


def texts(*boxes: Box) -> list[str]:
    return [line.text for line in page(*boxes).lines]


def columns() -> list[Box]:
    """Two columns whose lines stand at the same heights, given row by row, under a title across both."""
    rows = [box(f"{side} {PROSE} {row}", x, 200 + 40 * row) for row in range(5) for side, x in (("G", 50), ("D", 550))]
    return [box("Un titre qui va d'un bord à l'autre de la page", 60, 100, 880), *rows]


def test_columns_are_read_one_after_the_other_below_their_title() -> None:
    expected = [f"{side} {PROSE} {row}" for side in "GD" for row in range(5)]
    assert texts(*columns()) == ["Un titre qui va d'un bord à l'autre de la page", *expected]


def test_a_paragraph_across_the_page_parts_the_columns_above_it_from_those_below() -> None:
    above = [box(f"{side} haut {PROSE}", x, 200 + 40 * row) for row in range(3) for side, x in (("G", 50), ("D", 550))]
    below = [box(f"{side} bas {PROSE}", x, 600 + 40 * row) for row in range(3) for side, x in (("G", 50), ("D", 550))]
    across = box("Un paragraphe en travers", 60, 450, 880)
    read = texts(*below, across, *above)
    assert [text[:6] for text in read] == [
        *["G haut"] * 3, *["D haut"] * 3, "Un par", *["G bas "] * 3, *["D bas "] * 3
    ]  # fmt: skip


def test_the_rows_of_a_table_are_lines_of_their_own() -> None:
    cells = [
        box(text, x, 200 + 40 * row, 120)
        for row, line in enumerate((("Ville", "2023", "2024"), ("Marsac", "12", "15"), ("Étréchy", "8", "9")))
        for text, x in zip(line, (50, 400, 700), strict=True)
    ]
    found = page(box(PROSE, 50, 100), *reversed(cells))
    assert [line.text for line in found.lines] == [PROSE, "Ville | 2023 | 2024", "Marsac | 12 | 15", "Étréchy | 8 | 9"]
    assert [line.is_row for line in found.lines] == [False, True, True, True]


def test_words_with_a_usual_space_between_them_are_one_line() -> None:
    found = page(box("Direction départementale", 50, 100, 300), box("des territoires", 360, 102, 180))
    assert [(line.text, line.is_row) for line in found.lines] == [("Direction départementale des territoires", False)]


def test_a_page_askew_is_made_straight() -> None:
    rows = [box(f"{side} {PROSE} {row}", x, 200 + 40 * row) for row in range(8) for side, x in (("G", 50), ("D", 550))]
    found = page(*(turned(held, 3) for held in rows))
    assert [line.text for line in found.lines] == [f"{side} {PROSE} {row}" for side in "GD" for row in range(8)]
    left = [line for line in found.lines if line.text.startswith("G")]
    assert max(line.x for line in left) - min(line.x for line in left) < 3


def test_sizes_differ_by_what_letters_cannot() -> None:
    lines = [box(PROSE, 50, 200 + 40 * row, height=HEIGHT + row % 3) for row in range(6)]
    found = page(box("LE TITRE", 50, 80, 500, height=2 * HEIGHT), *lines)
    sizes = [line.size for line in found.lines]
    assert len(set(sizes[1:])) == 1
    assert 1.8 < sizes[0] / sizes[1] < 2.2
    assert found.lines[0].place > found.lines[1].place > 0.5


def test_what_is_no_french_or_unsure_is_counted() -> None:
    found = page(box(PROSE, 50, 100), box("巴黎市政府", 50, 200), box("gr%ff0", 50, 300, score=0.3), box("—", 50, 400))
    assert [line.text for line in found.lines] == [PROSE]
    assert found.left_out == 2


def test_an_empty_page_has_no_lines() -> None:
    assert page() == RecognisedPage()
