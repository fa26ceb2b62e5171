"""check, repair, rebuild, forget: what goes wrong is found and mended, what is erased is nowhere on the disk."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from ingest.erasing import allow, forget
from ingest.maintenance import check, rebuild
from ingest.pipeline import ingest
from kb.answering.serialize import answer_to_json
from kb.errors import FingerprintError, StoreBusyError, StoreError
from kb.evaluation.kept.queries import put_queries, read_queries
from kb.evaluation.questions import EvaluationQuestion
from kb.index.catalog.file import FileCatalog
from kb.index.embedded import store as embedded_store
from kb.index.embedded.lock import locked
from kb.index.embedded.vectors import ChromaVectors
from kb.index.layout import CATALOG_FILE, VECTORS_FOLDER, WORDS_FOLDER, index_folder
from kb.index.lexical import Lexical, Text
from kb.knowledge import KnowledgeBase
from kb.models.encoder import Encoder, FloatMatrix, Prompt
from kb.records.database import AppDatabase
from kb.records.erasure import ERASED
from kb.records.feedback import add_feedback, read_feedback
from kb.settings import Settings
from questions import recent
from scripted_base import answer_of
from tiny_encoder import TinyEncoder
from with_secret import SECRET, TEXTS, write_documents


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_documents(tmp_path / "docs")


@pytest.fixture
def base(folder: Path, settings: Settings, tiny_encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings whose store holds the folder."""
    monkeypatch.setattr(embedded_store, "GRACE_SECONDS", 0.0)
    assert ingest([folder], settings, tiny_encoder).added == 3
    return settings


def catalog_of(settings: Settings) -> FileCatalog:
    return FileCatalog(index_folder(settings.store) / CATALOG_FILE)


def passage_of(settings: Settings, document: str) -> str:
    catalog = catalog_of(settings)
    found = catalog.passage_ids([document])[0]
    catalog.close()
    return found


def statement(sql: str) -> Callable[[Settings], None]:
    def run(settings: Settings) -> None:
        catalog = catalog_of(settings)
        with catalog.transaction() as connection:
            assert connection.execute(sa.text(sql)).rowcount
        catalog.close()

    return run


def lose_vector(settings: Settings) -> None:
    vectors = ChromaVectors(index_folder(settings.store) / VECTORS_FOLDER, create=True)
    vectors.delete([passage_of(settings, "culture.md")])
    vectors.close()


def spoil_vector(settings: Settings) -> None:
    vectors = ChromaVectors(index_folder(settings.store) / VECTORS_FOLDER, create=True)
    vectors.upsert("passages", [passage_of(settings, "culture.md")], np.full((1, 256), 0.5, dtype=np.float32))
    vectors.close()


def stray_vector(settings: Settings) -> None:
    vectors = ChromaVectors(index_folder(settings.store) / VECTORS_FOLDER, create=True)
    vectors.upsert("sections", ["intrus"], np.full((1, 256), 1 / 16, dtype=np.float32))
    vectors.close()


def change_words(change: Callable[[Lexical, str], None]) -> Callable[[Settings], None]:
    def run(settings: Settings) -> None:
        words = Lexical(index_folder(settings.store) / WORDS_FOLDER, write=True)
        change(words, passage_of(settings, "culture.md"))
        words.commit()
        words.close()

    return run


def double(words: Lexical, passage: str) -> None:
    # What two writers without a lock would leave: the same id twice, which `upsert` itself cannot do.
    words.upsert("passages", [Text("autre", "culture.md", "t", "b")])
    kind = words._words["passages"]
    assert kind.writer is not None
    import tantivy

    document = tantivy.Document()
    document.add_text("id", passage)
    document.add_text("document", "culture.md")
    kind.writer.add_document(document)
    words.delete(["autre"])


