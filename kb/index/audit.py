"""Do catalog, vectors and words agree? Document by document, id by id."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from kb.index.catalog.facets import facets_of, rows_of
from kb.index.catalog.facets import owners as facets_owners
from kb.index.catalog.reader import CatalogReader
from kb.index.lexical import Lexical
from kb.index.vectors import SPACES, Vectors
from kb.types import Document

_NORM_TOLERANCE = 1e-3
NO_DOCUMENT = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that does not agree, told in French. `ids` are those stored wrongly.

    `document` is the document's id, empty for what belongs to none.
    """

    document: str
    what: str
    ids: tuple[str, ...] = ()


def audit(catalog: CatalogReader, vectors: Vectors, lexical: Lexical) -> Iterator[Difference]:
    """Everything on which the three do not agree; nothing when all is well."""
    if pending := catalog.pending():
        yield Difference(NO_DOCUMENT, f"une écriture interrompue attend d'être finie ({len(pending)} éléments)")
    owners = {"passages": catalog.owners("passages"), "sections": catalog.owners("sections")}
    documents = [document_id for document_id, state in catalog.states().items() if not state.withdrawn]
    for name in documents:
        yield from _in_catalog(catalog, name)
    yield from _strays(owners["passages"] | owners["sections"], set(documents))
    with catalog.database.connect() as connection:
        facets = facets_owners(connection)
    if unknown := sorted(facets - set(documents)):
        yield Difference(NO_DOCUMENT, f"filtres de documents absents : {len(unknown)}", tuple(unknown))
    for space in SPACES:
        wanted = owners[space]
        seen = set()
        for stored_id, vector in vectors.items(space):
            seen.add(stored_id)
            if stored_id not in wanted:
                yield Difference(NO_DOCUMENT, f"vecteur sans document ({space})", (stored_id,))
            elif vector is None or not math.isclose(float(np.linalg.norm(vector)), 1.0, abs_tol=_NORM_TOLERANCE):
                yield Difference(wanted[stored_id], f"vecteur abîmé ({space})", (stored_id,))
        yield from (
            Difference(wanted[missing_id], f"vecteur manquant ({space})", (missing_id,))
            for missing_id in wanted.keys() - seen
        )
        stored = Counter(lexical.ids(space))
        yield from (
            Difference(NO_DOCUMENT, f"mots sans document ({space})", (stored_id,))
            for stored_id in stored.keys() - wanted.keys()
        )
        yield from (
            Difference(wanted[missing_id], f"mots manquants ({space})", (missing_id,))
            for missing_id in wanted.keys() - stored.keys()
        )
        yield from (
            Difference(wanted[stored_id], f"mots en double ({space})", (stored_id,))
            for stored_id, number in stored.items()
            if number > 1 and stored_id in wanted
        )


def _in_catalog(catalog: CatalogReader, name: str) -> Iterator[Difference]:
    """What is wrong with one document within the catalog."""
    document = catalog.document(name)
    if not isinstance(document, Document):
        yield Difference(name, "document illisible dans le catalogue")
        return
    with catalog.database.connect() as connection:
        if _as_set(rows_of(connection, name)) != _as_set(facets_of(document)):
            yield Difference(name, "ce que les filtres en savent n'est pas ce qu'il dit")
    ids = catalog.passage_ids([name])
    passages = catalog.passages(ids)
    if not passages:
        yield Difference(name, "aucun passage")
    for passage in passages.values():
        if document.text[passage.start : passage.end] != passage.text:
            yield Difference(name, f"le passage {passage.ordinal + 1} n'est pas le texte du document")
    if missing := set(ids) - catalog.windows(ids).keys():
        yield Difference(name, f"vecteurs de phrases manquants pour {len(missing)} passages")
    sections = set(catalog.section_ids([name]))
    if sections != catalog.sections_in_use(name):
        yield Difference(name, "les sections ne sont pas celles des passages")


def _as_set(rows: Iterable[Mapping[str, str]]) -> set[frozenset[tuple[str, str]]]:
    return {frozenset(row.items()) for row in rows}


def _strays(owners: dict[str, str], documents: set[str]) -> Iterator[Difference]:
    stray = sorted(derived_id for derived_id, owner in owners.items() if owner not in documents)
    if stray:
        yield Difference(NO_DOCUMENT, f"{len(stray)} passages ou sections d'un document absent", tuple(stray))
