"""Feedback kept in `app.db`, within the retention that the settings allow."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from kb.app_database import AppDatabase
from kb.feedback import Verdict
from kb.settings import Settings


class KeptOpinions:
    """Keeps what readers say of answers; what is older than the retention goes. Serves many threads."""

    def __init__(self, settings: Settings) -> None:
        self._path = settings.app_database
        self._days = settings.retention_days

    def add(
        self, verdict: Verdict, reason: str | None, comment: str, answer: Mapping[str, Any], generation: int
    ) -> None:
        """Keeps one. Raises StoreError when `app.db` cannot be opened."""
        now = datetime.now(UTC)
        with AppDatabase(self._path) as database:
            database.add_feedback(now.isoformat(timespec="seconds"), verdict, reason, comment, answer, generation)
        self.purge(now)

    def purge(self, now: datetime | None = None) -> int:
        """Erases what is older than the retention; how many there were."""
        if not self._path.is_file():
            return 0
        before = ((now or datetime.now(UTC)) - timedelta(days=self._days)).isoformat(timespec="seconds")
        with AppDatabase(self._path) as database:
            return database.erase_feedback(before=before if self._days else None)


def opinions_of(settings: Settings) -> KeptOpinions | None:
    """What keeps feedback; None when the retention is 0 days: what there was is erased."""
    kept = KeptOpinions(settings)
    kept.purge()
    return kept if settings.retention_days else None
