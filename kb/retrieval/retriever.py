"""Question -> Hit[]: four rankings fused.

Passage vectors, section-title vectors, words of the body (BM25), words of the section title (BM25): see design.md,
Retrieval, for what each is worth. The two rankings of titles rank sections; all passages of a section get its rank.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from kb.french.folding import fold
from kb.index.reader import IndexReader
from kb.models.encoder import Encoder
from kb.retrieval.fusion import dense_ranks, inverse_document_frequency, reciprocal_rank_fusion
from kb.types import Hit

CANDIDATES = 100  # taken from each ranking


class Retriever:
    """Finds passages in an index with an encoder."""

    def __init__(self, index: IndexReader, encoder: Encoder) -> None:
        self._index = index
        self._encoder = encoder

    def search(self, question: str, k: int = 10) -> list[Hit]:
        """At most `k` hits for `question`, best first, without two of the same text.

        Raises TextTooLongError when the question is longer than the encoder reads.
        """
        vector = self._encoder.encode([question], "query")[0]
        with self._index.lease() as parts:
            if parts is None:
                return []
            vectors, lexical = parts
            passages = {
                "vector": dense_ranks(vectors.search("passages", vector, CANDIDATES)),
                "words": dense_ranks(lexical.search("passages", question, CANDIDATES)),
            }
            sections = {
                "title_vector": dense_ranks(vectors.search("sections", vector, CANDIDATES)),
                "title_words": dense_ranks(lexical.search("sections", question, CANDIDATES)),
            }
        catalog = self._index.catalog
        members = catalog.passages_of_sections({each for ranks in sections.values() for each in ranks})
        for name, ranks in sections.items():
            passages[name] = {each: rank for section, rank in ranks.items() for each in members.get(section, ())}
        return self._hits(reciprocal_rank_fusion(passages), k)

    def rarity(self) -> Callable[[str], float]:
        """The inverse document frequency of a stem over all passages, as a function of the stem."""
        with self._index.lease() as parts:
            if parts is None:
                return lambda _: 1.0
            lexical = parts[1]
            total = lexical.count("passages")
            return lambda stem: inverse_document_frequency(lexical.document_frequency(stem), total)

    def _hits(self, fused: list[tuple[str, float, dict[str, float]]], k: int) -> list[Hit]:
        """The first `k` of the fused passages that are current and whose text did not come before."""
        hits: list[Hit] = []
        seen: set[str] = set()
        for start in range(0, len(fused), 4 * k):
            part = fused[start : start + 4 * k]
            passages = self._index.catalog.passages(each for each, _, _ in part)
            documents = self._index.catalog.documents(_unique(each.document_id for each in passages.values()))
            for each, score, contributions in part:
                passage = passages.get(each)
                document = documents.get(passage.document_id) if passage else None
                if passage is None or document is None:
                    continue  # left by an interrupted commit, or withdrawn since: not current
                if document.text[passage.start : passage.end] != passage.text:
                    continue  # the document changed between the two look-ups: this passage is of the version before
                text = fold(passage.text)
                if text in seen:
                    continue
                seen.add(text)
                hits.append(Hit(passage, document, score, len(hits) + 1, contributions))
                if len(hits) == k:
                    return hits
        return hits


def _unique(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))
