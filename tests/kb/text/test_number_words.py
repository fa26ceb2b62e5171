import re

import pytest

from kb.text.number_words import RUN, read_numbers


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("zero", 0),
        ("seize", 16),
        ("dix-sept", 17),
        ("vingt et un", 21),
        ("vingt-et-un", 21),
        ("vingt-cinq", 25),
        ("soixante-neuf", 69),
        ("soixante-dix", 70),
        ("soixante et onze", 71),
        ("soixante-dix-neuf", 79),
        ("quatre-vingts", 80),
        ("quatre vingt un", 81),
        ("quatre-vingt-trois", 83),
        ("quatre-vingt-dix-neuf", 99),
        ("septante-cinq", 75),
        ("cent", 100),
        ("cent quatre-vingt-dix-sept", 197),
        ("deux cents", 200),
        ("mille", 1000),
        ("mille neuf cent quatre-vingt-dix-huit", 1998),
        ("deux mille vingt et un", 2021),
        ("trois cent mille", 300_000),
        ("un million", 1_000_000),
        ("un million deux cent mille", 1_200_000),
        ("cinq milliards trois cents millions", 5_300_000_000),
    ],
)
def test_a_number_is_read_whole(words: str, value: int) -> None:
    assert re.fullmatch(RUN, words)
    assert list(read_numbers(words)) == [(value, 0, len(words))]


def test_numbers_in_a_row_stay_apart() -> None:
    run = "deux et trois"
    assert [(value, run[start:end]) for value, start, end in read_numbers(run)] == [(2, "deux"), (3, "trois")]
    assert [value for value, *_ in read_numbers("dix onze")] == [10, 11]


@pytest.mark.parametrize("words", ["un", "une", "millions", "milliard"])
def test_articles_and_lone_scales_are_no_numbers(words: str) -> None:
    assert list(read_numbers(words)) == []


@pytest.mark.parametrize("words", ["deuxieme", "neufs", "deux-sevres", "vingtaine", "quatre-chemins", "millefeuille"])
def test_other_words_are_not_taken_for_numbers(words: str) -> None:
    assert re.search(RUN, words) is None
