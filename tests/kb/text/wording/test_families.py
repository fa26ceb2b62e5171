"""Words of one family."""

from __future__ import annotations

import pytest

from kb.text.stems import stem
from kb.text.wording.families import SHORTEST, beginnings, is_of_family


def says(known: str, word: str) -> bool:
    stems = frozenset({stem(known)})
    return is_of_family(stem(word), stems, beginnings(stems))


@pytest.mark.parametrize(
    ("known", "word"),
    [
        ("financement", "financements"),
        ("financeur", "financement"),  # a stem that goes on from the other
        ("constructeur", "constructions"),
        ("eau", "eau"),  # short, but the same
        ("2024", "2024"),
    ],
)
def test_words_of_one_family(known: str, word: str) -> None:
    assert says(known, word)


@pytest.mark.parametrize(
    ("known", "word"),
    [
        ("construction", "constructeur"),  # its own stem goes on by more than a letter
        ("marché", "mars"),  # too short to tell a family
        ("20241", "20242"),  # numbers have none
        ("123456", "1234567"),
        ("financement", "final"),
    ],
)
def test_words_of_none(known: str, word: str) -> None:
    assert not says(known, word)


def test_all_but_the_last_letter_is_in_common() -> None:
    known = beginnings(["abcdefgh"])
    assert is_of_family("abcdefgx", frozenset(), known)
    assert not is_of_family("abcdefxy", frozenset(), known)


def test_beginnings_go_from_the_shortest_to_the_whole_stem() -> None:
    assert SHORTEST == 5
    assert beginnings(["abcdefg", "abcd", "12345"]) == {"abcde", "abcdef", "abcdefg"}
