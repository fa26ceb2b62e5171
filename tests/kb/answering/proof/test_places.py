"""Where a name or a figure stands, and what stands there elsewhere."""

from __future__ import annotations

from kb.answering.proof.places import Place, likeness, next_to, place, place_in_row


def around(text: str, what: str) -> Place:
    start = text.find(what)
    return place(text, start, start + len(what))


def even(_stem: str) -> float:
    return 1.0


def test_the_words_around_nearest_first() -> None:
    found = around("Le barrage de Valbrune alimente 310 villages.", "Valbrune")
    assert found == Place(("barrag",), ("aliment", "310", "villag"))
    assert found.without({"aliment"}) == Place(("barrag",), ("310", "villag"))


def test_what_leads_in_an_item_stands_before_it() -> None:
    assert place("la Région", 3, 9, "Le canal est financé par :").before == ("financ", "canal")


def test_a_cell_stands_beside_its_column_and_its_row() -> None:
    row = "Ligne : Lormeil ; Budget : 4 M€ ; Voyageurs : 310"
    start = row.find("4 M€")
    assert place_in_row(row, start, start + 4) == Place(("budget", "lormeil", "lign"), ())
    start = row.find("Lormeil")
    assert place_in_row(row, start, start + 7).before == ("lign",)
    assert place_in_row(row, start, start + 7).behind[:2] == ("budget", "4")


def test_the_same_words_on_the_same_side_are_most_alike() -> None:
    mine = around("Le canal d'Orsenne irrigue des vergers.", "Orsenne")
    same = around("Le canal de Lormeil irrigue des vergers.", "Lormeil")
    turned = around("Les vergers que Lormeil irrigue par le canal.", "Lormeil")
    other = around("La digue de Lormeil protège des fermes.", "Lormeil")
    assert likeness(mine, same, even) == 1.0
    assert 1.0 > likeness(mine, turned, even) > likeness(mine, other, even) == 0.0
    assert likeness(Place((), ()), same, even) == 0.0


def test_words_next_to_it_on_both_sides() -> None:
    mine = around("Le canal d'Orsenne irrigue des vergers.", "Orsenne")
    assert next_to(mine, around("Le canal de Lormeil irrigue la plaine.", "Lormeil")) == 2.0
    assert next_to(mine, around("Le barrage de Lormeil irrigue la plaine.", "Lormeil")) == 1.0
    assert next_to(mine, around("La digue de Lormeil protège la plaine.", "Lormeil")) == 0.0
