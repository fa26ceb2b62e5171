import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from kb.text.aligned import fold_aligned

FRENCH = st.text(alphabet="aeéÈœÇ…’–\u00a0\u202f\u200b\u00ad\u0301\n 12²½€", max_size=60)


def test_offsets_are_those_of_the_text_when_nothing_is_dropped() -> None:
    folded = fold_aligned("L’Été\u00a0: 5 % – œuvre¹")
    assert folded.text == "l'ete : 5 % - œuvre¹"
    assert folded.span(2, 5) == (2, 5)


def test_offsets_survive_combining_and_invisible_characters() -> None:
    text = "d" + unicodedata.normalize("NFD", "é") + "mo\u00adlir"
    folded = fold_aligned(text)
    assert folded.text == "demolir"
    start, end = folded.span(2, 7)
    assert text[start:end] == "mo\u00adlir"


@given(FRENCH)
def test_every_character_comes_from_where_origin_says(text: str) -> None:
    folded = fold_aligned(text)
    for index, character in enumerate(folded.text):
        start, end = folded.span(index, index + 1)
        assert fold_aligned(text[start:end]).text == character
