"""The answers that no change may lose: facts and refusals, over two bases, in both number formats, and elsewhere.

`tests/data/second_base` is an invented water agency: twelve short documents, 28 questions that they answer and six that
they do not; nothing of the reader was fitted to it. Of the answering only one constant has looked at it (the share of
words below which a question is off topic).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from bundled import IngestedCorpus
from centred_encoder import CentredEncoder
from ingest.pipeline import ingest
from kb.evaluation.asking import evaluate
from kb.evaluation.questions import EvaluationQuestion, read_questions
from kb.evaluation.results import EvaluationResult
from kb.knowledge import KnowledgeBase
from kb.models.encoder import Encoder
from kb.models.sentence_encoder import load_encoder
from kb.settings import Settings
from tiny_encoder import TinyEncoder

pytestmark = pytest.mark.usefixtures("readings_once")
ROOT = Path(__file__).resolve().parents[2]
BASES = {"corpus": ROOT / "corpus", "second": ROOT / "tests" / "data" / "second_base"}
FORMATS = ("int8", "fp32")
# README's example: its 72 % stood sixth in one format and seventh in the other.
EXAMPLE = "Quelle part des aides du NPNRU vient d'Action Logement ?"
Evaluate = Callable[[str, str], EvaluationResult]


@pytest.fixture(scope="module")
def evaluated(cache_folder: Path, corpus_in: IngestedCorpus, tmp_path_factory: pytest.TempPathFactory) -> Evaluate:
    """Every question of a base, asked once of an encoder: `int8`, `fp32`, `centred` (another scale of cosines) or
    `tiny` (no model at all: hashed words and trigrams).
    """

    def encoder_called(name: str) -> Encoder:
        if name == "tiny":
            return TinyEncoder()
        dtype = "int8" if name == "centred" else name
        packaged: Encoder = load_encoder(Settings(cache=cache_folder, embedding_dtype=dtype))
        return CentredEncoder(packaged) if name == "centred" else packaged

    def stored(base: str, encoder_name: str) -> tuple[Settings, Encoder]:
        if base == "corpus" and encoder_name in FORMATS:
            return corpus_in(encoder_name)
        encoder = encoder_called(encoder_name)
        store = tmp_path_factory.mktemp(f"{base}-{encoder_name}")
        settings = Settings.load({"REPERES_STORE": str(store), "REPERES_CACHE": str(cache_folder)})
        assert not ingest([BASES[base] / "documents"], settings, encoder).failed
        return settings, encoder

    @cache
    def run(base: str, encoder_name: str) -> EvaluationResult:
        settings, encoder = stored(base, encoder_name)
        dtype = "fp32" if encoder_name == "fp32" else "auto"  # the reader's too
        with KnowledgeBase.open(replace(settings, embedding_dtype=dtype), encoder) as opened:
            asked = [*read_questions(BASES[base] / "questions.jsonl"), EvaluationQuestion("readme", EXAMPLE)]
            return evaluate(opened, asked, answerer="extractive")

    return run


# Measured 2026-11-30: 0.84, 0.65, 0.44 and 0 over the corpus, 1, 0.93, 1 and 0 over the second base, in int8: the
# floors are one or two questions below (`tiny`, which has no model, is some questions worse).
@pytest.mark.parametrize(
    ("encoder", "base", "facts", "first", "refused", "false_refusals"),
    [
        ("int8", "corpus", 0.80, 0.61, 0.38, 0.04),
        ("fp32", "corpus", 0.80, 0.61, 0.38, 0.04),
        ("tiny", "corpus", 0.72, 0.53, 0.38, 0.08),
        ("int8", "second", 0.92, 0.85, 0.80, 0.075),
        ("fp32", "second", 0.92, 0.85, 0.80, 0.075),
        ("tiny", "second", 0.89, 0.78, 0.66, 0.075),
    ],
)
def test_facts_are_said_and_refusals_are_right(
    evaluated: Evaluate, encoder: str, base: str, facts: float, first: float, refused: float, false_refusals: float
) -> None:
    result = evaluated(base, encoder)
    assert not result.failed
    assert (result.estimate("fact_recall").value or 0) >= facts
    assert (result.estimate("first_sentence").value or 0) >= first
    assert (result.estimate("refused_unanswerable").value or 0) >= refused
    assert (result.estimate("false_refusals").value or 0) <= false_refusals


@pytest.mark.parametrize("base", BASES)
def test_facts_and_refusals_do_not_hang_on_the_number_format(evaluated: Evaluate, base: str) -> None:
    one, other = (evaluated(base, dtype) for dtype in FORMATS)
    pairs = list(zip(one.results, other.results, strict=True))
    apart = [
        left.question.id
        for left, right in pairs
        if left.scores.get("fact_recall") != right.scores.get("fact_recall")
        or left.row["refused"] != right.row["refused"]
    ]
    # Measured: three over the corpus, none over the second base, and no refusal. Logits of the reader differ by some
    # 0.1 from one format to the other: the fourth unit that is shown may be the fifth elsewhere.
    assert len(apart) <= 5, apart
    assert sum(left.row["refused"] != right.row["refused"] for left, right in pairs) <= 1


@pytest.mark.parametrize("base", BASES)
def test_another_scale_of_cosines_refuses_no_more(evaluated: Evaluate, base: str) -> None:
    """Thresholds on cosines of e5 refused 24 of 25 answerable questions here."""
    usual, other = evaluated(base, "int8"), evaluated(base, "centred")
    added = (other.estimate("false_refusals").value or 0) - (usual.estimate("false_refusals").value or 0)
    assert added <= 0.05
    assert (other.estimate("fact_recall").value or 0) >= (usual.estimate("fact_recall").value or 0) - 0.10


@pytest.mark.parametrize("dtype", FORMATS)
def test_the_example_of_the_readme_in_both_formats(evaluated: Evaluate, dtype: str) -> None:
    (answer,) = [found.row["answer"] for found in evaluated("corpus", dtype).results if found.question.id == "readme"]
    assert "72 %" in (answer or "").replace("\u00a0", " ")
