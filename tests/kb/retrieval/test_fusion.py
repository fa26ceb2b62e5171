import pytest

from kb.retrieval.fusion import dense_ranks, inverse_document_frequency, reciprocal_rank_fusion


def test_equal_scores_share_a_rank() -> None:
    assert dense_ranks([("a", 3.0), ("b", 2.0), ("c", 2.0), ("d", 1.0)]) == {"a": 1, "b": 2, "c": 2, "d": 3}
    assert dense_ranks([]) == {}


def test_fusion_adds_reciprocal_ranks() -> None:
    fused = reciprocal_rank_fusion({"x": {"a": 1, "b": 2}, "y": {"b": 1, "c": 4}}, k=10)
    assert [item for item, _, _ in fused] == ["b", "a", "c"]
    assert fused[0][1] == pytest.approx(1 / 12 + 1 / 11)
    assert fused[0][2] == {"x": pytest.approx(1 / 12), "y": pytest.approx(1 / 11)}
    assert fused[2][1] == pytest.approx(1 / 14)
    assert reciprocal_rank_fusion({}) == []


def test_rare_words_weigh_more_and_none_is_negative() -> None:
    # N = 10, n = 1: ln(1 + 9.5 / 1.5)
    assert inverse_document_frequency(1, 10) == pytest.approx(1.9924, abs=1e-4)
    assert inverse_document_frequency(10, 10) > 0
