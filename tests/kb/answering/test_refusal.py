"""The decision to answer: what its probability is made of, and what is done at which."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import replace

import pytest

from kb.answering.reading import Read, Scored
from kb.answering.refusal import (
    CAUTIONS,
    FEATURES,
    Calibration,
    Caution,
    Outcome,
    Regression,
    coverage,
    features,
    is_off_topic,
    regression_of,
    shipped_calibration,
)
from kb.types import Alternative, Document, Group, Hit, Passage, Question
from questions import parsed
from units import hits_in, unit, units_in

TEXT = """La directrice générale de l'agence dirige les équipes depuis 2021.

En 2023, la Caisse des dépôts a versé 125 millions d'euros au fonds de co-investissement.

Le programme finance la démolition de 110 000 logements dans 448 quartiers."""
HITS = hits_in(TEXT, title="Le fonds et l'agence", day="2024-03")


def groups(*stems: str) -> tuple[Group, ...]:
    return tuple((Alternative((stem,)),) for stem in stems)


def signs(
    question: Question, hits: Sequence[Hit] = HITS, units: Sequence[Scored] = (), relevances: Sequence[float] = (0.0,)
) -> dict[str, float]:
    return features(question, hits, Read(tuple(units), tuple(relevances)))


# What the probability is made of


def test_the_signs_are_those_of_the_regression() -> None:
    assert tuple(signs(parsed("Combien ?"))) == FEATURES


def judged(text: str, read: float) -> Scored:
    """A unit with the reader's logit; its score, where words count too, is another number."""
    return replace(unit(text, read - 5.0), read=read)


def test_the_best_passage_counts_and_all_units_together_as_the_reader_judges_them() -> None:
    asked = parsed("Qui dirige l'agence ?")
    found = signs(
        asked, units=[judged("Un.", 1.0), judged("Deux.", 2.0), judged("Trois.", -3.0)], relevances=(-1.0, 2.5, 0.0)
    )
    assert found["best_passage"] == 2.5
    assert found["all_units"] == pytest.approx(math.log(math.exp(2) + math.exp(1) + math.exp(-3)))


def test_without_a_unit_nothing_speaks_for_an_answer() -> None:
    none = signs(parsed("Qui dirige l'agence ?"), relevances=())
    assert max(none["all_units"], none["best_passage"]) < -10


def test_a_name_that_the_passages_lack_counts() -> None:
    assert signs(parsed("Combien reçoit la ville de Roubaix ?"))["missing_name"] == 1.0
    assert signs(parsed("Combien verse la Caisse ?"))["missing_name"] == 0.0
    assert signs(parsed("Combien de logements ?"))["missing_name"] == 0.0
    titled = hits_in(TEXT, title="Roubaix et sa région")
    assert signs(parsed("Combien reçoit la ville de Roubaix ?"), titled)["missing_name"] == 0.0


def test_a_name_may_stand_in_its_other_form() -> None:
    spelled = (Alternative(("bcdx",)), Alternative(("caiss", "depot")))
    assert signs(parsed("Combien BCDX a-t-elle versé ?"))["missing_name"] == 1.0
    assert signs(parsed("Combien BCDX a-t-elle versé ?", spelled))["missing_name"] == 0.0
    assert signs(parsed("Combien BCDX a-t-elle versé ?", spelled), hits_in("Une caisse."))["missing_name"] == 1.0


@pytest.mark.parametrize(("rarity", "missing"), [(1.4, 0.0), (1.41, 1.0), (0.0, 0.0)])
def test_a_name_that_is_everywhere_in_the_base_tells_nothing(rarity: float, missing: float) -> None:
    assert signs(parsed("Combien reçoit la ville de Roubaix ?", rarity=rarity))["missing_name"] == missing


def test_a_name_without_a_word_that_the_index_knows_counts_as_rare() -> None:
    assert signs(replace(parsed("Que dit la ville ?"), names=("Notre",)))["missing_name"] == 1.0


def test_the_share_of_the_best_units_counts_that_are_of_one_document() -> None:
    own, other = units_in("Un. Deux. Trois."), units_in("Quatre. Cinq.", name="autre.md")
    asked = parsed("Qui ?")
    assert signs(asked, units=own)["same_document"] == 1.0
    assert signs(asked, units=[own[0], *other, own[1], own[2]])["same_document"] == 0.5
    assert signs(asked)["same_document"] == 0.0


