import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.text.sentences import clause_spans, sentence_spans


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Un. Deux.", ["Un.", "Deux."]),
        ("Voir l'art. 7 du décret. Il date de 2014.", ["Voir l'art. 7 du décret.", "Il date de 2014."]),
        ("M. Vergriete préside. Mme. Vautrin présidait.", ["M. Vergriete préside.", "Mme. Vautrin présidait."]),
        ("Le rapport n° 743 cite 12,5 % et 3.5 points. Fin.", ["Le rapport n° 743 cite 12,5 % et 3.5 points.", "Fin."]),
        ("Écoles, crèches, etc. sont aidées.", ["Écoles, crèches, etc. sont aidées."]),
        ("Écoles, etc. Les crèches aussi.", ["Écoles, etc. Les crèches aussi."]),
        (
            "« Qui paie ? » demande-t-il. « Nous ! » Puis rien.",
            ["« Qui paie ? » demande-t-il.", "« Nous ! »", "Puis rien."],
        ),
        ("C’est dans notre ADN ! Dès 2004, oui.", ["C’est dans notre ADN !", "Dès 2004, oui."]),
        ("J. Castex l'annonce. J.-M. Delorme écrit.", ["J. Castex l'annonce.", "J.-M. Delorme écrit."]),
        ("On hésite… puis on signe… Enfin !", ["On hésite… puis on signe…", "Enfin !"]),
        ("Le texte (voir p. 12). La suite.", ["Le texte (voir p. 12).", "La suite."]),
        ("En 2021. 2022 suit.", ["En 2021.", "2022 suit."]),
        ("L'article 1er. À Évry aussi.", ["L'article 1er.", "À Évry aussi."]),
        ("", []),
        (" \n ", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@given(st.text(alphabet="aÉ1 .!?…»«\u00a0\n,;:()'\"M", max_size=80))
def test_spans_are_ordered_and_hold_all_but_white_space(text: str) -> None:
    for spans in (sentence_spans(text), clause_spans(text)):
        position = 0
        for start, end in spans:
            assert position <= start < end <= len(text)
            assert not text[position:start].strip()
            assert text[start:end] == text[start:end].strip()
            position = end
        assert not text[position:].strip()


def test_clauses_keep_decimals_whole() -> None:
    text = "il a payé 12,5 millions, puis 3 ; enfin : rien"
    assert [text[a:b] for a, b in clause_spans(text)] == ["il a payé 12,5 millions,", "puis 3 ;", "enfin :", "rien"]
