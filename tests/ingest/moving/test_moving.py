"""Moving a base to a server and back: nothing is encoded again, nothing is lost, and questions find the same."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.maintenance import check
from ingest.moving import moving
from ingest.moving.moving import move, target_of
from ingest.pipeline import ingest
from kb.answering.serialize import answer_to_json
from kb.errors import StoreError
from kb.index.catalog.catalog import Transaction
from kb.index.catalog.copying import Rows, other_rows, put_rows_of_documents, rows_of_documents
from kb.index.opening import open_store
from kb.knowledge import KnowledgeBase
from kb.models.encoder import Encoder
from kb.records.accounts import FileAccounts
from kb.records.database import AppDatabase
from kb.records.feedback import add_feedback, read_feedback
from kb.records.places import place_of
from kb.records.shared.accounts import accounts_of
from kb.settings import Settings
from scripted_base import answer_of

PASSWORD = "un mot de passe assez long"
NOW = "2026-11-29T08:00:00+00:00"
QUESTIONS = ("Qui verse des subventions ?", "Que soutient le ministère ?", "prêts bonifiés")


def found(settings: Settings, encoder: Encoder) -> list[list[str]]:
    with KnowledgeBase.open(settings, encoder) as opened:
        return [[hit.passage.id for hit in opened.search(question)] for question in QUESTIONS]


def rows(settings: Settings) -> object:
    with closing(open_store(settings).catalog()) as catalog:
        held = rows_of_documents(catalog, sorted(catalog.states()))
        return [{name: sorted(map(str, table)) for name, table in part.items()} for part in (held, other_rows(catalog))]


def test_a_base_is_the_same_on_a_server_and_back_in_a_folder(
    base: Settings, database: str, tmp_path: Path, tiny_encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "_BATCH", 2)
    there = target_of(base, database)
    calls: list[int] = []

    def stops_at_the_second(connection: Transaction, rows: Rows, document_ids: Sequence[str]) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise OSError("coupure")
        put_rows_of_documents(connection, rows, document_ids)

    with monkeypatch.context() as patch:
        patch.setattr(moving, "put_rows_of_documents", stops_at_the_second)
        with pytest.raises(OSError, match="coupure"):
            move(base, there)
    shown: list[tuple[int, int]] = []
    report = move(base, there, progress=lambda done, total, _: shown.append((done, total)))
    assert shown == [(2, 2)]  # two of the four were there
    assert (report.documents, report.passages) == (3, 4)
    assert rows(there) == rows(base)
    assert found(there, tiny_encoder) == found(base, tiny_encoder)
    assert check(there, tiny_encoder).differences == ()
    with closing(accounts_of(there)) as accounts:
        assert accounts.signed_in("anne", PASSWORD) == FileAccounts(base.accounts_file).account("anne")
    with AppDatabase(place_of(there)) as records:
        assert len(read_feedback(records)) == 1
        add_feedback(records, NOW, "bad", None, "", answer_to_json(answer_of("Non [1].")), 1)
    back = target_of(there, str(tmp_path / "retour"))
    assert back.app_database == tmp_path / "retour-app.db"
    move(there, back)
    assert FileAccounts(back.accounts_file).account("anne") == FileAccounts(base.accounts_file).account("anne")
    assert rows(back) == rows(base)
    assert found(back, tiny_encoder) == found(base, tiny_encoder)
    with AppDatabase(place_of(back)) as records:
        assert [said.verdict for said in read_feedback(records)] == ["bad", "good"]


def test_a_destination_that_is_in_use_is_left_alone(
    base: Settings, database: str, tmp_path: Path, tiny_encoder: Encoder
) -> None:
    other = replace(base, store=tmp_path / "autre", database=database)
    ingest([tmp_path / "docs"], other, tiny_encoder)
    with pytest.raises(StoreError, match="déjà une base"):
        move(base, target_of(base, database))
    with pytest.raises(StoreError, match="y est déjà"):
        move(base, target_of(base, str(base.store)))
    with pytest.raises(StoreError, match="n'existe pas encore"):
        move(replace(base, store=tmp_path / "rien"), target_of(base, str(tmp_path / "ailleurs")))
