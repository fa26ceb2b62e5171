"""What says nothing by itself is shown with what answers; what follows on stays together; nothing is said twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kb.answering.composing.extractive import choose
from kb.answering.reading import Scored
from kb.types import Document, Evidence, EvidenceKind, Passage
from questions import parsed

OPEN = parsed("Que dois-je faire de mon dossier ?")
CLOSED = parsed("Dois-je garder mon dossier ?")


def found(*texts: str, scores: tuple[float, ...], name: str = "d", kind: EvidenceKind = "sentence") -> list[Scored]:
    """The units of a document whose one paragraph is `texts`."""
    whole = " ".join(texts)
    document = Document(id=name, source="s", title="Le dossier", text=whole)
    passage = Passage(name, name, 0, (), whole, 0, len(whole))
    units, start = [], 0
    for text, score in zip(texts, scores, strict=True):
        start = whole.index(text, start)
        units.append(Scored(Evidence(passage, document, kind, text, start, start + len(text), score, ""), 0.0))
        start += len(text)
    return units


def shown(units: list[Scored], closed: bool = False) -> list[str]:
    best_first = sorted(units, key=lambda unit: -unit.evidence.score)
    chosen = choose(best_first, CLOSED if closed else OPEN)
    for unit in chosen:
        evidence = unit.evidence
        assert evidence.document.text[evidence.start : evidence.end] == evidence.text
    return [unit.evidence.text for unit in chosen]


def test_a_yes_alone_comes_with_what_it_says_yes_to() -> None:
    units = found("Oui.", "Le dossier se garde cinq ans.", scores=(5.0, 1.0))
    assert shown(units, closed=True) == ["Oui. Le dossier se garde cinq ans."]


def test_a_question_of_the_document_comes_with_its_answer() -> None:
    units = found("Faut-il garder le reçu ?", "Gardez-le cinq ans.", "Rien de plus.", scores=(5.0, 4.0, 0.0))
    assert shown(units) == ["Faut-il garder le reçu ? Gardez-le cinq ans."]


def test_the_long_answer_of_a_question_comes_alone() -> None:
    answer = f"Gardez le dossier {'avec soin ' * 40}ici."
    assert shown(found("Que faire du dossier ?", answer, scores=(5.0, 1.0))) == [answer]


def test_a_question_that_nothing_follows_is_not_shown_beside_another_unit() -> None:
    other = found("Le dossier est rendu.", scores=(4.9,), name="e")
    assert shown([*found("Que faire du dossier ?", scores=(5.0,)), *other]) == ["Le dossier est rendu."]
    assert shown(found("Que faire du dossier ?", scores=(5.0,))) == ["Que faire du dossier ?"]


def test_sentences_that_follow_on_are_one_unit_and_leave_room_for_others() -> None:
    texts = ("Gardez le dossier.", "Rangez la copie.", "Classez la lettre.", "Datez le reçu.", "Notez le nom.")
    units = found(*texts, scores=(5.0, 4.8, 4.6, 4.4, 4.2))
    others = found("Une étape est la visite.", scores=(4.9,), name="e")
    assert shown([*units, *others]) == [" ".join(texts), "Une étape est la visite."]


def test_sentences_that_are_long_together_are_shown_apart() -> None:
    long = f"Rangez la copie {'avec soin ' * 40}ici."
    assert shown(found("Gardez la lettre.", long, scores=(5.0, 4.8))) == ["Gardez la lettre.", long]


def test_an_answer_is_not_said_twice_where_its_question_stands_before_it() -> None:
    units = found("Faut-il garder le reçu ?", "Gardez-le cinq ans.", scores=(4.5, 5.0))
    assert shown(units) == ["Gardez-le cinq ans."]


def test_items_and_what_stands_before_the_best_sentence_are_not_drawn_together() -> None:
    assert shown(found("Gardez le dossier.", "Rangez la copie.", scores=(4.9, 5.0))) == [
        "Rangez la copie.",
        "Gardez le dossier.",
    ]
    items = found("la lettre ;", "la copie ;", scores=(5.0, 4.9), kind="item")
    assert shown(items) == ["la lettre ;", "la copie ;"]


SAID = "Le dossier médical des agents est gardé par le service de santé du travail de la ville."


@pytest.mark.parametrize(
    ("again", "both"),
    [
        ("Le dossier médical de vos agents est gardé par le service de santé du travail de la ville.", False),
        ("Votre dossier médical d'agents est gardé par le service de santé du travail de votre ville.", False),
        ("Le dossier médical des agents doit être gardé par le service de santé du travail de la ville.", True),
        ("Le service de santé du travail de la ville est gardé par le dossier médical des agents.", True),
        ("Le dossier médical des agents n'est pas gardé par le service de santé du travail de la ville.", True),
        ("Le dossier médical des agents est gardé 12 ans par le service de santé du travail de la ville.", True),
        ("Le dossier scolaire des élèves est gardé par le collège de la ville.", True),
    ],
)
def test_what_the_copy_of_a_page_says_again_is_shown_once(again: str, both: bool) -> None:
    units = [*found(SAID, scores=(5.0,)), *found(again, scores=(4.9,), name="copie")]
    assert shown(units) == ([SAID, again] if both else [SAID])


def test_items_of_a_list_that_differ_in_a_word_are_all_shown() -> None:
    one, other = "lettre signée par le parent qui vous héberge ;", "lettre signée par la personne qui vous héberge ;"
    assert shown(found(one, other, scores=(5.0, 4.9), kind="item")) == [one, other]


def test_the_label_of_an_item_is_said_once() -> None:
    label, begins, goes = "Le bail.", "Il dure trois ans.", "Il se renouvelle."
    _, first, second = found(label, begins, goes, scores=(0.0, 5.0, 4.9))
    labelled = replace(second, evidence=replace(second.evidence, text=f"{label} […] {goes}"))
    (shown_unit,) = choose([first, labelled], OPEN)
    assert shown_unit.evidence.text == "Il dure trois ans ; il se renouvelle."
