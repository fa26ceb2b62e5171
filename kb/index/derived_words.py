"""Words made from the catalog, for an index whose words are a copy, or are made anew."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from kb.index.catalog.reader import CatalogReader
from kb.index.lexical import Lexical, Text
from kb.index.texts import section_id, section_title
from kb.types import Document


def write_words(
    catalog: CatalogReader, words: Lexical, documents: Iterable[Document], ids: Collection[str] | None = None
) -> None:
    """Stores the words of the passages and sections of `documents`, only those of `ids` if given; seen after `commit`.

    Of the documents themselves id and title count.
    """
    for document in documents:
        of_passages, of_sections = texts_of(catalog, document)
        words.upsert("passages", (text for text in of_passages if ids is None or text.id in ids))
        words.upsert("sections", (text for text in of_sections if ids is None or text.id in ids))


def texts_of(catalog: CatalogReader, document: Document) -> tuple[list[Text], list[Text]]:
    """What is indexed of a document's passages and of its sections."""
    passages = list(catalog.passages(catalog.passage_ids([document.id])).values())
    paths = dict.fromkeys(passage.heading_path for passage in passages)
    return (
        [
            Text(passage.id, document.id, section_title(document.title, passage.heading_path), passage.text)
            for passage in passages
        ],
        [Text(section_id(document, path), document.id, section_title(document.title, path)) for path in paths],
    )