# How much of the question the passages hold


def test_coverage_counts_a_group_once_and_leaves_shorthand_out() -> None:
    asked = parsed("", (Alternative(("cb",)),), (Alternative(("cdc",)), Alternative(("caiss", "depot"))))
    assert coverage(asked, {"caiss", "depot"}) == 1.0
    assert coverage(asked, {"caiss"}) == 0.0


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


def test_every_word_counts_for_more_than_its_rarity_where_told() -> None:
    asked = Question("q", "q", "q", groups=groups("fond", "rout"), rarities={"fond": 0.0, "rout": 3.0})
    assert coverage(asked, {"fond"}) == 0.0
    assert coverage(asked, {"fond"}, 1.0) == 0.2
    units = units_in("Un budget est voté. Un second texte suit.", [0.5, -2.0])
    found = signs(parsed("Le budget de Prunelle ?"), units=units)
    assert found["units"] == pytest.approx(math.log(2))
    assert found["best_score"] == 0.5


def test_a_question_without_words_is_covered() -> None:
    assert coverage(parsed(""), set()) == 1.0
    assert coverage(parsed("", *groups("cb", "nb", "vs")), set()) == 1.0


def test_headings_titles_and_dates_cover_too() -> None:
    hits = hits_in("## Prunelle\n\nUn texte.", title="Le budget", day="2024")
    assert signs(parsed("Le budget de Prunelle en 2024 ?"), hits)["coverage"] == 1.0
    assert signs(parsed("Le budget de Mirabelle ?"), hits)["coverage"] == 0.5


@pytest.mark.parametrize(
    ("question", "off_topic"),
    [
        ("Combien de logements le programme démolit-il ?", False),
        ("Quel est le salaire de la directrice générale ?", False),  # near: the model that reads may say no
        ("Pourquoi le ciel paraît bleu vers midi ?", True),
        ("Le fonds ?", False),  # the title counts
        ("2024 ?", False),  # so does the date
        ("Et ?", False),  # nothing is asked for that could be strange
    ],
)
def test_a_question_is_off_topic_where_hardly_a_word_of_it_stands_in_the_nearest_passages(
    question: str, off_topic: bool
) -> None:
    assert is_off_topic(parsed(question), HITS) is off_topic
    assert is_off_topic(replace(parsed(question), is_foreign=True), HITS)


def test_a_tenth_of_the_words_by_rarity_is_enough() -> None:
    document = Document(id="d.md", source="s", title="Titre", text="quartier")
    hits = [Hit(Passage("p", "d.md", 0, (), "quartier", 0, 8), document, 1.0, 1)]
    asked = parsed("quartier licorne")
    known, strange = (group[0].stems[0] for group in asked.groups)
    for weight, off_topic in ((1.0, False), (0.99, True)):
        assert is_off_topic(replace(asked, rarities={known: weight, strange: 9.0}), hits) is off_topic


def test_without_a_passage_every_word_is_strange() -> None:
    assert is_off_topic(parsed("Combien de logements ?"), [])


# From the signs to the decision

SAID = Regression({"best_passage": (2.0, 1.0, 4.0), "missing_name": (-1.0, 0.5, 0.5)}, 0.5)
SPOKEN = Regression({"coverage": (3.0, 0.5, 0.25)}, -1.0)
# The documents may have to speak of it (`near`) more surely than an answer has to be sure.
BY_HAND = Calibration(SAID, SPOKEN, {"low": 0.2, "normal": 0.5, "high": 0.8}, 0.6, "a-reader@1")
EVEN = Regression({}, 0.0)


def logistic(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))


def test_each_probability_is_that_of_a_regression_on_standardised_signs() -> None:
    values = {"best_passage": 3.0, "missing_name": 1.0, "coverage": 0.75}
    # 0.5 + 2 × (3 − 1) / 4 − 1 × (1 − 0.5) / 0.5 = 0.5
    assert SAID.probability(values) == pytest.approx(logistic(0.5))
    # −1 + 3 × (0.75 − 0.5) / 0.25 = 2
    assert SPOKEN.probability(values) == pytest.approx(logistic(2.0))