@pytest.mark.parametrize(
    ("damage", "document", "what"),
    [
        (lose_vector, "culture.md", "vecteur manquant"),
        (spoil_vector, "culture.md", "vecteur abîmé"),
        (stray_vector, "", "vecteur sans document"),
        (change_words(lambda words, passage: words.delete([passage])), "culture.md", "mots manquants"),
        (change_words(lambda words, _: words.upsert("sections", [Text("x", "y.md", "t")])), "", "mots sans document"),
        (change_words(double), "culture.md", "mots en double"),
        (statement("UPDATE passages SET text = 'x' WHERE document_id = 'culture.md'"), "culture.md", "pas le texte"),
        (statement("DELETE FROM windows WHERE document_id = 'culture.md'"), "culture.md", "vecteurs de phrases"),
        (statement("DELETE FROM passages WHERE document_id = 'culture.md'"), "culture.md", "aucun passage"),
        (statement("DELETE FROM sections WHERE document_id = 'culture.md'"), "culture.md", "sections"),
        (statement("DELETE FROM documents WHERE id = 'culture.md'"), "", "document absent"),
        (statement("DELETE FROM facets WHERE document_id = 'culture.md'"), "culture.md", "filtres"),
        (statement("UPDATE facets SET key = 'x' WHERE document_id = 'culture.md'"), "culture.md", "filtres"),
        (statement("INSERT INTO facets VALUES ('parti.md', 'source', 'x', 'x')"), "", "documents absents : 1"),
    ],
)  # fmt: skip
def test_every_damage_is_found_and_mended(
    base: Settings, tiny_encoder: Encoder, damage: Callable[[Settings], None], document: str, what: str
) -> None:
    assert check(base, tiny_encoder).differences == ()
    damage(base)
    found = check(base, tiny_encoder).differences
    assert any(difference.document == document and what in difference.what for difference in found), found
    mended = check(base, tiny_encoder, repair=True)
    assert mended.differences == ()
    assert mended.repaired >= 1
    assert check(base, tiny_encoder).differences == ()
    with KnowledgeBase.open(base, tiny_encoder) as opened:
        assert opened.search("ministère de la Culture")[0].document.id == "culture.md"


def test_a_folder_that_changed_since_is_told_document_by_document(
    folder: Path, base: Settings, tiny_encoder: Encoder
) -> None:
    (folder / "aides.md").write_text("# Aides\n\nTout a changé.", encoding="utf-8")
    (folder / "culture.md").unlink()
    (folder / "neuf.md").write_text("# Neuf\n\nUn document neuf.", encoding="utf-8")
    (folder / "vide.md").write_text("", encoding="utf-8")  # ingestion tells of it each time: no difference
    found = {difference.document: difference.what for difference in check(base, tiny_encoder).differences}
    assert found.keys() == {"aides.md", "culture.md", "neuf.md"}
    assert "a changé" in found["aides.md"]
    assert "n'existe plus" in found["culture.md"]
    assert "n'est pas dans la base" in found["neuf.md"]
    assert check(base, tiny_encoder, repair=True).differences == ()


def test_other_bytes_of_the_same_words_are_no_difference(folder: Path, base: Settings, tiny_encoder: Encoder) -> None:
    (folder / "aides.md").write_text(TEXTS["aides.md"].replace(" sont", "\nsont"), encoding="utf-8")
    assert ingest([folder], base, tiny_encoder).unchanged == 3
    assert check(base, tiny_encoder).differences == ()


def test_a_rebuilt_base_is_the_same_and_an_open_one_moves_to_it(base: Settings, tiny_encoder: Encoder) -> None:
    before = contents(base)
    with KnowledgeBase.open(base, tiny_encoder) as opened:
        assert opened.search("prêts bonifiés")
        generation = opened.status().generation
        rebuild(base, tiny_encoder)
        assert index_folder(base.store) != base.store
        assert sorted(path.name for path in base.store.iterdir()) == ["current", "index-1", "writer.lock"]
        assert contents(base) == before
        deadline = time.monotonic() + 60
        while opened.status().generation == generation and time.monotonic() < deadline:
            time.sleep(0.05)
        assert opened.status().generation > generation
        assert opened.search("prêts bonifiés")[0].document.id == "aides.md"
    rebuild(base, tiny_encoder)
    assert contents(base) == before
    assert check(base, tiny_encoder).differences == ()


