"""What the page of questions is handed by the server."""

from __future__ import annotations

from dataclasses import dataclass, field

from kb.ports import Ingestor
from kb.records.conversations import Conversations, PassingConversations
from kb.text.domain import NO_DOMAIN, Domain
from kb.web.auth.rate_limits import Rates
from kb.web.chat.conversation import Lines
from kb.web.operation import Figures


@dataclass(frozen=True, slots=True)
class PageContext:
    """What the page is handed beside the base: who brings it up to date, what the agency says of its field,
    what keeps, counts and limits."""

    ingestor: Ingestor | None = None
    domain: Domain = NO_DOMAIN
    has_feedback: bool = False
    conversations: Conversations = field(default_factory=PassingConversations)
    rates: Rates = field(default_factory=lambda: Rates(0))
    figures: Figures = field(default_factory=Figures)
    lines: Lines = field(default_factory=Lines)
    has_documents: bool = False
    has_desk: bool = False
