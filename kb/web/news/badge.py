"""How much is new for somebody, beside « Nouveautés » in the menu of every page."""

from __future__ import annotations

import logging

from kb.ports import Views
from kb.records.accounts import Person
from kb.records.following.unseen import UnseenNews
from kb.records.places import place_of
from kb.settings import Settings
from kb.web import strings
from kb.web.news.changes import documents_since
from kb.web.render import escape

_MOST = 99

logger = logging.getLogger(__name__)


class Badge:
    """Called for each page. Nothing is asked anew for it: it counts the documents that changed since the person's last
    visit, and those of them that are told already of questions that they follow."""

    def __init__(self, base: Views, unseen: UnseenNews | None) -> None:
        self._base = base
        self._unseen = unseen

    def __call__(self, person: Person) -> str:
        """The badge as HTML, empty when nothing is new. Never raises: a page stands without its badge."""
        try:
            unseen = self._unseen.of(person.name) if self._unseen is not None else None
            if unseen is None:
                return ""
            changed = documents_since(self._base.of(person).reports(), unseen.since)
        except Exception:  # of whatever is asked, the catalog's own database too
            logger.warning("what is new could not be counted", exc_info=True)
            return ""
        return badge_html(len(changed), len(changed & unseen.documents))

    def close(self) -> None:
        """Lets go of what it reads."""
        if self._unseen is not None:
            self._unseen.close()


def badge_of(settings: Settings, base: Views) -> Badge:
    """What counts by the settings; with a retention of 0 days nobody's visits are known, and nothing is counted."""
    days = settings.retention_days
    return Badge(base, UnseenNews(place_of(settings), days) if days else None)


def badge_html(number: int, followed: int = 0) -> str:
    """A number for the eye, a sentence for the ear."""
    if not number:
        return ""
    shown = str(number) if number <= _MOST else f"{_MOST}+"
    told = f" : {strings.grouped(number)} nouveauté{'s' if number > 1 else ''} depuis votre visite"
    if followed:
        told += f", dont {strings.grouped(followed)} pour une question suivie"
    return f' <span class="fresh" aria-hidden="true">{shown}</span><span class="unseen">{escape(told)}</span>'
