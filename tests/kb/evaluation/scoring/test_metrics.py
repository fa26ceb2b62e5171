import math

import ir_measures
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.evaluation.scoring import metrics

RETRIEVED = ["a", "b", "c", "d", "e"]


@pytest.mark.parametrize(
    ("relevant", "k", "hit"), [(["c"], 2, 0.0), (["c"], 3, 1.0), (["c", "z"], 10, 1.0), (["z"], 10, 0.0)]
)
def test_hit(relevant: list[str], k: int, hit: float) -> None:
    assert metrics.hit_at_k(RETRIEVED, relevant, k) == hit


def test_reciprocal_rank() -> None:
    assert metrics.reciprocal_rank(RETRIEVED, ["c", "e"]) == 1 / 3
    assert metrics.reciprocal_rank([*"abcdefghi", "j"], ["j"]) == 1 / 10
    assert metrics.reciprocal_rank([*"abcdefghij", "k"], ["k"]) == 0  # eleventh: beyond the cut
    assert metrics.reciprocal_rank([], ["a"]) == 0


def test_ndcg() -> None:
    # Relevant at ranks 1 and 3 of two relevant: (1/log2(2) + 1/log2(4)) / (1/log2(2) + 1/log2(3)).
    assert metrics.ndcg_at_k(RETRIEVED, ["a", "c"], 10) == pytest.approx((1 + 1 / 2) / (1 + 1 / math.log2(3)))
    # One of three found, at rank 2, cut at 2: the ideal list holds two.
    assert metrics.ndcg_at_k(RETRIEVED, ["b", "y", "z"], 2) == pytest.approx(
        (1 / math.log2(3)) / (1 + 1 / math.log2(3))
    )


def test_recall() -> None:
    assert metrics.recall_at_k(RETRIEVED, ["a", "c", "z"], 3) == 2 / 3
    assert metrics.recall_at_k(RETRIEVED, ["a", "c", "z"], 1) == 1 / 3


def test_repeats_in_the_ranking_count_once() -> None:
    assert metrics.reciprocal_rank(["a", "a", "a", "b"], ["b"]) == 1 / 2
    assert metrics.recall_at_k(["a", "a"], ["a", "b"], 2) == 1 / 2


@pytest.mark.parametrize("figure", [metrics.hit_at_k, metrics.ndcg_at_k, metrics.recall_at_k, metrics.reciprocal_rank])
def test_a_question_without_documents_has_no_retrieval_figure(figure: object) -> None:
    assert callable(figure)
    with pytest.raises(ValueError, match="no relevant documents"):
        figure(RETRIEVED, [], 10)


@given(st.lists(st.sampled_from("abcdefghijkl"), max_size=15), st.sets(st.sampled_from("abcdefghijkl"), min_size=1))
def test_figures_agree_with_each_other(retrieved: list[str], relevant: set[str]) -> None:
    rank = metrics.reciprocal_rank(retrieved, relevant, 10)
    ndcg = metrics.ndcg_at_k(retrieved, relevant, 10)
    hits = [metrics.hit_at_k(retrieved, relevant, k) for k in (1, 3, 5, 10)]
    assert hits == sorted(hits)
    assert hits[0] <= rank <= hits[3]
    assert (ndcg > 0) == (rank > 0) == (metrics.recall_at_k(retrieved, relevant, 10) > 0)
    assert 0 <= ndcg <= 1 + 1e-12


@given(st.sets(st.sampled_from("abcdefghijkl"), min_size=1))
def test_a_perfect_ranking_has_ndcg_one(relevant: set[str]) -> None:
    assert metrics.ndcg_at_k(sorted(relevant), relevant, 10) == pytest.approx(1)


def test_fact_recall() -> None:
    facts = [["11,2 milliards"], ["23 %"]]
    assert metrics.fact_recall("11,2 Md€ en tout [1].", facts, "Combien ?") == 0.5
    assert metrics.fact_recall("11,2 Md€, soit 23 %.", facts, "Combien ?") == 1
    # « 23 % » stands in the question: only the amount counts.
    assert metrics.fact_recall("C’est bien 23 %.", facts, "Est-ce 23 % ?") == 0
    with pytest.raises(ValueError, match="no expected facts"):
        metrics.fact_recall("", [], "Combien ?")


def test_citations() -> None:
    assert metrics.citation_precision(["a", "a", "z"], ["a", "b"]) == 2 / 3
    assert metrics.citation_recall(["a", "a", "z"], ["a", "b"]) == 1 / 2
    assert metrics.citation_recall(["z", "a", "b"], ["a", "b"]) == 1
    assert metrics.citation_precision([], ["a"]) == metrics.citation_recall([], ["a"]) == 0


