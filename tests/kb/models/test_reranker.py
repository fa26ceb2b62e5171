"""Rerankers: a real CrossEncoder, tiny and untrained, read from a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.errors import ModelError
from kb.models.reranker import CrossEncoderReranker, load_reranker
from kb.settings import Settings


def make_cross_encoder(folder: Path, labels: int = 1) -> Path:
    """Saves a CrossEncoder of one small random layer into `folder`."""
    import torch
    from sentence_transformers import CrossEncoder
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

    torch.manual_seed(0)
    parts = folder / "parts"
    parts.mkdir(parents=True)
    vocabulary = [
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        "[MASK]",
        *"abcdefghijklmnopqrstuvwxyz",
        *(f"##{c}" for c in "aeiou"),
    ]
    (parts / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    BertTokenizer(vocab=str(parts / "vocab.txt")).save_pretrained(parts)
    config = BertConfig(
        vocab_size=len(vocabulary), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32,
        max_position_embeddings=64, id2label={label: str(label) for label in range(labels)},
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(parts)
    CrossEncoder(str(parts), device="cpu", max_length=64).save_pretrained(str(folder / "model"))
    return folder / "model"


def test_none_by_default() -> None:
    assert load_reranker(Settings.load({})) is None


def test_a_folder_is_read_and_scores_pairs(tmp_path: Path) -> None:
    folder = make_cross_encoder(tmp_path)
    reranker = load_reranker(Settings.load({"REPERES_RERANKER": str(folder)}))
    assert isinstance(reranker, CrossEncoderReranker)
    scores = reranker.scores("a b", ["c d e", "f", "c d e", "x " * 500])
    assert len(scores) == 4
    assert scores[0] == pytest.approx(scores[2], abs=1e-5)
    assert scores[0] != pytest.approx(scores[1], abs=1e-7)
    assert reranker.scores("a b", []) == []


def test_a_model_with_several_scores_is_refused(tmp_path: Path) -> None:
    reranker = load_reranker(Settings.load({"REPERES_RERANKER": str(make_cross_encoder(tmp_path, labels=3))}))
    assert reranker is not None
    with pytest.raises(ModelError, match="plusieurs notes"):
        reranker.scores("a", ["b"])


@pytest.mark.parametrize("revision", ["", "main", "abc123"])
def test_a_hub_model_needs_its_commit(revision: str) -> None:
    settings = Settings.load({"REPERES_RERANKER": "org/model", "REPERES_RERANKER_REVISION": revision})
    with pytest.raises(ModelError, match="REPERES_RERANKER_REVISION"):
        load_reranker(settings)


def test_a_folder_that_holds_no_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="ne peut pas être chargé"):
        load_reranker(Settings.load({"REPERES_RERANKER": str(tmp_path)}))
