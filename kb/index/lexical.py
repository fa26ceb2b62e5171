"""The words of passages and of section titles, in tantivy (BM25). French analysis is ours: kb/text/stems.py.

Two indexes: passages, with the fields `body` (their own words), `whole` (their own and those of their title) and
`exact` (unstemmed, in order, for phrases and for typing mistakes); and sections, with the field `title`.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import tantivy

from kb.index.catalog.among import Among
from kb.index.vectors import looked_through
from kb.text.stems import stems, stems_of, words
from kb.types import Alternative, Group

Field = Literal["body", "whole", "title"]
Kind = Literal["passages", "sections"]
KINDS: tuple[Kind, ...] = ("passages", "sections")
_HEAP = 64_000_000  # bytes of a writer's buffer
_FREQUENCIES = 10_000  # words whose frequency is remembered
_SCHEMAS: Mapping[Kind, Mapping[str, str]] = {
    "passages": {"body": "freq", "whole": "freq", "exact": "position"},
    "sections": {"title": "freq"},
}
_HOME: Mapping[Field, Kind] = {"body": "passages", "whole": "passages", "title": "sections"}


@dataclass(frozen=True, slots=True)
class Text:
    """What is indexed under an id: a passage with its section's title, or (`body` empty) a section's title alone."""

    id: str
    document_id: str
    title: str
    body: str = ""


class _Words:
    """One tantivy index."""

    def __init__(self, path: Path, kind: Kind, *, create: bool) -> None:
        schema = tantivy.SchemaBuilder()
        schema.add_text_field("id", stored=True, tokenizer_name="raw")
        schema.add_text_field("document", tokenizer_name="raw", index_option="basic")
        for field, option in _SCHEMAS[kind].items():
            schema.add_text_field(field, tokenizer_name="whitespace", index_option=option)
        self.kind: Kind = kind
        self.schema = schema.build()
        if create:
            path.mkdir(parents=True, exist_ok=True)
        self.index = tantivy.Index(self.schema, path=str(path))
        self.writer: tantivy.IndexWriter | None = None
        # What is as if it were all there is: as a query, how many texts it finds, and as who asks may look it up.
        self.allowed: tantivy.Query | None = None
        self.number: int | None = None
        self.seen: Among | None = None
        # In how many of its texts a stem stands, by the field.
        self.frequency: Callable[[str, str], int] = self._everywhere

    def limited_to(self, documents: Collection[str]) -> _Words:
        """The same index, as if it held nothing but `documents`."""
        limited = copy.copy(self)
        limited.allowed = self._among(documents)
        limited.number = self._number_of(limited.allowed)
        # One search each, and a question has its words in several fields. Who limits does so for each generation.
        limited.frequency = lru_cache(maxsize=_FREQUENCIES)(limited._among_allowed)
        return limited

    def run(self, query: tantivy.Query, n: int, among: Among | None) -> list[tuple[str, float]]:
        """The `n` best ids for `query`, of the documents `among` unless it is None."""
        limits = [limit for limit in (among, self.seen) if limit is not None]
        # To hand 5,000 documents to tantivy takes 5 ms a search, to ask the catalog about 300 passages less.
        if limits and (number := looked_through(n, min(limit.share() for limit in limits))):
            best = self._best(query, number)
            kept = self._fitting(best, limits)[:n]
            if len(kept) == n or len(best) < number:
                return kept
        required = [] if among is None else [self._among(among.documents())]
        if self.allowed is not None:
            required.append(self.allowed)
        if required:
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, part) for part in (query, *required)])
        return self._best(query, n)

    def _best(self, query: tantivy.Query, n: int) -> list[tuple[str, float]]:
        searcher = self.index.searcher()
        hits = searcher.search(query, n, count=False).hits
        return [(str(searcher.doc(address)["id"][0]), float(score)) for score, address in hits]

    def _fitting(self, hits: list[tuple[str, float]], limits: Iterable[Among]) -> list[tuple[str, float]]:
        for limit in limits:
            fitting = limit.fitting(self.kind, [found_id for found_id, _ in hits])
            hits = [hit for hit in hits if hit[0] in fitting]
        return hits

    def count(self) -> int:
        """How many texts there are."""
        return self.index.searcher().num_docs if self.number is None else self.number

    def _everywhere(self, field: str, stem: str) -> int:
        return self.index.searcher().doc_freq(field, stem)

    def term(self, field: str, stem: str) -> tantivy.Query:
        """What finds the texts with a stem, and scores them by BM25.

        tantivy counts all texts of an index; where some are as if they were not there, each word gets the weight that
        it has among the others: no score may tell how often a word stands in what is hidden.
        """
        query = tantivy.Query.term_query(self.schema, field, stem)
        if self.allowed is None or not (found := self.frequency(field, stem)):
            return query
        everywhere = _inverse_frequency(self._everywhere(field, stem), self.index.searcher().num_docs)
        return tantivy.Query.boost_query(query, _inverse_frequency(found, self.count()) / everywhere)

    def _among_allowed(self, field: str, stem: str) -> int:
        assert self.allowed is not None
        found = tantivy.Query.term_query(self.schema, field, stem)
        both = tantivy.Query.boolean_query([(tantivy.Occur.Must, found), (tantivy.Occur.Must, self.allowed)])
        return self._number_of(both)

    def _number_of(self, query: tantivy.Query) -> int:
        found: Any = self.index.searcher().search(query, 1, count=True)  # its stub knows no count
        return int(found.count or 0)

    def _among(self, documents: Iterable[str]) -> tantivy.Query:
        among = tantivy.Query.term_set_query(self.schema, "document", list(documents))
        return tantivy.Query.const_score_query(among, 0.0)


def _inverse_frequency(frequency: int, total: int) -> float:
    """tantivy's own: ln(1 + (N − n + ½) / (n + ½))."""
    return math.log(1 + (max(total, frequency) - frequency + 0.5) / (frequency + 0.5))


