"""What editors do to the base: adding what waits, with what was corrected of it, and withdrawing what was added."""

from __future__ import annotations

from collections.abc import Callable

from kb.errors import ReperesError
from kb.ports import Base, Ingestor
from kb.records.corrections import as_typed, checked, keep_new_correction
from kb.records.places import Kept
from kb.settings import UPLOADS_SOURCE
from kb.types import Document
from kb.web.uploads import Uploads


class DocumentEditor:
    """What the page needs: the base, what writes it, added files, and where corrections are kept."""

    def __init__(
        self, base: Callable[[], Base], ingestor: Ingestor, uploads: Uploads, app_db: Kept, max_mb: int
    ) -> None:
        self.base = base
        self.ingestor = ingestor
        self.uploads = uploads
        self.app_db = app_db
        self.max_mb = max_mb

    def preview(self, key: str) -> None:
        """Reads what waits under a key, unless that was done."""
        upload = self.uploads.get(key)
        if upload.preview is None and upload.trouble is None:
            try:
                self.uploads.note(key, self.ingestor.preview(upload.url or str(upload.path)), None)
            except ReperesError as error:
                self.uploads.note(key, None, str(error))

    def accept(self, key: str, fields: dict[str, str]) -> None:
        """Takes a file or an address in, with what was corrected of its preview."""
        upload = self.uploads.get(key)
        given = checked(fields)
        document_id = self.uploads.accept(key) or (str((upload.preview or {}).get("id") or upload.url))
        shown = upload.preview or {}
        corrected = {name: value for name, value in given.items() if as_typed(value) != as_typed(shown.get(name))}
        if corrected:
            keep_new_correction(self.app_db, document_id, corrected, shown)
        if upload.url:
            self.ingestor.ingest_address(upload.url)
        else:
            self.ingestor.ingest_uploads()

    def withdraw(self, document: Document) -> None:
        """Takes an added file out of the base; raises ReperesError for a document that comes from elsewhere."""
        if document.source != UPLOADS_SOURCE:
            raise ReperesError(
                f"Ce document vient de la source « {document.source} » : retirez-le là d'où il vient, il quittera la "
                "base à la prochaine mise à jour. Pour qu'il n'y revienne jamais, effacez-le pour de bon."
            )
        self.uploads.withdraw(document.id)
        self.ingestor.ingest_uploads(withdrawn=True)
