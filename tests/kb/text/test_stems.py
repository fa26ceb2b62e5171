import pytest

from kb.text.stems import STOP_WORDS, stems, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("L’Agence nationale", "agences nationales"),
        ("délégués", "délégué"),
        ("déléguée", "delegue"),
        ("démolitions", "demolition"),
        ("qu'habitants", "l'habitant"),
        ("175 000", "175\u202f000"),
        ("12,5", "12.5"),
        ("ŒUVRE", "oeuvres"),
        ("co-construction", "co construction"),
    ],
)
def test_two_spellings_have_the_same_stems(one: str, other: str) -> None:
    assert stems(one) == stems(other) != []


def test_stop_words_and_elisions_leave_nothing() -> None:
    assert stems("Qu'est-ce que c'est que le la les d'un à l'") == []
    assert "anru" not in STOP_WORDS


def test_thousands_are_one_word_but_years_stay_apart() -> None:
    assert words("175 000 logements en 2012 2013") == ["175000", "logements", "en", "2012", "2013"]
    assert words("de 2 500 à 3 000") == ["de", "2500", "a", "3000"]


def test_different_words_stay_different() -> None:
    assert stems("rénovation") != stems("renouvellement")
    assert stems("PNRU") != stems("NPNRU")
