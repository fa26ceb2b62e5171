"""A knowledge base small enough to read: whole documents in memory, sentences found by the words they share."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any, Self

import numpy as np

from kb.answering.refusal import UNSAID
from kb.index.catalog.rows import Origin, Withdrawn
from kb.models.encoder import FloatMatrix, unit_rows
from kb.question.explained import Acronym, explained
from kb.retrieval.filters import Filters
from kb.retrieval.holding import Holding
from kb.rights.rights import WHOLE, Rights
from kb.text.acronyms import mentions
from kb.text.blocks import parse_blocks, unit_spans
from kb.types import Answer, Citation, Document, Hit, Message, Passage, StoreStatus

_WORD = re.compile(r"\w{4,}")
_SENTENCES_SHOWN = 2


def words(text: str) -> set[str]:
    """The words that count: of four letters or more, without their plural mark."""
    return {word.casefold().rstrip("s") for word in _WORD.findall(text)}


def whole_passage(document: Document, heading_path: tuple[str, ...] = ()) -> Passage:
    """The passage that is all of a document's text."""
    return Passage(
        id=f"{document.id}-0",
        document_id=document.id,
        ordinal=0,
        heading_path=heading_path,
        text=document.text,
        start=0,
        end=len(document.text),
    )


def citation_of(document: Document, quote: str, number: int = 1, passage: Passage | None = None) -> Citation:
    """A citation of `quote` where it first stands in the document."""
    start = document.text.index(quote)
    return Citation(number, passage or whole_passage(document), document, quote, start, start + len(quote))


class SmallBase:
    """Answers with the sentences that share at least two words with the question, and refuses when there are none."""

    shown = _SENTENCES_SHOWN
    rights = WHOLE

    def __init__(self, documents: Sequence[Document]) -> None:
        self.held = list(documents)
        self.closed_streams = 0
        self.origins: dict[str, Origin] = {}
        self.told: list[dict[str, Any]] = []

    def seen_by(self, _rights: Rights) -> Self:
        """All of it: nothing is restricted here."""
        return self

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Message] = (),
        answerer: str = "auto",
        filters: Filters | None = None,
    ) -> Answer:
        """The answer, its evidence best first. The words of the user's former question count too."""
        kept = self._kept(filters)
        former = [message.content for message in history if message.role == "user"][-1:]
        standalone = question if len(words(question)) > 1 or not former else f"{former[0]} {question}"
        wanted = words(standalone)
        found: list[tuple[int, Document, int, int]] = []
        for document in self.held:
            if document.id not in kept:
                continue
            for block in parse_blocks(document.text):
                for start, end in unit_spans(document.text, block):
                    if (shared := len(wanted & words(document.text[start:end]))) > 1:
                        found.append((shared, document, start, end))
        found.sort(key=lambda pair: -pair[0])
        citations = tuple(
            Citation(number, whole_passage(document), document, document.text[start:end], start, end)
            for number, (_, document, start, end) in enumerate(found[: self.shown], 1)
        )
        text = " ".join(f"{citation.quote} [{citation.number}]" for citation in citations)
        return Answer(
            question=question,
            standalone_question=standalone,
            text=text or "Je ne trouve pas cette information dans les documents.",
            citations=citations,
            hits=tuple(self._hits(wanted, kept)),
            refused=not citations,
            reason=None if citations else "no_evidence",
            warnings=(),
            answerer="extractive",
            model=None,
            seconds={"retrieval": 0.0, "answer": 0.0},
        )

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Message] = (),
        answerer: str = "auto",
        filters: Filters | None = None,
        hurried: bool = False,
    ) -> Iterator[Answer]:
        """The answer word after word, then whole."""
        answer = self.ask(question, history=history, answerer=answerer, filters=filters)
        try:
            if not answer.refused:
                pieces = answer.text.split(" ")
                for count in range(1, len(pieces)):
                    yield replace(answer, text=" ".join(pieces[:count]))
            yield answer
        finally:
            self.closed_streams += 1

    def status(self) -> StoreStatus:
        """One passage a document."""
        count = len(self.held)
        last = "2025-12-04T13:05:00+00:00" if count else None
        return StoreStatus(count, count, 0, 1, last, "small")

    def search(
        self, question: str, *, history: Sequence[Message] = (), k: int = 10, filters: Filters | None = None
    ) -> list[Hit]:
        """Documents by the words that they share with the question."""
        return self._hits(words(question), self._kept(filters))[:k]

    def holding(self, asked: str) -> Holding:
        """The documents that share most words with `asked`."""
        wanted = words(asked)
        shared = {document.id: len(wanted & words(f"{document.title} {document.text}")) for document in self.held}
        most = max(shared.values(), default=0)
        return Holding(frozenset(name for name, number in shared.items() if number == most > 0), most == len(wanted))

    def acronyms(self) -> tuple[Acronym, ...]:
        """Those that the texts explain."""
        told = [(document.id, mention) for document in self.held for mention in mentions(document.text)]
        return explained(told, {document.id: document.title for document in self.held})

    def document(self, document_id: str) -> Document | None:
        """One of the documents."""
        return next((document for document in self.held if document.id == document_id), None)

    def documents(self, ids: Collection[str] | None = None) -> list[Document]:
        """The documents."""
        return [document for document in self.held if ids is None or document.id in ids]

    def reports(self) -> list[dict[str, Any]]:
        """What the test set."""
        return self.told

    def question_vectors(self, questions: Sequence[str]) -> FloatMatrix:
        """Questions by the words that they hold: those with the same ones are alike."""
        known = {word: number for number, word in enumerate(sorted({w for text in questions for w in words(text)}))}
        vectors = np.zeros((len(questions), max(len(known), 1)), dtype=np.float32)
        for number, text in enumerate(questions):
            vectors[number, [known[word] for word in words(text)]] = 1
        return unit_rows(vectors)

    def read_at(self, document_id: str) -> str | None:
        """Always the same moment."""
        return "2025-12-04T13:05:00+00:00" if self.document(document_id) else None

    def origin(self, document_id: str) -> Origin | None:
        """What the test set."""
        return self.origins.get(document_id)

    def withdrawn(self) -> list[Withdrawn]:
        """None."""
        return []

    def _kept(self, filters: Filters | None) -> set[str]:
        asked = filters or Filters()
        kept = set(asked.select(self.held))
        return kept & self.holding(asked.words).documents if asked.words else kept

    def _hits(self, wanted: set[str], kept: set[str]) -> list[Hit]:
        scored = [
            (float(len(wanted & words(f"{document.title} {document.text}"))), document)
            for document in self.held
            if document.id in kept
        ]
        scored.sort(key=lambda pair: -pair[0])
        return [Hit(whole_passage(document), document, score, rank) for rank, (score, document) in enumerate(scored, 1)]


class UnsaidBase(SmallBase):
    """Never answers: what would be its answer is only the nearest sentences."""

    def ask(self, question: str, **options: Any) -> Answer:
        """A refusal with the nearest sentences, or without where there are none."""
        answer = super().ask(question, **options)
        if answer.refused:
            return answer
        return replace(answer, text=UNSAID, refused=True, reason="unsaid", citations=(), nearest=answer.citations)
