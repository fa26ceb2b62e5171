"""check, repair, rebuild, forget on each maker: what goes wrong is found and mended, what is erased stays away."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from ingest.erasing import allow, forget
from ingest.maintenance import check, rebuild
from ingest.pipeline import ingest
from kb.answering.serialize import answer_to_json
from kb.errors import StoreBusyError, StoreError
from kb.index.catalog.rows import WINDOWS
from kb.index.embedded import store as embedded_store
from kb.index.opening import open_store
from kb.index.postgresql import store as server_store
from kb.knowledge import KnowledgeBase
from kb.models.encoder import Encoder
from kb.records.database import AppDatabase
from kb.records.erasure import ERASED
from kb.records.feedback import add_feedback, read_feedback
from kb.records.places import place_of
from kb.settings import Settings
from makers import MAKERS, on_maker
from questions import recent
from scripted_base import answer_of
from with_secret import SECRET, TEXTS, write_documents

GRACE_SECONDS = embedded_store.GRACE_SECONDS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_documents(tmp_path / "docs")


@pytest.fixture(params=MAKERS)
def base(
    request: pytest.FixtureRequest,
    folder: Path,
    settings: Settings,
    tiny_encoder: Encoder,
    monkeypatch: pytest.MonkeyPatch,
) -> Settings:
    """Settings whose store, of each maker, holds the folder."""
    for maker in (embedded_store, server_store):
        monkeypatch.setattr(maker, "GRACE_SECONDS", 0.0)
    made = on_maker(request, settings)
    assert ingest([folder], made, tiny_encoder).added == 3
    return made


def found(settings: Settings, encoder: Encoder, question: str) -> list[str]:
    with KnowledgeBase.open(settings, encoder) as opened:
        return [hit.passage.id for hit in opened.search(question)]


def test_what_does_not_agree_is_found_and_mended(folder: Path, base: Settings, tiny_encoder: Encoder) -> None:
    assert check(base, tiny_encoder).differences == ()
    with open_store(base).writing() as writing, writing.catalog.transaction() as connection:
        connection.execute(WINDOWS.delete().where(WINDOWS.c.document_id == "aides.md"))
        writing.catalog.erase_document(connection, "culture.md")
    (folder / "secret.md").write_text(TEXTS["secret.md"] + "\n\nIl a été revu.", encoding="utf-8")
    told = {(difference.document, difference.what) for difference in check(base, tiny_encoder).differences}
    assert ("aides.md", "vecteurs de phrases manquants pour 2 passages") in told
    assert ("", "vecteur sans document (passages)") in told
    assert ("", "mots sans document (sections)") in told
    assert {name for name, _ in told} == {"", "aides.md", "culture.md", "secret.md"}
    mended = check(base, tiny_encoder, repair=True)
    assert (mended.differences, mended.documents) == ((), 3)
    assert mended.repaired == len(told)
    assert check(base, tiny_encoder).differences == ()
    assert set(names(base, tiny_encoder)) == set(TEXTS)


def test_a_rebuilt_base_finds_the_same_and_nobody_else_writes_meanwhile(
    base: Settings, tiny_encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    for maker in (embedded_store, server_store):  # a reader is open: it needs some time to notice
        monkeypatch.setattr(maker, "GRACE_SECONDS", GRACE_SECONDS)
    before = found(base, tiny_encoder, "subventions")
    with KnowledgeBase.open(base, tiny_encoder) as opened:
        opened.search("subventions")
        shown: list[tuple[int, int]] = []
        rebuild(base, tiny_encoder, progress=lambda done, total, _: shown.append((done, total)))
        assert shown == [(3, 3)]
        assert [hit.passage.id for hit in opened.search("subventions")] == before
    assert check(base, tiny_encoder).differences == ()
    with open_store(base).writing():
        with pytest.raises(StoreBusyError):
            rebuild(base, tiny_encoder)
        with pytest.raises(StoreBusyError):
            forget(base, ["aides.md"])


def test_what_is_forgotten_stays_away_until_it_is_wanted(folder: Path, base: Settings, tiny_encoder: Encoder) -> None:
    told = answer_to_json(answer_of(f"{SECRET} [1]", cited={"secret.md": SECRET}, found=["secret.md", "aides.md"]))
    with AppDatabase(place_of(base)) as database:
        add_feedback(database, recent(), "bad", "wrong", "", told, 1)
    with pytest.raises(StoreError, match=r"secrets\.md.*Vouliez-vous dire : secret\.md"):
        forget(base, ["secrets.md"])
    assert "secret.md" in names(base, tiny_encoder)
    forget(base, ["secret.md"])
    assert set(names(base, tiny_encoder)) == {"aides.md", "culture.md"}
    assert check(base, tiny_encoder).differences == ()
    with AppDatabase(place_of(base)) as database:
        (feedback,) = read_feedback(database)
    assert feedback.answer["answer"] == ERASED
    report = ingest([folder], base, tiny_encoder)
    assert (report.added, report.unchanged, report.ignored) == (0, 2, 1)
    rebuild(base, tiny_encoder)
    with closing(open_store(base).catalog()) as catalog:
        assert set(catalog.states()) == {"aides.md", "culture.md"}
    assert allow(base, ["secret.md", "aides.md"]) == ["secret.md"]
    assert ingest([folder], base, tiny_encoder).added == 1
    assert "secret.md" in names(base, tiny_encoder)


def names(settings: Settings, encoder: Encoder) -> list[str]:
    with KnowledgeBase.open(settings, encoder) as opened:
        return [hit.document.id for hit in opened.search("subventions des quartiers")]
