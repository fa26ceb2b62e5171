"""New versions of documents -> what the index stores of them, vectors included. Only reads: the writer writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kb.index.catalog.reader import CatalogReader
from kb.index.catalog.rows import PassageRow, SectionRow
from kb.index.texts import passage_text, section_id, section_title, text_hash
from kb.index.vectors import Vectors
from kb.index.windows import Windows, pack, window_spans
from kb.models.encoder import Encoder, FloatMatrix
from kb.text.acronyms import Mention
from kb.types import Document, Passage


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A document to make current, with its passages and what it says of acronyms.

    `content_hash` covers the content that its answers depend on, `file_hash` the bytes that it was read from.
    """

    document: Document
    content_hash: str
    file_hash: str
    passages: tuple[Passage, ...]
    mentions: tuple[Mention, ...] = ()


@dataclass(frozen=True, slots=True)
class Embedded:
    """Versions of documents with all that the index stores of them.

    `passages` and `sections` (with their titles) are all of theirs; `new_passages` and `new_sections` those that the
    index does not hold yet, with their unit vectors, shape (n, d), and the windows of the passages: (passage id,
    document id, packed).
    """

    versions: tuple[NewVersion, ...]
    passages: tuple[PassageRow, ...]
    sections: tuple[tuple[SectionRow, str], ...]
    new_passages: tuple[Passage, ...]
    new_sections: tuple[SectionRow, ...]
    passage_vectors: FloatMatrix
    section_vectors: FloatMatrix
    windows: tuple[tuple[str, str, bytes], ...]

    @property
    def ids(self) -> set[str]:
        """The ids of all passages and sections."""
        return {row.passage.id for row in self.passages} | {row.id for row, _ in self.sections}

    @property
    def new_ids(self) -> set[str]:
        """Those that the index does not hold yet."""
        return {row.id for row in self.new_passages} | {row.id for row in self.new_sections}


def embed(versions: Sequence[NewVersion], catalog: CatalogReader, vectors: Vectors, encoder: Encoder) -> Embedded:
    """What the index stores of `versions`; what was embedded before, here or in another document, is used again."""
    return _Embedder(catalog, vectors, encoder).embed(versions)


class _Embedder:
    def __init__(self, catalog: CatalogReader, vectors: Vectors, encoder: Encoder) -> None:
        self.catalog = catalog
        self._vectors = vectors
        self._encoder = encoder

    def embed(self, versions: Sequence[NewVersion]) -> Embedded:
        passages, sections = self._rows(versions)
        before = self.catalog.ids_of(version.document.id for version in versions)
        # An id is made from all that its text is made from, so what is stored under a known id is right already.
        new_passages = [(row.passage, text) for row, text in passages if row.passage.id not in before]
        new_sections = [(row, title) for row, title in sections if row.id not in before]
        passage_vectors, windows = self._embed_passages(new_passages)
        return Embedded(
            versions=tuple(versions),
            passages=tuple(row for row, _ in passages),
            sections=tuple(sections),
            new_passages=tuple(passage for passage, _ in new_passages),
            new_sections=tuple(row for row, _ in new_sections),
            passage_vectors=passage_vectors,
            section_vectors=self._embed_titles([title for _, title in new_sections]),
            windows=tuple(windows),
        )

    def _rows(
        self, versions: Sequence[NewVersion]
    ) -> tuple[list[tuple[PassageRow, str]], list[tuple[SectionRow, str]]]:
        """The catalog's rows of passages and sections, each with the text that is embedded for it."""
        passages: list[tuple[PassageRow, str]] = []
        sections: dict[str, tuple[SectionRow, str]] = {}
        embedded = self._embedded_texts(versions)
        for version in versions:
            document = version.document
            for passage in version.passages:
                section = section_id(document, passage.heading_path)
                text = embedded[passage.id]
                passages.append((PassageRow(passage, section, text_hash(text)), text))
                title = section_title(document.title, passage.heading_path)
                sections[section] = (SectionRow(section, document.id, text_hash(title)), title)
        return passages, list(sections.values())

    def _embedded_texts(self, versions: Sequence[NewVersion]) -> dict[str, str]:
        """What is embedded for each passage: with its context, or alone where that is more than the encoder reads."""
        pairs = [
            (passage, passage_text(version.document, passage)) for version in versions for passage in version.passages
        ]
        counts = self._encoder.count_tokens([text for _, text in pairs])
        return {
            passage.id: text if tokens <= self._encoder.max_tokens else passage.text
            for (passage, text), tokens in zip(pairs, counts, strict=True)
        }

    def _embed_passages(
        self, passages: Sequence[tuple[Passage, str]]
    ) -> tuple[FloatMatrix, list[tuple[str, str, bytes]]]:
        """Vectors of the texts embedded for passages, shape (n, d), and the catalog's rows of their windows.

        What was embedded before is used again.
        """
        texts = [text for _, text in passages]
        vectors = np.zeros((len(texts), self._encoder.dimension), dtype=np.float32)
        known = self._known(texts)
        stored = self._vectors.get(list(dict.fromkeys(known.values())))
        packed = self.catalog.windows(known.values())
        windows: dict[int, bytes] = {}
        missing: dict[str, list[int]] = {}
        for index, text in enumerate(texts):
            passage_id = known.get(text, "")
            if passage_id in stored and passage_id in packed:
                vectors[index], windows[index] = stored[passage_id], packed[passage_id]
            else:
                missing.setdefault(text, []).append(index)
        alone = {text: passages[places[0]][0].text for text, places in missing.items()}
        spans = [window_spans(passage_words) for passage_words in alone.values()]
        # The passage's own words end the text that is embedded for it: its title and headings come before.
        shifts = [len(text) - len(passage_words) for text, passage_words in alone.items()]
        encoded, of_windows = self._encoder.encode_windows(
            list(missing),
            [
                [(start + shift, end + shift) for start, end in spans_of_text]
                for spans_of_text, shift in zip(spans, shifts, strict=True)
            ],
            "passage",
        )
        for places, vector, spans_of_text, matrix in zip(missing.values(), encoded, spans, of_windows, strict=True):
            vectors[places] = vector
            windows |= dict.fromkeys(places, pack(Windows(tuple(spans_of_text), matrix)))
        rows = [(passage.id, passage.document_id, windows[index]) for index, (passage, _) in enumerate(passages)]
        return vectors, rows

    def _embed_titles(self, titles: Sequence[str]) -> FloatMatrix:
        """Vectors of the titles of sections, shape (n, d); those that were embedded before are used again."""
        known = self._known(titles)
        stored = self._vectors.get(list(dict.fromkeys(known.values())))
        missing = [text for text in dict.fromkeys(titles) if known.get(text) not in stored]
        encoded = dict(zip(missing, self._encoder.encode(missing, "passage"), strict=True))
        vectors = np.zeros((len(titles), self._encoder.dimension), dtype=np.float32)
        for index, text in enumerate(titles):
            vectors[index] = encoded[text] if text in encoded else stored[known[text]]
        return vectors

    def _known(self, texts: Sequence[str]) -> dict[str, str]:
        """For each text that was embedded before, the id of a passage or section that it was embedded for."""
        hashes = {text: text_hash(text) for text in texts}
        by_hash = self.catalog.ids_by_hash(hashes.values())
        return {text: by_hash[hashed] for text, hashed in hashes.items() if hashed in by_hash}
