"""Answers and hits as JSON objects: the form of `reperes ask --json`, `reperes search --json` and evaluation rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

from kb.types import Answer, Citation, Document, Hit, Passage


class DocumentJson(TypedDict):
    """Which document, by its id, and what a reader knows it by."""

    document: str
    title: str
    url: str | None
    date: str | None


class CitationJson(DocumentJson):
    """`excerpt` is the passage's text, `heading` the headings above it, as in a hit; `quote` is what stands from
    `start` to `end` in the document's text, `page` the number of the page that it begins on, None without pages;
    `recognised` tells that optical character recognition read it.
    """

    number: int
    heading: str
    excerpt: str
    quote: str
    start: int
    end: int
    recognised: bool
    page: int | None


class SecondsJson(TypedDict):
    """Durations in seconds, None for a stage that did not take place."""

    retrieval: float | None
    answer: float | None


class AnswerJson(TypedDict):
    """`answer`, `refused` and `answerer` are None only in evaluation rows where nothing was answered; `confidence` is
    None where nothing measured it. `nearest` are the sentences shown with a refusal whose reason is `unsaid`: they
    prove nothing, and are no references of the answer.
    """

    question: str
    standalone_question: str | None
    answer: str | None
    refused: bool | None
    reason: str | None
    confidence: float | None
    citations: list[CitationJson]
    nearest: list[CitationJson]
    retrieved: list[str]
    warnings: list[str]
    answerer: str | None
    model: str | None
    seconds: SecondsJson


class HitJson(DocumentJson):
    """`heading` is the headings above the passage, outermost first, joined by « > »; empty without any. `page` is the
    number of the page that it begins on, None without pages.
    """

    heading: str
    text: str
    page: int | None
    score: float
    rank: int


def answer_to_json(answer: Answer) -> AnswerJson:
    """`answer` as plain values that `json.dumps` takes."""
    return {
        "question": answer.question,
        "standalone_question": answer.standalone_question,
        "answer": answer.text,
        "refused": answer.refused,
        "reason": answer.reason,
        "confidence": None if answer.confidence is None else float(answer.confidence),
        "citations": [citation_to_json(citation) for citation in answer.citations],
        "nearest": [citation_to_json(citation) for citation in answer.nearest],
        "retrieved": document_ids(answer.hits),
        "warnings": list(answer.warnings),
        "answerer": answer.answerer,
        "model": answer.model,
        "seconds": {
            "retrieval": _rounded(answer.seconds.get("retrieval")),
            "answer": _rounded(answer.seconds.get("answer")),
        },
    }


def document_to_json(document: Document) -> DocumentJson:
    """What an answer, a hit or a node says of its document."""
    return {"document": document.id, "title": document.title, "url": document.url, "date": document.date}


def citation_to_json(citation: Citation) -> CitationJson:
    """`citation` as plain values, with the document's own title, address and date."""
    return {
        "number": citation.number,
        **document_to_json(citation.document),
        "heading": _heading(citation.passage),
        "excerpt": citation.passage.text,
        "quote": citation.quote,
        "start": citation.start,
        "end": citation.end,
        "recognised": citation.recognised,
        "page": citation.document.page_at(citation.start),
    }


def hit_to_json(hit: Hit) -> HitJson:
    """`hit` as plain values; scores of numpy become plain floats."""
    return {
        **document_to_json(hit.document),
        "heading": _heading(hit.passage),
        "text": hit.passage.text,
        "page": hit.document.page_at(hit.passage.start),
        "score": float(hit.score),
        "rank": hit.rank,
    }


def pages_told(document: Document, start: int, end: int) -> str:
    """The pages that `text[start:end]` of a document stands on, as citations name them: « p. 12 », « p. 12-13 »; empty
    for a document without pages.
    """
    first, last = document.page_at(start), document.page_at(max(start, end - 1))
    if first is None:
        return ""
    return f"p. {first}" if first == last else f"p. {first}-{last}"


def document_ids(hits: Iterable[Hit]) -> list[str]:
    """The documents of `hits` in the order of their best hit, each once; those that say the same come right after."""
    return list(dict.fromkeys(document_id for hit in hits for document_id in (hit.document.id, *hit.also_in)))


def _heading(passage: Passage) -> str:
    return " > ".join(passage.heading_path)


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(float(seconds), 4)
