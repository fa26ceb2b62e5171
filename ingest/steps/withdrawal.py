"""What leaves the base: documents that their source holds no more, and sources that are listed no more."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from ingest.report import ReportBuilder
from ingest.steps.plan import Plan
from kb.errors import DocumentError

# Withdrawing more than this share of a source that has at least that many documents asks for a confirmation.
WITHDRAWAL_SHARE = 0.2
WITHDRAWAL_MINIMUM = 5


class Withdraws(Protocol):
    """What takes documents out of search."""

    def withdraw(self, document_ids: Sequence[str]) -> None:
        """Takes them out; they stay listed as withdrawn."""


class Withdrawal:
    """Takes documents out of search, unless they are too many to be believed."""

    def __init__(self, writer: Withdraws, plan: Plan, report: ReportBuilder) -> None:
        self._writer = writer
        self._plan = plan
        self._report = report

    def withdraw(self, source: str, gone: Collection[str]) -> None:
        """Takes documents of a source out of search. Raises DocumentError when it takes a confirmation."""
        if not gone:
            return
        held = len(self._plan.current(source))
        if held >= WITHDRAWAL_MINIMUM and len(gone) > WITHDRAWAL_SHARE * held and not self._plan.confirmed:
            self._report.withhold(self._titles(gone))
            told = f"{len(gone)} documents sur {held} ont disparu de cette source"
            if self._plan.is_trial:
                self._report.notice(source, f"{told} ; ils ne seront retirés qu'avec votre accord (--confirm)")
                return
            raise DocumentError(source, f"{told} ; rien n'a été retiré. Si c'est voulu, relancez avec --confirm")
        titles = self._titles(gone)
        self._writer.withdraw(sorted(gone))
        self._plan.note_withdrawn(gone)
        self._report.withdrawn(titles)

    def withdraw_unlisted(self, listed: Collection[str]) -> None:
        """Sources that were listed once and are no more: withdrawn when confirmed, told of otherwise."""
        catalog = self._plan.catalog
        for source in sorted(catalog.synced_sources() - set(listed)):
            held = self._plan.current(source)
            if held and not self._plan.confirmed:
                self._report.withhold(self._titles(held))
                self._report.notice(
                    source,
                    f"cette source n'est plus dans la liste ; ses {len(held)} documents restent. Pour les retirer, "
                    "relancez avec --confirm",
                )
                continue
            self.withdraw(source, held)
            with catalog.transaction() as connection:
                catalog.forget_source(connection, source)
        with catalog.transaction() as connection:
            catalog.note_synced(connection, listed)

    def _titles(self, document_ids: Collection[str]) -> Mapping[str, str]:
        known = {document.id: document.title for document in self._plan.catalog.documents(document_ids).values()}
        return {document_id: known.get(document_id, document_id) for document_id in sorted(document_ids)}
