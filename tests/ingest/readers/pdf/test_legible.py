from __future__ import annotations

import io
import random
import string

import pytest
from PIL import Image

from ingest.readers.pdf.legible import is_legible
from ingest.readers.reading import RecognisedPage, RecognitionWanted
from kb.errors import DocumentError
from pdf_files import PARAGRAPH, Sheet
from reading import reader_of

read = reader_of("rapport.pdf")
ENGLISH = (
    "The agency supports the renewal of districts where three million people live. It funds housing, schools and "
    "public facilities, together with its partners and the local authorities."
)
NAMES = (
    "Wittelsheim Kowalczyk Szczepanski Plougastel-Daoulas Le Goff Guivarc'h Schiltigheim Schmitt Wurtz Muller Traoré "
    "Ouagadougou Ouedraogo Diarra Ghyvelde Vandenbroucke Hazebrouck Nguyen Tran Pham Hoang Locmariaquer Kermorvan "
    "Benchekroun Abdelkader Belkacem Fernandes Gonçalves"
)


def shifted(text: str, by: int) -> str:
    letters = string.ascii_lowercase
    turned = letters[by:] + letters[:by]
    return text.translate(str.maketrans(letters + letters.upper(), turned + turned.upper()))


@pytest.mark.parametrize("by", range(1, 26))
def test_letters_told_as_others_are_no_language(by: int) -> None:
    assert not is_legible(shifted(f"{PARAGRAPH} {PARAGRAPH}", by))


@pytest.mark.parametrize("seed", range(10))
def test_letters_mixed_up_are_no_language(seed: int) -> None:
    letters = list(string.ascii_lowercase)
    random.Random(seed).shuffle(letters)
    assert not is_legible(PARAGRAPH.lower().translate(str.maketrans(string.ascii_lowercase, "".join(letters))) * 2)


def test_signs_within_words_are_no_language() -> None:
    assert not is_legible(
        "Lr dv\x02p|\x02vtvf Pn\x02\x02rrrllr dv\x02p|\x02r d4\x04n b\x04dtrt nnn\x04rl dr F>@ 000 " * 3
    )


@pytest.mark.parametrize(
    "text",
    [
        PARAGRAPH,
        ENGLISH,
        NAMES,
        NAMES.upper(),
        "12 540 13 200 14 010 " * 30,
        "T1 412 T2 98 QP031012 A4 B12 " * 12,
        "SMIC TVA INSEE DGFIP ARS CAF CCAS EPCI SCOT PLU DREAL DDT " * 4,
        "Réunion à 14 h",
        "",
    ],
)
def test_languages_names_codes_and_figures_may_be_read(text: str) -> None:
    assert is_legible(text)


def test_a_page_in_an_unreadable_font_is_named_and_left_out() -> None:
    sheet = Sheet()
    for text in (PARAGRAPH * 3, shifted(PARAGRAPH * 3, 7), ENGLISH * 3):
        if text != PARAGRAPH * 3:
            sheet.add_page()
        sheet.paragraph(text)
    with pytest.raises(RecognitionWanted) as wanted:
        read(sheet.content())
    assert wanted.value.pages == (1,)
    document = read(sheet.content(), recognised={1: RecognisedPage(outcome="failed")})
    assert document.remarks[0].startswith("page 2 : police illisible, laissée de côté")
    assert shifted("comité", 7) not in document.text
    assert "The agency supports" in document.text


def test_pages_of_pictures_are_named_stamped_or_not() -> None:
    sheet = Sheet()
    sheet.paragraph()
    for page in range(2, 7):
        sheet.add_page()
        if page in {2, 4, 5, 6}:
            sheet.image(io.BytesIO(b"P5 40 60 255\n" + bytes(range(240)) * 10), x=0, y=0, w=210, h=297)
        if page == 5:
            sheet.small(20, 6, "Reçu en préfecture le 12/03/2025 - ID : 031-213100001-20250312-DEL2025_12-DE", 8)
        if page == 3:
            sheet.text(20, 40, "Annexe")
    with pytest.raises(RecognitionWanted) as wanted:
        read(sheet.content())
    assert wanted.value.pages == (1, 3, 4, 5)


def test_a_file_with_no_page_to_read_is_refused_with_the_reason() -> None:
    sheet = Sheet()
    sheet.paragraph(shifted(PARAGRAPH * 3, 3))
    with pytest.raises(DocumentError, match="la police du PDF est mal codée, même pour la reconnaissance"):
        read(sheet.content(), recognised={0: RecognisedPage()})


@pytest.mark.parametrize(("width", "told"), [(120, True), (30, False)])
def test_an_image_among_the_text_is_told_of(width: int, told: bool) -> None:
    sheet = Sheet()
    sheet.paragraph()
    sheet.image(Image.new("L", (60, 40), 200), w=width)
    sheet.add_page()
    sheet.paragraph()
    remarks = ("page 1 : images parmi le texte, laissées de côté",) if told else ()
    assert read(sheet.content()).remarks == remarks
