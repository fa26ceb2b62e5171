"""Correcting what a document says about itself: for good, until it is taken back."""

from __future__ import annotations

from collections.abc import Mapping

from ingest.pipeline import open_ingestion
from ingest.report import IngestReport
from kb.errors import DocumentError
from kb.models.encoder import Encoder
from kb.records.corrections import Correction, checked, drop_correction, keep_correction
from kb.records.places import place_of
from kb.settings import Settings


def correct(
    document_id: str, given: Mapping[str, str] | None, settings: Settings, encoder: Encoder, *, person: str = ""
) -> IngestReport:
    """Corrects what a document says about itself, for good: `given` holds a text for each field.

    None takes all corrections of the document back. Raises ReperesError for an unknown document or a wrong value.
    """
    kept = place_of(settings)
    with open_ingestion(settings, encoder) as ingestion:
        plan = ingestion.plan
        state, document = plan.state(document_id), plan.catalog.document(document_id)
        if state is None or document is None:
            raise DocumentError(document_id, "ce document n'est pas dans la base")
        before, after = plan.corrections.get(document_id, Correction({})), Correction({})
        if given is None:
            original = before.undone(document)
        else:
            original, after = before.changed(document, checked(given))
            keep_correction(kept, document_id, after, person)
        plan.corrections[document_id] = after
        if before.fields or after.fields:
            ingestion.report.expect_one()
            ingestion.write(after.applied(original)[0], state.file_hash)
        report = ingestion.finish("correct")
    if not after.fields:
        drop_correction(kept, document_id)
    return report