def test_another_encoder_is_refused_until_the_base_is_rebuilt(base: Settings, tiny_encoder: Encoder) -> None:
    class OtherEncoder(TinyEncoder):
        identity = "other@1"

    with pytest.raises(FingerprintError, match="reperes rebuild"):
        KnowledgeBase.open(base, OtherEncoder())
    with pytest.raises(FingerprintError, match="reperes rebuild"):
        check(base, OtherEncoder())
    rebuild(base, OtherEncoder())
    assert check(base, OtherEncoder()).differences == ()
    with pytest.raises(FingerprintError):
        KnowledgeBase.open(base, tiny_encoder)


def test_a_rebuild_that_fails_leaves_the_base_of_before(base: Settings, tiny_encoder: Encoder) -> None:
    class Broken(TinyEncoder):
        def encode(self, texts: Sequence[str], prompt: Prompt) -> FloatMatrix:
            raise MemoryError

    before = contents(base)
    with pytest.raises(MemoryError):
        rebuild(base, Broken())
    assert index_folder(base.store) == base.store
    assert contents(base) == before
    assert check(base, tiny_encoder).differences == ()
    assert not (base.store / "index-1").exists()  # the next writer has taken it away


def test_nothing_rebuilds_while_another_writes(base: Settings, tiny_encoder: Encoder) -> None:
    with locked(base.store):
        with pytest.raises(StoreBusyError):
            rebuild(base, tiny_encoder)
        with pytest.raises(StoreBusyError):
            forget(base, ["aides.md"])


def test_what_is_forgotten_is_nowhere_on_the_disk(folder: Path, base: Settings, tiny_encoder: Encoder) -> None:
    # A change first, so that a report holds a sentence of the document.
    (folder / "secret.md").write_text(TEXTS["secret.md"] + "\n\nLe rapport Quincampoix a été revu.", encoding="utf-8")
    ingest([folder], base, tiny_encoder)
    vector = stored_vector(base, passage_of(base, "secret.md"))
    traces = [b"zygomorphisme", b"Quincampoix", b"zygomorph", b"secret.md", vector.tobytes()]
    assert all(places(base.store, trace) for trace in traces)
    forget(base, ["secret.md"])
    assert [places(base.store, trace) for trace in traces] == [[]] * len(traces)
    assert check(base, tiny_encoder).differences == ()
    with KnowledgeBase.open(base, tiny_encoder) as opened:
        assert {hit.document.id for hit in opened.search("subventions")} == {"aides.md", "culture.md"}
    # Nor does a process that remembers the document bring it back: opening the base writes no graph.
    graphs = {path: path.stat().st_mtime_ns for path in base.store.rglob("*.bin")}
    with KnowledgeBase.open(base, tiny_encoder) as opened:
        opened.search("subventions")
    assert check(base, tiny_encoder).differences == ()
    assert {path: path.stat().st_mtime_ns for path in base.store.rglob("*.bin")} == graphs != {}
    assert [places(base.store, trace) for trace in traces] == [[]] * len(traces)
    # The file is still there: it must not come back, until that is wanted.
    report = ingest([folder], base, tiny_encoder)
    assert (report.added, report.unchanged, report.ignored) == (0, 2, 1)
    assert allow(base, ["secret.md", "aides.md"]) == ["secret.md"]
    assert ingest([folder], base, tiny_encoder).added == 1


