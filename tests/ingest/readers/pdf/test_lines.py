from __future__ import annotations

import pytest
from fpdf import FPDF

from pdf_files import PARAGRAPH, Sheet
from reading import reader_of

read = reader_of("note.pdf")


@pytest.mark.parametrize("word", ["PROJET", "BROUILLON", "Document provisoire"])
@pytest.mark.parametrize(("angle", "grey"), [(45, 200), (50, 80), (0, 215)])
def test_what_is_stamped_across_pages_is_no_text(word: str, angle: int, grey: int) -> None:
    sheet = Sheet()
    for page in range(3):
        if page:
            sheet.add_page()
        sheet.set_text_color(grey)
        sheet.set_font(size=58)
        with sheet.rotation(angle, 60, 140):
            sheet.text(15, 34 if angle == 0 else 150, word)
        sheet.set_text_color(0)
        sheet.set_font(size=11)
        sheet.set_xy(10, 12)
        for _ in range(3):
            sheet.paragraph(f"La page {page} compte {31 + 7 * page} parcelles. {PARAGRAPH}")
    document = read(sheet.content())
    assert word not in document.title + document.text
    assert document.text.count("45 parcelles.") == 3


def test_words_turned_in_a_drawing_are_kept() -> None:
    sheet = Sheet()
    sheet.paragraph()
    with sheet.rotation(60, 50, 150):
        sheet.text(50, 150, "Part des aides")
    assert read(sheet.content()).text == f"{PARAGRAPH}\n\nPart des aides"


class Acts(FPDF):
    """Pages with a running head of two parts and a page number, set in the letters of the text."""

    def header(self) -> None:
        self.set_font("Helvetica", size=11)
        self.set_xy(10, 8)
        self.cell(100, 6, "Rapport annuel 2024")
        self.cell(80, 6, "Ville de Vaugrelle", align="R")
        self.ln(14)

    def footer(self) -> None:
        self.set_y(-14)
        self.cell(0, 6, f"{self.page_no()}/5", align="C")


@pytest.mark.parametrize("first", ["Le conseil approuve la convention.", "Vu le code général des collectivités"])
def test_a_sentence_that_begins_every_page_stays_and_running_heads_go(first: str) -> None:
    document = Acts()
    for page in range(5):
        document.add_page()
        document.multi_cell(0, 6, first, new_x="LMARGIN", new_y="NEXT")
        document.ln(3)
        document.multi_cell(0, 6, f"La dépense {page} est de {41 + page} 200 euros. {PARAGRAPH}")
    text = read(bytes(document.output())).text
    assert text.count(first) == 5
    assert "Rapport annuel" not in text
    assert "Ville de Vaugrelle" not in text
    assert "/5" not in text


def test_a_line_that_begins_two_pages_is_no_running_head() -> None:
    sheet = Sheet()
    for page in range(2):
        if page:
            sheet.add_page()
        sheet.paragraph("Vu le code général des collectivités territoriales")
        sheet.paragraph(f"La dépense {page} est votée. {PARAGRAPH}")
    assert read(sheet.content()).text.count("Vu le code général") == 2


def test_figures_of_a_table_at_the_foot_of_pages_are_no_page_numbers() -> None:
    sheet = Sheet()
    rows = [
        ("Quartier", "Ateliers", "Postes"),
        *((f"Quartier {name}", str(3 + at), str(5 + at)) for at, name in enumerate("ABCDEFGH")),
    ]
    sheet.cells(rows, (12, 90, 140), 230)
    sheet.add_page()
    sheet.cells(
        [(f"Quartier {name}", str(4 + at), str(6 + at)) for at, name in enumerate("IJKLMNOP")], (12, 90, 140), 236
    )
    text = read(sheet.content()).text
    assert "| Quartier H | 10 | 12 |" in text
    assert "| Quartier P | 11 | 13 |" in text


@pytest.mark.parametrize("title", ["(anonymous)", "anonymous", "Microsoft Word - note_v2.doc", "PROJET", "untitled"])
def test_what_programs_write_is_no_title(title: str) -> None:
    sheet = Sheet()
    sheet.set_title(title)
    sheet.set_font(size=18)
    sheet.text(12, 20, "Plan de mobilité de Vaugrelle")
    sheet.set_font(size=11)
    sheet.set_y(30)
    sheet.paragraph()
    assert read(sheet.content()).title == "Plan de mobilité de Vaugrelle"


def test_pages_on_the_left_and_on_the_right_have_a_head_each() -> None:
    sheet = Sheet()
    for page in range(4):
        if page:
            sheet.add_page()
        sheet.small(12, 12, "Bilan des contrôles" if page % 2 else "Direction de la voirie", 8)
        sheet.set_y(20)
        sheet.paragraph(f"La brigade {page} a contrôlé {733 + page} véhicules. {PARAGRAPH}")
    text = read(sheet.content()).text
    assert "Bilan des contrôles" not in text
    assert "Direction de la voirie" not in text
    assert "735 véhicules" in text


def test_a_long_sentence_above_tables_in_small_letters_is_no_heading() -> None:
    sheet = Sheet()
    sheet.paragraph()
    sheet.set_font(size=8)
    for _ in range(12):
        sheet.paragraph()
    assert read(sheet.content()).text.startswith("Le comité de suivi")
