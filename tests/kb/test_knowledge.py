"""The answering path with the real model: proven answers, honest refusals."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.pipeline import ingest
from kb.errors import ReperesError, StoreError
from kb.knowledge import KnowledgeBase
from kb.models.encoder import Encoder
from kb.settings import Settings
from kb.types import Message
from makers import MAKERS, on_maker

DOCUMENTS = {
    "financement.md": "---\ntitre: Qui finance le NPNRU\ndate: 2025-12\nurl: https://exemple.fr/npnru\n---\n"
    "# Qui finance le NPNRU\n\nAction Logement finance 72 % des aides du NPNRU. L'État apporte 1,2 milliard d'euros, "
    "les bailleurs sociaux 2,4 milliards.\n\n## Promesse et versement\n\nFin 2025, l'État avait versé 13 % de sa part.",
    "presidence.md": "---\ntitre: La présidence de l'Agence\n---\n# La présidence de l'Agence\n\n"
    "Patrice Vergriete préside l'ANRU depuis le décret du 29 janvier 2025. Catherine Vautrin l'a précédé : elle a été "
    "nommée le 31 août 2022.",
    "insertion.md": "# Les clauses d'insertion\n\nAu moins 5 % des heures travaillées sont réservées à l'insertion des "
    "habitants. Pour les marchés de gestion urbaine de proximité, la part monte à 10 %.",
}


@pytest.fixture(scope="module", params=MAKERS)
def base(
    request: pytest.FixtureRequest, packaged_encoder: Encoder, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[KnowledgeBase]:
    root: Path = tmp_path_factory.mktemp("knowledge")
    (root / "docs").mkdir()
    for name, text in DOCUMENTS.items():
        (root / "docs" / name).write_text(text, encoding="utf-8")
    settings = on_maker(request, Settings.load({"REPERES_STORE": str(root / "store")}))
    assert ingest([root / "docs"], settings, packaged_encoder).added == 3
    with KnowledgeBase.open(settings, packaged_encoder) as opened:
        yield opened


def test_an_answer_is_proven_by_its_citations(base: KnowledgeBase) -> None:
    answer = base.ask("Quelle part des aides du NPNRU vient d'Action Logement ?")
    assert not answer.refused
    assert answer.reason is None
    assert "72 %" in answer.text
    first = answer.citations[0]
    assert first.document.id == "financement.md"
    assert first.document.date == "2025-12"
    assert "72 %" in first.quote
    for citation in answer.citations:
        assert citation.quote == citation.document.text[citation.start : citation.end]
        assert citation.passage.start <= citation.start < citation.end <= citation.passage.end
        assert f"[{citation.number}]" in answer.text
    assert answer.hits[0].document.id == "financement.md"
    assert set(answer.seconds) == {"retrieval", "answer"}


@pytest.mark.parametrize(
    "question",
    [
        "Quelle est la capitale de l'Australie ?",
        "Combien la ville de Roubaix a-t-elle reçu ?",
        "Donne-moi une recette de tarte aux pommes",
        "Combien coûte un téléphone portable ?",
    ],
)
def test_what_the_documents_do_not_say_is_refused_without_any_reference(base: KnowledgeBase, question: str) -> None:
    answer = base.ask(question)
    assert answer.refused
    assert answer.reason in {"unsaid", "insufficient", "off_topic", "no_evidence"}
    assert answer.text.startswith("Je ne trouve pas cette information dans les documents")
    assert answer.citations == ()
    assert answer.hits  # the closest documents, apart


def test_a_follow_up_is_understood_with_the_question_before(base: KnowledgeBase) -> None:
    history = (
        Message("user", "Qui préside l'ANRU ?"),
        Message("assistant", "Patrice Vergriete, depuis le 29 janvier 2025."),
    )
    answer = base.ask("et avant, c'était qui ?", history=history)
    assert answer.question == "et avant, c'était qui ?"
    assert answer.standalone_question.startswith("Qui préside l'ANRU ?")
    assert "Catherine Vautrin" in answer.text


def test_accents_may_be_written_as_two_characters(base: KnowledgeBase) -> None:
    composed = base.ask("Qui a précédé le président ? Catherine, nommée en août ?")
    apart = base.ask(unicodedata.normalize("NFD", "Qui a précédé le président ? Catherine, nommée en août ?"))
    assert apart.text == composed.text
    assert [hit.passage.id for hit in apart.hits] == [hit.passage.id for hit in composed.hits]


def test_questions_that_cannot_be_understood_say_so(base: KnowledgeBase) -> None:
    for question in ("", "  ", "?!"):
        with pytest.raises(ReperesError, match="vide"):
            base.ask(question)
    with pytest.raises(ReperesError, match="trop longue"):
        base.ask("Quelle est la part de chaque financeur ? " * 100)
    with pytest.raises(ReperesError, match="autre"):
        base.ask("Qui ?", answerer="autre")
    with pytest.raises(ReperesError, match="reperes model install"):
        base.ask("Qui ?", answerer="llm")


def test_one_state_is_streamed_and_it_is_the_answer(base: KnowledgeBase) -> None:
    states = list(base.stream("Qui préside l'ANRU ?"))
    assert "Vergriete" in states[-1].text


def test_documents_and_status(base: KnowledgeBase) -> None:
    document = base.document("financement.md")
    assert document is not None
    assert document.url == "https://exemple.fr/npnru"
    assert base.document("nulle-part.md") is None
    assert base.status().documents == 3


def test_a_store_that_does_not_exist_says_what_to_do(settings: Settings, tiny_encoder: Encoder) -> None:
    with pytest.raises(StoreError, match="reperes ingest"):
        KnowledgeBase.open(settings, tiny_encoder)
