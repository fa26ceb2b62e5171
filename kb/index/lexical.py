"""The words of passages and of section titles, in tantivy (BM25). French analysis is ours: kb/french/stems.py."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

import tantivy

from kb.french.stems import stems

Field = Literal["passages", "sections"]
FIELDS: tuple[Field, ...] = ("passages", "sections")
_HEAP = 64_000_000  # bytes of a writer's buffer


class _Words:
    """One tantivy index of (id, text)."""

    def __init__(self, path: Path, *, create: bool) -> None:
        schema = tantivy.SchemaBuilder()
        schema.add_text_field("id", stored=True, tokenizer_name="raw")
        schema.add_text_field("stems", tokenizer_name="whitespace", index_option="freq")
        self.schema = schema.build()
        if create:
            path.mkdir(parents=True, exist_ok=True)
        self.index = tantivy.Index(self.schema, path=str(path))
        self.writer: tantivy.IndexWriter | None = None

    def search(self, terms: Sequence[str], n: int) -> list[tuple[str, float]]:
        searcher = self.index.searcher()
        queries = [(tantivy.Occur.Should, tantivy.Query.term_query(self.schema, "stems", term)) for term in terms]
        hits = searcher.search(tantivy.Query.boolean_query(queries), n, count=False).hits
        return [(str(searcher.doc(address)["id"][0]), float(score)) for score, address in hits]


class Lexical:
    """The words stored in the folder `path`. Only one process may open it with `write=True`."""

    def __init__(self, path: Path, *, write: bool = False) -> None:
        self._words = {field: _Words(path / field, create=write) for field in FIELDS}
        if write:
            for words in self._words.values():
                words.writer = words.index.writer(_HEAP, num_threads=1)

    def close(self) -> None:
        """Lets go of the files: what was not committed is dropped."""
        for words in self._words.values():
            if words.writer is not None:
                words.writer.rollback()
                words.writer = None

    def reload(self) -> None:
        """Sees what was committed since."""
        for words in self._words.values():
            words.index.reload()

    def count(self, field: Field) -> int:
        """How many texts a field holds."""
        return self._words[field].index.searcher().num_docs

    def upsert(self, field: Field, texts: Iterable[tuple[str, str]]) -> None:
        """Stores (id, text) pairs, in place of what stood under the same ids; visible after `commit`."""
        writer = self._writer(field)
        for each, text in texts:
            writer.delete_documents_by_term("id", each)
            document = tantivy.Document()
            document.add_text("id", each)
            document.add_text("stems", " ".join(stems(text)))
            writer.add_document(document)

    def delete(self, ids: Iterable[str]) -> None:
        """Removes ids from both fields; ids that are not there are no error; visible after `commit`."""
        wanted = list(ids)
        for field in FIELDS:
            writer = self._writer(field)
            for each in wanted:
                writer.delete_documents_by_term("id", each)

    def commit(self) -> None:
        """Makes the changes durable and visible."""
        for field in FIELDS:
            self._writer(field).commit()
        self.reload()

    def search(self, field: Field, question: str, n: int) -> list[tuple[str, float]]:
        """The `n` best ids for the words of `question` with their BM25 scores, best first; ids score above 0."""
        terms = list(dict.fromkeys(stems(question)))
        return self._words[field].search(terms, n) if terms else []

    def document_frequency(self, term: str) -> int:
        """In how many passages a stem stands."""
        return self._words["passages"].index.searcher().doc_freq("stems", term)

    def _writer(self, field: Field) -> tantivy.IndexWriter:
        writer = self._words[field].writer
        if writer is None:
            raise RuntimeError("this Lexical was opened for reading")
        return writer
