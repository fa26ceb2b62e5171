from __future__ import annotations

import pytest

from reading import reader_of

read = reader_of("note.md")


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("titre: Adultes-relais : bilan à mi-parcours", "Adultes-relais : bilan à mi-parcours"),
        ("titre: L'été : un bilan", "L'été : un bilan"),
        ("titre: « Aides » : le bilan", "« Aides » : le bilan"),
        ('titre: "Aides" : le bilan', '"Aides" : le bilan'),
        ("titre: 'Aides' : le bilan", "'Aides' : le bilan"),
        ("titre: [PROJET] Plan : phase 2", "[PROJET] Plan : phase 2"),
        ("titre: [Projet] de plan", "[Projet] de plan"),
        ("titre: Lot #3 de l'année", "Lot #3 de l'année"),
        ("titre: Bilan # à relire", "Bilan"),
        ("titre:\tBilan", "Bilan"),
        ("titre: @ville, le bilan", "@ville, le bilan"),
        ("titre: 50 % : la part", "50 % : la part"),
        ("titre: Bilan :", "Bilan :"),
        ("titre: |\n  Un titre\n  long", "Un titre long"),
        ('titre: "Le parc : bilan"', "Le parc : bilan"),
    ],
)
@pytest.mark.parametrize("after", ["", "auteur: Direction : cohésion\n", "date: 12/03/2024\nnote: - : -\n"])
def test_a_value_needs_no_quotes(written: str, title: str, after: str) -> None:
    document = read(f"---\n{written}\n{after}---\n\n# Partie\n\nTexte.\n")
    assert (document.title, document.text) == (title, "## Partie\n\nTexte.")
    assert document.remarks == ()


def test_lists_with_tabs_and_colons() -> None:
    document = read(
        "---\nprogrammes:\n\t- Ville : phase 2\n\t- Gares\npartenaires: [A, B]\ndate:\t12 mars 2024\n---\nTexte."
    )
    assert (document.programmes, document.partners) == (("Ville : phase 2", "Gares"), ("A", "B"))
    assert document.date == "2024-03-12"


@pytest.mark.parametrize("date", ["12/03/2024", "12/3/24", "12 mars 2024", "2024-03-12", "le 12 mars 2024"])
def test_dates_as_people_type_them(date: str) -> None:
    assert read(f"---\ndate: {date}\n---\nTexte.").date == "2024-03-12"


def test_what_cannot_be_read_is_named_and_the_rest_is_read() -> None:
    document = read("---\ntitre: Bilan\nune ligne perdue\ndate: [2024\nrubrique: Vie locale\n---\nTexte.")
    assert (document.title, document.rubric, document.date, document.text) == ("Bilan", "Vie locale", None, "Texte.")
    assert document.remarks == (
        "en-tête mal formé, en partie laissé de côté (ligne 3 : « une ligne perdue » ; ligne 4 : « date: [2024 »)",
    )


def test_front_matter_that_is_not_closed_is_read_up_to_its_last_entry() -> None:
    document = read("---\ntitre: Bilan\ndate: 2024\n\nUn texte : sans fin.\n")
    assert (document.title, document.date, document.text) == ("Bilan", "2024", "Un texte : sans fin.")
    assert "n'est pas fermé" in document.remarks[0]


@pytest.mark.parametrize("value", ["[" * 5_000, "{" * 5_000, "'" * 999, "- " * 3_000, "x" * 9_000])
def test_odd_values_cost_only_themselves(value: str) -> None:
    assert read(f"---\nrubrique: A\ntitre: {value}\n---\nTexte.").text == "Texte."


def test_notes_are_paragraphs_in_their_place_and_calls_are_nothing() -> None:
    document = read(
        "# Bilan\n\nIl y a 1 254[^1] logements[^n] et 10 m², dont 3^[hors foyers] neufs. Voir [^9].\n\n"
        "[^1]: Hors *foyers*,\nestimation.\n[^n]: https://exemple.fr/a\n\n    Un second paragraphe.\n\n- Fin\n"
    )
    assert document.text == (
        "Il y a 1 254 logements et 10 m², dont 3 (note : hors foyers) neufs. Voir [^9].\n\n"
        "Note 1 : Hors foyers, estimation.\n\nNote : https://exemple.fr/a\n\nUn second paragraphe.\n\n- Fin"
    )


def test_raised_calls_and_powers_in_markdown() -> None:
    assert read("Il y a 1 254<sup>3</sup> logements, 10<sup>3</sup> m<sup>2</sup>, 1 254³ élus¹.\n").text == (
        "Il y a 1 254 logements, 10³ m², 1 254 élus."
    )


def test_a_letter_and_an_act_have_their_date() -> None:
    assert read("Lyon, le 3 mars 2025\n\nMadame, voici le bilan demandé.\n").date == "2025-03-03"
    assert read("# Arrêté du 1er juillet 2023 portant création\n\nTexte.\n").date == "2023-07-01"
