from __future__ import annotations

import pytest

from bundled import bundled_domain
from ingest.readers.block_builder import Block, bullets, heading, item, paragraph
from ingest.readers.html.boilerplate import (
    is_known_rubric,
    is_provenance,
    is_pruned,
    is_saved_page,
    mark_of,
    strip_marks,
)
from kb.text.domain import Domain

SENTENCE = "Le parc des Acacias a ouvert au printemps, après deux ans de travaux."


def texts(*blocks: Block) -> list[str]:
    return [block.text for block in strip_marks(blocks, bundled_domain())]


@pytest.mark.parametrize(
    ("line", "effect"),
    [
        ("Lire la suite de l'article ci-dessous...", "line"),
        ("Lire la suite de l’article ci-dessous…", "line"),
        ("...suite de l'article", "line"),
        ("…SUITE DE L’ARTICLE", "line"),
        ("L'info en plus", "aside"),
        ("L’info en plus :", "aside"),
        ("Fil Infos", "end"),
        ("Partager", "line"),
        ("Partager sur Facebook, LinkedIn et X", "line"),
        ("Partager sur Facebook Partager sur LinkedIn Imprimer", "line"),
        ("À lire aussi", "related"),
        ("Ces articles peuvent vous intéresser", "related"),
        ("Tout accepter", "line"),
        ("Haut de page", "line"),
    ],
)
def test_the_furniture_of_a_page_is_known(line: str, effect: str) -> None:
    mark = mark_of(line, bundled_domain())
    assert mark is not None
    assert mark.effect == effect


@pytest.mark.parametrize(
    "line",
    [
        "",
        "Le fil infos du site change de forme.",
        "Pour lire la suite de l'article, tournez la page.",
        "Partager les espaces communs",
        "Partager sur le terrain les bonnes pratiques",
        "Accepter le changement",
        "L'info en plus de la lettre",
        "Télécharger le rapport. Il compte cent pages.",
        "Les dernières actualités du programme montrent un progrès",
    ],
)
def test_a_line_that_mentions_furniture_is_text(line: str) -> None:
    assert mark_of(line, bundled_domain()) is None


@pytest.mark.parametrize(
    "line", ["Vu dans En Villes, le mag de l'ANRU", "Paru dans la Gazette", "Publié dans Le Monde"]
)
def test_provenance(line: str) -> None:
    assert is_provenance(line)


@pytest.mark.parametrize(
    "line", ["Vu dans", "Il a été vu dans le parc", "Vu dans " + "le quartier " * 20, "Publié le 3 mars"]
)
def test_no_provenance(line: str) -> None:
    assert not is_provenance(line)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["Titre", "Publié le", SENTENCE, "Fil Infos", "Une gare"], True),
        ([SENTENCE, "Lire la suite de l'article ci-dessous...", SENTENCE], True),
        ([SENTENCE, "Fil infos", "Une gare", "Un vélo"], True),
        (["Fil infos", SENTENCE], False),
        (["Titre", "Publié le", SENTENCE], False),
        (["Titre", SENTENCE, "Partager", "À lire aussi", SENTENCE], False),
        ([f"Le fil infos. {SENTENCE}", f"Lire la suite. {SENTENCE}"], False),
    ],
)
def test_a_saved_page_is_told_from_an_ordinary_text(lines: list[str], expected: bool) -> None:
    assert is_saved_page(lines, bundled_domain()) is expected


def test_an_aside_ends_at_the_next_mark_and_never_takes_prose() -> None:
    mark, end = paragraph("L'info en plus"), paragraph("...suite de l'article")
    short, prose = paragraph("Retrouvez le magazine."), paragraph(f"{SENTENCE} " * 4)
    assert texts(paragraph("A."), mark, short, end, paragraph("B.")) == ["A.", "B."]
    assert texts(paragraph("A."), mark, short) == ["A."]
    assert texts(paragraph("A."), mark, prose, end) == ["A.", prose.text]
    assert texts(paragraph("A."), mark, *[short] * 6) == ["A.", *[short.text] * 6]


def test_headlines_of_other_pages_go_and_what_follows_stays() -> None:
    headlines = bullets([item("Une gare"), item("Un vélo")])
    assert texts(paragraph("A."), heading("À lire aussi", 2), headlines, heading("Suite", 2), paragraph(SENTENCE)) == [
        "A.",
        "Suite",
        SENTENCE,
    ]
    assert texts(paragraph("À lire aussi"), paragraph("Une gare"), paragraph(SENTENCE)) == [
        "À lire aussi",
        "Une gare",
        SENTENCE,
    ]
    assert texts(paragraph(SENTENCE), paragraph("À lire aussi"), paragraph("Une gare")) == [SENTENCE]


def test_fil_infos_ends_a_page_that_bears_other_marks_whatever_follows() -> None:
    tail = [paragraph("Fil Infos"), paragraph(SENTENCE)]
    assert texts(paragraph("A."), paragraph("...suite de l'article"), *tail) == ["A."]
    assert texts(paragraph("A."), *tail) == ["A.", SENTENCE]


def test_the_marks_of_a_site_are_those_of_its_domain() -> None:
    own = Domain(page_ends=("En bref…",), asides=("Le saviez-vous ?",), zones=("Rubans",), rubrics=("Au fil de l'eau",))
    end, aside = mark_of("EN BREF", own), mark_of("Le saviez-vous ?", own)
    assert (end and end.effect, aside and aside.effect) == ("end", "aside")
    assert mark_of("Fil infos", own) is mark_of("En bref", Domain()) is None
    assert mark_of("Partager", Domain()) == mark_of("Partager", own)
    assert all(is_pruned(name, own) for name in ("rubans", "rubans-haut", "cookies"))
    assert not is_pruned("rubans", Domain())
    assert not is_pruned("fil-infos", own)
    assert is_known_rubric(" Au fil de l’eau ", own)
    assert not is_known_rubric("Cadre de vie", own)
    assert is_saved_page([SENTENCE, "En bref", "Une gare"], own)
    assert not is_saved_page([SENTENCE, "En bref", "Une gare"], Domain())


def test_items_that_share_or_print_go_and_lines_that_only_date_the_page_too() -> None:
    share = bullets([item("Imprimer"), item("Un vrai point"), item("Partager sur X")])
    assert texts(share, paragraph("Mis à jour le 3 mars 2024"), paragraph("Fin.")) == ["- Un vrai point", "Fin."]


def test_many_marks_cost_no_more_than_their_number() -> None:
    """Each mark once looked at all that follows: ten thousand of them took minutes."""
    lines = ["À lire aussi", "Une gare"] * 5_000 + [SENTENCE, "L'info en plus"]
    assert is_saved_page(lines, bundled_domain())
    kept = texts(*(paragraph(line) for line in lines))
    assert kept == lines[:-1]
