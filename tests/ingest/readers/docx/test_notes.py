from __future__ import annotations

import pytest

from reading import reader_of
from word_files import NORMAL, call, cell, field, note, numbered, p, r, raised, row, section, table, word_file

read = reader_of("note.docx")


def test_a_call_is_no_part_of_a_number_and_the_note_follows_its_paragraph() -> None:
    content = word_file(
        p("Le forfait est de 1 254", call(2), " € par ménage.") + p("La suite."),
        footnotes=NORMAL + note(2, "Montant hors taxes.", "Il est revu chaque année."),
    )
    assert read(content).text == (
        "Le forfait est de 1 254 € par ménage.\n\nNote : Montant hors taxes.\n\nIl est revu chaque année.\n\nLa suite."
    )


def test_endnotes_and_footnotes_with_the_same_number_are_two_notes_and_each_comes_once() -> None:
    content = word_file(
        p("Un", call(1), " et deux", call(1, "endnote"), ".") + p("Encore un", call(1), "."),
        footnotes=NORMAL + note(1, "En bas.") + note(7, "Que rien n'appelle."),
        endnotes=note(1, "À la fin.", kind="endnote"),
    )
    assert read(content).text == "Un et deux.\n\nNote : En bas.\n\nNote : À la fin.\n\nEncore un."


def test_notes_of_a_list_and_of_a_table_come_after_them() -> None:
    content = word_file(
        p("Un", call(1), style="ListBullet")
        + p("Deux", style="ListBullet")
        + p("Texte.")
        + table(row("Zone", "Prix"), row("A", cell(p("1 200", call(2))))),
        footnotes=note(1, "Du premier.") + note(2, "Hors taxes."),
    )
    assert read(content).text == (
        "- Un\n- Deux\n\nNote : Du premier.\n\nTexte.\n\n"
        "| Zone | Prix |\n| --- | --- |\n| A | 1 200 |\n\nNote : Hors taxes."
    )


def test_a_note_of_a_heading_follows_it_and_its_own_sign_is_no_text() -> None:
    own = r('<w:footnoteReference w:customMarkFollows="1" w:id="3"/><w:t>*</w:t>')
    content = word_file(
        p("Les aides", own, style="Heading1") + p("Texte", call(4, "endnote"), "."),
        title="Un autre titre",
        footnotes=note(3, "Au titre."),
        endnotes=note(4, "Une note", kind="endnote")
        .replace("Une note", "Une note qui s'appelle")
        .replace("</w:p>", f"{call(4, 'endnote')}</w:p>"),
    )
    assert read(content).text == "## Les aides\n\nNote : Au titre.\n\nTexte.\n\nNote : Une note qui s'appelle"


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        (["Une surface de 25 m", raised("2"), " habitables"], "Une surface de 25 m² habitables"),
        (["12 hab./km", raised("2")], "12 hab./km²"),
        (["un volume de 3 m", raised("3"), "/s"], "un volume de 3 m³/s"),
        (["de 4 x 10", raised("3"), " litres"], "de 4 x 10³ litres"),
        (["en s", raised("-1")], "en s⁻¹"),
        (["x", raised("2"), " + y", raised("2")], "x² + y²"),
        (["le 1", raised("er"), " mars"], "le 1er mars"),
        (["le XIX", raised("e"), " siècle"], "le XIXe siècle"),
        (["M", raised("me"), " Dupont"], "Mme Dupont"),
        (["1 254", raised("3"), " €"], "1 254 (3) €"),
        (["1 210", raised("3")], "1 210 (3)"),
        (["2 010", raised("1"), ","], "2 010 (1) ,"),
        (["les ménages", raised("1"), " logés"], "les ménages (1) logés"),
        (["les ménages", raised("(2)"), " logés"], "les ménages (2) logés"),
        (["12 500", raised("a"), " €"], "12 500 (a) €"),
        ([raised("1"), " Hors taxes"], "(1) Hors taxes"),
        (["1 254", raised("1"), raised("2"), " €"], "1 254 (12) €"),
    ],
)
def test_raised_figures_are_exponents_or_stand_apart(runs: list[str], expected: str) -> None:
    assert read(word_file(p(*runs))).text == expected