class Lexical:
    """The words stored in the folder `path`. Only one process may open it with `write=True`."""

    def __init__(self, path: Path, *, write: bool = False) -> None:
        self._words = {kind: _Words(path / kind, kind, create=write) for kind in _SCHEMAS}
        if write:
            for held in self._words.values():
                held.writer = held.index.writer(_HEAP, num_threads=1)

    def close(self) -> None:
        """Lets go of the files: what was not committed is dropped."""
        for held in self._words.values():
            if held.writer is not None:
                held.writer.rollback()
                held.writer = None

    def limited_to(self, documents: Collection[str]) -> Lexical:
        """The same words to search, as if those of `documents` were all there are. They are counted once: made anew
        when the words have changed."""
        limited = copy.copy(self)
        limited._words = {kind: held.limited_to(documents) for kind, held in self._words.items()}
        return limited

    def seen_through(self, among: Among) -> Lexical:
        """What is limited, with a look-up of the same documents that is cheaper to search with: for one search."""
        seen = copy.copy(self)
        seen._words = {kind: copy.copy(held) for kind, held in self._words.items()}
        for held in seen._words.values():
            held.seen = among
        return seen

    def reload(self) -> None:
        """Sees what was committed since."""
        for held in self._words.values():
            held.index.reload()

    def count(self, kind: Kind) -> int:
        """How many passages or sections there are."""
        return self._words[kind].count()

    def ids(self, kind: Kind) -> list[str]:
        """The id of every passage or section there is, as often as it is there."""
        index = self._words[kind]
        return [found_id for found_id, _ in index.run(tantivy.Query.all_query(), max(1, self.count(kind)), None)]

    def upsert(self, kind: Kind, texts: Iterable[Text]) -> None:
        """Stores texts in place of what stood under the same ids; visible after `commit`."""
        writer = self._writer(kind)
        for text in texts:
            writer.delete_documents_by_term("id", text.id)
            document = tantivy.Document()
            document.add_text("id", text.id)
            document.add_text("document", text.document_id)
            title = stems(text.title)
            if kind == "sections":
                document.add_text("title", " ".join(title))
            else:
                said = words(text.body)
                body = stems_of(said)
                document.add_text("body", " ".join(body))
                document.add_text("whole", " ".join([*title, *body]))
                document.add_text("exact", " ".join(said))
            writer.add_document(document)

    def delete(self, ids: Iterable[str]) -> None:
        """Removes ids from both indexes; ids that are not there are no error; visible after `commit`."""
        wanted = list(ids)
        for kind in _SCHEMAS:
            writer = self._writer(kind)
            for unwanted_id in wanted:
                writer.delete_documents_by_term("id", unwanted_id)

    def commit(self) -> None:
        """Makes the changes durable and visible."""
        for kind in _SCHEMAS:
            self._writer(kind).commit()
        self.reload()

    def search(
        self, field: Field, groups: Sequence[Group], n: int, among: Among | None = None
    ) -> list[tuple[str, float]]:
        """The `n` best ids for `groups` with their scores, best first: the sum over groups of the best alternative's
        BM25. Ids without any of the words are left out; `among` restricts the search.
        """
        index = self._words[_HOME[field]]
        query = _any_of(
            [_best_of([_alternative(index, field, alternative) for alternative in group]) for group in groups]
        )
        return index.run(query, n, among) if groups else []

    def phrase(self, text: str, n: int, among: Among | None = None) -> list[str]:
        """At most `n` passages that hold the words of `text` in this order, elided articles and accents apart."""
        index = self._words["passages"]
        exact = words(text)
        if not exact:
            return []
        query = (
            tantivy.Query.phrase_query(index.schema, "exact", [*exact])
            if len(exact) > 1
            else tantivy.Query.term_query(index.schema, "exact", exact[0])
        )
        return [passage_id for passage_id, _ in index.run(query, n, among)]

    def near(self, word: str, distance: int, n: int) -> list[str]:
        """At most `n` passages that hold a word at most `distance` (1 or 2) typing mistakes away from a folded one."""
        index = self._words["passages"]
        query = tantivy.Query.fuzzy_term_query(index.schema, "exact", word, distance=distance)
        return [passage_id for passage_id, _ in index.run(query, n, None)]

    def holding(self, group: Group) -> list[str]:
        """All passages that hold, with their title, every word of one of the group's alternatives."""
        index = self._words["passages"]
        query = _any_of(
            [
                tantivy.Query.boolean_query(
                    [
                        (tantivy.Occur.Must, tantivy.Query.term_query(index.schema, "whole", stem))
                        for stem in alternative.stems
                    ]
                )
                for alternative in group
            ]
        )
        return [passage_id for passage_id, _ in index.run(query, max(1, self.count("passages")), None)]

    def document_frequency(self, term: str) -> int:
        """In how many passages, their titles included, a stem stands."""
        return self._words["passages"].frequency("whole", term)

    def _writer(self, kind: Kind) -> tantivy.IndexWriter:
        writer = self._words[kind].writer
        if writer is None:
            raise RuntimeError("this Lexical was opened for reading")
        return writer


def _alternative(index: _Words, field: str, alternative: Alternative) -> tantivy.Query:
    query = _any_of([index.term(field, stem) for stem in alternative.stems])
    return query if alternative.weight == 1 else tantivy.Query.boost_query(query, alternative.weight)


def _any_of(queries: Sequence[tantivy.Query]) -> tantivy.Query:
    if len(queries) == 1:
        return queries[0]
    return tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in queries])


def _best_of(queries: Sequence[tantivy.Query]) -> tantivy.Query:
    return queries[0] if len(queries) == 1 else tantivy.Query.disjunction_max_query(queries)
