"""check --against: whether two bases hold the same, whatever their stores are.

Documents and all that is made of them, vectors, words, what belongs to no document, what people did, their accounts.
Neither base is changed, but that to open one of an earlier version brings it up to date, as every command does. Each
index is looked at in one state: it may serve meanwhile. What people did and accounts are read after it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from ingest.report import Progress
from kb.errors import StoreError
from kb.index.audit import NO_DOCUMENT, Difference
from kb.index.catalog.copying import Rows, other_rows, rows_of_documents
from kb.index.opening import open_store
from kb.index.store import Lease, Store
from kb.index.vectors import SPACES
from kb.models.encoder import Encoder, FloatMatrix
from kb.records.moving.copying import differing_records
from kb.records.places import place_of
from kb.records.shared.accounts import accounts_of
from kb.settings import Settings

LEAST_COSINE = 1 - 1e-5
"""Of the same vector in two stores: one of them may keep half precision, of which 0.9999999 is left."""

_BATCH = 64  # documents
_DOCUMENTS: Mapping[str, str] = {
    "documents": "sa fiche ou son texte",
    "passages": "ses passages",
    "sections": "ses titres de sections",
    "windows": "ses vecteurs de phrases",
    "acronyms": "ses sigles",
    "facets": "ce que les filtres en savent",
}
_OTHERS: Mapping[str, str] = {
    "meta": "ce que la base dit d'elle-même",
    "pages": "les pages lues sur le web",
    "runs": "les rapports des mises à jour",
    "forgotten": "les documents effacés pour de bon",
}
_SPACES: Mapping[str, str] = {"passages": "passages", "sections": "titres de sections"}

_Counted: TypeAlias = Counter[frozenset[tuple[str, Any]]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was compared, withdrawn documents included, and all that differs. `records` are rows of what people did."""

    documents: int
    passages: int
    records: int
    differences: tuple[Difference, ...]


def compare(settings: Settings, other: Settings, encoder: Encoder, *, progress: Progress | None = None) -> Comparison:
    """Whether the bases of two settings are equal.

    Raises StoreError where there is no base, or one and the same; FingerprintError where another encoder made one.
    """
    here, there = open_store(settings), open_store(other)
    if here.name == there.name:
        raise StoreError(f"{here.name} : c'est la même base. Donnez l'adresse ou le dossier d'une autre.")
    with ExitStack() as held:
        one, two = (_lease(store, encoder, held) for store in (here, there))
        states, others = one.catalog.states(), two.catalog.states()
        differences = [
            *_on_one_side(states.keys(), others.keys(), (here, there)),
            *_documents(one, two, sorted(states.keys() & others.keys()), progress),
            *_words_and_vectors(one, two),
        ]
        beside, beside_there = other_rows(one.catalog), other_rows(two.catalog)
        for table, rows in beside.items():
            differences += _told(_OTHERS[table], _counted(rows), _counted(beside_there[table]))
        passages = one.catalog.status().passages
    records, differing = differing_records(place_of(settings), place_of(other))
    differences += [Difference(NO_DOCUMENT, what) for what in differing]
    with closing(accounts_of(settings)) as people, closing(accounts_of(other)) as known:
        differences += _told("les comptes et les jetons", Counter(people.lines()), Counter(known.lines()))
    return Comparison(len(states), passages, records, tuple(differences))


def _lease(store: Store, encoder: Encoder, held: ExitStack) -> Lease:
    if not store.exists():
        raise StoreError(f"{store.name} : il n'y a pas de base.")
    lease = held.enter_context(held.enter_context(closing(store.reader(encoder))).lease())
    if lease is None:
        raise StoreError(f"{store.name} : la base est vide.")
    return lease


def _on_one_side(names: Collection[str], others: Collection[str], stores: tuple[Store, Store]) -> Iterator[Difference]:
    here, there = stores
    yield from (Difference(name, f"n'est que dans {here.name}") for name in sorted(set(names) - set(others)))
    yield from (Difference(name, f"n'est que dans {there.name}") for name in sorted(set(others) - set(names)))