def test_the_documents_answer_when_they_speak_of_it_and_say_it() -> None:
    values = {"best_passage": 3.0, "missing_name": 1.0, "coverage": 0.75}
    assert BY_HAND.confidence(values) == pytest.approx(logistic(0.5) * logistic(2.0))


@pytest.mark.parametrize("regression", [SAID, SPOKEN, EVEN])
def test_a_regression_is_kept_as_it_is(regression: Regression) -> None:
    assert regression_of(json.loads(json.dumps(regression.kept()))) == regression


def test_a_probability_stays_one_whatever_the_signs() -> None:
    for far in (1e9, -1e9):
        values = {"best_passage": far, "missing_name": 0.0, "coverage": far}
        for found in (SAID.probability(values), SPOKEN.probability(values), BY_HAND.confidence(values)):
            assert found == pytest.approx(float(far > 0))
            assert 0.0 <= found <= 1.0


def test_a_sign_that_is_not_fitted_does_not_count() -> None:
    assert EVEN.probability({}) == EVEN.probability({"coverage": 7.0}) == 0.5


@pytest.mark.parametrize(
    ("spoken", "said", "low", "normal", "high"),
    [
        (0.95, 0.95, "answered", "answered", "answered"),
        (0.9, 0.9, "answered", "answered", "answered"),
        (0.9, 0.88, "answered", "answered", "unsaid"),  # 0.79
        (0.9, 0.54, "answered", "unsaid", "unsaid"),  # 0.49
        (0.9, 0.2, "unsaid", "unsaid", "unsaid"),  # spoken of, and surely not said
        (0.61, 0.1, "unsaid", "unsaid", "unsaid"),
        (0.55, 0.95, "answered", "answered", "refused"),  # 0.52: hardly spoken of, and yet answered
        (0.5, 0.95, "answered", "refused", "refused"),  # 0.47
        (0.59, 0.1, "refused", "refused", "refused"),
        (0.1, 0.99, "refused", "refused", "refused"),  # as good as said, of something else
    ],
)
def test_the_more_caution_the_surer_an_answer_must_be(
    spoken: float, said: float, low: Outcome, normal: Outcome, high: Outcome
) -> None:
    one = {"coverage": (1.0, 0.0, 1.0)}
    decided = replace(BY_HAND, spoken=Regression(one, 0.0), said=Regression({"best_passage": (1.0, 0.0, 1.0)}, 0.0))
    values = {"coverage": math.log(spoken / (1 - spoken)), "best_passage": math.log(said / (1 - said))}
    expected: dict[Caution, Outcome] = {"low": low, "normal": normal, "high": high}
    assert {caution: decided.outcome(values, caution) for caution in CAUTIONS} == expected


def test_a_threshold_that_is_just_reached_is_enough() -> None:
    above = math.nextafter(0.25, 1.0)
    decided = Calibration(EVEN, EVEN, {"low": 0.25, "normal": above, "high": above}, 0.5, "a-reader@1")
    assert [decided.outcome({}, caution) for caution in CAUTIONS] == ["answered", "unsaid", "unsaid"]
    decided = replace(decided, near=math.nextafter(0.5, 1.0))
    assert [decided.outcome({}, caution) for caution in CAUTIONS] == ["answered", "refused", "refused"]


def test_the_calibration_that_is_shipped_can_decide() -> None:
    shipped = shipped_calibration()
    for regression in (shipped.said, shipped.spoken):
        assert regression.by_feature
        assert set(regression.by_feature) <= set(FEATURES)
        assert all(spread > 0 for _, _, spread in regression.by_feature.values())
    low, normal, high = (shipped.thresholds[caution] for caution in CAUTIONS)
    assert 0 < low < normal < high < 1
    assert 0 < shipped.near < 1


def test_the_better_a_unit_answers_the_surer_the_shipped_one_is() -> None:
    asked = parsed("Combien de logements le programme démolit-il ?")

    def sure(logit: float) -> float:
        return shipped_calibration().confidence(
            signs(asked, units=[judged("Il y en a 12.", logit)], relevances=(logit,))
        )

    assert sure(-6.0) < sure(0.0) < sure(6.0)
