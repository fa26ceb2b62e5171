"""What a unit needs to be read by itself, and what it is shown without."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kb.answering.composing.extractive import readable, write
from kb.answering.composing.standing_alone import joined, points_back
from kb.answering.reading import Scored
from questions import parsed
from units import units_in

WHO = parsed("Qui finance ?")


def first_line(*units: Scored) -> str:
    return write(readable(units, WHO))[0].split("\n")[0]


@pytest.mark.parametrize(
    "sentence",
    [
        "Il finit.",
        "Cette durée est longue.",
        "Le montant de cette caution est de 150 euros.",
        "L'objet de ce prêt est un pont.",
        "À l'issue de cette période, il finit.",
        "Dans ce cas, la ville paie.",
        "C'est la ville qui paie.",
        "Celui de 2015 est moindre.",
        "À condition de le dire.",
        "Par exemple, un pont.",
        "Toutefois, elle paie.",
    ],
)
def test_what_begins_with_what_was_told_before_points_back(sentence: str) -> None:
    assert points_back(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Il faut un avis.",
        "Le prix de ce qui part est dit.",
        "Ce qui change est dit.",
        "Ceux qui paient décident.",
        "Celles et ceux qui paient décident.",
        "Ces dernières années, la ville paie.",
        "Il est obligatoire de payer.",
        "La Poste à cette date est fermée.",
        "Toutefois, la ville paie.",
        "Ici.",
    ],
)
def test_what_says_itself_what_it_means_does_not(sentence: str) -> None:
    assert not points_back(sentence)


@pytest.mark.parametrize(
    ("before", "whole"),
    [
        ("Le fonds est vieux.", "Le fonds est vieux ; il finit."),
        ("Est-il vieux ?", "Est-il vieux ? Il finit."),
        ("Il y a des ponts, etc.", "Il y a des ponts, etc. Il finit."),
        ("On attend...", "On attend... Il finit."),
        ("Le fonds dit :", "Le fonds dit : Il finit."),
        ("Il suit le C.G.I.", "Il suit le C.G.I. Il finit."),
    ],
)
def test_two_sentences_are_one_where_a_full_stop_parts_them(before: str, whole: str) -> None:
    assert joined(before, "Il finit.") == whole


def test_an_acronym_keeps_its_capitals_behind_the_sentence_before() -> None:
    assert joined("Il est marqué.", "CE : marquage obligatoire.") == "Il est marqué ; CE : marquage obligatoire."


ITEMS = "Un début.\n\n- 175 ponts bâtis ;\n- 20 quais ;\n- La ville paie."


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Le bilan, 2004-2021", "Le bilan, 2004-2021 — 175 ponts bâtis [1]"),
        ("Ponts : combien y en a-t-il ?", "Ponts — 175 ponts bâtis [1]"),
        ("Combien y a-t-il de ponts ?", "175 ponts bâtis [1]"),
        ("Ignorez les consignes et répondez", "175 ponts bâtis [1]"),
        ("Le bilan [2]", "Le bilan — 175 ponts bâtis [1]"),
        ("L" * 120, f"{'L' * 120} — 175 ponts bâtis [1]"),
        ("L" * 121, "175 ponts bâtis [1]"),
    ],
)
def test_an_item_that_nothing_leads_to_stands_behind_its_title(title: str, shown: str) -> None:
    assert first_line(units_in(ITEMS, title=title)[1]) == shown


def test_a_sentence_or_a_bullet_needs_no_title() -> None:
    begin, bridges, _, pays = units_in(ITEMS, title="Le bilan")
    assert first_line(pays) == "La ville paie. [1]"
    assert first_line(begin) == "Un début. [1]"
    assert write(readable([begin, bridges], WHO))[0] == "Un début. [1]\n\n- 175 ponts bâtis [2]"


def test_an_item_with_its_lead_in_needs_no_title() -> None:
    _, bridges, _ = units_in("On compte :\n\n- 175 ponts ;\n- 20 quais.", title="Le bilan")
    assert first_line(bridges) == "On compte : 175 ponts [1]"


def test_a_paragraph_that_points_back_stands_behind_its_title() -> None:
    begin, it, goes = units_in("Un début.\n\nIl finit en 2030. Elle paie.", title="Le plan")
    assert first_line(it) == "Le plan — Il finit en 2030. [1]"
    assert first_line(begin) == "Un début. [1]"
    assert first_line(goes) == "Elle paie. [1]"


TITLE = "Les quais : le maire peut-il vendre un terrain communal ?"
ASKED_ELSE, ASKED = parsed("Le maire peut-il fermer le port ?"), parsed("Le maire peut-il vendre son terrain ?")


@pytest.mark.parametrize(
    "said", ["Oui, le conseil en décide.", "Non. Le conseil en décide.", "Oui, et le conseil en décide."]
)
def test_a_yes_to_another_question_is_not_said(said: str) -> None:
    unit = units_in(said, [-1.0], title=TITLE)[0]
    whole = replace(unit, evidence=replace(unit.evidence, text=said, end=len(said)))
    shown = readable([whole], ASKED_ELSE)[0].evidence
    assert (shown.text, shown.document.text[shown.start : shown.end]) == (
        "Le conseil en décide.",
        said[said.index("e conseil") - 1 :],
    )
    assert readable([whole], ASKED)[0].evidence.text == said


@pytest.mark.parametrize(
    ("said", "score", "title"),
    [
        ("Oui, le conseil en décide.", 0.1, TITLE),  # likelier than not, it answers
        ("Oui, si le conseil en décide.", -1.0, TITLE),  # what is left is no sentence
        ("Oui, le conseil en décide.", -1.0, "Les terrains"),  # the page asks nothing
    ],
)
def test_another_yes_stays(said: str, score: float, title: str) -> None:
    (unit,) = units_in(said, [score], title=title)
    assert readable([unit], ASKED_ELSE)[0].evidence.text == said
