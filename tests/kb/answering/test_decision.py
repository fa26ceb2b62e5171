"""The decision to answer, sign by sign: what is just enough, and what is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kb.answering.evidence import Scored
from kb.answering.sufficiency import coverage, refusal_reason
from kb.types import Alternative, Document, Evidence, Group, Hit, Passage, Question
from questions import parsed


def hit(text: str, *, name: str = "d", title: str = "Titre") -> Hit:
    document = Document(name, "s", title, text)
    return Hit(Passage(f"p-{name}-{text[:20]}", name, 0, (), text, 0, len(text)), document, 1.0, 1)


def unit(found: Hit, *, fit: float = 1.0) -> Scored:
    """All of a passage as the unit that is shown."""
    text = found.passage.text
    return Scored(Evidence(found.passage, found.document, "sentence", text, 0, len(text), 1.0), fit)


def reason(question: Question, *shown: Hit, beside: tuple[Hit, ...] = (), fit: float = 1.0) -> str | None:
    """Why the question is refused where `shown` is shown and `beside` was read besides."""
    return refusal_reason(question, [*shown, *beside], [unit(found, fit=fit) for found in shown])


def groups(*stems: str) -> tuple[Group, ...]:
    return tuple((Alternative((stem,)),) for stem in stems)


@pytest.mark.parametrize(("others", "told"), [(9, None), (10, "off_topic")])
def test_one_word_in_ten_must_be_there(others: int, told: str | None) -> None:
    asked = parsed("", *groups("fond", *(f"mot{number}" for number in range(others))))
    assert reason(asked, hit("Le fonds aide.")) == told


def test_rare_words_count_more_and_a_group_as_its_rarest() -> None:
    asked = Question(
        "q", "q", "q", groups=groups("fond", "rout"), rarities={"fond": 1.0, "rout": 3.0, "caiss": 0.5, "depot": 4.0}
    )
    assert coverage(asked, {"fond"}) == 0.25
    assert coverage(asked, {"rout"}) == 0.75
    two = replace(asked, groups=(*groups("fond"), (Alternative(("caiss", "depot")), Alternative(("cdc",)))))
    assert coverage(two, {"cdc"}) == 0.8
    assert coverage(two, {"caiss", "depot", "fond"}) == 1.0
    assert coverage(two, {"caiss", "fond"}) == 0.2


def test_a_question_without_words_is_covered() -> None:
    assert coverage(parsed(""), set()) == 1.0
    assert coverage(parsed("", *groups("cb", "nb", "vs")), set()) == 1.0


LYON = hit("Le fonds verse 3 millions d'euros à Lyon.", name="lyon")
LILLE = hit("Le fonds verse 5 millions d'euros à Lille.", name="lille")


def named(name: str, rarity: float) -> Question:
    """« Que verse le fonds à … ? », whose name has this rarity."""
    return replace(parsed("Que verse le fonds ?"), names=(name,), rarities={"vers": 1.0, "fond": 1.0, "lill": rarity})


@pytest.mark.parametrize(("rarity", "told"), [(1.4, None), (1.41, "insufficient")])
def test_a_name_that_is_rare_in_the_base_must_stand_in_a_document_that_is_shown(rarity: float, told: str) -> None:
    assert reason(named("Lille", rarity), LYON, beside=(LILLE,)) == told
    assert reason(named("Lille", rarity), LILLE, beside=(LYON,)) is None


def test_a_name_without_a_word_that_the_index_knows_counts_as_rare() -> None:
    assert reason(named("Notre", 0.0), LYON) == "insufficient"


def test_two_things_may_stand_in_two_documents() -> None:
    both = replace(named("Lille", 2.0), several_things=True)
    assert reason(both, LYON, beside=(LILLE,)) is None
    assert reason(both, LYON) == "insufficient"


def test_a_name_may_stand_in_its_other_form() -> None:
    spelled = (Alternative(("bcdx",)), Alternative(("caiss", "depot")))
    asked = replace(parsed("Que verse le fonds ?", spelled), names=("BCDX",))
    assert reason(asked, hit("La Caisse des dépôts alimente le fonds.")) is None
    assert reason(asked, hit("La Caisse des écoles alimente le fonds.")) == "insufficient"
    assert reason(asked, hit("Le fonds.", name="e"), beside=(hit("La Caisse des dépôts."),)) == "insufficient"


def about(noun: str, *more: Group) -> Question:
    return replace(parsed("Le fonds", *more), nouns=(noun,))


@pytest.mark.parametrize(
    ("noun", "text", "told"),
    [
        ("salaire", "Le fonds paie un salaire.", None),
        ("salaires", "Le fonds paie un salaire.", None),
        ("salaire", "Le fonds paie les salariés.", "insufficient"),
        # Words of one family: all but the last letter of the stem in common, five letters at least.
        ("association", "Le fonds paie des associés.", None),
        ("contrat", "Le fonds paie un contrôle.", "insufficient"),
        ("habitations", "Le fonds paie l'habitat.", None),
        ("pret", "Le fonds paie la prétention.", "insufficient"),
        # One letter mistyped, the first one right.
        ("salaore", "Le fonds paie un salaire.", None),
        ("salaor", "Le fonds paie un salaire.", "insufficient"),
        ("balaire", "Le fonds paie un salaire.", "insufficient"),
        ("saliare", "Le fonds paie un salaire.", "insufficient"),  # swapped letters are two
    ],
)
def test_what_is_asked_about_is_named_in_a_word_of_its_family_or_nearly(noun: str, text: str, told: str | None) -> None:
    assert reason(about(noun), hit(text)) == told


def test_what_is_asked_about_may_be_said_otherwise() -> None:
    other = (Alternative(("salair",)), Alternative(("remuner",)))
    assert reason(about("salaire", other), hit("Le fonds paie une rémunération.")) is None
    assert reason(about("salaire", other), hit("Le fonds paie une facture.")) == "insufficient"


def test_a_word_that_the_search_knows_is_not_taken_for_a_mistake() -> None:
    assert reason(about("salaore", *groups("salaor")), hit("Le fonds paie un salaire.")) == "insufficient"


@pytest.mark.parametrize("figure", ["number", "share"])
def test_a_number_asked_for_must_be_given(figure: str) -> None:
    asked = replace(parsed("Le fonds"), figure=figure)  # type: ignore[arg-type]  # from parametrize, a str
    assert reason(asked, LYON, fit=0.0) == "insufficient"
    assert reason(asked, LYON, fit=0.4) is None
    assert reason(replace(asked, figure="date"), LYON, fit=0.0) is None
    assert reason(replace(asked, figure=None), LYON, fit=0.0) is None


def test_the_figure_must_stand_with_the_name() -> None:
    both = hit("Le fonds verse 3 millions d'euros à Lyon.", title="Le fonds")
    other = hit("Le fonds suit Lille.", title="Le fonds", name="d")
    asked = replace(named("Lille", 2.0), figure="number")
    shown = [unit(both, fit=1.0), unit(other, fit=0.0)]
    assert refusal_reason(asked, [both, other], shown) == "insufficient"
    assert refusal_reason(replace(asked, figure=None), [both, other], shown) is None
    assert refusal_reason(replace(asked, several_things=True), [both, other], shown) is None
    assert refusal_reason(named("Lille", 1.0), [both, other], shown) is None
    assert refusal_reason(asked, [both, other], [unit(both), unit(other)]) is None


def test_a_text_that_says_nothing_else_is_enough() -> None:
    asked = replace(parsed("Lille"), names=("Lille",), figure="number")
    assert reason(asked, hit("Lille.", title="Lille")) is None
    spelled = (Alternative(("bcdx",)), Alternative(("caiss", "depot")))
    whole = hit("Caisse des dépôts.", title="Caisse des dépôts")
    assert reason(replace(parsed("", spelled), names=("BCDX",)), whole) is None
    other = (Alternative(("salair",)), Alternative(("remuner",)))
    assert reason(about("salaire", other), hit("Rémunération.", title="Rémunération")) is None
