"""PPTX: slides as pages, in reading order, with tables, charts and notes."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from kb.errors import DocumentError
from reading import reader_of

read = reader_of("copil.pptx")


def saved(opened: Any) -> bytes:
    made = io.BytesIO()
    opened.save(made)
    return made.getvalue()


def box(slide: Any, text: str, left: float, top: float) -> Any:
    made = slide.shapes.add_textbox(Inches(left), Inches(top), Inches(3), Inches(1))
    made.text_frame.text = text
    return made


@pytest.fixture
def opened() -> Any:
    return Presentation()


def test_slides_are_pages_under_their_titles(opened: Any) -> None:
    first = opened.slides.add_slide(opened.slide_layouts[0])
    first.shapes.title.text, first.placeholders[1].text = "Comité des halles", "3 mars 2025"
    second = opened.slides.add_slide(opened.slide_layouts[1])
    second.shapes.title.text = "Calendrier"
    frame = second.placeholders[1].text_frame
    frame.text = "Études"
    line = frame.add_paragraph()
    line.text, line.level = "Marché", 1
    second.notes_slide.notes_text_frame.text = "Rappeler le budget de 3 M€."
    document = read(saved(opened))
    assert (document.title, document.date) == ("Comité des halles", "2025-03-03")
    assert document.text == (
        "3 mars 2025\n\n## Calendrier\n\n- Études\n  - Marché\n\nNotes : Rappeler le budget de 3 M€."
    )
    assert document.page_at(document.text.index("budget")) == 2
    assert document.page_at(0) == 1


def test_boxes_are_read_from_top_to_bottom_and_groups_opened(opened: Any) -> None:
    slide = opened.slides.add_slide(opened.slide_layouts[5])
    slide.shapes.title.text = "Ordre"
    box(slide, "En bas.", 1, 5)
    box(slide, "À droite.", 5, 2)
    box(slide, "À gauche.", 1, 2.1)
    group = slide.shapes.add_group_shape()
    box(type("", (), {"shapes": group.shapes})(), "Dans un groupe.", 1, 6.5)
    text = read(saved(opened)).text
    assert text.split("\n\n")[-4:] == ["À gauche.", "À droite.", "En bas.", "Dans un groupe."]


def test_tables_and_charts_are_tables(opened: Any) -> None:
    slide = opened.slides.add_slide(opened.slide_layouts[5])
    slide.shapes.title.text = "Budget"
    table = slide.shapes.add_table(3, 3, Inches(1), Inches(2), Inches(5), Inches(2)).table
    for (row, column), text in {
        (0, 0): "Poste", (0, 1): "Montant", (1, 1): "2024", (1, 2): "2025", (2, 0): "Étals", (2, 1): "1 254",
        (2, 2): "48",
    }.items():  # fmt: skip
        table.cell(row, column).text = text
    table.cell(0, 1).merge(table.cell(0, 2))
    data = CategoryChartData()
    data.categories = ["Nord", "Sud"]
    data.add_series("Part", (0.25, 0.75), "0%")
    slide.shapes.add_chart(XL_CHART_TYPE.PIE, Inches(1), Inches(5), Inches(2), Inches(2), data)
    text = read(saved(opened)).text
    assert "| Poste | Montant, 2024 | Montant, 2025 |\n| --- | --- | --- |\n| Étals | 1 254 | 48 |" in text
    assert "| Nord | 25 % |\n| Sud | 75 % |" in text


def test_hidden_slides_are_left_out_and_told_and_keep_their_numbers(opened: Any) -> None:
    for number in range(1, 4):
        slide = opened.slides.add_slide(opened.slide_layouts[5])
        slide.shapes.title.text = f"Titre {number}"
        box(slide, f"Texte {number}.", 1, 3)
    opened.slides[1].element.set("show", "0")
    document = read(saved(opened))
    assert "Texte 2" not in document.text
    assert document.remarks == ("diapositive masquée laissée de côté : 2",)
    assert document.page_at(document.text.index("Texte 3")) == 3


@pytest.mark.parametrize("title", ["PowerPoint Presentation", "Présentation PowerPoint", "(anonymous)", ""])
def test_a_title_that_a_program_gave_is_none(title: str, opened: Any) -> None:
    slide = opened.slides.add_slide(opened.slide_layouts[5])
    slide.shapes.title.text = "Le vrai titre"
    box(slide, "Un texte.", 1, 3)
    opened.core_properties.title = title
    assert read(saved(opened)).title == "Le vrai titre"


def test_shows_are_read_like_presentations(opened: Any) -> None:
    slide = opened.slides.add_slide(opened.slide_layouts[5])
    slide.shapes.title.text = "Les halles"
    box(slide, "Un texte.", 1, 3)
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(opened))) as before, zipfile.ZipFile(made, "w") as after:
        for name in before.namelist():
            part = before.read(name)
            after.writestr(name, part.replace(b"presentationml.presentation.main", b"presentationml.slideshow.main"))
    assert read(made.getvalue(), "copil.ppsx").text == "Un texte."


def test_slides_without_text_and_other_files_are_refused(opened: Any) -> None:
    opened.slides.add_slide(opened.slide_layouts[6])
    with pytest.raises(DocumentError, match="aucun texte"):
        read(saved(opened))
    with pytest.raises(DocumentError, match="ce n'est pas un diaporama"):
        read(b"PK\x03\x04")


def test_raised_letters_are_powers_or_calls(opened: Any) -> None:
    slide = opened.slides.add_slide(opened.slide_layouts[5])
    slide.shapes.title.text = "Parc"
    line = box(slide, "", 1, 3).text_frame.paragraphs[0]
    for words, raised in (
        ("1 254", ""),
        ("3", "30000"),
        (" étals, 850 m", ""),
        ("2", "30%"),
        (", H", ""),
        ("2", "-25000"),
    ):
        run = line.add_run()
        run.text = words
        if raised:
            run.font._element.set("baseline", raised)
    assert read(saved(opened)).text.endswith("1 254 (3) étals, 850 m², H2")
