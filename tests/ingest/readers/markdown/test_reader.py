from __future__ import annotations

import pytest

from kb.errors import DocumentError
from kb.types import CitedSource
from reading import reader_of

read = reader_of("note.md")


FRONT = """---
titre: "Le parc : bilan"
date: 2024-05
type: fiche
rubrique: Cadre de vie
programmes: [NPNRU, PIA]
partenaires: Anah, ANCT
origine: Oui
inconnu: {a: b}
sources:
  - titre: Le plan
    editeur: Mairie
    url: ftp://example.org
    date: s.d.
---
"""


def test_front_matter_fills_the_document() -> None:
    document = read(FRONT + "# Le parc : bilan\n\nTexte.\n")
    assert document.title == "Le parc : bilan"
    assert (document.date, document.kind, document.rubric, document.origin) == (
        "2024-05",
        "fiche",
        "Cadre de vie",
        "Oui",
    )
    assert (document.programmes, document.partners) == (("NPNRU", "PIA"), ("Anah", "ANCT"))
    assert document.cited_sources == (CitedSource("Le plan", "Mairie"),)
    assert document.text == "Texte."


def test_the_first_heading_is_the_title_without_front_matter() -> None:
    document = read("Titre\n=====\n\nTexte.\n\nPartie\n------\n\nAutre.\n")
    assert (document.title, document.text) == ("Titre", "Texte.\n\n## Partie\n\nAutre.")


def test_a_heading_that_differs_from_the_title_stays() -> None:
    document = read("---\ntitre: A\n---\n# B\n\nTexte.\n\n## C\n\nAutre.\n")
    assert document.text == "## B\n\nTexte.\n\n### C\n\nAutre."


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("---\ntitre: [A, B]\n---\nTexte.", "« titre » doit être un texte"),
        ("---\ntitre: A\n---\n", "aucun texte à indexer"),
    ],
)
def test_bad_front_matter_is_a_clear_error(content: str, reason: str) -> None:
    with pytest.raises(DocumentError) as raised:
        read(content)
    assert raised.value.reason.startswith(reason)


@pytest.mark.parametrize("date", ["2024-02-31", "s.d.", "", "2999-01-01", "bientôt"])
def test_a_date_that_is_none_is_absent(date: str) -> None:
    assert read(f"---\ndate: {date}\n---\nTexte.").date is None


def test_front_matter_may_follow_blank_lines_and_remarks_name_the_line_of_the_file() -> None:
    assert read("\n\n---\ntitre: A\n---\nTexte.").title == "A"
    document = read("\n\n---\ntitre: A\nune ligne perdue\n---\nTexte.")
    assert document.title == "A"
    assert document.remarks == ("en-tête mal formé, en partie laissé de côté (ligne 5 : « une ligne perdue »)",)


@pytest.mark.parametrize("year", ["2019", "'2019'", "2019-03", "2019-03-04"])
def test_dates_and_years_need_no_quotes(year: str) -> None:
    assert read(f"---\ndate: {year}\n---\nTexte.").date == year.strip("'")


def test_english_names_do_as_well() -> None:
    document = read("---\ntitle: A\nrubric: B\nkind: C\npartners: [D]\norigin: E\n---\nTexte.")
    assert (document.title, document.rubric, document.kind, document.origin) == ("A", "B", "C", "E")
    assert document.partners == ("D",)


def test_hidden_html_is_dropped_and_an_escaped_mark_makes_no_heading() -> None:
    content = "<div hidden>SECRET</div>\n\nVu <span style='display:none'>SECRET</span>ici.\n\n\\# pas un titre\n"
    assert read(content).text == "Vu ici.\n\npas un titre"


def test_two_rules_around_a_text_are_no_front_matter() -> None:
    assert read("---\nUne phrase.\n\n---\nUne autre.").text.endswith("Une autre.")
    assert "Une phrase." in read("---\nUne phrase.\n\n---\nUne autre.").text


