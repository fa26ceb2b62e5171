"""The answering path, chained here only: question -> Hit[] -> Evidence[] -> draft -> Answer."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Self

from kb.answering import extractive
from kb.answering.conversation import standalone_question
from kb.answering.evidence import candidates, passages_to_read, score
from kb.answering.sufficiency import REFUSAL, refusal_reason
from kb.errors import ReperesError, TextTooLongError
from kb.index.reader import IndexReader
from kb.models.encoder import Encoder
from kb.models.remembering import RememberingEncoder
from kb.models.reranker import Reranker, load_reranker
from kb.retrieval.filters import Filters
from kb.retrieval.glossary import Entries, read_glossary
from kb.retrieval.question import SearchedQuestion
from kb.retrieval.retriever import Retriever
from kb.settings import Settings
from kb.types import Answer, Document, Hit, Message, StoreStatus

# Passages fetched for an answer: enough for ten different documents where there are as many.
PASSAGES_FOUND = 50


class KnowledgeBase:
    """What answers questions over one store. Serves many threads; `close` it, or use it as a context manager."""

    def __init__(
        self, index: IndexReader, encoder: Encoder, written: Entries | None = None, reranker: Reranker | None = None
    ) -> None:
        """`written` holds the glossary's entries from a file; `reranker` orders the best passages anew."""
        self._index = index
        self._encoder = RememberingEncoder(encoder)
        self._retriever = Retriever(index, self._encoder, written, reranker)

    @classmethod
    def open(cls, settings: Settings, encoder: Encoder | None = None) -> Self:
        """The knowledge base of `settings.store`, with the encoder of the settings unless one is given.

        Raises StoreError when there is no store, FingerprintError when another encoder made it, ModelError when the
        encoder or the reranker cannot be loaded, SettingsError when the glossary's file cannot be read.
        """
        if encoder is None:
            from kb.models.sentence_encoder import load_encoder

            encoder = load_encoder(settings)
        written = read_glossary(settings.glossary) if settings.glossary else None
        return cls(IndexReader(settings.store, encoder), encoder, written, load_reranker(settings))

    def close(self) -> None:
        """Lets go of the store."""
        self._index.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def status(self) -> StoreStatus:
        """The state of the store."""
        return self._index.catalog.status()

    def document(self, document_id: str) -> Document | None:
        """A current document as it is stored, or None."""
        return self._index.catalog.document(document_id)

    def search(
        self, question: str, *, history: Sequence[Message] = (), k: int = 10, filters: Filters | None = None
    ) -> list[Hit]:
        """At most `k` passages for a question, best first, of the documents that pass `filters`.

        Raises ReperesError for an empty or too long question, and for filters that no document can pass.
        """
        return self._search(_checked(standalone_question(question, history)), k, filters)

    def explain(self, question: str) -> SearchedQuestion:
        """What the rankings are asked for a question: its acronyms spelled out, its words, its phrases."""
        return self._retriever.explain(_checked(question))

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Message] = (),
        answerer: str = "auto",
        filters: Filters | None = None,
    ) -> Answer:
        """The answer to a question: units of evidence with their citations, or a refusal without any.

        `answerer` is `auto` or `extractive`; only documents that pass `filters` are read. Raises ReperesError for an
        empty or too long question, and for filters that no document can pass.
        """
        if answerer not in {"auto", "extractive"}:
            raise ReperesError(f"Mode de réponse inconnu : {answerer}. Modes possibles : auto, extractive.")
        began = time.perf_counter()
        standalone = _checked(standalone_question(question, history))
        hits = self._search(standalone, PASSAGES_FOUND, filters)
        found = time.perf_counter()
        rarity = self._retriever.rarity()
        read = passages_to_read(hits)
        groups = self._retriever.explain(standalone).groups
        chosen = extractive.choose(score(standalone, groups, candidates(read), self._encoder, rarity))
        reason = refusal_reason(standalone, groups, read, chosen, rarity)
        text, citations = (REFUSAL, ()) if reason else extractive.write(chosen)
        return Answer(
            question=question,
            standalone_question=standalone,
            text=text,
            citations=citations,
            hits=tuple(hits),
            refused=reason is not None,
            reason=reason,
            warnings=(),
            answerer="extractive",
            model=None,
            seconds={
                "retrieval": round(found - began, 4),
                "answer": round(time.perf_counter() - found, 4),
            },
        )

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Message] = (),
        answerer: str = "auto",
        filters: Filters | None = None,
    ) -> Iterator[Answer]:
        """The successive states of the answer; the last one is final."""
        yield self.ask(question, history=history, answerer=answerer, filters=filters)

    def _search(self, question: str, k: int, filters: Filters | None) -> list[Hit]:
        try:
            return self._retriever.search(question, k, filters)
        except TextTooLongError:
            raise ReperesError(
                "La question est trop longue pour être comprise en entier. Raccourcissez-la (une ou deux phrases)."
            ) from None


def _checked(question: str) -> str:
    if not any(each.isalnum() for each in question):
        raise ReperesError("La question est vide. Écrivez une question en quelques mots.")
    return unicodedata.normalize("NFC", question).strip()  # the model does not compose accents itself
