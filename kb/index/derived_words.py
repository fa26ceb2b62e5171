"""Words made from the catalog, for an index whose words are a copy, or are made anew."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice

from kb.index.catalog.reader import CatalogReader
from kb.index.lexical import Lexical, Text
from kb.index.texts import section_id, section_title
from kb.types import Document

_AT_ONCE = 256  # documents that are asked for together: a server is asked for each by itself in minutes


def write_words(
    catalog: CatalogReader, words: Lexical, documents: Iterable[Document], ids: Collection[str] | None = None
) -> None:
    """Stores the words of the passages and sections of `documents`, only those of `ids` if given; seen after `commit`.

    Of the documents themselves id and title count.
    """
    for group in _groups(documents):
        of_passages, of_sections = texts_of(catalog, group)
        words.upsert("passages", (text for text in of_passages if ids is None or text.id in ids))
        words.upsert("sections", (text for text in of_sections if ids is None or text.id in ids))


def texts_of(catalog: CatalogReader, documents: Sequence[Document]) -> tuple[list[Text], list[Text]]:
    """What is indexed of the passages of some documents, and of their sections."""
    by_id = {document.id: document for document in documents}
    passages = list(catalog.passages(catalog.passage_ids(by_id)).values())
    sections = dict.fromkeys((passage.document_id, passage.heading_path) for passage in passages)
    return (
        [
            Text(
                passage.id,
                passage.document_id,
                section_title(by_id[passage.document_id].title, passage.heading_path),
                passage.text,
            )
            for passage in passages
        ],
        [Text(section_id(by_id[name], path), name, section_title(by_id[name].title, path)) for name, path in sections],
    )


def _groups(documents: Iterable[Document]) -> Iterator[list[Document]]:
    remaining = iter(documents)
    while group := list(islice(remaining, _AT_ONCE)):
        yield group
