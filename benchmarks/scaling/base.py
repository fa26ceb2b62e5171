"""The bases that `benchmarks/scale.py` searches: made once, kept in the cache folder, made again when code changes.

A base is written by the real `IndexWriter`. Encoding 100,000 passages would take hours: the pool of the first 2,000
is really encoded, as are all titles; the vectors of the other passages, and those of sections (a title and a heading),
are blended from two real ones with a little noise (`recombine.blend`), and the vectors of sentences in a passage,
where the index wants them, are the passage's own turned a little: times and memory are the same.
"""

from __future__ import annotations

import ast
import hashlib
import shutil
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
from tqdm import tqdm

from benchmarks.scaling.recombine import (
    POOL,
    Material,
    Recombined,
    RecombinedDocument,
    blend,
    documents,
    material,
    passages,
)
from benchmarks.support.bench_data import ROOT, BenchData
from benchmarks.support.wrapped_encoder import PreparedEncoder
from ingest.readers import read_document
from ingest.split import SPLITTER_VERSION
from kb.errors import ReperesError
from kb.index.catalog.file import FileCatalog
from kb.index.embedded.store import EmbeddedStore
from kb.index.embedding import NewVersion
from kb.index.layout import CATALOG_FILE
from kb.index.store import Store
from kb.index.texts import passage_text, section_title
from kb.index.writer import IndexWriter
from kb.models.encoder import Encoder, FloatMatrix

DOCUMENTS_PER_COMMIT = 64  # as the ingestion does
_CODE = ("scaling/recombine.py", "scaling/base.py", "support/wrapped_encoder.py")
CORPUS = ROOT / "corpus" / "documents"


def real_material(data: BenchData) -> Material:
    """The sentences and titles of the benchmark's documents and of the bundled corpus."""
    files = [*sorted(data.documents.glob("*.md")), *sorted(CORPUS.glob("*.md"))]
    return material(
        [
            read_document(path.read_bytes(), name=path.name, source="bench", document_id=path.name, max_text_mb=10)
            for path in files
        ]
    )


def base(size: int, data: BenchData, encoder: Encoder, cache: Path, *, pool: int = POOL) -> Path:
    """The store of `size` passages below `cache`, made when it is not there yet; `pool` of them are really encoded."""
    source = real_material(data)
    key = _key(source, encoder, pool)
    store = cache / "bench" / f"scale-{size}-{key}"
    if _complete(store, size):
        return store
    for old in store.parent.glob(f"scale-{size}-*"):
        shutil.rmtree(old)  # of another version of the code, or left by an interruption
    fill(EmbeddedStore(store), size, source, encoder, store.parent, pool=pool)
    return store


def fill(store: Store, size: int, source: Material, encoder: Encoder, kept: Path, *, pool: int = POOL) -> None:
    """Makes a base of `size` passages in an empty store; what is really encoded is kept in the folder `kept`."""
    made = passages(source, max(size, pool), pool=pool)
    vectors, titles = encoded(source, encoder, kept, made[:pool])
    prepared = PreparedEncoder(encoder)
    progress = tqdm(total=size, desc=f"base of {size}", unit=" passages", disable=None)
    with progress, IndexWriter(store, prepared, SPLITTER_VERSION) as writer:
        for group in _groups(documents(made[:size], source.titles)):
            prepared.vectors = {**_passage_vectors(group, vectors), **_section_vectors(group, titles)}
            writer.commit(
                [
                    NewVersion(recombined.document, recombined.document.id, recombined.document.id, recombined.passages)
                    for recombined in group
                ]
            )
            progress.update(sum(len(recombined.passages) for recombined in group))
        writer.finish()


def encoded(
    source: Material, encoder: Encoder, kept: Path, made: Sequence[Recombined]
) -> tuple[FloatMatrix, FloatMatrix]:
    """The vectors of the passages that are really encoded, and of all titles; kept in the folder `kept`."""
    texts = [
        passage_text(recombined.document, passage)
        for recombined in documents(made, source.titles)
        for passage in recombined.passages
    ]
    return _kept(kept, texts, encoder), _kept(kept, source.titles, encoder)


def _groups(made: Iterator[RecombinedDocument]) -> Iterator[list[RecombinedDocument]]:
    while group := list(islice(made, DOCUMENTS_PER_COMMIT)):
        yield group


def _passage_vectors(group: Sequence[RecombinedDocument], pool: FloatMatrix) -> dict[str, FloatMatrix]:
    """By embedded text, the vectors of the passages of some documents."""
    texts = [passage_text(recombined.document, passage) for recombined in group for passage in recombined.passages]
    parents = [origin.parents for recombined in group for origin in recombined.origins]
    vectors = blend(pool, [pair[0] for pair in parents], [pair[-1] for pair in parents])
    for row, pair in enumerate(parents):
        if len(pair) == 1:
            vectors[row] = pool[pair[0]]
    return dict(zip(texts, vectors, strict=True))


def _section_vectors(group: Sequence[RecombinedDocument], titles: FloatMatrix) -> dict[str, FloatMatrix]:
    """By embedded text, the vectors of the sections of some documents."""
    found = {
        section_title(recombined.document.title, path): numbers
        for recombined in group
        for path, numbers in recombined.titles.items()
    }
    pairs = list(found.values())
    vectors = blend(titles, [pair[0] for pair in pairs], [pair[1] for pair in pairs])
    return dict(zip(found, vectors, strict=True))


def _kept(folder: Path, texts: Sequence[str], encoder: Encoder) -> FloatMatrix:
    """The vectors of `texts`, shape (n, d), encoded once and kept in a file of `folder`."""
    name = hashlib.sha256("\x00".join((encoder.identity, *texts)).encode()).hexdigest()[:12]
    path = folder / f"vectors-{name}.npy"
    if path.is_file():
        kept: FloatMatrix = np.load(path)
        return kept
    vectors = np.zeros((len(texts), encoder.dimension), dtype=np.float32)
    for start in tqdm(range(0, len(texts), 64), desc=f"encoding {len(texts)} texts", disable=None):
        vectors[start : start + 64] = encoder.encode(texts[start : start + 64], "passage")
    path.parent.mkdir(parents=True, exist_ok=True)
    np.save(path, vectors)
    return vectors


def _complete(store: Path, size: int) -> bool:
    try:
        catalog = FileCatalog(store / CATALOG_FILE)
        status = catalog.status()
        catalog.close()
    except ReperesError:
        return False
    return status.passages == size and status.last_ingestion is not None


def _key(source: Material, encoder: Encoder, pool: int) -> str:
    """Stands for all that a base comes from: sentences, encoder, and the code that makes and writes it.

    Comments and layout of the code do not count.
    """
    overall = hashlib.sha256(f"{encoder.identity} {SPLITTER_VERSION} {pool} {source}".encode())
    files = [*sorted((ROOT / "kb" / "index").rglob("*.py")), *(ROOT / "benchmarks" / name for name in _CODE)]
    for path in files:
        if path.name != "reader.py":
            overall.update(ast.dump(ast.parse(path.read_text(encoding="utf-8"))).encode())
    return overall.hexdigest()[:12]
