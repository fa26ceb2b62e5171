"""Documents, answers and a knowledge base whose every result a test writes down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kb.types import Answer, Citation, Document, Hit, Message, Passage


def passage_of(document_id: str, text: str = "Texte.", ordinal: int = 0) -> tuple[Document, Passage]:
    """A document of one passage."""
    document = Document(document_id, "source", f"Titre de {document_id}", text, date="2024-05")
    return document, Passage(f"{document_id}-{ordinal}", document_id, ordinal, ("Un", "Deux"), text, 0, len(text))


def hits_of(*document_ids: str) -> tuple[Hit, ...]:
    """A hit for each id, best first."""
    found = [passage_of(document_id) for document_id in document_ids]
    return tuple(Hit(passage, document, 1 / rank, rank) for rank, (document, passage) in enumerate(found, start=1))


def answer_of(
    text: str,
    *,
    cited: Mapping[str, str] | None = None,
    found: Sequence[str] = (),
    refused: bool = False,
    confidence: float | None = None,
    nearest: Mapping[str, str] | None = None,
) -> Answer:
    """An answer that cites the whole text of each document of `cited` (id → text) and found `found`.

    With `nearest` (id → text) a refusal: these speak of what is asked without saying it.
    """
    refused = refused or nearest is not None
    return Answer(
        question="Q ?",
        standalone_question="Q ?",
        text=text,
        citations=_citations_of(cited or {}),
        hits=hits_of(*found),
        refused=refused,
        reason="unsaid" if nearest is not None else "insufficient" if refused else None,
        warnings=(),
        answerer="extractive",
        model=None,
        seconds={"retrieval": 0.20004, "answer": 0.5},
        confidence=confidence,
        nearest=_citations_of(nearest or {}),
    )


def _citations_of(texts: Mapping[str, str]) -> tuple[Citation, ...]:
    found = [(quote, *passage_of(document_id, quote)) for document_id, quote in texts.items()]
    return tuple(
        Citation(number, passage, document, quote, 0, len(quote))
        for number, (quote, document, passage) in enumerate(found, start=1)
    )


class ScriptedBase:
    """Answers each question with what is written for it; an exception is raised."""

    def __init__(self, script: Mapping[str, Answer | Exception]) -> None:
        self.script = script
        self.seen: list[tuple[str, int, str]] = []

    def ask(self, question: str, *, history: Sequence[Message] = (), answerer: str = "auto") -> Answer:
        """The answer of the script."""
        self.seen.append((question, len(history), answerer))
        answer = self.script[question]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def search(self, question: str, *, history: Sequence[Message] = (), k: int = 10) -> Sequence[Hit]:
        """The first `k` hits of the script's answer."""
        return self.ask(question, history=history, answerer=f"k={k}").hits[:k]