def test_unsupported_figures() -> None:
    found = metrics.unsupported_figures("En 2018, 12 Md€ [1] et 7 projets.", ["12 milliards d’euros", "11/07/2018"])
    assert [figure.text for figure in found] == ["7"]


@given(
    retrieved=st.lists(st.sampled_from("abcdefghijklmnop"), max_size=14, unique=True),
    relevant=st.sets(st.sampled_from("abcdefghijklmnop"), min_size=1, max_size=6),
)
def test_retrieval_figures_are_those_of_ir_measures(retrieved: list[str], relevant: set[str]) -> None:
    qrels = [ir_measures.Qrel("q", document, 1) for document in relevant]
    run = [ir_measures.ScoredDoc("q", document, 1.0 - place / 100) for place, document in enumerate(retrieved)]
    wanted = [ir_measures.parse_measure(name) for name in ("Success@1", "Success@5", "RR@10", "nDCG@10", "R@10")]
    # A question for which nothing was found counts as zero there too.
    known = {str(measured.measure): measured.value for measured in ir_measures.iter_calc(wanted, qrels, run)}
    ours = {
        "Success@1": metrics.hit_at_k(retrieved, relevant, 1),
        "Success@5": metrics.hit_at_k(retrieved, relevant, 5),
        "RR@10": metrics.reciprocal_rank(retrieved, relevant, 10),
        "nDCG@10": metrics.ndcg_at_k(retrieved, relevant, 10),
        "R@10": metrics.recall_at_k(retrieved, relevant, 10),
    }
    assert ours == pytest.approx({name: known.get(name, 0.0) for name in ours})


def test_forbidden_facts() -> None:
    assert metrics.forbidden_facts("Le budget est de 10 Md€.", [["10 milliards"]], "Quel budget ?") == 1
    assert metrics.forbidden_facts("Le budget n'est pas de 10 Md€.", [["10 milliards"]], "Quel budget ?") == 0
    assert metrics.forbidden_facts("12 milliards.", [["10 milliards"], ["5 milliards"]], "Quel budget ?") == 0
    assert metrics.forbidden_facts("Oui, 10 milliards.", [["10 milliards"]], "Est-ce bien 10 milliards ?") == 0
    with pytest.raises(ValueError, match="forbidden"):
        metrics.forbidden_facts("Oui.", [], "Quoi ?")


def test_true_quotes() -> None:
    text = "Un texte. Une phrase."
    assert metrics.true_quotes([("Une phrase.", text, 10, 21), ("Une phrase.", text, 0, 9)]) == 1 / 2
    assert metrics.true_quotes([("Une phrase.", None, 10, 21)]) == 0
    assert metrics.true_quotes([]) == 0


SETS = [
    ["La demande est adressée au préfet.", "Elle est gratuite pour les associations."],
    ["Le dossier complet est déposé en mairie avant le 30 juin."],
]


@pytest.mark.parametrize(
    ("quotes", "value"),
    [
        (["La demande est adressée au préfet du département."], 0.5),
        (["La demande est adressée au préfet.", "Elle est gratuite pour toutes les associations."], 1),
        (["Le dossier est déposé complet en mairie, avant le 30 juin."], 1),
        (["Le dossier est payant."], 0),
        ([], 0),
    ],
)
def test_quote_recall(quotes: list[str], value: float) -> None:
    assert metrics.quote_recall(quotes, SETS) == value


def test_quote_recall_needs_sets() -> None:
    with pytest.raises(ValueError, match="quotes"):
        metrics.quote_recall(["Un."], [])


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ("La demande s'adresse au préfet [1]. Elle coûte 12 euros [2].", 1),
        ("- Elle coûte 12 euros [1]\n- La demande est adressée au préfet [2]", 0),
        ("Oui. Il faut 5 % des heures [1].", 1),
        ("| Part | Année |\n| --- | --- |\n| 5 % | 2024 |", 1),
        ("", 0),
    ],
)
def test_first_sentence(answer: str, value: float) -> None:
    assert metrics.first_sentence(answer, [["5 %"]], SETS) == value


def test_sentences_shown() -> None:
    answer = (
        "Le fonds aide les communes rurales [1]. Il couvre la moitié des travaux [2].\n\n- Les écoles publiques [3]\n"
        "- Les mairies annexes. Sauf les prêts aidés [4]\n\n| Année | Montant |\n| --- | --- |\n| 2023 | 12 M€ [5] |\n"
        "| 2024 | 15 M€ [5] |"
    )
    assert metrics.sentences_shown(answer) == 7
    assert metrics.sentences_shown("") == 0
