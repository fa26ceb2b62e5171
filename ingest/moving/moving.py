"""move: a base from one store to another, between a folder and a PostgreSQL server, either way.

Nothing is read or encoded again: rows, vectors and all are copied, documents batch by batch. A move that was
interrupted goes on where it stopped; the store that it comes from stays as it is.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ingest.report import Progress
from kb.errors import StoreError
from kb.index.catalog.among import Space
from kb.index.catalog.catalog import Transaction
from kb.index.catalog.copying import other_rows, put_other_rows, put_rows_of_documents, rows_of_documents
from kb.index.catalog.reader import CatalogReader
from kb.index.derived_words import texts_of
from kb.index.opening import open_store
from kb.index.store import Change, Store, Writing
from kb.index.vectors import SPACES
from kb.models.encoder import FloatMatrix
from kb.records.moving.copying import copy_records
from kb.records.places import place_of
from kb.records.shared.accounts import accounts_of
from kb.settings import Settings

_BATCH = 64  # documents, as many as an ingestion commits at once
_MOVING = "moving"  # the key, in the catalog of the target, that is there until a move has ended


@dataclass(frozen=True, slots=True)
class MoveReport:
    """What was moved: all of it, also what an interrupted move had brought already. `records` are rows of `app.db`,
    `calibration` the file where the calibration of refusals now stands, None where the base has none of its own."""

    documents: int
    passages: int
    records: int
    calibration: Path | None = None


def target_of(settings: Settings, to: str) -> Settings:
    """The settings of a store at `to`: the address of a PostgreSQL database, or a folder."""
    if "://" in to:
        return replace(settings, database=to)
    return replace(settings, database="", store=Path(to), app_db=None)


def move(settings: Settings, target: Settings, *, progress: Progress | None = None) -> MoveReport:
    """Copies the base of the settings, what people did with it, and their accounts, to the store of the settings
    `target`.

    Raises StoreError when there is no base, when the target holds another one, and when what was copied does not agree
    with itself; StoreBusyError when somebody writes to either.
    """
    source, goal = open_store(settings), open_store(target)
    if not source.exists():
        raise StoreError(f"{source.name} : la base n'existe pas encore. Lancez « reperes ingest » pour la constituer.")
    if source.name == goal.name:
        raise StoreError(f"{goal.name} : la base y est déjà. Donnez une autre destination.")
    _check_free(goal)
    with source.writing() as before, goal.writing() as after:
        before.settle()
        after.settle()
        _begin(before.catalog, after)
        states = before.catalog.states()
        done = after.catalog.states()
        names = [name for name, state in states.items() if done.get(name) != state]
        for start in range(0, len(names), _BATCH):
            batch = names[start : start + _BATCH]
            _copy(batch, before, after)
            if progress:
                progress(min(start + _BATCH, len(names)), len(names), batch[-1])
        _finish(before.catalog, after)
        if wrong := next(iter(after.audit()), None):
            raise StoreError(f"{goal.name} : la copie n'est pas entière ({wrong.what}). Relancez la même commande.")
        status = after.catalog.status()
    records = copy_records(place_of(settings), place_of(target))
    with closing(accounts_of(settings)) as people, closing(accounts_of(target)) as known:
        known.take_from(people)
    return MoveReport(status.documents, status.passages, records, _move_calibration(settings, target))


def _move_calibration(settings: Settings, target: Settings) -> Path | None:
    """Has the file of a base's own calibration stand beside its new store, too."""
    if not settings.calibration.is_file():
        return None
    if target.calibration.absolute() != settings.calibration.absolute():
        new = target.calibration.with_name(f"{target.calibration.name}.new")
        new.parent.mkdir(parents=True, exist_ok=True)
        new.write_bytes(settings.calibration.read_bytes())
        new.replace(target.calibration)
    return target.calibration


def _check_free(goal: Store) -> None:
    if not goal.exists():
        return
    with closing(goal.catalog()) as catalog:
        if catalog.get(_MOVING) is None and catalog.states():
            raise StoreError(
                f"{goal.name} : il y a déjà une base. Rien n'y a été changé : choisissez une destination vide."
            )


def _begin(catalog: CatalogReader, after: Writing) -> None:
    mark = catalog.get("encoder") or ""
    if (begun := after.catalog.get(_MOVING)) not in {None, mark}:
        raise StoreError(f"Une autre base était en route vers cette destination (modèle {begun}). Videz-la d'abord.")
    with after.catalog.transaction() as connection:
        after.catalog.set(connection, {_MOVING: mark})


def _copy(names: Sequence[str], before: Writing, after: Writing) -> None:
    """Copies documents, with all that is made from them."""
    rows = rows_of_documents(before.catalog, names)
    of_passages, of_sections = texts_of(before.catalog, list(before.catalog.documents(names).values()))
    owned: dict[Space, list[str]] = {
        "passages": before.catalog.passage_ids(names),
        "sections": before.catalog.section_ids(names),
    }
    stored = before.vectors.get([owned_id for ids in owned.values() for owned_id in ids])
    if missing := sum(owned_id not in stored for ids in owned.values() for owned_id in ids):
        raise StoreError(f"Il manque {missing} vecteurs à la base. Lancez « reperes check --repair », puis relancez.")
    after.apply(
        Change(
            functools.partial(put_rows_of_documents, rows=rows, document_ids=names),
            vectors={space: (owned[space], _matrix([stored[name] for name in owned[space]])) for space in SPACES},
            texts={"passages": of_passages, "sections": of_sections},
            obsolete=after.catalog.ids_of(names) - stored.keys(),
        )
    )


def _finish(catalog: CatalogReader, after: Writing) -> None:
    """Copies all that belongs to no document; takes away what the source holds no more; ends the move."""
    rows, generation = other_rows(catalog), catalog.generation()
    gone = sorted(after.catalog.states().keys() - catalog.states().keys())

    def in_catalog(connection: Transaction) -> None:
        put_other_rows(connection, rows)
        for name in gone:
            after.catalog.erase_document(connection, name)
        after.catalog.drop_value(connection, _MOVING)

    after.apply(Change(in_catalog, obsolete=after.catalog.ids_of(gone)))
    if after.catalog.generation() < generation:
        with after.catalog.transaction() as connection:
            after.catalog.set(connection, {"generation": str(generation)})


def _matrix(vectors: Sequence[FloatMatrix]) -> FloatMatrix:
    return np.stack(vectors) if vectors else np.zeros((0, 0), dtype=np.float32)
