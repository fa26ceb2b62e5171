import json
from dataclasses import replace
from typing import cast

import numpy as np
import pytest

from kb.answering.serialize import answer_to_json, citation_to_json, document_ids, hit_to_json, pages_told
from kb.types import Citation, Hit
from scripted_base import answer_of, hits_of, passage_of


def test_answer_has_the_documented_form() -> None:
    answer = answer_of("Dix [1].", cited={"a.md": "Il y en a dix."}, found=["b.md", "a.md", "b.md"])
    assert json.loads(json.dumps(answer_to_json(answer))) == {
        "question": "Q ?",
        "standalone_question": "Q ?",
        "answer": "Dix [1].",
        "refused": False,
        "reason": None,
        "confidence": None,
        "citations": [
            {
                "number": 1,
                "document": "a.md",
                "title": "Titre de a.md",
                "url": None,
                "date": "2024-05",
                "heading": "Un > Deux",
                "excerpt": "Il y en a dix.",
                "quote": "Il y en a dix.",
                "start": 0,
                "end": 14,
                "recognised": False,
                "page": None,
            }
        ],
        "nearest": [],
        "retrieved": ["b.md", "a.md"],
        "warnings": [],
        "answerer": "extractive",
        "model": None,
        "seconds": {"retrieval": 0.2, "answer": 0.5},
    }


def test_the_nearest_sentences_of_a_refusal_have_the_form_of_citations_and_are_none() -> None:
    row = answer_to_json(answer_of("Ils en parlent.", nearest={"a.md": "Il y en a."}))
    assert (row["refused"], row["reason"], row["citations"]) == (True, "unsaid", [])
    assert [(near["number"], near["document"], near["quote"]) for near in row["nearest"]] == [(1, "a.md", "Il y en a.")]
    assert row["nearest"] == answer_to_json(answer_of("Oui [1].", cited={"a.md": "Il y en a."}))["citations"]


def test_a_stage_that_did_not_take_place_has_no_duration() -> None:
    row = answer_to_json(replace(answer_of("Non.", refused=True), seconds={"retrieval": 0.3, "other": 1.0}))
    assert (row["refused"], row["reason"], row["citations"]) == (True, "insufficient", [])
    assert row["seconds"] == {"retrieval": 0.3, "answer": None}


def test_durations_are_told_to_a_tenth_of_a_millisecond() -> None:
    row = answer_to_json(replace(answer_of("Oui."), seconds={"retrieval": 0.12346, "answer": 1.00004}))
    assert row["seconds"] == {"retrieval": 0.1235, "answer": 1.0}


def test_a_confidence_is_told_as_a_plain_number() -> None:
    answer = replace(answer_of("Oui."), confidence=cast(float, np.float32(0.75)))
    assert json.loads(json.dumps(answer_to_json(answer)))["confidence"] == 0.75


def test_hit_has_the_documented_form_and_plain_numbers() -> None:
    document, passage = passage_of("a.md", "Il y en a dix.")
    score = np.float32(0.5)
    assert json.loads(json.dumps(hit_to_json(Hit(passage, document, score, 3)))) == {  # type: ignore[arg-type]
        "document": "a.md",
        "title": "Titre de a.md",
        "url": None,
        "date": "2024-05",
        "heading": "Un > Deux",
        "text": "Il y en a dix.",
        "page": None,
        "score": 0.5,
        "rank": 3,
    }


@pytest.mark.parametrize(
    ("start", "end", "told"), [(0, 3, "p. 1"), (10, 14, "p. 2"), (5, 12, "p. 1-2"), (5, 10, "p. 1")]
)
def test_a_citation_names_its_pages(start: int, end: int, told: str) -> None:
    document, passage = passage_of("a.pdf", "Dix mots. Sur deux pages.")
    paged = replace(document, page_starts=(0, 10))
    assert pages_told(paged, start, end) == told
    assert pages_told(document, start, end) == ""
    row = citation_to_json(Citation(1, passage, paged, paged.text[start:end], start, end))
    assert row["page"] == int(told[3])


def test_documents_are_in_the_order_of_their_best_hit() -> None:
    assert document_ids(hits_of("b", "a", "b", "c", "a")) == ["b", "a", "c"]
    assert document_ids(()) == []
