"""Answers as they are kept: with their sources as they were, whatever becomes of the documents later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, NotRequired, cast

from kb.answering.serialize import AnswerJson, CitationJson, answer_to_json
from kb.retrieval.filters import Filters
from kb.rights.rights import WHOLE, Rights
from kb.types import Answer, AnswererName, Citation, Document, Hit, Passage, RefusalReason

CLOSEST = 4
"""Documents that come closest, kept with a refusal."""

_OF_A_DOCUMENT = ("id", "title", "url", "date", "rubric", "kind", "source")


class KeptCitation(CitationJson):
    """`passage` and `about` hold what else a reader is shown of the passage and of its document."""

    passage: dict[str, Any]
    about: dict[str, Any]


class KeptAnswer(AnswerJson):
    """The form of `reperes ask --json`, each citation a `KeptCitation`, those of `nearest` too; `closest` are the
    documents of a refusal; `hidden` what was hidden from who asked, absent where nothing was; `filters` what it was
    limited to, absent where it was to nothing.
    """

    closest: list[dict[str, Any]]
    hidden: NotRequired[list[str]]
    filters: NotRequired[dict[str, Any]]


def keep_answer(answer: Answer, rights: Rights = WHOLE, filters: Filters | None = None) -> KeptAnswer:
    """`answer`, given to somebody with `rights` from what passes `filters`, as plain values, from which `kept_answer`
    makes it again but for the documents' texts."""
    plain = answer_to_json(answer)
    near = [_keep_document(document) for document in closest(answer.hits)] if answer.refused else []
    quoted = {
        "citations": _keep_citations(answer.citations, plain["citations"]),
        "nearest": _keep_citations(answer.nearest, plain["nearest"]),
    }
    hidden = {"hidden": list(rights.hidden)} if rights.hidden else {}
    limited = {"filters": keep_filters(filters)} if filters else {}
    return cast("KeptAnswer", {**plain, **quoted, "closest": near, **hidden, **limited})


def rights_of(kept: Mapping[str, Any]) -> Rights:
    """The rights of who was given an answer."""
    return Rights.without(kept.get("hidden", ()))


def keep_filters(filters: Filters) -> dict[str, Any]:
    """What filters ask for, as plain values: `kept_filters` makes them again."""
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in asdict(filters).items() if value
    }


def kept_filters(kept: Mapping[str, Any]) -> Filters:
    """The filters that were kept."""
    given: dict[str, Any] = {name: tuple(held) if isinstance(held, list) else held for name, held in kept.items()}
    return Filters(**given)


Needed = Sequence[tuple[Sequence[str], Sequence[str] | None]]
"""What somebody must be allowed to be shown answers: of each, what was hidden from who was given it, and its sources;
None where more than those may speak in it."""


def needed(answers: Iterable[Mapping[str, Any]]) -> Needed:
    """What somebody must be allowed to be shown kept answers that another person was given, each need once.

    Words of an answer are those of its sources, but for its warnings: what those were made from is not all told.
    """
    found: dict[tuple[tuple[str, ...], tuple[str, ...] | None], None] = {}
    for kept in answers:
        # Answers kept from before there were such things lack them.
        shown = [citation["about"] for citation in (*kept["citations"], *kept.get("nearest", ()))]
        sources = tuple(sorted({about["source"] for about in (*shown, *kept.get("closest", ()))}))
        found[tuple(kept.get("hidden", ())), None if kept.get("warnings") else sources] = None
    return list(found)


def may_be_shown(needs: Needed, rights: Rights) -> bool:
    """Whether somebody with `rights`, by now, may be shown all the answers that have these needs."""
    return all(
        rights.cover(Rights.without(hidden)) or (sources is not None and not any(map(rights.hides, sources)))
        for hidden, sources in needs
    )


def kept_answer(kept: Mapping[str, Any]) -> Answer:
    """The answer that was kept. Its documents have no text; its hits are the closest documents of a refusal."""
    hits = [
        Hit(Passage("", about["id"], 0, (), "", 0, 0), _kept_document(about), 0.0, rank)
        for rank, about in enumerate(kept["closest"], start=1)
    ]
    return Answer(
        question=kept["question"],
        standalone_question=kept["standalone_question"] or "",
        text=kept["answer"] or "",
        citations=tuple(map(_kept_citation, kept["citations"])),
        hits=tuple(hits),
        refused=bool(kept["refused"]),
        reason=cast("RefusalReason | None", kept["reason"]),
        warnings=tuple(kept["warnings"]),
        answerer=cast("AnswererName", kept["answerer"]),
        model=kept["model"],
        seconds={name: value for name, value in kept["seconds"].items() if value is not None},
        # Answers kept from before there were such things lack them.
        confidence=kept.get("confidence"),
        nearest=tuple(map(_kept_citation, kept.get("nearest", ()))),
    )


def closest(hits: Iterable[Hit], most: int = CLOSEST) -> list[Document]:
    """The documents of the first hits, each once: at most those that are kept with a refusal, or `most`."""
    found: dict[str, Document] = {}
    for hit in hits:
        found.setdefault(hit.document.id, hit.document)
    return list(found.values())[:most]


def _keep_citations(citations: Iterable[Citation], plain: Iterable[CitationJson]) -> list[KeptCitation]:
    """Citations with what else a reader is shown of them; `plain` are the same in their order, as plain values."""
    return [
        KeptCitation(**shown, passage=_keep_passage(citation.passage), about=_keep_document(citation.document))
        for citation, shown in zip(citations, plain, strict=True)
    ]


def _kept_citation(kept: Mapping[str, Any]) -> Citation:
    document = _kept_document(kept["about"])
    passage = _kept_passage(kept["passage"], document.id, kept["excerpt"])
    return Citation(kept["number"], passage, document, kept["quote"], kept["start"], kept["end"])


def _keep_passage(passage: Passage) -> dict[str, Any]:
    return {
        "id": passage.id,
        "ordinal": passage.ordinal,
        "heading_path": list(passage.heading_path),
        "start": passage.start,
        "end": passage.end,
        "table_header": passage.table_header,
    }


def _kept_passage(kept: Mapping[str, Any], document_id: str, text: str) -> Passage:
    values = dict(kept) | {"heading_path": tuple(kept["heading_path"])}
    return Passage(document_id=document_id, text=text, **values)


def _keep_document(document: Document) -> dict[str, Any]:
    values = {name: getattr(document, name) for name in _OF_A_DOCUMENT}
    lists = {name: list(getattr(document, name)) for name in ("page_starts", "recognised", "partners")}
    return values | lists


def _kept_document(kept: Mapping[str, Any]) -> Document:
    values = {name: kept[name] for name in _OF_A_DOCUMENT}
    recognised = tuple((start, end) for start, end in kept.get("recognised", ()))
    partners = tuple(kept.get("partners", ()))
    return Document(text="", page_starts=tuple(kept["page_starts"]), recognised=recognised, partners=partners, **values)