def test_what_people_said_of_it_is_forgotten_too(base: Settings) -> None:
    told = answer_to_json(answer_of(f"{SECRET} [1]", cited={"secret.md": SECRET}, found=["secret.md", "aides.md"]))
    with AppDatabase(base.app_database) as database:
        add_feedback(database, recent(), "bad", "wrong", "", told, 1)
        put_queries(database, [EvaluationQuestion("q1", "Que dit le rapport ?", documents=("secret.md", "aides.md"))])
    traces = [b"restera confidentiel", b"secret.md"]
    assert all(places(base.app_database.parent, trace) for trace in traces)
    forget(base, ["secret.md"])
    kept = list(base.app_database.parent.glob(base.app_database.name + "*"))
    assert kept
    assert not any(trace in path.read_bytes() for trace in traces for path in kept)
    with AppDatabase(base.app_database) as database:
        (feedback,), (query,) = read_feedback(database), read_queries(database)
    assert feedback.answer["answer"] == ERASED
    assert query.documents == ("aides.md",)


def test_a_withdrawn_document_can_be_forgotten_too(folder: Path, base: Settings, tiny_encoder: Encoder) -> None:
    (folder / "secret.md").unlink()
    assert ingest([folder], base, tiny_encoder).withdrawn == 1
    assert places(base.store, b"zygomorphisme")
    forget(base, ["secret.md"])
    assert places(base.store, b"zygomorphisme") == []


def test_an_unknown_document_is_told_with_its_likes(base: Settings) -> None:
    with pytest.raises(StoreError, match=r"secrets\.md.*Vouliez-vous dire : secret\.md"):
        forget(base, ["secrets.md"])


def test_without_a_base_everything_says_so(settings: Settings, tiny_encoder: Encoder) -> None:
    with pytest.raises(StoreError, match="reperes ingest"):
        check(settings, tiny_encoder)
    with pytest.raises(StoreError, match="reperes ingest"):
        rebuild(settings, tiny_encoder)


def test_questions_go_on_while_the_base_is_rebuilt_and_changed(
    folder: Path, base: Settings, tiny_encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded_store, "GRACE_SECONDS", 8.0)
    failures: list[Exception] = []
    asked = 0
    done = threading.Event()

    def ask(opened: KnowledgeBase) -> None:
        nonlocal asked
        while not done.is_set():
            try:
                assert opened.search("prêts bonifiés")[0].document.id == "aides.md"
                asked += 1
            except Exception as error:  # noqa: BLE001  (told to the test's own thread)
                failures.append(error)
                return

    with KnowledgeBase.open(base, tiny_encoder) as opened:
        threads = [threading.Thread(target=ask, args=(opened,)) for _ in range(2)]
        for thread in threads:
            thread.start()
        rebuild(base, tiny_encoder)
        (folder / "neuf.md").write_text("# Neuf\n\nUn document neuf sur les jardins.", encoding="utf-8")
        ingest([folder], base, tiny_encoder)
        forget(base, ["culture.md"])
        done.set()
        for thread in threads:
            thread.join()
    assert failures == []
    assert asked > 10


def contents(settings: Settings) -> dict[str, object]:
    """Everything that a base holds, vectors included."""
    folder = index_folder(settings.store)
    catalog = catalog_of(settings)
    vectors = ChromaVectors(folder / VECTORS_FOLDER)
    words = Lexical(folder / WORDS_FOLDER)
    try:
        return {
            "documents": catalog.documents(catalog.states()),
            "passages": catalog.passages(catalog.owners("passages")),
            "vectors": {passage: vector.tobytes() for passage, vector in vectors.items("passages")},
            "sections": {section: vector.tobytes() for section, vector in vectors.items("sections")},
            "words": sorted(words.ids("passages")),
        }
    finally:
        catalog.close()
        vectors.close()
        words.close()


def stored_vector(settings: Settings, passage: str) -> np.ndarray:
    vectors = ChromaVectors(index_folder(settings.store) / VECTORS_FOLDER)
    found = vectors.get([passage])[passage]
    vectors.close()
    return np.asarray(found, dtype=np.float32)


def places(root: Path, trace: bytes) -> list[str]:
    """The files below `root` that hold `trace`."""
    files = [path for path in root.rglob("*") if path.is_file()]
    return [path.name for path in files if trace in path.read_bytes()]
