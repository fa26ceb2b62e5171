"""RTF: text, accents, tables, headings, notes and boxes."""

from __future__ import annotations

import pytest

from kb.errors import DocumentError
from reading import reader_of

read = reader_of("note.rtf")


def rtf(body: str, info: str = "") -> str:
    return rf"{{\rtf1\ansi\ansicpg1252\deff0{{\fonttbl{{\f0\fswiss Arial;}}}}{info}{body}}}"


def test_accents_come_from_codes() -> None:
    assert read(rtf(r"La halle pr\'e9voit 36 \'e9tals \u224?  l\rquote ann\'e9e.")).text.startswith(
        "La halle prévoit 36 étals à"
    )


def test_rows_are_tables() -> None:
    row = r"\trowd\cellx1000\cellx2000\pard\intbl {}\cell {}\cell\row "
    made = read(
        rtf(
            r"Avant.\par "
            + row.format("Poste", "Montant")
            + row.format(r"\'c9tals", r"1\'a0254 \'80")
            + r"\pard Apr\'e8s.\par "
        )
    )
    assert made.text == "Avant.\n\n| Poste | Montant |\n| --- | --- |\n| Étals | 1\u00a0254 € |\n\nAprès."


def test_outline_levels_are_headings_and_the_declared_title_is_the_title() -> None:
    body = (
        r"\pard\s1\outlinelevel0 Contexte\par\pard Un texte assez long pour en \'eatre un.\par"
        r"\pard\outlinelevel0 Suite\par\pard Fin du texte.\par"
    )
    document = read(rtf(body, r"{\info{\title Note sur les \'e9tals}{\author Omar}}"))
    assert document.title == "Note sur les étals"
    assert document.text.startswith("## Contexte\n\nUn texte")
    assert "## Suite" in document.text


def test_a_title_that_a_program_gave_is_none() -> None:
    body = r"\pard Un texte assez long.\par Et un autre.\par"
    assert read(rtf(body, r"{\info{\title Microsoft Word - note.doc}}")).title == "note"


def test_a_note_stands_behind_its_paragraph_and_is_no_part_of_a_number() -> None:
    body = r"\pard Il y a 1254{\super\chftn{\footnote\pard\plain Hors r\'e9serve.}} \'e9tals.\par\pard Fin.\par"
    assert read(rtf(body)).text == "Il y a 1254 étals.\n\nNote : Hors réserve.\n\nFin."


def test_text_boxes_are_text_and_pictures_are_not() -> None:
    picture = rf"{{\pict\pngblip {'89504e47' * 2_000}}}"
    body = rf"\pard Avant.\par{{\*\shpinst{{\shptxt \pard Dans un cadre.\par}}}}{picture}\pard Apr\'e8s.\par"
    text = read(rtf(body)).text
    assert "Dans un cadre." in text
    assert "8950" not in text
    assert "Après." in text


def test_links_show_their_text_only() -> None:
    body = r'Voir {\field{\*\fldinst{HYPERLINK "https://exemple.fr/a"}}{\fldrslt le site}} de la halle.'
    assert read(rtf(body)).text == "Voir le site de la halle."


def test_other_files_and_empty_ones_are_refused() -> None:
    with pytest.raises(DocumentError, match="ce n'est pas un fichier RTF"):
        read("texte")
    with pytest.raises(DocumentError, match="aucun texte"):
        read(rtf(""))


def test_raised_figures_are_powers_or_calls() -> None:
    body = (
        r"\pard 1254{\super 3} \'e9tals, 85 m\super 2\nosupersub  et 10{\up6 6} euros, le 1{\super er} lot, "
        r"{\super {\b 4}} fin.\par\pard Fin.\par"
    )
    assert read(rtf(body)).text == "1254 (3) étals, 85 m² et 10⁶ euros, le 1er lot, (4) fin.\n\nFin."


def test_merged_cells_say_what_they_say_in_each_column_and_row() -> None:
    """The first row as Word ends one: defined again behind its cells."""
    first = r"\trowd\clvmgf\clvertalt\cellx100\cellx300\cellx500"
    below = r"\trowd\clvmrg\cellx100\cellx200\cellx300\clmgf\cellx400\clmrg\cellx500"
    body = (
        first
        + r"\pard\intbl Ville\cell 2023\cell 2024\cell{"
        + first
        + r"\row}"
        + below
        + r"\pard\intbl\cell Vot\'e9\cell R\'e9el\cell Tout\cell\cell\row"
        + r"\trowd\cellx100\cellx200\cellx300\cellx400\cellx500\pard\intbl Olt\cell 12\cell 13\cell 14\cell 15\cell\row"
        + r"\pard Fin.\par"
    )
    assert read(rtf(body)).text == (
        "| Ville | 2023, Voté | 2023, Réel | 2024, Tout | 2024, Tout |\n| --- | --- | --- | --- | --- |\n"
        "| Olt | 12 | 13 | 14 | 15 |\n\nFin."
    )


def test_boxes_of_wingdings_are_states() -> None:
    body = r"\pard {\f1 \u-3842 ?} Favorable {\f1 \u-3985 ?} R\'e9serv\'e9\par"
    assert read(rtf(body)).text == "[x] Favorable [ ] Réservé"
