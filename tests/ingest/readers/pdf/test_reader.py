from __future__ import annotations

import io

import pytest
from fpdf import FPDF

from ingest.readers import reading
from ingest.readers.pdf.lines import Line, cleaned
from ingest.readers.reading import RecognitionWanted
from kb.errors import DocumentError
from reading import reader_of

PARAGRAPH = (
    "L'Agence nationale pour la rénovation urbaine accompagne des quartiers où vivent trois millions d'habitants. "
    "Elle finance des logements, des écoles et des équipements publics, avec ses partenaires."
)


class Report(FPDF):
    """A report with a running header and page numbers."""

    def header(self) -> None:
        self.set_font("Helvetica", size=8)
        self.cell(0, 8, "ANRU - Rapport annuel 2024", new_x="LMARGIN", new_y="NEXT")

    def footer(self) -> None:
        self.set_y(-15)
        self.set_font("Helvetica", size=8)
        self.cell(0, 8, str(self.page_no()), align="C")

    def write_line(self, text: str, size: int = 11, style: str = "") -> None:
        self.set_font("Helvetica", style, size)
        self.multi_cell(0, size / 2, text, align="L", new_x="LMARGIN", new_y="NEXT")

    def write_paragraph(self, text: str) -> None:
        self.write_line(text)
        self.ln(4)


read = reader_of("rapport.pdf")


def report(pages: int = 3, title: str = "") -> bytes:
    document = Report()
    document.set_title(title)
    for number in range(1, pages + 1):
        document.add_page()
        if number == 1:
            document.write_line("Le renouvellement urbain : premiers résultats d'un programme", 24, "B")
            document.write_line("Mars 2024")
            document.ln(4)
        document.write_line(f"{number}. La partie {number}", 15, "B")
        document.ln(3)
        document.write_paragraph(f"Page {number * 7}, on lit ceci. {PARAGRAPH} Ici finit le paragraphe {number}.")
        document.write_line("Un sous-titre en gras", 11, "B")
        document.write_line(
            "- un premier point de la liste, assez long pour qu'il lui faille passer à la ligne suivante ;"
        )
        document.write_line("- un second.")
    return bytes(document.output())


def test_a_report_is_read_in_blocks_without_running_lines() -> None:
    document = read(report())
    assert document.title == "Le renouvellement urbain : premiers résultats d'un programme"
    assert document.date == "2024-03"
    items = (
        "- un premier point de la liste, assez long pour qu'il lui faille passer à la ligne suivante ;\n- un second."
    )
    parts = [
        f"## {number}. La partie {number}\n\n"
        f"Page {number * 7}, on lit ceci. {PARAGRAPH} Ici finit le paragraphe {number}."
        f"\n\n### Un sous-titre en gras\n\n{items}"
        for number in (1, 2, 3)
    ]
    assert document.text == "Mars 2024\n\n" + "\n\n".join(parts)


def test_each_page_begins_where_page_starts_says() -> None:
    document = read(report(4))
    assert len(document.page_starts) == 4
    assert document.page_starts[0] == 0
    for number, start in enumerate(document.page_starts[1:], start=2):
        assert document.text[start:].startswith(f"## {number}. La partie {number}")
        assert document.page_at(document.text.index(f"Ici finit le paragraphe {number}")) == number


def test_a_paragraph_that_goes_on_over_the_page_is_one_and_its_pages_are_known() -> None:
    document = Report()
    document.set_auto_page_break(True, margin=20)
    document.add_page()
    document.write_paragraph(" ".join(f"La phrase {number} dit que le projet avance bien." for number in range(120)))
    found = read(bytes(document.output()))
    assert len(found.page_starts) == 2
    assert "\n" not in found.text
    assert found.text.count("avance bien.") == 120
    assert "Rapport annuel" not in found.text
    assert 0 < found.page_starts[1] < len(found.text)
    assert found.text[found.page_starts[1] - 1] == " "


def test_the_declared_title_counts_when_an_author_gave_it() -> None:
    assert read(report(title="Bilan 2024 | ANRU")).title == "Bilan 2024"
    assert read(report(title="Microsoft Word - bilan_v3.docx")).title.startswith("Le renouvellement urbain")
    assert read(report(title="bilan_v3.pdf")).title.startswith("Le renouvellement urbain")


def test_the_date_of_the_file_is_not_that_of_the_text() -> None:
    document = FPDF()
    document.add_page()
    document.set_font("Helvetica", size=11)
    document.multi_cell(0, 6, PARAGRAPH)
    assert b"/CreationDate" in bytes(document.output())
    assert read(bytes(document.output())).date is None


