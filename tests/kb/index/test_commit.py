"""The commit protocol over real Chroma, tantivy and SQLite: whole versions or none, whatever is interrupted."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from pathlib import Path

import chromadb
import numpy as np
import pytest
import tantivy
from chromadb.api.shared_system_client import SharedSystemClient

from ingest.split import split_document
from kb.errors import FingerprintError, StoreBusyError, StoreError
from kb.index.catalog.file import FileCatalog
from kb.index.embedded import reader as reader_module
from kb.index.embedded.reader import EmbeddedReader
from kb.index.embedded.store import EmbeddedStore
from kb.index.embedded.vectors import ChromaVectors
from kb.index.embedding import NewVersion
from kb.index.lexical import Lexical
from kb.index.store import Lease
from kb.index.writer import IndexWriter
from kb.models.encoder import Encoder, FloatMatrix, Prompt, Span
from kb.text.stems import stems
from kb.types import Alternative, CitedSource, Document, Group
from tiny_encoder import TinyEncoder


class CountingEncoder(TinyEncoder):
    """Remembers what it was asked to encode."""

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str], prompt: Prompt) -> FloatMatrix:
        self.encoded.extend(texts)
        return super().encode(texts, prompt)

    def encode_windows(
        self, texts: Sequence[str], spans_per_text: Sequence[Sequence[Span]], prompt: Prompt
    ) -> tuple[FloatMatrix, list[FloatMatrix]]:
        self.encoded.extend(texts)
        return TinyEncoder().encode_windows(texts, spans_per_text, prompt)


def version(encoder: Encoder, name: str, text: str, title: str = "Titre") -> NewVersion:
    document = Document(
        id=name,
        source="s",
        title=title,
        text=text,
        date="2025-03",
        programmes=("NPNRU",),
        cited_sources=(CitedSource("Rapport", "Sénat", None, "2024"),),
    )
    return NewVersion(document, f"{title}{text}", "", tuple(split_document(document, encoder.count_tokens, 512)))


def words(question: str) -> list[Group]:
    """The words of a question as a search by words takes them."""
    return [(Alternative((stem,)),) for stem in stems(question)]


def writer(store: Path, encoder: Encoder) -> IndexWriter:
    return IndexWriter(EmbeddedStore(store), encoder, "1")


def stored_ids(store: Path) -> tuple[set[str], set[str], set[str]]:
    """The ids in the catalog, in the vectors and in the words."""
    catalog, vectors, lexical = (
        FileCatalog(store / "catalog.sqlite"),
        ChromaVectors(store / "vectors"),
        Lexical(store / "words"),
    )
    try:
        in_catalog = catalog.ids_of(catalog.states())
        assert catalog.windows(in_catalog).keys() == catalog.passages(in_catalog).keys()
        in_vectors = {vector_id for c in vectors._collections.values() for vector_id in c.get(include=[])["ids"]}
        in_words: set[str] = set()
        for words in lexical._words.values():
            searcher = words.index.searcher()
            hits = searcher.search(index_query(), max(1, searcher.num_docs)).hits
            in_words |= {str(searcher.doc(address)["id"][0]) for _, address in hits}
        return in_catalog, in_vectors, in_words
    finally:
        catalog.close()
        vectors.close()


def index_query() -> tantivy.Query:
    return tantivy.Query.all_query()


LONG = "## Un\n\nPremière partie sur les aides.\n\n## Deux\n\nSeconde partie sur les prêts bonifiés."


def test_what_is_committed_is_found_and_read_back(tmp_path: Path, tiny_encoder: Encoder) -> None:
    with writer(tmp_path, tiny_encoder) as index:
        index.commit([version(tiny_encoder, "a.md", LONG), version(tiny_encoder, "b.md", "Autre sujet : la culture.")])
    in_catalog, in_vectors, in_words = stored_ids(tmp_path)
    assert in_catalog == in_vectors == in_words
    assert len(in_catalog) == 3 + 3  # three passages, three sections
    reader = EmbeddedReader(tmp_path, tiny_encoder)
    with reader.lease() as parts:
        assert parts is not None
        vectors, lexical = parts.vectors, parts.lexical
        best = lexical.search("body", words("Quels PRETS bonifies ?"), 5)[0][0]
        near = vectors.search("passages", tiny_encoder.encode(["prêts bonifiés, seconde partie"], "query")[0], 5)
    passage = reader.catalog.passages([best])[best]
    assert passage.heading_path == ("Deux",)
    assert near[0][0] == best
    assert 0.3 < near[0][1] <= 1.0
    document = reader.catalog.document("a.md")
    assert document == version(tiny_encoder, "a.md", LONG).document
    reader.close()


def test_equal_texts_stay_two_documents(tmp_path: Path, tiny_encoder: Encoder) -> None:
    with writer(tmp_path, tiny_encoder) as index:
        index.commit([version(tiny_encoder, name, LONG) for name in ("a.md", "b.md")])
        index.withdraw(["a.md"])
    in_catalog, in_vectors, in_words = stored_ids(tmp_path)
    assert in_catalog == in_vectors == in_words
    catalog = FileCatalog(tmp_path / "catalog.sqlite")
    assert catalog.document("a.md") is None
    assert catalog.document("b.md") is not None
    assert catalog.status().withdrawn == 1
    catalog.close()


def test_unchanged_texts_are_not_encoded_again(tmp_path: Path) -> None:
    encoder = CountingEncoder()
    with writer(tmp_path, encoder) as index:
        index.commit([version(encoder, "a.md", LONG)])
        encoder.encoded.clear()
        index.commit([version(encoder, "a.md", LONG.replace("prêts bonifiés", "subventions"))])
        assert [text.split("\n")[-1] for text in encoder.encoded] == ["Seconde partie sur les subventions."]
        encoder.encoded.clear()
        index.commit([version(encoder, "copie.md", LONG.replace("prêts bonifiés", "subventions"))])
        assert encoder.encoded == []
    in_catalog, in_vectors, in_words = stored_ids(tmp_path)
    assert in_catalog == in_vectors == in_words


@pytest.mark.parametrize(
    ("owner", "method"),
    [
        (ChromaVectors, "upsert"),
        (Lexical, "upsert"),
        (Lexical, "commit"),
        (FileCatalog, "put_documents"),
        (FileCatalog, "bump_generation"),
        (ChromaVectors, "delete"),
        (Lexical, "delete"),
        (FileCatalog, "clear_pending"),
    ],
)
def test_an_interrupted_commit_is_finished_or_undone(
    tmp_path: Path, tiny_encoder: Encoder, monkeypatch: pytest.MonkeyPatch, owner: type, method: str
) -> None:
    old, new = "## Un\n\nAncien texte.\n\n## Deux\n\nCommun.", "## Un\n\nNouveau texte.\n\n## Deux\n\nCommun."
    with writer(tmp_path, tiny_encoder) as index:
        index.commit([version(tiny_encoder, "a.md", old)])

    class InterruptedCommitError(Exception):
        pass

    def interrupt(*_: object, **__: object) -> None:
        raise InterruptedCommitError

    with monkeypatch.context() as patch:
        patch.setattr(owner, method, interrupt)
        with pytest.raises(InterruptedCommitError), writer(tmp_path, tiny_encoder) as index:
            index.commit([version(tiny_encoder, "a.md", new), version(tiny_encoder, "b.md", "Ajouté.")])

    catalog = FileCatalog(tmp_path / "catalog.sqlite")
    document = catalog.document("a.md")
    passages = catalog.passages(catalog.ids_of(["a.md"])).values()
    assert document is not None
    committed = document.text == new
    assert committed == (method in {"delete", "clear_pending"})
    assert {passage.text for passage in passages} == {"Nouveau texte." if committed else "Ancien texte.", "Commun."}
    assert (catalog.document("b.md") is not None) == committed
    catalog.close()

    with writer(tmp_path, tiny_encoder):
        pass  # the next writer settles what was left
    in_catalog, in_vectors, in_words = stored_ids(tmp_path)
    assert in_catalog == in_vectors == in_words


def test_only_one_writer_at_a_time(tmp_path: Path, tiny_encoder: Encoder) -> None:
    with (
        writer(tmp_path, tiny_encoder),
        pytest.raises(StoreBusyError, match="en cours"),
        writer(tmp_path, tiny_encoder),
    ):
        pass
    with writer(tmp_path, tiny_encoder):
        pass


def test_another_encoder_or_splitter_is_refused(tmp_path: Path, tiny_encoder: Encoder) -> None:
    class Other(TinyEncoder):
        identity = "other@2"

    with writer(tmp_path, tiny_encoder) as index:
        index.commit([version(tiny_encoder, "a.md", LONG)])
    with pytest.raises(FingerprintError, match=r"tiny-hashing@1.*other@2"), writer(tmp_path, Other()):
        pass
    with pytest.raises(FingerprintError, match="other@2"):
        EmbeddedReader(tmp_path, Other())
    with pytest.raises(FingerprintError, match="découpés"), IndexWriter(EmbeddedStore(tmp_path), tiny_encoder, "2"):
        pass
    with writer(tmp_path, tiny_encoder):
        pass  # the refusals let go of the lock


def test_readers_see_new_generations_and_deletions(
    tmp_path: Path, tiny_encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader_module, "SECONDS_BETWEEN_LOOKS", 0.0)
    with writer(tmp_path, tiny_encoder):
        pass
    reader = EmbeddedReader(tmp_path, tiny_encoder)
    with reader.lease() as parts:
        assert parts is None
    with writer(tmp_path, tiny_encoder) as index:
        index.commit([version(tiny_encoder, "a.md", LONG)])
    with reader.lease() as parts:
        assert parts is not None
        assert len(parts[1].search("body", words("prêts"), 5)) == 1
    with writer(tmp_path, tiny_encoder) as index:
        index.withdraw(["a.md"])
    with reader.lease() as parts:
        assert parts is not None
        assert parts[1].search("body", words("prêts"), 5) == []
        assert parts[0].search("passages", tiny_encoder.encode(["prêts"], "query")[0], 5) == []
    reader.close()


def test_in_a_large_base_words_are_seen_at_once_and_vectors_when_they_are_read(
    tmp_path: Path, tiny_encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader_module, "SECONDS_BETWEEN_LOOKS", 0.0)
    may_load, load = threading.Event(), ChromaVectors.load

    def wait_then_load(vectors: ChromaVectors) -> None:
        may_load.wait(30)
        load(vectors)

    monkeypatch.setattr(ChromaVectors, "load", wait_then_load)
    with writer(tmp_path, tiny_encoder) as index:
        index.commit([version(tiny_encoder, "a.md", LONG)])
    reader = EmbeddedReader(tmp_path, tiny_encoder, waited_for=0)
    asked = tiny_encoder.encode(["Le Quincampoix a des jardins."], "query")[0]
    with reader.lease() as before:
        assert before is not None
        held = before[0].count("passages")
        with writer(tmp_path, tiny_encoder) as index:
            index.commit([version(tiny_encoder, "b.md", "Le Quincampoix a des jardins.")])
        with reader.lease() as meanwhile:
            assert meanwhile is not None
            assert len(meanwhile[1].search("body", words("Quincampoix"), 5)) == 1
            assert meanwhile[0] is before[0]  # nobody waits for the new ones
        may_load.set()
        deadline = time.monotonic() + 30
        while (after := _leased(reader)[0]) is before[0]:
            assert time.monotonic() < deadline
        assert after.count("passages") == held + 1
        assert after.search("passages", asked, 1)[0][1] > 0.9
        assert before[0].search("passages", asked, 1)  # whoever began with the vectors of before ends with them
    reader.close()


def test_vectors_that_cannot_be_read_leave_those_of_before(
    tmp_path: Path, tiny_encoder: Encoder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(reader_module, "SECONDS_BETWEEN_LOOKS", 0.0)
    with writer(tmp_path, tiny_encoder) as index:
        index.commit([version(tiny_encoder, "a.md", LONG)])
    reader = EmbeddedReader(tmp_path, tiny_encoder)
    before = _leased(reader)
    with writer(tmp_path, tiny_encoder) as index:
        index.commit([version(tiny_encoder, "b.md", "Le Quincampoix a des jardins.")])
    with monkeypatch.context() as broken:
        broken.setattr(ChromaVectors, "load", _fails)
        assert _leased(reader).vectors is before.vectors
        assert "un disque en panne" in caplog.text
    assert _leased(reader)[0] is not before[0]
    reader.close()


def _fails(_: ChromaVectors) -> None:
    raise OSError("un disque en panne")


def _leased(reader: EmbeddedReader) -> Lease:
    with reader.lease() as parts:
        assert parts is not None
        return parts


def test_a_missing_or_damaged_store_is_a_clear_error(tmp_path: Path, tiny_encoder: Encoder) -> None:
    with pytest.raises(StoreError, match="reperes ingest"):
        EmbeddedReader(tmp_path / "nowhere", tiny_encoder)
    (tmp_path / "catalog.sqlite").write_bytes(b"not a database at all" * 100)
    with pytest.raises(StoreError, match="illisible"):
        EmbeddedReader(tmp_path, tiny_encoder)


def test_vectors_of_another_distance_are_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="manquent"):
        ChromaVectors(tmp_path / "nowhere")
    client = chromadb.PersistentClient(str(tmp_path))
    for space in ("passages", "sections"):
        client.create_collection(space, configuration={"hnsw": {"space": "l2"}}, embedding_function=None)
    del client
    SharedSystemClient.clear_system_cache()
    with pytest.raises(StoreError, match="l2"):
        ChromaVectors(tmp_path, create=True)


def test_every_vector_can_be_reached(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    centres = generator.normal(size=(40, 32))
    points = np.repeat(centres, 50, axis=0) + 0.05 * generator.normal(size=(2000, 32))
    vectors = (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)
    store = ChromaVectors(tmp_path, create=True)
    store.upsert("passages", [str(number) for number in range(2000)], vectors)
    missed = [
        n for n in range(2000) if str(n) not in {vector_id for vector_id, _ in store.search("passages", vectors[n], 10)}
    ]
    assert missed == []
    store.close()
