from __future__ import annotations

import lxml.html
import pytest

from ingest.readers.block_builder import assemble
from ingest.readers.html.notes import is_exponent, settle_notes, without_calls
from ingest.readers.html.tree import blocks_of
from reading import reader_of

read = reader_of("page.html")


def text(markup: str) -> str:
    body = lxml.html.document_fromstring(markup).find("body")
    settle_notes(body)
    return assemble(blocks_of(body), None)


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("1 254<sup>3</sup> logements", "1 254 logements"),
        ("1 254 <sup>(3)</sup> logements", "1 254 logements"),
        ("1 254<span style='vertical-align: super; font-size: 70%'>3</span> logements", "1 254 logements"),
        ("1 254<sup>a</sup> logements, à 18<sup>h</sup>30, le 2<sup>e</sup>", "1 254 logements, à 18h30, le 2e"),
        ("1 254<sup>1,2</sup> logements réhabilités<sup>*</sup>.", "1 254 logements réhabilités."),
        ("1 254<sup><a href='#note3'>3</a></sup> logements", "1 254 logements"),
        ("1 254<a href='#note3'><sup>3</sup></a> logements", "1 254 logements"),
        ("1 254 <a href='#_ftn3'>[3]</a> logements", "1 254 logements"),
        ("1 254<a href='https://a.fr/page#cite_note-3'>[3]</a> logements", "1 254 logements"),
        ("1 254&nbsp;[<a href='#nb3'>3</a>], puis 12", "1 254, puis 12"),
        ("un taux<sup class='reference'><a href='#cite_note-a'>[a]</a></sup> de 5 %", "un taux de 5 %"),
        (
            "le coût<sup title='Hors taxes et hors foncier'>1</sup> total",
            "le coût (note : Hors taxes et hors foncier) total",
        ),
        ("10<sup>3</sup> m<sup>2</sup>, 4 km<sup>2</sup>, 12 m<sup>3</sup>/h", "10³ m², 4 km², 12 m³/h"),
        ("6 × 10<sup>1</sup>, 5 s<sup>-1</sup>, R<sup>2</sup>, 2<sup>3</sup> = 8", "6 × 10¹, 5 s⁻¹, R², 2³ = 8"),
        ("10<sup>1</sup> logements", "10 logements"),
        (
            "1<sup>er</sup> mai, XIX<sup>e</sup> siècle, n<sup>o</sup> 4, M<sup>me</sup>",
            "1er mai, XIXe siècle, no 4, Mme",
        ),
        ("CO<sub>2</sub> et H<sub>2</sub>O", "CO2 et H2O"),
        ("voir l’étape <a href='#etape-2'>2</a> du guide", "voir l’étape 2 du guide"),
    ],
)
def test_a_call_is_never_part_of_a_word_or_number_and_a_power_stays(markup: str, expected: str) -> None:
    assert text(f"<p>{markup}</p>") == expected


@pytest.mark.parametrize(
    "note",
    [
        "<p>[<a href='#nh1' id='nb1'>1</a>] Hors foyers.</p>",
        "<p><a href='#_ftnref1' name='_ftn1'>[1]</a> Hors foyers.</p>",
        "<p id='nb1'><sup>1</sup> Hors foyers.</p>",
        "<p><sup>(1)</sup>&nbsp;Hors foyers.</p>",
    ],
)
def test_a_note_stays_in_its_place_under_its_number(note: str) -> None:
    assert text(f"<p>Il y a 1 254<sup><a href='#nb1'>1</a></sup> logements.</p>{note}") == (
        "Il y a 1 254 logements.\n\nNote 1 : Hors foyers."
    )


def test_the_way_back_from_a_note_is_no_text() -> None:
    notes = (
        "<ol><li id='fn1'>Hors foyers. <a href='#r1'>↩</a></li><li id='fn2'><a href='#r2'>^</a> Estimation.</li></ol>"
    )
    assert text(f"<p>1 254<a id='r1' href='#fn1'>1</a>.</p>{notes}") == "1 254.\n\n1. Hors foyers.\n2. Estimation."


@pytest.mark.parametrize(
    "notes",
    [
        "<aside><p id='n1'>Hors foyers.</p></aside></article>",
        "<footer class='footnotes'><ol><li id='n1'>Hors foyers.</li></ol></footer></article>",
        "<span id='n1' hidden>Hors foyers.</span></article>",
        "<div role='tooltip' id='n1' style='display:none'>Hors foyers.</div></article>",
        "</article><section><p id='n1'>Hors foyers.</p></section>",
    ],
)
def test_notes_are_text_wherever_a_page_puts_them(notes: str) -> None:
    call = "<sup><a href='#n1'>1</a></sup>"
    document = read(f"<html><body><article><h1>Bilan</h1><p>Il y a 1 254{call} logements.</p>{notes}</body></html>")
    assert "1 254 logements" in document.text
    assert "Hors foyers." in document.text


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("1 254³ logements de 50 m², 10³ W, réhabilités¹.", "1 254 logements de 50 m², 10³ W, réhabilités."),
        ("¹ Hors foyers.", "Note 1 : Hors foyers."),
        ("1 254[1] logements, un total[12].", "1 254 logements, un total."),
        ("10⁻³ g, 5 s⁻¹", "10⁻³ g, 5 s⁻¹"),
        ("[1] Texte, voir [2].", "[1] Texte, voir [2]."),
        ("Rien à changer.", "Rien à changer."),
    ],
)
def test_calls_that_are_characters(written: str, expected: str) -> None:
    assert without_calls(written) == expected


def test_a_power_is_told_by_what_it_is_raised_on() -> None:
    assert is_exponent("une surface de 12 m", "2", " de plus")
    assert is_exponent("10", "6", " euros")
    assert not is_exponent("un total de 2 010", "3", " logements")
    assert not is_exponent("en 2010", "3", ".")
    assert not is_exponent("les bailleurs", "2", "")


def test_calls_by_the_thousand_cost_no_more_than_their_number() -> None:
    page = "<p>" + "<sup></sup><a href='#n1'>1</a>" * 3_000 + " fin</p><p id='n1'>Une note.</p>"
    assert text(page).endswith("Une note.")
