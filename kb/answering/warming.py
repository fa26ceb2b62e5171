"""Getting a base ready before anybody asks: its vectors in memory, the passages of a small one read."""

from __future__ import annotations

from collections.abc import Callable

from kb.index.store import IndexReader
from kb.index.texts import text_to_read
from kb.models.reader.passage_reader import Reader

# What the reader keeps (see kb.models.reader.passage_reader), with room for others.
WARMED_PASSAGES = 500
TEXTS_WARMED_AT_ONCE = 2


def warm(index: IndexReader, reader: Reader, may_go_on: Callable[[], bool]) -> bool:
    """Reads the vectors, and the passages of a small base as far as no question is needed.

    Goes on, a few passages at a time, while `may_go_on()`. Whether all is done; a base of more passages than are
    remembered is left to its questions.
    """
    with index.lease() as parts:
        if parts is not None:
            parts.vectors.load()
    catalog = index.catalog
    if catalog.status().passages > WARMED_PASSAGES:
        return True
    for document_id in catalog.document_ids():
        document = catalog.document(document_id)
        if document is None:
            continue  # withdrawn meanwhile
        passages = catalog.passages(catalog.passage_ids([document.id])).values()
        texts = [text_to_read(document, passage).text for passage in passages]
        for start in range(0, len(texts), TEXTS_WARMED_AT_ONCE):
            if not may_go_on():
                return False
            reader.prepare(texts[start : start + TEXTS_WARMED_AT_ONCE])
    return True
