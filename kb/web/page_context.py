"""What the page of questions is handed by the server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from kb.ports import Ingestor
from kb.records.accounts import Person
from kb.records.conversations import Conversations, PassingConversations
from kb.text.domain import NO_DOMAIN, Domain
from kb.web.auth.rate_limits import RateLimits
from kb.web.chat.waiting_line import WaitingLines
from kb.web.door.events import PageEvents
from kb.web.operation import Metrics


@dataclass(frozen=True, slots=True)
class PageContext:
    """What the page is handed beside the base: who brings it up to date, what the agency says of its field,
    what keeps, counts and limits, whether conversations can be shared, where pages tell of their events, and what tells
    a person in the menu that something is new (HTML)."""

    ingestor: Ingestor | None = None
    domain: Domain = NO_DOMAIN
    has_feedback: bool = False
    conversations: Conversations = field(default_factory=PassingConversations)
    rate_limits: RateLimits = field(default_factory=lambda: RateLimits(0))
    metrics: Metrics = field(default_factory=Metrics)
    waiting_lines: WaitingLines = field(default_factory=WaitingLines)
    has_documents: bool = False
    has_desk: bool = False
    shares: bool = False
    events: PageEvents = field(default_factory=PageEvents)
    badge: Callable[[Person], str] = field(default=lambda _: "")
