"""Bases made of recombined sentences: always the same, all different, and written and searched like any other."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from ingest.readers import read_document
from kb.knowledge import KnowledgeBase
from kb.models.encoder import Encoder
from kb.settings import Settings
from kb.types import Document

Load = Callable[[str], ModuleType]
CORPUS = Path(__file__).parents[2] / "corpus" / "documents"
FILES = sorted(CORPUS.glob("*.md"))[:8]


def _documents() -> list[Document]:
    return [
        read_document(path.read_bytes(), name=path.name, source="corpus", document_id=path.name, max_text_mb=10)
        for path in FILES
    ]


def test_the_same_seed_makes_the_same_passages_and_another_one_others(benchmark_module: Load) -> None:
    recombine = benchmark_module("scaling.recombine")
    source = recombine.material(_documents())
    first = [passage.text for passage in recombine.passages(source, 60, pool=40)]
    assert first == [passage.text for passage in recombine.passages(source, 60, pool=40)]
    assert first[:50] == [passage.text for passage in recombine.passages(source, 50, pool=40)], "more only adds"
    assert first != [passage.text for passage in recombine.passages(source, 60, pool=40, seed=1)]


def test_passages_are_distinct_of_real_sentences_and_of_the_splitters_lengths(benchmark_module: Load) -> None:
    recombine = benchmark_module("scaling.recombine")
    source = recombine.material(_documents())
    made = recombine.passages(source, 300, pool=100)
    real = {sentence for group in source.sentences for sentence in group}
    assert len({passage.text for passage in made}) == 300
    assert all(set(passage.sentences) <= real for passage in made)
    assert all(50 <= len(passage.text.split()) <= 180 for passage in made)
    assert [passage.parents for passage in made[:100]] == [(number,) for number in range(100)]
    assert all(len(passage.parents) == 2 and max(passage.parents) < 100 for passage in made[100:])


def test_too_few_sentences_are_told(benchmark_module: Load) -> None:
    recombine = benchmark_module("scaling.recombine")
    source = recombine.Material((("Une phrase de vingt mots " + "ou presque " * 50,),), ("Un titre",))
    with pytest.raises(ValueError, match="1 sentences are too few for 2 passages"):
        recombine.passages(source, 2)


def test_documents_hold_their_passages_where_they_say(benchmark_module: Load) -> None:
    recombine = benchmark_module("scaling.recombine")
    source = recombine.material(_documents())
    made = list(recombine.documents(recombine.passages(source, 20, pool=20), source.titles))
    passages = [(document.document, passage) for document in made for passage in document.passages]
    assert [len(document.passages) for document in made] == [6, 6, 6, 2]
    assert all(document.text[passage.start : passage.end] == passage.text for document, passage in passages)
    assert len({passage.id for _, passage in passages}) == 20


def test_blended_vectors_lie_between_their_parents(benchmark_module: Load) -> None:
    pool = np.random.default_rng(3).normal(size=(50, 64)).astype(np.float32) + 1
    pool /= np.linalg.norm(pool, axis=1, keepdims=True)
    vectors = benchmark_module("scaling.recombine").blend(pool, [0, 1], [2, 3])
    assert vectors.shape == (2, 64)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    cosines = vectors @ pool.T
    assert set(np.argsort(-cosines[0])[:2]) == {0, 2}
    assert set(np.argsort(-cosines[1])[:2]) == {1, 3}


def test_a_base_is_written_searched_and_used_again(
    benchmark_module: Load, tmp_path: Path, tiny_encoder: Encoder
) -> None:
    documents = tmp_path / "documents"
    documents.mkdir()
    for path in FILES[:3]:
        shutil.copy(path, documents)
    scale_base, bench_data = benchmark_module("scaling.base"), benchmark_module("support.bench_data")
    data = bench_data.BenchData(documents, tmp_path / "questions.jsonl")
    store = scale_base.base(70, data, tiny_encoder, tmp_path, pool=40)
    written = (store / "catalog.sqlite").stat().st_mtime_ns
    with KnowledgeBase.open(Settings.load({}, store=store), tiny_encoder) as knowledge:
        assert knowledge.status().passages == 70
        hits = knowledge.search("Quel est le rôle de l'ANRU ?", k=10)
    assert len({hit.passage.text for hit in hits}) == 10
    assert scale_base.base(70, data, tiny_encoder, tmp_path, pool=40) == store
    assert (store / "catalog.sqlite").stat().st_mtime_ns == written