def test_words_cut_at_the_end_of_a_line_are_mended() -> None:
    document = FPDF()
    document.add_page()
    document.set_font("Helvetica", size=11)
    lines = (
        "Le programme finance le renouvel-",
        "lement des quartiers ; peut-",
        "être davantage, dit le sous-",
        "préfet de Seine-",
        "Saint-Denis, à qui l'on doit le renouvellement.",
    )
    for line in lines:
        document.cell(0, 6, line, new_x="LMARGIN", new_y="NEXT")
    assert read(bytes(document.output())).text == (
        "Le programme finance le renouvellement des quartiers ; peut-être davantage, dit le sous-préfet de "
        "Seine-Saint-Denis, à qui l'on doit le renouvellement."
    )


def test_two_columns_are_read_one_after_the_other() -> None:
    document = FPDF()
    document.add_page()
    document.set_font("Helvetica", size=10)
    with document.text_columns(ncols=2, gutter=8) as columns:
        for number in range(24):
            columns.write(f"{PARAGRAPH} Fin {number}.\n\n")
    text = read(bytes(document.output())).text
    ends = [text.index(f"Fin {number}.") for number in range(24)]
    assert ends == sorted(ends)


def test_ligatures_and_symbol_bullets_are_made_plain() -> None:
    lines = ["\uf0b7 E\ufb03cace", "10 m² au n° 3", "Table . . . . . . . . 12"]
    page = [Line(text, 11, False, 50, 200, 700 - 14 * index, 0.8) for index, text in enumerate(lines)]
    assert [line.text for line in cleaned([page])[0]] == ["• Efficace", "10 m² au n° 3"]


def test_pages_that_are_pictures_are_asked_for() -> None:
    document = FPDF()
    for _ in range(2):
        document.add_page()
        document.set_font("Helvetica", size=8)
        document.cell(0, 8, "Tampon 123")
        document.rect(10, 30, 150, 200)
    with pytest.raises(RecognitionWanted) as wanted:
        read(bytes(document.output()))
    assert wanted.value.pages == (0, 1)


def test_a_picture_among_pages_of_text_is_asked_for_and_a_photograph_above_its_caption_is_not() -> None:
    picture = io.BytesIO(b"P5 40 60 255\n" + bytes(range(240)) * 10)  # in PGM
    document = FPDF()
    document.set_font("Helvetica", size=11)
    document.add_page()
    document.multi_cell(0, 6, PARAGRAPH)
    document.add_page()
    document.image(picture, x=0, y=0, w=210, h=297)
    document.text(100, 290, "12")  # the page number that a copier put on the scan
    document.add_page()
    document.image(picture, w=80)
    document.cell(0, 8, "La place du marché en 1912.")
    document.add_page()  # nothing at all
    with pytest.raises(RecognitionWanted) as wanted:
        read(bytes(document.output()))
    assert wanted.value.pages == (1,)


def test_a_line_that_begins_with_a_hash_is_no_heading() -> None:
    document = FPDF()
    document.add_page()
    document.set_font("Helvetica", size=11)
    document.multi_cell(0, 6, f"# {PARAGRAPH}")
    assert read(bytes(document.output())).text == PARAGRAPH


def test_a_protected_pdf_is_reported() -> None:
    document = FPDF()
    document.add_page()
    document.set_font("Helvetica", size=11)
    document.multi_cell(0, 6, PARAGRAPH)
    document.set_encryption(owner_password="maître", user_password="lecteur")
    with pytest.raises(DocumentError, match="protégé par un mot de passe"):
        read(bytes(document.output()))


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.95])
def test_a_truncated_pdf_is_reported(kept: float) -> None:
    whole = report()
    with pytest.raises(DocumentError, match="le PDF est tronqué ou endommagé"):
        read(whole[: int(len(whole) * kept)])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"Erreur 404", "ce n'est pas un fichier PDF"),
        (b"%PDF-1.7\nrien de bon\n%%EOF\n", "le PDF est tronqué ou endommagé"),
    ],
)
def test_what_is_no_pdf_is_reported(content: bytes, reason: str) -> None:
    with pytest.raises(DocumentError) as raised:
        read(content)
    assert raised.value.reason.startswith(reason)


def test_a_pdf_with_too_much_text_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "BYTES_PER_MB", 500)
    with pytest.raises(DocumentError, match=r"\d Mo de texte, la limite est de 1 Mo : découpez"):
        read(report(6), max_text_mb=1)
