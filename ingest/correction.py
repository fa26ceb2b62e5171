"""Correcting what documents say about themselves: for good, until it is taken back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from ingest.pipeline import Ingestion, open_ingestion
from ingest.report import IngestReport
from kb.errors import DocumentError, ReperesError
from kb.models.encoder import Encoder
from kb.records.corrections import FIELDS, Correction, checked, drop_correction, keep_correction
from kb.records.places import place_of
from kb.retrieval.values import FIELDS_OF_VALUES
from kb.rights.rights import WHOLE, Rights
from kb.settings import Settings

MERGED = {field: FIELDS[field] for field in FIELDS_OF_VALUES}
"""The fields whose values can be merged, and their names in French."""


def correct(
    document_id: str, given: Mapping[str, str] | None, settings: Settings, encoder: Encoder, *, person: str = ""
) -> IngestReport:
    """Corrects what a document says about itself, for good: `given` holds a text for each field.

    None takes all corrections of the document back. Raises ReperesError for an unknown document or a wrong value.
    """
    with open_ingestion(settings, encoder) as ingestion:
        kept = _corrected(ingestion, document_id, None if given is None else checked(given), settings, person)
        report = ingestion.finish("correct")
    if not kept:
        drop_correction(place_of(settings), document_id)
    return report


def merge(
    field: str,
    values: Collection[str],
    into: str,
    settings: Settings,
    encoder: Encoder,
    *,
    person: str = "",
    rights: Rights = WHOLE,
) -> IngestReport:
    """Gives all documents that have one of `values` in a field (of `FIELDS_OF_VALUES`) the value `into` instead, as
    corrections of each: they hold when the documents are read again. Those that somebody with `rights` may not read
    are as if they were not there.

    Raises ReperesError for a field that has no such values, and for values that no document has.
    """
    if field not in FIELDS_OF_VALUES:
        raise ReperesError(f"« {field} » ne se fusionne pas. Se fusionnent : {', '.join(MERGED.values())}.")
    told = checked({field: into})[field]
    if not told:
        raise ReperesError("Écrivez la valeur à garder.")
    merged = {value for value in values if value != into}
    kept: dict[str, bool] = {}
    with open_ingestion(settings, encoder) as ingestion:
        for header in ingestion.plan.catalog.headers():
            held = getattr(header, field)
            if rights.hides(header.source):
                continue
            if isinstance(held, tuple):
                if merged.isdisjoint(held):
                    continue
                now = list(dict.fromkeys(other for value in held for other in (told if value in merged else [value])))
            elif held in merged:
                now = told
            else:
                continue
            kept[header.id] = _corrected(ingestion, header.id, {field: now}, settings, person)
        if not kept:
            raise ReperesError(f"Aucun document n'a pour {FIELDS[field]} : {', '.join(sorted(merged)) or into}.")
        report = ingestion.finish("merge")
    for document_id in (document_id for document_id, is_kept in kept.items() if not is_kept):
        drop_correction(place_of(settings), document_id)
    return report


def _corrected(
    ingestion: Ingestion, document_id: str, now: Mapping[str, Any] | None, settings: Settings, person: str
) -> bool:
    """Writes a document with the values of `now`, or as its source has it; whether a correction of it is left."""
    plan = ingestion.plan
    state, document = plan.state(document_id), plan.catalog.document(document_id)
    if state is None or document is None:
        raise DocumentError(document_id, "ce document n'est pas dans la base")
    before, after = plan.corrections.get(document_id, Correction({})), Correction({})
    if now is None:
        original = before.undone(document)
    else:
        original, after = before.changed(document, now)
        keep_correction(place_of(settings), document_id, after, person)
    plan.corrections[document_id] = after
    if before.fields or after.fields:
        ingestion.report.expect_one()
        ingestion.write(after.applied(original)[0], state.file_hash)
    return bool(after.fields)
