"""Answers as they are kept: with their sources as they were, whatever becomes of the documents later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from kb.answering.serialize import AnswerJson, CitationJson, answer_to_json
from kb.types import Answer, AnswererName, Citation, Document, Hit, Passage, RefusalReason

CLOSEST = 4
"""Documents that come closest, kept with a refusal."""


class KeptCitation(CitationJson):
    """`passage` and `about` hold what else a reader is shown of the passage and of its document."""

    passage: dict[str, Any]
    about: dict[str, Any]


class KeptAnswer(AnswerJson):
    """The form of `reperes ask --json`, each citation a `KeptCitation`; `closest` are the documents of a refusal."""

    closest: list[dict[str, Any]]


def keep_answer(answer: Answer) -> KeptAnswer:
    """`answer` as plain values, from which `kept_answer` makes it again but for the documents' texts."""
    plain = answer_to_json(answer)
    citations: list[CitationJson] = []
    for citation, shown in zip(answer.citations, plain["citations"], strict=True):
        passage = citation.passage
        about = {
            "id": passage.id,
            "ordinal": passage.ordinal,
            "heading_path": list(passage.heading_path),
            "start": passage.start,
            "end": passage.end,
            "table_header": passage.table_header,
        }
        citations.append(KeptCitation(**shown, passage=about, about=_about(citation.document)))
    near = [_about(each) for each in closest(answer.hits)] if answer.refused else []
    return cast("KeptAnswer", {**plain, "citations": citations, "closest": near})


def kept_answer(kept: Mapping[str, Any]) -> Answer:
    """The answer that was kept. Its documents have no text; its hits are the closest documents of a refusal."""
    citations = []
    for each in kept["citations"]:
        document = _document(each["document"], each["title"], each["url"], each["date"], each["about"])
        about = each["passage"]
        passage = Passage(
            about["id"],
            document.id,
            about["ordinal"],
            tuple(about["heading_path"]),
            each["excerpt"],
            about["start"],
            about["end"],
            about["table_header"],
        )
        citations.append(Citation(each["number"], passage, document, each["quote"], each["start"], each["end"]))
    hits = []
    for rank, each in enumerate(kept["closest"], start=1):
        document = _document(each["id"], each["title"], each["url"], each["date"], each)
        hits.append(Hit(Passage("", document.id, 0, (), "", 0, 0), document, 0.0, rank))
    return Answer(
        question=kept["question"],
        standalone_question=kept["standalone_question"] or "",
        text=kept["answer"] or "",
        citations=tuple(citations),
        hits=tuple(hits),
        refused=bool(kept["refused"]),
        reason=cast("RefusalReason | None", kept["reason"]),
        warnings=tuple(kept["warnings"]),
        answerer=cast("AnswererName", kept["answerer"]),
        model=kept["model"],
        seconds={name: value for name, value in kept["seconds"].items() if value is not None},
    )


def closest(hits: Iterable[Hit]) -> list[Document]:
    """The documents of the first hits, each once, as many as are shown with a refusal."""
    found: dict[str, Document] = {}
    for hit in hits:
        found.setdefault(hit.document.id, hit.document)
    return list(found.values())[:CLOSEST]


def _about(document: Document) -> dict[str, Any]:
    return {
        "id": document.id,
        "title": document.title,
        "url": document.url,
        "date": document.date,
        "rubric": document.rubric,
        "kind": document.kind,
        "source": document.source,
        "page_starts": list(document.page_starts),
    }


def _document(document_id: str, title: str, url: str | None, date: str | None, about: Mapping[str, Any]) -> Document:
    return Document(
        id=document_id,
        source=about["source"],
        title=title,
        text="",
        url=url,
        date=date,
        rubric=about["rubric"],
        kind=about["kind"],
        page_starts=tuple(about["page_starts"]),
    )
