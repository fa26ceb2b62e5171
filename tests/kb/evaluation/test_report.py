import json
import re

import pytest

from kb.errors import ReperesError, SettingsError
from kb.evaluation.asking import evaluate
from kb.evaluation.questions import EvaluationQuestion
from kb.evaluation.report import FIGURES, failed_gates, parse_gates, to_json, to_text
from kb.evaluation.results import EvaluationResult
from kb.types import Answer
from scripted_base import ScriptedBase, answer_of

KEYS = [
    *("hit@1", "hit@3", "hit@5", "hit@10", "mrr@10", "ndcg@10", "fact_recall", "citation_precision"),
    *("citation_recall", "refused_unanswerable", "false_refusals", "unsupported_figures"),
]


@pytest.fixture
def result() -> EvaluationResult:
    questions = [
        EvaluationQuestion("q1", "Combien ?", ("a.md",), (("12 Md€",), ("23 %",)), kind="montant"),
        EvaluationQuestion("q2", "Qui ?", ("b.md",), (("Mende",),), kind="nom"),
        EvaluationQuestion("q3", "Où ?", ("b.md",), kind="nom"),
    ]
    script: dict[str, Answer | Exception] = {
        "Combien ?": answer_of("12 Md€ [1].", cited={"a.md": "12 Md€"}, found=["x.md", "a.md"]),
        "Qui ?": answer_of("Je ne trouve pas.", found=["b.md"], refused=True),
        "Où ?": ReperesError("La base est fermée."),
    }
    return evaluate(ScriptedBase(script), questions)


def test_json_has_the_documented_keys_and_no_invented_zero(result: EvaluationResult) -> None:
    data = json.loads(json.dumps(to_json(result), allow_nan=False))
    assert list(data) == [*FIGURES, "refusal_curve", "latency", "failed", "questions"]
    assert data["failed"] == 1
    assert set(KEYS) <= set(FIGURES)
    assert data["latency"]["retrieval"] == {"p50": 0.2, "p95": 0.2, "n": 2}
    assert data["mrr@10"]["value"] == pytest.approx((1 / 2 + 1) / 2)
    assert data["mrr@10"]["n"] == 2
    assert data["mrr@10"]["low"] <= data["mrr@10"]["value"] <= data["mrr@10"]["high"]
    assert data["refused_unanswerable"] == {"value": None, "low": None, "high": None, "n": 0}
    assert data["refusal_auc"] == {"value": None, "low": None, "high": None, "n": 0}
    assert data["refusal_curve"] is None
    assert [(row["id"], row["refused"]) for row in data["questions"]] == [("q1", False), ("q2", True), ("q3", None)]


def test_text_shows_values_intervals_n_kinds_speed_and_failures(result: EvaluationResult) -> None:
    lines = to_text(result).splitlines()
    assert lines[0] == "3 questions évaluées"

    def cells(label: str) -> list[str]:
        (line,) = [found for found in lines if found.startswith(f"{label}  ")]
        return re.split(r" {2,}", line)[1:]

    # Found at ranks 2 and 1; the third question failed and counts nowhere.
    assert cells("Le bon document est dans les 5 premiers") == ["100,0 %", "100,0 % à 100,0 %", "2"]
    assert cells("Place du bon document (1 = toujours premier)") == ["0,750", "0,500 à 1,000", "2"]
    assert not any(line.startswith("Questions sans réponse bien refusées") for line in lines)
    assert cells("Type de question") == ["Questions", "Dans les 5 premiers", "Place", "Faits présents", "Refus à tort"]
    assert cells("montant") == ["1", "100,0 %", "0,500", "50,0 %", "0,0 %"]
    assert cells("nom") == ["2", "100,0 %", "1,000", "0,0 %", "100,0 %"]
    assert "Recherche : une question sur deux en moins de 200 ms, 95 % en moins de 200 ms" in lines
    assert lines[-2:] == [
        "Questions en échec, dans aucune mesure (1) :",
        "  q3 : La base est fermée.",
    ]


def test_text_of_a_run_without_any_figure() -> None:
    question = EvaluationQuestion("q", "Qui ?")
    text = to_text(evaluate(ScriptedBase({"Qui ?": ReperesError("Panne.")}), [question]))
    assert text.startswith("1 question évaluée\n")
    assert "Mesure" not in text


def test_gates_are_parsed() -> None:
    assert parse_gates("mrr@10=0.7, fact_recall = 0.8") == {"mrr@10": 0.7, "fact_recall": 0.8}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("mrr=0.7", "mesure inconnue « mrr ». Mesures possibles : hit@1, hit@3"),
        ("mrr@10", "« mrr@10 » : écrivez mesure=seuil"),
        ("", "écrivez mesure=seuil"),
        ("mrr@10=0,7", "« 7 » : écrivez mesure=seuil"),
        ("mrr@10=haut", "mrr@10=haut : le seuil est un nombre de 0 à 1"),
        ("mrr@10=70", "mrr@10=70 : le seuil est un nombre de 0 à 1"),
        ("mrr@10=nan", "mrr@10=nan : le seuil est un nombre de 0 à 1"),
        ("mrr@10=0.7,mrr@10=0.8", "« mrr@10 » a deux seuils"),
    ],
)
def test_wrong_gates_are_named(text: str, reason: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse_gates(text)
    assert reason in str(caught.value)


def test_gates_met_and_failed(result: EvaluationResult) -> None:
    # mrr@10 is 0.75, false refusals 1 of 2, fact recall (1/2 + 0) / 2.
    assert failed_gates(result, {"mrr@10": 0.75, "false_refusals": 0.5, "fact_recall": 0.25}) == []
    assert failed_gates(result, {"mrr@10": 0.76, "false_refusals": 0.4}) == [
        "mrr@10 : 0,750, en dessous du seuil 0,760",
        "false_refusals : 0,500, au-dessus du seuil 0,400",
    ]


def test_a_figure_that_nothing_measures_fails_its_gate(result: EvaluationResult) -> None:
    assert failed_gates(result, {"refused_unanswerable": 0.0}) == [
        "refused_unanswerable : aucune question ne permet de la mesurer (seuil 0,000)"
    ]
