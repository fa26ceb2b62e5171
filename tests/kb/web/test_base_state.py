from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from kb.errors import StoreError
from kb.ports import IngestionProgress, Views
from kb.records.accounts import LOCAL
from kb.types import Document, StoreStatus
from kb.web.base_state import BaseState, base_state_html, read_base_state, welcome_html
from small_base import SmallBase
from small_pages import DOCUMENTS, StillIngestor

FILLED = StoreStatus(44, 300, 2, 5, "2025-12-04T12:00:00+00:00", "e5")
EMPTY = StoreStatus(0, 0, 0, 0, None, None)


class FixedIngestor(StillIngestor):
    def __init__(self, progress: IngestionProgress) -> None:
        super().__init__()
        self.now = progress


def test_a_ready_base() -> None:
    state = BaseState(FILLED, None, IngestionProgress())
    assert state.name == "ready"
    assert state.can_ingest
    assert "44 documents, base mise à jour le 4 décembre 2025 à" in base_state_html(state)
    assert "Que voulez-vous savoir" in welcome_html(state)


def test_the_welcome_says_what_the_base_covers() -> None:
    base = SmallBase([*DOCUMENTS, replace(DOCUMENTS[0], id="x", kind="<b>étude</b>", date="2019")])
    state = read_base_state(Views(lambda: base), LOCAL, None)
    told = welcome_html(state)
    assert "4 documents de 2019 à 2025 : &lt;b&gt;étude&lt;/b&gt; (1), article (1)." in told
    assert 'href="/explorer"' in told
    base.held[:] = [Document("seul", "d", "Seul", "x", date="2021-05")]  # told anew when the base has changed
    assert "1 document de 2021." in welcome_html(read_base_state(Views(lambda: base), LOCAL, None))


def test_an_ingestion_of_a_ready_base_leaves_it_usable() -> None:
    state = BaseState(FILLED, None, IngestionProgress(running=True, done=12, total=44))
    assert "Mise à jour en cours : 12 / 44 documents" in base_state_html(state)
    assert "44 documents, base mise à jour" in base_state_html(state)
    assert "Que voulez-vous savoir" in welcome_html(state)


def test_an_empty_base() -> None:
    state = BaseState(EMPTY, None, IngestionProgress())
    assert state.can_ingest
    assert "Base vide" in base_state_html(state)
    assert "<code>reperes ingest DOSSIER</code>" in welcome_html(state)


def test_the_first_ingestion() -> None:
    state = BaseState(EMPTY, None, IngestionProgress(running=True, done=12, total=44))
    assert not state.can_ingest
    assert "Base vide" not in base_state_html(state)
    assert '<progress max="44" value="12">' in welcome_html(state)
    unknown = BaseState(EMPTY, None, IngestionProgress(running=True))
    assert "<progress></progress>" in welcome_html(unknown)


def test_a_failed_ingestion_is_told() -> None:
    state = BaseState(FILLED, None, IngestionProgress(error="a.pdf : le fichier <est> illisible."))
    assert "La dernière mise à jour a échoué : a.pdf : le fichier &lt;est&gt; illisible." in base_state_html(state)
    assert state.can_ingest


def test_a_base_that_cannot_be_opened_says_why() -> None:
    def opened() -> SmallBase:
        raise StoreError("La base /x ne peut pas être ouverte.")

    state = read_base_state(Views(opened), LOCAL, None)
    assert state.name == "unavailable"
    assert "Base indisponible" in base_state_html(state)
    assert "La base /x ne peut pas être ouverte." in welcome_html(state)


def test_an_unexpected_error_is_logged_and_told_in_french(caplog: pytest.LogCaptureFixture) -> None:
    def opened() -> SmallBase:
        raise OSError("disk on fire")

    with caplog.at_level(logging.ERROR):
        state = read_base_state(Views(opened), LOCAL, None)
    assert "disk on fire" in caplog.text
    assert "disk on fire" not in welcome_html(state)
    assert "voyez le journal" in welcome_html(state)


def test_the_state_is_that_of_the_base_and_of_the_ingestion() -> None:
    base = SmallBase([Document(id="a", source="d", title="A", text="Un texte.")])
    progress = IngestionProgress(running=True, done=1, total=2)
    assert read_base_state(Views(lambda: base), LOCAL, FixedIngestor(progress)) == BaseState(
        base.status(), None, progress
    )


def test_questions_of_professions_stand_behind_their_names() -> None:
    state = BaseState(FILLED, None, IngestionProgress())
    html = welcome_html(state, [("Finances <b>", ["Quel budget ?", "Quel <i>montant</i> ?"])])
    assert 'aria-expanded="false" aria-controls="metier-0">Finances &lt;b&gt;</button>' in html
    assert html.count('class="asks"') == 2
    assert "<i>" not in html
    assert "professions" not in welcome_html(state)


def test_what_answers_can_be_limited_to_is_read_with_the_base() -> None:
    scope = read_base_state(Views(lambda: SmallBase(DOCUMENTS)), LOCAL, None).scope
    assert ("kind", (("article", 1),)) in scope.choices
    assert scope.recent == ("2025", "2024")