def _documents(one: Lease, two: Lease, names: Sequence[str], progress: Progress | None) -> Iterator[Difference]:
    """What differs in documents that both have."""
    for start in range(0, len(names), _BATCH):
        batch = names[start : start + _BATCH]
        rows, others = (_by_document(rows_of_documents(lease.catalog, batch)) for lease in (one, two))
        vectors, other_vectors = (_vectors(lease, batch) for lease in (one, two))
        owners = {**_owners(one, batch), **_owners(two, batch)}
        turned = _turned(vectors, other_vectors)
        for name in batch:
            for table, told in _DOCUMENTS.items():
                if rows.get((name, table)) != others.get((name, table)):
                    yield Difference(name, f"{told} : ce n'est pas pareil")
            if wrong := tuple(sorted(owned_id for owned_id in turned if owners[owned_id] == name)):
                yield Difference(name, f"{len(wrong)} vecteurs ne sont pas les mêmes, ou manquent", wrong)
        if progress:
            progress(min(start + _BATCH, len(names)), len(names), batch[-1])


def _by_document(rows: Rows) -> Mapping[tuple[str, str], _Counted]:
    """Rows by the document that they are of and their table."""
    found: dict[tuple[str, str], _Counted] = {}
    for table, held in rows.items():
        for row in held:
            name = row["id"] if table == "documents" else row["document_id"]
            found.setdefault((name, table), Counter()).update([frozenset(row.items())])
    return found


def _owners(lease: Lease, names: Sequence[str]) -> Mapping[str, str]:
    """The document of each passage and section."""
    catalog = lease.catalog
    return {
        owned_id: name for name in names for owned_id in (*catalog.passage_ids([name]), *catalog.section_ids([name]))
    }


def _vectors(lease: Lease, names: Sequence[str]) -> Mapping[str, FloatMatrix | None]:
    """The vectors of documents, by their ids; None for one that is missing."""
    ids = [*lease.catalog.passage_ids(names), *lease.catalog.section_ids(names)]
    stored = lease.vectors.get(ids)
    return {vector_id: stored.get(vector_id) for vector_id in ids}


def _turned(vectors: Mapping[str, FloatMatrix | None], others: Mapping[str, FloatMatrix | None]) -> set[str]:
    """The ids whose vectors are not the same, are missing, or are on one side only."""
    pairs = {
        key: (vector, other)
        for key, vector in vectors.items()
        if vector is not None and (other := others.get(key)) is not None
    }
    wrong = (vectors.keys() | others.keys()) - pairs.keys()
    if pairs:
        left, right = (np.stack(held).astype(np.float64) for held in zip(*pairs.values(), strict=True))
        norms = np.linalg.norm(left, axis=1) * np.linalg.norm(right, axis=1)
        cosines = np.einsum("ij,ij->i", left, right) / np.maximum(norms, np.finfo(np.float64).tiny)
        wrong |= {key for key, cosine in zip(pairs, cosines, strict=True) if not cosine >= LEAST_COSINE}
    return wrong


def _words_and_vectors(one: Lease, two: Lease) -> Iterator[Difference]:
    """What the words hold, and how many vectors there are: also those that belong to no document."""
    for space in SPACES:
        words, others = (Counter(lease.lexical.ids(space)) for lease in (one, two))
        yield from _told(f"les mots des {_SPACES[space]}", words, others)
        here, there = one.vectors.count(space), two.vectors.count(space)
        if here != there:
            yield Difference(NO_DOCUMENT, f"vecteurs des {_SPACES[space]} : {here} ici, {there} là-bas")


def _counted(rows: Sequence[Mapping[str, Any]]) -> _Counted:
    return Counter(frozenset(row.items()) for row in rows)


def _told(what: str, held: Counter[Any], others: Counter[Any]) -> list[Difference]:
    only_here, only_there = (held - others).total(), (others - held).total()
    if not only_here and not only_there:
        return []
    return [Difference(NO_DOCUMENT, f"{what} : {only_here} ici seulement, {only_there} là-bas seulement")]
