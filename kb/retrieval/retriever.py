"""Question -> Hit[]: seven rankings fused, then the passages to show chosen.

The nearest passages and section titles (vectors), the passages whose words match (their own, and with their title's),
the section titles whose words match, the passages that hold a quoted phrase; and, over all passages found so far, the
best window of sentences. A ranking of titles ranks sections: all passages of a section get its score. A reranker, where
there is one, then orders the best hits anew. What the reader makes of them does not order them: its logits added to the
scores lowered MRR@10 on two bases and changed nothing on the third (30 November 2026: 0.966 -> 0.957 on the corpus,
0.743 -> 0.725 on bench/cnil, 0.931 -> 0.926 on 110 questions of bench/sheets but 0.910 -> 0.913 on 270).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import lru_cache
from typing import Any

from kb.index.catalog.among import Among
from kb.index.catalog.reader import CatalogReader
from kb.index.lexical import Lexical
from kb.index.store import IndexReader, Lease
from kb.index.texts import passage_text
from kb.index.windows import best_windows
from kb.models.encoder import Encoder, FloatMatrix
from kb.models.reranker import Reranker
from kb.retrieval.filters import Filters
from kb.retrieval.fusion import Fusion, Ranking
from kb.retrieval.holding import Holding
from kb.retrieval.selection import Seen, in_turn
from kb.types import Hit, Question

CANDIDATES = 100  # taken from each ranking
WITH_WINDOWS = 100  # of the passages found, the best ones, whose windows are looked at
RERANKED = 30  # hits that a reranker reads
_FILTERS = 32  # of which is kept what the base was asked of them
_OF_SECTIONS = ("title_vector", "title_words")
# The words of a title count in `words_with_title` already.
_TITLE_WORDS_WEIGHT = 0.5
_PHRASE_WEIGHT = 3.0  # a quoted phrase is an order, not a hint


class Retriever:
    """Finds passages in an index with an encoder."""

    def __init__(
        self,
        index: IndexReader,
        encoder: Encoder,
        reranker: Reranker | None = None,
        holding: Callable[[str, Lease | None], Holding] | None = None,
    ) -> None:
        """`reranker` orders the best hits anew; `holding` finds the documents that hold the words of a filter."""
        self._holding = holding
        self._index = index
        self._encoder = encoder
        self._reranker = reranker
        # Shared by all callers. Its tasks wait for no other task of it.
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="search")
        # What the base was asked of a filter: anew when it has changed, so by its generation.
        self._known: Callable[[int, Filters], dict[str, Any]] = lru_cache(maxsize=_FILTERS)(_nothing_known)

    def search(self, question: Question, lease: Lease | None, k: int = 10, filters: Filters | None = None) -> list[Hit]:
        """At most `k` hits for `question`, best first, none saying nearly the same as one before.

        `lease` is the state of the index that is searched, the one that the question was parsed for; None where
        nothing was committed. Raises TextTooLongError when the question is longer than the encoder reads,
        ReperesError for filters that no document can pass.
        """
        if lease is None:
            return []
        among = self._among(filters, lease) if filters else None
        if among is not None and not among.count():
            return []
        # While one thread computes the vector, another looks for the words: each waits for no Python.
        searched = self._pool.submit(self._by_words, question, lease.lexical, among)
        vector = self._encoder.encode([question.embedded], "query")[0]
        near = self._by_sense(vector, lease, among)
        rankings = self._of_passages({**near, **searched.result()}, lease.catalog)
        fusion = Fusion(rankings)
        likely = [passage_id for passage_id, _, _ in fusion.best_first()[:WITH_WINDOWS]]
        packed = lease.catalog.windows(likely)
        best = best_windows(vector, list(packed.values()))
        windows = [(passage_id, score) for passage_id, (score, _) in zip(packed, best, strict=True)]
        fusion.add("window_vector", Ranking(windows))
        spans = {passage_id: span for passage_id, (_, span) in zip(packed, best, strict=True)}
        hits = self._hits(fusion.best_first(), max(k, self._reordered), spans, lease.catalog)
        return self._reranked(question.standalone, hits)[:k]

    def _among(self, filters: Filters, lease: Lease) -> Among:
        """The documents that pass filters; those that hold words may be of a later generation than the others."""
        if filters.words and self._holding is not None:
            return filters.among(lease.catalog, self._holding(filters.words, lease).documents)
        return filters.among(lease.catalog, known=self._known(lease.generation, filters))

    def _by_words(self, question: Question, lexical: Lexical, among: Among | None) -> dict[str, Ranking[str]]:
        """The rankings of passages and of sections (names in `_OF_SECTIONS`) by the words of the question."""
        rankings = {
            "words": Ranking(lexical.search("body", question.groups, CANDIDATES, among)),
            "words_with_title": Ranking(lexical.search("whole", question.groups, CANDIDATES, among)),
            "title_words": Ranking(lexical.search("title", question.groups, CANDIDATES, among), _TITLE_WORDS_WEIGHT),
        }
        for number, phrase in enumerate(question.phrases, start=1):
            found = lexical.phrase(phrase, CANDIDATES, among)
            rankings[f"phrase_{number}"] = Ranking([(passage_id, 1.0) for passage_id in found], _PHRASE_WEIGHT)
        return rankings

    def _by_sense(self, vector: FloatMatrix, lease: Lease, among: Among | None) -> dict[str, Ranking[str]]:
        """The rankings of passages and of sections by their vectors."""
        titles = self._pool.submit(lease.vectors.search, "sections", vector, CANDIDATES, among)
        passages = lease.vectors.search("passages", vector, CANDIDATES, among)
        return {"vector": Ranking(passages), "title_vector": Ranking(titles.result())}

    def _of_passages(self, rankings: Mapping[str, Ranking[str]], catalog: CatalogReader) -> dict[str, Ranking[str]]:
        """The rankings with those of sections carried over to the passages of each section."""
        sections = {section_id for name in _OF_SECTIONS for section_id, _ in rankings[name].scored}
        members = catalog.passages_of_sections(sections)
        carried = {
            name: replace(
                rankings[name],
                scored=[
                    (passage_id, score)
                    for section, score in rankings[name].scored
                    for passage_id in members.get(section, ())
                ],
            )
            for name in _OF_SECTIONS
        }
        return {**rankings, **carried}

    def _hits(
        self,
        fused: Sequence[tuple[str, float, dict[str, float]]],
        k: int,
        spans: Mapping[str, tuple[int, int]],
        catalog: CatalogReader,
    ) -> list[Hit]:
        """The first `k` of the fused passages that are current and say something new, no document taking all places."""
        hits: list[Hit] = []
        seen = Seen()
        wanted = k + k // 2  # some more, so that other documents can come before the fifth passage of one
        for start in range(0, len(fused), 2 * k):
            for hit in self._current(fused[start : start + 2 * k], spans, catalog):
                same = seen.same_as(hit.passage.text)
                if same is None:
                    hits.append(hit)
                elif hit.document.id not in {hits[same].document.id, *hits[same].also_in}:
                    hits[same] = replace(hits[same], also_in=(*hits[same].also_in, hit.document.id))
            if len(hits) >= wanted:
                break
        order = in_turn([hit.document.id for hit in hits], [hit.score for hit in hits])
        return [replace(hits[number], rank=rank) for rank, number in enumerate(order[:k], start=1)]

    def _current(
        self,
        fused: Sequence[tuple[str, float, dict[str, float]]],
        spans: Mapping[str, tuple[int, int]],
        catalog: CatalogReader,
    ) -> Iterable[Hit]:
        passages = catalog.passages(passage_id for passage_id, _, _ in fused)
        documents = catalog.documents(dict.fromkeys(passage.document_id for passage in passages.values()))
        for passage_id, score, contributions in fused:
            passage = passages.get(passage_id)
            document = documents.get(passage.document_id) if passage else None
            if passage is None or document is None:
                continue  # left by an interrupted commit, or withdrawn since: not current
            if document.text[passage.start : passage.end] != passage.text:
                continue  # the document changed between the two look-ups: this passage is of the version before
            start, end = spans.get(passage_id, (0, len(passage.text)))
            window = (passage.start + start, passage.start + end)
            yield Hit(passage, document, score, 0, contributions, window=window)

    def _reranked(self, question: str, hits: list[Hit]) -> list[Hit]:
        if self._reranker is None:
            return hits
        first, rest = hits[:RERANKED], hits[RERANKED:]
        texts = [passage_text(hit.document, hit.passage) for hit in first]
        scores = self._reranker.scores(question, texts)
        order = sorted(range(len(first)), key=lambda number: -scores[number])
        ordered = [
            replace(first[number], contributions={**first[number].contributions, "reranker": scores[number]})
            for number in order
        ]
        return [replace(hit, rank=rank) for rank, hit in enumerate([*ordered, *rest], start=1)]

    @property
    def _reordered(self) -> int:
        """How many of the best hits are ordered anew: as many are found, whatever is asked for."""
        return RERANKED if self._reranker is not None else 0


def _nothing_known(_generation: int, _filters: Filters) -> dict[str, Any]:
    return {}
