"""What all processes that serve a base go by: kept by this one alone, or in the database for every replica."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from kb.records.accounts import Accounts
from kb.records.database import AppDatabase
from kb.records.places import shared_place_of
from kb.records.shared.accounts import accounts_of
from kb.records.shared.asked import SavedHits
from kb.records.shared.line import SavedLine
from kb.records.shared.signing import new_key, saved_key
from kb.records.shared.tries import SavedTries
from kb.settings import Settings
from kb.web.auth.attempts import Attempts
from kb.web.auth.rate_limits import RateLimits
from kb.web.chat.waiting_line import WRITTEN_AT_ONCE_BY_A_SERVER, WaitingLines


@dataclass(frozen=True, slots=True)
class SharedState:
    """Who may sign in, try a password again, ask again, and who waits; `sign_in_key` gives what signs the cookie of a
    sign-in at a provider that is under way."""

    accounts: Accounts
    attempts: Attempts = field(default_factory=Attempts)
    rate_limits: RateLimits = field(default_factory=lambda: RateLimits(0))
    waiting_lines: WaitingLines = field(default_factory=WaitingLines)
    sign_in_key: Callable[[], str] = new_key
    let_go: tuple[Callable[[], None], ...] = ()

    def close(self) -> None:
        """Lets go of the databases and the threads."""
        for close in (*self.let_go, self.accounts.close):
            close()


def shared_state(settings: Settings) -> SharedState:
    """What the settings have shared. Raises ReperesError when it cannot be opened."""
    accounts, questions = accounts_of(settings), settings.questions_per_minute
    place = shared_place_of(settings)
    if place is None:
        return SharedState(accounts, rate_limits=RateLimits(questions))
    database = AppDatabase(place)
    line = SavedLine(database, "written by a server", WRITTEN_AT_ONCE_BY_A_SERVER)
    return SharedState(
        accounts,
        Attempts(time.time, SavedTries(database)),
        RateLimits(questions, SavedHits(database)),
        WaitingLines(written_by_a_server=line),
        partial(saved_key, database),
        (line.close, database.close),
    )
