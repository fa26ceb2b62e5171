"""Folding: which spellings are one, which stay two, and laws that hold for any text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from kb.text.folding import fold

# Drawn often enough to matter: what French pages hold beyond ASCII, and what Unicode does to it.
_FRENCH = st.text(
    alphabet="aAeEéÉèêçÇœŒæÆùîïôÿ’‘'ʼ`´′-‐‑–—−«»…№℡™²½€ºªﬁﬀ 0189%\n\t\u00a0\u202f\u2009\u200b\u00ad\ufeff\u0301"
)
_ANY = st.one_of(_FRENCH, st.text())


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("L’Œuvre  À 72 %", "l'oeuvre a 72 %"),
        ("", ""),
        (" \n\t\u00a0 ", ""),
        ("RÉNOVATION Urbaine", "renovation urbaine"),
        ("Ça, où, naïf, Noël, aigüe", "ca, ou, naif, noel, aigue"),
        ("cœur, ex æquo, Æ, Œ", "coeur, ex aequo, ae, oe"),
        ("l’aide l‘aide lʼaide l`aide l´aide l′aide", "l'aide l'aide l'aide l'aide l'aide l'aide"),
        ("co‐financé co‑financé 2014–2034 — −3", "co-finance co-finance 2014-2034 - -3"),
        ("12\u202f000\u00a0€", "12 000 €"),
        ("un\r\n\r\ndeux\u2028trois", "un deux trois"),
        ("loge\u00adment\u200b social\ufeff", "logement social"),
        ("e\u0301le\u0301ment", "element"),
        ("ﬁnancement, aﬀaires", "financement, affaires"),
        ("25 m² et 1ᵉʳ étage", "25 m2 et 1er etage"),
        ("« Quartiers fertiles »", "« quartiers fertiles »"),
        ("Straße", "strasse"),
        ("№ 5 et ℡", "no 5 et tel"),
    ],
)
def test_examples(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("one", "other"),
    [("25 %", "2,5 %"), ("12 000", "12000"), ("Anru", "Anah"), ("a-t-il", "a t il"), ("mur", "mûrs"), ("n°5", "n5")],
)
def test_what_differs_stays_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(_ANY)
@example("℡")
@example("ſ\u0301")
@example("ŉ")
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(_FRENCH)
def test_case_does_not_count(text: str) -> None:
    assert fold(text.upper()) == fold(text.lower()) == fold(text)


@given(_ANY, st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
def test_how_characters_are_composed_does_not_count(text: str, form: str) -> None:
    # Those forms make an acute accent standing alone, which we read as an apostrophe, into a space.
    assume(not (form.startswith("NFK") and set(text) & {"\u00b4", "\u1ffd"}))
    assert fold(unicodedata.normalize(form, text)) == fold(text)  # type: ignore[arg-type]


@given(_ANY)
def test_spaces_are_single_and_never_at_the_ends(text: str) -> None:
    folded = fold(text)
    assert folded == folded.strip()
    assert "  " not in folded
    assert all(letter == " " or not letter.isspace() for letter in folded)


@given(_ANY)
def test_no_accent_is_left(text: str) -> None:
    assert not any(unicodedata.combining(letter) for letter in fold(text))


@given(_FRENCH, _FRENCH)
def test_words_fold_one_by_one(left: str, right: str) -> None:
    assert fold(f"{left} {right}").replace(" ", "") == (fold(left) + fold(right)).replace(" ", "")
