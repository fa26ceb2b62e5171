"""Units of evidence: what they are made of, where they stand, and of which passages."""

from __future__ import annotations

import pytest

from kb.answering.evidence import candidates, passages_to_read
from kb.types import Document, Hit, Passage
from units import hits_in

TEXT = """## Le partage

Trois financeurs se partagent le programme. Le premier est Action Logement.

Les apports sont les suivants :

- l'État : 1,2 milliard d'euros
- les bailleurs : 2,4 milliards d'euros

| Source | Part |
| --- | --- |
| Magazine | 72 % |
| Sénat | 67 % |
"""


def test_units_are_sentences_items_and_rows_at_their_offsets() -> None:
    found = candidates(hits_in(TEXT))
    assert [(candidate.kind, candidate.text) for candidate in found] == [
        ("sentence", "Trois financeurs se partagent le programme."),
        ("sentence", "Le premier est Action Logement."),
        ("sentence", "Les apports sont les suivants :"),
        ("item", "l'État : 1,2 milliard d'euros"),
        ("item", "les bailleurs : 2,4 milliards d'euros"),
        ("row", "Source : Magazine ; Part : 72 %"),
        ("row", "Source : Sénat ; Part : 67 %"),
    ]
    assert [TEXT[candidate.start : candidate.end] for candidate in found][-2:] == ["Magazine | 72 %", "Sénat | 67 %"]
    assert all(
        candidate.passage.start <= candidate.start < candidate.end <= candidate.passage.end for candidate in found
    )
    assert found[4].context == "Les apports sont les suivants :"


def test_rows_of_a_continued_table_keep_their_header() -> None:
    rows = "\n".join(f"| Ville numéro {n} | " + "une somme importante " * 5 + f"{n} euros |" for n in range(60))
    found = candidates(hits_in("| Ville | Montant |\n| --- | --- |\n" + rows))
    assert len(found) == 60
    assert all(
        candidate.text.startswith("Ville : Ville numéro") and "Montant : une somme" in candidate.text
        for candidate in found
    )


def test_long_items_fall_into_sentences_that_keep_their_label() -> None:
    item = "Octobre 2015. " + "La convention prévoit beaucoup de choses pour le programme. " * 6
    text = f"- {item.strip()}\n- court"
    found = candidates(hits_in(text))
    assert [candidate.kind for candidate in found] == ["sentence"] * 6 + ["item"]
    assert found[0].text == "Octobre 2015. La convention prévoit beaucoup de choses pour le programme."
    assert found[1].text == "Octobre 2015. […] La convention prévoit beaucoup de choses pour le programme."
    assert text[found[1].start : found[1].end] == "La convention prévoit beaucoup de choses pour le programme."


def test_the_best_documents_are_read_further() -> None:
    text = "\n\n".join(f"## Partie {n}\n\nUn texte." for n in range(30))
    others = [hits_in("Un autre texte.", name=f"{n}.md")[0] for n in range(15)]
    first, *rest = hits_in(text)
    read = passages_to_read([first, *others, *rest])
    assert len(read) == 24
    assert read[:12] == [first, *others[:11]]
    assert {hit.document.id for hit in read[12:]} == {"d.md"}


def hit(document_id: str, number: int, text: str = "Un texte.", start: int = 0) -> Hit:
    document = Document(document_id, "s", "Titre", " " * start + text)
    passage = Passage(f"{document_id}-{number}", document_id, number, (), text, start, start + len(text))
    return Hit(passage, document, 1.0, number)


def test_beyond_the_twelve_best_passages_those_of_the_three_best_documents_are_read() -> None:
    best = [hit(name, 0) for name in ("a", "b", "c", "d", *(f"x{number}" for number in range(8)))]
    more = [hit(name, 1) for name in ("d", "c", "x1", "b", "a")]
    assert passages_to_read([*best, *more]) == [*best, more[1], more[3], more[4]]
    assert len(passages_to_read([hit("a", number) for number in range(40)])) == 24
    assert len(passages_to_read(best[:5])) == 5
    assert passages_to_read([*best, *more], hurried=True) == best[:6]


@pytest.mark.parametrize(("words", "kinds"), [(40, ["item", "item"]), (41, ["sentence", "sentence", "item"])])
def test_an_item_of_more_than_forty_words_is_a_paragraph(words: int, kinds: list[str]) -> None:
    item = "Le fonds aide les villes moyennes et leurs habitants. " + "Il " + "paie " * (words - 11) + "tout."
    assert len(item.split()) == words
    assert [unit.kind for unit in candidates([hit("d", 0, f"- {item}\n- court")])] == kinds


@pytest.mark.parametrize(
    ("label", "texts"),
    [
        ("Un mois après la loi Borloo.", ["{label} Le {more}.", "{label} […] Il {more}."]),  # six words
        ("Un mois juste après la loi Borloo.", ["{label}", "Le {more}.", "Il {more}."]),
    ],
)
def test_a_first_sentence_of_six_words_is_the_label_of_an_item(label: str, texts: list[str]) -> None:
    more = ("paie " * 20).strip()
    found = candidates([hit("d", 0, f"- {label} Le {more}. Il {more}.\n- court", start=7)])
    assert [unit.text for unit in found[:-1]] == [text.format(label=label, more=more) for text in texts]
    assert all(unit.document.text[unit.start : unit.end] == unit.text.split(" […] ")[-1] for unit in found)


def test_a_label_and_one_sentence_are_one_unit() -> None:
    item = "Octobre 2015. Le " + "paie " * 40 + "fin."
    found = candidates([hit("d", 0, f"- {item}\n- court")])
    assert [unit.text for unit in found] == [item, "court"]


def test_an_item_of_one_long_sentence_has_no_label() -> None:
    found = candidates([hit("d", 0, "- " + "Mot " * 45 + "fin.\n- court")])
    assert [unit.kind for unit in found] == ["sentence", "item"]


def test_rows_stand_where_the_document_has_them_though_their_header_is_repeated() -> None:
    row = "| Lille | 12 M€ |"
    document = Document("d", "s", "Titre", f"Avant.\n\n{row}")
    passage = Passage("p", "d", 0, (), row, 8, 8 + len(row), table_header="| Ville | Montant |\n| --- | --- |")
    (unit,) = candidates([Hit(passage, document, 1.0, 1)])
    assert unit.text == "Ville : Lille ; Montant : 12 M€"
    assert document.text[unit.start : unit.end] == "Lille | 12 M€"