def test_the_style_of_calls_counts_as_raised_and_calls_that_refer_to_a_note_again_do_not_show() -> None:
    styles = (
        '<w:style w:type="character" w:styleId="Appel"><w:name w:val="footnote reference"/>'
        '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr></w:style>'
    )
    again = (
        r('<w:fldChar w:fldCharType="begin"/>')
        + r("<w:instrText> NOTEREF _Ref1 \\f \\h </w:instrText>")
        + r('<w:fldChar w:fldCharType="separate"/>')
        + r("1")
        + r('<w:fldChar w:fldCharType="end"/>')
    )
    content = word_file(p("1 254", r("3", '<w:rStyle w:val="Appel"/>'), " € et 15", again, " €"), styles=styles)
    assert read(content).text == "1 254 (3) € et 15 €"


def test_comments_are_left_out_and_counted() -> None:
    comment = '<w:comment w:id="%d" w:author="A"><w:p><w:r><w:t>À revoir</w:t></w:r></w:p></w:comment>'
    body = p("Le taux", r('<w:commentReference w:id="0"/>'), " est de 5 %.")
    one, two = (word_file(body, comments="".join(comment % number for number in range(count))) for count in (1, 2))
    assert read(one).text == read(two).text == "Le taux est de 5 %."
    assert read(one).remarks == ("1 commentaire laissé de côté",)
    assert read(two).remarks == ("2 commentaires laissés de côté",)
    assert read(word_file(body)).remarks == ()


def test_what_the_margins_say_comes_once_without_numbers_of_pages() -> None:
    header = table(row("Agence des Vallons", cell(p("Réf. : DT-2025-0417"), p("Lille, le 14 avril 2024"))))
    page = p("Réf. interne 12 – Page ", field("PAGE", "2"), " sur ", field("NUMPAGES", "5"))
    body = p("Le bilan", style="Title") + p("Texte.") + p("Fin.", settings=section(default_header="header1"))
    content = word_file(
        body + section(first_header="header2", default_header="header1", default_footer="footer1", titlePg=""),
        header1=header + p("Le bilan"),
        header2=p("Première page") + p("Réf. : DT-2025-0417"),
        header3=p("Que rien n'appelle"),
        footer1=page + p("Page 3/8") + p("12, rue Haute"),
    )
    document = read(content)
    assert document.text == (
        "Agence des Vallons\n\nRéf. : DT-2025-0417\n\nLille, le 14 avril 2024\n\nPremière page\n\nTexte.\n\nFin.\n\n"
        "Réf. interne 12\n\n12, rue Haute"
    )
    assert document.date == "2024-04-14"
    assert document.title == "Le bilan"


def test_what_a_cell_announces_stands_with_it() -> None:
    header = table(row("Réf. :", "DT-2025-0417", "Version 2"), row("Objet :", cell(p("Avance"), p("Suite"))))
    content = word_file(p("Texte.") + section(default_header="header1"), header1=header)
    assert read(content).text == "Réf. : DT-2025-0417\n\nVersion 2\n\nObjet : Avance\n\nSuite\n\nTexte."


def test_the_day_on_which_the_file_was_opened_is_no_date() -> None:
    content = word_file(
        p("Texte.") + section(default_header="header1"), header1=p(field('DATE \\@ "d MMMM yyyy"', "3 mars 2024"))
    )
    document = read(content)
    assert (document.date, document.text) == (None, "3 mars 2024\n\nTexte.")


def test_margins_of_first_and_even_pages_count_only_where_they_are_shown() -> None:
    body = p("Texte.") + section(first_footer="footer1", even_footer="footer2", default_footer="footer3")
    parts = {"footer1": p("Première"), "footer2": p("Paire"), "footer3": p("Toutes")}
    assert read(word_file(body, **parts)).text == "Texte.\n\nToutes"
    even = read(word_file(body, settings="<w:evenAndOddHeaders/>", **parts))
    assert even.text == "Texte.\n\nToutes\n\nPaire"


def test_a_numbered_paragraph_keeps_its_number_before_the_note() -> None:
    content = word_file(
        p("Un", call(1), style="ListNumber") + p("Deux", settings=numbered(9_999)),
        footnotes=note(1, "La note."),
    )
    assert read(content).text == "1. Un\n- Deux\n\nNote : La note."
