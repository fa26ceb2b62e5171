"""The marks of a written answer while it streams."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.answering.proof.citations import MarkerFilter, marked, numbers_in, without_marks


def filtered(text: str, known: range = range(1, 4)) -> str:
    markers = MarkerFilter(known)
    return markers.feed(text) + markers.flush()


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Oui [1].", "Oui [1]."),
        ("Oui [1, 3].", "Oui [1][3]."),
        ("Oui [1][2].", "Oui [1][2]."),
        ("Oui [1-3].", "Oui [1][2][3]."),
        ("Oui [1 à 3].", "Oui [1][2][3]."),
        ("Oui 【2】.", "Oui [2]."),
        ("Oui 【2†source】.", "Oui [2]."),
        ("Oui [extrait 2].", "Oui [2]."),
        ("Oui [9].", "Oui ."),
        ("Oui [2 et 9].", "Oui [2]."),
        ("un [ crochet et [sic] reste", "un [ crochet et [sic] reste"),
        ("coupé [1", "coupé [1"),
        ("[[2]", "[[2]"),
        ("Oui [3-1].", "Oui [3][1]."),
        ("Oui [2-2].", "Oui [2]."),
    ],
)
def test_marks_are_put_in_one_form_and_unknown_numbers_dropped(said: str, shown: str) -> None:
    assert filtered(said) == shown


def test_a_range_of_more_than_twenty_numbers_is_its_two_ends() -> None:
    known = range(1, 60)
    assert filtered("Oui [1-20].", known) == "Oui " + "".join(f"[{number}]" for number in range(1, 21)) + "."
    assert filtered("Oui [1-21].", known) == "Oui [1][21]."


def test_what_is_too_long_for_a_mark_is_text() -> None:
    assert filtered("Oui [extraits 1, 2, 13 et 14]", range(1, 20)) == "Oui [1][2][13][14]"
    assert filtered("Oui [extraits 1, 12, 13 et 14]", range(1, 20)) == "Oui [extraits 1, 12, 13 et 14]"


@given(st.text(alphabet="ab [],-123【】", max_size=60), st.lists(st.integers(1, 5), max_size=60))
def test_any_way_of_cutting_gives_the_same(text: str, sizes: list[int]) -> None:
    markers, out, at = MarkerFilter(range(1, 4)), "", 0
    for size in sizes:
        out += markers.feed(text[at : at + size])
        at += size
    assert out + markers.feed(text[at:]) + markers.flush() == filtered(text)


def test_a_mark_is_never_shown_before_it_is_known() -> None:
    markers = MarkerFilter([1])
    assert markers.feed("Oui [") == "Oui "
    assert markers.feed("9") == ""
    assert markers.feed("] fin") == " fin"


def test_numbers_and_text_apart() -> None:
    assert numbers_in("a [2][1] b [2]") == [2, 1]
    assert without_marks("a [2][1] b [2]") == "a b"
    assert marked("a", [1, 2]) == "a [1][2]"
    assert marked("a", []) == "a"