def test_inline_marks_leave_their_visible_text() -> None:
    content = (
        'Du **gras**, de l’*italique*, du `code`, un [lien](https://example.org "t"), une ![image](x.png), '
        "<https://example.org/a>, ~~barré~~, 2 < 3 &amp; 4, <b>html</b>, <nom de la ville>, un \\* seul.\nSuite"
        "  \nde la phrase.\\\nFin.\n\n<div>Un bloc <em>brut</em></div>\n\n<script>alert(1)</script>\n\n<!-- caché -->\n"
    )
    assert read(content).text == (
        "Du gras, de l’italique, du code, un lien, une image, https://example.org/a, , 2 < 3 & 4, html, "
        "<nom de la ville>, un * seul. Suite de la phrase. Fin.\n\nUn bloc brut"
    )


def test_lists_tables_quotes_and_code() -> None:
    content = (
        "1. un\n2. deux\n   - a\n\n     suite de a\n   - b\n     1. profond\n\n- [x] fait\n* autre liste\n\n"
        "| A | B |\n|:--|--:|\n| 1 \\| 2 | **3** |\n| 4 |\n\n> Une citation\n> sur deux lignes.\n>\n> - point\n\n"
        "    du code\n    indenté\n\n***\n\nFin.\n"
    )
    assert read(content).text == (
        "1. un\n2. deux\n  - a suite de a\n  - b\n    1. profond\n\n- [x] fait\n\n- autre liste\n\n"
        "| A | B |\n| --- | --- |\n| 1 ¦ 2 | 3 |\n| 4 |  |\n\nUne citation sur deux lignes.\n\n- point\n\n"
        "du code indenté\n\nFin."
    )


def test_what_comes_after_a_list_without_an_empty_line_is_no_part_of_its_last_item() -> None:
    content = (
        "Sont aidés :\n- les jardins,\n- les ruches.\nEn cas de retard, 2 délais s'ajoutent :\n- un mois,\n- deux mois."
        "\nLa demande est\nécrite.\n\n- Un long item. Il va\n  Jusqu'au bout.\n- Un autre qui\nSuit son cours.\n"
    )
    text = read(content).text
    assert text == (
        "Sont aidés :\n\n- les jardins,\n- les ruches.\n\nEn cas de retard, 2 délais s'ajoutent :\n\n- un mois,\n"
        "- deux mois.\n\nLa demande est écrite.\n\n- Un long item. Il va Jusqu'au bout.\n- Un autre qui Suit son cours."
    )


def test_a_last_part_of_sources_is_shown_not_indexed() -> None:
    document = read(
        "# T\n\nTexte.\n\n## Sources\n\n- « Bilan », Sénat, 2019, https://example.org/b\n- [Plan](https://example.org/p)\n"
    )
    assert document.text == "Texte."
    assert document.cited_sources == (
        CitedSource("Bilan", "Sénat", "https://example.org/b", "2019"),
        CitedSource("Plan", None, "https://example.org/p"),
    )


def test_a_declared_address_of_another_host_is_not_believed() -> None:
    content = "---\nurl: https://ailleurs.org/x\n---\nTexte."
    assert read(content).url == "https://ailleurs.org/x"
    assert read(content, url="https://example.org/note.md").url == "https://example.org/note.md"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(encoding: str, line_end: str) -> None:
    content = "---\ntitre: Été\n---\n\nÀ l’école, 25 %.\n\n- œuvre\n".replace("\n", line_end)
    document = read(content.encode(encoding))
    assert (document.title, document.text) == ("Été", "À l’école, 25 %.\n\n- œuvre")


def test_spaces_and_accents_are_normalised_without_touching_no_break_spaces() -> None:
    document = read("Pre\u0301voir 12\u00a0000\u202f€ \u200b: o\u00adui\u202e.\n\tSuite\u2009!")
    assert document.text == "Prévoir 12\u00a0000\u202f€ : oui. Suite\u2009!"


@pytest.mark.parametrize("content", [b"\x00\x01\x02Texte", b"PDF-1.7 \x00", "Texte".encode("utf-16-le")])
def test_binary_content_is_refused(content: bytes) -> None:
    with pytest.raises(DocumentError, match="le contenu est binaire"):
        read(content)


def test_nesting_without_end_is_read_or_refused() -> None:
    try:
        outcome = read(">" * 2_000 + " fond\n\n" + "Fin.").text
    except DocumentError as error:
        outcome = error.reason
    assert outcome.endswith("Fin.") or "trop imbriquées" in outcome
