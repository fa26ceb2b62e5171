from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from kb.errors import DocumentError
from reading import reader_of

SAVED = (Path(__file__).parents[2] / "data" / "page-enregistree.txt").read_text(encoding="utf-8")


read = reader_of("note.txt")


def test_a_saved_page_gives_its_article_and_says_where_it_comes_from() -> None:
    document = read(SAVED)
    assert document.title == "Un parc au milieu des tours"
    assert document.rubric == "Cadre de vie, Partenaires"
    assert document.origin == "Vu dans En Villes, le mag de l'ANRU"
    assert document.date is None
    lines = SAVED.split("\n")
    assert document.text.split("\n\n") == [lines[4], "## Un chantier suivi par les habitants", lines[6], lines[10]]


def test_a_saved_page_with_a_date_gives_it() -> None:
    assert read(SAVED.replace("Publié le\n", "Publié le 3 mars 2025\n")).date == "2025-03-03"
    assert read(SAVED.replace("Publié le\n", "Publié le 3 mars 2999\n")).date is None


def test_a_date_on_the_line_below_its_announcement_is_read() -> None:
    document = read(SAVED.replace("Publié le\n", "Publié le\n3 mars 2025\n"))
    assert document.date == "2025-03-03"
    assert document.text == read(SAVED).text


def test_the_body_between_the_marks_is_kept_in_its_order() -> None:
    document = read(
        SAVED.replace("Télécharger le plan du parc\n", "Le vote a réuni trois cents personnes, un samedi.\n")
    )
    assert (
        document.text.index("nom du parc") < document.text.index("Le vote a réuni") < document.text.index("Le budget")
    )


def test_a_saved_page_without_rubric_or_provenance() -> None:
    body = "\n".join(SAVED.split("\n")[4:])
    assert read("Un parc au milieu des tours\nPublié le\n" + body).title == "Un parc au milieu des tours"
    assert read("Un parc au milieu des tours\nPublié le\n" + body).rubric is None


NOTE = """Compte rendu de la réunion

La lettre « Fil infos » a changé de forme, et le fil infos du site aussi. On y trouve la rubrique L'info en plus.

Décisions prises

Le comité publie le 3 mars 2024 la liste des projets. Voir https://example.org/liste pour la lire.

Fil infos

Cette lettre part chaque lundi aux deux cents communes du programme.

- premier point
- second point
  - détail

Partager
"""


def test_an_ordinary_text_keeps_everything() -> None:
    document = read(NOTE)
    assert document.title == "Compte rendu de la réunion"
    kept = [line.removeprefix("## ") for line in document.text.split("\n") if line]
    written = [line for line in NOTE.split("\n") if line]
    assert kept == written[1:]
    assert "## Décisions prises" in document.text
    assert "- premier point\n- second point\n  - détail" in document.text
    assert (document.date, document.origin, document.rubric) == (None, None, None)


@pytest.mark.parametrize("content", ["Une seule phrase.", "Un titre seul", "Une phrase.\nUne autre."])
def test_a_short_text_is_kept_whole(content: str) -> None:
    assert read(content).text.replace("\n\n", "\n") == content


PARAGRAPHS = [
    (
        "L’Agence nationale pour la rénovation urbaine accompagne depuis vingt ans les quartiers où vivent plus de "
        "trois millions d’habitants, avec les communes, les bailleurs et les services de l’État."
    ),
    (
        "Elle finance des logements, des écoles, des places et des équipements publics. Peut-être faudra-t-il "
        "attendre dix ans de plus pour juger de l’ensemble de ces travaux, dit le rapport."
    ),
]


@pytest.mark.parametrize("width", [60, 72, 80])
def test_wrapped_lines_become_paragraphs_again(width: int) -> None:
    wrapped = "\n\n".join(textwrap.fill(text, width, break_on_hyphens=True) for text in PARAGRAPHS)
    assert read(wrapped).text == "\n\n".join(PARAGRAPHS)


def test_wrapped_items_stay_items_and_cut_words_are_mended() -> None:
    content = (
        "Le règlement de l’Agence fixe les règles des aides qu’elle accorde aux\n"
        "communes et aux bailleurs. Les subventions suivent l’avancement, et le\n"
        "renouvel-\nlement urbain se fait sur dix ans, peut-\nêtre davantage encore.\n\n"
        "* un premier point assez long pour passer à la ligne, parce qu’il faut\n  bien que cela arrive ;\n"
        "* un second.\n\n1) un\n2) deux\n"
    )
    text = read(content).text
    assert "et le renouvellement urbain se fait sur dix ans, peut-être davantage encore." in text
    assert (
        "- un premier point assez long pour passer à la ligne, parce qu’il faut bien que cela arrive ;\n- un second."
        in text
    )
    assert "1. un\n2. deux" in text


def test_lines_that_are_paragraphs_are_not_joined() -> None:
    assert read("\n".join(PARAGRAPHS)).text == "\n\n".join(PARAGRAPHS)


def test_tables_and_headings_typed_in_a_text_are_put_in_form() -> None:
    content = "Bilan\n\n## Les sommes\n|A|B|\n|--|:-:|\n| 1 | 2 |\nUne phrase.\n\nPartie\n------\nUne autre.\n"
    assert read(content).text == (
        "## Les sommes\n\n| A | B |\n| --- | --- |\n| 1 | 2 |\n\nUne phrase.\n\n## Partie\n\nUne autre."
    )


def test_loose_lines_are_no_headings() -> None:
    address = "Agence nationale pour la rénovation urbaine\n69 bis rue de Vaugirard\n75006 Paris"
    text = read(f"Une lettre part demain à tous les maires du programme.\n\n{address}").text
    assert "#" not in text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-bom", "cp1252", "latin-1"])
def test_encodings(encoding: str) -> None:
    content = "L'été à la forêt : 25 % d'écoles, déjà."
    encoded = b"\xff\xfe" + content.encode("utf-16-le") if encoding == "utf-16-le-bom" else content.encode(encoding)
    assert read(encoded).text == content


def test_a_broken_byte_in_utf_8_costs_one_letter_only() -> None:
    assert read("Été à la forêt, où l’école à été créée, là.".encode() + b"\xc3").text.startswith("Été à la forêt")


@pytest.mark.parametrize(
    "content",
    [
        b"\x00\x01\x02\x03",
        b"PK\x03\x04abc",
        b"\x89PNG\r\n",
        bytes(range(1, 32)) * 20,
    ],
)
def test_binary_content_is_refused(content: bytes) -> None:
    with pytest.raises(DocumentError, match="le contenu est binaire, ce n'est pas du texte"):
        read(content)


def test_a_date_alone_under_the_title_is_the_publication() -> None:
    assert read("Rapport annuel\n\nmars 2024\n\nLe texte du rapport commence ici, et il est long.").date == "2024-03"
    assert read("Rapport annuel\n\nLe texte du rapport du 3 mars 2024 commence ici.").date is None


def test_figures_of_two_columns_are_never_one() -> None:
    text = read("Les agents de la commune.\n\nVoirie      1 254   320\nÉcoles   12 %   7\n", "a.txt").text
    assert "1 254 ; 320" in text
    assert "12 % ; 7" in text
